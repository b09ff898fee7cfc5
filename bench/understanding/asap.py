"""The sample of ASAP: Chinese restaurant reviews with the sign of each aspect."""

from __future__ import annotations

import csv
from pathlib import Path

# The sample has no aspect for the staff apart from the service, and ours has: both names are one here.
ASAP = {
    "location_traffic": "place", "location_distance_from_business_district": "place", "location_easy_to_find": "place",
    "service_wait_time": "speed", "service_waiters_attitude": "staff", "service_parking_convenience": "place",
    "service_serving_speed": "speed", "price_level": "price", "price_cost_effective": "price",
    "price_discount": "price", "environment_decoration": "place", "environment_noise": "place",
    "environment_space": "place", "environment_cleaness": "place", "dish_portion": "product",
    "dish_taste": "product", "dish_look": "product", "dish_recommendation": "product",
}  # fmt: skip
ABSENT = "-2"
Signs = dict[str, int]


def read_asap(data: Path, part: str) -> list[tuple[str, Signs]]:
    """Reviews with our aspects; the sign of several published ones that are one of ours is that of their sum."""
    rows = []
    with (data / "feedback_asap" / f"{part}_sample.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            sums: Signs = {}
            for name, aspect in ASAP.items():
                if row[name].split(".")[0] != ABSENT:
                    sums[aspect] = sums.get(aspect, 0) + int(float(row[name]))
            rows.append((row["reviewbody"], {aspect: (total > 0) - (total < 0) for aspect, total in sums.items()}))
    return rows
