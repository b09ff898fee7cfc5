"""The command line as programs and people use it: shapes, exit status, words on standard error."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.commands import call, settle_in

ROOT = Path(__file__).parents[2]
runner = CliRunner()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the example settings and no database."""
    return settle_in(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the examples imported, made once."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "config.yaml").write_text((ROOT / "config.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    for kind in ("catalogue", "customers", "orders"):
        assert run(folder, "import", kind, str(ROOT / "examples" / f"{kind}.csv")).returncode == 0
    return folder / "regulars-sandbox.db"


@pytest.fixture
def filled(here: Path, imported: Path) -> Path:
    shutil.copy(imported, here)
    return here


def run(here: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("REGULARS_", "TELEGRAM_"))}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], cwd=here, input=more.pop("typed", ""), capture_output=True, text=True,
        encoding="utf-8", env={**environment, "PYTHONPATH": str(ROOT), **more}, timeout=60, check=False,
    )  # fmt: skip


def test_looking_back_from_a_day_to_come_is_refused(filled: Path) -> None:
    done = run(filled, "differentiate", "--until", "2100-01-01")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--until: 2100-01-01 is yet to come; name a day in the past" in done.stderr


def test_understand_answers_line_by_line(here: Path) -> None:
    """Each line as soon as it is asked, without a database, in either language."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "understand", "--now", "2026-03-02T10:00", "--timezone", "Europe/Berlin"],
        cwd=here, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, encoding="utf-8", bufsize=1,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        answers = []
        for line in ("I love oat lattes", "我女儿5月3号生日", "", "remind me tomorrow at 9"):
            process.stdin.write(line + "\n")
            answers.append(json.loads(process.stdout.readline()))
        process.stdin.close()
    assert process.returncode == 0
    keys = {"text", "language", "intents", "facts", "feedback", "dates", "items", "faq", "out_of_scope"}
    assert all(answer.keys() >= keys for answer in answers)
    assert [answer["text"] for answer in answers] == [
        "I love oat lattes",
        "我女儿5月3号生日",
        "",
        "remind me tomorrow at 9",
    ]
    assert answers[0]["facts"][0]["item"] == "oat-latte"  # the examples' catalogue
    assert (answers[1]["language"], answers[1]["facts"][0]["date"]) == ("zh", "05-03")
    assert answers[3]["dates"][0]["start"] == "2026-03-03T09:00:00+01:00"
    assert not list(here.glob("*.db*"))


def test_understand_says_why_only_where_it_is_asked(here: Path) -> None:
    plain, told = (
        run(here, "understand", *more, typed="I love oat lattes\n") for more in (("--json",), ("--explain",))
    )
    why = json.loads(told.stdout).pop("why")
    assert {**json.loads(plain.stdout), "why": why} == json.loads(told.stdout)
    (fact,) = (one for one in why if one["of"] == "facts[0]")
    assert (fact["by"], fact["score"]) == ("phrase", json.loads(plain.stdout)["facts"][0]["confidence"])


def test_understand_knows_the_databases_own_catalogue(here: Path) -> None:
    (here / "items.csv").write_text("sku,name_en,name_zh,category,price,currency\ngloop,Gloop,,tea,3,EUR\n")
    call("import", "catalogue", "items.csv")
    result = run(here, "understand", typed="I love gloop\n")
    assert json.loads(result.stdout)["facts"][0]["item"] == "gloop"


def test_wrong_usage_ends_with_two(here: Path) -> None:
    for words in (["nosuch"], ["import", "people", "x.csv"], ["customers"], ["staff", "add", "Ben", "5"],
                  ["understand", "--timezone", "Mars/Base"], ["understand", "--now", "soon"]):  # fmt: skip
        result = run(here, *words)
        assert result.returncode == 2, (words, result.stderr)
        assert result.stderr
        assert "Traceback" not in result.stderr


def test_bad_settings_name_file_and_line(here: Path) -> None:
    text = (here / "config.yaml").read_text(encoding="utf-8").replace("  time_zone: Europe/Berlin", "  time_zone: Mars")
    (here / "config.yaml").write_text(text, encoding="utf-8")
    result = run(here, "customers", "list")
    assert result.returncode == 2
    assert result.stderr.startswith("config.yaml:")
    assert "Traceback" not in result.stderr
    checked = run(here, "check", "--json")
    assert (checked.returncode, json.loads(checked.stdout)["ok"]) == (2, False)


def test_a_bad_file_is_refused_whole(here: Path) -> None:
    (here / "orders.csv").write_text("order_id,customer_id,ordered_at,total\no1,c1,2026-01-01,5\no2,c1,soon,5\n")
    result = run(here, "import", "orders", "orders.csv")
    assert result.returncode == 2
    assert result.stderr.startswith('orders.csv:3: ordered_at: "soon" is not a time; accepted: ')
    assert "orders.csv: nothing was imported; mend these rows, or go on without them with --skip-bad" in result.stderr
    assert json.loads(call("customers", "list", "--json")) == []


def test_an_import_reports_and_classes(filled: Path) -> None:
    again = json.loads(call("import", "orders", str(ROOT / "examples/orders.csv"), "--json"))
    assert (again["rows"], again["added"], again["changed"], again["unchanged"]) == (423, 0, 0, 265)
    rows = json.loads(call("customers", "list", "--json"))
    assert len(rows) == 24
    assert {row["tier"] for row in rows} >= {"C", "new"}


def test_customers_are_shown(filled: Path) -> None:
    by_key = [json.loads(call("customers", "show", key, "--json")) for key in ("1", "bd-001", "+49 171 3920001")]
    assert [shown["name"] for shown in by_key] == ["Anna Keller"] * 3
    assert (by_key[0]["orders"], by_key[0]["contacts"]) == (43, 0)
    assert "Anna Keller" in call("customers", "show", "1")
    assert "Anna Keller" in call("customers", "list")
    assert call("customers", "show", "nobody", status=1).startswith("'nobody' is no customer; accepted: our id (12)")


def test_the_report_on_value_is_told_and_drawn(filled: Path) -> None:
    found = json.loads(call("report", "value", "--json", "--plots", "drawn", "--language", "zh"))
    assert found.keys() >= {"tiers", "groups", "movements", "rfm", "alive", "calibration", "retention"}
    assert sum(tier["customers"] for tier in found["tiers"]) == 24
    assert {plot["name"] for plot in found["plots"]} >= {"tiers", "movements", "rfm", "retention"}
    assert all(Path(plot["file"]).read_bytes().startswith(b"\x89PNG") for plot in found["plots"])
    told = call("report", "value")
    assert "present value" in told
    assert "first order" in told
    assert "did you mean zh" in call("report", "value", "--language", "zhh", status=2)
    (filled / "file").write_text("")
    assert "cannot be written" in call("report", "value", "--plots", "file/folder", status=2)


def test_the_report_on_demand_is_told_and_drawn(filled: Path) -> None:
    found = json.loads(call("report", "demand", "--json", "--plots", "drawn", "--language", "zh"))
    assert found.keys() >= {"households", "sizes", "stages", "changes", "buys", "expected", "plots"}
    assert sum(stage["households"] for stage in found["stages"]) == found["households"] == 22
    told = call("report", "demand")
    assert "22 households of 22 customers" in told
    assert "nothing we know of" in told
    assert "did you mean zh" in call("report", "demand", "--language", "zhh", status=2)


def test_sales_are_split_by_what_is_known(filled: Path) -> None:
    found = json.loads(call("report", "sales", "--by", "category", "--since", "2020-01-01", "--json"))
    assert found.keys() == {"by", "since", "until", "currency", "rows"}
    assert found["rows"][0].keys() == {"name", "orders", "customers", "sales", "share"}
    assert "beans" in call("report", "sales", "--by", "category", "--since", "2020-01-01")
    assert "did you mean city?" in call("report", "sales", "--by", "citi", status=2)
    assert "accepted: source, tier" in call("report", "sales", "--by", "zzz", status=2)


def test_differentiate_has_the_shape_of_the_contract(filled: Path) -> None:
    result = json.loads(call("differentiate", "--json"))
    assert result.keys() >= {"customers", "model", "tiers", "groups", "seconds"}
    assert result["customers"] == 24
    assert sum(result["tiers"].values()) == 24
    told = call("differentiate")
    assert "all" in told
    assert "23 customers bought so far, and by value takes 30" in told
    assert "Compared with partners only. Tiers are by orders, money and recency: 1 partner bought so far" in told


def test_followups_are_listed_by_status(filled: Path) -> None:
    assert json.loads(call("followups", "list", "--json")) == []
    assert json.loads(call("followups", "list", "--status", "planned", "--json")) == []
    assert call("followups", "list", "--status", "gone", status=2).startswith(
        "--status: 'gone'; accepted: planned, held"
    )


def test_export_and_erase(filled: Path) -> None:
    call("export", "bd-001", "anna.json")
    held = json.loads((filled / "anna.json").read_text(encoding="utf-8"))
    assert held["customer"]["name"] == "Anna Keller"
    assert json.loads(call("export", "bd-001"))["orders"] == held["orders"]
    assert json.loads(call("export", "bd-001", "--json"))["orders"] == held["orders"]
    assert json.loads(call("export", "bd-001", "anna.json", "--json")) == {"file": "anna.json"}
    assert run(filled, "erase", "bd-001").returncode == 2  # nobody to ask
    assert "Anna Keller" in call("customers", "show", "bd-001")
    assert json.loads(call("erase", "bd-001", "--yes", "--json")) == {"erased": 1}
    call("customers", "show", "bd-001", status=1)
    report = json.loads(call("import", "customers", str(ROOT / "examples/customers.csv"), "--json"))
    assert (report["added"], report["erased"]) == (0, 1)


def test_without_a_database_the_remedy_is_named(here: Path) -> None:
    for words in (["customers", "list"], ["export", "1"], ["erase", "1", "--yes"], ["backup"], ["followups", "list"]):
        assert "there is no such database yet" in call(*words, status=1)
    assert not list(here.glob("*.db*"))
    (here / "regulars-sandbox.db").write_bytes(b"this is not a database at all" * 100)
    assert "file is not a database" in call("customers", "list", status=1)


def test_staff_backup_migrate(filled: Path) -> None:
    call("staff", "add", "77", "Ben", "--role", "manager", "--language", "zh")
    members = json.loads(call("staff", "list", "--json"))
    assert members == [{"telegram_id": 77, "name": "Ben", "role": "manager", "language": "zh"}]
    assert call("staff", "add", "77", "Ben", "--language", "fr", status=2).startswith(
        "--language: 'fr' is not a language"
    )
    copy = json.loads(call("backup", "--json"))["file"]
    assert (filled / copy).stat().st_size > 100_000
    assert "is at revision" in call("migrate")


def test_templates_are_checked_and_previewed(here: Path) -> None:
    assert json.loads(call("templates", "check", "--json")) == {"ok": True, "misprints": []}
    assert "Happy birthday" in call("templates", "preview", "follow_ups/birthday/default")
    assert "Tom的生日" in call("templates", "preview", "follow_ups/birthday/default", "--language", "zh")
    assert "“‹unclear›”" in call("templates", "preview", "partners/stock_told")  # once, not letter by letter
    refused = call("templates", "preview", "follow_ups/birthday/defualt", status=2)
    assert "did you mean follow_ups/birthday/default?" in refused


def test_a_pipe_that_closes_is_no_traceback(filled: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "understand"], cwd=filled, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    assert process.stdin is not None
    process.stdin.write("hello\n" * 3)
    process.stdin.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 1
    assert "Traceback" not in errors


class _Api(BaseHTTPRequestHandler):
    """getMe, for one token."""

    def do_GET(self) -> None:
        good = self.path == "/bot1:right/getMe"
        body = {"ok": True, "result": {"id": 1, "username": "blue_bot"}} if good else {
            "ok": False, "error_code": 401, "description": "Unauthorized"}  # fmt: skip
        self.send_response(200 if good else 401)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def api() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Api)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_check_asks_telegram_who_the_bot_is(here: Path, api: str) -> None:
    well = run(here, "check", "--json", TELEGRAM_BOT_TOKEN="1:right", TELEGRAM_API_URL=api)
    assert well.returncode == 0
    assert {one["name"]: one["ok"] for one in json.loads(well.stdout)["checks"]} == {
        "settings": True, "templates": True, "database": True, "telegram": True,
    }  # fmt: skip
    assert "@blue_bot (1)" in well.stdout
    wrong = run(here, "check", TELEGRAM_BOT_TOKEN="1:wrong", TELEGRAM_API_URL=api)
    assert wrong.returncode == 1
    assert "answers 401: Unauthorized" in wrong.stdout
    away = run(here, "check", TELEGRAM_BOT_TOKEN="1:secret", TELEGRAM_API_URL="http://127.0.0.1:9")
    assert away.returncode == 1
    assert "secret" not in away.stdout + away.stderr


def test_faq_test_counts_what_is_answered_rightly_wrongly_and_by_a_person(here: Path) -> None:
    (here / "q.csv").write_text(
        "text,expected\nWhen do you open on Sundays?,opening_hours\nIs there wifi at the café?,parking\n"
        "what is the capital of France,\nhow do I get a pilot's licence,events\n",
        encoding="utf-8",
    )
    report = json.loads(call("faq", "test", "q.csv", "--json"))
    assert [(row["expected"], row["answered"]) for row in report["rows"]] == [
        ("opening_hours", "opening_hours"), ("parking", "wifi"), (None, None), ("events", None),
    ]  # fmt: skip
    assert {name: round(report[name], 3) for name in ("accuracy", "in_scope_accuracy", "out_of_scope_recall")} == {
        "accuracy": 0.5, "in_scope_accuracy": 0.333, "out_of_scope_recall": 1.0
    }  # fmt: skip
    assert 0 < report["threshold"] < 1
    shown = call("faq", "test", "q.csv")
    assert "parking   wifi      1" in shown
    assert "how do I get a pilot's licence" in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("text,expected\n,wifi\n", "text: is empty"),
        ("question,expected\nx,y\n", "text"),
        ("text,expected\n", "no questions"),
    ],
)
def test_faq_test_refuses_a_file_it_cannot_read(here: Path, text: str, said: str) -> None:
    (here / "q.csv").write_text(text, encoding="utf-8")
    assert said in call("faq", "test", "q.csv", status=2)


def test_a_dry_run_shows_columns_and_rows(here: Path) -> None:
    (here / "verkauf.csv").write_bytes(
        "Bestellnummer;Kundennummer;Bestelldatm;Gesamtbetrag;Wetter\nB1;K1;31.12.2025;1.234,56;schön\n".encode("cp1252")
    )
    refused = call("import", "orders", "verkauf.csv", "--dry-run", status=2)
    assert '"Wetter" is not a column of this kind' in refused
    told = call("import", "orders", "verkauf.csv", "--dry-run", "--map", "Wetter=", "--locale", "de_DE")
    assert "verkauf.csv: cp1252, separated by ;" in told
    assert "verkauf.csv: 1 rows; 1 would be added, 0 would be changed, 0 unchanged" in told
    assert "1234.56" in told
    assert re.search(r"Bestelldatm +ordered_at +by likeness", told)
    assert not list(here.glob("*.db*"))
    call("import", "catalogue", str(ROOT / "examples/catalogue.csv"))
    call("import", "orders", "verkauf.csv", "--dry-run", "--map", "Wetter=", "--locale", "de_DE")
    assert json.loads(call("customers", "list", "--json")) == []


def test_an_import_is_listed_and_taken_back(filled: Path) -> None:
    listed = json.loads(call("import", "list", "--json"))
    assert [(row["kind"], row["source"], row["undone_at"]) for row in listed] == [
        ("orders", "orders.csv", None), ("customers", "customers.csv", None), ("catalogue", "catalogue.csv", None),
    ]  # fmt: skip
    orders, people, _ = (str(row["id"]) for row in listed)
    shown = json.loads(call("customers", "show", "bd-001", "--json"))
    assert (shown["import"]["source"], shown["import"]["basis"]) == ("customers.csv", "own")
    assert json.loads(call("export", "bd-001"))["import"]["source"] == "customers.csv"
    assert "removed: 265 orders" in call("import", "undo", orders)
    assert json.loads(call("import", "undo", people, "--json"))["removed"] == {"customers": 24}
    assert json.loads(call("customers", "list", "--json")) == []
    assert call("import", "undo", people, status=2).startswith(f"import {people}: was undone on ")
    assert "undone" in call("import", "list")


def test_only_people_have_a_basis(here: Path) -> None:
    assert call("import", "orders", str(ROOT / "examples/orders.csv"), "--basis", "bought", status=2) == (
        "--basis: only a list of customers has one"
    )
