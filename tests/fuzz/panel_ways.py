"""Panels as people bring them: what must not change a result, what must be refused."""

import numpy as np
import pandas as pd
from engine import STAKES, Inputs, Kind, of
from stored import FAULTS, FILES

MODELS = ["a", "b", "c"]
FEATURES = [f"feature_{i}" for i in range(3)]
NEUTRALIZERS = ["n0", "n1"]
ERAS, ROWS = 6, 20


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
    panel["date"] = dates(panel["era"].astype(int))
    return Inputs(
        panel=panel,
        predictions=list(MODELS),
        target="target",
        metamodel="mm",
        features=list(FEATURES),
        neutralizers=list(NEUTRALIZERS),
        sample_weights="v",
        ticker="ticker",
        stakes={"a": 1.0, "b": 2.0, "c": 3.0},
        prices=panel.pivot(index="date", columns="ticker", values="v"),
        origin=np.arange(n),  # of each row: its place in the panel that was drawn
    )


def plus(x, **columns):
    return x.but(panel=x.panel.assign(**columns))


# What must not change a result


def relabelled(write):
    """Write the eras in another way."""

    def vary(x, rng):
        number = x.panel["era"].astype(int)
        return plus(x, era=write(number))

    return vary


def dates(number):
    return pd.Timestamp("2020-01-03") + pd.to_timedelta(number * 7, unit="D")


def typed(names, dtype):
    def vary(x, rng):
        return x.but(panel=x.panel.astype(dict.fromkeys(names, dtype)))

    return vary


def shuffled(x, rng):
    order = rng.permutation(len(x.panel))
    return x.but(panel=x.panel.iloc[order], origin=order)


def eras_reversed(x, rng):
    order = np.arange(len(x.panel)).reshape(ERAS, ROWS)[::-1].ravel()
    return x.but(panel=x.panel.iloc[order], origin=order)


def reindexed(make):
    def vary(x, rng):
        return x.but(panel=x.panel.set_axis(make(len(x.panel))))

    return vary


def strided(x, rng):
    wide = np.repeat(x.panel[MODELS].to_numpy(), 2, axis=1)[:, ::2]
    return x.but(
        panel=x.panel.drop(columns=MODELS).join(
            pd.DataFrame(wide, x.panel.index, MODELS, copy=False)
        ),
    )


def in_pieces(x, rng):
    return x.but(panel=iter([rows for _, rows in x.panel.groupby("era")]))


def given(of=lambda panel: panel[MODELS], **others):
    def vary(x, rng):
        return x.but(
            predictions=of(x.panel),
            **{name: make(x.panel) for name, make in others.items()},
        )

    return vary


def mixed_up(of):
    def vary(x, rng):
        return of(x, x.panel.sample(frac=1, random_state=int(rng.integers(1000))))

    return vary


