import bz2
import contextlib
import csv
import gzip
import io
import os
import re
import subprocess
import sys
import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import numlearn as nl
from numlearn._files import course_root
from numlearn.errors import NumlearnError
from numlearn.models import submission
from numlearn.tournament import TournamentServer
from numlearn.tournament._tournament import NUMBERS

UPLOAD = ("models", "submission", "upload")
KEYS = {"NUMERAI_PUBLIC_ID": "PUBLIC", "NUMERAI_SECRET_KEY": "SECRET"}


@pytest.fixture(scope="module")
def live():
    return nl.data.load("live")


@pytest.fixture(scope="module")
def good(live):
    made = pd.Series(np.random.default_rng(0).normal(size=len(live)), live.index)
    return submission.make(made)


@pytest.fixture(scope="module")
def served():
    with TournamentServer() as server:
        yield server


@pytest.fixture
def server(served):
    served.round_open = True
    served.submissions.clear()
    served.uploads.clear()
    return served


# --- make


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=30), st.integers(1, 5))
def test_what_is_made_is_ranked_by_era_and_without_a_fault(values, eras):
    ids = [f"n{i}" for i in range(len(values))]
    predictions = pd.Series(values, ids)
    era = np.arange(len(values)) % min(eras, len(values) // 2)
    made = submission.make(predictions, era)
    assert made["prediction"].between(0, 1, inclusive="neither").all()
    order = predictions.groupby(era).rank()
    assert order.equals(
        pd.Series(made["prediction"].to_numpy(), ids).groupby(era).rank()
    )
    for _, one_era in made.groupby(era):
        assert one_era["prediction"].mean() == pytest.approx(0.5)
    kinds = [fault.kind for fault in submission.faults(made, ids)]
    assert kinds == ["constant"] * (made["prediction"].nunique() == 1)


def test_predictions_without_ids_are_refused():
    with pytest.raises(NumlearnError, match="indexed by id"):
        submission.make(pd.Series([0.1, 0.2]))


# --- validate (the verdicts are compared with numerai-tools in tests/oracle)


def test_every_fault_is_told_at_once(live, good):
    bad = pd.concat([good[3:], good[10:11]]).rename(columns={"prediction": "score"})
    bad.iloc[0, 1], bad.iloc[1, 1] = np.nan, 1.5
    faults = {fault.kind: fault for fault in submission.faults(bad, live)}
    assert submission.validate(bad, live) == faults
    with pytest.raises(NumlearnError, match=r"columns are .* It lacks 3 of .* 1\.5"):
        submission.require(bad, live)
    assert list(faults) == ["header", "duplicate id", "missing id", "nan", "range"]
    assert "lacks 3 of the 3,000 live ids" in faults["missing id"]
    assert "1 row is without a prediction" in faults["nan"]
    assert "1 row is outside 0 to 1, such as 1.5" in faults["range"]
    page = (course_root() / "docs" / "submission.md").read_text(encoding="utf-8")
    for sentence in faults.values():
        assert sentence.partition(": ")[2] in page


def test_ids_of_other_rounds_are_ignored(live, good):
    more = pd.DataFrame({"id": ["n0", "n0"], "prediction": [np.nan, 7.0]})
    assert submission.faults(pd.concat([good, more]), live.index) == []


def test_signals_and_crypto_need_a_hundred_of_the_universe():
    tickers = [f"T{i}" for i in range(120)]
    for tournament, column in (("signals", "numerai_ticker"), ("crypto", "symbol")):
        universe = pd.DataFrame({column: tickers})
        mine = pd.DataFrame({column: tickers, "signal": np.linspace(0, 1, 120)})
        asked = {"tournament": tournament}
        for known in (universe, universe.set_index(column), tickers):
            assert submission.faults(mine, known, **asked) == []
        (few,) = submission.faults(mine[:8], universe, **asked)
        assert few.kind == "missing id" and "Only 8 tickers" in few
        other, *_ = submission.faults(
            mine.rename(columns={column: "sedol"}), universe, **asked
        )
        assert other.kind == "header"
    with pytest.raises(NumlearnError, match="no tournament 'chess'"):
        submission.faults(mine, universe, tournament="chess")


def test_the_verdict_on_crypto_is_that_of_numerai_tools():
    from numerai_tools.submissions import validate_submission_crypto

    universe = pd.DataFrame({"symbol": [f"C{i}" for i in range(120)]})
    mine = universe.assign(signal=np.linspace(0, 1, 120))
    edges = [1 + 5e-9, 1 + 1e-4, -1e-9, -1e-7, np.nan, np.inf]
    tried = [mine, mine[:99], mine[:100], mine.assign(signal=0.5), mine[["signal"]]]
    tried += [mine.assign(signal=[edge, *mine["signal"][1:]]) for edge in edges]
    tried += [mine.rename(columns={"symbol": "ticker"}), pd.concat([mine, mine[:1]])]
    for table in tried:
        found = submission.faults(table, universe, tournament="crypto")
        try:
            validate_submission_crypto(universe, table.copy())
        except AssertionError as refusal:
            assert str(refusal).startswith(found[0].code)
        else:
            assert found == []


@pytest.mark.parametrize(
    "made",
    [
        lambda good: good.set_index("id")["prediction"],
        lambda good: good.set_index("id")["prediction"].rename(None),
        lambda good: good.set_index("id").rename_axis(None),
        lambda good: good.set_index("id"),
    ],
)
def test_a_submission_may_have_its_ids_in_the_index(live, good, made):
    assert submission.faults(made(good), live) == []


def test_nothing_to_compare_with_is_not_without_a_fault(good):
    with pytest.raises(NumlearnError, match="no ids of the round"):
        submission.faults(good, [])


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (pd.Series([0.1, 0.2], [5, 7]), "indexed by id"),
        (pd.Series([0.1, 0.2], [("a", 1), ("b", 2)]), "indexed by id"),
        (pd.Series([0.1, np.inf], ["a", "b"]), "'prediction' holds inf"),
        (pd.Series(["x", "y"], ["a", "b"]), "not numbers"),
    ],
)
def test_what_cannot_be_ranked_by_id_is_a_sentence(odd, says):
    with pytest.raises(NumlearnError, match=says):
        submission.make(odd)


