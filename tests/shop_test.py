"""The bundled shop is what its generator makes, and goes in without a repair."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

from limn_program import SHOP, SOURCE, answer, limn


class Shop(unittest.TestCase):
    def test_is_made_again_byte_for_byte(self):
        with tempfile.TemporaryDirectory() as scratch:
            subprocess.run([sys.executable, SOURCE / "tools/make_shop.py", scratch], check=True)
            made = sorted(pathlib.Path(scratch).iterdir())
            self.assertEqual(len(made), 6)
            for path in made:
                self.assertEqual(path.read_bytes(), (SHOP / path.name).read_bytes(), path.name)

    def test_goes_in_whole(self):
        with tempfile.TemporaryDirectory() as scratch:
            data = pathlib.Path(scratch) / "shop.limn"
            limn("init", data)
            found = answer("import", data, SHOP)
            self.assertEqual(found["users"]["added"], 40)
            self.assertEqual(found["items"]["added"], 120)
            self.assertEqual(found["events"]["added"], 1500)
            self.assertEqual(found["edges"]["added"], 158)
            self.assertEqual((found["repairs"], found["flags"], found["refusals"]), ({}, {}, []))


if __name__ == "__main__":
    unittest.main()
