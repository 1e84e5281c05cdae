import dataclasses

import numpy as np
import pandas as pd
import pytest

import numlearn.learner._check as loop
from numlearn import exercises
from numlearn.answers import Results, is_stub, refusing
from numlearn.errors import NumlearnError
from numlearn.exercises import Exercise, Mistake, Outcome, judge, verdict
from numlearn.exercises.triangle import FLOWS
from numlearn.learner import _progress, check, hint, solution
from numlearn.world import year_totals


@pytest.fixture(autouse=True)
def fresh_home(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMLEARN_HOME", str(tmp_path))
    monkeypatch.setattr(loop, "_hints_shown", {})
    monkeypatch.setattr(_progress, "_unwritten", set())


def double(x):
    return 2 * x


DOUBLE = Exercise(
    name="double",
    points=3,
    hints=("Twice.", "Use `*`."),
    cases=lambda seed: [(seed + 1.0,), (np.arange(3.0),)],
    key=double,
    mistakes=(Mistake(lambda x: x + 2, "You added two instead of doubling."),),
)


def test_right_answer_is_done():
    assert judge(DOUBLE, lambda x: x + x, 0) == (Outcome.DONE, "That is right.")


@pytest.mark.parametrize(
    ("answer", "outcome", "says"),
    [
        (..., Outcome.TODO, "is still `...`"),
        (7, Outcome.WRONG, "should be a function, but it is a number"),
        (lambda x: x + 2, Outcome.WRONG, "You added two instead of doubling."),
        (lambda x: print(end=""), Outcome.WRONG, "is there a `return`"),
        (lambda x: "4", Outcome.WRONG, "Expected a number, got text."),
        (lambda x: 1 / 0, Outcome.WRONG, "ZeroDivisionError: division by zero"),
        (lambda x: double(x), Outcome.WRONG, "Write this one yourself"),
        (double, Outcome.WRONG, "Write this one yourself"),
        (lambda x: np.array([1.0, 2.0]), Outcome.WRONG, "Expected a number, got an"),
        (lambda x: 3 * x, Outcome.WRONG, "Expected 4, got 6."),
    ],
)
def test_outcome_and_its_sentence(answer, outcome, says):
    verdict = judge(DOUBLE, answer, 1)
    assert verdict.outcome is outcome
    assert says in verdict.message


@pytest.mark.parametrize("end", [SystemExit("bye."), KeyboardInterrupt()])
def test_an_answer_that_ends_the_program_does_not_end_the_check(end):
    def leave(x):
        raise end

    message = judge(DOUBLE, leave, 1).message
    assert message in (
        "It raised SystemExit: bye.",
        "It was stopped before it had answered.",
    )


def test_a_long_error_is_cut():
    def complain(x):
        raise ValueError("no " * 500)

    assert len(judge(DOUBLE, complain, 1).message) < 250


def test_a_refusal_names_the_function():
    assert "`double` of the library" in judge(DOUBLE, lambda x: double(x), 1).message


def test_a_mistake_must_explain_most_of_what_an_answer_gives():
    """The first result is that of a known mistake, and the other two are not."""
    cases = [(1.0,), (2.0,), (3.0,)]
    exercise = dataclasses.replace(DOUBLE, cases=lambda seed: cases)
    by_chance = judge(exercise, lambda x: 3 * x, 0)
    assert by_chance.message == "Expected 2, got 3."
    assert "You added two" in judge(exercise, lambda x: x + 2, 0).message


def test_wrong_answer_names_the_hint():
    assert 'Stuck? Ask `hint("flows")`' in check("flows", {}).message


def test_error_in_a_cell_names_its_line():
    namespace = {}
    exec(compile("def double(x):\n    return x[0]\n", "<cell>", "exec"), namespace)
    assert "(line 2 of its cell)" in judge(DOUBLE, namespace["double"], 1).message


def test_answer_cannot_change_the_case():
    def spoil(x):
        if isinstance(x, np.ndarray):
            x += 100
            return 2 * (x - 100)
        return 2 * x

    assert judge(DOUBLE, spoil, 0).outcome is Outcome.DONE


@pytest.mark.parametrize("source", ["...", '"""Words."""\n    ...'])
def test_stub_is_recognised(source):
    namespace = {}
    exec(f"def f(a, b=1):\n    {source}\n", namespace)
    assert is_stub(namespace["f"])


def test_undefined_answer_is_to_do():
    found = verdict(DOUBLE, Results(todo="undefined"))
    assert found == (Outcome.TODO, "Not tried yet: `double` is not defined.")
    assert "Replace it" in check("flows", ...).message


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        ("...", True),
        ('"""Words."""\n    ...', True),
        ("pass", False),
        ("return None", False),
        ("return", False),
        ('"""Words."""', False),
    ],
)
def test_nothing_on_purpose_is_an_answer_where_its_source_is_known(source, is_one):
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell(f"def f(a):\n    {source}\n")
    assert is_stub(shell.user_ns["f"]) is is_one


@pytest.mark.parametrize("source", ["return a", "a + 1", "x = a"])
def test_started_answer_is_no_stub(source):
    namespace = {}
    exec(f"def f(a):\n    {source}\n", namespace)
    assert not is_stub(namespace["f"])


def test_refusing_restores_the_function_after_an_error():
    with pytest.raises(KeyError), refusing((double,)):
        raise KeyError
    assert double(2) == 4


def test_check_prints_points_and_remembers_success():
    result = check("flows", dict(FLOWS))
    assert repr(result) == "1.0"
    assert "1 of 2 exercises" in result._repr_markdown_()
    assert _progress.done() == {"flows"}


def test_check_of_wrong_answer_is_worth_nothing():
    result = check("flows", FLOWS | {"burns": ("staking", "fund")})
    assert float(result) == 0
    assert "The fund does not get what burns" in result._repr_markdown_()
    assert _progress.done() == set()


def test_unknown_exercise_suggests_the_nearest():
    with pytest.raises(NumlearnError, match="Did you mean 'flows'") as error:
        check("flow", {})
    assert "first_year" not in str(error.value)


def test_outside_a_notebook_check_wants_the_answer():
    with pytest.raises(NumlearnError, match=r'check\("flows", flows\)'):
        check("flows")


def test_warnings_of_an_answer_stay_out_of_the_check(capsys):
    import sys
    import warnings

    def noisy(rounds):
        warnings.warn("loud", stacklevel=1)
        print("loud", file=sys.stderr)
        return {}

    check("first_year", noisy)
    assert capsys.readouterr().err == ""


def test_solution_opens_after_the_last_hint():
    assert solution("flows").startswith("Not yet")
    hints = [hint("flows") for _ in exercises.find("flows")[1].hints]
    assert hints[0].startswith("**Hint 1 of 3.**")
    assert "is open now" in hints[-1]
    assert "flows = {" in solution("flows")
    assert "BEGIN SOLUTION" not in solution("flows")


def test_solution_opens_after_success():
    check("flows", dict(FLOWS))
    assert "flows = {" in solution("flows")


def test_unwritable_home_costs_nothing_but_memory(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMLEARN_HOME", str(tmp_path / "file"))
    assert float(check("flows", dict(FLOWS))) == 1


def test_first_year_by_hand():
    rounds = pd.DataFrame(
        {"fund_return": [0.1, 0.1], "paid": [3.0, 4.0], "burned": [1.0, 2.0]}
    )
    totals = year_totals(rounds)
    assert totals == {"fund": pytest.approx(0.21), "paid": 7.0, "burned": 3.0}
