"""A learner's first ten minutes in a real JupyterLab, in a real Chromium."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
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
def lab(tmp_path_factory):
    """Serve a copy of the built lessons as ``make course`` does; yield its address."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(course_root() / "lessons", home / "lessons")
    for lesson in MOVING:
        _until_it_moves(home / "lessons" / f"{lesson.stem}.ipynb")
    settings = home / "settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    whole = json.dumps({"windowingMode": "none"})  # keep off-screen cells in the page
    (settings / "tracker.jupyterlab-settings").write_text(whole)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    env = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "NUMLEARN_HOME": str(home / "numlearn"),
        "NUMLEARN_STATIC": "",  # here widgets do run
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={home}"]
    command += ["--LabApp.news_url=", "--LabApp.extension_manager=readonly"]
    log = open(home / "server.log", "w")  # noqa: SIM115
    server = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/status?token={token}")
        yield f"{address}/lab/tree/lessons/{{}}?reset&token={token}".format
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait_for(url, seconds=60):
    for _ in range(seconds * 10):
        try:
            return urllib.request.urlopen(url, timeout=1)
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"JupyterLab did not answer at {url}")


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
                control.press("ArrowRight")
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
