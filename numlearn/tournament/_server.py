"""A tournament server on this computer, for numerapi to talk to without a network.

It serves a data set's files and what numerapi asks of Numerai's API, takes and
refuses submissions, and misbehaves on order as networks do:

>>> from numerapi import NumerAPI
>>> from numlearn.tournament import TournamentServer
>>> with TournamentServer() as server:
...     NumerAPI(server.public_id, server.secret_key).get_current_round()
1343

Its answers follow what numerapi asks; that Numerai's own server answers the same in
every detail is not shown by it.
"""

import hashlib
import json
import math
import os
import re
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch
from urllib.parse import unquote

import numpy as np
import pandas as pd
import polars as pl

from numlearn.data import load
from numlearn.data.ids import as_shares, derived_ids
from numlearn.data.sources import source_folder
from numlearn.errors import NumlearnError
from numlearn.models import submission
from numlearn.tournament._tournament import NUMBERS, Tournament

WAYS = ("cut", "stall", "corrupt", "ignore_range", "hang", "drop")
UNIVERSES = {
    "signals": "signals/v2.1/live.parquet",
    "crypto": "crypto/v1.0/live_universe.parquet",
}
EXAMPLE = "live_example_preds.parquet"  # numerapi finds the live ids in it
PLACES = ("api", "files", "resumes", "uploads")
_POLL_SECONDS = 0.02
_FLIPPED = 64
_PYTHON = "Python {}.{}".format(*sys.version_info)  # that it runs pickles with
_SLOT = "submission_upload_auth|\\w+UploadSignalsAuth|computePickleUploadAuth"
_NO_PROXY = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
# numerapi reads this name at each call, and no environment variable instead.
_ADDRESS = "numerapi.base_api.API_TOURNAMENT_URL"


