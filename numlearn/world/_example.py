"""Predictions that come with the data: example, benchmarks, a small crowd's blend."""

import numpy as np
import pandas as pd

LIGHT = {"n_estimators": 120, "learning_rate": 0.05}  # else as the example model
BENCHMARKS = {  # name: the target that it learns from all features
    "world_lgbm_ada20": "target_ada_20",
    "world_lgbm_ada60": "target_ada_60",
    "world_lgbm_bruno20": "target_bruno_20",
}
STAKES = {  # NMR behind each user of the small crowd
    "line": 10,
    "half": 15,
    "odd": 15,
    "groups": 10,
    "clara": 10,
    "prediction": 10,
    **dict.fromkeys(BENCHMARKS, 10),
}

FITS = len(STAKES) - 1  # models of trees; the line costs nothing


def fit_trees(panel, features, target="target", **settings):
    """Fit light trees to the rows that have the target, on one thread."""
    from numlearn.models import LightGBM

    known = panel[target].notna()
    model = LightGBM(**{**LIGHT, **settings}, n_jobs=1)
    return model.fit(panel.loc[known, features], panel.loc[known, target])


def fit_line(panel, features, ridge=1000.0):
    """Return the coefficients of a ridge regression of the target on features - 2."""
    values = panel[features].to_numpy(np.float32) - 2
    y = panel["target"].to_numpy(np.float32)
    gram = (values.T @ values).astype(float) + ridge * np.eye(len(features))
    return np.linalg.solve(gram, values.T @ (y - y.mean()))


def every(step, panel):
    """Keep every so many-th era; at 4, 20-day targets do not overlap."""
    return panel[panel["era"].astype(int) % step == 0]


def predictions(train, later, sets, tell=None):
    """Fit all models on the training eras and predict the later ones.

    Parameters
    ----------
    train, later : pandas.DataFrame
        Panels with era, features and targets.
    sets : dict of str to list of str
        Feature sets.
    tell : callable, optional
        Called with the number of models fitted.

    Returns
    -------
    dict of str to pandas.DataFrame
        "example_preds" (prediction), "benchmark_models" (a column each) and
        "meta_model" (numerai_meta_model) for the rows of `later`: ranks within the era,
        from 0 to n - 1.
    """
    import lightgbm  # noqa: F401 - before two threads ask for it at once
    from joblib import Parallel, delayed

    jobs = _trees(every(2, train), sets)
    jobs["prediction"] = (every(4, train), sets["small"], "target")
    work = Parallel(n_jobs=2, prefer="threads", return_as="generator")(
        delayed(_fit_predict)(later, *job) for job in jobs.values()
    )
    crowd = {}
    for name, values in zip(jobs, work):
        crowd[name] = values
        if tell:
            tell(len(crowd))
    crowd["line"] = (later[sets["all"]].to_numpy() - 2.0) @ fit_line(train, sets["all"])
    crowd = {name: _ranked(later, values) for name, values in crowd.items()}
    size = later.groupby("era")["era"].transform("size").to_numpy()
    blend = sum(STAKES[name] * (rank / size) for name, rank in crowd.items())
    return {
        "example_preds": pd.DataFrame({"prediction": crowd["prediction"]}),
        "benchmark_models": pd.DataFrame({name: crowd[name] for name in BENCHMARKS}),
        "meta_model": pd.DataFrame({"numerai_meta_model": _ranked(later, blend)}),
    }


def _trees(train, sets):
    """Return what each user of trees learns from: rows, features and a target."""
    names = sets["all"]
    groups = sets["charisma"] + sets["constitution"] + sets["wisdom"]
    return {
        "half": (train, names[::2], "target"),
        "odd": (train, names[1::2], "target"),
        "groups": (train, groups, "target"),
        "clara": (train, names, "target_clara_20"),
        **{name: (train, names, target) for name, target in BENCHMARKS.items()},
    }


def _fit_predict(later, train, features, target):
    return fit_trees(train, features, target).predict(later[features])


def _ranked(panel, values):
    """Rank within each era from 0 to n - 1; of equal values the first row is lower."""
    rank = np.empty(len(values), np.int64)
    first = np.flatnonzero((panel["era"] != panel["era"].shift()).to_numpy())
    for a, b in zip(first, [*first[1:], len(values)]):
        rank[a + np.argsort(values[a:b], kind="stable")] = np.arange(b - a)
    return rank
