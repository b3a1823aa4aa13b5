"""Every command that README.md, CONTRIBUTING.md and docs/ show is run, in their order.

Blocks fenced as ```console hold lines "$ command" and what it prints; blocks fenced as ```sh hold
commands. The commands of one page share a scratch folder, with the source tree's data/, models/ and
samples/ beside them.
"""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from limn_program import PROGRAM, SOURCE

PAGES = [SOURCE / "README.md", SOURCE / "CONTRIBUTING.md", *sorted((SOURCE / "docs").glob("*.md"))]


def commands(page):
    """The commands of a page, continued lines joined."""
    found = []
    for fence, body in re.findall(r"^```(console|sh)\n(.*?)^```", page.read_text(), re.M | re.S):
        for line in body.replace("\\\n", " ").splitlines():
            if fence == "console" and not line.startswith("$ "):
                continue
            line = line.removeprefix("$ ").strip()
            if line and not line.startswith("#"):
                found.append(line)
    return found


def why_not(command):
    """Why a command cannot be run here; empty where it can."""
    target = re.match(r"make ([a-z]+)$|make$|git clone|cd limn", command)
    if target:
        named = target.group(1)
        if named and not re.search(rf"^{named}:", (SOURCE / "Makefile").read_text(), re.M):
            raise AssertionError(f"no such make target: {named}")
        return "builds"
    if command.startswith(("cmake", "ctest", "ninja", "tools/", "python3 tools/")):
        tool = command.split()[0 if not command.startswith("python3") else 1]
        if tool.startswith("tools/") and not (SOURCE / tool).exists():
            raise AssertionError(f"no such tool: {tool}")
        return "builds"
    if "datasets/" in command:
        return "needs data that is not part of the project"
    for folder in ("models/all-MiniLM-L6-v2", "samples/ml-100k"):
        if folder in command and not (SOURCE / folder).exists():
            return f"{folder} is not here"
    return ""


class Docs(unittest.TestCase):
    def test_every_command_works(self):
        ran = 0
        for page in PAGES:
            with tempfile.TemporaryDirectory() as scratch:
                for shared in ("data", "models", "samples", "tools"):
                    if (SOURCE / shared).exists():
                        os.symlink(SOURCE / shared, pathlib.Path(scratch) / shared)
                os.makedirs(pathlib.Path(scratch) / "build/release")
                os.symlink(PROGRAM, pathlib.Path(scratch) / "build/release/limn")
                path = f"{pathlib.Path(PROGRAM).parent}:{os.environ['PATH']}"
                for command in commands(page):
                    if why_not(command):
                        continue
                    with self.subTest(page=page.name, command=command):
                        done = subprocess.run(
                            ["bash", "-c", command],
                            cwd=scratch,
                            capture_output=True,
                            text=True,
                            timeout=300,
                            env={**os.environ, "PATH": path},
                        )
                        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                        ran += 1
        self.assertGreater(ran, 5)


if __name__ == "__main__":
    unittest.main()
