"""A season on one page: HTML that needs nothing else, readable in light and dark."""

import base64
import io
from html import escape
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd

from numlearn import plots
from numlearn._files import destination, written_whole
from numlearn._html import scoped
from numlearn.world._features import TABLES

_WORDS = TABLES["report"]
_ABREAST = 4  # changed rules beside each other: more are cut on a laptop
_PAGE = Path(__file__).with_name("season.html")  # with $places to fill


def write_report(season, path, comparison=None):
    """Write the page; parameters as in `Season.report`."""
    path = destination(path)
    weeks, rules = len(season.weeks), season.rules
    pending = (
        f"Amounts are those once all is resolved: after the last week {_open(season)} "
        "rounds were still open, and what they came to is counted."
    )
    parts = [
        _section("The year, corner by corner", _figure(plots.year, season.rounds)),
        _section("Who grew", _figure(_growth, season)) if season.staked else "",
        _section("Whom the fund came to trust", _figure(_weights, season)),
        _section("By behavior", f"<p>{pending}</p>{_table(season.behaviors)}"),
    ]
    if comparison is not None:
        parts.append(_section("Under other rules", _compared(comparison)))
    users = f"<details><summary>All users</summary>{_table(season.users)}</details>"
    facts = {
        "title": f"A season under the rules of {rules.name}",
        "subtitle": f"World {season.arena.seed}, {weeks} weekly rounds, "
        f"{len(season.crowd)} users. Source of the rules: {rules.source}.",
    }
    page = Template(_PAGE.read_text(encoding="utf-8")).substitute(
        {name: escape(text) for name, text in facts.items()},
        tiles=_tiles(season),
        sections="\n".join([*parts, users]),
    )
    with written_whole(path) as part:
        part.write_text(page, encoding="utf-8")
    return path


def _open(season):
    """Count the rounds that are not resolved when the last week ends."""
    rules = season.rules
    return min(rules.lag, len(season.weeks) * rules.rounds_a_week)


def _tiles(season):
    summary = season.summary()
    return "".join(
        f'<div class="tile" style="--corner: {plots.COLORS[corner]}">'
        f"<b>{shape.format(unit * summary[name])}</b><span>{escape(what)}</span></div>"
        for name, (what, shape, unit, corner) in _WORDS["tiles"].items()
    )


def _section(title, content):
    return f"<h2>{escape(title)}</h2>{content}"


def _figure(draw, data):
    """Draw a figure off screen; its alt text stands below it."""
    import matplotlib.pyplot as plt

    figure, file = np.ravel(draw(data))[0].figure, io.BytesIO()
    figure.savefig(file, format="png", dpi=150)
    plt.close(figure)
    image = base64.b64encode(file.getvalue()).decode()
    alt = escape(figure.get_label(), quote=True)
    return (
        f'<figure><img alt="{alt}" src="data:image/png;base64,{image}">'
        f"<figcaption>{alt}</figcaption></figure>"
    )


def _by_kind(season, name):
    kinds = [user.behavior for user in season.crowd]
    return season.table(name).T.groupby(kinds, sort=False).sum().T


@plots.style()
def _growth(season):
    import matplotlib.pyplot as plt

    held = _by_kind(season, "position")
    held = held.loc[:, held.iloc[0] > 0]
    grown = 100 * (held / held.iloc[0] - 1)
    final = 100 * season.behaviors["growth"][grown.columns]
    shown = _standing_out(final)
    later = len(season.weeks) + _open(season) / season.rules.rounds_a_week
    _, ax = plt.subplots()
    _draw_lines(ax, grown, shown)
    pending = pd.DataFrame([grown.iloc[-1], final], [grown.index[-1], later])
    _draw_lines(ax, pending, shown, ":")
    _label_ends(ax, final[shown], final, "{:+.0f} %")
    ax.set(xlabel="round (dotted: until all is resolved)", ylabel="growth of NMR (%)")
    ax.set_title(f"{final.idxmax()} grew most, {final.idxmin()} least".capitalize())
    text = ", ".join(f"{kind} {end:+.0f} %" for kind, end in final.items())
    plots.caption(
        ax,
        "Lines of how the NMR of each kind of user grew. Once all rounds are resolved: "
        f"{text}.",
    )
    return ax


