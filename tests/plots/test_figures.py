"""The figures: what they draw, what they say, and what they leave alone."""

import re

import matplotlib
import numpy as np
import pandas as pd
import pytest

from numlearn import plots, scoring
from numlearn.errors import NumlearnError
from numlearn.plots._style import about

matplotlib.use("Agg")
ERAS = pd.Index([f"{i:04d}" for i in range(575, 605)], name="era")


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def said(axes):
    """The sentence that a figure has for those who do not see it."""
    return np.atleast_1d(axes)[0].figure.get_label()


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
    "since": lambda scores, rounds: plots.score_bars(scores[["trees"]], since="0590"),
    "score_memory": lambda scores, rounds: plots.score_memory([0.9, 0.4, 0], horizon=3),
    "year": lambda scores, rounds: plots.year(rounds),
    "bins": lambda scores, rounds: plots.bins(SHARES),
}


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_returns_axes_and_says_one_sentence(name, scores, rounds, capsys):
    before = dict(matplotlib.rcParams)
    axes = np.atleast_1d(FIGURES[name](scores, rounds))

    assert capsys.readouterr().out == ""
    assert dict(matplotlib.rcParams) == before
    assert all(isinstance(ax, matplotlib.axes.Axes) for ax in axes)
    figure = axes[0].figure
    assert re.fullmatch(r"[A-Z][^\n]*[^.\n]\.", said(axes))
    assert not re.search(r"[.]\s+[A-Z]", said(axes)), "one sentence"
    assert matplotlib.colors.to_hex(figure.get_facecolor()) == "#fdfcf9"
    figure.canvas.draw()
    assert any(ax.get_title(loc="left") for ax in axes)
    assert axes[-1].get_xlabel()
    assert all(ax.get_ylabel() for ax in axes)


@pytest.mark.parametrize("name", FIGURES)
def test_measured_numbers_are_said_with_two_digits(name, scores, rounds):
    sentence = said(FIGURES[name](scores, rounds))
    for number in re.findall(r"about (-?[\d.]*\d)", sentence):
        assert float(number) == float(f"{float(number):.2g}")


def test_no_text_of_a_figure_is_faint(scores, rounds):
    from matplotlib.text import Text

    for draw in FIGURES.values():
        figure = np.atleast_1d(draw(scores, rounds))[0].figure
        for text in figure.findobj(Text):
            assert matplotlib.colors.to_hex(text.get_color()) == "#1f2a37"


def test_score_lines_draw_cumulated_scores_and_drawdown(scores):
    scores.iloc[0, 0] = -0.5  # where the sum starts, and no drawdown yet
    scores.iloc[5, 1] = np.nan
    top, below = axes = plots.score_lines(scores)
    total = scores.fillna(0).cumsum()
    np.testing.assert_allclose(top.lines[1].get_ydata(), total["ridge"])
    assert below.lines[0].get_ydata()[0] == 0
    falls = [-line.get_ydata().min() for line in below.lines[: scores.shape[1]]]
    np.testing.assert_allclose(falls, scoring.max_drawdown(scores))
    assert max(max(line.get_ydata()) for line in below.lines) == 0
    named = [text.get_text() for text in top.get_legend().get_texts()]
    assert named == list(total.iloc[-1].sort_values(ascending=False).index)
    assert f"{named[0]} ends highest, at about" in said(axes)


def test_colors_are_ours_even_when_drawn_after_the_style_has_ended(scores):
    top, _ = plots.score_lines(scores)
    drawn = [matplotlib.colors.to_hex(line.get_color()) for line in top.lines[:3]]
    assert drawn == [color.lower() for color in plots.PALETTE[:3]]


def test_score_bars_color_gains_and_losses(scores):
    ax = plots.score_bars(scores["trees"], title="My takeaway")
    for bar, score in zip(ax.patches, scores["trees"], strict=True):
        wanted = plots.COLORS["gain" if score > 0 else "loss"]
        assert matplotlib.colors.to_hex(bar.get_facecolor()) == wanted.lower()
        assert bar.get_height() == score
    assert ax.get_title(loc="left") == "My takeaway"
    assert [t.get_text() for t in ax.get_xticklabels()][:2] == ["0575", "0579"]


def test_score_bars_have_a_mean_for_what_was_learned_and_one_for_what_was_not(scores):
    ax = plots.score_bars(scores["trees"], since="0590")
    before, after = (lines.get_segments()[0] for lines in ax.collections)
    assert before[:, 1] == pytest.approx(scores["trees"].iloc[:15].mean())
    assert after[:, 1] == pytest.approx(scores["trees"].iloc[15:].mean())
    assert before[1, 0] == after[0, 0] == 14.5
    assert said(ax).endswith(f"{about(after[0, 1])} since 0590.")


