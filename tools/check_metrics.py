#!/usr/bin/env python3
"""Holds limn's metrics and splits against other people's code.

    tools/check_metrics.py [--limn build/release/limn] [--users 60] [--seed 1]

Makes a random split and two random runs, one without ties and one with many, lets
`limn evaluate --run` measure them, and measures them with ranx (pip install ranx), user by user.
Recall, precision, ndcg, hit, mrr and map must agree to 1e-6. ranx breaks ties by its sort; so a
tied run is given to it in every order of the tied items, and the mean must agree. Where map counts
otherwise (ranx divides by all relevant items, limn by those that fit into the list), that factor
alone is put in.

Then limn's splits are held against their rules, written out here, by a run that lists what should
be tested, and the rules against those of RecBole: leave-one-out is the same, and a ratio by user is
one event off where RecBole rounds the test part down and limn the training part.

Prints what was compared; exits with 1 where something differs, and with 77 without ranx.
"""

import argparse
import collections
import itertools
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

METRICS = {"recall": "recall", "precision": "precision", "ndcg": "ndcg", "hit": "hit_rate",
           "mrr": "mrr", "map": "map"}
KS = (1, 5, 10, 20)
ITEMS = 60


def write_pairs(path, rows):
    path.write_text("".join(f"{' '.join(map(str, row))}\n" for row in rows))


def make_split(users, rng):
    """user -> relevant items; the training part is one item for everybody, which nobody tests."""
    return {f"u{user}": rng.sample(range(1, ITEMS), rng.randint(1, 12)) for user in range(users)}


def make_run(relevant, rng, levels):
    """user -> {item: score} over 30 to 50 items; `levels` scores only, where there are ties."""
    run = {}
    for user in relevant:
        items = rng.sample(range(1, ITEMS), rng.randint(30, 50))
        scores = rng.sample(range(1000), len(items))
        if levels:
            # Four tied items at most: all their orders can be tried.
            order = list(range(len(items)))
            rng.shuffle(order)
            for place, at in enumerate(order):
                scores[at] = 1000 - place // rng.choice((1, 2, 3, 4)) if place < 8 else -place
        run[user] = dict(zip(items, map(float, scores)))
    return run


def measure_with_limn(limn, folder, relevant, run):
    train, test, scores = folder / "train.txt", folder / "test.txt", folder / "run.txt"
    values = folder / "values.tsv"
    # Item 0 is everybody's; all items stand in the training part, so that limn knows them.
    rows = [(user, 0) for user in relevant] + [("all", item) for item in range(ITEMS)]
    write_pairs(train, rows)
    write_pairs(test, [(user, item) for user, items in relevant.items() for item in items])
    write_pairs(scores, [(user, item, score) for user, listed in run.items()
                         for item, score in listed.items()])
    command = [limn, "evaluate", "--train", train, "--test", test, "--format", "pairs", "--run",
               f"random={scores}", "--recommender", "none", "-k", ",".join(map(str, KS)),
               "--per-user", values, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"limn failed: {done.stderr}")
    ranked = json.loads(done.stdout)["users_ranked"]
    assert ranked == len(relevant), (ranked, len(relevant))
    found = {}
    for line in values.read_text().splitlines()[1:]:
        user, _, metric, value = line.split("\t")
        found[user, metric] = float(value)
    return found


def orders_of(listed):
    """Every order that the scores allow, as a list of items each."""
    groups = collections.defaultdict(list)
    for item, score in listed.items():
        groups[score].append(item)
    tied = [list(itertools.permutations(groups[score])) for score in sorted(groups, reverse=True)]
    return [list(itertools.chain(*choice)) for choice in itertools.product(*tied)]


def measure_with_ranx(relevant, run):
    """(user, metric) -> the mean over all orders of the ties."""
    from ranx import Qrels, Run, evaluate  # only here: it takes seconds to load

    qrels, runs, owner = {}, {}, {}
    for user, listed in run.items():
        orders = orders_of(listed)
        for number, order in enumerate(orders):
            name = f"{user}/{number}"
            owner[name] = user, len(orders)
            qrels[name] = {f"i{item}": 1 for item in relevant[user]}
            runs[name] = {f"i{item}": float(len(order) - at) for at, item in enumerate(order)}
    names = [f"{theirs}@{k}" for theirs in METRICS.values() for k in KS]
    ranx_run = Run(runs)
    evaluate(Qrels(qrels), ranx_run, names)
    found = collections.defaultdict(float)
    for ours, theirs in METRICS.items():
        for k in KS:
            for name, value in ranx_run.scores[f"{theirs}@{k}"].items():
                user, orders = owner[name]
                if ours == "map":
                    value *= len(relevant[user]) / min(k, len(relevant[user]))
                found[user, f"{ours}@{k}"] += float(value) / orders
    return found


