"""The triangle turning: a synthetic market, the data made from it, a toy year.

>>> import numlearn as nl
>>> world = nl.world.World.build(seed=1)  # the truth: stocks, exposures, returns
>>> folder = nl.world.classroom()  # 520 eras, made on first use
>>> panel = nl.data.load("validation", source=folder)
"""

import importlib

_HOMES = {
    "Config": "dataset",
    "World": "dataset",
    "classroom": "_write",
    "content_hash": "dataset",
    "make": "_write",
    "toy_year": "toy",
    "verify": "_verify",
    "write_classroom": "_write",
    "year_totals": "toy",
}

_MODULES = {"calibrate", "linkage"}

__all__ = sorted([*_HOMES, *_MODULES])


def __getattr__(name):
    """Import what is asked for when it is first asked for (PEP 562)."""
    if name in _MODULES:
        return importlib.import_module(f"numlearn.world.{name}")
    if name not in _HOMES:
        raise AttributeError(f"numlearn.world has no {name!r}")
    module = importlib.import_module(f"numlearn.world.{_HOMES[name]}")
    return getattr(module, name)


def __dir__():
    return sorted([*globals(), *__all__])
