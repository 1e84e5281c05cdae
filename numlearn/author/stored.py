"""Results that take too long for a lesson: its own code, run in other worlds.

Three marks in a master make a stored table, and only the last is seen by a reader:

``worlds=[2, 3]``
    Once a lesson: the seeds, and in its code what is different there (unless the cell
    has ``keep`` as well). Every name that it assigns, and ``seed``, is *given*: the
    lesson's own assignments to it are left out.
``keep="name"``
    Its last expression is one world's row: a dict, a Series or a DataFrame.
``stored="name"``
    Code that shows ``nl.data.stored("name")``, one row a world.

Of the lesson's cells those run on which the row depends, and their code is hashed.
"""

import ast
import hashlib
import io
import json
import os
import symtable
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import jupytext
import numpy as np
import pandas as pd

import numlearn
from numlearn._files import course_root, written_whole
from numlearn.author import build
from numlearn.errors import NumlearnError

DIGITS = 6


@dataclass(frozen=True)
class Recipe:
    """What makes one stored table: a lesson's cells, worlds, and what is kept.

    Attributes
    ----------
    slug, name : str
        The lesson's and the table's.
    seeds : tuple of int
    given : str
        Code that runs first, with ``seed`` given.
    cells : tuple of (int, str)
        Those of the lesson's cells that are needed, by their place in the master.
    keep : (int, str)
        The code whose last expression is the row, and its place.
    """

    slug: str
    name: str
    seeds: tuple
    given: str
    cells: tuple
    keep: tuple

    @property
    def hash(self):
        """A hash of all code that the table is made from; comments do not count."""
        parts = [self.given, *(code for _, code in self.cells), self.keep[1]]
        return hashlib.blake2s("\n".join(parts).encode(), digest_size=8).hexdigest()


def recipes(root=None):
    """Return the recipes of all stored tables, by name.

    Parameters
    ----------
    root : pathlib.Path, optional
        The checkout; by default the one numlearn runs from.

    Raises
    ------
    NumlearnError
        If a table is shown but not made, made but not shown, or made twice.
    """
    root, found, shown = Path(root or course_root()), {}, set()
    for lesson in build.masters(root):
        cells = jupytext.read(build.master(root, lesson), fmt="py:percent").cells
        shown |= {c.metadata["stored"] for c in cells if "stored" in c.metadata}
        for recipe in _of_lesson(lesson.slug, cells):
            if recipe.name in found:
                raise NumlearnError(
                    f"Two masters keep {recipe.name!r}: give one another name."
                )
            found[recipe.name] = recipe
    if odd := set(found) ^ shown:
        raise NumlearnError(
            f"Stored tables need a cell with keep= and one with stored=, but"
            f" {', '.join(sorted(odd))} has one of them only."
        )
    return found


def _of_lesson(slug, cells):
    seeds, given, names, own = (), "", {"seed"}, []
    for place, cell in enumerate(cells):
        seeds = tuple(cell.metadata.get("worlds", seeds))
        if "keep" in cell.metadata:
            keep = place, _plain(cell.source)
            needed = _slice(own, keep[1])
            yield Recipe(slug, cell.metadata["keep"], seeds, given, needed, keep)
        elif "worlds" in cell.metadata:
            given = _plain(cell.source)
            names |= _names(given)[0]
        elif cell.cell_type == "code" and not cell.metadata.keys() & {
            "exercise",
            "quiz",
            "stored",
        }:
            own.append((place, _plain(cell.source, names)))


def _plain(source, given=frozenset()):
    """Return code without comments, and without assignments to what is given."""
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not _assigned(node) <= given]
    return ast.unparse(tree)


def _assigned(statement):
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement]
    return {
        getattr(name, "id", "")  # "" is never given
        for target in targets
        for name in (target.elts if isinstance(target, ast.Tuple) else [target])
    }


def _slice(cells, keep):
    """Return the cells on which the kept row depends, in order."""
    needed, kept = _names(keep)[1], []
    for place, code in reversed(cells):
        binds, reads = _names(code)
        if binds & needed:
            needed |= reads
            kept.append((place, code))
    return tuple(reversed(kept))


