"""The public functions that are fuzzed: a line each, and which inputs it uses."""

from types import SimpleNamespace

import numpy as np
from engine import Call
from others import ERA, NAMES_OF, OWN, PAIR, SUBMISSIONS, in_form, seen
from panel_ways import PANELS, SCHEMA
from stored import SOURCES
from tables import FIGURES, PAIRS, TABLES

from numlearn import data, eras, fund, metamodel, models, plots, scoring, staking, world
from numlearn.errors import NumlearnError
from numlearn.models import signals, submission
from numlearn.staking import incentives
from numlearn.world import linkage


def call(name, run, *uses, **options):
    """A score: it takes a panel, also in pieces, and predictions."""
    uses = {"panel", "era", "pieces", "predictions", *uses}
    return Call(name, run, PANELS, uses, **options)


def whole(name, run, *uses, **options):
    """What takes a panel whole."""
    return Call(name, run, PANELS, {"panel", "era", "whole", *uses}, **options)


def labels(name, run, **options):
    """What takes the eras of rows."""
    return Call(name, run, PANELS, {"era"}, **options)


def of(kind, *always):
    """What takes another kind of input."""

    def make(name, run, *uses, **options):
        return Call(name, run, kind, {*always, *uses}, **options)

    return make


SCORING = [
    call(
        "scoring.corr",
        lambda x: scoring.corr(x.panel, x.predictions, x.target),
        "target",
    ),
    call(
        "scoring.corr_2021",
        lambda x: scoring.corr_2021(x.panel, x.predictions, x.target),
        "target",
        by_position=True,
    ),
    call(
        "scoring.metamodel_corr",
        lambda x: scoring.metamodel_corr(x.panel, x.predictions, x.metamodel),
        "metamodel",
    ),
    *[
        call(
            f"scoring.{function.__name__}",
            lambda x, function=function: function(
                x.panel, x.predictions, x.metamodel, x.target
            ),
            "metamodel",
            "target",
            by_position=function is scoring.mmc_2021,
        )
        for function in (
            scoring.mmc,
            scoring.bmc,
            scoring.corr_and_mmc,
            scoring.mmc_2021,
        )
    ],
    *[
        call(
            f"scoring.{function.__name__}",
            lambda x, function=function: function(x.panel, x.predictions, x.features),
            "features",
        )
        for function in (
            scoring.neutralize,
            scoring.neutralize_2021,
            scoring.exposure,
            scoring.max_exposure,
        )
    ],
    call(
        "scoring.fnc",
        lambda x: scoring.fnc(x.panel, x.predictions, x.features, x.target),
        "features",
        "target",
    ),
    call(
        "scoring.by_era",
        lambda x: scoring.by_era(
            x.panel, x.predictions, scoring.era_mmc, x.metamodel, x.target
        ),
        "metamodel",
        "target",
        skip=("two targets",),  # a table for the function
    ),
    call(
        "scoring.by_era (a table)",
        lambda x: scoring.by_era(
            x.panel, x.predictions, scoring.era_neutralize, x.features
        ),
        "features",
    ),
    call(
        "scoring.signal_weights",
        lambda x: scoring.signal_weights(
            x.panel, x.predictions, x.neutralizers, x.sample_weights
        ),
        "neutralizers",
        "sample_weights",
    ),
    call(
        "scoring.alpha",
        lambda x: scoring.alpha(
            x.panel, x.predictions, x.neutralizers, x.sample_weights, x.target
        ),
        "neutralizers",
        "sample_weights",
        "target",
    ),
    call(
        "scoring.meta_portfolio_contribution",
        lambda x: scoring.meta_portfolio_contribution(
            x.panel,
            x.predictions,
            x.stakes,
            x.neutralizers,
            x.sample_weights,
            target=x.target,
        ),
        "stakes",
        "neutralizers",
        "sample_weights",
        "target",
    ),
    call(
        "scoring.churn",
        lambda x: scoring.churn(x.panel, x.predictions, x.ticker),
        "ticker",
    ),
    call(
        "scoring.turnover",
        lambda x: scoring.turnover(x.panel, x.predictions, x.ticker),
        "ticker",
    ),
]

