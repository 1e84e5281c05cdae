"""Inputs as people bring them, tried on the public functions.

`calls.py` lists the functions, a line each; `panel_ways.py`, `tables.py`, `others.py`
draw each kind of input and list its variations. Each is tried on every function that
uses what it varies; the outcome is "equal", "refused" (a NumlearnError), or a fault:
"wrong" (another number, or an argument that was changed) or "raw" (another error).
"""

import contextlib
import copy
import io
import warnings
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError


@dataclass
class Kind:
    """One kind of input: how it is drawn, and what is done to it.

    `same` and `refused` are dicts of name to (uses, function of inputs and generator);
    a `tolerance` is for what another order of sums or another precision may change;
    variations of `order` are not tried where the order of rows breaks ties.
    """

    draw: object
    same: dict
    refused: dict
    tolerance: dict = field(default_factory=dict)
    order: tuple = ()


@dataclass
class Call:
    """A public function, by its place in the library: how to call it with inputs."""

    name: str
    run: object
    kind: Kind
    uses: set
    skip: tuple = ()  # variations that mean something else to it
    by_position: bool = False  # whether the order of rows breaks ties
    tolerance: float = 0.0


class Inputs(SimpleNamespace):
    """What a call is given."""

    def but(self, **others):
        return Inputs(**{**vars(self), **others})


def try_all(call, seed):
    """Try every variation on a call; yield (kind, variation, outcome, detail)."""
    base = call.kind.draw(seed)
    outcome, expected = attempt(call, copy.deepcopy(base))
    assert outcome == "ran", f"{call.name}: {outcome} {expected}"
    assert np.isfinite(expected).any(), f"{call.name} gives nothing"
    for kind, table in (("equal", call.kind.same), ("refused", call.kind.refused)):
        for name, (uses, vary) in table.items():
            if not uses <= call.uses or name in call.skip:
                continue
            if call.by_position and name in call.kind.order:
                continue
            with quiet():
                changed = vary(copy.deepcopy(base), np.random.default_rng(seed))
            outcome, found = attempt(call, changed)
            if outcome == "ran":
                allowed = max(call.tolerance, call.kind.tolerance.get(name, 0))
                outcome, found = compared(found, expected, allowed)
            yield kind, name, outcome, found


@contextlib.contextmanager
def quiet():
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def attempt(call, given):
    """Call, and return what came of it, with the numbers or the sentence."""
    before = {name: copy.deepcopy(x) for name, x in vars(given).items() if lasts(x)}
    try:
        with quiet():
            found = values(call.run(given), given)
    except NumlearnError as error:
        return "refused", str(error)
    except Exception as error:
        return "raw", f"{type(error).__name__}: {error}"
    for name, old in before.items():
        if not same_argument(getattr(given, name), old):
            return "wrong", f"the argument {name} was changed"
    return "ran", found


def lasts(argument):
    """Tell whether an argument can be looked at twice, unlike an iterator."""
    return not hasattr(argument, "__next__") and not callable(argument)


def compared(found, expected, tolerance):
    if found.shape != expected.shape:
        return "wrong", f"shape {found.shape}, not {expected.shape}"
    if not np.array_equal(np.isnan(found), np.isnan(expected)):
        return "wrong", "NaN in other places"
    with np.errstate(invalid="ignore"):
        gap = np.nanmax(np.abs(found - expected), initial=0)
    return ("equal", "") if gap <= tolerance else ("wrong", f"off by {gap:.1e}")


def values(result, given):
    """Return a result's numbers, those by row in the order of the rows drawn."""
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, tuple | list):
        return np.concatenate([values(one, given).ravel() for one in result])
    if hasattr(result, "get_figure"):
        return drawn(result)
    try:
        array = np.atleast_1d(np.asarray(result, dtype=float))
    except (TypeError, ValueError):  # text: names, sentences
        text = np.asarray(result, dtype=object).ravel().astype(str).astype(object)
        array = (pd.util.hash_array(text) % 2**40).astype(float)
    origin = getattr(given, "origin", None)
    if origin is not None and len(array) == len(origin):
        back = np.empty_like(array)
        back[origin] = array
        return back
    return array


def drawn(ax):
    """Return the heights of lines and bars in a figure, and close it."""
    import matplotlib.pyplot as plt

    lines = [np.ravel(line.get_ydata()) for line in ax.get_lines()]
    bars = [[bar.get_height()] for bar in ax.patches]
    plt.close(ax.get_figure())
    return np.concatenate([np.asarray(x, dtype=float) for x in [*lines, *bars]])


def same_argument(one, other):
    if isinstance(one, pd.DataFrame | pd.Series):
        return one.equals(other) and one.index.equals(other.index)
    if isinstance(one, np.ndarray | pd.Index):
        return pd.Index(one.ravel()).equals(pd.Index(other.ravel()))
    if isinstance(one, dict):
        return all(map(same_argument, one.values(), other.values()))
    return one is other or bool(one == other) or one != one


def of(**arguments):
    """Give other arguments than those that were drawn."""
    return lambda x, rng: x.but(**arguments)


# Stakes by model, said otherwise.
STAKES = {
    "stakes in another order": (
        {"stakes"},
        lambda x, rng: x.but(stakes=dict(reversed(x.stakes.items()))),
    ),
    "stakes as Series": (
        {"stakes"},
        lambda x, rng: x.but(stakes=pd.Series(x.stakes)[::-1]),
    ),
}
