"""Compare an answer with the key and say in one sentence how they differ."""

import numbers

import numpy as np
import pandas as pd

TOLERANCE = 1e-9


def like_key(got, expected):
    """Judge an answer right when it equals what the key gives, to nine digits.

    Parameters
    ----------
    got, expected : object
        Numbers, strings, arrays, Series, DataFrames, or lists and dicts of them.

    Returns
    -------
    str or None
        None if they are equal, else the sentence for the learner.
    """
    return difference(got, expected)


def difference(got, expected, tolerance=TOLERANCE):
    """Describe the first difference between two results, or return None.

    Parameters
    ----------
    got, expected : object
        What came out, and what was expected of it.
    tolerance : float
        How far numbers may lie apart, absolute and relative.

    Returns
    -------
    str or None
    """
    if got is None and expected is not None:
        return "It returned None: is there a `return` in every branch?"
    if isinstance(expected, pd.DataFrame):
        return _frame(got, expected, tolerance)
    if isinstance(expected, pd.Series):
        return _series(got, expected, tolerance)
    if isinstance(expected, np.ndarray):
        return _array(got, expected, tolerance)
    if isinstance(expected, dict):
        return _mapping(got, expected, tolerance)
    if isinstance(expected, list | tuple):
        return _sequence(got, expected, tolerance)
    if isinstance(expected, numbers.Number) and not isinstance(expected, bool):
        return _number(got, expected, tolerance)
    try:
        equal = bool(got == expected) and kind(got) == kind(expected)
    except Exception:
        equal = False
    return None if equal else f"Expected {_show(expected)}, got {_show(got)}."


def kind(value):
    """Name a value's type as a learner would say it.

    >>> kind([1, 2]), kind(1.5)
    ('a list', 'a number')
    """
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, numbers.Number):
        return "a number"
    if isinstance(value, str):
        return "text"
    names = {"ndarray": "an array", "dict": "a dict", "function": "a function"}
    plain = type(value).__name__
    article = "an" if plain[:1].lower() in "aeiou" else "a"
    return names.get(plain, f"{article} {plain}")


def _show(value):
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."


def _unlike(got, expected):
    return f"Expected {kind(expected)}, got {kind(got)}."


def _close(got, expected, tolerance):
    return np.isclose(got, expected, rtol=tolerance, atol=tolerance, equal_nan=True)


def _number(got, expected, tolerance):
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got.item()
    if isinstance(got, bool | np.bool_) or not isinstance(got, numbers.Number):
        return _unlike(got, expected)
    if _close(got, expected, tolerance):
        return None
    return f"Expected {expected:.6g}, got {got:.6g}."


def _array(got, expected, tolerance):
    if not isinstance(got, np.ndarray | pd.Series | list | tuple):
        return _unlike(got, expected)
    got = np.asarray(got)
    if got.shape != expected.shape:
        return f"Expected shape {expected.shape}, got {got.shape}."
    return _values(got, expected, range(len(expected)), "position", tolerance)


def _labels(got, expected, what):
    if len(got) != len(expected):
        return f"Expected {len(expected)} {what}, got {len(got)}."
    if list(got) != list(expected):
        shown = [", ".join(map(str, labels[:3])) for labels in (expected, got)]
        return f"Expected the {what} {shown[0]}, …; got {shown[1]}, …"
    return None


def _series(got, expected, tolerance):
    if not isinstance(got, pd.Series):
        return _unlike(got, expected)
    return _labels(got.index, expected.index, "rows") or _values(
        got.to_numpy(), expected.to_numpy(), expected.index, "row", tolerance
    )


def _frame(got, expected, tolerance):
    if not isinstance(got, pd.DataFrame):
        return _unlike(got, expected)
    fault = _labels(got.columns, expected.columns, "columns")
    if fault:
        return fault
    for column in expected:
        fault = _series(got[column], expected[column], tolerance)
        if fault:
            return f"Column {column!r}: {fault[0].lower()}{fault[1:]}"
    return None


def _values(got, expected, labels, what, tolerance):
    try:
        right = _close(got.astype(float), expected.astype(float), tolerance)
    except (TypeError, ValueError):
        right = np.array([a == b for a, b in zip(got.ravel(), expected.ravel())])
        right = right.reshape(expected.shape)
    if right.all():
        return None
    at = np.argwhere(~right)[0]
    where = list(labels)[at[0]]
    return (
        f"{int((~right).sum())} of {right.size} values differ; first at {what} {where}:"
        f" expected {_show(expected[tuple(at)])}, got {_show(got[tuple(at)])}."
    )


def _mapping(got, expected, tolerance):
    if not isinstance(got, dict):
        return _unlike(got, expected)
    if set(got) != set(expected):
        return f"Expected the keys {_keys(expected)}, got {_keys(got)}."
    return _first(got, expected, expected, tolerance)


def _sequence(got, expected, tolerance):
    if not isinstance(got, list | tuple):
        return _unlike(got, expected)
    if len(got) != len(expected):
        return f"Expected {len(expected)} values, got {len(got)}."
    return _first(got, expected, range(len(expected)), tolerance)


def _keys(mapping):
    return ", ".join(sorted(map(repr, mapping)))


def _first(got, expected, places, tolerance):
    for place in places:
        fault = difference(got[place], expected[place], tolerance)
        if fault:
            return f"At {place!r}: {fault[0].lower()}{fault[1:]}"
    return None
