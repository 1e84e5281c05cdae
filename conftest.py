"""What all test sessions share, those of notebooks included.

A process and a notebook have a learner's home of their own, all have one cache of
worlds and models, and where several work at a time each computes in one thread. What
prints where it should not fails.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "tests" / "notebooks"))
from twins import pair  # noqa: E402

CACHE = ROOT / ".cache"
# Fewer examples where somebody waits for them, all of them in CI; and no clock, since a
# slow machine is no failure.
WHOLE = os.environ.get("CI", "") not in ("", "0", "false")
settings.register_profile("default", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
settings.load_profile("ci" if WHOLE else "default")

# What must not run at the same time: a grader ends all processes of the users it
# borrows, and so would look for two that another is about to borrow.
TOGETHER = {"tests/adversary/": "graders", "tests/grading/test_grade.py": "graders"}
# Tests that are long and share nothing: each goes to the first who is free.
APART = ("tests/colab/test_lonely.py", "tests/fuzz/test_fuzz.py")
# Which take longest, as long as nobody has measured it here.
FIRST = ("tests/author/test_build.py", "graders", "tests/world/test_write.py")
SECONDS = CACHE / "seconds.json"  # what each test took the last time
# `--touched` is to take less than a minute: these many seconds of each worker.
QUICK = 40
NEAR_ALL = {"_kernel", "_files", "_lazy", "errors"}  # rooms that all others import
NEVER_QUICK = ("adversary", "browser", "claims", "colab", "grading/test_grade.py")
# The rooms of which no world and no model is made.
OTHER_ROOMS = {"exercises", "learner", "grading", "author", "tournament"}
MADE_WITH = ("numpy", "scipy", "pandas", "pyarrow", "lightgbm", "scikit-learn")
ONE_THREAD = ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "VECLIB_MAXIMUM", "POLARS_MAX")

# what Jupyter's own client and kernels say in the process of a test
FROM_KERNELS = re.compile(r"unhandled iopub msg|\[IPKernelApp\] WARNING")

told = defaultdict(list)  # lines of the summary at the end, by section
took = defaultdict(float)  # seconds, by test
ran = defaultdict(set)  # cells that ran as they should, by lesson


def pytest_addoption(parser):
    parser.addoption(
        "--touched",
        action="store_true",
        help="only tests that differ from main, or that import a room which does; the"
        f" quick ones, as many as took {QUICK} s for each worker the last time",
    )


def pytest_configure(config):
    if getattr(config.option, "nbval_sanitize_with", "no nbval") is None:
        patterns = ROOT / "tests" / "notebooks" / "nbval.ini"
        config.option.nbval_sanitize_with = str(patterns)
    config.numlearn_home = tempfile.mkdtemp()
    if _is_worker(config):
        return  # it has the environment of the process that started it
    os.environ["NUMLEARN_CACHE"] = str(_world_cache())
    os.environ["NUMLEARN_STATIC"] = "1"  # what a notebook shows can be compared
    if getattr(config.option, "numprocesses", None):
        os.environ.update(dict.fromkeys((f"{x}_THREADS" for x in ONE_THREAD), "1"))


def pytest_unconfigure(config):
    shutil.rmtree(config.numlearn_home, ignore_errors=True)


def _is_worker(config):
    return hasattr(config, "workerinput")


def _world_cache():
    """Return the folder of what this code makes with these versions of packages."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted((ROOT / "numlearn").rglob("*.py")):
        if path.relative_to(ROOT).parts[1] not in OTHER_ROOMS:
            digest.update(path.read_bytes())
    for name in MADE_WITH:
        try:
            digest.update(version(name).encode())
        except PackageNotFoundError:  # said by the test that needs it
            continue
    folder = CACHE / "worlds" / digest.hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    folder.touch()
    kept = sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in kept[:-3]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


# --- which tests, and who runs them ---------------------------------------------------


