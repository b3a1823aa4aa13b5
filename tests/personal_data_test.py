"""Personal data is found, and is in nothing that limn shows or makes."""

import collections
import csv
import json
import pathlib
import random
import shutil
import tempfile
import unittest

import personal_texts
from limn_program import SHOP, answer, limn

STRUCTURED = ("email", "phone", "card", "iban", "id", "ip", "credential")


def judge(sentences):
    """Recall and precision by type: (found, there, right, said)."""
    lines = "".join(json.dumps({"text": one["text"]}) + "\n" for one in sentences)
    answers = limn("text", "--personal-data", "--lang", "en", stdin=lines).stdout.splitlines()
    counts = collections.defaultdict(lambda: [0, 0, 0, 0])
    for sentence, line in zip(sentences, answers, strict=True):
        found = json.loads(line)["personal_data"]
        for span in sentence["spans"]:
            # Found: nothing of it is left, and the type is right.
            covered = any(one["type"] == span["type"] and one["start"] <= span["start"]
                          and one["end"] >= span["end"] for one in found)
            counts[span["type"]][0] += covered
            counts[span["type"]][1] += 1
        for one in found:
            # Right: of something that is there, and not far beyond it.
            near = any(one["type"] == span["type"] and one["start"] < span["end"]
                       and one["end"] > span["start"]
                       and one["end"] - one["start"] <= 1.5 * (span["end"] - span["start"]) + 3
                       for span in sentence["spans"])
            counts[one["type"]][2] += near
            counts[one["type"]][3] += 1
    return counts


def rates(counts, types):
    found, there, right, said = (sum(counts[t][i] for t in types) for i in range(4))
    return found / there, right / said


class Found(unittest.TestCase):
    def test_in_sentences_of_unseen_templates(self):
        sentences = list(personal_texts.sentences(5000, seed=1))
        for split in ("known", "unseen"):
            counts = judge([one for one in sentences if one["split"] == split])
            for kind in sorted(counts):
                recall, precision = rates(counts, [kind])
                print(f"{split} {kind}: recall {recall:.3f}, precision {precision:.3f}, "
                      f"{counts[kind][1]} there")
            recall, precision = rates(counts, STRUCTURED)
            print(f"{split} structured: recall {recall:.3f}, precision {precision:.3f}")
            self.assertGreaterEqual(recall, 0.98)
            self.assertGreaterEqual(precision, 0.95)
            recall, precision = rates(counts, list(counts))
            print(f"{split} all: recall {recall:.3f}, precision {precision:.3f}")
            self.assertGreaterEqual(recall, 0.84)
            self.assertGreaterEqual(precision, 0.87)

    def test_of_the_generator_is_the_same_each_time(self):
        self.assertEqual(list(personal_texts.sentences(200, 3)),
                         list(personal_texts.sentences(200, 3)))


