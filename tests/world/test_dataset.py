import json

import numpy as np
import pandas as pd
import pytest

from numlearn import fund
from numlearn.errors import NumlearnError
from numlearn.world import _features
from numlearn.world._features import GROUPS, Features, quintiles
from numlearn.world.dataset import Config, World, content_hash


@pytest.fixture(scope="module")
def world():
    return World.build(seed=4, eras=40, rows=300, features=60)


def test_era_has_the_schema_of_version_5(world):
    era = world.era(10)
    assert era.index.name == "id" and era.index.is_unique
    assert era.index.str.fullmatch("n[0-9a-f]{15}").all()
    assert list(era.columns[:2]) == ["era", "data_type"]
    assert set(era["era"]) == {"0010"} and set(era["data_type"]) == {"train"}
    features = era[world.features.names]
    assert (features.dtypes == np.int8).all()
    assert features.min().min() == 0 and features.max().max() == 4
    assert (era[_features.NAMES].dtypes == np.float32).all()


def test_features_are_in_five_equal_bins_or_missing(world):
    era = world.era(1)
    shares = era[world.features.names].apply(lambda f: f.value_counts(normalize=True))
    missing = world.features.first_era > 1
    assert 0 < missing.sum() < 20
    assert (era[np.array(world.features.names)[missing]] == 2).all().all()
    np.testing.assert_allclose(shares.loc[:, ~missing], 0.2, atol=0.01)


def test_quintiles_by_hand():
    values = np.array([[5.0, 1, 4, 2, 3], [-1, -2, -3, -4, -5]])
    expected = [[4, 0, 3, 1, 2], [4, 3, 2, 1, 0]]
    np.testing.assert_array_equal(quintiles(values), expected)


def test_targets_have_their_shares_and_are_neutral(world):
    era, rows = world.era(10), world.stocks(10)
    shares = era["target"].value_counts(normalize=True).sort_index()
    np.testing.assert_allclose(shares, [0.05, 0.2, 0.5, 0.2, 0.05], atol=0.01)
    market = world.market
    risks = _features.NEUTRAL_TO["ada"]
    rest = _features.residual(market, 10, rows, market.forward(10, 20)[rows], risks)
    for exposure in (market.beta(10)[rows], *market.style[:, rows]):
        assert abs(np.corrcoef(rest, exposure)[0, 1]) < 1e-9
    by_industry = pd.Series(rest).groupby(market.industry[rows]).mean()
    np.testing.assert_allclose(by_industry, 0, atol=1e-12)


def test_missing_targets_are_where_numerai_has_them(world):
    early, late, live = world.era(10), world.era(38), world.era(41)
    assert early["target"].notna().all()
    gaps = world.panel(range(1, 11))["target_bruno_20"].isna().mean()
    assert 0 < gaps < 0.05
    assert late["target"].isna().all() and world.era(36)["target"].notna().all()
    assert world.era(29)["target_ada_60"].isna().all()
    assert live[_features.NAMES].isna().all().all()
    assert world.era(41, resolved=True)["target"].notna().all()
    types = [world.split(e) for e in (24, 25, 36, 37, 41)]
    assert types == ["train", "validation", "validation", "test", "live"]


def test_stocks_live_on_while_ids_are_redrawn(world):
    here, there = world.truth(20), world.truth(21)
    both = set(here["stock"]) & set(there["stock"])
    assert len(both) > 0.9 * len(here)
    assert not set(here.index) & set(there.index)
    pair = [t.reset_index(drop=True)["stock"] for t in (here, there)]
    assert np.mean(pair[0].iloc[:250] == pair[1].iloc[:250]) < 0.03


def test_truth_is_that_of_the_rows(world):
    truth, era = world.truth(12), world.era(12)
    assert truth.index.equals(era.index)
    daily = world.daily_returns(12, days=22)
    np.testing.assert_allclose(
        daily.loc[:, 3:22].astype(float).sum(axis=1), truth["return_20"], rtol=1e-9
    )
    total = truth["return_20"].rank().corr(era["target"])
    assert 0.3 < total < 1


def test_a_fund_reads_sectors_as_groups(world):
    truth, numbers = world.truth(12), world.market.sector[world.stocks(12)]
    assert truth["sector"].tolist() == [f"sector_{k:02d}" for k in numbers]
    assert truth.groupby("industry")["sector"].nunique().eq(1).all()
    held = fund.weights(truth, "return_20", neutralizers=["sector"])
    np.testing.assert_allclose(held.groupby(truth["sector"]).sum(), 0, atol=1e-12)


def test_wider_or_longer_worlds_begin_with_the_same_values(world):
    wider = World.build(seed=4, eras=50, rows=300, features=100)
    pd.testing.assert_frame_equal(
        wider.era(10)[world.features.names], world.era(10)[world.features.names]
    )
    assert wider.era(10)["target"].equals(world.era(10)["target"])


def test_sets_and_groups(world):
    sets = world.features.sets()
    assert len(sets["small"]) == 42 < len(sets["medium"]) < len(sets["all"]) == 60
    assert sum(len(sets[g]) for g in GROUPS) == 60
    small = set(sets["small"])
    assert [len(small & set(sets[g])) for g in GROUPS] == list(GROUPS.values())
    assert len(set(Features.draw(1, 3000).names)) == 3000


def test_every_part_of_the_truth_feeds_the_features(world):
    """A trait and a signal can be read from the group's features, so models can."""
    era, rows = world.era(45 - 5), world.stocks(40)
    names = world.features.sets()["constitution"]
    signs = np.sign(world.features.weights[1][world.features.group == 5])
    seen = (era[names].to_numpy() - 2.0) @ signs
    assert np.corrcoef(seen, world.market.signals[40][5, rows])[0, 1] > 0.5


def test_content_hash_sees_values_only(world):
    era = world.era(3)
    same = era.astype({"era": object}).copy()
    same[world.features.names] = same[world.features.names].astype("int64")
    assert content_hash(same) == content_hash(era)
    same.iloc[5, 7] = (same.iloc[5, 7] + 1) % 5
    assert content_hash(same) != content_hash(era)
    assert content_hash(era[::-1]) != content_hash(era)
    assert content_hash(era.reset_index(drop=True)) != content_hash(era)


def test_config_survives_json():
    config = Config(seed=9, features=99)
    assert Config.from_plain(json.loads(json.dumps(config.as_plain()))) == config


@pytest.mark.parametrize("size", [{"features": 41}, {"rows": 10}, {"eras": 5}])
def test_too_small_a_world_is_refused(size):
    with pytest.raises(NumlearnError, match="at least 42 features"):
        World.build(**size)


def test_unknown_era_is_refused(world):
    with pytest.raises(NumlearnError, match="no era 42"):
        world.era(42)
