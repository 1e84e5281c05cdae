"""A model's report card: all that the course measures of it, in one call and one page.

Nothing in this module is financial advice.
"""

import os
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd
from scipy.stats import t as student

from numlearn import data, eras, metamodel, plots, scoring, staking
from numlearn._files import destination, tables_beside, written_whole
from numlearn._html import scoped
from numlearn._progress import progress_shown
from numlearn.data import sources
from numlearn.errors import NumlearnError, instead_of, real_number
from numlearn.models import submission

RULES = ("2021-03", "2026-01", "2026-08")
LEVEL = 0.9  # of all intervals
STAKE = 100.0
ERRORS = 2  # so many standard errors above zero are evidence
_BESIDE = {"metamodel": "meta_model", "benchmark": "validation_benchmark_models"}
_WORDS = tables_beside(__file__)  # what is said of each number
_PAGE = Path(__file__).with_suffix(".html")  # with $places to fill
_MISSING = 2  # the middle bin, as `numlearn.data.load` fills it


@dataclass(frozen=True, repr=False)
class ReportCard:
    """What `report_card` found.

    Attributes
    ----------
    name, source : str
        Of the model and of the data.
    days : int
        Trading days that the target looks ahead; neighbouring eras share most of them.
    scores : DataFrame, eras × scores
        ``CORR``, ``MMC``, ``FNC``, ``BMC`` and ``uplift``, as far as the source has
        what they need; NaN where an era cannot be scored.
    figures : DataFrame, scores × figures
        ``mean``, ``sharpe`` (an era's), each with ``low`` and ``high`` of 90 %,
        ``max_drawdown``, ``positive``, ``rounds``, and ``effective_rounds``.
    exposures : DataFrame, features × figures
        The ``mean`` exposure over the eras, the largest first; nine of ten eras lie
        between ``low`` and ``high``.
    payouts : DataFrame, rule sets × figures
        ``at_risk`` (NMR in the whole tournament, as documented) and ``factor``; what
        the record would have paid in a week as a share of the position, ``rate`` with
        ``low`` and ``high``; of 100 NMR after a year of futures drawn from the record,
        ``p5``, ``median`` and ``p95``; the shares of futures that end ``below`` the
        stake and that ``lose_half`` of it on the way; ``fall``, the deepest one, which
        5 % exceed. Then the rule of the lesson ``capstone``: ``evidence`` in standard
        errors, and ``stake``, in NMR for each NMR that one can afford to lose.
    verdict : str
        What that rule says under the newest rules.
    left_out : list of str
        What the source has not, a sentence each.
    """

    name: str
    source: str
    days: int
    scores: pd.DataFrame
    figures: pd.DataFrame
    exposures: pd.DataFrame
    payouts: pd.DataFrame
    verdict: str
    left_out: list = field(default_factory=list)

    def __repr__(self):
        shown = self._shown().to_string()
        return (
            f"{self._headline()}\n{shown}\n{self.verdict}\n"
            "See .figures, .exposures, .payouts and .write(path)."
        )

    def _repr_html_(self):
        return (
            f"<p><b>{escape(self._headline())}</b></p>{_table(self._shown())}"
            f"<p>{escape(self.verdict)}</p>"
        )

    def _shown(self):
        shown = self.figures[["mean", "low", "high", "sharpe", "max_drawdown"]]
        return shown.round(4) + 0.0  # no minus at zero

    def _headline(self):
        return f"Report card of {self.name}: {self._length()}"

    def _length(self):
        rounds, worth = self.figures.loc["CORR", ["rounds", "effective_rounds"]]
        return f"{rounds:.0f} eras of {self.source}, worth {worth:.0f} independent ones"

    @property
    def readings(self):
        """Return what each score means, one sentence a score, as a Series."""
        return pd.Series({name: _reading(x) for name, x in self.figures.iterrows()})

    def write(self, path):
        """Write the card as one HTML page, complete in itself; return its path.

        Parameters
        ----------
        path : path-like
            Of the HTML file, in a folder that exists.

        Raises
        ------
        NumlearnError
            If there is no such folder.

        Examples
        --------
        >>> import numlearn as nl
        >>> card = nl.report_card(nl.data.load_example_predictions())
        >>> print(card.write("card.html"))  # doctest: +SKIP
        card.html
        """
        path, first, last = destination(path), *self.scores.index[[0, -1]]
        facts = {
            "title": f"Report card: {self.name}",
            "subtitle": f"{self._length()} (eras {first} to {last}; the target looks "
            f"{self.days} trading days ahead).",
            "verdict": self.verdict,
        }
        page = Template(_PAGE.read_text(encoding="utf-8")).substitute(
            {name: escape(text) for name, text in facts.items()},
            tiles="".join(_tile(name, row) for name, row in self.figures.iterrows()),
            sections="\n".join(_sections(self)),
        )
        with written_whole(path) as part:
            part.write_text(page, encoding="utf-8")
        return path


