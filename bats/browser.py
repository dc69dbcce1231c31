#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Open one page in a headless Chromium, as a window of a given size shows it,
and do some steps there, by the DevTools protocol.

    browser.py [--dark] [--print] [--no-script] WIDTHxHEIGHT FILE STEP...

A STEP is one of

    key:NAME    press a key: Tab, Enter, or one character
    png:FILE    write what the window shows there
    axe:FILE    run axe-core, whose code stands there; print what it finds
    EXPRESSION  JavaScript; print its value as one line of JSON

Status 0: all was done, and nothing stands in the page's console; else status 1
with the reason on stderr. The protocol goes through a pair of pipes: no port is
opened. Chromium, and whatever it writes, ends with this program.
"""
import base64
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import time

DEADLINE_S = 120
AXE = """axe.run(document, {resultTypes: ['violations']}).then(function (r) {
    return r.violations.map(function (v) {
        return v.id + ': ' + v.help + ': ' + v.nodes.map(function (n) {
            return n.target.join(' ') + ' ' + n.any.map(function (c) {
                return c.message;
            }).join(' ');
        }).slice(0, 5).join(' | ');
    });
})"""
KEYS = {"Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r")}


class Chromium:
    """Its process, and the one page that it shows."""

    def __init__(self, home):
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash",
             "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--disable-extensions", "--no-first-run",
             "--remote-debugging-pipe", f"--user-data-dir={home}"],
            pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": home})
        os.close(theirs_in)
        os.close(theirs_out)
        self.deadline = time.monotonic() + DEADLINE_S
        self.buffer = b""
        self.asked = 0
        self.session = None
        self.console = []
        self.loaded = False

    def message(self):
        """The next one that it sends."""
        while b"\0" not in self.buffer:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                raise TimeoutError(f"Chromium took more than {DEADLINE_S} s")
            data = os.read(self.into, 1 << 20)
            if not data:
                raise EOFError("Chromium has ended")
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def note(self, event):
        """Keep what its console would show, and whether the page is there."""
        method, what = event.get("method"), event.get("params", {})
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Runtime.exceptionThrown":
            self.console.append(what["exceptionDetails"])
        elif method == "Runtime.consoleAPICalled":
            self.console.append(what["args"])
        elif method == "Log.entryAdded":
            self.console.append(what["entry"])

    def ask(self, method, **params):
        """Call a method of the protocol; returns its result."""
        self.asked += 1
        call = {"id": self.asked, "method": method, "params": params}
        if self.session:
            call["sessionId"] = self.session
        data = json.dumps(call).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        while True:
            reply = self.message()
            if reply.get("id") == self.asked:
                break
            self.note(reply)
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']['message']}")
        return reply["result"]

    def value(self, expression):
        """What the expression comes to in the page; a promise is awaited."""
        reply = self.ask("Runtime.evaluate", expression=expression,
                         returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in reply:
            what = reply["exceptionDetails"]
            raise RuntimeError(what.get("exception", what).get(
                "description", what["text"]))
        return reply["result"].get("value")

    def open(self, url, size, media, features, script):
        """Show the page, in a window of that size, and wait until it is
        loaded."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target,
                                flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log":
            self.ask(f"{domain}.enable")
        width, height = (int(n) for n in size.split("x"))
        self.ask("Emulation.setDeviceMetricsOverride", width=width,
                 height=height, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", media=media, features=features)
        self.ask("Emulation.setScriptExecutionDisabled", value=not script)
        self.loaded = False
        self.ask("Page.navigate", url=url)
        while not self.loaded:
            self.note(self.message())

    def press(self, key):
        """A key goes down and up, as on a keyboard."""
        name, code, text = KEYS.get(key, (key, ord(key[0].upper()), key))
        for kind in "keyDown", "keyUp":
            self.ask("Input.dispatchKeyEvent", type=kind, key=name,
                     windowsVirtualKeyCode=code,
                     **({"text": text} if text and kind == "keyDown" else {}))

    def step(self, step):
        """Do one of the steps."""
        kind, _, rest = step.partition(":")
        if kind == "key":
            self.press(rest)
        elif kind == "png":
            png = self.ask("Page.captureScreenshot")["data"]
            pathlib.Path(rest).write_bytes(base64.b64decode(png))
        elif kind == "axe":
            self.value(pathlib.Path(rest).read_text(encoding="utf-8"))
            print("\n".join(self.value(AXE)))
        else:
            print(json.dumps(self.value(step)))

    def close(self):
        """End it; all its processes have ended then."""
        try:
            self.session = None
            self.ask("Browser.close")
        except (OSError, EOFError, RuntimeError):
            pass
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def main(words):
    """Returns the exit status."""
    options = {w for w in words if w.startswith("--")}
    size, path, *steps = [w for w in words if w not in options]
    scheme = "dark" if "--dark" in options else "light"
    with tempfile.TemporaryDirectory(
            ignore_cleanup_errors=True) as home:
        browser = Chromium(home)
        try:
            browser.open(pathlib.Path(path).resolve().as_uri(), size,
                         "print" if "--print" in options else "screen",
                         [{"name": "prefers-color-scheme", "value": scheme}],
                         "--no-script" not in options)
            for step in steps:
                browser.step(step)
        finally:
            browser.close()
    for said in browser.console:
        print("console:", json.dumps(said), file=sys.stderr)
    return 1 if browser.console else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
