"""Exercises: what one changed rule changes, and who works then."""

import numpy as np
import pandas as pd
from scipy import stats

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.world import interval


def worlds(seed):
    """Return (base, changed): one number a world, in two orders."""
    rng = np.random.default_rng([seed, 2])
    cases = []
    for number in (5, 8, 2, 21):
        world = pd.Index(rng.permutation(40)[:number] + 1, name="world")
        base = pd.Series(rng.normal(0.024, 0.006, number), world).round(4)
        changed = (base + rng.normal(-0.001, 0.001, number)).round(4)
        cases.append((base, changed.reindex(np.roll(world, 1))))
    return cases


def three_worlds():
    """Return the arguments of the statement's example."""
    base = pd.Series([0.02, 0.03, 0.01], [1, 2, 3])
    return base, pd.Series([0.028, 0.01, 0.019], [2, 3, 1])


def what_if(base, changed):
    """Return the mean of the paired differences, with its 95 % interval."""
    mean, low, high = interval(changed - base)
    return {"mean": float(mean), "low": float(low), "high": float(high)}


def _around(mean, reach):
    return {
        "mean": float(mean),
        "low": float(mean - reach),
        "high": float(mean + reach),
    }


def _with(gaps, times=None, root=True, ddof=1):
    """Return an interval of which one step may have gone wrong."""
    times = stats.t.ppf(0.975, len(gaps) - 1) if times is None else times
    error = gaps.std(ddof=ddof) / (len(gaps) ** 0.5 if root else 1)
    return _around(gaps.mean(), times * error)


def _unpaired(base, changed):
    error = np.sqrt((base.var() + changed.var()) / len(base))
    times = stats.t.ppf(0.975, len(base) - 1)
    return _around(changed.mean() - base.mean(), times * error)


