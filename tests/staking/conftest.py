"""A loopback stand-in for Numerai's API, which the real numerapi talks to."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest


class Api:
    """Answers each GraphQL field with what the test has put under its name."""

    def __init__(self):
        self.answers, self.asked = {}, []

    def answer(self, query, variables):
        field = re.search(r"\{\s*(\w+)", query)[1]
        self.asked.append((field, variables))
        answer = self.answers[field]
        return answer(variables) if callable(answer) else answer


@pytest.fixture
def api(monkeypatch):
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            asked = json.loads(self.rfile.read(length))
            field = re.search(r"\{\s*(\w+)", asked["query"])[1]
            data = {field: api.answer(asked["query"], asked["variables"])}
            body = json.dumps({"data": data}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr("numerapi.base_api.API_TOURNAMENT_URL", url)
    yield api
    server.shutdown()
    server.server_close()


@pytest.fixture
def no_network(monkeypatch):
    """Nobody listens at port 9 of this machine."""
    monkeypatch.setattr("numerapi.base_api.API_TOURNAMENT_URL", "http://127.0.0.1:9")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMLEARN_CACHE", str(tmp_path / "cache"))
