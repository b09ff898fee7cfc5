"""How often `regulars understand` stores something a customer never said: its output beside the committed labels.

A turn fails when a fact that the product would store (confidence 0.5 or more) corresponds to no label of that turn.
Feedback and dates are judged too, and reported apart. Exit 1 above one failed turn in fifty, 2 on bad input.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run as a file too

from bench.understanding.draw import WRONG, find_data  # noqa: E402
from bench.understanding.judging import STORED, BadInput, Json, Judgement, confidence_of, judge, load, show  # noqa: E402

BAR = 1 / 50
NOW = "2026-03-11T10:00:00+00:00"
TIME_ZONES = {"en": "Europe/London", "zh": "Asia/Shanghai"}


def understand(texts: list[str], language: str) -> list[Json]:
    """One result a text from the command line of the product, in order."""
    command = [sys.executable, "-m", "bot", "understand", "--now", NOW, "--timezone", TIME_ZONES[language]]
    run = subprocess.run(
        command, input="\n".join(texts) + "\n", capture_output=True, encoding="utf-8", cwd=ROOT, check=False
    )
    if run.returncode:
        raise BadInput(f"{' '.join(command[1:])} ended with {run.returncode}: {run.stderr.strip()[-2000:]}")
    results = [json.loads(line) for line in run.stdout.split("\n") if line.strip()]
    if len(results) != len(texts):
        raise BadInput(f"understand answered {len(results)} lines to {len(texts)} messages; one each is expected")
    return results


def upper_bound(failed: int, turns: int) -> float:
    """The rate that is not exceeded with 95 % certainty (Wilson, one-sided)."""
    z = 1.6449
    centre = failed + z * z / 2
    spread = z * math.sqrt(failed * (turns - failed) / turns + z * z / 4)
    return (centre + spread) / (turns + z * z)


def summarise(language: str, labels: list[Json], results: list[Json], judged: list[Judgement]) -> Json:
    """The figures of one language; counts of turns are named so, the rest count entries."""
    wrong_turns = sum(bool(one.wrong_facts) for one in judged)
    required = {
        kind: sum(not one.get("optional") for label in labels for one in label[kind]) for kind in ("facts", "feedback")
    }

    def count(name: str) -> int:
        return sum(len(getattr(one, name)) for one in judged)

    return {
        "language": language,
        "turns": len(judged),
        "turns_with_a_wrong_fact": wrong_turns,
        "rate": round(wrong_turns / len(judged), 4),
        "rate_at_most": round(upper_bound(wrong_turns, len(judged)), 4),
        "facts_stored": sum(confidence_of(fact) >= STORED for result in results for fact in result.get("facts", [])),
        "facts_wrong": count("wrong_facts"),
        "facts_optional": count("optional_facts"),
        "facts_required": required["facts"],
        "facts_missed": count("missed_facts"),
        "turns_with_wrong_feedback": sum(bool(one.wrong_feedback) for one in judged),
        "feedback_recorded": sum(len(result.get("feedback", [])) for result in results),
        "feedback_wrong": count("wrong_feedback"),
        "feedback_wrong_aspect": count("wrong_aspects"),
        "feedback_required": required["feedback"],
        "feedback_missed": count("missed_feedback"),
        "feedback_missed_aspect": count("missed_aspects"),
        "dates_labelled": sum(len(label["dates"]) for label in labels),
        "dates_missed": count("missed_dates"),
        "dates_wrong": count("wrong_dates"),
    }


def describe(figures: Json) -> str:
    return (
        "{language}: {turns_with_a_wrong_fact} of {turns} turns store a wrong fact "
        "({rate:.1%}, at most {rate_at_most:.1%} with 95 % certainty)\n"
        "    facts     {facts_stored} stored, {facts_wrong} wrong, {facts_optional} optional; {facts_missed} of {facts_required} required missed\n"
        "    feedback  {feedback_recorded} recorded, {feedback_wrong} wrong (in {turns_with_wrong_feedback} turns), "
        "{feedback_wrong_aspect} under a wrong aspect; "
        "{feedback_missed} of {feedback_required} required missed, {feedback_missed_aspect} more by aspect\n"
        "    dates     {dates_missed} of {dates_labelled} missed, {dates_wrong} not in the labels"
    ).format(**figures)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public data (else REGULARS_DATA)")
    parser.add_argument("--language", choices=sorted(WRONG.plan), action="append")
    parser.add_argument("--json", action="store_true", help="figures as a JSON object a line")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N offending turns a language on stderr")
    parser.add_argument("--all", action="store_true", help="with --json: every judgement too")
    options = parser.parse_args()
    data = find_data(options.data)
    if data is None:
        return 0
    above = False
    for language in options.language or sorted(WRONG.plan):
        try:
            pairs = list(load(data, language))
            results = understand([turn.text for turn, _ in pairs], language)
        except BadInput as error:
            print(error, file=sys.stderr)
            return 2
        judged = [judge(turn, label, result) for (turn, label), result in zip(pairs, results, strict=True)]
        figures = summarise(language, [label for _, label in pairs], results, judged)
        above = above or figures["turns_with_a_wrong_fact"] > BAR * figures["turns"]
        if options.json:
            print(json.dumps(figures | ({"judged": [asdict(one) for one in judged]} if options.all else {})))
        else:
            print(describe(figures))
        show(judged, options.show)
    return int(above)


if __name__ == "__main__":
    raise SystemExit(main())
