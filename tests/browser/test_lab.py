"""A learner's first ten minutes in a real JupyterLab, in a real Chromium."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import venv
import zipfile
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from chromium import CHROMIUM, FLAGS

from numlearn._files import course_root
from numlearn.exercises import quiz_of
from numlearn.lessons import answer_cell, find_lesson, lessons

# JupyterLab's own: its editors have no name, a folded heading's button no text.
LABS = ("aria-input-field-name", "aria-required-children", "button-name")
ENDLESS = "def first_year(rounds):\n    while True:\n        pass"
TOO_WIDE = """() => [...document.querySelectorAll(
    '.jp-RenderedMarkdown, .jp-RenderedHTMLCommon img, .jp-RenderedImage img')]
    .filter(one => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.textContent.slice(0, 60))"""
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"  # and a traceback
END = ("now", "max")
PATIENCE = 120_000  # milliseconds: of a machine that has other work as well
IDLE = re.compile(r"\| Idle$")
LESSON = f"{find_lesson('triangle').stem}.ipynb"

EXPLORES = "nl.plots.explore("
MOVING = [
    lesson
    for lesson in lessons()
    if EXPLORES in (course_root() / f"solutions/{lesson.slug}.py").read_text("utf-8")
]


class Lab:
    """The course as a learner starts it, with a folder and settings of its own.

    Parameters
    ----------
    home : pathlib.Path
    command : list of str
        What starts the command line.
    cwd : pathlib.Path, optional
        From where, if the course's folder is to be made there and not in `home`.
    """

    def __init__(self, home, command, cwd=None):
        self.course = cwd / "numlearn-course" if cwd else home / "course"
        self.log = home / "server.log"
        settings = home / "settings/@jupyterlab/notebook-extension"
        settings.mkdir(parents=True)
        whole = json.dumps(
            {"windowingMode": "none"}
        )  # off-screen cells stay in the page
        (settings / "tracker.jupyterlab-settings").write_text(whole)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._env = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "IPYTHONDIR": str(home / "ipython"),
            "NUMLEARN_HOME": str(home / "numlearn"),
            "NUMLEARN_STATIC": "",  # here widgets do run
        }
        named = [] if cwd else ["--folder", str(self.course)]
        self._command = [*command, "lab", *named, "--"]
        self._command += ["--no-browser", f"--port={port}", "--ServerApp.ip=127.0.0.1"]
        self._cwd = cwd

    def forget(self, name):
        """Start without one of our variables."""
        self._env.pop(name, None)

    def start(self):
        """Start it; return after how many seconds its address was printed."""
        start = time.perf_counter()
        with self.log.open("w") as file:
            told = {"stdout": file, "stderr": file}
            self._server = subprocess.Popen(
                self._command, env=self._env, cwd=self._cwd, **told
            )
        self._address = _printed_address(self.log, self._server)
        return time.perf_counter() - start

    def stop(self):
        """End the server, which ends its kernels."""
        for child in _children(self._server.pid):
            os.kill(child, signal.SIGTERM)
        self._server.terminate()
        self._server.wait(20)

    def __call__(self, name):
        """Return a notebook's address, without what was open before."""
        return self._address.replace("?", "?reset&").replace(LESSON, name)


@pytest.fixture(scope="module")
def lab(tmp_path_factory, tell):
    """The course from this checkout."""
    lab = Lab(tmp_path_factory.mktemp("lab"), [sys.executable, "-m", "numlearn"])
    try:
        tell("numlearn lab", f"its address is printed after {lab.start():.1f} s")
        for lesson in MOVING:
            _until_it_moves(lab.course / "lessons" / f"{lesson.stem}.ipynb")
        yield lab
    finally:
        lab.stop()


def _printed_address(log, server, seconds=90):
    """Wait for the address that JupyterLab prints, which is to lead to the lesson."""
    for _ in range(seconds * 10):
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+token=\w+", log.read_text())
        if found:
            assert f"/lab/tree/lessons/{LESSON}?token=" in found[0]
            return found[0]
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    raise TimeoutError(f"JupyterLab printed no address:\n{log.read_text()}")