def report_card(
    predictions, source=None, features="small", *, weight=0.05, seed=0, progress=None
):
    """Measure a model's validation predictions by every measure of the course.

    Parameters
    ----------
    predictions : parquet or CSV file, Series or DataFrame
        A column ``prediction`` (or one column alone) by ``id``, in any order. The
        source's rows are read era by era, so that they need not fit in memory.
    source : str, path, DataFrame, Season or None
        A folder with Numerai's files or a downloaded version, as in `data.load`: the
        validation file, and as far as they are there, features.json, the metamodel and
        the benchmark models. Or a panel in memory (``era``, ``target``, ``metamodel``,
        columns that begin with ``feature`` or ``benchmark``), or a season.
    features : str or list of str, default="small"
        The set of a folder's features for FNC and exposures, such as "medium". A panel
        in memory takes all that it has.
    weight : float, default=0.05
        The weight at which the predictions join the metamodel for ``uplift``.
    seed : int, default=0
        Of the futures that are drawn.
    progress : None, True or callable
        True draws a bar on stderr; a callable gets the rows done and their number.

    Returns
    -------
    ReportCard

    Raises
    ------
    NumlearnError
        If a file cannot be read, or the predictions cover no era of the source.

    Notes
    -----
    Two eras whose targets share days are not two pieces of evidence: ``effective
    rounds`` are the weeks times 5 over the target's days, and intervals are Student's
    with so many. Of an uncapped, drifting luck even they are too sure.

    Examples
    --------
    >>> import numlearn as nl
    >>> card = nl.report_card(nl.data.load_example_predictions())
    >>> card.figures.index.tolist()
    ['CORR', 'MMC', 'FNC', 'BMC', 'uplift']
    """
    real_number(weight, "the weight", 0.0, 1.0)
    own = *_, name = _by_id(predictions, "prediction")
    panel, beside, columns, left_out = _opened(source, features)
    with progress_shown(progress, "rows scored") as step:
        parts = [
            _scored(frame, columns, weight)
            for frame in _frames(panel, own, beside, columns, step)
        ]
    scores, exposures = map(pd.concat, zip(*parts)) if parts else [pd.DataFrame()] * 2
    if scores.empty or scores["CORR"].count() < 2:
        raise NumlearnError(
            f"The predictions of {name} rank 80 % of the rows in no two eras that have "
            "targets: look whether their ids are those of this source's validation "
            "rows, and whether they differ."
        )
    scores = scores.iloc[np.argsort(eras.order(scores.index).codes)]
    scores = scores[scores["CORR"].notna()].dropna(axis=1, how="all")
    days = _days(panel)
    payouts = pd.DataFrame({r: _paid(scores, r, days, seed) for r in _payable(scores)})
    return ReportCard(
        name,
        _source_name(source),
        days,
        scores,
        _figures(scores, days),
        _largest(exposures),
        payouts.T.rename_axis("rules"),
        _verdict(payouts.iloc[:, -1]),
        left_out,
    )


