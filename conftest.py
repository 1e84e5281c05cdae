"""Every test session starts without a learner's progress, notebooks included."""

import os
import tempfile


def pytest_configure():
    os.environ["NUMLEARN_HOME"] = tempfile.mkdtemp(prefix="numlearn-home-")
