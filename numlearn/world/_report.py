"""A season on one page: HTML that needs nothing else, readable in light and dark."""

import base64
import io
from contextlib import redirect_stdout
from html import escape
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd

from numlearn import plots
from numlearn._files import destination, written_whole
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
    """Draw a figure off screen; its alt text is the caption that it prints."""
    import matplotlib.pyplot as plt

    with redirect_stdout(io.StringIO()):
        figure = np.ravel(draw(data))[0].figure
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=150)
    plt.close(figure)
    image = base64.b64encode(file.getvalue()).decode()
    alt = escape(figure.get_label(), quote=True)
    return (
        f'<figure><img alt="{alt}" src="data:image/png;base64,{image}">'
        f"<figcaption>{alt}</figcaption></figure>"
    )


def _by_kind(season, table):
    kinds = [user.behavior for user in season.crowd]
    return table.T.groupby(kinds, sort=False).sum().T


@plots.style()
def _growth(season):
    import matplotlib.pyplot as plt

    held = _by_kind(season, season.table("position"))
    held = held.loc[:, held.iloc[0] > 0]
    grown = 100 * (held / held.iloc[0] - 1)
    final = 100 * season.behaviors["growth"][grown.columns]
    shown = _standing_out(final)
    later = len(season.weeks) + _open(season) / season.rules.rounds_a_week
    _, ax = plt.subplots()
    for name, color, width in _lines(grown, shown):
        ax.plot(grown.index, grown[name], color=color, lw=width)
        ends = [grown.index[-1], later], [grown[name].iloc[-1], final[name]]
        ax.plot(*ends, ":", color=color, lw=width)
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

    weight = 100 * _by_kind(season, season.table("weight"))
    last = weight.iloc[-1]
    change = last - weight.iloc[0]
    shown = _standing_out(change)
    _, ax = plt.subplots()
    seen = weight.where(weight > 0)
    for name, color, width in _lines(seen, shown):
        ax.plot(seen.index, seen[name], color=color, lw=width)
    ax.set(xlabel="round", ylabel="weight in the metamodel (%)", yscale="log")
    low, high = ax.get_ylim()
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if low < t < high]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
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


def _lines(table, shown):
    """Yield columns with a color and a width: a few stand out, in front of the rest."""
    for name in sorted(table, key=lambda name: name in shown):
        if name in shown:
            yield name, plots.PALETTE[shown.index(name)], 2.5
        else:
            yield name, "0.75", 1.5


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
    known = {name: words for name, words in _WORDS["columns"].items() if name in frame}
    rows = [
        [name, *(_said(row[n], shape) for n, (_, shape) in known.items())]
        for name, row in frame.iterrows()
    ]
    return html_table([frame.index.name, *(word for word, _ in known.values())], rows)


def _said(value, shape):
    if pd.isna(value):
        return "–"
    text = shape.format(value)
    return text.lstrip("-") if text.strip("-0.%") == "" else text  # no minus at zero


def _compared(comparison):
    bands = comparison.bands()
    first, *others = comparison.figures.index.unique("rule")
    tables = []
    for k in range(0, len(others) or 1, _ABREAST):
        rules, rows = [first, *others[k : k + _ABREAST]], []
        for figure, part in bands.groupby(level="figure", sort=False):
            growth = f"growth of {figure.removeprefix('growth ')} (%)", "{:.0f}", 100
            words, shape, unit = _WORDS["figures"].get(figure, growth)
            cells = [_cell(unit * part.loc[figure, rule], shape) for rule in rules]
            rows.append([words, *cells])
        tables.append(html_table(["", *rules], rows))
    seeds = comparison.figures.index.unique("seed")
    note = (
        f"<p>Means over {len(seeds)} worlds. Below each the difference that the rule "
        "makes in the same worlds, and in brackets the 95 % interval of that "
        "difference.</p>"
    )
    return note + "<br>".join(tables)


def _cell(band, shape):
    if band["difference"] == 0 or np.isnan(band["low"]):
        return _said(band["mean"], shape)
    signed = shape.replace(":", ":+")
    low, high = (_said(band[name], signed) for name in ("low", "high"))
    difference = _said(band["difference"], signed)
    return _said(band["mean"], shape), difference, f"({low} … {high})"


def html_table(heads, rows):
    """Return an HTML table of escaped texts; of several in a cell one is large."""
    head = "".join(f'<th scope="col">{escape(str(h or ""))}</th>' for h in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{_escaped(x)}</td>" for x in row) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _escaped(cell):
    if isinstance(cell, tuple):
        return "<small>".join(map(escape, cell)) + "</small>" * (len(cell) - 1)
    return escape(str(cell))
