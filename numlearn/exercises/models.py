"""Exercises: train, leave out what leaks, walk forward."""

from itertools import pairwise
from operator import itemgetter

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from numlearn import models
from numlearn.exercises import Exercise, Mistake, Question


def panels(seed):
    """Return panels to learn from (with gaps) and to predict, and the features."""
    cases = []
    for rows, count in ((30, 3), (45, 4), (20, 1)):
        rng = np.random.default_rng([seed, rows])
        letters = rng.permutation(list("abcdefgh"))[:count]
        features = [f"feature_{letter}" for letter in letters]
        eras = np.repeat([f"{era:04d}" for era in range(1, 8)], rows)
        values = rng.integers(0, 5, (len(eras), count)).astype("int8")
        panel = pd.DataFrame(values, columns=features).assign(era=eras)
        panel["feature_other"] = values[:, 0] + rng.normal(size=len(panel))
        noisy = values @ rng.normal(size=count) + rng.normal(0, 3, len(panel))
        panel["target"] = pd.cut(noisy, 5, labels=False) / 4
        panel["target_later"] = panel["target"].mask(rng.random(len(panel)) < 0.3)
        ids = rng.permutation(10_000)[: len(panel)]
        panel.index = pd.Index([f"n{n:015x}" for n in ids], name="id")
        train, test = panel[eras < "0006"].copy(), panel[eras > "0006"].copy()
        train.loc[train["era"] == "0005", "target"] = np.nan
        if count == 4:  # the live era has no target, and the one before knows a part
            test["target"] = test["target"].mask(rng.random(len(test)) < 0.5)
        cases.append((train, test, features))
    train, test, features = cases[-1]
    return [*cases, (train, test.assign(target=np.nan), features)]


def _two_panels():
    """Return the panels that the text prints."""
    names, missing = ["feature_a", "target"], float("nan")
    train = [[0.0, 0.25], [1.0, 0.75], [2.0, missing]], ["n1", "n2", "n3"]
    test = [[2.0, 1.0], [1.0, 0.25]], ["n8", "n9"]
    panels = (
        pd.DataFrame(values, pd.Index(ids, name="id"), names).astype({names[0]: "int8"})
        for values, ids in (train, test)
    )
    return *panels, ["feature_a"]


def fit_predict(train, test, features):
    """Return a line's predictions of rows that it has not seen."""
    chosen = FunctionTransformer(itemgetter(features))
    line = make_pipeline(chosen, LinearRegression())
    return models.fit_predict(line, train, test)["target"]


def blocks_and_gaps(seed):
    """Return eras (all, or every second or fourth one), a block to test on, a gap.

    The last blocks are one era, the first ones and the last ones; one gap is none.
    """
    rng = np.random.default_rng([seed, 2])
    gaps = rng.permutation([3, 4, 5, 6, 7]).tolist()
    cases = []
    for step, place, length, gap in (
        (1, rng.integers(15, 35), rng.integers(6, 10), gaps[0]),
        (2, rng.integers(15, 35), rng.integers(6, 10), gaps[1]),
        (4, rng.integers(5, 9), 3, 8),
        (1, rng.integers(15, 35), 1, gaps[2]),
        (1, 0, 6, gaps[3]),
        (1, 53, 7, gaps[4]),
        (1, 20, 5, 0),
    ):
        first = int(rng.integers(1, 300))
        eras = list(range(first, first + 60 * step, step))
        cases.append((eras, eras[place : place + length], gap))
    return cases


def purge(eras, test, gap):
    """Return the numbers of the eras that are far enough from the test."""
    return models.purge(eras, test, gap).tolist()


def histories(seed):
    """Return eras (all, or every second one), a number of blocks and a gap."""
    rng = np.random.default_rng([seed, 3])
    cases = []
    gaps = rng.permutation([3, 4, 5, 6]).tolist()
    for step, blocks, gap in zip((1, 1, 2, 1), (4, 5, 3, 2), [*gaps[:3], 0]):
        first, count = rng.integers([1, 55], [300, 90])
        count += count % blocks == 0  # so that the blocks differ in length
        eras = range(int(first), int(first) + step * int(count), step)
        cases.append((list(eras), blocks, gap))
    # the gap reaches back to the first era, and beyond it
    first = int(rng.integers(1, 300))
    short = [(list(range(first, first + 11)), 3, gap) for gap in (4, 8)]
    return [*cases[1:], *short, cases[0]]


