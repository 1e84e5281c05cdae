"""Grade a class: run each notebook apart, and judge here what comes back.

This is the trusted side. The notebooks run in processes of their own (``child.py``,
``_containment``) and send back plain data, which is compared here with the answer
key, on inputs from a secret seed. Nothing else that a notebook says counts.
"""

import contextlib
import hashlib
import queue
import stat
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import numlearn
from numlearn import exercises
from numlearn._files import destination, origin
from numlearn._progress import progress_shown
from numlearn.errors import NumlearnError
from numlearn.exercises import Outcome
from numlearn.grading.trusted import copies
from numlearn.grading.trusted import feedback as returned
from numlearn.grading.trusted.containment import Containment
from numlearn.grading.trusted.gradebook import (
    COLUMNS,
    Journal,
    Pause,
    read_grades,
    write_csv,
)
from numlearn.grading.trusted.names import same
from numlearn.grading.trusted.rules import Rules, read_credit, read_rules
from numlearn.grading.trusted.submissions import collect, read
from numlearn.grading.trusted.verdicts import Questions, seed_of
from numlearn.grading.wire import NOT_A_NOTEBOOK

SUSPECT = 3  # so often may the grader be ended while one notebook runs
ENDS_US = (
    f"each of {SUSPECT} times that it ran, the grader was ended: run it alone, in the"
    " sandbox"
)


class Graded(NamedTuple):
    """What was graded, and where it stands."""

    grades: Path
    gradebook: Path
    files: int
    rows: int
    students: int
    caution: str
    feedback: Path | None = None

    def __str__(self):
        back = f"; what goes back in {self.feedback}" if self.feedback else ""
        return (
            f"{self.files} files, {self.students} students, {self.rows} rows in"
            f" {self.grades}; a line a student in {self.gradebook}{back}"
        )


def grade(
    folder,
    seed_file,
    *,
    out="grades.csv",
    n_jobs=1,
    sandbox=None,
    limits=None,
    lessons=None,
    layout=None,
    roster=None,
    rules=None,
    adjust=None,
    only=None,
    feedback=None,
    tell=None,
    progress=None,
):
    """Grade all notebooks of a folder and write grades.csv and gradebook.csv.

    A run that was stopped goes on where it was when it is started again.

    Parameters
    ----------
    folder : path
        What was handed in, as Canvas, Moodle, Google Classroom or nbgrader give it out,
        or as ``<student>/NN_slug.ipynb`` or ``<student>_NN_slug.ipynb``. Every other
        file gets a row with the reason why it was not graded.
    seed_file : path
        A file with a secret text of your own. From it and a student's name the inputs
        are drawn on which the answers are tried; the same text and name give the same.
        It is made unreadable to others.
    out : path
        Where the rows go; ``gradebook.csv`` is written beside it.
    n_jobs : int
        How many notebooks run at a time.
    sandbox : {None, "bwrap"}
        See docs/instructor.md for what each level of isolation stops.
    limits : Limits, optional
        What one notebook may use.
    lessons : dict of str to sequence of Exercise, optional
        By default all lessons of the course.
    layout : {None, "canvas", "moodle", "classroom", "nbgrader", "plain"}
        How files are named; guessed if not given.
    roster : path, optional
        CSV with columns id, name and email: everybody there gets a line.
    rules : path, optional
        TOML with due dates, penalties, weights and the like; see docs/instructor.md.
    adjust : path, optional
        CSV with columns student, exercise, points and comment: credit given by hand.
    only : str, optional
        A student: the others' rows are taken from what stands at `out`.
    feedback : path, optional
        A folder for what comes back: a page for each student, tables that Canvas and
        Moodle import, a report on the class and the answers that are alike. All of it
        is replaced at once when everything is graded.
    tell : callable, optional
        Called with each sentence about what was found, before anything is run.
    progress : None, True or callable
        A bar on stderr, or what is called with the number of files done and in all.

    Returns
    -------
    Graded

    Raises
    ------
    NumlearnError
        If something named is missing or has a fault, or notebooks cannot be run here
        as they should.
    """
    out = destination(out)
    lessons = lessons or {x: exercises.of_lesson(x) for x in exercises.slugs()}
    worth = {(x, e.name): e.points for x, several in lessons.items() for e in several}
    secret = read_seed(seed_file)
    containment = Containment(sandbox, limits, n_jobs)
    feedback = feedback and returned.place(feedback, folder, out)
    book, journal = out.with_name("gradebook.csv"), out.with_name(out.name + ".journal")
    ours = [out, book, journal, seed_file, rules, adjust]
    found = collect(folder, lessons, ours, layout=layout, roster=roster)
    law = read_rules(rules, lessons, found.people) if rules else Rules()
    credit = read_credit(adjust, worth, found.people) if adjust else {}
    todo, kept = found.submissions, []
    if only:
        todo, kept, journal = _only(only, found, out, journal)
    for note in filter(None, (*found.notes, containment.caution)):
        tell and tell(note)
    containment.try_out()
    same = (secret, numlearn.__version__, sandbox, containment.limits)
    run = hashlib.sha256(repr(same).encode()).hexdigest()
    grader = _Grader(folder, lessons, secret, containment, Journal(journal, run))

    def publish(new):
        both = sorted(kept + new, key=_by_student) if kept else new
        rows = law.counted(both, credit, worth)
        write_csv(out, COLUMNS, [[row[x] for x in COLUMNS] for row in rows])
        return rows

    so_far, pause, steps = list, Pause(), grader.all(todo, n_jobs)
    with progress_shown(progress, "grading") as step, contextlib.closing(steps):
        for done, so_far in enumerate(steps, 1):
            pause.between(lambda now=so_far: publish(now()))
            step(done, len(todo))
    rows = publish(so_far())
    columns, lines = law.gradebook(rows, worth, found.people)
    write_csv(book, columns, lines)
    if feedback:
        pairs = copies.pairs(Path(folder), found.submissions, lessons)
        marks = returned.Marks(rows, columns, lines, worth, lessons, found, pairs)
        returned.write(feedback, marks)
    grader.journal.forget()
    counts = len(todo), len(rows), len(lines)
    return Graded(out, book, *counts, containment.caution, feedback)