def _by_id(given, only=None):
    """Return ids as sorted numbers, what stands beside them, and a name.

    With `only`, one column is kept: that of this name, or the one there is.
    """
    import polars as pl

    if isinstance(given, str | os.PathLike):
        path = Path(given).expanduser()
        table, name = _read(path), path.stem
    elif isinstance(given, pd.DataFrame | pd.Series):
        name = str(getattr(given, "name", None) or "prediction")
        given = given.to_frame(name) if isinstance(given, pd.Series) else given
        given = given.reset_index() if given.index.nlevels > 1 else given
        given = given.set_index("id") if "id" in given else given
        table = pl.from_pandas(given.reset_index(drop=True))
        table = table.with_columns(id=pl.Series(given.index.astype(str).to_numpy()))
    else:
        raise NumlearnError(
            f"Predictions are a file or a pandas Series by id, not {type(given)}."
        )
    if table.is_empty():
        raise NumlearnError(f"{name} has no rows: give a prediction for each id.")
    keys = table["id"].hash().to_numpy()
    order = np.argsort(keys)
    keys, table = keys[order], table.drop("id", "era", "data_type", strict=False)
    if (keys[1:] == keys[:-1]).any():
        raise NumlearnError(f"An id is twice in {name}: keep one row of each.")
    table = table.select(pl.selectors.float(), pl.selectors.integer().cast(pl.Float64))
    table = table.select(only) if only in table.columns else table
    if not table.width or (only and table.width > 1):
        held = ", ".join(table.columns) or "no numbers"
        raise NumlearnError(f"{name} has {held}: give ids and one column {only!r}.")
    columns = {x.name: x.to_numpy()[order] for x in table}
    return keys, pd.DataFrame(columns, copy=False), name


def _read(path):
    """Read a file of ids and numbers: parquet, or a CSV of any dialect."""
    import polars as pl

    failed = f"{path} cannot be read ({{error}}): give a parquet or CSV file."
    with instead_of((pl.exceptions.PolarsError, OSError), failed):
        if path.suffix.lower() == ".parquet":
            table = pl.read_parquet([file for file, _ in eras.parquet_parts(path)])
        else:
            table = pl.from_pandas(submission.read(path))
    table = table.rename({"__index_level_0__": "id"}, strict=False)
    if "id" not in table.columns:
        raise NumlearnError(f"{path} has no column 'id': write it with the ids.")
    return table


def _found(known, ids):
    """Return the rows that belong to some ids, NaN where there is none."""
    import polars as pl

    keys, table, _ = known
    wanted = pl.Series(ids.astype(str).to_numpy(), dtype=pl.String).hash().to_numpy()
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    rows = table.take(at).set_axis(ids)
    rows[keys[at] != wanted] = np.nan
    return rows


def _opened(source, features):
    """Return a source's panel, files beside it, features, and what it has not."""
    if hasattr(source, "arena"):
        source = _of_season(source)
    files, columns, left_out = {}, [], []
    if not isinstance(source, pd.DataFrame):
        source, files, columns = _of_folder(source, features)
    if isinstance(source, pd.DataFrame):
        eras.one_column(source, "target")
        columns = _columns(source, "feature")
        files = {kind: None for kind in _WORDS["needs"] if _columns(source, kind)}
    for kind, told in _WORDS["needs"].items():
        if kind not in files and not (kind == "feature" and columns):
            left_out.append(told)
    return source, {k: f for k, f in files.items() if f}, columns, left_out


def _of_season(season):
    live = season.arena.live[: len(season.weeks)]
    panel = pd.concat([era.panel for era in live])
    return panel[_columns(panel, "feature")].assign(
        **{c: season.panel[c].to_numpy() for c in ("era", "target", "metamodel")}
    )


