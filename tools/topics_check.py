#!/usr/bin/env python3
"""How well limn's topics agree with what people call them, and how good their names are.

    pip install numpy scikit-learn
    python3 tools/topics_check.py datasets/se-beer --encoder bert:models/all-MiniLM-L6-v2
    python3 tools/topics_check.py datasets/zh-reviews --encoder lsa
    python3 tools/topics_check.py datasets/se-beer --names

The folder is a site of the Stack Exchange dump (Posts.xml: questions, and answers with them,
against the most frequent tag of the question, of those that ten questions have; as many clusters as
such tags, the best of ten starts), or has the Chinese reviews in ten categories
(online_shopping_10_cats.zip; ten clusters, one start).
For each seed `limn cluster` clusters the embeddings of `limn encode`, and scikit-learn's KMeans
clusters the same: AMI and NMI, mean, standard deviation and range over the seeds, and the inertia.

--names builds a data folder of the same texts as items instead, and measures the ten words of each
topic: NPMI, the mean over pairs of words of how much oftener than by chance one text has both, and
diversity, the share of the words that only one topic has.
"""
import argparse
import csv
import html
import io
import itertools
import json
import math
import pathlib
import re
import subprocess
import tempfile
import xml.etree.ElementTree
import zipfile
from collections import Counter

import numpy as np

LEAST_QUESTIONS = 10


class Corpus:
    """Texts with what people call each, and how they are to be clustered."""

    def __init__(self, texts, labels, restarts):
        self.texts, self.labels, self.restarts = texts, labels, restarts
        self.k = len(set(labels))


def read_posts(folder):
    rows = [row.attrib for row in xml.etree.ElementTree.parse(folder / "Posts.xml").getroot()]
    questions = {row["Id"]: row for row in rows if row["PostTypeId"] == "1"}
    tags = {id: re.findall(r"[^<>|]+", row.get("Tags", "")) for id, row in questions.items()}
    counts = Counter(tag for of_one in tags.values() for tag in of_one)
    texts, labels = [], []
    for row in rows:
        question = row["Id"] if row["PostTypeId"] == "1" else row.get("ParentId")
        large = [tag for tag in tags.get(question, []) if counts[tag] >= LEAST_QUESTIONS]
        if row["PostTypeId"] not in ("1", "2") or not large:
            continue
        body = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row["Body"]))).strip()
        texts.append(". ".join(filter(None, [row.get("Title"), body])))
        labels.append(max(large, key=lambda tag: (counts[tag], tag)))
    return Corpus(texts, labels, restarts=10)


def read_reviews(path):
    with zipfile.ZipFile(path) as archive:
        rows = csv.DictReader(io.StringIO(archive.read(path.stem + ".csv").decode("utf-8")))
        rows = [row for row in rows if row["review"].strip()]
    return Corpus([row["review"] for row in rows], [row["cat"] for row in rows], restarts=1)


def read_corpus(folder):
    if (folder / "Posts.xml").exists():
        return read_posts(folder)
    return read_reviews(folder / "online_shopping_10_cats.zip")


def write_texts(path, texts):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))


def run(limn, *arguments, **options):
    return subprocess.run([str(limn), *map(str, arguments)], check=True, stdout=subprocess.PIPE,
                          **options).stdout


def told(values):
    return (f"{np.mean(values):.3f}, standard deviation {np.std(values):.4f}, "
            f"{min(values):.3f} to {max(values):.3f}")


def inertia(embeddings, labels):
    """The squared distances of all rows, of length 1, to the mean directions of their clusters."""
    clusters, places = np.unique(labels, return_inverse=True)
    sums = np.zeros((len(clusters), embeddings.shape[1]))
    np.add.at(sums, places, embeddings)
    return 2 * (len(embeddings) - np.linalg.norm(sums, axis=1).sum())