def _children(pid):
    """Return the processes that one has started, where the system tells."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(x) for x in path.read_text().split()] if path.is_file() else []


def _until_it_moves(path):
    """Write beside a lesson the part of it that its explorable needs."""
    notebook = nbformat.read(path, as_version=4)
    [at] = [i for i, cell in enumerate(notebook.cells) if EXPLORES in cell.source]
    generated = ("check-", "hints-", "quiz-", "progress")
    notebook.cells = [
        cell
        for cell in notebook.cells[: at + 1]
        if cell.cell_type == "code" and not cell.id.startswith(generated)
    ]
    nbformat.write(notebook, path.with_name(f"moving_{path.name}"))


def _run_all(page):
    _menu(page, "Run", "Run All Cells")
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll(
                '.jp-CodeCell .jp-InputArea-prompt')].map(e => e.textContent.trim());
            return prompts.length && prompts.every(t => /^\\[\\d+\\]:$/.test(t));
        }"""
    )


def _check_cell(page, name):
    return page.locator(".jp-CodeCell", has_text=f'check("{name}")').first


def _type(page, cell, source):
    """Type into a cell and run it."""
    editor = cell.locator(".cm-content")
    editor.scroll_into_view_if_needed()
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Shift+Enter")


def _answer(page, name, source=None):
    """Type an answer, by default the course's, into its cell; run it and its check."""
    own = "xpath=preceding-sibling::*[contains(@class, 'jp-CodeCell')][1]"
    cell = _check_cell(page, name).locator(own)
    _type(page, cell, source or answer_cell("triangle", name))
    page.keyboard.press("Shift+Enter")


def _ask(page, source):
    """Run what a message advises in a cell of the learner's own, the last one."""
    page.locator(".jp-Cell").last.click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    cells = page.locator(".jp-CodeCell")
    cell = cells.nth(cells.count() - 1)  # running the last makes another
    _type(page, cell, source)
    return cell


def _menu(page, *names):
    for name in names:  # a shortcut may stand behind it
        label = page.locator(".lm-MenuBar-itemLabel, .lm-Menu-itemLabel")
        label.get_by_text(name, exact=True).click()


