"""Dates and times said in a message, in the customer's time zone.

`english` and `chinese` find *pieces* (a day, a span, a time of day, a part of the day, a distance from now); `groups`
puts neighbours together ("Friday" + "at 9", "下周三" + "下午", "Monday" + "to" + "Friday"); `moments` resolves them. The
future is meant unless the words say otherwise. Clock changes: `calendar.wall`.
"""

from .finding import load, read_dates

__all__ = ["load", "read_dates"]
