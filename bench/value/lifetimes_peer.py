"""`lifetimes` on the same counts, in its own environment: prints its parameters, forecast and seconds as JSON.

python lifetimes_peer.py COUNTS.npz WEEKS
"""

import json
import sys
import time

import numpy as np
from lifetimes import BetaGeoFitter

counts = np.load(sys.argv[1])
x, t_x, T = counts["x"], counts["t_x"] / 7, counts["T"] / 7
began = time.perf_counter()
model = BetaGeoFitter()
model.fit(x, t_x, T)
expected = model.conditional_expected_number_of_purchases_up_to_time(float(sys.argv[2]), x, t_x, T)
model.conditional_probability_alive(x, t_x, T)
seconds = time.perf_counter() - began
print(json.dumps({"parameters": dict(model.params_), "predicted": float(np.sum(expected)), "seconds": seconds}))
