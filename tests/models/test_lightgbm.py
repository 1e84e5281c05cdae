import pickle

import lightgbm
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from numlearn.errors import NumlearnError
from numlearn.models import LightGBM, _lightgbm
from numlearn.scoring import corr

SMALL = {"n_estimators": 15, "learning_rate": 0.1, "colsample_bytree": 0.4, "n_jobs": 1}


def trees(booster):
    return booster.model_to_string().split("end of trees")[0]


@pytest.fixture(scope="module")
def wide():
    """More rows than the sample that LightGBM looks at here."""
    rng = np.random.default_rng(1)
    block = rng.integers(0, 5, (10, 50_000), dtype=np.int8)
    features = pd.DataFrame(block.T, columns=[f"feature_{i}" for i in range(10)])
    target = (features["feature_3"] > 1) * features["feature_5"] + rng.normal(
        size=50_000
    )
    return features, target.astype("float32")


def test_trees_are_those_of_the_plain_path(wide):
    features, target = wide
    plain = lightgbm.LGBMRegressor(
        **SMALL,
        max_depth=5,
        random_state=0,
        deterministic=True,
        force_col_wise=True,
        verbose=-1,
    ).fit(features, target)
    ours = LightGBM(**SMALL).fit(features, target)
    assert trees(ours.booster_) == trees(plain.booster_)
    np.testing.assert_array_equal(ours.predict(features), plain.predict(features))


def test_features_are_handed_over_without_a_copy(panel):
    if not _lightgbm.takes_arrow():
        pytest.skip("this LightGBM cannot read Arrow without cffi")
    names, table = _lightgbm._table(panel)
    assert names == [f"feature_{i}" for i in range(6)]
    for name in names:
        address = panel[name].to_numpy().__array_interface__["data"][0]
        assert table[name].chunk(0).buffers()[1].address == address


def test_it_sees_the_features_of_a_panel_only(panel):
    model = LightGBM(**SMALL).fit(panel, panel["target"])
    features = panel.filter(like="feature")
    same = clone(model).fit(features, panel["target"])
    assert trees(model.booster_) == trees(same.booster_)
    other_order = features[features.columns[::-1]]
    np.testing.assert_array_equal(model.predict(other_order), model.predict(panel))
    sent = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(sent.predict(panel), model.predict(panel))
    with pytest.raises(NumlearnError, match="no column 'feature_0'"):
        model.predict(panel.drop(columns="feature_0"))


def test_threads_and_arrays_make_no_difference(panel):
    features = panel.filter(like="feature")
    few = SMALL | {"n_estimators": 3}
    one = LightGBM(**few).fit(features, panel["target"])
    two = LightGBM(**few | {"n_jobs": 2}).fit(features.to_numpy(), panel["target"])
    again = two.predict(features.to_numpy())
    np.testing.assert_array_equal(one.predict(features), again)


def test_progress(panel, capsys, monkeypatch):
    LightGBM(**SMALL).fit(panel, panel["target"])
    LightGBM(**SMALL, progress=True).fit(panel, panel["target"])
    assert "".join(capsys.readouterr()).strip() == ""  # a bar is for a terminal
    monkeypatch.setenv("FORCE_COLOR", "1")
    LightGBM(**SMALL, progress=True).fit(panel, panel["target"])
    told = capsys.readouterr()
    assert told.err and not told.out
    counts = []
    LightGBM(**SMALL, progress=lambda *done: counts.append(done)).fit(
        panel, panel["target"]
    )
    assert counts == [(n, 15) for n in range(1, 16)]


def test_weights_are_those_of_the_plain_path(wide):
    features, target = wide
    weight = np.random.default_rng(2).uniform(0.5, 2, len(target))
    options = SMALL | {"max_depth": 5, "random_state": 0}
    plain = lightgbm.LGBMRegressor(
        **options, deterministic=True, force_col_wise=True, verbose=-1
    ).fit(features, target, sample_weight=weight)
    ours = LightGBM(**SMALL).fit(features, target, sample_weight=weight)
    assert trees(ours.booster_) == trees(plain.booster_)
    twice = LightGBM(**SMALL).fit(
        features, target, sample_weight=pd.Series(weight, features.index)
    )
    assert trees(twice.booster_) == trees(ours.booster_)


@pytest.mark.parametrize("dates", [False, True])
def test_early_stopping_keeps_its_distance(panel, dates):
    whole = panel
    if dates:
        weeks = pd.date_range("2020-01-03", periods=40, freq="7D")
        panel = panel.assign(era=weeks[panel["era"].astype(int) - 1])
    long = SMALL | {"n_estimators": 400, "learning_rate": 0.3}
    model = LightGBM(**long, early_stopping=5).fit(panel, panel["target"])
    assert 0 < model.booster_.best_iteration < 300
    past = whole[whole["era"] <= "0024"]  # 0033 to 0040 are watched, 8 weeks left out
    best = long | {"n_estimators": model.booster_.best_iteration}
    plain = LightGBM(**best).fit(past, past["target"])
    np.testing.assert_array_equal(model.predict(panel), plain.predict(panel))
    with pytest.raises(NumlearnError, match="9 eras are too few"):
        few = whole[whole["era"] < "0010"]
        LightGBM(**long, early_stopping=5).fit(few, few["target"])


