"""import: files of customers, orders, items and answers; what would happen, what happened."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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
from bot.config import Settings
from bot.errors import InputError, InputProblem
from bot.garbage import unsearched

if TYPE_CHECKING:
    from bot.identify.importing.options import ImportOptions
    from bot.identify.importing.report import ImportReport
    from storage.database import Database

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
BasisName = Annotated[
    Literal["own", "agreed", "bought"],
    typer.Option(
        "--basis",
        help="Of a list of customers: own; agreed, they said yes to marketing elsewhere; bought or borrowed, they did not.",
    ),
]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Import the good rows; the others go to FILE.bad.csv with the reason.")
]

app = make_group()
group = make_group("Files to import: each is checked whole first. Importing again is harmless.")
app.add_typer(group, name="import")


def import_(
    context: typer.Context, file: File, dry_run: DryRun = False, mapped: Map = None, locale: LocaleName = None,
    encoding: Encoding = None, sheet: SheetName = None, skip_bad: SkipBad = False,
    basis: BasisName = "own", as_json: AsJson = False,
    by: Annotated[int | None, typer.Option(hidden=True, help="Whose: our number of a member of staff.")] = None,
    tells: Annotated[bool, typer.Option("--progress", hidden=True, help="Say how far it is, a line each time.")] = False,
) -> None:  # fmt: skip
    """Whatever the command is called: its name is the kind of file."""
    options = read_options(mapped, locale, encoding, sheet, skip_bad, basis)
    _import(str(context.info_name), file, options, dry_run, as_json, by, tells)


for kind, told in {
    "customers": "Import people: who they are, and how to recognise them.",
    "orders": "Import what was bought; tiers are chosen anew afterwards.",
    "contacts": "Import past contacts: visits, calls, mails, notes.",
    "catalogue": "Import what is sold.",
    "faq": "Import questions and their answers.",
}.items():
    group.command(kind, help=told)(import_)


def read_options(
    mapped: list[str] | None, locale: str | None, encoding: str | None, sheet: str | None, skip_bad: bool, basis: str
) -> ImportOptions:
    from bot.identify.importing.locale import read_convention
    from bot.identify.importing.options import ImportOptions, read_mapping

    convention = read_convention(locale) if locale else None
    return ImportOptions(
        read_mapping(mapped or []), encoding=encoding, convention=convention, skip_bad=skip_bad, sheet=sheet,
        basis=basis,
    )  # fmt: skip


def _import(
    kind: str, file: Path, options: ImportOptions, dry_run: bool, as_json: bool, by: int | None, tells: bool
) -> None:
    from bot.differentiate.value import differentiate_all
    from bot.identify.importing.bad_rows import BadRowsFound
    from bot.identify.importing.files import import_file
    from bot.interact.hearing import learn_faq

    if options.basis != "own" and kind != "customers":
        raise InputError("--basis", [InputProblem(None, "only a list of customers has one")])
    settings, now = read_settings(), Clock().now()
    with _opened(settings, dry_run) as database, progress_bar(f"importing {kind}") as progress, unsearched():
        progress = _tell_progress if tells else progress
        try:
            report = import_file(
                database, kind, file, settings, now, progress, options=options, dry_run=dry_run, staff_id=by
            )
        except BadRowsFound as error:
            remedy = "nothing was imported; mend these rows, or go on without them with --skip-bad"
            raise InputError(error.source, [*error.problems, InputProblem(None, remedy)]) from None
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


@contextmanager
def _opened(settings: Settings, dry_run: bool) -> Iterator[Database]:
    """A dry run makes no database where there is none yet: it has one to throw away."""
    from storage import schema
    from storage.database import Database
    from storage.peek import is_there

    if not dry_run or is_there(settings.environment.database_url):
        with opened(settings, bulk=True) as database:
            yield database
        return
    with tempfile.TemporaryDirectory(prefix="dry-run-") as folder:
        database = Database(f"sqlite:///{folder}/empty.db", bulk=True)
        try:
            schema.migrate(database)
            yield database
        finally:
            database.close()


def _tell_progress(done: int, total: int | None) -> None:
    if total is not None:
        say_error(f"progress {done} {total}")


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
    if report.import_id and report.added + report.changed:
        say(f"This is import {report.import_id}; `regulars import undo {report.import_id}` takes it back")
    if report.customers:
        say(f"{report.customers:,} customers {'are' if dry_run else 'were'} not known before")
    if report.kind == "customers":
        only = f" --import {report.import_id}" if report.import_id else ""
        say(
            f"{report.reachable:,} of {report.rows:,} reachable; the others must press Start first: "
            f"`regulars invitations{only} --csv FILE` makes them personal links, `--png FILE` QR codes"
        )
    if report.erased:
        say(f"{report.erased:,} left out: they belong to people who were erased on their wish")
    if report.skipped:
        where = f", see {report.bad_file}: mended, it can be imported" if report.bad_file else ""
        say_error(f"{file}: {report.skipped:,} bad rows skipped{where}")
    for note in report.notes:
        say_error(f"{file}:{note.line}: {note.reason}")
    if report.noted > len(report.notes):
        say_error(f"{file}: and {report.noted - len(report.notes):,} more notes")


@group.command("list")
def list_imports(as_json: AsJson = False) -> None:
    """What was imported, the newest first."""
    from storage import provenance

    columns = ("id", "kind", "source", "basis", "began_at", "finished_at", "undone_at")
    with opened(read_settings(), create=False) as database:
        found = database.read_now(lambda memory: list(provenance.list_all(memory)))
    if as_json:
        print_json([{**{name: _plain(getattr(row, name)) for name in columns}, **row.counts} for row in found])
        return
    print_table(
        ("id", "kind", "file", "basis", "at", "rows", "added", "changed", ""),
        [
            (
                row.id, row.kind, row.source, row.basis, f"{row.began_at:%Y-%m-%d %H:%M}", row.counts.get("rows"),
                row.counts.get("added"), row.counts.get("changed"),
                "undone" if row.undone_at else "" if row.finished_at else "cut short",
            )
            for row in found
        ],
    )  # fmt: skip


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


@group.command("undo")
def undo(
    number: Annotated[int, typer.Argument(metavar="ID", help="As `regulars import list` has it.")],
    as_json: AsJson = False,
) -> None:
    """Take a file back: what it brought goes, what it changed is as before; what was touched since is kept and told."""
    from bot.differentiate.value import differentiate_all
    from bot.identify.importing.undo import undo_import
    from bot.interact.hearing import learn_faq

    settings, now = read_settings(), Clock().now()
    with opened(settings, create=False) as database:
        found = undo_import(database, number, now)
        differentiate_all(database, settings, now)
        learn_faq(database)
    if as_json:
        print_json(found.to_json())
        return
    for what, counts in (("removed", found.removed), ("put back", found.restored)):
        say(f"{what}: {', '.join(f'{count:,} {name}' for name, count in counts.items()) or 'nothing'}")
    for subject, name, why in found.kept:
        say_error(f"kept: {subject} {name}: {why}")
    if found.kept_count > len(found.kept):
        say_error(f"kept: and {found.kept_count - len(found.kept):,} more")