def _by_student(row):
    return row["student"], row["lesson"]


def _only(only, found, out, journal):
    """Return a student's files, the rows of all others, and where a journal goes."""
    if not out.is_file() or journal.exists():
        raise NumlearnError(
            f"{out} is not there, or not finished: grade everybody before you grade one"
            " again."
        )
    student = found.people.need(only, "--only")
    todo = [x for x in found.submissions if x.student == student]
    kept = [row for row in read_grades(out) if row["student"] != student]
    return todo, kept, journal.with_name(out.name + ".only.journal")


def read_seed(path):
    """Return the secret that a seed file stands for, and shield the file.

    Parameters
    ----------
    path : path
        A file with any text; white space around it does not count.

    Returns
    -------
    bytes

    Raises
    ------
    NumlearnError
        If it is missing or empty, or others can read it and that cannot be changed.
    """
    path = origin(path, "seed file")
    try:
        text, mode = path.read_bytes().strip(), path.stat().st_mode
        if stat.S_ISREG(mode) and mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise NumlearnError(
            f"The seed file {path} must be yours and readable to you alone"
            f" ({error.strerror}): write a secret text to a file and name it."
        ) from None
    if not text:
        raise NumlearnError(
            f"The seed file {path} is empty: write a secret text to it."
        )
    return hashlib.sha256(text).digest()


