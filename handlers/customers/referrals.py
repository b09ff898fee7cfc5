"""/invite: a link of one's own, to bring friends by."""

from __future__ import annotations

from collections.abc import Callable

from bot.identify import referrals
from handlers.visit import Visit

FILE_NAME = "invite.png"


def invite(visit: Visit) -> None:
    """As a QR code to show, with the link to pass on."""
    visit.memory.flush()
    link = referrals.make_link(visit.memory, visit.customer.id)
    if link is None:
        visit.say("referrals/no_link")
        return
    reward = getattr(visit.settings.referrals.reward, visit.language, "")
    brought = (visit.customer.value.get("referrals") or {}).get("customers", 0)
    visit.send_photo(
        FILE_NAME, referrals.draw_code(link), "referrals/invite", link=link, reward=reward, brought=brought
    )


COMMANDS: dict[str, Callable[[Visit], None]] = {"invite": invite}
