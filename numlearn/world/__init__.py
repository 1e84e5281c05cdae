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
    "Config": "dataset",
    "Season": "_season",
    "WhatIf": "_what_if",
    "World": "dataset",
    "arena": "_arena",
    "claims": "_what_if",
    "classroom": "_write",
    "content_hash": "dataset",
    "make": "_write",
    "run": "tournament",
    "verify": "_verify",
    "write_classroom": "_write",
    "what_if": "_what_if",
    "year_totals": "_season",
}

_MODULES = {"crowd", "linkage", "tournament", "universe"}

__all__ = sorted([*_HOMES, *_MODULES])

__getattr__, __dir__ = lazy(__name__, _HOMES, _MODULES)
