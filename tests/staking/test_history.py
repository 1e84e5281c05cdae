"""One's own scores, through the real numerapi and a loopback server."""

import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.staking import history, simulate

PROFILE = {
    "id": "11111111-2222-3333-4444-555555555555",
    "username": "my_model",
    "startDate": "2024-01-01T00:00:00Z",
    "bio": None,
    "nmrStaked": "1.5",
}
TIMES = ("roundResolveTime", "roundScoreTime", "roundCloseStakingTime")


def scores_of(variables):
    start = {"v2_corr20": 0.01, "mmc": 0.001}.get(variables["displayName"], 0.5)
    dates = dict.fromkeys((*TIMES, "date", "resolveDate"))
    rounds = range(1200, 1230) if start == 0.01 else range(1205, 1235)
    return [
        {"roundNumber": number, "value": start + number / 1e6, **dates}
        for number in reversed(rounds)
    ]


@pytest.fixture
def answering(api):
    api.answers = {"v3UserProfile": PROFILE, "submissionScores": scores_of}
    return api


def test_a_history_has_the_rounds_in_which_both_scores_are_resolved(answering):
    scores = history("my_model")
    assert list(scores) == ["corr", "mmc"] and scores.index.name == "round"
    assert scores.index.tolist() == list(range(1205, 1230))
    assert scores.loc[1205].tolist() == pytest.approx([0.011205, 0.002205])
    asked = [variables for field, variables in answering.asked[1:]]
    assert [one["displayName"] for one in asked] == ["v2_corr20", "mmc"]
    assert all(one["resolved"] and one["tournament"] == 8 for one in asked)


def test_one_simulates_on_ones_own_scores(answering):
    paths = simulate(history("my_model"), "2026-01", rounds=9, paths=9)
    assert paths.final.shape == (9, 1)


def test_rules_decide_which_scores(answering):
    history("my_model", "2026-08")
    names = [one["displayName"] for _, one in answering.asked[1:]]
    assert names == ["corr60", "mmc60"]


def test_a_history_is_kept_for_a_day_and_survives_the_network(answering, monkeypatch):
    first = history("my_model")
    count = len(answering.asked)
    pd.testing.assert_frame_equal(history("my_model"), first)
    assert len(answering.asked) == count
    history("my_model", refresh=True)
    assert len(answering.asked) == 2 * count
    monkeypatch.setattr("numerapi.base_api.API_TOURNAMENT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("numlearn.staking._online._A_DAY", 0)
    pd.testing.assert_frame_equal(history("my_model"), first)
    with pytest.raises(NumlearnError, match="asked about the model 'my_model' and no"):
        history("my_model", refresh=True)


def test_a_model_that_nobody_knows_is_said_to_be_unknown(api):
    api.answers = {"v3UserProfile": None}
    with pytest.raises(NumlearnError, match="knows nothing of the model 'nobody'"):
        history("nobody")


def test_a_model_without_a_resolved_round_is_told_to_wait(api):
    api.answers = {"v3UserProfile": PROFILE, "submissionScores": []}
    with pytest.raises(NumlearnError, match="no resolved round with v2_corr20 and mmc"):
        history("my_model")


def test_names_of_models_do_not_leave_the_cache(answering, tmp_path):
    history("../../my model")
    kept = list((tmp_path / "cache" / "history").iterdir())
    assert [path.name for path in kept] == ["classic-v2_corr20-mmc-______my_model.csv"]


def test_without_a_network_and_without_a_copy_it_says_so(no_network):
    with pytest.raises(NumlearnError, match="try again with a working network"):
        history("my_model")
