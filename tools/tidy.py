#!/usr/bin/env python3
"""Holds the sources to the rules of CONTRIBUTING.md that a program can check.

    tools/tidy.py [folder]      a source tree; by default the one this file stands in

Prints `file:line: rule: what to do` for each finding, then their count; exits with 1 if any.
"""

import concurrent.futures
import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys

MAX_COLUMNS = 100
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

FOLDERS = ("limn", "cli", "cmake", "tests", "tools")
CPP = (".h", ".cpp", ".inc")
SOURCES = (*CPP, ".cmake", ".py")
LISTS = (".txt", ".sha256")  # in tools/: lists that programs read, whose lines cannot be broken

# The start of an included path, and the name that the layer table has for it.
PACKAGES = {
    "fmt/": "fmt", "tl/": "expected", "toml++/": "toml++", "boost/json": "Boost.JSON",
    "xxhash.h": "xxHash", "simdjson.h": "simdjson", "expat.h": "expat", "unicode/": "ICU",
    "cppjieba/": "cppjieba", "libstemmer.h": "libstemmer",
    "dnnl": "oneDNN", "oneapi/": "oneDNN", "lapacke.h": "LAPACKE",
    "cblas.h": "OpenBLAS", "sqlite3.h": "sqlite3", "CLI/": "CLI11",
}
# core's Result and JSON values are made of these: every layer links them, and may use them in its
# sources.
SHARED_PACKAGES = {"fmt", "expected", "Boost.JSON"}
SHARED_HEADERS = {"limn/core/result.h", "limn/core/json.h"}
# The language, the system and the compiler; anything else in angle brackets is a package.
SYSTEM_HEADER = re.compile(
    r"[a-z0-9_]+$|sys/\w+\.h$|linux/\w+\.h$|\w*intrin\.h$"
    r"|(unistd|fcntl|sched|poll|pthread|dirent|signal|time|termios|cpuid|malloc|dlfcn)\.h$")

FORBIDDEN_CALLS = [
    (re.compile(r"\bstd::cout\b"), "stdout", "return the text and let the program print it"),
    (re.compile(r"(?<![\w.>])(?:secure_)?getenv\s*\("), "environment",
     "take the value as an option"),
    (re.compile(r"(?<![\w.>])(?:_exit|exit|quick_exit|abort)\s*\("), "ending the process",
     "return a Result, or use LIMN_CHECK"),
]


class Tree:
    """A source tree and what was found in it."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.findings = []
        self.texts = {}  # path within the tree -> text
        for path in sorted(self._paths()):
            data = (self.root / path).read_bytes()
            try:
                self.texts[path] = data.decode("utf-8")
            except UnicodeDecodeError:
                self.texts[path] = data.decode("latin-1")

    def _paths(self):
        if (self.root / "CMakeLists.txt").exists():
            yield "CMakeLists.txt"
        for top in FOLDERS:
            for folder, folders, names in os.walk(self.root / top):
                folders[:] = [name for name in folders if name != "__pycache__"]
                inside = pathlib.Path(folder).relative_to(self.root)
                for name in names:
                    tool = str(inside) == "tools" and not name.endswith(".pyc")
                    if name == "CMakeLists.txt" or name.endswith(SOURCES) or tool:
                        yield (inside / name).as_posix()

    def find(self, path, line, rule, advice):
        self.findings.append((path, line, rule, advice))


def layer_of(path):
    """The layer a file belongs to: `cluster` for limn/cluster/..., `cli` for cli/...; else none."""
    parts = path.split("/")
    if parts[0] == "limn" and len(parts) > 2:
        return parts[1]
    return "cli" if parts[0] == "cli" else None


def is_test(path):
    """Tests, benchmarks and the helpers of both: shipped to nobody, so fewer rules hold."""
    stem = path.rsplit("/", 1)[-1].split(".")[0]
    return stem.endswith(("_test", "_bench", "testing")) or stem.startswith("test_")


def is_generated(path, text):
    return path.endswith(".inc") and text.startswith("// Made by ")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


# ---- C++ without what only looks like code

TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>\bu?8?R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<number>\b\d[\w.']*)
      | (?P<character>'(?:\\.|[^'\\\n])+')""",
    re.X | re.S)


