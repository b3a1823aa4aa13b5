#!/usr/bin/env python3
"""Writes sentences with made-up personal data, and where it stands: JSON lines on stdout.

    tests/personal_texts.py --sentences 5000 --seed 1 > texts.jsonl

A line is {"text", "lang", "split", "spans": [{"type", "start", "end"}]}, offsets in UTF-8 bytes.
Half of the sentences come from templates that the rules of limn/text/personal_*.cpp were written on
(split "known"), half from templates that were written before and only counted ("unseen"); one
template in five holds nothing but numbers and names that are no personal data. Nothing is
anybody's: numbers are random with right check digits, names and addresses are put together.
"""
import argparse
import json
import random
import pathlib
import re

IBAN_LENGTHS = {"DE": 22, "GB": 22, "FR": 27, "ES": 24, "IT": 27, "NL": 18, "CH": 21, "AT": 20,
                "BE": 16, "PL": 28}
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}  # full-width forms of ASCII
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643


def read_lists():
    lists = {}
    path = pathlib.Path(__file__).with_name("personal_texts.txt")
    for line in path.read_text("utf-8").split("\n"):
        if line.startswith("[") and line.endswith("]"):
            entries = lists.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            entries.append(line)
    return lists


LISTS = read_lists()


def luhn_digit(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def numerals(rng, count):
    return "".join(rng.choice("0123456789") for _ in range(count))


def card(rng):
    prefix, length = rng.choice([("4", 16), ("51", 16), ("55", 16), ("37", 15), ("6222", 16),
                                 ("6228", 19), ("6011", 16)])
    digits = prefix + numerals(rng, length - len(prefix) - 1)
    digits += luhn_digit(digits)
    style = rng.choice(["plain", "plain", "space", "dash"])
    if style == "plain":
        return digits
    if length == 15:
        groups = [digits[:4], digits[4:10], digits[10:]]
    else:
        groups = [digits[i:i + 4] for i in range(0, length, 4)]
    return (" " if style == "space" else "-").join(groups)


def iban(rng):
    country = rng.choice(sorted(IBAN_LENGTHS))
    body = numerals(rng, IBAN_LENGTHS[country] - 4)
    if country in ("GB", "NL"):
        body = "".join(rng.choice("ABCDEFGHKLMNPRSTW") for _ in range(4)) + body[4:]
    number = "".join(str(int(c, 36)) for c in body + country + "00")
    whole = f"{country}{98 - int(number) % 97:02d}{body}"
    if rng.random() < 0.5:
        return whole
    return " ".join(whole[i:i + 4] for i in range(0, len(whole), 4))


def chinese_id(rng):
    region = rng.choice(["110105", "310115", "440306", "330106", "510107", "420111", "320102"])
    born = f"{rng.randint(1948, 2009)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    digits = region + born + numerals(rng, 3)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, ID_WEIGHTS)) % 11]


def ip(rng):
    if rng.random() < 0.65:
        return ".".join(str(rng.randint(1, 254)) for _ in range(4))
    if rng.random() < 0.5:
        return ":".join(f"{rng.randint(0x1000, 0xffff):x}" for _ in range(8))
    return "2001:db8:" + f"{rng.randint(1, 0xffff):x}::{rng.randint(1, 0xffff):x}"


def word(rng, low=5, high=9):
    letters = ("bcdfghklmnprstvw", "aeiou")
    return "".join(rng.choice(letters[i % 2]) for i in range(rng.randint(low, high)))


def email(rng):
    domain = rng.choice(["mail", "post", "inbox", "corp", "studio"])
    domain += rng.choice(["", "-" + word(rng, 3, 5)])
    domain += rng.choice([".com", ".org", ".net", ".io", ".co.uk", ".com.cn", ".de"])
    local = rng.choice([word(rng), f"{word(rng)}.{word(rng)}", f"{word(rng)}_{numerals(rng, 2)}",
                        f"{word(rng)}+{word(rng, 3, 5)}"])
    address = f"{local}@{domain}"
    style = rng.random()
    if style < 0.04:
        return address.translate(WIDE)
    if style < 0.08:
        return address[:3] + "\u200b" + address[3:]
    return address


def phone_en(rng):
    area, middle, last = rng.randint(201, 989), rng.randint(200, 999), rng.randint(0, 9999)
    london = f"20 {rng.randint(7000, 8999)} {last:04d}"
    return rng.choice([f"({area}) {middle}-{last:04d}", f"{area}-{middle}-{last:04d}",
                       f"{area}.{middle}.{last:04d}", f"+1 {area} {middle} {last:04d}",
                       f"+44 {london}", f"0{london}", f"+1-{area}-{middle}-{last:04d}",
                       f"07{rng.randint(400, 999)} {rng.randint(100000, 999999)}",
                       f"+49 30 {rng.randint(1000000, 9999999)}"])


def phone_zh(rng):
    mobile = rng.choice(["13", "15", "17", "18", "19"]) + numerals(rng, 9)
    local = str(rng.randint(2, 8)) + numerals(rng, 7)
    groups = (mobile[:3], mobile[3:7], mobile[7:])
    number = rng.choice([mobile, mobile, mobile, "-".join(groups), " ".join(groups),
                         f"+86 {mobile}", f"+86{mobile}", f"010-{local}", f"021{local}",
                         f"0755-{local}", f"(020){local}",
                         f"400-{numerals(rng, 3)}-{numerals(rng, 4)}"])
    return number.translate(WIDE) if rng.random() < 0.05 else number


def credential(rng):
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    secret = "".join(rng.choice(letters) for _ in range(40))
    capitals = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
    return rng.choice([f"AKIA{capitals}", f"ghp_{secret[:36]}", f"sk-{secret}",
                       f"eyJ{secret[:20]}.eyJ{secret[:28]}.{secret[5:38]}",
                       f"xoxb-{numerals(rng, 11)}-{secret[:24]}", f"sk_live_{secret[:24]}",
                       f"AIza{secret[:35]}"])


def password(rng):
    return word(rng, 4, 6).capitalize() + rng.choice("!#%_-") + numerals(rng, 3)


def url_login(rng):
    return f"{word(rng)}:{password(rng).replace('#', '_').replace('%', '_')}"


def english_address(rng):
    street = (f"{rng.randint(1, 1999)} {rng.choice(LISTS['streets'])} "
              f"{rng.choice(LISTS['street_kinds'])}")
    city = rng.choice(LISTS["cities"])
    state = rng.choice(["CA", "NY", "TX", "WA"])
    return rng.choice([street, f"{street}, {city}", f"{street}, Apt {rng.randint(1, 90)}, {city}",
                       f"{street}, {city}, {state} {rng.randint(10000, 99950)}"])


def chinese_address(rng):
    number, unit, room = "\u53f7", "\u5355\u5143", "\u5ba4"
    building = ["\u680b", "\u53f7\u697c", "\u5e62"]
    city = rng.choice(LISTS["zh_cities"])
    street = rng.choice(LISTS["zh_streets"]) + str(rng.randint(1, 988)) + number
    flat = (f"{rng.randint(1, 30)}{rng.choice(building)}{rng.randint(1, 5)}{unit}"
            f"{rng.randint(101, 2604)}{room}")
    return rng.choice([city + street, city + street + flat, street + flat,
                       city + rng.choice(LISTS["zh_estates"]) + flat])


def values(rng):
    zh_surname = rng.choice(LISTS["zh_surnames"])
    given, surname = rng.choice(LISTS["given_names"]), rng.choice(LISTS["surnames"])
    return {
        "email": email(rng), "card": card(rng), "iban": iban(rng), "id": chinese_id(rng),
        "ip": ip(rng), "phone": phone_en(rng), "zh_phone": phone_zh(rng), "key": credential(rng),
        "password": password(rng), "login": url_login(rng), "name": f"{given} {surname}",
        "surname": surname, "zh_name": zh_surname + rng.choice(LISTS["zh_given"]),
        "zh_surname": zh_surname, "address": english_address(rng),
        "zh_address": chinese_address(rng),
        # What is no personal data.
        "order": numerals(rng, rng.choice([8, 10, 14])),
        "price": f"{rng.randint(3, 900)}.{rng.randint(0, 99):02d}",
        "isbn": f"978-{rng.randint(0, 9)}-{numerals(rng, 4)}-{numerals(rng, 4)}-{numerals(rng, 1)}",
        "date": f"{rng.randint(2009, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "version": f"{rng.randint(1, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 9)}",
        "clock": f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}",
        "model": f"{rng.choice(['XR', 'DSC', 'KX', 'MB'])}-{numerals(rng, 4)}{rng.choice('ABC')}",
        "small": str(rng.randint(2, 999)), "thing": rng.choice(LISTS["things"]),
        "zh_thing": rng.choice(LISTS["zh_things"]),
    }


