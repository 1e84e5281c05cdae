"""The untrusted side of grading: run one notebook, then ask it for its answers.

A script for a process of its own (see ``_containment``). On stdin come two lines of
JSON, how to run and what to ask, then the notebook as it was handed in. The report
leaves on what was stdout: a line of JSON for the cells, then one for each exercise.
The notebook can do to this process whatever it likes; that is why the grader believes
nothing of what comes from here and judges the answers itself.
"""

import contextlib
import importlib
import json
import linecache
import os
import random
import re
import sys
import traceback
import types
from typing import NamedTuple

TIMED = ("%%capture", "%%time", "%%timeit")  # cell magics that run the cell's code
MAGIC = re.compile(r"^([ \t]*)(?:[%!].*|[\w.]+\?\??)[ \t]*$", re.MULTILINE)


class Setup(NamedTuple):
    """How to run.

    Parameters
    ----------
    packages : list of str
        Folders from which to import.
    numlearn : str
        The folder in which numlearn lies.
    share : float
        Seconds of computing for a cell. One call of an answer may take as many, and no
        more than in a check.
    most : int
        Characters of what one exercise's answers may give.
    """

    packages: list
    numlearn: str
    share: float
    most: int


class Asked(NamedTuple):
    """An exercise to ask for: its name, the functions that refuse, its inputs."""

    name: str
    is_value: bool
    refuses: list
    cases: str


def main():
    """Read what to do, run the notebook, report; return the exit code."""
    global answers, wire
    report = _private_report()
    setup, asked = (json.loads(sys.stdin.buffer.readline()) for _ in range(2))
    setup, exercises = Setup(**setup), [Asked(**each) for each in asked]
    notebook = sys.stdin.buffer.read()
    sys.path += [path for path in setup.packages if path not in sys.path]
    if setup.numlearn not in sys.path:
        sys.path.insert(0, setup.numlearn)
    _hide_the_key()
    from numlearn import answers
    from numlearn.grading import wire  # now: a notebook may unload them

    refused = {e.name: _functions(e.refuses) for e in exercises}
    _silence()
    try:
        cells = code_cells(notebook)
    except (ValueError, RecursionError):
        return wire.NOT_A_NOTEBOOK
    names = run(cells, setup.share, report)
    for exercise in exercises:
        with answers.refusing(refused[exercise.name]):
            line = ask(exercise, names, setup.share, setup.most)
        report({"exercise": exercise.name} | line)
    return 0


def _private_report():
    """Take stdout for the report alone; what the notebook prints goes nowhere."""
    file = os.dup(1)

    def report(line):
        left = memoryview(json.dumps(line).encode() + b"\n")
        while left:
            left = left[os.write(file, left) :]

    return report


def _silence():
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)


class _NoKey:
    """Keeps the exercises out: they hold the right answers and how they are judged."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split(".")[:2] == ["numlearn", "exercises"]:
            raise ModuleNotFoundError(
                "numlearn.exercises is not here while a class is graded.", name=name
            )


def _hide_the_key():
    """Make a notebook's check cells harmless, and the answer key absent."""
    sys.meta_path.insert(0, _NoKey)
    learner = types.ModuleType("numlearn.learner")
    learner.__getattr__ = _harmless
    sys.modules["numlearn.learner"] = learner


def _harmless(name):
    """Return a verb that does nothing."""
    if name.startswith("_"):
        raise AttributeError(name)
    return lambda *args, **kwargs: None


def _functions(addresses):
    """Find the library's functions that are to refuse, given as module:name."""
    found = []
    for address in addresses:
        module, _, name = address.partition(":")
        with contextlib.suppress(ImportError, AttributeError):
            found.append(getattr(importlib.import_module(module), name))
    return found


def code_cells(notebook):
    """Return the sources of a notebook's code cells.

    Raises
    ------
    ValueError
        If the bytes are not JSON, or not a notebook of format 4.
    """
    try:
        cells = json.loads(notebook)["cells"]
        sources = [c["source"] for c in cells if c["cell_type"] == "code"]
        return ["".join(source) for source in sources]
    except (TypeError, KeyError) as error:
        raise ValueError("This is not a notebook.") from error


def run(cells, share, report):
    """Run all cells, an error in one not ending the run; return what they defined.

    Plain ``exec`` and no IPython: there is less to take hold of, and an answer is
    ordinary Python. Lines that only a notebook understands are left out.
    """
    import numpy

    module = types.ModuleType("__main__")
    names = module.__dict__
    names["display"] = lambda *args, **kwargs: None
    sys.modules["__main__"] = module
    random.seed(0)
    numpy.random.seed(0)
    process, failed = os.getpid(), []
    for number, source in enumerate(cells, 1):
        try:
            with answers.limited(share):
                exec(_compiled(source, f"<cell {number}>"), names)
        except BaseException as error:
            failed.append([number, type(error).__name__])
        if os.getpid() != process:
            os._exit(0)  # a copy that the notebook forked: one of us reports
    report({"cells": len(cells), "failed": len(failed), "first": failed[:1]})
    return names


def _compiled(source, file):
    lines = source.splitlines(keepends=True)
    linecache.cache[file] = len(source), None, lines, file  # for `is_stub`
    try:
        return compile(source, file, "exec", dont_inherit=True)
    except SyntaxError:
        return compile(plain(source), file, "exec", dont_inherit=True)


def plain(source):
    """Return a cell's source without magics, commands and questions."""
    if source.lstrip().startswith("%%"):
        first, _, source = source.lstrip().partition("\n")
        if first.split()[0] not in TIMED:
            return ""
    return MAGIC.sub(r"\1pass", source)


def ask(exercise, names, share, most):
    """Ask for one answer on all its inputs; return what the report says of it."""
    try:
        if exercise.name not in names:
            return {"todo": "undefined"}
        answer = names[exercise.name]
        if answers.is_stub(answer):
            return {"todo": "stub"}
        is_callable = exercise.is_value or callable(answer)
        call = answer if is_callable and not exercise.is_value else lambda *_: answer
        results = []
        for case in wire.loads(exercise.cases):
            result = _result(call, case, share)
            most -= len(result.get("got", ""))
            results.append(result if most > 0 else {"unread": "It is too long."})
            if "got" not in results[-1]:
                break
        return {"results": results, "callable": bool(is_callable)}
    except BaseException as error:
        return {"results": [_told(answers.failure(error))]}


def _result(call, case, share):
    def one():
        with answers.limited(min(share, answers.SECONDS)):
            return wire.dumps(call(*case))

    return _told(answers.attempt(one, errors=BaseException, unread=wire.WireError))


def _told(attempt):
    """Return of an attempt what there is to say, for the report."""
    return {key: value for key, value in attempt._asdict().items() if value}


if __name__ == "__main__":
    status = 1
    try:
        status = main()
    except Exception:
        traceback.print_exc()  # heard only if it happened before the notebook ran
    finally:
        os._exit(status)  # no thread or exit handler of the notebook holds us up
