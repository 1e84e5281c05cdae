"""Numerai's official client, sent through a session of our own, and its answers judged.

numerapi sets no time limit on its queries, turns a failed one into ``KeyError:
'data'``, does not look at the status of a resumed download or of an upload and does
not verify the server's certificate there. It stays as it is: each client has copies of
the few functions of numerapi that send, with a `Session` where these say ``requests``.
"""

import logging
import os
import re
import types
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests

from numlearn.errors import NumlearnError, one_of

TIMEOUT = (10, 60)  # seconds: to connect, and between two bytes
NUMERAI = "https://api-tournament.numer.ai"
CLIENTS = {"classic": "NumerAPI", "signals": "SignalsAPI", "crypto": "CryptoAPI"}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_MEANS = {  # an HTTP status: why there is no answer; what to do
    401: "the server asks who you are; "
    "check the keys in NUMERAI_PUBLIC_ID and NUMERAI_SECRET_KEY.",
    403: "the server does not allow it; "
    "try again, and if it stays, from a network without a proxy.",
    413: "the server finds it too large; leave out what is not asked for.",
    429: "the server has had too many requests; wait some minutes.",
    500: "the server is in trouble; try again later.",
}


class Unanswered(Exception):
    """A request did not end well; numerapi catches this in no place.

    Attributes
    ----------
    why, cure : str
        Clauses.
    again : bool
        Whether another try may help.
    wait : float
        Seconds that the server asks one to wait.
    """

    def __init__(self, why, cure, again=True, wait=0.0):
        super().__init__(f"{why}; {cure}")
        self.why, self.cure, self.again, self.wait = why, cure, again, wait


class TryAgain(NumlearnError):
    """What was asked of Numerai did not happen, and another try may help."""


class Refused(NumlearnError):
    """Numerai's API said no, in words of its own."""


def address(server=None):
    """Return the address that a client talks to, by the one rule there is.

    Parameters
    ----------
    server : str, optional
        An address that was asked for. Without one it is the loopback tournament within
        whose ``with`` block we are, else that of the environment variable
        ``NUMLEARN_SERVER``, else Numerai's.

    Raises
    ------
    NumlearnError
        If it is no address.
    """
    from numerapi import base_api

    url = server or base_api.API_TOURNAMENT_URL
    if not server and url == NUMERAI:
        url = os.environ.get("NUMLEARN_SERVER") or NUMERAI
    if not re.fullmatch(r"https?://[^\s/:]+(:\d+)?(/\S*)?", url):
        raise NumlearnError(
            f"{url!r} is not the address of a server: give one such as "
            "http://127.0.0.1:8000, which `numlearn tournament serve` prints, or none "
            "for Numerai's own."
        )
    return url


@contextmanager
def official_client(tournament="classic", server=None):
    """Yield numerapi's client for a tournament; its ``session`` is a `Session`.

    Parameters
    ----------
    tournament : {"classic", "signals", "crypto"}
    server : str, optional
        As in `address`.
    """
    kind, url = CLIENTS[one_of(tournament, CLIENTS, "tournament")], address(server)
    with _quiet(), Session() as session:
        session.trust_env = urlsplit(url).hostname not in _LOOPBACK
        yield _connected(kind, session, url)


def _connected(kind, session, url):
    """Return a client whose own methods send through a session to an address."""
    import numerapi
    from numerapi import utils

    kind = getattr(numerapi, kind)

    def copies(owner, names, **others):
        return {n: _with_names(getattr(owner, n), **others) for n in names.split()}

    sending = copies(utils, "post_with_err_handling download_file", requests=session)
    methods = copies(
        kind,
        "raw_query download_dataset upload_predictions model_upload",
        API_TOURNAMENT_URL=url,
        requests=session,
        utils=types.SimpleNamespace(**vars(utils) | sending),
    )

    def raw_query(self, *args, **options):
        session.response = session.error = None
        try:
            answer = methods["raw_query"](self, *args, **options)
        except ValueError as error:
            raise Refused(str(error)) from error
        if not isinstance((answer or {}).get("data"), dict):
            raise session.failure()
        return answer

    of_ours = methods | {"raw_query": raw_query, "session": session}
    connected = type(kind.__name__, (kind,), of_ours)
    return connected(verbosity="CRITICAL", show_progress_bars=False)


def _with_names(function, **names):
    """Return one of numerapi's functions with other things under its global names."""
    code, globals_ = function.__code__, function.__globals__ | names
    own = function.__name__, function.__defaults__, function.__closure__
    copy = types.FunctionType(code, globals_, *own)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


