"""The figures: what they draw, what they say, and what they leave alone."""

import re

import matplotlib
import numpy as np
import pandas as pd
import pytest

from numlearn import plots
from numlearn.errors import NumlearnError
from numlearn.plots._style import about

pytestmark = pytest.mark.prints("stdout")  # captions

matplotlib.use("Agg")
ERAS = pd.Index([f"{i:04d}" for i in range(575, 605)], name="era")


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    matplotlib.pyplot.close("all")


@pytest.fixture
def scores():
    rng = np.random.default_rng(7)
    noise = rng.normal([0.02, 0.01, 0.0], 0.03, (len(ERAS), 3))
    return pd.DataFrame(noise, index=ERAS, columns=["trees", "ridge", "coin"])


@pytest.fixture
def rounds():
    rng = np.random.default_rng(8)
    corr = rng.normal(0.01, 0.02, 52)
    return pd.DataFrame(
        {
            "round": range(1, 53),
            "fund_return": rng.normal(0.002, 0.01, 52),
            "metamodel_corr": corr,
            "paid": np.clip(corr, 0, None) * 1000,
            "burned": np.clip(-corr, 0, None) * 1000,
        }
    )


SHARES = pd.DataFrame(
    {"target": [0.05, 0.2, 0.5, 0.2, 0.05], "feature_a": [0.2] * 5},
    index=[0.0, 0.25, 0.5, 0.75, 1.0],
)
FIGURES = {
    "score_lines": lambda scores, rounds: plots.score_lines(scores),
    "score_bars": lambda scores, rounds: plots.score_bars(scores["trees"]),
    "histogram": lambda scores, rounds: plots.histogram(scores[["trees"]]),
    "autocorrelation": lambda scores, rounds: plots.autocorrelation([0.9, 0.4, 0], 3),
    "year": lambda scores, rounds: plots.year(rounds),
    "bins": lambda scores, rounds: plots.bins(SHARES),
}


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_returns_axes_and_prints_one_sentence(name, scores, rounds, capsys):
    before = dict(matplotlib.rcParams)
    axes = np.atleast_1d(FIGURES[name](scores, rounds))
    printed = capsys.readouterr().out

    assert dict(matplotlib.rcParams) == before
    assert all(isinstance(ax, matplotlib.axes.Axes) for ax in axes)
    assert re.fullmatch(r"[A-Z][^\n]*[^.\n]\.\n", printed)
    assert not re.search(r"[.]\s+[A-Z]", printed), "one sentence"
    figure = axes[0].figure
    assert figure.get_label() == printed.strip()
    assert matplotlib.colors.to_hex(figure.get_facecolor()) == "#fdfcf9"
    figure.canvas.draw()
    assert any(ax.get_title(loc="left") for ax in axes)
    assert axes[-1].get_xlabel()
    assert all(ax.get_ylabel() for ax in axes)


@pytest.mark.parametrize("name", FIGURES)
def test_measured_numbers_are_said_with_two_digits(name, scores, rounds, capsys):
    FIGURES[name](scores, rounds)
    for number in re.findall(r"about (-?[\d.]*\d)", capsys.readouterr().out):
        assert float(number) == float(f"{float(number):.2g}")


def test_no_text_of_a_figure_is_faint(scores, rounds):
    from matplotlib.text import Text

    for draw in FIGURES.values():
        figure = np.atleast_1d(draw(scores, rounds))[0].figure
        for text in figure.findobj(Text):
            assert matplotlib.colors.to_hex(text.get_color()) == "#1f2a37"


def test_score_lines_draw_cumulated_scores_and_drawdown(scores, capsys):
    scores.iloc[0, 0] = -0.5  # a loss in the first era is a drawdown from the start
    scores.iloc[5, 1] = np.nan
    top, below = plots.score_lines(scores)
    total = scores.fillna(0).cumsum()
    np.testing.assert_allclose(top.lines[1].get_ydata(), total["ridge"])
    assert below.lines[0].get_ydata()[0] == -0.5
    assert max(max(line.get_ydata()) for line in below.lines) == 0
    named = [text.get_text() for text in top.get_legend().get_texts()]
    assert named == list(total.iloc[-1].sort_values(ascending=False).index)
    assert f"{named[0]} ends highest, at about" in capsys.readouterr().out


def test_colours_are_ours_even_when_drawn_after_the_style_has_ended(scores):
    top, _ = plots.score_lines(scores)
    drawn = [matplotlib.colors.to_hex(line.get_color()) for line in top.lines[:3]]
    assert drawn == [colour.lower() for colour in plots.PALETTE[:3]]


