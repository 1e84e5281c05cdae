"""Exercises: who gives what to whom, and what a year came to."""

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.world import year_totals

# What moves along each link of the triangle, from whom to whom.
FLOWS = {
    "data": ("fund", "users"),
    "predictions": ("users", "fund"),
    "stake": ("users", "staking"),
    "earnings": ("staking", "users"),
    "burns": ("staking", "nobody"),
}


def flows():
    """Return from whom to whom each thing flows."""
    return dict(FLOWS)


def _years(seed):
    lengths = enumerate((12, 52, 60, 1))
    return [(_year(np.random.default_rng([seed, k]), n),) for k, n in lengths]


def _year(rng, length):
    """Draw a table of rounds as a season has it, from any round on."""
    first = int(rng.integers(1, 300))
    return pd.DataFrame(
        {
            "round": np.arange(first, first + length),
            "market": rng.normal(0.001, 0.02, length),
            "fund_return": rng.normal(rng.choice([-0.003, 0.003]), 0.01, length),
            "metamodel_corr": rng.normal(0.02, 0.03, length),
            "paid": rng.uniform(5, 20, length),
            "burned": rng.uniform(0, 10, length),
        },
        index=pd.RangeIndex(first, first + length),
    )


def _two_rounds():
    """Return the table that the text prints."""
    return pd.DataFrame(
        {"fund_return": [0.1, 0.1], "paid": [3.0, 4.0], "burned": [1.0, 2.0]}
    )


def _changed(**links):
    return lambda: FLOWS | links


def _added_up(rounds):
    return year_totals(rounds) | {"fund": float(rounds["fund_return"].sum())}


def _kept_the_one(rounds):
    totals = year_totals(rounds)
    return totals | {"fund": totals["fund"] + 1}


def _averaged(rounds):
    means = {key: float(rounds[key].mean()) for key in ("paid", "burned")}
    return year_totals(rounds) | means


def _fund(rounds, of):
    return year_totals(rounds) | {"fund": float(of(rounds["fund_return"]))}


def _all_averaged(rounds):
    return _averaged(rounds) | {"fund": float(rounds["fund_return"].mean())}


def _netted(rounds):
    net = float((rounds["paid"] - rounds["burned"]).sum())
    return year_totals(rounds) | {"paid": net}


def _last_row(rounds):
    last = {key: float(rounds[key].iloc[-1]) for key in ("paid", "burned")}
    return last | {"fund": float(rounds["fund_return"].iloc[-1])}