def rewards(seed):
    """Return (reward, cost): by how many work, in no order, and not always falling."""
    rng = np.random.default_rng([seed, 4])
    cases = []
    drawn = sorted(rng.choice(np.arange(1, 400), 6, False).tolist())
    for counts in ([5, 10, 15, 20], [2, 3, 8, 12, 23], [1, 6, 7], [4], drawn):
        falling = np.sort(rng.choice(np.arange(60, 600, 5), len(counts), False))[::-1]
        reward = pd.Series(falling.astype(float), pd.Index(counts, name="working"))
        mixed = reward.iloc[rng.permutation(len(counts))]
        middle = float(falling[len(counts) // 2])
        cases += [(mixed, middle), (mixed, middle - 2.5), (mixed, 700.0)]
        cases += [(mixed, 20.0), (mixed[::-1], float(falling[0]))]
    bent, *others = (
        pd.Series(falls, [5, 10, 15, 20])
        for falls in (
            [300.0, 120, 180, 90],
            [300.0, 160, 200, 90],
            [180.0, 300, 200, 90],
        )
    )
    odd = [(bent, 150.0), (bent.iloc[[3, 1, 2, 0]], 121.0)]
    return [*odd, *((one, 150.0) for one in others), *cases]


def _where(covers, which):
    return which(covers) if len(covers) else 0


def four_counts():
    """Return the arguments of the statement's example."""
    return pd.Series([500.0, 300.0, 180.0, 90.0], [5, 10, 15, 20]), 150.0


def who_works(reward, cost):
    """Return the largest number of workers whose reward covers the cost; 0 if none."""
    return max((int(n) for n, pays in reward.items() if pays >= cost), default=0)


def _last_before(reward, cost):
    """Go up until the reward no longer covers the cost, and stop there."""
    working = 0
    for n, pays in reward.sort_index().items():
        if pays < cost:
            break
        working = int(n)
    return working


def _nearest(reward, cost):
    return int((reward - cost).abs().idxmin())


def _first_to_stop(reward, cost):
    over = reward.index[reward < cost]
    return int(min(over, default=max(reward.index)))


EXERCISES = (
    Exercise(
        name="what_if",
        points=3,
        hints=(
            "Subtract first, world by world (pandas finds the same world by its index),"
            " and forget the two columns. What is left is one sample.",
            "Its standard error is `gaps.std() / len(gaps) ** 0.5`. The interval"
            " reaches `stats.t.ppf(0.975, len(gaps) - 1)` of these to either side.",
        ),
        cases=worlds,
        example=three_worlds,
        key=what_if,
        refuses=(what_if, interval),
        mistakes=(
            Mistake(
                lambda base, changed: _with(base - changed),
                "The sign is turned: a gain should be above zero, so take `changed`"
                " less `base`.",
            ),
            Mistake(
                lambda base, changed: _with(
                    pd.Series(changed.to_numpy() - base.to_numpy())
                ),
                "You subtracted by position, and the worlds come in another order."
                " Subtract the Series, which go by their index.",
            ),
            Mistake(
                _unpaired,
                "You compared two samples. Both hold the same worlds: subtract world by"
                " world, so that what makes a world good or bad for both cancels.",
            ),
            Mistake(
                lambda base, changed: _with(changed - base, times=2),
                "Two errors are for large samples. With a handful of worlds the error"
                " itself is unsure: use Student's t.",
            ),
            Mistake(
                lambda base, changed: _with(changed - base, times=1.96),
                "1.96 is for large samples. With a handful of worlds the error itself"
                " is unsure: use Student's t.",
            ),
            Mistake(
                lambda base, changed: _with(
                    changed - base, times=stats.t.ppf(0.95, len(base) - 1)
                ),
                "That leaves 5 % on *each* side. For 95 % between them take the 97.5 %"
                " point of t.",
            ),
            Mistake(
                lambda base, changed: _with(changed - base, root=False),
                "That is how far worlds scatter. For the error of their mean divide by"
                " the root of their number.",
            ),
            Mistake(
                lambda base, changed: _with(changed - base, ddof=0),
                "The standard deviation of a sample divides by one less than its"
                " number: `.std()` of a Series does, `np.std` does not.",
            ),
            Mistake(
                lambda base, changed: _with(
                    changed - base, times=stats.t.ppf(0.975, len(base))
                ),
                "Student's t has one degree of freedom less than there are worlds.",
            ),
            Mistake(
                lambda base, changed: _with(
                    changed - base, times=stats.norm.ppf(0.975)
                ),
                "That is the normal distribution's point. With a handful of worlds the"
                " error itself is unsure: use Student's t.",
            ),
            Mistake(
                lambda base, changed: _with(
                    changed - base,
                    times=stats.t.ppf(0.975, len(base) - 1)
                    * np.sqrt(len(base) / (len(base) - 1)),
                ),
                "You took one world off twice. `.std()` divides by n - 1 already: its"
                " error is that divided by the root of n.",
            ),
            Mistake(
                lambda base, changed: _with(changed / base - 1),
                "You compared in per cent of `base`. Subtract: `changed - base`.",
            ),
            Mistake(
                lambda base, changed: {
                    "mean": (changed - base).mean(),
                    "low": (changed - base).quantile(0.025),
                    "high": (changed - base).quantile(0.975),
                },
                "That is between which numbers the worlds lie. The interval is that of"
                " their *mean*: reckon it from the standard error.",
            ),
            Mistake(
                lambda base, changed: {
                    name: round(x, 4) for name, x in what_if(base, changed).items()
                },
                "You rounded the numbers: return them as they are.",
            ),
        ),
    ),
    Exercise(
        name="who_works",
        points=2,
        hints=(
            "Which numbers of workers have a reward of at least `cost`? They are in the"
            " index.",
            "`reward.index[reward >= cost]` are these numbers; take the largest, and"
            " think of the case in which there is none:"
            " `max(numbers, default=0)`.",
        ),
        cases=rewards,
        example=four_counts,
        key=who_works,
        mistakes=(
            Mistake(
                lambda reward, cost: max(reward.index[reward > cost], default=0),
                "Where the reward is just the cost, work still covers it: `>=`.",
            ),
            Mistake(
                lambda reward, cost: min(reward.index[reward >= cost], default=0),
                "That is the smallest number at which work pays. Asked is the largest.",
            ),
            Mistake(
                lambda reward, cost: _where(reward[reward >= cost], pd.Series.idxmin),
                "You took the smallest reward that covers the cost. Rewards need not"
                " fall: take the largest *number*.",
            ),
            Mistake(
                lambda reward, cost: _where(reward[reward >= cost], pd.Series.idxmax),
                "That is where the reward is largest. Asked is the largest number at"
                " which it still covers the cost.",
            ),
            Mistake(
                lambda reward, cost: int((reward >= cost).sum()),
                "You counted how many lines cover the cost. How many *work* is in the"
                " index.",
            ),
            Mistake(
                _nearest,
                "You took the reward that is nearest to the cost. It has to *cover* the"
                " cost.",
            ),
            Mistake(
                _last_before,
                "You stopped at the first number that does not cover the cost. A larger"
                " one may: look at all.",
            ),
            Mistake(
                _first_to_stop,
                "That is the smallest number at which work no longer pays.",
            ),
            Mistake(
                lambda reward, cost: [*reward.index[reward >= cost], 0][
                    -1 if not (reward >= cost).any() else (reward >= cost).sum() - 1
                ],
                "You took the last line that covers the cost. The lines are in no"
                " order: take the largest number.",
            ),
            Mistake(
                lambda reward, cost: max(reward.index[reward <= cost], default=0),
                "You turned it round: the reward has to be at least the cost.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "With equal weights honest users earned more. Why?",
        {
            "Because the metamodel was better, and all share in that": "It was worse in"
            " all worlds: free accounts with noise had a say.",
            "Because they added more to a poorer metamodel": "Right: MMC pays for what"
            " the metamodel lacks, and this one lacked much.",
            "Because those in bad faith no longer burned": "They burned as before. Only"
            " the weights were changed.",
        },
        "b",
    ),
    Question(
        "Over five worlds the metamodel changes by -5, and the 95 % interval goes from"
        " -15 to 5. What may you say?",
        {
            "That the rule does not change the metamodel": "A difference that is not"
            " shown is not shown to be zero either: -10 would fit as well.",
            "That the rule makes it worse": "A change of zero, or a small gain, would"
            " fit these worlds as well.",
            "That no difference is shown": "Right. More worlds would narrow the"
            " interval.",
        },
        "c",
    ),
    Question(
        "What do burns do, in this lesson's seasons?",
        {
            "They make a given crowd's metamodel much better": "Where most people"
            " worked it was much the same with burns and without.",
            "They keep random numbers from paying much of what work pays": "Right:"
            " without burns the reward for work was smaller in every world, as long as"
            " at least four of 24 did not work.",
            "They are income for Numerai": "A burned stake goes to nobody. It is"
            " destroyed.",
        },
        "b",
    ),
)