def blank(piece):
    return re.sub(r"[^\n]", " ", piece)


@functools.cache
def split_code(text):
    """(code, comments): both as long as `text`, blanks where the other one or a literal stands."""
    code, comments, end = [], [], 0
    for token in TOKEN.finditer(text):
        between = text[end:token.start()]
        code.append(between)
        comments.append(blank(between))
        piece, end = token.group(), token.end()
        is_comment = token.lastgroup == "comment"
        code.append(piece if token.lastgroup == "number" else blank(piece))
        comments.append(piece if is_comment else blank(piece))
    code.append(text[end:])
    comments.append(blank(text[end:]))
    return "".join(code), "".join(comments)


def without_directives(code):
    """The same, blank where a preprocessor line and those it continues on stand."""
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda line: blank(line.group()), code, flags=re.M)


def functions(code):
    """(name, first line, lines) of every function body outside another one."""
    scopes, head = [], 0  # each scope: its kind, and where the statement that opened it starts
    for brace in re.finditer(r"[{};]", code):
        at, mark = brace.start(), brace.group()
        inside_body = any(kind != "scope" for kind, _ in scopes)
        if mark == "{":
            kind = "body" if inside_body else kind_of(code[head:at])
            scopes.append((kind, head))
            if kind == "scope":
                head = at + 1
        elif mark == "}" and scopes:
            kind, start = scopes.pop()
            if any(other != "scope" for other, _ in scopes):
                continue
            # A value ends no statement; nor does `: a_{1}, b_{2} {` before a constructor's body.
            goes_on = re.match(r"\s*[,{]", code[at + 1:at + 200])
            if kind == "value" or (kind == "function" and goes_on):
                head = start
                continue
            if kind == "function":
                first = start + re.match(r"\s*(?:(?:public|private|protected)\s*:\s*)*",
                                         code[start:]).end()
                name = re.search(r"([\w:~]+|operator\S+)\s*\(", code[first:at])
                yield (name.group(1) if name else "?", line_of(code, first),
                       code.count("\n", first, at) + 1)
            head = at + 1
        elif mark == ";" and not inside_body:
            head = at + 1


def kind_of(head):
    """What the brace after `head` opens: a scope of declarations, a function, or a value."""
    if re.search(r"\bnamespace\b|\bextern\s*$", head):
        return "scope"
    declared = re.sub(r"\boperator\s*[^\w\s(]+", "operator", head)
    declared = re.sub(r"<[^<>{}()]*>", "", re.sub(r"<[^<>{}()]*>", "", declared))
    before_arguments = declared.split("(")[0]
    if declared.count("(") > declared.count(")"):
        return "value"  # of an argument, by default
    if "(" in declared and "=" not in before_arguments:
        return "function"
    if re.search(r"\b(class|struct|union)\b", before_arguments) and "=" not in declared:
        return "scope"
    return "value"


# ---- The rules

def check_text(tree):
    """Columns, ASCII, names and open questions, in every source."""
    for path, text in tree.texts.items():
        is_list = path.startswith("tools/") and path.endswith(LISTS)
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > MAX_COLUMNS and not is_list:
                tree.find(path, number, "columns",
                          f"break the line: {len(line)} columns, at most {MAX_COLUMNS}")
            if not line.isascii():
                tree.find(path, number, "ascii",
                          "write \\u escapes, or move the text to a data file")
        name = path.rsplit("/", 1)[-1]
        if name != "CMakeLists.txt" and not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9]+)*", name):
            tree.find(path, 1, "file name", "use lower_snake_case")
        check_questions(tree, path, text)


def check_questions(tree, path, text):
    if path.endswith(CPP):
        notes = split_code(text)[1]
    else:
        notes = "\n".join(line.partition("#")[2] for line in text.split("\n"))
    for found in re.finditer(r"\bTODO\b(?!\(#\d+\))", notes):
        tree.find(path, line_of(notes, found.start()), "open question",
                  "name its issue, TODO(#12), or do it now")


