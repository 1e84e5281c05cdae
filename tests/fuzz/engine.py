"""Inputs as people bring them: what must not change a result, what must be refused.

`calls.py` lists the functions, a line each. Every variation here is tried on every
function that uses what it varies; the outcome is "equal", "refused" (a NumlearnError),
or a fault: "wrong" (another number, or an argument that was changed) or "raw" (another
error).
"""

import copy
import warnings
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError

MODELS = ["a", "b", "c"]
FEATURES = [f"feature_{i}" for i in range(3)]
NEUTRALIZERS = ["n0", "n1"]
ERAS, ROWS = 6, 20


@dataclass
class Inputs:
    """What a call is given."""

    panel: pd.DataFrame
    predictions: object = field(default_factory=lambda: list(MODELS))
    target: object = "target"
    metamodel: object = "mm"
    features: object = field(default_factory=lambda: list(FEATURES))
    neutralizers: object = field(default_factory=lambda: list(NEUTRALIZERS))
    sample_weights: object = "v"
    ticker: object = "ticker"
    stakes: object = field(default_factory=lambda: {"a": 1.0, "b": 2.0, "c": 3.0})
    origin: np.ndarray = None  # of each row: its place in the panel that was drawn

    def plus(self, **columns):
        return replace(self, panel=self.panel.assign(**columns))


@dataclass
class Call:
    """A public function: how to call it, and which inputs it uses."""

    name: str
    run: object
    uses: set
    pieces: bool = True  # whether it also takes an iterator of pieces
    by_position: bool = False  # whether the order of rows breaks ties
    skip: tuple = ()  # variations that mean something else to it


def draw(seed):
    """Draw a panel with gaps, without ties."""
    rng = np.random.default_rng(seed)
    n = ERAS * ROWS
    panel = pd.DataFrame({"era": np.repeat([f"{i:04d}" for i in range(8, 14)], ROWS)})
    panel["target"] = rng.choice([0, 0.25, 0.5, 0.75, 1], n)
    for name in [*MODELS, "mm"]:
        panel[name] = rng.permutation(n) / n  # differ in float32 as well
    panel.loc[rng.choice(n, 6, replace=False), "b"] = np.nan
    for name in FEATURES:
        panel[name] = rng.integers(0, 5, n).astype(np.int8)
    for name in NEUTRALIZERS:
        panel[name] = rng.normal(size=n)
    panel["v"] = 0.5 + rng.random(n)
    panel["ticker"] = [f"T{i:02d}" for i in range(ROWS)] * ERAS
    panel.index = pd.Index([f"n{i:04d}" for i in rng.permutation(n)], name="id")
    return Inputs(panel, origin=np.arange(n))


def try_all(call, seed):
    """Try every variation on a call; yield (kind, variation, outcome, detail)."""
    base = draw(seed)
    expected = values(call.run(copy.deepcopy(base)), base)
    for kind, table in (("equal", SAME), ("refused", REFUSED)):
        for name, (uses, vary) in table.items():
            if not uses <= call.uses or (name in ORDER and call.by_position):
                continue
            if name in call.skip or (name == "pieces" and not call.pieces):
                continue
            changed = vary(copy.deepcopy(base), np.random.default_rng(seed))
            outcome, detail = attempt(call, changed, expected, TOLERANCE.get(name, 0))
            yield kind, name, outcome, detail


def attempt(call, given, expected, tolerance):
    before = copy.deepcopy(given)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = values(call.run(given), given)
    except NumlearnError as error:
        return "refused", str(error)
    except Exception as error:
        return "raw", f"{type(error).__name__}: {error}"
    if isinstance(given.panel, pd.DataFrame):
        for one in ("panel", "predictions", "target", "stakes"):
            if not same_argument(getattr(given, one), getattr(before, one)):
                return "wrong", f"the argument {one} was changed"
    if found.shape != expected.shape:
        return "wrong", f"shape {found.shape}, not {expected.shape}"
    if not np.array_equal(np.isnan(found), np.isnan(expected)):
        return "wrong", "NaN in other places"
    gap = np.nanmax(np.abs(found - expected), initial=0)
    return ("equal", "") if gap <= tolerance else ("wrong", f"off by {gap:.1e}")


