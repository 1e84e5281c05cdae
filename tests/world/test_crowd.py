from dataclasses import dataclass

import numpy as np
import pytest

from numlearn.errors import NumlearnError
from numlearn.scoring import era_corr
from numlearn.world import crowd
from numlearn.world._arena import Arena, arena
from numlearn.world.tournament import Live, Past

SMALL = {"rows": 300, "train": 40}


pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture(scope="module")
def ground(cache):
    return Arena(3, 10, **SMALL)


@pytest.fixture
def live(ground):
    return Live(ground, 7, [])


def test_a_longer_arena_begins_with_the_shorter_one(ground):
    longer = Arena(3, 60, **SMALL)
    assert (ground.rounds, longer.rounds) == (52, 104)
    for k in (0, 51):
        a, b = ground.live[k], longer.live[k]
        np.testing.assert_array_equal(a.values, b.values)
        np.testing.assert_array_equal(a.targets["target"], b.targets["target"])
    np.testing.assert_array_equal(ground.base("line")[5], longer.base("line")[5])


def test_the_panel_is_the_world_s(ground):
    era = ground.live[3]
    there = ground.world.era(era.number, resolved=True)
    assert era.panel.index.equals(there.index)
    assert era.panel.equals(there[era.panel.columns])
    np.testing.assert_array_equal(era.targets["target"], there["target"])
    truth = ground.world.truth(era.number)
    known = ground.truth(4).query("era == @truth.era.iloc[0]")
    for name in ("stock", "beta", "style_1", "return_5"):
        np.testing.assert_allclose(known[name], truth[name])
    sector = ground.world.market.sector[truth["stock"]]
    np.testing.assert_array_equal(known["sector_2"], sector == 2)


def test_models_do_not_see_a_target_that_reaches_into_the_first_round(ground):
    last = ground.train
    assert last == ground.train and ground.first - last > 12


def test_base_models_are_kept_and_a_damaged_file_is_made_anew():
    first = Arena(4, 10, **SMALL)
    made = first.base("narrow")
    path = first._folder / "narrow.npz"
    again = Arena(4, 10, **SMALL)
    assert again._read("narrow")
    np.testing.assert_array_equal(again.base("narrow")[9], made[9])
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 255
    path.write_bytes(whole)
    damaged = Arena(4, 10, **SMALL)
    assert not damaged._read("narrow")
    np.testing.assert_array_equal(damaged.base("narrow")[9], made[9])
    assert Arena(4, 10, **SMALL)._read("narrow")
    assert not list(path.parent.glob(".*"))


