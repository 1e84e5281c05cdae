"""The contract of every exercise, of every lesson."""

import pytest

from numlearn import exercises
from numlearn.author.proof import told
from numlearn.exercises import judge
from numlearn.grading import wire

ALL = [pytest.param(exercises.find(name)[1], id=name) for name in exercises._by_name()]
SEEDS = range(5)


@pytest.mark.parametrize("exercise", ALL)
def test_key_is_done(exercise):
    """The key itself is refused, so its result is tried in its place."""
    for seed in SEEDS:
        for case in exercise.inputs(seed):
            assert exercise.fault(exercise.key(*case), case) is None


@pytest.mark.parametrize("exercise", ALL)
def test_known_wrong_answers_get_their_own_sentence(exercise):
    assert exercise.mistakes
    for mistake in exercise.mistakes:
        for seed in SEEDS:
            assert told(exercise, mistake, seed) == mistake.says


@pytest.mark.parametrize("exercise", ALL)
def test_library_is_no_answer(exercise):
    answer = exercise.key() if exercise.is_value else exercise.refuses[0]
    if exercise.is_value:
        pytest.skip("a value cannot be imported as a function")
    assert "Write this one yourself" in judge(exercise, answer, 0).message


@pytest.mark.parametrize("exercise", ALL)
def test_cases_are_plain_data_for_a_notebook_that_is_graded(exercise):
    for case in exercise.inputs(0):
        assert len(wire.loads(wire.dumps(case))) == len(case)


@pytest.mark.parametrize("exercise", ALL)
def test_hints_and_points(exercise):
    assert len(exercise.hints) >= 2
    assert exercise.points >= 1


@pytest.mark.parametrize("exercise", ALL)
def test_seeds_give_different_cases(exercise):
    if exercise.is_value:
        pytest.skip("a value has no cases")
    first, second = (exercise.key(*exercise.inputs(seed)[-1]) for seed in (0, 1))
    assert exercises.difference(first, second) is not None


@pytest.mark.parametrize("slug", exercises.slugs())
def test_quiz_asks_and_explains_every_option(slug):
    questions = exercises.quiz_of(slug)
    assert len(questions) == 3
    for question in questions:
        assert question.text.endswith(("?", "…"))
        assert question.answer in "abcdef"[: len(question.options)]
        assert all(len(why) > 20 for why in question.options.values())


def test_each_lesson_has_at_most_four_exercises():
    for slug in exercises.slugs():
        assert 1 <= len(exercises.of_lesson(slug)) <= 4
