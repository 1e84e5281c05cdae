"""Examples in docstrings: they run as they stand, quickly, and show what they print."""

import doctest
import inspect
import sys
import time

import pytest

import numlearn as nl
from numlearn._files import course_root

sys.path.insert(0, str(course_root() / "tests" / "house"))
import face

LEAST = 150  # examples that run; it only rises
SECONDS = 0.5  # of computing: an example is small, and shared machines are slow
# What one calls only beside others, or makes no sense without an account, a network, a
# blockchain or hours: it is said in words what it does.
ASIDE = {
    "data": "cache_folder download",
    "eras": "Era Order column_names is_file joined like model_columns one_column"
    " one_vector parquet_parts require_frame",
    "fund": "Book",
    "models": "PRESETS",
    "models.submission": "Fault credentials read run_pickle upload upload_all"
    " upload_pickle validate",
    "plots": "COLORS PALETTE Triangle",
    "scoring": "Projection era_meta_portfolio_contribution one_blas_thread"
    " stake_numbers",
    "staking": "Event NMR Paths RULES RatioType Refused Rules Trade compare_online"
    " history open_position",
    "staking.chain": "Chain compiled source",
    "world": "Comparison Season WHAT_IFS WhatIf arena claims classroom interval what_if"
    " write_classroom",
    "world.crowd": "MODELS User",
    "world.tournament": "Live Past Round by_stake stake_pays",
}
PUBLIC = dict(face.public()) | dict(face.callables())
PUBLIC |= {f"learner.{name}": getattr(nl, name) for name in nl.learner.__all__}
TOLD = {
    name: thing
    for name, thing in PUBLIC.items()
    if ">>> " in (inspect.getdoc(thing) or "") and not name.endswith("__init__")
}


def examples(name):
    """Return what doctest finds in the docstring of one public name."""
    text = inspect.getdoc(TOLD[name])
    found = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    skipped = [doctest.SKIP in example.options for example in found.examples]
    return found, any(skipped)


BESIDE = {f"{room}.{name}" for room, all_ in ASIDE.items() for name in all_.split()}
RUNNING = [name for name in TOLD if name not in BESIDE and not examples(name)[1]]


@pytest.fixture(scope="module", autouse=True)
def drawn_off_screen():
    """Bring what the first example would wait for: imports, and a screen."""
    import matplotlib

    matplotlib.use("agg")
    nl.data.load("live")
    nl.models.baseline("example")


@pytest.mark.prints("stdout")
@pytest.mark.parametrize("name", RUNNING)
def test_an_example_runs_as_it_stands_and_is_quick(name):
    took = []
    while len(took) < 3 and min(took, default=SECONDS) >= SECONDS:  # first come imports
        start = time.thread_time()
        failed = doctest.DocTestRunner(verbose=False).run(examples(name)[0]).failed
        took.append(time.thread_time() - start)
        assert failed == 0, f"{name}: see what was printed"
    assert min(took) < SECONDS


@pytest.mark.parametrize("name", RUNNING)
def test_an_example_can_be_copied_as_it_stands(name):
    text = inspect.getdoc(TOLD[name])
    assert "Examples\n--------" in text
    assert ">>> import numlearn as nl" in text or ">>> from numlearn" in text


def test_each_function_that_one_calls_first_has_an_example(tell):
    public = [name for name, _ in face.public()]
    without = [name for name in public if name not in RUNNING and name not in BESIDE]
    tell("examples in docstrings", f"{len(RUNNING)} run, of {len(public)} public names")
    tell("examples in docstrings", f"without, and said so: {len(BESIDE)}")
    assert without == []
    assert sorted(BESIDE - set(public)) == []
    assert len(RUNNING) >= LEAST
