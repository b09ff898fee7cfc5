"""The turns that understanding is judged on, drawn from public data kept outside the project.

Two draws: `wrong` (200 a language, labels/en.jsonl), of which what is stored wrongly is counted, and `heard` (300
others a language, labels/heard_en.jsonl), a third of them said in the first person, of which everything is.
A turn is named by (set, file, row, turn) and a short hash of its text; the texts themselves are never committed.
A draw depends on nothing but its seed and the files: candidates are ordered by a hash of their name.
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

LABELS = Path(__file__).parent / "labels"
VARIABLE = "REGULARS_DATA"
CLIP = 400  # characters; a longer review is more than anybody types into a chat
SENTENCE = re.compile(r"[^。！？!?；;~～…]*[。！？!?；;~～…]+[”」）)]*|[^。！？!?；;~～…]+$")


@dataclass(frozen=True)
class Draw:
    """`plan` gives for each language the files, how many turns of each, and how many of these in the first person."""

    seed: str
    labels: str  # name of the file of labels, with the language
    plan: dict[str, tuple[tuple[str, str, int, int], ...]]

    def lot(self, turn: Turn) -> str:
        return hashlib.sha256(f"{self.seed}|{'|'.join(map(str, turn.place))}".encode()).hexdigest()

    def path(self, language: str) -> Path:
        return LABELS / self.labels.format(language=language)


# Names somebody beside the speaker wrote are as good: what counts is that the writer is in the sentence.
FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|we|we're|we've|our|us)\b|[我咱俺]", re.IGNORECASE)
WRONG = Draw(
    "regulars-understanding-1",
    "{language}.jsonl",
    {
        "en": (
            ("dialogues_sgd", "dialogues.jsonl.gz", 80, 0),
            ("booking_restaurant8k", "train_0.json", 40, 0),
            ("feedback_mams", "train.jsonl", 30, 0),
            ("feedback_mams", "val.jsonl", 10, 0),
            ("feedback_uci", "amazon_cells_labelled.txt", 10, 0),
            ("feedback_uci", "imdb_labelled.txt", 10, 0),
            ("intents_xsid", "en.valid.jsonl", 20, 0),
        ),
        "zh": (
            ("dialogues_crosswoz", "val.jsonl.gz", 100, 0),
            ("feedback_asap", "train_sample.csv", 15, 0),
            ("feedback_asap", "dev_sample.csv", 15, 0),
            ("feedback_waimai", "waimai_10k.csv", 50, 0),
            ("intents_xsid", "zh.valid.jsonl", 20, 0),
        ),
    },
)
HEARD = Draw(
    "regulars-understanding-2",
    "heard_{language}.jsonl",
    {
        "en": (
            ("dialogues_sgd", "dialogues.jsonl.gz", 85, 25),
            ("booking_restaurant8k", "train_0.json", 50, 15),
            ("feedback_mams", "train.jsonl", 70, 30),
            ("feedback_mams", "val.jsonl", 35, 15),
            ("feedback_uci", "amazon_cells_labelled.txt", 20, 10),
            ("feedback_uci", "imdb_labelled.txt", 10, 5),
            ("intents_xsid", "en.valid.jsonl", 30, 0),
        ),
        "zh": (
            ("dialogues_crosswoz", "val.jsonl.gz", 120, 20),
            ("feedback_asap", "train_sample.csv", 35, 20),
            ("feedback_asap", "dev_sample.csv", 35, 20),
            ("feedback_waimai", "waimai_10k.csv", 80, 40),
            ("intents_xsid", "zh.valid.jsonl", 30, 0),
        ),
    },
)
DRAWS = {"wrong": WRONG, "heard": HEARD}


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


def draw(data: Path, language: str, which: Draw = WRONG) -> list[Turn]:
    """The drawn turns in order; no text twice, and none of the first draw in the second."""
    seen = {turn.text for turn in draw(data, language)} if which is not WRONG else set()
    chosen: list[Turn] = []
    for folder, name, count, first_person in which.plan[language]:
        lots = sorted(read(data, folder, name).values(), key=which.lot)
        mine = _take([turn for turn in lots if FIRST_PERSON.search(turn.text)], first_person, seen)
        mine += _take(lots, count - len(mine), seen)
        chosen += sorted(mine, key=lambda turn: (turn.row, turn.turn or 0))
    return chosen


def _take(lots: list[Turn], count: int, seen: set[str]) -> list[Turn]:
    taken: list[Turn] = []
    for turn in lots:
        if len(taken) < count and turn.text not in seen:
            seen.add(turn.text)
            taken.append(turn)
    return taken


def find_data(argument: Path | None) -> Path | None:
    """The data folder from the argument or the environment; None, said on stderr, where it is not there."""
    named = argument or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named and all((named / folder).is_dir() for plan in WRONG.plan.values() for folder, *_ in plan):
        return named
    where = f"{named} lacks the sets of this draw" if named else f"no --data and no {VARIABLE}"
    print(f"skipped: {where}; name the folder that holds dialogues_sgd, feedback_mams and the rest", file=sys.stderr)
    return None


def check(turns: Iterable[Turn], labels_file: Path) -> list[str]:
    """What differs between the draw and the committed labels."""
    labels = [json.loads(line) for line in labels_file.read_text(encoding="utf-8").splitlines()]
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
    parser.add_argument("--language", choices=sorted(WRONG.plan), action="append")
    parser.add_argument("--draw", choices=sorted(DRAWS), default="wrong")
    parser.add_argument("--check", action="store_true", help="compare the draw with the labels instead of printing it")
    options = parser.parse_args()
    data = find_data(options.data)
    if data is None:
        return 0
    failed = False
    which = DRAWS[options.draw]
    for language in options.language or sorted(which.plan):
        turns = draw(data, language, which)
        if options.check:
            differences = check(turns, which.path(language))
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
