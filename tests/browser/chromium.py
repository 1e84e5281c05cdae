"""The browser that the tests drive; without it they are skipped, unless required."""

import os
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

if os.environ.get("NUMLEARN_BROWSER") != "required":
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine", allow_module_level=True)
    pytest.importorskip("playwright", reason="playwright is not installed")
