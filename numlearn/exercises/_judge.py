"""Compare an answer with the key and say in one sentence how they differ.

What an answer *is* counts, not the clothes it comes in: a number may be Python's,
numpy's, a Fraction or a Decimal, a list may be a tuple or an array, labelled rows may
stand in another order unless an exercise asks for one. Where the clothes do matter the
sentence names what is wanted.
"""

import numbers
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice

import numpy as np
import pandas as pd

TOLERANCE = 1e-6  # what is left of numbers that were float32 on their way
EXACT = 1e-9  # counts
COARSE = {np.dtype("float32"): 1e-5, np.dtype("float16"): 2e-3}
MOST = 1_000_000  # values that are taken from what may have no end


def like_key(got, expected):
    """Judge an answer right when it equals what the key gives, to six digits.

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


def difference(got, expected, tolerance=TOLERANCE, ordered=False):
    """Describe the first difference between two results, or return None.

    Parameters
    ----------
    got, expected : object
        What came out, and what was expected of it.
    tolerance : float
        How far numbers may lie apart, in parts of their size: of at least 0.1 and of
        at most 1 where they are near zero. What is returned in single precision may
        be as far apart as that is exact; whole numbers must be whole.
    ordered : bool
        Whether labelled rows and columns must stand in the expected order.

    Returns
    -------
    str or None
    """
    try:
        return _difference(got, expected, tolerance, ordered)
    except Exception as error:  # there is no end to what an answer may return
        return (
            f"It returned {kind(got)} that cannot be compared with what is expected,"
            f" {kind(expected)} ({type(error).__name__})."
        )


def _difference(got, expected, tolerance, ordered):
    if got is None and expected is not None:
        return (
            f"It returned None, where {kind(expected)} is expected: is there a `return`"
            " in every branch?"
        )
    if isinstance(expected, pd.DataFrame):
        return _frame(got, expected, tolerance, ordered)
    if isinstance(expected, pd.Series):
        return _series(got, expected, tolerance, ordered)
    if isinstance(expected, np.ndarray):
        return _array(got, expected, tolerance)
    if isinstance(expected, dict):
        return _mapping(got, expected, tolerance, ordered)
    if isinstance(expected, list | tuple):
        return _sequence(got, expected, tolerance, ordered)
    if isinstance(expected, bool | np.bool_):
        return _truth(got, bool(expected))
    if isinstance(expected, numbers.Number):
        return _number(got, expected, tolerance)
    got = _plain(got)
    equal = kind(got) == kind(expected) and bool(got == expected)
    return None if equal else f"Expected {_show(expected)}, got {_show(got)}."


def kind(value):
    """Name a value's type as a learner would say it.

    >>> kind([1, 2]), kind(1.5)
    ('a list', 'a number')
    """
    value = _plain(value)
    if isinstance(value, bool):
        return "True or False"
    if isinstance(value, numbers.Number | Decimal):
        return "a number"
    if isinstance(value, str):
        return "text"
    if value is None:
        return "None"
    names = {"ndarray": "an array", "dict": "a dict", "function": "a function"}
    plain = type(value).__name__
    article = "an" if plain[:1].lower() in "aeiou" else "a"
    return names.get(plain, f"{article} {plain}")


def _plain(value):
    """Return numpy's scalars and arrays without dimensions as Python's own."""
    if isinstance(value, np.generic | np.ndarray) and value.ndim == 0:
        return value.item()
    return value


def _show(value):
    value = _plain(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."


def _two(expected, got):
    """Return two numbers as text with as many digits as it takes to tell them apart."""
    texts = ("", "")
    for digits in (6, 9, 12, 17):
        texts = f"{expected:.{digits}g}", f"{got:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def _unlike(got, expected, which=""):
    return f"Expected {kind(expected)}{which}, got {kind(got)}."


def _precision(got, tolerance):
    """Return the tolerance that numbers of this type can keep."""
    return max(tolerance, COARSE.get(getattr(got, "dtype", None), 0.0))


def _close(got, expected, tolerance):
    """Tell which numbers agree; those near zero by the largest of them."""
    sizes = np.abs(expected[np.isfinite(expected)])
    size = min(max(0.1, sizes.max(initial=0)), 1)
    with np.errstate(over="ignore"):
        return np.isclose(
            got, expected, rtol=tolerance, atol=tolerance * size, equal_nan=True
        )


def _exactness(got, expected, tolerance):
    """Return how near a result must come, which for whole numbers is all the way."""
    kinds = getattr(getattr(expected, "dtype", None), "kind", "")
    if isinstance(expected, numbers.Integral) or kinds in ("i", "u"):
        tolerance = min(tolerance, EXACT)
    return _precision(got, tolerance)


def _told_apart(got, expected):
    """Return what a learner may have done to right numbers, where it is plain."""
    seen = np.isfinite(expected) & (expected != 0)
    if not seen.any() or not np.any(got):
        return ""
    if np.allclose(got, 100 * expected, rtol=EXACT, atol=0, equal_nan=True):
        return " That is 100 times what is expected: a share, not per cent."
    if np.allclose(got, -expected, rtol=EXACT, atol=0, equal_nan=True):
        return " The sign is the wrong way round."
    for digits in range(2, 7):
        rounded = np.round(expected, digits)
        if np.allclose(got, rounded, rtol=0, atol=1e-12, equal_nan=True):
            return " That is rounded: return all digits."
    return ""


def _truth(got, expected):
    got = _plain(got)
    if not isinstance(got, bool):
        return _unlike(got, expected)
    return None if got == expected else f"Expected {expected}, got {got}."


def _number(got, expected, tolerance):
    tolerance = _exactness(got, expected, tolerance)
    got = _plain(got)
    if isinstance(got, bool) or not isinstance(got, numbers.Number | Decimal):
        return _unlike(got, expected)
    if isinstance(got, complex):
        return f"Expected {expected:.6g}, got a complex number."
    got, expected = np.array([float(got)]), np.array([float(expected)])
    if _close(got, expected, tolerance).all():
        return None
    wanted, came = _two(expected[0], got[0])
    return f"Expected {wanted}, got {came}.{_told_apart(got, expected)}"


def _as_list(got):
    """Return what holds values in an order as a list; None for all else."""
    if isinstance(got, str | bytes | Mapping | set | frozenset | pd.DataFrame):
        return None
    try:
        return list(islice(iter(got), MOST))
    except TypeError:
        return None


def _array(got, expected, tolerance):
    tolerance = _exactness(got, expected, tolerance)
    if not isinstance(got, np.ndarray):
        if isinstance(got, pd.DataFrame) and expected.ndim == 2:
            got = got.to_numpy()
        elif (values := _as_list(got)) is None:
            return f"Expected a list or an array, got {kind(got)}."
        else:
            got = np.array(values)
    if got.ndim == expected.ndim == 1 and len(got) != len(expected):
        return f"Expected {_count(len(expected), 'values')}, got {len(got)}."
    if got.shape != expected.shape:
        return f"Expected shape {expected.shape}, got {got.shape}."
    return _values(got, expected, range(len(expected)), "position", tolerance)


def _some(labels):
    """Return the first labels as text, and dots where there are more."""
    shown = ", ".join(map(str, labels[:3]))
    return f"{shown}, …" if len(labels) > 3 else shown


def _ended(text):
    return text if text.endswith("…") else f"{text}."


def _count(number, what):
    """Return a number with its noun, which loses its s after 1."""
    return f"{number} {what[:-1] if number == 1 else what}"


def _labels(got, expected, what, ordered):
    """Return a fault of the labels, and where each expected one stands."""
    if len(got) != len(expected):
        return f"Expected {_count(len(expected), what)}, got {len(got)}.", None
    if list(got) == list(expected):
        return None, None
    if set(got) != set(expected) or not got.is_unique:
        shown = f"{_some(expected)}; got {_some(got)}"
        return f"Expected the {what} {_ended(shown)}", None
    if ordered:
        shown = f"{_some(expected)}; yours: {_some(got)}"
        return f"The {what} come in the order {_ended(shown)}", None
    return None, got.get_indexer(expected)


def _series(got, expected, tolerance, ordered):
    if not isinstance(got, pd.Series):
        return _unlike(got, expected, f" with the index {_some(expected.index)}")
    fault, places = _labels(got.index, expected.index, "rows", ordered)
    if fault:
        return fault
    got = got if places is None else got.iloc[places]
    values = (_numbers(x) for x in (got, expected))
    tolerance = _exactness(got, expected, tolerance)
    return _values(*values, expected.index, "row", tolerance)


def _numbers(column):
    """Return a column's values; missing ones of any type as NaN."""
    if column.dtype == object or isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    return column.astype(object).where(column.notna(), np.nan).to_numpy()


