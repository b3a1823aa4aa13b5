"""The models that tools/bench_peers.py measures limn against, made from the folder's weights."""
import importlib.util
import json
import tempfile

import numpy as np


def installed():
    """The names of the peers whose packages are there."""
    names = []
    if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("onnx"):
        names += ["onnx-fp32", "onnx-int8"]
    if importlib.util.find_spec("openvino"):
        names += ["openvino-fp32", "openvino-bf16"]
    return names


def load(name, folder, threads):
    """What runs (ids, mask), and how it is called."""
    kind, precision = name.split("-")
    made = load_onnx if kind == "onnx" else load_openvino
    return made(precision, folder, threads)


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


def fused_onnx(folder):
    """BERT with ONNX Runtime's fused nodes, as its own optimizer would leave it."""
    from onnx import TensorProto, helper, numpy_helper
    config = json.loads((folder / "config.json").read_text())
    w = read_safetensors(folder / "model.safetensors")
    nodes, weights = [], []

    def constant(name, value):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(op, inputs, outputs, domain="com.microsoft", **attributes):
        nodes.append(helper.make_node(op, inputs, outputs, domain=domain, **attributes))
        return outputs[0]

    names = ["word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight",
             "LayerNorm.weight", "LayerNorm.bias"]
    x = add("EmbedLayerNormalization",
            ["ids", ""] + [constant(n, w["embeddings." + n]) for n in names] + ["mask"],
            ["embedded", "lengths"], epsilon=config["layer_norm_eps"])
    for i in range(config["num_hidden_layers"]):
        base = f"encoder.layer.{i}."

        def dense(x, name, base=base):
            weight = constant(base + name + ".w", w[base + name + ".weight"].T)
            return add("MatMul", [x, weight], [base + name], domain="")

        def bias(name, base=base):
            return constant(base + name + ".b", w[base + name + ".bias"])

        def skip(x, residual, norm, name, base=base):
            gain = constant(base + norm + ".g", w[base + norm + ".weight"])
            return add("SkipLayerNormalization",
                       [x, residual, gain, bias(norm), bias(name)], [base + norm],
                       epsilon=config["layer_norm_eps"])

        parts = [base + "attention.self." + part for part in ("query", "key", "value")]
        attended = add(
            "Attention",
            [x,
             constant(base + "qkv.w", np.concatenate([w[p + ".weight"].T for p in parts], axis=1)),
             constant(base + "qkv.b", np.concatenate([w[p + ".bias"] for p in parts])), "mask"],
            [base + "context"], num_heads=config["num_attention_heads"])
        x = skip(dense(attended, "attention.output.dense"), x, "attention.output.LayerNorm",
                 "attention.output.dense")
        wide = add("BiasGelu", [dense(x, "intermediate.dense"), bias("intermediate.dense")],
                   [base + "gelu"])
        x = skip(dense(wide, "output.dense"), x, "output.LayerNorm", "output.dense")

    shape = ["batch", "length"]
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT32, shape) for n in ("ids", "mask")]
    outputs = [helper.make_tensor_value_info(x, TensorProto.FLOAT, shape + ["dim"])]
    return helper.make_model(
        helper.make_graph(nodes, "bert", inputs, outputs, weights), ir_version=8,
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)])


def load_onnx(precision, folder, threads):
    import onnx
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    with tempfile.TemporaryDirectory() as place:
        path = f"{place}/model.onnx"
        onnx.save(fused_onnx(folder), path)
        if precision == "int8":
            from onnxruntime.quantization import QuantType, quantize_dynamic
            quantize_dynamic(path, f"{place}/int8.onnx", per_channel=True,
                             op_types_to_quantize=["MatMul", "Attention"],
                             weight_type=QuantType.QInt8,
                             extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
            path = f"{place}/int8.onnx"
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def run(ids, mask):
        return session.run(None, {"ids": ids, "mask": mask})[0]

    return run, f"ONNX Runtime {onnxruntime.__version__} {precision}"


def openvino_model(folder):
    """BERT in OpenVINO's own operations."""
    import openvino as ov
    from openvino import opset13 as op
    config = json.loads((folder / "config.json").read_text())
    w = read_safetensors(folder / "model.safetensors")
    heads = config["num_attention_heads"]
    dim = config["hidden_size"]

    def norm(x, name):
        mean_free = op.mvn(x, op.constant([-1], np.int64), True, config["layer_norm_eps"],
                           "INSIDE_SQRT")
        return op.add(op.multiply(mean_free, op.constant(w[name + ".weight"])),
                      op.constant(w[name + ".bias"]))

    def dense(x, name):
        return op.add(op.matmul(x, op.constant(w[name + ".weight"]), False, True),
                      op.constant(w[name + ".bias"]))

    def by_head(x):
        split = op.reshape(x, op.constant([0, 0, heads, dim // heads], np.int64), True)
        return op.transpose(split, op.constant([0, 2, 1, 3], np.int64))

    ids = op.parameter([-1, -1], np.int32, name="ids")
    mask = op.parameter([-1, -1], np.int32, name="mask")
    length = op.gather(op.shape_of(ids), op.constant([1], np.int64), op.constant(0, np.int64))
    positions = op.slice(op.constant(w["embeddings.position_embeddings.weight"]),
                         op.constant([0], np.int64), length, op.constant([1], np.int64),
                         op.constant([0], np.int64))
    words = op.gather(op.constant(w["embeddings.word_embeddings.weight"]), ids,
                      op.constant(0, np.int64))
    types = op.constant(w["embeddings.token_type_embeddings.weight"][0])
    x = norm(op.add(op.add(words, types), positions), "embeddings.LayerNorm")
    hidden = op.multiply(op.subtract(op.constant(1.0, np.float32),
                                     op.convert(mask, np.float32)),
                         op.constant(-1e9, np.float32))
    hidden = op.unsqueeze(hidden, op.constant([1, 2], np.int64))
    for i in range(config["num_hidden_layers"]):
        base = f"encoder.layer.{i}."
        parts = [by_head(dense(x, base + "attention.self." + part))
                 for part in ("query", "key", "value")]
        attended = op.scaled_dot_product_attention(*parts, hidden)
        joined = op.reshape(op.transpose(attended, op.constant([0, 2, 1, 3], np.int64)),
                            op.constant([0, 0, dim], np.int64), True)
        x = norm(op.add(dense(joined, base + "attention.output.dense"), x),
                 base + "attention.output.LayerNorm")
        wide = op.gelu(dense(x, base + "intermediate.dense"), "ERF")
        x = norm(op.add(dense(wide, base + "output.dense"), x), base + "output.LayerNorm")
    return ov.Model([x], [ids, mask], "bert")


def load_openvino(precision, folder, threads):
    import openvino as ov
    compiled = ov.Core().compile_model(openvino_model(folder), "CPU", {
        "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32" if precision == "fp32" else "bf16"})
    request = compiled.create_infer_request()

    def run(ids, mask):
        request.infer({0: ids, 1: mask}, share_inputs=True)
        return request.get_output_tensor(0).data

    return run, f"OpenVINO {ov.__version__.split('-')[0]} {precision}"
