#!/usr/bin/env python3
"""How many times the texts a second static embeddings read, beside the Transformer they are from.

    python3 tools/static_speed.py datasets/se-beer bert:models/all-MiniLM-L6-v2 static:W.limn

The texts are the posts of a Stack Exchange site, cut to some 125 tokens. The first encoder reads
some of them and the others all of them a hundred times over, in turns, so that what else the
machine does meets both; each rate is the median over turns, on one thread and by processor time,
loading and writing not included.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

import retrieval_check

WORDS = 92  # of a text of posts like these, in 125 tokens


def cut(bodies):
    texts = []
    for body in bodies:
        words = body.split()
        texts += [" ".join(words[i:i + WORDS]) for i in range(0, len(words) - WORDS + 1, WORDS)]
    return texts


def encode(limn, encoder, precision, path, folder):
    ran = subprocess.run([limn, "encode", path, "--encoder", encoder, "--precision", precision,
                          "--threads", "1", "--json", "--out", folder / "rows.npy"],
                         check=True, capture_output=True, text=True)
    return json.loads(ran.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("encoders", nargs="+")
    parser.add_argument("--limn", default="build/release/limn")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--texts", type=int, default=100, help="that the first encoder reads")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--precision", default="fp32", help="of the first encoder")
    arguments = parser.parse_args()
    texts = cut(retrieval_check.read_posts(arguments.folder)[1])
    rates = [[] for _ in arguments.encoders]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lines = [json.dumps({"text": text}) + "\n" for text in texts]
        (folder / "all.jsonl").write_text("".join(lines) * arguments.times)
        for turn in range(arguments.turns):
            step = max(1, len(lines) // arguments.texts)
            some = lines[turn % step::step][:arguments.texts]
            (folder / "some.jsonl").write_text("".join(some))
            for number, encoder in enumerate(arguments.encoders):
                first = number == 0
                answer = encode(arguments.limn, encoder, arguments.precision if first else "auto",
                                folder / ("some.jsonl" if first else "all.jsonl"), folder)
                tokens = answer["tokens"] / answer["texts"]
                rates[number].append(answer["texts"] / answer["cpu_seconds"])
                print(f"turn {turn + 1}: {encoder}: {rates[number][-1]:,.0f} texts/s of "
                      f"{tokens:.0f} tokens, {answer['texts']:,} texts", flush=True)
    base = statistics.median(rates[0])
    for encoder, found in zip(arguments.encoders, rates):
        print(f"{encoder}: {statistics.median(found):,.0f} texts/s (median of {len(found)}, "
              f"{min(found):,.0f} to {max(found):,.0f}), {statistics.median(found) / base:,.0f} x")


if __name__ == "__main__":
    main()
