"""The figures: of scores by era, of a fund's returns and bets, of a year, of bins."""

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from numlearn.eras import order
from numlearn.errors import NumlearnError
from numlearn.plots._style import (
    COLORS,
    PALETTE,
    about,
    caption,
    finished,
    label_eras,
    percent,
    style,
)
from numlearn.scoring import in_order

BESIDE = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}  # where a legend stands
YEAR = ["round", "fund_return", "metamodel_corr", "paid", "burned"]


@style()
def score_lines(scores, *, title=None):
    """Draw the cumulated scores of each model, and below them the drawdown.

    Parameters
    ----------
    scores : DataFrame, eras × models, or a Series by era
        An era without a score adds nothing.
    title : str, optional
        The takeaway; by default which model ends highest.

    Returns
    -------
    ndarray of two Axes
        Cumulated scores, and their distance below their own highest point so far.

    Raises
    ------
    NumlearnError
        If there are no scores, or if they are not numbers.

    Examples
    --------
    >>> import numlearn as nl
    >>> scores = {"trees": [0.02, -0.01, 0.03], "coin": [0.01, -0.02, 0.0]}
    >>> above, below = nl.plots.score_lines(scores)
    """
    scores = _table(scores, "scores", in_time=True)
    path = scores.cumsum().ffill()  # and its fall, as nl.scoring.max_drawdown has it
    total, fall = path.fillna(0.0), (path - path.cummax()).fillna(0.0)
    axes, ranking = _climb(total, fall, ("cumulated score", "drawdown"))
    best, many = ranking.index[0], len(ranking) > 1
    ends = f"{best} ends {'highest, ' if many else ''}at"
    return finished(
        axes,
        title or f"{ends} {about(ranking.iloc[0])}",
        f"Line chart of cumulated scores of {_count(scores, 'model')} over "
        f"{len(total)} eras: {ends} about {about(ranking.iloc[0])}, and its deepest "
        f"drawdown is about {about(-fall[best].min())}.",
    )


@style()
def profit_and_loss(returns, *, title=None):
    """Draw what portfolios earned, compounded, and below it their drawdown.

    Parameters
    ----------
    returns : DataFrame, eras × portfolios, or Series by era
        Returns (0.01 is 1 %) that follow each other, such as those of
        `numlearn.fund.Book`.
    title : str, optional
        The takeaway; by default what the best portfolio earned.

    Returns
    -------
    ndarray of two Axes
        The return since the start, and the fall below the highest value so far, both in
        per cent.

    Raises
    ------
    NumlearnError
        If there are no returns, or if they are not numbers from -1 up.

    Examples
    --------
    >>> import numlearn as nl
    >>> above, below = nl.plots.profit_and_loss([0.01, -0.02, 0.03])
    """
    look = {"name": "portfolio", "lowest": -1, "in_time": True}
    returns = _table(returns, "returns by era", **look)
    wealth = (1 + returns.fillna(0.0)).cumprod()
    fall = wealth / wealth.cummax().clip(lower=1.0) - 1
    units = ("since the start (%)", "drawdown (%)")
    axes, ranking = _climb((wealth - 1) * 100, fall * 100, units)
    best, many = ranking.index[0], len(ranking) > 1
    ends = f"ends {'highest, ' if many else ''}at {percent(wealth[best].iloc[-1] - 1)}"
    who, depth = best if many else "The portfolio", percent(-fall[best].min())
    return finished(
        axes,
        title or f"{who} {ends}, after a drawdown of {depth}",
        f"Line chart of the compounded return of {_count(returns, 'portfolio')} over "
        f"{len(wealth)} eras: {best if many else 'the portfolio'} {ends}, and its "
        f"deepest drawdown is {depth}.",
    )


