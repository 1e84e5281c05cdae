"""A season of 500 users and 260 rounds, beside ranking its predictions and no more.

The base models that the crowd asks for are fitted once, before, and not timed.

python benchmarks/season.py [USERS ROUNDS]
"""

import sys
import time

import numpy as np
from _timing import interleave, ratio

from numlearn.eras import gaussianize
from numlearn.world import run

ROWS = 1000


def main(users=500, rounds=260):
    run(seed=1, users=users, rounds=rounds, rows=ROWS)  # fits the base models
    era = np.random.default_rng(0).normal(size=(ROWS, users))
    seconds = interleave(
        {
            "season": lambda: run(seed=1, users=users, rounds=rounds, rows=ROWS),
            "ranking": lambda: [gaussianize(era) for _ in range(rounds)],
        },
        rounds=3,
    )
    begin = time.perf_counter()
    run(seed=1, users=users, rounds=rounds, rows=ROWS).rounds  # noqa: B018
    wall = time.perf_counter() - begin
    middle, low, high = ratio(seconds, "season", "ranking")
    print(
        f"{users} users × {rounds} rounds: {wall:.1f} s with all its tables, "
        f"{middle:.1f} × ranking its predictions alone ({low:.1f} to {high:.1f})"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