class TournamentServer(Tournament):
    """A tournament on the loopback address; within ``with``, numerapi talks to it.

    Parameters
    ----------
    source : str, path or None
        The data set to serve, as in :func:`numlearn.data.load`.
    version : str, default "v5.2"
        The version whose files these are said to be.
    states_checksum : bool, default True
        Give each file's MD5 as its ETag, as Numerai's storage does for small files.
    **tournament
        models, round_number and universes: DataFrames of tickers by "signals" and
        "crypto", where these are played as well.

    Attributes
    ----------
    url : str
        Where it listens, within ``with``.
    log : list of tuple
        (method, path, range asked for, status) of each request so far.
    public_id, secret_key : str
        The keys that it accepts.
    """

    def __init__(self, source=None, version="v5.2", states_checksum=True, **tournament):
        super().__init__(self._read_live_ids, **tournament)
        self.folder = source_folder(source)
        self.version = version
        self.states_checksum = states_checksum
        self.log = []
        self._contents = {
            Path(name): self.universes[tournament].to_parquet()
            for tournament, name in UNIVERSES.items()
            if tournament in self.universes
        }
        self._orders = []
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def misbehave(self, how, on="files", times=1):
        """Do a wrong thing the next few times it can be done.

        Parameters
        ----------
        how : {"cut", "stall", "corrupt", "ignore_range", "hang", "drop"} or int
            Cut a file's body half way; stop there and keep the line open; flip bits
            in its middle; send all of it although a part was asked for; never
            answer; drop the connection; or answer with this HTTP status, such as 403,
            429 or 503.
        on : {"files", "resumes", "api", "uploads"}
            On which requests: any file, a file asked for from its middle on, the
            API, or an upload.
        times : int or math.inf, default 1
            How often.
        """
        if on not in PLACES or (how not in WAYS and not isinstance(how, int)):
            raise NumlearnError(
                f"This server cannot {how!r} on {on!r}: choose one of "
                f"{', '.join(WAYS)} or an HTTP status, on {', '.join(PLACES)}."
            )
        self._orders.append([how, on, times])

    def next_misbehaviour(self, *places):
        """Return what was ordered for one of these places, and count it as done."""
        with self._lock:
            for order in self._orders:
                if order[1] in places and order[2] > 0:
                    order[2] -= 1
                    return order[0]
        return None

    def files(self):
        """Return the paths of the files that are served, by name."""
        paths = [self.folder / "features.json", *sorted(self.folder.glob("*.parquet"))]
        paths = [path for path in paths if path.exists()]
        if not (self.folder / EXAMPLE).exists():
            paths.append(self.folder / EXAMPLE)  # made up from the live ids
        names = {f"{self.version}/{path.name}": path for path in paths}
        return names | {UNIVERSES[x]: Path(UNIVERSES[x]) for x in self.universes}

    def answer(self, query, variables, authorization):
        """Answer for the files, and as a :class:`Tournament` for all else."""
        if "listDatasets" in query:
            return {"listDatasets": self._listed(variables.get("tournament"))}
        if re.search(r"\bdataset\(", query):
            if variables["filename"] not in self.files():
                raise NumlearnError("Invalid filename")
            return {"dataset": f"{self.url}/files/{variables['filename']}"}
        if "computePickleDockerImages" in query:
            return {"computePickleDockerImages": [{"id": _PYTHON, "name": _PYTHON}]}
        if slot_for := re.search(_SLOT, query):
            name = os.path.basename(variables["filename"])
            self.uploads.pop(name, None)  # an upload that fails leaves no older file
            slot = {"filename": name, "url": f"{self.url}/uploads/{name}"}
            return {slot_for[0]: slot}
        return super().answer(query, variables, authorization)

    def _listed(self, number):
        """Return the names of the files of one tournament."""
        of = next((name for name, one in NUMBERS.items() if one == number), "classic")
        if of != "classic":
            return [UNIVERSES[of]] if of in self.universes else []
        return [name for name in self.files() if name not in UNIVERSES.values()]

    def content(self, path):
        """Return a file's bytes as Numerai would serve it: with ids, in one piece."""
        if path not in self._contents:
            is_table = path.suffix == ".parquet" and path.exists()
            has_ids = is_table and "id" in pl.read_parquet_schema(path)
            is_compact = is_table and path.with_name("world.json").exists()
            if not path.exists():
                made_up = pd.DataFrame({"prediction": 0.5}, self.live_ids())
                self._contents[path] = made_up.to_parquet()
            elif is_compact and not has_ids:
                self._contents[path] = _expanded(path).to_parquet()
            else:
                self._contents[path] = path.read_bytes()
        return self._contents[path]

    def _read_live_ids(self):
        return load("live", features=[], source=self.folder).index

    def __enter__(self):
        self._closing.clear()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.tournament = self
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(
            target=self._http.serve_forever, args=(_POLL_SECONDS,), daemon=True
        ).start()
        self._pointing = ExitStack()
        self._pointing.enter_context(pointing_to(self.url))
        return self

    def __exit__(self, *_):
        self._pointing.close()
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()

    def wait_for_close(self):
        """Hold a request until the server closes."""
        self._closing.wait()


@contextmanager
def pointing_to(url):
    """Let numerapi talk to a tournament server at this address, not to Numerai's."""
    with patch.dict(os.environ, _NO_PROXY), patch(_ADDRESS, url):
        yield


def serve(data=None, *, signals=None, crypto=None, closed=False, drop=False):
    """Open a tournament on this computer until Ctrl-C, and say how to hand in to it.

    Parameters
    ----------
    data : str, path or None
        The data set whose live ids it wants, as in :func:`numlearn.data.load`; by
        default the one that comes with the course.
    signals, crypto : str or path, optional
        A CSV or parquet file of this week's tickers, such as ``live.parquet`` of
        Signals' own data: then that tournament is played as well.
    closed : bool, default False
        Its round takes nothing.
    drop : bool, default False
        It drops every upload.

    Raises
    ------
    NumlearnError
        If there is no such data set or file, or it has no live data or tickers.
    """
    given = {"signals": signals, "crypto": crypto}
    universes = {t: _universe(path, t) for t, path in given.items() if path is not None}
    server = TournamentServer(data, universes=universes)
    count = len(server.live_ids())
    server.round_open = not closed
    if drop:
        server.misbehave("drop", on="uploads", times=math.inf)
    with server, suppress(KeyboardInterrupt):
        print(
            f"The tournament wants the {count:,} live ids of"
            f" {server.folder} until you press Ctrl-C. In another terminal:\n\n"
            f"export NUMLEARN_SERVER={server.url}\n"
            f"export NUMERAI_PUBLIC_ID={server.public_id}"
            f" NUMERAI_SECRET_KEY={server.secret_key}\n"
            "numlearn models submission upload predictions.csv"
            f" --model {next(iter(server.models))}",
            *(f" … or --model my_{t} --tournament {t}" for t in universes),
            sep="\n",
            flush=True,
        )
        threading.Event().wait()


