#!/usr/bin/env python3
"""Writes small random models of every family that limn reads, and what Hugging Face makes of texts.

    pip install torch==2.15.0 transformers==5.24.0 tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    python3 tools/make_test_models.py limn/nn/testdata        # the folders that the tests read
    python3 tools/make_test_models.py --compare build/release/limn

The second form holds `limn tokenize` against thousands of random texts, with SentencePiece's own
table of characters (nmt_nfkc, that of XLM-RoBERTa), which is too large to be kept here.
"""
import argparse
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers
from tokenizers import processors, trainers

MAX_LENGTH = 150

TEXTS = [
    "A small shop of good beer, isn't it? We'll see: they've 12 kinds.",
    "\u8fd9\u5bb6\u5e97\u7684\u5564\u9152\u5f88\u597d\uff0c\u4e0b\u6b21\u8fd8\u6765\u3002Good!",
    "",
    " ",
    "caf\u00e9 cafe\u0301 CAF\u00c9 \u0130stanbul na\u00efve \ufb01ne\u0301 \ufb01\u0301 "
    "\u1e9b\u0323",
    "\U0001f600 beer \U0001f37a\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f x",
    "a\u0000b\u0007c\r\nd\te\u200bf\u200d\u00a0g\u3000h\u2028i\ufeffj\u00adk",
    "\uff21\uff22\uff23 \uff11\uff12 \u2460 \u00bd \u33a1 \u2122 \uff76\uff9e \uac00\u1100\u1161",
    "  two  spaces   at\n\n ends  ",
    "<s> and </s> with <mask> and <pad> , [CLS] [SEP] [MASK]x [UNK] <unk>",
    "the <mask>, of  <mask>  beer<mask>",
    "don't DON'T it's 'tis 's 't're x'llx''ve",
    "\u0627\u0644\u0633\u0644\u0627\u0645 \u0928\u092e\u0938\u094d\u0924\u0947 \u0e2a\u0e27\u0e31",
    "price 1,234.56$ (50% off!!) #tag @user http://a.b/c?d=e",
    "\u2581 \u2581beer\u2581\u2581x _ \u2047 \ufffd",
    "supercalifragilisticexpialidocious" * 4,
    "a shop of beer and more: " * 40,
    "\u8fd9\u5bb6\u5e97" * 120,
]
# The texts whose rows and embeddings are written.
SHOWN = [0, 1, 9, 16]

CORPUS = [text for text in TEXTS if "supercali" not in text] + [
    "We sell good beer, small and large, and the shop is open until ten",
    "they've seen the kinds of beer that you'll like, and it's fine",
    "query: which shop is good? passage: the shop of good beer",
]

RULES = {  # a few of nmt_nfkc's
    "\r": " ", "\n": " ", "\t": " ", "\u00a0": " ", "\u3000": " ", "\u2028": " ", "\u200b": " ",
    "\u200d": "", "\ufeff": "", "\u0007": "", "\u00ad": "", "\ufb01": "fi", "\uff0c": ",",
    "\uff21": "A", "\uff22": "B", "\uff11": "1", "\u2460": "1", "\u00bd": "1\u20442",
    "\u33a1": "m2", "\u2122": "TM", "\uff76\uff9e": "\u30ac", "\uff76": "\u30ab",
    "e\u0301": "\u00e9", "\u1100\u1161": "\uac00",
}


def charsmap(rules):
    """The rules as SentencePiece packs them: a double-array trie, and the texts."""
    texts, tree = b"", {}
    for key, value in sorted(rules.items()):
        node = tree
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = len(texts)  # the leaf
        texts += value.encode() + b"\0"
    units, used, queue = {0: 0}, {0}, [(0, tree)]
    while queue:
        place, node = queue.pop(0)
        base = next(b for b in range(1 << 20) if all(b ^ byte not in used for byte in node))
        units[place] |= (place ^ base) << 10 | (0 in node) << 8
        for byte, child in node.items():
            used.add(base ^ byte)
            units[base ^ byte] = 1 << 31 | child if byte == 0 else byte
            if byte != 0:
                queue.append((base ^ byte, child))
    flat = [units.get(i, 0) for i in range((max(units) | 255) + 1)]
    return struct.pack(f"<{len(flat) + 1}I", 4 * len(flat), *flat) + texts


def nmt_nfkc():
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2
    with tempfile.TemporaryDirectory() as folder:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(CORPUS), model_prefix=folder + "/m", vocab_size=300,
            hard_vocab_limit=False, normalization_rule_name="nmt_nfkc", minloglevel=2)
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString(pathlib.Path(folder, "m.model").read_bytes())
        return model.normalizer_spec.precompiled_charsmap