def values(result, given):
    """Return a result's numbers, those by row in the order of the panel drawn."""
    if isinstance(result, tuple):
        return np.concatenate([values(one, given) for one in result])
    array = np.asarray(result, dtype=float)
    if len(array) == ERAS * ROWS and given.origin is not None:
        back = np.empty_like(array)
        back[given.origin] = array
        return back
    return array


def same_argument(one, other):
    if isinstance(one, pd.DataFrame | pd.Series):
        return one.equals(other) and one.index.equals(other.index)
    if isinstance(one, np.ndarray | pd.Index):
        return pd.Index(one.ravel()).equals(pd.Index(other.ravel()))
    return one == other


# What must not change a result


def relabelled(write):
    """Write the eras in another way."""

    def vary(x, rng):
        number = x.panel["era"].astype(int)
        return x.plus(era=write(number))

    return vary


def dates(number):
    return pd.Timestamp("2020-01-03") + pd.to_timedelta(number * 7, unit="D")


def typed(names, dtype):
    def vary(x, rng):
        return replace(x, panel=x.panel.astype(dict.fromkeys(names, dtype)))

    return vary


def shuffled(x, rng):
    order = rng.permutation(len(x.panel))
    return replace(x, panel=x.panel.iloc[order], origin=order)


def eras_reversed(x, rng):
    order = np.arange(len(x.panel)).reshape(ERAS, ROWS)[::-1].ravel()
    return replace(x, panel=x.panel.iloc[order], origin=order)


def reindexed(make):
    def vary(x, rng):
        return replace(x, panel=x.panel.set_axis(make(len(x.panel))))

    return vary


def strided(x, rng):
    wide = np.repeat(x.panel[MODELS].to_numpy(), 2, axis=1)[:, ::2]
    return replace(
        x,
        panel=x.panel.drop(columns=MODELS).join(
            pd.DataFrame(wide, x.panel.index, MODELS, copy=False)
        ),
    )


def in_pieces(x, rng):
    return replace(x, panel=iter([rows for _, rows in x.panel.groupby("era")]))


def given(of=lambda panel: panel[MODELS], **others):
    def vary(x, rng):
        return replace(
            x,
            predictions=of(x.panel),
            **{name: make(x.panel) for name, make in others.items()},
        )

    return vary


def mixed_up(of):
    def vary(x, rng):
        return of(x, x.panel.sample(frac=1, random_state=int(rng.integers(1000))))

    return vary