def _frame(got, expected, tolerance, ordered):
    if not isinstance(got, pd.DataFrame):
        return _unlike(got, expected, f" with the columns {_some(expected.columns)}")
    fault, places = _labels(got.columns, expected.columns, "columns", ordered)
    if fault:
        return fault
    got = got if places is None else got.iloc[:, places]
    for position, column in enumerate(expected.columns):
        mine, key = got.iloc[:, position], expected.iloc[:, position]
        fault = _series(mine, key, tolerance, ordered)
        if fault:
            return f"Column {column!r}: {fault[0].lower()}{fault[1:]}"
    return None


def _values(got, expected, labels, what, tolerance):
    hint = ""
    try:
        numbers_of = got.astype(float), expected.astype(float)
        right = _close(*numbers_of, tolerance)
        hint = "" if right.all() else _told_apart(*numbers_of)
    except (TypeError, ValueError):
        pairs = zip(got.ravel(), expected.ravel())
        right = np.array([_same(a, b, tolerance) for a, b in pairs], dtype=bool)
        right = right.reshape(expected.shape)
    if right.all():
        return None
    at = tuple(np.argwhere(~right)[0])
    where = list(labels)[at[0]]
    try:
        wanted, came = _two(float(expected[at]), float(got[at]))
    except (TypeError, ValueError):
        wanted, came = _show(expected[at]), _show(got[at])
    return (
        f"{int((~right).sum())} of {right.size} values differ; first at {what} {where}:"
        f" expected {wanted}, got {came}.{hint}"
    )


