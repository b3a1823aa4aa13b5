"""The verbs on the bundled shop: keys, sums, effects, exit codes."""

import json
import math
import pathlib
import tempfile
import unittest

from limn_program import SHOP, answer, build_shop, limn


class Shop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.data = pathlib.Path(cls.scratch.name) / "shop.limn"
        cls.report = build_shop(cls.data)
        cls.user = "u01"

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_build_says_what_it_made(self):
        for key in ("generation", "seconds", "users", "items", "events", "topics", "encoder"):
            self.assertIn(key, self.report)
        self.assertEqual(
            set(self.report["seconds"]), {"read", "text", "encode", "cluster", "fit", "write"}
        )
        self.assertGreaterEqual(self.report["topics"], 5)

    def test_importing_twice_changes_nothing(self):
        again = answer("import", self.data, SHOP)
        for kind in ("users", "items", "events", "edges"):
            self.assertEqual(again[kind]["added"], 0, kind)
            self.assertEqual(again[kind]["refused"], 0, kind)

    def test_reasons_and_terms_add_up_to_the_score(self):
        items = answer("recommend", self.data, self.user, "-n", 20)["items"]
        self.assertEqual(len(items), 20)
        for item in items:
            total = sum(reason["weight"] for reason in item["reasons"])
            self.assertTrue(math.isclose(total, item["score"], rel_tol=1e-4, abs_tol=1e-4), item)
            explained = answer("explain", self.data, self.user, item["id"])
            self.assertTrue(math.isclose(explained["score"], item["score"], rel_tol=1e-5))
            terms = sum(term["weight"] for term in explained["terms"])
            self.assertTrue(math.isclose(terms, item["score"], rel_tol=1e-4, abs_tol=1e-4))

    def test_pages_follow_each_other(self):
        whole = [
            item["id"] for item in answer("recommend", self.data, self.user, "-n", 6)["items"]
        ]
        page = [
            item["id"]
            for item in answer("recommend", self.data, self.user, "-n", 3, "--offset", 3)["items"]
        ]
        self.assertEqual(page, whole[3:])

    def test_a_category_is_kept_to(self):
        wanted = "coffee"
        some = answer("recommend", self.data, self.user, "--category", wanted)["items"]
        self.assertEqual(
            answer("recommend", self.data, self.user, "--category", "no such thing")["items"], []
        )
        everything = {
            item["id"] for item in answer("recommend", self.data, self.user, "-n", 200)["items"]
        }
        self.assertTrue({item["id"] for item in some} <= everything)

    def test_profile_cites_the_users_own_events(self):
        for lang in ("en", "zh"):
            profile = answer("profile", self.data, self.user, "--lang", lang)
            self.assertTrue(profile["interests"])
            self.assertTrue(profile["persona"]["claims"])
            for claim in profile["persona"]["claims"]:
                self.assertTrue(claim["evidence"], claim)
        self.assertAlmostEqual(sum(i["weight"] for i in profile["interests"]), 1, places=3)

    def test_similar_users_and_items(self):
        users = answer("similar", self.data, "--user", self.user)["users"]
        self.assertNotIn(self.user, [user["id"] for user in users])
        scores = [user["score"] for user in users]
        self.assertEqual(scores, sorted(scores, reverse=True))
        item = answer("recommend", self.data, self.user)["items"][0]["id"]
        items = answer("similar", self.data, "--item", item)["items"]
        self.assertNotIn(item, [other["id"] for other in items])

    def test_topics_have_words_and_items(self):
        topics = answer("topics", self.data)["topics"]
        labels = [topic["label"] for topic in topics]
        self.assertEqual(len(labels), len(set(labels)))
        for topic in topics:
            self.assertTrue(topic["terms"])

    def test_evaluate_prints_every_metric(self):
        found = answer("evaluate", self.data, "--split", "user-time=0.8", "-k", "10,20")
        names = [row["recommender"] for row in found["rows"]]
        self.assertIn("blend", names)
        self.assertIn("popularity", names)
        for row in found["rows"]:
            for metric in (
                "recall@20",
                "ndcg@20",
                "precision@20",
                "hit@10",
                "mrr@10",
                "coverage@20",
                "gini@20",
                "novelty@20",
                "diversity@20",
                "popularity@20",
                "calibration@20",
                "serendipity@20",
            ):
                self.assertIn(metric, row["metrics"])
            low, high = row["ci95"]["ndcg@20"]
            self.assertLessEqual(low, row["metrics"]["ndcg@20"])
            self.assertGreaterEqual(high, row["metrics"]["ndcg@20"])
        self.assertEqual(len(found["comparisons"]), len(names) - 1)
        respects = {group["respect"] for group in found["groups"]}
        self.assertEqual(respects, {"stage", "history", "taste"})

    def test_evaluate_writes_a_page_and_the_values_of_users(self):
        page = pathlib.Path(self.scratch.name) / "report.html"
        values = pathlib.Path(self.scratch.name) / "values.tsv"
        found = answer(
            "evaluate", self.data, "-k", 10, "--compare", "popularity,blend", "--rerank",
            "calibration=0.5", "--html", page, "--per-user", values
        )
        self.assertEqual(found["comparisons"][0]["b"], "blend")
        text = page.read_text()
        self.assertIn("blend, calibration=0.5", text)
        self.assertIn("--compare popularity,blend", text)
        self.assertNotIn("<script", text)
        for row in found["rows"]:
            own = [
                float(line.split("\t")[3])
                for line in values.read_text().splitlines()
                if line.split("\t")[1:3] == [row["recommender"], "ndcg@10"]
            ]
            self.assertEqual(len(own), found["users_ranked"])
            self.assertTrue(math.isclose(sum(own) / len(own), row["metrics"]["ndcg@10"],
                                         rel_tol=1e-4))

    def test_as_of_reads_nothing_of_later(self):
        found = answer("evaluate", self.data, "--as-of", "2026-06-30", "-k", 10)
        self.assertEqual(found["split"], "as-of=2026-06-30T00:00:00Z")
        self.assertGreater(found["left_out"]["texts"], 0)
        self.assertGreater(found["users_ranked"], 0)


