"""``numlearn build --check``: seven rules that every lesson keeps."""

import ast
import hashlib
import json
import re
import sys
from collections import Counter
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import nbformat
from joblib import Parallel, delayed, parallel_config

import numlearn
from numlearn import exercises
from numlearn import lessons as spine
from numlearn._files import course_root, written_whole
from numlearn.answers import Results, attempt
from numlearn.author import build, mutants, readme, stored, styles
from numlearn.exercises import Outcome, judge, verdict

SEEDS = range(5)
GENERATED = ("title", "check-", "hints-", "quiz-", "progress", "words")
MOST_LISTED = 0.08  # of all mutants: those which no input within the statement tells


def prove(root=None, run=True, slugs=(), n_jobs=1, progress=None):
    """Check built lessons against seven rules.

    1. The built notebooks, all generated pages and the stored tables match what they
       are made from.
    2. Every solution is done, on five seeds.
    3. Every unsolved lesson runs to its end, and every exercise in it is to do.
    4. Every known wrong answer is wrong, with its own sentence.
    5. Every exercise has an answer cell, a check cell, points and at least two hints,
       and the header's minutes are what reading and solving take: `minutes`.
    6. Every mutant of a right answer is caught, or listed with the reason in the
       exercise's `same`; at most 8 % of them are listed.
    7. A right answer in other clothes passes, or is told what is wanted.

    What rules 2 to 4, 6 and 7 found without fault is noted in ``.cache/proofs``, and
    proved anew only when the lesson's code, its exercises, the library, the data or a
    package has changed: `Proof`.

    Parameters
    ----------
    root : pathlib.Path, optional
        The checkout; by default the one numlearn runs from.
    run : bool
        Whether to execute the unsolved lessons (rule 3); tests leave that to nbval.
    slugs : sequence of str
        Which lessons; all if none is named.
    n_jobs : int
        How many lessons are proved at a time, each in a process with one thread.
    progress : callable, optional
        Called as ``progress(done, total)`` after each lesson.

    Returns
    -------
    faults : list of str
        One sentence a fault; empty where all is well.
    counts : dict of str to int
        How much of each kind was checked.
    """
    root = Path(root or course_root())
    faults, counts = [], Counter()
    lessons = build.masters(root, slugs)
    with parallel_config("loky", inner_max_num_threads=1):
        jobs = Parallel(n_jobs, return_as="generator")
        found = jobs(delayed(_of_lesson)(root, lesson, run) for lesson in lessons)
        for lesson, (its_faults, counted) in zip(lessons, found):
            mine = exercises.of_lesson(lesson.slug)
            faults += its_faults
            counts["lessons"] += 1
            counts["exercises"] += len(mine)
            counts["questions"] += len(exercises.quiz_of(lesson.slug))
            counts["wrong answers"] += sum(len(x.mistakes) for x in mine)
            counts.update(counted)
            if progress:
                progress(counts["lessons"], len(lessons))
    faults += _pages(root)
    faults += stored.old(root)
    if counts["mutants listed"] > MOST_LISTED * counts["mutants"]:
        faults.append(
            f"{counts['mutants listed']} of {counts['mutants']} mutants are listed as"
            f" the same: at most {MOST_LISTED:.0%} may be; give the exercises cases"
            " that tell them apart."
        )
    return faults, dict(counts)


def _of_lesson(root, lesson, run):
    """Return a lesson's faults, and counts; what is proved is not proved again."""
    fresh, solved = build.notebooks(root, lesson)
    mine = exercises.of_lesson(lesson.slug)
    faults = [*_matches(root, lesson, fresh, solved), *_structure(lesson, fresh, mine)]
    counts = Counter()
    for what, needed, prover in (
        ("answers", True, lambda: _all_answers(lesson, mine, fresh, solved)),
        ("mutants", True, lambda: _all_mutants(lesson, mine, solved, counts)),
        ("run", run, lambda: _runs(root, lesson, fresh)),
    ):
        notebooks = [fresh] if what == "run" else [fresh, solved]
        proof = Proof(root, lesson, what, *notebooks)
        if needed and not proof.is_there():
            found = list(prover())
            faults += found
            if not found:
                proof.keep(counts if what == "mutants" else {})
        elif what == "mutants":
            counts.update(proof.counts())
    return faults, counts


def _all_answers(lesson, mine, fresh, solved):
    for exercise in mine:
        yield from _answers(lesson, exercise, fresh, solved)
        yield from _mistakes(lesson, exercise)


