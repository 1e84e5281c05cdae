"""Packages whose parts are imported when they are first asked for (PEP 562)."""

import importlib
import operator
import sys


def parts(package, homes, *, modules="", also=None):
    """List a package's public names, each once, and import each when it is asked for.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    homes : dict of str to str
        The public names, in words, by the module of the package in which they live.
    modules : str
        The modules that are listed themselves. A module whose name does not begin with
        an underscore is found even if it is not listed.
    also : dict of str to str, optional
        What people guess, and what it is: understood, not listed.

    Returns
    -------
    __all__ : list of str
    __getattr__, __dir__ : callable
    """
    home = {name: module for module in homes for name in homes[module].split()}
    listed = sorted([*home, *modules.split()])
    guessed = also or {}

    def getattr_(name):
        if name in home:
            module = importlib.import_module(f"{package}.{home[name]}")
            return getattr(module, name)
        if name in guessed:
            return operator.attrgetter(guessed[name])(sys.modules[package])
        address = f"{package}.{name}"
        try:
            if not name.startswith("_"):
                return importlib.import_module(address)
        except ModuleNotFoundError as error:
            if error.name != address:
                raise
        raise AttributeError(
            f"{package} has no {name!r}", name=name, obj=sys.modules[package]
        )

    def dir_():
        return sorted({*vars(sys.modules[package]), *listed})

    return listed, getattr_, dir_