P = {"predictions"}
PANEL = {"panel"}  # rows and index
ERA = {"era"}  # how eras are written
BOTH = PANEL | ERA  # a column of the panel
SAME = {
    "rows shuffled": (PANEL, shuffled),
    "eras reversed": (PANEL, eras_reversed),
    "pieces": (PANEL | {"pieces"}, in_pieces),
    "index counts": (PANEL, reindexed(pd.RangeIndex)),
    "index of numbers": (PANEL, reindexed(lambda n: np.arange(n)[::-1])),
    "index of categories": (
        PANEL,
        reindexed(lambda n: pd.CategoricalIndex([f"n{i}" for i in range(n)])),
    ),
    "index of two levels": (
        PANEL,
        reindexed(lambda n: pd.MultiIndex.from_arrays([[0] * n, range(n)])),
    ),
    "index without meaning": (PANEL, reindexed(lambda n: [0] * n)),
    "era: numbers": (ERA, relabelled(lambda i: i)),
    "era: numbers from 1": (ERA, relabelled(lambda i: i - 7)),
    "era: floats": (ERA, relabelled(lambda i: i.astype(float))),
    "era: nullable": (ERA, relabelled(lambda i: i.astype("Int16"))),
    "era: arrow": (ERA, relabelled(lambda i: i.astype("int32[pyarrow]"))),
    "era: eraN": (ERA, relabelled(lambda i: "era" + i.astype(str))),
    "era: text": (ERA, relabelled(lambda i: i.astype(str).astype(object))),
    "era: categories": (
        ERA,
        relabelled(lambda i: ("era" + i.astype(str)).astype("category")),
    ),
    "era: timestamps": (ERA, relabelled(dates)),
    "era: dates": (ERA, relabelled(lambda i: dates(i).dt.date)),
    "era: dates as text": (ERA, relabelled(lambda i: dates(i).astype(str))),
    "era: dates as numbers": (
        ERA,
        relabelled(lambda i: dates(i).dt.strftime("%Y%m%d").astype(int)),
    ),
    "era: periods": (ERA, relabelled(lambda i: dates(i).dt.to_period("W"))),
    "predictions: Float64": (P, typed(MODELS, "Float64")),
    "predictions: arrow": (P, typed(MODELS, "double[pyarrow]")),
    "predictions: float32": (P, typed(MODELS, "float32")),
    "predictions: categories": (P, typed(MODELS, "category")),
    "predictions: strided": (P, strided),
    "target: float16": ({"target"}, typed(["target"], "float16")),
    "target: float32": ({"target"}, typed(["target"], "float32")),
    "target: Float32": ({"target"}, typed(["target"], "Float32")),
    "target: categories": ({"target"}, typed(["target"], "category")),
    "features: int64": ({"features"}, typed(FEATURES, "int64")),
    "features: Int8": ({"features"}, typed(FEATURES, "Int8")),
    "features: arrow": ({"features"}, typed(FEATURES, "int8[pyarrow]")),
    "features: float16": ({"features"}, typed(FEATURES, "float16")),
    "features: categories": ({"features"}, typed(FEATURES, "category")),
    "more columns": (PANEL, lambda x, rng: plus(x, name="text", other=1)),
    "given as DataFrame": (P, given()),
    "given as tuple": (P, given(lambda panel: tuple(MODELS))),
    "given as Index": (P, given(lambda panel: pd.Index(MODELS))),
    "given as array of names": (P, given(lambda panel: np.array(MODELS))),
    "given in another order": (
        P,
        mixed_up(lambda x, mixed: x.but(predictions=mixed[MODELS])),
    ),
    "target as Series": (
        {"target"},
        given(lambda panel: list(MODELS), target=lambda panel: panel["target"]),
    ),
    "target as Series in another order": (
        {"target"},
        mixed_up(lambda x, mixed: x.but(target=mixed["target"])),
    ),
    "target as array": (
        {"target"},
        given(
            lambda panel: list(MODELS), target=lambda panel: panel["target"].to_numpy()
        ),
    ),
    "metamodel as Series in another order": (
        {"metamodel"},
        mixed_up(lambda x, mixed: x.but(metamodel=mixed["mm"])),
    ),
    **STAKES,
    "stakes by era": (
        {"stakes"},
        lambda x, rng: x.but(
            stakes=pd.DataFrame([x.stakes] * ERAS, index=range(8, 14))
        ),
    ),
}
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
    return lambda x, rng: x.but(panel=x.panel.drop(columns=name))


def doubled(name):
    def vary(x, rng):
        return x.but(panel=pd.concat([x.panel, x.panel[[name]]], axis=1))

    return vary


def holding(name, value):
    def vary(x, rng):
        column = x.panel[name].astype(object if isinstance(value, str) else float)
        column.iloc[5] = value
        return plus(x, **{name: column})

    return vary


def frame(make):
    return lambda x, rng: x.but(predictions=make(x.panel))


