"""One style for every figure of the course, and the drawn triangle.

Each figure is a function of plain results: it draws on a light face of its own (so
that it reads the same in a light and in a dark notebook), gives the picture its alt
text, which a notebook also shows below it, and returns the axes. Matplotlib and seaborn
are imported when the first figure is drawn.
"""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_explore": "explore",
        "_figures": "bins exposures profit_and_loss score_bars score_lines"
        " score_memory year",
        "_style": "COLORS PALETTE Triangle caption style triangle",
    },
)
