"""From one master to two notebooks: what a learner opens, and what a visitor reads.

``solutions/slug.py`` (percent format, solutions inside) becomes
``lessons/NN_slug.ipynb`` (unsolved, no outputs) and ``solutions/NN_slug.ipynb``
(solved and executed), where NN is its place in course.toml. The parts that all lessons
share are generated here.
"""

import functools
import os
import re
import tempfile
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from numlearn import exercises
from numlearn import lessons as spine
from numlearn._files import course_root, written_whole
from numlearn._progress import progress_shown
from numlearn.author import readme
from numlearn.errors import NumlearnError

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
HEADER = ("question", "minutes", "objectives", "needs", "claims")
# One line is seen of the setup cell: in Jupyter its first, in Colab its title.
SETUP = {"tags": ["setup"], "jupyter": {"source_hidden": True}, "cellView": "form"}
HIDDEN = {"worlds", "keep"}  # marks of cells that make stored tables
CELL_TIMEOUT = 120


def build(slugs=(), force=False, root=None, *, progress=None):
    """Build lessons from their masters and write what has changed.

    Parameters
    ----------
    slugs : iterable of str
        Which lessons; by default all that have a master.
    force : bool
        Execute a solved notebook anew even if its code has not changed.
    root : pathlib.Path, optional
        The checkout; by default the one numlearn runs from.
    progress : None, True or callable
        True shows a bar; a callable is told lessons built, and lessons in all.

    Returns
    -------
    list of pathlib.Path
        The files written. Sources are byte-identical from build to build.
    """
    root = Path(root or course_root())
    written, wanted = [], masters(root, slugs)
    with progress_shown(progress, "lessons") as show:
        for done, lesson in enumerate(wanted):
            show(done, len(wanted))
            written += _build(root, lesson, force)
    pages = readme.pages(root, masters(root))
    return written + [p for name in pages for p in _save(root / name, pages[name])]


def _build(root, lesson, force):
    """Write the two notebooks of a lesson, if they changed; return which did."""
    _renumber(root, lesson)
    lesson_nb, solved_nb = notebooks(root, lesson)
    written = _write(root / "lessons" / f"{lesson.stem}.ipynb", lesson_nb)
    path = root / "solutions" / f"{lesson.stem}.ipynb"
    if force or not keep_outputs(path, solved_nb):
        execute(solved_nb, path.parent)
    return written + _write(path, solved_nb)


def _renumber(root, lesson):
    """Move a lesson's notebooks to the name that its place in the course gives them."""
    for folder in (root / "lessons", root / "solutions"):
        for path in folder.glob(f"[0-9][0-9]_{lesson.slug}.ipynb"):
            path.replace(folder / f"{lesson.stem}.ipynb")


def master(root, lesson):
    """Return the path of a lesson's master."""
    return root / "solutions" / f"{lesson.slug}.py"


def masters(root, slugs=()):
    """Return the lessons that have a master, in order, as their headers describe them.

    Parameters
    ----------
    root : pathlib.Path
    slugs : iterable of str
        Keep only these (slug, number or ``NN_slug``).
    """
    found = []
    for number, slug in enumerate(spine.course()["lessons"]):
        path = root / "solutions" / f"{slug}.py"
        if path.is_file():
            header = _header(path.name, path.read_text(encoding="utf-8"))
            found.append(spine.Lesson(number, slug, **header))
    wanted = {str(slug) for slug in slugs}
    names = {
        x for lesson in found for x in (lesson.slug, lesson.stem, str(lesson.number))
    }
    if wanted - names:
        raise NumlearnError(
            f"solutions/ has no master for {', '.join(sorted(wanted - names))};"
            f" there are {', '.join(lesson.stem for lesson in found)}."
        )
    return [x for x in found if not wanted or wanted & {x.slug, x.stem, str(x.number)}]


@functools.lru_cache(maxsize=64)
def _header(name, text):
    notebook = jupytext.reads(text, fmt="py:percent")
    header = notebook.metadata.get("numlearn", {})
    if set(header) != set(HEADER):
        raise NumlearnError(
            f"{name}: its header needs exactly {', '.join(HEADER)} under"
            f" `jupyter: numlearn:`, but it has {', '.join(header) or 'none of them'}."
        )
    return {key: tuple(v) if isinstance(v, list) else v for key, v in header.items()}


