"""Models to begin with, by the names under which Numerai published them."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from numlearn._files import tables_beside
from numlearn.eras import model_columns
from numlearn.errors import NumlearnError, one_of
from numlearn.models._lightgbm import LightGBM, feature_names

__all__ = ["PRESETS", "baseline"]

_KINDS = {"linear": LinearRegression, "ridge": Ridge}
PRESETS = {
    name: (_KINDS.get(name, LightGBM), parameters)
    for name, parameters in tables_beside(__file__).items()
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

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.models.baseline("example", n_estimators=100).n_estimators
    100
    """
    note = ' (the last three are LightGBM; "example" is that of the tutorial)'
    make, parameters = PRESETS[one_of(name, PRESETS, "baseline", note)]
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
    columns = {
        name: column.astype("float64")
        for name, column in zip(*model_columns(X, list(names)))
    }
    X = pd.DataFrame(columns, X.index)
    if not np.isfinite(X.to_numpy()).all():
        raise NumlearnError("A feature has a gap or inf: fill it, or use trees.")
    return X
