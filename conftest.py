"""Every test session starts without a learner's progress, notebooks included."""

import os
import shutil
import tempfile


def pytest_configure(config):
    config.numlearn_home = os.environ["NUMLEARN_HOME"] = tempfile.mkdtemp()


def pytest_unconfigure(config):
    shutil.rmtree(config.numlearn_home, ignore_errors=True)
