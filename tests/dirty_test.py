"""Each dirty file yields exactly the repairs and refusals that tests/dirty_expected.json says."""

import json
import pathlib
import tempfile
import unittest

from limn_program import SOURCE, answer, limn

DIRTY = SOURCE / "data/dirty"


class Dirty(unittest.TestCase):
    def test_files_are_repaired_and_refused_as_told(self):
        expected = json.loads((SOURCE / "tests/dirty_expected.json").read_text())
        self.assertGreater(len(expected), 5)
        for name, told in expected.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as scratch:
                data = pathlib.Path(scratch) / "data.limn"
                limn("init", data)
                found = answer("import", data, DIRTY / name)
                kinds = [found[kind] for kind in ("users", "items", "events", "edges")]
                for count in ("read", "added", "duplicates", "repaired", "refused"):
                    self.assertEqual(sum(kind[count] for kind in kinds), told[count], count)
                self.assertEqual(found["repairs"], told.get("repairs", {}))
                self.assertEqual(found["flags"], told.get("flags", {}))
                self.assertEqual([flood["user"] for flood in found["floods"]], told["floods"])
                refusals = [
                    {key: refusal[key] for key in ("line", "field", "reason")}
                    for refusal in found["refusals"]
                ]
                self.assertEqual(refusals, told.get("refusals", []))

    def test_what_is_good_goes_in(self):
        with tempfile.TemporaryDirectory() as scratch:
            data = pathlib.Path(scratch) / "data.limn"
            limn("init", data)
            found = answer("import", data, DIRTY)
            for kind in ("users", "items", "events", "edges"):
                counts = found[kind]
                self.assertEqual(
                    counts["added"] + counts["updated"] + counts["duplicates"],
                    counts["read"] - counts["refused"],
                    kind,
                )


if __name__ == "__main__":
    unittest.main()
