"""Arrays of one era, submissions, two eras to link, and a user's own predictions."""

import numpy as np
import pandas as pd
from engine import STAKES, Inputs, Kind, of

ROWS = 60
MODELS = ["a", "b", "c"]


def draw_era(seed):
    """Draw one era without ties: pandas objects by id."""
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"n{i:03d}" for i in rng.permutation(ROWS)], name="id")

    def frame(values, names):
        return pd.DataFrame(values, ids, names)

    models = frame(rng.permuted(np.tile(np.arange(ROWS), (3, 1)), axis=1).T, MODELS)
    known = frame(rng.permuted(np.tile(np.arange(ROWS), (2, 1)), axis=1).T, ["m", "t"])
    return Inputs(
        predictions=models / ROWS,
        one=models["a"] / ROWS,
        metamodel=known["m"] / ROWS,
        target=known["t"] % 5 / 4,
        features=frame(rng.integers(0, 5, (ROWS, 3)), ["f", "g", "h"]),
        weights=pd.Series(0.5 + rng.random(ROWS), ids),
        stakes={"a": 1.0, "b": 2.0, "c": 3.0},
        origin=np.arange(ROWS),
    )


NAMES = ("predictions", "one", "metamodel", "target", "features", "weights")


def all_of(change, names=NAMES):
    def vary(x, rng):
        return x.but(**{name: change(getattr(x, name)) for name in names})

    return vary


def shuffled(x, rng):
    order = rng.permutation(ROWS)
    return all_of(lambda t: t.iloc[order])(x, rng).but(origin=order)


def mixed(*names):
    return all_of(lambda t: t.sample(frac=1, random_state=3), names)


def strided(t):
    wide = np.repeat(np.asarray(t), 2, axis=0)[::2]
    if t.ndim == 1:
        return pd.Series(wide, t.index, name=t.name, copy=False)
    return pd.DataFrame(wide, t.index, t.columns, copy=False)


def holding(value, *names):
    def change(t):
        changed = t.astype(object if isinstance(value, str) else float)
        changed.iloc[(3,) if t.ndim == 1 else (3, 0)] = value
        return changed

    return all_of(change, names)


def cut(*names):
    return all_of(lambda t: t.iloc[1:].to_numpy(), names)


def other_ids(*names):
    return all_of(lambda t: t.set_axis([f"m{i}" for i in range(ROWS)]), names)


P, KNOWN = {"predictions"}, ("metamodel", "target", "features", "weights")
ERA = Kind(
    draw_era,
    {
        "rows shuffled": (P, shuffled),
        "index counts": (P, all_of(lambda t: t.reset_index(drop=True))),
        "arrays": (
            P,
            lambda x, rng: all_of(lambda t: t.to_numpy())(x, rng).but(
                stakes=list(x.stakes.values())
            ),
        ),
        "strided": (P, all_of(strided)),
        "Float64": (P, all_of(lambda t: t.astype("Float64"))),
        "arrow": (P, all_of(lambda t: t.astype("double[pyarrow]"))),
        "predictions: float32": (
            P,
            all_of(lambda t: t.astype("float32"), ("predictions", "one")),
        ),
        "target: float32": (
            {"target"},
            all_of(lambda t: t.astype("float32"), ("target",)),
        ),
        "features: int8": (
            {"features"},
            all_of(lambda t: t.astype("int8"), ("features",)),
        ),
        **{
            f"{name} in another order": (P | {name, "matched"}, mixed(name))
            for name in KNOWN
        },
        **STAKES,
        "stakes as list": ({"stakes"}, of(stakes=[1.0, 2.0, 3.0])),
    },
    {
        "None": (P, of(predictions=None, one=None)),
        "text": (P, of(predictions="a", one="a")),
        "no rows": (P, all_of(lambda t: t.iloc[:0])),
        "text in predictions": (P, holding("high", "predictions", "one")),
        "inf in predictions": (P, holding(np.inf, "predictions", "one")),
        "three dimensions": (
            P,
            all_of(lambda t: np.zeros((ROWS, 3, 2)), ("predictions", "one")),
        ),
        **{
            f"{what} {name}": ({name}, vary(name))
            for name in KNOWN
            for what, vary in {
                "no": lambda name: of(**{name: None}),
                "text in": lambda name: holding("high", name),
                "inf in": lambda name: holding(np.inf, name),
                "another length of": cut,
                "other ids of": other_ids,
            }.items()
        },
        "NaN in features": ({"features"}, holding(np.nan, "features")),
        "a stake of nobody": ({"stakes"}, of(stakes={"a": 1.0, "z": 1.0})),
        "a stake below 0": ({"stakes"}, of(stakes={"a": 1.0, "b": -1.0})),
        "a stake of inf": ({"stakes"}, of(stakes={"a": 1.0, "b": np.inf})),
        "a stake of text": ({"stakes"}, of(stakes={"a": 1.0, "b": "much"})),
        "stakes of another length": ({"stakes"}, of(stakes=[1.0, 2.0])),
    },
    {
        "rows shuffled": 1e-12,
        "predictions: float32": 1e-6,
        "arrays": 1e-12,
        "arrow": 1e-12,
        "Float64": 1e-12,
        "strided": 1e-12,
        **{f"{name} in another order": 1e-12 for name in KNOWN},
    },
    order=("rows shuffled",),
)