@pytest.mark.parametrize("odd", [np.ones(3), "file.csv", {"n1": 0.5}])
def test_what_is_no_submission_is_a_sentence(live, odd):
    with pytest.raises(NumlearnError, match="A submission is a DataFrame"):
        submission.faults(odd, live)
    with pytest.raises(NumlearnError, match="indexed by id"):
        submission.make(odd)


# --- files


def _dialects(table):
    text = table.to_csv(index=False)
    german = table.to_csv(index=False, sep=";", decimal=",")
    return {
        "plain": text.encode(),
        "bom": text.encode("utf-8-sig"),
        "utf-16": text.encode("utf-16"),
        "crlf": text.replace("\n", "\r\n").encode(),
        "blank line first": b"\n" + text.encode(),
        "spaces": text.replace(",", " , ").encode(),
        "semicolons": text.replace(",", ";").encode(),
        "semicolons, decimal commas": german.encode(),
        "tabs": text.replace(",", "\t").encode(),
        "gzip": gzip.compress(text.encode()),
        "bzip2": bz2.compress(text.encode()),
        "quoted": table.to_csv(index=False, quoting=csv.QUOTE_ALL).encode(),
        "parquet": _parquet(table),
        "parquet by index": _parquet(table.set_index(table.columns[0])),
    }


def _parquet(table):
    file = io.BytesIO()
    table.to_parquet(file)
    return file.getvalue()


TICKERS = ["NA", "nan", "0123456", "007", "None", "T", "null", "12e3"]
TABLES = {
    "classic": pd.DataFrame(
        {"id": ["n0a", "n1b", "n2c"], "prediction": [1 / 3, 2 / 3, 0.1]}
    ),
    "signals": pd.DataFrame(
        {"sedol": TICKERS, "signal": (np.arange(8) + 0.5) / 8 - 1e-17}
    ),
}


@pytest.mark.parametrize("tournament", TABLES)
@pytest.mark.parametrize("dialect", _dialects(TABLES["classic"]))
def test_a_file_is_read_as_it_was_meant(tmp_path, tournament, dialect):
    table = TABLES[tournament]
    path = tmp_path / "predictions.csv"
    path.write_bytes(_dialects(table)[dialect])
    found = submission.read(path)
    pd.testing.assert_frame_equal(found, table, check_dtype=False)
    assert found.iloc[:, 1].dtype == float
    assert submission.read(path.read_bytes()).shape == table.shape


