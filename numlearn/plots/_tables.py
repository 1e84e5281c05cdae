"""Figures of small tables: a year of the triangle, the shares of bins."""

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError
from numlearn.plots._style import (
    COLOURS,
    about,
    caption,
    headline,
    label_eras,
    percent,
    style,
)

YEAR = ["round", "fund_return", "metamodel_corr", "paid", "burned"]


@style()
def year(rounds, title=None):
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
    """
    import matplotlib.pyplot as plt

    if missing := [name for name in YEAR if name not in rounds]:
        raise NumlearnError(
            f"A year needs the columns {', '.join(YEAR)}, and lacks "
            f"{', '.join(missing)}: pass the rounds of what nl.world.run returns."
        )
    growth = (1 + rounds["fund_return"]).cumprod() - 1
    corr, paid, burned = (rounds[name] for name in YEAR[2:])
    position = np.arange(len(rounds))

    figure, axes = plt.subplots(3, 1, sharex=True, figsize=(8, 6.4))
    axes[0].plot(position, growth * 100, color=COLOURS["fund"])
    axes[0].fill_between(position, growth * 100, color=COLOURS["fund"], alpha=0.15)
    axes[1].bar(position, corr, color=COLOURS["users"])
    axes[2].bar(position, paid, color=COLOURS["staking"], label="paid")
    axes[2].bar(position, -burned, color=COLOURS["loss"], label="burned")
    axes[2].legend(loc="lower right", bbox_to_anchor=(1, 0.97), ncols=2, borderpad=0)
    panels = {
        "Hedge fund: what it earned since the start": "return (%)",
        "User models: how well the metamodel predicted": "score of a round",
        "Staking: what was paid and what was burned": "NMR a round",
    }
    for ax, (name, unit) in zip(axes, panels.items(), strict=True):
        ax.axhline(0, color=COLOURS["muted"], lw=1)
        ax.set_title(name, fontsize=11, fontweight="normal", pad=6)
        ax.set_ylabel(unit)
    figure.align_ylabels()
    label_eras(axes[2], rounds["round"].tolist(), name="round", ticks=13)
    figure.suptitle(
        title or "One year, three corners: what ties them together?",
        x=0.01,
        ha="left",
        fontsize=13,
        fontweight="bold",
    )
    caption(
        axes,
        f"Three charts over {len(rounds)} rounds: the fund ends at about "
        f"{percent(growth.iloc[-1])}, the metamodel's score is above zero in about "
        f"{percent((corr > 0).mean())} of the rounds, and about {about(paid.sum())} "
        f"NMR are paid and {about(burned.sum())} burned.",
    )
    return axes


@style()
def bins(shares, title=None):
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
    """
    import matplotlib.pyplot as plt

    shares = shares.to_frame() if isinstance(shares, pd.Series) else shares
    shares = shares.sort_index().fillna(0.0)
    if not np.allclose(shares.sum(), 1):
        raise NumlearnError(
            "The shares of the bins must sum to 1 in each column: count them with "
            "value_counts(normalize=True) first."
        )
    first = shares.iloc[:, 0]
    width = 0.8 / shares.shape[1]

    _, ax = plt.subplots()
    for number, name in enumerate(shares):
        offset = (number - (shares.shape[1] - 1) / 2) * width
        position = np.arange(len(shares)) + offset
        ax.bar(position, shares[name] * 100, width * 0.92, label=str(name))
    label_eras(ax, shares.index.tolist(), name="bin", ticks=20)
    ax.set(ylabel="share of rows (%)")
    fullest = f"{percent(first.max())} of {first.name}"
    headline(ax, title or f"Bin {first.idxmax()} holds {fullest}")
    if shares.shape[1] > 1:
        ax.legend()
    names = ", ".join(str(name) for name in shares)
    caption(
        ax,
        f"Bar chart of the share of rows in each of {len(shares)} bins ({names}): "
        f"bin {first.idxmax()} holds about {fullest}.",
    )
    return ax