# The type of each value; the others are no personal data.
TYPES = {"email": "email", "card": "card", "iban": "iban", "id": "id", "ip": "ip",
         "phone": "phone", "zh_phone": "phone", "key": "credential", "password": "credential",
         "login": "credential", "name": "name", "surname": "name", "zh_name": "name",
         "zh_surname": "name", "address": "address", "zh_address": "address"}


def fill(template, rng):
    made, text, spans = values(rng), "", []
    for piece in re.split(r"(\{\w+\})", template):
        if not re.fullmatch(r"\{\w+\}", piece):
            text += piece
            continue
        value = made[piece[1:-1]]
        start = len(text.encode())
        text += value
        if piece[1:-1] in TYPES:
            spans.append({"type": TYPES[piece[1:-1]], "start": start, "end": len(text.encode())})
    return text, spans


def sentences(count, seed):
    rng = random.Random(seed)
    kinds = [("en", "known"), ("en", "unseen"), ("zh", "known"), ("zh", "unseen")]
    for i in range(count):
        lang, split = kinds[i % len(kinds)]
        choices = LISTS[f"{lang}_{split}"]
        text, spans = fill(choices[i // len(kinds) % len(choices)], rng)
        yield {"text": text, "lang": lang, "split": split, "spans": spans}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sentences", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for sentence in sentences(arguments.sentences, arguments.seed):
        print(json.dumps(sentence, ensure_ascii=False))


if __name__ == "__main__":
    main()