def notebooks(root, lesson):
    """Make a lesson's unsolved and solved notebook from its master, without outputs.

    Parameters
    ----------
    root : pathlib.Path
    lesson : Lesson

    Returns
    -------
    lesson_notebook, solved_notebook : nbformat.NotebookNode
    """
    cells, section, seen = _opening(root, lesson), 0, Counter()
    known = masters(root)
    for cell in jupytext.read(master(root, lesson), fmt="py:percent").cells:
        section += cell.source.startswith("## ")
        if not cell.metadata.keys() & {"exercise", "quiz", *HIDDEN}:
            kind = "code" if cell.cell_type == "code" else "text"
            seen[section, kind] += 1
            cell.id = f"section-{section}-{kind}-{seen[section, kind]}"
        cells += _expand(known, cell)
    cells += _closing(root, lesson)
    return (
        _notebook(lesson, cells, spine.unsolved, solve_quiz=False),
        _notebook(lesson, cells, spine.solved, solve_quiz=True),
    )


def _opening(root, lesson):
    title = f"# {lesson.question}\n\n{navigation(root, lesson)}{badge(lesson)}"
    able = "\n".join(f"- {objective}" for objective in lesson.objectives)
    needs = spine.resolve(" · ".join(lesson.needs), masters(root))
    aims = f"**You will be able to**\n\n{able}\n\n**You need** {needs}."
    texts = {"title": title, "aims": aims}
    return [new_markdown_cell(texts[x], id=x) for x in texts] + [_setup_cell()]


def _setup_cell():
    course = spine.course()
    source = (Path(__file__).parent / "setup_cell.txt").read_text(encoding="utf-8")
    for key in ("repository", "version"):
        source = source.replace("{" + key + "}", course[key])
    return new_code_cell(source.rstrip("\n"), id="setup", metadata=SETUP)


def badge(lesson):
    """Return the link that opens a lesson in Colab, where the course is on GitHub."""
    if not (home := readme.on_github()):
        return ""
    colab = "https://colab.research.google.com"
    image = f"![Open in Colab]({colab}/assets/colab-badge.svg)"
    place = "/blob/".join(home)
    return f"\n\n[{image}]({colab}/github/{place}/lessons/{lesson.stem}.ipynb)"


def navigation(root, lesson):
    """Return the line under a lesson's title: where it stands and what is beside it."""
    ready = {known.number: known for known in masters(root)}
    count = len(spine.course()["lessons"])
    parts = [f"Lesson {lesson.number} of {count - 1}", f"{lesson.minutes} minutes"]
    before, after = ready.get(lesson.number - 1), ready.get(lesson.number + 1)
    if before:
        parts.append(f"[← {before.question}]({before.stem}.ipynb)")
    parts.append("[contents](../README.md#lessons)")
    if after:
        parts.append(f"[{after.question} →]({after.stem}.ipynb)")
    return " · ".join(parts)


def _closing(root, lesson):
    code = f'from numlearn import progress\n\nprogress("{lesson.slug}")'
    text = f"{new_words(lesson)}{navigation(root, lesson)}"
    return [new_code_cell(code, id="progress"), new_markdown_cell(text, id="words")]


def new_words(lesson):
    """Return a line of links to what the glossary says this lesson teaches."""
    home = readme.on_github()  # in Colab nothing lies beside a lesson
    page = f"https://github.com/{'/blob/'.join(home)}" if home else ".."
    entries = readme.GLOSSARY.read_text(encoding="utf-8").split("\n## ")
    mine = re.compile(rf"{{[Ll]esson:{lesson.slug}}}")
    words = [x.split("\n")[0] for x in entries if mine.search(x)]
    anchors = [word.lower().replace(" ", "-") for word in words]
    links = [f"[{w}]({page}/docs/glossary.md#{a})" for w, a in zip(words, anchors)]
    return f"New words: {' · '.join(links)}\n\n" if links else ""


def _expand(known, cell):
    """Turn a master's cell into the cells that a notebook has for it."""
    if cell.metadata.keys() & HIDDEN:
        return []
    if name := cell.metadata.get("exercise"):
        _, exercise = exercises.find(name)
        answer = new_code_cell(cell.source, id=name, metadata=_nbgrader(name))
        return [answer, _check_cell(exercise), _hints_cell(exercise)]
    if slug := cell.metadata.get("quiz"):
        questions = exercises.quiz_of(slug)
        text = f"## Three questions\n\n{_questions(questions)}"
        letters = ", ".join(f'"{question.answer}"' for question in questions)
        code = f'from numlearn import quiz\n\nquiz("{slug}", {letters})'
        asked = new_code_cell(code, id=f"quiz-{slug}")
        return [new_markdown_cell(text, id="questions"), asked]
    if cell.cell_type != "code":
        text = spine.resolve(cell.source, known)
        return [new_markdown_cell(text, id=cell.id)]
    kept = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
    return [new_code_cell(cell.source, id=cell.id, metadata=kept)]


