import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from numlearn.errors import NumlearnError
from numlearn.models import PRESETS, LightGBM, baseline


@pytest.mark.parametrize("name", PRESETS)
def test_every_baseline_learns_a_panel(panel, name):
    quick = {"n_estimators": 30, "learning_rate": 0.1, "colsample_bytree": 0.5}
    quick |= {"min_child_samples": 20, "n_jobs": 1}
    changes = quick if PRESETS[name][0] is LightGBM else {}
    model = baseline(name, **changes).fit(panel, panel["target"])
    assert np.corrcoef(model.predict(panel), panel["target"])[0, 1] > 0.3


def test_lines_see_the_features_only(panel):
    features = panel.filter(like="feature").astype(float)
    plain = LinearRegression().fit(features, panel["target"]).predict(features)
    model = baseline("linear").fit(panel, panel["target"])
    np.testing.assert_allclose(model.predict(panel), plain, atol=1e-5)
    np.testing.assert_allclose(model.predict(features), plain, atol=1e-5)


def test_published_parameters_and_changes():
    names = ("n_estimators", "learning_rate", "max_depth", "num_leaves")
    published = {
        "example": (2_000, 0.01, 5, 31),
        "standard_large": (20_000, 0.001, 6, 64),
        "deep": (30_000, 0.001, 10, 1024),
    }
    for name, values in published.items():
        found = baseline(name).get_params()
        assert tuple(found[key] for key in names) == values
        assert found["colsample_bytree"] == 0.1
    assert found["min_child_samples"] == 10_000
    assert baseline("deep", n_estimators=7).n_estimators == 7
    assert baseline("ridge", alpha=3.0)[-1].alpha == 3.0
    with pytest.raises(NumlearnError, match="no baseline 'lgbm': choose one of linear"):
        baseline("lgbm")
