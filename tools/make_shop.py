#!/usr/bin/env python3
"""Makes data/shop from data/shop_words.txt: who bought what, and what they said of it.

    python3 tools/make_shop.py [FOLDER]

All words were written for this project. The same words give the same bytes: chance is seeded.
"""

import csv
import datetime
import json
import pathlib
import random
import sys

WORDS = pathlib.Path(__file__).parent.parent / "data/shop_words.txt"
START = datetime.datetime(2025, 9, 1, 7, 0)
DAYS = 360
EVENTS = 1200
REVIEWS = 300
STARS = {5: (3, 0), 4: (2, 0), 3: (1, 1), 2: (0, 2), 1: (0, 2)}  # good and bad sentences


def read_words(path):
    """Categories with their items, sentences and searches; users; closing sentences."""
    shop = {"categories": {}, "users": [], "close": {}}
    category = aspect = None
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, rest = line.partition(" ")
        if not line.strip() or key == "#":
            continue
        if key in ("category", "common"):
            category = shop["categories"].setdefault(
                rest or "common", {"items": [], "why": [], "query": [], "aspects": {}}
            )
        elif key == "item":
            name, title, language, tags, price, aspects = rest.split(" | ")
            category["items"].append(
                {
                    "title": title,
                    "language": language,
                    "price": price,
                    "tags": tags.split(","),
                    "aspects": aspects.split(),
                }
            )
        elif key == "text":
            category["items"][-1]["text"] = rest
        elif key == "aspect":
            aspect = category["aspects"].setdefault(rest, {})
        elif key in ("en+", "en-", "zh+", "zh-"):
            aspect.setdefault(key, []).append(rest)
        elif key in ("why", "query"):
            category[key].append(rest.split(" ", 1))
        elif key == "user":
            name, language, city, tastes, tags, never = rest.split(" | ")
            main, second = tastes.split(" > ")
            shop["users"].append(
                {
                    "language": language,
                    "city": city,
                    "main": main,
                    "name": name,
                    "second": second,
                    "tags": tags.split(","),
                    "never": never.removeprefix("! "),
                }
            )
        elif key == "bio":
            shop["users"][-1]["bio"] = rest
        else:
            shop["close"].setdefault(key.removeprefix("close"), []).append(rest.split(" ", 1))
    return shop


def number_items(shop):
    """All items in one list, with ids; the catalogue's order mixes the categories."""
    items = [
        dict(item, category=name)
        for name, category in shop["categories"].items()
        for item in category["items"]
    ]
    random.Random(3).shuffle(items)
    for number, item in enumerate(items, 1):
        item["id"] = f"i{number:03}"
    return items


def choose_item(chance, user, items):
    """Mostly what the user is known for, sometimes anything but what they never touch."""
    roll = chance.random()
    wanted = user["main"] if roll < 0.6 else user["second"] if roll < 0.85 else None
    pool = [
        item
        for item in items
        if (item["category"] == wanted if wanted else item["category"] != user["never"])
    ]
    liked = [1 + 2 * len(set(item["tags"]) & set(user["tags"])) for item in pool]
    return chance.choices(pool, liked)[0]


def stars_for(chance, user, item):
    """Tastes are mostly met; what lies beside them disappoints more often."""
    fit = {user["main"]: 0, user["second"]: 1}.get(item["category"], 2)
    weights = {0: (2, 4, 10, 36, 48), 1: (4, 10, 20, 40, 26), 2: (16, 24, 28, 22, 10)}[fit]
    return chance.choices((1, 2, 3, 4, 5), weights)[0]


def review_text(chance, shop, item, language, stars):
    """Why it was bought, then good and bad sentences on the item's aspects, then a verdict."""
    category = shop["categories"][item["category"]]
    common = shop["categories"]["common"]["aspects"]
    good, bad = STARS[stars]
    pieces = [
        text
        for code, text in chance.sample(category["why"], len(category["why"]))
        if code == language
    ][: chance.random() < 0.4]
    named = sorted(
        item["aspects"], key=lambda a: (a.startswith("!") == (stars >= 4), chance.random())
    )
    for aspect in named:
        name = aspect.removeprefix("!")
        words = category["aspects"].get(name) or common[name]
        sign = "+" if good > 0 else "-" if bad > 0 else ""
        if not sign:
            break
        good, bad = (good - 1, bad) if sign == "+" else (good, bad - 1)
        pieces.append(chance.choice(words.get(language + sign, [""])))
    closing = [text for code, text in shop["close"][str(stars)] if code == language]
    if chance.random() < 0.6:
        pieces.append(chance.choice(closing))
    joiner = " " if language == "en" else ""
    return joiner.join(piece for piece in pieces if piece)


