"""What README shows runs as it stands there."""

import re
import subprocess
import sys

import pytest

from numlearn._files import course_root

README = (course_root() / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(
    ("snippet", "told"),
    list(zip(SNIPPETS, [["sharpe", "line"], ["fund_sharpe", "no burn"]], strict=True)),
)
def test_library_snippets_run_and_are_short(snippet, told, tmp_path):
    assert len([line for line in snippet.splitlines() if line]) <= 6
    run = subprocess.run(
        [sys.executable, "-c", snippet], capture_output=True, text=True, cwd=tmp_path
    )
    assert run.returncode == 0, run.stderr
    assert all(word in run.stdout for word in told)


def test_performance_table_names_commands_that_exist():
    commands = re.findall(r"`python (benchmarks/\w+\.py)[^`]*`", README)
    assert commands
    for command in commands:
        assert (course_root() / command).is_file()


def test_small_print_is_there():
    words = " ".join(README.split())
    assert "Not affiliated with Numerai" in words
    assert "not financial advice" in words


def test_it_is_short_and_begins_with_a_picture():
    lines = README.splitlines()
    assert len(lines) <= 120
    [picture] = [k for k, line in enumerate(lines) if re.match(r"!\[.+\]\(", line)]
    assert picture < 12
    assert (course_root() / "docs" / "triangle.svg").is_file()


def test_it_installs_with_make_and_with_pip():
    for way in ("make course", "make test", 'pip install "numlearn[lab]'):
        assert f"\n{way}" in README