def _of_folder(source, features):
    """Return a folder's panel, the files beside it and the features that are asked."""
    path = sources.source_file("validation.parquet", source)
    folder = sources.source_folder(source)
    there, _ = _footer(path)
    known = (folder / "features.json").exists() or not isinstance(features, str)
    columns = sources.feature_names(features, there, source) if known else []
    sources.refuse_missing(columns, there, path.name)
    files = {kind: folder / f"{name}.parquet" for kind, name in _BESIDE.items()}
    files = {kind: file for kind, file in files.items() if file.exists()}
    if "id" in there:
        return path, files, columns
    panel = data.load("validation", columns, source=source)  # ids have to be derived
    if "metamodel" in files:
        panel = panel.join(data.load_metamodel(source))
    if "benchmark" in files:
        models = data.load_benchmarks(source=source)
        panel = panel.join(models.add_prefix("benchmark_"))
    return panel, {}, columns


def _footer(path):
    """Return the columns of parquet files, and how many rows they have."""
    from pyarrow import ArrowException, parquet

    files = [file for file, _ in eras.parquet_parts(path)]
    failed = f"{path} cannot be read ({{error}}): download or write it again."
    with instead_of((ArrowException, OSError), failed):
        rows = sum(parquet.read_metadata(file).num_rows for file in files)
        return parquet.read_schema(files[0]).names, rows


def _columns(frame, kind):
    """Return the columns of one kind: metamodel, benchmark or feature."""
    words = ("metamodel", "numerai_meta_model") if kind == "metamodel" else (kind,)
    return [name for name in frame if str(name).startswith(words)]


def _frames(panel, own, beside, columns, step):
    """Yield the rows of whole eras with all that belongs to them."""
    whole = len(panel) if isinstance(panel, pd.DataFrame) else _footer(panel)[1]
    beside, done = {kind: _by_id(file) for kind, file in beside.items()}, 0
    for piece in eras.pieces(panel, ["target", *columns]):
        done += len(piece)
        if piece["target"].notna().any():  # else it is not known yet
            frame = piece.assign(prediction=_found(own, piece.index).iloc[:, 0])
            for kind, known in beside.items():
                others = _found(known, piece.index).add_prefix(f"{kind}_")
                frame[others.columns] = others
            gaps = [n for n in columns if frame[n].dtype.kind == "f"]
            frame[gaps] = frame[gaps].fillna(_MISSING)
            yield frame
        step(done, whole)


def _scored(frame, columns, weight):
    """Return the scores of a frame's eras, and the exposures."""
    own, scores, exposures = "prediction", {}, pd.DataFrame()
    scores["CORR"] = scoring.corr(frame, own)[own]
    if joint := _columns(frame, "metamodel"):
        scores["MMC"] = scoring.mmc(frame, own, joint[0])[own]
    if columns:
        scores["FNC"] = scoring.fnc(frame, own, columns)[own]
        exposures = scoring.exposure(frame, own, columns)[own].unstack("feature")
    if models := _columns(frame, "benchmark"):
        blend = metamodel.equal_weighted(frame, models)
        scores["BMC"] = scoring.bmc(frame, own, blend)[own]
    if joint:
        stakes = {joint[0]: 1 - weight, own: weight}
        pair = frame.assign(blend=metamodel.stake_weighted(frame, list(stakes), stakes))
        with_and_without = scoring.corr(pair, ["blend", joint[0]])
        scores["uplift"] = with_and_without["blend"] - with_and_without[joint[0]]
    return pd.DataFrame(scores), exposures


def _days(panel):
    """Return how many trading days the target looks ahead, 20 if nothing says it."""
    if isinstance(panel, pd.DataFrame):
        frame = panel
    else:
        named = [n for n in _footer(panel)[0] if re.fullmatch(r"target_\w+_\d\d", n)]
        frame = next(eras.pieces(panel, ["target", *named]))
    for name in _columns(frame, "target_"):
        if frame[name].equals(frame["target"].rename(name)):
            return int(name[-2:])
    return 20


def _worth(rounds, days):
    """Return how many independent rounds weekly ones are worth that share days."""
    return rounds * min(1.0, 5 / days)


