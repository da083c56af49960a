"""Applications of ASGI, called with messages of the protocol."""

import asyncio

from wasmysql import aio, errors
from wasmysql.testing import Client, parametrize


def app_of(handle):
    """Returns an application without a lifespan."""

    async def app(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        await handle(scope, receive, send)

    return app


async def respond(send, *parts, status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body"})


async def test_scope_describes_the_request():
    scopes = []

    async def handle(scope, receive, send):
        scopes.append(scope)
        await respond(send)

    client = Client(app_of(handle), "shop.example:8080")
    response = await client.get(
        "/caf%C3%A9/a%2Fb?x=%20&y", headers=[("X-One", "1"), ("X-One", "2")]
    )
    (scope,) = scopes
    assert response.status == 200
    assert scope["path"] == "/café/a/b"
    assert scope["raw_path"] == b"/caf%C3%A9/a%2Fb"
    assert scope["query_string"] == b"x=%20&y"
    assert (scope["method"], scope["scheme"], scope["root_path"]) == ("GET", "http", "")
    assert scope["server"] == ("shop.example", 8080)
    assert scope["headers"] == [(b"host", b"shop.example:8080"), (b"x-one", b"1"), (b"x-one", b"2")]


async def test_body_arrives_in_parts():
    async def handle(scope, receive, send):
        parts = []
        while True:
            message = await receive()
            parts.append((message["type"], message["body"]))
            if not message["more_body"]:
                break
        await respond(send, repr(parts).encode())

    response = await Client(app_of(handle)).post("/", body=[b"a", b"", b"bc"])
    assert response.text == repr(
        [("http.request", b"a"), ("http.request", b"bc"), ("http.request", b"")]
    )


async def test_whole_body_has_its_length():
    async def handle(scope, receive, send):
        await send({"type": "http.response.start", "status": 201, "headers": [(b"X-A", b"1")]})
        await send({"type": "http.response.body", "body": b"four"})

    response = await Client(app_of(handle)).get("/")
    assert (response.status, response.body, response.is_complete) == (201, b"four", True)
    assert response.headers == {"x-a": "1", "content-length": "4"}


async def test_streamed_body_has_no_length():
    async def handle(scope, receive, send):
        await respond(send, b"a", b"", b"b", headers=[(b"connection", b"close")])

    response = await Client(app_of(handle)).get("/")
    assert (response.body, response.headers, response.is_complete) == (b"ab", {}, True)


async def refuse(send):
    raise ValueError("a secret")


async def start_twice(send):
    for _ in range(2):
        await send({"type": "http.response.start", "status": 200})


async def body_first(send):
    await send({"type": "http.response.body", "body": b"x"})


async def nothing(send):
    pass


async def only_head(send):
    await send({"type": "http.response.start", "status": 200})


@parametrize("fail", [refuse, start_twice, body_first, nothing, only_head])
async def test_error_before_the_response_hides_its_reason(fail):
    async def handle(scope, receive, send):
        await fail(send)

    response = await Client(app_of(handle)).get("/", headers={"X-Request-Id": "7f3a"})
    assert (response.status, response.is_complete) == (500, True)
    assert response.json() == {"error": "the request failed", "request": "7f3a"}


async def test_error_after_a_part_makes_the_response_incomplete():
    async def handle(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"part", "more_body": True})
        raise ValueError("no more")

    response = await Client(app_of(handle)).get("/")
    assert (response.status, response.body, response.is_complete) == (200, b"part", False)


@parametrize("status", [204, 304])
async def test_response_without_a_body_has_no_length(status):
    async def handle(scope, receive, send):
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    response = await Client(app_of(handle)).get("/")
    assert (response.status, response.headers, response.body) == (status, {}, b"")
    assert response.is_complete


async def test_head_has_the_length_of_the_body():
    async def handle(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"four"})

    response = await Client(app_of(handle)).request("HEAD", "/")
    assert (response.headers, response.body) == ({"content-length": "4"}, b"")


@parametrize("length, is_sent", [(b"3", False), (b"5", True)])
async def test_wrong_length_is_an_error(length, is_sent):
    async def handle(scope, receive, send):
        headers = [(b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"four", "more_body": is_sent})
        await send({"type": "http.response.body"})

    response = await Client(app_of(handle)).get("/")
    assert (response.status, response.is_complete) == (200, False)


async def test_query_in_utf8_is_kept():
    async def handle(scope, receive, send):
        await respond(send, scope["raw_path"], b"?", scope["query_string"])

    response = await Client(app_of(handle)).get("/é?q=☃")
    assert response.text == "/é?q=☃"


async def test_cancelled_application_is_an_error():
    async def handle(scope, receive, send):
        raise asyncio.CancelledError

    assert (await Client(app_of(handle)).get("/")).status == 500


async def test_database_without_a_connection_is_unavailable():
    async def handle(scope, receive, send):
        async with aio.connect("main", max_connections=1, acquire_timeout=0.05) as engine:
            async with engine.acquire(), engine.acquire():
                raise AssertionError("a second connection")

    response = await Client(app_of(handle)).get("/")
    assert (response.status, response.headers["retry-after"]) == (503, "1")


async def test_error_of_a_statement_is_internal():
    async def handle(scope, receive, send):
        async with aio.connect("main") as engine:
            await engine.execute("SELECT * FROM missing")

    assert (await Client(app_of(handle)).get("/")).status == 500


async def test_receive_after_the_body_waits_for_the_end():
    ends = []

    async def handle(scope, receive, send):
        await receive()
        waiting = asyncio.create_task(receive())
        await asyncio.sleep(0)
        assert not waiting.done()
        await respond(send, b"x")
        ends.append(await waiting)

    assert (await Client(app_of(handle)).get("/")).body == b"x"
    assert ends == [{"type": "http.disconnect"}]


async def test_lifespan_starts_once_and_requests_copy_its_state():
    starts = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            starts.append(await receive())
            scope["state"]["name"] = "Ada"
            await send({"type": "lifespan.startup.complete"})
            await receive()
        else:
            scope["state"]["other"] = 1
            await respond(send, repr(sorted(scope["state"])).encode())

    client = Client(app)
    for _ in range(2):
        assert (await client.get("/")).text == "['name', 'other']"
    assert starts == [{"type": "lifespan.startup"}]


async def test_failed_start_is_tried_again():
    tries = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            tries.append(1)
            failed = len(tries) == 1
            name = "lifespan.startup.failed" if failed else "lifespan.startup.complete"
            await send({"type": name, "message": "no tables"})
            await receive()
        else:
            await respond(send)

    client = Client(app)
    assert [(await client.get("/")).status for _ in range(3)] == [500, 200, 200]
    assert len(tries) == 2


async def test_error_classes_are_those_of_the_package():
    async def handle(scope, receive, send):
        async with aio.connect("main") as engine:
            try:
                await engine.execute("SELECT * FROM missing")
            except errors.ProgrammingError as error:
                await respond(send, str(error.code).encode())

    assert (await Client(app_of(handle)).get("/")).text == "1146"
