"""Applications that `wasmysql serve` serves."""

import concurrent.futures
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest

SCHEMA = """
CREATE TABLE people (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL);
INSERT INTO people (name) VALUES ('Ada'), ('Grace');
"""

STARLETTE = """
import asyncio
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from wasmysql import aio

@asynccontextmanager
async def lifespan(app):
    print("started")
    async with aio.connect("main") as engine:
        yield {"engine": engine}

async def people(request):
    rows = await request.state.engine.execute("SELECT id, name FROM people ORDER BY id")
    return JSONResponse([row.asdict() for row in rows])

async def add(request):
    data = await request.json()
    sql = "INSERT INTO people (name) VALUES (%s)"
    result = await request.state.engine.execute(sql, (data["name"],))
    return JSONResponse({"id": result.last_insert_id}, 201)

async def report(request):
    async def parts():
        sql = "SELECT REPEAT('x', 10000) AS part, seq FROM seq_1_to_100"
        async with request.state.engine.stream(sql) as rows:
            async for row in rows:
                yield row.part
    async def after():
        await asyncio.sleep(0.05)
        await request.state.engine.execute("INSERT INTO people (name) VALUES ('later')")
    return StreamingResponse(parts(), background=BackgroundTask(after))

async def echo(request):
    return PlainTextResponse(str(len(await request.body())))

async def ignore(request):
    return PlainTextResponse("not read")

async def fail(request):
    raise ValueError("a secret")

async def broken(request):
    async def parts():
        yield "part"
        raise ValueError("a secret")
    return StreamingResponse(parts())

async def forever(request):
    await asyncio.Event().wait()

app = Starlette(routes=[
    Route("/people", people), Route("/people", add, methods=["POST"]), Route("/report", report),
    Route("/echo", echo, methods=["POST"]), Route("/ignore", ignore, methods=["POST"]),
    Route("/fail", fail), Route("/broken", broken), Route("/forever", forever),
], lifespan=lifespan)
"""

FLASK = """
from flask import Flask, jsonify, request
from sqlalchemy import create_engine, text

app = Flask(__name__)
engine = create_engine("mysql+wasmysql://main")

@app.get("/people")
def people():
    with engine.connect() as conn:
        rows = conn.execute(text("SELECT id, name FROM people ORDER BY id"))
        return jsonify([dict(row._mapping) for row in rows])

@app.post("/people")
def add():
    with engine.begin() as conn:
        sql = text("INSERT INTO people (name) VALUES (:name)")
        return {"id": conn.execute(sql, request.get_json()).lastrowid}, 201

@app.get("/fail")
def fail():
    raise ValueError("a secret")
"""


class Server:
    """A running `wasmysql serve`."""

    def __init__(self, command, directory):
        self.directory = directory
        self.lines = []
        self._arrived = threading.Condition()
        self.process = subprocess.Popen(
            command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        threading.Thread(target=self._read, daemon=True).start()
        self.port = int(re.search(r"at http://127\.0\.0\.1:(\d+)", self.line("serving ")).group(1))

    def _read(self):
        for line in self.process.stdout:
            with self._arrived:
                self.lines.append(line)
                self._arrived.notify_all()

    def line(self, text, count=1):
        """Waits for the line of the output that contains this text, and returns it."""
        deadline = time.monotonic() + 120
        with self._arrived:
            while len(found := [line for line in self.lines if text in line]) < count:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"no {text!r} in {''.join(self.lines)}")
                self._arrived.wait(1)
        return found[-1]

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def json(self, method, path, value=None):
        body = None if value is None else json.dumps(value)
        status, body = self.request(method, path, body, {"content-type": "application/json"})
        return status, json.loads(body)


@pytest.fixture
def serve(tool, tmp_path):
    """Serves the text of an application, with the interpreter that runs the tests."""
    servers = []

    def start(text, *options):
        (tmp_path / "app.py").write_text(text)
        (tmp_path / "schema.sql").write_text(SCHEMA)
        command = [tool, "serve", "app.py", "--addr", "127.0.0.1:0", *options]
        servers.append(Server(command, tmp_path))
        return servers[-1]

    yield start
    for server in servers:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)


