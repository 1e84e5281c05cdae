"""A season on one page: HTML that needs nothing else, readable in light and dark."""

import base64
import io
from contextlib import redirect_stdout
from html import escape
from pathlib import Path

import numpy as np

from numlearn import plots

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
:root {{ color-scheme: light dark; --paper: #fdfcf9; --ink: #1f2a37; --muted: #5b6470;
  --rule: #d8d5cc; --card: #fff; }}
@media (prefers-color-scheme: dark) {{ :root {{ --paper: #14181d; --ink: #e6e4de;
  --muted: #a3abb5; --rule: #39414b; --card: #1c2229; }} }}
body {{ background: var(--paper); color: var(--ink); margin: 0 auto; max-width: 60rem;
  padding: 2rem 1.2rem; font: 16px/1.5 system-ui, sans-serif; }}
h1 {{ margin: 0; }} h2 {{ margin: 2.4rem 0 .6rem; font-size: 1.2rem; }}
p, figcaption, footer {{ color: var(--muted); }} figcaption {{ font-size: .85rem; }}
.tiles {{ display: grid; gap: .8rem; margin: 1.4rem 0;
  grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); }}
.tile {{ background: var(--card); border: 1px solid var(--rule); padding: .8rem 1rem;
  border-radius: .5rem; border-top: .25rem solid var(--corner); }}
.tile b {{ display: block; font-size: 1.5rem; }} .tile span {{ color: var(--muted);
  font-size: .85rem; }}
figure {{ margin: 0; }} img {{ width: 100%; height: auto; border-radius: .5rem;
  border: 1px solid var(--rule); }}
.wide {{ overflow-x: auto; }} table {{ border-collapse: collapse; width: 100%;
  font-variant-numeric: tabular-nums; font-size: .9rem; }}
th, td {{ padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--rule);
  white-space: nowrap; }} th:first-child, td:first-child {{ text-align: left; }}
</style></head><body>
<h1>{title}</h1><p>{subtitle}</p>
<div class="tiles">{tiles}</div>
{sections}
<footer><p>A synthetic world: the stocks, the users and the returns are simulated, the
rules of staking are Numerai's of the date given. Nothing here is financial advice, and
nothing is affiliated with Numerai.</p></footer></body></html>
"""


def write_report(season, path, comparison=None):
    """Write a season, and what it would have been under other rules, as one page.

    Parameters
    ----------
    season : Season
    path : path-like
        Of the HTML file.
    comparison : Comparison, optional

    Returns
    -------
    pathlib.Path
    """
    parts = [
        _section("The year, corner by corner", _figure(plots.year, season.rounds)),
        _section("Who grew", _figure(_growth, season)),
        _section("Whom the fund came to trust", _figure(_weights, season)),
        _section("By behaviour", _table(season.by_behaviour())),
    ]
    if comparison is not None:
        parts.append(_section("Under other rules", _compared(comparison)))
    users = f"<details><summary>All users</summary>{_table(season.users)}</details>"
    facts = {
        "title": f"A season under the rules of {season.rules.name}",
        "subtitle": f"World {season.arena.seed}, {len(season.weeks)} weekly rounds, "
        f"{len(season.crowd)} users. Source of the rules: {season.rules.source}.",
    }
    page = _PAGE.format(
        **{name: escape(text) for name, text in facts.items()},
        tiles=_tiles(season),
        sections="\n".join([*parts, users]),
    )
    path = Path(path)
    path.write_text(page, encoding="utf-8")
    return path


def _tiles(season):
    s = season.summary()
    tiles = [
        ("fund", f"{100 * s['fund_return']:+.1f} %", "fund, net of costs"),
        ("fund", f"{s['fund_sharpe']:.1f}", "its Sharpe ratio, a year"),
        ("users", f"{s['metamodel_corr']:.4f}", "metamodel, mean CORR"),
        ("users", f"{s['median_corr']:.4f}", "median user, mean CORR"),
        ("staking", f"{s['paid']:,.0f}", "NMR paid"),
        ("loss", f"{s['burned']:,.0f}", "NMR burned, gone for good"),
    ]
    return "".join(
        f'<div class="tile" style="--corner: {plots.COLORS[corner]}">'
        f"<b>{escape(figure)}</b><span>{escape(what)}</span></div>"
        for corner, figure, what in tiles
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


def _by_kind(season, name):
    kinds = [user.behaviour for user in season.crowd]
    return season.table(name).T.groupby(kinds, sort=False).sum().T


@plots.style()
def _growth(season):
    import matplotlib.pyplot as plt

    held = _by_kind(season, "position")
    held = held.loc[:, held.iloc[0] > 0]
    grown = held / held.iloc[0]
    _, ax = plt.subplots()
    _lines(ax, grown)
    ax.set(xlabel="round", ylabel="NMR, the start is 1")
    best, worst = grown.iloc[-1].idxmax(), grown.iloc[-1].idxmin()
    ax.set_title(f"{best} grew most, {worst} least")
    text = ", ".join(f"{kind} {end:.2f}" for kind, end in grown.iloc[-1].items())
    plots.caption(ax, f"Lines of the NMR of each kind of user; they end at {text}.")
    return ax


@plots.style()
def _weights(season):
    import matplotlib.pyplot as plt

    weight = 100 * _by_kind(season, "weight")
    _, ax = plt.subplots()
    _lines(ax, weight.where(weight > 0))
    ax.set(xlabel="round", ylabel="weight in the metamodel (%)", yscale="log")
    ax.yaxis.set_major_formatter("{x:g}")
    change = weight.iloc[-1] - weight.iloc[0]
    ax.set_title(f"{change.idxmax()} gained weight, {change.idxmin()} lost it")
    text = ", ".join(f"{kind} {end:.0f} %" for kind, end in weight.iloc[-1].items())
    plots.caption(ax, f"Lines of the weight of each kind of user; they end at {text}.")
    return ax


def _lines(ax, table):
    """Draw a line a column; more than there are colours also differ in their dashes."""
    for k, name in enumerate(table):
        dash = ["-", "--", ":"][k // len(plots.PALETTE) % 3]
        colour = plots.PALETTE[k % len(plots.PALETTE)]
        ax.plot(table.index, table[name], dash, color=colour, label=name)
    ax.legend(ncols=5, loc="upper center", bbox_to_anchor=(0.5, -0.18), fontsize=9)


_DIGITS = {"corr": "{:.4f}", "mmc": "{:.4f}", "growth": "{:+.0%}"}


def _table(frame):
    shapes = _DIGITS | {n: "{:.1%}" for n in frame if n.startswith("weight")}
    rows = [
        [name, *(_said(value, shapes.get(n)) for n, value in row.items())]
        for name, row in frame.iterrows()
    ]
    return html_table([frame.index.name or "", *frame.columns], rows)


def _said(value, shape=None):
    if isinstance(value, str):
        return value
    if np.isnan(value):
        return "–"
    return (shape or "{:,.0f}").format(value)


def _compared(comparison):
    bands = comparison.bands()
    rules = comparison.figures.index.unique("rule")
    rows = [
        [figure, *(_cell(part.loc[figure, rule]) for rule in rules)]
        for figure, part in bands.groupby(level="figure", sort=False)
    ]
    seeds = comparison.figures.index.unique("seed")
    note = (
        f"<p>Means over {len(seeds)} seeds. In brackets the difference that the rule "
        "makes in the same world: an interval of 95 %.</p>"
    )
    return note + html_table(["", *rules], rows)


def _cell(band):
    if band["difference"] == 0 or np.isnan(band["low"]):
        return short(band["mean"])
    return f"{short(band['mean'])} ({short(band['low'])} … {short(band['high'])})"


def short(number):
    """Say a number with three digits, or as a whole one with commas from 1,000 on."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def html_table(heads, rows):
    """Return an HTML table of texts, all escaped."""
    head = "".join(f'<th scope="col">{escape(str(h))}</th>' for h in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(x))}</td>" for x in row) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