@style()
def score_bars(scores, *, since=None, title=None):
    """Draw the score of one model in each era, above and below zero.

    Parameters
    ----------
    scores : Series by era, or a DataFrame with one column
    since : optional
        An era from which on things are different, such as the first that a model had
        not learned from: the mean is drawn for the eras before and from then on.
    title : str, optional
        The takeaway; by default in how many eras the score is above zero.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    NumlearnError
        If there is not one model's scores, or no era `since`.

    Examples
    --------
    >>> import numlearn as nl
    >>> ax = nl.plots.score_bars([0.02, -0.01, 0.03])
    """
    import matplotlib.pyplot as plt

    frame = _table(scores, "scores", in_time=True)
    if frame.shape[1] != 1:
        raise NumlearnError(
            f"This figure shows one model and got {frame.shape[1]}: choose one, "
            f'for example scores["{frame.columns[0]}"].'
        )
    scores, eras = frame.iloc[:, 0], [str(era) for era in frame.index]
    if since is not None and str(since) not in eras:
        raise NumlearnError(f"There is no era {since} among {eras[0]} to {eras[-1]}.")
    cut = 0 if since is None else eras.index(str(since))
    above = percent((scores.dropna() > 0).mean())

    _, ax = plt.subplots()
    colors = np.where(scores > 0, COLORS["gain"], COLORS["loss"])
    ax.bar(np.arange(len(eras)), scores, color=colors, width=0.8)
    ax.axhline(0, color=COLORS["muted"], lw=1)
    parts = {"mean": (0, len(eras), "--")}
    if cut:
        parts = {"mean before": (0, cut, ":"), "mean since": (cut, len(eras), "--")}
    for name, (first, last, dashes) in parts.items():
        mean, ends = scores.iloc[first:last].mean(), (first - 0.5, last - 0.5)
        ax.hlines(mean, *ends, color=COLORS["ink"], lw=1.5, ls=dashes, label=name)
    ax.legend(**BESIDE)
    ax.set(ylabel="score")
    label_eras(ax, eras)
    means = f"the mean is about {about(mean)}" + (f" since {since}" if cut else "")
    return finished(
        ax,
        title or f"Above zero in {above} of the eras",
        f"Bar chart of the score in each of {len(eras)} eras: {above} of the bars "
        f"are above zero, and {means}.",
    )


@style()
def score_memory(acf, *, horizon=None, title=None):
    """Draw how alike scores are that lie some eras apart.

    Parameters
    ----------
    acf : Series by lag, or a sequence that begins at lag 1
    horizon : int, optional
        How many eras (or rounds) long the target looks ahead. Adds the line that
        overlap alone would give: targets k apart share (horizon - k) / horizon.
    title : str, optional
        The takeaway; by default whether neighbours are alike.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    NumlearnError
        If there is no number at a lag above 0.

    Examples
    --------
    >>> import numlearn as nl
    >>> ax = nl.plots.score_memory([0.7, 0.4, 0.1], horizon=3)
    """
    import matplotlib.pyplot as plt

    if not isinstance(acf, pd.Series):
        acf = pd.Series(np.ravel(acf), index=range(1, np.size(acf) + 1))
    acf = _table(acf, "autocorrelations", index="lags").iloc[:, 0]
    acf = acf[acf.index > 0].sort_index()
    if acf.isna().all():
        raise NumlearnError("No lag above 0 to draw: give the values of lags 1, 2, ….")

    _, ax = plt.subplots()
    ax.bar(acf.index, acf, color=COLORS["gain"], width=0.7, label="measured")
    ax.axhline(0, color=COLORS["muted"], lw=1)
    if horizon:
        overlap = np.clip((horizon - acf.index) / horizon, 0, None)
        name = f"overlap of targets {horizon} long"
        ax.plot(acf.index, overlap, color=COLORS["loss"], marker="o", ms=5, label=name)
        ax.legend()
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(xlabel="lag (eras apart)", ylabel="autocorrelation")
    nearest = acf.iloc[0]
    alike = "much" if nearest > 0.5 else "somewhat" if nearest > 0.2 else "hardly"
    return finished(
        ax,
        title or f"Neighbours are {alike} alike",
        f"Bar chart of the autocorrelation at lags {acf.index[0]} to {acf.index[-1]}: "
        f"about {about(nearest)} at the first and {about(acf.iloc[-1])} at the last.",
    )


@style()
def bins(shares, *, title=None):
    """Draw which share of the rows lies in each bin.

    Parameters
    ----------
    shares : DataFrame, bins × columns, or a Series by bin
        Fractions that sum to 1 in each column (``value_counts(normalize=True)``).
    title : str, optional
        The takeaway; by default the fullest bin of the first column.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    NumlearnError
        If there are no shares, or if they do not sum to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> target = pd.Series([0.0, 0.5, 0.5, 1.0], name="target")
    >>> ax = nl.plots.bins(target.value_counts(normalize=True))
    """
    import matplotlib.pyplot as plt
    import seaborn as sns

    shares = _table(shares, "shares", name="the rows").sort_index().fillna(0.0)
    if not np.allclose(shares.sum(), 1):
        raise NumlearnError(
            "The shares of the bins must sum to 1 in each column: count them with "
            "value_counts(normalize=True) first."
        )
    first, many = shares.iloc[:, 0], shares.shape[1] > 1

    _, ax = plt.subplots()
    look = {"saturation": 1, "gap": 0.08, "palette": _colors(shares.shape[1])}
    sns.barplot(_long(shares * 100), x="row", y="value", hue="name", ax=ax, **look)
    label_eras(ax, shares.index.tolist(), name="bin", ticks=20)
    ax.set(ylabel="share of rows (%)")
    ax.legend().set_visible(many)
    fullest = f"{percent(first.max())} of {first.name}"
    return finished(
        ax,
        title or f"Bin {first.idxmax()} holds {fullest}",
        f"Bar chart of the share of rows in each of {len(shares)} bins "
        f"({', '.join(shares)}): bin {first.idxmax()} holds about {fullest}.",
    )


