#!/usr/bin/env python3
"""Writes the texts that came beside a published split as JSON lines for `limn evaluate --items`.

    tools/split_texts.py citeulike datasets/citeulike-t > datasets/citeulike-t.jsonl
    tools/split_texts.py colakg datasets/colakg-lastfm > datasets/colakg-lastfm.jsonl
    tools/split_texts.py idgenrec datasets/amazon-s3rec Beauty > datasets/Beauty.jsonl

citeulike: a paper's text is its bag of words, then its tags, then the numbers of the papers that it
cites and its own, as words, so that papers that cite one another share some; `--words` leaves tags
and citations out. colakg: what the item's file says. idgenrec: the item's line, by its place in the
order of Beauty.txt.
"""
import argparse
import json
import pathlib
import sys


def write(item, text):
    sys.stdout.write(json.dumps({"id": str(item), "text": text}) + "\n")


def citeulike(folder, words_only):
    words = (folder / "vocabulary.dat").read_text(encoding="utf-8").split("\n")
    papers = []
    for line in (folder / "mult.dat").read_text(encoding="utf-8").splitlines():
        counts = (pair.split(":") for pair in line.split()[1:])
        papers.append([words[int(index)] for index, count in counts for _ in range(int(count))])
    if not words_only:
        tags = (folder / "tags.dat").read_text(encoding="utf-8").splitlines()
        for tag, line in zip(tags, (folder / "tag-item.dat").read_text().splitlines()):
            for paper in line.split()[1:]:
                papers[int(paper)].append("tag" + "".join(filter(str.isalnum, tag)))
        for paper, line in enumerate((folder / "citations.dat").read_text().splitlines()):
            cited = line.split()[1:]
            papers[paper] += [f"paper{other}" for other in [paper, *cited]]
    for paper, text in enumerate(papers):
        write(paper, " ".join(text))


def colakg(folder):
    said = json.loads((folder / "llm_response_item.json").read_text(encoding="utf-8"))
    for number, text in said.items():
        write(number, text)


def idgenrec(folder, name):
    """The texts are in the order of their own ids; the sequences of both tell which is which."""
    own = folder / "idgenrec" / name
    texts = {}
    lines = (own / "item_generative_indexing_phase_0.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        item, _, text = line.partition(" ")
        texts[item] = text
    written = set()
    theirs = (own / "user_sequence.txt").read_text(encoding="utf-8").splitlines()
    ours = (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    for our, their in zip(ours, theirs):
        for number, item in zip(our.split()[1:], their.split()[1:]):
            if number not in written and item in texts:
                written.add(number)
                write(number, texts[item])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["citeulike", "colakg", "idgenrec"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("name", nargs="?", default="Beauty")
    parser.add_argument("--words", action="store_true")
    arguments = parser.parse_args()
    if arguments.kind == "citeulike":
        citeulike(arguments.folder, arguments.words)
    elif arguments.kind == "colakg":
        colakg(arguments.folder)
    else:
        idgenrec(arguments.folder, arguments.name)


if __name__ == "__main__":
    main()
