"""Exercises: what may become of a stake, and how large it should be."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.staking import RULES, Paths, Pool, replay


def draws(seed):
    """Return tables rounds × paths of rates, a stake and a lag: short, long, beyond."""
    rng = np.random.default_rng([seed, 1])
    stakes = rng.permutation([25.0, 40.0, 80.0, 160.0, 250.0])
    cases = []
    for stake, (rounds, lag) in zip(stakes, ((9, 3), (1, 1), (4, 6), (5, 5), (30, 4))):
        paths = int(rng.integers(1, 5))
        rates = rng.normal(0.005, 0.04, (rounds, paths)).clip(-0.1, 0.1)
        first = int(rng.integers(1, 500))
        index = pd.RangeIndex(first, first + rounds, name="round")
        columns = [f"future {n}" for n in rng.permutation(50)[:paths]]
        cases.append((pd.DataFrame(rates, index, columns), float(stake), lag))
    return cases


def simulate_stake(rates, stake, lag):
    """Return what a stake comes to in each column of rates, all rounds resolved."""
    return _resolved(rates, stake, lag).iloc[-1].rename(None)


def _resolved(rates, stake, lag):
    """Return the position at the start of each round, and after the last."""
    rules = replace(RULES["2021-03"], lag=lag, cap=1.0)
    return replay(rates.reset_index(drop=True), rules, stake)


def ends(seed):
    """Return what stakes have come to, some exactly at the limit, and the limit."""
    rng = np.random.default_rng([seed, 2])
    cases = []
    for stake, limit, number in (
        (64.0, 0.5, 300),
        (100.0, 0.0, 200),
        (48.0, 0.75, 1),
        (160.0, 0.125, int(rng.integers(301, 400))),
    ):
        final = stake * rng.lognormal(0.0, 0.6, number)
        final[number // 9 : number // 5] = stake * (1 - limit)
        final[number // 5 : number // 4] = stake
        cases.append((pd.Series(rng.permutation(final)), stake, limit))
    gains = pd.Series(80 + rng.exponential(20, 30))
    return [(gains, 80.0, 0.25), (160 - gains, 160.0, 0.25), *cases]


def loss_probability(final, stake, limit):
    """Return the share of paths that lose more than a share of the stake."""
    lost = 1 - final / stake
    return float((lost > limit).mean())


def budgets(seed):
    """Return ends of a stake, what can be afforded, how surely; some lose nothing."""
    rng = np.random.default_rng([seed, 3])

    def futures(stake, drift, number):
        return pd.Series(stake * rng.lognormal(drift, 0.5, number))

    mild = pd.Series(80 * rng.uniform(0.85, 1.3, 60))
    return [
        (mild, 80.0, 35.0, 0.9),
        (pd.Series(60 * rng.uniform([0.4] * 9 + [1.1] * 30, 1.3)), 60.0, 9.0, 0.6),
        (futures(100.0, 0.1, 500), 100.0, 30.0, 0.95),
        (50 + futures(50.0, 0.0, 40), 50.0, 12.0, 0.9),
        (pd.Series([50.0, *[80.0] * 7, 90.0]), 80.0, 5.0, 0.75),
        (0 * futures(20.0, 0.0, 30), 20.0, 7.0, 0.99),
        (futures(60.0, 0.0, 1) / 3, 60.0, 9.0, 0.5),
        (futures(50.0, 0.0, int(rng.integers(200, 400))), 50.0, 12.0, 0.8),
    ]


def safe_stake(final, stake, afford, confidence):
    """Return the largest stake that loses no more than can be afforded."""
    known = SimpleNamespace(
        final=final.to_frame("model"), stake=pd.Series({"model": stake})
    )
    return float(Paths.affordable(known, afford, confidence)["model"])


def pools(seed):
    """Return the reserves of pools, fees and what is paid in."""
    rng = np.random.default_rng([seed, 4])
    reserves, prices = rng.integers(500, 20_000, 5), rng.uniform(8, 30, 5)
    kinds = zip(reserves, prices, (0.003, 0.0, 0.01, 0.05, 0.003), (9, 3, 40, 0.5, 15))
    return [
        (float(n), n * price, fee, n * price / part) for n, price, fee, part in kinds
    ]


def swap(nmr, usd, fee, paid):
    """Return the NMR that a pool gives for dollars."""
    return float(Pool(nmr, usd, fee).buy(paid).received)


def _one_future(rates, stake, lag):
    """Add only the newest of the payouts that are still to come."""
    positions = _resolved(rates, stake, lag).iloc[: len(rates)]
    return positions.iloc[-1] * (1 + rates.iloc[-1])


def _too_few_rounds(rates, stake, lag):
    """Let a slice of the payouts begin below 0."""
    position, payouts = stake, []
    for now in range(len(rates)):
        if now >= lag:
            position = position + payouts[now - lag]
        payouts.append(position * rates.iloc[now])
    return position + sum(payouts[len(rates) - lag :])


def _share_lost(final, stake, confidence):
    return float(1 - final.quantile(1 - confidence) / stake)


TOO_EARLY = (
    "Payouts count too early: what round 0 paid is at risk from round `lag` on, and not"
    " in the next one."
)


def _at_most_the_tried(final, stake, afford, confidence):
    safe = safe_stake(final, stake, afford, confidence)
    return safe if safe == np.inf else min(safe, stake)


def _any_if_none_loses(final, stake, afford, confidence):
    if (final >= stake).all():
        return np.inf
    return afford / (_share_lost(final, stake, confidence) or np.nan)


EXERCISES = (
    Exercise(
        name="simulate_stake",
        points=3,
        hints=(
            "Keep what each round pays in a list. At the start of round `now`, what"
            " round `now - lag` paid becomes part of the stake, if there was one.",
            "After the last round nothing is staked any more, but up to `lag` payouts"
            " are still to come: add them.",
            "A row of `rates` is one round, a Series with a number for each path:"
            " `payouts.append(position * rates.iloc[now])` does all paths at once.",
        ),
        cases=draws,
        example=lambda: (
            pd.DataFrame({"a": [0.1, 0.2, -0.1, 0.2, 0.1], "b": 5 * [0.0]}),
            100,
            2,
        ),
        key=simulate_stake,
        refuses=(simulate_stake, replay),
        mistakes=(
            Mistake(
                lambda rates, stake, lag: stake * (1 + rates).prod(),
                TOO_EARLY,
            ),
            Mistake(
                lambda rates, stake, lag: stake * (1 + rates.sum()),
                "The stake stayed what it was at first: payouts should join it after"
                " `lag` rounds and then be at risk as well.",
            ),
            Mistake(
                lambda rates, stake, lag: (
                    _resolved(rates, stake, lag).iloc[len(rates) - 1].rename(None)
                ),
                "You stopped at the last round. What the last `lag` rounds paid is"
                " still to come.",
            ),
            Mistake(
                _one_future,
                "Not only the last round's payout is still to come: those of the last"
                " `lag` rounds are.",
            ),
            Mistake(
                lambda rates, stake, lag: simulate_stake(rates, stake, lag + 1),
                "Payouts arrive one round too late: what round 0 paid is at risk in"
                " round `lag`.",
            ),
            Mistake(
                lambda rates, stake, lag: simulate_stake(rates, stake, max(lag - 1, 1)),
                TOO_EARLY,
            ),
            Mistake(
                lambda rates, stake, lag: simulate_stake(rates, stake, lag) - stake,
                "That is what is gained. What each future *ends with* was asked for,"
                " the stake included.",
            ),
            Mistake(
                lambda rates, stake, lag: simulate_stake(rates, stake, 4),
                "You waited four rounds for a payout, as in 2021, whatever `lag` is.",
            ),
            Mistake(
                _too_few_rounds,
                "Where there are fewer rounds than `lag`, every payout is still to"
                " come. A slice that begins at `len(rates) - lag` then begins below 0,"
                " which is counted from the end: `payouts[-lag:]` takes all there are.",
            ),
            Mistake(
                lambda rates, stake, lag: simulate_stake(rates / lag, stake, lag),
                "You put a part of the stake at risk in each round. By these rules it"
                " is the whole stake.",
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
        example=lambda: (
            pd.Series([40, 75, 90, 99.9, 110, 130, 140, 150, 160, 170]),
            100,
            0.25,
        ),
        key=loss_probability,
        mistakes=(
            Mistake(
                lambda final, stake, limit: (final < stake).mean(),
                "That is the share of all paths that lose anything. Count those that"
                " lose more than the limit.",
            ),
            Mistake(
                lambda final, stake, limit: (final < stake * limit).mean(),
                "You asked whether less than the limit is *left*. The limit is what is"
                " *lost*.",
            ),
            Mistake(
                lambda final, stake, limit: (final <= stake * (1 - limit)).mean(),
                "Some paths lose exactly the limit; more than the limit was asked for.",
            ),
            Mistake(
                lambda final, stake, limit: 1 - loss_probability(final, stake, limit),
                "That is the share of paths that do not lose so much.",
            ),
            Mistake(
                lambda final, stake, limit: (final > stake * (1 + limit)).mean(),
                "Those are the paths that gain more than the limit. Count those that"
                " lose it.",
            ),
            Mistake(
                lambda final, stake, limit: ((1 - final / stake).abs() > limit).mean(),
                "You counted the paths that *gain* more than the limit as well.",
            ),
            Mistake(
                lambda final, stake, limit: (
                    1 - final[final < stake] / stake > limit
                ).mean(),
                "That is the share among the paths that lose. The share of all paths"
                " was asked for.",
            ),
            Mistake(
                lambda final, stake, limit: 100 * loss_probability(final, stake, limit),
                "That is a percentage; a probability lies between 0 and 1.",
            ),
            Mistake(
                lambda final, stake, limit: (1 - final / stake > limit).sum(),
                "That is how many paths lose more than the limit. Divide by the number"
                " of all.",
            ),
            Mistake(
                lambda final, stake, limit: (stake - final > limit).mean(),
                "You compared NMR with the limit, which is a share: divide what is lost"
                " by the stake.",
            ),
            Mistake(
                lambda final, stake, limit: loss_probability(final, 100, limit),
                "You took a stake of 100 whatever it is: `stake` is an argument.",
            ),
            Mistake(
                lambda final, stake, limit: (final > stake * (1 - limit)).mean(),
                "That is the share of paths that lose less than the limit.",
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
            "The answer is `afford` divided by that share, or `np.inf` where the share"
            " is not above 0.",
        ),
        cases=budgets,
        example=lambda: (pd.Series([50, 80, 100, 120, 140]), 100, 10, 0.75),
        key=safe_stake,
        refuses=(safe_stake, Paths.affordable),
        same={
            "comparison: share > 0 → share >= 0": "a number divided by numpy's 0.0 is"
            " infinite as well",
        },
        mistakes=(
            Mistake(
                lambda final, stake, afford, confidence: afford,
                "That would be right if everything could be lost. With this confidence"
                " only a share is lost, so the stake may be larger.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: (
                    afford / _share_lost(final, stake, 1 - confidence)
                ),
                "You looked at the good end of the paths. The bad end is the quantile"
                " of 1 - confidence.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: safe_stake(
                    final, stake, afford, 1 - confidence
                ),
                "You looked at the good end of the paths, where nothing is lost. The"
                " bad end is the quantile of 1 - confidence.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: (
                    afford * _share_lost(final, stake, confidence)
                ),
                "Divide by the share that is lost: the smaller it is, the larger the"
                " stake may be.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: (
                    afford / (stake * _share_lost(final, stake, confidence))
                ),
                "You divided by the NMR that are lost. Divide by the share of the stake"
                " that is lost.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: (
                    afford / (1 - _share_lost(final, stake, confidence))
                ),
                "You divided by the share that is left. Divide by the share that is"
                " lost.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: (
                    afford / (1 - final.min() / stake)
                ),
                "You took the worst path of all. With a confidence below 1, a few paths"
                " may be worse.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: max(
                    afford / _share_lost(final, stake, confidence), 0
                ),
                "Where even that end is a gain, any stake is safe: `np.inf`, and not"
                " 0.",
            ),
            Mistake(
                _at_most_the_tried,
                "The answer may be larger than the stake that was simulated: everything"
                " grows with the stake.",
            ),
            Mistake(
                _any_if_none_loses,
                "Any stake is safe as soon as the quantile is a gain, also where a few"
                " futures lose: then `np.inf`.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: min(
                    safe_stake(final, stake, afford, confidence), stake
                ),
                "The answer may be larger than the stake that was simulated: everything"
                " grows with the stake.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: (
                    afford / _share_lost(final, stake, confidence)
                ),
                "Where even that end is a gain there is no loss to divide by, and a"
                " stake is never below 0: then any stake is safe, `np.inf`.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: safe_stake(
                    final, stake, afford, 0.95
                ),
                "You took a confidence of 95 % whatever it is: it is an argument.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: safe_stake(
                    final[final < stake], stake, afford, confidence
                ),
                "You looked at the futures that lose, alone. The confidence is a share"
                " of all.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: (
                    afford / (1 - final.quantile(1 - confidence, "lower") / stake)
                ),
                "You took one of the ends. Between two of them `final.quantile(1 -"
                " confidence)` takes what lies between.",
            ),
            Mistake(
                lambda final, stake, afford, confidence: float(
                    final.quantile(1 - confidence)
                ),
                "That is what is left of the simulated stake at the bad end. How large"
                " a stake loses `afford` there?",
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
        example=lambda: (10_000, 150_000, 0.003, 3_000),
        key=swap,
        refuses=(swap, Pool.buy),
        mistakes=(
            Mistake(
                lambda nmr, usd, fee, paid: paid * (1 - fee) * nmr / usd,
                "You bought all of it at the first price. Each NMR that you take makes"
                " the next one dearer.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: paid * nmr / usd,
                "You bought all of it at the first price, and without the fee. Each NMR"
                " that you take makes the next one dearer.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: swap(nmr, usd, 0.0, paid / (1 + fee)),
                "The fee is a share of what is paid: take it off, `paid * (1 - fee)`.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: swap(nmr, usd, fee / 100, paid),
                "The fee is a share already: 0.003 is 0.3 %.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: swap(usd, nmr, fee, paid),
                "The reserves changed places: dollars go in, NMR come out.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: nmr - nmr * usd / (usd + paid),
                "You forgot the fee: only `paid * (1 - fee)` counts.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: nmr * paid / (usd + paid) * (1 - fee),
                "The fee comes off the dollars first. In the pool's product, too, only"
                " `paid * (1 - fee)` counts, and not all that is paid.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: nmr * paid / (usd + paid * (1 - fee)),
                "The fee does not buy anything: it is `paid * (1 - fee)` above the line"
                " as well.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: nmr * usd / (usd + paid * (1 - fee)),
                "That is what is left in the pool; what came out of it was asked for.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: (1 - fee) * swap(nmr, usd, fee, paid),
                "You took the fee twice: off the dollars, and off the NMR again.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: swap(nmr, usd, 0.0, paid * (1 + fee)),
                "You put the fee on top of what is paid. It is taken off: `1 - fee`.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: swap(nmr, usd, 0.003, paid),
                "You took a fee of 0.3 % whatever it is: `fee` is an argument.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: (
                    paid * (1 - fee) * nmr * usd / (usd + paid * (1 - fee)) ** 2
                ),
                "You bought all of it at the last price. The first NMR were cheaper.",
            ),
            Mistake(
                lambda nmr, usd, fee, paid: round(swap(nmr, usd, fee, paid), 1),
                "You rounded what comes out: return it as it is.",
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
