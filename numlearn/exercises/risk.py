"""Exercises: what may become of a stake, and how large it should be."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.staking import RULES, Paths, Pool, replay


def draws(seed):
    """Return tables rounds × paths of rates, a stake and a lag."""
    rng = np.random.default_rng([seed, 1])
    cases = []
    for rounds, lag in ((9, 3), (30, 5)):
        rates = rng.normal(0.005, 0.02, (rounds, 4)).clip(-0.05, 0.05)
        cases.append((pd.DataFrame(rates).rename_axis("round"), 80.0, lag))
    return cases


def simulate_stake(rates, stake, lag):
    """Return what a stake comes to in each column of rates, all rounds resolved."""
    rules = replace(RULES["2021-03"], lag=lag, cap=1.0)
    return replay(rates, rules, stake).iloc[-1].rename(None)


def ends(seed):
    """Return what stakes have come to, some exactly at the limit, and the limit."""
    rng = np.random.default_rng([seed, 2])
    cases = []
    for stake, limit in ((100.0, 0.25), (64.0, 0.5)):
        final = stake * rng.lognormal(0.0, 0.6, 400)
        final[:20] = stake * (1 - limit)
        cases.append((pd.Series(final), stake, limit))
    return cases


def loss_probability(final, stake, limit):
    """Return the share of paths that lose more than a share of the stake."""
    lost = 1 - final / stake
    return float((lost > limit).mean())


def budgets(seed):
    """Return ends of a stake, what can be afforded, and how surely."""
    rng = np.random.default_rng([seed, 3])
    kinds = ((100.0, 30.0, 0.95), (50.0, 12.0, 0.8))
    return [(pd.Series(s * rng.lognormal(0.1, 0.5, 500)), s, a, c) for s, a, c in kinds]


def safe_stake(final, stake, afford, confidence):
    """Return the largest stake that loses no more than can be afforded."""
    known = SimpleNamespace(
        final=final.to_frame("model"), stake=pd.Series({"model": stake})
    )
    return float(Paths.affordable(known, afford, confidence)["model"])


def pools(seed):
    """Return the reserves of pools, fees and what is paid in."""
    rng = np.random.default_rng([seed, 4])
    kinds = zip(rng.integers(500, 20_000, 3), rng.uniform(8, 30, 3), (0.003, 0.0, 0.01))
    return [(float(n), n * price, fee, n * price / 9) for n, price, fee in kinds]


def swap(nmr, usd, fee, paid):
    """Return the NMR that a pool gives for dollars."""
    return float(Pool(nmr, usd, fee).buy(paid).received)


def _no_lag(rates, stake, lag):
    return stake * (1 + rates).prod()


def _constant(rates, stake, lag):
    return stake * (1 + rates.sum())


def _unresolved(rates, stake, lag):
    return replay(rates, replace(RULES["2021-03"], lag=lag, cap=1.0), stake).iloc[
        len(rates) - 1
    ]


def _late(rates, stake, lag):
    return simulate_stake(rates, stake, lag + 1)


def _lost_share(final, stake, confidence):
    return 1 - final.quantile(1 - confidence) / stake


def _mean_price(nmr, usd, fee, paid):
    return paid * (1 - fee) * nmr / usd


EXERCISES = (
    Exercise(
        name="simulate_stake",
        points=3,
        hints=(
            "Keep what each round pays in a list. At the start of round `now`, what"
            " round `now - lag` paid becomes part of the stake, if there was one.",
            "After the last round nothing is staked any more, but `lag` payouts are"
            " still to come: add them.",
            "A row of `rates` is one round, a Series with a number for each path:"
            " `payouts.append(position * rates.iloc[now])` does all paths at once.",
        ),
        cases=draws,
        key=simulate_stake,
        refuses=(simulate_stake, replay),
        mistakes=(
            Mistake(
                _no_lag,
                "You let every payout count at once. It is part of the stake only `lag`"
                " rounds later.",
            ),
            Mistake(
                _constant,
                "The stake stayed what it was at first: payouts should join it after"
                " `lag` rounds and then be at risk as well.",
            ),
            Mistake(
                _unresolved,
                "You stopped at the last round. The last `lag` payouts are still to"
                " come.",
            ),
            Mistake(
                _late,
                "Payouts arrive one round too late: what round 0 paid is at risk in"
                " round `lag`.",
            ),
        ),
    ),
    Exercise(
        name="loss_probability",
        points=1,
        hints=(
            "A share of True and False is their mean.",
            "`1 - final / stake` is the share lost, negative where there was a gain.",
        ),
        cases=ends,
        key=loss_probability,
        mistakes=(
            Mistake(
                lambda final, stake, limit: float((final < stake).mean()),
                "That is the share of all paths that lose anything. Count those that"
                " lose more than the limit.",
            ),
            Mistake(
                lambda final, stake, limit: float((final < stake * limit).mean()),
                "You asked whether less than the limit is *left*. The limit is what is"
                " *lost*.",
            ),
            Mistake(
                lambda final, stake, limit: float(
                    (final <= stake * (1 - limit)).mean()
                ),
                "Some paths lose exactly the limit; more than the limit was asked for.",
            ),
            Mistake(
                lambda final, stake, limit: 100 * loss_probability(final, stake, limit),
                "That is a percentage; a probability lies between 0 and 1.",
            ),
            Mistake(
                lambda final, stake, limit: int(
                    (1 - final / stake > limit).sum(),
                ),
                "That is how many paths there are; divide by the number of all.",
            ),
        ),
    ),
    Exercise(
        name="safe_stake",
        points=3,
        hints=(
            "First for the stake that was simulated: which end do only 1 - confidence"
            " of the paths fall below? `final.quantile(1 - confidence)`.",
            "What share of the stake is lost there? If a stake is twice as large, so is"
            " the loss.",
            "The answer is `afford` divided by that share.",
        ),
        cases=budgets,
        key=safe_stake,
        refuses=(safe_stake, Paths.affordable),
        mistakes=(
            Mistake(
                lambda final, stake, afford, confidence: afford,
                "That would be right if everything could be lost. With this confidence"
                " only a share is lost, so the stake may be larger.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: float(
                    afford / _lost_share(final, stake, 1 - confidence)
                ),
                "You looked at the good end of the paths. The bad end is the quantile"
                " of 1 - confidence.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: float(
                    afford * _lost_share(final, stake, confidence)
                ),
                "Divide by the share that is lost: the smaller it is, the larger the"
                " stake may be.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: float(
                    afford / (stake * _lost_share(final, stake, confidence))
                ),
                "You divided by the NMR that are lost. Divide by the share of the stake"
                " that is lost.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: float(
                    afford / (1 - final.min() / stake)
                ),
                "You took the worst path of all. With a confidence below 1, a few paths"
                " may be worse.",
            ),
        ),
    ),
    Exercise(
        name="swap",
        points=2,
        hints=(
            "The fee is taken off what you pay; the rest counts. Before and after, the"
            " product of both reserves is the same for the part that counts.",
            "`(nmr - received) * (usd + counted) = nmr * usd`: solve for `received`.",
        ),
        cases=pools,
        key=swap,
        refuses=(swap, Pool.buy),
        mistakes=(
            Mistake(
                _mean_price,
                "You bought all of it at the first price. Each NMR that you take makes"
                " the next one dearer.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: swap(usd, nmr, fee, paid),
                "The reserves changed places: dollars go in, NMR come out.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: swap(nmr, usd, 0.0, paid),
                "You forgot the fee: only `paid * (1 - fee)` counts.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: nmr - swap(nmr, usd, fee, paid),
                "That is what is left in the pool; what came out of it was asked for.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "Early in 2026, 100 NMR are at risk in each of 25 live rounds, and one round"
        " can take 5 %. How much can be lost if all of them go as badly as they can?",
        {
            "5 NMR": "That is one round. The same 100 NMR stand behind all 25.",
            "All of it": "Right: 25 times 5 % is more than everything, and nobody owes"
            " more than the stake.",
            "Nothing, the rounds cancel out": "Live rounds are scored on mostly the"
            " same days. They go wrong together.",
        },
        "b",
    ),
    Question(
        "Your simulation says that 95 of 100 paths lose no more than a fifth. You can"
        " afford to lose 10 NMR. What does it tell you?",
        {
            "A stake of 50 NMR cannot lose more than 10": "Five paths in a hundred lose"
            " more, and the future may resemble none of them.",
            "With 50 NMR, 5 of 100 such futures lose more than 10": "Right, and *such*"
            " is the word that matters: futures like the record.",
            "To stake 10 NMR": "Staking what you can afford to lose altogether needs no"
            " simulation. It is the safer answer to another question.",
        },
        "b",
    ),
    Question(
        "You spend a sum equal to a tenth of a pool's dollars on its NMR. You get…",
        {
            "NMR at the price on the screen": "That is the price of the next small bit"
            " alone.",
            "fewer: you paid about a tenth more for each, and the fee": "Right. The"
            " product stays the same, so your own purchase moves the price.",
            "more, because large trades get a discount": "The other way round: each NMR"
            " taken out makes the next one dearer.",
        },
        "b",
    ),
)
