"""What fitting and scoring costs by the number of customers: seconds and memory, each size in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.processes import read_usage
from bench.rows import Row
from bot.differentiate.lifetime import Purchases, fit_rate

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
WEEKS = 39


def measure(x: Any, t_x: Any, T: Any) -> dict[str, float]:
    """Fit, then score everybody: {"seconds", "base_mb" before, "mb" at most}; the arrays given are in both."""
    base = read_usage(os.getpid()).peak_mb  # not `ru_maxrss`: a child begins with its parent's
    began = time.perf_counter()
    rows = Purchases.of(x, t_x, T)
    model = fit_rate(rows)
    expected = model.expected(WEEKS, rows.x, rows.t_x, rows.T)[rows.inverse]
    alive = model.alive(rows.x, rows.t_x, rows.T)[rows.inverse]
    seconds = time.perf_counter() - began
    assert len(expected) == len(alive) == len(x)
    return {"seconds": seconds, "base_mb": base, "mb": read_usage(os.getpid()).peak_mb}


def measure_sizes(drawn: tuple[Any, Any, Any], sizes: Sequence[int] = SIZES) -> list[Row]:
    """`drawn`: x, t_x and T in days, of the most customers; the smaller sizes are the first of them."""
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in [size for size in sizes if size <= len(drawn[0])]:
            file = Path(folder) / "customers.npy"
            np.save(file, np.stack([column[:size] for column in drawn]).astype(np.int32))
            command = [sys.executable, "-m", "bench.value.curve", str(file)]
            cost = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            what = f"fit and score {size:,} customers, in a process of its own"
            found += [
                Row("curve", what, cost["seconds"], unit="s"),
                Row("curve", f"{what}: memory", cost["mb"], 1024.0 if size <= 1_000_000 else None, unit="MB",
                    anchors=f"{cost['base_mb']:.0f} MB with the customers loaded"),
            ]  # fmt: skip
    return found


if __name__ == "__main__":
    print(json.dumps(measure(*np.load(sys.argv[1]))))
