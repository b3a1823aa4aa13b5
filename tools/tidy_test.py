"""Each rule of tidy.py fires on a small tree that breaks it, and a clean tree passes."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tidy  # noqa: E402

# The word is put together here, so that this file itself is clean.
OPEN = "TO" + "DO"

HEADER = "// A cat.\n#pragma once\n\nnamespace limn {\nint cat();\n}  // namespace limn\n"
CLEAN = {
    "CMakeLists.txt": "project(limn)\n",
    # The samples are written to be read here; one test is about their format.
    ".clang-format": "DisableFormat: true\nSortIncludes: Never\n",
    "docs/architecture.md": "\n".join([
        "| layer | what it knows | may include | alone includes |",
        "|---|---|---|---|",
        "| core | types | - | fmt, expected |",
        "| text | words | core | ICU |",
        "| encode | embeddings | text | - |",
        "| store | files | core | sqlite3 |",
        "| cli | arguments | encode | CLI11 |", "", ""]),
    "limn/core/CMakeLists.txt": "limn_layer(core\n  SOURCES result.cpp\n)\n",
    "limn/core/result.h": "// Errors.\n#pragma once\n\n#include <fmt/format.h>\n",
    "limn/text/CMakeLists.txt": "limn_layer(text\n  DEPENDS core\n  SOURCES cat.cpp)\n",
    "limn/text/cat.h": HEADER,
    "limn/text/cat.cpp": '#include "limn/text/cat.h"\n\n#include <unistd.h>\n\n#include <vector>\n'
                         '\n#include <unicode/uchar.h>\n\n#include "limn/core/result.h"\n',
    "limn/encode/CMakeLists.txt": "limn_layer(encode DEPENDS text SOURCES dog.cpp)\n",
    # core is reached through text.
    "limn/encode/dog.cpp": '#include "limn/core/result.h"\n#include "limn/text/cat.h"\n',
    "limn/store/CMakeLists.txt": "limn_layer(store DEPENDS core SOURCES shop.cpp)\n",
    "limn/store/shop.h": "// A shop.\n#pragma once\n",
    "cli/CMakeLists.txt": "target_link_libraries(limn PRIVATE limn_encode)\n",
    "cli/main.cpp": "#include <iostream>\n\nint main() {\n  std::cout << 1;\n}\n",
}


def findings(changes):
    """What tidy.py finds in the clean tree with `changes`, as (path, line, rule)."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**CLEAN, **changes}.items():
            file = pathlib.Path(root) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return [(path, line, rule) for path, line, rule, _ in tidy.check(root)[0]]


