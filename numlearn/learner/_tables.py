"""Tables as a notebook shows them, with headings that a screen reader can follow."""

import sys

from numlearn._html import scoped


def label_tables(shell):
    """Have a kernel's tables say which row or column a heading is of.

    Colab draws tables in a way of its own, which stays.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    if "google.colab" not in sys.modules:
        as_html = shell.display_formatter.formatters["text/html"]
        for module in ("pandas", "pandas.core.frame"):  # where versions have it
            as_html.for_type_by_name(module, "DataFrame", labelled)


def labelled(frame):
    """Return a DataFrame as HTML: headings have a scope, empty ones are none.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    str or None
        None where pandas is set to show text.
    """
    html = frame._repr_html_()
    return None if html is None else scoped(html)
