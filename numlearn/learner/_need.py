"""Add the packages that a lesson needs and that are missing; move none that is here."""

import contextlib
import importlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from numlearn._progress import progress_shown
from numlearn.errors import NumlearnError
from numlearn.learner._watch import watch


class Outdated(NumlearnError, ImportError):
    """The numlearn that was imported is older than the lesson."""


def need(*extras, version=None):
    """Install what this lesson needs and this Python lacks, and change nothing else.

    What is here keeps its version, so nothing that a hosted notebook has preloaded is
    ever moved. Where nothing is missing, nothing is installed. In a notebook the
    cells that fail are noted from now on.

    Parameters
    ----------
    *extras : str
        Parts of the course with packages of their own, such as ``"chain"``. Without
        any, numlearn's own requirements are looked at.
    version : str, optional
        The version of numlearn that the lesson was built with.

    Raises
    ------
    NumlearnError
        If there is no such extra, if a package that is here is too old, or if one that
        is missing cannot be installed.
    Outdated
        If numlearn is older than `version`. It is then forgotten, so that importing it
        again after an installation brings the new one.

    Examples
    --------
    >>> need("chain")                                               # doctest: +SKIP
    Adding web3>=7.0: no package that is here changes.
    """
    if version is not None:
        _refuse_older(version)
    watch()
    absent = missing(extras)
    if absent:
        print(f"Adding {', '.join(absent)}: no package that is here changes.")
        with progress_shown(True, "packages"):
            _add(absent)


def _refuse_older(version):
    from packaging.version import Version

    import numlearn

    if Version(numlearn.__version__) >= Version(version):
        return
    for name in [n for n in sys.modules if n.split(".")[0] == "numlearn"]:
        del sys.modules[name]
    raise Outdated(
        f"This lesson needs numlearn {version} and this is {numlearn.__version__}:"
        " install the newer one, then restart the kernel."
    )


class Needed(NamedTuple):
    """A requirement beside what is here.

    Parameters
    ----------
    wanted : str
        As pip takes it, such as ``"numerapi>=3.0"``.
    name : str
    have : str or None
        The version that is installed.
    fits : bool
        Whether that version will do.
    """

    wanted: str
    name: str
    have: str | None
    fits: bool

    @property
    def good(self):
        """Whether it is here and will do."""
        return self.have is not None and self.fits

    @property
    def line(self):
        """What is here, and what to do if that is not well."""
        if self.good:
            return f"{self.name} {self.have}"
        command = f'`{_by_hand()} "{self.wanted}"`'
        if self.have is None:
            return f"{self.name} is missing: run {command}"
        return (
            f"{self.name} {self.have} is here and the course needs {self.wanted}: run"
            f" {command} in a terminal and restart the kernel"
        )


def look(extras=()):
    """Compare what numlearn and some extras require with what is installed.

    Parameters
    ----------
    extras : iterable of str

    Yields
    ------
    Needed

    Raises
    ------
    NumlearnError
        If there is no such extra, or numlearn itself is not installed.
    """
    for requirement in _requirements(extras):
        try:
            have = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            have = None
        fits = have and requirement.specifier.contains(have, prereleases=True)
        yield Needed(str(requirement), requirement.name, have, bool(fits))


def missing(extras=()):
    """List the requirements of numlearn and of some extras that are not installed.

    Parameters
    ----------
    extras : iterable of str

    Returns
    -------
    list of str
        As pip takes them, such as ``"numerapi>=3.0"``.

    Raises
    ------
    NumlearnError
        If there is no such extra, or packages that are here are too old.
    """
    wrong = [needed for needed in look(extras) if not needed.good]
    if old := [needed.line for needed in wrong if needed.have is not None]:
        raise NumlearnError(f"{'; '.join(old)}.")
    return [needed.wanted for needed in wrong]


def _requirements(extras):
    """Yield numlearn's requirements and those of the extras, as installed."""
    try:
        course = metadata.metadata("numlearn")
    except metadata.PackageNotFoundError:
        raise NumlearnError(
            "numlearn was imported from a folder but is not installed: run"
            " `pip install -e .` in that folder."
        ) from None
    known = course.get_all("Provides-Extra") or []
    for extra in extras:
        if extra not in known:
            raise NumlearnError(
                f"numlearn has no extra {extra!r}; there are {', '.join(known)}."
            )
    yield from _required(course, extras)


def _required(package, extras):
    """Yield what a package requires, and what the extras that it names require."""
    from packaging.requirements import Requirement

    for text in package.get_all("Requires-Dist") or []:
        requirement = Requirement(text)
        marker, requirement.marker = requirement.marker, None
        if marker and not any(marker.evaluate({"extra": e}) for e in ("", *extras)):
            continue
        yield requirement
        with contextlib.suppress(metadata.PackageNotFoundError):
            if requirement.extras:
                inner = metadata.metadata(requirement.name)
                plain = {str(each) for each in _required(inner, ())}
                of_extras = _required(inner, requirement.extras)
                yield from (each for each in of_extras if str(each) not in plain)


def _installer():
    """Return what installs packages here: pip, or uv, whose environments have no pip.

    The commands take "install" or "list", and the Python that they are for.
    """
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--disable-pip-version-check"], []
    if uv := shutil.which("uv"):
        return [uv, "pip"], ["--python", sys.executable]
    return None


def _by_hand():
    return "pip install" if importlib.util.find_spec("pip") else "uv pip install"


def _add(wanted):
    """Install requirements with all that is here held at its version."""
    names = " ".join(f'"{text}"' for text in wanted)
    if (found := _installer()) is None:
        raise NumlearnError(
            f"{', '.join(wanted)} cannot be added, for here is neither pip nor uv: run"
            f" `python -m ensurepip`, then `pip install {names}`, in a terminal."
        )
    tool, here = found
    listed = [*tool, "list", *here, "--format=freeze", "--exclude", "numlearn"]
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "here.txt"
        pins.write_text(subprocess.run(listed, capture_output=True, text=True).stdout)
        command = [*tool, "install", *here, "-q", "--constraint", str(pins), *wanted]
        result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        errors = result.stderr.strip().splitlines() or ["it said nothing"]
        raise NumlearnError(
            f"{', '.join(wanted)} could not be added ({errors[-1].strip()}): run"
            f" `{_by_hand()} {names}` in a terminal to see why, then run this cell"
            " again."
        )
    importlib.invalidate_caches()