def test_score_bars_colour_gains_and_losses(scores):
    ax = plots.score_bars(scores["trees"], title="My takeaway")
    for bar, score in zip(ax.patches, scores["trees"], strict=True):
        wanted = plots.COLOURS["gain" if score > 0 else "loss"]
        assert matplotlib.colors.to_hex(bar.get_facecolor()) == wanted.lower()
        assert bar.get_height() == score
    assert ax.get_title(loc="left") == "My takeaway"
    assert [t.get_text() for t in ax.get_xticklabels()][:2] == ["0575", "0579"]


def test_histogram_counts_every_era(scores, capsys):
    scores.iloc[3, 0] = np.nan
    ax = plots.histogram(scores["trees"])
    bars = ax.containers[0]
    assert sum(bar.get_height() for bar in bars) == len(scores) - 1
    std = scores["trees"].std(ddof=0)
    assert f"standard deviation about {about(std)}." in capsys.readouterr().out


def test_autocorrelation_draws_what_overlap_alone_would_give():
    acf = pd.Series([1.0, 0.7, 0.4, 0.1, 0.0], index=range(5))
    ax = plots.autocorrelation(acf, horizon=3)
    assert [bar.get_height() for bar in ax.patches] == [0.7, 0.4, 0.1, 0.0]
    np.testing.assert_allclose(ax.lines[-1].get_ydata(), [2 / 3, 1 / 3, 0, 0])
    assert plots.autocorrelation([0.7, 0.4]).get_legend() is None


def test_year_compounds_the_fund_and_mirrors_burns(rounds):
    fund, crowd, staking = plots.year(rounds, title="A question?")
    growth = (np.prod(1 + rounds["fund_return"]) - 1) * 100
    assert fund.lines[0].get_ydata()[-1] == pytest.approx(growth)
    assert [b.get_height() for b in crowd.patches] == list(rounds["metamodel_corr"])
    paid, burned = staking.containers
    assert [b.get_height() for b in paid] == list(rounds["paid"])
    assert [b.get_height() for b in burned] == list(-rounds["burned"])
    assert fund.figure.get_suptitle() == "A question?"


def test_bins_show_shares_in_order():
    ax = plots.bins(SHARES["target"].iloc[::-1])
    assert [b.get_height() for b in ax.patches] == [5, 20, 50, 20, 5]
    assert ax.get_title(loc="left") == "Bin 0.5 holds 50 % of target"


def test_style_holds_inside_its_block_only():
    before = matplotlib.rcParams["axes.titlelocation"]
    with plots.style():
        assert matplotlib.rcParams["axes.titlelocation"] == "left"
        _, ax = matplotlib.pyplot.subplots()
        ax.set_title("x" * 5)
    assert matplotlib.rcParams["axes.titlelocation"] == before
    assert ax.get_title(loc="left") == "xxxxx"


def test_style_is_undone_after_an_error():
    before = dict(matplotlib.rcParams)
    with pytest.raises(ZeroDivisionError), plots.style():
        1 / 0  # noqa: B018
    assert dict(matplotlib.rcParams) == before


def test_a_notebook_shows_the_triangle_and_every_figure():
    pytest.importorskip("nbclient")
    import nbformat
    from nbclient import NotebookClient

    cells = [
        "import numlearn as nl\nnl.plots.triangle()",
        "ax = nl.plots.autocorrelation([0.9, 0.4])",
        "ax = nl.plots.autocorrelation([0.5, 0.1])",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    kinds = [
        {kind for output in cell.outputs for kind in output.get("data", [])}
        for cell in notebook.cells
    ]
    assert kinds[0] >= {"text/html", "image/svg+xml", "text/plain"}
    assert "image/png" in kinds[1]
    assert "image/png" in kinds[2]


def test_what_cannot_be_drawn_is_met_with_a_sentence(scores, rounds):
    with pytest.raises(NumlearnError, match="no scores to draw"):
        plots.score_lines(scores.iloc[:0])
    with pytest.raises(NumlearnError, match=r'got 3: choose one.*scores\["trees"\]'):
        plots.score_bars(scores)
    with pytest.raises(NumlearnError, match="lacks burned"):
        plots.year(rounds.drop(columns="burned"))
    with pytest.raises(NumlearnError, match="sum to 1"):
        plots.bins(pd.Series([3, 4], name="target"))
    with pytest.raises(NumlearnError, match="No lag above 0"):
        plots.autocorrelation(pd.Series([1.0]))


@pytest.mark.parametrize(
    ("number", "said"),
    [(0.0314, "0.031"), (123.4, "120"), (-0.0, "0"), (2, "2"), (-0.019, "-0.019")],
)
def test_about_says_two_digits(number, said):
    assert about(number) == said
