"""The house style: colours, matplotlib settings, captions, and how numbers are said.

Figures bring their own light face instead of a transparent one: JupyterLab's dark
theme tells neither a picture nor a style sheet that it is dark, and paper is light.
Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart;
the first three are the corners of the triangle wherever a figure shows them.
"""

from contextlib import contextmanager
from textwrap import fill

COLOURS = {
    "paper": "#FDFCF9",
    "ink": "#1F2A37",
    "muted": "#5B6470",
    "rule": "#D8D5CC",
    "fund": "#0072B2",
    "users": "#E69F00",
    "staking": "#009E73",
    "gain": "#0072B2",
    "loss": "#D55E00",
}
PALETTE = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#5B6470"]

RC = {
    "figure.figsize": (8.0, 4.0),
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "figure.facecolor": COLOURS["paper"],
    "savefig.facecolor": COLOURS["paper"],
    "axes.facecolor": COLOURS["paper"],
    "axes.edgecolor": COLOURS["muted"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.titlecolor": COLOURS["ink"],
    "axes.titlelocation": "left",
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlepad": 10,
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.prop_cycle": f"cycler('color', {PALETTE})",
    "grid.color": COLOURS["rule"],
    "grid.linewidth": 0.8,
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
    "xtick.labelcolor": COLOURS["ink"],
    "ytick.labelcolor": COLOURS["ink"],
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
}


@contextmanager
def style():
    """Draw in the house style inside a ``with`` block, and leave no trace after it.

    Examples
    --------
    >>> with nl.plots.style():
    ...     figure, ax = plt.subplots()
    """
    from matplotlib import rcParams

    # Not rc_context: it puts back *every* setting, so a notebook's backend, which turns
    # itself on when the first figure is made, would be off again for the second.
    before = {key: rcParams[key] for key in RC}
    rcParams.update(RC)
    try:
        yield
    finally:
        rcParams.update(before)


def caption(ax, text):
    """Give a figure its alt text: one sentence, printed with it.

    Parameters
    ----------
    ax : matplotlib Axes, or an array of Axes of one figure
        The text also becomes the label of their figure.
    text : str
        What a reader who does not see the picture should know. Notebooks are compared
        by what they print, so round its numbers with `about`.
    """
    first = ax if hasattr(ax, "figure") else ax[0]
    first.figure.set_label(text)
    print(text)


def headline(ax, text):
    """Put the takeaway above a figure, broken into lines that fit."""
    ax.set_title(fill(text, 72))


def about(number):
    """Say a number with two significant digits: 0.0314 as ``0.031``, 123 as ``120``."""
    return f"{float(f'{number:.2g}') + 0.0:g}"


def percent(share):
    """Say a share as a whole percentage: 0.314 as ``31 %``."""
    return f"{share * 100:.0f} %"


def label_eras(ax, labels, name="era", ticks=8):
    """Write every n-th label below positions 0, 1, …, so that they never collide."""
    step = -(-len(labels) // ticks)
    ax.set_xticks(range(0, len(labels), step), [str(x) for x in labels[::step]])
    ax.set_xlabel(name)
