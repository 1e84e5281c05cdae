"""Exercises: how long to wait, which rounds were missed, why not to stake yet."""

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question, difference
from numlearn.staking import RULES

NOW = RULES["2026-08"]
A_YEAR, SHARED, ERRORS, MISSED = 250, 60, 2, 0.05  # rounds, rounds, errors, a share


def in_any_order(got, expected):
    """Judge a collection of different things, in whatever order they come."""
    if isinstance(got, str | dict | pd.DataFrame):
        return difference(got, expected)
    try:
        return difference(sorted(got), sorted(expected))
    except TypeError:
        return difference(got, expected)


def weeks_needed(mean, scatter, overlap):
    """Return after how many weeks a mean stands two standard errors above zero."""
    if mean <= 0:
        return np.inf
    return float(np.ceil(overlap * (ERRORS * scatter / mean) ** 2))


def missed_rounds(rounds, uploads):
    """Return the rounds in whose window nothing was uploaded."""
    return [
        number
        for number, opens, closes in zip(
            rounds.index, rounds["opens"], rounds["closes"]
        )
        if not uploads.between(opens, closes).any()
    ]


def reasons_to_wait(scores, missed):
    """Return which of four reasons not to stake yet a record gives."""
    return _reasons(scores, missed)


def _reasons(scores, missed, **changed):
    """Return the reasons that somebody sees who does one thing differently."""
    one = {
        "year": A_YEAR,
        "shared": SHARED,
        "errors": ERRORS,
        "share": MISSED,
    } | changed
    paid = one.get("paid", lambda s: NOW.score(s["corr"], s["mmc"]))(scores)
    rounds = len(scores)
    error = paid.std(ddof=one.get("ddof", 1)) / np.sqrt(rounds / one["shared"])
    told = {
        "short": rounds < one["year"],
        "unproven": not paid.mean() > one["errors"] * error,
        "not needed": not scores[one.get("needed", "mmc")].mean() > 0,
        "unreliable": missed / one.get("out of", lambda r, m: r + m)(rounds, missed)
        > one["share"],
    }
    return [reason for reason, holds in told.items() if holds]


def _weighted(corr, mmc):
    return lambda scores: corr * scores["corr"] + mmc * scores["mmc"]


def _but(word, forgives):
    """Return a mistake that does not see a reason where something is so."""
    return lambda scores, missed: [
        reason
        for reason in _reasons(scores, missed)
        if reason != word or not forgives(scores)
    ]


def _first(scores, missed):
    return _reasons(scores, missed)[:1]


def _opposite(scores, missed):
    every = ["short", "unproven", "not needed", "unreliable"]
    return [reason for reason in every if reason not in _reasons(scores, missed)]


def prospects(seed):
    """Return means, scatters and overlaps: good ones, slow ones, hopeless ones."""
    rng = np.random.default_rng([seed, 1])
    means = rng.uniform([0.004, 0.009, 0.015, 0.02], [0.006, 0.012, 0.018, 0.03])
    scatters = rng.uniform(0.012, 0.028, 4)
    odd = [(m, s, o) for m, s, o in zip(means, scatters, (4, 12, 7, 1))]
    exact = float(rng.integers(2, 9)) / 256
    return [
        (exact, exact, 12),
        (0.0, float(scatters[0]), 4),
        (-float(means[1]), float(scatters[1]), 12),
        *[(float(m), float(s), o) for m, s, o in odd],
    ]


def calendars(seed):
    """Return rounds with their windows, and when something was uploaded."""
    rng = np.random.default_rng([seed, 2])
    made = [_calendar(rng, days, never) for days, never in ((6, 0), (9, -1), (7, -1))]
    return [*made, _calendar(rng, 5, 0), _calendar(rng, 1), _empty(rng)]


def _calendar(rng, days, never=None):
    """Return so many rounds, and uploads: early, late, at the edge, twice, never."""
    opens = pd.Timestamp("2026-09-01 12:00") + pd.to_timedelta(
        np.sort(rng.choice(40, days, replace=False)), unit="D"
    )
    lasts = pd.to_timedelta(rng.choice([60, 75, 90, 120], days), unit="min")
    first = int(rng.integers(1343, 1400))
    table = {"target": "ender_60", "closes": opens + lasts, "opens": opens}
    index = pd.RangeIndex(first, first + days, name="round")
    rounds = pd.DataFrame(table, index)
    minute, ways = pd.Timedelta(minutes=1), rng.permutation(np.arange(days) % 6)
    if never is not None:
        ways[never] = 4
    long = rounds["opens"] + pd.Timedelta(minutes=90)
    rounds["closes"] = rounds["closes"].where(ways != 5, long)
    at = {
        0: lambda one: [one["opens"] - 9 * minute, one["closes"] + 4 * minute],
        1: lambda one: [one["opens"]],
        2: lambda one: [one["closes"]],
        3: lambda one: [one["opens"] + 20 * minute, one["opens"] + 31 * minute],
        4: lambda one: [],
        5: lambda one: [one["opens"] + 61 * minute],
    }
    uploads = [
        moment
        for way, (_, one) in zip(ways, rounds.iterrows())
        for moment in at[int(way)](one)
    ]
    mixed = rng.permutation(len(uploads)).tolist()
    uploads = pd.Series([uploads[place] for place in mixed], dtype="datetime64[ns]")
    return rounds.loc[rng.permutation(rounds.index)], uploads