def walk_forward(eras, blocks, gap):
    """Return pairs of the eras to learn from and to test on.

    `models.WalkForward` splits alike, and refuses where nothing is left to learn from.
    """
    eras = np.asarray(eras)
    tests = np.array_split(eras, blocks)[1:]
    return [(eras[eras < test[0] - gap].tolist(), test.tolist()) for test in tests]


def _fitted(train, test, columns, constant=True):
    known = train.dropna(subset="target")
    line = LinearRegression(fit_intercept=constant)
    line.fit(known[columns], known["target"])
    return pd.Series(line.predict(test[columns]), test.index)


def _filled(how):
    return lambda train, test, features: _fitted(
        train.fillna({"target": how(train["target"])}), test, features
    )


def _by_place(eras, test, gap):
    """Count the gap in places of the list, whatever the eras' numbers are."""
    first, last = eras.index(test[0]), eras.index(test[-1])
    return [e for i, e in enumerate(eras) if i < first - gap or i > last + gap]


def _walk_by_place(eras, blocks, gap):
    folds = _walk(eras, blocks, lambda e, t: e < t[0])
    return [(learn[: len(learn) - gap], block) for learn, block in folds]


def _from_the_block_before(eras, blocks, gap):
    parts = np.array_split(np.asarray(eras), blocks)
    return [(before[:-gap], test) for before, test in pairwise(parts)]


def _equal_parts(eras, blocks, gap):
    size = len(eras) // blocks
    parts = [np.array(eras[k * size : (k + 1) * size]) for k in range(1, blocks)]
    return [(np.array([e for e in eras if e < t[0] - gap]), t) for t in parts]


def _walk(eras, blocks, keep, first=1):
    parts = np.array_split(np.asarray(eras), blocks)
    return [(np.array([e for e in eras if keep(e, t)]), t) for t in parts[first:]]


