import json
import logging
import math
import socket

import numpy as np
import pandas as pd
import pytest
import requests

import numlearn as nl
from numlearn.data import _download, client
from numlearn.data._parquet import content_fault
from numlearn.errors import NumlearnError
from numlearn.tournament import TournamentServer

pytestmark = pytest.mark.prints("stdout")  # a progress bar

NAME = "big.parquet"
MIB = 1 << 20


@pytest.fixture
def waits(monkeypatch):
    """The seconds that would have been waited."""
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


@pytest.fixture
def cache(tmp_path, monkeypatch, waits):
    """Version 5.2's folder in an empty cache."""
    monkeypatch.setenv("NUMLEARN_CACHE", str(tmp_path))
    return tmp_path / "numerai" / "v5.2"


@pytest.fixture
def _impatient(how, monkeypatch):
    """Short time limits where a server that says nothing is the point."""
    if how in ("hang", "stall"):
        monkeypatch.setattr(client, "TIMEOUT", (5, 0.3))


@pytest.fixture(scope="session")
def truth(written):
    """Bytes of a served file that numerapi writes in more than one piece."""
    values = np.random.default_rng(0).integers(0, 5, (170_000, 60), dtype=np.int8)
    path = written[0] / NAME
    pd.DataFrame(values).add_prefix("feature_").to_parquet(path)
    assert path.stat().st_size > 3 * MIB
    return path.read_bytes()


@pytest.fixture
def server(written, truth, cache):
    with TournamentServer(written[0]) as server:
        yield server


@pytest.fixture(params=[True, False], ids=["checksum", "no checksum"])
def either(request, server):
    """A server that states each file's checksum, or not."""
    server.states_checksum = request.param
    return server


def gets(server):
    return [entry for entry in server.log if entry[0] == "GET"]


def test_what_is_downloaded_can_be_loaded(server, written, cache):
    assert nl.data.download("v5.2") == cache
    nl.data.download("v5.2", "live.parquet")
    for split in ("train", "validation", "live"):
        got = nl.data.load(split, features="all", source="v5.2")
        assert got.equals(nl.data.load(split, features="all", source=written[0]))


def test_what_is_there_needs_no_network(server, cache):
    nl.data.download("v5.2")
    server.log.clear()
    nl.data.download("v5.2")
    assert server.log == []
    nl.data.download("v5.2", "train.parquet", again=True)
    assert len(gets(server)) == 1


def test_live_is_asked_for_each_time(server, cache):
    nl.data.download("v5.2", "live.parquet")
    nl.data.download("v5.2", "live.parquet")
    assert len(gets(server)) == 2


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("how", ["cut", "stall", "corrupt", 429, 503])
def test_a_passing_trouble_ends_in_the_right_file(either, cache, truth, waits, how):
    either.misbehave(how, on="files")
    folder = nl.data.download("v5.2", NAME)
    assert (folder / NAME).read_bytes() == truth
    assert waits[0] == 1


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    "how", ["ignore_range", "cut", "corrupt", "hang", 403, 429, 503]
)
def test_a_bad_resume_ends_in_the_right_file(either, cache, truth, how):
    either.misbehave("cut", on="files")
    either.misbehave(how, on="resumes")
    folder = nl.data.download("v5.2", NAME)
    assert (folder / NAME).read_bytes() == truth


def test_only_what_a_checksum_can_prove_is_resumed(either, cache, truth):
    either.misbehave("cut", on="files")
    nl.data.download("v5.2", NAME)
    rest = f"bytes={len(truth) // 2 // MIB * MIB}-"
    assert [asked for *_, asked, _ in gets(either) if asked] == (
        [rest] if either.states_checksum else []
    )


def test_a_busy_server_does_not_cost_what_has_come(server, cache, truth):
    server.misbehave("cut", on="files")
    server.misbehave(503, on="resumes")
    nl.data.download("v5.2", NAME)
    rest = f"bytes={len(truth) // 2 // MIB * MIB}-"
    asked = [(asked, status) for *_, asked, status in gets(server) if asked]
    assert asked == [(rest, 503), (rest, 206)]


def test_a_damaged_half_is_not_completed(either, cache, truth):
    damaged = bytearray(truth)
    part = cache / ".part" / (NAME + ".temp")
    part.parent.mkdir(parents=True)
    for position in range(MIB // 2, MIB):  # a flipped bit that still decodes
        damaged[position] ^= 1
        part.write_bytes(damaged)
        if content_fault(part) is None:
            break
        damaged[position] ^= 1
    part.write_bytes(damaged[:MIB])
    folder = nl.data.download("v5.2", NAME)
    assert (folder / NAME).read_bytes() == truth


def test_a_damaged_file_of_the_same_size_is_replaced(either, cache, truth):
    nl.data.download("v5.2", NAME)
    damaged = bytearray(truth)
    damaged[MIB] ^= 1
    (cache / NAME).write_bytes(damaged)
    nl.data.download("v5.2", NAME)
    assert (cache / NAME).read_bytes() == truth


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    ("how", "on", "sentence"),
    [
        ("cut", "files", "the connection broke off"),
        ("stall", "files", "the connection broke off"),
        ("hang", "files", "the connection broke off"),
        ("corrupt", "files", "what came"),
        (401, "files", r"who you are \(401\)"),
        (403, "files", r"does not allow it \(403\)"),
        (404, "files", "answered 404"),
        (429, "files", r"too many requests \(429\)"),
        (503, "files", r"in trouble \(503\)"),
        ("hang", "api", "no answer came within 0.3 s"),
        (401, "api", r"who you are \(401\)"),
        (403, "api", r"does not allow it \(403\)"),
        (429, "api", r"too many requests \(429\)"),
        (503, "api", r"in trouble \(503\)"),
        (200, "api", "not Numerai's API"),
    ],
)
def test_a_lasting_trouble_is_one_sentence(server, cache, how, on, sentence):
    server.misbehave(how, on=on, times=math.inf)
    with pytest.raises(
        NumlearnError, match=f"^v5.2/{NAME} was not downloaded.*{sentence}"
    ):
        nl.data.download("v5.2", NAME)
    assert not (cache / NAME).exists()


