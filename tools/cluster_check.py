#!/usr/bin/env python3
"""How well clusters of embeddings agree with what people called the texts.

    python3 tools/cluster_check.py datasets/se-beer lsa bert:models/all-MiniLM-L6-v2 static:W.limn
    python3 tools/cluster_check.py datasets/zh-reviews lsa --restarts 4

A folder with Posts.xml is a Stack Exchange site: its posts, title and body, against the most
frequent tag of their question, of the tags that ten questions and more have. Any other folder holds
a zip with a CSV of `cat` and `review`: the reviews against their categories. There are as many
clusters as names. Each line is a mean over ten seeds of k-means, and its standard deviation; beside
`limn cluster` stands scikit-learn's KMeans on the same rows, if that is installed. AMI and NMI are
over the mean of the two entropies.
"""

import argparse
import collections
import csv
import html
import importlib.util
import io
import json
import pathlib
import re
import subprocess
import tempfile
import xml.etree.ElementTree
import zipfile

import numpy as np


def read_site(folder):
    """The texts of posts, and the name of each."""
    rows = [row for row in xml.etree.ElementTree.parse(folder / "Posts.xml").getroot()
            if row.get("PostTypeId") in ("1", "2")]
    tags = {row.get("Id"): re.findall(r"[^<>|]+", row.get("Tags", "")) for row in rows
            if row.get("PostTypeId") == "1"}
    counts = collections.Counter(tag for some in tags.values() for tag in some)
    texts, names = [], []
    for row in rows:
        question = row.get("Id") if row.get("PostTypeId") == "1" else row.get("ParentId")
        known = [tag for tag in tags.get(question, []) if counts[tag] >= 10]
        if not known:
            continue
        body = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", row.get("Body", ""))))
        texts.append((row.get("Title", "") + " " + body).strip())
        names.append(max(known, key=lambda tag: (counts[tag], tag)))
    return texts, names


def read_reviews(folder):
    with zipfile.ZipFile(next(folder.glob("*.zip"))) as archive:
        rows = csv.DictReader(io.StringIO(archive.read(archive.namelist()[0]).decode("utf-8-sig")))
        said = [(row["review"].strip(), row["cat"]) for row in rows if row["review"].strip()]
    return [text for text, _ in said], [name for _, name in said]


def encode(limn, encoder, precision, texts, folder):
    (folder / "texts.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    subprocess.run([limn, "encode", folder / "texts.jsonl", "--encoder", encoder,
                    "--precision", precision, "--out", folder / "texts.npy"], check=True,
                   stdout=subprocess.DEVNULL)
    return folder / "texts.npy"


def cluster(limn, path, k, seed, restarts):
    subprocess.run([limn, "cluster", path, "-k", str(k), "--seed", str(seed), "--restarts",
                    str(restarts), "--labels-out", path.with_suffix(".txt")], check=True,
                   stdout=subprocess.DEVNULL)
    return np.loadtxt(path.with_suffix(".txt"), dtype=np.int64)


def entropy(counts):
    shares = counts[counts > 0] / counts.sum()
    return -(shares * np.log(shares)).sum()


def table(a, b):
    """How often each two of the labels meet."""
    counts = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(counts, (a, b), 1)
    return counts


def expected_information(rows, cols):
    """By chance, of partitions with these sizes (Vinh, Epps and Bailey, 2010)."""
    n = int(rows.sum())
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])  # of factorials
    total = 0.0
    for a in rows.astype(int):
        for b in cols.astype(int):
            m = np.arange(max(1, a + b - n), min(a, b) + 1)
            chance = np.exp(logs[a] + logs[b] + logs[n - a] + logs[n - b] - logs[n] - logs[m]
                            - logs[a - m] - logs[b - m] - logs[n - a - b + m])
            total += (m / n * np.log(n * m / (a * b)) * chance).sum()
    return total


def agreement(a, b):
    """NMI and AMI."""
    counts = table(a, b)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    rows, cols = counts.sum(axis=1), counts.sum(axis=0)
    information = entropy(rows) + entropy(cols) - entropy(counts.ravel())
    mean = (entropy(rows) + entropy(cols)) / 2
    chance = expected_information(rows, cols)
    return information / mean, (information - chance) / (mean - chance)


def say(name, found):
    nmi, ami = np.array(found).T
    print(f"{name}: NMI {nmi.mean():.4f} (sd {nmi.std(ddof=1):.4f}, {nmi.min():.4f} to "
          f"{nmi.max():.4f}), AMI {ami.mean():.4f} (sd {ami.std(ddof=1):.4f}, {ami.min():.4f} to "
          f"{ami.max():.4f})", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("encoders", nargs="+")
    parser.add_argument("--limn", default="build/release/limn")
    parser.add_argument("--restarts", type=int, default=10, help="starts of each clustering")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--precision", default="fp32", help="of Transformers, as limn encode's")
    parser.add_argument("--every", type=int, default=1, help="takes every so-manieth text only")
    arguments = parser.parse_args()
    site = (arguments.folder / "Posts.xml").exists()
    texts, names = (read_site if site else read_reviews)(arguments.folder)
    texts, names = texts[::arguments.every], names[::arguments.every]
    truth = np.unique(names, return_inverse=True)[1]
    k = truth.max() + 1
    print(f"{len(texts)} texts, {k} names, {arguments.restarts} starts, {arguments.seeds} seeds")

    for encoder in arguments.encoders:
        with tempfile.TemporaryDirectory() as folder:
            path = encode(arguments.limn, encoder, arguments.precision, texts,
                          pathlib.Path(folder))
            rows = np.load(path)
            say(f"{encoder}, limn", [
                agreement(cluster(arguments.limn, path, k, seed, arguments.restarts) + 1, truth)
                for seed in range(1, arguments.seeds + 1)])
        if importlib.util.find_spec("sklearn") is None:
            continue
        from sklearn.cluster import KMeans
        say(f"{encoder}, scikit-learn", [
            agreement(KMeans(k, n_init=arguments.restarts, random_state=seed).fit(rows).labels_,
                      truth)
            for seed in range(1, arguments.seeds + 1)])


if __name__ == "__main__":
    main()
