import numpy as np
import pandas as pd
import pytest
from scipy import stats

from numlearn import _kernel, eras
from numlearn.errors import NumlearnError
from numlearn.scoring._corr import tails


def shapes():
    """Rows of numbers that are hard to sort by a 16-bit key."""
    rng = np.random.default_rng(0)
    yield "continuous", rng.normal(size=(5, 3000))
    yield "heavy tails", rng.standard_t(2, size=(5, 3000))
    yield "one outlier", np.c_[rng.random((3, 2000)), np.full(3, 1e12)]
    yield "infinite", np.c_[rng.random((3, 500)), np.full(3, np.inf)]
    yield "minus infinite", np.c_[np.full(2, -np.inf), rng.random((2, 500))]
    yield "ties", rng.integers(0, 5, (5, 3000)) / 4
    yield "few ties", rng.random((5, 3000)).astype("f4").astype("f8")
    yield "constant", np.full((2, 40), 0.1)
    yield "tiny differences", 1 + rng.integers(0, 9, (3, 400)) * np.finfo(float).eps
    yield "denormal", rng.integers(0, 9, (3, 400)) * 5e-324
    yield "descending", np.tile(np.arange(700.0)[::-1], (2, 1))
    yield "one row", np.ones((3, 1))
    yield "two rows", np.array([[2.0, 1.0], [1.0, 1.0]])


each_shape = pytest.mark.parametrize(
    "x", [pytest.param(x, id=name) for name, x in shapes()]
)


@each_shape
def test_rows_are_sorted_as_numpy_sorts_them(x):
    order, values = _kernel.sorted_rows(x.copy())
    assert (order == np.argsort(x, axis=1, kind="stable")).all()
    assert (values == np.sort(x, axis=1)).all()


@pytest.mark.parametrize(
    ("draw", "keys"),
    [
        (lambda rng: rng.normal(size=(16, 5000)), ["uint16"]),
        (lambda rng: rng.random((16, 5000)), ["uint16"]),
        (lambda rng: rng.integers(0, 100, (16, 5000)), ["uint16"]),
        (lambda rng: rng.standard_t(3, size=(16, 5000)), ["uint8", "uint16"]),
        (lambda rng: rng.normal(size=(4, 20_000)), ["uint8", "uint16"]),
    ],
    ids=["normal", "uniform", "ties", "heavy tails", "long"],
)
def test_usual_predictions_take_the_fast_sort(draw, keys, monkeypatch):
    argsort, sorted_keys = np.argsort, []
    monkeypatch.setattr(
        np,
        "argsort",
        lambda x, **k: sorted_keys.append(str(x.dtype)) or argsort(x, **k),
    )
    x = draw(np.random.default_rng(0)).astype(float)
    _, values = _kernel.sorted_rows(x)
    assert (values == np.sort(x, axis=1)).all()
    assert list(dict.fromkeys(sorted_keys)) == keys, "the first key works"


@each_shape
def test_ranks_are_those_of_scipy(x):
    n = x.shape[1]
    expected = (stats.rankdata(x, axis=1) - 0.5) / n
    np.testing.assert_allclose(eras.average_rank(x.T), expected.T, rtol=1e-14)
    first = (stats.rankdata(x, axis=1, method="ordinal") - 0.5) / n
    np.testing.assert_allclose(eras.position_rank(x.T), first.T, rtol=1e-14)
    normal = stats.norm.ppf(expected)
    np.testing.assert_allclose(eras.gaussianize(x.T), normal.T, atol=1e-13)


def test_ranks_keep_type_names_and_nan():
    frame = pd.DataFrame(
        {"a": [3.0, np.nan, 1.0, 1.0], "b": [1, 2, 3, 4], "c": np.nan},
        index=list("wxyz"),
    )
    ranks = eras.average_rank(frame)
    expected = {"a": [2.5 / 3, np.nan, 1 / 3, 1 / 3], "b": [0.125, 0.375, 0.625, 0.875]}
    pd.testing.assert_frame_equal(
        ranks, pd.DataFrame(expected | {"c": np.nan}, index=list("wxyz"))
    )
    pd.testing.assert_series_equal(eras.average_rank(frame["a"]), ranks["a"])
    assert eras.gaussianize([]).shape == (0,)