def test_a_row_with_more_fields_than_the_header_is_not_cut():
    with pytest.raises(NumlearnError, match="cannot be read as a CSV"):
        submission.read(b"id,prediction\nn1,0.5,9\nn2,1\n")


def test_gaps_are_gaps_in_predictions_only(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("ticker,signal\nNA,0.5\n,0.2\nB,NA\nC,high\n")
    found = submission.read(path)
    assert found["ticker"].isna().to_list() == [False, True, False, False]
    assert found["signal"].isna().to_list() == [False, False, True, False]
    (fault,) = submission.faults(
        found.dropna(), found["ticker"].dropna(), tournament="crypto"
    )[:1]
    assert fault.kind == "header"


# --- eras of what is made


def test_eras_are_looked_up_by_id():
    values = pd.Series([0.3, 0.1, 0.2, 0.9], ["a", "b", "c", "d"])
    era = pd.Series(["1", "2", "1", "2"], values.index)
    made = submission.make(values, era)
    for other in (era[::-1], era.reindex(["d", "x", "a", "b", "c"]).fillna("9")):
        pd.testing.assert_frame_equal(submission.make(values, other), made)
    pd.testing.assert_frame_equal(submission.make(values, era.to_frame("era")), made)
    pd.testing.assert_frame_equal(submission.make(values.to_frame("p"), era), made)
    for odd in (era[1:], era.reset_index(drop=True)):
        with pytest.raises(NumlearnError, match="are not those of the predictions"):
            submission.make(values, odd)
    with pytest.raises(NumlearnError, match="4 predictions and 3 eras"):
        submission.make(values, ["1", "1", "2"])
    signal = submission.make(values.rename_axis("sedol"), tournament="signals")
    assert list(signal) == ["sedol", "signal"]


def test_several_columns_need_a_choice(good):
    with pytest.raises(NumlearnError, match="Which of the columns a, b"):
        submission.make(pd.DataFrame({"a": [0.1], "b": [0.2]}, index=["n1"]))
    again = submission.make(good)
    pd.testing.assert_frame_equal(again, good)


# --- upload


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "no file"), (b"", "empty file"), (b"\xff\xfe\xfa", "a CSV")],
)
def test_what_is_no_csv_is_said(tmp_path, content, says):
    if content is not None:
        (tmp_path / "p.csv").write_bytes(content)
    with pytest.raises(NumlearnError, match=says):
        submission.read(tmp_path / "p.csv")


def test_a_submission_is_taken_and_no_key_is_shown(server, good, monkeypatch, capsys):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    taken = submission.upload(good, "my_model")
    assert [kept["id"] for kept in server.submissions] == [taken]
    assert "SECRET" not in "".join(capsys.readouterr())


def test_keys_are_asked_for_unseen_where_there_are_none(monkeypatch):
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    typed = iter(["mine", "hidden"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert submission.credentials() == ("mine", "hidden")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((" PUBLIC\n", "'SECRET'"), None),
        (('"PUBLIC"', "SECRET \r\n"), None),
        (("PUBLIC", "SEC$RET"), "secret key holds a character"),
        (("PUB→LIC", "SECRET"), "public id holds a character"),
        (("", "SECRET"), "There are no keys"),
        ("PUBLIC", "Keys are two"),
    ],
)
def test_what_clings_to_a_key_is_stripped_or_said(server, good, given, says):
    if says is None:
        assert submission.upload(good, "my_model", keys=given)
        return
    with pytest.raises(NumlearnError, match=says):
        submission.upload(good, "my_model", keys=given)
    assert not server.submissions


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("corrupt", "the file that came is damaged: try again"),
        ("cut", "no answer came: try again"),
        (404, "the server answered 404: look with numerapi"),
        (503, r"the server is in trouble \(503\): try again"),
    ],
)
def test_live_ids_that_do_not_come_are_said(server, good, how, says):
    server.misbehave(how, on="files")
    with pytest.raises(NumlearnError, match=f"about the live ids and {says}"):
        submission.upload(good, "my_model", keys=("PUBLIC", "SECRET"))
    assert not server.submissions


def test_a_second_file_that_is_not_stored_is_not_taken_for_the_first(server, good):
    keys = ("PUBLIC", "SECRET")
    submission.upload(good, "my_model", keys=keys)
    server.misbehave(503, on="uploads")
    with pytest.raises(NumlearnError, match=r"is in trouble \(503\): try again"):
        submission.upload(
            good.assign(prediction=good["prediction"] / 2), "my_model", keys=keys
        )
    assert len(server.submissions) == 1


