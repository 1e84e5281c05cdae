"""The house style: colors, the seaborn theme, how figures are shown and numbers said.

Figures bring their own light face instead of a transparent one: JupyterLab's dark
theme tells neither a picture nor a style sheet that it is dark, and paper is light.
The colors are at least 3:1 against that paper and against a dark page, and stay apart
for color-blind readers; the first three are the corners of the triangle.
"""

import re
from base64 import b64encode
from contextlib import contextmanager
from functools import partial
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from textwrap import fill

import numpy as np

from numlearn._files import tables_beside

_HOUSE = tables_beside(__file__)
COLORS, PALETTE = _HOUSE["colors"], _HOUSE["palette"]
_CYCLE = {"axes.prop_cycle": f"cycler('color', {PALETTE})"}


@contextmanager
def style():
    """Draw in the house style inside a ``with`` block, and leave no trace after it.

    It is a theme of seaborn: what seaborn, pandas and matplotlib draw in the block
    looks alike. It decorates functions that draw as well.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numlearn as nl
    >>> with nl.plots.style():
    ...     figure, ax = plt.subplots()
    """
    import seaborn as sns
    from matplotlib import rcParams

    theme = sns.axes_style("ticks") | sns.plotting_context("notebook", 0.95)
    ours = {key: COLORS.get(str(x), x) for key, x in _HOUSE["theme"].items()}
    theme |= ours | _CYCLE
    # Not rc_context: it puts back *every* setting, so a notebook's backend, which turns
    # itself on when the first figure is made, would be off again for the second.
    before = {key: rcParams[key] for key in theme}
    rcParams.update(theme)
    try:
        yield
    finally:
        rcParams.update(before)


def caption(ax, text):
    """Give a figure its alt text, which a notebook also shows below it.

    Parameters
    ----------
    ax : matplotlib Axes, or an array of Axes of one figure
        The text becomes the label of their figure.
    text : str
        What a reader who does not see the picture should know. Notebooks are compared
        by what they print, so round its numbers with two digits.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numlearn as nl
    >>> _, ax = plt.subplots()
    >>> nl.plots.caption(ax, "An empty chart.")
    >>> ax.figure.get_label()
    'An empty chart.'
    """
    figure = np.ravel(ax)[0].figure
    figure.set_label(text)
    figure._ipython_display_ = partial(_show, figure)  # whenever it will be shown


def _show(figure):
    """Display a picture with its alt text in it, and the caption below."""
    from IPython.display import display
    from PIL import Image

    alt, drawn, file = figure.get_label(), BytesIO(), BytesIO()
    with style():  # ticks that no one has needed so far are made now
        figure.savefig(drawn, format="png", bbox_inches="tight")
    picture = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(file, "png", optimize=True)
    code = b64encode(file.getvalue()).decode()
    # JupyterLab drops the alt text of an image/png, and no reader that of an <img>.
    bundle = {"image/png": code, "text/html": _img(alt, "image/png", code)}
    bundle["text/plain"] = repr(figure)
    display(bundle, metadata={"image/png": {"alt": alt}}, raw=True)
    below = re.sub(r"([\\`*_$<\[\]|~])", r"\\\1", alt)
    display({"text/markdown": below, "text/plain": alt}, raw=True)


def _img(alt, kind, code, width="100%"):
    return (
        f'<img alt="{escape(alt)}" style="max-width:{width}" '
        f'src="data:{kind};base64,{code}">'
    )


def finished(axes, takeaway, text):
    """Put the takeaway above a figure, say its alt text, and return its axes."""
    np.ravel(axes)[0].set_title(fill(takeaway, 72))  # in lines that fit
    caption(axes, text)
    return axes


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


class Triangle:
    """The drawn triangle, which a notebook shows.

    Attributes
    ----------
    svg : str
        A whole SVG document without references to anything outside itself.
    alt : str
        What it shows, in words.
    """

    def __init__(self, svg):
        self.svg = svg
        self.alt = unescape(re.search("<desc>(.*?)</desc>", svg, re.DOTALL).group(1))

    def __repr__(self):
        return self.alt

    def _repr_svg_(self):
        return self.svg

    def _repr_html_(self):
        # An <img> survives where inline SVG is stripped: JupyterLab before a notebook
        # is trusted, and pages that show notebooks.
        code = b64encode(self.svg.encode()).decode()
        return _img(self.alt, "image/svg+xml", code, width="840px")


def triangle():
    """Return the Numerai triangle: hedge fund, user models, rewards and staking.

    It joins two drawings of the page "Structure of Numerai" (wigglemuse, 2021): the
    three corners, and the links between them, direct ones solid and those through
    staking dashed.

    Returns
    -------
    Triangle

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.plots.triangle().alt[:21]
    'The Numerai triangle.'
    """
    return Triangle(Path(__file__).with_name("triangle.svg").read_text("utf-8"))
