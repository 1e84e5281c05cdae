"""Try every variation on every public function, and print what came of it.

python tests/fuzz/table.py [SEEDS] [FIRST SEED]
"""

import sys
from collections import Counter

from calls import CALLS
from engine import try_all

COLUMNS = ("tried", "equal", "refused", "wrong", "raw")


def main(seeds=1, first=0):
    """Print the table; return how many outcomes are faults."""
    total, faults = Counter(), []
    print(f"{'function':<40}" + "".join(f"{name:>9}" for name in COLUMNS))
    for name, call in CALLS.items():
        count = Counter()
        for seed in range(first, first + seeds):
            for kind, variation, outcome, detail in try_all(call, seed):
                shown = outcome if outcome in (kind, "raw") else "wrong"
                count.update(["tried", shown])
                if shown != kind:
                    faults.append(
                        f"{name}, {variation}, seed {seed}: {outcome} {detail}"
                    )
        total.update(count)
        print(f"{name:<40}" + "".join(f"{count[column]:9}" for column in COLUMNS))
    print(f"{'all':<40}" + "".join(f"{total[column]:9}" for column in COLUMNS))
    print(f"{len(CALLS)} calls, seeds {first} to {first + seeds - 1}")
    print(*faults, sep="\n")
    return len(faults)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) > 0)