P = {"predictions"}
NOTHING = set()
SAME = {
    "rows shuffled": (NOTHING, shuffled),
    "eras reversed": (NOTHING, eras_reversed),
    "pieces": (NOTHING, in_pieces),
    "index counts": (NOTHING, reindexed(pd.RangeIndex)),
    "index of numbers": (NOTHING, reindexed(lambda n: np.arange(n)[::-1])),
    "index of categories": (
        NOTHING,
        reindexed(lambda n: pd.CategoricalIndex([f"n{i}" for i in range(n)])),
    ),
    "index of two levels": (
        NOTHING,
        reindexed(lambda n: pd.MultiIndex.from_arrays([[0] * n, range(n)])),
    ),
    "index without meaning": (NOTHING, reindexed(lambda n: [0] * n)),
    "era: numbers": (NOTHING, relabelled(lambda i: i)),
    "era: numbers from 1": (NOTHING, relabelled(lambda i: i - 7)),
    "era: floats": (NOTHING, relabelled(lambda i: i.astype(float))),
    "era: nullable": (NOTHING, relabelled(lambda i: i.astype("Int16"))),
    "era: arrow": (NOTHING, relabelled(lambda i: i.astype("int32[pyarrow]"))),
    "era: eraN": (NOTHING, relabelled(lambda i: "era" + i.astype(str))),
    "era: text": (NOTHING, relabelled(lambda i: i.astype(str).astype(object))),
    "era: categories": (
        NOTHING,
        relabelled(lambda i: ("era" + i.astype(str)).astype("category")),
    ),
    "era: timestamps": (NOTHING, relabelled(dates)),
    "era: dates": (NOTHING, relabelled(lambda i: dates(i).dt.date)),
    "era: dates as text": (NOTHING, relabelled(lambda i: dates(i).astype(str))),
    "era: dates as numbers": (
        NOTHING,
        relabelled(lambda i: dates(i).dt.strftime("%Y%m%d").astype(int)),
    ),
    "era: periods": (NOTHING, relabelled(lambda i: dates(i).dt.to_period("W"))),
    "predictions: Float64": (P, typed(MODELS, "Float64")),
    "predictions: arrow": (P, typed(MODELS, "double[pyarrow]")),
    "predictions: float32": (P, typed(MODELS, "float32")),
    "predictions: categories": (P, typed(MODELS, "category")),
    "predictions: strided": (P, strided),
    "target: float16": ({"target"}, typed(["target"], "float16")),
    "target: Float32": ({"target"}, typed(["target"], "Float32")),
    "target: categories": ({"target"}, typed(["target"], "category")),
    "features: int64": ({"features"}, typed(FEATURES, "int64")),
    "features: Int8": ({"features"}, typed(FEATURES, "Int8")),
    "features: arrow": ({"features"}, typed(FEATURES, "int8[pyarrow]")),
    "features: float16": ({"features"}, typed(FEATURES, "float16")),
    "features: categories": ({"features"}, typed(FEATURES, "category")),
    "more columns": (NOTHING, lambda x, rng: x.plus(name="text", other=1)),
    "given as DataFrame": (P, given()),
    "given as tuple": (P, given(lambda panel: tuple(MODELS))),
    "given as Index": (P, given(lambda panel: pd.Index(MODELS))),
    "given as array of names": (P, given(lambda panel: np.array(MODELS))),
    "given in another order": (
        P,
        mixed_up(lambda x, mixed: replace(x, predictions=mixed[MODELS])),
    ),
    "target as Series": (
        {"target"},
        given(lambda panel: list(MODELS), target=lambda panel: panel["target"]),
    ),
    "target as Series in another order": (
        {"target"},
        mixed_up(lambda x, mixed: replace(x, target=mixed["target"])),
    ),
    "target as array": (
        {"target"},
        given(
            lambda panel: list(MODELS), target=lambda panel: panel["target"].to_numpy()
        ),
    ),
    "metamodel as Series in another order": (
        {"metamodel"},
        mixed_up(lambda x, mixed: replace(x, metamodel=mixed["mm"])),
    ),
    "stakes in another order": (
        {"stakes"},
        lambda x, rng: replace(x, stakes=dict(reversed(x.stakes.items()))),
    ),
    "stakes as Series": (
        {"stakes"},
        lambda x, rng: replace(x, stakes=pd.Series(x.stakes)[::-1]),
    ),
    "stakes by era": (
        {"stakes"},
        lambda x, rng: replace(
            x, stakes=pd.DataFrame([x.stakes] * ERAS, index=range(8, 14))
        ),
    ),
}
ORDER = {"rows shuffled"}
TOLERANCE = {
    "rows shuffled": 1e-12,  # sums in another order
    "predictions: float32": 1e-6,
    "features: categories": 1e-12,
    "features: float16": 1e-12,
    "features: Int8": 1e-12,
    "features: arrow": 1e-12,
}

# What must be refused


def without(name):
    return lambda x, rng: replace(x, panel=x.panel.drop(columns=name))


def doubled(name):
    def vary(x, rng):
        return replace(x, panel=pd.concat([x.panel, x.panel[[name]]], axis=1))

    return vary


def holding(name, value):
    def vary(x, rng):
        column = x.panel[name].astype(object if isinstance(value, str) else float)
        column.iloc[5] = value
        return x.plus(**{name: column})

    return vary


def of(**arguments):
    return lambda x, rng: replace(x, **arguments)


def frame(make):
    return lambda x, rng: replace(x, predictions=make(x.panel))


