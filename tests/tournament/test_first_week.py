"""Every step of the first week, on files of Numerai's shape, as the lesson does it."""

import os
from types import SimpleNamespace

import jupytext
import matplotlib
import numpy as np
import pandas as pd
import pytest

import numlearn as nl
from numlearn import lessons as spine
from numlearn._files import course_root
from numlearn.errors import NumlearnError
from numlearn.tournament import TournamentServer

NAME, VERSION = "my_first_model", "v5.3"
ONE_LINE = "rehearsal = True"
MADE = 'nl.world.make(room / "files", eras=100, rows=200, like=version)'
KEYS = {"NUMERAI_PUBLIC_ID": "PUBLIC", "NUMERAI_SECRET_KEY": "SECRET"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A data set of version 5.3's shape: all its columns, weekly eras, few rows."""
    folder = tmp_path_factory.mktemp("like") / VERSION
    return nl.world.make(folder, eras=80, rows=100, like=VERSION)


@pytest.fixture(autouse=True)
def lonely(tmp_path, monkeypatch):
    """Keep keys, downloads and figures of the lesson within a test."""
    for name, value in {**KEYS, "NUMLEARN_CACHE": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NUMLEARN_STATIC", "1")
    monkeypatch.chdir(tmp_path)
    before = matplotlib.get_backend()
    matplotlib.use("Agg")
    yield
    matplotlib.pyplot.close("all")
    matplotlib.use(before)


def lived(files, *, rehearsal):
    """Run the lesson's cells, solutions inside, and return all that they define."""
    cells = jupytext.read(course_root() / "solutions" / "first_week.py").cells
    known = {"nl": nl, "__name__": "first_week", "FILES": files}
    for cell in cells:
        if cell.cell_type != "code" or "quiz" in cell.metadata:
            continue
        code = spine.solved(cell.source) if "exercise" in cell.metadata else cell.source
        if ONE_LINE in code:
            assert MADE in code
            code = code.replace(MADE, "FILES")
            code = code.replace(ONE_LINE, f"rehearsal = {rehearsal}")
        exec(compile(code, cell.source[:40], "exec"), known)
    return SimpleNamespace(**known)


def submitted(server):
    """Return the last file that was taken, by id."""
    taken = server.submissions[-1]
    return pd.read_csv(pd.io.common.BytesIO(server.uploads[taken["filename"]]))


def test_the_files_have_the_shape_of_numerais(files):
    assert len(nl.data.feature_sets(files)["all"]) == 3555
    targets = nl.data.target_names(files)
    assert len(targets) == 41
    for split in ("train", "validation"):
        panel = nl.data.load(split, [], targets="all", source=files)
        assert len([name for name in panel if name.startswith("target")]) == 41
        weeks = panel["era"].astype(int).unique()
        assert (weeks == range(weeks[0], weeks[0] + len(weeks))).all()


@pytest.mark.prints("stdout")
def test_the_rehearsal_does_every_step(files, capsys):
    week = lived(files, rehearsal=True)
    said = capsys.readouterr().out
    server = week.tournament

    assert week.me.token == tuple(KEYS.values()), "the keys come from the environment"
    assert "a stranger: round 1343 is open" in said
    assert "a stranger: API keys required" in said
    assert f"you: {NAME}" in said
    assert "may: upload_submission read_submission_info read_user_info" in said

    assert "3,555 features in 19 sets, 41 targets" in said
    assert os.environ["NUMLEARN_CACHE"].startswith(str(week.room))
    assert week.gigabytes.loc["validation", "all, in memory"] > 14

    first, last = (
        week.judged["era"].astype(int).min(),
        week.past["era"].astype(int).max(),
    )
    assert first - last - 1 == 16, "the gap"
    assert week.judged.index.equals(week.mine.index)
    assert {"CORR", "MMC", "FNC"} <= set(week.card.figures.index)
    assert (week.room / "my_card.html").stat().st_size > 10_000

    assert "arrived: True" in said
    assert "stake: None" in said
    assert server.stakes == {NAME: 0}
    assert {one["round"] for one in server.submissions} == {1343}
    assert set(submitted(server)["id"]) == set(server.live_ids())
    assert "no answer came: try again" in " ".join(said.split())
    assert "closed: The round is closed" in said
    assert "open: taken" in said
    assert len(server.submissions) == 2, "what failed was not taken"
    assert server.pickles[NAME] == (week.room / "my_model.pkl").read_bytes()

    assert len(week.record) == 66
    assert week.summary.loc["mmc", "mean_low"] > 0, "the text says that it is too sure"
    assert week.reasons_to_wait(week.record, 0) == ["short", "unproven"]


@pytest.mark.prints("stdout")
def test_one_line_makes_it_the_real_tournament(files, tmp_path, capsys):
    """The same cells, with a tournament that the lesson did not make itself."""
    with TournamentServer(files, version=VERSION, models=[NAME]) as server:
        for number in range(1343, 1410):
            server.publish_scores(NAME, number, corr60=0.01, mmc60=number / 1e6)
        week = lived(files, rehearsal=False)
    said = capsys.readouterr().out
    assert week.room == tmp_path
    assert (tmp_path / "cache" / "numerai" / VERSION / "train.parquet").exists()
    assert set(submitted(server)["id"]) == set(server.live_ids())
    assert "arrived: True" in said
    assert len(server.submissions) == 1
    assert not server.pickles, "nobody gets the model unasked"
    assert server.stakes == {NAME: 0}
    assert len(week.record) == 67


def test_before_a_round_is_final_there_is_no_record(files):
    with TournamentServer(files, version=VERSION, models=[NAME]) as server:
        server.publish_scores(NAME, 1343, resolved=False, corr60=0.01, mmc60=0.0)
        with pytest.raises(NumlearnError, match="no resolved round with corr60"):
            nl.staking.history(NAME, "2026-08")


def test_a_wrong_key_is_told_and_nothing_is_taken(files, monkeypatch):
    monkeypatch.setenv("NUMERAI_SECRET_KEY", "GUESSED")
    live = nl.data.load("live", [], source=files).index
    mine = nl.models.submission.make(pd.Series(range(len(live)), live))
    with (
        TournamentServer(files, version=VERSION, models=[NAME]) as server,
        pytest.raises(NumlearnError, match="refused these keys"),
    ):
        nl.models.submission.upload(mine, NAME)
    assert not server.submissions


def test_chance_is_as_the_text_says(files):
    """What the lesson says of luck: hills that overlap, and looks that add up."""
    source = (course_root() / "solutions" / "first_week.py").read_text(encoding="utf-8")
    start = source.index("def luck(")
    known = {"np": np, "pd": pd}
    exec(source[start : source.index("\n\n\n", start)], known)
    so_far = known["luck"](12).expanding().mean()
    above = {week: (0.0191 * so_far.loc[week] > 0.0107).mean() for week in (4, 13, 52)}
    assert above[4] > above[13] > above[52] > 0.05
    assert above[4] - above[13] < 0.1
    proven = so_far.gt(2 / (so_far.index.to_numpy() / 12) ** 0.5, axis=0)
    assert proven.iloc[51].mean() < 0.035
    once = {years: proven.loc[13 : 52 * years].any().mean() for years in (1, 5)}
    assert 1.5 < once[1] / proven.loc[52].mean() < 3
    assert once[5] / proven.loc[260].mean() > 3.5
