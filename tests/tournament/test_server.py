import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import requests
from numerapi import NumerAPI, base_api

import numlearn as nl
from numlearn.errors import NumlearnError
from numlearn.tournament import TournamentServer
from numlearn.tournament._tournament import refuse


@pytest.fixture(scope="module")
def served():
    with TournamentServer(models=("alpha", "beta"), round_number=900) as server:
        yield server


@pytest.fixture
def server(served):
    """The classroom's tournament, with nothing submitted, staked or scored yet."""
    served.round_open = True
    for kept in (served.uploads, served.submissions, served.scores, served.log):
        kept.clear()
    for name in served.stakes:
        served.stakes[name] = Decimal(0)
    return served


@pytest.fixture
def api(server):
    return NumerAPI(server.public_id, server.secret_key, "CRITICAL", False)


@pytest.fixture
def submission():
    ids = nl.data.load("live", features=[]).index
    return pd.DataFrame({"id": ids, "prediction": np.linspace(0, 1, len(ids))})


def test_the_address_is_restored():
    before = base_api.API_TOURNAMENT_URL
    with TournamentServer() as server:
        assert server.url == base_api.API_TOURNAMENT_URL != before
    assert before == base_api.API_TOURNAMENT_URL
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url)


def test_files_come_as_numerai_gives_them(api, tmp_path):
    names = api.list_datasets()
    assert {"v5.2/features.json", "v5.2/validation.parquet"} <= set(names)
    assert "v5.2/world.json" not in names
    path = api.download_dataset("v5.2/live.parquet", str(tmp_path / "v"))
    frame = pd.read_parquet(path)
    assert frame.index.name == "id"
    panel = nl.data.load("live", features="all", targets="all")
    pd.testing.assert_frame_equal(frame[panel.columns], panel, check_dtype=False)
    path = api.download_dataset("v5.2/live_example_preds.parquet", str(tmp_path / "p"))
    example = nl.data.load_example_predictions("live")["prediction"]
    pd.testing.assert_series_equal(pd.read_parquet(path)["prediction"], example)
    with pytest.raises(ValueError, match="Invalid filename"):
        api.download_dataset("v5.2/nothing.parquet", str(tmp_path / "n"))


def test_rounds(api, server):
    assert api.get_current_round() == 900
    assert api.check_round_open()
    assert api.check_new_round()
    assert api.list_rounds(number=850)[0]["resolvedStaking"]
    assert not api.get_competitions()[0]["resolvedGeneral"]
    server.round_open = False
    assert not api.check_round_open()


def test_the_account_needs_its_keys(api, server):
    models = api.get_models()
    assert list(models) == ["alpha", "beta"]
    assert api.models_of_account("learner") == models
    assert api.modelid_to_modelname(models["beta"]) == "beta"
    assert api.get_account()["username"] == "learner"
    stranger = NumerAPI("PUBLIC", "WRONG", "CRITICAL", False)
    with pytest.raises(ValueError, match="session is invalid"):
        stranger.get_models()


def test_a_submission_is_taken(api, server, submission):
    model_id = api.get_models()["alpha"]
    made = api.upload_predictions("mine.csv", model_id=model_id, df=submission)
    assert [kept["id"] for kept in api.submission_ids(model_id)] == [made]
    assert api.get_submission_filenames(model_id=model_id) == [
        {"round_num": 900, "tournament": 8, "filename": "mine.csv"}
    ]
    assert api.get_account()["models"][0]["submissions"][0]["id"] == made
    assert pd.read_csv(pd.io.common.BytesIO(server.uploads["mine.csv"])).shape == (
        submission.shape
    )


def _with(**columns):
    return lambda frame: frame.assign(**columns)


