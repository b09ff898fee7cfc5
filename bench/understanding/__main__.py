"""`python -m bench.understanding [--only PART]... [--data FOLDER] [--json]`: how well and how fast we understand.

A part is a module beside this one with `measure(data: Path) -> list[Row]`. Exit 1 where a figure misses what is asked.
The public data is not ours to ship: without its folder (or REGULARS_DATA) the benchmark says so and ends with 0.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from pathlib import Path

from bench.rows import Row, tell

PARTS = ("faq", "feedback", "dates", "heard", "robustness", "speed")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.understanding", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be repeated")
    parser.add_argument("--data", type=Path, default=os.environ.get("REGULARS_DATA"), help="folder of the public data")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    if arguments.data is None or not arguments.data.is_dir():
        print("skipped: name the folder of the public data with --data or REGULARS_DATA", file=sys.stderr)
        return 0
    rows: list[Row] = []
    for part in arguments.only or PARTS:
        began = time.monotonic()
        print(f"{part} ...", end=" ", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"bench.understanding.{part}").measure(arguments.data)
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return tell(rows, as_json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())