def test_all_models_of_an_account_with_retries(good, monkeypatch):
    waits, keys = [], ("PUBLIC", "SECRET")
    monkeypatch.setattr("time.sleep", waits.append)
    with TournamentServer(models=["ada", "bob", "cleo"]) as server:
        for how in ("drop", 503):
            server.misbehave(how, on="uploads")
        mine = {"ada": good, "bob": good.set_index("id")["prediction"]}
        taken = submission.upload_all(mine, keys=keys)
        assert [s["id"] for s in server.submissions] == list(taken.values())
        assert list(taken) == ["ada", "bob"] and waits == [1, 2]
        bad = mine | {"cleo": good[1:]}
        with pytest.raises(NumlearnError, match=r"^cleo: It lacks"):
            submission.upload_all(bad, keys=keys)
        with pytest.raises(NumlearnError, match="no model 'dan': choose one of ada, b"):
            submission.upload_all({"dan": good}, keys=keys)
        with pytest.raises(NumlearnError, match="at least one submission, by model"):
            submission.upload_all({}, keys=keys)
        with pytest.raises(NumlearnError, match="tries is a whole number from 1 up"):
            submission.upload_all(mine, keys=keys, tries=0)
        assert len(server.submissions) == 2
        places = iter([None, 403])
        server.next_misbehaviour = lambda *where: (
            next(places, None) if "uploads" in where else None
        )
        with pytest.raises(
            NumlearnError, match=r"bob was not handed in \(ada handed in\): .*403"
        ):
            submission.upload_all(mine, keys=keys, tries=1)


def test_a_file_is_uploaded_by_its_path(server, good, tmp_path):
    good.to_csv(tmp_path / "p.csv", index=False)
    assert submission.upload(tmp_path / "p.csv", "my_model", keys=("PUBLIC", "SECRET"))
    with pytest.raises(NumlearnError, match="no file"):
        submission.upload("gone.csv", "my_model", keys=("PUBLIC", "SECRET"))


def test_a_rehearsal_stays_a_rehearsal(server, good, monkeypatch, capsys):
    """NUMLEARN_SERVER holds in Python too, and where it goes is said first."""
    from numerapi import base_api

    from numlearn.data.client import NUMERAI

    url = server.url
    monkeypatch.setattr(base_api, "API_TOURNAMENT_URL", NUMERAI)
    monkeypatch.setenv("NUMLEARN_SERVER", url)
    submission.upload(good, "my_model", keys=("PUBLIC", "SECRET"))
    assert len(server.submissions) == 1
    assert capsys.readouterr().err == f"This goes to {url}, not to Numerai.\n"
    monkeypatch.delenv("NUMLEARN_SERVER")
    submission.upload(good, "my_model", keys=("PUBLIC", "SECRET"), server=url)
    assert len(server.submissions) == 2
    with pytest.raises(NumlearnError, match="'notaurl' is not the address"):
        submission.upload(good, "my_model", server="notaurl")


@pytest.mark.parametrize(
    ("asked_before", "says"),
    [
        (0, "asked about the live ids and no answer came"),
        (2, "asked about these keys and no answer came"),
        (3, "asked about the round and no answer came"),
        (4, "asked about the submission and no answer came"),
        (5, "asked about the submission and no answer came"),
    ],
)
def test_a_connection_dropped_at_any_question(server, good, asked_before, says):
    how = iter([None] * asked_before + ["drop"])
    ordered = server.next_misbehaviour
    server.next_misbehaviour = lambda *places: (
        next(how, None) if "api" in places else ordered(*places)
    )
    try:
        with pytest.raises(NumlearnError, match=says):
            submission.upload(good, "my_model", keys=("PUBLIC", "SECRET"))
    finally:
        del server.next_misbehaviour
    assert next(how, "asked") == "asked"
    assert not server.submissions


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("drop", "no answer came"),
        (403, r"the submission and the server does not allow it \(403\)"),
        (413, r"finds it too large \(413\)"),
        (503, r"is in trouble \(503\)"),
    ],
)
def test_a_lost_upload_is_said(server, good, how, says):
    server.misbehave(how, on="uploads")
    with pytest.raises(NumlearnError, match=says):
        submission.upload(good, "my_model", keys=("PUBLIC", "SECRET"))
    assert not server.uploads