def _first(value):
    def damage(frame):
        frame.loc[0, "prediction"] = value
        return frame

    return damage


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda frame: frame.rename(columns={"id": "ids"}), "headers"),
        (_with(extra=1), "headers"),
        (lambda frame: frame[:-1], "lacks 1 of the 3,000 live ids"),
        (lambda frame: pd.concat([frame, frame[:1]]), "more than once"),
        (lambda frame: frame.assign(id=frame["id"].where(frame.index > 0)), "an id"),
        (_first(np.nan), "NaN"),
        (_first(1.01), "outside 0 to 1"),
        (_first(-0.01), "outside 0 to 1"),
        (_first(np.inf), "outside 0 to 1"),
        (_with(prediction="high"), "must be numbers"),
        (_with(prediction=0.5), "All predictions are the same"),
        (_with(id="nfffffffffffffff"), "lacks 3,000 of the 3,000 live ids"),
    ],
)
def test_a_faulty_submission_is_refused_with_its_reason(
    api, server, submission, damage, message
):
    model_id = api.get_models()["alpha"]
    with pytest.raises(ValueError, match=f"^invalid_submission_.*{message}"):
        api.upload_predictions(model_id=model_id, df=damage(submission))
    assert not server.submissions


@pytest.mark.parametrize("edge", [1 + 5e-9, -5e-9, 1 + 1e-4, -1e-4])
def test_rounding_errors_are_judged_as_by_numerai(api, submission, edge):
    from numerai_tools import submissions as tools

    submission.loc[0, "prediction"] = edge
    model_id = api.get_models()["alpha"]
    ids = submission["id"]
    theirs, ours = (
        _refusal(lambda: tools.validate_submission_numerai(ids, submission)),
        _refusal(lambda: api.upload_predictions(model_id=model_id, df=submission)),
    )
    assert theirs == ours == (abs(edge - 0.5) > 0.50001)
    assert theirs == bool(nl.models.submission.faults(submission, ids))


def _refusal(ask):
    try:
        ask()
    except (AssertionError, ValueError):
        return True
    return False


def test_an_upload_that_failed_leaves_no_older_file_to_take(api, server, submission):
    model_id = api.get_models()["alpha"]
    api.upload_predictions("p.csv", model_id=model_id, df=submission)
    server.misbehave(403, on="uploads")
    with pytest.raises(ValueError, match="never uploaded"):
        api.upload_predictions("p.csv", model_id=model_id, df=submission[::-1])
    assert len(server.submissions) == 1


@pytest.mark.parametrize("ids", [True, False])
def test_a_data_set_of_ones_own_gives_the_live_ids(tmp_path, monkeypatch, ids):
    monkeypatch.setenv("NUMERAI_PUBLIC_ID", "PUBLIC")
    monkeypatch.setenv("NUMERAI_SECRET_KEY", "SECRET")
    folder = nl.world.make(tmp_path / "w", eras=60, rows=150, features=42, ids=ids)
    live = nl.data.load("live", features=[], source=folder).index
    assert not (folder / "live_example_preds.parquet").exists()
    mine = nl.models.submission.make(pd.Series(np.arange(len(live)), live))
    with TournamentServer(folder) as server:
        assert nl.models.submission.upload(mine, "my_model")
    assert len(server.submissions) == 1


@pytest.mark.parametrize(
    ("tournament", "column"), [("signals", "numerai_ticker"), ("crypto", "symbol")]
)
def test_all_three_tournaments_are_played(monkeypatch, tournament, column):
    monkeypatch.setenv("NUMERAI_PUBLIC_ID", "PUBLIC")
    monkeypatch.setenv("NUMERAI_SECRET_KEY", "SECRET")
    tickers = [f"T{number:03d}" for number in range(150)]
    universe = pd.DataFrame({column: tickers})
    values = pd.Series(np.linspace(0.1, 0.9, 150), pd.Index(tickers, name=column))
    mine = nl.models.submission.make(values, tournament=tournament)
    upload, name = nl.models.submission.upload, f"my_{tournament}"
    with TournamentServer(universes={tournament: universe}) as server:
        taken = upload(mine, name, tournament=tournament)
        assert [kept["id"] for kept in server.submissions] == [taken]
        with pytest.raises(NumlearnError, match="Only 99 tickers"):
            upload(mine[:99], name, tournament=tournament)
        with pytest.raises(NumlearnError, match=f"no model '{name}'"):
            ids = nl.data.load("live", features=[]).index
            upload(pd.Series(np.linspace(0, 1, len(ids)), ids), name)
    refused = refuse(mine[:99].to_csv(index=False).encode(), universe, tournament)
    assert refused.startswith("invalid_submission_ids: Only 99")