@pytest.mark.parametrize("text", [STARLETTE, FLASK], ids=["starlette", "flask"])
def test_framework_reads_and_writes(serve, text):
    server = serve(text)
    assert server.json("GET", "/people") == (
        200,
        [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}],
    )
    assert server.json("POST", "/people", {"name": "Zoë"}) == (201, {"id": 3})
    assert server.json("GET", "/people")[1][2] == {"id": 3, "name": "Zoë"}


def test_instance_serves_many_requests(serve):
    server = serve(STARLETTE)
    for _ in range(20):
        assert server.request("GET", "/people")[0] == 200
    assert sum("started" in line for line in server.lines) == 1


@pytest.mark.parametrize("text", [STARLETTE, FLASK], ids=["starlette", "flask"])
def test_request_leaves_no_connection_open(serve, text):
    server = serve(text)
    for _ in range(3):
        assert server.request("GET", "/people")[0] == 200
        # Longer than the host leaves a connection open after its request.
        time.sleep(0.3)
    server.line("GET /people 200", 3)
    assert not any("left open" in line or " 0 queries" in line for line in server.lines)


def test_requests_at_the_same_time_use_several_instances(serve):
    server = serve(STARLETTE)
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: server.request("GET", "/people")[0], range(64)))
    assert answers == [200] * 64


def test_streamed_report_and_its_background_task(serve):
    server = serve(STARLETTE)
    assert server.request("GET", "/report") == (200, b"x" * 1_000_000)
    assert server.json("GET", "/people")[1][-1]["name"] == "later"


@pytest.mark.parametrize("size", [0, 1, 65536, 5_000_000])
def test_bodies_of_requests_arrive_whole(serve, size):
    server = serve(STARLETTE)
    assert server.request("POST", "/echo", b"x" * size) == (200, str(size).encode())


def test_body_that_is_not_read_does_not_disturb_the_next_request(serve):
    server = serve(STARLETTE)
    for _ in range(3):
        assert server.request("POST", "/ignore", b"x" * 100_000) == (200, b"not read")
    assert server.request("GET", "/people")[0] == 200


def test_error_is_logged_and_hidden(serve):
    server = serve(STARLETTE)
    status, body = server.request("GET", "/fail")
    assert status == 500
    assert b"secret" not in body
    server.line("ValueError: a secret")


def test_incomplete_response_is_cut(serve):
    server = serve(STARLETTE)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        server.request("GET", "/broken")
    assert server.request("GET", "/people")[0] == 200


def test_application_that_waits_forever_is_an_error(serve):
    server = serve(STARLETTE)
    assert server.request("GET", "/forever")[0] == 500
    assert server.request("GET", "/people")[0] == 200


@pytest.mark.parametrize(
    ("text", "message"),
    [("import missing", "No module named 'missing'"), ("x = 1", "has no application of ASGI")],
)
def test_file_that_can_not_be_loaded_says_why(serve, text, message):
    server = serve(text)
    assert server.request("GET", "/")[0] == 500
    server.line(message)


def test_changed_file_is_served(serve):
    server = serve(FLASK, "--watch")
    assert server.request("GET", "/people")[0] == 200
    (server.directory / "answers.py").write_text("ANSWER = 42")
    changed = FLASK.replace("from flask", "import answers\nfrom flask")
    changed += '\n@app.get("/answer")\ndef answer():\n    return str(answers.ANSWER)\n'
    (server.directory / "app.py").write_text(changed)
    server.line("reloaded")
    assert server.request("GET", "/answer") == (200, b"42")
    (server.directory / "answers.py").write_text("ANSWER = 4711")
    server.line("reloaded", 2)
    assert server.request("GET", "/answer") == (200, b"4711")


def test_component_of_an_application_is_served(serve, build, tmp_path, tool):
    directory = tmp_path / "site"
    directory.mkdir()
    (directory / "app.py").write_text(FLASK)
    (directory / "schema.sql").write_text(SCHEMA)
    output = tmp_path / "site.wasm"
    done = build("--app", directory, "--main", "app", "--world", "service", "--output", output)
    assert done.returncode == 0, done.stderr
    command = [tool, "serve", str(output), "--addr", "127.0.0.1:0", "--schema"]
    server = Server([*command, str(directory / "schema.sql"), "--max-memory", "256"], os.getcwd())
    try:
        assert server.json("POST", "/people", {"name": "Zoë"}) == (201, {"id": 3})
    finally:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
