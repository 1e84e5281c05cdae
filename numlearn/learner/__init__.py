"""For whoever takes the course: checks, hints, solutions, quizzes, progress."""

from numlearn.learner._check import check, hint, solution
from numlearn.learner._doctor import examine
from numlearn.learner._lab import lab
from numlearn.learner._progress import done, progress
from numlearn.learner._quiz import quiz

__all__ = [
    "check",
    "done",
    "examine",
    "hint",
    "lab",
    "progress",
    "quiz",
    "solution",
]
