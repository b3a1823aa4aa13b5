#!/usr/bin/env python3
"""How well encoders find the posts that belong to a question, by its title alone.

    pip install numpy
    python3 tools/retrieval_check.py datasets/se-beer --limn build/release/limn \\
        bert:models/all-MiniLM-L6-v2 static:W.limn lsa

The folder is one site of the Stack Exchange dump (Posts.xml). Every question's title ranks the
bodies of all questions and answers; its own body and its answers are relevant. Prints NDCG@10, the
mean over questions with its 95 % bootstrap interval, and its share of the first encoder's. An
encoder's precision stands behind an @ (bert:models/all-MiniLM-L6-v2@int8). --corpus
writes the bodies as JSONL: what `limn distill --corpus` reads. No title is in it.
"""
import argparse
import html
import json
import pathlib
import re
import subprocess
import tempfile
import xml.etree.ElementTree

import numpy as np


def read_posts(folder):
    """(titles, bodies, for each title the numbers of its bodies)"""
    posts = [row.attrib for row in xml.etree.ElementTree.parse(folder / "Posts.xml").getroot()
             if row.get("PostTypeId") in ("1", "2")]
    bodies = [html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", post["Body"]))).strip()
              for post in posts]
    questions = [post for post in posts if post["PostTypeId"] == "1"]
    belongs = {post["Id"]: [] for post in questions}
    for number, post in enumerate(posts):
        question = post["Id"] if post["PostTypeId"] == "1" else post.get("ParentId")
        if question in belongs:
            belongs[question].append(number)
    return ([post["Title"] for post in questions], bodies,
            [belongs[post["Id"]] for post in questions])


def encode(limn, encoder, precision, texts):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "texts.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
        name, _, own = encoder.partition("@")
        subprocess.run([limn, "encode", path / "texts.jsonl", "--encoder", name, "--precision",
                        own or precision, "--out", path / "texts.npy"], check=True,
                       stdout=subprocess.DEVNULL)
        return np.load(path / "texts.npy")


def ndcg(scores, relevant, k=10):
    gains = 1 / np.log2(2 + np.arange(k))
    first = np.argsort(-scores, kind="stable")[:k]
    return gains[np.isin(first, relevant)].sum() / gains[:min(k, len(relevant))].sum()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("encoders", nargs="*")
    parser.add_argument("--limn", default="build/release/limn")
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--precision", default="fp32", help="of Transformers, as limn encode's")
    arguments = parser.parse_args()
    titles, bodies, relevant = read_posts(arguments.folder)
    if arguments.corpus:
        arguments.corpus.write_text("".join(json.dumps({"text": b}) + "\n" for b in bodies))

    first = None
    for encoder in arguments.encoders:
        rows = encode(arguments.limn, encoder, arguments.precision, titles + bodies)
        scores = rows[:len(titles)] @ rows[len(titles):].T
        each = np.array([ndcg(s, r) for s, r in zip(scores, relevant)])
        draws = np.random.default_rng(1).integers(len(each), size=(1000, len(each)))
        low, high = np.percentile(each[draws].mean(axis=1), [2.5, 97.5])
        first = first or each.mean()
        print(f"{encoder}: NDCG@10 {each.mean():.4f} [{low:.4f}, {high:.4f}], "
              f"{each.mean() / first:.1%} of the first; {len(titles)} questions, "
              f"{len(bodies)} posts")


if __name__ == "__main__":
    main()