def test_autocorrelation_draws_what_overlap_alone_would_give():
    acf = pd.Series([1.0, 0.7, 0.4, 0.1, 0.0], index=range(5))
    ax = plots.score_memory(acf, horizon=3)
    assert [bar.get_height() for bar in ax.patches] == [0.7, 0.4, 0.1, 0.0]
    np.testing.assert_allclose(ax.lines[-1].get_ydata(), [2 / 3, 1 / 3, 0, 0])
    assert plots.score_memory([0.7, 0.4]).get_legend() is None


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
    assert [b.get_height() for b in ax.containers[0]] == [5, 20, 50, 20, 5]
    two = plots.bins(SHARES)
    assert [b.get_height() for b in two.containers[1]] == pytest.approx([20] * 5)
    named = [text.get_text() for text in two.get_legend().get_texts()]
    assert named == ["target", "feature_a"]
    assert [t.get_text() for t in two.get_xticklabels()][1] == "0.25"
    assert ax.get_title(loc="left") == "Bin 0.5 holds 50 % of target"


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
        plots.score_memory(pd.Series([1.0]))
    with pytest.raises(NumlearnError, match="no era 9 among 0575 to 0604"):
        plots.score_bars(scores["trees"], since=9)
    with pytest.raises(NumlearnError, match="burned below 0, and one is -1"):
        plots.year(rounds.assign(burned=-1.0))


DRAWN = {
    "score_lines": plots.score_lines,
    "score_bars": plots.score_bars,
    "score_memory": plots.score_memory,
    "bins": plots.bins,
    "profit_and_loss": plots.profit_and_loss,
    "exposures": plots.exposures,
    "year": lambda values: plots.year(
        None if values is None else pd.DataFrame(dict.fromkeys(YEAR, values))
    ),
}
YEAR = ["round", "fund_return", "metamodel_corr", "paid", "burned"]


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (pd.Series([], dtype=float), "There are no .* to draw"),
        (pd.Series([np.nan, np.nan], [1, 2]), "There are no .* to draw"),
        (pd.Series(["a", "b"], [1, 2]), "numbers, and .* holds others"),
        (pd.Series([0.1, np.inf], [1, 2]), "infinite"),
        (None, "There are no .* to draw|Nothing to draw|A year needs|holds others"),
    ],
    ids=["empty", "all NaN", "text", "infinite", "nothing"],
)
def test_what_is_not_a_number_is_met_with_a_sentence(name, values, sentence):
    with pytest.raises(NumlearnError, match=sentence):
        DRAWN[name](values)


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("kind", ["float64", "float32", "Float64", "double[pyarrow]"])
def test_a_single_row_is_a_figure_too_and_of_any_kind_of_number(name, kind):
    axes = DRAWN[name](pd.Series([1.0], index=[1], dtype=kind))
    figure = np.atleast_1d(axes)[0].figure
    figure.canvas.draw()
    assert "nan" not in said(axes)
    assert any(
        ax.patches or ax.collections or any(x.get_marker() == "o" for x in ax.lines)
        for ax in figure.axes
    ), "something is seen"


def test_what_is_drawn_is_not_changed(scores, rounds):
    kept = scores.copy(), rounds.copy(), SHARES.copy()
    for draw in FIGURES.values():
        draw(scores, rounds)
    for now, before in zip((scores, rounds, SHARES), kept, strict=True):
        pd.testing.assert_frame_equal(now, before)


def test_a_model_may_have_any_name(scores):
    old = tuple(map(int, matplotlib.__version__.split(".")[:2])) < (3, 10)
    first = "shown" if old else "_shown"  # which older ones leave out of a legend
    top, _ = plots.score_lines(scores.set_axis([first, 7, ("a", "b")], axis=1))
    named = {text.get_text() for text in top.get_legend().get_texts()}
    assert named == {first, "7", "('a', 'b')"}
    with pytest.raises(NumlearnError, match="trees is there twice"):
        plots.score_lines(scores.set_axis(["trees", "trees", "coin"], axis=1))


@pytest.mark.parametrize(
    ("number", "said"),
    [(0.0314, "0.031"), (123.4, "120"), (-0.0, "0"), (2, "2"), (-0.019, "-0.019")],
)
def test_about_says_two_digits(number, said):
    assert about(number) == said