def check_cpp(tree):
    """Sizes, forbidden calls and the opening of each header."""
    for path, text in tree.texts.items():
        if not path.endswith(CPP):
            continue
        code = split_code(text)[0]
        lines = text.count("\n") + (not text.endswith("\n"))
        if lines > MAX_FILE_LINES and not is_generated(path, text):
            tree.find(path, lines, "file length",
                      f"split the file: {lines} lines, at most {MAX_FILE_LINES}")
        for found in re.finditer(r"\busing\s+namespace\b(?!\s+[\w:]*literals\b)", code):
            tree.find(path, line_of(code, found.start()), "using namespace", "name what you use")
        check_dead_code(tree, path, text)
        if path.endswith(".h"):
            check_opening(tree, path, text)
        if is_test(path):
            continue
        if not is_generated(path, text):
            for name, first, length in functions(without_directives(code)):
                if length > MAX_FUNCTION_LINES:
                    tree.find(path, first, "function length",
                              f"split {name}: {length} lines, at most {MAX_FUNCTION_LINES}")
        if path.startswith("limn/") and path != "limn/core/check.h":
            for pattern, rule, advice in FORBIDDEN_CALLS:
                for found in pattern.finditer(code):
                    tree.find(path, line_of(code, found.start()), rule, advice)


def check_dead_code(tree, path, text):
    """Comments that end as a statement does, and hold what prose does not."""
    for number, line in enumerate(split_code(text)[1].split("\n"), 1):
        note = line.strip().removeprefix("//").strip()
        statement = re.search(r"(\w\(.*\)|\s=\s.*|->.*|^return\b.*);$", note)
        block = re.match(r"(if|for|while|switch)\s*\(.*\)\s*\{$", note)
        if (statement or block) and "`" not in note:
            tree.find(path, number, "dead code", "delete it: git remembers")


def check_opening(tree, path, text):
    if not re.match(r"// \S", text):
        tree.find(path, 1, "header", "say in a // comment on the first line what the file is")
    rest = re.sub(r"\A(?:[ \t]*//[^\n]*\n|[ \t]*\n)*", "", text)
    if not rest.startswith("#pragma once"):
        tree.find(path, line_of(text, len(text) - len(rest)), "header",
                  "put #pragma once after the opening comment")


def read_table(tree):
    """layer -> (line, layers it may include, packages it alone includes), from architecture.md."""
    path = tree.root / "docs/architecture.md"
    table, header = {}, False
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0] == "layer" and "may include" in cells:
            header = True
        elif header and not line.startswith("|"):
            break
        elif header and len(cells) == 4 and not cells[0].startswith("-"):
            names = [set(re.findall(r"[\w.+]+", "" if cell == "-" else cell)) for cell in cells[2:]]
            table[cells[0]] = (number, *names)
    return table


def read_depends(layer, text):
    """The layers that a layer's CMakeLists.txt links, and the line that says so."""
    text = re.sub(r"#[^\n]*", "", text)
    if layer == "cli":
        call = re.search(r"target_link_libraries\(\s*limn\s([^)]*)\)", text)
        return (set(re.findall(r"\blimn_(\w+)", call.group(1))) - {"flags"},
                line_of(text, call.start())) if call else (None, 1)
    call = re.search(r"limn_layer\(\s*" + layer + r"\b([^)]*)\)", text)
    if not call:
        return None, 1
    row = re.search(r"\bDEPENDS\b(.*?)(?:\b(?:SOURCES|TESTS|BENCHES|LIBRARIES)\b|$)", call.group(1),
                    re.S)
    return set(row.group(1).split()) if row else set(), line_of(text, call.start())


def reach(layer, direct):
    """The layer, what it may include, and what those may."""
    reached, left = set(), [layer]
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += direct.get(name, ())
    return reached


