"""The triangle turning: a synthetic market, data made from it, users, seasons.

>>> import numlearn as nl
>>> world = nl.world.World.build(seed=1)  # the truth: stocks, exposures, returns
>>> folder = nl.world.classroom()  # 520 eras, made on first use
>>> panel = nl.data.load("validation", source=folder)
>>> season = nl.world.run(seed=1, rules="2026-01", rounds=52, users=30)
"""

from numlearn._lazy import lazy

_HOMES = {
    "WHAT_IFS": "_what_if",
    "Comparison": "_compare",
    "Config": "dataset",
    "Season": "_season",
    "WhatIf": "_what_if",
    "World": "dataset",
    "arena": "_arena",
    "claims": "_compare",
    "classroom": "_write",
    "content_hash": "dataset",
    "fit_line": "_example",
    "interval": "_compare",
    "make": "_write",
    "run": "tournament",
    "verify": "_verify",
    "write_classroom": "_write",
    "what_if": "_compare",
    "year_totals": "_season",
}

_MODULES = {"crowd", "dataset", "linkage", "market", "tournament", "universe"}

__all__ = sorted([*_HOMES, *_MODULES])

__getattr__, __dir__ = lazy(__name__, _HOMES, _MODULES)
