"""Figures of scores by era: lines, bars, their spread and their memory."""

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError
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
def score_lines(scores, title=None):
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
    """
    import matplotlib.pyplot as plt

    scores = _frame(scores)
    total = scores.fillna(0.0).cumsum()
    drawdown = total - total.cummax().clip(lower=0.0)
    ranking = total.iloc[-1].sort_values(ascending=False, kind="stable")
    best = ranking.index[0]

    _, axes = plt.subplots(
        2, 1, sharex=True, figsize=(8, 5), gridspec_kw={"height_ratios": [5, 2]}
    )
    position = np.arange(len(total))
    for number, model in enumerate(scores):
        colour, dashes = PALETTE[number % 7], ["-", "--", "-.", ":"][number % 4]
        axes[0].plot(position, total[model], color=colour, ls=dashes, label=str(model))
        axes[1].plot(position, drawdown[model], color=colour, ls=dashes, lw=1)
        axes[1].fill_between(position, drawdown[model], color=colour, alpha=0.2, lw=0)
    for ax in axes:
        ax.axhline(0, color=COLOURS["muted"], lw=1)
    axes[0].set(ylabel="cumulated score")
    count = "one model" if len(ranking) == 1 else f"{len(ranking)} models"
    ends = f"{best} ends {'highest, ' if len(ranking) > 1 else ''}at"
    headline(axes[0], title or f"{ends} {about(ranking[best])}")
    axes[1].set(ylabel="drawdown")
    label_eras(axes[1], total.index)
    if len(ranking) > 1:
        _legend_by_rank(axes[0], ranking.index)
    caption(
        axes,
        f"Line chart of cumulated scores of {count} over "
        f"{len(total)} eras: {ends} about {about(ranking[best])}, and its deepest "
        f"drawdown is about {about(-drawdown[best].min())}.",
    )
    return axes


@style()
def score_bars(scores, title=None):
    """Draw the score of one model in each era, above and below zero.

    Parameters
    ----------
    scores : Series by era, or a DataFrame with one column
    title : str, optional
        The takeaway; by default in how many eras the score is above zero.

    Returns
    -------
    matplotlib Axes
    """
    import matplotlib.pyplot as plt

    scores = _one_model(scores)
    mean, above = scores.mean(), percent((scores.dropna() > 0).mean())

    _, ax = plt.subplots()
    colours = np.where(scores > 0, COLOURS["gain"], COLOURS["loss"])
    ax.bar(np.arange(len(scores)), scores, color=colours, width=0.8)
    ax.axhline(0, color=COLOURS["muted"], lw=1)
    ax.axhline(mean, color=COLOURS["ink"], lw=1.2, ls="--")
    ax.text(1.01, mean, "mean", transform=ax.get_yaxis_transform(), va="center")
    ax.set(ylabel="score")
    headline(ax, title or f"Above zero in {above} of the eras")
    label_eras(ax, scores.index)
    caption(
        ax,
        f"Bar chart of the score in each of {len(scores)} eras: {above} of the bars "
        f"are above zero, and the mean is about {about(mean)}.",
    )
    return ax


@style()
def histogram(scores, title=None):
    """Draw how the scores of one model spread over the eras.

    Parameters
    ----------
    scores : Series by era, or a DataFrame with one column
    title : str, optional
        The takeaway; by default the mean and the standard deviation.

    Returns
    -------
    matplotlib Axes
        The mean is a line; the band is one standard deviation (ddof 0) either side.
    """
    import matplotlib.pyplot as plt

    scores = _one_model(scores).dropna()
    mean, std = scores.mean(), scores.std(ddof=0)

    _, ax = plt.subplots()
    ax.axvspan(
        mean - std, mean + std, color=COLOURS["users"], alpha=0.25, lw=0, label="± std"
    )
    ax.hist(scores, bins="auto", color=COLOURS["gain"], ec=COLOURS["paper"])
    ax.axvline(mean, color=COLOURS["ink"], lw=1.5, ls="--", label="mean")
    ax.set(xlabel="score of an era", ylabel="number of eras")
    headline(ax, title or f"Mean {about(mean)}, give or take {about(std)} an era")
    ax.legend()
    caption(
        ax,
        f"Histogram of the scores of {len(scores)} eras: the mean is about "
        f"{about(mean)} and the standard deviation about {about(std)}.",
    )
    return ax


@style()
def autocorrelation(acf, horizon=None, title=None):
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
    """
    import matplotlib.pyplot as plt

    if not isinstance(acf, pd.Series):
        acf = pd.Series(acf, index=np.arange(1, len(acf) + 1))
    acf = acf[acf.index > 0]
    if acf.empty:
        raise NumlearnError("No lag above 0 to draw: give the values of lags 1, 2, ….")
    nearest = acf.iloc[0]

    _, ax = plt.subplots()
    ax.bar(acf.index, acf, color=COLOURS["gain"], width=0.7, label="measured")
    ax.axhline(0, color=COLOURS["muted"], lw=1)
    if horizon:
        overlap = np.clip((horizon - acf.index) / horizon, 0, None)
        name = f"overlap of targets {horizon} long"
        ax.plot(acf.index, overlap, color=COLOURS["loss"], marker="o", ms=4, label=name)
        ax.legend()
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(xlabel="lag (eras apart)", ylabel="autocorrelation")
    alike = "much" if nearest > 0.5 else "somewhat" if nearest > 0.2 else "hardly"
    headline(ax, title or f"Neighbours are {alike} alike")
    caption(
        ax,
        f"Bar chart of the autocorrelation at lags {acf.index[0]} to {acf.index[-1]}: "
        f"about {about(nearest)} at the first and {about(acf.iloc[-1])} at the last.",
    )
    return ax


def _legend_by_rank(ax, ranking):
    """Name the lines at the right, in the order in which they end."""
    lines = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    names = [str(model) for model in ranking]
    ax.legend(
        [lines[name] for name in names],
        names,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
    )


def _frame(scores):
    """Return scores as a DataFrame, eras × models, with something in it."""
    frame = scores
    if isinstance(scores, pd.Series):
        frame = scores.to_frame(scores.name or "score")
    if not isinstance(frame, pd.DataFrame) or not frame.notna().to_numpy().any():
        raise NumlearnError(
            "There are no scores to draw: give a DataFrame of scores, eras × models, "
            "as nl.scoring.corr returns it."
        )
    return frame


def _one_model(scores):
    """Return the scores of the only model, as a Series by era."""
    frame = _frame(scores)
    if frame.shape[1] != 1:
        raise NumlearnError(
            f"This figure shows one model and got {frame.shape[1]}: choose one, "
            f'for example scores["{frame.columns[0]}"].'
        )
    return frame.iloc[:, 0]
