"""Make the site: lessons solved, pages, glossary and the library's reference.

``python docs/make_site.py`` lays out the pages below ``.cache/site`` and has sphinx
make ``.cache/site/html`` of them. Nothing is executed or asked of the network.
"""

import html
import importlib
import inspect
import json
import re
import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

import numlearn as nl
from numlearn.lessons import lessons

ROOT = Path(__file__).parent.parent
PAGES = ("claims", "colab", "glossary", "teaching", "instructor", "scoring")
PAGES += ("submission",)
AREAS = ("learner", "eras", "scoring", "plots", "data", "metamodel", "models", "fund")
AREAS += ("staking", "world", "tournament", "grading")
API = """Every public name, from its docstring. `import numlearn as nl` brings all.

""" + "\n".join(f"- [nl.{area}]({area}.rst)" for area in AREAS)
CSS = """
.bd-article img { background: #fdfcf9; }
.cell_output .output.text_html > img { max-width: 100%; }
math { font-size: 1.1em; }
a.word { color: inherit; text-decoration: underline dotted; cursor: help; }
"""
DOWNLOAD = '\n\n<a download href="{}">Download the notebook</a>, to solve it yourself.'
BADGE = re.compile(r"\[!\[(Open in Colab)\]\([^)]*\)\]\(([^)]*)\)")


def main(folder=ROOT / ".cache" / "site"):
    """Lay out all pages and make the site; return sphinx's exit code."""
    source = folder / "source"
    shutil.rmtree(source, ignore_errors=True)
    for name in ("lessons", "reference", "_static"):
        (source / name).mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "conf.py", source)
    shutil.copy(ROOT / "course.toml", source)
    shutil.copy(ROOT / "docs" / "scoring_scale.svg", source)
    (source / "_static" / "course.css").write_text(CSS)
    (source / "_static" / "triangle.svg").write_text(nl.plots.triangle().svg)
    for page in PAGES:
        text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        (source / f"{page}.md").write_text(local(text), encoding="utf-8")
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (source / "contributing.md").write_text(local(text), encoding="utf-8")
    known = [lesson for lesson in lessons() if not lesson.planned]
    words = glossary()
    shutil.copytree(ROOT / "lessons", source / "_static" / "lessons")
    for lesson in known:
        lay_out(lesson, source / "lessons", words)
    for area in AREAS:
        (source / "reference" / f"{area}.rst").write_text(reference(area))
    for name, text in sections(known).items():
        (source / name).write_text(text, encoding="utf-8")
    return build_main(["-q", "-W", "--keep-going", str(source), str(folder / "html")])


def local(text):
    """Let a page's links lead to pages of the site, and others be plain words."""

    def led(match):
        words, target = match.groups()
        target = re.sub(r"^(\.\./)+", "", target)
        page = re.sub(r"^docs/", "", target.split(" ")[0])
        stem = page.partition("#")[0]
        if stem == "README.md":
            return f"[{words}](index.md)"
        if stem == "CONTRIBUTING.md":
            return f"[{words}](contributing.md)"
        inside = stem in {f"{name}.md" for name in PAGES} | {""}
        if inside or stem.startswith(("http", "lessons/")) or stem.endswith(".svg"):
            return f"[{words}]({page})"
        return words

    return re.sub(r"\[([^\]]*)\]\(([^)]*)\)", led, text)


def glossary():
    """Return what each word means, as plain text, and the lesson that teaches it."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = {}
    for entry in text.split("\n## ")[1:]:
        word, meaning = entry.split("\n", 1)
        home = re.search(r"\[Lesson \d+\]\(\.\./lessons/(\w+)\.ipynb[^)]*\)", meaning)
        said = meaning.replace(home[0], "") if home else meaning
        said = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", said)
        words[word] = " ".join(re.sub(r"[*`]", "", said).split()), home and home[1]
    return words


def explained(text, word, meaning):
    """Let a word's first mark in a text say what it means, and lead to the glossary."""
    place = f"../glossary.html#{word.lower().replace(' ', '-')}"
    opening = f'<a class="word" href="{place}" title="{html.escape(meaning)}">'
    mark = rf"(?<![\w*])(\*\*?)({re.escape(word)}\w{{0,3}})\1(?![\w*])"
    found = re.search(mark, text, re.IGNORECASE)
    if not found:
        return text
    return f"{text[: found.start()]}{opening}{found[0]}</a>{text[found.end() :]}"