@pytest.mark.parametrize(
    ("tournament", "number", "column"),
    [("signals", 11, "numerai_ticker"), ("crypto", 12, "symbol")],
)
def test_signals_and_crypto_are_handed_in(monkeypatch, tournament, number, column):
    keys, asked = ("PUBLIC", "SECRET"), {"tournament": tournament}
    model, tickers = f"my_{tournament}", [*TICKERS, *(f"T{i}" for i in range(120))]
    universe = pd.DataFrame({column: tickers})
    values = pd.Series(np.arange(128.0), pd.Index(tickers, name=column))
    mine = submission.make(values, **asked)
    assert next(iter(mine)) == column
    with TournamentServer(universes={tournament: universe}) as server:
        assert NUMBERS[server.played[model]] == number
        taken = submission.upload(mine, model, keys=keys, **asked)
        (kept,) = server.submissions
        assert taken == kept["id"]
        sent = server.uploads[kept["filename"]]
        pd.testing.assert_frame_equal(submission.read(sent), mine, check_dtype=False)
        with pytest.raises(NumlearnError, match="Only 99 tickers are in the universe"):
            submission.upload(mine[:99], model, keys=keys, **asked)
        monkeypatch.setattr(server, "_listed", lambda number: [])
        with pytest.raises(NumlearnError, match="no file with the live ids of classic"):
            submission.upload(mine, model, keys=keys)
        assert len(server.submissions) == 1


# --- the command line


def numlearn(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "numlearn", *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=os.environ | KEYS | environment,
    )


def _first(value):
    return lambda good: good.assign(prediction=[value, *good["prediction"][1:]])


