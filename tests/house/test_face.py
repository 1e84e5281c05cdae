"""One convention for the whole public face: see CONTRIBUTING, "The public face"."""

import collections
import inspect
import re

import face

CALLABLES = dict(face.callables())
BRITISH = re.compile(r"normalis|centre|colour|behaviour", re.IGNORECASE)
# the word that the house has for it
OTHER_WORDS = {
    "jobs": "n_jobs",
    "njobs": "n_jobs",
    "workers": "n_jobs",
    "show": "progress",
    "tell": "progress",
    "verbose": "progress",
    "random_seed": "seed",
    "neutral_to": "neutralizers",
    "exposures_to": "neutralizers",
    "n_paths": "paths",
    "colour": "color",
}
OPTIONS = {"n_jobs", "progress", "seed_of", "missed", "rerank", "again"}
DATA_FIRST = ("panel", "predictions")
VERBS = {"make"}  # what is made is the name of the module
SCIKIT_LEARN = {"models.LightGBM.__init__"}  # its estimators take options as they come


def parameters(function):
    found = list(inspect.signature(function).parameters.values())
    return [p for p in found if p.name not in ("self", "cls")]


def each(skip=()):
    """Yield (function's name, parameter) of the whole public face."""
    for name, function in CALLABLES.items():
        if name not in skip:
            yield from ((name, parameter) for parameter in parameters(function))


def test_words():
    wrong = [
        f"{name}({p.name}=): the house says {OTHER_WORDS[p.name]}"
        for name, p in each()
        if p.name in OTHER_WORDS
    ]
    assert not wrong
    assert not [f"{name}({p.name}=)" for name, p in each() if BRITISH.search(p.name)]


def test_options_are_keywords():
    assert not [
        f"{name}: put {p.name} behind `*`"
        for name, p in each(skip=SCIKIT_LEARN)
        if p.name in OPTIONS and p.kind is not p.KEYWORD_ONLY
    ]


def test_data_come_first():
    for name, function in CALLABLES.items():
        names = [p.name for p in parameters(function)]
        if "panel" not in names:
            continue
        at = names.index("panel")
        assert set(names[:at]) <= {"estimator", "function"}, f"{name}: {names}"
        if "predictions" in names:
            assert names.index("predictions") == at + 1, f"{name}: {names}"


def test_what_is_taken_out_is_called_neutralizers():
    wrong = [
        n for n, p in each() if "neutral" in n.split(".")[-1] and p.name == "features"
    ]
    assert not wrong


def test_at_most_five_by_position():
    for name, function in CALLABLES.items():
        by_position = [p.name for p in parameters(function) if p.kind in (0, 1)]
        if not name.endswith("__init__"):  # made by keyword
            assert len(by_position) <= 5, f"{name}: {by_position}"


def test_each_is_documented():
    for name, function in CALLABLES.items():
        if name.endswith("__init__"):  # a class documents its parameters itself
            continue
        assert function.__doc__, f"{name} has no docstring"
        first = function.__doc__.strip().splitlines()[0]
        assert first.endswith((".", "?")), f"{name}: {first!r} is no sentence"


def test_names_are_american():
    assert not [name for name, _ in face.public() if BRITISH.search(name)]


def test_unrelated_things_do_not_share_a_name():
    homes = collections.defaultdict(list)
    for name, _ in face.public():
        homes[name.rsplit(".", 1)[-1]].append(name)
    for name in homes:  # a figure is called as what it shows
        homes[name] = [x for x in homes[name] if not x.startswith("plots.")]
    shared = {k: v for k, v in homes.items() if len(v) > 1 and k not in VERBS}
    assert not shared, shared
