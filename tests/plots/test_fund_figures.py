"""The figures of the fund: what they draw and what they say."""

import re

import matplotlib
import numpy as np
import pandas as pd
import pytest

from numlearn import plots
from numlearn.errors import NumlearnError

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.fixture
def returns():
    rng = np.random.default_rng(7)
    noise = rng.normal([0.002, 0.001], [0.005, 0.02], (30, 2))
    eras = pd.Index([f"{i:04d}" for i in range(575, 605)], name="era")
    return pd.DataFrame(noise, index=eras, columns=["neutral", "long only"])


BETS = pd.DataFrame(
    {"neutral": [0.0, 0.01], "long only": [1.2, -0.1]}, index=["beta", "style_0"]
)
FIGURES = {
    "profit_and_loss": lambda returns: plots.profit_and_loss(returns),
    "one_portfolio": lambda returns: plots.profit_and_loss(returns["neutral"]),
    "exposures": lambda returns: plots.exposures(BETS),
    "one_exposure": lambda returns: plots.exposures(BETS["long only"]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_returns_axes_and_says_one_sentence(name, returns, capsys):
    before = dict(matplotlib.rcParams)
    axes = np.atleast_1d(FIGURES[name](returns))
    figure = axes[0].figure
    said = figure.get_label()

    assert dict(matplotlib.rcParams) == before
    assert capsys.readouterr().out == ""
    assert re.fullmatch(r"[A-Z][^\n]*[^.\n]\.", said)
    assert not re.search(r"[.]\s+[A-Z]", said), "one sentence"
    assert matplotlib.colors.to_hex(figure.get_facecolor()) == "#fdfcf9"
    figure.canvas.draw()
    title = axes[0].get_title(loc="left")
    assert title[0].isupper() or title.startswith(tuple(returns.columns))
    assert axes[-1].get_xlabel()
    assert all(ax.get_ylabel() for ax in axes)
    for number in re.findall(r"about (-?[\d.]*\d)", said):
        assert float(number) == float(f"{float(number):.2g}")


def test_profit_and_loss_compounds_and_falls_from_the_top(returns):
    returns.iloc[0, 0] = -0.1  # a loss in the first era is a drawdown from the start
    returns.iloc[5, 1] = np.nan
    top, below = plots.profit_and_loss(returns)
    growth = ((1 + returns.fillna(0)).cumprod() - 1) * 100
    np.testing.assert_allclose(top.lines[0].get_ydata(), growth["neutral"])
    assert below.lines[0].get_ydata()[0] == pytest.approx(-10)
    assert max(max(line.get_ydata()) for line in below.lines) == 0
    named = [text.get_text() for text in top.get_legend().get_texts()]
    assert named == list(growth.iloc[-1].sort_values(ascending=False).index)
    assert plots.profit_and_loss(returns["neutral"])[0].get_legend() is None


def test_every_exposure_is_a_point_that_is_seen():
    ax = plots.exposures(BETS)
    points = [line for line in ax.lines if len(line.get_xdata()) == len(BETS)][:2]
    assert [list(line.get_xdata()) for line in points] == BETS.T.to_numpy().tolist()
    assert len({line.get_marker() for line in points}) == 2
    assert not set(points[0].get_ydata()) & set(points[1].get_ydata())
    assert [t.get_text() for t in ax.get_yticklabels()] == ["beta", "style_0"]
    assert ax.yaxis_inverted()
    assert ax.figure.get_label().endswith("long only's exposure to beta, about 1.2.")


def test_what_cannot_be_drawn_is_met_with_a_sentence(returns):
    with pytest.raises(NumlearnError, match="no returns by era to draw"):
        plots.profit_and_loss(returns.iloc[:0])
    with pytest.raises(NumlearnError, match="no exposures to draw"):
        plots.exposures(BETS * np.nan)
    with pytest.raises(NumlearnError, match="no returns by era below -1, and one is -"):
        plots.profit_and_loss(returns * 100)