FAULTS = {
    "missing id": (lambda good: good[1:], "lacks 1 of the 3,000 live ids"),
    "nan": (_first(np.nan), "1 row is without a prediction (NaN)"),
    "constant": (lambda good: good.assign(prediction=0.5), "predictions are the same"),
    "range": (_first(1.01), "1 row is outside 0 to 1, such as 1.01"),
    "header": (
        lambda good: good.set_axis(["id", "p"], axis=1),
        "columns are id, p and",
    ),
    "closed": (lambda good: good, "The round is closed"),
    "bad key": (lambda good: good, "refused these keys"),
    "no key": (lambda good: good, "There are no keys"),
    "dropped": (lambda good: good, "about the submission and no answer came"),
    "gone": (lambda good: good, "about the live ids and no answer came"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_one_sentence_and_nothing_is_uploaded(
    server, good, tmp_path, fault
):
    damage, says = FAULTS[fault]
    damage(good).to_csv(tmp_path / "p.csv", index=False)
    environment = {"NUMLEARN_SERVER": server.url}
    if fault == "closed":
        server.round_open = False
    elif fault == "bad key":
        environment["NUMERAI_SECRET_KEY"] = "WRONG"
    elif fault == "no key":
        environment["NUMERAI_SECRET_KEY"] = ""
    elif fault == "dropped":
        server.misbehave("drop", on="uploads")
    elif fault == "gone":
        environment["NUMLEARN_SERVER"] = "http://127.0.0.1:9"
    ended = numlearn(*UPLOAD, tmp_path / "p.csv", "--model", "my_model", **environment)
    assert ended.returncode == 2
    assert says in ended.stderr
    said = "This goes to http[^\n]+, not to Numerai.\n"
    assert re.fullmatch(said + r"numlearn: [^\n]+\.\n", ended.stderr)
    assert "Traceback" not in ended.stderr
    assert "SECRET" not in ended.stderr.replace("NUMERAI_SECRET_KEY", "")
    assert not server.submissions
    assert not server.uploads


def test_the_tournament_of_the_command_line_takes_a_submission(good, tmp_path):
    good.to_csv(tmp_path / "p.csv", index=False)
    with _serving() as environment:
        ended = numlearn(
            *UPLOAD, tmp_path / "p.csv", "--model", "my_model", **environment
        )
        assert ended.stdout.startswith("accepted for my_model: submission ")
        other = numlearn(*UPLOAD, tmp_path / "p.csv", "--model", "yours", **environment)
        assert "no model 'yours': choose one of my_model" in other.stderr


def test_signals_and_crypto_are_served_to_a_stranger(tmp_path):
    tickers = [f"T{number:03d}" for number in range(150)]
    days = {"friday_date": "20240105"}
    universe = {
        "signals": pd.DataFrame({**days, "numerai_ticker": tickers, "feature_a": 1.0}),
        "crypto": pd.DataFrame({"symbol": tickers, "date": "2024-01-05"}),
    }
    universe["signals"].to_parquet(tmp_path / "live.parquet")
    universe["crypto"].to_csv(tmp_path / "crypto.csv", index=False)
    given = "--signals", tmp_path / "live.parquet", "--crypto", tmp_path / "crypto.csv"
    with _serving(*given) as environment:
        for tournament, table in universe.items():
            kind = table.columns[table.isin(["T001"]).any()][0]
            values = pd.Series(np.arange(150.0), pd.Index(tickers, name=kind))
            mine = submission.make(values, tournament=tournament)
            mine.to_csv(tmp_path / "p.csv", index=False)
            mine[:99].to_csv(tmp_path / "few.csv", index=False)
            options = "--model", f"my_{tournament}", "--tournament", tournament
            ended = numlearn(*UPLOAD, tmp_path / "p.csv", *options, **environment)
            assert ended.stdout.startswith(f"accepted for my_{tournament}: ")
            refused = numlearn(*UPLOAD, tmp_path / "few.csv", *options, **environment)
            assert "Only 99 tickers are in the universe" in refused.stderr


@pytest.mark.parametrize("tournament", ["signals", "crypto"])
def test_what_is_no_universe_is_said_before_anything_is_served(tmp_path, tournament):
    path = tmp_path / "universe.csv"
    column = {"signals": "numerai_ticker", "crypto": "symbol"}[tournament]
    few = pd.DataFrame({column: [f"T{number}" for number in range(60)]})
    for table, says in (
        (few, "Only 60 tickers"),
        (few.rename(columns={column: "name"}), "no column|Only 0 tickers"),
    ):
        table.to_csv(path, index=False)
        with pytest.raises(NumlearnError, match=f"universe of {tournament}.*({says})"):
            nl.tournament.serve(**{tournament: path})
    with pytest.raises(NumlearnError, match="There is no file"):
        nl.tournament.serve(**{tournament: tmp_path / "gone.csv"})


@contextlib.contextmanager
def _serving(*options):
    """Run ``numlearn serve``; yield the environment that it tells to set."""
    command = [sys.executable, "-m", "numlearn", "tournament", "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            told = [process.stdout.readline() for _ in range(5)]
            yield dict(re.findall(r"(NUM\w+)=(\S+)", "".join(told)))
        finally:
            process.terminate()


# --- pickles


@pytest.fixture(scope="module")
def forest(live):
    from lightgbm import LGBMRegressor

    train = nl.data.load("train", every=20)
    features = [c for c in train if c.startswith("feature")]
    model = LGBMRegressor(n_estimators=20, n_jobs=1, verbose=-1)
    return model.fit(train[features], train["target"]), features


def test_a_pickle_runs_where_there_is_no_numlearn(live, forest, tmp_path):
    model, features = forest
    assert nl.world.tournament  # what else is loaded stays at home, threads' locks too

    def predict(live_features, live_benchmark_models):
        raw = pd.Series(model.predict(live_features[features]), live_features.index)
        blend = nl.eras.gaussianize(raw) + live_benchmark_models.mean(axis=1)
        return submission.make(blend).set_index("id")

    benchmarks = nl.data.load_benchmarks("live")
    path = tmp_path / "model.pkl"
    submission.write_pickle(predict, path)
    there = submission.run_pickle(path, live, benchmarks)
    pd.testing.assert_frame_equal(there, predict(live, benchmarks))


def test_what_is_imported_when_first_used_goes_into_the_pickle(live, tmp_path):
    features = list(nl.data.feature_sets()["small"])

    def predict(live_features):
        raw = live_features[features].sum(axis=1).rename("p")
        panel = live_features.assign(p=raw)
        left = nl.scoring.neutralize(panel, ["p"], neutralizers=features[:2])["p"]
        return nl.models.submission.make(left).set_index("id")

    submission.write_pickle(predict, tmp_path / "model.pkl")
    there = submission.run_pickle(tmp_path / "model.pkl", live)
    pd.testing.assert_frame_equal(there, predict(live))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return 1 / 0", "ZeroDivisionError: division by zero"),
        ("return np.ones(3 << 30)", "MemoryError|Unable to allocate"),
        (
            "return live[['feature_a']].rename(columns={'feature_a': 'prediction'})",
            "not between 0 and 1",
        ),
        ("return live[['feature_a']] * 0.25", "The columns are id, feature_a"),
        ("return live['feature_a'] * 0.25", "returned Series, not a DataFrame"),
        ("return None", "returned NoneType, not"),
        ("return as_table(live)[1:]", "it returned 4 rows for 5"),
        ("return as_table(live).rename({'n1': 'n9'})", "lacks 1 of the 5 live ids"),
        ("return as_table(live).where(live['feature_a'] > 0)", "returned a NaN"),
        ("return as_table(live) + 1e-9", "not between 0 and 1"),
    ],
)
def test_what_would_fail_at_numerai_is_said_here(tmp_path, body, says):
    names = {}
    helper = (
        "def as_table(live):\n    return (live * 0.25).set_axis(['prediction'], axis=1)"
    )
    exec(f"import numpy as np\n{helper}\ndef predict(live):\n    {body}", names)
    predict = names["predict"]
    predict.__module__ = __name__
    live = pd.DataFrame({"feature_a": [0, 1, 2, 3, 4]}, [f"n{i}" for i in range(5)])
    submission.write_pickle(predict, tmp_path / "model.pkl")
    with pytest.raises(NumlearnError, match=says):
        submission.run_pickle(tmp_path / "model.pkl", live)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ("live, benchmarks, more", "takes 3 parameters, and Numerai gives one or two"),
        ("", "takes 0 parameters"),
        ("live, benchmarks", "takes benchmarks: give them to run_pickle"),
    ],
)
def test_a_function_of_other_parameters_is_refused(tmp_path, parameters, says):
    names = {}
    exec(f"def predict({parameters}):\n    return live", names)
    live = pd.DataFrame({"feature_a": [0, 1]}, ["n0", "n1"])
    names["predict"].__module__ = "__main__"
    submission.write_pickle(names["predict"], tmp_path / "model.pkl")
    with pytest.raises(NumlearnError, match=says):
        submission.run_pickle(tmp_path / "model.pkl", live)


