"""The figure of simulated paths."""

from textwrap import fill

from numlearn.plots import COLORS, caption, style


@style()
def fan(levels, stake, lost, rules, title=None):
    """Draw how the percentiles of a position spread over the rounds.

    Parameters
    ----------
    levels : DataFrame, rounds × (0.05, 0.25, 0.5, 0.75, 0.95)
    stake : float
        What was staked, in NMR.
    lost : float
        The share of paths that end below the stake.
    rules : str
        The name of the rule set.
    title : str, optional

    Returns
    -------
    matplotlib Axes
    """
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    colour, rounds = COLORS["staking"], levels.index
    for low, high, alpha in ((0.05, 0.95, 0.2), (0.25, 0.75, 0.35)):
        ax.fill_between(
            rounds,
            levels[low],
            levels[high],
            color=colour,
            alpha=alpha,
            lw=0,
            label=f"{round((high - low) * 100)} of 100 paths",
        )
    ax.plot(rounds, levels[0.5], color=colour, label="median")
    ax.axhline(stake, color=COLORS["ink"], lw=1, ls="--", label="the stake")
    ax.set(xlabel="round", ylabel="NMR")
    ax.legend(loc="upper left")
    takeaway = f"{lost * 100:.0f} of 100 paths end below the stake"
    ax.set_title(fill(title or f"{takeaway} under the rules of {rules}", 72))
    low, middle, high = (f"{levels[level].iloc[-1]:.2g}" for level in (0.05, 0.5, 0.95))
    caption(
        ax,
        f"Fan chart of a stake of {stake:g} NMR over {rounds[-1] + 1} rounds under the "
        f"rules of {rules}: the median ends at about {float(middle):g} NMR, and 90 of "
        f"100 paths end between about {float(low):g} and {float(high):g} NMR.",
    )
    return ax
