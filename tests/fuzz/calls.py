"""The public functions that are fuzzed: a line each, and which inputs it uses."""

from engine import Call

from numlearn import metamodel, scoring


def call(name, run, *uses, **options):
    return Call(name, run, {"predictions", *uses}, **options)


SCORING = [
    call("corr", lambda x: scoring.corr(x.panel, x.predictions, x.target), "target"),
    call(
        "corr_2021",
        lambda x: scoring.corr_2021(x.panel, x.predictions, x.target),
        "target",
        by_position=True,
    ),
    call(
        "metamodel_corr",
        lambda x: scoring.metamodel_corr(x.panel, x.predictions, x.metamodel),
        "metamodel",
    ),
    *[
        call(
            function.__name__,
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
            function.__name__,
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
        "fnc",
        lambda x: scoring.fnc(x.panel, x.predictions, x.features, x.target),
        "features",
        "target",
    ),
    call(
        "by_era",
        lambda x: scoring.by_era(
            x.panel, x.predictions, scoring.era_mmc, x.metamodel, x.target
        ),
        "metamodel",
        "target",
        skip=("two targets",),  # a table for the function
    ),
    call(
        "by_era with a table",
        lambda x: scoring.by_era(
            x.panel, x.predictions, scoring.era_neutralize, x.features
        ),
        "features",
    ),
    call(
        "signal_weights",
        lambda x: scoring.signal_weights(
            x.panel, x.predictions, x.neutralizers, x.sample_weights
        ),
        "neutralizers",
        "sample_weights",
    ),
    call(
        "alpha",
        lambda x: scoring.alpha(
            x.panel, x.predictions, x.neutralizers, x.sample_weights, x.target
        ),
        "neutralizers",
        "sample_weights",
        "target",
    ),
    call(
        "meta_portfolio_contribution",
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
    call("churn", lambda x: scoring.churn(x.panel, x.predictions, x.ticker), "ticker"),
    call(
        "turnover",
        lambda x: scoring.turnover(x.panel, x.predictions, x.ticker),
        "ticker",
    ),
]

METAMODEL = [
    call(
        "stake_weighted",
        lambda x: metamodel.stake_weighted(x.panel, x.predictions, x.stakes),
        "stakes",
    ),
    call("equal_weighted", lambda x: metamodel.equal_weighted(x.panel, x.predictions)),
    call(
        "leave_one_out",
        lambda x: metamodel.leave_one_out(x.panel, x.predictions, x.stakes),
        "stakes",
    ),
    call(
        "contribution",
        lambda x: metamodel.contribution(x.panel, x.predictions, x.stakes, x.target),
        "stakes",
        "target",
    ),
]

CALLS = {one.name: one for one in [*SCORING, *METAMODEL]}