def _touched():
    """Return the files that differ from where this branch left main."""

    def git(*command):
        done = subprocess.run(
            ["git", *command], cwd=ROOT, capture_output=True, text=True
        )
        return done.stdout.split()

    base = git("merge-base", "HEAD", "main") or ["HEAD"]
    files = git("diff", "--name-only", *base)
    return set(files + git("ls-files", "--others", "--exclude-standard"))


def _room(file):
    """Return the room of a file of the library or of its tests: eras, scoring, …"""
    place, _, rest = file.partition("/")
    if place not in ("numlearn", "tests") or not file.endswith(".py"):
        return None
    return rest.partition("/")[0].removesuffix(".py").removeprefix("test_")


@cache
def _rooms_of_test(path):
    """Return the rooms that a test file imports, and the one it is about."""
    texts = [
        x.read_text() for x in (path, path.with_name("conftest.py")) if x.is_file()
    ]
    lists = re.findall(r"from numlearn import ([\w, ]+)", "\n".join(texts))
    named = re.findall(r"\b(?:numlearn|nl)\.(\w+)", "\n".join(texts))
    about = _room(path.relative_to(ROOT).as_posix())
    return {about, *named, *(name for names in lists for name in names.split(", "))}


def _keep_touched(items, files, before, workers):
    """Keep the tests that are near what was touched; where nothing was, all are."""
    rooms = {_room(file) for file in files if file.startswith("numlearn/")} - {None}
    everywhere = NEAR_ALL & rooms
    never = tuple(f"tests/{place}" for place in NEVER_QUICK)
    allowed = [item for item in items if not item.nodeid.startswith(never)]
    near = [
        item
        for item in allowed
        if everywhere
        or item.nodeid.partition("::")[0] in files
        or rooms & _rooms_of_test(item.path)
    ] or allowed
    left, kept = QUICK * workers, set()
    for item in sorted(near, key=lambda item: before.get(item.nodeid, 0)):
        left -= before.get(item.nodeid, 0.05)
        if left > 0:
            kept.add(item.nodeid)
    what = ", ".join(sorted(rooms)) or "the tests that differ"
    told["touched"] = [f"{len(kept)} of {len(near)} tests near {what}"]
    items[:] = [item for item in items if item.nodeid in kept]


def _before():
    """Return the seconds that tests took the last time."""
    return json.loads(SECONDS.read_text()) if SECONDS.is_file() else {}


def _remember():
    """Note what tests took, in place of what their files' tests took before."""
    files = {name.partition("::")[0] for name in took}
    kept = {k: v for k, v in _before().items() if k.partition("::")[0] not in files}
    part = SECONDS.with_name(f".{SECONDS.name}.{os.getpid()}")
    rounded = {k: round(v, 3) for k, v in took.items() if not k.startswith("..")}
    part.write_text(json.dumps(kept | rounded, indent=0))
    part.replace(SECONDS)