def _bounded(mean, error, worth):
    """Return a number with its interval, Student's."""
    reach = student.ppf((1 + LEVEL) / 2, np.maximum(worth - 1, 1)) * error
    return mean, mean - reach, mean + reach


def _figures(scores, days):
    table = scoring.summary(scores)
    worth = _worth(table["rounds"], days)
    error = scores.std() / np.sqrt(worth)
    table["mean"], table["low"], table["high"] = _bounded(table["mean"], error, worth)
    sharpe = table["sharpe"]
    error = np.sqrt((1 + sharpe**2 / 2) / worth)
    _, table["sharpe_low"], table["sharpe_high"] = _bounded(sharpe, error, worth)
    table["effective_rounds"] = worth
    names = "mean low high sharpe sharpe_low sharpe_high max_drawdown positive rounds"
    return table[[*names.split(), "effective_rounds"]]


def _largest(exposures):
    if exposures.empty:
        return pd.DataFrame(columns=["mean", "low", "high"])
    ends = exposures.quantile([0.05, 0.95])
    facts = [exposures.mean(), *ends.to_numpy()]
    table = pd.DataFrame(np.array(facts).T, exposures.columns, ["mean", "low", "high"])
    return table.sort_values("mean", key=np.abs, ascending=False, kind="stable")


def _payable(scores):
    """Return the rule sets whose paid scores are known."""
    rules = map(staking.rule_set, RULES)
    return [r.name for r in rules if "MMC" in scores or not r.multipliers[1]]


def _paid(scores, name, days, seed):
    """Return what a stake would have earned and risked under one rule set."""
    rules = staking.RULES[name]
    paid = [n for n, x in zip(("CORR", "MMC"), rules.multipliers) if x]
    known = scores[paid].dropna().rename(columns=str.lower).reset_index(drop=True)
    a_week = rules.rounds_a_week * rules.position_share
    rates = a_week * rules.rate(rules.score(*(known[x] for x in known)))
    daily = known.loc[known.index.repeat(rules.rounds_a_week)].reset_index(drop=True)
    futures = staking.simulate(daily, rules, STAKE, paths=4_000, seed=seed)
    ends = futures.summary().iloc[0]
    worth = _worth(len(rates), days)
    error, fall = rates.std() / np.sqrt(worth), scoring.max_drawdown(rates)
    mean, low, high = _bounded(rates.mean(), error, worth)
    evidence = mean / error if error else 0.0
    return {
        "at_risk": rules.total_at_risk,
        "factor": rules.payout_factor(),
        **{"rate": mean, "low": low, "high": high},
        **{level: ends[level] for level in ("p5", "median", "p95")},
        "below": ends["loss"],
        "lose_half": float((futures.lowest < STAKE / 2).mean().iloc[0]),
        "fall": ends["drawdown_p95"],
        "evidence": evidence,
        "stake": 1 / (2 * fall) if evidence > ERRORS and fall else 0.0,
    }


def _verdict(row):
    told = "stake" if row["stake"] else "none"
    facts = {"rules": row.name, "evidence": row["evidence"], "errors": ERRORS}
    return _WORDS["verdict"][told].format(**facts, most=row["stake"])


def _source_name(source):
    if source is None:
        return "the classroom set"
    if hasattr(source, "arena"):
        return "a made-up season"
    return "a panel in memory" if isinstance(source, pd.DataFrame) else str(source)


def _reading(row):
    told = "above" if row["low"] > 0 else "below" if row["high"] < 0 else "open"
    return f"{_WORDS['scores'][row.name]} {_WORDS['readings'][told]}"


