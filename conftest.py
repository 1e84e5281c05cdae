"""Every test session starts without a learner's progress, notebooks included."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings

settings.register_profile("no clock", deadline=None)  # a slow machine is no failure
settings.load_profile("no clock")


def pytest_configure(config):
    config.numlearn_home = os.environ["NUMLEARN_HOME"] = tempfile.mkdtemp()
    if getattr(config.option, "nbval_sanitize_with", "no nbval") is None:
        patterns = Path(__file__).parent / "tests/notebooks/nbval.ini"
        config.option.nbval_sanitize_with = str(patterns)


def pytest_unconfigure(config):
    shutil.rmtree(config.numlearn_home, ignore_errors=True)
