"""Killed at any moment of an import or a build: nothing acknowledged is lost."""

import pathlib
import random
import subprocess
import tempfile
import time
import unittest

from limn_program import PROGRAM, SHOP, SOURCE, answer, build_shop, limn

KILLS = 50


class Crash(unittest.TestCase):
    def kill_after(self, seconds, *arguments):
        """Starts limn and kills it after a while. Returns whether it had finished."""
        child = subprocess.Popen(
            [PROGRAM, *map(str, arguments)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=SOURCE,
        )
        try:
            return child.wait(timeout=seconds) == 0
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return False

    def test_import_and_build(self):
        random.seed(7)
        with tempfile.TemporaryDirectory() as scratch:
            data = pathlib.Path(scratch) / "shop.limn"
            build_shop(data)
            # Fifty builds that read a dictionary first would be killed while they do that.
            settings = data / "limn.toml"
            text = settings.read_text("utf-8")
            self.assertIn("segmenter = 'auto'", text)
            settings.write_text(text.replace("segmenter = 'auto'", "segmenter = 'icu'"), "utf-8")
            start = time.monotonic()
            answer("build", data, "--encoder", "lsa")
            whole_build = time.monotonic() - start
            acknowledged = 0
            finished = 0
            for round_number in range(KILLS):
                said = answer("feedback", data, f"crash-{round_number}", "i001", "view")
                acknowledged += 1
                self.assertGreater(said["event"]["id"], 0)
                if round_number % 2 == 0:
                    finished += self.kill_after(
                        random.uniform(0, whole_build), "build", data, "--encoder", "lsa"
                    )
                else:
                    finished += self.kill_after(random.uniform(0, 0.1), "import", data, SHOP)
                kept = answer("recommend", data, f"crash-{round_number}", "-n", 3)
                self.assertEqual(len(kept["items"]), 3)
                self.assertNotIn("i001", [item["id"] for item in kept["items"]])
            self.assertLess(finished, KILLS, "no run was killed: the test shows nothing")
            limn("doctor", data)
            report = answer("build", data, "--encoder", "lsa")
            again = answer("import", data, SHOP)
            self.assertEqual(again["events"]["added"], 0)
            self.assertEqual(report["users"], 40 + acknowledged)
            self.assertEqual(
                [path.name for path in (data / "generations").iterdir() if path.suffix == ".new"],
                [],
            )


if __name__ == "__main__":
    unittest.main()
