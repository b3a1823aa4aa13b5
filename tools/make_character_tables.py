#!/usr/bin/env python3
"""Writes limn/nn/character_classes.inc: what byte-level BPE and SentencePiece ask of a character.

As in make_unicode_tables.py, Hugging Face's `tokenizers` itself is asked, one code point at a time.
Which characters make one grapheme is asked through a table of SentencePiece in which every first
byte is a key: a grapheme that is looked up as a whole then gives one letter, and two give two.

    pip install tokenizers==0.23.3 && python3 tools/make_character_tables.py
"""
import struct

from make_unicode_tables import POINTS, ranges, table, write
from tokenizers import Regex
from tokenizers.normalizers import Precompiled
from tokenizers.pre_tokenizers import Split


def matching(pattern):
    split = Split(Regex(pattern), "removed")
    return [c for c in POINTS if not split.pre_tokenize_str(chr(c))]


def first_byte_charsmap():
    """A double-array trie whose keys are the bytes 1 to 255; all of them stand for "X"."""
    units = [0] * 768
    units[0] = 256 << 10
    for byte in range(1, 256):
        units[256 + byte] = 768 << 10 | 1 << 8 | byte
        units[512 + byte] = 1 << 31
    return struct.pack("<769I", 4 * len(units), *units) + b"X\0"


def main():
    charsmap = Precompiled(first_byte_charsmap())

    def joined(text):
        return charsmap.normalize_str(text) == "X"

    accent = "\u0301"
    # A character of four bytes and an accent are looked up one by one, joined or not.
    controls = [c for c in POINTS if 0 < c < 0x10000 and not joined(chr(c) + accent)]
    write("character_classes.inc", [
        table("Range letters", ranges(matching(r"\p{L}"))),
        table("Range numbers", ranges(matching(r"\p{N}"))),
        table("Range white_spaces", ranges(matching(r"\s"))),
        table("Range extenders", ranges(c for c in POINTS if joined("a" + chr(c)))),
        table("Range prefixes", ranges(c for c in POINTS if joined(chr(c) + "a"))),
        table("Range grapheme_controls", ranges([0, *controls])),
    ])


if __name__ == "__main__":
    main()
