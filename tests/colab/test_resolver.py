"""What pip would do to Colab's packages, which is: leave them alone."""

import subprocess
import tomllib
import zipfile

import pytest
from machines import CLEAN, PINS, run, versions
from packaging.requirements import Requirement

from numlearn._files import course_root

PROJECT = tomllib.loads((course_root() / "pyproject.toml").read_text())["project"]
OURS = {r.name: r for r in map(Requirement, PROJECT["dependencies"])}
PINNED = [Requirement(line) for line in PINS.read_text().splitlines() if line[0] != "#"]
# A runtime that someone pinned to January 2026 is older still.
PINNED += [Requirement("numpy==2.0.2"), Requirement("pandas==2.2.2")]


@pytest.mark.parametrize("pin", PINNED, ids=str)
def test_floor_is_at_or_below_colabs_version(pin):
    (version,) = [clause.version for clause in pin.specifier]
    assert pin.name not in OURS or OURS[pin.name].specifier.contains(version)


def test_course_adds_only_what_colab_lacks(preinstalled, lacking):
    assert "numlearn" in lacking
    assert lacking.isdisjoint(preinstalled)
    assert lacking & set(OURS) == {"numerapi"}


def test_what_would_move_a_package_is_refused(session, wheel, tmp_path):
    run(session, "-m", "pip", "install", "-q", "--no-deps", wheel)
    mover = tmp_path / "mover-1.0-py3-none-any.whl"
    about = (
        "Metadata-Version: 2.1\nName: mover\nVersion: 1.0\nRequires-Dist: numpy>2.1.3\n"
    )
    with zipfile.ZipFile(mover, "w") as file:
        file.writestr("mover-1.0.dist-info/METADATA", about)
        file.writestr("mover-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        file.writestr("mover-1.0.dist-info/RECORD", "")
    code = (
        f"from numlearn.learner import _need; _need._add(['mover @ {mover.as_uri()}'])"
    )
    done = subprocess.run(
        [session, "-c", code], capture_output=True, text=True, env=CLEAN
    )
    assert "NumlearnError: mover @" in done.stderr
    assert "could not be added" in done.stderr
    assert "mover" not in versions(session)