def _questions(questions):
    """Write quiz questions as Markdown."""
    blocks = []
    for number, question in enumerate(questions, 1):
        options = [
            f"   - **{x}.** {text}" for x, text in zip("abcdef", question.options)
        ]
        blocks.append(f"{number}. {question.text}\n" + "\n".join(options))
    return "\n\n".join(blocks)


def _nbgrader(name, points=None):
    """Return the metadata by which nbgrader (schema 3) knows a cell."""
    is_check = points is not None
    grade = {"grade": is_check, "solution": not is_check, "locked": is_check}
    worth = {"points": points} if is_check else {}
    return {
        "nbgrader": {
            **{"schema_version": 3, "task": False, "grade_id": name},
            **grade,
            **worth,
        }
    }


def _check_cell(exercise):
    code = f'from numlearn import check, hint, solution\n\ncheck("{exercise.name}")'
    name = f"check-{exercise.name}"
    return new_code_cell(code, id=name, metadata=_nbgrader(name, exercise.points))


def _hints_cell(exercise):
    hints = "\n\n".join(
        f"<details><summary>Hint {n}</summary>\n\n{text}\n\n</details>"
        for n, text in enumerate(exercise.hints, 1)
    )
    return new_markdown_cell(hints, id=f"hints-{exercise.name}")


def _notebook(lesson, cells, source_of, solve_quiz):
    """Assemble one notebook: sources, and only our metadata."""
    result = []
    for cell in cells:
        copy = nbformat.from_dict(cell)
        copy.source = source_of(copy.source + "\n")
        if copy.id.startswith("quiz-") and not solve_quiz:
            blanks = ", ".join(["..."] * len(exercises.quiz_of(lesson.slug)))
            copy.source = copy.source.split('", ')[0] + f'", {blanks})'
        result.append(copy)
    header = {key: getattr(lesson, key) for key in HEADER}
    header = {k: list(v) if isinstance(v, tuple) else v for k, v in header.items()}
    header["needs"] = [spine.resolve(need) for need in lesson.needs]
    notebook = new_notebook(
        cells=result, metadata={"kernelspec": KERNEL, "numlearn": header}
    )
    nbformat.validate(notebook)
    return notebook


def execute(notebook, folder):
    """Run a notebook in place, as a learner without any progress would.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    folder : pathlib.Path
        Where its kernel runs.

    Raises
    ------
    NumlearnError
        With the cell and the error at which it stopped.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "NUMLEARN_HOME": home, "NUMLEARN_STATIC": "1"}
        client = NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT,
            record_timing=False,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            client.execute(env=env)
        except CellExecutionError as error:
            raise NumlearnError(f"A cell failed to run.\n{error}") from None


def keep_outputs(path, notebook):
    """Take over the outputs of a notebook on disk if its code is the same.

    The setup cell prints nothing, and changes with the course's address: that is no
    reason to run everything.

    Returns
    -------
    bool
        Whether it was, so that nothing has to run again.
    """
    stored = nbformat.read(path, as_version=4).cells if path.is_file() else []
    ran, new = (
        [x for x in c if x.cell_type == "code"] for c in (stored, notebook.cells)
    )
    if len(ran) != len(new) or not all(map(_same_code, ran, new)):
        return False
    for old, cell in zip(ran, new):
        cell.outputs, cell.execution_count = old.outputs, old.execution_count
    return all(cell.execution_count for cell in new)


def _same_code(old, new):
    is_setup = "setup" in new.metadata.get("tags", []) and old.id == new.id
    return is_setup or old.source == new.source


def same_sources(path, notebook):
    """Tell whether a notebook on disk has the sources of this one and has been run."""
    if not path.is_file():
        return False
    stored = nbformat.read(path, as_version=4)
    ran = all(cell.execution_count for cell in stored.cells if cell.cell_type == "code")
    return ran and without_outputs(stored) == without_outputs(notebook)


def without_outputs(notebook):
    """Return a notebook's text with all outputs removed."""
    bare = nbformat.from_dict(notebook)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    bare.metadata = {key: bare.metadata.get(key) for key in ("kernelspec", "numlearn")}
    return nbformat.writes(bare)


def _write(path, notebook):
    """Write a notebook if its bytes changed; return the files written."""
    notebook.metadata = {
        key: notebook.metadata[key] for key in ("kernelspec", "numlearn")
    }
    return _save(path, nbformat.writes(notebook) + "\n")


def _save(path, text):
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8")
    return [path]