METAMODEL = [
    call(
        "metamodel.stake_weighted",
        lambda x: metamodel.stake_weighted(x.panel, x.predictions, x.stakes),
        "stakes",
    ),
    call(
        "metamodel.equal_weighted",
        lambda x: metamodel.equal_weighted(x.panel, x.predictions),
    ),
    call(
        "metamodel.leave_one_out",
        lambda x: metamodel.leave_one_out(x.panel, x.predictions, x.stakes),
        "stakes",
    ),
    call(
        "metamodel.contribution",
        lambda x: metamodel.contribution(x.panel, x.predictions, x.stakes, x.target),
        "stakes",
        "target",
    ),
]


BY_TIME = {"purge": 0, "embargo": 1}
TREES = models.LightGBM(n_estimators=3, min_child_samples=5, colsample_bytree=1.0)
NAMED = (
    "target as Series",
    "target as Series in another order",
    "target as array",
    "two targets",
    "target of another length",
    "target of other ids",
)
# What a model that learns from the columns ``feature…`` does not see, or may have.
LEARNED = ("no feature", "no features named", "NaN in features", "inf in features")


def trees(**changes):
    return models.LightGBM(**TREES.get_params() | {"n_jobs": 1} | changes)


def fitted(x):
    model = trees(boost_steps=1).fit(x.panel, x.target)
    return model.predict(x.panel)


def tests(splitter):
    """Return for each split which rows are learned from, and which are tested on."""

    def run(x):
        masks = []
        for pair in splitter.split(x.panel):
            for rows in pair:
                masks.append(np.isin(np.arange(len(x.panel)), rows))
        return masks

    return run


def places(x):
    """Return the place of each row's era, as `rows_by_era` has them."""
    by_era = eras.rows_by_era(x.panel)
    found = np.full(len(x.panel), -1)
    for place, (_, rows) in enumerate(by_era):
        found[rows] = place
    return found


def tables_of(book):
    return book.eras, book.exposures, book.summary()


def refused(sentences):
    """Return how many faults there are; some are as good as a refusal."""
    if sentences:
        raise NumlearnError(" ".join(map(str, sentences)))
    return [0.0]


def season(x):
    mine = world.crowd.Own("mine", function=lambda panel: x.change(seen(panel)))
    other = world.crowd.Random("other")
    played = world.run(seed=1, rounds=1, rows=100, train=20, users=[mine, other])
    return played.rounds["metamodel_corr"], played.users["mmc"]


PLACES = ("index without a place", "index mixed", "index with a gap")
COLUMN = ("era as a column",)  # text, which a figure refuses
EMPTY = ("no rows",)  # of no rows there are no eras, which is right
NO_ERA = ("no era", "era in the index", "era twice", "an era missing", "eras mixed")
NO_ERA += ("eras without a place",)  # what learns from rows, whatever their eras
LEARNT = trees().fit(PANELS.draw(0).panel, "target")

