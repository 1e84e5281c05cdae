"""A learner's first ten minutes in a real JupyterLab, in a real Chromium."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from numlearn._files import course_root
from numlearn.lessons import answer_cell, find_lesson, lessons

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("NUMLEARN_BROWSER") == "required"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"  # and a traceback
END = ("now", "max")
IDLE = re.compile(r"\| Idle$")
LESSON = f"{find_lesson('triangle').stem}.ipynb"

EXPLORES = "nl.plots.explore("
MOVING = [
    lesson
    for lesson in lessons()
    if EXPLORES in (course_root() / f"solutions/{lesson.slug}.py").read_text("utf-8")
]

if not REQUIRED:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine", allow_module_level=True)
    pytest.importorskip("playwright", reason="playwright is not installed")


@pytest.fixture(scope="module")
def lab(tmp_path_factory, tell):
    """Start the course as a learner does; yield how to find a notebook in it."""
    home = tmp_path_factory.mktemp("lab")
    settings = home / "settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    whole = json.dumps({"windowingMode": "none"})  # keep off-screen cells in the page
    (settings / "tracker.jupyterlab-settings").write_text(whole)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "NUMLEARN_HOME": str(home / "numlearn"),
        "NUMLEARN_STATIC": "",  # here widgets do run
    }
    course, log = home / "course", home / "server.log"
    command = [sys.executable, "-m", "numlearn", "lab", "--folder", str(course), "--"]
    command += ["--no-browser", f"--port={port}", "--ServerApp.ip=127.0.0.1"]
    start = time.perf_counter()
    with log.open("w") as file:
        server = subprocess.Popen(command, env=env, stdout=file, stderr=file)
        try:
            address = _printed_address(log, server)
            seconds = time.perf_counter() - start
            tell("numlearn lab", f"its address is printed after {seconds:.1f} s")
            for lesson in MOVING:
                _until_it_moves(course / "lessons" / f"{lesson.stem}.ipynb")
            clean = address.replace("?", "?reset&")  # of what was open before
            yield lambda name: clean.replace(LESSON, name)
        finally:
            for child in _children(server.pid):
                os.kill(child, signal.SIGTERM)
            server.terminate()
            server.wait(20)


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
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll(
                '.jp-CodeCell .jp-InputArea-prompt')].map(e => e.textContent.trim());
            return prompts.length && prompts.every(t => /^\\[\\d+\\]:$/.test(t));
        }""",
        timeout=120_000,
    )


def _answer(page, name):
    """Type the course's answer into an exercise's cell; run it and its check."""
    cell = page.locator(
        ".jp-CodeCell", has_text=re.compile(rf"^\W*\[\d+\]:\s*{name} =")
    )
    editor = cell.first.locator(".cm-content")
    editor.scroll_into_view_if_needed()
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(answer_cell("triangle", name))
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")


@contextmanager
def _opened(address, tmp_path):
    """Open a notebook in a browser; what it asked for and complained of is judged."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            viewport={"width": 1280, "height": 1600},
        )
        page = browser.pages[0]
        page_errors, outside = [], []
        page.on("pageerror", lambda error: page_errors.append(str(error)))
        page.on("request", lambda r: outside.append(r.url) if "//" in r.url else None)
        page.goto(address, wait_until="domcontentloaded")
        page.locator(".jp-NotebookPanel:visible").wait_for(timeout=60_000)
        # The toolbar says "idle" before there is a kernel: wait for the status bar.
        page.get_by_text(IDLE).first.wait_for(timeout=60_000)
        yield page
        browser.close()
    assert page_errors == []
    assert [u for u in outside if not re.match(r"(http|ws)://127\.0\.0\.1", u)] == []


@pytest.fixture
def shots(tmp_path):
    """Where screenshots are kept: a folder of yours, if you name it."""
    folder = Path(os.environ.get("NUMLEARN_SHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_learner_solves_an_exercise(lab, tmp_path, shots):
    from playwright.sync_api import expect

    with _opened(lab(LESSON), tmp_path) as page:
        assert page.get_by_text("Jupyter news").count() == 0
        _run_all(page)
        assert page.locator(ERRORS).count() == 0
        pictures = page.locator(".jp-OutputArea img")
        assert pictures.count() >= 3
        assert all(pictures.evaluate_all("all => all.map(one => one.alt)"))
        todo = page.locator(".jp-CodeCell", has_text='check("flows")')
        expect(todo).to_contain_text("Not tried yet")
        page.screenshot(path=shots / "lab_unsolved.png")

        _answer(page, "flows")
        expect(todo).to_contain_text("That is right.", timeout=30_000)
        expect(todo).to_contain_text("1 of 2 exercises of this lesson")
        todo.scroll_into_view_if_needed()
        page.screenshot(path=shots / "lab_solved.png")


def test_contents_and_words_open_as_pages(lab, tmp_path, shots):
    with _opened(lab(LESSON), tmp_path) as page:
        for link, title in (("contents", "Lessons"), ("stake", "Glossary")):
            page.get_by_role("tab", name=LESSON).click()
            found = page.locator(".jp-NotebookPanel:visible a", has_text=link).last
            found.evaluate("one => one.click()")
            shown = page.locator(".jp-MarkdownViewer:visible")
            shown.get_by_role("heading", name=title, exact=False).first.wait_for()
            page.screenshot(path=shots / f"page_{title.lower()}.png")


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
            control = controls.nth(number)
            if control.get_attribute("role") == "slider":
                now, most = (control.get_attribute(f"aria-value{x}") for x in END)
                control.press(
                    "ArrowLeft" if float(now) >= float(most) else "ArrowRight"
                )
            else:
                at = control.evaluate("one => one.selectedIndex")
                control.select_option(index=int(at == 0))
            page.wait_for_function(
                """before => {
                    const all = [...document.querySelectorAll('.jupyter-widgets img')];
                    return all.length && all.at(-1).src !== before;
                }""",
                arg=before,
                timeout=10_000,
            )
            seconds = time.perf_counter() - start
            tell("one thing to move", f"{lesson.slug} {number + 1}: {seconds:.2f} s")
        page.screenshot(path=shots / f"moved_{lesson.slug}.png")
