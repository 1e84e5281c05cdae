"""Tables of scores as people bring them: eras × models, or the paid scores of one."""

import numpy as np
import pandas as pd
from engine import Inputs, Kind, of

MODELS = ["a", "b", "c"]
ERAS = 30


def short(numbers):
    """Round to numbers that float32 holds exactly, so that it may not change a sum."""
    return numbers.astype(np.float32).astype(float)


def draw(seed):
    """Draw scores of models by weekly era, with a gap."""
    rng = np.random.default_rng(seed)
    index = pd.Index([f"{i:04d}" for i in range(8, 8 + ERAS)], name="era")
    table = pd.DataFrame(short(rng.normal(0.01, 0.03, (ERAS, 3))), index, MODELS)
    table.iloc[12, 1] = np.nan
    returns = short(table["a"].to_numpy() + rng.normal(0.01, 0.01, ERAS))
    returns = pd.Series(returns, index, name="return")
    return Inputs(scores=table, one=table["a"], market=returns, **amounts())


def draw_paid(seed):
    """Draw the paid scores of one model by round."""
    rng = np.random.default_rng(seed)
    index = pd.Index(range(901, 901 + ERAS), name="round")
    scores = short(rng.normal([0.01, 0.002], [0.03, 0.005], (ERAS, 2)))
    table = pd.DataFrame(scores, index, ["corr", "mmc"])
    return Inputs(scores=table, **amounts())


def amounts():
    return {"stake": 100.0, "total": 50_000.0}


def both(change):
    """Change the table, and the one column."""

    def vary(x, rng):
        names = [name for name in ("scores", "one", "market") if hasattr(x, name)]
        return x.but(**{name: change(getattr(x, name)) for name in names})

    return vary


def table(change):
    return lambda x, rng: x.but(scores=change(x.scores))


def one(change):
    """Change what is not the market."""
    return lambda x, rng: x.but(scores=change(x.scores), one=change(x.one))


def labelled(write):
    def change(scores):
        number = pd.Series(range(8, 8 + len(scores)))
        return scores.set_axis(pd.Index(write(number), name="era"))

    return both(change)


def dates(number):
    return pd.Timestamp("2020-01-03") + pd.to_timedelta(number * 7, unit="D")


def shuffled(x, rng):
    order = rng.permutation(len(x.scores))
    return both(lambda scores: scores.iloc[order])(x, rng)


def strided(scores):
    wide = np.repeat(np.asarray(scores), 2, axis=0)[::2]
    if scores.ndim == 1:
        return pd.Series(wide, scores.index, name=scores.name, copy=False)
    return pd.DataFrame(wide, scores.index, scores.columns, copy=False)


def holding(value):
    def change(scores):
        kind = object if isinstance(value, str) else float
        changed = scores.astype(kind)
        place = (5,) if scores.ndim == 1 else (5, 0)
        changed.iloc[place] = value
        return changed

    return both(change)


def renamed(*names):
    return table(lambda scores: scores.set_axis(list(names), axis=1))