PANEL = [
    labels("eras.order", lambda x: eras.order(x.panel["era"]).codes, skip=EMPTY),
    labels(
        "eras.position", lambda x: np.diff(eras.position(x.panel["era"])), skip=EMPTY
    ),
    labels(
        "eras.choose",
        lambda x: x.panel["era"].isin(eras.choose(x.panel["era"], slice(-3, None))),
    ),
    labels(
        "models.purge",
        lambda x: x.panel["era"].isin(
            models.purge(x.panel["era"], x.panel["era"].iloc[:1], 2)
        ),
    ),
    labels(
        "models.submission.make (era)",
        lambda x: submission.make(x.panel["a"], x.panel["era"])["prediction"],
        skip=EMPTY,
    ),
    labels(
        "scoring.make_era_scorer",
        lambda x: scoring.make_era_scorer(x.panel["era"])(
            SimpleNamespace(predict=lambda X: X["a"]), x.panel[["a"]], x.panel["target"]
        ),
    ),
    whole("eras.rows_by_era", places, skip=EMPTY),
    Call(
        "eras.model_columns",
        lambda x: tuple(eras.model_columns(x.panel, x.predictions)[1]),
        PANELS,
        {"panel", "whole", "predictions"},
        skip=("inf in predictions", "-inf in predictions"),  # its callers judge
    ),
    Call(
        "eras.one_vector",
        lambda x: eras.one_vector(x.panel, x.target),
        PANELS,
        {"panel", "whole", "target"},
    ),
    call(
        "eras.walk",
        lambda x: eras.walk(
            x.panel,
            x.predictions,
            lambda e: e.models[0] @ e.known[0],
            [x.target],
            table=False,
        )[2],
        "target",
        skip=("inf in predictions", "-inf in predictions"),
        tolerance=1e-6,
    ),
    call(
        "eras.transform",
        lambda x: eras.transform(x.panel, x.predictions, lambda e: np.stack(e.models)),
        skip=("inf in predictions", "-inf in predictions"),
    ),
    whole(
        "data.describe",
        lambda x: [
            text.split(",")[0]
            for text in data.describe(x.panel)["what it holds"][["rows", "target"]]
        ],
    ),
    whole("data.era_sizes", lambda x: data.era_sizes(x.panel), skip=EMPTY),
    Call(
        "data.bin_shares",
        lambda x: data.bin_shares(x.panel, x.features),
        PANELS,
        {"panel", "whole", "features"},
        skip=("NaN in features",),
    ),
    Call(
        "data.recode",
        lambda x: data.recode(x.panel[list(x.features)], [-2, -1, 0, 1, 2]),
        PANELS,
        {"features"},
        skip=(
            "no feature",
            "no features named",
            "feature twice",
            "features: float16",
            "features: categories",
        ),
    ),
    Call(
        "data.schema.faults",
        lambda x: refused(data.schema.faults(x.panel)),
        SCHEMA,
        {"panel"},
    ),
    Call(
        "data.schema.require",
        lambda x: [data.schema.require(x.panel) is None],
        SCHEMA,
        {"panel"},
    ),
    whole(
        "models.blend",
        lambda x: models.blend(x.panel, x.predictions, weights=x.stakes),
        "predictions",
        "stakes",
    ),
    whole(
        "models.fit_predict",
        lambda x: models.fit_predict(trees(), x.panel, x.panel, x.target),
        "target",
        "features",
        skip=(*NAMED, *LEARNED, *NO_ERA),
        tolerance=1e-6,
    ),
    whole(
        "models.fit_predict (linear)",
        lambda x: models.fit_predict(
            models.baseline("linear"), x.panel, x.panel, x.target
        ),
        "target",
        "features",
        skip=(*NAMED, *LEARNED[:2], *NO_ERA),
        tolerance=1e-6,
    ),
    whole(
        "models.walk_forward",
        lambda x: np.sort(
            models.walk_forward(
                trees(), x.panel, x.target, splits=models.WalkForward(2, **BY_TIME)
            ),
            axis=0,
        ),
        "target",
        "features",
        skip=(*NAMED, *LEARNED),
        tolerance=1e-6,
    ),
    whole(
        "models.LightGBM.fit",
        fitted,
        "target",
        "features",
        skip=LEARNED,
        tolerance=1e-6,
    ),
    whole(
        "models.LightGBM.predict",
        lambda x: LEARNT.predict(x.panel),
        "features",
        skip=("no features named", "NaN in features", "inf in features", *NO_ERA),
    ),
    whole("models.WalkForward.split", tests(models.WalkForward(2, **BY_TIME))),
    whole("models.EraKFold.split", tests(models.EraKFold(2, **BY_TIME))),
    whole(
        "models.CombinatorialPurged.split",
        tests(models.CombinatorialPurged(3, test_blocks=1, **BY_TIME)),
    ),
    whole(
        "models.WalkForward.get_n_splits",
        lambda x: models.WalkForward(test_eras=2).get_n_splits(x.panel),
    ),
    Call(
        "models.signals.at",
        lambda x: signals.at(x.panel, x.prices),
        PANELS,
        {"panel", "whole", "ticker"},
        skip=("a ticker twice",),
    ),
    Call(
        "world.fit_line",
        lambda x: world.fit_line(x.panel, x.features, ridge=1.0),
        PANELS,
        {"panel", "whole", "features"},
        tolerance=1e-6,
    ),
    whole(
        "fund.weights",
        lambda x: fund.weights(x.panel, x.metamodel, neutralizers=x.neutralizers),
        "metamodel",
        "neutralizers",
        skip=EMPTY,
    ),
    whole(
        "fund.hold",
        lambda x: tables_of(
            fund.hold(
                x.panel,
                x.metamodel,
                x.target,
                days=5,
                stock=x.ticker,
                features=x.neutralizers,
            )
        ),
        "metamodel",
        "target",
        "ticker",
        "neutralizers",
    ),
    whole(
        "fund.backtest",
        lambda x: tables_of(
            fund.backtest(
                x.panel,
                x.metamodel,
                x.target,
                days=5,
                stock=x.ticker,
                neutralizers=x.neutralizers,
            )
        ),
        "metamodel",
        "target",
        "ticker",
        "neutralizers",
    ),
]

