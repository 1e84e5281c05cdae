"""Exercises: a model on a market of its own, and a rule for its stake."""

from functools import lru_cache

import numpy as np
import pandas as pd

from numlearn import scoring
from numlearn.exercises import Exercise, Mistake, Question
from numlearn.world import Config, World, fit_line
from numlearn.world.market import MarketRules

# More can be known here than in the lessons' market, and it stays true: in sixty eras
# luck is then far smaller than what a model knows.
PLAIN = MarketRules(
    cell_ic=0.17,
    trait_ic=0.05,
    signal_ic=0.155,
    cell_shock=0.005,
    trait_shock=0.005,
    signal_shock=0.005,
    drift=0.001,
    regime=0.05,
)
ROWS, TRAIN, LIVE, GAP = 500, 60, 60, 13
ASKED = 0.65  # of the line's CORR


@lru_cache(maxsize=8)
def _market(number):
    """Return what is to be learned from, and all about the eras to predict."""
    last = TRAIN + GAP + 4 * LIVE
    config = Config(
        seed=number, eras=last, rows=ROWS, features=42, ramp=1.0, market=PLAIN
    )
    world = World.build(config)
    wanted = ["era", *world.features.names, "target"]
    spans = range(1, TRAIN + 1), range(TRAIN + GAP + 1, last + 1, 4)
    panels = [world.panel(eras, resolved=True)[wanted] for eras in spans]
    for panel, letter in zip(panels, "tn"):  # a class's answers have to be short
        ids = [f"{letter}{row:04x}" for row in range(len(panel))]
        panel.index = pd.Index(ids, dtype=object, name="id")
    return panels


def unseen(seed):
    """Return (train, live): a market to learn from, and later eras without targets.

    Which market it is stands in ``attrs`` of `live`, where only the judge looks; it
    does not travel to where a class's answers run.
    """
    number = int(np.random.default_rng([seed, 1]).integers(2**31))
    train, live = _market(number)
    live = live.drop(columns="target")
    live.attrs["market"] = number
    return [(train.copy(), live)]


def my_model(train, live):
    """Return what a straight line through all features predicts."""
    features = [name for name in train if name.startswith("feature")]
    values = (live[features] - 2.0) @ fit_line(train, features)
    values.attrs = dict(live.attrs)
    return values


def knows_something(got, expected):
    """Judge predictions by their CORR beside the line's: None, or what is wrong."""
    _, live = _market(expected.attrs["market"])
    fault = _no_predictions(got, live)
    if fault:
        return fault
    values = np.asarray(got.reindex(live.index) if _named(got) else got, dtype=float)
    both = pd.DataFrame({"yours": values, "line": expected.to_numpy()}, live.index)
    yours, line = scoring.corr(live, both).mean()
    if yours >= ASKED * line:
        return None
    if yours <= -ASKED * line:
        return (
            f"Your mean CORR is {yours:.3f}: it knows something and says the opposite."
            " The highest prediction belongs to the stock with the highest target."
        )
    return (
        f"On eras that it has not seen, its mean CORR is {yours:.3f}. A straight line"
        f" through all features has {line:.3f} there, and {ASKED * line:.3f} is asked"
        " for."
    )


def _named(got):
    return isinstance(got, pd.Series)


def _no_predictions(got, live):
    """Say what about an answer's result is no prediction of each row, if anything."""
    if not isinstance(got, pd.Series | np.ndarray | list):
        return "Return a Series: one prediction for each row of `live`, by its id."
    try:
        values = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return "Some predictions are no numbers."
    if values.shape != (len(live),):
        return (
            f"`live` has {len(live)} rows, and the predictions have the shape"
            f" {values.shape}: one number for each row is needed."
        )
    if _named(got) and set(got.index) != set(live.index):
        return "The index of your Series must hold the ids of `live`."
    if not np.isfinite(values).all():
        return "Some predictions are missing or infinite: every row needs a number."
    if (pd.Series(values).groupby(live["era"].to_numpy()).nunique() == 1).any():
        return "In some era all rows have the same prediction: nothing is ranked there."
    return None


def records(seed):
    """Return records of a year or two (rates by week), and what can be afforded.

    Each has exactly the evidence that its place asks for: the mean is so many standard
    errors above zero, in rounds that are independent.
    """
    rng = np.random.default_rng([seed, 2])
    cases = []
    for weeks, evidence, afford in (
        (104, 3.0, 20.0),
        (104, 0.6, 20.0),
        (52, 1.5, 12.0),
        (52, 2.6, 12.0),
        (52, -2.6, 5.0),
    ):
        luck = np.convolve(rng.normal(size=weeks + 3), np.ones(4), "valid")
        luck = (luck - luck.mean()) / luck.std(ddof=1)
        rates = 0.03 * (luck + evidence * np.sqrt(4 / weeks))
        index = pd.RangeIndex(1, weeks + 1, name="round")
        cases.append((pd.Series(rates, index), afford))
    return cases


def my_stake(rates, afford):
    """Return a stake, or 0 where the record is no evidence of skill."""
    error = rates.std() / np.sqrt(len(rates) / 4)
    if rates.mean() <= 2 * error:
        return 0.0
    return float(afford / (2 * scoring.max_drawdown(rates)))


