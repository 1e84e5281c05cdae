import json

import claims_suite as claims
import numpy as np
import pytest

from numlearn import world
from numlearn._files import course_root


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMLEARN_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def test_one_seed_of_every_claim_in_a_small_world(cache):
    size = {"rounds": 65, "rows": 200, "train": 40}
    effects, hashes = claims.measure(1, size)
    assert set(effects) == {(c.id, name) for c in claims.CLAIMS for name in c.measures}
    assert np.isfinite(list(effects.values())).all()
    assert set(hashes) == set(claims.SEASONS) and len(set(hashes.values())) == len(
        hashes
    )
    # What is large in any world, also a small and noisy one:
    assert effects["whale-burn", "MMC lost a round"] > 0
    assert effects["noise-earns-without-burn", "random: growth"] > 0
    assert effects["noise-earns-without-burn", "pairs: growth"] > 0


def test_verdicts_by_hand():
    assert claims.judge([1.0, 1.1, 0.9])[3] == "holds"
    assert claims.judge([-1.0, -1.1, -0.9])[3] == "fails"
    assert claims.judge([1.0, -1.0, 0.2])[3] == "open"
    whole = claims._whole
    assert whole({"holds"}) == "holds" and whole({"holds", "open"}) == "holds if"
    assert whole({"fails", "open"}) == "fails" and whole({"open"}) == "not shown"


def test_the_stored_table_follows_from_its_seeds():
    path = course_root() / "data" / "claims.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert len(stored["made"]["seeds"]) >= 5
    assert not set(stored["made"]["seeds"]) & set(range(1, 6))  # looked at before
    assert set(stored["hashes"]) == {str(seed) for seed in stored["made"]["seeds"]}
    assert [c["id"] for c in stored["claims"]] == [c.id for c in claims.CLAIMS]
    for kept, claim in zip(stored["claims"], claims.CLAIMS):
        assert kept["sentence"] == claim.sentence
        assert [line["name"] for line in kept["measures"]] == list(claim.measures)
        for line in kept["measures"]:
            mean, low, _, verdict = claims.judge(line["seeds"])
            assert line["verdict"] == verdict
            assert (mean, low) == pytest.approx((line["mean"], line["low"]), rel=0.02)
        verdicts = {line["verdict"] for line in kept["measures"]}
        assert kept["verdict"] == claims._whole(verdicts)
    table = world.claims()
    assert len(table) == sum(len(claim.measures) for claim in claims.CLAIMS)