on_table = of(TABLES, "scores", "table")
on_column = of(TABLES, "scores", "one")
paid = of(PAIRS, "scores", "paid")
RULES = staking.RULES["2026-01"]
SCORES = [
    *[
        on_table(f"scoring.{function.__name__}", lambda x, f=function: f(x.scores))
        for function in (
            scoring.in_order,
            scoring.summary,
            scoring.max_drawdown,
            scoring.autocorrelation,
            scoring.effective_rounds,
        )
    ],
    on_table(
        "scoring.intervals", lambda x: scoring.intervals(x.scores, resamples=20, seed=1)
    ),
    on_column(
        "scoring.summary (one model)", lambda x: scoring.summary(x.one, level=0.9)
    ),
    on_table(
        "staking.incentives.pay_only_income",
        lambda x: incentives.pay_only_income(x.scores),
        "paid",
    ),
    on_table(
        "staking.incentives.stake_income",
        lambda x: incentives.stake_income(x.scores, x.stake),
        "paid",
        "stake",
    ),
    on_table(
        "staking.incentives.skin_in_the_game",
        lambda x: len(incentives.skin_in_the_game(x.scores, 0.0001)),
        "paid",
    ),
    on_column(
        "staking.incentives.requirements",
        lambda x: incentives.requirements(x.one, x.market, x.market, x.market),
        "market",
        skip=PLACES,  # by submitter, not by era
    ),
    on_table(
        "staking.score_table (models)",
        lambda x: staking.score_table(x.scores, "2021-03"),
        "paid",
    ),
    on_table(
        "staking.replay (models)",
        lambda x: staking.replay(x.scores, "2021-03", x.stake, total_at_risk=x.total),
        "paid",
        "stake",
        "total",
        "position",
    ),
    paid("staking.score_table", lambda x: staking.score_table(x.scores)),
    paid(
        "staking.replay",
        lambda x: staking.replay(x.scores, RULES, x.stake, total_at_risk=x.total),
        "stake",
        "total",
        "position",
    ),
    paid(
        "staking.simulate",
        lambda x: (
            staking.simulate(
                x.scores, RULES, x.stake, rounds=9, paths=8, total_at_risk=x.total
            ).final
        ),
        "stake",
        "total",
        "position",
    ),
    paid(
        "staking.in_dollars",
        lambda x: staking.in_dollars(
            staking.simulate(x.scores, RULES, x.stake, rounds=9, paths=8),
            staking.Pool(nmr=1e4, usd=1e5),
            volatility=0.8,
        ),
        "stake",
        "position",
    ),
    Call(
        "staking.Rules.payout",
        lambda x: RULES.payout(x.stake, corr=0.02, mmc=0.01, total_at_risk=x.total),
        PAIRS,
        {"stake", "total"},
        skip=("a stake as Series", "a stake as dict", "a stake of []"),
    ),
    Call(
        "fund.market_beta",
        lambda x: fund.market_beta(x.one, x.market, 1),
        TABLES,
        {"scores", "one", "market"},
    ),
    on_table(
        "plots.score_lines",
        lambda x: list(plots.score_lines(x.scores)),
        skip=COLUMN,
    ),
    on_table(
        "plots.profit_and_loss",
        lambda x: list(plots.profit_and_loss(x.scores)),
        skip=COLUMN,
    ),
    on_column("plots.score_bars", lambda x: plots.score_bars(x.one)),
]