def _same(got, expected, tolerance):
    if pd.api.types.is_scalar(expected) and pd.isna(expected):
        return bool(pd.api.types.is_scalar(got) and pd.isna(got))
    return _difference(got, expected, tolerance, False) is None


def _mapping(got, expected, tolerance, ordered):
    if not isinstance(got, Mapping):
        return _unlike(got, expected)
    if set(got) != set(expected):
        return f"Expected the keys {_keys(expected)}, got {_keys(got)}."
    return _first(got, expected, expected, tolerance, ordered)


def _sequence(got, expected, tolerance, ordered):
    if isinstance(got, set | frozenset):
        return f"{_unlike(got, expected)} A set has no order."
    values = _as_list(got)
    if values is None:
        return _unlike(got, expected)
    if len(values) != len(expected):
        what = f" ({kind(got)})" if isinstance(got, pd.Series) else ""
        wanted = _count(len(expected), "values")
        return f"Expected a list of {wanted}, got {len(values)}{what}."
    tolerance = _precision(got, tolerance)
    return _first(values, expected, range(len(expected)), tolerance, ordered)


def _keys(mapping):
    shown = sorted(repr(_plain(key)) for key in mapping)
    return (", ".join(shown[:8]) or "none") + (", …" if len(shown) > 8 else "")


def _first(got, expected, places, tolerance, ordered):
    for place in places:
        fault = _difference(got[place], expected[place], tolerance, ordered)
        if fault:
            return f"At {place!r}: {fault[0].lower()}{fault[1:]}"
    return None
