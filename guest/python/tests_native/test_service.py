"""Applications that `wasmysql serve` serves."""

import concurrent.futures
import http.client
import json
import os
import re
import signal
import subprocess
import sys
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


MORE = """
import asyncio, json, sys
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import FileResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

class Named(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        response = await call_next(request)
        response.headers["x-named"] = "yes"
        return response

def sync(request):
    return PlainTextResponse("sync")

def parts(request):
    return StreamingResponse(iter(["a", "b"]))

async def connected(request):
    return PlainTextResponse(str(await request.is_disconnected()))

def file(request):
    return FileResponse("migrations/0001_create_people.sql")

async def endless(request):
    async def parts():
        while True:
            yield b"x" * 1000
            await asyncio.sleep(0.01)
    return StreamingResponse(parts())

async def deep(request):
    return PlainTextResponse(str(len(json.loads("[" * 4_000 + "]" * 4_000))))

async def leave(request):
    sys.exit(3)

async def leave_later(request):
    async def later():
        sys.exit(3)
    asyncio.create_task(later())
    return PlainTextResponse("left")

async def status(request):
    return PlainTextResponse("x", 999)

app = Starlette(routes=[
    Route("/sync", sync), Route("/parts", parts), Route("/connected", connected),
    Route("/file", file), Route("/endless", endless), Route("/deep", deep), Route("/leave", leave),
    Route("/leave_later", leave_later), Route("/status", status),
], middleware=[Middleware(Named)])
"""


class Server:
    """A running `wasmysql serve`."""

    def __init__(self, command, directory):
        self.directory = directory
        self.lines = []
        self._arrived = threading.Condition()
        # The tool calls the interpreter that runs the tests.
        environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
        self.process = subprocess.Popen(
            command, cwd=directory, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
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

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

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


def start(tool, directory, text, *options):
    (directory / "app.py").write_text(text)
    (directory / "migrations").mkdir(exist_ok=True)
    (directory / "migrations" / "0001_create_people.sql").write_text(SCHEMA)
    return Server([tool, "serve", "app.py", "--addr", "127.0.0.1:0", *options], directory)


@pytest.fixture
def serve(tool, tmp_path):
    """Serves the text of an application, with the interpreter that runs the tests."""
    servers = []

    def serve(text, *options):
        servers.append(start(tool, tmp_path, text, *options))
        return servers[-1]

    yield serve
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def shared(tool, tmp_path_factory):
    """Serves the text of an application, for several tests that do not disturb each other."""
    servers = {}

    def serve(text):
        if text not in servers:
            servers[text] = start(tool, tmp_path_factory.mktemp("shared"), text)
        return servers[text]

    yield serve
    for server in servers.values():
        server.stop()


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
    # A request can arrive while an instance still ends the previous one.
    assert sum("started" in line for line in server.lines) <= 3


@pytest.mark.parametrize("text", [STARLETTE, FLASK], ids=["starlette", "flask"])
def test_request_leaves_no_connection_open(serve, text):
    server = serve(text)
    for _ in range(3):
        assert server.request("GET", "/people")[0] == 200
        # Longer than the host leaves a connection open after its request.
        time.sleep(0.3)
    server.line("GET /people 200", 3)
    assert not any("left open" in line or " 0 queries" in line for line in server.lines)


def test_requests_at_the_same_time_use_several_instances(shared):
    server = shared(STARLETTE)
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: server.request("GET", "/people")[0], range(64)))
    assert answers == [200] * 64


def test_streamed_report_and_its_background_task(serve):
    server = serve(STARLETTE)
    assert server.request("GET", "/report") == (200, b"x" * 1_000_000)
    assert server.json("GET", "/people")[1][-1]["name"] == "later"


@pytest.mark.parametrize("size", [0, 1, 65536, 5_000_000])
def test_bodies_of_requests_arrive_whole(shared, size):
    server = shared(STARLETTE)
    assert server.request("POST", "/echo", b"x" * size) == (200, str(size).encode())


def test_body_that_is_not_read_does_not_disturb_the_next_request(shared):
    server = shared(STARLETTE)
    for _ in range(3):
        assert server.request("POST", "/ignore", b"x" * 100_000) == (200, b"not read")
    assert server.request("GET", "/people")[0] == 200


def test_error_is_logged_and_hidden(shared):
    server = shared(STARLETTE)
    status, body = server.request("GET", "/fail")
    assert status == 500
    assert b"secret" not in body
    server.line("ValueError: a secret")


def test_incomplete_response_is_cut(shared):
    server = shared(STARLETTE)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        server.request("GET", "/broken")
    assert server.request("GET", "/people")[0] == 200


def test_application_that_waits_forever_is_an_error(shared):
    server = shared(STARLETTE)
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


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sync", b"sync"),
        ("/parts", b"ab"),
        ("/connected", b"False"),
        ("/file", SCHEMA.encode()),
        ("/deep", b"1"),
    ],
)
def test_parts_of_starlette_that_use_threads_or_much_stack(shared, path, body):
    assert shared(MORE).request("GET", path) == (200, body)


def test_response_in_progress_does_not_delay_other_requests(shared):
    server = shared(MORE)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/endless")
    assert connection.getresponse().read(1000) == b"x" * 1000
    for _ in range(3):
        begin = time.monotonic()
        assert server.request("GET", "/sync") == (200, b"sync")
        # Far less than the limit of a request, which is 30 seconds.
        assert time.monotonic() - begin < 15
    connection.close()


@pytest.mark.parametrize(
    ("path", "status"), [("/leave", 500), ("/leave_later", 500), ("/status", 500)]
)
def test_end_of_the_program_is_an_error_of_one_request(shared, path, status):
    server = shared(MORE)
    for _ in range(3):
        assert server.request("GET", path)[0] == status
        assert server.request("GET", "/sync") == (200, b"sync")


def test_large_upload_is_read(serve):
    text = FLASK + "\n@app.post('/size')\ndef size():\n"
    text += "    return str(len(request.files['file'].read()))\n"
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    body = head + b"x" * 3_000_000 + b"\r\n--b--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=b"}
    assert serve(text).request("POST", "/size", body, headers) == (200, b"3000000")


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
        server.stop()
