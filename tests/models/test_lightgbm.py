import os
import pickle

import lightgbm
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from numlearn.errors import NumlearnError
from numlearn.models import LightGBM, _lightgbm, _memory

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


def test_progress_bar(panel, capsys):
    LightGBM(**SMALL).fit(panel, panel["target"])
    assert capsys.readouterr().out == ""
    LightGBM(**SMALL, progress=True).fit(panel, panel["target"])
    assert "Growing trees" in capsys.readouterr().out


def test_a_missing_target_is_a_sentence(panel):
    target = panel["target"].where(panel["era"] > "0001")
    with pytest.raises(NumlearnError, match="100 rows have no target"):
        LightGBM(**SMALL).fit(panel, target)


def test_a_sentence_before_memory_runs_out(panel, monkeypatch, tmp_path):
    told = tmp_path / "meminfo"
    monkeypatch.setattr(_memory, "_FREE", told)
    told.write_text("MemFree:  9 kB\nMemAvailable:  1024 kB\n")
    assert _memory.free_memory() == 2**20
    with pytest.raises(NumlearnError, match=r"4,000 rows × 6 features needs .* every"):
        LightGBM(**SMALL).fit(panel, panel["target"])
    told.unlink()
    assert _memory.free_memory() > 2**20
    monkeypatch.delattr(os, "sysconf")
    assert _memory.free_memory() is None
    LightGBM(**SMALL).fit(panel, panel["target"])
