"""Answers that are alike are listed, but not what everybody writes or what is short."""

import json

import pytest

from numlearn.exercises import Exercise
from numlearn.grading.trusted import copies
from numlearn.grading.trusted.submissions import Submission

OWN = '''
def payoff(prices, strike):
    """Return what an option pays."""
    best = 0.0
    for price in prices[::-1]:
        gain = max(price - strike, 0.0)
        if gain > best and price != strike:
            best = gain * 0.99 + best / 7
    return round(best, 3)
'''
DRESSED = """
def payoff(p, k):
    # my own idea
    m = 0.0

    for x in p[::-1]:
        y = max(x - k, 0.0)  # what it gains
        if y > m and x != k: m = y * 0.99 + m / 7
    return round(m, 3)
"""
CHANGED = OWN.replace("round(best, 3)", "best")
OTHER = """
def payoff(prices, strike):
    pays = [price - strike for price in prices if price > strike]
    order = sorted(pays, reverse=True)[:5]
    return sum(order) / len(order) if order else None
"""
SHORT = "def payoff(prices, strike):\n    return max(max(prices) - strike, 0)"
SKELETON = 'def payoff(prices, strike):\n    """Return what an option pays."""\n    ...'
LESSONS = {"depth": (Exercise("payoff", 1, ("a", "b"), None, lambda: 1),)}


def listed(folder, answers):
    handed = []
    for at, (student, source) in enumerate(answers):
        file = f"{at}.ipynb"
        cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)}]
        (folder / file).write_text(json.dumps({"cells": cells}))
        handed.append(Submission(file, student, "depth"))
    return copies.pairs(folder, handed, LESSONS)


def test_dress_does_not_count(tmp_path):
    [pair] = listed(tmp_path, [("ann", OWN), ("ben", DRESSED), ("cal", OTHER)])
    assert pair == ("depth", "payoff", 1.0, "ann", "ben", "0.ipynb", "1.ipynb")


def test_nearly_equal_is_told_from_equal(tmp_path):
    [pair] = listed(tmp_path, [("ann", OWN), ("ben", CHANGED), ("cal", OTHER)])
    assert 0.8 < pair.share < 1


def test_magics_around_an_answer_do_not_hide_it(tmp_path):
    answers = [("ann", OWN), ("ben", "%%time\n!ls\n" + DRESSED)]
    assert len(listed(tmp_path, answers)) == 1


@pytest.mark.parametrize("source", [SHORT, SKELETON, "payoff = 7"])
def test_what_is_short_or_given_is_not_listed(tmp_path, source):
    assert listed(tmp_path, [("ann", source), ("ben", source)]) == []


def test_what_many_wrote_is_not_listed(tmp_path):
    many = [(f"s{n:02}", OWN) for n in range(12)]
    others = [(f"t{n:02}", OTHER.replace("5", str(n))) for n in range(12)]
    assert listed(tmp_path, many + others) == []
    few = [("x", CHANGED.replace("7", "0")), ("y", CHANGED.replace("7", "0"))]
    assert listed(tmp_path, many + others + few) == []


def test_two_of_a_large_class_are(tmp_path):
    others = [(f"t{n:02}", OTHER) for n in range(30)]
    pairs = listed(tmp_path, [*others, ("ann", OWN), ("ben", DRESSED)])
    assert [(x.student, x.other) for x in pairs] == [("ann", "ben")]


def test_attempts_of_one_student_are_not_a_pair(tmp_path):
    answers = [("ann", OWN), ("ann", DRESSED), ("ben", OWN), ("ben", CHANGED)]
    [pair] = listed(tmp_path, answers)
    assert (pair.student, pair.other, pair.share) == ("ann", "ben", 1.0)


HOSTILE = [
    "def payoff(",
    "payoff = " + "(" * 9000,
    "payoff = " + "-" * 9000 + "1",
    "payoff = 1" + "+1" * 9000,
    "payoff = a" + ".b" * 9000,
    "payoff = " + "lambda:" * 2000 + "1",
    "payoff = 0x" + "f" * 9000,
    "payoff = '\0'",
    "payoff = 1\n" * 9000,
    "payoff: int\nclass payoff: ...\n*payoff, = 1",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_cell_hides_nobody_elses_answer(tmp_path, source):
    answers = [("eve", source), ("ann", OWN), ("ben", OWN)]
    assert [x.student for x in listed(tmp_path, answers)] == ["ann"]


@pytest.mark.parametrize(
    "content",
    ["", "[1]", '{"cells": 1}', '{"cells": [1, {"cell_type": "code"}]}', "[" * 10**5],
)
def test_what_is_no_notebook_has_no_answers(tmp_path, content):
    (tmp_path / "a.ipynb").write_text(content)
    assert copies.found(tmp_path / "a.ipynb", ["payoff"]) == {}
    assert copies.found(tmp_path / "missing.ipynb", ["payoff"]) == {}