def special(texts, lstrip="<mask>", **flags):
    return [AddedToken(text, special=True, lstrip=text == lstrip,
                       **{"normalized": False, **flags}) for text in texts]


def wordpiece(first, last, specials, lowercase=True):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(
        vocab_size=220, special_tokens=specials, show_progress=False))
    ids = [(token, tokenizer.token_to_id(token)) for token in (first, last)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=ids)
    return tokenizer


def bert_tokenizer():
    return wordpiece("[CLS]", "[SEP]", special(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))


def mpnet_tokenizer():
    """Its mask is looked for in normalized text."""
    named = special(["<s>", "<pad>", "</s>", "[UNK]"]) + special(["<mask>"], normalized=True)
    return wordpiece("<s>", "</s>", named)


def roberta_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    named = special(["<s>", "<pad>", "</s>", "<unk>"], normalized=True) + special(["<mask>"])
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=330, special_tokens=named, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def unigram_tokenizer(table, steps, splitter, fallback=False):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Precompiled(table), *steps])
    tokenizer.pre_tokenizer = splitter
    named = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer.train_from_iterator(CORPUS, trainers.UnigramTrainer(
        vocab_size=200, special_tokens=named, unk_token="<unk>", show_progress=False))
    if fallback:
        state = json.loads(tokenizer.to_str())
        state["model"]["vocab"] += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
        state["model"]["byte_fallback"] = True
        tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.add_special_tokens(special([*named, "<mask>"]))
    ids = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>",
                                                             special_tokens=ids)
    return tokenizer


def xlm_roberta_tokenizer(table):
    """As in the first models: words between white space, each with a mark before it."""
    return unigram_tokenizer(table, [], pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]))


def bge_tokenizer(table):
    """As in later ones: runs of spaces are one, and nothing else splits."""
    return unigram_tokenizer(table, [normalizers.Replace(Regex(" {2,}"), " ")],
                             pre_tokenizers.Metaspace(prepend_scheme="first", split=False), True)


SIZES = dict(num_hidden_layers=2, num_attention_heads=2, hidden_size=8, intermediate_size=12,
             max_position_embeddings=MAX_LENGTH + 4, initializer_range=0.5)
DISTILBERT_SIZES = dict(n_layers=2, n_heads=2, dim=8, hidden_dim=12, initializer_range=0.5,
                        max_position_embeddings=MAX_LENGTH + 4)


def families():
    """name, tokenizer, model class, configuration, weights' type, parts, pooling, prompts"""
    small = charsmap(RULES)
    t = transformers
    return [
        ("bert", bert_tokenizer(), t.BertModel, t.BertConfig(**SIZES), torch.float32, 1, "mean",
         {}),
        ("distilbert", bert_tokenizer(), t.DistilBertModel, t.DistilBertConfig(**DISTILBERT_SIZES),
         torch.bfloat16, 1, "cls", {}),
        ("roberta", roberta_tokenizer(), t.RobertaModel,
         t.RobertaConfig(**SIZES, type_vocab_size=1), torch.float32, 2, "max", {}),
        ("xlm_roberta", xlm_roberta_tokenizer(small), t.XLMRobertaModel,
         t.XLMRobertaConfig(**SIZES, type_vocab_size=1), torch.float16, 1, "mean",
         {"query": "query: ", "passage": "passage: "}),
        ("bge_m3", bge_tokenizer(small), t.XLMRobertaModel,
         t.XLMRobertaConfig(**SIZES, type_vocab_size=1), torch.bfloat16, 1, "cls", {}),
        ("mpnet", mpnet_tokenizer(), t.MPNetModel, t.MPNetConfig(**SIZES), torch.float32, 1, "mean",
         {}),
    ]


def save_weights(model, folder, parts):
    tensors = {name: value.contiguous() for name, value in model.state_dict().items()
               if value.is_floating_point() and "pooler" not in name}
    if parts == 1:
        return save_file(tensors, folder / "model.safetensors")
    names = sorted(tensors)
    places = {}
    for part in range(parts):
        file = f"model-{part + 1:05}-of-{parts:05}.safetensors"
        chosen = names[part::parts]
        save_file({name: tensors[name] for name in chosen}, folder / file)
        places.update(dict.fromkeys(chosen, file))
    write_json(folder / "model.safetensors.index.json", {"weight_map": places})


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="ascii")


def pooled(rows, pooling):
    row = {"mean": rows.mean(0), "cls": rows[0], "max": rows.max(0).values}[pooling]
    return torch.nn.functional.normalize(row, dim=0)


