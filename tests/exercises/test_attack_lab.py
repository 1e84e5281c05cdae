"""The judge of `your_rule` meets rules that nobody listed."""

import numpy as np
import pytest

from numlearn.exercises import Outcome, find, judge
from numlearn.grading.wire import dumps, loads

_, EXERCISE = find("your_rule")


def score(a, b, cap, slices=1):
    return lambda corr, mmc, stake: (
        stake / slices * (a * corr + b * mmc).clip(-cap, cap)
    )


RULE = score(0.5, 2.5, 0.05)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(score(0.5, 2, 0.05), id="January 2024"),
        pytest.param(score(3, 15, 1, 64), id="August 2026"),
        pytest.param(score(0.2, 1.5, 0.1), id="another"),
    ],
)
def test_rules_that_mirror_and_pay_for_mmc_defend(rule, seed):
    assert judge(EXERCISE, rule, seed).outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (score(1, 0, 0.25), "copies of the metamodel"),
        (score(1, 2, 0.25), "copies of the metamodel"),
        (score(0, 2, 0.05), "opposite of the metamodel"),
        (score(0.4, 2.5, 9.0), "more than it had at stake"),
        (lambda c, m, s: RULE(c, m, s).clip(-40, 40), "split"),
        (lambda c, m, s: RULE(c - c.mean().mean() + 0.006, m, s), "in one table"),
        (
            lambda c, m, s: RULE(c, m, s).rolling(2, min_periods=1).mean(),
            "in one table",
        ),
        (lambda c, m, s: RULE(c / c.abs().max().max() / 20, m, s), "in one table"),
        (lambda c, m, s: RULE(c, m, s).sort_index(), "order of the tables"),
        (lambda c, m, s: RULE(c, m.sub(m.mean(axis=1), axis=0) + 0.001, s), "in one"),
        (score(-1, -3, 0.05), "Honest users lose"),
        (lambda c, m, s: s * 0.02 * ((c + m) > 0), "Random accounts earn"),
        (lambda c, m, s: RULE(c, m, s).shift(fill_value=0), "in one table"),
        (lambda c, m, s: s * (RULE(c, m, s * 0 + 1).rank(axis=1) - 20) / 999, "in one"),
        (lambda c, m, s: RULE(c, m, s).where(s >= 50, 0), "of another"),
        (lambda c, m, s: s**1.2 * (0.1 * (c + 3 * m)).clip(-0.02, 0.02), "one account"),
        (lambda c, m, s: s * np.nan, "missing"),
        (lambda c, m, s: (s * c).sum(), "table like `stake`"),
        (lambda c, m, s: 2 * s, "more than its whole stake"),
    ],
)
def test_other_rules_are_told_what_went_wrong(rule, says):
    verdict = judge(EXERCISE, rule, 7)
    assert verdict.outcome is Outcome.WRONG
    assert says in verdict.message


def test_who_is_who_does_not_travel():
    """In a class the answer runs elsewhere, and sees the tables alone."""
    case = EXERCISE.inputs(3)[1]
    sent = loads(dumps(case))
    assert all(not table.attrs for table in sent)
    assert EXERCISE.fault(score(0.5, 2, 0.05)(*sent), case) is None
