"""Pages that the library writes: for every reader, on paper light and dark."""

import pytest
from chromium import CHROMIUM, FLAGS

import numlearn as nl


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "season.html"
    return nl.world.run(seed=1).report(path)


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "card.html"
    panel = nl.data.load("validation").dropna()
    return nl.report_card(panel.filter(like="feature").mean(axis=1)).write(path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("made", ["season", "card"])
def test_a_page_is_for_everybody(made, scheme, request, axe):
    """Names, landmarks, contrast, order of headings, whose a heading of a table is."""
    from playwright.sync_api import sync_playwright

    path = request.getfixturevalue(made)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(color_scheme=scheme)
        page.goto(path.as_uri())
        assert axe(page) == []
        assert page.locator("th:not([scope])").count() == 0
        assert page.locator("img:not([alt]), img[alt='']").count() == 0
        browser.close()
