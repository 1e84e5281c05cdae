"""Tables as a notebook shows them, with headings that a screen reader can follow."""

import re
import sys


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
    if html is None:
        return None
    head, start, body = html.partition("<tbody>")
    head = re.sub(r"<th(?: [^>]*)?></th>", "<td></td>", head)
    head = re.sub(r"<th\b", '<th scope="col"', head)
    return head + start + re.sub(r"<th\b", '<th scope="row"', body)
