"""A word is explained before it is used: the glossary says by which lesson."""

import re

import jupytext
import pytest

from numlearn import lessons as spine
from numlearn._files import course_root
from numlearn.author import readme

# Words that English has as well: what they look like where the course's own is meant.
SENSES = {
    "bin": r"bins?\b",
    "burn": r"(?<!cryptocurrency that )burn(s|ed|ing)?\b",
    "cap": r"caps?\b",
    "live": r"live (rows?|data|eras?|rounds?|features?)|\*\*?live\b",
    "pool": r"pools?\b",
    "purge": r"purg(e|es|ed|ing)\b",
    "rank": r"ranks\b|its rank\b|\*\*?rank",
    "resolve": r"resolve[sd]?\b",
    "round": r"rounds?\b(?!ed)",
    "short": r"(sold|sells?|selling|go|goes|going) short|short side|\*\*?short\b",
    "signals": r"Signals\b",
    "target": r"targets?\b",
    "walk-forward": r"walk(s|ed)?[- ]forward",
}


def prose():
    """Return (lesson, cell, text) of all that is read, in the order of reading."""
    for slug in spine.course()["lessons"]:
        cells = jupytext.read(course_root() / f"solutions/{slug}.py").cells
        for number, cell in enumerate(cells):
            if cell.cell_type == "markdown":
                text = re.sub(r"```.*?```|`[^`]*`", "", cell.source, flags=re.DOTALL)
                lines = [x for x in text.splitlines() if not x.startswith("#")]
                yield slug, number, " ".join(" ".join(lines).split()).replace("> ", "")


CELLS = list(prose())
ENTRIES = [
    (entry.split("\n", 1)[0], re.search(r"{[Ll]esson:(\w+)}", entry))
    for entry in readme.GLOSSARY.read_text(encoding="utf-8").split("\n## ")[1:]
]
TAUGHT = {word: home[1] for word, home in ENTRIES if home}


def used(word):
    """Return the pattern of a word in its own sense, in upper case where it has it."""
    plain = re.escape(word)
    sense = SENSES.get(word.lower(), rf"{plain}(e?s|d|ed)?\b")
    return re.compile(rf"(?<![\w-]){sense}", re.IGNORECASE * word.islower())


@pytest.mark.parametrize("word", TAUGHT)
def test_a_word_is_explained_where_it_is_first_used(word):
    """Where it is explained it is in italics or bold, in the glossary's lesson.

    Only a first use that links to that lesson may come before.
    """
    home = TAUGHT[word]
    uses = [(slug, text) for slug, _, text in CELLS if used(word).search(text)]
    assert uses, "no lesson uses it: it needs no entry, or the lesson its word"
    slug, text = uses[0]
    if slug != home:
        linked = f"{{lesson:{home}}}" in text.lower()
        assert linked, f"{slug} uses it before it is explained: …{text}"
        text = next(text for slug, text in uses if slug == home)
    marked = rf"\*\*?({used(word).pattern}|{re.escape(word)}\w*)\**"
    assert re.search(marked, text, re.IGNORECASE), f"not marked as new: {text}"
