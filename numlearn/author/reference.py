"""The API reference: a Markdown page an area, made from signatures and docstrings."""

import importlib
import inspect
import re
import textwrap
from collections.abc import Mapping

AREAS = ("eras", "scoring", "plots", "data", "metamodel")  # and the three corners
AREAS += ("models", "fund", "staking", "world")
MADE = "*Made from the docstrings by `numlearn build`; edit those.*"


def pages():
    """Return the text of each reference page, by its path in the checkout."""
    modules = {area: importlib.import_module(f"numlearn.{area}") for area in AREAS}
    made = {area: _page(f"nl.{area}", module) for area, module in modules.items()}
    lines = [f"- [nl.{area}]({area}.md): {_first(m)}" for area, m in modules.items()]
    made["README"] = "\n".join(["# Reference\n", f"{MADE}\n", *lines, ""])
    return {f"docs/reference/{name}.md": text for name, text in made.items()}


def _page(home, module):
    contents, blocks, anchors, told = [], [], [], {}
    for name, value, depth in _entries(module):
        if "." in name and id(value) in told:  # inherited, or from another module
            continue
        told[id(value)] = value
        anchor = name.lower().replace(".", "")
        again = f"-{anchors.count(anchor)}" if anchor in anchors else ""
        anchors.append(anchor)
        if depth == 2:
            contents.append(f"- [{name}](#{anchor}{again}): {_first(value)}")
        blocks += [f"{'#' * depth} {name}", *_entry(f"{home}.{name}", value)]
    opening = [f"# {home}", *_entry(home, module), MADE, "\n".join(contents)]
    return "\n\n".join(opening + blocks) + "\n"


def _entries(owner, prefix="", depth=2):
    """Yield what a module or class makes public, each before what is in it."""
    for name in getattr(owner, "__all__", None) or _names(owner):
        value = getattr(owner, name)
        yield prefix + name, value, depth
        if inspect.ismodule(value) or inspect.isclass(value):
            inside = depth + inspect.isclass(value)
            yield from _entries(value, f"{prefix}{name}.", inside)


def _names(owner):
    """Yield what has words of its own and was written here, not inherited."""
    home = owner.__name__ if inspect.ismodule(owner) else "numlearn."
    for name, value in inspect.getmembers(owner, _said):
        made = getattr(value, "fget", value)  # a property is made where its getter is
        if name[0] != "_" and str(getattr(made, "__module__", "")).startswith(home):
            yield name


def _said(value):
    speaks = callable(value) or isinstance(value, property) or inspect.ismodule(value)
    return re.sub("(:func:)?`+", "`", inspect.getdoc(value) or "") if speaks else ""


def _first(value):
    return _said(value).split("\n\n")[0].replace("\n", " ") or "a constant."


def _entry(call, value):
    keys = getattr(value, "__members__", value)  # an Enum's, or a dict's own
    if isinstance(keys, Mapping):
        yield "Names: " + ", ".join(f"`{key}`" for key in keys) + "."
    elif callable(value):
        yield f"```python\n{call}{_arguments(value, len(call))}\n```"
    elif not _said(value):
        yield f"`{value!r}`"
    opening, *rest = re.split(r"(?m)^(\w[\w ]+)\n-{3,}\n", _said(value))
    yield from filter(None, [_fenced(opening)])
    for title, body in zip(rest[::2], rest[1::2]):
        yield f"**{title}**"
        yield _fenced(body) if title in ("Notes", "Examples") else _listed(body)


def _arguments(value, indent):
    """Return the brackets of a call without annotations, in lines of 88 columns."""
    call = inspect.signature(value)
    plain = [p.replace(annotation=p.empty) for p in call.parameters.values()]
    plain = [p for p in plain if p.name != "self"]
    text = str(call.replace(parameters=plain, return_annotation=call.empty))
    text = re.sub(r"<(?:function )?([\w.]+)(?: at 0x\w+|: \d+)>", r"\1", text)
    if indent + len(text) <= 88:
        return text
    inside = textwrap.fill(text[1:-1], 84, break_on_hyphens=False)
    return f"(\n{textwrap.indent(inside, '    ')}\n)"


def _fenced(text):
    """Return prose with its examples in fences."""
    parts = re.sub(r" *# doctest.*", "", text).strip().split("\n\n")
    return "\n\n".join(f"```python\n{p}\n```" if p[:3] == ">>>" else p for p in parts)


def _listed(body):
    """Return numpydoc's entries (``name : type``, then indented words) as a list."""
    text = re.sub(r"(?m)^(\S.*?)(?: : (.+))?$", r"- `\1` (\2)", body.strip())
    text = re.sub(r"(?m)(^- .*)\n {4}", r"\1: ", text.replace("` ()", "`"))
    return text.replace("\n    ", "\n  ")