def _empty(rng):
    """Return rounds to which nothing was ever uploaded."""
    rounds, _ = _calendar(rng, 3)
    return rounds, pd.Series([], dtype="datetime64[ns]")


def _by_day(rounds, uploads):
    """Take any upload of the day for one in time."""
    days = set(uploads.dt.normalize())
    return [n for n, at in rounds["opens"].items() if at.normalize() not in days]


def _before_close(rounds, uploads):
    return [n for n, at in rounds["closes"].items() if not (uploads <= at).any()]


def _after_open(rounds, uploads):
    return [n for n, at in rounds["opens"].items() if not (uploads >= at).any()]


def _between(rounds, uploads, **way):
    windows = zip(rounds.index, rounds["opens"], rounds["closes"])
    return [
        number
        for number, opens, closes in windows
        if not uploads.between(opens, closes, **way).any()
    ]


def _none_outside(rounds, uploads):
    """Ask that no upload at all lies outside of a round's window."""
    windows = zip(rounds.index, rounds["opens"], rounds["closes"])
    return [n for n, *window in windows if not uploads.between(*window).all()]


def _places(rounds, uploads):
    return rounds.index.get_indexer(missed_rounds(rounds, uploads)).tolist()


def _hour(rounds, uploads):
    """Take every window to last an hour."""
    hour = pd.Timedelta(hours=1)
    return [
        n
        for n, at in rounds["opens"].items()
        if not uploads.between(at, at + hour).any()
    ]


def _met(rounds, uploads):
    missed = missed_rounds(rounds, uploads)
    return [number for number in rounds.index if number not in missed]


def records(seed):
    """Return records of rounds and how many were missed, for each reason alone."""
    rng = np.random.default_rng([seed, 3])
    cases = [
        _record(rng, 300, 0.02, 0.004, missed=2),
        _record(rng, 250, 0.02, 0.004, missed=13),
        _record(rng, 249, 0.02, 0.004, missed=14),
        _record(rng, 280, 0.045, -0.002, missed=0),
        _record(rng, 361, 0.001, 0.0002, missed=19),
        _record(rng, 400, 0.012, 0.0045, missed=30, scatter=1.9),
        _record(rng, 300, 0.0, 0.004, missed=4),
        _record(rng, 330, 0.005, 0.003, missed=3),
        _record(rng, 190, -0.01, -0.004, missed=10),
        _record(rng, 260, 0.0, 0.0, missed=0, scatter=0.0),
        _record(rng, 1, 0.02, 0.01, missed=0),
    ]
    rounds, missed = rng.integers([200, 0], [300, 30]).tolist()
    drawn = _record(rng, rounds, 0.02, float(rng.normal(0, 0.003)), missed=missed)
    return [*cases, *_near(rng), _barely_needed(rng), drawn]


def _record(rng, rounds, corr, mmc, missed, scatter=1.0):
    """Return exact means with a scatter; the rounds are some days apart."""
    luck = rng.normal(size=(rounds, 2))
    luck = (luck - luck.mean(axis=0)) * scatter * [0.006, 0.002]
    first = int(rng.integers(1343, 1500))
    index = pd.RangeIndex(first, first + rounds, name="round")
    scores = pd.DataFrame(luck + np.array([corr, mmc]), index, ["corr", "mmc"])
    return scores, missed


def _near(rng):
    """Return records whose mean is near two standard errors, or between one and two."""
    cases = []
    near = ((252, 1.96), (300, 2.04), (270, 1.998), (251, 2.001))
    far = ((280, 1.5), (300, 0.95), (260, 1.1))
    for rounds, times in (*near, *far):
        scores, missed = _record(rng, rounds, 0.0, 0.0, missed=1)
        paid = NOW.score(scores["corr"], scores["mmc"])
        wanted = times * paid.std() / np.sqrt(rounds / SHARED)
        cases.append((scores + wanted * np.array([1 / 6, 1 / 30]), missed))
    return cases


def _barely_needed(rng):
    """Return a record of good CORR whose MMC is exactly zero."""
    scores, missed = _record(rng, 320, 0.05, 0.0, missed=0)
    return scores.assign(mmc=0.0), missed


