#!/usr/bin/env python3
"""Writes limn/nn/unicode_*.inc: what BERT's text normalization does to each code point.

The tables are asked of Hugging Face's `tokenizers` itself, one code point at a time, because its
parts follow different versions of Unicode (its categories are those of Unicode 8, its lower case is
that of its Rust compiler): no single version gives the same token ids. Only the canonical combining
classes come from Python's unicodedata; they never change once given.

    pip install tokenizers==0.23.3 && python3 tools/make_unicode_tables.py
"""
import pathlib
import textwrap
import unicodedata

import tokenizers
from tokenizers.normalizers import NFD, BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

OFF = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
CLEAN = BertNormalizer(**{**OFF, "clean_text": True})
CHINESE = BertNormalizer(**{**OFF, "handle_chinese_chars": True})
STRIP = BertNormalizer(**{**OFF, "strip_accents": True})
LOWER = BertNormalizer(**{**OFF, "lowercase": True})
PRE = BertPreTokenizer()
HANGUL = range(0xAC00, 0xD7A4)  # decomposed by arithmetic
POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def words(text):
    return [word for word, _ in PRE.pre_tokenize_str(text)]


def combining_class(c):
    """unicodedata's class, if the normalizer in use knows the character as combining."""
    value = unicodedata.combining(chr(c))
    last = "\u0345"  # class 240, the highest: any other combining mark sorts before it
    moves = NFD().normalize_str("a" + last + chr(c)) == "a" + chr(c) + last
    return value if moves or chr(c) == last else 0


def ranges(points):
    """Sorted points as (first, last)."""
    found = []
    for c in sorted(points):
        if found and c == found[-1][1] + 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return found


def class_ranges(classes):
    found = []
    for c in sorted(classes):
        if found and c == found[-1][1] + 1 and classes[c] == found[-1][2]:
            found[-1][1] = c
        else:
            found.append([c, c, classes[c]])
    return found


def lower_runs(lower):
    """(first, last, step, lower of first): runs whose distance to their lower case is the same."""
    found = []
    for c in sorted(lower):
        if found:
            first, last, step, target = found[-1]
            steps = (1, 2) if first == last else (step,)
            if lower[c] - target == c - first and c - last in steps:
                found[-1] = [first, c, c - last, target]
                continue
        found.append([c, c, 1, lower[c]])
    return found


def table(declaration, rows):
    """One array, its rows flat and in decimal: dense, since nobody edits it."""
    cells = [",".join(str(value) for value in row) + "," for row in rows]
    lines = textwrap.wrap(" ".join(cells), width=98, break_long_words=False)
    return f"constexpr {declaration}[] = {{\n" + "\n".join("  " + x for x in lines) + "\n};\n"


def main():
    decomposed = {c: NFD().normalize_str(chr(c)) for c in POINTS if c not in HANGUL}
    decomposed = {c: d for c, d in decomposed.items() if d != chr(c)}
    lowered = {c: LOWER.normalize_str(chr(c)) for c in POINTS}
    lowered = {c: s for c, s in lowered.items() if s != chr(c)}
    assert [c for c, s in lowered.items() if len(s) > 1] == [0x130], "the code knows one long lower"
    space = [c for c in POINTS if CLEAN.normalize_str("a" + chr(c) + "b") == "a b"]
    assert all(words("a" + chr(c) + "b") == ["a", "b"] for c in space)

    single, pairs = [], []
    for c, d in decomposed.items():
        # Full decompositions of one or two code points; a longer one is its first part, which has
        # one itself, and its last.
        if len(d) == 1:
            single.append((c, ord(d)))
        elif len(d) == 2:
            pairs.append((c, ord(d[0]), ord(d[1])))
        else:
            first = [p for p, e in decomposed.items() if e == d[:-1]]
            pairs.append((c, min(first), ord(d[-1])))

    write("unicode_classes.inc", [
        table("Range controls", ranges(c for c in POINTS if CLEAN.normalize_str(chr(c)) == "")),
        table("Range spaces", ranges(space)),
        table("Range punctuation", ranges(c for c in POINTS if len(words(f"a{chr(c)}b")) == 3)),
        table("Range marks", ranges(c for c in POINTS if c not in HANGUL and c not in decomposed
                                    and STRIP.normalize_str(chr(c)) == "")),
        table("Range ideographs", ranges(c for c in POINTS
                                         if CHINESE.normalize_str(chr(c)) != chr(c))),
        table("CombiningRange combining_ranges",
              class_ranges({c: combining_class(c) for c in POINTS if combining_class(c)})),
    ])
    write("unicode_mappings.inc", [
        table("LowerRun lower_runs",
              lower_runs({c: ord(s) for c, s in lowered.items() if len(s) == 1})),
        table("Decomposition pairs", pairs),
        table("Singleton singletons", single),
    ])


def write(name, tables):
    made_by = f"// Made by tools/make_unicode_tables.py with tokenizers {tokenizers.__version__}."
    out = pathlib.Path(__file__).parent.parent / "limn/nn" / name
    out.write_text("\n".join([made_by + "\n", *tables]), encoding="ascii")


if __name__ == "__main__":
    main()