def _staked(rates, afford, rounds=4, fall=scoring.max_drawdown, times=2):
    """Return the stake of somebody who does one thing differently."""
    seen = rates.mean() > 2 * rates.std() / np.sqrt(len(rates) / rounds)
    return float(afford / (times * fall(rates))) if seen else 0.0


def _noise(live):
    return pd.Series(np.random.default_rng(0).random(len(live)), live.index)


EXERCISES = (
    Exercise(
        name="my_model",
        points=5,
        hints=(
            "The features are the columns whose names begin with `feature`. Fit"
            " anything that you know from {lesson:models} to `train`, and predict"
            " `live`.",
            "`model = nl.models.baseline('ridge')` or `nl.models.baseline('example',"
            " n_estimators=60, learning_rate=0.1)`, then"
            " `model.fit(train, train['target'])`.",
            "Give the predictions their ids:"
            " `pd.Series(model.predict(live), live.index)`.",
        ),
        cases=unseen,
        key=my_model,
        judge=knows_something,
        mistakes=(
            Mistake(
                lambda train, live: pd.Series(0.5, live.index),
                "Every row has the same prediction. The score asks for an order.",
            ),
            Mistake(
                lambda train, live: my_model(train, train),
                "You predicted the rows that the model learned from. Predict `live`.",
            ),
            Mistake(
                lambda train, live: -my_model(train, live),
                "Your predictions are upside down: the highest belongs to the stock"
                " with the highest target.",
            ),
            Mistake(
                lambda train, live: _noise(live),
                "Those are random numbers. They know nothing, on any seed.",
            ),
            Mistake(
                lambda train, live: live[train.columns[1]],
                "That is a single feature. It knows a little at best; let a model mix"
                " all of them.",
            ),
            Mistake(
                lambda train, live: my_model(train, live).where(live.iloc[:, 1] > 0),
                "Some predictions are missing. Predict every row of `live`.",
            ),
        ),
    ),
    Exercise(
        name="my_stake",
        points=3,
        hints=(
            "First the evidence: four weekly rounds share their days, so the record is"
            " worth `len(rates) / 4` rounds. If the mean is not above two standard"
            " errors, return 0.",
            "`error = rates.std() / (len(rates) / 4) ** 0.5`. Then the deepest fall:"
            " `path = rates.cumsum()`, and how far it is below `path.cummax()`.",
            "With a stake of 1 NMR twice that fall is `2 * fall` NMR. How large a stake"
            " makes it `afford`?",
        ),
        cases=records,
        key=my_stake,
        refuses=(my_stake, scoring.max_drawdown),
        mistakes=(
            Mistake(
                lambda rates, afford: _staked(rates, afford, rounds=1),
                "You counted every week as a round of its own. Four neighbours share"
                " their days, so the error is twice as large as you think.",
            ),
            Mistake(
                lambda rates, afford: afford / (2 * scoring.max_drawdown(rates)),
                "You staked on a record that says nothing. First ask whether the mean"
                " is above two standard errors.",
            ),
            Mistake(
                lambda rates, afford: _staked(rates, afford, times=1),
                "You trust that the future falls no deeper than the past. The rule"
                " counts on twice the deepest fall.",
            ),
            Mistake(
                lambda rates, afford: _staked(
                    rates, afford, fall=lambda r: -r.cumsum().min()
                ),
                "You measured how far the record fell below its start. A fall counts"
                " from the highest point before it.",
            ),
            Mistake(
                lambda rates, afford: _staked(rates, afford, fall=lambda r: -r.min()),
                "That is the worst single round. Falls last: cumulate the record, and"
                " measure from its peaks.",
            ),
            Mistake(
                lambda rates, afford: (
                    afford * 2 * scoring.max_drawdown(rates)
                    if my_stake(rates, afford)
                    else 0.0
                ),
                "Divide by the fall: the deeper it is, the smaller the stake.",
            ),
            Mistake(
                lambda rates, afford: afford if my_stake(rates, afford) else 0.0,
                "That is what you can afford to lose. Divide it by twice the deepest"
                " fall: the stake that loses just so much.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "A model earned well in a year, and its MMC is about zero. What does the fund"
        " owe to it?",
        {
            "As much as it was paid": "Pay and use are two things: where CORR is paid,"
            " a model that says what others say is paid as well.",
            "Next to nothing: the others brought the same already": "Right. Play the"
            " year without its stake, and the metamodel scores the same.",
            "It harmed the fund": "An MMC of zero is no harm. It just was not needed.",
        },
        "b",
    ),
    Question(
        "You submit without a stake. What do you lose?",
        {
            "Your scores": "No: an unstaked model is scored like any other.",
            "A place in the metamodel, and the chance to earn or burn": "Right, and"
            " you gain a record that costs nothing.",
            "Nothing, the fund uses you all the same": "It does not: without a stake"
            " the weight is zero.",
        },
        "b",
    ),
    Question(
        "The rule of this lesson lets hardly anybody stake who guesses. What is its"
        " price?",
        {
            "It has none": "It turns away most good models after a year, because a year"
            " cannot tell them from luck.",
            "Good models wait long before they may stake": "Right. Twice as many rounds"
            " tell better; nothing else does.",
            "Stakes get larger": "Smaller, if anything: it counts on twice the deepest"
            " fall of the record.",
        },
        "b",
    ),
)
