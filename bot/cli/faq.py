"""faq test: would the bot answer these questions, and rightly?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.knowledge import build_listener
from bot.cli.output import AsJson, make_group, print_json, print_table, read_settings, say
from bot.clock import Clock
from bot.errors import InputError, InputProblem

if TYPE_CHECKING:
    from bot.interact.understanding.examination import Report

COLUMNS = {"text": True, "expected": True}
MOST_SHOWN = 30

app = make_group()
group = make_group("The questions the bot can answer.")
app.add_typer(group, name="faq")


@group.callback()
def faq() -> None:
    """The questions the bot can answer."""


@group.command("test")
def examine_file(
    file: Annotated[Path, typer.Argument(help="CSV text,expected: a question and the entry that answers it.")],
    as_json: AsJson = False,
) -> None:
    """Ask questions from a file and count the right answers. An empty `expected` is one that a person must answer."""
    from bot.interact.understanding.examination import examine

    settings = read_settings()
    questions = read_questions(file)
    report = examine(build_listener(settings), questions, settings.business.time_zone, Clock().now())
    if as_json:
        print_json(report.to_json())
    else:
        show(report)


def read_questions(file: Path) -> list[tuple[str, str | None]]:
    """Raises InputError with every bad row."""
    from bot.identify.importing.table import open_table

    table = open_table(file, COLUMNS)
    text, expected = table.placement.places["text"], table.placement.places["expected"]
    rows = list(table.rows())
    problems = [InputProblem(line, fault) for line, _, fault in rows if fault]
    problems += [
        InputProblem(line, "text: is empty") for line, cells, fault in rows if not fault and not cells[text].strip()
    ]
    if problems or not rows:
        raise InputError(str(file), problems or [InputProblem(None, "no questions in it")])
    return [(cells[text].strip(), cells[expected].strip() or None) for _, cells, _ in rows]


def show(report: Report) -> None:
    shares = (("right", report.accuracy), ("right, of those an entry answers", report.in_scope_accuracy),
              ("left to a person, of those none answers", report.out_of_scope_recall),
              ("asked which of two is meant", len(report.asked) / len(report.rows)))  # fmt: skip
    say(f"{len(report.rows):,} questions")
    for what, share in shares:
        say(f"  {what}: {'no such questions' if share is None else f'{share:.1%}'}")
    confusions = report.confusions()
    if confusions:
        say("\nAnswered wrongly:")
        print_table(("expected", "answered", "times"), [
            (expected or "(a person)", answered, count) for expected, answered, count in confusions[:MOST_SHOWN]
        ])  # fmt: skip
    handed = report.handed_over
    if handed:
        say("\nHanded to a person:")
        print_table(("expected", "score", "question"), [
            (row.expected or "", f"{row.score:.2f}", row.text) for row in handed[:MOST_SHOWN]
        ])  # fmt: skip
    left = max(0, len(confusions) - MOST_SHOWN) + max(0, len(handed) - MOST_SHOWN)
    if left:
        say(f"\n{left:,} more rows: --json has them all")
