import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from numlearn.__main__ import app
from numlearn.errors import NumlearnError
from numlearn.staking import RULES
from numlearn.world import crowd
from numlearn.world._compare import Comparison, interval, what_if
from numlearn.world._report import write_report
from numlearn.world._what_if import (
    WHAT_IFS,
    Minimum,
    WhatIf,
    never_burns,
    pays_the_first,
)
from numlearn.world.tournament import Round, run

SMALL = {"rows": 300, "train": 40}
USERS = [
    crowd.Honest("line", 3000.0, ("line",)),
    crowd.Random("random", 1000.0),
    crowd.Opposing("opposing", 1000.0, "line"),
]


pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture(scope="module")
def comparison(cache):
    changes = ["no burn", "no stake", "equal weights"]
    return what_if(changes, [1, 2], rounds=8, users=USERS, **SMALL)


def a_round(corr, stake):
    corr, stake = np.array(corr), np.array(stake, float)
    return Round(1, corr, 0 * corr, stake, stake.sum(), RULES["2026-01"])


def test_one_rule_at_a_time(comparison):
    figures = comparison.figures.groupby(level="rule").mean()
    assert figures.loc["no burn", "burned"] == 0 < figures.loc["as it is", "burned"]
    assert (figures.loc["no stake", ["paid", "burned"]] == 0).all()
    assert figures.loc["no stake", "bad_weight"] == pytest.approx(2 / 3)
    alike = comparison.figures.xs(1, level="seed")
    assert alike.loc["no stake", "metamodel_corr"] == pytest.approx(
        alike.loc["equal weights", "metamodel_corr"]
    )


def test_bands_are_paired_over_seeds(comparison):
    bands = comparison.bands()
    column = comparison.figures["paid"]
    gaps = column.xs("no burn", level="rule") - column.xs("as it is", level="rule")
    line = bands.loc["paid", "no burn"]
    assert line["difference"] == pytest.approx(gaps.mean())
    assert line["low"] < line["difference"] < line["high"]
    assert (bands.xs("as it is", level="rule")["difference"] == 0).all()
    assert "4 rules over 2 seeds" in repr(comparison)


def test_sides_are_means_in_units_to_read(comparison):
    sides = comparison.sides("no burn", "as it is")
    assert list(sides.index) == ["no burn", "as it is"]
    figures = comparison.figures.loc["no burn"].mean()
    assert sides.loc["no burn", "honest (%)"] == pytest.approx(
        100 * figures["growth honest"]
    )
    assert list(comparison.sides().index) == list(comparison.figures.index.unique(0))
    assert "weak (%)" not in sides and sides.notna().all(axis=None)
    with pytest.raises(NumlearnError, match="no rule 'no gravity'"):
        comparison.sides("no gravity")


def test_a_stored_table_of_worlds_is_a_comparison_again(comparison):
    rules = comparison.figures.index.unique("rule")
    table = pd.concat({rule: comparison.figures.loc[rule] for rule in rules}, axis=1)
    again = Comparison.of_worlds(table)
    pd.testing.assert_frame_equal(again.bands(), comparison.bands())
    assert repr(again) == repr(comparison)
    kept = pd.DataFrame([comparison.sides().stack()], [1])
    shown = Comparison.of_worlds(kept).sides()  # what is in units stays as it is
    pd.testing.assert_frame_equal(
        shown, comparison.sides(), check_names=False, check_like=True
    )
    with pytest.raises(NumlearnError, match="columns by rule and figure"):
        Comparison.of_worlds(comparison.figures)


def test_interval_is_student_s():
    mean, low, high = interval([1.0, 2.0, 3.0])
    assert mean == 2 and high - 2 == pytest.approx(4.302653 / 3**0.5) == 2 - low
    assert np.isnan(interval([1.0])[1])


def test_payment_rules_by_hand():
    round_ = a_round([0.02, -0.02, 0.01, np.nan], [100, 100, 0, 0])
    np.testing.assert_allclose(never_burns(round_), [1.5, 0, 0, 0])
    prizes = pays_the_first(a_round(np.arange(20) / 1000, [0.0] * 10 + [10.0] * 10))
    assert (prizes[:10] == 0).all() and np.ptp(prizes[10:]) == 0 and prizes[15] > 0
    farm = pays_the_first(a_round([0.03] * 10 + [0.01], [0.0] * 10 + [100.0]))
    assert (farm[:10] > 0).all() and farm[10] == 0  # ten free accounts take it all
    minimum = Minimum(50)
    np.testing.assert_allclose(minimum.pay(round_), [1.5, -1.5, 0, 0])
    np.testing.assert_array_equal(minimum.weigh(np.array([49.0, 50.0]), None), [0, 50])