@style()
def exposures(table, *, title=None):
    """Draw what portfolios bet on besides the signal.

    Parameters
    ----------
    table : DataFrame, exposures × portfolios, or Series by exposure
        Sums of weight times exposure, such as ``book.exposures.mean()``.
    title : str, optional
        The takeaway; by default which exposure is the largest.

    Returns
    -------
    matplotlib Axes
        One row of points an exposure, the first at the top; what is zero is seen, too.

    Raises
    ------
    NumlearnError
        If there are no exposures, or if they are not numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> bets = pd.DataFrame({"neutral": [0.0, 0.1], "long only": [1.2, 0.2]})
    >>> ax = nl.plots.exposures(bets.set_axis(["beta", "style_0"]))
    """
    import matplotlib.pyplot as plt
    import seaborn as sns

    table = _table(table, "exposures", name="the portfolio")
    many = table.shape[1] > 1
    row, column = divmod(int(np.nanargmax(table.abs())), table.shape[1])

    _, ax = plt.subplots(figsize=(8, min(1.4 + 0.6 * len(table), 12)))
    look = {"palette": _colors(table.shape[1]), "markers": list("osD^vP" * 9), "ms": 8}
    look |= {"x": "value", "y": "row", "hue": "name", "orient": "h", "errorbar": None}
    look |= {"dodge": 0.5 if many else False, "linestyle": "none", "ax": ax}
    sns.pointplot(_long(table), **look)
    ax.set_yticks(range(len(table)), [str(name) for name in table.index])
    ax.axvline(0, color=COLORS["muted"], lw=1, zorder=0)
    ax.grid(axis="x")
    ax.set(xlabel="sum of weight times exposure", ylabel="exposure")
    ax.legend(**BESIDE).set_visible(many)
    whose = f"{table.columns[column]}'s" if many else "the portfolio's"
    said = f"{whose} exposure to {table.index[row]}, about "
    said += about(table.iloc[row, column])
    return finished(
        ax,
        title or f"Largest: {said}",
        f"Chart of {len(table)} exposures of {_count(table, 'portfolio')}: the largest "
        f"is {said}.",
    )


@style()
def year(rounds, *, title=None):
    """Draw a year of the triangle, one corner above the other.

    Parameters
    ----------
    rounds : DataFrame, one row a round
        ``round``; ``fund_return``, a fraction (0.01 is 1 %); ``metamodel_corr``;
        ``paid`` and ``burned``, both NMR and not negative.
    title : str, optional
        The takeaway, or the question.

    Returns
    -------
    ndarray of three Axes
        The fund's compounded return, the metamodel's score, and NMR paid and burned.

    Raises
    ------
    NumlearnError
        If a column is missing, is not in numbers, or has an amount below 0.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> rounds = pd.DataFrame({"round": [1, 2], "fund_return": [0.01, -0.01]})
    >>> rounds = rounds.assign(metamodel_corr=0.02, paid=[3.0, 1.0], burned=[0.0, 2.0])
    >>> fund, users, staking = nl.plots.year(rounds)
    """
    import matplotlib.pyplot as plt

    growth, corr, paid, burned, names = _year(rounds)
    position = np.arange(len(names))

    figure, axes = plt.subplots(3, 1, sharex=True, figsize=(8, 6.4))
    axes[0].plot(position, growth * 100, color=COLORS["fund"])
    axes[0].fill_between(position, growth * 100, color=COLORS["fund"], alpha=0.15)
    axes[1].bar(position, corr, color=COLORS["users"])
    axes[2].bar(position, paid, color=COLORS["staking"], label="paid")
    axes[2].bar(position, -burned, color=COLORS["loss"], label="burned")
    axes[2].legend(loc="lower right", bbox_to_anchor=(1, 0.97), ncols=2, borderpad=0)
    panels = {
        "Hedge fund: what it earned since the start": "return (%)",
        "User models: how well the metamodel predicted": "score of a round",
        "Staking: what was paid and what was burned": "NMR a round",
    }
    for ax, (name, unit) in zip(axes, panels.items(), strict=True):
        ax.axhline(0, color=COLORS["muted"], lw=1)
        ax.set_title(name, fontsize=11, fontweight="normal", pad=6)
        ax.set_ylabel(unit)
    figure.align_ylabels()
    label_eras(axes[2], names, name="round", ticks=13)
    question = title or "One year, three corners: what ties them together?"
    figure.suptitle(question, x=0.01, ha="left", fontsize=13, fontweight="bold")
    caption(
        axes,
        f"Three charts over {len(names)} rounds: the fund ends at about "
        f"{percent(growth.iloc[-1])}, the metamodel's score is above zero in about "
        f"{percent((corr > 0).mean())} of the rounds, and about {about(paid.sum())} "
        f"NMR are paid and {about(burned.sum())} burned.",
    )
    return axes


