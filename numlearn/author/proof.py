"""``numlearn build --check``: five rules that every lesson keeps."""

import ast
from pathlib import Path

import nbformat

import numlearn
from numlearn import exercises
from numlearn._files import course_root
from numlearn.author import build, readme, reference, stored
from numlearn.exercises import Outcome, judge

SEEDS = range(5)


def prove(root=None, run=True, slugs=()):
    """Check built lessons against five rules.

    1. The built notebooks, all generated pages and the stored tables match what they
       are made from.
    2. Every solution is done, on five seeds.
    3. Every unsolved lesson runs to its end, and every exercise in it is to do.
    4. Every known wrong answer is wrong, with its own sentence.
    5. Every exercise has an answer cell, a check cell, points and at least two hints.

    Parameters
    ----------
    root : pathlib.Path, optional
        The checkout; by default the one numlearn runs from.
    run : bool
        Whether to execute the unsolved lessons (rule 3); tests leave that to nbval.
    slugs : sequence of str
        Which lessons; all if none is named.

    Returns
    -------
    faults : list of str
        One sentence a fault; empty where all is well.
    counts : dict of str to int
        How many lessons, exercises, wrong answers and questions were checked.
    """
    root = Path(root or course_root())
    faults, counts = (
        [],
        dict.fromkeys(("lessons", "exercises", "wrong answers", "questions"), 0),
    )
    for lesson in build.masters(root, slugs):
        fresh, solved = build.notebooks(root, lesson)
        mine = exercises.of_lesson(lesson.slug)
        faults += _matches(root, lesson, fresh, solved)
        faults += _structure(lesson, fresh, mine)
        for exercise in mine:
            faults += _answers(lesson, exercise, fresh, solved)
            faults += _mistakes(lesson, exercise)
            counts["wrong answers"] += len(exercise.mistakes)
        if run:
            faults += _runs(root, lesson, fresh)
        counts["lessons"] += 1
        counts["exercises"] += len(mine)
        counts["questions"] += len(exercises.quiz_of(lesson.slug))
    faults += _pages(root)
    faults += stored.old(root)
    return faults, counts


def _pages(root):
    made = readme.pages(root, build.masters(root)) | reference.pages()
    for name, text in made.items():
        path = root / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            yield f"{name}: its generated parts are old; run `numlearn build`."


def _matches(root, lesson, fresh, solved):
    again = f"does not match solutions/{lesson.slug}.py; run `numlearn build`."
    for folder, notebook in (("lessons", fresh), ("solutions", solved)):
        path = root / folder / f"{lesson.stem}.ipynb"
        if not path.is_file():
            yield f"{folder}/{path.name} is missing; run `numlearn build`."
        elif folder == "solutions":
            if not build.same_sources(path, notebook):
                yield f"{folder}/{path.name} {again}"
        elif path.read_text(encoding="utf-8") != nbformat.writes(notebook) + "\n":
            yield f"{folder}/{path.name} {again}"


def _structure(lesson, fresh, mine):
    ids = {cell.id for cell in fresh.cells}
    marked = {
        cell.id
        for cell in fresh.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for name in sorted(marked - {exercise.name for exercise in mine}):
        yield f"{lesson.stem}: {name} belongs to another lesson's exercises."
    for exercise in mine:
        if exercise.name not in marked:
            yield f"{lesson.stem}: {exercise.name} has no answer cell."
        elif f"check-{exercise.name}" not in ids:
            yield f"{lesson.stem}: {exercise.name} has no check cell."
        if exercise.points < 1:
            yield f"{lesson.stem}: {exercise.name} is worth no points."
        if len(exercise.hints) < 2:
            yield f"{lesson.stem}: {exercise.name} needs at least two hints."


def answer_in(notebook, name):
    """Return what a notebook's answer cell defines, given the imports above it.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        One of our own: its code is executed in this process.
    name : str
        The exercise's name.

    Returns
    -------
    object
        The function or value; ``...`` if the cell does not define it.
    """
    namespace, cell = above(notebook, name)
    if cell is None:
        return ...
    exec(compile(cell.source, f"<{name}>", "exec"), namespace)
    return namespace.get(name, ...)


def above(notebook, name):
    """Return what an answer cell finds imported, and the cell itself."""
    namespace = {"nl": numlearn}  # as the setup cell has it
    for cell in notebook.cells:
        if cell.cell_type != "code" or "setup" in cell.metadata.get("tags", []):
            continue
        if cell.id == name:
            return namespace, cell
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                exec(compile(ast.Module([node], []), "<imports>", "exec"), namespace)
    return namespace, None


def _answers(lesson, exercise, fresh, solved):
    name = exercise.name
    for seed in SEEDS:
        verdict = judge(exercise, answer_in(solved, name), seed)
        if verdict.outcome is not Outcome.DONE:
            yield (
                f"{lesson.stem}: the solution of {name} is not done on seed {seed}:"
                f" {verdict.message}"
            )
            break
    verdict = judge(exercise, answer_in(fresh, name), SEEDS[0])
    if verdict.outcome is not Outcome.TODO:
        yield f"{lesson.stem}: unsolved, {name} is {verdict.outcome.name}, not TODO."


def _mistakes(lesson, exercise):
    for mistake in exercise.mistakes:
        for seed in SEEDS:
            says = told(exercise, mistake, seed)
            if says != mistake.says:
                yield (
                    f"{lesson.stem}: a wrong answer to {exercise.name} should get"
                    f" {mistake.says!r} on seed {seed}, but gets {says!r}."
                )
                break


def told(exercise, mistake, seed):
    """Return what a learner with this known wrong answer is told, if anything."""
    cases = exercise.inputs(seed)
    faults = (exercise.fault(mistake.answer(*case), case) for case in cases)
    return next((fault for fault in faults if fault), None)


def _runs(root, lesson, fresh):
    notebook = nbformat.from_dict(fresh)
    try:
        build.execute(notebook, root / "lessons")
    except build.NumlearnError as error:
        yield f"{lesson.stem}: unsolved, it does not run to its end. {error}"
        return
    for cell in notebook.cells:
        if not cell.id.startswith("check-"):
            continue
        shown = cell.outputs[0].get("data", {}).get("text/markdown", "")
        if not shown.startswith(Outcome.TODO.value):
            yield f"{lesson.stem}: run unsolved, {cell.id} shows {shown[:60]!r}."
