"""The site is made without a warning, asks nothing of others, and its links lead on."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

import numlearn as nl
from numlearn._files import course_root
from numlearn.lessons import lessons

pytest.importorskip("myst_nb", reason="the site's packages are not installed")
sys.path.insert(0, str(course_root() / "docs"))
import make_site

READY = [lesson for lesson in lessons() if not lesson.planned]
LOADED = r'<(?:script|img|iframe|source)[^>]*\bsrc="(https?:)?//'
LINKED = r'<link[^>]*\bhref="(https?:)?//'


@pytest.fixture(scope="module")
def site(tmp_path_factory, tell):
    folder = tmp_path_factory.mktemp("site")
    code = "import sys, pathlib, make_site\n"
    code += f"sys.exit(make_site.main(pathlib.Path({str(folder)!r})))"
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=course_root() / "docs",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert not done.stderr
    html = folder / "html"
    size = sum(path.stat().st_size for path in html.rglob("*")) / 2**20
    pages = len(list(html.rglob("*.html")))
    seconds = time.perf_counter() - start
    tell("the site", f"{pages} pages, {size:.0f} MB, made in {seconds:.0f} s")
    return html


def test_each_lesson_and_each_public_name_has_its_place(site):
    for lesson in READY:
        text = (site / "lessons" / f"{lesson.stem}.html").read_text(encoding="utf-8")
        assert lesson.question.split()[-1] in text
    for area in ("scoring", "staking", "models", "learner"):
        text = (site / "reference" / f"{area}.html").read_text(encoding="utf-8")
        module = getattr(nl, area)
        names = [name for name in module.__all__ if callable(getattr(module, name))]
        assert [x for x in names if f'id="numlearn.{area}.{x}"' not in text] == []


def test_a_word_says_what_it_means_where_it_is_explained(site, tell):
    pages = {lesson.stem: site / f"lessons/{lesson.stem}.html" for lesson in READY}
    texts = {stem: page.read_text(encoding="utf-8") for stem, page in pages.items()}
    taught = {word: home for word, (_, home) in make_site.glossary().items() if home}
    hovered = [
        word
        for word, home in taught.items()
        if f'#{word.lower().replace(" ", "-")}" title="' in texts[home]
    ]
    tell("the site", f"{len(hovered)} of {len(taught)} words say what they mean")
    assert len(hovered) >= 0.9 * len(taught)


def test_claims_have_their_page_and_lessons_can_be_taken_home(site):
    claims = (site / "claims.html").read_text(encoding="utf-8")
    assert all(f">S{number}<" in claims for number in range(1, 49))
    for lesson in READY:
        text = (site / "lessons" / f"{lesson.stem}.html").read_text(encoding="utf-8")
        assert f'<a download href="../_static/lessons/{lesson.stem}.ipynb">' in text


def test_a_published_course_shows_no_badge_from_elsewhere(tmp_path, monkeypatch):
    """With a made-up address each lesson has its link to Colab, without a picture."""
    from numlearn.author import build

    course = nl.lessons.course()
    address = {"repository": "git+https://github.com/someone/course.git"}
    monkeypatch.setattr(nl.lessons, "course", lambda: course | address)
    lesson = READY[0]
    badge = build.badge(lesson)
    assert "colab-badge.svg" in badge
    path = tmp_path / "solutions" / f"{lesson.stem}.ipynb"
    path.parent.mkdir()
    built = (course_root() / path.relative_to(tmp_path)).read_text(encoding="utf-8")
    notebook = json.loads(built)
    notebook["cells"][0]["source"] = f"# A lesson{badge}"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.setattr(make_site, "ROOT", tmp_path)
    make_site.lay_out(lesson, tmp_path, {})
    laid = json.loads((tmp_path / path.name).read_text(encoding="utf-8"))["cells"][0]
    place = f"github/someone/course/blob/main/lessons/{lesson.stem}.ipynb"
    link = f"[Open in Colab](https://colab.research.google.com/{place})"
    assert link in laid["source"]
    assert "![" not in laid["source"]


def test_no_page_asks_anything_of_another_place(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(LOADED, text), page
        assert not re.search(LINKED, text), page


def test_every_link_leads_to_a_page_and_a_place_on_it(site):
    texts = {
        page.resolve(): page.read_text(encoding="utf-8")
        for page in site.rglob("*.html")
    }
    places = {page: set(re.findall(r'\bid="([^"]+)"', t)) for page, t in texts.items()}
    broken, seen = [], 0
    for page, text in texts.items():
        for link in re.findall(r'<a\b[^>]*\bhref="([^"]+)"', text):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, place = unquote(link).partition("#")
            target = Path(page.parent / path).resolve() if path else page
            seen += 1
            if not target.exists() or (place and place not in places.get(target, ())):
                broken.append(f"{page.relative_to(site.resolve())}: {link}")
    assert seen > 1_000
    assert broken == []


def test_search_finds_on_a_phone_and_a_laptop(site, axe):
    """In a real browser: results, no request to others, nothing too wide, and axe."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None and os.environ.get("NUMLEARN_BROWSER") != "required":
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    serve = partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        with sync_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-gpu"]
            browser = playwright.chromium.launch(executable_path=chromium, args=flags)
            page, outside = browser.new_page(), []
            page.on("request", lambda r: outside.append(r.url))
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(f"{home}search.html?q=metamodel")
                page.locator("#search-results li").first.wait_for()
                page.goto(f"{home}lessons/{READY[3].stem}.html")
                across = page.evaluate("document.documentElement.scrollWidth")
                assert across <= width
            for place in ("index", f"lessons/{READY[3].stem}", "glossary"):
                page.goto(f"{home}{place}.html")
                assert axe(page) == [], place
            browser.close()
        server.shutdown()
    assert [url for url in outside if not url.startswith((home, "data:"))] == []


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word, also when a page is left before it is whole."""

    def log_message(self, *args):
        pass

    def handle(self):
        with suppress(ConnectionError):
            super().handle()

    def finish(self):
        with suppress(ConnectionError):
            super().finish()