REFUSED = {
    "no era": (BOTH, without("era")),
    "era in the index": (
        BOTH,
        lambda x, rng: x.but(panel=x.panel.set_index("era")),
    ),
    "era twice": (BOTH, doubled("era")),
    "an era missing": (
        ERA,
        lambda x, rng: plus(x, era=x.panel["era"].where(np.arange(len(x.panel)) != 3)),
    ),
    "eras mixed": (
        ERA,
        lambda x, rng: plus(
            x,
            era=[9, *x.panel["era"].iloc[1:]],
        ),
    ),
    "eras without a place": (
        ERA,
        lambda x, rng: plus(x, era="q" + x.panel["era"]),
    ),
    "no rows": (ERA, lambda x, rng: x.but(panel=x.panel.iloc[:0])),
    "pieces where all rows are needed": (PANEL | {"whole"}, in_pieces),
    "no pieces": (PANEL, lambda x, rng: x.but(panel=iter([]))),
    "a Series for a panel": (
        PANEL,
        lambda x, rng: x.but(panel=x.panel["a"]),
    ),
    "nothing for a panel": (PANEL, of(panel=None)),
    "no file": (PANEL, of(panel="nowhere/at_all.parquet")),
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
        lambda x, rng: x.but(target=x.panel["target"].to_numpy()[1:]),
    ),
    "target of other ids": (
        {"target"},
        lambda x, rng: x.but(target=x.panel["target"].reset_index(drop=True)),
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
        lambda x, rng: plus(x, ticker=["T01", *x.panel["ticker"].iloc[1:]]),
    ),
    "a stake of nobody": ({"stakes"}, of(stakes={"a": 1.0, "z": 1.0})),
    "a stake below 0": ({"stakes"}, of(stakes={"a": 1.0, "b": -1.0})),
    "a stake of inf": ({"stakes"}, of(stakes={"a": 1.0, "b": np.inf})),
    "a stake of text": ({"stakes"}, of(stakes={"a": 1.0, "b": "much"})),
    "stakes of another length": ({"stakes"}, of(stakes=[1.0, 2.0])),
}

PANELS = Kind(draw, SAME | FILES, REFUSED | FAULTS, TOLERANCE, order=("rows shuffled",))


# Numerai's own form, which `data.schema` looks at


def to_schema(seed):
    x = draw(seed)
    return x.but(panel=x.panel[["era", "target", *FEATURES]])


SCHEMA = Kind(
    to_schema,
    {
        "more columns": SAME["more columns"],
        "target: float32": (PANEL, typed(["target"], "float32")),
        "target: Float64": (PANEL, typed(["target"], "Float64")),
        "target: arrow": (PANEL, typed(["target"], "double[pyarrow]")),
        "features: Int8": (PANEL, typed(FEATURES, "Int8")),
        "features: arrow": (PANEL, typed(FEATURES, "int8[pyarrow]")),
        "era: text": SAME["era: text"],
        "ids in a column": (
            PANEL,
            lambda x, rng: x.but(panel=x.panel.reset_index()),
        ),
    },
    {
        name: (PANEL, REFUSED[name][1])
        for name in REFUSED
        if REFUSED[name][0] <= BOTH | {"target"}
        and "target" not in name
        and name not in ("no rows", "a Series for a panel")
    }
    | {
        "text in target": (PANEL, holding("target", "high")),
        "inf in target": (PANEL, holding("target", np.inf)),
        "target off its bins": (PANEL, holding("target", 0.3)),
        "target twice": (PANEL, doubled("target")),
        "feature twice": (PANEL, doubled("feature_1")),
        "features as floats": (PANEL, typed(FEATURES, "float32")),
        "a feature of 5": (
            PANEL,
            lambda x, rng: plus(x, feature_1=np.int8(5)),
        ),
        "features as text": (PANEL, typed(FEATURES, "str")),
        "no features": (PANEL, lambda x, rng: x.but(panel=x.panel[["era", "target"]])),
        "an id twice": (
            PANEL,
            lambda x, rng: x.but(panel=x.panel.iloc[[0, *range(119)]]),
        ),
        "eras from the last": (PANEL, eras_reversed),
        "eras as numbers": (PANEL, relabelled(lambda i: i)),
        "no ids": (PANEL, lambda x, rng: x.but(panel=x.panel.reset_index(drop=True))),
    },
)
