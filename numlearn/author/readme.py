"""The generated parts of hand-written pages: lessons, claims, the schedule.

A part stands between ``<!-- name: generated -->`` and ``<!-- end -->``. Once the course
has an address, README's links lead there from wherever it is shown, such as an index.
"""

import re
import tomllib
from collections import Counter
from pathlib import Path

from numlearn import exercises, plots
from numlearn import lessons as spine

GLOSSARY = Path(__file__).parent / "glossary.md"
HOW = {"run": "run", "read": "read in code", "told": "told"}
SESSION = 180  # minutes


def pages(root, known):
    """Return each page that has generated parts, with these made anew.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    known : sequence of Lesson
        The lessons that have a master.

    Returns
    -------
    dict of str to str
        The whole text by the page's path in the checkout.
    """
    ready = {lesson.slug: lesson for lesson in known}
    parts = {
        "README.md": {"lessons": lesson_table, "claims": claim_line},
        "docs/claims.md": {"claims": claim_table, "measured": measured_table},
        "docs/instructor.md": {"schedule": schedule},
        "pyproject.toml": {"urls": urls},
    }
    texts = {name: (root / name).read_text(encoding="utf-8") for name in parts}
    for name, makers in parts.items():
        for part, make in makers.items():
            texts[name] = _fill(texts[name], part, make(ready))
    texts["README.md"] = _from_anywhere(texts["README.md"])
    source = GLOSSARY.read_text(encoding="utf-8")
    texts["docs/glossary.md"] = spine.resolve(source, ready.values(), "../lessons/")
    texts["docs/triangle.svg"] = plots.triangle().svg
    return texts


def _fill(text, part, block):
    pattern = rf"((?:<!--|#) {part}: generated\b[^\n]*\n).*?((?:<!--|#) end\b)"
    block = block and f"{block}\n"
    return re.sub(pattern, lambda m: f"{m[1]}{block}{m[2]}", text, flags=re.DOTALL)


def on_github():
    """Return ``owner/name`` and the branch of the course, where it is on GitHub."""
    address = r"git\+https://github\.com/([^/@]+/[^/@]+?)(?:\.git)?(?:@(.+))?"
    home = re.fullmatch(address, spine.course()["repository"])
    return home and (home[1], home[2] or "main")


def _from_anywhere(text):
    """Let links lead to the course's address, if it has one, and pictures come from it.

    Without an address they lead to the files beside the page.
    """
    plain = re.sub(r"https://github\.com/[^/]+/[^/]+/(?:blob|raw)/[^/]+/", "", text)
    if not (home := on_github()):
        return plain
    owner, branch = home

    def led(match):
        kind = "raw" if match[1] else "blob"
        return f"{match[1]}{match[2]}https://github.com/{owner}/{kind}/{branch}/"

    return re.sub(r"(!?)(\[[^\]]*\]\()(?!https?:|#)", led, plain)


def urls(ready):
    """Return the links that an index shows: none as long as the course has no address.

    Parameters
    ----------
    ready : dict of str to Lesson
    """
    if not (home := on_github()):
        return ""
    address = f"https://github.com/{home[0]}"
    lines = ["[project.urls]", f'Source = "{address}"', f'Issues = "{address}/issues"']
    return "\n".join(lines)


def lesson_table(ready):
    """Return the table of lessons; a planned lesson has no link and no minutes.

    Parameters
    ----------
    ready : dict of str to Lesson
        The lessons that are written, by slug; likewise in the other tables.
    """
    rows = [
        "| | the question | minutes | exercises | solved |",
        "|---|---|---|---|---|",
    ]
    for number, slug in enumerate(spine.course()["lessons"]):
        lesson = ready.get(slug) or spine.Lesson(number, slug, planned=True)
        if lesson.planned:
            rows.append(f"| {number:02d} | {lesson.title} (planned) | | | |")
            continue
        count = len(exercises.of_lesson(slug))
        rows.append(
            f"| {number:02d} | [{lesson.question}](lessons/{lesson.stem}.ipynb)"
            f" | {lesson.minutes} | {count} | [read](solutions/{lesson.stem}.ipynb) |"
        )
    minutes = sum(lesson.minutes for lesson in ready.values())
    count = sum(len(exercises.of_lesson(slug)) for slug in ready)
    rows.append(
        f"\n{len(ready)} lessons written, {minutes / 60:.1f} hours, {count} exercises."
    )
    return "\n".join(rows)