def numbers(row):
    return [float(f"{value:.6g}") for value in row.tolist()]


def write_family(root, name, tokenizer, make, config, dtype, parts, pooling, prompts):
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    config.vocab_size = tokenizer.get_vocab_size()
    torch.manual_seed(1)
    model = make(config, add_pooling_layer=False) if name != "distilbert" else make(config)
    with torch.no_grad():  # norms and biases that are not 1 and 0
        for tensor in model.parameters():
            tensor.add_(torch.randn_like(tensor) * 0.2)
    model = model.to(dtype).eval()
    save_weights(model, folder, parts)
    model = model.float()
    write_json(folder / "config.json", {**config.to_dict(), "dtype": str(dtype)[6:]})
    write_json(folder / "tokenizer.json", json.loads(tokenizer.to_str()))
    write_json(folder / "modules.json", [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling",
         "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize",
         "type": "sentence_transformers.models.Normalize"}])
    flag = {"mean": "mean_tokens", "cls": "cls_token", "max": "max_tokens"}[pooling]
    write_json(folder / "1_Pooling/config.json", {f"pooling_mode_{flag}": True})
    if prompts:
        write_json(folder / "config_sentence_transformers.json", {"prompts": prompts})
    tokenizer.enable_truncation(MAX_LENGTH)
    prompt = prompts.get("query", "")
    shown = []
    for index in SHOWN:
        rows = hidden(model, tokenizer, TEXTS[index])
        few = sorted({*range(min(6, len(rows))), len(rows) // 2, len(rows) - 1})
        embedding = pooled(hidden(model, tokenizer, prompt + TEXTS[index]), pooling)
        shown.append({"text": index, "rows": [[i, numbers(rows[i])] for i in few],
                      "embedding": numbers(embedding)})
    write_json(folder / "expected.json", {
        "max_length": MAX_LENGTH, "prompt": "query" if prompts else "",
        "texts": [{"text": text, "ids": tokenizer.encode(text).ids} for text in TEXTS],
        "shown": shown})


def hidden(model, tokenizer, text):
    ids = torch.tensor([tokenizer.encode(text).ids])
    with torch.no_grad():
        return model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0]


def random_text(rng):
    """Pieces of the texts, and characters of every kind."""
    text = ""
    for _ in range(rng.randrange(1, 12)):
        kind = rng.randrange(5)
        if kind < 2:
            whole = rng.choice(TEXTS[:15])
            begin = rng.randrange(len(whole) + 1)
            text += whole[begin:begin + rng.randrange(1, 12)]
        elif kind == 2:
            text += chr(rng.randrange(1, 0xD800))
        elif kind == 3:
            text += rng.choice("abe '\u0301\u0308\u200d\ufb01\u2122\u00a9\r\n\t \u0600\u093f<>[]")
        else:
            text += chr(rng.randrange(0x10000, 0x20000))
    return text


def compare(limn, count):
    rng = random.Random(1)
    texts = TEXTS + [random_text(rng) for _ in range(count)]
    full = nmt_nfkc()
    tokenizers = {"bert": bert_tokenizer(), "roberta": roberta_tokenizer(),
                  "xlm_roberta": xlm_roberta_tokenizer(full), "bge_m3": bge_tokenizer(full),
                  "mpnet": mpnet_tokenizer()}
    texts = [text for text in texts if text]
    wrong = 0
    for name, tokenizer in tokenizers.items():
        tokenizer.enable_truncation(MAX_LENGTH)
        with tempfile.TemporaryDirectory() as folder:
            tokenizer.save(folder + "/tokenizer.json")
            lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
            out = subprocess.run([limn, "tokenize", "--encoder", "bert:" + folder, "--max-length",
                                  str(MAX_LENGTH)], input=lines, text=True, capture_output=True,
                                 check=True).stdout
        found = [json.loads(line)["ids"] for line in out.splitlines()]
        differ = [(text, ids, want) for text, ids in zip(texts, found, strict=True)
                  if ids != (want := tokenizer.encode(text).ids)]
        print(f"{name}: {len(texts)} texts, {len(differ)} differ")
        for text, ids, want in differ[:5]:
            print(f"  {ascii(text)}\n    limn {ids}\n    want {want}")
        wrong += len(differ)
    return wrong == 0


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", nargs="?")
    arguments.add_argument("--compare", metavar="LIMN")
    arguments.add_argument("--count", type=int, default=5000)
    arguments = arguments.parse_args()
    if arguments.compare:
        sys.exit(0 if compare(arguments.compare, arguments.count) else 1)
    for family in families():
        write_family(pathlib.Path(arguments.folder), *family)


if __name__ == "__main__":
    main()
