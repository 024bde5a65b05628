"""
A server that speaks the part of Vault's HTTP API that the provider uses, for tests on loopback.

Key-value engine version 2 (data, metadata, check-and-set, deleted and destroyed versions), token and
AppRole login, policies, a seal. The answers have the shapes that Vault's own reference documents.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
READER, WRITER = "hvs.reader-token-0001", "hvs.writer-token-0001"
ROLE, SECRET_ID, ROLE_TOKEN = "a-role", "the-secret-id-of-the-role", "hvs.token-of-the-role-77"

Answer = tuple[int, dict[str, Any]]


@dataclass
class Version:
    """One version of a path."""

    data: dict[str, Any]
    created: str
    deleted: str = ""
    destroyed: bool = False

    def metadata(self, number: int) -> dict[str, Any]:
        """What Vault says of it."""
        return {
            "created_time": self.created,
            "custom_metadata": None,
            "deletion_time": self.deleted,
            "destroyed": self.destroyed,
            "version": number,
        }


@dataclass
class Vault:
    """The state of the server, for a test to arrange."""

    now_ns: int = 0
    sealed: bool = False
    address: str = ""
    tokens: dict[str, bool] = field(default_factory=lambda: {READER: False, WRITER: True})
    paths: dict[str, list[Version]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def put(self, path: str, **data: Any) -> None:
        """Add a version as an operator would."""
        stamp = (EPOCH + timedelta(microseconds=self.now_ns // 1_000)).strftime("%Y-%m-%dT%H:%M:%S.%f")
        self.paths.setdefault(path, []).append(Version(data, f"{stamp}123Z"))

    def answer(self, method: str, target: str, token: str, body: dict[str, Any]) -> Answer:
        """Answer one request."""
        parts = urlsplit(target)
        self.requests.append(f"{method} {parts.path}")
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if parts.path == "/v1/auth/approle/login":
            return self._login(body)
        if token not in self.tokens:
            return 403, {"errors": ["permission denied", "invalid token"]}
        kind, _, path = parts.path.removeprefix("/v1/secret/").partition("/")
        if method == "GET" and kind == "data":
            return self._read(path, parse_qs(parts.query))
        if method == "GET" and kind == "metadata":
            held = self.paths.get(path)
            return (404, {"errors": []}) if held is None else (200, {"data": {"current_version": len(held)}})
        if not self.tokens[token]:
            return 403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}
        return self._write(path, body)

    def _login(self, body: dict[str, Any]) -> Answer:
        if (body.get("role_id"), body.get("secret_id")) != (ROLE, SECRET_ID):
            return 400, {"errors": ["invalid role or secret ID"]}
        self.tokens[ROLE_TOKEN] = False
        return 200, {"auth": {"client_token": ROLE_TOKEN, "lease_duration": 1_200, "renewable": True}}

    def _read(self, path: str, query: dict[str, list[str]]) -> Answer:
        held = self.paths.get(path, [])
        number = int(query.get("version", ["0"])[0]) or len(held)
        if not 1 <= number <= len(held):
            return 404, {"errors": []}
        version = held[number - 1]
        gone = bool(version.deleted) or version.destroyed
        data = {"data": None if gone else version.data, "metadata": version.metadata(number)}
        return (404 if gone else 200), {"data": data}

    def _write(self, path: str, body: dict[str, Any]) -> Answer:
        held = self.paths.get(path, [])
        if body.get("options", {}).get("cas", len(held)) != len(held):
            return 400, {"errors": ["check-and-set parameter did not match the current version"]}
        self.put(path, **body["data"])
        return 200, {"data": self.paths[path][-1].metadata(len(self.paths[path]))}


@contextmanager
def running() -> Iterator[Vault]:
    """Serve a Vault on a free port of loopback while the block runs."""
    vault = Vault()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            status, said = vault.answer(self.command, self.path, self.headers.get("X-Vault-Token", ""), body)
            data = json.dumps({"request_id": "1", **said}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 -- the names that the server looks for

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    vault.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield vault
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
