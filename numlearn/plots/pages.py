"""Charts for a page of HTML that has a light and a dark face."""

import io
import re
from html import escape

from numlearn.plots._style import COLORS, style


def chart(draw, alt, height=3.4):
    """Draw a chart as SVG whose inks are those of the page, light or dark.

    Parameters
    ----------
    draw : callable
        Draws on the axes that it is given.
    alt : str
        What the chart shows: read out, and written below it.
    height : float, default 3.4
        Inches, of a width of 9.

    Returns
    -------
    str
        A ``figure`` of HTML, for a page whose style sets ``--ink``, ``--muted`` and
        ``--rule``.

    Examples
    --------
    >>> from numlearn.plots import pages
    >>> pages.chart(lambda ax: ax.plot([1, 2]), "A line that rises.")[:18]
    '<figure><svg role='
    """
    import matplotlib.pyplot as plt

    with style(), plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "1"}):
        figure, ax = plt.subplots(figsize=(9, height))
        draw(ax)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
        plt.close(figure)
    picture = file.getvalue().partition("<svg")[2]
    for name in ("ink", "muted", "rule"):
        picture = re.sub(f"(?i){COLORS[name]}", f"var(--{name})", picture)
    alt = escape(alt)
    picture = f'<svg role="img" aria-label="{alt}"{picture}'
    return f"<figure>{picture}<figcaption>{alt}</figcaption></figure>"
