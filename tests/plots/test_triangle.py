"""The drawn triangle: words, links, bytes, and whether it can be read."""

import base64
import re
import subprocess
import sys
from xml.etree import ElementTree

from numlearn.plots import COLORS, triangle

LINKS = ["data", "predictions", "scores", "weight", "stake", "earn"]
WORDS = [
    *("HEDGE FUND", "USER MODELS", "REWARDS / STAKING", "NMR", "them", "us"),
    *("market-neutral", "metamodel", "machine learning", "obfuscated data"),
    *("skin in the game", "earn or burn", "direct link", "through staking"),
    *("data", "predictions", "stake", "earn / burn"),
]
SVG = "{http://www.w3.org/2000/svg}"


def words(svg):
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def texts_with_grounds(svg):
    """Each text with every colour that may lie right below its middle."""
    rects = []
    for element in ElementTree.fromstring(svg).iter():
        if element.tag == f"{SVG}rect" and "fill" in element.attrib:
            x, y, w, h = (float(element.get(k)) for k in ("x", "y", "width", "height"))
            rects.append((x, y, x + w, y + h, element.get("fill")))
        if element.tag == f"{SVG}text":
            x, y = float(element.get("x")), float(element.get("y")) - 5
            fills = [r[4] for r in rects if r[0] <= x <= r[2] and r[1] <= y <= r[3]]
            # On the bare card the faint triangle may lie between.
            grounds = fills[-1:] if len(fills) > 1 else [fills[0], "#F1EEE4"]
            yield element, grounds


def test_both_of_the_seeds_drawings_are_in_one():
    said = " ".join(words(triangle().svg))
    for word in WORDS:
        assert word in said


def test_direct_links_are_solid_and_those_through_staking_dashed():
    svg = triangle().svg
    dashed = svg.count("stroke-dasharray")
    assert dashed == len(LINKS) - 2 + 1  # four links and the line of the legend
    assert re.search(r'd="M294 84 L[^>]*fill="none"/>', svg)  # data: left to right


def test_a_screen_reader_gets_title_and_description():
    root = ElementTree.fromstring(triangle().svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "The Numerai triangle"
    assert root.find(f"{SVG}desc").text == triangle().alt == repr(triangle())
    assert triangle().alt.endswith("What burns is gone: nobody gets it.")


def test_every_text_can_be_read_and_stays_on_the_card():
    svg = triangle().svg
    seen = 0
    for text, grounds in texts_with_grounds(svg):
        seen += 1
        assert float(text.get("font-size")) >= 14
        for ground in grounds:
            assert contrast(text.get("fill"), ground) >= 4.5, text.text
    assert seen >= 24


def test_the_corners_have_the_colors_of_every_figure():
    svg = triangle().svg
    for name in ("fund", "users", "staking", "paper", "ink", "muted", "rule"):
        assert COLORS[name] in svg


def test_nothing_outside_is_referred_to_and_no_id_can_collide():
    svg = triangle().svg
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r'href|url\(|@import|<style|<script|\bid="', svg)


def test_the_bytes_are_the_same_in_every_process():
    code = "import numlearn.plots as p, sys; sys.stdout.write(p.triangle().svg)"
    outputs = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {triangle().svg.encode()}


def test_drawing_it_does_not_load_matplotlib():
    code = (
        "import numlearn.plots as p, sys; p.triangle(); sys.exit('matplotlib' in "
        "sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_notebook_gets_the_drawing_itself():
    drawn = triangle()
    html = drawn._repr_html_()
    code = re.search(r"base64,([^\"]+)", html).group(1)
    assert base64.b64decode(code).decode() == drawn._repr_svg_() == drawn.svg
    assert f'alt="{drawn!r}"' in html
