"""What teaches: checks, hints, progress, quizzes, and the tools that build lessons."""

from numlearn.course._check import check, hint, solution
from numlearn.course._progress import progress
from numlearn.course._quiz import quiz

__all__ = ["check", "hint", "progress", "quiz", "solution"]
