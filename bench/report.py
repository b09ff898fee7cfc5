"""The figures as tables for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

WIDTH = 120  # where the output is a file, or the window is narrow
Json = dict[str, Any]


def show(figures: Json) -> None:
    console = Console()
    console = Console(width=max(console.width, WIDTH))
    for part, render in RENDERERS.items():
        if part in figures:
            render(console, figures[part])
    machine = figures["machine"]
    console.print(
        f"\nPython {machine['python']}, {machine['cores']} cores, load {machine['load']:.1f} before; "
        f"{figures['seconds']} s. Ratios travel, absolute figures do not.",
        highlight=False,
    )


def _show_throughput(console: Console, found: Json) -> None:
    place = (
        "each bot on one core; the sandbox, and what a bot starts beside itself, on another"
        if found["pinned"]
        else "bot and sandbox share the cores"
    )
    table = _table(
        f"Updates answered per second: {found['chats']} chats, {found['link_ms']:.0f} ms link, limits off, {place}",
        "bot", "answered/s", "CPU ms each", "idle MB", "peak MB", "unanswered", "Regulars is",
    )  # fmt: skip
    for name, bot in found["bots"].items():
        ratio = found["ratios"].get(name)
        table.add_row(
            f"{bot['name']}, {bot['setting']}", f"{bot['per_second']:.0f}", f"{bot['cpu_ms']:.2f}",
            f"{bot['idle_mb']:.0f}", f"{bot['peak_mb']:.0f}", f"{bot['unanswered']} of {bot['updates']}",
            f"{ratio['per_second']:.2f} ×" if ratio else "",
        )  # fmt: skip
    console.print(table)
    regulars = found["bots"]["regulars"]
    console.print(
        "Regulars stores every message durably (SQLite, synchronous=FULL), understands it, remembers and answers with "
        f"{regulars['messages_per_update']:.2f} messages an update (limits, the guard against floods "
        "and the wait for the rest of a thought are off); the peers echo the text. Each peer at the best of: "
        + ", ".join(f"{one['name']} {one['setting']} {one['per_second']:.0f}/s" for one in found["tried"])
        + f". Medians of {found['repeats']}.",
        highlight=False,
    )


def _show_footprint(console: Console, found: Json) -> None:
    table = _table(
        "`regulars run` with the examples, the sandbox and its page",
        "first start", "start", "memory at rest", "without listen_apart",
    )  # fmt: skip
    table.add_row(
        f"{found['first_start_seconds']:.1f} s", f"{found['start_seconds']:.1f} s",
        f"{found['idle_mb']:.0f} MB", f"{found['alone_mb']:.0f} MB",
    )  # fmt: skip
    console.print(table)


def _show_claims(console: Console, found: list[Json]) -> None:
    table = _table(
        "Follow-ups", "database", "planned", "planned/s", "claim 100 due, ms", "and judge and queue them, ms"
    )
    for one in found:
        table.add_row(
            one["database"], f"{one['rows']:,}", f"{one['planned_per_second']:,}", f"{one['claim_ms']:.1f}",
            f"{one['judge_ms']:.1f}",
        )  # fmt: skip
    console.print(table)


def _show_imports(console: Console, found: list[Json]) -> None:
    table = _table(
        "Orders imported into SQLite", "rows", "bad", "file, MB", "rows/s", "rows/s of processor time", "memory before, MB",
        "at most, MB",
    )  # fmt: skip
    for one in found:
        table.add_row(
            f"{one['rows']:,}", str(one["bad_rows"]), f"{one['megabytes']:.0f}", f"{one['rows_per_second']:,}",
            f"{one['rows_per_cpu_second']:,}", str(one["idle_mb"]), str(one["peak_mb"]),
        )  # fmt: skip
    console.print(table)


def _show_understanding(console: Console, found: list[Json]) -> None:
    table = _table("Understanding one message", "texts", "count", "p50 ms", "p99 ms", "most ms")
    for one in found:
        table.add_row(
            one["texts"], str(one["count"]), f"{one['p50_ms']:.2f}", f"{one['p99_ms']:.2f}", f"{one['most_ms']:.2f}"
        )
    console.print(table)


def _show_wrong_facts(console: Console, found: list[Json]) -> None:
    if not found:
        console.print("\nWrong facts: skipped; REGULARS_DATA names no folder with the public data.", highlight=False)
        return
    table = _table(
        "Turns that would store a wrong fact (at most 1 in 50)",
        "language", "turns", "wrong", "at most (95 %)", "feedback recorded", "wrong", "missed",
    )  # fmt: skip
    for one in found:
        table.add_row(
            one["language"], str(one["turns"]), str(one["turns_with_a_wrong_fact"]), f"{one['rate_at_most']:.1%}",
            str(one["feedback_recorded"]), str(one["feedback_wrong"]), str(one["feedback_missed"]),
        )  # fmt: skip
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    return table


RENDERERS: dict[str, Callable[[Console, Any], None]] = {
    "throughput": _show_throughput,
    "footprint": _show_footprint,
    "claims": _show_claims,
    "imports": _show_imports,
    "understanding": _show_understanding,
    "wrong_facts": _show_wrong_facts,
}