def test_signed_power_is_numerais():
    x = np.array([0, -0.0, 0.5, -0.5, 1, -1, 2, -2])
    a, b = 0.3535533905932738, 2.8284271247461903
    expected = [0, 0, a, -a, 1, -1, b, -b]
    np.testing.assert_allclose(eras.signed_power(x), expected, rtol=1e-15)
    np.testing.assert_allclose(tails(x), expected, rtol=1e-15)


def test_rank_gauss_power_of_five_values():
    x = eras.signed_power(eras.gaussianize(np.arange(5.0)), 1.5)
    a, b = 1.4507885796854221, 0.3797472709071262
    np.testing.assert_allclose(x, [-a, -b, 0, b, a], atol=1e-15)


WEEKS = pd.date_range("2021-01-01", periods=12, freq="7D")
NUMBERS = range(1, 13)
WRITINGS = {
    "numbers": list(NUMBERS),
    "small numbers": np.array(NUMBERS, dtype="int16"),
    "floats": [float(i) for i in NUMBERS],
    "nullable": pd.array(NUMBERS, dtype="Int64"),
    "arrow numbers": pd.Series(NUMBERS, dtype="int64[pyarrow]"),
    "padded": [f"{i:04d}" for i in NUMBERS],
    "not padded": [str(i) for i in NUMBERS],
    "floats as text": [f"{i}.0" for i in NUMBERS],
    "era12": [f"era{i}" for i in NUMBERS],
    "objects": pd.Series([f"Era {i}" for i in NUMBERS], dtype=object),
    "arrow text": pd.Series([f"era{i}" for i in NUMBERS], dtype="string[pyarrow]"),
    "categories": pd.Categorical([f"era{i}" for i in NUMBERS], ordered=True),
    "timestamps": WEEKS,
    "zoned": WEEKS.tz_localize("UTC"),
    "arrow timestamps": pd.Series(WEEKS).astype("timestamp[ms][pyarrow]"),
    "dates": WEEKS.date,
    "numpy dates": WEEKS.to_numpy(),
    "dates as text": WEEKS.strftime("%Y-%m-%d"),
    "dates as numbers": [int(day) for day in WEEKS.strftime("%Y%m%d")],
    "periods": WEEKS.to_period("W"),
}
each_writing = pytest.mark.parametrize("labels", WRITINGS.values(), ids=WRITINGS)


@each_writing
def test_every_writing_of_twelve_weeks_is_the_same_line(labels):
    shuffled = np.random.default_rng(0).permutation(np.repeat(np.arange(12), 3))
    rows = pd.Series(labels).iloc[shuffled]
    found = eras.order(rows)
    assert list(found.labels) == list(pd.Series(labels))
    assert (np.diff(found.weeks) == 1).all()
    assert (found.codes == shuffled).all()
    assert (eras.position(rows) - found.weeks[0] == shuffled).all()
    together = eras.order(rows.sort_index())
    assert (together.codes == np.repeat(np.arange(12), 3)).all()


def test_the_live_era_comes_last_and_no_eras_are_no_mistake():
    assert eras.order(["X", "0009", "0010"]).labels.tolist() == ["0009", "0010", "X"]
    assert eras.position(["eraX", "era9"]).tolist() == [10, 9]
    assert eras.position(["X", "X"]).tolist() == [0, 0]
    assert [len(part) for part in eras.order([])] == [0, 0, 0]


def test_days_of_one_week_are_eras_in_the_same_week():
    days = pd.date_range("2024-01-01", periods=7)  # a Monday
    assert eras.order(days[::-1]).labels.equals(days)
    assert np.ptp(eras.position(days)) == 0
    assert np.ptp(eras.position([*days, pd.Timestamp("2024-01-08")])) == 1


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([1, "2"], "mixed: 1 is a number and '2' is a number as text"),
        (["0001", "2021-01-08"], "mixed"),
        (["1", "0001"], "'1' and '0001' are the same"),
        ([WEEKS[0], WEEKS[0].date()], "are the same"),
        ([1, None], "1 of 2 rows have no era"),
        (pd.Series(["1", pd.NA], dtype="string"), "1 of 2 rows have no era"),
        (["", "1"], "rows have no era"),
        *[
            ([label], "is no era that we can place in time: use numbers")
            for label in ("2023Q1", "early", 1.5, -1, True, 10**9, b"1", "2021-13-01")
        ],
        (pd.DataFrame({"era": [1]}), "there twice"),
    ],
)
def test_what_is_no_era_gets_a_sentence(labels, sentence):
    with pytest.raises(NumlearnError, match=sentence):
        eras.order(labels)