class Tidy(unittest.TestCase):
    def assert_only(self, rule, path, text, line=1):
        self.assertEqual(findings({path: text}), [(path, line, rule)])

    def assert_clean(self, path, text):
        self.assertEqual(findings({path: text}), [])

    def test_a_clean_tree_passes(self):
        self.assertEqual(findings({}), [])

    def test_counts_columns_as_characters(self):
        self.assert_clean("limn/text/a.cpp", "// " + "a" * 97 + "\n")
        self.assert_only("columns", "limn/text/a.cpp", "// " + "a" * 98 + "\n")
        self.assert_only("columns", "tools/build", "# " + "a" * 99 + "\n")
        self.assert_clean("tools/list.txt", "a" * 120 + "\n")

    def test_sources_are_ascii(self):
        self.assert_only("ascii", "limn/text/a_test.cpp", "// fine\n// caf\u00e9\n", line=2)
        self.assert_only("ascii", "tools/a.py", "# \u4e2d\n")

    def test_names_are_snake_case(self):
        self.assert_only("file name", "limn/text/BigCat.cpp", "int a;\n")

    def test_open_questions_name_an_issue(self):
        self.assert_only("open question", "limn/text/a.cpp", f"// {OPEN}: more\n")
        self.assert_only("open question", "tools/a.py", f"# {OPEN} more\n")
        self.assert_clean("limn/text/a.cpp", f"// {OPEN}(#12): more\n")
        self.assert_clean("limn/text/a.cpp", f'const char* a = "{OPEN}";\n')

    def test_files_are_short(self):
        lines = "int a;\n"
        self.assert_clean("limn/text/a.cpp", lines * 400)
        self.assert_only("file length", "limn/text/a.cpp", lines * 401, line=401)
        self.assert_clean("limn/text/a.inc", "// Made by tools/a.py\n" + lines * 500)

    def test_functions_are_short(self):
        def function(lines, head="int f() {\n"):
            return head + "  a();\n" * (lines - 2) + "}\n"

        self.assert_clean("limn/text/a.cpp", function(60))
        self.assert_only("function length", "limn/text/a.cpp", "int a;\n" + function(61), line=2)
        self.assert_clean("limn/text/a_test.cpp", function(61))
        namespace = "namespace limn {\nstruct S {\n  int a = 1;\n};\n" + function(61) + "}\n"
        self.assert_only("function length", "limn/text/a.cpp", namespace, line=5)
        defaults = function(61, "int f(int a = {}, int b = {1}) {\n")
        self.assert_only("function length", "limn/text/a.cpp", defaults)
        listed = function(61, "S::S() : a_{1}, b_{2} {\n")
        self.assert_only("function length", "limn/text/a.cpp", listed)

    def test_a_long_table_is_no_function(self):
        rows = "    {1},\n" * 80
        found = findings({"limn/text/a.cpp": "const int table[][1] = {\n" + rows + "};\n"})
        self.assertEqual([rule for _, _, rule in found if rule == "function length"], [])

    def test_braces_in_literals_do_not_count(self):
        text = "int f() {\n  g('{', \"{\", 1'000);  // {\n}\n" + "int a;\n" * 80
        self.assert_clean("limn/text/a.cpp", text)

    def test_the_library_does_not_print_or_exit_or_read_the_environment(self):
        for rule, call in (("stdout", "std::cout << 1"), ("environment", 'std::getenv("A")'),
                           ("ending the process", "std::exit(1)"),
                           ("ending the process", "abort()")):
            text = f"void f() {{\n  {call};\n}}\n"
            self.assert_only(rule, "limn/text/a.cpp", text, line=2)
            self.assert_clean("limn/text/a_test.cpp", text)
            self.assert_clean("cli/a.cpp", text)
        self.assert_clean("limn/text/a.cpp", "void f() {\n  writer.abort();\n  on_exit(1);\n}\n")
        check = "// Checks.\n#pragma once\n\nvoid f() { abort(); }\n"
        self.assert_clean("limn/core/check.h", check)

    def test_a_header_says_what_it_is(self):
        self.assert_only("header", "limn/text/a.h", "#pragma once\n")
        self.assert_only("header", "limn/text/a.h", "// A.\n\nint a;\n", line=3)

    def test_no_using_namespace(self):
        self.assert_only("using namespace", "limn/text/a.cpp", "using namespace std;\n")
        self.assert_clean("limn/text/a.cpp", "using namespace std::chrono_literals;\n")

    def test_comments_hold_no_code(self):
        for code in ("total = add(total, 1);", "return total;", "if (total > 1) {"):
            self.assert_only("dead code", "limn/text/a.cpp", f"// {code}\n")
        self.assert_clean("limn/text/a.cpp", "// First the short ones, see below;\n"
                                             "// used as `f(x);`\n")

    def test_includes_name_the_layer(self):
        self.assert_only("include", "limn/text/a.cpp", '#include "cat.h"\n')

    def test_layers_include_what_they_depend_on(self):
        self.assert_only("layer", "limn/text/a.cpp", '#include "limn/store/shop.h"\n')
        self.assert_only("layer", "cli/a.cpp", '#include "limn/store/shop.h"\n')
        self.assert_clean("cli/a.cpp", '#include "limn/text/cat.h"\n')

    def test_cmake_agrees_with_the_layer_table(self):
        linked = "limn_layer(text DEPENDS core store SOURCES cat.cpp)\n"
        wider = {"limn/text/CMakeLists.txt": linked,
                 "limn/text/a.cpp": '#include "limn/store/shop.h"\n'}
        self.assertEqual(findings(wider), [("limn/text/CMakeLists.txt", 1, "layer"),
                                           ("limn/text/a.cpp", 1, "layer")])
        self.assert_only("layer", "limn/text/CMakeLists.txt", "# nothing\n")
        unknown = "limn_layer(web DEPENDS core SOURCES a.cpp)\n"
        self.assertEqual(findings({"limn/web/CMakeLists.txt": unknown}),
                         [("docs/architecture.md", 1, "layer")])

    def test_packages_stay_in_their_layer(self):
        self.assert_only("package", "limn/text/a.cpp", "#include <sqlite3.h>\n")
        self.assert_only("package", "limn/text/a.cpp", "#include <zstd.h>\n")
        self.assert_clean("limn/store/a.cpp", "#include <sqlite3.h>\n")
        self.assert_clean("limn/text/a.cpp", "#include <fmt/format.h>\n")
        self.assert_clean("limn/text/a_bench.cpp", "#include <cblas.h>\n")

    def test_packages_stay_out_of_headers_that_other_layers_see(self):
        icu = "// ICU.\n#pragma once\n\n#include <unicode/uchar.h>\n"
        self.assert_clean("limn/text/icu.h", icu)
        through = HEADER.replace("once\n", 'once\n\n#include "limn/text/icu.h"\n')
        self.assertEqual(findings({"limn/text/icu.h": icu, "limn/text/cat.h": through}),
                         [("limn/text/icu.h", 4, "package")])

    @unittest.skipUnless(tidy.shutil.which("clang-format-16"), "clang-format-16 is not installed")
    def test_sources_are_formatted(self):
        found = findings({".clang-format": "BasedOnStyle: Google\n",
                          "limn/text/a.cpp": "int a;\nint  b;\n", "limn/text/b.cpp": "int b;\n"})
        self.assertIn(("limn/text/a.cpp", 2, "format"), found)
        self.assertNotIn("limn/text/b.cpp", [path for path, _, _ in found])

    def test_the_program_says_where_what_and_how_many(self):
        with tempfile.TemporaryDirectory() as root:
            tool = [sys.executable, tidy.__file__, root]
            done = subprocess.run(tool, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (0, "tidy: 0 findings in 0 files\n"))
            source = pathlib.Path(root) / "tools/a.py"
            source.parent.mkdir()
            source.write_text("# " + "a" * 100 + "\n")
            done = subprocess.run(tool, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout,
                             r"\Atools/a.py:1: columns: .*\ntidy: 1 findings in 1 files\n\Z")


if __name__ == "__main__":
    unittest.main()