EXERCISES = (
    Exercise(
        name="weeks_needed",
        points=2,
        hints=(
            "`n` weeks are worth `n / overlap`, so the standard error is"
            " `scatter / sqrt(n / overlap)`. Twice that must be no more than the mean:"
            " solve for `n`.",
            "`n = overlap * (2 * scatter / mean) ** 2`, rounded up with `np.ceil`; and"
            " a mean of zero or less never gets there.",
        ),
        cases=prospects,
        example=lambda: (0.0107, 0.0191, 12),
        key=weeks_needed,
        mistakes=(
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else np.ceil(o * (s / m) ** 2),
                "You ask for one standard error. Two are asked for, which takes four"
                " times as long.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else np.ceil((2 * s / m) ** 2),
                "You count every week as a whole one. Neighbouring weeks share their"
                " days: `n` weeks are worth `n / overlap`.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else o * (2 * s / m) ** 2,
                "Weeks are counted whole: round up.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else np.round(o * (2 * s / m) ** 2),
                "You rounded to the nearest week. Round up: a week earlier it is not"
                " there yet.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else np.ceil((2 * s / m) ** 2 / o),
                "You divided by the overlap. `n` weeks are worth `n / overlap`, so more"
                " of them are needed.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else np.ceil(o * (1.96 * s / m) ** 2),
                "That is 1.96 standard errors. Two are asked for.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else np.floor(o * (2 * s / m) ** 2),
                "You rounded down: after so many weeks it is not there yet.",
            ),
            Mistake(
                lambda m, s, o: (
                    np.inf if m <= 0 else np.floor(o * (2 * s / m) ** 2) + 1
                ),
                "Where the mean is exactly two standard errors that week is enough:"
                " round up, and add nothing.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else np.ceil(o * 2 * s / m),
                "The error falls with the *root* of the weeks, so the weeks grow with"
                " the square of scatter over mean.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else o * np.ceil((2 * s / m) ** 2),
                "You rounded up the independent weeks, and then multiplied. Round the"
                " weeks of the record.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m <= 0 else np.ceil(4 * (2 * s / m) ** 2),
                "You took four weeks that share days whatever the overlap is: it is an"
                " argument.",
            ),
            Mistake(
                lambda m, s, o: np.inf if m == 0 else np.ceil(o * (2 * s / m) ** 2),
                "A mean below zero does not get above it by waiting: return `np.inf`.",
            ),
        ),
    ),
    Exercise(
        name="missed_rounds",
        points=2,
        hints=(
            "Go through the rounds one by one. For each, ask of all uploads whether"
            " they are not before `opens` and not after `closes`.",
            "`uploads.between(opens, closes).any()` says whether a round was met; both"
            " ends count.",
        ),
        cases=calendars,
        example=lambda: (
            pd.DataFrame(
                {
                    "opens": pd.to_datetime(["2026-09-01 12:00", "2026-09-02 12:00"]),
                    "closes": pd.to_datetime(["2026-09-01 13:00", "2026-09-02 13:00"]),
                },
                pd.Index([1345, 1346], name="round"),
            ),
            pd.Series(pd.to_datetime(["2026-09-01 12:25", "2026-09-02 13:07"])),
        ),
        key=missed_rounds,
        judge=in_any_order,
        same={"uploads by position": "What the moments are called says nothing."},
        mistakes=(
            Mistake(
                _by_day,
                "You took any upload of the day. One that comes before the round opens"
                " or after it closes is not in time.",
            ),
            Mistake(
                _before_close,
                "An upload of an earlier day is before every later closing time. Ask"
                " for `opens` as well.",
            ),
            Mistake(
                _after_open,
                "An upload of a later day is after every earlier opening time. Ask for"
                " `closes` as well.",
            ),
            *(
                Mistake(
                    lambda rounds, uploads, ends=ends: _between(
                        rounds, uploads, inclusive=ends
                    ),
                    "An upload at the very moment of opening or closing is in time.",
                )
                for ends in ("neither", "left", "right")
            ),
            Mistake(
                _none_outside,
                "One upload within the window is enough, whatever else came earlier or"
                " later.",
            ),
            Mistake(
                _places,
                "Those are places in the table. Return the numbers of the rounds, its"
                " index.",
            ),
            Mistake(
                _hour,
                "A window is not always an hour: it ends with `closes`.",
            ),
            Mistake(_met, "Those are the rounds that were met. Return the others."),
            Mistake(
                lambda rounds, uploads: len(missed_rounds(rounds, uploads)),
                "That is how many there are. Return a list of their numbers.",
            ),
        ),
    ),
    Exercise(
        name="reasons_to_wait",
        points=2,
        hints=(
            "Begin with an empty list. Four times: if the reason holds, append its"
            " word.",
            "`paid = 3 * scores['corr'] + 15 * scores['mmc']`, and its standard error"
            " is `paid.std() / np.sqrt(len(scores) / 60)`.",
            "One round alone has no scatter (NaN), and a comparison with NaN is False:"
            " ask `if not paid.mean() > 2 * error`.",
        ),
        cases=records,
        example=lambda: (
            pd.DataFrame({"corr": [0.02, 0.03, -0.01], "mmc": [0.001, 0.004, -0.008]}),
            1,
        ),
        key=reasons_to_wait,
        judge=in_any_order,
        mistakes=(
            Mistake(_first, "You stop at the first reason. Return all that hold."),
            Mistake(_opposite, "Those are the reasons that do *not* hold."),
            Mistake(
                lambda s, m: _reasons(s, m, shared=1),
                "You count every round as a whole one. Sixty neighbours share their"
                " days: the record is worth a sixtieth of its rounds.",
            ),
            *(
                Mistake(
                    lambda s, m, shared=shared: _reasons(s, m, shared=shared),
                    "Rounds are daily and their days are sixty: the record is worth a"
                    " sixtieth of its rounds.",
                )
                for shared in (12, 20)
            ),
            Mistake(
                lambda s, m: _reasons(s, m, errors=1),
                "One standard error is not two.",
            ),
            Mistake(
                lambda s, m: _reasons(s, m, ddof=0),
                "Take pandas' `.std()`, which divides by n - 1; numpy's divides by n.",
            ),
            Mistake(
                _but("unproven", lambda s: len(s) == 1),
                "One round has no scatter, and a comparison with NaN is False: ask"
                " `if not paid.mean() > 2 * error`.",
            ),
            Mistake(
                _but("not needed", lambda s: s["mmc"].mean() == 0),
                "A mean MMC of exactly zero is not above zero.",
            ),
            Mistake(
                lambda s, m: _reasons(s, m, year=A_YEAR + 1),
                "Fewer than 250 rounds are short. Exactly 250 are not.",
            ),
            Mistake(
                lambda s, m: _reasons(s, m, year=A_YEAR - m),
                "You counted missed rounds as a part of the record. Only rounds with a"
                " score are.",
            ),
            Mistake(
                lambda s, m: _reasons(s, m, share=MISSED - 1e-12),
                "More than one in twenty: exactly one in twenty will do.",
            ),
            *(
                Mistake(
                    lambda s, m, w=weights: _reasons(s, m, paid=_weighted(*w)),
                    "CORR counts three times and MMC fifteen times.",
                )
                for weights in ((0.75, 2.25), (15, 3), (3, 18))
            ),
            Mistake(
                lambda s, m: _reasons(s, m, paid=lambda t: t["corr"]),
                "Evidence is asked of what is paid, three times CORR and fifteen times"
                " MMC, and not of CORR alone.",
            ),
            Mistake(
                lambda s, m: _reasons(s, m, paid=lambda t: t["corr"] + t["mmc"]),
                "CORR counts three times and MMC fifteen times.",
            ),
            Mistake(
                lambda s, m: _reasons(s, m, needed="corr"),
                "Whether the metamodel needs it is what MMC says, not CORR.",
            ),
            Mistake(
                lambda s, m: _reasons(s, m, **{"out of": lambda r, missed: r}),
                "One in twenty of *all* its rounds: those with a score and those that"
                " were missed.",
            ),
            Mistake(
                lambda s, m: _reasons(s, m, **{"out of": lambda r, missed: 1}),
                "One in twenty is a share: divide what was missed by all its rounds.",
            ),
            Mistake(
                lambda s, m: [
                    r.replace("not needed", "unneeded") for r in _reasons(s, m)
                ],
                "The words are those of the text: `not needed`.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "Your notebook with the two keys in it has been public for an hour. What now?",
        {
            "Delete the cell": "No. Old versions stay, and what has been read cannot be"
            " taken back.",
            "Revoke the key and make a new one": "Right. From then on the old one"
            " opens nothing, whoever has it.",
            "Nothing, a key without a stake is harmless": "No. It still hands in files"
            " in your name, and reads your account, or whatever you ticked.",
        },
        "b",
    ),
    Question(
        "One month after your first upload your mean CORR stands at twice what the"
        " report card said. What does that mean?",
        {
            "The model is better than thought": "No. Not one of its rounds is final,"
            " and all of them share most of their days.",
            "The card was wrong": "No. It rests on years of weeks, and this on days.",
            "Nothing yet": "Right. It is one stretch of market, seen many times.",
        },
        "c",
    ),
    Question(
        "What do you give up if you never stake?",
        {
            "A place in the metamodel, and payouts": "Right: you are scored all the"
            " same. The fund does not use what is not staked.",
            "Your scores": "No. A model without a stake is scored like any other.",
            "The right to the data": "No. The data are free, and not even a key is"
            " needed for them.",
        },
        "a",
    ),
)