def test_where_nothing_can_be_kept_models_are_fitted_all_the_same(
    tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NUMLEARN_CACHE", str(tmp_path / "file"))
    assert len(Arena(4, 10, **SMALL).base("line")) == 52


def test_an_unknown_model_is_refused(ground):
    with pytest.raises(NumlearnError, match="no base model 'oracle'"):
        ground.base("oracle")


def test_neutral_predictions_are_neutral(ground):
    era, neutral = ground.live[2], ground.base("neutral")[2]
    raw = ground.base("trees")[2]
    exposed = [np.abs(np.corrcoef(p, era.values)[0, 1:]).max() for p in (raw, neutral)]
    assert exposed[1] < 0.3 * exposed[0]


def test_each_behavior_by_its_prediction(live):
    good = live.base("trees")
    honest = crowd.Honest("a", own=0.0).predict(live)
    np.testing.assert_array_equal(honest, good)
    assert np.corrcoef(crowd.Opposing("b").predict(live), good)[0, 1] < -0.7
    up, down = (user.predict(live) for user in crowd.sybils(1))
    np.testing.assert_array_equal(up, -down)
    assert abs(np.corrcoef(crowd.Random("c").predict(live), good)[0, 1]) < 0.2
    quants = [crowd.Quant(name).predict(live) for name in "de"]
    honest = [crowd.Honest(name, models=(m,)).predict(live) for name, m in
              (("f", "sub_a"), ("g", "line"))]  # fmt: skip
    assert np.corrcoef(quants)[0, 1] > 0.9 > 0.5 > np.corrcoef(honest)[0, 1]


def test_noise_hangs_on_seed_name_and_round_only(ground, live):
    same = Live(ground, 7, []).noise("x")
    np.testing.assert_array_equal(live.noise("x"), same)
    for other in (live.noise("y"), Live(ground, 8, []).noise("x")):
        assert abs(np.corrcoef(same[:200], other[:200])[0, 1]) < 0.3


def test_a_copycat_sees_metamodels_late_and_learns_their_recipe(ground):
    recipe = [
        0.7 * a + 0.3 * b
        for a, b in zip(ground.base("line"), ground.base("sub_a"))
    ]  # fmt: skip
    copycat = crowd.Copycat("a", late=5, own=0.0)
    assert copycat.predict(Live(ground, 5, recipe[:4])) is None
    live = Live(ground, 6, recipe[:5])
    assert [number for number, _ in live.published(5)] == [1]
    copy = copycat.predict(Live(ground, 20, recipe[:19]))
    assert np.corrcoef(copy, recipe[19])[0, 1] > 0.99


def test_leavers_and_runners_decide_by_their_own_past():
    def past(positions=(1.0,), scores=()):
        return Past(np.array(positions), np.array([]), np.array(scores))

    leaver = crowd.Leaver("a", fear=0.2)
    assert leaver.share(past((100, 120, 97))) == 1.0
    assert leaver.share(past((100, 120, 95, 120))) == 0.0  # does not come back
    runner = crowd.PumpAndRun("b")
    assert runner.share(past()) == 0.0
    assert runner.share(past(scores=(-9, 0.1, 0.1, 0.1, 0.1))) == 1.0
    assert runner.share(past(scores=(0.1, 0.1, -0.3))) == 0.0


def test_an_own_model_gets_the_panel(live):
    seen = []

    def mine(panel):
        seen.append(panel)
        return panel["era"].astype(int) * 0 + np.arange(len(panel))

    assert len(crowd.Own("me", function=mine).predict(live)) == live.rows
    assert set(seen[0]["era"]) == {f"{seen[0]['era'].astype(int).iloc[0]:04d}"}
    assert not [name for name in seen[0] if "target" in name]


def test_a_mixed_crowd_grows_by_adding_and_stakes_add_up():
    small, large = crowd.mixed(30, seed=2), crowd.mixed(80, seed=2)
    assert [u.name for u in small] == [u.name for u in large[:30]]
    assert len({u.name for u in large}) == 80
    assert sum(u.stake for u in small) == pytest.approx(crowd.TOTAL)
    kinds = {u.behavior for u in small}
    assert kinds == {
        "honest", "weak", "quant", "copycat", "random", "opposing", "hedged", "leaver",
        "pump_and_run",
    }  # fmt: skip
    assert sum(u.behavior == "honest" for u in large) == pytest.approx(48, abs=4)
    spread = [u.stake for u in crowd.with_stakes(small, 1000.0, spread=1.0, seed=1)]
    assert sum(spread) == pytest.approx(1000) and max(spread) > 3 * min(spread)
    assert [u.stake for u in crowd.farm(3)] == [0, 0, 0]


def test_a_kind_of_one_s_own_is_a_small_class(ground):
    @dataclass(frozen=True)
    class Moody(crowd.User):
        behavior = "moody"

        def predict(self, live):
            return (1 if live.round % 2 else -1) * live.base("trees")

    even, odd = (Moody("m").predict(Live(ground, n, [])) for n in (2, 3))
    assert era_corr(even, -ground.base("trees")[1]) == pytest.approx(1, abs=0.2)
    assert era_corr(odd, ground.base("trees")[2]) == pytest.approx(1, abs=0.2)
    assert arena(3, 52, **SMALL) is arena(3, 52, **SMALL)