def _expanded(path):
    """Read a whole file as Numerai's own look: ids as index, predictions in (0, 1)."""
    frame = pl.read_parquet(path)
    ids = pd.Index(derived_ids(frame["era"], path), name="id")
    ranks = [column for column in frame if column.dtype == pl.UInt16]
    shares = {column.name: as_shares(column, frame["era"]) for column in ranks}
    return frame.to_pandas().assign(**shares).set_index(ids)


def _universe(path, tournament):
    """Read a week's tickers, or say why no submission could be made of them."""
    universe, refused = submission.read(path), []
    for name, tickers in universe.items():
        ids = pd.Index(tickers.dropna().drop_duplicates(), name=name)
        values = pd.Series(np.arange(len(ids)), ids.astype(str))
        try:
            trial = submission.make(values, tournament=tournament)
            submission.require(trial, universe, tournament=tournament)
        except NumlearnError as error:
            refused.append(str(error))
        else:
            return universe
    why = next(iter(refused), "it is empty.")
    raise NumlearnError(f"{path} holds no universe of {tournament}: {why}")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Say nothing: clients drop connections that they do not need."""


class _Handler(BaseHTTPRequestHandler):
    """One connection to a :class:`TournamentServer`."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self._read()
        if self._misbehaves("api"):
            return
        asked = json.loads(body)
        try:
            answer = self.server.tournament.answer(
                asked["query"],
                asked.get("variables") or {},
                self.headers.get("Authorization"),
            )
            content = {"data": answer}
        except NumlearnError as error:
            content = {"errors": [{"message": str(error)}]}
        self._send(200, json.dumps(content).encode())

    def do_PUT(self):
        body = self._read()
        if not self._misbehaves("uploads"):
            name = unquote(self.path.removeprefix("/uploads/"))
            self.server.tournament.uploads[name] = body
            self._send(200)

    def do_GET(self):
        tournament = self.server.tournament
        path = tournament.files().get(unquote(self.path.removeprefix("/files/")))
        if path is None:
            return self._send(404)
        body = tournament.content(path)
        headers = {}
        if tournament.states_checksum:
            headers["ETag"] = f'"{hashlib.md5(body).hexdigest()}"'
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        how = self._misbehaves(*(("resumes", "files") if asked else ("files",)))
        if how is True:
            return None
        status = 200
        if asked and how != "ignore_range":
            status, start = 206, int(asked[1])
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            body = body[start:]
        if how == "corrupt":
            middle = len(body) // 2
            flipped = bytes(byte ^ 255 for byte in body[middle : middle + _FLIPPED])
            body = body[:middle] + flipped + body[middle + _FLIPPED :]
        return self._send(status, body, headers, how)

    def _misbehaves(self, *places):
        """Do what was ordered; return True if that was all, else how to send."""
        how = self.server.tournament.next_misbehaviour(*places)
        if how in ("hang", "drop"):
            self._note(how)
            if how == "hang":
                self.server.tournament.wait_for_close()
            self.close_connection = True
            return True
        if isinstance(how, int):
            self._send(how, b"<Error>so ordered</Error>")
            return True
        return how

    def _read(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _send(self, status, body=b"", headers=None, how=None):
        self._note(status)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if how not in ("cut", "stall"):
            self.wfile.write(body)
            return
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        if how == "stall":
            self.server.tournament.wait_for_close()
        self.close_connection = True

    def _note(self, status):
        asked = (self.command, self.path, self.headers.get("Range"), status)
        self.server.tournament.log.append(asked)

    def log_message(self, *_):
        """Keep the standard server from printing each request."""
