"""Each student is asked on inputs of his own, and on the same ones every time."""

import json
from collections import defaultdict

import pytest
from test_grade import LESSONS, RIGHT

from numlearn import exercises
from numlearn.grading import wire
from numlearn.grading.trusted.containment import Containment, Ended
from numlearn.grading.trusted.grade import grade
from numlearn.grading.trusted.verdicts import seed_of

NAMES = [exercises.find(name) for name in exercises._by_name()]
ALL = [pytest.param(slug, e, id=e.name) for slug, e in NAMES if not e.is_value]


@pytest.fixture
def asked(monkeypatch):
    """Run nothing; note what each notebook is asked."""
    found = defaultdict(list)

    def run(self, notebook, questions="[]", slot=0):
        found[notebook].append(questions)
        return Ended("code 0", 0.0, "", b"{}\n")

    monkeypatch.setattr(Containment, "run", run)
    return found


def hand_in(folder, **students):
    """Let each student hand in a notebook that can be told from the others."""
    for who, said in students.items():
        (folder / "in" / who).mkdir(parents=True)
        made = [{"cell_type": "code", "source": source} for source in [*RIGHT, said]]
        path = folder / "in" / who / "01_depth.ipynb"
        path.write_text(json.dumps({"cells": made}))
    (folder / "seed").write_text("a secret")
    given = folder / "in", folder / "seed"
    return given, {"out": folder / "grades.csv", "lessons": LESSONS}


def by_word(asked):
    """Return what was asked, by the last word of the notebook's last cell."""
    sources = {x: json.loads(x)["cells"] for x in asked if len(x) > 50}
    return {cells[-1]["source"]: asked[x] for x, cells in sources.items()}


def test_two_students_get_different_inputs_and_one_the_same(tmp_path, asked):
    given, options = hand_in(tmp_path, ann="'a'", ben="'b'")
    for _ in range(2):
        grade(*given, **options)
    grade(*given, **options, only="ben")
    found = by_word(asked)
    assert {word: len(several) for word, several in found.items()} == {
        "'a'": 2,
        "'b'": 3,
    }
    assert [len(set(several)) for several in found.values()] == [1, 1]
    (ann, _), (ben, *_) = found.values()
    cases = [json.loads(one)[0]["cases"] for one in (ann, ben)]
    assert cases[0] != cases[1]


def test_attempts_and_spellings_of_one_student_get_the_same(tmp_path, asked):
    given, options = hand_in(tmp_path, **{"Ann Lee": "'a'", "ann_lee": "'b'"})
    grade(*given, **options)
    [[first], [second]] = by_word(asked).values()
    assert first == second


def test_another_secret_gives_other_inputs(tmp_path, asked):
    given, options = hand_in(tmp_path, ann="'a'")
    grade(*given, **options)
    (tmp_path / "seed").write_text("another secret")
    grade(*given, **options)
    [(first, second)] = by_word(asked).values()
    assert first != second


def test_seed_has_128_bits_and_is_of_one_use():
    uses = [("ann", "a", "b"), ("ann", "ab"), ("ann", "a"), ("ben", "a", "b")]
    seeds = {seed_of(b"secret", *use) for use in uses}
    assert len(seeds) == len(uses)
    assert 100 < max(seeds).bit_length() <= 128


@pytest.mark.parametrize(("slug", "exercise"), ALL)
def test_inputs_do_not_hold_their_seed(slug, exercise):
    seed = seed_of(b"secret", "ann", slug, exercise.name, "inputs")
    for case in exercise.inputs(seed):
        sent = wire.dumps(case)
        hidden = [x for part in case for x in getattr(part, "attrs", {}).values()]
        for number in (seed, *(x for x in hidden if type(x) is int and x > 2**16)):
            assert str(number) not in sent
            assert f"{number:x}" not in sent


def test_names_of_a_markets_features_do_not_come_of_its_seed():
    _, exercise = exercises.find("my_model")
    first, second = (exercise.inputs(seed)[0][0].columns for seed in (1, 2))
    assert list(first) == list(second)
