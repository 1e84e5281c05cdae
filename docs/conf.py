"""How sphinx makes the site; `docs/make_site.py` lays out its pages first."""

import tomllib
from pathlib import Path

from latex2mathml.converter import convert

course = tomllib.loads(Path("course.toml").read_text(encoding="utf-8"))
project = course["title"]
author = "the authors of numlearn"
release = course["version"]
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc"]
nb_execution_mode = "off"  # the solved notebooks have their outputs
nb_merge_streams = True
nb_code_prompt_show = "Show the {type}"
nb_code_prompt_hide = "Hide the {type}"
nb_mime_priority_overrides = [("html", "text/markdown", 0)]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
suppress_warnings = ["mystnb.unknown_mime_type"]
html_theme = "pydata_sphinx_theme"
html_title = project
html_css_files = ["course.css"]
html_static_path = ["_static"]
html_show_sourcelink = False
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}


def _mathml(self, node, display):
    from docutils import nodes

    self.body.append(convert(node.astext(), display=display))
    raise nodes.SkipNode


def _is_sklearns(app, what, name, value, skip, options):
    """Leave out what scikit-learn adds to each estimator."""
    return True if name.endswith("_request") else None


def setup(app):
    """Render formulas as MathML, so that no page needs a script from elsewhere."""
    app.connect("autodoc-skip-member", _is_sklearns)
    app.add_html_math_renderer(
        "mathml",
        (lambda self, node: _mathml(self, node, "inline"), None),
        (lambda self, node: _mathml(self, node, "block"), None),
    )


html_math_renderer = "mathml"