def moments(chance, count):
    """Distinct moments over a year, more of them in the evening, in order."""
    hours = [7, 8, 9, 12, 13, 15, 18, 19, 20, 20, 21, 21, 22]
    seen = set()
    while len(seen) < count:
        seen.add(
            START
            + datetime.timedelta(
                days=chance.randrange(DAYS),
                hours=chance.choice(hours) - 7,
                seconds=chance.randrange(3600),
            )
        )
    return sorted(seen)


def make_reviews(shop, items):
    """Half in English, half in Chinese; nobody reviews an item twice, no two texts are equal."""
    chance = random.Random(11)
    reviews, pairs, texts = [], set(), set()
    for number, moment in enumerate(moments(chance, REVIEWS)):
        language = ("en", "zh")[number % 2]
        while True:
            user = chance.choice([u for u in shop["users"] if u["language"] == language])
            item = choose_item(chance, user, items)
            stars = stars_for(chance, user, item)
            text = review_text(chance, shop, item, language, stars)
            if (user["id"], item["id"]) not in pairs and text not in texts:
                break
        pairs.add((user["id"], item["id"]))
        texts.add(text)
        reviews.append(
            {
                "user_id": user["id"],
                "item_id": item["id"],
                "rating": stars,
                "text": text,
                "time": moment.isoformat() + "Z",
            }
        )
    return reviews


def make_events(shop, items):
    """What people did without writing, and what they searched for."""
    chance = random.Random(5)
    kinds = {
        "view": 40,
        "click": 20,
        "cart": 9,
        "purchase": 9,
        "rate": 7,
        "like": 6,
        "save": 3,
        "share": 2,
        "dislike": 2,
        "search": 5,
    }
    events, searches = [], []
    for moment in moments(chance, EVENTS):
        user = chance.choice(shop["users"])
        item = choose_item(chance, user, items)
        kind = chance.choices(list(kinds), list(kinds.values()))[0]
        value = ""
        if kind == "rate":
            value = stars_for(chance, user, item)
        if kind == "purchase":
            value = item["price"]
        if kind == "dislike":
            item = chance.choice([i for i in items if i["category"] == user["never"]])
        time = moment.isoformat() + "Z"
        if kind == "search":
            queries = [
                q
                for code, q in shop["categories"][item["category"]]["query"]
                if code == user["language"]
            ]
            searches.append([user["id"], kind, chance.choice(queries), time])
        else:
            events.append([user["id"], item["id"], kind, value, time])
    return events, searches


def make_follows(shop):
    """People follow those who share a taste, and now and then somebody else."""
    chance = random.Random(17)
    follows = []
    for user in shop["users"]:
        others = [u for u in shop["users"] if u is not user]
        near = [u for u in others if u["main"] in (user["main"], user["second"])]
        chosen = chance.sample(near, min(3, len(near))) + chance.sample(others, 1)
        for other in sorted({u["id"] for u in chosen}):
            moment = START + datetime.timedelta(days=chance.randrange(DAYS), hours=12)
            follows.append([user["id"], other, "follow", moment.isoformat() + "Z"])
    return follows


def write_table(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(folder):
    shop = read_words(WORDS)
    items = number_items(shop)
    for number, user in enumerate(shop["users"], 1):
        user["id"] = f"u{number:02}"
    folder.mkdir(parents=True, exist_ok=True)
    opened = random.Random(2)
    write_table(
        folder / "users.csv",
        ["user_id", "bio", "tags", "city", "language"],
        [
            [u["id"], u["bio"], "|".join(u["tags"]), u["city"], u["language"]]
            for u in shop["users"]
        ],
    )
    write_table(
        folder / "items.csv",
        ["item_id", "title", "text", "categories", "tags", "price", "created_at"],
        [
            [
                i["id"],
                i["title"],
                i["text"],
                i["category"],
                "|".join(i["tags"]),
                i["price"],
                (START - datetime.timedelta(days=opened.randrange(1, 300))).date().isoformat(),
            ]
            for i in items
        ],
    )
    events, searches = make_events(shop, items)
    write_table(folder / "events.csv", ["user_id", "item_id", "kind", "value", "time"], events)
    write_table(folder / "searches.csv", ["user_id", "kind", "text", "time"], searches)
    write_table(folder / "follows.csv", ["from", "to", "kind", "time"], make_follows(shop))
    lines = [json.dumps(review, ensure_ascii=False) for review in make_reviews(shop, items)]
    (folder / "reviews.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "data/shop"))
