"""Figures of the fund: what it earned, what it bets on, and why a crowd helps it."""

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError
from numlearn.plots._scores import _legend_by_rank
from numlearn.plots._style import (
    COLOURS,
    PALETTE,
    about,
    caption,
    headline,
    label_eras,
    percent,
    style,
)


@style()
def profit_and_loss(returns, title=None):
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
    """
    import matplotlib.pyplot as plt

    returns = _portfolios(returns, "returns by era")
    wealth = (1 + returns.fillna(0.0)).cumprod()
    drawdown = wealth / wealth.cummax().clip(lower=1.0) - 1
    ranking = wealth.iloc[-1].sort_values(ascending=False, kind="stable")
    best, many = ranking.index[0], len(ranking) > 1

    _, axes = plt.subplots(
        2, 1, sharex=True, figsize=(8, 5), gridspec_kw={"height_ratios": [5, 2]}
    )
    position = np.arange(len(wealth))
    for number, name in enumerate(returns):
        colour, dashes = PALETTE[number % 7], ["-", "--", "-.", ":"][number % 4]
        growth, fall = (wealth[name] - 1) * 100, drawdown[name] * 100
        axes[0].plot(position, growth, color=colour, ls=dashes, label=str(name))
        axes[1].plot(position, fall, color=colour, ls=dashes, lw=1)
        axes[1].fill_between(position, fall, color=colour, alpha=0.2, lw=0)
    for ax, unit in zip(axes, ("since the start (%)", "drawdown (%)")):
        ax.axhline(0, color=COLOURS["muted"], lw=1)
        ax.set_ylabel(unit)
    axes[0].figure.align_ylabels()
    who = f"{best} ends highest," if many else "the portfolio ends"
    ends = f"{who} at {percent(ranking[best] - 1)}"
    depth = percent(-drawdown[best].min())
    takeaway = f"{ends}, after a drawdown of {depth}"
    headline(axes[0], title or takeaway[0].upper() + takeaway[1:])
    label_eras(axes[1], wealth.index)
    if many:
        _legend_by_rank(axes[0], ranking.index)
    count = f"{len(ranking)} portfolios" if many else "one portfolio"
    caption(
        axes,
        f"Line chart of the compounded return of {count} over {len(wealth)} eras: "
        f"{ends}, and its deepest drawdown is {depth}.",
    )
    return axes


@style()
def exposures(table, title=None):
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
        One group of bars an exposure, the first at the top.
    """
    import matplotlib.pyplot as plt

    table = _portfolios(table, "exposures")
    many = table.shape[1] > 1
    row, column = divmod(int(np.nanargmax(table.abs())), table.shape[1])

    _, ax = plt.subplots(figsize=(8, 1.6 + 0.3 * table.size))
    place, height = np.arange(len(table)), 0.8 / table.shape[1]
    for number, name in enumerate(table):
        offset = (number - (table.shape[1] - 1) / 2) * height
        colour = PALETTE[number % 7]
        ax.barh(place + offset, table[name], height, color=colour, label=str(name))
    ax.axvline(0, color=COLOURS["muted"], lw=1)
    ax.set_yticks(place, [str(x) for x in table.index])
    ax.invert_yaxis()
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    ax.set(xlabel="sum of weight times exposure", ylabel="exposure")
    if many:
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    whose = f"{table.columns[column]}'s" if many else "the portfolio's"
    size = about(table.iloc[row, column])
    said = f"{whose} exposure to {table.index[row]}, about {size}"
    headline(ax, title or f"Largest: {said}")
    caption(
        ax,
        f"Bar chart of {len(table)} exposures of "
        f"{f'{table.shape[1]} portfolios' if many else 'one portfolio'}: the largest "
        f"is {said}.",
    )
    return ax


@style()
def crowd_curve(measured, expected, title=None):
    """Draw how the score of a blend grows with the number of models in it.

    Parameters
    ----------
    measured : Series by number of models, or DataFrame with columns mean and std
        CORR of blends of so many models; `std` draws a bar.
    expected : Series by number of models
        What the closed form gives (`numlearn.metamodel.ensemble_corr`).
    title : str, optional
        The takeaway; by default from which score to which the blend rises.

    Returns
    -------
    matplotlib Axes
    """
    import matplotlib.pyplot as plt

    if isinstance(measured, pd.Series):
        measured = measured.to_frame("mean").assign(std=0.0)
    if measured.empty or not {"mean", "std"} <= set(measured):
        raise NumlearnError(
            "Nothing to draw: give a Series of CORR by number of models, or a "
            "DataFrame with the columns mean and std."
        )
    measured, expected = measured.sort_index(), expected.sort_index()
    first, last = measured["mean"].iloc[0], measured["mean"].iloc[-1]

    _, ax = plt.subplots()
    ax.plot(expected.index, expected, color=COLOURS["fund"], label="closed form")
    ax.errorbar(
        measured.index,
        measured["mean"],
        yerr=measured["std"],
        color=COLOURS["users"],
        fmt="o",
        capsize=3,
        label="measured" + (", ± std" if measured["std"].any() else ""),
    )
    ax.set(xlabel="number of models in the blend", ylabel="CORR of the blend")
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="lower right")
    rise = f"from about {about(first)} to about {about(last)}"
    headline(ax, title or f"A crowd lifts CORR {rise}")
    gap = (measured["mean"] - expected.reindex(measured.index)).abs().max()
    caption(
        ax,
        f"Chart of the CORR of blends of {measured.index[0]} to {measured.index[-1]} "
        f"models: it goes {rise}, and the closed form is never further away than about "
        f"{about(gap)}.",
    )
    return ax


def _portfolios(table, what):
    """Return a DataFrame with one column a portfolio and something in it."""
    if isinstance(table, pd.Series):
        table = table.to_frame(table.name or "portfolio")
    if not isinstance(table, pd.DataFrame) or not table.notna().to_numpy().any():
        raise NumlearnError(
            f"There are no {what} to draw: give a Series or a DataFrame as a Book of "
            "numlearn.fund has it."
        )
    return table
