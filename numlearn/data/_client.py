"""The official client, watched: every request ends, and we learn how it ended.

numerapi sets no time limit on its queries, turns a failed one into ``KeyError:
'data'``, does not look at the status of a resumed download and does not verify the
server's certificate there. It stays as it is; what it sends is watched one floor
below, in requests.
"""

import logging
import re
from contextlib import contextmanager

import requests

TIMEOUT = (10, 60)  # seconds: to connect, and between two bytes


class Watch:
    """What the client's last request came to.

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

    def __init__(self):
        self.response = self.error = self.whole = None
        self.received = lambda at_hand, expected: None

    def see(self, request, response):
        """Note an answer; refuse one that would spoil a half-downloaded file."""
        if response is self.response:
            return
        self.response = response
        asked = request.headers.get("Range")
        if asked and not (checksum(self.whole) and _continues(response, asked)):
            raise requests.HTTPError(
                "the rest of the file was refused", response=response
            )
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


def _continues(response, asked):
    """Tell whether an answer is the rest of a file from the byte asked for on."""
    span = response.headers.get("Content-Range", "")
    return response.status_code == 206 and span.startswith(
        asked.replace("bytes=", "bytes ")
    )


def length(response):
    """Return how long the file behind an answer is, or None if that is not said."""
    if response is None or "Content-Encoding" in response.headers:
        return None
    return int(response.headers.get("Content-Length", 0)) or None


def checksum(response):
    """Return the MD5 that an answer states for its file, or None.

    Amazon's storage gives it as the ETag, with "-" and a number where the file was
    stored in parts; not where it is encrypted with a key of its own.
    """
    if response is None or "Content-Encoding" in response.headers:
        return None
    if "kms" in response.headers.get("x-amz-server-side-encryption", ""):
        return None
    found = re.fullmatch(r'"([0-9a-f]{32}(-\d+)?)"', response.headers.get("ETag", ""))
    return found and found[1]


@contextmanager
def official_client():
    """Yield numerapi's client and a :class:`Watch` on what it sends."""
    watch = Watch()
    original = requests.Session.send

    def send(session, request, **options):
        options["timeout"] = TIMEOUT
        if options.get("verify") is False:
            usual = session.merge_environment_settings(
                request.url, {}, None, None, None
            )
            options["verify"] = usual["verify"]
        watch.response = watch.error = None
        try:
            response = original(session, request, **options)
        except requests.RequestException as error:
            watch.error = error
            raise
        watch.see(request, response)
        return response

    with _quiet():
        from numerapi import NumerAPI

        client = NumerAPI(verbosity="CRITICAL", show_progress_bars=False)
        requests.Session.send = send
        try:
            yield client, watch
        finally:
            requests.Session.send = original


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