@each_writing
def test_eras_are_chosen_as_one_would_say_it(labels):
    there = list(pd.Series(labels))
    for wanted, every, expected in [
        (None, 1, there),
        (None, 4.0, there[::4]),
        (there[9], 1, [there[9]]),
        ([there[9], there[1], there[9]], 1, [there[1], there[9]]),
        (slice(there[1], there[9]), 1, there[1:10]),
        (slice(there[1], there[9]), 3, there[1:10:3]),
        (slice(-3, None), 1, there[-3:]),
        (slice(None, -3), 1, there[:-2]),
        (slice(-99, None), 1, there),
        (range(-3, 0), 1, there[-3:]),
        (-1, 1, there[-1:]),
        ([np.int64(-2), -1.0], 1, there[-2:]),
    ]:
        chosen = eras.choose(labels, wanted, every)
        assert list(chosen) == expected


def test_eras_are_found_in_another_writing():
    there = ["era10", "era2", "era3"]
    assert eras.choose(there, [2, 10.0]).tolist() == ["era2", "era10"]
    assert eras.choose(there, slice("0002", np.int8(3))).tolist() == ["era2", "era3"]
    assert eras.choose(there, range(1, 10)).tolist() == ["era2", "era3"]
    assert eras.choose(WEEKS, "2021-01-08").tolist() == [WEEKS[1]]
    assert eras.choose(["0001", "X"], "X").tolist() == ["X"]
    for wanted, sentence in [
        (1, "no era 1, only era2 to era10"),
        ([-4], "no era -4"),
        ("2021-01-08", "is a date"),
        ("none", "is no era"),
        (None, "every=0"),
    ]:
        with pytest.raises(NumlearnError, match=sentence):
            eras.choose(there, wanted, every=0 if wanted is None else 1)
    for every in ("4", 1.5, None, True):
        with pytest.raises(NumlearnError, match="every="):
            eras.choose(there, every=every)


def test_rows_by_era_in_any_order():
    panel = pd.DataFrame({"era": ["0002", "0001", "0002", "0003"]})
    found = {era: np.arange(4)[rows].tolist() for era, rows in eras.rows_by_era(panel)}
    assert found == {"0001": [1], "0002": [0, 2], "0003": [3]}
    assert list(found) == sorted(found)
    grouped = eras.rows_by_era(panel.sort_values("era"))
    assert [rows for _, rows in grouped] == [slice(0, 1), slice(1, 3), slice(3, 4)]
    assert eras.rows_by_era(panel.iloc[:0]) == []


def test_each_mistake_has_its_sentence():
    panel = pd.DataFrame({"era": ["0001", None], "p": [0.1, 0.2], "word": ["a", "b"]})
    with pytest.raises(NumlearnError, match="no column 'era'"):
        eras.rows_by_era(panel[["p"]])
    with pytest.raises(NumlearnError, match="1 of 2 rows have no era"):
        eras.rows_by_era(panel)
    with pytest.raises(NumlearnError, match="no column 'q'"):
        eras.model_columns(panel, "q")
    with pytest.raises(NumlearnError, match="'word' holds"):
        eras.model_columns(panel, ["word"])
    with pytest.raises(NumlearnError, match="is there twice"):
        eras.model_columns(panel[["p", "p"]], ["p"])
    with pytest.raises(NumlearnError, match=r"reindex\(panel.index\)"):
        eras.model_columns(panel, panel[["p"]].iloc[1:])


def test_model_columns_are_views_and_nullable_numbers_become_nan():
    panel = pd.DataFrame({"p": [0.1, 0.2], "q": pd.array([1, None], dtype="Int64")})
    names, (p, q) = eras.model_columns(panel, ["p", "q"])
    assert names == ["p", "q"]
    assert np.shares_memory(p, panel["p"].to_numpy())
    np.testing.assert_array_equal(q, [1, np.nan])
    assert eras.model_columns(panel, panel["p"])[0] == ["p"]