def _tile(name, row):
    """Return a score with its interval, drawn and said."""
    ends = [row["low"], row["mean"], row["high"]]
    reach = max(map(abs, ends)) or 1.0
    low, mean, high = (100 + 95 * x / reach for x in ends)
    digits = 4 if row["high"] - row["low"] > 0.002 else 5
    said = "{:.{d}f} to {:.{d}f}".format(row["low"], row["high"], d=digits)
    bar = (
        f'<svg viewBox="0 0 200 14" role="img" aria-label="between {said}">'
        f'<path class="axis" d="M0 7H200M100 0V14"/><circle cx="{mean:.1f}" cy="7" '
        f'r="5"/><path class="bar" d="M{low:.1f} 7H{high:.1f}"/></svg>'
    )
    return (
        f'<div class="tile"><h2>{name}</h2><b>{row["mean"]:.{digits}f}</b>'
        f"<span>{said}</span>{bar}<p>{escape(_reading(row))}</p></div>"
    )


def _sections(card):
    """Yield the parts of the page."""
    for name, told in _WORDS["sections"].items():
        shown = _SHOWN[name](card)
        if shown:
            title, text = (escape(told[word]) for word in ("title", "text"))
            yield f"<h2>{title}</h2><p>{text}</p>{shown}"


def _shown(frame, name):
    """Return a table with the page's words for its columns."""
    words = _WORDS["columns"][name]
    cells = {
        head: frame[key].map(form.format).replace("nan", "–")
        for key, (head, form) in words.items()
    }
    return _table(pd.DataFrame(cells))


def _show_record(card):
    path = card.scores.drop(columns="uplift", errors="ignore").cumsum()
    ends = ", ".join(f"{n} {x:.2g}" for n, x in path.ffill().iloc[-1].items())
    alt = f"Lines of the summed scores over {len(path)} eras; they end at {ends}."

    def draw(ax):
        for name in path:
            ax.plot(range(len(path)), path[name], label=name)
        at = np.linspace(0, len(path) - 1, 6).astype(int)
        ax.set_xticks(at, path.index[at])
        ax.set(xlabel="era", ylabel="sum of the scores")
        ax.axhline(0, color=plots.COLORS["muted"], lw=1)
        ax.legend(loc="upper left")

    return plots.pages.chart(draw, alt) + _shown(card.figures, "record")


def _show_exposures(card):
    top = card.exposures.head(10)
    if top.empty:
        return ""
    alt = f"Bars of the {len(top)} largest exposures; {top.index[0]} is the largest."

    def draw(ax):
        ax.barh(top.index[::-1], top["mean"][::-1], color=plots.COLORS["users"])
        ends = [top[name][::-1] for name in ("low", "high")]
        ax.hlines(range(len(top)), *ends, color=plots.COLORS["ink"], lw=1.5)
        ax.axvline(0, color=plots.COLORS["muted"], lw=1)
        ax.set(xlabel="correlation with the predictions (lines: nine of ten eras)")

    return plots.pages.chart(draw, alt)


def _show_years(card):
    rows = card.payouts[::-1]
    alt = "100 NMR after a year, nine of ten futures and their middle: " + "; ".join(
        f"{name} {x['p5']:.0f} to {x['p95']:.0f}, {x['median']:.0f}"
        for name, x in card.payouts.iterrows()
    )

    def draw(ax):
        ax.hlines(rows.index, rows["p5"], rows["p95"], lw=8, alpha=0.5)
        ax.plot(rows["median"], rows.index, "o", color=plots.COLORS["ink"])
        ax.axvline(STAKE, color=plots.COLORS["loss"], lw=1.5)
        ax.set(xlabel="NMR after a year, of 100 (line: the stake)")
        ax.set_ylim(-0.6, len(rows) - 0.4)

    return plots.pages.chart(draw, f"{alt}.", 1.9) + _shown(card.payouts, "years")


_SHOWN = {
    "record": _show_record,
    "exposures": _show_exposures,
    "years": _show_years,
    "rule": lambda card: _shown(card.payouts, "rule"),
    "left_out": lambda card: "".join(f"<p>{escape(x)}</p>" for x in card.left_out),
}


def _table(frame):
    shown = scoped(frame.rename_axis(None).to_html(border=0, justify="right"))
    return f'<div class="wide">{shown}</div>'