def _year(rounds):
    """Return the fund's growth, the scores, NMR paid and burned, and the rounds."""
    if missing := [n for n in YEAR if n not in getattr(rounds, "columns", ())]:
        raise NumlearnError(
            f"A year needs the columns {', '.join(YEAR)}, and lacks "
            f"{', '.join(missing)}: pass the rounds of what nl.world.run returns."
        )
    returns = _table(rounds["fund_return"], "returns", lowest=-1).iloc[:, 0]
    corr = _table(rounds["metamodel_corr"], "scores").iloc[:, 0]
    nmr = _table(rounds[["paid", "burned"]], "amounts paid and burned", lowest=0)
    when = np.argsort(order(rounds["round"]).codes, kind="stable")
    returns, corr, nmr = (table.iloc[when] for table in (returns, corr, nmr))
    growth = (1 + returns.fillna(0.0)).cumprod() - 1
    names = rounds["round"].iloc[when].tolist()
    return growth, corr, nmr["paid"], nmr["burned"], names


def _climb(height, fall, units):
    """Draw how high each column has come, and below it how far it fell.

    Returns the two Axes and the columns' last heights, the highest first.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        2, 1, sharex=True, figsize=(8, 5), gridspec_kw={"height_ratios": [5, 2]}
    )
    place, dot = np.arange(len(height)), "o" if len(height) == 1 else None
    lines = {}
    for number, color in enumerate(_colors(height.shape[1])):
        look = {"color": color, "ls": ["-", "--", "-.", ":"][number % 4], "marker": dot}
        up, down = height.iloc[:, number], fall.iloc[:, number]
        lines[up.name] = axes[0].plot(place, up, **look)[0]
        axes[1].plot(place, down, lw=1, **look)
        axes[1].fill_between(place, down, color=color, alpha=0.2, lw=0)
    for ax, unit in zip(axes, units, strict=True):
        ax.axhline(0, color=COLORS["muted"], lw=1)
        ax.set_ylabel(unit)
    figure.align_ylabels()
    label_eras(axes[1], height.index)
    ranking = height.iloc[-1].sort_values(ascending=False, kind="stable")
    if len(ranking) > 1:
        named = [lines[name] for name in ranking.index]
        axes[0].legend(named, ranking.index, **BESIDE)
    return axes, ranking


def _table(values, what, *, name="score", lowest=-np.inf, index=None, in_time=False):
    """Return numbers in columns that can be drawn, or say why these cannot be.

    `what` they are, the `name` of a column that has none, and the `lowest` number that
    makes sense; `index` says of what there must be numbers in the index as well; rows
    that are eras are put `in_time`.
    """
    try:
        table = pd.DataFrame(values)
    except (TypeError, ValueError):
        table = pd.DataFrame()
    if table.columns.equals(pd.RangeIndex(1)):
        table = table.set_axis([name], axis=1)
    table = table.set_axis([str(column) for column in table], axis=1)
    fault = None
    if not table.notna().to_numpy().any():
        fault = f"There are no {what} to draw: give a Series or a DataFrame of numbers"
    elif (twice := table.columns.duplicated()).any():
        fault = f"{table.columns[twice][0]} is there twice"
    elif text := [c for c, kind in table.dtypes.items() if not is_numeric_dtype(kind)]:
        fault = f"{what.capitalize()} are numbers, and {text[0]} holds others: leave "
        fault += "it out, or turn it into numbers"
    elif np.isinf(table.astype(float)).to_numpy().any():
        fault = f"Some {what} are infinite: look where they come from"
    elif (low := table.astype(float).min(axis=None)) < lowest:
        fault = f"There are no {what} below {lowest}, and one is {low:.3g}: look at "
        fault += "signs and units (0.01 is 1 %)"
    elif index and not is_numeric_dtype(table.index):
        fault = f"The index must hold {index}, and holds {table.index[0]!r}"
    if fault:
        raise NumlearnError(f"{fault}.")
    return in_order(table.astype(float)) if in_time else table.astype(float)


def _count(table, what):
    """Say how many columns there are."""
    return f"{table.shape[1]} {what}s" if table.shape[1] > 1 else f"one {what}"


def _long(table):
    """Return a row a value: the place of its row, the name of its column, itself."""
    rows = table.set_axis(range(len(table))).melt(var_name="name", ignore_index=False)
    return rows.reset_index(names="row")


def _colors(many):
    return [PALETTE[number % len(PALETTE)] for number in range(many)]