def check_layers(tree):
    """The includes, the CMake files and the table of architecture.md say the same."""
    table = read_table(tree)
    depends = {}
    for layer in sorted({layer_of(path) for path in tree.texts} - {None}):
        folder = "cli" if layer == "cli" else f"limn/{layer}"
        path = f"{folder}/CMakeLists.txt"
        depends[layer], line = read_depends(layer, tree.texts.get(path, ""))
        if depends[layer] is None:
            tree.find(path, 1, "layer", f"make the layer {layer} here")
            depends[layer] = table[layer][1] if layer in table else set()
        elif layer not in table:
            tree.find("docs/architecture.md", 1, "layer", f"give {layer} a row of the layer table")
        elif depends[layer] | {"core"} != table[layer][1] | {"core"} and layer != "core":
            said = ", ".join(sorted(table[layer][1])) or "nothing"
            tree.find(path, line, "layer",
                      f"depend on what docs/architecture.md:{table[layer][0]} allows: {said}")
    allowed = {name: row[1] for name, row in table.items()}
    for path, number, header in includes(tree, '"', '"'):
        layer, other = layer_of(path), layer_of(header)
        if layer and not header.startswith(("limn/", "cli/")):
            tree.find(path, number, "include", 'write "limn/<layer>/<name>.h"')
        if not layer or not other or is_test(path) or not header.startswith("limn/"):
            continue
        if other not in reach(layer, depends):
            tree.find(path, number, "layer", f"{layer} does not depend on {other}: do without it")
        elif layer in allowed and other not in reach(layer, allowed):
            tree.find(path, number, "layer", f"the layer table keeps {other} from {layer}")


def includes(tree, opening, closing):
    """(path, line, what is included) for each #include in quotes or in angle brackets."""
    pattern = re.compile(rf"^[ \t]*#[ \t]*include[ \t]*{opening}([^\n>\"]+){closing}", re.M)
    for path, text in tree.texts.items():
        if path.endswith(CPP):
            for found in pattern.finditer(text):
                yield path, line_of(text, found.start()), found.group(1)


def seen_elsewhere(tree):
    """The headers that a file of another layer includes, directly or through other headers."""
    edges = {}
    for path, _, header in includes(tree, '"', '"'):
        edges.setdefault(path, []).append(header)
    seen = {header for path, headers in edges.items() for header in headers
            if layer_of(path) != layer_of(header)}
    left = list(seen)
    while left:
        for header in edges.get(left.pop(), ()):
            if header not in seen:
                seen.add(header)
                left.append(header)
    return seen


def check_packages(tree):
    """A package's headers stay in the layer that the table gives it, and out of shared headers."""
    table, seen = read_table(tree), seen_elsewhere(tree)
    owners = {package: layer for layer, row in table.items() for package in row[2]}
    for path, number, header in includes(tree, "<", ">"):
        layer = layer_of(path)
        if not layer or is_test(path) or SYSTEM_HEADER.match(header):
            continue
        package = next((name for start, name in PACKAGES.items() if header.startswith(start)), None)
        shared = package in SHARED_PACKAGES
        if package not in owners:
            tree.find(path, number, "package",
                      f"<{header}>: name its package in the layer table and in tools/tidy.py")
        elif owners[package] != layer and not shared:
            tree.find(path, number, "package", f"only {owners[package]} includes {package}")
        elif path in seen and path.endswith(".h") and not (shared and path in SHARED_HEADERS):
            tree.find(path, number, "package",
                      f"other layers see this header: move <{header}> to a source file")


def check_format(tree):
    """clang-format agrees, where it is installed."""
    program = shutil.which("clang-format-16")
    if not program:
        return
    paths = [path for path, text in tree.texts.items()
             if path.endswith(CPP) and not is_generated(path, text)]
    batches = [paths[start:start + 12] for start in range(0, len(paths), 12)]

    def run(batch):
        command = [program, "--dry-run", "--ferror-limit=0", *batch]
        return subprocess.run(command, cwd=tree.root, capture_output=True, text=True).stderr

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = "".join(pool.map(run, batches))
    first = {}
    for path, line in re.findall(r"^([^:\n]+):(\d+):\d+: \w+: ", said, re.M):
        first.setdefault(path, int(line))
    for path, line in first.items():
        tree.find(path, line, "format", f"run clang-format-16 -i {path}")


def check(root):
    """Every finding of a source tree, in order: (path, line, rule, advice)."""
    tree = Tree(root)
    for rule in (check_text, check_cpp, check_layers, check_packages, check_format):
        rule(tree)
    return sorted(tree.findings), len(tree.texts)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    findings, files = check(root)
    for path, line, rule, advice in findings:
        print(f"{path}:{line}: {rule}: {advice}")
    print(f"tidy: {len(findings)} findings in {files} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