def test_a_pickle_that_fails_leaves_the_earlier_one(tmp_path):
    path, lock = tmp_path / "model.pkl", threading.Lock()
    submission.write_pickle(lambda live: live, path)
    before = path.read_bytes()
    with pytest.raises(NumlearnError, match="cannot be pickled"):
        submission.write_pickle(lambda live: lock, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["model.pkl"]
    with pytest.raises(NumlearnError, match="There is no folder"):
        submission.write_pickle(lambda live: live, tmp_path / "gone" / "model.pkl")
    with pytest.raises(NumlearnError, match="DataFrame was to be pickled"):
        submission.write_pickle(pd.DataFrame(), path)
    with pytest.raises(NumlearnError, match="There is no pickle"):
        submission.run_pickle(tmp_path / "other.pkl", pd.DataFrame())


def test_a_pickle_is_uploaded_for_a_python_that_numerai_has(tmp_path, monkeypatch):
    path, keys = tmp_path / "model.pkl", ("PUBLIC", "SECRET")
    submission.write_pickle(lambda live: live, path)
    with TournamentServer() as server:
        assert submission.upload_pickle(path, "my_model", keys=keys)
        assert server.pickles == {"my_model": path.read_bytes()}
        server.misbehave(403, on="uploads")
        with pytest.raises(NumlearnError, match=r"the pickle and .* allow it \(403\)"):
            submission.upload_pickle(path, "my_model", keys=keys)
        with pytest.raises(NumlearnError, match="is a folder"):
            submission.upload_pickle(tmp_path, "my_model", keys=keys)
        monkeypatch.setattr("numlearn.tournament._server._PYTHON", "Python 3.7")
        with pytest.raises(NumlearnError, match=r"runs Python 3\.7 and this is"):
            submission.upload_pickle(path, "my_model", keys=keys)


def test_a_pickle_gives_the_model_away(forest, tmp_path):
    model, features = forest

    def predict(live_features):
        return model.predict(live_features[features])

    submission.write_pickle(predict, tmp_path / "model.pkl")
    opened = pd.read_pickle(tmp_path / "model.pkl")
    mine, theirs = (
        [cell.cell_contents for cell in function.__closure__]
        for function in (predict, opened)
    )
    assert theirs[0] == mine[0] == features
    assert theirs[1].booster_.model_to_string() == model.booster_.model_to_string()
