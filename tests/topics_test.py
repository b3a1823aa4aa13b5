"""Topics as a shop sees them: found, named, shown, and the same after a little more data."""

import csv
import json
import pathlib
import tempfile
import unittest

from limn_program import SHOP, answer, limn


def topics(data):
    return answer("topics", data)["topics"]


def names(data):
    return {topic["id"]: topic["label"] for topic in topics(data)}


class Topics(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.data = pathlib.Path(self.scratch.name) / "shop.limn"
        limn("init", self.data, "--scenario", "commerce")
        answer("import", self.data, SHOP)
        self.first = answer("build", self.data, "--encoder", "lsa")

    def add_one_percent(self):
        """Every hundredth item, review and event again, under another id and by another user."""
        folder = pathlib.Path(self.scratch.name) / "more"
        folder.mkdir()
        with open(SHOP / "items.csv", encoding="utf-8") as file:
            items = list(csv.DictReader(file))
        with open(folder / "items.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, items[0].keys())
            writer.writeheader()
            for n, item in enumerate(items[50::100]):
                writer.writerow({**item, "item_id": f"new{n}", "title": item["title"] + " plus"})
        lines = (SHOP / "reviews.jsonl").read_text(encoding="utf-8").splitlines()
        reviews = [json.loads(line) for line in lines[7::100]]
        with open(folder / "reviews.jsonl", "w", encoding="utf-8") as file:
            for n, review in enumerate(reviews):
                review["text"] = "And another thing. " + review["text"]
                file.write(json.dumps({**review, "user_id": f"more{n}"}) + "\n")
        answer("import", self.data, folder)

    def test_are_shown_with_words_items_and_texts_by_group(self):
        found = answer("topics", self.data)
        self.assertGreaterEqual(len(found["topics"]), 4)
        by_id = {topic["id"]: topic for topic in found["topics"]}
        for topic in found["topics"]:
            self.assertTrue(topic["label"])
            self.assertTrue(topic["terms"])
            self.assertTrue(topic["typical_items"])
            self.assertEqual(len(topic["typical_items"]), len(set(topic["typical_items"])))
            for text in topic["typical_texts"]:
                self.assertLess(len(text["text"]), 200)
        self.assertTrue(any(topic["typical_texts"] for topic in found["topics"]))
        grouped = [topic for group in found["groups"] for topic in group["topics"]]
        self.assertEqual(sorted(grouped), sorted(by_id))
        shown = limn("topics", self.data).stdout
        for topic in found["topics"]:
            self.assertIn(topic["label"], shown)
            self.assertIn(topic["typical_items"][0][:20], shown)

    def test_keep_ids_and_names_when_one_percent_is_added(self):
        self.assertTrue(self.first["topics_anew"])
        self.assertEqual(self.first["topic_changes"], [])
        before = names(self.data)
        self.add_one_percent()
        again = answer("build", self.data, "--encoder", "lsa")
        self.assertFalse(again["topics_anew"])
        after = names(self.data)
        kept = [topic for topic, label in before.items() if after.get(topic) == label]
        self.assertGreaterEqual(len(kept), 0.99 * len(before))
        self.assertLessEqual(len(after), 1.01 * len(before))

    def test_hold_no_users_name_no_number_and_nothing_twice(self):
        data = pathlib.Path(self.scratch.name) / "films.limn"
        folder = pathlib.Path(self.scratch.name) / "films"
        folder.mkdir()
        sounds = ["ka", "lo", "mi", "ru", "te", "zo", "pa", "vi"]
        with open(folder / "items.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["item_id", "title", "categories"])
            for n in range(240):
                made_up = sounds[n % 8] + sounds[n // 8 % 8] + sounds[n // 64] + sounds[n % 5]
                genre = ("drama", "comedy", "western")[n % 3]
                writer.writerow([f"f{n}", f"{made_up.title()} of Ruprecht 1999", genre])
        with open(folder / "users.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["user_id", "name"], ["u1", "Ruprecht"]])
        limn("init", data)
        answer("import", data, folder)
        answer("build", data, "--encoder", "lsa")
        labels = [topic["label"] for topic in topics(data)]
        self.assertEqual(len(labels), len(set(labels)))
        for label in labels:
            for term in label.split(", "):
                self.assertFalse(term.isdigit(), label)
                self.assertNotIn("ruprecht", term)

    def test_changes_are_told_when_topics_are_chosen_anew(self):
        before = names(self.data)
        built = answer("build", self.data, "--encoder", "lsa", "-k", len(before) - 2)
        self.assertTrue(built["topics_anew"])
        after = names(self.data)
        changes = built["topic_changes"]
        kinds = {change["kind"] for change in changes}
        self.assertLessEqual(kinds, {"new", "split", "merged", "ended", "renamed"})
        gone = {change["id"] for change in changes if change["kind"] in ("merged", "ended")}
        came = {change["id"] for change in changes if change["kind"] in ("new", "split")}
        self.assertEqual(gone, before.keys() - after.keys())
        self.assertEqual(came, after.keys() - before.keys())
        renamed = {change["id"] for change in changes if change["kind"] == "renamed"}
        self.assertEqual(renamed, {topic for topic in before.keys() & after.keys()
                                   if before[topic] != after[topic]})


if __name__ == "__main__":
    unittest.main()