class Session(requests.Session):
    """What a client sends through: every request ends, and we learn how it ended.

    Attributes
    ----------
    response : requests.Response or None
        The last answer, None if there was none.
    error : requests.RequestException or None
        Why there was none.
    whole : requests.Response or None
        The last answer that offers a whole file: its headers tell length and
        checksum.
    received : callable
        Called with the number of bytes at hand and expected (or None).
    """

    exceptions = requests.exceptions  # numerapi looks for them beside `get`

    def __init__(self):
        super().__init__()
        self.response = self.error = self.whole = None
        self.received = lambda at_hand, expected: None

    def send(self, request, **options):
        """Send a request, with a time limit, and judge the answer."""
        options["timeout"] = TIMEOUT
        if options.get("verify") is False:
            usual = self.merge_environment_settings(request.url, {}, None, None, None)
            options["verify"] = usual["verify"]
        self.response = self.error = None
        try:
            response = super().send(request, **options)
        except requests.RequestException as error:
            self.error = error
            raise
        self._see(request, response)
        return response

    def failure(self):
        """Return why the last question has no answer."""
        if isinstance(self.error, requests.Timeout):
            why = f"no answer came within {TIMEOUT[1]} s"
            return Unanswered(why, "try again later.")
        if self.error is not None or self.response is None:
            return Unanswered("no answer came", "is there a network?")
        if self.response.ok:
            why = "what answers is not Numerai's API"
            return Unanswered(why, "is there a proxy or a login page?", again=False)
        return failed_with(self.response)

    def _see(self, request, response):
        """Note an answer; refuse one that would spoil what was sent or is at hand."""
        if response is self.response:
            return
        self.response = response
        if request.method == "PUT" and not response.ok:
            raise failed_with(response)
        asked = request.headers.get("Range")
        if asked and not (checksum(self.whole) and _continues(response, asked)):
            said = "the rest of the file was refused"
            raise requests.HTTPError(said, response=response)
        if request.method == "GET":
            if not asked:
                self.whole = response
            self._count(response, int(asked[6:-1]) if asked else 0)

    def _count(self, response, at_hand):
        body = response.iter_content

        def counted(size):
            nonlocal at_hand
            for chunk in body(size):
                at_hand += len(chunk)
                self.received(at_hand, length(self.whole))
                yield chunk

        response.iter_content = counted


def is_busy(status):
    """Tell whether a status means that a later try may go well."""
    return status == 429 or status >= 500


def failed_with(response):
    """Return the failure that an answer's HTTP status means."""
    status = response.status_code
    told = _MEANS.get(min(status, 500), "; look with numerapi at what there is.")
    why, cure = told.split("; ")
    wait = response.headers.get("Retry-After", "")
    # numerapi itself has repeated a query that a server in trouble did not answer.
    again = is_busy(status) and (status == 429 or response.request.method != "POST")
    why = f"{why} ({status})" if why else f"the server answered {status}"
    return Unanswered(why, cure, again, float(wait) if wait.isdigit() else 0.0)


@contextmanager
def asking(what, cure="try again.", refused=""):
    """Turn what numerapi does when it is refused or not answered into a sentence.

    Parameters
    ----------
    what : str
        What Numerai is asked about, such as "the round".
    cure : str
        What to do where another try may help.
    refused : str
        What follows from a refusal.

    Raises
    ------
    NumlearnError
        `TryAgain` where that may help, `Refused` where the API said no.
    """
    try:
        yield
    except Refused as refusal:
        said = str(refusal).rstrip(".") or "without a word"
        raise Refused(f"Numerai refused {what} ({said}){refused}.") from None
    except (Unanswered, OSError) as error:
        failed = error
        if isinstance(error, requests.HTTPError):
            failed = failed_with(error.response)
        elif isinstance(error, OSError):
            failed = Unanswered("no answer came", "is there a network?")
        kind, cure = (TryAgain, cure) if failed.again else (NumlearnError, failed.cure)
        raise kind(f"Numerai was asked about {what} and {failed.why}: {cure}") from None
    except (KeyError, TypeError):
        raise NumlearnError(
            f"Numerai knows nothing of {what}: look at the name again."
        ) from None


def _continues(response, asked):
    """Tell whether an answer is the rest of a file from the byte asked for on."""
    span = response.headers.get("Content-Range", "").replace("bytes ", "bytes=")
    return response.status_code == 206 and span.startswith(asked)


def length(response):
    """Return how long the file behind an answer is, or None if that is not said."""
    return int(_headers(response).get("Content-Length", 0)) or None


def checksum(response):
    """Return the MD5 that an answer states for its file, or None.

    Amazon's storage gives it as the ETag, with "-" and a number where the file was
    stored in parts; not where it is encrypted with a key of its own.
    """
    headers = _headers(response)
    if "kms" in headers.get("x-amz-server-side-encryption", ""):
        return None
    found = re.fullmatch(r'"([0-9a-f]{32}(-\d+)?)"', headers.get("ETag", ""))
    return found and found[1]


def _headers(response):
    """Return what an answer says of its file as it is stored: nothing if encoded."""
    encoded = response is None or "Content-Encoding" in response.headers
    return {} if encoded else response.headers


@contextmanager
def _quiet():
    """Keep numerapi from logging, and from setting up the logging of others."""
    root, own = logging.getLogger(), logging.getLogger("numerapi")
    before = root.handlers[:], root.level, own.level
    own.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        root.handlers[:], level, own_level = before
        root.setLevel(level)
        own.setLevel(own_level)
