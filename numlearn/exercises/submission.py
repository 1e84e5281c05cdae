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
    for rows, scale, name in ((30, 0.02, "guess"), (45, 40.0, None), (1, 1.0, "one")):
        values = (rng.normal(0, 1, rows).round(1) + 0.3) * scale
        ids = pd.Index(_ids(rng, rows), name="id")
        cases.append((pd.Series(values, ids, name=name),))
    counts = pd.Series(rng.integers(0, 9, 20), _ids(rng, 20), name="counts")
    return [*cases, (counts,)]


def same_table(got, expected):
    """Judge a submission: its two columns in their order, its rows in any."""
    if not isinstance(got, pd.DataFrame) or set(got) != set(expected):
        return difference(got, expected)
    if list(got) != list(expected):
        return "The columns come in the order id, prediction; yours: prediction, id."
    return difference(got.set_index("id"), expected.set_index("id"))


def faulty(seed):
    """Return submissions without a fault, with one, and with several; and live ids."""
    rng = np.random.default_rng([seed, 2])
    made = [_renamed, _swapped, _strangers, _holes, _twice, _low, _high, _dull, _stale]
    made += [_alone, _gap_first]
    cases = [
        _with_ids(rng, rng.integers(20, 30), make) for make in rng.permutation(made)
    ]
    return [_with_ids(rng, 24, lambda good, rng: good), *cases]


def _with_ids(rng, rows, make):
    live = _ids(rng, rows)
    values = rng.permutation(np.linspace(0, 1, len(live)))
    good = pd.DataFrame({"id": live, "prediction": values})
    return make(good, rng), list(rng.permutation(live))


def _renamed(good, rng):
    return good.rename(columns={"prediction": "score"})


def _swapped(good, rng):
    return good.assign(prediction=good["prediction"] + 1)[["prediction", "id"]]


def _strangers(good, rng):
    """Add rows of another round, whose faults do not count."""
    odd = pd.DataFrame({"id": _ids(rng, 3), "prediction": [np.nan, 7.0, -3.0]})
    return pd.concat([good, odd, odd[:1]])


def _holes(good, rng):
    at = int(rng.integers(1, 10))
    predictions = good["prediction"].mask(good.index.isin([at, at + 1]))
    return good.assign(prediction=predictions).drop(at + 3)


def _twice(good, rng):
    """Let two ids stand twice, with predictions that differ."""
    again = good[3:5].assign(prediction=[0.25, 0.75])
    return pd.concat([good, again], ignore_index=True)


def _low(good, rng):
    return good.assign(prediction=good["prediction"] - 0.4)


def _high(good, rng):
    return good.assign(prediction=good["prediction"] * 0.9 + 0.35)


def _dull(good, rng):
    """Predict the same of all that are live, of one nothing, and add a stranger."""
    dull = good.assign(prediction=0.5)
    dull.loc[int(rng.integers(1, 10)), "prediction"] = np.nan
    return pd.concat([dull, pd.DataFrame({"id": _ids(rng, 1), "prediction": [0.1]})])


def _alone(good, rng):
    """Let one live row be all there is."""
    return good[4:5]


def _gap_first(good, rng):
    """Predict the same, and too much, of all but the first row, which has nothing."""
    return good.assign(prediction=[np.nan] + [1.5] * (len(good) - 1))


def _stale(good, rng):
    """Take the file of last week: none of its ids is live."""
    return good.assign(id=_ids(rng, len(good)), prediction=good["prediction"] - 0.5)


def find_faults(table, live_ids):
    """Return the kinds of fault that a submission has; the header's alone."""
    kinds = [fault.kind for fault in submission.faults(table, live_ids)]
    if "header" in kinds:
        return ["header"]
    live = table["prediction"][table["id"].isin(live_ids)]
    if len(live) == 1 and live.notna().all():  # of one row the library does not say it
        kinds.append("constant")
    return kinds


KINDS = ["header", "duplicate id", "missing id", "nan", "range", "constant"]


def same_kinds(got, expected):
    """Judge a collection of kinds, in whatever order they were found."""
    if got is None or isinstance(got, str | dict | pd.DataFrame):
        return difference(got, expected)
    try:
        kinds = [str(kind) for kind in got]
    except TypeError:
        return difference(got, expected)
    for kind in kinds:
        if kind not in KINDS:
            return f"{kind!r} is no kind of fault; they are {', '.join(KINDS)}."
        if kind not in expected:
            what = f"The list has {kind!r}, and this table does not have that fault."
            return what if expected else f"{what} It has none at all."
    for kind in expected:
        if kind not in kinds:
            return f"This table has the fault {kind!r}, and the list lacks it."
    twice = len(kinds) != len(expected)
    return "The list has a kind twice: name each once." if twice else None


