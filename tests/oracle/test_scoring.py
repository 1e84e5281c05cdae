"""Every score that numerai-tools 0.7.2 has, model by model, on drawn panels.

``NUMLEARN_ORACLE_EXAMPLES=500 pytest tests/oracle`` compares more, and other, panels.
"""

import os
import warnings

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numerai_tools import scoring as official
from numerai_tools import signals as official_signals
from panels import FEATURES, MODELS, panels

from numlearn import scoring

many = settings(
    max_examples=int(os.environ.get("NUMLEARN_ORACLE_EXAMPLES", "20")),
    derandomize="NUMLEARN_ORACLE_EXAMPLES" not in os.environ,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
some_features = st.sets(st.sampled_from(FEATURES), min_size=1).map(sorted)
WHOLE = [model for model in MODELS if model != "gaps"]


def official_scores(panel, function, models=MODELS):
    """Return function(rows of an era, list of models) as eras × models.

    Models without a gap are given together, which is the same as one by one; where
    numerai-tools refuses, each is given alone, and NaN stands for its assertion.
    """
    table = pd.DataFrame(np.nan, index=sorted(set(panel["era"])), columns=models)
    for era, rows in panel.groupby("era"):
        together = [model for model in models if model not in ("gaps", "constant")]
        table.loc[era, together] = allowed(function, rows, together)
        alone = [m for m in models if m not in together or table.isna().loc[era, m]]
        for model in alone:
            scores = allowed(function, rows, [model])
            table.loc[era, [model]] = scores
    return table


def allowed(function, *args):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args)
        except AssertionError:
            return np.nan


def by_era(panel, function):
    return np.stack([function(rows) for _, rows in panel.groupby("era")])


@many
@given(panel=panels())
def test_corr(ledger, panel):
    theirs = official_scores(
        panel, lambda g, m: official.numerai_corr(g[m], g["target"])
    )
    ours = scoring.corr(panel, MODELS)
    twin = by_era(panel, lambda g: scoring.era_corr(g[MODELS], g["target"]))
    ledger.compare("corr", ours, theirs, 1e-12)
    ledger.compare("era_corr", twin, theirs, 1e-12)


@many
@given(panel=panels())
def test_mmc(ledger, panel):
    def contribution(g, m):
        return official.correlation_contribution(g[m], g["mm"], g["target"])

    theirs = official_scores(panel, contribution)
    ours = scoring.mmc(panel, MODELS, "mm")
    twin = by_era(panel, lambda g: scoring.era_mmc(g[MODELS], g["mm"], g["target"]))
    ledger.compare("mmc", ours, theirs)
    ledger.compare("era_mmc", twin, theirs)
    both = scoring.corr_and_mmc(panel, MODELS, "mm")
    np.testing.assert_array_equal(both[0], scoring.corr(panel, MODELS))
    np.testing.assert_array_equal(both[1], ours)


@many
@given(panel=panels())
def test_metamodel_corr(ledger, panel):
    def likeness(g, m):
        return official.numerai_corr(g[m], g["mm"], target_pow15=False)

    theirs = official_scores(panel, likeness)
    ours = scoring.metamodel_corr(panel, MODELS, "mm")
    twin = by_era(panel, lambda g: scoring.era_metamodel_corr(g[MODELS], g["mm"]))
    ledger.compare("metamodel_corr", ours, theirs)
    ledger.compare("era_metamodel_corr", twin, theirs)


@many
@given(panel=panels())
def test_ids_missing_and_added(ledger, panel):
    ids = [f"n{i + len(panel) // 8:04d}" for i in range(len(panel))]
    shifted = pd.DataFrame({"p": panel["continuous"].to_numpy()}, index=ids)
    theirs = allowed(lambda: official.numerai_corr(shifted, panel["target"])["p"])
    ours = scoring.era_corr(shifted["p"][::-1], panel["target"])
    ledger.compare("era_corr, other ids", [ours], [theirs], 1e-12)


@many
@given(panel=panels(), features=some_features, share=st.sampled_from([0.0, 0.5, 1.0]))
def test_neutralize(ledger, panel, features, share):
    models = [model for model in WHOLE if model != "heavy"]
    theirs = by_era_frames(
        panel, lambda g: official.neutralize(g[models], g[features], share)
    )
    ours = scoring.neutralize(panel, models, features, proportion=share)
    twin = by_era_frames(
        panel, lambda g: scoring.era_neutralize(g[models], g[features], share)
    )
    ledger.compare("neutralize", ours, theirs)
    ledger.compare("era_neutralize", twin, theirs)


def by_era_frames(panel, function):
    return pd.concat(allowed(function, rows) for _, rows in panel.groupby("era"))


@many
@given(panel=panels(), features=some_features)
def test_fnc(ledger, panel, features):
    targets = {era: rows["target"] for era, rows in panel.groupby("era")}
    unclear = pd.DataFrame(False, index=sorted(targets), columns=MODELS)

    def neutral(g, m):
        g = g.dropna(subset=m)
        if g.empty:
            return np.nan
        ranks = official.gaussian(official.tie_kept_rank(g[m]))
        rest = official.neutralize(ranks, g[features])
        era = g["era"].iloc[0]
        unclear.loc[era, m] = [near_ties(rest[model]) for model in m]
        return official.feature_neutral_corr(g[m], g[features], targets[era])

    theirs = official_scores(panel, neutral).mask(unclear)
    ours = scoring.fnc(panel, MODELS, features).mask(unclear)
    twin = by_era(panel, lambda g: scoring.era_fnc(g[MODELS], g[features], g["target"]))
    ledger.compare("fnc", ours, theirs)
    ledger.compare("era_fnc", np.where(unclear, np.nan, twin), theirs)
    ledger.set_aside("fnc", int(unclear.sum().sum()))