figure = of(FIGURES, "figure")
FIGURE = [
    figure("plots.bins", lambda x: plots.bins(x.shares), "sorted", "columns", "shares"),
    figure("plots.exposures", lambda x: plots.exposures(x.shares), "columns"),
    figure(
        "plots.score_memory", lambda x: plots.score_memory(x.one, horizon=4), "sorted"
    ),
    figure(
        "plots.year", lambda x: list(plots.year(x.year)), "year", "columns", "sorted"
    ),
]

# An infinite number has a rank; whoever scores it refuses it.
AS_IT_IS = ("no rows", "inf in predictions")
era = of(ERA, "predictions")
ONE_ERA = [
    era(
        "scoring.era_corr",
        lambda x: scoring.era_corr(x.predictions, x.target),
        "target",
        "matched",
    ),
    era(
        "scoring.era_corr_2021",
        lambda x: scoring.era_corr_2021(x.predictions, x.target),
        "target",
        "matched",
        by_position=True,
    ),
    era(
        "scoring.era_metamodel_corr",
        lambda x: scoring.era_metamodel_corr(x.predictions, x.metamodel),
        "metamodel",
        "matched",
    ),
    era(
        "scoring.era_mmc",
        lambda x: scoring.era_mmc(x.predictions, x.metamodel, x.target),
        "metamodel",
        "target",
        "matched",
    ),
    era(
        "scoring.era_mmc_2021",
        lambda x: scoring.era_mmc_2021(x.predictions, x.metamodel, x.target),
        "metamodel",
        "target",
        "matched",
        by_position=True,
    ),
    *[
        era(
            f"scoring.{function.__name__}",
            lambda x, f=function: f(x.predictions, x.features),
            "features",
            "matched",
            skip=() if function is scoring.era_exposure else EMPTY,
        )
        for function in (
            scoring.era_exposure,
            scoring.era_neutralize,
            scoring.era_neutralize_2021,
        )
    ],
    era(
        "scoring.era_fnc",
        lambda x: scoring.era_fnc(x.predictions, x.features, x.target),
        "features",
        "target",
        "matched",
    ),
    era(
        "scoring.era_signal_weights",
        lambda x: scoring.era_signal_weights(x.predictions, x.features, x.weights),
        "features",
        "weights",
        "matched",
        skip=EMPTY,
    ),
    era(
        "scoring.era_alpha",
        lambda x: scoring.era_alpha(x.predictions, x.features, x.weights, x.target),
        "features",
        "weights",
        "target",
        "matched",
    ),
    era(
        "scoring.era_meta_portfolio_contribution",
        lambda x: scoring.era_meta_portfolio_contribution(
            x.predictions, x.stakes, x.features, x.weights, x.target
        ),
        "features",
        "weights",
        "target",
        "stakes",
        "matched",
        skip=EMPTY,
    ),
    era(
        "scoring.era_churn",
        lambda x: scoring.era_churn(x.one, x.metamodel),
        "metamodel",
        "matched",
    ),
    era(
        "scoring.era_turnover",
        lambda x: scoring.era_turnover(x.one, x.metamodel),
        "metamodel",
        "matched",
    ),
    era(
        "scoring.Ranks.corr",
        lambda x: scoring.Ranks(x.predictions).corr(x.target),
        "target",
        "matched",
    ),
    era(
        "scoring.Ranks.mmc",
        lambda x: scoring.Ranks(x.predictions).mmc(x.metamodel, x.target),
        "metamodel",
        "target",
        "matched",
    ),
    era(
        "metamodel.era_contribution",
        lambda x: metamodel.era_contribution(x.predictions, x.stakes, x.target),
        "stakes",
        "target",
        "matched",
    ),
    era(
        "metamodel.era_leave_one_out",
        lambda x: metamodel.era_leave_one_out(x.predictions, x.stakes),
        "stakes",
    ),
    era(
        "metamodel.era_stake_weighted",
        lambda x: metamodel.era_stake_weighted(x.predictions, x.stakes),
        "stakes",
    ),
    era(
        "fund.era_weights",
        lambda x: fund.era_weights(x.one, x.features),
        "features",
        skip=("no features", *EMPTY),
    ),
    era("fund.era_long_only", lambda x: fund.era_long_only(x.one), skip=EMPTY),
    *[
        era(
            f"eras.{function.__name__}",
            lambda x, f=function: f(x.predictions),
            skip=AS_IT_IS,
        )
        for function in (
            eras.average_rank,
            eras.position_rank,
            eras.gaussianize,
            eras.signed_power,
        )
    ],
    era("eras.center", lambda x: eras.center(x.one), skip=AS_IT_IS),
    era(
        "eras.aligned",
        lambda x: eras.aligned(x.one, x.target)[0],
        "target",
        "matched",
        skip=AS_IT_IS,
    ),
    era(
        "models.signals.to_signal",
        lambda x: signals.to_signal(x.one),
        skip=("arrays", *EMPTY),
    ),
]

