"""Corner USER MODELS: baselines, splits that know eras, ensembles, submissions.

>>> import numlearn as nl
>>> panel = nl.data.load("train", every=4)
>>> model = nl.models.baseline("example", n_estimators=100)
>>> predictions = nl.models.walk_forward(model, panel)
"""

import importlib

_HOMES = {
    "EraKFold": "splits",
    "LightGBM": "_lightgbm",
    "NeutralizedRegressor": "ensembles",
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


def __getattr__(name):
    """Import what is asked for when it is first asked for (PEP 562)."""
    if name in _MODULES:
        return importlib.import_module(f"numlearn.models.{name}")
    if name not in _HOMES:
        raise AttributeError(f"numlearn.models has no {name!r}")
    module = importlib.import_module(f"numlearn.models.{_HOMES[name]}")
    return getattr(module, name)


def __dir__():
    return sorted([*globals(), *__all__])
