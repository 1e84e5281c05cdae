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
ROWS, TRAIN, LIVE, GAP = 250, 60, 40, 13
# of the line's CORR; more in a notebook: what passes there does not fail in a class
ASKED, ASKED_IN_NOTEBOOK = 0.7, 0.8
NOTEBOOK = 2021  # its seed
HOPELESS = 0.2


@lru_cache(maxsize=16)
def _market(number):
    """Return what is to be learned from, and all about the eras to predict."""
    last = TRAIN + GAP + 4 * LIVE
    config = Config(
        seed=number, eras=last, rows=ROWS, features=42, ramp=1.0, market=PLAIN
    )
    world = World.build(config)
    names = world.features.names
    wanted = ["era", *names, "target"]
    spans = range(1, TRAIN + 1), range(TRAIN + GAP + 1, last + 1, 4)
    panels = [world.panel(eras, resolved=True)[wanted] for eras in spans]
    for panel, letter in zip(panels, "tn"):  # a class's answers have to be short
        ids = [f"{letter}{row:04x}" for row in range(len(panel))]
        panel.index = pd.Index(ids, dtype=object, name="id")
        # A world's names come of its seed, and with that all targets could be had.
        panel.columns = ["era", *(f"feature_{k}" for k in range(len(names))), "target"]
    return panels


def unseen(seed):
    """Return two (train, live): markets to learn from, and later eras without targets.

    Which market it is stands in ``attrs`` of `live`, where only the judge looks; it
    does not travel to where a class's answers run.
    """
    asked = ASKED_IN_NOTEBOOK if seed == NOTEBOOK else ASKED
    ratios, cases = _Ratios(), []
    rng = np.random.default_rng([seed, 1])
    for number in (int.from_bytes(rng.bytes(16)) for _ in range(2)):
        train, live = _market(number)
        live = live.drop(columns="target")
        live.attrs = {"market": number, "asked": asked, "ratios": ratios}
        live.attrs["first"] = not cases
        cases.append((train.copy(), live))
    return cases


class _Ratios(dict):
    """An answer's CORR and the line's, by market; one for all cases of a judging."""

    def __deepcopy__(self, memo):
        return self


def my_model(train, live):
    """Return what a straight line through all features predicts."""
    features = [name for name in train if name.startswith("feature")]
    values = (live[features] - 2.0) @ fit_line(train, features)
    values.attrs = dict(live.attrs)
    return values


