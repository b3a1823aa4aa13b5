#!/usr/bin/env python3
"""Cuts the posts of a Stack Exchange site into texts of about 125 tokens, as JSON lines.

    pip install numpy tokenizers
    python3 tools/cut_posts.py datasets/se-beer models/all-MiniLM-L6-v2 > datasets/beer-125.jsonl

What tools/bench_peers.py measures on: texts as long as the models were made for, of lengths that
differ. The folder has Posts.xml; the model's tokenizer counts. Each post is cut from its beginning
into parts of 97 to 160 tokens, drawn with a seed; what is left at its end counts from 90 tokens on.
Of all parts, --count are taken, evenly spread.
"""
import argparse
import json
import pathlib
import random
import sys

import tokenizers

import retrieval_check

SHORTEST, LONGEST, SHORTEST_REST = 97, 160, 90


def parts(body, tokenizer, draw):
    places = [(begin, end) for begin, end in tokenizer.encode(body).offsets if end > begin]
    while places:
        size = draw.randint(SHORTEST, LONGEST)
        part, places = places[:size], places[size:]
        if len(part) >= SHORTEST_REST:
            yield body[part[0][0]:part[-1][1]].strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    tokenizer = tokenizers.Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    draw = random.Random(arguments.seed)
    _, bodies, _ = retrieval_check.read_posts(arguments.folder)
    texts = [part for body in bodies for part in parts(body, tokenizer, draw)]
    count = min(arguments.count, len(texts))
    texts = [texts[i * len(texts) // count] for i in range(count)]
    sizes = [len(encoding.ids) for encoding in tokenizer.encode_batch(texts)]
    print(f"{count} texts, {sum(sizes) / max(count, 1):.1f} tokens on average", file=sys.stderr)
    sys.stdout.writelines(json.dumps({"text": text}) + "\n" for text in texts)


if __name__ == "__main__":
    main()
