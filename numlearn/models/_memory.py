"""How much memory there is, and a sentence before it runs out."""

import os
import re
from pathlib import Path

from numlearn.errors import NumlearnError

_FREE = Path("/proc/meminfo")


def free_memory():
    """Return the bytes that can still be had, or None where nobody tells."""
    if _FREE.exists():
        found = re.search(r"MemAvailable:\s+(\d+) kB", _FREE.read_text())
        if found:
            return int(found[1]) * 1024
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def refuse_too_large(need, what):
    """Raise a sentence if more memory is needed than is free."""
    free = free_memory()
    if free is not None and need > free:
        raise NumlearnError(
            f"{what} needs about {need / 2**30:.1f} GiB and {free / 2**30:.1f} GiB are "
            "free: load fewer features (features='medium') or every fourth era "
            "(every=4), or close other notebooks."
        )
