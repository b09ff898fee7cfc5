"""The turns that understanding is judged on: 200 a language, drawn from public data kept outside the project.

A turn is named by (set, file, row, turn) and a short hash of its text; the texts themselves are never committed.
The draw depends on nothing but SEED and the sizes of the files: candidates are ordered by a hash of their name.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SEED = "regulars-understanding-1"
LABELS = Path(__file__).parent / "labels"
VARIABLE = "REGULARS_DATA"
CLIP = 400  # characters; a longer review is more than anybody types into a chat
SENTENCE = re.compile(r"[^。！？!?；;~～…]*[。！？!?；;~～…]+[”」）)]*|[^。！？!?；;~～…]+$")
PLAN: dict[str, tuple[tuple[str, str, int], ...]] = {
    "en": (
        ("dialogues_sgd", "dialogues.jsonl.gz", 80),
        ("booking_restaurant8k", "train_0.json", 40),
        ("feedback_mams", "train.jsonl", 30),
        ("feedback_mams", "val.jsonl", 10),
        ("feedback_uci", "amazon_cells_labelled.txt", 10),
        ("feedback_uci", "imdb_labelled.txt", 10),
        ("intents_xsid", "en.valid.jsonl", 20),
    ),
    "zh": (
        ("dialogues_crosswoz", "val.jsonl.gz", 100),
        ("feedback_asap", "train_sample.csv", 15),
        ("feedback_asap", "dev_sample.csv", 15),
        ("feedback_waimai", "waimai_10k.csv", 50),
        ("intents_xsid", "zh.valid.jsonl", 20),
    ),
}


@dataclass(frozen=True, order=True)
class Turn:
    """One message: `row` counts from 0 without a header, `turn` is the place in its dialogue (None elsewhere)."""

    set: str
    file: str
    row: int
    turn: int | None
    text: str

    @property
    def hash(self) -> str:
        """Of the text as it is handed to understanding, so that a changed copy or another clipping shows."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    @property
    def place(self) -> tuple[str, str, int, int | None]:
        return self.set, self.file, self.row, self.turn


def clip(text: str) -> str:
    """Keep the whole first sentences that fit into CLIP characters; a first sentence longer than that is cut there."""
    if len(text) <= CLIP:
        return text
    kept = ""
    for sentence in SENTENCE.findall(text):
        if len(kept) + len(sentence) > CLIP:
            break
        kept += sentence
    return kept.strip() or text[:CLIP]


def tidy(text: str) -> str:
    """One line: line breaks (also those written as a backslash and an n) and runs of blanks become one blank."""
    return " ".join(re.sub(r"\\+[nr]", " ", text).split())


def _rows(path: Path) -> Iterator[tuple[int, int | None, str]]:
    """Row, turn and raw text of everything a customer says in one file."""
    folder = path.parent.name
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="\n") as file:
        if folder == "dialogues_sgd":
            for row, line in enumerate(file):
                for place, turn in enumerate(json.loads(line)["turns"]):
                    if turn["speaker"] == "USER":
                        yield row, place, turn["utterance"]
        elif folder == "dialogues_crosswoz":
            for row, line in enumerate(file):
                for place, turn in enumerate(json.loads(line)["messages"]):
                    if turn["role"] == "usr":
                        yield row, place, turn["content"]
        elif folder == "booking_restaurant8k":
            for row, item in enumerate(json.load(file)):
                yield row, None, item["userInput"]["text"]
        elif path.suffix == ".csv":
            for row, item in enumerate(csv.DictReader(file)):
                yield row, None, item.get("review") or item.get("reviewbody") or ""
        elif path.suffix == ".txt":  # split on \n only: these hold NEL characters, splitlines() would not do
            for row, line in enumerate(file):
                yield row, None, line.rpartition("\t")[0]
        else:
            for row, line in enumerate(file):
                yield row, None, json.loads(line)["text"]


@cache
def read(data: Path, folder: str, name: str) -> dict[tuple[int, int | None], Turn]:
    """All customer turns of one file, by row and turn."""
    turns = (Turn(folder, name, row, turn, clip(tidy(text))) for row, turn, text in _rows(data / folder / name))
    return {(turn.row, turn.turn): turn for turn in turns if turn.text}


def draw(data: Path, language: str) -> list[Turn]:
    """The drawn turns in order; no text twice."""
    chosen: list[Turn] = []
    seen: set[str] = set()
    for folder, name, count in PLAN[language]:
        mine: list[Turn] = []
        for turn in sorted(read(data, folder, name).values(), key=_lot):
            if len(mine) < count and turn.text not in seen:
                seen.add(turn.text)
                mine.append(turn)
        chosen += sorted(mine, key=lambda turn: (turn.row, turn.turn or 0))
    return chosen


def _lot(turn: Turn) -> str:
    return hashlib.sha256(f"{SEED}|{'|'.join(map(str, turn.place))}".encode()).hexdigest()


def find_data(argument: Path | None) -> Path | None:
    """The data folder from the argument or the environment; None, said on stderr, where it is not there."""
    named = argument or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named and all((named / folder).is_dir() for plan in PLAN.values() for folder, _, _ in plan):
        return named
    where = f"{named} lacks the sets of this draw" if named else f"no --data and no {VARIABLE}"
    print(f"skipped: {where}; name the folder that holds dialogues_sgd, feedback_mams and the rest", file=sys.stderr)
    return None


def check(turns: Iterable[Turn], language: str) -> list[str]:
    """What differs between the draw and the committed labels."""
    labels = [json.loads(line) for line in (LABELS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()]
    labelled = {(label["set"], label["file"], label["row"], label["turn"]): label["hash"] for label in labels}
    drawn = {turn.place: turn.hash for turn in turns}
    return [
        f"{place}: drawn {drawn.get(place)}, labelled {labelled.get(place)}"
        for place in [*drawn, *(labelled.keys() - drawn.keys())]
        if drawn.get(place) != labelled.get(place)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help=f"folder of the public data (else {VARIABLE})")
    parser.add_argument("--language", choices=sorted(PLAN), action="append")
    parser.add_argument("--check", action="store_true", help="compare the draw with the labels instead of printing it")
    options = parser.parse_args()
    data = find_data(options.data)
    if data is None:
        return 0
    failed = False
    for language in options.language or sorted(PLAN):
        turns = draw(data, language)
        if options.check:
            differences = check(turns, language)
            failed = failed or bool(differences)
            print(
                f"{language}: {len(turns)} drawn, {len(differences)} differ from the labels", *differences, sep="\n  "
            )
        else:
            for turn in turns:
                print(json.dumps({**vars(turn), "hash": turn.hash}, ensure_ascii=False))
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