# Submissions, by the names of Classic; `in_form` gives them those of another tournament

SUBMITTED = 120  # Signals and Crypto want a hundred
NAMES_OF = {
    "classic": ("id", "prediction"),
    "signals": ("numerai_ticker", "signal"),
    "signals by ticker": ("bloomberg_ticker", "signal"),
    "crypto": ("symbol", "prediction"),
}


def in_form(given, form):
    """Give a table, its index or a Series the names that a tournament has."""
    new = dict(zip(NAMES_OF["classic"], NAMES_OF[form]))
    if isinstance(given, pd.DataFrame):
        given = given.rename(columns=new)
    elif isinstance(given, pd.Series | pd.Index):
        given = given.rename(new.get(given.name, given.name))
    if isinstance(given, pd.DataFrame | pd.Series):
        given = given.rename_axis(new.get(given.index.name, given.index.name))
    return given


def draw_submission(seed):
    rng = np.random.default_rng(seed)
    ids = [f"n{i:03d}" for i in rng.permutation(SUBMITTED)]
    values = (rng.permutation(SUBMITTED) + 0.5) / SUBMITTED
    table = pd.DataFrame({"id": ids, "prediction": values})
    return Inputs(
        submission=table,
        live=pd.Index(ids, name="id"),
        predictions=table.set_index("id")["prediction"],
        origin=np.arange(SUBMITTED),
    )


def table(change):
    return lambda x, rng: x.but(submission=change(x.submission))


def series(change):
    return lambda x, rng: x.but(predictions=change(x.predictions))


def value(number):
    def vary(x, rng):
        kind = object if isinstance(number, str) else float
        submission = x.submission.astype({"prediction": kind})
        submission.loc[3, "prediction"] = number
        return x.but(
            submission=submission, predictions=submission.set_index("id")["prediction"]
        )

    return vary


def ids_of(change):
    def vary(x, rng):
        submission = x.submission.assign(id=change(x.submission["id"].copy()))
        return x.but(
            submission=submission, predictions=submission.set_index("id")["prediction"]
        )

    return vary


def first_id(new):
    return lambda ids: [new, *ids[1:]]


def to_submit_shuffled(x, rng):
    order = rng.permutation(SUBMITTED)
    submission = x.submission.iloc[order]
    return x.but(
        submission=submission,
        predictions=submission.set_index("id")["prediction"],
        origin=order,
    )


J, M = {"submission"}, {"predictions"}
SUBMISSIONS = Kind(
    draw_submission,
    {
        "rows shuffled": (set(), to_submit_shuffled),
        "index counts back": (J, table(lambda s: s.set_axis(range(SUBMITTED)[::-1]))),
        "ids in the index": (J, table(lambda s: s.set_index("id"))),
        "a Series": (J, table(lambda s: s.set_index("id")["prediction"])),
        "float32": (J, table(lambda s: s.astype({"prediction": "float32"}))),
        "Float64": (J, table(lambda s: s.astype({"prediction": "Float64"}))),
        "arrow": (
            J,
            table(lambda s: s.astype({"prediction": "double[pyarrow]"})),
        ),
        "ids of categories": (J, table(lambda s: s.astype({"id": "category"}))),
        "ids as objects": (J, table(lambda s: s.astype({"id": object}))),
        "rows of others": (
            J,
            table(lambda s: pd.concat([s, s.assign(id="m" + s["id"])])),
        ),
        "live as list": (J, lambda x, rng: x.but(live=list(x.live))),
        "live as panel": (J, lambda x, rng: x.but(live=pd.DataFrame(index=x.live))),
        "live in another order": (J, lambda x, rng: x.but(live=x.live[::-1])),
        "predictions: float32": (M, series(lambda s: s.astype("float32"))),
        "predictions: Float64": (M, series(lambda s: s.astype("Float64"))),
        "predictions: arrow": (M, series(lambda s: s.astype("double[pyarrow]"))),
        "predictions as DataFrame": (M, series(lambda s: s.to_frame())),
        "predictions with ids": (M, series(lambda s: s.reset_index())),
        "predictions of any scale": (M, series(lambda s: s * 1000 - 7)),
        "predictions of another name": (M, series(lambda s: s.rename(None))),
    },
    {
        "None": (set(), of(submission=None, predictions=None)),
        "a path": (set(), of(submission="mine.csv", predictions="mine.csv")),
        "an array": (set(), of(submission=np.zeros(3), predictions=np.zeros(3))),
        "no rows": (
            set(),
            lambda x, rng: x.but(
                submission=x.submission[:0], predictions=x.predictions[:0]
            ),
        ),
        "text": (set(), value("high")),
        "inf": (set(), value(np.inf)),
        "NaN": (J, value(np.nan)),
        "above 1": (J, value(1.1)),
        "below 0": (J, value(-0.1)),
        "all the same": (J, table(lambda s: s.assign(prediction=0.5))),
        "an id missing": (J, table(lambda s: s.iloc[1:])),
        "an id twice": (J, table(lambda s: pd.concat([s, s[:1]]))),
        "an id empty": (J, ids_of(first_id(None))),
        "other ids": (J, ids_of(lambda ids: "m" + ids)),
        "another header": (J, table(lambda s: s.rename(columns={"id": "name"}))),
        "a column more": (J, table(lambda s: s.assign(more=1.0))),
        "columns in another order": (J, table(lambda s: s[["prediction", "id"]])),
        "a column twice": (J, table(lambda s: s[["id", "prediction", "prediction"]])),
        "no live ids": (J, of(live=[])),
        "live of None": (J, of(live=None)),
        "live of a number": (J, of(live=5)),
        "predictions without ids": (M, series(lambda s: s.reset_index(drop=True))),
        "two models": (M, series(lambda s: pd.DataFrame({"a": s, "b": s}))),
    },
)


