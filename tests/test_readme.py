"""What README shows runs as it stands there."""

import re
import subprocess
import sys

from numlearn._files import course_root

README = (course_root() / "README.md").read_text(encoding="utf-8")


def test_library_snippet_runs_and_is_short(tmp_path):
    snippet = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    assert len([line for line in snippet.splitlines() if line]) <= 6
    run = subprocess.run(
        [sys.executable, "-c", snippet], capture_output=True, text=True, cwd=tmp_path
    )
    assert run.returncode == 0, run.stderr
    assert "sharpe" in run.stdout
    assert "line" in run.stdout


def test_performance_table_names_commands_that_exist():
    commands = re.findall(r"`python (benchmarks/\w+\.py)[^`]*`", README)
    assert commands
    for command in commands:
        assert (course_root() / command).is_file()


def test_small_print_is_there():
    words = " ".join(README.split())
    assert "Not affiliated with Numerai" in words
    assert "not financial advice" in words