@plots.style()
def _weights(season):
    import matplotlib.pyplot as plt
    from matplotlib.ticker import LogLocator

    weight = 100 * _by_kind(season, "weight")
    last = weight.iloc[-1]
    change = last - weight.iloc[0]
    shown = _standing_out(change)
    _, ax = plt.subplots()
    seen = weight.where(weight > 0)
    _draw_lines(ax, seen, shown)
    ax.set(xlabel="round", ylabel="weight in the metamodel (%)", yscale="log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    _label_ends(ax, seen.ffill().iloc[-1][shown], last, "{:.0f} %")
    gained = f"{change.idxmax()} gained most weight, {change.idxmin()} lost most"
    ax.set_title(gained.capitalize())
    text = ", ".join(f"{kind} {end:.0f} %" for kind, end in last.items())
    plots.caption(ax, f"Lines of the weight of each kind of user; they end at {text}.")
    return ax


def _standing_out(change):
    """Name the kinds to look at: the honest, what rose most, what fell most."""
    names = dict.fromkeys(["honest", change.idxmax(), change.idxmin()])
    return [name for name in names if name in change]


def _draw_lines(ax, table, shown, dashes="-"):
    """Draw a line a column: a few in colors, in front of the rest."""
    for name in sorted(table, key=lambda name: name in shown):
        color, width = "0.75", 1.5
        if name in shown:
            color, width = plots.PALETTE[shown.index(name)], 2.5
        ax.plot(table[name], dashes, color=color, lw=width)


def _label_ends(ax, ends, values, shape):
    """Write names and values beside the lines' ends, apart from each other."""
    ax.get_ylim()  # settles the axis before places are asked for
    place = ax.transData.transform([(0, end) for end in ends])
    place = ax.transAxes.inverted().transform(place)[:, 1]
    lowest = -np.inf
    for k in np.argsort(place, kind="stable"):
        lowest = max(place[k], lowest + 0.08)
        at = {"xy": (1.01, lowest), "xycoords": "axes fraction", "va": "center"}
        text = f"{ends.index[k]} {shape.format(values[ends.index[k]])}"
        ax.annotate(text, color=plots.PALETTE[k], annotation_clip=False, **at)


def _table(frame):
    """Return a table of a season with the page's words for its columns."""
    words = {name: told for name, told in _WORDS["columns"].items() if name in frame}
    said = {
        head: [_said(value, shape) for value in frame[name]]
        for name, (head, shape) in words.items()
    }
    return _html(pd.DataFrame(said, frame.index))


def _said(value, shape):
    if pd.isna(value):
        return "–"
    text = escape(shape.format(value))
    return text.lstrip("-") if text.strip("-0.%") == "" else text  # no minus at zero


def _compared(comparison):
    bands, cells = comparison.bands(), {}
    for (figure, rule), band in bands.iterrows():
        growth = f"growth of {figure.removeprefix('growth ')} (%)", "{:.0f}", 100
        words, shape, unit = _WORDS["figures"].get(figure, growth)
        cells.setdefault(rule, {})[words] = _cell(unit * band, shape)
    first, *others = cells
    groups = range(0, len(others) or 1, _ABREAST)
    rules = [[first, *others[k : k + _ABREAST]] for k in groups]
    seeds = comparison.figures.index.unique("seed")
    note = (
        f"<p>Means over {len(seeds)} worlds. Below each the difference that the rule "
        "makes in the same worlds, and in brackets the 95 % interval of that "
        "difference.</p>"
    )
    return note + "<br>".join(_html(pd.DataFrame(cells)[part]) for part in rules)


def _cell(band, shape):
    if band["difference"] == 0 or np.isnan(band["low"]):
        return _said(band["mean"], shape)
    signed = shape.replace(":", ":+")
    low, high = (_said(band[name], signed) for name in ("low", "high"))
    difference = _said(band["difference"], signed)
    mean = _said(band["mean"], shape)
    return f"{mean}<small>{difference}<small>({low} … {high})</small></small>"


def _html(table):
    """Return a table of texts, of which only the cells are HTML already."""
    table = table.rename(index=_text, columns=_text)
    table = table.rename_axis(index=None, columns=table.index.name)
    return f'<div class="wide">{scoped(table.to_html(border=0, escape=False))}</div>'


def _text(name):
    return escape(str(name))