def claims():
    """Return what the page of 2021 claims, and where what is told comes from.

    Returns
    -------
    claims : dict of str to dict
        By number, "S1" to "S48": claim, lessons, how, verdict and note; where it is
        told also date and source.
    sources : dict of str to str
        What the short name of a source means.
    """
    path = Path(__file__).parent / "claims.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    sources = told.pop("sources")
    return told, sources


def claim_line(ready):
    """Return how many claims there are, what became of them, and where it stands."""
    known, _ = claims()
    counts = Counter(claim["verdict"] for claim in known.values()).most_common()
    tally = ", ".join(f"{verdict} {count}" for verdict, count in counts)
    return f"Of its {len(known)} claims ({tally}) [a table](docs/claims.md) says more."


def claim_table(ready):
    """Return the table of claims: claim → lessons → how it is settled → verdict."""
    known, sources = claims()
    rows = [
        "| | said in March 2021 | lesson | settled by | today |",
        "|---|---|---|---|---|",
    ]
    for number, claim in known.items():
        names = " ".join(f"{{number:{slug}}}" for slug in claim["lessons"])
        places = spine.resolve(names, ready.values(), "../lessons/")
        how = [HOW[way] for way in claim["how"]]
        if "told" in claim["how"]:
            how[-1] += f": {claim['source']}, {claim['date']}"
        rows.append(
            f"| {number} | {claim['claim']} | {places} | {', '.join(how)}"
            f" | {_verdict(claim)} |"
        )
    told = "; ".join(f"*{name}*: {meaning}" for name, meaning in sources.items())
    return "\n".join([*rows, f"\nTold by {told}."])


def _verdict(claim):
    colon = "" if claim["verdict"] == "holds if" or not claim["note"] else ":"
    note = spine.resolve(claim["note"])
    return f"**{claim['verdict']}**{colon} {note}".strip()


def measured_table(ready):
    """Return what the closed loop says of its claims: effects, intervals, verdicts."""
    from numlearn.world import claims

    rows = ["| claim | lesson | measured | verdict |", "|---|---|---|---|"]
    for (sentence, slug, built_in, settled), lines in claims().groupby(
        ["sentence", "lesson", "built_in", "settled"], sort=False
    ):
        place = spine.resolve(f"{{number:{slug}}}", ready.values(), "../lessons/")
        effects = "<br>".join(
            f"{line.measure}: {' '.join(_effect(line))}" for line in lines.itertuples()
        )
        note = f"<br>built in: {built_in}" if built_in else ""
        rows.append(f"| {sentence} | {place} | {effects} | **{settled}**{note} |")
    return "\n".join(rows)


def _effect(line):
    digits = 2 if abs(line.mean) >= 0.1 else 4
    return (
        f"{line.mean:.{digits}f}",
        f"({line.low:.{digits}f} … {line.high:.{digits}f})",
    )


def schedule(ready):
    """Return a table of sessions: lessons in order, as many as fit in three hours."""
    sessions = []
    for lesson in ready.values():
        if not sessions or sum(x.minutes for x in [*sessions[-1], lesson]) > SESSION:
            sessions.append([])
        sessions[-1].append(lesson)
    rows = ["| session | lessons | minutes | exercises |", "|---|---|---|---|"]
    for number, session in enumerate(sessions, 1):
        links = " · ".join(
            f"[{lesson.number:02d}](../lessons/{lesson.stem}.ipynb) {lesson.question}"
            for lesson in session
        )
        count = sum(len(exercises.of_lesson(lesson.slug)) for lesson in session)
        minutes = sum(lesson.minutes for lesson in session)
        rows.append(f"| {number} | {links} | {minutes} | {count} |")
    return "\n".join(rows)
