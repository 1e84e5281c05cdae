"""Exercises: what a stake earns or burns, in 2021 and today."""

from dataclasses import replace

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.staking import RULES, Rules, replay

THEN, NOW = RULES["2021-03"], RULES["2026-08"]


def payout_factor(total_at_risk, threshold):
    """Return by how much a crowded tournament shrinks everyone's payout."""
    return float(replace(THEN, threshold=threshold).payout_factor(total_at_risk))


def payout_2021(stake, total_at_risk, corr, mmc, mmc_multiplier):
    """Return a round's payout by the rules of March 2021."""
    scores = {"corr": corr, "mmc": mmc, "mmc_multiplier": mmc_multiplier}
    return THEN.payout(stake, total_at_risk=total_at_risk, **scores)


def payout_2026(position, corr, mmc):
    """Return a round's payout by the rules since August 2026."""
    return NOW.payout(position * NOW.position_share, corr=corr, mmc=mmc)


def compound(stake, rates):
    """Return the stake in each round when payouts arrive four rounds later."""
    return replay(pd.DataFrame({"model": rates}), THEN, stake)["model"].tolist()


def totals(seed):
    """Return tournaments below, at and above thresholds of their own."""
    rng = np.random.default_rng([seed, 1])
    thresholds = rng.integers(50, 400, 5) * 1000.0
    shares = [1.0, 0.999, *rng.uniform([0.3, 1.2, 4.0], [0.8, 1.8, 6.0])]
    return [(round(t * share), t) for t, share in zip(thresholds, shares)]


def rounds_2021(seed):
    """Return crowded and quiet rounds, ordinary ones and some beyond the cap."""
    rng = np.random.default_rng([seed, 2])
    stakes = rng.uniform(20, 200, 7).round(1)
    crowded, quiet = rng.uniform(320, 640, 7) * 1000, rng.uniform(50, 299, 7) * 1000
    good, extra = rng.uniform([0.06, 0.01], [0.08, 0.02])
    made = [
        (crowded, -good, extra, 0.5),
        (crowded, 0.9 + good, 0.2 + extra, 2.0),
        (crowded, -0.9 - good, -extra, 2.0),
        (quiet, good, -2 * extra, 1.0),
        (quiet, 0.3 + good, extra, 0.0),
        (quiet, -0.2, -good, 2.0),
        (np.full(7, 300_000.0), good, extra, 2.0),
    ]
    return [
        (float(stake), float(total[i].round()), corr, mmc, multiplier)
        for i, (stake, (total, corr, mmc, multiplier)) in enumerate(zip(stakes, made))
    ]


def rounds_2026(seed):
    """Return a good round, mixed ones, and some that double or take the whole slice."""
    rng = np.random.default_rng([seed, 3])
    positions = rng.uniform(20, 900, 5).round(1)
    positions[1] *= 1000  # more than any threshold there has been in later years
    corr, mmc = rng.uniform([0.02, 0.004], [0.04, 0.008])
    scores = [
        (corr, mmc),
        (corr, -3 * mmc),
        (-0.1 - corr, -0.07 - mmc),
        (0.1 + corr, 0.06 + mmc),
        (-corr, 4 * mmc),
    ]
    return [(float(x), *score) for x, score in zip(positions, scores)]


def a_season(seed):
    """Return a stake and what each of some rounds paid or burned, as shares."""
    rng = np.random.default_rng([seed, 4])
    return [
        (float(rng.integers(20, 200)), rng.uniform(-0.2, 0.25, rounds).round(3))
        for rounds in (9, 14, 1)
    ]


def _rate(total, corr, mmc, multiplier):
    return min(1, 300_000 / total) * (corr + multiplier * mmc)


def _paid_rate(total, corr, mmc, multiplier):
    """Return the rate of somebody who shrinks payouts alone."""
    score = corr + multiplier * mmc
    return score if score < 0 else _rate(total, corr, mmc, multiplier)


def _capped(rate, cap):
    return min(max(rate, -cap), cap)


def _grow(stake, rates, payout):
    stakes = [stake] * 4
    for number, rate in enumerate(rates):
        stakes.append(stakes[-1] + payout(stakes, number, rate))
    return stakes


