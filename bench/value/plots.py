"""`python -m bench.value.plots --data FOLDER --to docs/images`: the README's plots, of CDNOW's customers.

Its orders are imported as a shop's would be, classed once a quarter, and reported on: the way of `regulars import`,
`differentiate` and `report value`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.value.ours import bring, read_cdnow
from bot.config import Settings, load_settings
from bot.differentiate.plots import draw_report
from bot.differentiate.report import report_value
from bot.differentiate.value import differentiate_all
from storage import schema
from storage.database import Database

ROOT = Path(__file__).parents[2]
SHOWN = ("tiers", "alive")
QUARTERS = [datetime(*day, tzinfo=UTC) for day in ((1997, 10, 1), (1998, 1, 1), (1998, 4, 1), (1998, 7, 1))]


def draw(data: Path, folder: Path, settings: Settings) -> list[Path]:
    with tempfile.TemporaryDirectory() as scratch:
        database = Database(f"sqlite:///{scratch}/shop.db")
        try:
            schema.migrate(database)
            bring(database, read_cdnow(data), Path(scratch) / "orders.csv", settings)
            for at in QUARTERS:
                differentiate_all(database, settings, at)
            found = database.read_now(lambda memory: report_value(memory, settings, QUARTERS[-1]))
        finally:
            database.close()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for plot in draw_report(found, settings.business.language, settings.business.time_zone):
        if plot.name in SHOWN:
            path = folder / f"value-{plot.name}.png"
            path.write_bytes(plot.png)
            written.append(path)
    return written


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.value.plots", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("REGULARS_DATA"), help="folder of the public data")
    parser.add_argument("--to", type=Path, default=Path("docs/images"), help="where the plots go")
    arguments = parser.parse_args()
    if arguments.data is None or not arguments.data.is_dir():
        print("skipped: name the folder of the public data with --data or REGULARS_DATA", file=sys.stderr)
        return 0
    names = {"REGULARS_BUSINESS__NAME": "CDNOW, one customer in ten", "REGULARS_BUSINESS__CURRENCY": "USD"}
    names["REGULARS_BUSINESS__TIME_ZONE"] = "America/New_York"
    for path in draw(arguments.data, arguments.to, load_settings(ROOT / "config.yaml", names)):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
