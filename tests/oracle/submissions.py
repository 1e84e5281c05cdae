"""Made-up submissions, and what numerai-tools says of them beside what we say.

``python tests/oracle/submissions.py 10000`` compares that many of each tournament.
"""

import logging
import sys
import warnings
from collections import Counter

import hypothesis
import numpy as np
import pandas as pd
from hypothesis import strategies as st
from numerai_tools import submissions as tools

from numlearn.models.submission import validate

EDGES = [0, 1, -1e-9, -1e-7, 1 + 1e-6, 1 + 1e-4, -0.1, 2, np.inf, -np.inf, np.nan]
TICKERS = ["numerai_ticker", "ticker", "bloomberg_ticker", "composite_figi"]
# What each of numerai-tools' refusals is called here; anything else that it raises
# comes from values that are no numbers.
SAME_AS = {
    "invalid_submission_headers": "header",
    "must not contain NaNs in the": "empty id",
    "Duplicates detected": "duplicate id",
    "Not enough stocks": "missing id",
    "submission must not contain NaNs": "nan",
    "between 0 and 1": "range",
    "non-zero standard deviation": "constant",
}


@st.composite
def submissions(draw, tournament):
    """Draw a universe and a submission with up to three things done to it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(2, 40) if tournament == "classic" else st.integers(99, 130))
    names = ["id"] if tournament == "classic" else TICKERS
    universe = pd.DataFrame({c: [f"{c[0]}{i:04d}" for i in range(n)] for c in names})
    if draw(st.booleans()):
        universe[names[0]] = np.arange(n)
    id_column = draw(st.sampled_from(names))
    frame = pd.DataFrame({id_column: universe[id_column], "prediction": rng.random(n)})
    frame = frame.sample(frac=1, random_state=rng).reset_index(drop=True)
    for damage in draw(st.lists(st.sampled_from(DAMAGES), max_size=3)):
        frame = damage(frame, rng)
    return universe, frame


def _with_column(name, at=None):
    def add(frame, rng):
        frame = frame.copy()
        at_ = len(frame.columns) if at is None else at
        frame.insert(at_, name, 1, allow_duplicates=True)
        return frame

    return add


def _renamed(**names):
    return lambda frame, rng: frame.rename(columns=names)


def _first_named(name):
    return lambda frame, rng: frame.set_axis([name, *frame.columns[1:]], axis=1)


def _rows(change):
    """Return a damage done to a few rows: `change(few, all)` gives the new frame."""

    def damage(frame, rng):
        if frame.empty:
            return frame
        few = frame.iloc[rng.choice(len(frame), min(3, len(frame)), replace=False)]
        return change(few.copy(), frame.copy())

    return damage


def _unknown(few, frame):
    return pd.concat([frame, _replaced(few, 0, ["unknown"] * len(few))])


def _without_id(few, frame):
    return _replaced(frame, 0, [np.nan, *frame.iloc[1:, 0]])


def _replaced(frame, at, values):
    """Give a column new values, of whatever type; names may be there twice."""
    new = pd.Series(values, index=frame.index, name=frame.columns[at])
    return pd.concat([frame.iloc[:, :at], new, frame.iloc[:, at + 1 :]], axis=1)


def _values(change):
    """Return a damage done to the last column: `change(values, rng)` gives the new."""

    def damage(frame, rng):
        last = len(frame.columns) - 1
        values = pd.Series(frame.iloc[:, last].array)
        return _replaced(frame, last, change(values, rng).array)

    return damage


def _one(value):
    def change(values, rng):
        new = values.tolist()
        if new:
            new[rng.integers(len(new))] = value
        return pd.Series(new)

    return _values(change)


def _all(*alternating):
    def change(values, rng):
        whole = list(alternating) * len(values)
        return pd.Series(whole[: len(values)], dtype=type(whole[0]) if whole else float)

    return _values(change)


def _as(dtype):
    def change(values, rng):
        try:
            return values.astype(dtype)
        except (ValueError, TypeError):
            return values

    return _values(change)


DAMAGES = [
    lambda frame, rng: frame[frame.columns[::-1]],
    lambda frame, rng: frame.iloc[:, :1],
    lambda frame, rng: frame[:0],
    lambda frame, rng: frame.sample(frac=rng.random(), random_state=rng),
    _with_column("Unnamed: 0", 0),
    _with_column("data_type"),
    _with_column("date", 1),
    _with_column("friday_date", 0),
    _with_column("prediction"),
    _renamed(prediction="probability"),
    _renamed(prediction="signal"),
    _renamed(prediction="score"),
    *map(_first_named, ["id", "ids", "cusip", "sedol", "ticker"]),
    _rows(lambda few, frame: frame.drop(few.index)),
    _rows(lambda few, frame: pd.concat([frame, few])),
    _rows(_unknown),
    _rows(_without_id),
    *map(_one, [*EDGES, "high"]),
    *map(_all, [0.5, 7.0, np.nan, "0.5", True, 1]),
    _all(0.5, 0.5 + 1e-9),
    _all(0.5, 0.5 + 1e-7),
    *map(_as, [object, str, "float32", "Float64"]),
    _values(lambda values, rng: pd.Series(rng.integers(0, 2, len(values)))),
]


def verdict(universe, submission, tournament):
    """Return what numerai-tools finds first, in our words, or None if it accepts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if tournament == "classic":
                tools.validate_submission_numerai(universe["id"], submission.copy())
            else:
                tools.validate_submission_signals(universe, submission.copy())
        except AssertionError as refusal:
            return next(ours for text, ours in SAME_AS.items() if text in str(refusal))
        except KeyError:  # no such column in the universe
            return "header"
        except Exception:
            return "not numbers"
    return None


def compare(universe, submission, tournament):
    """Return both verdicts: what numerai-tools finds first, and all that we find."""
    given = submission.copy()
    of_ids = universe["id"] if tournament == "classic" else universe
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        faults = validate(submission, of_ids, tournament)
    pd.testing.assert_frame_equal(submission, given)
    return verdict(universe, submission, tournament), faults


def agree(theirs, faults):
    """Tell whether the verdict is the same and their reason is among ours."""
    return theirs in faults if theirs else not faults


def tally(tournament, number):
    """Compare many made-up submissions.

    Returns how many were accepted, refused and refused for several reasons; a sentence
    for each fault; and the disagreements.
    """
    seen, sentences, disagreements = Counter(), {}, []

    @hypothesis.settings(
        max_examples=number,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(submissions(tournament))
    def run(made):
        theirs, faults = compare(*made, tournament)
        seen["accepted" if theirs is None else "refused"] += 1
        seen["several"] += len(faults) > 1
        sentences.update(faults)
        if not agree(theirs, faults):
            disagreements.append((theirs, faults, made[1]))

    logging.disable(logging.WARNING)
    try:
        run()
    finally:
        logging.disable(logging.NOTSET)
    return seen, sentences, disagreements


def _main(number):
    for tournament in ("classic", "signals"):
        seen, sentences, disagreements = tally(tournament, number)
        print(
            f"{tournament}: {seen['accepted'] + seen['refused']:,} submissions,"
            f" {seen['accepted']:,} accepted, {seen['refused']:,} refused,"
            f" {seen['several']:,} of them with several faults;"
            f" {len(disagreements)} disagreements with numerai-tools"
        )
        for kind, sentence in sentences.items():
            print(f"  {kind}: {sentence}")
        for theirs, faults, frame in disagreements[:3]:
            print(f"  DISAGREE: {theirs!r} against {faults}\n{frame}")


if __name__ == "__main__":
    _main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
