"""Learning from feedback, as a shop would: lists, scores, strategies, others' logs."""

import pathlib
import tempfile
import unittest

from limn_program import answer, build_shop, limn


class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.data = pathlib.Path(cls.scratch.name) / "shop.limn"
        build_shop(cls.data)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_a_named_request_is_logged_and_its_outcome_joined(self):
        shown = answer("recommend", self.data, "u05", "-n", 5, "--request", "home")
        self.assertGreater(shown["list"], 0)
        self.assertEqual([item["propensity"] for item in shown["items"]], [1] * 5)
        first = shown["items"][0]["id"]
        said = answer("feedback", self.data, "u05", first, "click")
        self.assertEqual(said["list"], shown["list"])
        answer("rate", self.data, "u05", "--list", shown["list"], "--score", 5, "--reason", "mine")
        report = answer("evaluate", self.data, "--satisfaction")
        self.assertEqual(report["reasons"]["mine"], 1)
        every = [row for row in report["rows"] if row["segment"] is None]
        self.assertEqual(sum(row["lists"] for row in every), report["lists"])
        later = answer("recommend", self.data, "u05", "-n", 50)
        self.assertNotIn("list", later)
        self.assertNotIn(first, [item["id"] for item in later["items"]])
        again = answer("recommend", self.data, "u05", "-n", 200, "--include-used")
        self.assertIn(first, [item["id"] for item in again["items"]])

    def test_scores_of_nothing_are_refused(self):
        limn("rate", self.data, "u05", "--score", 3, code=2)
        limn("rate", self.data, "u05", "--list", 999, "--score", 3, code=1)
        limn("rate", self.data, "u05", "--item", "no-such-item", "--score", 3, code=1)
        limn("rate", self.data, "u05", "--item", "i001", "--score", 6, code=2)

    def test_strategies_are_tried_guarded_and_restored(self):
        answer("strategies", self.data, "add", "bold", "--diversity", 0.5)
        tried = answer("strategies", self.data, "try", "default", "bold", "--experiment", "t")
        self.assertEqual([arm["name"] for arm in tried["arms"]], ["default", "bold"])
        names = {
            answer("recommend", self.data, "u09", "--request", f"r{i}")["strategy"]["name"]
            for i in range(12)
        }
        self.assertEqual(names, {"default", "bold"})
        learned = answer("strategies", self.data, "learn")
        self.assertGreaterEqual(learned["experiment"]["learned_lists"], 12)
        refused = limn("strategies", self.data, "promote", "bold", code=2)
        self.assertIn("not surely better", refused.stderr)
        answer("strategies", self.data, "end")
        answer("strategies", self.data, "promote", "bold", "--force")
        self.assertEqual(answer("strategies", self.data)["present"], "bold")
        versions = answer("strategies", self.data, "versions")["versions"]
        restored = answer("strategies", self.data, "restore", versions[0]["version"])
        self.assertEqual(restored["version"], versions[-1]["version"] + 1)
        self.assertEqual(restored["parameters"], versions[0]["parameters"])
        answer("strategies", self.data, "promote", "default", "--force")


class Policies(unittest.TestCase):
    def test_a_policys_value_is_estimated_from_anothers_log(self):
        with tempfile.TemporaryDirectory() as folder:
            even = pathlib.Path(folder) / "even.csv"
            biased = pathlib.Path(folder) / "biased.csv"
            # Action a pays half the time, b never; the biased policy shows a three times in four.
            even.write_text(
                "action,reward,propensity\n" + "a,1,0.5\na,0,0.5\nb,0,0.5\nb,0,0.5\n" * 100
            )
            biased.write_text(
                "item_id,click,propensity_score\n"
                + ("a,1,0.75\na,0,0.75\n" * 3 + "b,0,0.25\n" * 2) * 50
            )
            report = answer("evaluate", "--off-policy", even, "--target", biased)
            for name in ("ips", "snips", "doubly_robust", "balanced"):
                self.assertAlmostEqual(report[name]["value"], 0.375, delta=0.005)
            self.assertAlmostEqual(report["on_policy"]["value"], 0.375)
            limn("evaluate", "--off-policy", even, code=2)
            limn("evaluate", "--off-policy", "none.csv", "--target", even, code=1)

    def test_the_simulated_best_strategy_is_found(self):
        report = answer("simulate", "--rates", "0.1,0.16,0.05", "--lists", 10000)
        self.assertEqual(report["best"], 1)
        self.assertEqual(report["present"], 1)
        self.assertGreater(report["arms"][2]["stopped_at"], 0)


if __name__ == "__main__":
    unittest.main()