def compare(name, ours, theirs):
    worst = max(abs(ours[key] - value) for key, value in theirs.items())
    print(f"{name}: {len(theirs)} values, greatest difference {worst:.1e}")
    return worst <= 1e-6


def recbole_ratio(events, share):
    """How many events of a user train by RecBole's `RS: [share, 1 - share]`, by user: the parts
    after the first are rounded down, the first gets what is left; a part of less than one event
    still gets one, where the first keeps one (Dataset._calcu_split_ids)."""
    test = int((1 - share) * events + 1e-9)
    return events - (test if test > 0 or events < 2 else 1)


def limn_user_time(events, share):
    return events if events < 2 else min(max(1, math.floor(share * events + 1e-9)), events - 1)


def recbole_leave_one_out(events):
    """Likewise by `LS: valid_and_test`: two events make train and test."""
    return events - min(2, events - 1)


def cut_with_limn(limn, folder, rows, expected, rule):
    """Whether the split by `rule` tests exactly what `expected` says: user -> items."""
    train, run = folder / "timed.txt", folder / "expected.txt"
    values = folder / "values.tsv"
    write_pairs(train, rows)
    write_pairs(run, [(user, item, 1) for user, items in expected.items() for item in items])
    done = subprocess.run(
        [limn, "evaluate", "--train", train, "--format", "pairs", "--split", rule, "--run",
         f"expected={run}", "--recommender", "none", "--relevant", "all", "-k", "20", "--per-user",
         values, "--json"], capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    found = {}
    for line in values.read_text().splitlines()[1:]:
        user, _, metric, value = line.split("\t")
        found[user, metric] = float(value)
    return report["events_test"] == sum(map(len, expected.values())) and all(
        found[user, "recall@20"] == 1 for user, items in expected.items() if items)


def check_splits(limn, folder, rng):
    """Random histories in order of time: limn's cuts against the rules, written out."""
    share = 0.8
    histories = {f"u{n}": rng.sample(range(500), n) for n in range(2, 62)}
    rows = [(user, item, 5, 100 + at) for user, items in histories.items()
            for at, item in enumerate(items)]
    rng.shuffle(rows)
    tails = {user: items[limn_user_time(len(items), share):] for user, items in histories.items()}
    last = {user: items[-1:] for user, items in histories.items()}
    good = True
    for rule, expected in ((f"user-time={share}", tails), ("last-one", last)):
        same = cut_with_limn(limn, folder, rows, expected, rule)
        print(f"{rule}: the test items of {len(histories)} users are "
              f"{'those of' if same else 'NOT those of'} the rule")
        good &= same
    gaps = [recbole_ratio(len(i), share) - limn_user_time(len(i), share)
            for i in histories.values()]
    alike = sum(recbole_leave_one_out(len(i)) == max(1, len(i) - 2) for i in histories.values())
    print(f"RecBole's leave-one-out cuts {alike} of {len(gaps)} users where last-one does; its "
          f"ratio {gaps.count(0)} where user-time={share} does, and {gaps.count(1)} one event "
          f"later, since it rounds the test part down")
    return good and set(gaps) <= {0, 1}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--limn", default="build/release/limn")
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    try:
        import ranx  # noqa: F401
    except ImportError:
        print("skipped: ranx is not installed (pip install ranx)")
        return 77
    rng = random.Random(arguments.seed)
    relevant = make_split(arguments.users, rng)
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for name, levels in (("without ties", False), ("with ties", True)):
            run = make_run(relevant, rng, levels)
            ours = measure_with_limn(arguments.limn, folder, relevant, run)
            good &= compare(name, ours, measure_with_ranx(relevant, run))
        good &= check_splits(arguments.limn, folder, rng)
    print("agrees" if good else "differs")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
