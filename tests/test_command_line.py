import subprocess
import sys

import pytest


def numlearn(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "numlearn", *arguments],
        capture_output=True,
        text=True,
        **options,
    )


def test_list_names_every_lesson():
    listed = numlearn("list").stdout
    assert "What is going on here?" in listed
    assert all(f"{number:02d}" in listed for number in range(19))
    assert "(planned)" not in listed


def test_doctor_is_content_here():
    result = numlearn("doctor")
    assert result.returncode == 0
    assert "LightGBM loads" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["lab", "--lesson", "nowhere"], "There is no lesson 'nowhere'"),
        (["build", "nowhere"], "solutions/ has no master for nowhere"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(arguments, says):
    result = numlearn(*arguments)
    assert result.returncode == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_missing_libgomp_is_one_sentence(tmp_path):
    (tmp_path / "lightgbm.py").write_text("raise OSError('libgomp.so.1: not found')")
    result = numlearn(
        "doctor", env={"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}
    )
    assert result.returncode == 2
    assert "apt install libgomp1" in result.stdout


def test_import_is_light():
    heavy = ("pandas", "numpy")
    code = f"import sys, numlearn; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert out.stdout.strip() == "[]"