def tournaments(seed):
    """Return tournaments with their models, submissions to them, and whose they are."""
    rng = np.random.default_rng([seed, 3])
    ids = data.load("live", features=[]).index
    good = pd.DataFrame({"id": ids, "prediction": rng.permutation(len(ids)) + 0.5})
    good["prediction"] /= len(ids)
    tables = [
        good.assign(prediction=good["prediction"] - 0.5),
        good[1:],
        good[::-1],
    ]
    cases = []
    for at, table in enumerate(tables):
        names = [str(x) for x in rng.permutation(["ana", "cleo", "dan", "eve"])]
        models = names[: 4 - at % 3]
        rounds = int(rng.integers(1000, 1600))
        cases.append(
            ({"models": models, "round_number": rounds}, table, models[at % 2])
        )
    return cases


def an_upload():
    """Return the arguments of the statement's example."""
    ids = data.load("live", features=[]).index
    good = pd.DataFrame(
        {"id": ids, "prediction": (np.arange(len(ids)) + 0.5) / len(ids)}
    )
    return {"models": ["ada", "bob"], "round_number": 1400}, good, "bob"


def submit(tournament, table, name):
    """Return the rounds that each model has submitted to, or a refusal's code."""
    ids = data.load("live", features=[]).index
    for fault in submission.faults(table, ids):
        return fault.code
    taken = {model: [] for model in tournament["models"]}
    return taken | {name: [tournament["round_number"]]}


def _if_taken(answer):
    """Return an answer that is right where a table is refused."""

    def mistaken(tournament, table, name):
        right = submit(tournament, table, name)
        return right if isinstance(right, str) else answer(tournament, name)

    return mistaken


def _table(predictions, values):
    return pd.DataFrame({"id": predictions.index, "prediction": np.asarray(values)})


_PRINTED = (
    "keyword: NumerAPI(*keys, verbosity='CRITICAL', show_prog... → NumerAPI(*keys,"
    " show_progress_bars=False)",
    "keyword: NumerAPI(*keys, verbosity='CRITICAL', show_prog... → NumerAPI(*keys,"
    " verbosity='CRITICAL')",
    "constant: False → True",
)


def _no_code(tournament, table, name):
    """Return all that a refusal says."""
    ids = data.load("live", features=[]).index
    for fault in submission.faults(table, ids):
        return f"{fault.code}: {fault}"
    return submit(tournament, table, name)


def _ranked(predictions, ranks):
    return _table(predictions, (ranks - 0.5) / len(predictions))


_QUESTIONS = {
    "duplicate id": lambda table, live: table["id"].duplicated().any(),
    "missing id": lambda table, live: len(set(live) - set(table["id"])) > 0,
    "nan": lambda table, live: table["prediction"].isna().any(),
    "range": lambda table, live: (abs(table["prediction"] - 0.5) > 0.5).any(),
    "constant": lambda table, live: table["prediction"].nunique() == 1,
}


def _asked(kind, question):
    """Return an answer that asks for one kind in another way."""

    def answer(table, live_ids):
        if list(table) != ["id", "prediction"]:
            return ["header"]
        live = table[table["id"].isin(live_ids)]
        questions = _QUESTIONS | {kind: question}
        return [k for k, ask in questions.items() if ask(live, live_ids)]

    return answer


def _poisoned(table, live):
    values = table["prediction"].tolist()
    return bool(values) and (min(values) < 0 or max(values) > 1)


def _one_of_each(table, live_ids):
    """Ask with `elif`: one fault of the ids, one of the values."""
    found = find_faults(table, live_ids)
    ids = [kind for kind in found if kind.endswith("id")]
    return ids[:1] + [kind for kind in found if kind not in ids][:1]


def _of_all_rows(table, live_ids, kinds=("duplicate id", "nan", "range", "constant")):
    """Look for missing ids among the live ones, but ask the rest of all rows."""
    found = find_faults(table, live_ids)
    if found == ["header"]:
        return found
    of_all = find_faults(table, list(table["id"]))
    return [k for k in found if k not in kinds] + [k for k in of_all if k in kinds]


def _values_of_all(table, live_ids):
    return _of_all_rows(table, live_ids, ("nan", "range", "constant"))


def _whole_rows(table, live_ids):
    """Look for rows that are there twice, not for ids."""
    found = [k for k in find_faults(table, live_ids) if k != "duplicate id"]
    return found + ["duplicate id"] * bool(table.duplicated().any())


def _exclusive(table, live_ids):
    found = find_faults(table, live_ids)
    if found == ["header"]:
        return found
    live = table["prediction"][table["id"].isin(live_ids)]
    at_the_end = live.isin([0.0, 1.0]).any() and "range" not in found
    return found + ["range"] * bool(at_the_end)