def test_era_boosting_lifts_the_worst_eras(panel):
    features, target = panel.filter(like="feature"), panel["target"]
    flipped = target.where(panel["era"] > "0010", 1 - target)  # ten eras are otherwise
    many = SMALL | {"n_estimators": 60}

    def worst(model):
        model.fit(panel, flipped)
        scored = panel.assign(p=model.predict(features), target=flipped)
        return corr(scored, "p")["p"][:10].mean()

    plain, boosted = LightGBM(**many), LightGBM(**many, boost_steps=5)
    assert worst(boosted) > worst(plain) + 0.02
    assert boosted.booster_.num_trees() == plain.booster_.num_trees() == 60
    once = LightGBM(**many, boost_steps=0).fit(features, flipped)
    assert trees(once.booster_) == trees(plain.booster_)
    with pytest.raises(NumlearnError, match="no column 'era'"):
        boosted.fit(features, target)


def test_importances_are_by_name(panel):
    model = LightGBM(**SMALL).fit(panel, panel["target"])
    gain = model.feature_importances_
    assert list(gain.index) == model.feature_names_in_
    assert set(gain.nlargest(2).index) == {"feature_0", "feature_1"}


def test_before_it_is_fitted_it_says_so(panel):
    with pytest.raises(NotFittedError):
        LightGBM().predict(panel)
    with pytest.raises(NotFittedError):
        LightGBM().feature_importances_  # noqa: B018


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda y: y[:-1], "is not that of the panel"),
        (lambda y: y.to_numpy()[:-1], r"shape \(3999,\) for 4000 rows"),
        (lambda y: np.zeros((len(y), 2)), "target is one number a row"),
        (lambda y: y.astype(str), "holds (str|object), not numbers"),
        (lambda y: y.where(y < 1, np.inf), "Some targets are infinite"),
    ],
)
def test_targets_of_other_rows_are_a_sentence(panel, damage, says):
    with pytest.raises(NumlearnError, match=says):
        LightGBM(**SMALL).fit(panel, damage(panel["target"]))


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        (np.zeros(4000), "not all of them 0"),
        (np.full(4000, -1.0), "0 or above"),
        (np.ones(3), "shape"),
        (np.full(4000, np.nan), "4000 rows have no weight"),
    ],
)
def test_weights_that_are_none_are_a_sentence(panel, weight, says):
    with pytest.raises(NumlearnError, match=says):
        LightGBM(**SMALL).fit(panel, panel["target"], sample_weight=weight)


def test_nothing_to_learn_from_is_a_sentence(panel):
    for X in (panel[[]], panel[["era"]], panel[:0]):
        with pytest.raises(NumlearnError, match="nothing to learn from"):
            LightGBM(**SMALL).fit(X, panel["target"][: len(X)])


def test_targets_of_other_types_are_the_same(panel):
    y = panel["target"]
    one = trees(LightGBM(**SMALL).fit(panel, y).booster_)
    others = [y.to_frame(), y.astype("Float32"), y.astype("float64"), y.tolist()]
    others += ["target", y.sample(frac=1, random_state=0)]  # found by id
    for other in others:
        assert trees(LightGBM(**SMALL).fit(panel, other).booster_) == one


def test_a_missing_target_is_a_sentence(panel):
    target = panel["target"].where(panel["era"] > "0001")
    with pytest.raises(NumlearnError, match="100 rows have no target"):
        LightGBM(**SMALL).fit(panel, target)


def test_a_sentence_before_memory_runs_out(panel, monkeypatch, tmp_path):
    told = tmp_path / "meminfo"
    monkeypatch.setattr(_lightgbm, "_FREE", told)
    told.write_text("MemFree:  9 kB\nMemAvailable:  1024 kB\n")
    assert _lightgbm.free_memory() == 2**20
    with pytest.raises(NumlearnError, match=r"4,000 rows × 6 features needs .* every"):
        LightGBM(**SMALL).fit(panel, panel["target"])
    told.unlink()
    assert _lightgbm.free_memory() is None
    LightGBM(**SMALL).fit(panel, panel["target"])


@pytest.mark.parametrize("option", [{"early_stopping": 5}, {"boost_steps": 1}])
def test_eras_are_left_out_where_there_is_no_arrow_too(panel, monkeypatch, option):
    wanted = LightGBM(**SMALL, **option).fit(panel, panel["target"])
    monkeypatch.setattr(_lightgbm, "takes_arrow", lambda: False)
    found = LightGBM(**SMALL, **option).fit(panel, panel["target"])
    assert trees(found.booster_) == trees(wanted.booster_)


def test_steps_of_boosting_are_not_stopped_early(panel):
    both = LightGBM(**SMALL, boost_steps=1, early_stopping=5)
    with pytest.raises(NumlearnError, match="use one of them"):
        both.fit(panel, panel["target"])