def test_every_what_if_runs_and_one_can_bring_its_own():
    for name, change in WHAT_IFS.items():
        users = [replace(user, stake=40 * user.stake) for user in USERS]
        made = run(1, "2026-01", 2, users, change=change, **SMALL)
        assert made.rules == replace(RULES["2026-01"], **change.rules)
        assert made.table("weight").notna().all(axis=None), name
    own = {"half": WhatIf({"multipliers": (0.375, 1.125)})}
    halved = what_if(own, [1], rounds=2, users=lambda seed: USERS, **SMALL).figures
    assert halved.loc[("half", 1), "paid"] < halved.loc[("as it is", 1), "paid"]
    with pytest.raises(NumlearnError, match="no what-if 'no gravity'"):
        what_if("no gravity")


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.links += [v for k, v in attributes if k in ("src", "href")]


def test_the_report_is_whole_escaped_and_told_to_everyone(tmp_path, comparison, capsys):
    nasty = "<script>alert(1)</script>&\"'"
    users = [*USERS, crowd.Random(nasty, 10.0)]
    season = run(1, "2026-01", 6, users, **SMALL)
    path = write_report(season, tmp_path / "season.html", comparison)
    assert capsys.readouterr().out == ""
    text = path.read_text(encoding="utf-8")
    assert nasty not in text and html.escape(nasty) in text
    page = _Page()
    page.feed(text)
    names = [tag for tag, _ in page.tags]
    assert "script" not in names and names.count("img") == 3
    assert all(link.startswith("data:image/png;base64,") for link in page.links)
    assert all(len(a["alt"]) > 40 for tag, a in page.tags if tag == "img")
    assert "prefers-color-scheme: dark" in text and "equal weights" in text
    assert not re.search(r"https?://", text)


def cells(text, head):
    """Return the rows of the table below a heading, as text."""
    table = text.split(f"<h2>{head}</h2>")[1].split("</table>")[0]
    rows = re.findall("<tr.*?>(.*?)</tr>", table, re.DOTALL)
    return [re.findall("<t[hd].*?>(.*?)</t[hd]>", row) for row in rows]


def test_the_report_says_what_the_tables_say(tmp_path, comparison):
    season = run(1, "2026-01", 6, USERS, **SMALL)
    text = season.report(tmp_path / "season.html", comparison).read_text("utf-8")
    heads, *rows = cells(text, "By behavior")
    assert "NMR at the start" in heads and not [h for h in heads if "_" in h]
    growth = season.behaviors["growth"]
    for row in rows:
        assert row[heads.index("growth")] == f"{growth[row[0]]:+.0%}"
        said = f"{row[0]} {100 * growth[row[0]]:+.0f} %"
        assert said in text  # in the figure's caption: pending rounds are counted
    assert "25 rounds were still open" in text
    for row in cells(text, "Under other rules")[1:]:
        for cell in row[2:]:
            if "<small>" not in cell:
                continue
            numbers = re.findall(r"[-+]?\d[\d.,]*", cell.split("<small>", 1)[1])
            middle, low, high = (float(n.replace(",", "")) for n in numbers)
            assert low <= middle <= high


def test_a_report_without_stakes(tmp_path):
    season = run(1, "2026-01", 2, crowd.farm(3), change="no stake", **SMALL)
    text = season.report(tmp_path / "season.html").read_text("utf-8")
    assert "Who grew" not in text and "Whom the fund came to trust" in text


def test_tables_in_a_terminal_are_narrow(comparison):
    season = run(1, "2026-01", 3, crowd.mixed(30, 1), **SMALL)
    for told in (season, comparison):
        lines = str(told).splitlines()
        assert lines[0] == repr(told) and max(map(len, lines[1:])) <= 88


def test_command_line_prints_the_season_twice_the_same(tmp_path):
    page, save = tmp_path / "season.html", tmp_path / "season.npz"
    call = ["world", "run", "--rounds", "3", "--users", "2", "--rows", "300"]
    first = CliRunner().invoke(app, [*call, "--save", str(save), "--report", str(page)])
    again = CliRunner().invoke(app, call)
    assert first.exit_code == again.exit_code == 0, first.output
    assert "3 rounds of 2 users" in again.stdout and page.exists() and save.exists()
    assert first.stdout.startswith(again.stdout)
