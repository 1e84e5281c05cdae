"""How far a call goes: the functions of numlearn that it runs, their files, the depth.

``python tests/house/hops.py``. Counted are functions with a name (no comprehensions),
each once, the first call included; imports and what is remembered from an earlier call
do not count, so each call is made twice.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import numlearn as nl

HOME = str(Path(nl.__file__).parent)


def hops(call):
    """Return (functions, files, depth) of a call."""
    call()
    seen, depth = set(), 0

    def look(frame, event, _):
        nonlocal depth
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(HOME):
            return
        if code.co_name.startswith("<") and code.co_name != "<lambda>":
            return
        seen.add((code.co_filename, code.co_firstlineno, code.co_name))
        deep = 0
        while frame:
            deep += frame.f_code.co_filename.startswith(HOME)
            frame = frame.f_back
        depth = max(depth, deep)

    sys.setprofile(look)
    try:
        call()
    finally:
        sys.setprofile(None)
    return seen, len({file for file, *_ in seen}), depth


def calls():
    """Return the calls that are watched."""
    rng = np.random.default_rng(0)
    panel = pd.DataFrame(rng.normal(size=(400, 3)), columns=["p", "target", "mm"])
    panel["era"] = np.repeat(["0001", "0002"], 200)
    features = ["feature_0", "feature_1"]
    panel[features] = rng.integers(0, 5, (400, 2)).astype("int8")
    scoring, check, answer = nl.scoring, nl.check, nl.scoring.era_corr_2021
    corr, mmc, fnc = scoring.corr, scoring.mmc, scoring.fnc
    return {
        "corr": lambda: corr(panel, ["p"]),
        "mmc": lambda: mmc(panel, ["p"], "mm"),
        "fnc": lambda: fnc(panel, ["p"], features),
        "check": lambda: check("numerai_corr", answer),
    }


def main(*names):
    """Print the table, and for the calls that are named the functions themselves."""
    print("call      functions  files  depth")
    for name, call in calls().items():
        seen, files, depth = hops(call)
        print(f"{name:<10}{len(seen):9}{files:7}{depth:7}")
        if name in names:
            for file, line, function in sorted(seen):
                print(f"    {Path(file).relative_to(HOME)}:{line} {function}")


if __name__ == "__main__":
    main(*sys.argv[1:])