def measure_clusters(limn, corpus, arguments, scratch):
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score
    write_texts(scratch / "texts.jsonl", corpus.texts)
    run(limn, "encode", scratch / "texts.jsonl", "--encoder", arguments.encoder, "--out",
        scratch / "X.npy", "--long", "chunk")
    embeddings = np.load(scratch / "X.npy")
    restarts = arguments.restarts or corpus.restarts
    answers = {"limn": [], "scikit-learn": []}
    for seed in range(1, arguments.seeds + 1):
        run(limn, "cluster", scratch / "X.npy", "-k", corpus.k, "--restarts", restarts, "--seed",
            seed, "--labels-out", scratch / "labels.txt")
        answers["limn"].append(np.loadtxt(scratch / "labels.txt", dtype=int))
        peer = KMeans(corpus.k, n_init=restarts, random_state=seed).fit(embeddings)
        answers["scikit-learn"].append(peer.labels_)
    print(f"{len(corpus.texts):,} texts, {corpus.k} labels, encoder {arguments.encoder}, "
          f"{embeddings.shape[1]} dimensions, {restarts} starts, {arguments.seeds} seeds")
    for name, measure in (("AMI", adjusted_mutual_info_score),
                          ("NMI", normalized_mutual_info_score)):
        for program, labels in answers.items():
            values = [measure(corpus.labels, of_seed) for of_seed in labels]
            print(f"  {name} {program:<13} {told(values)}")
    for program, labels in answers.items():
        values = [inertia(embeddings, of_seed) for of_seed in labels]
        print(f"  inertia {program:<13} {np.mean(values):,.1f}, standard deviation "
              f"{np.std(values):.2f}")


def phrases_of(words):
    """A text's words, pairs and triples of neighbours, as topic terms write them."""
    found = set(words)
    for size in (2, 3):
        for begin in range(len(words) - size + 1):
            part = words[begin:begin + size]
            found.add(" ".join(part))
            found.add("".join(part))
    return found


def npmi(first, second, count):
    both = len(first & second) / count
    if both == 0:
        return -1
    if both == 1:
        return 1
    return math.log(both * count * count / (len(first) * len(second))) / -math.log(both)


def measure_names(limn, corpus, arguments, scratch):
    folder = scratch / "check.limn"
    (scratch / "items.jsonl").write_text("".join(
        json.dumps({"item_id": f"t{i}", "text": text}) + "\n"
        for i, text in enumerate(corpus.texts)))
    run(limn, "init", folder)
    run(limn, "import", folder, scratch / "items.jsonl", "--kind", "items")
    run(limn, "build", folder, "--encoder", arguments.encoder)
    topics = json.loads(run(limn, "topics", folder, "--json"))["topics"]
    write_texts(scratch / "texts.jsonl", corpus.texts)
    lines = run(limn, "text", stdin=open(scratch / "texts.jsonl")).decode().splitlines()
    terms = [[term["term"] for term in topic["terms"]][:10] for topic in topics]
    texts_of = {term: set() for of_topic in terms for term in of_topic}
    for i, line in enumerate(lines):
        for term in phrases_of(json.loads(line)["tokens"]) & texts_of.keys():
            texts_of[term].add(i)
    coherence = [np.mean([npmi(texts_of[a], texts_of[b], len(lines))
                          for a, b in itertools.combinations(of_topic, 2)])
                 for of_topic in terms if len(of_topic) > 1]
    distinct = len(texts_of) / sum(map(len, terms))
    print(f"{len(corpus.texts):,} texts, encoder {arguments.encoder}: {len(topics)} topics, "
          f"NPMI {np.mean(coherence):.3f}, diversity {distinct:.3f}")
    for topic in topics:
        print(f"  {topic['size']:>6,}  {topic['label']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--limn", type=pathlib.Path,
                        default=pathlib.Path(__file__).parent.parent / "build/release/limn")
    parser.add_argument("--encoder", default="lsa")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--restarts", type=int, help="in place of the number said above")
    parser.add_argument("--names", action="store_true", help="measure the names of topics instead")
    arguments = parser.parse_args()
    corpus = read_corpus(arguments.folder)
    measure = measure_names if arguments.names else measure_clusters
    with tempfile.TemporaryDirectory() as scratch:
        measure(arguments.limn.resolve(), corpus, arguments, pathlib.Path(scratch))


if __name__ == "__main__":
    main()
