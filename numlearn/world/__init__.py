"""The triangle turning: a synthetic market, data made from it, users, seasons.

>>> import numlearn as nl
>>> world = nl.world.World.build(seed=1)  # the truth: stocks, exposures, returns
>>> folder = nl.world.classroom()  # 520 eras, made on first use
>>> panel = nl.data.load("validation", source=folder)
>>> season = nl.world.run(seed=1, rules="2026-01", rounds=52, users=30)
"""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_arena": "arena",
        "_compare": "Comparison claims interval what_if",
        "_example": "fit_line",
        "_season": "Season year_totals",
        "_what_if": "WHAT_IFS WhatIf",
        "_write": "classroom make verify write_classroom",
        "dataset": "Config World content_hash",
        "tournament": "run",
    },
    modules="crowd dataset linkage market tournament universe",
)
