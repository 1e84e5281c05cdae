"""How much each way of validating flatters a model: lesson 04 on many worlds.

For each seed a world is made. A model is validated on its first 96 eras in five ways,
trained on all of them, and scored in the true future, eras 109 to 300. The table is
stored in `solutions/04_models.py`; below it stands the optimism, mean ± standard
deviation over the seeds. About a minute a seed.
"""

import argparse
import json
import sys


def schemes(panel):
    """Name the folds of each way, the most careless first."""
    from sklearn.model_selection import GroupKFold, KFold

    from numlearn.models import EraKFold, WalkForward

    by_era = GroupKFold(4).split(panel, groups=panel["era"])
    return {
        "rows shuffled": KFold(4, shuffle=True, random_state=0),
        "eras shuffled": list(by_era),
        "blocks": EraKFold(purge=0, embargo=0),
        "blocks, purged": EraKFold(),
        "walk forward": WalkForward(),
    }


def one_seed(seed, trees):
    """Return the mean CORR of each scheme, and of the future."""
    from sklearn.model_selection import cross_val_score

    import numlearn as nl

    world = nl.world.World.build(seed=seed, eras=300, features=42)
    known = world.panel(range(1, 97), resolved=True).reset_index(drop=True)
    model = nl.models.baseline(
        "example", n_estimators=trees, learning_rate=0.1, n_jobs=1
    )
    options = {"scoring": nl.scoring.make_era_scorer(known["era"])}
    options["error_score"] = "raise"
    means = {
        name: cross_val_score(model, known, known["target"], cv=cv, **options).mean()
        for name, cv in schemes(known).items()
    }
    future = world.panel(range(109, 301), resolved=True)
    predictions = nl.models.fit_predict(model, known, future)
    means["future"] = nl.scoring.corr(future, predictions)["target"].mean()
    return {name: round(mean, 4) for name, mean in means.items()}


def main():
    """Print one row a seed, then the optimism of each scheme."""
    import pandas as pd

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(20, 30)))
    parser.add_argument("--trees", type=int, default=60)
    options = parser.parse_args()
    rows = {}
    for seed in options.seeds:
        rows[seed] = one_seed(seed, options.trees)
        print(seed, json.dumps(list(rows[seed].values())), flush=True)
    table = pd.DataFrame(rows).T
    print(table)
    for base in ("future", "blocks, purged"):
        gap = table.drop(columns=base).sub(table[base], axis=0)
        print(f"minus {base}, over {len(table)} seeds")
        print(gap.agg(["mean", "std"]).T.round(4))


if __name__ == "__main__":
    sys.exit(main())