EXERCISES = (
    Exercise(
        name="fit_predict",
        points=2,
        hints=(
            "Three steps: drop the training rows without a target, `.fit(...)`,"
            " `.predict(...)`. Which rows go into which?",
            "`known = train.dropna(subset='target')`, then"
            " `line = LinearRegression().fit(known[features], known['target'])`."
            " Predictions come out as an array: give them the index"
            " of `test`.",
        ),
        cases=panels,
        example=_two_panels,
        key=fit_predict,
        refuses=(fit_predict, models.fit_predict),
        same={
            "train by position": "A line does not know its training rows by name, and"
            " only those of `test` come out.",
        },
        mistakes=(
            Mistake(
                lambda train, test, f: _fitted(train, train, f),
                "You predicted the rows that the model learned from. Predict `test`.",
            ),
            Mistake(
                lambda train, test, f: _fitted(test, test, f),
                "The model learned from `test`, that is, from the answers that it is"
                " to guess. Fit it on `train`.",
            ),
            Mistake(
                lambda train, test, f: _fitted(pd.concat([train, test]), test, f),
                "The model learned from both panels, so it has seen the answers. Fit"
                " it on `train` alone.",
            ),
            Mistake(
                lambda train, test, f: _fitted(train, test, [*f, "target"]),
                "The target is among the features: whoever knows the answer need not"
                " predict it. Use `features` only.",
            ),
            *(
                Mistake(
                    _filled(how),
                    "You filled the missing targets. A made-up answer teaches something"
                    " false: drop those rows.",
                )
                for how in (lambda _: 0.5, lambda _: 0.0, pd.Series.mean)
            ),
            Mistake(
                lambda train, test, f: _fitted(train.dropna(), test, f),
                "You also dropped rows in which some other column is missing. Only the"
                " target must be there: `dropna(subset='target')`.",
            ),
            Mistake(
                lambda train, test, f: _fitted(
                    train, test, [x for x in train if x.startswith("feature")]
                ),
                "You learned from more columns than `features` names.",
            ),
            Mistake(
                lambda train, test, f: _fitted(train, test.dropna(subset="target"), f),
                "You dropped the rows of `test` that have no target. Predictions are"
                " wanted for these most of all: keep every row.",
            ),
            Mistake(
                lambda train, test, f: _fitted(train, test.dropna(), f),
                "You dropped rows of `test` in which some column is missing. The"
                " features have no gaps: predict every row.",
            ),
            Mistake(
                lambda train, test, f: _fitted(train, test, f).clip(
                    train["target"].min(), train["target"].max()
                ),
                "You cut the predictions off at the targets seen in training. Return"
                " them as the line gives them: only their order will count.",
            ),
            Mistake(
                lambda train, test, f: _fitted(train, test, f, constant=False),
                "Your line must pass through zero: let `LinearRegression()` fit the"
                " intercept as well.",
            ),
            Mistake(
                lambda train, test, f: _fitted(train, test, f).clip(0, 1),
                "You cut the predictions off at 0 and 1. Return them as the line gives"
                " them: only their order will count.",
            ),
            Mistake(
                lambda train, test, f: _fitted(train, test, f).reset_index(drop=True),
                "The numbers are right, but nobody can tell whose they are: give the"
                " Series the index of `test`.",
            ),
            Mistake(
                lambda train, test, f: _fitted(train, test, f).to_numpy(),
                "The numbers are right, but nobody can tell whose they are: return a"
                " Series with the index of `test`.",
            ),
        ),
    ),
    Exercise(
        name="purge",
        points=2,
        hints=(
            "How far is an era from the test? From its nearest test era, on either"
            " side. Keep it if that is more than `gap`.",
            "The test is a block, so two comparisons will do: `era < min(test) - gap`"
            " or `era > max(test) + gap`.",
        ),
        cases=blocks_and_gaps,
        example=lambda: (list(range(1, 13)), [6, 7], 2),
        key=purge,
        refuses=(purge, models.purge),
        mistakes=(
            Mistake(
                lambda eras, test, gap: [e for e in eras if e not in test],
                "You left out the test itself and no more. Its neighbours share days"
                " with it: leave out `gap` eras on each side, too.",
            ),
            Mistake(
                lambda eras, test, gap: [e for e in eras if e < min(test) - gap],
                "You kept only the past. That is stricter than what was asked for:"
                " eras far enough after the test may stay.",
            ),
            Mistake(
                lambda eras, test, gap: [
                    e for e in eras if e < min(test) or e > max(test) + gap
                ],
                "Before the test nothing is left out. The labels of the eras just"
                " before it run into it.",
            ),
            Mistake(
                lambda eras, test, gap: [
                    e for e in eras if e < min(test) - gap or e > max(test)
                ],
                "After the test nothing is left out. The labels of the test run into"
                " the eras just after it.",
            ),
            Mistake(
                lambda eras, test, gap: [
                    e for e in eras if e <= min(test) - gap or e >= max(test) + gap
                ],
                "One era too many stays on each side: `gap` eras are to be left out"
                " between it and the test.",
            ),
            Mistake(
                lambda eras, test, gap: sorted(
                    set(eras) - set(test) - set(models.purge(eras, test, gap))
                ),
                "Those are the eras to leave out; return those to keep.",
            ),
            Mistake(
                lambda eras, test, gap: sorted(
                    set(eras) - set(models.purge(eras, test, gap))
                ),
                "Those are the test and what is too near to it; return the others.",
            ),
            Mistake(
                lambda eras, test, gap: purge(eras, test, gap + 1),
                "You left out one era too many on each side: with `gap` eras in between"
                " an era may stay.",
            ),
            Mistake(
                lambda eras, test, gap: purge(eras, test[:1], gap),
                "You kept your distance from the first test era alone. Measure from the"
                " nearest one, which for later eras is the last.",
            ),
            Mistake(
                lambda eras, test, gap: [
                    e for e in eras if abs(e - test[0]) > gap and e not in test
                ],
                "You kept your distance from the first test era alone. Measure from the"
                " nearest one, which for later eras is the last.",
            ),
            Mistake(
                lambda eras, test, gap: purge(eras, test[-1:], gap),
                "You kept your distance from the last test era alone. Measure from the"
                " nearest one, which for earlier eras is the first.",
            ),
            Mistake(
                _by_place,
                "You counted places in the list. Where `eras` leaves some out, the"
                " distance is still the difference of their numbers.",
            ),
            Mistake(
                lambda eras, test, gap: [str(e) for e in purge(eras, test, gap)],
                "The right eras, but as text: return them as the numbers they came as.",
            ),
        ),
    ),
    Exercise(
        name="walk_forward",
        points=3,
        hints=(
            "`np.array_split(eras, blocks)` cuts the eras into blocks. Each but the"
            " first is a test once.",
            "For the test `block`, learn from the eras below `block[0] - gap`. Put"
            " `(learn, block)` into a list.",
            "`for block in np.array_split(eras, blocks)[1:]:` is the loop.",
        ),
        cases=histories,
        example=lambda: (list(range(1, 10)), 3, 2),
        key=walk_forward,
        refuses=(walk_forward, models.WalkForward.split),
        mistakes=(
            Mistake(
                lambda eras, blocks, gap: _walk(eras, blocks, lambda e, t: e < t[0]),
                "Nothing was left out before the tests: learn only from eras below the"
                " first test era minus `gap`.",
            ),
            Mistake(
                lambda eras, blocks, gap: _walk(
                    eras, blocks, lambda e, t: e <= t[0] - gap
                ),
                "You left out one era too few: `gap` eras lie between the last to"
                " learn from and the first to test on.",
            ),
            Mistake(
                lambda eras, blocks, gap: _walk(
                    eras, blocks, lambda e, t: e < t[0] - gap or e > t[-1] + gap
                ),
                "Your model also learned from what came after the test. Walking"
                " forward knows only the past.",
            ),
            Mistake(
                lambda eras, blocks, gap: _walk(
                    eras, blocks, lambda e, t: e < t[0] - gap, first=0
                ),
                "The first block has no past to learn from, so it is never a test.",
            ),
            Mistake(
                lambda eras, blocks, gap: _walk(
                    eras,
                    blocks,
                    lambda e, t: t[0] - len(eras) // blocks - gap <= e < t[0] - gap,
                ),
                "You learned from the latest stretch only. Here everything before the"
                " test counts, as in Numerai's own models.",
            ),
            Mistake(
                lambda eras, blocks, gap: [
                    pair for pair in walk_forward(eras, blocks, gap) if pair[0]
                ],
                "You left out a test before which nothing is left to learn from. It is"
                " a pair as well, its first list empty.",
            ),
            Mistake(
                _from_the_block_before,
                "You learned from one block only. Here everything before the test"
                " counts, as in Numerai's own models.",
            ),
            Mistake(
                lambda eras, blocks, gap: _walk(
                    eras, blocks, lambda e, t: e < t[0] - gap - 1
                ),
                "You left out one era too many: with `gap` eras in between an era may"
                " stay.",
            ),
            Mistake(
                lambda eras, blocks, gap: [
                    pair[::-1] for pair in walk_forward(eras, blocks, gap)
                ],
                "The pairs are turned round: first the eras to learn from, then those"
                " to test on.",
            ),
            Mistake(
                _walk_by_place,
                "You counted the gap in places of the list. Where `eras` leaves some"
                " out, the distance is still the difference of their numbers.",
            ),
            Mistake(
                _equal_parts,
                "Your blocks are all of one length, and what does not fit in is lost:"
                " `np.array_split` makes the first ones longer.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "Your model scores .030 when rows are shuffled into folds, and a friend's .022"
        " in purged blocks. Whose is better?",
        {
            "Yours": "You cannot know. The way of measuring alone is worth several"
            " thousandths, as you have seen.",
            "The friend's": "You cannot know that either; a flattered score may still"
            " be the score of the better model.",
            "Nobody can tell before both are measured alike": "Right: on the same eras,"
            " and with nothing leaking.",
        },
        "c",
    ),
    Question(
        "Targets look 60 trading days ahead, eras are a week of five trading days"
        " apart. How many eras must lie between learning and testing, so that no label"
        " shares a day?",
        {
            "4, as always": "Those are 25 days. Labels of 60 days overlap for far"
            " longer.",
            "11": "Right: eras 12 weeks apart share nothing, so 11 lie between them."
            " With one more, every label was also known by then.",
            "60": "Trading days are not eras: an era stands for five of them.",
        },
        "b",
    ),
    Question(
        "You score a model on 60 weekly eras that it has never seen. What do you know"
        " about its true mean?",
        {
            "Exactly that mean": "Another 60 eras would give another one: neighbouring"
            " eras share days, so these are worth far fewer than 60.",
            "Nothing": "Something: an honest estimate is right on average, it is only"
            " not precise.",
            "An estimate without flattery, and still an uncertain one": "Right. Purging"
            " removes the leak, and not the luck.",
        },
        "c",
    ),
)