def lay_out(lesson, folder, words):
    """Put a solved lesson among the pages, its answers and its setup folded."""
    path = ROOT / "solutions" / f"{lesson.stem}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    mine = {word: told for word, (told, home) in words.items() if home == lesson.stem}
    cells = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        tags = cell["metadata"].setdefault("tags", [])
        if cell["metadata"].get("nbgrader", {}).get("solution") or "setup" in tags:
            tags.append("hide-input")
        if cell["cell_type"] == "markdown":
            text = text.replace("../README.md#lessons", "../index.md")
            text = text.replace("../docs/", "../")
            text = BADGE.sub(r"[\1](\2)", text)  # its picture would come from elsewhere
            for word in list(mine):
                text, was = explained(text, word, mine[word]), text
                if text != was:
                    del mine[word]
            if cell.get("id") == "title":
                text += DOWNLOAD.format(f"../_static/lessons/{path.name}")
        if not cell.get("id", "").startswith(("quiz-", "progress", "check-")):
            cells.append({**cell, "source": text})
    target = folder / path.name
    target.write_text(json.dumps({**notebook, "cells": cells}), encoding="utf-8")


def reference(area):
    """Return a page with every public name of a module, as autodoc wants it."""
    module = importlib.import_module(f"numlearn.{area}")
    title = f"nl.{area}"
    lines = [title, "=" * len(title), "", inspect.getdoc(module) or "", ""]
    lines += [f".. currentmodule:: numlearn.{area}", ""]
    for name in sorted(module.__all__):
        value = getattr(module, name)
        if inspect.ismodule(value):
            continue
        if inspect.isclass(value):
            lines += [f".. autoclass:: {name}", "   :members:", ""]
        elif callable(value):
            lines += [f".. autofunction:: {name}", ""]
        else:
            lines += [f".. autodata:: {name}", "   :no-value:", ""]
    return "\n".join(lines)


def sections(known):
    """Return the page that the site opens on, and one for each part, by name."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    opening = readme.split("\n## ")[0].split("\n", 1)[1].strip()
    head = "| lesson | the question | minutes |\n|---|---|---|"
    rows = {
        lesson.stem: f"| {lesson.number:02d} | [{lesson.question}](/lessons/"
        f"{lesson.stem}.ipynb) | {lesson.minutes} |"
        for lesson in known
    }
    table = "\n".join([head, *rows.values()])
    triangle = nl.plots.triangle()
    opening = re.sub(r"(?m)^!\[.*\n?", "", opening)  # its picture is drawn anew here
    alt = triangle.alt.split(".")[0]
    title = nl.lessons.course()["title"]
    parts = [f"# {title}", opening, f"![{alt}](_static/triangle.svg)", table]
    return {
        "index.md": page(*parts, tree=["lessons/index", "reference/index", "pages"]),
        "lessons/index.md": page("# Lessons", table, tree=list(rows)),
        "reference/index.md": page("# Reference", API, tree=list(AREAS)),
        "pages.md": page("# Pages", "", tree=[*PAGES, "contributing"], hidden=False),
    }


def page(*parts, tree, hidden=True):
    """Return a page in Markdown with the pages below it."""
    options = [":hidden:" if hidden else ":maxdepth: 1", "", *tree]
    inside = "\n".join(options)
    return "\n\n".join([*parts, f"```{{toctree}}\n{inside}\n```"]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