def unit(nodeid):
    """Return the unit of work of a test: its file, the group of the file, or itself."""
    file = nodeid.partition("::")[0]
    if file.endswith(".ipynb"):
        return Path(file).name  # both notebooks of a lesson
    if file in APART:
        return nodeid
    return next((x for start, x in TOGETHER.items() if file.startswith(start)), file)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Put what took longest first, so that all are done at about the same time."""
    given = getattr(config, "workerinput", None) or _for_workers(config)
    before, units = given["seconds"], defaultdict(float)
    if config.option.touched:
        _keep_touched(items, given["touched"], before, given.get("workercount", 1))
    for place, item in enumerate(items):
        name = unit(item.nodeid)
        if _is_worker(config):
            unknown = 100 if name in FIRST else 1
            units[name] -= before.get(item.nodeid, unknown)
        else:
            units.setdefault(name, place)
    items.sort(key=lambda item: units[unit(item.nodeid)])
    if not WHOLE:
        _pair_notebooks(items)


def _pair_notebooks(items):
    """Let both notebooks of a lesson, where both are to run whole, share a kernel."""
    files = {item.path: item.parent for item in items if hasattr(item, "cell")}
    for path, unsolved in files.items():
        solved = files.get(ROOT / "solutions" / path.name)
        if path.parent == ROOT / "lessons" and solved:
            pair(unsolved, solved)


@cache
def _for_workers(config):
    """Return what all workers must see alike, to choose and order alike."""
    files = sorted(_touched()) if config.option.touched else []
    return {"seconds": _before(), "touched": files}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput.update(_for_workers(node.config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class ByUnit(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return unit(nodeid)

    config.option.loadscopereorder = False
    return ByUnit(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    for section, lines in getattr(node, "workeroutput", {}).get("told", {}).items():
        told[section] += [line for line in lines if line not in told[section]]


def pytest_runtest_logreport(report):
    took[report.nodeid] += report.duration


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    config, option = session.config, session.config.option
    if _is_worker(config):
        config.workeroutput["told"] = dict(told)
        return
    is_part = option.keyword or option.markexpr or option.touched
    is_part = is_part or any("::" in argument for argument in config.args)
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not is_part:
        _remember()


def pytest_terminal_summary(terminalreporter):
    for section, lines in told.items():
        terminalreporter.section(section)
        terminalreporter.write_line("\n".join(lines))


@pytest.fixture(scope="session")
def tell():
    """Return a function that adds a line to a section of the summary at the end."""
    return lambda section, line: told[section].append(line)


@pytest.fixture(scope="session")
def axe():
    """Return a function that says what axe-core finds wrong on a page, or in a part."""
    found = pytest.importorskip("axe_playwright_python.sync_playwright")

    def look(page, within=None, *, but=()):
        """Leave out some of axe's rules."""
        options = {"resultTypes": ["violations"]}
        options["rules"] = {rule: {"enabled": False} for rule in but}
        result = found.Axe().run(page, context=within, options=options)
        return [
            f"{fault['id']}: {fault['help']}: {place['html'][:150]}"
            for fault in result.response["violations"]
            for place in fault["nodes"]
        ]

    return look


# --- what is not to be printed, and notebooks ----------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Give a notebook a home of its own: its kernel is started after this."""
    home = item.config.numlearn_home
    if hasattr(item, "cell"):
        home = os.path.join(home, item.path.parent.name, item.path.stem)
        os.makedirs(home, exist_ok=True)
    os.environ["NUMLEARN_HOME"] = home


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    result = yield
    if hasattr(item, "cell"):
        _judge_cell(item)
    return result


def _judge_cell(item):
    """See to what nbval does not: stderr, and that an unsolved exercise is to do."""
    said = [out.text for out in item.test_outputs or () if out.get("name") == "stderr"]
    if "writes-stderr" not in item.cell.metadata.get("tags", []):
        assert not said, f"The cell writes to stderr: {said[0]}"
    if item.path.parent != ROOT / "lessons":
        return
    if item.cell.id.startswith("check-"):
        shown = item.test_outputs[0].get("data", {}).get("text/markdown", "")
        assert shown.startswith("○"), f"Unsolved, it is not to do: {shown}"
    ran[item.path.stem].add(item.name)
    if len(ran[item.path.stem]) == sum(
        c.cell_type == "code" for c in item.parent.nb.cells
    ):
        from numlearn.author.proof import Proof
        from numlearn.lessons import find_lesson

        Proof(ROOT, find_lesson(item.path.stem), "run", item.parent.nb).keep()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail a test that prints, be it from C, unless it says so or reads it itself."""
    report = yield
    if {"capsys", "capfd"} & set(getattr(item, "fixturenames", ())):
        return report
    if report.passed and report.when != "setup":
        marks = item.iter_markers("prints")
        streams = {"stdout", "stderr"} - {x for mark in marks for x in mark.args}
        whens = ("teardown",) if report.when == "teardown" else ("setup", "call")
        titles = [f"Captured {stream} {when}" for stream in streams for when in whens]
        said = "".join(text for title, text in report.sections if title in titles)
        said = "".join(x for x in said.splitlines(True) if not FROM_KERNELS.search(x))
        if said.strip():
            report.outcome = "failed"
            report.longrepr = f"It prints, and is not marked so:\n{said}"
    return report
