"""Inputs and answers as plain data: what may cross between grader and submission.

Everything travels as JSON. A list stands for a list; anything else with parts is an
object whose one key names its kind. So nothing can be mistaken for something else,
and nothing that arrives brings code of its own.
"""

import base64
import json
import re

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError

NOT_A_NOTEBOOK = 3  # the exit code by which a child says so
LONGEST_RANGE = 1_000_000  # a range of any length is short to write
_PLAIN = re.compile(r"[<|](b1|[iu][1248]|f[248]|[mM]8\[(D|s|ms|us|ns)\])")
_PANDAS = ("object", "str", "string", "category", "boolean", "Int64", "Float64")


class WireError(NumlearnError):
    """Something is not plain data, or what arrived is not in this format."""


def dumps(value):
    """Write plain data as one line of JSON.

    Parameters
    ----------
    value : object
        Numbers, text, None; lists, tuples and dicts; numpy arrays; pandas Series,
        DataFrames and indexes. What is of a subclass arrives as the plain class.

    Returns
    -------
    str

    Raises
    ------
    WireError
        If it holds anything else.
    """
    try:
        return json.dumps(_encode(value))
    except RecursionError:
        raise WireError("It is nested too deeply.") from None


def loads(text):
    """Read what `dumps` wrote, from a source that is not to be trusted.

    Parameters
    ----------
    text : str or bytes

    Returns
    -------
    object

    Raises
    ------
    WireError
        If the text is not exactly of this format.
    """
    try:
        return _decode(json.loads(text))
    except Exception as error:  # whatever json, numpy and pandas find in it
        raise WireError(f"It is not plain data ({type(error).__name__}).") from None


def _encode(value):
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        return value.item() if value.dtype.itemsize <= 8 else float(value)
    if isinstance(value, list):
        return [_encode(item) for item in value]
    for of_this_kind, kind, write in _WRITERS:
        if isinstance(value, of_this_kind):
            return {kind: write(value)}
    raise WireError(f"It holds an object of type {type(value).__name__}.")


def _decode(value):
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    [(kind, content)] = value.items()
    return _READERS[kind](content)


def _write_array(array):
    array = np.asarray(array)
    shape = list(array.shape)
    if _PLAIN.fullmatch(array.dtype.str):
        data = base64.b64encode(np.ascontiguousarray(array).tobytes())
        return [shape, array.dtype.str, data.decode()]
    return [shape, "object", [_encode(item) for item in array.ravel().tolist()]]


def _read_array(content):
    shape, dtype, data = content
    if dtype == "object":
        array = np.empty(len(data), dtype=object)
        for at, item in enumerate(data):
            array[at] = _decode(item)
        return array.reshape(shape)
    if not _PLAIN.fullmatch(dtype):
        raise WireError("It holds an array of an unknown kind.")
    data = base64.b64decode(data, validate=True)
    return np.frombuffer(data, dtype=dtype).reshape(shape).copy()


def _write_column(values):
    """Write the values of a Series or of a flat index, with their pandas dtype."""
    if values.dtype.name not in _PANDAS:
        return ["numpy", _write_array(values)]
    items = zip(values.tolist(), values.isna())
    return [values.dtype.name, [None if gone else _encode(x) for x, gone in items]]


def _read_column(content):
    dtype, values = content
    if dtype == "numpy":
        return _read_array(values)
    if dtype not in _PANDAS:
        raise WireError("It holds a column of an unknown kind.")
    return pd.Series([_decode(item) for item in values], dtype=dtype).array


def _write_index(index):
    names = [_encode(name) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return [names, "range", [index.start, index.stop, index.step]]
    levels = (index.get_level_values(level) for level in range(index.nlevels))
    return [names, "columns", [_write_column(level) for level in levels]]


def _read_index(content):
    names, kind, levels = content
    names = _decode(names)
    if kind == "range":
        if len(range(*levels)) > LONGEST_RANGE:
            raise WireError("It holds an index that is too long.")
        return pd.RangeIndex(*levels, name=names[0])
    levels = [_read_column(level) for level in levels]
    if len(levels) == 1:
        return pd.Index(levels[0], name=names[0])
    return pd.MultiIndex.from_arrays(levels, names=names)


def _write_series(series):
    return [_encode(series.name), _write_index(series.index), _write_column(series)]


def _read_series(content):
    name, index, values = content
    return pd.Series(_read_column(values), _read_index(index), name=_decode(name))


def _write_frame(frame):
    columns = [_write_column(frame.iloc[:, at]) for at in range(frame.shape[1])]
    return [_write_index(frame.columns), _write_index(frame.index), columns]


def _read_frame(content):
    names, index, columns = content
    columns = dict(enumerate(map(_read_column, columns)))
    frame = pd.DataFrame(columns, _read_index(index))
    frame.columns = _read_index(names)
    return frame


def _write_dict(mapping):
    return [[_encode(key), _encode(value)] for key, value in mapping.items()]


def _read_dict(content):
    return {_decode(key): _decode(value) for key, value in content}


_WRITERS = (
    (tuple, "tuple", lambda items: [_encode(item) for item in items]),
    (dict, "dict", _write_dict),
    (np.ndarray, "array", _write_array),
    (pd.Series, "series", _write_series),
    (pd.DataFrame, "frame", _write_frame),
    (pd.Index, "index", _write_index),
)
_READERS = {
    "tuple": lambda items: tuple(map(_decode, items)),
    "dict": _read_dict,
    "array": _read_array,
    "series": _read_series,
    "frame": _read_frame,
    "index": _read_index,
}
