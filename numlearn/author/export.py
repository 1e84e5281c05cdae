"""Hand the lessons to a school's own grader: nbgrader takes them as they are."""

import json

from numlearn._files import course_root, folder_to_fill
from numlearn.errors import NumlearnError
from numlearn.lessons import MARKED, lessons, marked_cell

CONFIG = """\
# One assignment a lesson. For each, in this folder:
#     nbgrader generate_assignment NN_slug          → release/
#     nbgrader autograde NN_slug                    ← submitted/STUDENT/NN_slug/
#     nbgrader export                               → grades.csv
# nbgrader runs the checks inside the student's own notebook, where whoever means to can
# forge them; `numlearn grade` judges answers outside.
c = get_config()
c.CourseDirectory.course_id = "numlearn"
c.ClearSolutions.code_stub = {"python": "..."}
c.Execute.timeout = 120
"""


def export(*, nbgrader):
    """Write all lessons as the source of an nbgrader course.

    Parameters
    ----------
    nbgrader : path-like
        The course's folder, new or empty: what an instructor has changed is never
        overwritten.

    Returns
    -------
    list of pathlib.Path
        The notebooks written, ``source/NN_slug/NN_slug.ipynb``.

    Raises
    ------
    NumlearnError
        If the folder holds something already.
    """
    folder = folder_to_fill(nbgrader)
    if any(folder.iterdir()):
        raise NumlearnError(f"{folder} is not empty: name a new folder to export to.")
    texts = {x.stem: assignment(x) for x in lessons() if not x.planned}
    paths = [folder / "source" / stem / f"{stem}.ipynb" for stem in texts]
    for path, text in zip(paths, texts.values()):
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    return paths


def assignment(lesson):
    """Return a lesson's notebook with each solution in place, between the markers.

    nbgrader replaces what stands between them by ``...`` when it makes the students'
    version; its metadata are in the built lesson already.

    Parameters
    ----------
    lesson : Lesson

    Returns
    -------
    str
        The notebook as JSON.
    """
    path = course_root() / "lessons" / f"{lesson.stem}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            name = cell["metadata"]["nbgrader"]["grade_id"]
            cell["source"] = _with_stub(marked_cell(lesson.slug, name)).rstrip("\n")
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _with_stub(source):
    """Let a value's name stay visible when its solution is cleared: ``name = ...``."""

    def add(match):
        value = match["body"].partition(" = ")[0]
        is_value = not match["indent"] and value.isidentifier()
        return (f"{value} = ...\n" if is_value else "") + match[0]

    return MARKED.sub(add, source)
