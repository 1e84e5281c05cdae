"""For whoever takes the course: checks, hints, solutions, quizzes, progress."""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_check": "check hint solution",
        "_doctor": "doctor",
        "_lab": "lab",
        "_need": "need",
        "_progress": "progress",
        "_quiz": "quiz",
        "_workspace": "update",
    },
)
