"""What the course says beside its lessons: claims, words, schedule."""

import re
import shutil
import tomllib

import nbformat
import pytest

from numlearn import lessons as spine
from numlearn._files import course_root

pytest.importorskip("jupytext")

from numlearn.author import build, proof, readme

ROOT = course_root()
ORDER = spine.course()["lessons"]
READY = {lesson.slug: lesson for lesson in build.masters(ROOT)}
CLAIMS, SOURCES = readme.claims()
GLOSSARY = readme.GLOSSARY.read_text(encoding="utf-8")
WORDS = dict(entry.split("\n", 1) for entry in GLOSSARY.split("\n## ")[1:])


def teaches(entry):
    return re.findall(r"{[Ll]esson:(\w+)}", entry)


def plain(text):
    return re.sub(r"[\s>#*_-]+", " ", text.lower())


@pytest.fixture
def checkout(tmp_path):
    """A copy of the course's texts."""
    for name in ("lessons", "solutions", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_every_claim_of_the_page_stands_there_once():
    assert list(CLAIMS) == [f"S{number}" for number in range(1, 49)]


@pytest.mark.parametrize("number", CLAIMS)
def test_claim_is_whole(number):
    claim = CLAIMS[number]
    assert claim["claim"]
    assert set(claim["lessons"]) <= set(ORDER)
    assert claim["lessons"]
    assert set(claim["how"]) <= set(readme.HOW)
    assert claim["how"]
    assert claim["verdict"] in ("holds", "holds if", "fails", "changed since")
    assert claim["note"] or claim["verdict"] == "holds"
    told = "told" in claim["how"]
    assert ("date" in claim, "source" in claim) == (told, told)
    if told:
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", claim["date"])
        assert claim["source"] in SOURCES


@pytest.mark.parametrize("slug", READY)
def test_a_lessons_header_and_the_table_name_the_same_claims(slug):
    table = {number for number, claim in CLAIMS.items() if slug in claim["lessons"]}
    assert set(READY[slug].claims) == table


def test_the_page_of_claims_has_the_table_and_readme_leads_there():
    table = readme.claim_table(READY)
    assert table in (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    assert all(f"\n| {number} | " in table for number in CLAIMS)
    assert "](docs/claims.md)" in readme.claim_line(READY)


def test_published_readme_and_index_lead_to_the_address(checkout, monkeypatch):
    """Links that are relative in a checkout are whole where an index shows them."""
    known = list(READY.values())
    plain = readme.pages(checkout, known)
    assert "[project.urls]" not in plain["pyproject.toml"]
    course = spine.course()
    address = {"repository": "git+https://github.com/someone/course.git@v1"}
    monkeypatch.setattr(spine, "course", lambda: course | address)
    whole = readme.pages(checkout, known)
    links = re.findall(r"\]\(([^)]*)\)", whole["README.md"])
    assert links
    assert [link for link in links if not link.startswith("https://")] == []
    home = "https://github.com/someone/course"
    assert f"{home}/raw/v1/docs/triangle.svg" in links
    assert f"{home}/blob/v1/lessons/00_triangle.ipynb" in links
    urls = tomllib.loads(whole["pyproject.toml"])["project"]["urls"]
    assert urls == {"Source": home, "Issues": f"{home}/issues"}
    for name in ("README.md", "pyproject.toml"):
        (checkout / name).write_text(whole[name], encoding="utf-8")
    assert readme.pages(checkout, known) == whole
    monkeypatch.setattr(spine, "course", lambda: course)
    assert readme.pages(checkout, known) == plain


def test_words_are_in_order_and_short():
    assert len(WORDS) == GLOSSARY.count("\n## ")
    assert list(WORDS) == sorted(WORDS, key=str.lower)
    assert all(len(entry.split()) <= 50 for entry in WORDS.values())


@pytest.mark.parametrize("word", WORDS)
def test_word_names_the_lesson_that_teaches_it(word):
    lessons = teaches(WORDS[word])
    if not lessons:
        assert "`nl." in WORDS[word], "without a lesson it is in the library"
        return
    [slug] = lessons
    assert slug in ORDER
    if slug in READY:
        master = build.master(ROOT, READY[slug])
        assert plain(word) in plain(master.read_text(encoding="utf-8"))


def test_words_lead_to_other_words():
    anchors = {word.lower().replace(" ", "-") for word in WORDS}
    assert set(re.findall(r"\(#([^)]*)\)", GLOSSARY)) <= anchors


def test_a_lesson_closes_with_its_new_words(monkeypatch):
    lesson = READY["data"]
    assert "[era](../docs/glossary.md#era) · " in build.new_words(lesson)
    published = {"repository": "git+https://github.com/someone/course.git@v1"}
    monkeypatch.setattr(spine, "course", lambda: published)
    address = "https://github.com/someone/course/blob/v1/docs/glossary.md#era"
    assert f"[era]({address})" in build.new_words(lesson)


def test_sessions_are_at_most_three_hours():
    table = readme.schedule(READY)
    sessions = [row.split("|")[2:4] for row in table.splitlines()[2:]]
    assert all(int(minutes) <= readme.SESSION for _, minutes in sessions)
    held = "".join(links for links, _ in sessions)
    assert re.findall(r"lessons/(\w+)\.ipynb", held) == [x.stem for x in READY.values()]


def test_code_that_has_not_changed_is_not_run_again(checkout, monkeypatch):
    monkeypatch.setattr(build, "execute", None)
    master = checkout / "solutions" / "triangle.py"
    master.write_text(master.read_text().replace("Welcome.", "Hello."))
    build.build(["triangle"], root=checkout)
    solved = nbformat.read(checkout / "solutions" / "00_triangle.ipynb", 4)
    assert "Hello." in "".join(cell.source for cell in solved.cells)
    assert all(c.execution_count for c in solved.cells if c.cell_type == "code")


PAGES = ["docs/claims.md", "docs/glossary.md", "docs/instructor.md", "README.md"]
PAGES += ["docs/triangle.svg"]


@pytest.mark.parametrize("name", PAGES)
def test_a_stale_page_is_one_sentence(checkout, name):
    path = checkout / name
    text = path.read_text(encoding="utf-8")
    for was, old in (("CORR", "KORR"), ("What do I", "What did I"), ("hedge", "ditch")):
        text = text.replace(was, old)
    path.write_text(text, encoding="utf-8")
    sentence = f"{name}: its generated parts are old; run `numlearn build`."
    assert set(proof._pages(checkout)) - set(proof._pages(ROOT)) == {sentence}
