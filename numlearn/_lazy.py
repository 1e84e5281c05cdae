"""Packages whose parts are imported when they are first asked for (PEP 562)."""

import importlib
import sys


def lazy(package, homes, modules):
    """Return ``__getattr__`` and ``__dir__`` of a package.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    homes : dict of str to str
        The module of the package in which each public name lives.
    modules : set of str
        The modules that are public themselves.
    """

    def getattr_(name):
        if name in modules:
            return importlib.import_module(f"{package}.{name}")
        if name not in homes:
            raise AttributeError(f"{package} has no {name!r}")
        return getattr(importlib.import_module(f"{package}.{homes[name]}"), name)

    def dir_():
        return sorted({*vars(sys.modules[package]), *homes, *modules})

    return getattr_, dir_
