"""`pymc-marketing`'s MAP fit on the same counts, in its own environment: its parameters, forecast and seconds as JSON.

python pymc_peer.py COUNTS.npz WEEKS

Its model is compiled before the clock runs, on the first customers. Its priors are its own, so that its parameters
lie a little off the likeliest.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
from pymc_marketing.clv import BetaGeoModel  # noqa: E402

HEAD = 1_000

counts = np.load(sys.argv[1])
columns = {"frequency": counts["x"].astype(float), "recency": counts["t_x"] / 7, "T": counts["T"] / 7}
table = pd.DataFrame({"customer_id": np.arange(len(counts["x"])), **columns})


def fit_and_score(customers: pd.DataFrame) -> tuple[dict[str, float], float]:
    model = BetaGeoModel(data=customers)
    model.fit(method="map", progressbar=False)
    expected = model.expected_purchases(future_t=float(sys.argv[2]))
    model.expected_probability_alive()
    found = {name: float(model.fit_result[name].mean()) for name in ("r", "alpha", "a", "b")}
    return found, float(expected.mean(("chain", "draw")).sum())


fit_and_score(table.head(HEAD))
began = time.perf_counter()
parameters, predicted = fit_and_score(table)
print(json.dumps({"parameters": parameters, "predicted": predicted, "seconds": time.perf_counter() - began}))
