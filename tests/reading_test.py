"""Encoders as a user meets them: static embeddings wherever one can be named, and what a rebuild
encodes anew."""

import json
import pathlib
import random
import struct
import tempfile
import unittest

from limn_program import SHOP, answer, build_shop, limn


def write_static(folder, seed):
    """A folder as Model2Vec writes it, of letters and a few words."""
    tokens = ["[PAD]", "[UNK]", "coffee", "tea", "bicycle", "trail"]
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    tokens += [*letters, *("##" + letter for letter in letters)]
    dim = 16
    draw = random.Random(seed)
    numbers = [draw.gauss(0, 1) for _ in range(len(tokens) * dim)]
    header = json.dumps(
        {
            "embeddings": {
                "dtype": "F32",
                "shape": [len(tokens), dim],
                "data_offsets": [0, 4 * len(numbers)],
            }
        }
    ).encode()
    folder.mkdir(exist_ok=True)
    (folder / "model.safetensors").write_bytes(
        struct.pack("<Q", len(header)) + header + struct.pack(f"<{len(numbers)}f", *numbers)
    )
    tokenizer = {
        "normalizer": {"type": "BertNormalizer", "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {token: number for number, token in enumerate(tokens)},
        },
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))


class StaticEncoder(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        write_static(self.folder / "words", seed=1)
        self.encoder = f"static:{self.folder / 'words'}"

    def test_is_read_wherever_an_encoder_can_be_named(self):
        data = self.folder / "shop.limn"
        limn("init", data, "--scenario", "commerce")
        answer("import", data, SHOP)
        built = answer("build", data, "--encoder", self.encoder)
        self.assertEqual(built["encoder"], "static:words")
        self.assertEqual(built["precision"], "int8")
        self.assertEqual(built["dim"], 16)
        profile = answer("profile", data, "newcomer", "--text", "I brew coffee and tea.")
        self.assertTrue(profile)
        found = answer("recommend", data, "newcomer", "--text", "I brew coffee and tea.", "-n", 3)
        self.assertEqual(len(found["items"]), 3)
        report = answer("evaluate", data, "--split", "user-time=0.8", "--encoder", self.encoder,
                        "--recommender", "text,popularity")
        self.assertTrue(report)
        texts = self.folder / "texts.txt"
        texts.write_text("coffee and tea\nbicycle trail\n")
        encoded = answer("encode", texts, "--encoder", self.encoder, "--out",
                         self.folder / "x.npy")
        self.assertEqual((encoded["encoder"], encoded["dim"]), ("static:words", 16))
        ids = limn("tokenize", "--encoder", self.encoder, stdin='{"text":"Tea, coffee"}\n').stdout
        self.assertEqual(json.loads(ids), {"ids": [3, 1, 2]})

    def test_is_refused_once_its_vectors_are_others(self):
        data = self.folder / "shop.limn"
        limn("init", data, "--scenario", "commerce")
        answer("import", data, SHOP)
        first = answer("build", data, "--encoder", self.encoder)
        self.assertEqual(answer("build", data, "--encoder", self.encoder)["encoded"], 0)
        write_static(self.folder / "words", seed=2)
        refused = limn("recommend", data, "newcomer", "--text", "tea", code=2)
        self.assertIn("build again", refused.stderr)
        self.assertEqual(answer("build", data, "--encoder", self.encoder)["encoded"],
                         first["encoded"])


class Rebuild(unittest.TestCase):
    def test_encodes_only_what_came_and_keeps_topics(self):
        with tempfile.TemporaryDirectory() as scratch:
            data = pathlib.Path(scratch) / "shop.limn"
            first = build_shop(data)
            topics = [topic["id"] for topic in answer("topics", data)["topics"]]
            again = answer("build", data, "--encoder", "lsa")
            self.assertEqual((again["encoded"], again["kept_fit"]), (0, True))
            review = pathlib.Path(scratch) / "reviews.jsonl"
            row = {
                "user_id": "u01",
                "item_id": "i001",
                "rating": 5,
                "text": "A grinder that I would take on any trail.",
                "time": "2026-06-01T10:00:00Z",
            }
            review.write_text(json.dumps(row) + "\n")
            answer("import", data, review)
            grown = answer("build", data, "--encoder", "lsa")
            self.assertEqual((grown["encoded"], grown["kept_fit"]), (1, True))
            self.assertEqual(grown["texts"], first["texts"] + 1)
            self.assertEqual([topic["id"] for topic in answer("topics", data)["topics"]], topics)


if __name__ == "__main__":
    unittest.main()