EXERCISES = (
    Exercise(
        name="flows",
        points=1,
        hints=(
            "Read the arrows of the drawing one by one: each starts at a corner and"
            " ends at one. Only one thing leaves the triangle.",
            "The two solid arrows run between `fund` and `users`. Stake and earnings"
            " run between `users` and `staking`, in opposite directions.",
            'The note in the corner of the drawing tells where burns end: `"nobody"`.',
        ),
        cases=None,
        key=flows,
        mistakes=(
            Mistake(
                _changed(burns=("staking", "fund")),
                "The fund does not get what burns. If it did, it would gain from bad"
                " predictions; read the note in the drawing's corner.",
            ),
            Mistake(
                _changed(burns=("staking", "users")),
                "Other users do not get what burns: your loss is nobody's gain.",
            ),
            Mistake(
                _changed(burns=("users", "nobody")),
                "What burns was staked before, so it leaves from `staking`.",
            ),
            Mistake(
                _changed(data=("users", "fund"), predictions=("fund", "users")),
                "Data and predictions are the wrong way round: the fund hands out"
                " data, the users hand back predictions.",
            ),
            Mistake(
                _changed(earnings=("fund", "users")),
                "Earnings come through staking: without a stake there are none.",
            ),
            Mistake(
                _changed(stake=("users", "fund")),
                "The fund does not hold the stakes: users lock them up in `staking`.",
            ),
            Mistake(
                _changed(burns=("staking", None)),
                'For what leaves the triangle write the word `"nobody"`.',
            ),
            Mistake(
                _changed(predictions=("users", "staking")),
                "Predictions go to the `fund`, which trades them; what goes to"
                " `staking` is the stake.",
            ),
            Mistake(
                lambda: {
                    what: tuple(party.capitalize() for party in pair)
                    for what, pair in FLOWS.items()
                },
                "The right parties, but write their names in small letters.",
            ),
            Mistake(
                lambda: {what: (to, giver) for what, (giver, to) in FLOWS.items()},
                "All arrows point backwards: in each pair the giver comes first.",
            ),
        ),
    ),
    Exercise(
        name="first_year",
        points=2,
        hints=(
            "Three numbers from three columns: `fund_return`, `paid`, `burned`. Two of"
            " them are plain sums.",
            "A fund that gains 10 % and then 10 % has gained 21 %: returns multiply."
            " `(1 + returns).prod()` is what one unit of capital became.",
            "`float((1 + rounds['fund_return']).prod() - 1)` is the fund's part.",
        ),
        cases=_years,
        example=lambda: (_two_rounds(),),
        key=year_totals,
        mistakes=(
            Mistake(
                _added_up,
                "You added the fund's weekly returns. Capital compounds: next week's"
                " return is earned on what this week left.",
            ),
            Mistake(
                _kept_the_one,
                "That is what one unit of capital became; the return is what it gained"
                " on top, so take the 1 away again.",
            ),
            Mistake(_averaged, "The year's NMR are sums over the rounds, not means."),
            Mistake(
                _all_averaged,
                "These are means over the rounds. Asked is the whole year: sums of NMR,"
                " and a return that compounds.",
            ),
            Mistake(
                _netted,
                "You took what burned off what was paid. The two are asked apart: add"
                " up each alone.",
            ),
            Mistake(
                lambda rounds: _fund(rounds, lambda r: 100 * ((1 + r).prod() - 1)),
                "The fund's return came out in per cent: 0.21, not 21.",
            ),
            Mistake(
                lambda rounds: _fund(
                    rounds, lambda r: round(float((1 + r).prod() - 1), 2)
                ),
                "You rounded the fund's return. The text shows few digits; return all.",
            ),
            Mistake(
                lambda rounds: year_totals(rounds.iloc[:52]),
                "You took the first 52 rounds. Take as many as the table has.",
            ),
            Mistake(
                lambda rounds: _fund(rounds, lambda r: (1 + r.mean()) ** 52 - 1),
                "You compounded the mean over 52 weeks. Multiply the returns that there"
                " were, `(1 + returns).prod()`.",
            ),
            Mistake(
                _last_row,
                "That is the last round alone. A year is all rounds together.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "A user's predictions were poor and part of the stake burns. Who gets it?",
        {
            "The hedge fund": "No. A fund that gained from burns would have a reason to"
            " hope that you fail.",
            "The users who did better that round": "No. They are paid by Numerai for"
            " their own scores; nothing passes from user to user.",
            "Nobody": "Right. It is destroyed, and the supply of NMR shrinks by it."
            " {Lesson:nmr} reads this in the contract.",
        },
        "c",
    ),
    Question(
        "What does the fund trade?",
        {
            "The predictions of the best user so far": "No. The best so far may only"
            " have been lucky; {lesson:crowd} measures how much a crowd adds to its"
            " best.",
            "All staked users' predictions, combined": "Right: the metamodel, in which"
            " a user's weight is the stake.",
            "Its own analysts' ideas, checked against the crowd's": "No. In this"
            " design the crowd takes the analysts' place.",
        },
        "b",
    ),
    Question(
        "You hand in predictions without any stake. What happens?",
        {
            "They are scored like all others and weigh nothing": "Right. You learn how"
            " good they are, you risk nothing and you earn nothing.",
            "They are thrown away": "No. They are scored all the same, which is how"
            " most newcomers start.",
            "They count, but you are paid half": "No. Without stake there is no weight"
            " in the metamodel and no payment.",
        },
        "a",
    ),
)
