"""Corner USER MODELS: baselines, splits that know eras, ensembles, submissions.

>>> import numlearn as nl
>>> panel = nl.data.load("train", every=4)
>>> model = nl.models.baseline("example", n_estimators=100)
>>> predictions = nl.models.walk_forward(model, panel)
"""

from numlearn._lazy import lazy

_HOMES = {
    "CombinatorialPurged": "splits",
    "EraKFold": "splits",
    "LightGBM": "_lightgbm",
    "PRESETS": "baselines",
    "WalkForward": "splits",
    "baseline": "baselines",
    "blend": "ensembles",
    "fit_predict": "ensembles",
    "purge": "splits",
    "walk_forward": "ensembles",
}

_MODULES = {"signals", "submission"}

__all__ = sorted([*_HOMES, *_MODULES])

__getattr__, __dir__ = lazy(__name__, _HOMES, _MODULES)