def test_a_refused_connection_is_one_sentence(cache, waits, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(
        "numerapi.base_api.API_TOURNAMENT_URL", f"http://127.0.0.1:{port}"
    )
    with pytest.raises(NumlearnError, match="no answer came; is there a network"):
        nl.data.download("v5.2", NAME)
    assert waits == [1, 2, 4]


def test_a_bad_file_never_replaces_a_good_one(either, cache, truth):
    nl.data.download("v5.2", NAME)
    either.misbehave("corrupt", on="files", times=math.inf)
    with pytest.raises(NumlearnError):
        nl.data.download("v5.2", NAME, again=True)
    assert (cache / NAME).read_bytes() == truth


def test_a_page_instead_of_json_is_refused(cache, tmp_path):
    (tmp_path / "features.json").write_text("<html>log in, please</html>")
    with (
        TournamentServer(tmp_path, states_checksum=False),
        pytest.raises(NumlearnError, match="is not JSON"),
    ):
        nl.data.download("v5.2", "features.json")


def test_unknown_files_and_versions_are_named(server, cache):
    with pytest.raises(NumlearnError, match=r"v5\.2 has no trian\.parquet: .*live\.pa"):
        nl.data.download("v5.2", "trian.parquet")
    with pytest.raises(NumlearnError, match=r"no version v4\.9: choose one of v5\.2"):
        nl.data.download("v4.9")
    with pytest.raises(NumlearnError, match=r"'\.\./x' is not a version"):
        nl.data.download("../x")


def test_the_checksum_of_parts_proves_a_file(tmp_path):
    path = tmp_path / "big"
    path.write_bytes(bytes(range(256)) * (9 << 12))
    assert path.stat().st_size == 9 << 20
    in_parts = _download._digest_of_parts(path, 8 << 20)
    assert _download._proven(path, f"{in_parts}-2") is True
    assert _download._proven(path, f"{'0' * 32}-2") is None
    assert _download._proven(path, _download._digest(path, "md5")) is True
    assert _download._proven(path, "0" * 32) is False


def test_other_threads_send_as_ever(server, cache, monkeypatch):
    """What others send meanwhile goes through requests, whose names stay its own."""
    seen = []
    put = requests.Session.send
    with client.official_client() as numerai:
        assert requests.Session.send is put
        seen.append(requests.get(f"{server.url}/files/v5.2/features.json").status_code)
        numerai.download_dataset("v5.2/features.json", str(cache / "mine.json"))
        assert numerai.session.response.ok
    assert seen == [200]


@pytest.mark.parametrize(
    "files", ["v5.2/features.json", ["v5.2/features.json"], "features.json"]
)
def test_names_may_be_spelled_as_numerapi_spells_them(server, cache, files):
    nl.data.download("v5.2", files)
    assert (cache / "features.json").exists()


def test_what_names_no_file_is_a_sentence(server, cache):
    with pytest.raises(NumlearnError, match=r"'v5.1/live.parquet' is no file of"):
        nl.data.download("v5.2", "v5.1/live.parquet")
    with pytest.raises(NumlearnError, match="list of files is empty"):
        nl.data.download("v5.2", [])
    with pytest.raises(NumlearnError, match=r"5\.2 is not a version"):
        nl.data.download(5.2)


def test_progress_is_told_and_nothing_is_printed(server, cache, truth, capsys):
    told = []
    nl.data.download("v5.2", NAME, progress=lambda done, total: told.append(done))
    assert told == sorted(told) and told[-1] == len(truth)
    nl.data.download("v5.2", NAME, again=True, progress=None)
    assert capsys.readouterr() == ("", "")
    nl.data.download("v5.2", NAME, again=True)
    assert capsys.readouterr().out == ""


def test_a_server_of_ones_own_by_the_environment(server, cache, monkeypatch):
    from numerapi import base_api

    url = server.url
    monkeypatch.setattr(base_api, "API_TOURNAMENT_URL", client.NUMERAI)
    monkeypatch.setenv("NUMLEARN_SERVER", url)
    assert client.address() == url
    nl.data.download("v5.2", "features.json")
    assert len(gets(server)) == 1
    for odd in ("notaurl", "ftp://x", "http://"):
        with pytest.raises(NumlearnError, match="is not the address of a server"):
            client.address(odd)


def test_requests_and_logging_are_left_as_they_were(server, cache):
    before = requests.Session.send, logging.getLogger().level
    handlers = list(logging.getLogger().handlers)
    nl.data.download("v5.2", "features.json")
    assert (requests.Session.send, logging.getLogger().level) == before
    assert logging.getLogger().handlers == handlers
    assert json.loads((cache / "features.json").read_text())["targets"]


def test_the_classroom_set_arrives_as_it_was(cache):
    files = ["features.json", "live.parquet", "live_example_preds.parquet"]
    with TournamentServer():
        nl.data.download("v5.2", files)
    arrived = nl.data.load("live", features="medium", targets="all", source="v5.2")
    assert arrived.equals(nl.data.load("live", features="medium", targets="all"))
    predictions = nl.data.load_example_predictions("live", source="v5.2")
    assert predictions.equals(nl.data.load_example_predictions("live"))
