"""Aspects and polarity on the public sets, by the code and weights of the product; UCI with its folds held out."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bench.rows import Row
from bench.understanding.asap import read_asap
from bench.understanding.train_feedback import add_uci, english, read_mams, read_uci, tokens
from bot.interact.understanding import polarity
from bot.interact.understanding.aspects import judge_aspects
from bot.interact.understanding.normalise import close_up, fold

FOLDS = 5


def measure(data: Path) -> list[Row]:
    return [*measure_mams(data), *measure_asap(data), measure_uci(data), measure_waimai(data)]


def measure_mams(data: Path) -> list[Row]:
    rows = read_mams(data, "val")
    found = [set(polarity.find_aspects(tokens(text))) for text, _ in rows]
    right = [
        polarity.judge_aspect(tokens(text), aspect)[0] == sign  # type: ignore[arg-type]  # the map's values are aspects
        for text, signs in rows
        for aspect, sign in signs.items()
    ]
    anchor = "n-gram 85.6 (measured, 8 categories, test)"
    return [
        Row("feedback_mams", "aspect F1", f1(found, [set(signs) for _, signs in rows]), 86, 90, anchor),
        Row(
            "feedback_mams",
            "polarity given aspect",
            100 * float(np.mean(right)),
            70,
            80,
            "n-gram 65.8 (measured, test)",
        ),
    ]


def measure_asap(data: Path) -> list[Row]:
    rows = read_asap(data, "dev")
    said = [
        {("staff" if aspect == "service" else aspect): sign for aspect, sign in judge_aspects(text).items()}
        for text, _ in rows
    ]
    right = [
        mine.get(aspect, 0) == sign
        for mine, (_, signs) in zip(said, rows, strict=True)
        for aspect, sign in signs.items()
    ]
    return [
        Row("feedback_asap", "aspect F1", f1([set(one) for one in said], [set(signs) for _, signs in rows]), 86, 90),
        Row("feedback_asap", "polarity given aspect", 100 * float(np.mean(right)), 70, 80),
    ]


def measure_uci(data: Path) -> Row:
    """What the shipped weights owe to the sentences is fitted anew on four fifths and tried on the fifth."""
    rows = read_uci(data)
    base = load_base()
    order = np.random.default_rng(0).permutation(len(rows))
    said = np.zeros(len(rows))
    for fold_ in np.array_split(order, FOLDS):
        held = {*fold_.tolist()}
        weights, bias = add_uci(*base, [row for at, row in enumerate(rows) if at not in held])
        said[fold_] = (english(rows[at][0] for at in fold_) @ weights.T + bias).ravel()
    anchor = "n-gram 85.1, VADER 81.7 on its Yelp part (measured)"
    return Row("feedback_uci", "polarity, balanced accuracy", balanced(said > 0, [y for _, y in rows]), 86, 92, anchor)


def load_base() -> tuple[np.ndarray, np.ndarray]:
    """English polarity without the UCI sentences, shipped with the whole for this."""
    with np.load(Path(polarity.__file__).parent / "models" / "feedback_en.npz") as arrays:
        return arrays["base"], arrays["base_bias"]


def measure_waimai(data: Path) -> Row:
    with (data / "feedback_waimai" / "waimai_10k.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["review"], int(row["label"])) for row in csv.DictReader(file)]
    said = [polarity.judge_chinese(close_up(fold(text))) > 0 for text, _ in rows]
    anchor = "SnowNLP 75.7, n-gram in-domain 90.3 (measured)"
    return Row("feedback_waimai", "polarity, balanced accuracy", balanced(said, [y for _, y in rows]), 80, 90, anchor)


def balanced(said: Iterable[bool], labels: list[int]) -> float:
    """The mean of how much is right of the good and of the bad, in percent."""
    pairs = list(zip(said, labels, strict=True))
    rates = [np.mean([bool(mine) == bool(label) for mine, label in pairs if label == sign]) for sign in (0, 1)]
    return 100 * float(np.mean(rates))


def f1(found: list[set[str]], expected: list[set[str]]) -> float:
    both = sum(len(mine & theirs) for mine, theirs in zip(found, expected, strict=True))
    return 200 * both / (sum(map(len, found)) + sum(map(len, expected)))
