"""Stored tables are what a lesson's own code gives in other worlds."""

import pytest

from numlearn import data
from numlearn import lessons as spine
from numlearn.author import stored
from numlearn.data import _stored
from numlearn.errors import NumlearnError

TOY = """# ---
# jupyter:
#   numlearn:
#     question: A toy?
#     minutes: 30
#     objectives: [a, b, c]
#     needs: []
#     claims: []
# ---

# %% worlds=[2, 3]
table = {"given": 10 * seed}

# %%
import pathlib

table = {"given": "the classroom's"}
seed = 1


def twice(number):
    return 2 * number

# %%
title = "a figure that nothing depends on"

# %%
table["more"] = twice(seed)
for title in ("a", "b"):
    text = title

# %% keep="toy"
note = pathlib.Path("LOG")
note.write_text((note.read_text() if note.exists() else "") + str(seed))
{**table, ("pair" if False else "sum"): sum(table.values())}

# %% stored="toy"
nl.data.stored("toy")
"""


HARMLESS = [("that nothing", "that no"), ("\n\ndef", "\n# !\ndef")]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A checkout with one lesson, whose recipe notes each world that it plays."""
    for folder in ("solutions", "data"):
        (tmp_path / folder).mkdir()
    log = str(tmp_path / "log")
    (tmp_path / "solutions" / "toy.py").write_text(TOY.replace("LOG", log))
    monkeypatch.setattr(spine, "course", lambda: {"lessons": ["toy"]})
    monkeypatch.setattr(_stored, "course_root", lambda: tmp_path)
    return tmp_path


def edit(root, old, new):
    master = root / "solutions" / "toy.py"
    text = master.read_text()
    assert old in text
    master.write_text(text.replace(old, new))


def played(root):
    return (root / "log").read_text()


def test_only_the_cells_that_matter_run(root):
    recipe = stored.recipes(root)["toy"]
    assert recipe.seeds == (2, 3)
    assert len(recipe.cells) == 2
    code = "\n".join(code for _, code in recipe.cells)
    assert "figure" not in code and "classroom" not in code and "seed = 1" not in code


def test_a_row_a_world(root):
    seen = []
    made = stored.make(root=root, progress=lambda *args: seen.append(args))
    assert made == ["toy"]
    table = data.stored("toy")
    assert table.index.name == "world"
    assert table.to_dict("index") == {
        2: {"given": 20, "more": 4, "sum": 24},
        3: {"given": 30, "more": 6, "sum": 36},
    }
    assert seen == [(1, 1), (1, 1)]
    assert stored.make(root=root) == [] and list(stored.old(root)) == []
    assert played(root) == "23"


def test_changed_code_is_found_and_played_again(root):
    stored.make(root=root)
    edit(root, "return 2 * number", "return 3 * number")
    [fault] = stored.old(root)
    assert "'toy' was made by other code; run `numlearn build --stored`" in fault
    stored.make(root=root)
    assert list(data.stored("toy")["more"]) == [6, 9]
    assert played(root) == "2323"


def test_a_rewording_costs_one_world(root):
    stored.make(root=root)
    edit(root, "number", "value")
    assert len(list(stored.old(root))) == 1
    stored.make(root=root)
    assert played(root) == "232" and list(stored.old(root)) == []


@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_does_not_matter_leaves_the_hash(root, harmless):
    before = stored.recipes(root)["toy"].hash
    edit(root, *harmless)
    assert stored.recipes(root)["toy"].hash == before


def test_an_interrupted_call_goes_on(root):
    edit(root, "[2, 3]", "[2]")
    stored.make(root=root)
    edit(root, "[2]", "[2, 3, 4]")
    [fault] = stored.old(root)
    assert "'toy' lacks a world" in fault
    stored.make(root=root)
    assert list(data.stored("toy").index) == [2, 3, 4]
    assert played(root) == "234"


def test_sample_finds_what_the_library_changed(root):
    stored.make(root=root)
    assert stored.sample(root=root) == []
    path = root / "data" / "stored.json"
    path.write_text(path.read_text().replace("[20.0, 4.0, 24.0]", "[20.0, 5.0, 24.0]"))
    [fault] = stored.sample(root=root)
    assert "world 2 of 'toy' has changed: run `numlearn build --stored toy`" in fault
    assert played(root) == "2322"


def test_a_table_that_is_not_shown_is_a_fault(root):
    edit(root, '# %% stored="toy"', "# %%")
    with pytest.raises(NumlearnError, match="toy has one of them only"):
        stored.recipes(root)


def test_unknown_names_are_named(root):
    stored.make(root=root)
    with pytest.raises(NumlearnError, match=r"No master keeps tay: .* are toy"):
        stored.make(["tay"], root=root)
    with pytest.raises(NumlearnError, match=r"'tay'\. Did you mean 'toy'"):
        data.stored("tay")


def test_the_course_s_tables_are_those_that_its_lessons_make():
    assert list(stored.old()) == []
    for name, recipe in stored.recipes().items():
        table = data.stored(name)
        assert list(table.index) == list(recipe.seeds) and len(table) >= 5
        assert table.notna().all(axis=None)
