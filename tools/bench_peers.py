#!/usr/bin/env python3
"""Encodes the same texts with limn and with ONNX Runtime, in turns, and prints the ratio.

    pip install numpy onnx onnxruntime tokenizers
    python3 tools/bench_peers.py TEXTS.jsonl models/all-MiniLM-L6-v2 --limn build/release/limn

TEXTS.jsonl has a `text` in every row. ONNX Runtime gets the model as its own optimizer would leave
it (embeddings, attention, skip layer norm and GELU each fused into one node), texts sorted by
length and padded to the longest of their batch, and the best of several batch sizes. What counts is
processor time, tokenizing included and loading not, and turns alternate, so that what else the
machine does meets both. None of this is needed by limn.
"""
import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
import tokenizers
from onnx import TensorProto, helper, numpy_helper


def read_safetensors(path):
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] == "F32":
            begin, end = (8 + size + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"])
    return tensors


class Graph:
    def __init__(self):
        self.nodes, self.weights = [], []

    def constant(self, name, value):
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, op, inputs, outputs, domain="com.microsoft", **attributes):
        self.nodes.append(helper.make_node(op, inputs, outputs, domain=domain, **attributes))
        return outputs[0]


def fused_model(folder):
    """BERT with ONNX Runtime's fused nodes, from the weights."""
    config = json.loads((folder / "config.json").read_text())
    w = read_safetensors(folder / "model.safetensors")
    graph = Graph()
    names = ["word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight",
             "LayerNorm.weight", "LayerNorm.bias"]
    x = graph.add("EmbedLayerNormalization",
                  ["ids", ""] + [graph.constant(n, w["embeddings." + n]) for n in names] + ["mask"],
                  ["embedded", "lengths"], epsilon=config["layer_norm_eps"])
    for i in range(config["num_hidden_layers"]):
        base = f"encoder.layer.{i}."

        def dense(x, name, base=base):
            weight = graph.constant(base + name + ".w", w[base + name + ".weight"].T)
            return graph.add("MatMul", [x, weight], [base + name], domain="")

        def bias(name, base=base):
            return graph.constant(base + name + ".b", w[base + name + ".bias"])

        def skip(x, residual, norm, name, base=base):
            gain = graph.constant(base + norm + ".g", w[base + norm + ".weight"])
            return graph.add("SkipLayerNormalization",
                             [x, residual, gain, bias(norm), bias(name)], [base + norm],
                             epsilon=config["layer_norm_eps"])

        parts = [base + "attention.self." + part for part in ("query", "key", "value")]
        attended = graph.add(
            "Attention",
            [x,
             graph.constant(base + "qkv.w",
                            np.concatenate([w[p + ".weight"].T for p in parts], axis=1)),
             graph.constant(base + "qkv.b", np.concatenate([w[p + ".bias"] for p in parts])),
             "mask"], [base + "context"], num_heads=config["num_attention_heads"])
        x = skip(dense(attended, "attention.output.dense"), x, "attention.output.LayerNorm",
                 "attention.output.dense")
        wide = graph.add("BiasGelu", [dense(x, "intermediate.dense"), bias("intermediate.dense")],
                         [base + "gelu"])
        x = skip(dense(wide, "output.dense"), x, "output.LayerNorm", "output.dense")

    shape = ["batch", "length"]
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT32, shape) for n in ("ids", "mask")]
    outputs = [helper.make_tensor_value_info(x, TensorProto.FLOAT, shape + ["dim"])]
    return helper.make_model(
        helper.make_graph(graph.nodes, "bert", inputs, outputs, graph.weights), ir_version=8,
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)])


class OnnxRuntime:
    def __init__(self, folder, texts, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            onnx.save(fused_model(folder), file.name)
            self.session = onnxruntime.InferenceSession(file.name, options,
                                                        providers=["CPUExecutionProvider"])
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(
            json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"])
        # limn's time includes its tokenizer, so this does too.
        self.tokenizer, self.texts = tokenizer, texts

    def encode(self, batch):
        ids = [e.ids for e in self.tokenizer.encode_batch(self.texts)]
        order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        rows = np.zeros((len(ids), 0), np.float32)
        for begin in range(0, len(order), batch):
            part = order[begin:begin + batch]
            longest = len(ids[part[0]])
            tokens = np.zeros((len(part), longest), np.int32)
            mask = np.zeros((len(part), longest), np.int32)
            for row, i in enumerate(part):
                tokens[row, :len(ids[i])] = ids[i]
                mask[row, :len(ids[i])] = 1
            hidden = self.session.run(None, {"ids": tokens, "mask": mask})[0]
            mean = (hidden * mask[:, :, None]).sum(axis=1)
            if rows.shape[1] == 0:
                rows = np.zeros((len(ids), mean.shape[1]), np.float32)
            rows[part] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return rows


def run_limn(program, texts, folder, threads):
    """Processor seconds of a run, and its rows."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file, \
            tempfile.NamedTemporaryFile(suffix=".npy") as out:
        file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
        file.flush()
        command = [program, "encode", file.name, "--encoder", f"bert:{folder}", "--out", out.name,
                   "--threads", str(threads), "--precision", "fp32", "--json"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds, np.load(out.name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", help="JSONL with `text`")
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--limn", default="build/release/limn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="read only so many texts")
    arguments = parser.parse_args()

    lines = pathlib.Path(arguments.texts).read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    texts = [text for text in texts if text.strip()]
    if arguments.limit:
        texts = texts[:arguments.limit]
    peer = OnnxRuntime(arguments.model, texts, arguments.threads)

    def run_peer(batch):
        begin = time.process_time()
        rows = peer.encode(batch)
        return time.process_time() - begin, rows

    batch = min((1, 2, 4, 8, 16, 32), key=lambda size: run_peer(size)[0])
    loading = min(run_limn(arguments.limn, ["x"], arguments.model, arguments.threads)[0]
                  for _ in range(3))
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        seconds, rows = run_limn(arguments.limn, texts, arguments.model, arguments.threads)
        ours.append(len(texts) / (seconds - loading))
        seconds, other = run_peer(batch)
        theirs.append(len(texts) / seconds)
    ratios = [a / b for a, b in zip(ours, theirs)]
    print(f"texts                    {len(texts)}, {arguments.threads} thread(s)")
    print(f"limn fp32                {statistics.median(ours):.1f} texts/CPU-s")
    version = onnxruntime.__version__
    print(f"ONNX Runtime {version} fp32  {statistics.median(theirs):.1f} texts/CPU-s "
          f"(batches of {batch})")
    print(f"ratio                    {statistics.median(ratios):.3f} "
          f"(each round: {', '.join(f'{r:.3f}' for r in ratios)})")
    print(f"least cosine of the two  {(rows * other).sum(axis=1).min():.6f}")


if __name__ == "__main__":
    main()