def _names(code):
    """Return the names that a cell binds or changes, and those that it reads."""
    binds, reads = set(), set()
    for statement in _flat(ast.parse(code).body):
        top = symtable.symtable(ast.unparse(statement), "<cell>", "exec")
        symbols, inner = top.get_symbols(), list(top.get_children())
        read = {s.get_name() for s in symbols if s.is_referenced()}
        for table in inner:  # grows while it is walked
            inner += table.get_children()
            read |= {s.get_name() for s in table.get_symbols() if s.is_global()}
        reads |= read - binds
        binds |= {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
        binds |= {_root(node) for node in ast.walk(statement)} & read
    return binds, reads


def _flat(statements):
    """Yield statements in the order in which they bind; loops' heads as assignments."""
    for statement in statements:
        if isinstance(statement, ast.For):
            yield ast.Assign([statement.target], statement.iter, lineno=0)
            yield from _flat(statement.body)
        elif isinstance(statement, ast.With):
            for item in statement.items:
                name = item.optional_vars or ast.Name("_", ast.Store())
                yield ast.Assign([name], item.context_expr, lineno=0)
            yield from _flat(statement.body)
        else:
            yield statement


def _root(node):
    """Return whose part is assigned: ``panel`` in ``panel["mine"] = 1``."""
    if not isinstance(getattr(node, "ctx", None), ast.Store):
        return None
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return getattr(node, "id", None)


def play(recipes, seed):
    """Run lessons' code in one world and return the rows that recipes keep.

    Parameters
    ----------
    recipes : list of Recipe
        All of one lesson: cells that several need run once.
    seed : int

    Returns
    -------
    dict of str to pandas.Series
        The row of each table, by its name.
    """
    os.environ["MPLBACKEND"] = "agg"
    namespace, rows = {"nl": numlearn, "seed": seed}, {}
    exec(recipes[0].given, namespace)
    steps = {place: (code, None) for r in recipes for place, code in r.cells}
    steps |= {r.keep[0]: (r.keep[1], r.name) for r in recipes}
    for place in sorted(steps):
        code, name = steps[place]
        tree = ast.parse(code)
        last = ast.Expression(tree.body.pop().value) if name else None
        with redirect_stdout(io.StringIO()):
            try:
                exec(compile(tree, f"<{recipes[0].slug}>", "exec"), namespace)
            except Exception as error:
                raise NumlearnError(
                    f"solutions/{recipes[0].slug}.py, cell {place}, does not run in"
                    f" world {seed}: {type(error).__name__}: {error}"
                ) from error
        if name:
            rows[name] = _row(eval(compile(last, f"<{name}>", "eval"), namespace))
    return rows


def _row(kept):
    row = kept.stack() if isinstance(kept, pd.DataFrame) else pd.Series(kept)
    return row.astype(float).map(lambda x: float(f"{x:.{DIGITS}g}"))


def make(names=(), n_jobs=1, progress=None, root=None):
    """Make stored tables whose code has changed, or that lack a world.

    Where the first world gives the stored row under changed code, the change is taken
    for a rewording and the other rows are kept. What is done is written at once, so
    that an interrupted call goes on where it was.

    Parameters
    ----------
    names : iterable of str
        Which tables; all by default.
    n_jobs : int
        How many processes.
    progress : callable, optional
        Called with the worlds done and the worlds in all.
    root : pathlib.Path, optional
        The checkout; by default the one numlearn runs from.

    Returns
    -------
    list of str
        The tables that were made or completed.
    """
    root = Path(root or course_root())
    known, tables, made = recipes(root), _read(root), set()
    wanted = _chosen(known, names)

    def run(seeds_of, some):
        for rows in _played(_jobs(some, seeds_of), n_jobs, progress):
            for recipe, seed, row in rows:
                table = _with(tables.get(recipe.name), recipe, seed, row)
                tables[recipe.name] = table
                made.add(recipe.name)
            _write(root, {name: tables[name] for name in known if name in tables})

    def missing(recipe):
        return [s for s in recipe.seeds if str(s) not in tables[recipe.name]["worlds"]]

    run(lambda r: r.seeds[:1], [r for r in wanted if _hash(tables, r) != r.hash])
    run(missing, wanted)
    return sorted(made)


def _with(table, recipe, seed, row):
    """Return a table with one world more; others stay unless this one came out new."""
    worlds = dict(table["worlds"]) if table else {}
    if table and table["hash"] != recipe.hash and not _same(table, seed, row):
        worlds = {}
    worlds[str(seed)] = list(row)
    return {
        "lesson": recipe.slug,
        "hash": recipe.hash,
        "columns": _columns(row),
        "worlds": {str(s): worlds[str(s)] for s in recipe.seeds if str(s) in worlds},
    }


def _hash(tables, recipe):
    return tables.get(recipe.name, {}).get("hash")


def sample(names=(), n_jobs=1, progress=None, root=None):
    """Run one world of each table again and compare it with what is stored.

    Parameters and order are those of :func:`make`.

    Returns
    -------
    list of str
        One sentence a table that has changed; empty where all is well.
    """
    root = Path(root or course_root())
    tables, odd = _read(root), list(old(root))
    jobs = _jobs(_chosen(recipes(root), names), lambda r: r.seeds[:1])
    for rows in _played(jobs, n_jobs, progress):
        odd += [
            f"data/stored.json: world {seed} of {recipe.name!r} has changed: run"
            f" `numlearn build --stored {recipe.name}`."
            for recipe, seed, row in rows
            if not _same(tables.get(recipe.name, {"worlds": {}}), seed, row)
        ]
    return odd


def old(root=None):
    """Return one sentence for each stored table that its code would make otherwise."""
    root = Path(root or course_root())
    tables, known = _read(root), recipes(root)
    again = "run `numlearn build --stored`."
    for name in sorted(tables.keys() - known.keys()):
        yield f"data/stored.json: no master keeps {name!r}; {again}"
    for name, recipe in known.items():
        if _hash(tables, recipe) != recipe.hash:
            yield f"data/stored.json: {name!r} was made by other code; {again}"
        elif list(tables[name]["worlds"]) != [str(seed) for seed in recipe.seeds]:
            yield f"data/stored.json: {name!r} lacks a world; {again}"


def _chosen(known, names):
    if unknown := set(names) - set(known):
        raise NumlearnError(
            f"No master keeps {', '.join(sorted(unknown))}: the stored tables are"
            f" {', '.join(known)}."
        )
    return [known[name] for name in names or known]


def _jobs(recipes, seeds_of):
    """Group what is to do by lesson and world, since a lesson's tables share cells."""
    jobs = {}
    for recipe in recipes:
        for seed in seeds_of(recipe):
            jobs.setdefault((recipe.slug, seed), []).append(recipe)
    return [(some, seed) for (_, seed), some in jobs.items()]


def _played(jobs, n_jobs, progress):
    """Yield the rows of each job as it ends: (recipe, seed, row)."""
    tell = progress or (lambda done, total: None)
    with ProcessPoolExecutor(n_jobs) as pool:
        futures = {pool.submit(play, *job): job for job in jobs}
        for done, future in enumerate(as_completed(futures), 1):
            some, seed = futures[future]
            rows = future.result()
            yield [(recipe, seed, rows[recipe.name]) for recipe in some]
            tell(done, len(jobs))


def _columns(row):
    return [list(key) if isinstance(key, tuple) else key for key in row.index]


def _same(table, seed, row):
    stored = table["worlds"].get(str(seed))
    if stored is None or json.dumps(table["columns"]) != json.dumps(_columns(row)):
        return False
    return np.allclose(stored, row, rtol=0.01, atol=1e-5, equal_nan=True)


def _read(root):
    path = root / "data" / "stored.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _write(root, tables):
    entries = []
    for name, table in tables.items():
        worlds = table["worlds"]
        head = {k: v for k, v in table.items() if k != "worlds"}
        rows = ",\n".join(f"  {json.dumps(s)}: {json.dumps(worlds[s])}" for s in worlds)
        lines = json.dumps(head)[:-1] + ', "worlds": {\n' + rows + "}}"
        entries.append(f"{json.dumps(name)}: {lines}")
    path = root / "data" / "stored.json"
    with written_whole(path) as part:
        part.write_text("{\n" + ",\n".join(entries) + "\n}\n", encoding="utf-8")
