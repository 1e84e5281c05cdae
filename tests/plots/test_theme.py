"""The house style: its colors, its theme, and how a notebook shows a figure."""

import doctest
import inspect
import itertools
import pickle
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from numlearn import plots
from numlearn.plots import _figures, _style

matplotlib.use("Agg")
ROOT = Path(__file__).parents[2]
DRAWING = [
    name
    for name in plots.__all__
    if inspect.isfunction(getattr(plots, name))
    and name not in ("style", "caption", "explore")  # its own tests run its example
]


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


# What color-blind eyes see: Machado, Oliveira and Fernandes (2009), severity 1, in
# linear RGB.
SEEN_BY = {
    "everybody": np.eye(3),
    "protanopes": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopes": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopes": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(color):
    rgb = np.array(matplotlib.colors.to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2.2: the ratio of the luminances."""
    dark, light = sorted(linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    """CIE L*a*b* of linear sRGB, under D65."""
    to_xyz = [
        [0.4124, 0.3576, 0.1805],
        [0.2126, 0.7152, 0.0722],
        [0.0193, 0.1192, 0.9505],
    ]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


MARKS = {*plots.PALETTE, *(plots.COLORS[c] for c in ("fund", "users", "staking"))}
MARKS |= {plots.COLORS["gain"], plots.COLORS["loss"]}


@pytest.mark.parametrize("color", sorted(MARKS))
@pytest.mark.parametrize("ground", ["#FFFFFF", plots.COLORS["paper"], "#111111"])
def test_marks_stand_out_from_paper_and_from_a_dark_page(color, ground):
    assert contrast(color, ground) >= 3


@pytest.mark.parametrize("word", ["ink", "muted"])
def test_words_can_be_read_on_paper(word):
    assert contrast(plots.COLORS[word], plots.COLORS["paper"]) >= 4.5


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_colors_stay_apart_for_all_eyes(eyes):
    seen = [lab(np.array(SEEN_BY[eyes]) @ linear(color)) for color in plots.PALETTE]
    for one, other in itertools.combinations(range(len(seen)), 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= 20, (one, other)


def test_style_is_a_theme_of_seaborn():
    import seaborn as sns

    with plots.style():
        ticks = sns.axes_style("ticks")
        ours = {key: matplotlib.rcParams[key] for key in ticks}
        ax = sns.histplot([1, 2, 2, 3])
    assert ours["axes.axisbelow"] == ticks["axes.axisbelow"]
    assert ours["axes.facecolor"] == plots.COLORS["paper"]
    assert matplotlib.colors.to_hex(ax.get_facecolor()) == "#fdfcf9"


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


def test_a_figure_with_a_caption_can_be_pickled():
    ax = plots.score_memory([0.9, 0.4])
    assert pickle.loads(pickle.dumps(ax.figure)).get_label() == ax.figure.get_label()


CELLS = [
    "import numlearn as nl\nnl.plots.triangle()",
    "ax = nl.plots.score_memory([0.9, 0.4])\ntitle = ax.set_title('Changed')",
    "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(2, 2)\n"
    "nl.plots.caption(axes, 'Of style_0, \"quoted\" & <b>.')\nplt.show()\n"
    "print('after')",
    "ax.figure",
]


@pytest.fixture(scope="module")
def notebook():
    """A notebook with figures that has been run."""
    pytest.importorskip("nbclient")
    import nbformat
    from nbclient import NotebookClient

    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    return notebook


@pytest.mark.prints("stderr")  # the kernel's warning
def test_a_notebook_shows_each_picture_once_with_its_caption_below(notebook):
    first, figure, shown, again = (cell.outputs for cell in notebook.cells)
    assert first[0].data.keys() >= {"text/html", "image/svg+xml", "text/plain"}
    sentence = "Bar chart of the autocorrelation at lags 1 to 2: about 0.9 at the first"
    for picture, caption in (figure, again):
        assert set(picture.data) == {"image/png", "text/html", "text/plain"}
        assert picture.metadata["image/png"].alt.startswith(sentence)
        assert f'<img alt="{sentence}' in picture.data["text/html"]
        assert picture.data["image/png"].strip() in picture.data["text/html"]
        assert caption.data["text/markdown"].startswith(sentence)
        assert "\n" not in caption.data["text/markdown"]
    picture, caption, printed = shown
    escaped = "Of style_0, &quot;quoted&quot; &amp; &lt;b&gt;."
    assert f'<img alt="{escaped}"' in picture.data["text/html"]
    assert caption.data["text/markdown"] == 'Of style\\_0, "quoted" & \\<b>.'
    assert printed.text == "after\n"


@pytest.mark.prints("stderr")  # the kernel's warning
def test_a_page_made_of_a_notebook_has_alt_texts_and_captions(notebook):
    nbconvert = pytest.importorskip("nbconvert")
    page, _ = nbconvert.HTMLExporter(template_name="lab").from_notebook_node(notebook)
    alts = re.findall(r"""<img[^>]*alt=(?:"([^"]*)"|'([^']*)')""", page)
    assert len(alts) == page.count("<img") == len(CELLS)
    assert all(len(one or other) > 20 for one, other in alts)
    assert "<p>Bar chart of the autocorrelation at lags 1 to 2:" in page
    assert "Of style_0," in page


