"""One style for every figure of the course, and the drawn triangle.

Each figure is a function of plain results: it draws on a light face of its own (so
that it reads the same in a light and in a dark notebook), gives the picture its alt
text, which a notebook also shows below it, and returns the axes. Matplotlib and seaborn
are imported when the first figure is drawn.
"""

from numlearn.plots._figures import (
    autocorrelation,
    bins,
    crowd_curve,
    exposures,
    profit_and_loss,
    score_bars,
    score_lines,
    year,
)
from numlearn.plots._style import COLORS, PALETTE, Triangle, caption, style, triangle

__all__ = [
    "COLORS",
    "PALETTE",
    "Triangle",
    "autocorrelation",
    "bins",
    "caption",
    "crowd_curve",
    "exposures",
    "profit_and_loss",
    "score_bars",
    "score_lines",
    "style",
    "triangle",
    "year",
]
