"""Exercises: make a submission, find its faults, hand it in."""

import numpy as np
import pandas as pd

from numlearn import data
from numlearn.exercises import Exercise, Mistake, Question, difference
from numlearn.models import submission


def _ids(rng, rows):
    return [f"n{number:015x}" for number in rng.choice(16**12, rows, replace=False)]


def raw_predictions(seed):
    """Return predictions as models give them: of any size, some of them equal."""
    rng = np.random.default_rng([seed, 1])
    cases = []
    for rows, scale in ((30, 0.02), (45, 40.0)):
        values = (rng.normal(0, 1, rows).round(1) + 0.3) * scale
        ids = pd.Index(_ids(rng, rows), name="id")
        cases.append((pd.Series(values, ids, name="guess"),))
    return cases


def same_table(got, expected):
    """Judge a submission's columns; how its rows are labelled does not matter."""
    if isinstance(got, pd.DataFrame):
        got = got.reset_index(drop=True)
    return difference(got, expected)


def faulty(seed):
    """Return submissions with one fault, with two, and without; and the live ids."""
    rng = np.random.default_rng([seed, 2])
    live = _ids(rng, 24)
    values = rng.permutation(np.linspace(0, 1, len(live)))
    good = pd.DataFrame({"id": live, "prediction": values})
    strangers = pd.DataFrame({"id": _ids(rng, 3), "prediction": [np.nan, 7.0, 0.5]})
    at = int(rng.integers(1, 20))
    holes = good.copy()
    holes.loc[at : at + 1, "prediction"] = np.nan
    made = [
        good,
        good.rename(columns={"prediction": "score"}),
        pd.concat([good, strangers], ignore_index=True),
        holes.drop(at + 3),
        pd.concat([good, good[at : at + 2]], ignore_index=True),
        good.assign(prediction=good["prediction"] * 1.5 - 0.2),
        good.assign(prediction=0.5).drop(at),
    ]
    first = seed % len(made)  # so that no seed begins like its neighbour
    return [(table, live) for table in made[first:] + made[:first]]


def find_faults(table, live_ids):
    """Return the kinds of fault that a submission has."""
    return [fault.kind for fault in submission.faults(table, live_ids)]


def same_kinds(got, expected):
    """Judge a collection of kinds, in whatever order they were found."""
    if not isinstance(got, list | tuple | set | dict):
        return difference(got, expected)
    return difference(sorted(map(str, got)), sorted(expected))


def tournaments(seed):
    """Return tournaments with their models, submissions to them, and whose they are."""
    rng = np.random.default_rng([seed, 3])
    ids = data.load("live", features=[]).index
    good = pd.DataFrame({"id": ids, "prediction": rng.permutation(len(ids)) + 0.5})
    good["prediction"] /= len(ids)
    models = [str(name) for name in rng.permutation(["ada", "bob", "cleo", "dan"])]
    rounds = 1343 + rng.permutation(200)[:3]
    tables = [good, good.assign(prediction=good["prediction"] - 0.5), good]
    return [
        ({"models": models, "round_number": int(number)}, table, models[at])
        for at, (number, table) in enumerate(zip(rounds, tables), 1)
    ]


def submit(tournament, table, name):
    """Return the rounds that each model has submitted to, or a refusal's code."""
    ids = data.load("live", features=[]).index
    for fault in submission.faults(table, ids):
        return fault.code
    taken = {model: [] for model in tournament["models"]}
    return taken | {name: [tournament["round_number"]]}


def _table(predictions, values):
    return pd.DataFrame({"id": predictions.index, "prediction": np.asarray(values)})


def _values_of_all(table, live_ids):
    """Look for missing ids among the live ones, but at the values of all rows."""
    found = find_faults(table, live_ids)
    of_all = find_faults(table, list(table.iloc[:, 0]))
    kinds = ("nan", "range", "constant")
    return [k for k in found if k not in kinds] + [k for k in of_all if k in kinds]


def _exclusive(table, live_ids):
    found = find_faults(table, live_ids)
    at_the_end = table.iloc[:, 1].isin([0.0, 1.0]).any() and "range" not in found
    return found + ["range"] * bool(at_the_end)


def _by_length(table, live_ids):
    kept = [kind for kind in find_faults(table, live_ids) if kind != "missing id"]
    return kept + ["missing id"] * (len(table) != len(live_ids))


