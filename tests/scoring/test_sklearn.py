import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GroupKFold, cross_val_score

from numlearn.errors import NumlearnError
from numlearn.scoring import corr, corr_2021, make_era_scorer, summary

FEATURES = [f"feature_{i}" for i in range(4)]


def test_cross_validation_by_eras(panel):
    x, y = panel[FEATURES], panel["target"]
    scorer = make_era_scorer(panel["era"])
    folds = GroupKFold(2)
    found = cross_val_score(
        LinearRegression(), x, y, groups=panel["era"], cv=folds, scoring=scorer
    )
    expected = []
    for train, test in folds.split(x, y, panel["era"]):
        model = LinearRegression().fit(x.iloc[train], y.iloc[train])
        held = panel.iloc[test].assign(p=model.predict(x.iloc[test]))
        expected.append(corr(held, "p")["p"].mean())
    np.testing.assert_allclose(found, expected)


def test_other_scores_and_statistics_in_other_processes(panel):
    x, y = panel[FEATURES], panel["target"]
    scorer = make_era_scorer(panel["era"], score=corr_2021, statistic="sharpe")
    model = LinearRegression().fit(x, y)
    scores = corr_2021(panel.assign(p=model.predict(x)), "p")
    assert scorer(model, x, y) == pytest.approx(summary(scores).loc["p", "sharpe"])
    sent = pickle.loads(pickle.dumps(scorer))
    assert sent(model, x, y) == scorer(model, x, y)


def test_rows_without_an_era_are_a_sentence(panel):
    x, y = panel[FEATURES], panel["target"]
    model = LinearRegression().fit(x, y)
    scorer = make_era_scorer(panel["era"].iloc[1:])
    with pytest.raises(NumlearnError, match="era of some rows is not known"):
        scorer(model, x, y)
    with pytest.raises(NumlearnError, match="era of some rows is not known"):
        scorer(model, x.to_numpy(), y)
    with pytest.raises(NumlearnError, match="each id once"):
        make_era_scorer(pd.Series(["1", "2"], index=["a", "a"]))
