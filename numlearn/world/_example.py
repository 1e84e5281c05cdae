"""Predictions that come with the data: example, benchmarks, a small crowd's blend."""

import numpy as np
import pandas as pd

EXAMPLE = {  # the hyperparameters of Numerai's example model
    "n_estimators": 2000, "learning_rate": 0.01, "max_depth": 5,
    "num_leaves": 31, "colsample_bytree": 0.1,
}  # fmt: skip
LIGHT = {**EXAMPLE, "n_estimators": 120, "learning_rate": 0.05}
BENCHMARKS = {  # name: the target that it learns from all features
    "world_lgbm_ada20": "target_ada_20",
    "world_lgbm_ada60": "target_ada_60",
    "world_lgbm_bruno20": "target_bruno_20",
}


def fit(panel, features, target="target", trees=LIGHT, seed=0):
    """Fit LightGBM on the rows that have the target, one thread and one seed."""
    import lightgbm

    known = panel[target].notna().to_numpy()
    model = lightgbm.LGBMRegressor(
        **trees, n_jobs=1, verbose=-1, random_state=seed, deterministic=True,
        force_col_wise=True,
    )  # fmt: skip
    return model.fit(panel[features].to_numpy()[known], panel[target].to_numpy()[known])


def fit_line(panel, features, target="target", ridge=1000.0):
    """Fit a ridge regression by its normal equations."""
    known = panel[target].notna().to_numpy()
    values = panel[features].to_numpy(np.float32)[known] - 2
    y = panel[target].to_numpy(np.float64)[known]
    gram = (values.T @ values).astype(float) + ridge * np.eye(len(features))
    return np.linalg.solve(gram, values.T @ (y - y.mean()).astype(np.float32))


def every_fourth(panel):
    """Keep every fourth era: their 20-day targets do not overlap."""
    return panel[panel["era"].astype(int) % 4 == 0]


def predictions(train, later, sets):
    """Fit all models on the training eras and predict the later ones.

    Parameters
    ----------
    train, later : pandas.DataFrame
        Panels with era, features and targets.
    sets : dict of str to list of str
        Feature sets.

    Returns
    -------
    dict of str to pandas.DataFrame
        "example_preds" (prediction), "benchmark_models" (one column each) and
        "meta_model" (numerai_meta_model), on the rows of `later`, ranked by era.
    """
    small, every = sets["small"], sets["all"]
    example = fit(every_fourth(train), small, trees=EXAMPLE).predict(later[small])
    bench = {
        name: fit(train, every, target).predict(later[every])
        for name, target in BENCHMARKS.items()
    }
    crowd = {**_crowd(train, later, sets), "example": example, **bench}
    blend = sum(_STAKES[k] * _ranked(later, v) for k, v in crowd.items())
    return {
        "example_preds": pd.DataFrame({"prediction": _ranked(later, example)}),
        "benchmark_models": pd.DataFrame(
            {name: _ranked(later, values) for name, values in bench.items()}
        ),
        "meta_model": pd.DataFrame({"numerai_meta_model": _ranked(later, blend)}),
    }


_STAKES = {
    "line": 10, "half": 15, "odd": 15, "groups": 10, "clara": 10,
    "example": 10, "world_lgbm_ada20": 10, "world_lgbm_ada60": 10,
    "world_lgbm_bruno20": 10,
}  # fmt: skip


def _crowd(train, later, sets):
    """Five users beside the example and the benchmarks, each with a view of its own."""
    every = sets["all"]
    groups = sets["charisma"] + sets["constitution"] + sets["wisdom"]
    odd = train[train["era"].astype(int) % 2 == 1]
    return {
        "line": later[every].to_numpy(np.float32) @ fit_line(train, every),
        "half": fit(train, every[::2]).predict(later[every[::2]]),
        "odd": fit(odd, every, seed=1).predict(later[every]),
        "groups": fit(train, groups).predict(later[groups]),
        "clara": fit(train, every, "target_clara_20").predict(later[every]),
    }


def _ranked(panel, values):
    """Ranks within each era, 0 to n - 1, ties broken by row: (rank + .5) / n."""
    values = pd.Series(np.asarray(values, float))
    era = panel["era"].to_numpy()
    rank = values.groupby(era).rank(method="first")
    return ((rank - 0.5) / values.groupby(era).transform("size")).to_numpy()