@pytest.mark.prints("stderr")  # the kernel's warning
def test_notebooks_are_compared_by_sentences_and_not_by_pictures(notebook, tmp_path):
    pytest.importorskip("nbval")
    import nbformat

    copy = nbformat.from_dict(notebook)
    picture, caption = copy.cells[1].outputs[0].data, copy.cells[2].outputs[1].data
    kept = dict(picture), dict(caption)
    code = picture["image/png"].strip()
    picture["text/html"] = picture["text/html"].replace(code, "iVBORw0KGgo=")
    picture["image/png"] = "iVBORw0KGgo="
    caption["text/markdown"] += " And more."
    nbformat.write(copy, tmp_path / "figures.ipynb")
    picture.update(kept[0])
    caption.update(kept[1])
    options = ["-q", "-p", "conftest", "--nbval", "--nbval-current-env"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert "1 failed, 3 passed" in run.stdout
    assert "And more." in run.stdout


@pytest.mark.parametrize(
    "master", sorted(ROOT.glob("solutions/*.py")), ids=lambda p: p.stem
)
def test_lessons_leave_distributions_and_strips_to_seaborn(master):
    drawn = re.findall(
        r"\bax\w*(?:\[\d\])?\.(?:hist|hist2d|imshow|pcolor\w*|boxplot|violinplot)\(",
        master.read_text(encoding="utf-8"),
    )
    assert not drawn, "seaborn has histplot, heatmap, boxplot, violinplot"


def test_importing_the_figures_loads_no_drawing_library():
    code = (
        "import numlearn.plots as p, sys; p.triangle(); p.COLORS; "
        "sys.exit(bool({'matplotlib', 'seaborn', 'IPython'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", [*DRAWING, "style", "caption"])
def test_every_figure_has_a_docstring_with_an_example_that_runs(name):
    function = inspect.unwrap(getattr(plots, name))
    text = inspect.getdoc(function)
    options = inspect.signature(function).parameters
    if options:
        assert "Parameters\n---" in text
        assert all(re.search(rf"^{option}\b", text, re.M) for option in options)
    if name in DRAWING:
        assert "Returns\n---" in text
        kinds = [option.kind for option in options.values() if option.default is None]
        assert set(kinds) <= {inspect.Parameter.KEYWORD_ONLY}
    module = _figures if function.__module__.endswith("_figures") else _style
    tests = doctest.DocTestFinder(recurse=False).find(
        function, name, module=module, globs={}
    )
    examples = sum(len(test.examples) for test in tests)
    assert examples >= 2
    failed = [doctest.DocTestRunner(verbose=False).run(test).failed for test in tests]
    assert not any(failed)


def test_a_chart_on_a_page_has_the_page_s_inks_and_says_what_it_shows():
    chart = plots.pages.chart(lambda ax: ax.plot([1, 2], color="red"), 'A "line" <up>')
    assert all(f"var(--{name})" in chart for name in ("ink", "muted"))
    inks = [plots.COLORS[name].lower() for name in ("ink", "muted", "rule")]
    assert not any(ink in chart.lower() for ink in inks)
    assert chart.count("A &quot;line&quot; &lt;up&gt;") == 2
