"""A right answer in other clothes: each has to pass, or be told what is wanted."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

# what a sentence names that says which clothes are wanted
_WANTED = re.compile(
    r"\b(Series|DataFrame|table|array|list|dict|number|text|order|rows|columns?|index"
    r"|shape|keys|True|1 row|1 value)\b"
)


def misjudged(exercise, answer, seed):
    """Try an answer's results in other clothes.

    Parameters
    ----------
    exercise : Exercise
    answer : object
        The course's own.
    seed : int

    Returns
    -------
    counts : dict of str to int
        How many were ``accepted``, and ``told`` in a sentence what is wanted.
    faults : list of str
        What was refused without such a sentence, or not judged at all.
    """
    counts, faults = {"accepted": 0, "told": 0}, []
    for case in exercise.inputs(seed):
        for style, other in styles(exercise.ask(answer, case)).items():
            try:
                says = exercise.fault(other, case)
            except Exception as error:
                says = f"its judge raised {error!r}"
            if says is None:
                counts["accepted"] += 1
            elif _WANTED.search(says):
                counts["told"] += 1
            else:
                faults.append(f"as {style}: {says}")
    return counts, faults


def styles(value):
    """Return the ways in which another person may hand over the same result.

    Parameters
    ----------
    value : object
        What the course's own answer gives.

    Returns
    -------
    dict of str to object
        By the name of the style; a generator is made anew at each call.
    """
    if isinstance(value, pd.DataFrame):
        return _frames(value)
    if isinstance(value, pd.Series):
        return _series(value)
    if isinstance(value, bool | np.bool_):
        return {"numpy's bool": np.bool_(value), "0-d array": np.array(bool(value))}
    if isinstance(value, int | float | np.number):
        return _numbers(value)
    if isinstance(value, str):
        return {"numpy's text": np.str_(value)}
    if isinstance(value, dict):
        return _dicts(value)
    if isinstance(value, np.ndarray | list | tuple):
        return _sequences(value)
    return {}


def _numbers(value):
    found = {"float": float(value), "numpy's float": np.float64(value)}
    found["float32"] = np.float32(value)
    found["0-d array"] = np.array(value, dtype=float)
    if np.isfinite(value):
        found["Fraction"] = Fraction(float(value))
        found["Decimal"] = Decimal(repr(float(value)))
    return found


def _sequences(value):
    items = list(value)
    found = {"list": items, "tuple": tuple(items), "generator": (x for x in items)}
    if all(np.isscalar(x) for x in items):
        found["Series"] = pd.Series(items, dtype=None if items else object)
        found["Index"] = pd.Index(items)
        found["set"] = set(map(str, items))
    if _is_number(items):
        found["array"] = np.array(value)
        found["float32"] = np.array(value, dtype=np.float32)
    return found


def _is_number(items):
    try:
        return np.asarray(items).dtype.kind in "if"
    except ValueError:  # rows of unequal length
        return False


def _series(value):
    found = {
        "list": value.tolist(),
        "array": value.to_numpy(),
        "dict": value.to_dict(),
        "DataFrame": value.to_frame("x"),
        "named": value.rename("another name"),
        "named index": value.rename_axis(index="another name"),
        "rows backwards": value[::-1],
        "object": value.astype(object),
    }
    if value.dtype.kind == "f":
        found["float32"] = value.astype(np.float32)
        found["Float64"] = value.astype("Float64")
    return found


def _frames(value):
    found = {
        "array": value.to_numpy(),
        "dict": value.to_dict(),
        "named index": value.rename_axis(index="another name", columns="names"),
        "rows backwards": value[::-1],
        "columns backwards": value.iloc[:, ::-1],
        "turned": value.T,
        "object": value.astype(object),
    }
    floats = [i for i, dtype in enumerate(value.dtypes) if dtype.kind == "f"]
    if floats and value.columns.is_unique:
        names = [value.columns[i] for i in floats]
        found["float32"] = value.astype(dict.fromkeys(names, np.float32))
    return found


def _dicts(value):
    found = {"keys backwards": dict(reversed(value.items()))}
    try:
        found["Series"] = pd.Series(value)
    except Exception:
        return found
    return found
