"""import: files of customers, orders, items and answers; what would happen, what happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import (
    AsJson,
    make_group,
    opened,
    print_json,
    print_table,
    progress_bar,
    read_settings,
    say,
    say_error,
)
from bot.clock import Clock

if TYPE_CHECKING:
    from bot.identify.import_options import ImportOptions
    from bot.identify.import_report import ImportReport

File = Annotated[Path, typer.Argument(help="CSV or .xlsx, with a header.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help='A column by its name in the file: "theirs=ours"; "theirs=" leaves it out, "*=" all that are not known.'),
]  # fmt: skip
LocaleName = Annotated[
    str | None, typer.Option("--locale", help="How the file writes dates and numbers, such as de_DE.")
]
Encoding = Annotated[str | None, typer.Option(help="Of the file; found out if left out.")]
SheetName = Annotated[str | None, typer.Option("--sheet", help="Of a workbook; the first that is visible if left out.")]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Import the good rows; the others go to FILE.bad.csv with the reason.")
]

app = make_group()
group = make_group("Files to import: each is checked whole first. Importing again is harmless.")
app.add_typer(group, name="import")


def import_(
    context: typer.Context, file: File, dry_run: DryRun = False, mapped: Map = None, locale: LocaleName = None,
    encoding: Encoding = None, sheet: SheetName = None, skip_bad: SkipBad = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Whatever the command is called: its name is the kind of file."""
    options = read_options(mapped, locale, encoding, sheet, skip_bad)
    _import(str(context.info_name), file, options, dry_run, as_json)


for kind, told in {
    "customers": "Import people: who they are, and how to recognise them.",
    "orders": "Import what was bought; tiers are chosen anew afterwards.",
    "catalogue": "Import what is sold.",
    "faq": "Import questions and their answers.",
}.items():
    group.command(kind, help=told)(import_)


def read_options(
    mapped: list[str] | None, locale: str | None, encoding: str | None, sheet: str | None, skip_bad: bool
) -> ImportOptions:
    from bot.identify.import_locale import read_convention
    from bot.identify.import_options import ImportOptions, read_mapping

    convention = read_convention(locale) if locale else None
    return ImportOptions(read_mapping(mapped or []), encoding, convention, skip_bad, sheet)


def _import(kind: str, file: Path, options: ImportOptions, dry_run: bool, as_json: bool) -> None:
    from bot.differentiate.value import differentiate_all
    from bot.identify.importing import import_file
    from bot.interact.hearing import learn_faq

    settings, now = read_settings(), Clock().now()
    with opened(settings) as database, progress_bar(f"importing {kind}") as progress:
        report = import_file(database, kind, file, settings, now, progress, options=options, dry_run=dry_run)
        if kind in ("customers", "orders") and not dry_run:
            differentiate_all(database, settings, now)
        if kind == "faq" and not dry_run:
            learn_faq(database)
    if as_json:
        print_json({"file": str(file), "dry_run": dry_run, **report.to_json()})
        return
    if dry_run:
        _show_preview(file, report)
    _show_counts(file, report, dry_run)


def _show_preview(file: Path, report: ImportReport) -> None:
    say(f"{file}: {report.format}")
    rows = [(theirs, ours, "by likeness" if ours in report.guessed else "") for ours, theirs in report.columns.items()]
    rows += [(theirs, "", "left out") for theirs in report.left_out]
    print_table(("column", "read as", ""), rows)
    names = list(dict.fromkeys(name for row in report.preview for name in row))
    print_table(names, [[row.get(name) for name in names] for row in report.preview])


def _show_counts(file: Path, report: ImportReport, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    say(
        f"{file}: {report.rows:,} rows; {report.added:,} {would}added, {report.changed:,} {would}changed, "
        f"{report.unchanged:,} unchanged"
    )
    for ours in report.guessed:
        say_error(
            f'{file}: column "{report.columns[ours]}" was read as {ours}; --map "{report.columns[ours]}=…" says otherwise'
        )
    if report.customers:
        say(f"{report.customers:,} customers {'are' if dry_run else 'were'} not known before")
    if report.erased:
        say(f"{report.erased:,} left out: they belong to people who were erased on their wish")
    if report.skipped:
        where = f", see {report.bad_file}: mended, it can be imported" if report.bad_file else ""
        say_error(f"{file}: {report.skipped:,} bad rows skipped{where}")
    for note in report.notes:
        say_error(f"{file}:{note.line}: {note.reason}")
    if report.noted > len(report.notes):
        say_error(f"{file}: and {report.noted - len(report.notes):,} more notes")
