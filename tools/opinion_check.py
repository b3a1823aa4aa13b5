#!/usr/bin/env python3
"""How often `limn text --opinion` tells praise from complaint, by the lexicon and learned.

    python3 tools/opinion_check.py datasets/zh-reviews/online_shopping_10_cats.zip
    python3 tools/opinion_check.py amazonReviewSnippets_GroundTruth.txt

Reads a CSV with the columns label (1 liked, 0 not) and review, in a zip file or not; the ground
truth of VADER's authors (tabs: id, mean rating by people, text; rating 0 is left out; it comes with
the source package vaderSentiment 0.5); or a folder of the Stack Exchange dump, whose comments and
posts are liked where their score is above the median. Every fifth text is held back; what is
learned is learned from the rest. Prints the accuracy there with its 95 % interval (Wilson), beside
that of always saying what most texts are.
"""
import argparse
import csv
import html
import io
import json
import math
import pathlib
import re
import statistics
import subprocess
import tempfile
import xml.etree.ElementTree
import zipfile

HELD_BACK = 5


def from_csv(content):
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [(row["review"].lstrip("\ufeff"), row["label"] == "1") for row in rows if row["review"]]


def from_ground_truth(content):
    fields = [line.split("\t") for line in content.decode("latin-1").splitlines()]
    return [(row[2], float(row[1]) > 0) for row in fields if len(row) > 2 and float(row[1]) != 0]


def from_stack_exchange(folder):
    scored = []
    for name, text in (("Posts.xml", "Body"), ("Comments.xml", "Text")):
        for row in xml.etree.ElementTree.parse(folder / name).getroot():
            if row.get(text) and row.get("PostTypeId", "2") in ("1", "2"):
                words = html.unescape(re.sub(r"<[^>]+>", " ", row.get(text)))
                scored.append((words, int(row.get("Score", "0"))))
    median = statistics.median(score for _, score in scored)
    return [(words, score > median) for words, score in scored]


def read(path):
    if path.is_dir():
        return from_stack_exchange(path)
    content = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            content = archive.read(next(n for n in archive.namelist() if n.endswith(".csv")))
    return from_ground_truth(content) if path.suffix == ".txt" else from_csv(content)


def opinions(limn, texts, rated=None):
    lines = "".join(json.dumps({"text": text}) + "\n" for text, _ in texts)
    command = [limn, "text", "--opinion", "--segmenter", "icu", "--lang", "en"]
    with tempfile.TemporaryDirectory() as folder:
        if rated:
            path = pathlib.Path(folder) / "rated.jsonl"
            path.write_text("".join(json.dumps({"text": t, "liked": y}) + "\n" for t, y in rated))
            command += ["--rated", str(path)]
        out = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line)["opinion"]["polarity"] for line in out.stdout.splitlines()]


def wilson(right, n, z=1.96):
    share = right / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)


def show(name, right, n):
    low, high = wilson(right, n)
    print(f"  {name:28} {right / n:.4f}  {low:.4f}-{high:.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--limn", default="build/release/limn")
    parser.add_argument("--lexicon-only", action="store_true", help="learn nothing")
    arguments = parser.parse_args()
    for path in arguments.files:
        texts = read(path)
        test = texts[HELD_BACK - 1::HELD_BACK]
        train = [text for i, text in enumerate(texts) if i % HELD_BACK != HELD_BACK - 1]
        liked = sum(y for _, y in test)
        print(f"{path.name}: {len(texts):,} texts, {len(test):,} held back; 95 % intervals")
        show("what most are", max(liked, len(test) - liked), len(test))
        for name, rated in (("the lexicon", None), ("learned from the others", train)):
            if rated and arguments.lexicon_only:
                continue
            said = opinions(arguments.limn, test, rated)
            show(name, sum((p >= 0) == y for p, (_, y) in zip(said, test, strict=True)), len(test))
            if not rated:
                told = [(p, y) for p, (_, y) in zip(said, test, strict=True) if p != 0]
                show(f"  of the {len(told) / len(test):.0%} it tells",
                     sum((p > 0) == y for p, y in told), len(told))


if __name__ == "__main__":
    main()
