import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import config_context
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score

from numlearn.errors import NumlearnError
from numlearn.models import (
    CombinatorialPurged,
    EraKFold,
    WalkForward,
    baseline,
    purge,
)
from numlearn.scoring import make_era_scorer

gaps = st.integers(0, 6)


def eras_of(splitter, eras):
    """Return the numbers of the training and test eras of each split."""
    labels = pd.Series([f"{e:04d}" for e in eras])
    numbers = np.asarray(eras)
    folds = splitter.split(labels, groups=labels)
    return [(numbers[train], numbers[test]) for train, test in folds]


@given(
    st.sets(st.integers(1, 400), min_size=60, max_size=120).map(sorted),
    st.integers(1, 5),
    gaps,
    gaps,
    st.none() | st.integers(40, 60),
)
def test_walk_forward_keeps_its_distance(eras, n_splits, purge, embargo, look_back):
    splitter = WalkForward(n_splits, train_eras=look_back, purge=purge, embargo=embargo)
    try:
        folds = eras_of(splitter, eras)
    except NumlearnError as error:
        assert "learn from" in str(error)
        return
    assert len(folds) == splitter.get_n_splits() == n_splits
    for train, test in folds:
        assert test.min() - train.max() > purge + embargo
        first = test.min() - purge - embargo
        allowed = [e for e in eras if first - (look_back or 400) <= e < first]
        assert list(train) == allowed
    tested = np.concatenate([test for _, test in folds])
    assert list(tested) == eras[-len(tested) :]


@given(
    st.sets(st.integers(1, 300), min_size=60, max_size=120).map(sorted),
    st.integers(2, 6),
    gaps,
    gaps,
)
def test_blocks_keep_their_distance_on_both_sides(eras, n_splits, purge, embargo):
    folds = eras_of(EraKFold(n_splits, purge=purge, embargo=embargo), eras)
    assert sorted(np.concatenate([test for _, test in folds])) == eras
    for train, test in folds:
        inside = np.arange(test.min(), test.max() + 1)
        near = np.abs(np.subtract.outer(eras, inside)).min(axis=1)
        assert list(train) == list(np.array(eras)[near > purge + embargo])


@given(st.sampled_from([20, 60]), st.permutations(range(1, 61)))
def test_defaults_guarantee_what_the_docstring_says(days, eras):
    """A label of era e covers the days 5e+3 to 5e+2+days; the test asks on day 5e."""
    purge = 4 if days == 20 else 12
    for train, test in eras_of(WalkForward(purge=purge, embargo=0, n_splits=2), eras):
        assert 5 * train.max() + 2 + days <= 5 * test.min()
    for train, test in eras_of(EraKFold(purge=purge - 1, embargo=0), eras):
        days_of = [set(range(5 * e + 3, 5 * e + 3 + days)) for e in range(61)]
        known = set().union(*(days_of[e] for e in train))
        assert not known & set().union(*(days_of[e] for e in test))


def test_numerai_chunks():
    found = [
        (train.min(), train.max(), test.min(), test.max())
        for train, test in eras_of(WalkForward.numerai(), range(1, 781))
    ]
    assert found == [
        (1, 148, 157, 312),
        (1, 304, 313, 468),
        (1, 460, 469, 624),
        (1, 616, 625, 780),
    ]
    (train, test), *_ = eras_of(WalkForward.numerai(60), range(1, 781, 4))
    assert (train.max(), test.min()) == (137, 157)
    labels = pd.Series(range(1, 400))
    assert WalkForward.numerai().get_n_splits(groups=labels) == 2


def test_cross_validation_and_grid_search(panel):
    options = {"scoring": make_era_scorer(panel["era"]), "error_score": "raise"}
    features = panel.filter(like="feature")
    splitter = WalkForward(3)
    by_groups = cross_val_score(
        Ridge(), features, panel["target"], groups=panel["era"], cv=splitter, **options
    )
    by_panel = cross_val_score(
        baseline("ridge"), panel, panel["target"], cv=splitter, **options
    )
    np.testing.assert_allclose(by_groups, by_panel, rtol=1e-3)
    assert (by_panel > 0.1).all()
    trees = baseline(n_estimators=20, colsample_bytree=0.5, n_jobs=1)
    search = GridSearchCV(trees, {"max_depth": [1, 3]}, cv=EraKFold(2), **options)
    assert search.fit(panel, panel["target"]).best_score_ > 0.1


@pytest.mark.parametrize(
    "splitter, eras, message",
    [
        (WalkForward(9), list(range(5)) * 10, "5 eras cannot be cut into 10 blocks"),
        (
            WalkForward(3),
            [*range(12), *[11] * 38],
            "No era is left to learn from .* era 3 ",
        ),
        (WalkForward(test_eras=156), range(50), "fit into one block of 156"),
        (EraKFold(1), range(50), "into 1 blocks"),
        (EraKFold(2), ["week one"] * 50, "week one"),
        (EraKFold(2), ["0001"] * 49 + [None], "1 of 50 rows have no era"),
        (EraKFold(2), [1, 2, 3], "50 rows and 3 groups"),
        (EraKFold(2, purge=-1), range(50), "purge=-1 is no number of weeks"),
        (EraKFold(2.5), range(50), "into 2.5 blocks"),
        (CombinatorialPurged(3, test_blocks=3), range(50), "test_blocks=3 of 3"),
        (EraKFold(2), None, "needs the era of each row"),
    ],
)
def test_impossible_requests_are_a_sentence(splitter, eras, message):
    with pytest.raises(NumlearnError, match=message):
        list(splitter.split(np.zeros(50), groups=None if eras is None else list(eras)))


