import contextlib
import os
import re
import subprocess
import sys

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
    faults = submission.validate(made, ids)
    assert set(faults) <= {"constant"}
    assert ("constant" in faults) == (made["prediction"].nunique() == 1)


def test_predictions_without_ids_are_refused():
    with pytest.raises(NumlearnError, match="indexed by id"):
        submission.make(pd.Series([0.1, 0.2]))


# --- validate (the verdicts are compared with numerai-tools in tests/oracle)


def test_every_fault_is_told_at_once(live, good):
    bad = pd.concat([good[3:], good[10:11]]).rename(columns={"prediction": "score"})
    bad.iloc[0, 1], bad.iloc[1, 1] = np.nan, 1.5
    faults = submission.validate(bad, live)
    assert list(faults) == ["header", "duplicate id", "missing id", "nan", "range"]
    assert "lacks 3 of the 3,000 live ids" in faults["missing id"]
    assert "1 row is without a prediction" in faults["nan"]
    assert "1 row is outside 0 to 1, such as 1.5" in faults["range"]
    page = (course_root() / "docs" / "submission.md").read_text(encoding="utf-8")
    for sentence in faults.values():
        assert sentence.partition(": ")[2] in page


def test_ids_of_other_rounds_are_ignored(live, good):
    more = pd.DataFrame({"id": ["n0", "n0"], "prediction": [np.nan, 7.0]})
    assert submission.validate(pd.concat([good, more]), live.index) == {}


def test_signals_needs_a_hundred_tickers_of_the_universe():
    tickers = [f"T{i}" for i in range(120)]
    universe = pd.DataFrame({"numerai_ticker": tickers})
    mine = pd.DataFrame({"numerai_ticker": tickers, "signal": np.linspace(0, 1, 120)})
    assert submission.validate(mine, universe, "signals") == {}
    few = submission.validate(mine[:8], universe, "signals")
    assert list(few) == ["missing id"]
    assert "Only 8 tickers" in few["missing id"]
    other = mine.rename(columns={"numerai_ticker": "sedol"})
    assert (
        "no column 'sedol'" in submission.validate(other, universe, "signals")["header"]
    )
    with pytest.raises(NumlearnError, match="no tournament 'chess'"):
        submission.validate(mine, universe, "chess")


# --- upload


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "no file"), (b"", "cannot be read as a CSV"), (b"\xff\xfe\xfa", "a CSV")],
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
            submission.upload(good, "my_model", ("PUBLIC", "SECRET"))
    finally:
        del server.next_misbehaviour
    assert next(how, "asked") == "asked"
    assert not server.submissions


@pytest.mark.parametrize(
    ("how", "says"), [("drop", "no answer came"), (403, "never uploaded")]
)
def test_a_lost_upload_is_said(server, good, how, says):
    server.misbehave(how, on="uploads")
    with pytest.raises(NumlearnError, match=says):
        submission.upload(good, "my_model", ("PUBLIC", "SECRET"))
    assert not server.uploads


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
    ended = numlearn("submit", tmp_path / "p.csv", "--model", "my_model", **environment)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert re.fullmatch(r"numlearn: [^\n]+\.\n", ended.stderr)
    assert "Traceback" not in ended.stderr
    assert "SECRET" not in ended.stderr.replace("NUMERAI_SECRET_KEY", "")
    assert not server.submissions
    assert not server.uploads


def test_the_tournament_of_the_command_line_takes_a_submission(good, tmp_path):
    good.to_csv(tmp_path / "p.csv", index=False)
    with _serving() as environment:
        ended = numlearn(
            "submit", tmp_path / "p.csv", "--model", "my_model", **environment
        )
        assert ended.stdout.startswith("accepted for my_model: submission ")
        other = numlearn(
            "submit", tmp_path / "p.csv", "--model", "yours", **environment
        )
        assert "no model 'yours': choose one of my_model" in other.stderr


@contextlib.contextmanager
def _serving(*options):
    """Run ``numlearn serve``; yield the environment that it tells to set."""
    command = [sys.executable, "-m", "numlearn", "serve", *options]
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


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return 1 / 0", "ZeroDivisionError: division by zero"),
        ("return np.ones(3 << 30)", "MemoryError|Unable to allocate"),
        (
            "return live[['feature_a']].rename(columns={'feature_a': 'prediction'})",
            "0 to",
        ),
        ("return live[['feature_a']] * 0.25", "The columns are id, feature_a"),
    ],
)
def test_what_would_fail_at_numerai_is_said_here(tmp_path, body, says):
    names = {}
    exec(f"import numpy as np\ndef predict(live):\n    {body}", names)
    predict = names["predict"]
    predict.__module__ = __name__
    live = pd.DataFrame({"feature_a": [0, 1, 2, 3, 4]}, [f"n{i}" for i in range(5)])
    submission.write_pickle(predict, tmp_path / "model.pkl")
    with pytest.raises(NumlearnError, match=says):
        submission.run_pickle(tmp_path / "model.pkl", live)


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