class _Grader:
    """Grades what was handed in, each notebook once, and remembers what is done."""

    def __init__(self, folder, lessons, secret, containment, journal):
        self._folder, self._run, self.journal = Path(folder), containment, journal
        self._lessons, self._secret = lessons, secret

    def all(self, submissions, jobs):
        """Grade everything; after each file, yield what lists the rows so far."""
        done, late = {}, []
        for these, workers, alone in ((submissions, jobs, False), (late, 1, True)):
            for submission, rows in self._each(these, workers, alone):
                if rows is None:
                    late.append(submission)
                    continue
                done[submission] = rows
                yield lambda: [x for each in submissions for x in done.get(each, ())]

    def _each(self, submissions, workers, alone):
        slots = queue.SimpleQueue()
        for slot in range(workers):
            slots.put(slot)

        def one(submission):
            slot = slots.get()
            try:
                return self._one(submission, slot, alone)
            finally:
                slots.put(slot)

        with ThreadPoolExecutor(workers) as pool:
            futures = {pool.submit(one, each): each for each in submissions}
            try:
                for future in as_completed(futures):
                    yield futures[future], future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self._run.stop()
                raise

    def _one(self, submission, slot, alone):
        """Return a submission's rows, or None to be asked again when it is alone."""
        most = self._run.limits.notebook
        content, why_not = b"", submission.why_not
        if not why_not:
            content, why_not = read(self._folder / submission.file, most)
        if why_not:
            return self._rows(submission, why_not)
        sha256 = hashlib.sha256(content).hexdigest()
        # Under another name it would be asked on other inputs.
        student = same(submission.student)
        key = submission.file, submission.lesson, student, sha256
        if rows := self.journal.rows(key):
            whose = {"student": submission.student, "submitted": submission.submitted}
            return [row | whose for row in rows]
        if self.journal.begun(key) >= SUSPECT:
            return self._rows(submission, ENDS_US, sha256=sha256)
        if self.journal.begun(key) and not alone:
            return None
        self.journal.begin(key)
        questions = self._questions(student, submission.lesson)
        ended = self._run.run(content, questions.as_json, slot)
        rows = self._rows(submission, sha256=sha256, asked=(questions, ended))
        self.journal.done(key, rows)
        return rows

    def _questions(self, student, lesson):
        """Return what one student is asked: of each exercise inputs of his own."""
        asked = self._lessons[lesson]
        names = [exercise.name for exercise in asked]
        use = {x: (student, lesson, x, "inputs") for x in names}
        return Questions(asked, {x: seed_of(self._secret, *use[x]) for x in names})

    def _rows(self, submission, why_not="", sha256="", asked=None):
        exercises = self._lessons.get(submission.lesson, (None,))
        notes = submission.file
        verdicts, seconds = [None] * len(exercises), 0.0
        if asked is not None:
            questions, ended = asked
            why_not, seconds = self._reason(ended.how), round(ended.seconds, 1)
            try:
                verdicts, cells = questions.judge(ended.report)
                notes += f": {cells}" if cells else ""
            except ValueError:
                why_not = "what it sent back could not be read"
        return [
            _row(submission, exercise, verdict, why_not)
            | {"seconds": seconds, "notes": notes, "notebook_sha256": sha256}
            | {"course_version": numlearn.__version__}
            for exercise, verdict in zip(exercises, verdicts)
        ]

    def _reason(self, how):
        """Say why a notebook's process ended before all was answered."""
        limits = self._run.limits
        return {
            "time": f"it took more than {limits.seconds} seconds of computing,"
            f" or {limits.clock} by the clock",
            "memory": f"it took more than {limits.memory / 2**30:.1f} GiB of memory",
            "answer": f"it sent back more than {limits.answer / 2**20:.0f} MiB",
            "supervisor gone": "the process that watched over it was ended",
            f"code {NOT_A_NOTEBOOK}": "it is not a notebook (JSON of format 4)",
        }.get(how, f"its process ended before all was answered ({how})")


def _row(submission, exercise, verdict, why_not):
    """Return a row up to its message."""
    outcome = "failed" if exercise else "skipped"
    points, message = 0, f"Not graded: {why_not}."
    if verdict is not None:
        outcome, message = verdict.outcome.name.lower(), verdict.message
        points = exercise.points * (verdict.outcome is Outcome.DONE)
    return {
        "student": submission.student,
        "lesson": submission.lesson,
        "exercise": exercise.name if exercise else "",
        "points": points,
        "max_points": exercise.points if exercise else 0,
        "outcome": outcome,
        "message": message,
        "submitted": submission.submitted,
    }