S, T, ONE, PAID, STAKE = {"scores"}, {"scores", "table"}, {"one"}, {"paid"}, {"stake"}
ROWS = {
    "rows shuffled": (S, shuffled),
    "newest first": (S, both(lambda scores: scores.iloc[::-1])),
    "strided": (S, both(strided)),
    "Float64": (S, both(lambda scores: scores.astype("Float64"))),
    "arrow": (S, both(lambda scores: scores.astype("double[pyarrow]"))),
    "float32": (S, both(lambda scores: scores.astype("float32"))),
}
SAME = ROWS | {
    "index: numbers": (S, labelled(lambda i: i)),
    "index: from 1": (S, labelled(lambda i: i - 7)),
    "index: floats": (S, labelled(lambda i: i.astype(float))),
    "index: nullable": (S, labelled(lambda i: i.astype("Int64"))),
    "index: eraN": (S, labelled(lambda i: "era" + i.astype(str))),
    "index: text": (S, labelled(lambda i: i.astype(str))),
    "index: categories": (
        S,
        labelled(lambda i: ("era" + i.astype(str)).astype("category")),
    ),
    "index: timestamps": (S, labelled(dates)),
    "index: dates": (S, labelled(lambda i: dates(i).dt.date)),
    "index: dates as text": (S, labelled(lambda i: dates(i).astype(str))),
    "index: periods": (S, labelled(lambda i: dates(i).dt.to_period("W"))),
    "era as a column": (T, table(lambda scores: scores.reset_index())),
}
FAULTS = {
    "no rows": (S, both(lambda scores: scores.iloc[:0])),
    "None": (S, of(scores=None, one=None)),
    "a number": (S, of(scores=3.0, one=3.0)),
    "text": (S, of(scores="scores", one="scores")),
    "text in scores": (S, holding("high")),
    "inf in scores": (S, holding(np.inf)),
    "a round twice": (S, both(lambda scores: pd.concat([scores, scores.iloc[-1:]]))),
    "column twice": (
        T,
        table(lambda scores: pd.concat([scores, scores.iloc[:, :1]], axis=1)),
    ),
    "a score of 2": (S | PAID, holding(2.0)),
    "a score in per cent": (S | PAID, table(lambda scores: scores * 1000)),
}
REFUSED = FAULTS | {
    "index without a place": (S, labelled(lambda i: "q" + i.astype(str))),
    "index mixed": (S, labelled(lambda i: [str(i[0]), *i[1:]])),
    "index with a gap": (S, labelled(lambda i: i.where(i != 9))),
    "no columns": (T, table(lambda scores: scores[[]])),
    "two columns of time": (T, table(lambda s: s.assign(era=s.index, round=1))),
    "text in a column": (T, table(lambda s: s.assign(name="mine"))),
    "no market": (ONE | {"market"}, lambda x, rng: x.but(market=None)),
    "inf in market": (ONE | {"market"}, lambda x, rng: x.but(market=x.market / 0)),
    "market of another length": (
        ONE | {"market"},
        lambda x, rng: x.but(market=x.market.to_numpy()[1:]),
    ),
    "market of other eras": (
        ONE | {"market"},
        lambda x, rng: x.but(market=x.market.set_axis(range(len(x.market)))),
    ),
}
AMOUNTS = {
    **{
        f"a stake of {value!r}": (STAKE, of(stake=value))
        for value in (-1.0, np.nan, np.inf, -np.inf, 1e37, "much", None, True, [])
    },
    "no stake": (STAKE | {"position"}, of(stake=0.0)),
    "a stake of nobody": (STAKE | {"position"}, of(stake={"nobody": 1.0})),
    "stakes of another length": (STAKE | {"position"}, of(stake=[1.0, 2.0, 3.0, 4.0])),
    **{
        f"{value!r} at risk": ({"total"}, of(total=value))
        for value in (-1.0, np.nan, np.inf, 1e37, "much", [1.0, np.nan])
    },
}
TABLES = Kind(
    draw,
    SAME,
    REFUSED | AMOUNTS,
    {"float32": 1e-6, "rows shuffled": 1e-12, "newest first": 1e-12},
)
OF_ONE = {
    "rounds as a column": table(lambda s: s.reset_index()),
    "roundNumber as a column": table(lambda s: s.reset_index(names="roundNumber")),
    "rounds as text": table(
        lambda s: s.set_axis(s.index.astype(str)).rename_axis("round")
    ),
    "CORR20 and MMC20": renamed("CORR20", "MMC20"),
    "corr20V2 and mmc": renamed("corr20V2", "mmc"),
    "v2_corr20 and canon_mmc": renamed("v2_corr20", "canon_mmc"),
    "columns in another order": table(lambda s: s[["mmc", "corr"]]),
    "a dict of Series": table(lambda s: {"corr": s["corr"], "mmc": s["mmc"]}),
    "a dict in another order": table(
        lambda s: {"mmc": s["mmc"][::-1], "corr": s["corr"]}
    ),
    "two levels": table(lambda s: pd.concat({"model": s}, axis=1)),
    "two levels, the score first": table(
        lambda s: pd.concat({"model": s}, axis=1).swaplevel(axis=1)
    ),
    "a stake as Series": lambda x, rng: x.but(stake=pd.Series({"model": x.stake})),
    "a stake as dict": lambda x, rng: x.but(stake={"model": x.stake}),
    "a whole stake": lambda x, rng: x.but(stake=int(x.stake)),
}
NOT_OF_ONE = {
    "no mmc": table(lambda s: s[["corr"]].assign(other=0.0)),
    "no corr": table(lambda s: s[["mmc"]]),
    "scores of 60 days": renamed("corr60", "mmc60"),
    "a third column": table(lambda s: s.assign(reputation=0.5)),
    "other rounds in the dict": table(
        lambda s: {"corr": s["corr"], "mmc": s["mmc"].iloc[1:]}
    ),
    "no file": of(scores="nowhere/scores.csv"),
}
PAIRS = Kind(
    draw_paid,
    ROWS
    | {
        name: (S | (STAKE if "stake" in name else set()), vary)
        for name, vary in OF_ONE.items()
    },
    FAULTS | {name: (S, vary) for name, vary in NOT_OF_ONE.items()} | AMOUNTS,
    {"float32": 1e-6, "rows shuffled": 1e-12},
)


