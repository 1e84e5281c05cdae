"""A season's page in a real browser: nothing is cut, few colors, all of it in words."""

import os
import re
import shutil
from itertools import product

import matplotlib.colors
import numpy as np
import pandas as pd
import pytest

import numlearn as nl
from numlearn.world import _report

SEASON = {"seed": 1, "rounds": 30, "users": 30, "rows": 200}


@pytest.fixture(scope="module")
def season():
    return nl.world.run(**SEASON)


@pytest.fixture(scope="module")
def comparison(season):
    """All rules that can be changed, over made-up figures as large as they get."""
    kinds = [f"growth {kind}" for kind in season.behaviors.index]
    rng = np.random.default_rng(0)
    worlds = product(nl.world.WHAT_IFS, range(5))
    index = pd.MultiIndex.from_tuples(worlds, names=["rule", "seed"])
    names = ["metamodel_corr", "fund_return", "paid", "burned", "bad_weight", *kinds]
    sizes = [0.02, 0.1, 900_000, 900_000, 0.2] + [2.0] * len(kinds)
    figures = rng.normal(size=(len(index), len(names))) * sizes
    return nl.world.Comparison(pd.DataFrame(figures, index, names))


@pytest.fixture(scope="module")
def page(season, comparison, tmp_path_factory):
    path = tmp_path_factory.mktemp("season") / "season.html"
    return season.report(path, comparison)


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None and os.environ.get("NUMLEARN_BROWSER") != "required":
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_nothing_is_cut(page, browser, width, scheme):
    seen = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    seen.goto(page.as_uri())
    assert seen.evaluate("document.documentElement.scrollWidth") <= width
    seen.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    cut = "x => x.scrollWidth > x.clientWidth"
    wide = seen.evaluate(
        f"[...document.querySelectorAll('.wide')].filter({cut}).length"
    )
    if width == 1200:
        assert wide == 0
    else:  # on a phone a table may be moved sideways, by itself
        style = "getComputedStyle(document.querySelector('.wide')).overflowX"
        assert seen.evaluate(style) == "auto"
    seen.close()


def test_each_rule_stands_in_a_table_beside_what_is(page):
    text = page.read_text(encoding="utf-8").split("<h2>Under other rules</h2>")[1]
    heads = [
        re.findall(r"<th scope=\"col\".*?>(.*?)</th>", table)
        for table in text.split("</table>")
        if "as it is" in table
    ]
    assert all(head[0] == "as it is" for head in heads)
    changed = [rule for head in heads for rule in head[1:]]
    assert changed == list(nl.world.WHAT_IFS)[1:]


def test_labels_are_words(page, season):
    text = page.read_text(encoding="utf-8")
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
    users = r"(?:[a-z]+_)?\w+_\d+[+-]?"  # accounts have names of their own
    found = re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", re.sub(users, "", shown))
    assert set(found) <= set(season.behaviors.index)  # kinds of users have one name


@pytest.mark.parametrize("draw", [_report._growth, _report._weights])
def test_at_most_six_colors_and_each_is_labeled_where_it_ends(season, draw, capsys):
    ax = draw(season)
    capsys.readouterr()
    colors = {matplotlib.colors.to_hex(line.get_color()) for line in ax.lines}
    labeled = {matplotlib.colors.to_hex(text.get_color()) for text in ax.texts}
    assert len(colors) <= 6
    assert len(colors - labeled) <= 1  # one gray for the rest
    assert ax.get_legend() is None


def test_the_lines_end_where_the_table_says(season, capsys):
    """Rounds that are open after the last week are drawn, dotted, and explained."""
    ax = _report._growth(season)
    capsys.readouterr()
    dotted = [line for line in ax.lines if line.get_linestyle() == ":"]
    ends = sorted(round(float(line.get_ydata()[-1]), 6) for line in dotted)
    growth = 100 * season.behaviors["growth"].replace(np.inf, np.nan).dropna()
    assert ends == sorted(growth.round(6))
    assert "until all is resolved" in ax.get_xlabel()
