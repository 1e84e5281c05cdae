import os
import shutil

import pytest
from attacks import ATTACKS, FILES
from classroom import SECRET, grade_class, stopped

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only root can run a notebook as another user",
)
needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")


@pytest.fixture(scope="module")
def level_1():
    return grade_class()


@pytest.fixture(scope="module")
def level_2():
    return grade_class("bwrap")


def points(rows):
    return sum(int(row["points"]) for row in rows)


def check_class(rows, left):
    """The honest one is untouched, the secret is one, and nothing is left behind."""
    assert points(rows["honest"]) == 4
    assert rows["honest"][0]["message"] == "That is right."
    assert not any(SECRET in str(row) for mine in rows.values() for row in mine)
    assert left == []


def test_level_1_keeps_the_class(level_1):
    rows, _, left = level_1
    check_class(rows, left)
    assert set(rows) == {*stopped(None), "honest"}


@pytest.mark.parametrize("name", stopped(None))
def test_level_1(name, level_1):
    rows, _, _ = level_1
    says = ATTACKS[name].says if name in ATTACKS else FILES[name][1]
    assert points(rows[name]) == 0
    assert says in rows[name][0]["message"]


@needs_bwrap
def test_level_2_keeps_the_class(level_2):
    rows, visits, left = level_2
    check_class(rows, left)
    assert visits == 0


@needs_bwrap
@pytest.mark.parametrize("name", stopped("bwrap"))
def test_level_2(name, level_2):
    rows, _, _ = level_2
    assert points(rows[name]) == 0
    assert ATTACKS[name].sandbox in rows[name][0]["message"]