# Figures of other tables


def draw_shares(seed):
    """Draw shares that sum to 1, by bin; and the rounds of a year."""
    rng = np.random.default_rng(seed)
    shares = rng.multinomial(2**20, np.full(8, 1 / 8), 2).T / 2**20  # float32 holds it
    shares = pd.DataFrame(shares, range(1, 9), ["a", "b"])
    year = pd.DataFrame(
        short(rng.random((8, 4))), columns=["paid", "burned", "corr", "fund"]
    )
    year = year.rename(columns={"corr": "metamodel_corr", "fund": "fund_return"})
    return Inputs(
        shares=shares, one=shares["a"].copy(), year=year.assign(round=range(8))
    )


def each(change):
    def vary(x, rng):
        return Inputs(**{name: change(table) for name, table in vars(x).items()})

    return vary


def put(value):
    def change(table):
        changed = table.astype(object if isinstance(value, str) else float)
        changed.iloc[(2,) if table.ndim == 1 else (2, 0)] = value
        return changed

    return change


A = {"figure"}
FIGURES = Kind(
    draw_shares,
    {
        "strided": (A, each(strided)),
        "Float64": (A, each(lambda t: t.astype("Float64"))),
        "arrow": (A, each(lambda t: t.astype("double[pyarrow]"))),
        "float32": (A, each(lambda t: t.astype("float32"))),
        "rows shuffled": (
            A | {"sorted"},
            each(lambda t: t.sample(frac=1, random_state=1)),
        ),
    },
    {
        "None": (A, each(lambda t: None)),
        "a number": (A, each(lambda t: object())),
        "text": (A, each(lambda t: "text")),
        "no rows": (A, each(lambda t: t.iloc[:0])),
        "text in a column": (A, each(put("high"))),
        "inf in a column": (A, each(put(np.inf))),
        "all missing": (A, each(lambda t: t * np.nan)),
        "column twice": (
            A | {"columns"},
            each(lambda t: t.iloc[:, [0, 0]] if t.ndim > 1 else t),
        ),
        "no column": (A | {"year"}, each(lambda t: t.iloc[:, 1:] if t.ndim > 1 else t)),
        "not shares": (A | {"shares"}, each(lambda t: t * 2)),
        "below 0": (A | {"year"}, each(lambda t: -t)),
    },
    {"float32": 1e-6},
)
