"""The generated parts of README: the table of lessons and the schedule."""

import re

from numlearn import exercises
from numlearn.course import lessons as spine


def write(root):
    """Fill in README's generated parts; return the files written."""
    path = root / "README.md"
    text = path.read_text(encoding="utf-8")
    filled = fill(text, root)
    if filled == text:
        return []
    path.write_text(filled, encoding="utf-8")
    return [path]


def fill(text, root):
    """Return README's text with its generated parts made anew.

    Parameters
    ----------
    text : str
        README as it stands, with ``<!-- lessons: generated -->`` … ``<!-- end -->``.
    root : pathlib.Path
        The checkout.
    """
    block = f"<!-- lessons: generated -->\n{lesson_table(root)}\n<!-- end -->"
    pattern = r"<!-- lessons: generated -->.*?<!-- end -->"
    return re.sub(pattern, lambda _: block, text, flags=re.DOTALL)


def lesson_table(root):
    """Return the table of lessons; a planned lesson has no link and no minutes."""
    from numlearn.course.build import masters

    ready = {lesson.number: lesson for lesson in masters(root)}
    rows = [
        "| | the question | minutes | exercises | solved |",
        "|---|---|---|---|---|",
    ]
    for number, slug in enumerate(spine.course()["lessons"]):
        lesson = ready.get(number) or spine.Lesson(number, slug, planned=True)
        if lesson.planned:
            rows.append(f"| {number:02d} | {lesson.title} (planned) | | | |")
            continue
        count = len(exercises.of_lesson(slug))
        rows.append(
            f"| {number:02d} | [{lesson.question}](lessons/{lesson.stem}.ipynb)"
            f" | {lesson.minutes} | {count} | [read](solutions/{lesson.stem}.ipynb) |"
        )
    minutes = sum(lesson.minutes for lesson in ready.values())
    count = sum(len(exercises.of_lesson(lesson.slug)) for lesson in ready.values())
    rows.append(
        f"\n{len(ready)} lessons written, {minutes / 60:.1f} hours, {count} exercises."
    )
    return "\n".join(rows)