EXERCISES = (
    Exercise(
        name="make_submission",
        points=2,
        hints=(
            "`predictions.rank()` gives 1 to n, equal predictions sharing their average"
            " rank. What must you subtract and divide by to get inside 0 to 1?",
            "`pd.DataFrame({'id': predictions.index, 'prediction': ...})`, where the"
            " dots are `((predictions.rank() - 0.5) / len(predictions)).to_numpy()`.",
        ),
        cases=raw_predictions,
        key=submission.make,
        judge=same_table,
        mistakes=(
            Mistake(
                lambda p: _table(p, p),
                "The predictions went in as the model gave them. They must lie between"
                " 0 and 1: rank them.",
            ),
            Mistake(
                lambda p: _table(p, p.rank(pct=True)),
                "Close: `rank(pct=True)` ends at 1 itself and lies lopsided. Take"
                " (rank - 0.5) / n, which is strictly inside 0 to 1 and centred.",
            ),
            Mistake(
                lambda p: _table(p, (p - p.min()) / (p.max() - p.min())),
                "You stretched the predictions to reach from 0 to 1. That is accepted,"
                " but one wild prediction squeezes all others together: rank them.",
            ),
            Mistake(
                lambda p: _table(p, (p.rank(method="first") - 0.5) / len(p)),
                "Equal predictions got different ranks, by the order of the file. Let"
                " them share their average rank: plain `rank()`.",
            ),
            Mistake(
                lambda p: ((p.rank() - 0.5) / len(p)).to_frame("prediction"),
                "The ranks are right, but the ids are in the index: make them a column"
                " named id.",
            ),
        ),
    ),
    Exercise(
        name="find_faults",
        points=3,
        hints=(
            "Look at the columns first; if they are wrong, return `['header']` at once."
            " Then keep the rows whose id is live (`isin`), and ask the other questions"
            " of these rows alone.",
            "One `if` for each kind: `live['id'].duplicated().any()`,"
            " `set(live_ids) - set(live['id'])`, and of the predictions `isna().any()`,"
            " smallest below 0 or largest above 1, `std()` zero.",
            "0 and 1 themselves are fine, and `nan` must not hide another fault:"
            " `low, high = predictions.min(), predictions.max()` skip what is missing.",
        ),
        cases=faulty,
        key=find_faults,
        judge=same_kinds,
        refuses=(submission.validate,),
        mistakes=(
            Mistake(
                lambda table, ids: find_faults(table, ids)[:1],
                "You stopped at the first fault. Collect them in a list, so that nobody"
                " has to mend a file twice.",
            ),
            Mistake(
                _values_of_all,
                "You looked at the predictions of all rows. Those of other rounds are"
                " ignored: keep the live ones first.",
            ),
            Mistake(
                _by_length,
                "You compared numbers of rows. A file can have more rows than live ids"
                " and still lack one, or have extra rows and lack none: compare ids.",
            ),
            Mistake(
                _exclusive,
                "0 and 1 themselves are accepted: only what is below 0 or above 1 is"
                " out of range.",
            ),
        ),
    ),
    Exercise(
        name="submit",
        points=3,
        hints=(
            "Begin like the cells above: `with TournamentServer(**tournament) as"
            " server:`, then a `NumerAPI` with the server's keys. `get_models()` turns"
            " names into ids.",
            "`client.upload_predictions(model_id=..., df=table)` takes a table, too. A"
            " refusal is a ValueError: `except ValueError as refusal:`. Its code"
            " is what stands before the colon, `str(refusal).partition(':')[0]`.",
            "The rounds of a model are `[s['round_num'] for s in"
            " client.get_submission_filenames(model_id=...)]`; ask for every model of"
            " `get_models()`, also those that have none.",
        ),
        cases=tournaments,
        key=submit,
        refuses=(submission.upload,),
        mistakes=(
            Mistake(
                lambda tournament, table, name: "Model not found",
                "The server does not know the model: `upload_predictions` wants its id,"
                " which `get_models()` has for each name.",
            ),
            Mistake(
                lambda tournament, table, name: submit(
                    tournament, table, tournament["models"][0]
                ),
                "It went to the account's first model, not to the one that was named.",
            ),
            Mistake(
                lambda tournament, table, name: {
                    model: [] for model in tournament["models"]
                },
                "No model has a submission: was it handed in before you asked, and to"
                " the same server?",
            ),
            Mistake(
                lambda tournament, table, name: [tournament["round_number"]],
                "Those are the rounds of one model. Return a dict with all models of"
                " the account, the empty ones too.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "You upload a valid file, then find a mistake in your model and upload a better"
        " one before the round closes. What counts?",
        {
            "the first file": "No: you may change your mind until the round closes.",
            "the mean of both": "No. A model has one submission a round.",
            "the last valid file": "Right. So trying again after a broken connection"
            " does no harm.",
        },
        "c",
    ),
    Question(
        "Your file of last week, uploaded to this week's round, is refused. Why?",
        {
            "its predictions are out of date": "Nobody looks at how old a prediction"
            " is; but see what else is old in that file.",
            "its ids are not those of this round": "Right: every stock gets a new id"
            " every round, so all of this round's ids are missing.",
            "one upload a model is allowed": "No: one for every round, and as many"
            " tries as you like.",
        },
        "b",
    ),
    Question(
        "Which of these would keep your model from being copied at all?",
        {
            "a file of predictions instead of a pickle": "It keeps your code and your"
            " parameters at home, but whoever has files and features can imitate it.",
            "ranking the predictions first": "A ranking says what the model prefers,"
            " and that is what the imitation learned from.",
            "nothing that also takes part": "Right: to be of use, a prediction has to"
            " be handed over, and predictions can be imitated. How well is an"
            " experiment.",
        },
        "c",
    ),
)