SPLITTERS = [
    WalkForward(3),
    WalkForward(test_eras=12, purge=2, embargo=1),
    WalkForward(2, train_eras=15),
    EraKFold(4),
    CombinatorialPurged(5, purge=1, embargo=1),
]
NUMBERS = np.sort(np.random.default_rng(0).choice(200, 70, replace=False) + 1)
FRIDAYS = pd.Timestamp("2020-01-03") + pd.to_timedelta(7 * NUMBERS, unit="D")
RELABELLED = {
    "text": [f"{n:04d}" for n in NUMBERS],
    "eraN": [f"era{n}" for n in NUMBERS],
    "floats": NUMBERS.astype(float),
    "dates": FRIDAYS,
    "days": FRIDAYS.date,
    "ISO": FRIDAYS.strftime("%Y-%m-%d"),
    "yyyymmdd": FRIDAYS.strftime("%Y%m%d").astype(int),
    "periods": FRIDAYS.to_period("W"),
    "category": pd.Categorical([f"era{n}" for n in NUMBERS]),
}


@pytest.mark.parametrize("splitter", SPLITTERS)
@pytest.mark.parametrize("form", RELABELLED)
def test_the_same_weeks_in_other_words_are_the_same_splits(splitter, form):
    wanted = list(splitter.split(NUMBERS, groups=NUMBERS))
    found = list(splitter.split(NUMBERS, groups=RELABELLED[form]))
    assert len(found) == len(wanted) == splitter.get_n_splits(groups=NUMBERS)
    for one, other in zip(found, wanted):
        for a, b in zip(one, other):
            np.testing.assert_array_equal(a, b)


def test_no_row_of_the_future_is_learned_from():
    """Dates whose last digits fall while time goes on, in rows of any order."""
    days = pd.Series(pd.date_range("2021-01-01", periods=120, freq="7D").repeat(3))
    days = days.sample(frac=1, random_state=0, ignore_index=True)
    for train, test in WalkForward(2).split(days, groups=days):
        assert (days[test].min() - days[train].max()).days > 7 * 8


def test_purge_counts_weeks():
    found = purge(["era2", "era10", "era12", "era30"], ["era11"], 2)
    assert list(found) == ["era2", "era30"]
    assert list(purge(range(1, 10), [5], 2)) == [1, 2, 8, 9]
    with pytest.raises(NumlearnError, match="no eras"):
        purge([], [1], 2)


@given(
    st.integers(2, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1)))
)
def test_every_path_tests_each_block_once(counts):
    n_blocks, test_blocks = counts
    splitter = CombinatorialPurged(
        n_blocks, test_blocks=test_blocks, purge=0, embargo=0
    )
    eras = np.arange(1, 10 * n_blocks + 1)
    folds = list(splitter.split(eras, groups=eras))
    assert len(folds) == splitter.get_n_splits()
    # López de Prado, section 12.3: splits × test blocks / blocks
    assert splitter.n_paths * n_blocks == splitter.get_n_splits() * test_blocks
    paths = splitter.paths()
    assert paths.shape == (splitter.n_paths, n_blocks)
    used = set()
    for path in paths:
        for block, split in enumerate(path):
            assert np.isin(
                np.arange(10 * block, 10 * block + 10), folds[split][1]
            ).all()
            used.add((block, split))
    assert len(used) == paths.size
    for train, test in folds:
        assert not set(train) & set(test)


def test_groups_on_another_index_are_refused(panel):
    features = panel.filter(like="feature")
    shuffled = panel["era"].sample(frac=1, random_state=0)
    with pytest.raises(NumlearnError, match="index of the groups is not that of X"):
        next(WalkForward(2).split(features, groups=shuffled))
    next(WalkForward(2).split(features, groups=panel["era"].to_numpy()))
    with pytest.raises(NumlearnError, match="no rows to split"):
        next(EraKFold(2).split(panel[:0]))


def test_metadata_routing_hands_the_groups_on(panel):
    features, target = panel.filter(like="feature"), panel["target"]
    plain = cross_val_score(
        Ridge(), features, target, groups=panel["era"], cv=WalkForward(3)
    )
    with config_context(enable_metadata_routing=True):
        routed = cross_val_score(
            Ridge(),
            features,
            target,
            params={"groups": panel["era"]},
            cv=WalkForward(3),
        )
        search = GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=EraKFold(2))
        search.fit(features, target, groups=panel["era"])
    np.testing.assert_array_equal(routed, plain)
