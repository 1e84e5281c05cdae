import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.world import World, linkage


def era(values, ids):
    columns = [f"feature_{k}" for k in range(len(values[0]))]
    return pd.DataFrame(np.array(values, dtype=np.int8), list(ids), columns)


@pytest.fixture
def pair():
    return era([[0, 4], [3, 3], [2, 2]], "abc"), era([[4, 2], [1, 4]], "xb")


def test_nearest_goes_by_squared_differences_and_first_of_equals(pair):
    earlier, later = pair
    assert linkage.nearest(earlier, later).to_dict() == {"a": "b", "b": "x", "c": "x"}
    twins = era([[1, 4], [1, 4]], "yz")
    assert set(linkage.nearest(earlier, twins)) == {"y"}


def test_nearest_does_not_overflow_and_does_not_depend_on_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    a, b = (rng.integers(0, 5, (n, 60)) for n in (70, 50))
    expected = ((a[:, None] - b[None]) ** 2).sum(axis=2).argmin(axis=1)
    rows = era(a, [f"a{k}" for k in range(70)]), era(b, [f"b{k}" for k in range(50)])
    monkeypatch.setattr(linkage, "_ROWS_AT_ONCE", 32)
    assert list(linkage.nearest(*rows)) == [f"b{k}" for k in expected]


def test_nearest_refuses_other_columns_and_gaps(pair):
    earlier, later = pair
    with pytest.raises(NumlearnError, match="different columns"):
        linkage.nearest(earlier, later.iloc[:, :1])
    with pytest.raises(NumlearnError, match="missing"):
        linkage.nearest(earlier, later.where(later < 4))


def test_id_and_position_are_none_where_there_is_no_such_row(pair):
    earlier, later = pair
    assert linkage.by_id(earlier, later).to_list() == [None, "b", None]
    assert linkage.by_position(earlier, later).to_list() == ["x", "b", None]
    assert linkage.by_position(later, earlier).to_list() == ["a", "b"]


def test_share_right_counts_stocks_that_are_in_both_eras(pair):
    stock, stock_later = (
        pd.Series([7, 8, 9], list("abc")),
        pd.Series([9, 8], list("xb")),
    )
    guess = pd.Series(["x", "b", "b"], list("abc"))
    assert linkage.share_right(guess, stock, stock_later) == 0.5
    assert linkage.share_right(linkage.by_id(*pair), stock, stock_later) == 0.5


def similar(here, there):
    return linkage.nearest(here.filter(like="feature_"), there.filter(like="feature_"))


def with_targets(here, there):
    rows = (
        (here.filter(like="feature_"), here.filter(like="target_")),
        (
            there.filter(like="feature_"),
            there.filter(like="target_"),
        ),
    )
    return linkage.nearest(*(f.join(16 * t.fillna(0.5)) for f, t in rows))


def test_what_a_world_gives_away():
    """Ids nothing, places chance, features more, overlapping targets more still."""
    world = World.build(seed=4, eras=60, rows=1500, features=42)
    guesses = {
        "id": linkage.by_id,
        "position": linkage.by_position,
        "features": similar,
        "targets": with_targets,
    }
    tried = [linkage.attempts(world, number, guesses) for number in range(30, 46)]
    right = pd.DataFrame(tried).mean()
    chance = 1 / len(world.stocks(30))
    assert right["id"] == 0
    assert right["position"] < 3 * chance  # 16 hits are expected, 48 never come
    assert 5 * chance < right["features"] < 0.1
    assert right["targets"] > 1.5 * right["features"]
