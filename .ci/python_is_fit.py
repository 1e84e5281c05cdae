"""Say in one sentence what to install where Python is too old or lacks venv."""

import sys

NEED = "numlearn needs Python 3.11 or newer"
if sys.version_info < (3, 11):
    have = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        NEED + ", this is " + have + ": install it and name it, as in"
        " `make course PYTHON=python3.12`."
    )
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    sys.exit(
        NEED + " with venv, which is missing here: on Debian or Ubuntu run"
        " `sudo apt install python3-venv`, then try again."
    )