def test_a_folder_without_live_data_is_said_at_once(tmp_path):
    with pytest.raises(NumlearnError):
        nl.tournament.serve(tmp_path)


def test_ids_beyond_the_live_ones_are_ignored(api, submission):
    more = pd.DataFrame({"id": ["n0", "n0"], "prediction": [np.nan, 7]})
    model_id = api.get_models()["alpha"]
    assert api.upload_predictions(model_id=model_id, df=pd.concat([submission, more]))


def test_late_and_lost_uploads_are_refused(api, server, submission):
    model_id = api.get_models()["alpha"]
    server.misbehave(403, on="uploads")
    with pytest.raises(ValueError, match="never uploaded"):
        api.upload_predictions(model_id=model_id, df=submission)
    server.round_open = False
    with pytest.raises(ValueError, match="round_closed"):
        api.upload_predictions(model_id=model_id, df=submission)
    with pytest.raises(ValueError, match="Model not found"):
        api.upload_predictions(model_id="no-such", df=submission)


def test_stakes(api):
    model_id = api.get_models()["alpha"]
    assert api.stake_get("alpha") is None
    assert api.stake_increase(12.5, model_id)["requestedAmount"] == Decimal("12.5")
    api.stake_decrease("2", model_id)
    assert api.stake_get("alpha") == Decimal("10.5")
    api.stake_set(3, model_id)
    assert api.public_user_profile("alpha")["nmrStaked"] == 3
    for amount in ("4", "0", "-1", "much", "nan"):
        with pytest.raises(ValueError, match="stake"):
            api.stake_decrease(amount, model_id)
    assert api.stake_get("alpha") == 3


def test_model_performances(api, server):
    server.publish_scores("alpha", 880, at_risk=5, CORR20=0.02, MMC20=0.001)
    server.publish_scores("alpha", 881, resolved=False, CORR20=-0.01)
    server.publish_scores("beta", 881, CORR20=0.5)
    model_id = api.get_models()["alpha"]
    scores = pd.DataFrame(api.submission_scores(model_id))
    assert scores["value"].tolist() == [0.02, 0.001, -0.01]
    assert scores["roundNumber"].tolist() == [880, 880, 881]
    assert len(api.submission_scores(model_id, display_name="MMC20")) == 1
    assert len(api.submission_scores(model_id, last_n_rounds=1)) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        rounds = api.round_model_performances_v2(model_id)
    assert [r["atRisk"] for r in rounds] == [5, 0]
    assert rounds[1]["submissionScores"][0]["value"] == -0.01


def test_what_it_does_not_know_is_said(api, server):
    with pytest.raises(ValueError, match="does not know v2Leaderboard"):
        api.get_leaderboard()
    with pytest.raises(NumlearnError, match="cannot 'sing' on 'files'"):
        server.misbehave("sing")


def test_misbehaviour_comes_as_often_as_ordered(api, server, tmp_path):
    server.misbehave("cut", times=2)
    for name in ("first", "second"):
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            api.download_dataset("v5.2/live.parquet", str(tmp_path / name))
    path = api.download_dataset("v5.2/live.parquet", str(tmp_path / "third"))
    assert len(pd.read_parquet(path)) == 3000


def test_numerapi_alone_keeps_what_is_damaged(api, server, tmp_path):
    """Why numlearn checks: the four ways in which numerapi keeps a wrong file."""
    path, half = tmp_path / "f.parquet", tmp_path / "f.parquet.temp"
    remote = "v5.2/live_benchmark_models.parquet"
    api.download_dataset(remote, str(path))
    truth = path.read_bytes()

    path.write_bytes(bytes(len(truth)))
    api.download_dataset(remote, str(path))
    assert path.read_bytes() == bytes(len(truth))

    path.unlink()
    half.write_bytes(bytes(1000))
    api.download_dataset(remote, str(path))
    assert path.read_bytes() == bytes(1000) + truth[1000:]

    for how, longer in [("ignore_range", len(truth)), (403, 25)]:
        path.unlink()
        half.write_bytes(truth[:1000])
        server.misbehave(how, on="resumes")
        api.download_dataset(remote, str(path))
        assert path.stat().st_size == 1000 + longer