def _by_length(table, live_ids):
    found = find_faults(table, live_ids)
    if found == ["header"]:
        return found
    kept = [kind for kind in found if kind != "missing id"]
    return kept + ["missing id"] * (len(table) != len(live_ids))


def _looked_further(table, live_ids):
    """Go on after a wrong header."""
    return [fault.kind for fault in submission.faults(table, live_ids)]


def _any_order(table, live_ids):
    """Take the right columns in the wrong order for a right header."""
    if sorted(table) == ["id", "prediction"]:
        return find_faults(table[["id", "prediction"]], live_ids)
    return find_faults(table, live_ids)


def _empty_is_constant(table, live_ids):
    found = find_faults(table, live_ids)
    if found == ["header"]:
        return found
    return found + ["constant"] * (not table["id"].isin(live_ids).any())


def _gap_in_range(table, live_ids):
    """Take a missing prediction for one out of range, as `not between` does."""
    found = find_faults(table, live_ids)
    return [*found, "range"] if "nan" in found and "range" not in found else found


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
        example=lambda: (pd.Series([-3, 8, 8, 2], ["na", "nb", "nc", "nd"]),),
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
                lambda p: _ranked(p, p.rank(method="first")),
                "Equal predictions got different ranks, by the order of the file. Let"
                " them share their average rank: plain `rank()`.",
            ),
            Mistake(
                lambda p: _ranked(p, p.rank(method="min")),
                "Equal predictions share a rank, and it has to be the mean of the"
                " places that they take up: plain `rank()`.",
            ),
            Mistake(
                lambda p: _ranked(p, p.rank(method="dense")),
                "Equal predictions share a rank, and you counted them as one (`dense`)."
                " It has to be the mean of the places that they take up: plain"
                " `rank()`.",
            ),
            Mistake(
                lambda p: _ranked(p, p.rank(ascending=False)),
                "The highest prediction got the lowest rank. Rank from the lowest up.",
            ),
            Mistake(
                lambda p: pd.DataFrame(
                    {
                        "id": pd.Series(p.index),
                        "prediction": (p.rank() - 0.5) / len(p),
                    }
                ),
                "Two Series with different indexes do not stand side by side: pandas"
                " made a row for each label of either. Hand over"
                " `predictions.index` and the ranks' `.to_numpy()`.",
            ),
            Mistake(
                lambda p: _ranked(p, p.to_numpy().argsort().argsort() + 1),
                "Equal predictions got different ranks. Let them share their average"
                " rank: plain `rank()`.",
            ),
            Mistake(
                lambda p: _ranked(p, 1 + np.argsort(p.to_numpy())),
                "`argsort` gives the places from which a sorted list takes its values,"
                " and no ranks: use `predictions.rank()`.",
            ),
            Mistake(
                lambda p: _ranked(p, p.rank(method="max")),
                "Equal predictions share a rank, and it has to be the mean of the"
                " places that they take up, not the last of them: plain `rank()`.",
            ),
            Mistake(
                lambda p: _ranked(p, 1 + np.argsort(p.to_numpy(), kind="stable")),
                "`argsort` gives the places from which a sorted list takes its values,"
                " and no ranks: use `predictions.rank()`.",
            ),
            Mistake(
                lambda p: _table(p, (p.rank() - 1) / (len(p) - 1)),
                "You stretched the ranks from 0 to 1. Asked for is (rank - 1/2) / n,"
                " which reaches neither.",
            ),
            Mistake(
                lambda p: _table(p, p.rank() / (len(p) + 1)),
                "That is rank / (n + 1). It lies inside 0 to 1 as well, but what is"
                " asked for is (rank - 1/2) / n.",
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
            " smallest below 0 or largest above 1, `nunique() == 1`.",
            "0 and 1 themselves are fine, and `nan` must not hide another fault:"
            " `low, high = predictions.min(), predictions.max()` skip what is missing.",
        ),
        cases=faulty,
        example=lambda: (
            pd.DataFrame({"id": ["a", "a"], "prediction": [0.5, 2]}),
            ["a", "b"],
        ),
        key=find_faults,
        judge=same_kinds,
        refuses=(submission.faults, submission.validate),
        mistakes=(
            Mistake(
                lambda table, live_ids: find_faults(table, live_ids)[:1],
                "You stopped at the first fault. Collect them in a list, so that nobody"
                " has to mend a file twice.",
            ),
            Mistake(
                _one_of_each,
                "One fault hides another, as after `elif` or `else`. Ask each question"
                " by itself, with an `if` of its own.",
            ),
            Mistake(
                _asked(
                    "constant",
                    lambda table, live: table["prediction"].nunique(dropna=False) == 1,
                ),
                "A missing prediction kept equal ones from being constant: it equals"
                " nothing, and is no value of its own. `nunique() == 1` leaves it out.",
            ),
            Mistake(
                _asked(
                    "constant",
                    lambda table, live: (
                        len(table) > 0
                        and (table["prediction"] == table["prediction"].iloc[0]).all()
                    ),
                ),
                "A missing prediction kept equal ones from being constant: it equals"
                " nothing, and is no value of its own. `nunique() == 1` leaves it out.",
            ),
            Mistake(
                _asked("constant", lambda table, live: table["prediction"].std() == 0),
                "A single prediction is constant, and has no standard deviation: ask"
                " `nunique() == 1`.",
            ),
            Mistake(
                _asked("range", _poisoned),
                "Python's own `min` and `max` stop at a NaN that comes first. Use those"
                " of the Series, which skip what is missing.",
            ),
            Mistake(
                _asked("range", lambda table, live: (table["prediction"] > 1).any()),
                "You asked only for predictions above 1: below 0 is out of range, too.",
            ),
            Mistake(
                _asked("range", lambda table, live: (table["prediction"] < 0).any()),
                "You asked only for predictions below 0: above 1 is out of range, too.",
            ),
            Mistake(
                _asked(
                    "range",
                    lambda table, live: not table["prediction"].between(0, 1).all(),
                ),
                "A missing prediction is `nan`, and not out of range besides. Compare"
                " the smallest and the largest, which skip what is missing.",
            ),
            Mistake(
                _asked("missing id", lambda table, live: len(table) < len(live)),
                "You compared numbers of rows. A file can have as many rows as there"
                " are live ids and still lack one: compare ids.",
            ),
            Mistake(
                _whole_rows,
                "You looked for whole rows that are there twice. Two rows with one id"
                " are a fault, whatever they predict: `['id'].duplicated()`.",
            ),
            Mistake(
                _by_length,
                "You compared numbers of rows. A file can have as many rows as there"
                " are live ids and still lack one, or have more: compare ids.",
            ),
            Mistake(
                _gap_in_range,
                "A missing prediction is `nan`, and not out of range besides. Compare"
                " the smallest and the largest, which skip what is missing.",
            ),
            Mistake(
                _exclusive,
                "0 and 1 themselves are accepted: only what is below 0 or above 1 is"
                " out of range.",
            ),
            Mistake(
                _of_all_rows,
                "You asked rows of other rounds as well, and these do not count: keep"
                " the rows with a live id first, and ask these alone.",
            ),
            Mistake(
                _values_of_all,
                "You asked rows of other rounds as well, and these do not count: keep"
                " the rows with a live id first, and ask these alone.",
            ),
            Mistake(
                _empty_is_constant,
                "No row of this table is live, so it has no predictions that could be"
                " constant: a single value is, `nunique() == 1`, and none is not.",
            ),
            Mistake(
                _any_order,
                "These are the right two columns in the wrong order, which is a wrong"
                " header as well: compare lists, not sets.",
            ),
            Mistake(
                _looked_further,
                "Once the header is wrong nothing else can be told for sure: return"
                " `['header']` at once.",
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
        example=an_upload,
        key=submit,
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
                _if_taken(
                    lambda tournament, name: {
                        model: [] for model in tournament["models"]
                    }
                ),
                "No model has a submission: was it handed in before you asked, and to"
                " the same server?",
            ),
            Mistake(
                _if_taken(lambda tournament, name: [tournament["round_number"]]),
                "Those are the rounds of one model. Return a dict with all models of"
                " the account, the empty ones too.",
            ),
            Mistake(
                _if_taken(
                    lambda tournament, name: {name: [tournament["round_number"]]}
                ),
                "The other models of the account are missing: ask for each of"
                " `get_models()`, and keep those that have no submission.",
            ),
            Mistake(
                _if_taken(
                    lambda tournament, name: {
                        model: [tournament["round_number"]]
                        for model in tournament["models"]
                    }
                ),
                "Every model has the round, and only one submitted to it: ask for each"
                " model's own, `get_submission_filenames(model_id=...)`.",
            ),
            Mistake(
                _if_taken(
                    lambda tournament, name: {
                        model: tournament["round_number"] if model == name else []
                        for model in tournament["models"]
                    }
                ),
                "A model's rounds are a list, also where there is only one.",
            ),
            Mistake(
                lambda tournament, table, name: {
                    model: [tournament["round_number"]] if model == name else []
                    for model in tournament["models"]
                },
                "This table is refused, and your answer says that it was taken: hand it"
                " in and catch the ValueError.",
            ),
            Mistake(
                _no_code,
                "That is the whole sentence of the refusal. Return what stands before"
                " its colon.",
            ),
        ),
        same=dict.fromkeys(_PRINTED, "It only says how much is printed."),
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
