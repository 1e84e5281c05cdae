"""Predictions that come with the data: example, benchmarks, a small crowd's blend."""

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError
from numlearn.world._features import TABLES, V53

LIGHT = {"n_estimators": 120, "learning_rate": 0.05}  # else as the example model
# By version: the benchmarks' names, and the target that each learns.
BENCHMARKS = {None: TABLES["benchmarks"], "v5.3": V53["benchmarks"]}
STAKES = {"half": 15, "odd": 15}  # NMR behind users of the small crowd; others have 10
PURGE = 16  # eras between those that a benchmark learns and those that it predicts


def fit_trees(panel, features, target="target", **settings):
    """Fit light trees to the rows that have the target, on one thread."""
    from numlearn.models import LightGBM

    known = panel[target].notna()
    model = LightGBM(**{**LIGHT, **settings}, n_jobs=1)
    return model.fit(panel.loc[known, features], panel.loc[known, target])


def fit_line(panel, features, ridge=1000.0):
    """Return the coefficients of a ridge regression of the target on features - 2.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"feature": [0, 2, 4], "target": [0.0, 0.5, 1.0]})
    >>> nl.world.fit_line(panel, ["feature"], ridge=0.001).round(2).tolist()
    [0.25]
    """
    names = [*eras.column_names(features, "a feature"), "target"]
    _, columns = eras.model_columns(panel, names)
    *values, y = np.stack(columns, dtype=np.float32)
    values = np.transpose(values) - 2
    if not (len(y) and np.isfinite(values).all() and np.isfinite(y).all()):
        raise NumlearnError("A line is fitted to rows without a gap: drop the others.")
    gram = (values.T @ values).astype(float) + ridge * np.eye(len(features))
    return np.linalg.solve(gram, values.T @ (y - y.mean()))


def every(step, panel):
    """Keep every so many-th era; at 4, 20-day targets do not overlap."""
    return panel[panel["era"].astype(int) % step == 0]


def fits(like=None):
    """Count the models of trees that `predictions` fits."""
    return 8 if like is None else 1 + 2 * len(BENCHMARKS[like])


def predictions(train, later, sets, like=None, progress=None):
    """Fit all models on the training eras and predict the later ones.

    Parameters
    ----------
    train, later : pandas.DataFrame
        Panels with era, features and targets.
    sets : dict of str to list of str
        Feature sets.
    like : {None, "v5.3"}
        Whose benchmarks. Like a version of Numerai's, all models learn from the small
        set, and the benchmarks also predict the second half of the training eras.
    progress : callable, optional
        Called with the number of models fitted.

    Returns
    -------
    dict of str to pandas.DataFrame
        "example_preds" (prediction), "benchmark_models" (a column each) and
        "meta_model" (numerai_meta_model) for the rows of `later`: ranks within the era,
        from 0 to n - 1. Like a version of Numerai's also "train_benchmark_models".
    """
    names = sets["small" if like else "all"]
    jobs = {} if like else _users(train, later, sets)
    for name, target in BENCHMARKS[like].items():
        jobs[name] = (every(2, train), later, names, target)
    jobs["prediction"] = (every(4, train), later, sets["small"], "target")
    walked = _walked(train, names, like) if like else {}
    jobs, made = jobs | walked, {}
    for name, values in zip(jobs, two_at_a_time(_fit_predict, jobs.values())):
        made[name] = values
        if progress:
            progress(len(made))
    walked = {name: made.pop(name) for name in walked}
    made["line"] = (later[names].to_numpy() - 2.0) @ fit_line(train, names)
    crowd = {name: _ranked(later, values) for name, values in made.items()}
    size = later.groupby("era")["era"].transform("size").to_numpy()
    blend = sum(STAKES.get(name, 10) * (rank / size) for name, rank in crowd.items())
    frames = {
        "example_preds": pd.DataFrame({"prediction": crowd["prediction"]}),
        "benchmark_models": pd.DataFrame({n: crowd[n] for n in BENCHMARKS[like]}),
        "meta_model": pd.DataFrame({"numerai_meta_model": _ranked(later, blend)}),
    }
    if walked:
        second = second_half(train)
        ranks = {name: _ranked(second, values) for (_, name), values in walked.items()}
        frames["train_benchmark_models"] = pd.DataFrame(ranks)
    return frames


def second_half(train):
    """Return the training eras that benchmarks predict without having seen them."""
    number = train["era"].astype(int)
    return train[number > number.max() // 2]


def _walked(train, names, like):
    """Say which benchmarks of the first half of the eras predict the second."""
    number, second = train["era"].astype(int), second_half(train)
    half = number.max() // 2
    first = train[number <= half - min(PURGE, half // 2)]
    return {
        ("walked", name): (first, second, names, target)
        for name, target in BENCHMARKS[like].items()
    }


def _users(train, later, sets):
    """Say what each user of trees learns from: rows, features and a target."""
    some, names = every(2, train), sets["all"]
    groups = sets["charisma"] + sets["constitution"] + sets["wisdom"]
    return {
        "half": (some, later, names[::2], "target"),
        "odd": (some, later, names[1::2], "target"),
        "groups": (some, later, groups, "target"),
        "clara": (some, later, names, "target_clara_20"),
    }


def two_at_a_time(function, jobs):
    """Yield what a function that fits trees makes of each job, in their order."""
    import lightgbm  # noqa: F401 - before two threads ask for it at once
    from joblib import Parallel, delayed

    run = Parallel(n_jobs=2, prefer="threads", return_as="generator")
    return run(delayed(function)(*job) for job in jobs)


def _fit_predict(train, later, features, target):
    return fit_trees(train, features, target).predict(later[features])


def _ranked(panel, values):
    """Rank within each era from 0 to n - 1; of equal values the first row is lower."""
    rank = pd.Series(values).groupby(panel["era"].to_numpy()).rank("first")
    return rank.to_numpy(np.int64) - 1
