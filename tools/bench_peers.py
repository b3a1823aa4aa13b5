#!/usr/bin/env python3
"""Encodes the same texts with limn, ONNX Runtime and OpenVINO, in turns, and prints the ratios.

    pip install numpy onnx onnxruntime openvino tokenizers
    python3 tools/bench_peers.py TEXTS.jsonl models/all-MiniLM-L6-v2 --limn build/release/limn

TEXTS.jsonl has a `text` in every row; without it, the English reviews of data/shop are read, joined
to texts of about 125 tokens. What is not installed is left out. A peer gets the model as it runs it
best: ONNX Runtime with embeddings, attention, skip layer norm and GELU each fused into one node
(int8: its own dynamic quantization, per channel), OpenVINO with scaled dot product attention as one
node. Texts are sorted by length and padded to the longest of their batch, and the best of several
batch sizes is taken. What counts is processor time, tokenizing included and loading not. Turns are
short (a hundred texts of about the same length) and alternate, so that what else the machine does
meets all: a processor that is shared changes its speed by a half within seconds. int8's calibration
and the choice of auto are left out, as loading is. None of this is needed by limn.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

try:
    import numpy as np
    import tokenizers
except ImportError as missing:
    sys.exit(f"no peers are measured: {missing} (pip install numpy onnx onnxruntime openvino "
             "tokenizers)")

import peer_models

SOURCE = pathlib.Path(__file__).resolve().parent.parent

BATCHES = (1, 2, 4, 8, 16, 32)
TURN = 100  # texts


class Peer:
    """Texts to embeddings by `run`: (ids, mask) -> rows of the last layer."""

    def __init__(self, name, run, folder, turns):
        self.name, self.run = name, run
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(
            json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"])
        # limn's time includes its tokenizer, so this does too.
        self.tokenizer = tokenizer
        self.batch = min(BATCHES, key=lambda size: self.slowness(size, turns))

    def slowness(self, batch, turns):
        return sum(min(self.encode(texts, batch)[0] for _ in range(2)) for texts in turns[1::3])

    def encode(self, texts, batch=None):
        """Processor seconds, and the embeddings."""
        begin = time.process_time()
        ids = [e.ids for e in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        rows = [None] * len(ids)
        batch = batch or self.batch
        for first in range(0, len(order), batch):
            part = order[first:first + batch]
            longest = len(ids[part[0]])
            tokens = np.zeros((len(part), longest), np.int32)
            mask = np.zeros((len(part), longest), np.int32)
            for row, i in enumerate(part):
                tokens[row, :len(ids[i])] = ids[i]
                mask[row, :len(ids[i])] = 1
            mean = (self.run(tokens, mask) * mask[:, :, None]).sum(axis=1)
            for i, row in zip(part, mean / np.linalg.norm(mean, axis=1, keepdims=True)):
                rows[i] = row
        return time.process_time() - begin, np.array(rows)

    def title(self):
        return f"{self.name} (batches of {self.batch})"


class Limn:
    def __init__(self, program, precision, folder, threads):
        self.name = f"limn {precision}"
        self.command = [program, "encode", "--encoder", f"bert:{folder}", "--threads", str(threads),
                        "--precision", precision, "--json"]

    def encode(self, texts):
        """Processor seconds without loading and calibrating, and the embeddings."""
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file, \
                tempfile.NamedTemporaryFile(suffix=".npy") as out:
            file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
            file.flush()
            command = self.command[:2] + [file.name] + self.command[2:] + ["--out", out.name]
            done = subprocess.run(command, check=True, capture_output=True)
            return json.loads(done.stdout)["cpu_seconds"], np.load(out.name)

    def title(self):
        return self.name


def runners(arguments, turns):
    folder, threads = arguments.model, arguments.threads
    wanted = arguments.peers.split(",")
    made = [Limn(arguments.limn, precision, folder, threads)
            for precision in arguments.precisions.split(",")]
    for name in wanted:
        if name:
            run, title = peer_models.load(name, folder, threads)
            made.append(Peer(title, run, folder, turns))
    return made


def read_texts(path):
    if path:
        lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
        return [text for text in (json.loads(line)["text"] for line in lines) if text.strip()]
    lines = (SOURCE / "data/shop/reviews.jsonl").read_text(encoding="utf-8").splitlines()
    english = [text for text in (json.loads(line)["text"] for line in lines) if text.isascii()]
    return [" ".join(english[i:i + 5]) for i in range(0, len(english), 5)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", nargs="?", help="JSONL with `text`")
    parser.add_argument("model", nargs="?", type=pathlib.Path,
                        default=SOURCE / "models/all-MiniLM-L6-v2")
    parser.add_argument("--limn", default="build/release/limn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="read only so many texts")
    parser.add_argument("--precisions", default="fp32,bf16,int8", help="of limn")
    parser.add_argument("--peers", default=",".join(peer_models.installed()),
                        help="of onnx-fp32, onnx-int8, openvino-fp32 and openvino-bf16")
    arguments = parser.parse_args()

    texts = read_texts(arguments.texts)
    if arguments.limit:
        texts = texts[:arguments.limit]
    texts.sort(key=len)
    turns = [texts[begin:begin + TURN] for begin in range(0, len(texts), TURN)]
    all_of_them = runners(arguments, turns)
    rates = {runner.title(): [] for runner in all_of_them}
    rows = {}
    for _ in range(arguments.rounds):
        seconds = dict.fromkeys(rates, 0)
        found = {title: [] for title in rates}
        for turn in turns:
            for runner in all_of_them:
                taken, embeddings = runner.encode(turn)
                seconds[runner.title()] += taken
                found[runner.title()].append(embeddings)
        for title in rates:
            rates[title].append(len(texts) / seconds[title])
            rows[title] = np.concatenate(found[title])

    print(f"{len(texts)} texts, {arguments.threads} thread(s), median of {arguments.rounds} rounds")
    first = next(iter(rows.values()))
    for title, each in rates.items():
        cosines = (first * rows[title]).sum(axis=1)  # to limn's fp32, which is the first
        print(f"{title:<44} {statistics.median(each):7.1f} texts/CPU-s   cosine to the first: "
              f"mean {cosines.mean():.6f}, least {cosines.min():.6f}")
    for ours in (r for r in all_of_them if isinstance(r, Limn)):
        for peer in (r for r in all_of_them if isinstance(r, Peer)):
            ratios = [a / b for a, b in zip(rates[ours.title()], rates[peer.title()])]
            print(f"{ours.name} / {peer.name}: {statistics.median(ratios):.3f} "
                  f"(each round: {', '.join(f'{r:.3f}' for r in ratios)})")


if __name__ == "__main__":
    main()
