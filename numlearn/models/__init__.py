"""Corner USER MODELS: baselines, splits that know eras, ensembles, submissions.

>>> import numlearn as nl
>>> panel = nl.data.load("train", every=4)
>>> model = nl.models.baseline("example", n_estimators=100)
>>> predictions = nl.models.walk_forward(model, panel)
"""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_lightgbm": "LightGBM",
        "baselines": "PRESETS baseline",
        "ensembles": "blend fit_predict walk_forward",
        "splits": "CombinatorialPurged EraKFold WalkForward purge",
    },
    modules="signals submission",
    also={"make_submission": "submission.make"},
)