def knows_something(got, expected):
    """Judge predictions by their CORR beside the line's: None, or what is wrong."""
    about = expected.attrs
    _, live = _market(about["market"])
    fault = _no_predictions(got, live)
    if fault:
        return fault
    values = np.asarray(got.reindex(live.index) if _named(got) else got, dtype=float)
    both = pd.DataFrame({"yours": values, "line": expected.to_numpy()}, live.index)
    yours, line = scoring.corr(live, both).mean()
    if about["first"]:
        about["ratios"].clear()
    about["ratios"][about["market"]] = yours, line
    yours, line = np.mean(list(about["ratios"].values()), axis=0)
    share = yours / line
    if share >= (HOPELESS if about["first"] else about["asked"]):
        return None
    if share <= -HOPELESS:
        return (
            f"Your mean CORR is {yours:.3f}: it knows something and says the opposite."
            " The highest prediction belongs to the stock with the highest target."
        )
    where = "the first market" if about["first"] else "both markets"
    return (
        f"In {where}, on eras that it has not seen, its mean CORR is {yours:.4f}, where"
        f" a straight line through all features has {line:.4f}: that is"
        f" {100 * share:.0f} % of the line's, and {100 * about['asked']:.0f} % are"
        " asked for."
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
    errors above zero, in rounds that are independent. The last ones stand at an edge.
    """
    rng = np.random.default_rng([seed, 2])
    cases = []
    for weeks, evidence in (
        (104, 3.0),
        (104, 0.6),
        (52, 1.5),
        (52, 2.6),
        (52, -2.6),
        (80, 2.15),
        (104, 1.85),
    ):
        luck = np.convolve(rng.normal(size=weeks + 3), np.ones(4), "valid")
        luck = (luck - luck.mean()) / luck.std(ddof=1)
        rates = 0.03 * (luck + evidence * np.sqrt(4 / weeks))
        cases.append((_record(rng, rates), float(rng.integers(4, 90))))
    steady = _record(rng, rng.uniform(0.02, 0.03, 30))
    late = rng.uniform(0.04, 0.06, 40)
    late[0], late[20] = -0.09, -0.03
    edges = [steady, _record(rng, late), _record(rng, np.zeros(20)), _at_two(rng)]
    for weeks, evidence in ((23, 2.07), (23, 1.97)):
        luck = rng.normal(size=weeks)
        luck = (luck - luck.mean()) / luck.std(ddof=1)
        edges.append(_record(rng, 0.03 * (luck + evidence * np.sqrt(4 / weeks))))
    cases += [(record, float(rng.integers(4, 90))) for record in edges]
    return [*cases[1:], cases[0]]


def _record(rng, rates):
    first = int(rng.integers(1, 900))
    return pd.Series(rates, pd.RangeIndex(first, first + len(rates), name="round"))


def _at_two(rng):
    """Return a record whose mean is two standard errors, in short binary fractions."""
    gaps = [5, -5, *[1] * 5, *[-1] * 5, *[0] * 4]
    return _record(rng, (2 + rng.permutation(gaps)) / 64)


def my_stake(rates, afford):
    """Return a stake, or 0 where the record is no evidence of skill."""
    error = rates.std() / np.sqrt(len(rates) / 4)
    fall = scoring.max_drawdown(rates)
    if rates.mean() <= 2 * error or fall == 0:
        return 0.0
    return float(afford / (2 * fall))


def _staked(
    rates, afford, rounds=4, fall=scoring.max_drawdown, times=2, weeks=lambda n: n
):
    """Return the stake of somebody who does one thing differently."""
    seen = rates.mean() > 2 * rates.std() / np.sqrt(weeks(len(rates)) / rounds)
    if not seen or scoring.max_drawdown(rates) == 0:
        return 0.0
    return float(afford / (times * fall(rates)))


def _all_in(rates, afford):
    """Stake without asking for evidence."""
    fall = scoring.max_drawdown(rates)
    return float(afford / (2 * fall)) if fall else 0.0


def _of_any_sign(rates, afford):
    """Take a record that loses surely for evidence, too."""
    seen = abs(rates.mean()) > 2 * rates.std() / np.sqrt(len(rates) / 4)
    return _all_in(rates, afford) if seen else 0.0


def _from_nothing(rates):
    """Return the deepest fall of a path that begins at 0, before the first round."""
    path = np.concatenate([[0.0], rates.cumsum()])
    return (np.maximum.accumulate(path) - path).max()


def _compounded(rates):
    path = (1 + rates).cumprod()
    return (1 - path / path.cummax()).max()


def _endless(rates, afford):
    """Stake without end on a record that never fell."""
    if rates.mean() > 2 * rates.std() / np.sqrt(len(rates) / 4):
        return float(np.divide(afford, 2 * scoring.max_drawdown(rates)))
    return 0.0


def _two_is_enough(rates, afford):
    error = rates.std(ddof=0) / np.sqrt(len(rates) / 4)
    fall = scoring.max_drawdown(rates)
    return afford / (2 * fall) if fall and rates.mean() > 2 * error else 0.0


def _from_two_on(rates, afford):
    error = rates.std() / np.sqrt(len(rates) / 4)
    fall = scoring.max_drawdown(rates)
    return afford / (2 * fall) if fall and rates.mean() >= 2 * error else 0.0


def _noise(live):
    return pd.Series(np.random.default_rng(0).random(len(live)), live.index)


NO_EVIDENCE = (
    "You staked on a record whose mean is not above two standard errors, each of them"
    " `rates.std()` divided by the root of `len(rates) / 4`. Did you count every week"
    " as a round of its own, or ask for one error?"
)

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
        same={
            "call: pd.Series(model.predict(live), live.index) →"
            " model.predict(live)": "An array in the rows' order will do as well.",
            "train by position": "What the rows are called teaches nothing.",
        },
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
            "A record without any fall gets no stake. With 1 NMR at stake, twice the"
            " fall is `2 * fall` NMR. How large a stake makes it `afford`?",
        ),
        cases=records,
        key=my_stake,
        example=lambda: (
            pd.Series([0.06, -0.05, *[0.07, 0.08, 0.06] * 3, 0.06]),
            10,
        ),
        mistakes=(
            Mistake(
                lambda rates, afford: _staked(rates, afford, fall=_from_nothing),
                "You let the path begin at 0, before the first round. The fall is of"
                " `rates.cumsum()`, which begins after it.",
            ),
            Mistake(
                _endless,
                "This record never fell, so it does not say what can be lost: no"
                " stake.",
            ),
            Mistake(
                lambda rates, afford: _staked(
                    rates, afford, weeks=lambda n: 4 * np.ceil(n / 4)
                ),
                "This mean is just below two standard errors. Do not round"
                " `len(rates) / 4`, and take `rates.std()`.",
            ),
            Mistake(
                _from_two_on,
                "A mean of exactly two standard errors, by `rates.std()`, is not above"
                " them: no stake. (`np.std` comes out smaller.)",
            ),
            Mistake(
                _two_is_enough,
                "A mean of exactly two standard errors, by `rates.std()`, is not above"
                " them: no stake. (`np.std` comes out smaller.)",
            ),
            Mistake(
                lambda rates, afford: _staked(rates, afford, rounds=1),
                NO_EVIDENCE,
            ),
            Mistake(
                _of_any_sign,
                "You staked on a record that loses. Its mean must be *above* two"
                " standard errors, and not as far below zero.",
            ),
            Mistake(
                lambda rates, afford: np.divide(
                    afford, 2 * scoring.max_drawdown(rates)
                ),
                "You staked on a record that says nothing. First ask whether the mean"
                " is above two standard errors.",
            ),
            Mistake(
                lambda rates, afford: _staked(
                    rates, afford, weeks=lambda n: 4 * (n // 4)
                ),
                "This mean is just above two standard errors. Do not round"
                " `len(rates) / 4`.",
            ),
            Mistake(
                lambda rates, afford: 0.0,
                "You stake nothing on a record that rises by more than two standard"
                " errors (each is `rates.std()` divided by the root of"
                " `len(rates) / 4`) and that fell on the way, if not at its end.",
            ),
            Mistake(
                lambda rates, afford: _staked(
                    rates, afford, fall=lambda r: np.ptp(r.cumsum())
                ),
                "You measured from the lowest point to the highest, whichever came"
                " first. A fall counts from the highest point *before* it.",
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
                lambda rates, afford: _staked(rates, afford, fall=_compounded),
                "You compounded the rates. The rule sums them: `rates.cumsum()`.",
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
            "Next to nothing that could be shown": "Right. Played without its stake,"
            " the year's metamodel scores the same within the error.",
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
            " tell better; moving the gate does not.",
            "Stakes get larger": "Smaller, if anything: it counts on twice the deepest"
            " fall of the record.",
        },
        "b",
    ),
)
