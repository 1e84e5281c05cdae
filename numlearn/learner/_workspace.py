"""The learner's own copy of the lessons, and newer lessons brought into it."""

import copy
import json
import re
import shutil
from datetime import datetime
from pathlib import Path

from numlearn import _files
from numlearn.errors import NumlearnError
from numlearn.learner._note import Note
from numlearn.lessons import lessons

SHIPPED = ".shipped"  # each lesson as it came, so that your changes can be told
LAB = {
    "@jupyterlab/docmanager-extension:plugin": {
        "defaultViewers": {"markdown": "Markdown Preview"}
    },
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


def workspace(folder=None):
    """Make the learner's folder what it should be, and change no lesson in it.

    Parameters
    ----------
    folder : str or Path, optional
        By default ``numlearn-course/``: in a checkout at its root, where git ignores
        it, elsewhere in the current folder.

    Returns
    -------
    folder : pathlib.Path
        With ``lessons/``, a page of contents, the glossary and Lab's settings.
    old : list of str
        The lessons of which the course has a newer version: `update` brings them.
    """
    root = _files.course_root()
    if folder is None:
        own = root.parent == Path(_files.__file__).parent
        folder = (Path() if own else root) / "numlearn-course"
    folder, old = Path(folder).absolute(), []
    _files.folder_to_fill(folder)
    for name in ("lessons", SHIPPED, "docs", ".lab"):
        _files.folder_to_fill(folder / name)
    for lesson, source in _written():
        name = source.name
        mine, shipped = folder / "lessons" / name, folder / SHIPPED / name
        if not _places(folder, lesson):
            _put(source.read_bytes(), shipped)
            _put(source.read_bytes(), mine)
        elif not shipped.is_file() or shipped.read_bytes() != source.read_bytes():
            old.append(lesson.stem)
    glossary = root / "docs" / "glossary.md"
    _put(glossary.read_bytes(), folder / "docs" / "glossary.md")
    _put(_contents().encode(), folder / "README.md")
    _put(json.dumps(LAB, indent=1).encode(), folder / ".lab" / "overrides.json")
    return folder, old


def update(folder=None):
    """Bring newer lessons into your copy, and carry over what you have written.

    An answer of yours stays, in its cell. So does a cell that you have added, and one
    that you have changed where the course has not; where both have, yours stands below
    the new one. What you deleted of the course comes back. Outputs stay where the code
    does. The lessons as they were lie in ``backup/``.

    Parameters
    ----------
    folder : str or Path, optional
        Your copy; by default that of `lab`.

    Returns
    -------
    Note
        What has changed, by lesson.
    """
    folder, old = workspace(folder)
    if not old:
        return Note("Your lessons are the newest that this version of the course has.")
    backup = folder / "backup" / f"{datetime.now():%Y-%m-%d-%H%M%S}"
    told = []
    for lesson, source in _written():
        if lesson.stem not in old:
            continue
        [mine, *_] = _places(folder, lesson)
        shipped = folder / SHIPPED / mine.name
        new, yours = _read(source), _read(mine)
        known = _read(shipped) if shipped.is_file() else None
        merged, notes = merge(known, yours, new)
        backup.mkdir(parents=True, exist_ok=True)
        shutil.copy2(mine, backup / mine.name)
        text = json.dumps(merged, indent=1, ensure_ascii=False) + "\n"
        _put(text.encode(), folder / "lessons" / source.name)
        _put(source.read_bytes(), folder / SHIPPED / source.name)
        if mine.name != source.name:
            mine.unlink()
            shipped.unlink(missing_ok=True)
            notes.insert(0, f"it was {mine.stem}")
        told.append(f"- **{lesson.stem}**: {'; '.join(notes) or 'as it was'}")
    count = f"{len(told)} lesson{'s' * (len(told) > 1)}"
    return Note(
        f"{count} brought up to date; as they were they lie in {backup}.\n\n"
        + "\n".join(told)
    )


def merge(known, yours, new):
    """Merge two descendants of a notebook, cell by cell.

    Parameters
    ----------
    known : dict or None
        The notebook that `yours` came from; None where it is not known.
    yours, new : dict
        Notebooks (JSON). Neither is changed.

    Returns
    -------
    merged : dict
    notes : list of str
        What happened, in words; empty where nothing of yours was in the way.
    """
    before = _cells(known) if known else _cells(new)
    mine, counts, result = _cells(yours), {}, []
    coming = _cells(new)

    def count(what):
        counts[what] = counts.get(what, 0) + 1

    for name, cell in coming.items():
        own, was = mine.get(name), before.get(name)
        result.append(cell := copy.deepcopy(cell))
        if own is None:
            count("brought back" if was else "new")
        elif _source(own) == _source(cell):
            cell.update({key: own[key] for key in OUTPUTS if key in own})
        elif was is not None and _source(own) == _source(was):
            count("rewritten")
        elif _is_answer(cell) or _source(cell) == _source(was or own):
            cell.update(source=own["source"])
            cell.update({key: own[key] for key in OUTPUTS if key in own})
            count(
                "of your answers kept" if _is_answer(cell) else "of your changes kept"
            )
        elif known:
            again = sum(x.startswith(f"{name}-yours") for x in mine)
            result.append(_beside(own, f"{name}-yours{again or ''}"))
            count("of your changes below the new cell")
    places = {cell["id"]: at for at, cell in enumerate(result)}
    for name, own in reversed(mine.items()):  # each is put before those already there
        if name in coming or (name in before and _source(own) == _source(before[name])):
            continue
        earlier = list(mine)[: list(mine).index(name)]
        at = max((places[x] for x in earlier if x in places), default=-1)
        result.insert(at + 1, _beside(own, name))
        count("of your own cells kept")
    merged = {**copy.deepcopy(new), "cells": result}
    return merged, [f"{number} {what}" for what, number in counts.items()]


OUTPUTS = ("outputs", "execution_count")


def _beside(cell, name):
    """Return a copy of a cell that is the learner's alone: nbgrader knows it not."""
    cell = {**copy.deepcopy(cell), "id": name[:64]}
    cell.get("metadata", {}).pop("nbgrader", None)
    return cell


def _is_answer(cell):
    return cell.get("metadata", {}).get("nbgrader", {}).get("solution", False)


def _source(cell):
    return "".join(cell["source"])


def _cells(notebook):
    """Return cells by id; one that has none gets its place."""
    return {
        cell.get("id", f"cell-{at}"): {**cell, "id": cell.get("id", f"cell-{at}")}
        for at, cell in enumerate(notebook["cells"])
    }


def _written():
    """Yield each lesson that is written, and where the course has it."""
    folder = _files.course_root() / "lessons"
    for lesson in lessons():
        if not lesson.planned:
            yield lesson, folder / f"{lesson.stem}.ipynb"


def _places(folder, lesson):
    """Return where the learner has a lesson, under whatever number."""
    named = re.compile(rf"\d\d_{lesson.slug}\.ipynb")
    return [x for x in (folder / "lessons").glob("*.ipynb") if named.fullmatch(x.name)]


def _read(path):
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        _cells(notebook)
    except (ValueError, KeyError, TypeError):
        raise NumlearnError(
            f"{path} is no notebook any more: move it away, and the next start of the"
            " course brings the lesson anew."
        ) from None
    return notebook


def _put(content, path):
    if not path.is_file() or path.read_bytes() != content:
        with _files.written_whole(path) as part:
            part.write_bytes(content)


def _contents():
    rows = [
        f"| {lesson.number:02d} | [{lesson.question}](lessons/{lesson.stem}.ipynb)"
        f" | {lesson.minutes} |"
        for lesson, _ in _written()
    ]
    return "\n".join(
        [
            "# Your copy of the course",
            "",
            "`numlearn update` brings newer lessons and keeps your answers. The words"
            " of the course stand in the [glossary](docs/glossary.md).",
            "",
            "## Lessons",
            "",
            "| lesson | the question | minutes |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )
