import copy

import numpy as np
import pandas as pd
import pytest

from numlearn import exercises
from numlearn.grading import wire

ALL = [pytest.param(exercises.find(name)[1], id=name) for name in exercises._by_name()]


def travelled(value):
    return wire.loads(wire.dumps(value))


PANEL = pd.DataFrame(
    {
        "era": ["0001", "0002"],
        "feature_a": np.array([1, 4], dtype="int8"),
        "target": [0.25, np.nan],
        "day": pd.to_datetime(["2021-01-01", "2021-01-08"]),
        "note": [None, "late"],
        "kind": pd.Categorical(["train", "live"]),
        "count": pd.array([1, None], dtype="Int64"),
        "live": [True, False],
    },
    index=pd.Index(["n1", "n2"], name="id"),
)


@pytest.mark.parametrize(
    "frame",
    [
        PANEL,
        PANEL.reset_index(),
        PANEL.set_index(["era", "feature_a"]),
        PANEL.drop(columns="kind").iloc[:0],
        pd.DataFrame(),
        pd.DataFrame([[1, 2]], columns=["same", "same"]),
        pd.DataFrame([[1.0]], columns=pd.MultiIndex.from_tuples([("a", 1)])),
    ],
)
def test_frame_arrives_as_it_left(frame):
    pd.testing.assert_frame_equal(travelled(frame), frame)


@pytest.mark.parametrize("name", [None, "corr", ("a", 1)])
def test_series_arrives_as_it_left(name):
    series = PANEL["target"].rename(name)
    pd.testing.assert_series_equal(travelled(series), series)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        10**30,
        0.1,
        "text",
        [1, (2, "x"), {("a", 1): [None]}],
        {"a": {}},
        (),
    ],
)
def test_plain_value_arrives_as_it_left(value):
    assert travelled(value) == value
    assert type(travelled(value)) is type(value)


@pytest.mark.parametrize("dtype", ["f8", "f4", "i1", "u8", "?", "M8[ns]"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 2), (0, 4)])
def test_array_arrives_as_it_left(dtype, shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    again = travelled(array)
    np.testing.assert_array_equal(again, array)
    assert again.dtype == array.dtype
    again[...] = again  # a learner may write to it


def test_subclasses_and_numpy_numbers_arrive_plain():
    class Text(str):
        __slots__ = ()

    kinds = [type(x) for x in travelled([Text("x"), np.float32(1), np.int8(1)])]
    assert kinds == [str, float, int]


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, 1j, len, [object()], pd.Series([object()]), np.array([1j])],
)
def test_what_is_not_plain_does_not_leave(value):
    with pytest.raises(wire.WireError, match="holds an object of type"):
        wire.dumps(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        "9" * 5000,
        '{"a": 1}',
        '{"tuple": [], "dict": []}',
        '{"dict": [[[1], 2]]}',
        '{"array": [[2], "<f8", "AAAA"]}',
        '{"array": [[1], "|O", "AAAAAAAAAAA="]}',
        '{"array": [[1], "<f8", "not base64!!"]}',
        '{"index": [[null], "range", [0, 1000000000000, 1]]}',
        '{"series": [null, [[null], "range", [0, 9, 1]], ["numpy", [[0], "<f8", ""]]]}',
        '{"series": [null, [[null], "range", [0, 1, 1]], ["period", ["2021"]]]}',
        '{"frame": [1, 2, 3]}',
    ],
)
def test_what_is_not_of_the_format_does_not_arrive(text):
    with pytest.raises(wire.WireError):
        wire.loads(text)


def faults(exercise, cases, answer, way):
    """Judge an answer on all cases, one after the other; say where it fails."""
    found = []
    for case in cases:
        try:
            got = answer(*way(case))
        except Exception as error:
            found.append(type(error))
        else:
            found.append(exercise.fault(way(got), case))
    return found


@pytest.mark.parametrize("exercise", ALL)
def test_exercise_is_judged_alike_on_both_sides(exercise):
    cases = exercise.inputs(7)
    assert faults(exercise, cases, exercise.key, travelled) == [None] * len(cases)
    for answer in (mistake.answer for mistake in exercise.mistakes):
        there = faults(exercise, cases, answer, travelled)
        assert there == faults(exercise, cases, answer, copy.deepcopy)
