import numpy as np
import pandas as pd
import pytest
from numerai_tools.scoring import gaussian, tie_kept_rank
from sklearn.base import BaseEstimator, RegressorMixin

from numlearn.errors import NumlearnError
from numlearn.models import (
    WalkForward,
    baseline,
    blend,
    fit_predict,
    walk_forward,
)

TARGETS = ["target", "target_b_20"]


class Remembers(RegressorMixin, BaseEstimator):
    """Predicts the number of rows that it has learned from."""

    def fit(self, X, y):
        assert y.notna().all()
        self.rows_ = len(X)
        return self

    def predict(self, X):
        return np.full(len(X), self.rows_)


def test_one_model_a_target(panel):
    train, test = panel[panel["era"] < "0021"], panel[panel["era"] > "0029"]
    train = train.assign(target_b_20=train["target_b_20"].where(train["era"] > "0005"))
    found = fit_predict(Remembers(), train, test, TARGETS)
    assert found.index.equals(test.index)
    assert list(found) == TARGETS
    assert found.drop_duplicates().to_numpy().tolist() == [[2000, 1500]]
    model = baseline("linear")
    alone = fit_predict(model, train, test)
    expected = model.fit(train, train["target"]).predict(test)
    np.testing.assert_array_equal(alone["target"], expected)
    with pytest.raises(NumlearnError, match="no column 'target_c'"):
        fit_predict(model, train, test, "target_c")


@pytest.mark.parametrize("shuffled", [False, True])
def test_walk_forward_predicts_from_the_past(panel, shuffled):
    if shuffled:
        panel = panel.sample(frac=1, random_state=0)
    splits = WalkForward(3, purge=1, embargo=2)
    rows = walk_forward(Remembers(), panel, splits=splits).groupby(panel["era"])
    assert rows["target"].unique().map(list).to_dict() == {
        f"{e:04d}": [100 * (start - 4)]
        for start in (11, 21, 31)
        for e in range(start, start + 10)
    }


def test_blend_is_the_weighted_mean_of_normal_ranks(panel):
    rng = np.random.default_rng(3)
    models = pd.DataFrame(
        {"a": rng.normal(size=len(panel)), "b": rng.integers(0, 9, len(panel))},
        index=panel.index,
    )
    weights = {"a": 1.0, "b": 3.0}
    normal = models.groupby(panel["era"]).transform(
        lambda x: gaussian(tie_kept_rank(x.to_frame())).iloc[:, 0]
    )
    mean = normal["a"] + 3 * normal["b"]
    ranks = mean.groupby(panel["era"]).rank()
    pd.testing.assert_series_equal(
        blend(panel, models, weights=weights), (ranks - 0.5) / 100, check_names=False
    )
    equal = blend(panel.assign(**models), ["a", "b"])
    pd.testing.assert_series_equal(
        equal, blend(panel, models, weights={"a": 2, "b": 2})
    )
    assert equal.between(0, 1, inclusive="neither").all()


def test_a_block_without_its_target_is_a_sentence(panel):
    late = panel.assign(target_c=panel["target"].where(panel["era"] > "0020"))
    with pytest.raises(
        NumlearnError,
        match=r"None of the 600 rows .*eras 0001 to 0006\) has the target",
    ):
        walk_forward(Remembers(), late, "target_c", splits=WalkForward(2))
    with pytest.raises(NumlearnError, match="nothing to predict"):
        fit_predict(Remembers(), panel, panel[:0])
    with pytest.raises(NumlearnError, match="4000 rows and 0 features"):
        fit_predict(baseline("linear"), panel, panel[["era"]])
    with pytest.raises(NumlearnError, match="There is not a target"):
        fit_predict(Remembers(), panel, panel, [])