@contextmanager
def _opened(address, tmp_path):
    """Open a notebook in a browser; what it asked for and complained of is judged."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            viewport={"width": 1280, "height": 1600},
        )
        browser.set_default_timeout(PATIENCE)
        page = browser.pages[0]
        page_errors, outside = [], []
        page.on("pageerror", lambda error: page_errors.append(str(error)))
        page.on("request", lambda r: outside.append(r.url) if "//" in r.url else None)
        page.goto(address, wait_until="domcontentloaded")
        page.locator(".jp-NotebookPanel:visible").wait_for()
        # The toolbar says "idle" before there is a kernel: wait for the status bar.
        page.get_by_text(IDLE).first.wait_for()
        yield page
        browser.close()
    assert page_errors == []
    assert [u for u in outside if not re.match(r"(http|ws)://127\.0\.0\.1", u)] == []


@pytest.fixture(scope="module")
def shots():
    """Where screenshots are kept to be looked at."""
    folder = course_root() / ".cache" / "shots"
    folder = Path(os.environ.get("NUMLEARN_SHOTS", folder))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_learner_walks_through_a_lesson_and_comes_back(
    lab, tmp_path, shots, axe, tell
):
    _first_day(lab, tmp_path, shots, axe)
    lab.stop()
    tell("numlearn lab", f"the second time after {lab.start():.1f} s")
    _second_day(lab, tmp_path, shots, axe)


def _first_day(lab, tmp_path, shots, axe):
    """Wrong, advised, a cell that fails, right, a loop, the quiz, a new kernel."""
    from playwright.sync_api import expect

    def says(cell, *texts):
        for text in texts:
            expect(cell).to_contain_text(text)
        cell.scroll_into_view_if_needed()

    with _opened(lab(LESSON), tmp_path) as page:
        assert page.get_by_text("Jupyter news").count() == 0
        setup = page.locator(".jp-CodeCell").first
        says(setup, "Setup: run this cell first")
        assert setup.bounding_box()["height"] < 60, "it is collapsed to a line"
        _run_all(page)
        assert page.locator(ERRORS).count() == 0
        pictures = page.locator(".jp-OutputArea img")
        assert pictures.count() >= 3
        assert all(pictures.evaluate_all("all => all.map(one => one.alt)"))
        flows, year = _check_cell(page, "flows"), _check_cell(page, "first_year")
        says(flows, "Not tried yet")
        assert axe(page, ".jp-NotebookPanel .jp-Notebook", but=LABS) == []
        page.screenshot(path=shots / "lab_unsolved.png")

        _answer(page, "flows", "flows = {}")
        says(flows, "✗ flows", "Expected the keys", 'hint("flows")')
        page.screenshot(path=shots / "lab_wrong.png")
        says(_ask(page, 'hint("flows")'), "Hint 1 of 3.")
        says(_ask(page, 'solution("flows")'), "Not yet: ", "2 more hints")
        _ask(page, 'hint("flows"), hint("flows")')
        says(_ask(page, 'solution("flows")'), "flows = {", '"nobody"')
        page.screenshot(path=shots / "lab_advice.png")

        _answer(page, "flows", 'flows = {"data": ("fund", "users")')
        says(flows, "failed when it last ran (SyntaxError in line 1: ")
        page.screenshot(path=shots / "lab_syntax_error.png")
        _answer(page, "flows")
        says(flows, "That is right.", "1 of 2 exercises of this lesson")
        page.screenshot(path=shots / "lab_solved.png")

        _answer(page, "first_year", ENDLESS)
        says(
            year,
            "no answer after 10 seconds of computing (line 2",
            "does your loop end?",
        )
        page.screenshot(path=shots / "lab_endless.png")
        assert page.locator(ERRORS).count() == 0

        letters = [f"({question.answer.upper()})" for question in quiz_of("triangle")]
        quiz = page.locator(".jp-CodeCell", has_text="from numlearn import quiz").first
        _type(page, quiz, f"from numlearn import quiz\n\nquiz('triangle', *{letters})")
        says(quiz, "✓ 1", "✓ 2", "✓ 3")
        page.screenshot(path=shots / "lab_quiz.png")

        _menu(page, "Kernel", "Restart Kernel…")
        page.get_by_role("button", name="Confirm Kernel Restart").click()
        page.get_by_text(IDLE).first.wait_for()
        later = page.locator(".jp-CodeCell", has_text="nl.plots.").last
        _type(page, later, "nl.plots.triangle()")
        says(later, "this kernel is new", "run all cells above this one")
        assert "Traceback" not in later.inner_text()
        year.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        says(year, "Not tried yet", "is not defined. Run the cell that defines it")
        page.screenshot(path=shots / "lab_restarted.png")


def _second_day(lab, tmp_path, shots, axe):
    """Progress is there, contents and words open as pages, in two themes."""
    from playwright.sync_api import expect

    with _opened(lab(LESSON), tmp_path) as page:
        last = page.locator(".jp-CodeCell", has_text="import progress").first
        _type(page, last, 'from numlearn import progress\n\nprogress("triangle")')
        expect(last).to_contain_text("1 of 2 exercises")
        page.locator(".jp-Cell").first.scroll_into_view_if_needed()
        for link, title in (("contents", "Lessons"), ("stake", "Glossary")):
            page.get_by_role("tab", name=LESSON).click()
            found = page.locator(".jp-NotebookPanel:visible a", has_text=link).last
            found.evaluate("one => one.click()")
            shown = page.locator(".jp-MarkdownViewer:visible")
            shown.get_by_role("heading", name=title, exact=False).first.wait_for()
        for theme in ("Dark", "Light"):
            _menu(page, "Settings", "Theme", f"JupyterLab {theme}")
            light = str(theme == "Light").lower()
            body = page.locator(f"body[data-jp-theme-light={light}]")
            body.wait_for(state="attached")
            _look_at_pages(page, theme.lower(), shots, axe)


def _look_at_pages(page, theme, shots, axe):
    """Judge what is open in a theme, at two widths."""
    pages = {"lesson": LESSON, "contents": "README.md", "words": "glossary.md"}
    for name, tab in pages.items():
        page.get_by_role("tab", name=tab).click()
        for width in (900, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            shot = f"{name}_{theme}_{width}.png"
            page.screenshot(path=shots / shot)
            assert page.evaluate(TOO_WIDE) == [], shot
        if name != "lesson":
            assert axe(page, ".jp-MarkdownViewer:not(.lm-mod-hidden)") == [], shot


@pytest.fixture
def lab_of_the_wheel(tmp_path, tell):
    """The course from its wheel in an empty folder, with the packages of this one."""
    folder, wheels = tmp_path / "empty", tmp_path / "dist"
    folder.mkdir()
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    built = [*pip, "wheel", "--no-deps", "-w", wheels, course_root()]
    subprocess.run(built, check=True, capture_output=True)
    venv.create(tmp_path / "venv", symlinks=os.name != "nt")
    [wheel], [site] = wheels.iterdir(), tmp_path.glob("venv/lib/*/site-packages")
    zipfile.ZipFile(wheel).extractall(site)
    (site / "others.pth").write_text(sysconfig.get_path("purelib"))
    python, share = tmp_path / "venv/bin/python", tmp_path / "venv/share"
    share.mkdir()
    (share / "jupyter").symlink_to(Path(sys.prefix) / "share" / "jupyter")
    lab = Lab(tmp_path, [python, "-m", "numlearn"], folder)
    lab.forget("PYTHONPATH")
    try:
        tell("numlearn lab", f"from the wheel after {lab.start():.1f} s")
        yield lab
    finally:
        lab.stop()


@pytest.mark.skipif(os.name == "nt", reason="its folders are those of POSIX")
def test_the_wheel_in_an_empty_folder(lab_of_the_wheel, tmp_path, shots):
    from playwright.sync_api import expect

    lab = lab_of_the_wheel
    with _opened(lab(LESSON), tmp_path) as page:
        _run_all(page)
        assert page.locator(ERRORS).count() == 0
        _answer(page, "flows")
        expect(_check_cell(page, "flows")).to_contain_text("That is right.")
        where = _ask(page, "nl.__file__")
        expect(where).to_contain_text(str(tmp_path / "venv"))
        page.screenshot(path=shots / "lab_of_the_wheel.png")


@pytest.mark.parametrize("lesson", MOVING, ids=lambda lesson: lesson.slug)
def test_what_can_be_moved_moves(lab, lesson, tmp_path, shots, tell):
    """Each control moved by a step draws another figure, soon."""
    with _opened(lab(f"moving_{lesson.stem}.ipynb"), tmp_path) as page:
        _run_all(page)
        assert page.locator(ERRORS).count() == 0
        box = page.locator(".jp-OutputArea-output:has(.widget-vbox, .jupyter-widgets)")
        figure = box.last.locator("img").last
        controls = box.last.locator("[role=slider], select")
        assert controls.count() >= 1
        for number in range(controls.count()):
            figure.wait_for()
            before, start = figure.get_attribute("src"), time.perf_counter()
            _until(page, controls.nth(number), before)
            seconds = time.perf_counter() - start
            tell("one thing to move", f"{lesson.slug} {number + 1}: {seconds:.2f} s")
        page.screenshot(path=shots / f"moved_{lesson.slug}.png")


def _until(page, control, before):
    """Move a control until the figure is another; a busy page may lose a key."""
    from playwright.sync_api import TimeoutError

    for last in (False, False, True):
        _move(control)
        try:
            return page.wait_for_function(
                """before => {
                    const all = [...document.querySelectorAll('.jupyter-widgets img')];
                    return all.length && all.at(-1).src !== before;
                }""",
                arg=before,
                timeout=PATIENCE if last else 20_000,
            )
        except TimeoutError:
            if last:
                raise


def _move(control):
    """Move a slider by a step, or choose another of a list."""
    if control.get_attribute("role") != "slider":
        at = control.evaluate("one => one.selectedIndex")
        return control.select_option(index=int(at == 0))
    now, most = (control.get_attribute(f"aria-value{x}") for x in END)
    control.press("ArrowLeft" if float(now) >= float(most) else "ArrowRight")