class Canaries:
    """Values that stand nowhere else, each in a sentence that shows what it is."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.traces = []  # of each canary: what must be found nowhere

    def word(self):
        return "zq" + personal_texts.word(self.random, 6, 9)

    def sentence(self, chinese=False):
        kind = self.random.choice(["email", "phone", "card", "iban", "id", "ip", "key", "password",
                                   "login", "name", "street"])
        make = getattr(self, kind)
        text, traces = make(chinese)
        self.traces.append(traces)
        return text

    def structured(self):
        """One that can be told without the words of a user around it."""
        make = getattr(self, self.random.choice(["email", "card", "iban", "id", "key", "login"]))
        text, traces = make(False)
        self.traces.append(traces)
        return text

    def email(self, chinese):
        local = self.word()
        return ("\u90ae\u7bb1" if chinese else "mail ") + f"{local}@corp.example", [local]

    def phone(self, chinese):
        number = "1" + self.random.choice("3578") + personal_texts.numerals(self.random, 9)
        return ("\u7535\u8bdd" if chinese else "call ") + number, [number]

    def card(self, chinese):
        digits = "4" + personal_texts.numerals(self.random, 14)
        digits += personal_texts.luhn_digit(digits)
        spaced = " ".join(digits[i:i + 4] for i in range(0, 16, 4))
        return ("\u5361\u53f7" if chinese else "card ") + spaced, [digits, spaced]

    def iban(self, _chinese):
        iban = personal_texts.iban(self.random).replace(" ", "")
        return f"IBAN {iban}", [iban, iban.lower()]

    def id(self, chinese):
        number = personal_texts.chinese_id(self.random)
        return ("\u8eab\u4efd\u8bc1" if chinese else "id ") + number, [number, number.lower()]

    def ip(self, _chinese):
        address = "2001:db8:" + ":".join(f"{self.random.randint(4096, 65535):x}" for _ in range(6))
        return f"from {address}", [address]

    def key(self, _chinese):
        key = "ghp_" + "".join(self.random.choice("abcdefgh2345678") for _ in range(36))
        return f"key {key}", [key, key[4:]]

    def password(self, chinese):
        secret = self.word() + "!7"
        return ("\u5bc6\u7801\u662f" if chinese else "the password is ") + secret, [secret[:-2]]

    def login(self, _chinese):
        user, secret = self.word(), self.word()
        return f"see https://{user}:{secret}@files.example/a", [user, secret]

    def name(self, chinese):
        if chinese:
            given = "".join(chr(self.random.randint(0x9F00, 0x9F8F)) for _ in range(2))
            return "\u6211\u53eb\u738b" + given + "\u3002", ["\u738b" + given, given]
        given, surname = self.word().capitalize(), self.word().capitalize()
        return (f"My name is {given} {surname}.",
                [given, surname, given.lower(), surname.lower()])

    def street(self, _chinese):
        street = self.word().capitalize()
        number = self.random.randint(1, 99)
        return f"I live at {number} {street} Street.", [street, street.lower()]


class Masked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp())
        cls.canaries = Canaries(seed=1)
        cls.source = cls.plant(cls.scratch / "source")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.scratch)

    @classmethod
    def plant(cls, folder):
        """The bundled shop with canaries in what people and the shop wrote."""
        shutil.copytree(SHOP, folder)
        (folder / "README.md").unlink()
        canary = cls.canaries
        for name, column, also in (("users.csv", "bio", "tags"), ("items.csv", "text", "tags")):
            with open(folder / name, encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            shop = name == "items.csv"
            for i, row in enumerate(rows):
                said = canary.structured() if shop else canary.sentence(i % 2 == 1)
                row[column] = f"{said} {row[column]}"
                if i % 2 == 0:
                    row[also] = f"{row[also]}|{canary.structured()}"
                if not shop:
                    # Told by the name of the column, and by the value itself.
                    number = canary.phone(False)[1][0]
                    row["phone"], row["city"] = number, f"{row['city']} {canary.structured()}"
                    canary.traces.append([number])
                if shop and i % 4 == 0:
                    row["title"] = f"{row['title']} {canary.structured()}"
            with open(folder / name, "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys())
                writer.writeheader()
                writer.writerows(rows)
        lines = (folder / "reviews.jsonl").read_text("utf-8").splitlines()
        reviews = [json.loads(line) for line in lines]
        for i, review in enumerate(reviews):
            parts = [canary.sentence(i % 2 == 1), review["text"]]
            if i % 3 == 0:
                parts.append(canary.sentence())
            review["text"] = " ".join(parts)
            if i % 4 == 0:
                del review["rating"]
        searches = []
        for i in range(200):
            searches.append({"user_id": f"u{i % 40 + 1:02d}", "kind": "search",
                             "text": f"kettle {canary.sentence()}", "time": "2026-01-05T10:00:00Z"})
        with open(folder / "reviews.jsonl", "w", encoding="utf-8") as file:
            for row in reviews + searches:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        with open(folder / "events.csv", "a", encoding="utf-8") as file:
            while len(canary.traces) < 1000:
                # In a field that is refused, and quoted in the reason.
                file.write(f"u01,i001,rate,{canary.structured()},2026-01-05\n")
        return folder

    def leaks(self, said, where):
        found = [trace for traces in self.canaries.traces for trace in traces if trace in said]
        self.assertEqual(found[:5], [], f"{len(found)} in {where}")

    def test_no_canary_is_in_any_output(self):
        self.assertEqual(len(self.canaries.traces), 1000)
        data = self.scratch / "shop.limn"
        limn("init", data, "--scenario", "commerce")

        def look(*arguments, stdin=""):
            finished = limn(*arguments, stdin=stdin)
            self.leaks(finished.stdout + finished.stderr, " ".join(map(str, arguments)))
            return finished.stdout

        look("import", data, self.source)
        look("import", data, self.source, "--json")
        look("build", data, "--encoder", "lsa")
        for verb in ("topics", "segments"):
            look(verb, data)
            look(verb, data, "--json")
        for user in ("u01", "u02", "u03", "u17", "u30"):
            for lang in ("en", "zh"):
                look("profile", data, user, "--lang", lang)
            look("profile", data, user, "--json")
            look("recommend", data, user, "--explain", "--json")
            look("similar", data, "--user", user, "--json")
        look("recommend", data, "newcomer", "--text", self.canaries.sentence())
        look("similar", data, "--item", "i001", "--json")
        look("feedback", data, "u01", "i001", "review", "--text", self.canaries.sentence())
        look("profile", data, "u01", "--json")
        look("evaluate", data, "--split", "user-time=0.8", "--recommender", "popularity")
        texts = (self.source / "reviews.jsonl").read_text("utf-8")
        look("text", "--personal-data", "--opinion", stdin=texts)
        for path in sorted(data.rglob("*")):
            if path.is_file() and not path.name.startswith("limn.db"):
                # Bytes of arrays as if they were text: every trace is ASCII or UTF-8.
                self.leaks(path.read_bytes().decode("utf-8", "replace"), path.name)

    def test_the_canaries_are_there_and_show_without_masking(self):
        data = self.scratch / "open.limn"
        limn("init", data, "--scenario", "commerce")
        settings = data / "limn.toml"
        text = settings.read_text("utf-8")
        self.assertIn("mask_personal_data = true", text)
        settings.write_text(text.replace("mask_personal_data = true", "mask_personal_data = false"),
                            "utf-8")
        answer("import", data, self.source)
        answer("build", data, "--encoder", "lsa")
        shown = "".join(limn("profile", data, user, "--json").stdout for user in ("u01", "u02"))
        shown += limn("recommend", data, "u01", "-n", "50").stdout
        found = [traces for traces in self.canaries.traces if any(t in shown for t in traces)]
        self.assertGreater(len(found), 0)


if __name__ == "__main__":
    unittest.main()
