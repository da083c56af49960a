"""Applications of WSGI."""

from wasmysql import dbapi
from wasmysql.testing import Client, parametrize


async def test_environ_describes_the_request():
    def app(environ, start_response):
        body = environ["wsgi.input"].read()
        names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH")
        names += ("SERVER_NAME", "SERVER_PORT", "HTTP_HOST", "HTTP_X_A", "HTTP_COOKIE")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [repr([environ.get(name) for name in names] + [body]).encode()]

    headers = [
        ("Content-Type", "text/x"),
        ("X-A", "1"),
        ("X-A", "2"),
        ("Cookie", "a"),
        ("Cookie", "b"),
    ]
    client = Client(app, "shop.example")
    response = await client.post("/caf%C3%A9?q=1", headers=headers, body=[b"ab", b"c"])
    path = "/café".encode().decode("latin-1")
    expected = ["POST", path, "q=1", "text/x", "3", "shop.example", "80", "shop.example"]
    assert response.text == repr([*expected, "1,2", "a; b", b"abc"])
    assert response.headers["content-type"] == "text/plain"


async def test_query_in_utf8_has_a_character_for_each_byte():
    def app(environ, start_response):
        start_response("200 OK", [])
        return [environ["QUERY_STRING"].encode("latin-1")]

    assert (await Client(app).get("/?q=☃")).text == "q=☃"


async def test_header_with_an_underscore_is_left_out():
    def app(environ, start_response):
        start_response("200 OK", [])
        return [environ["HTTP_X_USER"].encode()]

    headers = [("X-User", "ada"), ("X_User", "eve")]
    assert (await Client(app).get("/", headers=headers)).text == "ada"


async def test_list_has_its_length_and_an_iterator_has_none():
    def app(environ, start_response):
        start_response("200 OK", [])
        parts = [b"a", b"", b"bc"]
        return parts if environ["PATH_INFO"] == "/list" else iter(parts)

    client = Client(app)
    whole, streamed = await client.get("/list"), await client.get("/iterator")
    assert (whole.body, whole.headers) == (b"abc", {"content-length": "3"})
    assert (streamed.body, streamed.headers, streamed.is_complete) == (b"abc", {}, True)


async def test_written_parts_come_first():
    def app(environ, start_response):
        write = start_response("200 OK", [])
        write(b"a")
        return [b"b"]

    assert (await Client(app).get("/")).body == b"ab"


async def test_error_replaces_the_head_before_the_first_part():
    def app(environ, start_response):
        start_response("200 OK", [])
        try:
            raise ValueError("late")
        except ValueError as error:
            start_response("418 Teapot", [], (ValueError, error, error.__traceback__))
        return [b"x"]

    response = await Client(app).get("/")
    assert (response.status, response.body) == (418, b"x")


def never_started(environ, start_response):
    return [b"x"]


def raises(environ, start_response):
    raise ValueError("a secret")


@parametrize("app", [never_started, raises])
async def test_error_hides_its_reason(app):
    response = await Client(app).get("/")
    assert (response.status, response.json()) == (500, {"error": "the request failed"})


async def test_iterator_is_closed_after_an_error():
    closed = []

    class Parts:
        def __iter__(self):
            yield b"part"
            raise ValueError("no more")

        def close(self):
            closed.append(True)

    def app(environ, start_response):
        start_response("200 OK", [])
        return Parts()

    response = await Client(app).get("/")
    assert (response.body, response.is_complete, closed) == (b"part", False, [True])


def test_application_queries_the_database():
    import asyncio

    def app(environ, start_response):
        with dbapi.connect("main") as conn, conn.cursor() as cursor:
            cursor.execute("SELECT 6 * 7")
            (answer,) = cursor.fetchone()
        start_response("200 OK", [])
        return [str(answer).encode()]

    assert asyncio.run(Client(app).get("/")).text == "42"
