#!/usr/bin/env python3
"""Fits implicit feedback with limn's iALS++ and with `implicit`, in turns, and prints the ratio.

    pip install numpy scipy implicit threadpoolctl
    python3 tools/bench_als.py --limn build/bench/layers/recommend/limn_ials [TRAIN.txt]

TRAIN.txt has lines `user item item ...` of numbers, as gowalla's (LightGCN's split) has. Without
it, pairs of MovieLens 20M's shape are made: 138,000 users, 27,000 items, 9.5 million pairs, items
drawn by Zipf's law from one of fifty orders. Both minimise the same: implicit's confidence c of a
used pair and 1 of any other is limn's weight 1 and unobserved weight 1 / (c - 1), its factors
sqrt(c / (c - 1)) times limn's. What counts is processor time of an iteration on one thread, without
the start; turns alternate, so that what else the machine does meets both; the loss of both is
computed by one function. None of this is needed by limn.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # some machines carry them; they halve BLAS
    os.environ.pop(name, None)
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import implicit  # noqa: E402
import numpy as np  # noqa: E402
import scipy.sparse  # noqa: E402
import threadpoolctl  # noqa: E402


def read_pairs(path):
    users, items = [], []
    with open(path, encoding="ascii") as lines:
        for line in lines:
            numbers = line.split()
            items += map(int, numbers[1:])
            users += [int(numbers[0])] * (len(numbers) - 1) if numbers else []
    return matrix(np.array(users), np.array(items))


def matrix(users, items):
    pairs = scipy.sparse.csr_matrix((np.ones(len(users), np.float32), (users, items)))
    pairs.sum_duplicates()
    pairs.data[:] = 1
    return pairs


def make_pairs(users, items, pairs):
    random = np.random.default_rng(1)
    orders = np.array([random.permutation(items) for _ in range(50)])
    rates = random.lognormal(0, 1, users)
    owners = np.repeat(np.arange(users), random.poisson(1.45 * pairs * rates / rates.sum()))
    law = np.cumsum(1 / np.arange(1, items + 1))
    ranks = np.searchsorted(law / law[-1], random.random(len(owners)))
    return matrix(owners, orders[owners % 50, ranks])


def write_pairs(pairs, path):
    with open(path, "w", encoding="ascii") as out:
        for user in range(pairs.shape[0]):
            row = pairs.indices[pairs.indptr[user]:pairs.indptr[user + 1]]
            out.write(" ".join(map(str, [user, *row])) + "\n")


def loss(pairs, users, items, unobserved, l2):
    users, items = users.astype(np.float64), items.astype(np.float64)
    total = unobserved * ((users.T @ users) * (items.T @ items)).sum()
    total += l2 * ((users ** 2).sum() + (items ** 2).sum())
    rows = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
    for begin in range(0, len(rows), 1 << 20):
        part = slice(begin, begin + (1 << 20))
        products = np.einsum("ij,ij->i", users[rows[part]], items[pairs.indices[part]])
        total += ((1 - products) ** 2).sum()
    return total


def run_limn(program, path, arguments):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "factors")
        command = [program, path, arguments.dim, arguments.block, arguments.iterations,
                   arguments.unobserved_weight, arguments.l2, 0, out]
        answer = subprocess.run(list(map(str, command)), check=True, capture_output=True)
        return (json.loads(answer.stdout)["seconds"], np.load(out + ".users.npy"),
                np.load(out + ".items.npy"))


def run_implicit(pairs, arguments):
    confidence = 1 + 1 / arguments.unobserved_weight
    target = confidence / (confidence - 1)
    model = implicit.als.AlternatingLeastSquares(
        factors=arguments.dim, alpha=1, iterations=arguments.iterations, num_threads=1,
        regularization=target * arguments.l2 / arguments.unobserved_weight, use_gpu=False,
        random_state=1)
    ends = []

    def note(*_):
        ends.append(time.process_time())

    # Two iterations at least: the first callback comes when the first has ended.
    with threadpoolctl.threadpool_limits(1):
        model.fit(pairs * np.float32(confidence), show_progress=False, callback=note)
    scale = np.sqrt(target)
    return ((ends[-1] - ends[0]) / (len(ends) - 1), model.user_factors / scale,
            model.item_factors / scale)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", nargs="?")
    parser.add_argument("--limn", default="build/bench/layers/recommend/limn_ials")
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--block", type=int, default=32)
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--unobserved-weight", type=float, default=0.1)
    parser.add_argument("--l2", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()

    pairs = (read_pairs(arguments.pairs) if arguments.pairs
             else make_pairs(138_000, 27_000, 9_500_000))
    print(f"{pairs.shape[0]:,} users, {pairs.shape[1]:,} items, {pairs.nnz:,} pairs; "
          f"{arguments.dim} dimensions, {arguments.iterations} iterations, one thread")
    ours, theirs = [], []
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        write_pairs(pairs, file.name)
        for _ in range(arguments.rounds):
            seconds, *factors = run_limn(arguments.limn, file.name, arguments)
            ours.append(seconds)
            seconds, *others = run_implicit(pairs, arguments)
            theirs.append(seconds)
    settings = arguments.unobserved_weight, arguments.l2
    for name, times, found in ((f"limn, blocks of {arguments.block}", ours, factors),
                               (f"implicit {implicit.__version__}", theirs, others)):
        print(f"{name:25} {1 / statistics.median(times):6.2f} iterations/CPU-s, "
              f"loss {loss(pairs, *found, *settings):,.0f}")
    ratios = [b / a for a, b in zip(ours, theirs)]
    print(f"ratio                     {statistics.median(ratios):.2f} "
          f"(each round: {', '.join(f'{r:.2f}' for r in ratios)})")


if __name__ == "__main__":
    main()
