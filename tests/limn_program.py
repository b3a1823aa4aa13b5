"""Runs the program under test, for the scripts beside this one."""

import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(os.environ.get("LIMN_SOURCE", pathlib.Path(__file__).parent.parent))
PROGRAM = os.environ.get("LIMN", str(SOURCE / "build/release/limn"))
SHOP = SOURCE / "data/shop"


def limn(*arguments, stdin="", code=0, env=None):
    """Runs limn; fails where it exits with another code. Returns what it finished with."""
    finished = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **(env or {})},
        cwd=SOURCE,
    )
    if finished.returncode != code:
        raise AssertionError(
            f"limn {' '.join(map(str, arguments))}: exit {finished.returncode}, not {code}\n"
            f"{finished.stdout}\n{finished.stderr}"
        )
    return finished


def answer(*arguments, **options):
    """The JSON document that a command prints with --json: one line, nothing else on stdout."""
    out = limn(*arguments, "--json", **options).stdout
    assert out.count("\n") == 1, out
    return json.loads(out)


def build_shop(folder, *build_arguments):
    """A data folder with the bundled shop, built with the encoder that needs no file."""
    limn("init", folder, "--scenario", "commerce")
    answer("import", folder, SHOP)
    return answer("build", folder, "--encoder", "lsa", *build_arguments)