submitted = of(SUBMISSIONS)
SOME = ("an id missing",)  # of the universe a hundred are enough


def judged(x, form):
    return in_form(x.submission, form), in_form(x.live, form)


OTHERS = [
    Call(
        "data.load",
        lambda x: data.load("train", "all", source=x.source)[["target", "feature_b"]],
        SOURCES,
        set(),
    ),
    Call(
        "data.load (ids and eras)",
        lambda x: data.load("train", "all", source=x.source).reset_index()[
            ["id", "era", "data_type"]
        ],
        SOURCES,
        set(),
    ),
    *[
        one
        for form in NAMES_OF
        for one in [
            submitted(
                f"models.submission.faults ({form})",
                lambda x, form=form: refused(
                    submission.faults(*judged(x, form), tournament=form.split()[0])
                ),
                "submission",
                skip=SOME if form != "classic" else (),
            ),
            submitted(
                f"models.submission.make ({form})",
                lambda x, form=form: submission.make(
                    in_form(x.predictions, form), tournament=form.split()[0]
                )[NAMES_OF[form][1]],
                "predictions",
            ),
        ]
    ],
    submitted(
        "models.submission.require",
        lambda x: [submission.require(x.submission, x.live) is None],
        "submission",
    ),
    submitted(
        "models.submission.validate",
        lambda x: refused(list(submission.validate(x.submission, x.live).values())),
        "submission",
    ),
    *[
        Call(
            f"world.linkage.{function.__name__}",
            lambda x, f=function: f(x.earlier, x.later),
            PAIR,
            {"pair", *({"numbers"} if function is linkage.nearest else ())},
        )
        for function in (linkage.by_id, linkage.by_position, linkage.nearest)
    ],
    Call("world.crowd.Own.predict", season, OWN, set()),
]

CALLS = {
    one.name: one
    for group in (SCORING, METAMODEL, PANEL, SCORES, FIGURE, ONE_ERA, OTHERS)
    for one in group
}

# Public functions that take a panel, predictions or scores and are not above, and why.
LEFT_OUT = {
    "eras.joined": "`eras.walk` reads all that it does by it",
    "eras.pieces": "so does `eras.joined`",
    "eras.require_frame": "refuses what is no panel, and does no more",
    "models.CombinatorialPurged.get_n_splits": "does not look at X",
    "models.EraKFold.get_n_splits": "does not look at X",
    "models.submission.upload": "asks for live ids, and refuses what `faults` finds",
    "staking.Rules.__init__": "`scores` are two names",
    "world.Season.fund": "`signal` is a name or a Series by round of its own season",
}
