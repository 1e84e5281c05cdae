import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numlearn.exercises import difference

SERIES = pd.Series([1.0, 2.0, np.nan], index=["0001", "0002", "0003"])
FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})


@pytest.mark.parametrize(
    "value",
    [1.5, 3, "x", True, None, [1, 2], (1.0, "a"), {"k": [1.0]}, SERIES, FRAME],
)
def test_equal_values_have_no_difference(value):
    assert difference(value, value) is None


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_float_equals_itself(x):
    assert difference(x, x) is None


@pytest.mark.parametrize(
    ("got", "expected", "says"),
    [
        (1.0, 2.0, "Expected 2, got 1."),
        ("1", 1.0, "Expected a number, got text."),
        (True, 1.0, "Expected a number, got True or False."),
        (None, 1.0, "is there a `return`"),
        ([1.0], np.array([1.0, 2.0]), "Expected 2 values, got 1."),
        ([1.0, 3.0], np.array([1.0, 2.0]), "first at position 1: expected 2, got 3."),
        (
            SERIES.to_numpy(),
            SERIES,
            "Expected a Series with the index 0001, 0002, 0003, got",
        ),
        (SERIES.iloc[:2], SERIES, "Expected 3 rows, got 2."),
        (SERIES.reset_index(drop=True), SERIES, "Expected the rows 0001, 0002"),
        (SERIES.add([0, 1, 0]), SERIES, "first at row 0002: expected 2, got 3."),
        (FRAME[["a"]], FRAME, "Expected 2 columns, got 1."),
        (FRAME * [1, 2], FRAME, "Column 'b': 2 of 2 values differ"),
        ({"a": 1}, {"b": 1}, "Expected the keys 'b', got 'a'."),
        ({"a": 1.0}, {"a": 2.0}, "At 'a': expected 2, got 1."),
        ([1], [1, 2], "Expected a list of 2 values, got 1."),
        (pd.Series([1, 2]), [1], "Expected a list of 1 value, got 2 (a Series)."),
        (3, np.array([1.0]), "Expected a list or an array, got a number."),
        (21.0, 0.21, "100 times"),
        (-0.2, 0.2, "The sign is the wrong way round."),
        (0.14, 0.1379, "That is rounded"),
        (SERIES.iloc[::-1], FRAME, "a DataFrame with the columns a, b, got a Series"),
        ("a", "b", "Expected 'b', got 'a'."),
    ],
)
def test_difference_says_what_came_out(got, expected, says):
    assert says in difference(got, expected)


def test_six_digits_are_enough():
    assert difference(1 + 1e-7, 1.0) is None
    assert difference(1 + 1e-5, 1.0) is not None
    assert difference(SERIES.astype("float32").astype(float) / 3, SERIES / 3) is None


def test_counts_are_exact():
    assert difference(1_000_001.0, 1_000_000) is not None
    assert difference(np.array([1_000_001]), np.array([1_000_000])) is not None