TOO_MUCH_PAID = (
    "Here you pay more than 25 % of the stake. A round pays at most that, and burns at"
    " most that: cap both."
)
TOO_MUCH_BURNED = (
    "Here you burn more than the whole slice. A round burns at most that, and pays at"
    " most that: cap both."
)

EXERCISES = (
    Exercise(
        name="payout_factor",
        points=1,
        hints=(
            "Below the threshold nothing happens: the factor is 1. What must it be when"
            " twice the threshold is at risk?",
            "`threshold / total_at_risk`, but never more than 1: `min(1, ...)`.",
        ),
        cases=totals,
        example=lambda: (144_000, 72_000),
        key=payout_factor,
        refuses=(Rules.payout_factor,),
        mistakes=(
            Mistake(
                lambda total, threshold: threshold / total,
                "In a quiet tournament that is more than 1: nobody is paid extra for"
                " that. The factor stops at 1.",
            ),
            Mistake(
                lambda total, threshold: 1 / max(1, total // threshold),
                "You counted how often the threshold goes into the total, in whole"
                " numbers. The factor shrinks little by little: `/`, not `//`.",
            ),
            Mistake(
                lambda total, threshold: min(1, total / threshold),
                "Upside down: the *more* NMR is at risk, the smaller the factor.",
            ),
            Mistake(
                lambda total, threshold: 1.0 if total <= threshold else 0.0,
                "Above the threshold the factor shrinks little by little; it does not"
                " fall to 0.",
            ),
            Mistake(
                lambda total, threshold: min(1, 72_000 / total),
                "You took 72,000 whatever the threshold is: it is an argument.",
            ),
            Mistake(
                lambda total, threshold: round(min(1, threshold / total), 2),
                "You rounded the factor: return it as it is.",
            ),
            Mistake(
                lambda total, threshold: min(1, max(0, 1.5 - 0.5 * total / threshold)),
                "You let the factor fall along a straight line. Four times the"
                " threshold makes a quarter: `threshold / total_at_risk`.",
            ),
        ),
    ),
    Exercise(
        name="payout_2021",
        points=3,
        hints=(
            "Three steps: the score (CORR once, MMC times its multiplier), the factor,"
            " the cap of 25 %.",
            "`rate = min(1, 300_000 / total_at_risk) * (corr + mmc_multiplier * mmc)`."
            " Cap the rate from both sides, then multiply by the stake.",
        ),
        cases=rounds_2021,
        example=lambda: (100, 375_000, 0.02, 0.002, 2),
        key=payout_2021,
        refuses=(Rules.payout, Rules.rate),
        mistakes=(
            Mistake(
                lambda s, t, c, m, k: s * min(_rate(t, c, m, k), 0.25),
                "You capped the payouts only. The cap holds for burns as well.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * max(_rate(t, c, m, k), -0.25),
                TOO_MUCH_PAID,
            ),
            Mistake(
                lambda s, t, c, m, k: s * _rate(t, c, m, k),
                TOO_MUCH_PAID,
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(_rate(t, c, m, k), 0.05),
                "5 % was the cap from May 2023 on. In 2021 it was 25 %.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(3e5 / t * (c + k * m), 0.25),
                "In a quiet tournament your factor is above 1. It stops at 1.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(c + _rate(t, 0, m, k), 0.25),
                "The factor is for the whole score, CORR and MMC.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * min(1, 3e5 / t) * _capped(c + k * m, 0.25),
                "You capped the score and then applied the factor, as a page of"
                " February 2021 had it. Cap what is paid: after the factor.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(_paid_rate(t, c, m, k), 0.25),
                "The payout factor is missing where a round burns: it shrinks burns as"
                " it does payouts.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(c + k * m, 0.25),
                "The payout factor is missing.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(_rate(t, c, 0, k) + k * m, 0.25),
                "The factor is for the whole score, CORR and MMC.",
            ),
            Mistake(
                lambda s, t, c, m, k: (
                    s * _capped(min(1, 360_000 / t) * (c + k * m), 0.25)
                ),
                "360,000 NMR was the threshold from January 2023 on. In 2021 it was"
                " 300,000.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * max(_capped(_rate(t, c, m, k), 0.25), 0),
                "A round below zero burns a part of the stake: your rule returns 0.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * (1 + _capped(_rate(t, c, m, k), 0.25)),
                "That is the stake after the round. Return what the round pays or"
                " burns.",
            ),
            Mistake(
                lambda s, t, c, m, k: _capped(s * _rate(t, c, m, k), 25),
                "Your cap is 25 NMR. It is 25 % of the stake.",
            ),
            Mistake(
                lambda s, t, c, m, k: (
                    s
                    * (
                        _capped(_rate(t, c, 0, k), 0.25)
                        + _capped(_rate(t, 0, m, k), 0.25)
                    )
                ),
                "You capped CORR and MMC apart. The cap is for their sum.",
            ),
            Mistake(
                lambda s, t, c, m, k: round(s * _capped(_rate(t, c, m, k), 0.25), 2),
                "You rounded the payout: return it as it is.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(0.8 * (c + k * m), 0.25),
                "0.8 is the factor of the example alone: it is 300,000 divided by what"
                " is at risk, at most 1.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(_rate(t, c, 0, k), 0.25),
                "You left the MMC out. One of the documents' own examples does, too.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(_rate(t, 2 * c, m, k), 0.25),
                "You counted CORR twice, as Signals did. In Classic it counts once.",
            ),
            Mistake(
                lambda s, t, c, m, k: s * _capped(_rate(t, k * c, k * m, 1), 0.25),
                "The multiplier is for the MMC alone: in 2021 CORR counted once.",
            ),
        ),
    ),
    Exercise(
        name="payout_2026",
        points=3,
        hints=(
            "How much of the position is at risk in one round? What is the largest"
            " share of *that* which can burn?",
            "The slice is `position / 64`, the score `3 * corr + 15 * mmc`, capped"
            " between -1 and 1. There is no factor.",
        ),
        cases=rounds_2026,
        example=lambda: (64, 0.02, 0.005),
        key=payout_2026,
        refuses=(Rules.payout, Rules.rate),
        mistakes=(
            Mistake(
                lambda p, c, m: p * _capped(3 * c + 15 * m, 1),
                "Only a slice is at risk in one round, 1/64 of the position.",
            ),
            Mistake(
                lambda p, c, m: p / 64 * max(3 * c + 15 * m, -1),
                "What is paid is not capped: a round pays at most its whole slice, as"
                " it burns at most that.",
            ),
            Mistake(
                lambda p, c, m: p / 64 * min(3 * c + 15 * m, 1),
                TOO_MUCH_BURNED,
            ),
            Mistake(
                lambda p, c, m: p / 64 * (3 * c + 15 * m),
                TOO_MUCH_BURNED,
            ),
            Mistake(
                lambda p, c, m: p / 64 * _capped(3 * c + 15 * m, 0.25),
                "25 % was the cap of 2021. Now it is the whole slice.",
            ),
            Mistake(
                lambda p, c, m: p / 64 * _capped(5 * c + 10 * m, 1),
                "5 and 10 stood on an earlier page: the multipliers are 3 and 15.",
            ),
            Mistake(
                lambda p, c, m: p / 64 * _capped(3 * c + 15 * m, 0.05),
                "5 % was the cap until August 2026. Now it is the whole slice.",
            ),
            Mistake(
                lambda p, c, m: p / 64 * _capped(0.75 * c + 2.25 * m, 1),
                "0.75 and 2.25 were the multipliers until August 2026; now they are 3"
                " and 15.",
            ),
            Mistake(
                lambda p, c, m: p / 64 * _capped(15 * c + 3 * m, 1),
                "The multipliers changed places: 3 is for CORR, 15 for MMC.",
            ),
            Mistake(
                lambda p, c, m: p / 64 * (_capped(3 * c, 1) + _capped(15 * m, 1)),
                "You capped CORR's part and MMC's part apart. The cap is for their"
                " sum.",
            ),
            Mistake(
                lambda p, c, m: p / 64 * _capped(3 * c, 1),
                "You left the MMC out: it counts 15 times.",
            ),
            Mistake(
                lambda p, c, m: p // 64 * _capped(3 * c + 15 * m, 1),
                "`//` cuts off what is left of the position. A slice is `position /"
                " 64`.",
            ),
            Mistake(
                lambda p, c, m: p / 60 * _capped(3 * c + 15 * m, 1),
                "A slice is 1/64 of the position, not 1/60.",
            ),
            Mistake(
                lambda p, c, m: (
                    min(1, 72_000 / p) * p / 64 * _capped(3 * c + 15 * m, 1)
                ),
                "There is no payout factor any more since August 2026.",
            ),
        ),
    ),
    Exercise(
        name="compound",
        points=3,
        hints=(
            "Make a list that begins with four times the stake. Round 1 pays into the"
            " fifth place, round 2 into the sixth.",
            "`for number, rate in enumerate(rates):` the round's payout is"
            " `stakes[number] * rate`; add it to the newest stake, `stakes[-1]`, and"
            " append.",
        ),
        cases=a_season,
        example=lambda: (100, [0.10, 0.25, -0.10, 0.05]),
        key=compound,
        refuses=(replay,),
        mistakes=(
            Mistake(
                lambda stake, rates: stake * np.cumprod([1, *np.add(rates, 1)]),
                "You let each round pay into the next. In 2021 a payout arrived four"
                " rounds later.",
            ),
            Mistake(
                lambda stake, rates: _grow(stake, rates, lambda s, n, r: stake * r),
                "You paid every round on the first stake. What counts is the stake that"
                " was at risk in that round: `stakes[number]`.",
            ),
            Mistake(
                lambda stake, rates: _grow(stake, rates, lambda s, n, r: s[-1] * r),
                "You paid on the newest stake. The payout belongs to the stake of four"
                " rounds before, which was the one at risk.",
            ),
            Mistake(
                lambda stake, rates: _grow(
                    stake, rates, lambda s, n, r: s[n] * (1 + r) - s[-1]
                ),
                "You put a payout on the stake of four rounds before, and what came in"
                " between is lost. Add it to the newest stake, `stakes[-1]`.",
            ),
            Mistake(
                lambda stake, rates: _grow(stake, rates, lambda s, n, r: s[n + 1] * r),
                "Each payout is reckoned on the stake of one round too late: what was"
                " at risk in a round is `stakes[number]`.",
            ),
            Mistake(
                lambda stake, rates: [
                    stake,
                    *_grow(stake, rates, lambda s, n, r: ([stake, *s])[n] * r),
                ],
                "The payouts arrive a round too late: the list begins with the stake"
                " four times, and the fifth stake has the payout of round 1.",
            ),
            Mistake(
                lambda stake, rates: _grow(stake, rates, lambda s, n, r: s[n] * r)[
                    : len(rates)
                ],
                "There are four more stakes than rates: the payouts of the last four"
                " rounds arrive after them.",
            ),
            Mistake(
                lambda stake, rates: _grow(stake, rates, lambda s, n, r: s[n] * r)[4:],
                "The first four rounds are missing: the stake stands still in them.",
            ),
            Mistake(
                lambda stake, rates: _grow(stake, rates, lambda s, n, r: s[n] * r)[-1],
                "That is the last stake alone. Return the list of all, from round 1"
                " on.",
            ),
            Mistake(
                lambda stake, rates: _grow(stake, rates[:4], lambda s, n, r: s[n] * r),
                "You took four rates. There may be more, or fewer.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "Your CORR of a round is 0.01 and your MMC is -0.01. Today you…",
        {
            "earn, because CORR is positive": "That was so in 2021, for those who had"
            " not chosen MMC.",
            "burn, because MMC counts five times as much": "Right: 3 × 0.01 - 15 × 0.01"
            " is below zero.",
            "get nothing, they cancel": "They would if both counted the same. MMC has"
            " the larger multiplier.",
        },
        "b",
    ),
    Question(
        "Somebody's stake burns. Who has more NMR afterwards?",
        {
            "Numerai": "No. A burned token is destroyed, and no contract pays it out.",
            "Those who scored better in that round": "No. Payouts are made by Numerai;"
            " they are not other people's burns.",
            "Nobody": "Right. That is what sets it apart from a bet against a house, or"
            " against other players.",
        },
        "c",
    ),
    Question(
        "Many models without any skill are staked for a year, with as much NMR at risk"
        " as the documents give. About how much of the stakes is left on average?",
        {
            "All of it, but the typical one has less": "Right: ups and downs of the"
            " same size do not cancel when they compound.",
            "Nothing, noise is burned": "No. Noise has a good round as often as a bad"
            " one, and the rule treats both alike.",
            "More, because a stake cannot fall below zero": "That takes stakes that are"
            " wiped out, and with so much at risk none was. In the what-if without a"
            " crowd the mean does rise.",
        },
        "a",
    ),
)
