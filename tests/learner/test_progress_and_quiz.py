import pytest

from numlearn.errors import NumlearnError
from numlearn.exercises import quiz_of
from numlearn.learner import _progress, progress, quiz


@pytest.fixture(autouse=True)
def fresh_home(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMLEARN_HOME", str(tmp_path))
    monkeypatch.setattr(_progress, "_unwritten", set())


def test_progress_grows_with_what_is_remembered():
    assert "0 of 2 exercises" in progress("triangle")
    _progress.remember("flows")
    _progress.remember("flows")
    assert "1 of 2 exercises" in progress("triangle")
    assert "▰▰▰▰▰▱▱▱▱▱" in progress("triangle")
    assert "| 1 of 2 | 1 of 3 |" in progress()


def test_quiz_explains_right_and_wrong():
    right = [question.answer for question in quiz_of("triangle")]
    assert quiz("triangle", *right).count("✓") == 3
    whys = list(quiz_of("triangle")[0].options.values())
    letter = "abc"[[why.startswith("No. A fund that") for why in whys].index(True)]
    wrong = quiz("triangle", letter, ..., "a")
    assert wrong.startswith(f"✗ **1{letter}.** No. A fund that gained")
    assert "○ **2.** Not answered yet" in wrong


def test_quiz_takes_a_letter_as_people_write_it():
    right = [question.answer for question in quiz_of("triangle")]
    for form in ("{} ", " {})", "({})", "{}."):
        typed = [form.format(letter).upper() for letter in right]
        assert quiz("triangle", *typed).count("✓") == 3


@pytest.mark.parametrize("answers", [("a",), ("a", "b", "z"), ("a", "b", 3)])
def test_quiz_says_what_it_cannot_read(answers):
    with pytest.raises(NumlearnError):
        quiz("triangle", *answers)


def test_quiz_of_unknown_lesson():
    with pytest.raises(NumlearnError, match="There is no lesson 'nowhere'"):
        quiz("nowhere")
