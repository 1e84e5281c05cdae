"""The Numerai triangle, drawn by hand as SVG.

It joins two drawings of the page "Structure of Numerai" (wigglemuse, 2021): the three
corners, and the links between them, direct ones solid and those through staking dashed.
"""

import base64
from html import escape
from math import hypot
from pathlib import Path
from typing import NamedTuple

from numlearn.errors import NumlearnError
from numlearn.plots._style import COLOURS

WIDTH, HEIGHT = 840, 560
FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
)
INK, MUTED, PAPER, RULE = (COLOURS[k] for k in ("ink", "muted", "paper", "rule"))

ALT = (
    "The Numerai triangle. Top left, the hedge fund (them: Numerai): market-neutral, "
    "trades the metamodel. Top right, user models (us: the crowd): machine learning on "
    "obfuscated data. Bottom, rewards and staking (between us: NMR): skin in the game, "
    "earn or burn. Direct links: data flow from the fund to the users, predictions "
    "flow back and together are the metamodel. Indirect links run through staking: "
    "users put up a stake and earn or burn; the fund scores, and the stake gives each "
    "model its weight. What burns is gone: nobody gets it."
)


class Corner(NamedTuple):
    """One corner: where its card stands, what it says, and its two shades."""

    x: int
    y: int
    width: int
    dark: str
    tint: str
    overline: str
    title: str
    lines: tuple


class Link(NamedTuple):
    """One arrow: its ends, its label with place and anchor, and the pin's centre."""

    start: tuple
    end: tuple
    dashed: bool
    label: str
    at: tuple
    anchor: str
    pin: tuple


CORNERS = {
    "fund": Corner(
        x=28,
        y=36,
        width=254,
        dark="#005A8C",
        tint="#E6F1F8",
        overline="them: Numerai",
        title="HEDGE FUND",
        lines=("market-neutral,", "trades the metamodel"),
    ),
    "users": Corner(
        x=558,
        y=36,
        width=254,
        dark="#8A5700",
        tint="#FFF3D6",
        overline="us: the crowd",
        title="USER MODELS",
        lines=("machine learning", "on obfuscated data"),
    ),
    "staking": Corner(
        x=266,
        y=404,
        width=308,
        dark="#00664A",
        tint="#E0F3EC",
        overline="between us: the token NMR",
        title="REWARDS / STAKING",
        lines=("skin in the game:", "earn or burn"),
    ),
}

LINKS = {
    "data": Link(
        start=(294, 84),
        end=(546, 84),
        dashed=False,
        label="data",
        at=(420, 73),
        anchor="middle",
        pin=(420, 40),
    ),
    "predictions": Link(
        start=(546, 112),
        end=(294, 112),
        dashed=False,
        label="predictions",
        at=(420, 136),
        anchor="middle",
        pin=(420, 184),
    ),
    "scores": Link(
        start=(141, 174),
        end=(309, 396),
        dashed=True,
        label="scores",
        at=(205, 292),
        anchor="end",
        pin=(140, 318),
    ),
    "weight": Link(
        start=(324, 386),
        end=(156, 164),
        dashed=True,
        label="weight",
        at=(262, 278),
        anchor="start",
        pin=(338, 304),
    ),
    "stake": Link(
        start=(699, 174),
        end=(531, 396),
        dashed=True,
        label="stake",
        at=(635, 292),
        anchor="start",
        pin=(700, 318),
    ),
    "earn": Link(
        start=(516, 386),
        end=(684, 164),
        dashed=True,
        label="earn / burn",
        at=(578, 278),
        anchor="end",
        pin=(502, 304),
    ),
}


class Triangle:
    """The drawn triangle; a notebook shows it, `save` writes it.

    Attributes
    ----------
    svg : str
        A whole SVG document without references to anything outside itself.
    alt : str
        What it shows, in words.
    """

    def __init__(self, svg, alt):
        self.svg = svg
        self.alt = alt

    def __repr__(self):
        return self.alt

    def _repr_svg_(self):
        return self.svg

    def _repr_html_(self):
        # An <img> survives where inline SVG is stripped: JupyterLab before a notebook
        # is trusted, and pages that show notebooks.
        code = base64.b64encode(self.svg.encode()).decode()
        return (
            f'<img alt="{escape(self.alt)}" style="width:100%;max-width:{WIDTH}px" '
            f'src="data:image/svg+xml;base64,{code}">'
        )

    def save(self, path):
        """Write the drawing as an SVG file.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path
        """
        path = Path(path)
        path.write_text(self.svg, encoding="utf-8", newline="\n")
        return path


def triangle(here=None):
    """Draw the Numerai triangle: hedge fund, user models, rewards and staking.

    Parameters
    ----------
    here : str, optional
        Pin "you are here" to a corner (``fund``, ``users``, ``staking``) or to a link
        (``data``, ``predictions``, ``scores``, ``weight``, ``stake``, ``earn``).

    Returns
    -------
    Triangle

    Raises
    ------
    NumlearnError
        If there is no such corner or link.
    """
    places = [*CORNERS, *LINKS]
    if here is not None and here not in places:
        raise NumlearnError(
            f"The triangle has no place named {here!r}: choose one of "
            f"{', '.join(places)}."
        )
    alt = f"{ALT} You are here: {here}." if here else ALT
    parts = [_card(), *(_corner(name, name == here) for name in CORNERS)]
    parts += [_link(name, name == here) for name in LINKS]
    parts += [_notes(), _pin(here) if here else ""]
    return Triangle(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" font-family="{FONT}">\n'
        f"<title>The Numerai triangle</title>\n<desc>{escape(alt)}</desc>\n"
        + "\n".join(part for part in parts if part)
        + "\n</svg>\n",
        alt,
    )