def _all_mutants(lesson, mine, solved, counts):
    """Yield faults of checks that take a wrong answer for right, or the reverse."""
    for exercise in mine:
        names, _ = above(solved, exercise.name)
        cell = spine.marked_cell(lesson.slug, exercise.name)
        tried, alive = mutants.survivors(exercise, cell, names)
        counts.update({"mutants": tried, "mutants listed": len(exercise.same)})
        for change in sorted(set(alive) ^ set(exercise.same)):
            where = f"{lesson.stem}: {exercise.name} with {change}"
            if change in alive:
                yield f"{where} passes: add a case, or list it in `same` with a reason."
            else:
                yield f"{where} is listed in `same`, and no such mutant passes."
        answer = answer_in(solved, exercise.name)
        told, wrong = styles.misjudged(exercise, answer, SEEDS[0])
        counts.update({f"styles {what}": number for what, number in told.items()})
        for fault in dict.fromkeys(wrong):
            yield f"{lesson.stem}: {exercise.name} is right, but {fault}"


class Proof:
    """A note that a lesson kept a rule, with a hash of all that this depends on.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    lesson : Lesson
    what : {"answers", "mutants", "run"}
        Rules 2 and 4, rules 6 and 7, or rule 3: the tests run every lesson as well,
        and note it here.
    *notebooks : nbformat.NotebookNode
        Those whose code counts.
    """

    def __init__(self, root, lesson, what, *notebooks):
        cells = [cell for notebook in notebooks for cell in notebook.cells]
        code = [cell.source for cell in cells if cell.cell_type == "code"]
        others = tuple(slug for slug in exercises.slugs() if slug != lesson.slug)
        made_of = repr([code, _library(others)]).encode()
        self.path = Path(root) / ".cache" / "proofs" / f"{lesson.stem}-{what}"
        self.digest = hashlib.sha256(made_of).hexdigest()

    def is_there(self):
        """Tell whether this was proved."""
        return self._note().get("digest") == self.digest

    def counts(self):
        """Return what was counted when it was proved."""
        return self._note().get("counts", {})

    def keep(self, counts=()):
        """Note that it is proved, and what was counted."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(self.path) as part:
            part.write_text(json.dumps({"digest": self.digest, "counts": dict(counts)}))

    def _note(self):
        try:
            note = json.loads(self.path.read_text())
        except (OSError, ValueError):  # none, or none of ours
            return {}
        return note if isinstance(note, dict) else {}


@cache
def _library(others):
    """Hash all our code but other lessons' exercises, the data, and every package."""
    package, digest = Path(numlearn.__file__).parent, hashlib.sha256()
    skip = {package / "exercises" / f"{slug}.py" for slug in others}
    paths = [path for path in package.rglob("*.*") if path.suffix in (".py", ".toml")]
    paths += [x for x in (course_root() / "data").rglob("*") if x.is_file()]
    for path in sorted(set(paths) - skip):
        digest.update(f"{path.name} ".encode() + path.read_bytes())
    packages = sorted({f"{x.name} {x.version}" for x in distributions()})
    return digest.hexdigest(), sys.version, tuple(packages)


def _pages(root):
    for name, text in readme.pages(root, build.masters(root)).items():
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
    measured = minutes(fresh, mine)
    if abs(measured - lesson.minutes) > 3:
        yield (
            f"{lesson.stem}: its header says {lesson.minutes} minutes, and its words,"
            f" code and points make {measured:.0f}: write what it takes, or cut."
        )


def minutes(fresh, mine):
    """Return how long a lesson takes: 200 words, 20 lines, a third of a point a minute.

    Parameters
    ----------
    fresh : nbformat.NotebookNode
        The unsolved lesson; what is generated in it (checks, hints) is not counted.
    mine : sequence of Exercise
        Its exercises.

    Returns
    -------
    float
        Without waiting, which the law of lessons keeps below a minute.
    """
    words = lines = 0
    for cell in fresh.cells:
        if cell.id.startswith(GENERATED) or "setup" in cell.metadata.get("tags", []):
            continue
        text = re.sub(r"```.*?```|(?<=\])\([^()]*\)", "", cell.source, flags=re.DOTALL)
        if cell.cell_type == "markdown":
            words += len(text.split())
        else:
            lines += sum(bool(line.strip()) for line in cell.source.splitlines())
    return words / 200 + lines / 20 + 3 * sum(exercise.points for exercise in mine)


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
    tried = (attempt(mistake.answer, *case) for case in cases)
    found = verdict(exercise, Results(cases, tried))
    return found.message if found.outcome is Outcome.WRONG else None


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