# Two eras to link, and a user's own predictions


def draw_pair(seed):
    rng = np.random.default_rng(seed)

    def era(mark):
        ids = [f"{mark}{i:02d}" for i in range(20)]
        return pd.DataFrame(rng.random((20, 3)), ids, ["f", "g", "h"])

    earlier, later = era("a"), era("b")
    later.index = [*earlier.index[:10], *later.index[10:]]
    return Inputs(earlier=earlier, later=later)


def pair(change):
    return lambda x, rng: x.but(earlier=change(x.earlier), later=change(x.later))


L = {"pair"}
PAIR = Kind(
    draw_pair,
    {
        "Float64": (L, pair(lambda t: t.astype("Float64"))),
        "arrow": (L, pair(lambda t: t.astype("double[pyarrow]"))),
        "strided": (L, pair(strided)),
        "ids of categories": (
            L,
            pair(lambda t: t.set_axis(pd.CategoricalIndex(t.index))),
        ),
        "ids as objects": (L, pair(lambda t: t.set_axis(t.index.astype(object)))),
    },
    {
        "None": (L, of(earlier=None)),
        "text": (L, of(later="later")),
        "no rows": (L, pair(lambda t: t.iloc[:0])),
        "an id twice": (L, pair(lambda t: pd.concat([t, t.iloc[:1]]))),
        "other columns": (
            L | {"numbers"},
            lambda x, rng: x.but(later=x.later.rename(columns={"h": "i"})),
        ),
        "NaN": (L | {"numbers"}, pair(lambda t: t.where(t < t.max()))),
        "inf": (L | {"numbers"}, pair(lambda t: t / 0)),
        "text in a column": (L | {"numbers"}, pair(lambda t: t.assign(h="high"))),
    },
)


def draw_own(seed):
    return Inputs(change=lambda made: made, seed=seed)


def made(change):
    return (set(), lambda x, rng: x.but(change=change))


def seen(panel):
    """Return predictions of a live era that differ from row to row."""
    name = next(x for x in panel if x.startswith("feature"))
    return pd.Series(panel[name] + np.arange(len(panel)) / 1000, panel.index)


OWN = Kind(
    draw_own,
    {
        "an array": made(lambda s: s.to_numpy()),
        "a list": made(lambda s: s.tolist()),
        "rows shuffled": made(lambda s: s.sample(frac=1, random_state=0)),
        "a DataFrame": made(lambda s: s.to_frame("prediction")),
        "a column of an array": made(lambda s: s.to_numpy()[:, None]),
        "Float64": made(lambda s: s.astype("Float64")),
        "arrow": made(lambda s: s.astype("double[pyarrow]")),
        "float32": made(lambda s: s.astype("float32")),
    },
    {
        "a number": made(lambda s: 0.5),
        "text": made(lambda s: "up"),
        "a row short": made(lambda s: s.iloc[1:]),
        "an array a row short": made(lambda s: s.to_numpy()[1:]),
        "other ids": made(lambda s: s.set_axis(range(len(s)))),
        "an id twice": made(lambda s: s.set_axis([s.index[1], *s.index[1:]])),
        "NaN": made(lambda s: s.where(np.arange(len(s)) != 3)),
        "inf": made(lambda s: s.mask(np.arange(len(s)) == 3, np.inf)),
        "all the same": made(lambda s: s * 0.0),
        "text in it": made(lambda s: s.astype(str).replace("1", "high") + "x"),
        "two columns": made(lambda s: pd.DataFrame({"a": s, "b": s})),
    },
)
