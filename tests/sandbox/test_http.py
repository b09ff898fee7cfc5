"""Who may ask, the page's files, the agent's panel, start and stop."""

import json
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from tests.support.sandboxes import Line, Sandbox, open_line, run_refused

PATHS = ["/", "/sandbox/people", "/bot1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.evil.example", "192.168.0.5:8080", "", "localhost:x"]
)
def test_another_host_name_is_refused(shared: Sandbox, path: str, host: str) -> None:
    assert shared.client.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:9", "127.0.0.2:9", "[::1]:8080"])
def test_this_machine_by_any_of_its_names_is_let_in(shared: Sandbox, host: str) -> None:
    assert shared.client.get("/sandbox/people", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_another_origin_is_refused(shared: Sandbox, path: str, origin: str) -> None:
    assert shared.client.get(path, headers={"origin": origin}).status_code == 403


def test_the_pages_own_origin_is_let_in(shared: Sandbox) -> None:
    assert shared.client.get("/sandbox/people", headers={"origin": shared.url}).status_code == 200


def test_a_request_a_browser_marks_as_another_sites_is_refused(shared: Sandbox) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert shared.client.get(PATHS[2], headers=headers).status_code == 403
    assert shared.client.get(PATHS[2], headers={"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/%2e%2e/telegram.py", "/..%2ftelegram.py", "/nothing.js"])
def test_nothing_outside_the_page_is_served(shared: Sandbox, path: str) -> None:
    answer = shared.client.get(path)
    assert answer.status_code == 404
    assert "nothing at" in answer.json()["error"]


class Panel(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path == "/panel/7"
        body = json.dumps({"path": self.path}).encode()
        self.send_response(200 if found else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def test_the_panel_comes_from_the_agent(own: Sandbox) -> None:
    assert "no agent" in own.ask("GET", "agent/panel/7", status=502)["error"]
    server = HTTPServer(("127.0.0.1", 0), Panel)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        own.ask("PUT", "agent", {"url": f"http://127.0.0.1:{server.server_port}/"})
        assert own.ask("GET", "agent/panel/7") == {"path": "/panel/7"}
        assert "does not know 8" in own.ask("GET", "agent/panel/8", status=404)["error"]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "does not answer" in own.ask("GET", "agent/panel/7", status=502)["error"]


@pytest.mark.parametrize(
    "url", ["http://evil.example", "https://127.0.0.1:1", "http://127.0.0.1:80@evil.example/", "file:///etc/passwd", 7]
)
def test_an_agent_elsewhere_is_refused(shared: Sandbox, url: object) -> None:
    assert "error" in shared.ask("PUT", "agent", {"url": url}, 400)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--http", "0.0.0.0:0", "--memory"], "only this machine"),
        (["--http", "example.org:0", "--memory"], "only this machine"),
        (["--http", "8080", "--memory"], "HOST:PORT is needed"),
        (["--memory", "--token", "x"], "a token is digits"),
        (["--memory", "--file", "x.db"], "keeps nothing"),
    ],
)
def test_a_wrong_command_line_is_explained(options: list[str], words: str) -> None:
    done = run_refused(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_port_in_use_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run_refused("--http", f"127.0.0.1:{taken.getsockname()[1]}", "--memory")
    assert (done.returncode, "choose another port" in done.stderr) == (1, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_fast_even_with_waiting_requests(number: signal.Signals) -> None:
    sandbox = Sandbox("--memory")
    line = open_line(sandbox)
    answers: list[int] = []
    paths = [f"/bot{line.token}/getUpdates?timeout=50", f"/sandbox/chats/{line.person}/messages?after=9&wait=50"]
    waiting = [threading.Thread(target=lambda path=path: answers.append(status(sandbox, path))) for path in paths]
    for thread in waiting:
        thread.start()
    deadline = time.monotonic() + 10
    while not ((bot := sandbox.ask("GET", "bots")[0])["polling"] and bot["watchers"]):
        assert time.monotonic() < deadline
    began = time.monotonic()
    sandbox.process.send_signal(number)
    assert sandbox.process.wait(10) == 0
    assert time.monotonic() - began < 8  # under a second when the machine is free; the requests would wait for 50
    for thread in waiting:
        thread.join()
    assert answers == [200, 200]
    sandbox.end()


def status(sandbox: Sandbox, path: str) -> int:
    return httpx.get(sandbox.url + path, timeout=60).status_code


def test_a_connection_is_kept_alive(line: Line) -> None:
    host, port = line.sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        for _ in range(3):
            connection.sendall(f"GET /bot{line.token}/getMe HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            answer = b""
            while not answer.endswith(b"}}"):
                answer += connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200 ")
