"""One style for every figure of the course, and the drawn triangle.

Each figure is a function of plain results: it draws on a light face of its own (so
that it reads the same in a light and in a dark notebook), prints its alt text as a
caption, and returns the axes. Matplotlib is imported when the first figure is drawn.
"""

from numlearn.plots._fund import crowd_curve, exposures, profit_and_loss
from numlearn.plots._scores import (
    autocorrelation,
    histogram,
    score_bars,
    score_lines,
)
from numlearn.plots._style import COLOURS, PALETTE, RC, caption, style
from numlearn.plots._tables import bins, year
from numlearn.plots._triangle import Triangle, triangle

__all__ = [
    "COLOURS",
    "PALETTE",
    "RC",
    "Triangle",
    "autocorrelation",
    "bins",
    "caption",
    "crowd_curve",
    "exposures",
    "histogram",
    "profit_and_loss",
    "score_bars",
    "score_lines",
    "style",
    "triangle",
    "year",
]
