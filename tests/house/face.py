"""All public functions and methods of the library, found as a reader would."""

import importlib
import inspect
import pkgutil

LIBRARY = ("data", "eras", "fund", "metamodel", "models", "plots", "scoring")
LIBRARY += ("staking", "world")


def modules():
    """Yield the public modules of the library, packages first."""
    for room in LIBRARY:
        package = importlib.import_module(f"numlearn.{room}")
        yield package
        for found in pkgutil.iter_modules(getattr(package, "__path__", ())):
            if not found.name.startswith("_"):
                yield importlib.import_module(f"numlearn.{room}.{found.name}")


def public():
    """Yield (name, object) of what the modules list as public, each object once."""
    seen = set()
    for module in modules():
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if id(thing) in seen or inspect.ismodule(thing):
                continue
            seen.add(id(thing))
            path = module.__name__.removeprefix("numlearn.")
            yield f"{path}.{name}", thing


def callables():
    """Yield (name, function) of all public functions, constructors and methods."""
    for name, thing in public():
        if inspect.isclass(thing):
            yield from methods(name, thing)
        elif callable(thing):
            yield name, thing


def methods(name, owner):
    """Yield a class's constructor and its public methods that are written here."""
    for base in owner.__mro__:
        if not base.__module__.startswith("numlearn"):
            continue
        for key, value in vars(base).items():
            if inspect.isfunction(value) and (key == "__init__" or key[0] != "_"):
                yield f"{name}.{key}", value
