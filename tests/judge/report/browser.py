"""
A headless Chromium driven over a pipe: what a reader's browser would see, without any package.

It speaks the DevTools protocol, JSON messages ended by a zero byte, on the file descriptors 3 and 4.
"""

import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-pipe",
)  # fmt: skip
# The browser wants its pipe on 3 and 4, whatever numbers we got.
LAUNCH = """
import fcntl, os, sys
into, out = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 100) for number in sys.argv[1:3])
os.dup2(into, 3)
os.dup2(out, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
MAX_MESSAGES = 100_000


@dataclass
class Browser:
    """One tab; `said` holds console messages and page errors, `asked` every address requested."""

    into: Any
    out: Any
    session: str = ""
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    fired: set[str] = field(default_factory=set)
    _next_id: int = 0

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command to the tab (or, before there is one, to the browser); return its result."""
        self._next_id += 1
        message: dict[str, Any] = {"id": self._next_id, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.into.write(json.dumps(message).encode() + b"\0")
        self.into.flush()
        for _ in range(MAX_MESSAGES):
            answer = self._read()
            if answer.get("id") == self._next_id:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
        raise AssertionError(f"{method}: no answer")

    def open(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Load an address at a window size and colour scheme, and wait until its charts are drawn."""
        phone = width < 500
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.said, self.asked, self.fired = [], [], set()
        self.call("Page.navigate", url=url)
        while "Page.loadEventFired" not in self.fired:
            self._read()
        ready = """new Promise(done => { let left = 200; (function look() {
            const wanted = document.getElementById('chart-data');
            if (!wanted || document.documentElement.dataset.charts === 'drawn' || !left--)
                requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
            else setTimeout(look, 50);
        })(); })"""
        self.evaluate(ready)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page, waiting for a promise."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def screenshot(self, path: Path) -> None:
        """Write a picture of the whole page."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(b64decode(shot["data"]))

    def _read(self) -> dict[str, Any]:
        raw = bytearray()
        while not raw.endswith(b"\0"):
            byte = self.out.read(1)
            if not byte:
                raise AssertionError("the browser went away")
            raw += byte
        message: dict[str, Any] = json.loads(raw[:-1])
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, params: dict[str, Any]) -> None:
        self.fired.add(method)
        if method == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.said.append(f"exception: {json.dumps(params['exceptionDetails'])[:500]}")
        elif method == "Log.entryAdded":
            self.said.append(f"{params['entry']['level']}: {params['entry']['text']}")
        elif method == "Runtime.consoleAPICalled":
            words = " ".join(str(one.get("value", "")) for one in params["args"])
            self.said.append(f"{params['type']}: {words}")


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Run a browser with its own empty profile folder; it ends with the block."""
    assert CHROMIUM is not None
    (to_read, into), (out, to_write) = os.pipe(), os.pipe()
    command = [
        sys.executable,
        "-c",
        LAUNCH,
        str(to_read),
        str(to_write),
        CHROMIUM,
        *FLAGS,
        f"--user-data-dir={profile}",
    ]
    running = subprocess.Popen(
        command, pass_fds=(to_read, to_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(to_read)
    os.close(to_write)
    try:
        with os.fdopen(into, "wb") as writer, os.fdopen(out, "rb") as reader:
            tab = Browser(writer, reader)
            target = tab.call("Target.createTarget", url="about:blank")["targetId"]
            tab.session = tab.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Network", "Log"):
                tab.call(f"{domain}.enable")
            yield tab
    finally:
        running.terminate()
        running.wait(20)
