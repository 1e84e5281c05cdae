"""Models to begin with, by the names under which Numerai published them."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from numlearn.eras import numeric_column
from numlearn.errors import NumlearnError
from numlearn.models._lightgbm import LightGBM, feature_names

__all__ = ["PRESETS", "baseline"]

_LARGE = {
    "n_estimators": 20_000,
    "learning_rate": 0.001,
    "max_depth": 6,
    "num_leaves": 64,
}
_DEEP = {
    "n_estimators": 30_000,
    "learning_rate": 0.001,
    "max_depth": 10,
    "num_leaves": 1024,
    "min_child_samples": 10_000,
}
PRESETS = {
    "linear": (LinearRegression, {}),
    "ridge": (Ridge, {}),
    "example": (LightGBM, {}),  # its defaults
    "standard_large": (LightGBM, _LARGE),
    "deep": (LightGBM, _DEEP),
}


def baseline(name="example", **changes):
    """Return an untrained model with published parameters.

    ``"example"`` is the model of Numerai's tutorial "Hello Numerai" (2,000 trees of
    depth 5; minutes), ``"standard_large"`` that of its benchmark models (20,000 trees
    of depth 6; hours), and ``"deep"`` the one that the tutorial recommends to those who
    have a large computer (30,000 trees of depth 10). ``"linear"`` and ``"ridge"`` are
    scikit-learn's.

    Parameters
    ----------
    name : str, default="example"
        One of `PRESETS`.
    **changes
        Parameters to change: ``baseline("example", n_estimators=100)``.

    Returns
    -------
    estimator
        Its fit and predict take a panel, of which it sees the columns ``feature…``
        only, or just features.

    Notes
    -----
    Sources: docs.numer.ai, "Models" (April 2026); example-scripts, hello_numerai
    (July 2026). Trees are deterministic: same data and parameters, same trees.
    """
    if name not in PRESETS:
        raise NumlearnError(
            f"There is no baseline {name!r}: choose one of {', '.join(PRESETS)} (the "
            'last three are LightGBM; "example" is that of the tutorial).'
        )
    make, parameters = PRESETS[name]
    model = make(**parameters | changes)
    if make is LightGBM:
        return model
    return make_pipeline(FunctionTransformer(_as_float), model)


def _as_float(X):
    """Return the features as float64: in float32 a rank depends on the machine."""
    if not hasattr(X, "columns"):
        return X
    if not (names := feature_names(X)) or X.empty:
        raise NumlearnError(f"There are {len(X)} rows and {len(names)} features.")
    columns = {name: numeric_column(X, name).astype("float64") for name in names}
    X = pd.DataFrame(columns, X.index)
    if not np.isfinite(X.to_numpy()).all():
        raise NumlearnError("A feature has a gap or inf: fill it, or use trees.")
    return X