def near_ties(rest):
    """Tell whether rounding decides an order: gaps far below the values' spread."""
    gaps = np.diff(np.sort(rest.dropna()))
    return gaps.size > 0 and gaps.min() < 1e-9 * max(1e-3, rest.std())


@many
@given(panel=panels(), features=some_features)
def test_exposure(ledger, panel, features):
    ours = scoring.exposure(panel, WHOLE, features)
    for era, rows in panel.groupby("era"):
        with np.errstate(all="ignore"):
            theirs = [rows[features].corrwith(rows[model]) for model in WHOLE]
        ledger.compare("exposure", ours.loc[era].T, theirs)
        twin = scoring.era_exposure(rows[WHOLE], rows[features])
        ledger.compare("era_exposure", twin.T, theirs)
    widest = scoring.max_exposure(panel, ["continuous"], features)["continuous"]
    theirs = [allowed(strongest, rows, features) for _, rows in panel.groupby("era")]
    ledger.compare("max_exposure", widest, theirs)


def strongest(rows, features):
    varying = [f for f in features if rows[f].nunique() > 1]
    if not varying or len(rows) < 2:
        return np.nan
    return official.max_feature_correlation(rows["continuous"], rows[varying])[1]


@many
@given(panel=panels(), features=some_features)
def test_signal_weights_and_alpha(ledger, panel, features):
    panel["v"] = np.random.default_rng(0).random(len(panel))
    options = {"center_and_normalize": True}
    theirs = (
        by_era_frames(
            panel[panel.groupby("era")["era"].transform("size") > 1],
            lambda g: official.generate_neutralized_weights(
                g[["continuous", "few"]], g[features], g["v"], **options
            ),
        )
        if panel["era"].value_counts().max() > 1
        else None
    )
    if theirs is not None:
        rows = panel.loc[theirs.index]
        ours = scoring.signal_weights(
            rows, ["continuous", "few"], features, "v", normalize=True
        )
        ledger.compare("signal_weights", ours, theirs)

    def earned(g, m):
        return official.alpha(g[m], g[features], g["v"], g["target"])

    whole = panel.assign(target=panel["target"].fillna(0.5))
    theirs = official_scores(whole, earned, WHOLE)
    ours = scoring.alpha(whole, WHOLE, features, "v")
    single = theirs.isna()  # numerai-tools refuses an era of one row
    ledger.compare("alpha", ours.mask(single), theirs)
    twin = by_era(
        whole, lambda g: scoring.era_alpha(g[WHOLE], g[features], g["v"], g["target"])
    )
    ledger.compare("era_alpha", np.where(single, np.nan, twin), theirs)


@many
@given(panel=panels(), features=some_features)
def test_meta_portfolio_contribution(ledger, panel, features):
    panel["v"] = np.random.default_rng(0).random(len(panel))
    stakes = pd.Series({"continuous": 1.0, "few": 3.0, "heavy": 0.0, "hundred": np.nan})
    models = list(stakes.index)
    whole = panel.assign(target=panel["target"].fillna(0.5))
    whole = whole[whole.groupby("era")["era"].transform("size") > 2]
    if whole.empty:
        return

    def contribution(g, m):
        return official.meta_portfolio_contribution(
            g[m], stakes[m], g[features], g["v"], g["target"]
        )

    theirs = by_era(whole, lambda g: allowed(contribution, g, models))
    ours = scoring.meta_portfolio_contribution(whole, models, stakes, features, "v")
    ledger.compare("meta_portfolio_contribution", ours, theirs)


@many
@given(panel=panels())
def test_churn_and_turnover(ledger, panel):
    a, b = panel["continuous"], panel["continuous"].shift(3).dropna()
    theirs = allowed(official_signals.churn, a, b)
    ledger.compare("era_churn", [scoring.era_churn(a, b)], [theirs])
    theirs = allowed(official_signals.turnover, a, b)
    ledger.compare("era_turnover", [scoring.era_turnover(a, b)], [theirs])
    n = max(1, len(panel) // 3)
    theirs = official_signals.churn(a, panel["hundred"], n)
    ours = scoring.era_churn(a, panel["hundred"], n)
    ledger.compare("era_churn, top_bottom", [ours], [theirs])


def test_churn_and_turnover_of_a_live_submission(ledger):
    rng = np.random.default_rng(0)
    tickers = pd.Index([f"T{i:03d}" for i in range(150)], name="numerai_ticker")
    panel = pd.concat(
        pd.DataFrame({"era": f"{week:04d}", "ticker": tickers}) for week in range(4)
    )
    panel["signal"] = rng.random(len(panel)).round(1)
    panel["v"] = rng.random(len(panel))
    panel[["n1", "n2"]] = rng.normal(size=(len(panel), 2))
    weights = scoring.signal_weights(
        panel, ["signal"], ["n1", "n2"], "v", normalize=True
    )
    ours = (
        scoring.churn(panel, ["signal"], "ticker", lookback=3).iloc[-1, 0],
        scoring.turnover(panel, weights, "ticker", lookback=3).iloc[-1, 0],
    )
    weeks = [
        week.set_index(tickers).drop(columns=["ticker"])
        for _, week in panel.groupby("era")
    ]
    sources = [
        {str(i): week[columns] for i, week in enumerate(weeks[:-1])}
        for columns in ("signal", ["n1", "n2"], "v")
    ]
    now = weeks[-1]
    theirs = official_signals.calculate_max_churn_and_turnover(
        now["signal"], now[["n1", "n2"]], now["v"], *sources
    )
    ledger.compare("churn and turnover", ours, theirs)