class Ratings(unittest.TestCase):
    """Stars that are predicted: users of two tastes, who rate two halves of the items."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.scratch.name)
        cls.data = folder / "stars.limn"
        rows = ["user_id,item_id,rating,time"]
        for user in range(40):
            for n in range(15):
                item = (7 * user + 11 * n) % 30
                likes = user % 2 == item % 2
                day = f"2024-{1 + n // 28:02}-{1 + n % 28:02}T{user // 60:02}:{user % 60:02}:00Z"
                rows.append(f"u{user},i{item},{5 if likes else 2},{day}")
        (folder / "ratings.csv").write_text("\n".join(rows) + "\n")
        limn("init", cls.data)
        answer("import", cls.data, folder / "ratings.csv")
        cls.report = answer("build", cls.data, "--encoder", "lsa")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_answers_say_what_stars_to_expect(self):
        fit = self.report["ratings"]
        self.assertEqual(fit["ratings"], 600)
        self.assertLess(fit["validation_rmse"], 0.5 * fit["validation_rmse_of_biases"])
        items = answer("recommend", self.data, "u0", "-n", 30, "--include-used")["items"]
        for item in items:
            likes = int(item["id"][1:]) % 2 == 0
            self.assertAlmostEqual(item["predicted_rating"], 5 if likes else 2, delta=0.7)
        for item in (items[0], items[-1]):
            explained = answer("explain", self.data, "u0", item["id"])
            self.assertAlmostEqual(
                explained["predicted_rating"], item["predicted_rating"], places=3
            )
        self.assertIn("predicted_rating", answer("similar", self.data, "--item", "i3")["items"][0])
        said = limn("explain", self.data, "u0", "i2").stdout
        self.assertRegex(said, r"predicted (4\.[5-9]|5\.0) stars")

    def test_evaluate_sets_them_beside_means_and_biases(self):
        found = answer("evaluate", self.data, "--recommender", "popularity", "--ratings")["ratings"]
        self.assertEqual(found["train"] + found["test"], 600)
        rows = {row["predictor"]: row for row in found["rows"]}
        self.assertEqual(list(rows), ["mean", "user mean", "item mean", "biases", "mf"])
        for row in rows.values():
            low, high = row["rmse_ci95"]
            self.assertLessEqual(low, row["rmse"])
            self.assertGreaterEqual(high, row["rmse"])
            self.assertLessEqual(row["mae"], row["rmse"])
        self.assertLess(rows["mf"]["rmse_ci95"][1], rows["biases"]["rmse_ci95"][0])
        said = limn("evaluate", self.data, "--recommender", "popularity", "--ratings").stdout
        self.assertIn("user mean", said)

    def test_can_be_left_out(self):
        settings = self.data / "limn.toml"
        kept = settings.read_text()
        settings.write_text(kept.replace("predict_ratings = 'auto'", "predict_ratings = 'off'"))
        try:
            report = answer("build", self.data, "--encoder", "lsa")
            self.assertEqual(report["ratings"], {"ratings": 0})
            self.assertNotIn("predicted_rating", answer("recommend", self.data, "u0")["items"][0])
            settings.write_text(kept.replace("predict_ratings = 'auto'", "predict_ratings = 'so'"))
            refused = limn("build", self.data, "--encoder", "lsa", code=2)
            self.assertIn("predict_ratings: so", refused.stderr)
        finally:
            settings.write_text(kept)
            answer("build", self.data, "--encoder", "lsa")


class Feedback(unittest.TestCase):
    def test_shows_in_the_next_answer(self):
        with tempfile.TemporaryDirectory() as scratch:
            data = pathlib.Path(scratch) / "shop.limn"
            build_shop(data)
            before = answer("recommend", data, "u02")["items"]
            profile_before = answer("profile", data, "u02")
            said = answer("feedback", data, "u02", before[0]["id"], "like")
            after = answer("recommend", data, "u02")
            self.assertNotIn(before[0]["id"], [item["id"] for item in after["items"]])
            self.assertNotEqual(
                [i["score"] for i in before[1:]], [i["score"] for i in after["items"]][:9]
            )
            self.assertGreater(said["strategy"]["version"], 0)
            self.assertEqual(after["strategy"]["version"], said["strategy"]["version"])
            self.assertNotEqual(
                answer("profile", data, "u02")["interests"], profile_before["interests"]
            )

    def test_a_newcomer_gets_a_profile_and_a_list(self):
        with tempfile.TemporaryDirectory() as scratch:
            data = pathlib.Path(scratch) / "shop.limn"
            build_shop(data)
            words = "I brew pour-over coffee every morning and roast my own beans."
            profile = answer("profile", data, "nobody-yet", "--text", words)
            self.assertFalse(profile["known"])
            self.assertTrue(profile["interests"])
            items = answer("recommend", data, "nobody-yet", "--text", words, "-n", 5)["items"]
            self.assertEqual(len(items), 5)
            others = answer("recommend", data, "nobody-yet", "-n", 5)["items"]
            self.assertNotEqual(items, others)


class SameBytes(unittest.TestCase):
    def test_on_one_thread_and_on_two(self):
        with tempfile.TemporaryDirectory() as scratch:
            trees = []
            for threads in (1, 2):
                data = pathlib.Path(scratch) / f"{threads}.limn"
                limn("init", data)
                toml = data / "limn.toml"
                toml.write_text(toml.read_text().replace("threads = 0", f"threads = {threads}"))
                answer("import", data, SHOP)
                answer("build", data, "--encoder", "lsa")
                generation = data / "generations/000001"
                tree = {path.name: path.read_bytes() for path in sorted(generation.iterdir())}
                said = [
                    limn("recommend", data, user, "--json").stdout
                    for user in ("u01", "u05", "u09")
                ]
                said.append(limn("profile", data, "u03", "--json").stdout)
                trees.append((tree, said))
            self.assertEqual(sorted(trees[0][0]), sorted(trees[1][0]))
            for name, content in trees[0][0].items():
                self.assertEqual(content, trees[1][0][name], name)
            self.assertEqual(trees[0][1], trees[1][1])


class Errors(unittest.TestCase):
    def check(self, *arguments, code, says):
        finished = limn(*arguments, code=code)
        self.assertEqual(finished.stdout, "")
        self.assertTrue(finished.stderr.startswith("limn: error: "), finished.stderr)
        self.assertIn(says, finished.stderr)
        self.assertEqual(finished.stderr.count("\n"), 1)

    def test_say_what_failed_which_one_and_why(self):
        with tempfile.TemporaryDirectory() as scratch:
            data = pathlib.Path(scratch) / "shop.limn"
            self.check("recommend", data, "u01", code=1, says=str(data))
            limn("init", data)
            self.check("init", data, code=2, says=str(data))
            self.check("recommend", data, "u01", code=1, says="limn build")
            self.check(
                "import", data, pathlib.Path(scratch) / "absent.csv", code=1, says="absent.csv"
            )
            self.check("build", data, "--encoder", "word2vec", code=2, says="word2vec")
            self.check("recommend", data, "u01", "-n", "0", code=2, says="-n")
            self.check("frobnicate", code=2, says="frobnicate")
            (data / "limn.toml").write_text("[cluster]\ntopic = 3\n")
            self.check("build", data, code=2, says="cluster.topics")

    def test_unknown_users_and_items_are_named(self):
        with tempfile.TemporaryDirectory() as scratch:
            data = pathlib.Path(scratch) / "shop.limn"
            build_shop(data)
            self.check("profile", data, "no-such-user", code=1, says="no-such-user")
            self.check("explain", data, "u01", "no-such-item", code=1, says="no-such-item")
            self.check("similar", data, code=2, says="--user")
            self.check("evaluate", data, "--recommender", "magic", code=2, says="magic")
            self.check("evaluate", data, "--split", "sideways", code=2, says="sideways")
            self.check("evaluate", data, "--as-of", "soon", code=2, says="soon")
            self.check("evaluate", data, "--compare", "blend", code=2, says="blend")
            self.check("evaluate", data, "--rerank", "beauty=1", code=2, says="beauty")
            self.check("evaluate", data, "--run", "a=b", code=2, says="--run")
            self.check("build", data, "--as-of", "soon", code=2, says="soon")
            self.check(
                "feedback", data, "u01", "i001", "rate", "--value", "nan", code=2, says="value"
            )

    def test_every_verb_has_help_with_an_example(self):
        for verb in (
            "demo init import build profile recommend similar feedback topics segments evaluate "
            "explain encode tokenize text cluster doctor"
        ).split():
            self.assertIn("Example:", limn(verb, "--help").stdout)


class Texts(unittest.TestCase):
    def test_text_answers_language_and_tokens(self):
        out = limn(
            "text", "--stem", "--stop-words", stdin='{"text":"The quick foxes were running"}\n'
        ).stdout
        self.assertEqual(out, '{"lang":"en","tokens":["quick","fox","run"]}\n')

    def test_text_tells_languages_copies_and_texts_that_say_nothing(self):
        said = [
            "The battery lasts for more than a week and it is light. "
            "Das Display ist leider viel zu dunkel und nicht scharf.",
            "It was not what I wanted.",
            "it was NOT what I wanted",
            "...",
        ]
        lines = "".join(json.dumps({"text": text}) + "\n" for text in said)
        out = limn("text", "--copies", stdin=lines).stdout
        answers = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([part["lang"] for part in answers[0]["parts"]], ["en", "de"])
        self.assertEqual([found.get("copy_of") for found in answers], [None, None, 1, None])
        self.assertEqual(["wordless" in found for found in answers], [False, False, False, True])

    def test_encode_and_cluster_write_files(self):
        with tempfile.TemporaryDirectory() as scratch:
            texts = pathlib.Path(scratch) / "texts.txt"
            texts.write_text(
                "".join(f"coffee beans roast {i}\nmountain trail hike {i}\n" for i in range(30))
            )
            out = pathlib.Path(scratch) / "x.npy"
            encoded = answer("encode", texts, "--encoder", "lsa", "--out", out)
            self.assertEqual(encoded["texts"], 60)
            labels = pathlib.Path(scratch) / "labels"
            clustered = answer("cluster", out, "-k", 2, "--labels-out", labels)
            self.assertEqual(clustered["k"], 2)
            self.assertEqual(sorted(clustered["sizes"]), [30, 30])
            self.assertEqual(len(labels.read_text().split()), 60)


if __name__ == "__main__":
    unittest.main()