REFUSED = {
    "no era": (NOTHING, without("era")),
    "era in the index": (
        NOTHING,
        lambda x, rng: replace(x, panel=x.panel.set_index("era")),
    ),
    "era twice": (NOTHING, doubled("era")),
    "an era missing": (
        NOTHING,
        lambda x, rng: x.plus(era=x.panel["era"].where(np.arange(len(x.panel)) != 3)),
    ),
    "eras mixed": (
        NOTHING,
        lambda x, rng: x.plus(
            era=[9, *x.panel["era"].iloc[1:]],
        ),
    ),
    "eras without a place": (
        NOTHING,
        lambda x, rng: x.plus(era="q" + x.panel["era"]),
    ),
    "no rows": (NOTHING, lambda x, rng: replace(x, panel=x.panel.iloc[:0])),
    "no pieces": (NOTHING, lambda x, rng: replace(x, panel=iter([]))),
    "a Series for a panel": (
        NOTHING,
        lambda x, rng: replace(x, panel=x.panel["a"]),
    ),
    "nothing for a panel": (NOTHING, of(panel=None)),
    "no file": (NOTHING, of(panel="nowhere/at_all.parquet")),
    "no prediction": (P, without("a")),
    "prediction twice": (P, doubled("a")),
    "prediction named twice": (P, of(predictions=["a", "a"])),
    "no predictions named": (P, of(predictions=[])),
    "predictions None": (P, of(predictions=None)),
    "text in predictions": (P, holding("a", "high")),
    "inf in predictions": (P, holding("a", np.inf)),
    "-inf in predictions": (P, holding("c", -np.inf)),
    "predictions of other rows": (P, frame(lambda p: p[MODELS].iloc[1:])),
    "predictions of other ids": (
        P,
        frame(lambda p: p[MODELS].set_axis([f"m{i}" for i in range(len(p))])),
    ),
    "predictions with an id twice": (
        P,
        frame(lambda p: p[MODELS].set_axis([p.index[1], *p.index[1:]])),
    ),
    "array of another length": (P, frame(lambda p: p[MODELS].to_numpy()[1:])),
    "array of three dimensions": (P, frame(lambda p: p[MODELS].to_numpy()[None])),
    "no target": ({"target"}, without("target")),
    "target twice": ({"target"}, doubled("target")),
    "text in target": ({"target"}, holding("target", "high")),
    "inf in target": ({"target"}, holding("target", np.inf)),
    "two targets": ({"target"}, of(target=["target", "v"])),
    "target of another length": (
        {"target"},
        lambda x, rng: replace(x, target=x.panel["target"].to_numpy()[1:]),
    ),
    "target of other ids": (
        {"target"},
        lambda x, rng: replace(x, target=x.panel["target"].reset_index(drop=True)),
    ),
    "no metamodel": ({"metamodel"}, without("mm")),
    "inf in metamodel": ({"metamodel"}, holding("mm", np.inf)),
    "text in metamodel": ({"metamodel"}, holding("mm", "high")),
    "no feature": ({"features"}, without("feature_1")),
    "feature twice": ({"features"}, doubled("feature_1")),
    "no features named": ({"features"}, of(features=[])),
    "NaN in features": ({"features"}, holding("feature_1", np.nan)),
    "inf in features": ({"features"}, holding("feature_1", np.inf)),
    "text in features": ({"features"}, holding("feature_1", "high")),
    "no neutralizers named": ({"neutralizers"}, of(neutralizers=[])),
    "NaN in neutralizers": ({"neutralizers"}, holding("n0", np.nan)),
    "inf in neutralizers": ({"neutralizers"}, holding("n0", np.inf)),
    "inf in sample weights": ({"sample_weights"}, holding("v", np.inf)),
    "no ticker": ({"ticker"}, without("ticker")),
    "a ticker twice": (
        {"ticker"},
        lambda x, rng: x.plus(ticker=["T01", *x.panel["ticker"].iloc[1:]]),
    ),
    "a stake of nobody": ({"stakes"}, of(stakes={"a": 1.0, "z": 1.0})),
    "a stake below 0": ({"stakes"}, of(stakes={"a": 1.0, "b": -1.0})),
    "a stake of inf": ({"stakes"}, of(stakes={"a": 1.0, "b": np.inf})),
    "a stake of text": ({"stakes"}, of(stakes={"a": 1.0, "b": "much"})),
    "stakes of another length": ({"stakes"}, of(stakes=[1.0, 2.0])),
}