def _card():
    """Draw the light card that everything stands on, and the faint triangle."""
    return (
        f'<rect x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="20" '
        f'fill="{PAPER}" stroke="{RULE}" stroke-width="2"/>\n'
        '<path d="M94 98 H746 L420 527 Z" fill="#F1EEE4"/>'
    )


def _corner(name, here):
    """Draw a corner: a card with an overline, a title, two lines and a sign."""
    x, y, width, dark, tint, overline, title, lines = CORNERS[name]
    fill, stroke = (tint, 5) if here else ("#FFFFFF", 2.5)
    parts = [
        f'<rect x="{x}" y="{y}" width="{width}" height="124" rx="14" fill="{fill}" '
        f'stroke="{COLOURS[name]}" stroke-width="{stroke}"/>',
        _text(x + 18, y + 28, overline, 14, dark),
        _text(x + 18, y + 54, title, 19, INK, weight=700),
        _text(x + 18, y + 80, lines[0], 15.5, INK),
        _text(x + 18, y + 101, lines[1], 15.5, INK),
        f'<g transform="translate({x + width - 56} {y + 14})">{_sign(name, dark)}</g>',
    ]
    return "\n".join(parts)


def _sign(name, colour):
    """Draw a sign of 40 × 40: long and short positions, a net of many, a coin."""
    if name == "fund":
        bars = [(0, 2, 17), (11, 9, 10), (22, 21, 10), (33, 21, 17)]
        shape = "".join(
            f'<rect x="{x}" y="{y}" width="7" height="{height}"/>'
            for x, y, height in bars
        )
    elif name == "users":
        dots = [(6, 9), (6, 31), (20, 20), (34, 9), (34, 31)]
        shape = '<path d="M6 9 34 31 M6 31 34 9" stroke-width="2"/>' + "".join(
            f'<circle cx="{x}" cy="{y}" r="5"/>' for x, y in dots
        )
    else:
        shape = (
            '<circle cx="20" cy="20" r="17" fill="none" stroke-width="3.5"/>'
            '<path d="M14 27 V13 L26 27 V13" fill="none" stroke-width="3.5"/>'
        )
    return f'<g fill="{colour}" stroke="{colour}" stroke-width="0">{shape}</g>'


def _link(name, here):
    """Draw an arrow with its label."""
    link = LINKS[name]
    colour, weight = (INK, 700) if here or not link.dashed else (MUTED, 500)
    arrow = _arrow(link.start, link.end, link.dashed, colour, 5 if here else 2.6)
    label = _text(*link.at, link.label, 16.5, colour, link.anchor, weight)
    return f"{arrow}\n{label}"


def _arrow(start, end, dashed, colour, width):
    """Draw a line with a head of its own (SVG markers would need ids)."""
    (x0, y0), (x1, y1) = start, end
    length = hypot(x1 - x0, y1 - y0)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    size = 9 + width
    bx, by = x1 - size * ux, y1 - size * uy
    wing_x, wing_y = -uy * size * 0.5, ux * size * 0.5
    dash = ' stroke-dasharray="2 7" stroke-linecap="round"' if dashed else ""
    return (
        f'<path d="M{x0} {y0} L{bx:.1f} {by:.1f}" stroke="{colour}" '
        f'stroke-width="{width}" fill="none"{dash}/>'
        f'<path d="M{x1} {y1} L{bx + wing_x:.1f} {by + wing_y:.1f} '
        f'L{bx - wing_x:.1f} {by - wing_y:.1f} Z" fill="{colour}"/>'
    )


def _notes():
    """Say what the links mean, and what holds between the corners."""
    return "\n".join(
        [
            _text(420, 156, "together: the metamodel", 14.5, MUTED, "middle"),
            _text(420, 226, "each corner needs", 15.5, MUTED, "middle", style="italic"),
            _text(420, 246, "the other two", 15.5, MUTED, "middle", style="italic"),
            _arrow((30, 470), (70, 470), False, INK, 2.6),
            _text(80, 475, "direct link", 14.5, MUTED),
            _arrow((30, 498), (70, 498), True, MUTED, 2.6),
            _text(80, 503, "through staking", 14.5, MUTED),
            _text(812, 479, "What burns is gone:", 14.5, MUTED, "end"),
            _text(812, 499, "nobody gets it.", 14.5, MUTED, "end"),
        ]
    )


def _pin(here):
    """Say "you are here" on a dark pill beside a corner or a link."""
    if here in CORNERS:
        corner = CORNERS[here]
        cx, cy = corner.x + corner.width // 2, corner.y - 4
    else:
        cx, cy = LINKS[here].pin
    return (
        f'<rect x="{cx - 62}" y="{cy - 13}" width="124" height="26" rx="13" '
        f'fill="{INK}"/>\n'
        + _text(cx, cy + 5, "you are here", 14.5, "#FFFFFF", "middle", 600)
    )


def _text(x, y, words, size, colour, anchor="start", weight=400, style="normal"):
    """Write one line of text."""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" '
        f'font-style="{style}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )
