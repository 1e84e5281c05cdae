"""One convention for the whole public face: see CONTRIBUTING, "The public face"."""

import collections
import inspect
import re

import face
import pytest

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
SCIKIT_LEARN = {"models.LightGBM.__init__"}  # its estimators take options as they come


def parameters(function):
    found = list(inspect.signature(function).parameters.values())
    return [p for p in found if p.name not in ("self", "cls")]


@pytest.fixture(params=sorted(CALLABLES))
def named(request):
    return request.param, CALLABLES[request.param]


def test_words(named):
    name, function = named
    for parameter in parameters(function):
        assert parameter.name not in OTHER_WORDS, (
            f"{name}({parameter.name}=): the house says {OTHER_WORDS[parameter.name]}"
        )
        assert not BRITISH.search(parameter.name), f"{name}({parameter.name}=)"


def test_options_are_keywords(named):
    name, function = named
    if name in SCIKIT_LEARN:
        return
    for parameter in parameters(function):
        if parameter.name in OPTIONS:
            assert parameter.kind is parameter.KEYWORD_ONLY, (
                f"{name}: {parameter.name} is an option: put it behind `*`"
            )


def test_data_come_first(named):
    name, function = named
    names = [p.name for p in parameters(function)]
    here = [word for word in DATA_FIRST if word in names]
    if "panel" in here:
        before = names[: names.index("panel")]
        assert set(before) <= {"estimator", "function"}, f"{name}: {names}"
    if here == ["panel", "predictions"]:
        assert names.index("predictions") == names.index("panel") + 1, name


def test_what_is_taken_out_is_called_neutralizers(named):
    name, function = named
    if "neutral" in name.rsplit(".", 1)[-1]:
        assert "features" not in {p.name for p in parameters(function)}, name


def test_at_most_five_by_position(named):
    name, function = named
    if name.endswith("__init__"):
        return  # a dataclass or an estimator: made by keyword
    by_position = [p for p in parameters(function) if p.kind in (0, 1)]
    assert len(by_position) <= 5, f"{name}: {[p.name for p in by_position]}"


def test_each_is_documented(named):
    name, function = named
    if name.endswith("__init__"):
        return  # numpydoc documents a class's parameters with the class
    assert function.__doc__, f"{name} has no docstring"
    first = function.__doc__.strip().splitlines()[0]
    assert first.endswith((".", "?")), f"{name}: {first!r} is no sentence"


def test_names_are_american():
    assert not [name for name, _ in face.public() if BRITISH.search(name)]


def test_unrelated_things_do_not_share_a_name():
    homes = collections.defaultdict(list)
    for name, _ in face.public():
        homes[name.rsplit(".", 1)[-1]].append(name)
    shared = {k: v for k, v in homes.items() if len(v) > 1}
    assert not shared, shared
