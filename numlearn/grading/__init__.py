"""For whoever teaches a class: run what was handed in apart, and judge what comes back.

``trusted`` collects, judges and keeps the book; ``untrusted`` is what runs beside a
student's notebook. Neither imports the other: all that passes between them is plain
data, in the format of ``wire``.
"""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__, {"trusted.containment": "Limits", "trusted.grade": "grade"}
)
