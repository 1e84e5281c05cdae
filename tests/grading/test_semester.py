"""A small class goes through all that the benchmark does with two hundred."""

import sys

import pytest

from numlearn._files import course_root

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")


def test_small_class_gets_what_it_deserves_and_survives_a_kill(monkeypatch, capfd):
    monkeypatch.syspath_prepend(str(course_root() / "benchmarks"))
    monkeypatch.syspath_prepend(str(course_root() / "tests" / "adversary"))
    import semester

    said = semester.main(14)
    assert "14 students" in said
    assert "byte for byte" in said
