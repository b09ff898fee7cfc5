"""`python -m bench.value [--data FOLDER] [--customers N] [--most N] [--json]`: the model of lifetime value, beside others'.

CDNOW: the published parameters, and the forecast of weeks 40 to 78 from weeks 1 to 39. The product's own forecast, whose
model its last weeks choose, of this and other businesses (`ours`). Speed: fitting and scoring
customers drawn from the published model, in one run with `lifetimes` and `pymc-marketing` (where `make bench-value`
could make their environments), and alone by their number, up to ten million.
Exit 1 where a figure misses what is asked.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bench.rows import Row, tell
from bench.value import curve, ours
from bot.differentiate.lifetime import Purchases, fit_rate, fit_spend

ROOT = Path(__file__).parents[2]
PEERS = {"lifetimes": ROOT / ".venv-lifetimes", "pymc-marketing": ROOT / ".venv-pymc"}
SCRIPTS = {"lifetimes": "lifetimes_peer.py", "pymc-marketing": "pymc_peer.py"}
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
SPEND = {"p": 6.25, "q": 3.74, "v": 15.44}
WEEKS = 39
END = (date(1997, 9, 30) - date(1997, 1, 1)).days
LAST = END + WEEKS * 7
FORECAST, ACTUAL = 1653.4, 1882


def read_cdnow(data: Path) -> dict[str, dict[int, float]]:
    """What each customer spent by day since 1 January 1997; one purchase a day, as the published fit counts them."""
    found: dict[str, dict[int, float]] = {}
    for line in (data / "value_cdnow" / "CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, _, spent = line.split()
        at = (date(int(day[:4]), int(day[4:6]), int(day[6:])) - date(1997, 1, 1)).days
        bought = found.setdefault(customer, {})
        bought[at] = bought.get(at, 0.0) + float(spent)
    return found


def measure_cdnow(data: Path) -> list[Row]:
    customers = [sorted(days.items()) for days in read_cdnow(data).values()]
    known = [[(at, spent) for at, spent in days if at <= END] for days in customers]
    x = np.array([len(days) - 1 for days in known])
    t_x = np.array([days[-1][0] - days[0][0] for days in known])
    T = np.array([END - days[0][0] for days in known])
    m = np.array([np.mean([spent for _, spent in days[1:]]) if len(days) > 1 else 0.0 for days in known])
    actual = np.array([sum(END < at <= LAST for at, _ in days) for days in customers])
    rows = Purchases.of(x, t_x, T)
    model, spend = fit_rate(rows), fit_spend(x.astype(float), m)
    expected = model.expected(WEEKS, rows.x, rows.t_x, rows.T)[rows.inverse]
    peers = run_peers(x, t_x, T)
    theirs = "".join(f", {name} {peer['predicted']:.1f}" for name, peer in peers.items())
    found = [
        Row(
            "value_cdnow",
            f"BG/NBD {name}",
            getattr(model, name),
            unit="",
            anchors=f"{value} (published)"
            + "".join(f", {one} {peer['parameters'][name]:.3f}" for one, peer in peers.items()),
        )
        for name, value in PUBLISHED.items()
    ]
    found += [
        Row("value_cdnow", f"Gamma-Gamma {name}", getattr(spend, name), anchors=f"{value} (published)", unit="")
        for name, value in SPEND.items()
    ]
    worst = max(abs(getattr(model, name) - value) for name, value in PUBLISHED.items())
    return [
        *found,
        Row("value_cdnow", "furthest from the published fit", worst, 0.0005, unit="off"),
        Row("value_cdnow", "orders forecast, weeks 40-78", float(expected.sum()), unit="",
            anchors=f"{FORECAST} (published model), {ACTUAL} came{theirs}"),
        Row("value_cdnow", "from the published forecast", 100 * abs(expected.sum() / FORECAST - 1), 0.5, unit="% off"),
        Row("value_cdnow", "mean absolute error", float(np.abs(expected - actual).mean()), anchors=".786 (measured)", unit=""),
        Row("value_cdnow", "correlation", float(np.corrcoef(expected, actual)[0, 1]), anchors=".626 (measured)", unit=""),
    ]  # fmt: skip


def draw(customers: int) -> tuple[Any, Any, Any]:
    """Customers of the published model, watched for 27 to 78 weeks: x, t_x and T in days."""
    chance = np.random.default_rng(1)
    rate = chance.gamma(PUBLISHED["r"], 1 / PUBLISHED["alpha"], customers)
    leaving = chance.beta(PUBLISHED["a"], PUBLISHED["b"], customers)
    T = chance.integers(27 * 7, 78 * 7, customers)
    x, t_x, at = np.zeros(customers, int), np.zeros(customers), np.zeros(customers)
    still = np.arange(customers)
    while len(still):
        at[still] += chance.exponential(7 / np.maximum(rate[still], 1e-12))
        still = still[at[still] <= T[still]]
        x[still] += 1
        t_x[still] = at[still]
        still = still[chance.random(len(still)) >= leaving[still]]
    return x, np.floor(t_x).astype(int), T


def measure_speed(customers: int) -> list[Row]:
    x, t_x, T = draw(customers)
    began = time.perf_counter()
    rows = Purchases.of(x, t_x, T)
    model = fit_rate(rows)
    predicted = float(model.expected(WEEKS, rows.x, rows.t_x, rows.T)[rows.inverse].sum())
    model.alive(rows.x, rows.t_x, rows.T)[rows.inverse].sum()
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    what = f"fit and score {customers:,} customers"
    found = [Row("drawn", what, seconds, unit="s"), Row("drawn", f"{what}: memory", memory, 1024.0, unit="MB")]
    for name, peer in run_peers(x, t_x, T).items():
        off = 100 * abs(predicted / peer["predicted"] - 1)
        asked = (8.0, 20.0) if name == "lifetimes" else (None, None)
        found += [
            Row("drawn", f"{what}, times {name}", peer["seconds"] / seconds, *asked, unit="x",
                anchors=f"{name} {peer['seconds']:.1f} s in this run"),
            Row("drawn", f"forecast, from {name}'s", off, 0.5 if name == "lifetimes" else None, unit="% off"),
        ]  # fmt: skip
    return found


def run_peers(x: Any, t_x: Any, T: Any) -> dict[str, dict[str, Any]]:
    """What those that are installed find: {"parameters", "predicted", "seconds"} by name."""
    return {name: _run_peer(name, x, t_x, T) for name, folder in PEERS.items() if (folder / ".ready").exists()}


def _run_peer(name: str, x: Any, t_x: Any, T: Any) -> dict[str, Any]:
    compiled = {"PYTENSOR_FLAGS": f"base_compiledir={PEERS[name] / 'compiled'}"}  # not in the user's home
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        np.savez(file, x=x, t_x=t_x, T=T)
        file.flush()
        command = [
            str(PEERS[name] / "bin" / "python"),
            str(Path(__file__).with_name(SCRIPTS[name])),
            file.name,
            str(WEEKS),
        ]
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | compiled)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.value", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("REGULARS_DATA"), help="folder of the public data")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--most", type=int, default=max(curve.SIZES), help="customers of the longest row of the curve")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    for name, folder in PEERS.items():
        if not (folder / ".ready").exists():
            print(f"without {name}: `make bench-value` sets it up, or says why it cannot", file=sys.stderr)
    if arguments.data is None or not arguments.data.is_dir():
        print("CDNOW skipped: name the folder of the public data with --data or REGULARS_DATA", file=sys.stderr)
        arguments.data, rows = None, []
    else:
        rows = measure_cdnow(arguments.data)
    rows += ours.measure(arguments.data)
    rows += measure_speed(arguments.customers)
    rows += curve.measure_sizes(draw(arguments.most))
    return tell(rows, as_json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())
