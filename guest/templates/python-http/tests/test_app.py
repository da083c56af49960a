"""Tests of the plugin. `wasmysql test` runs each in a fresh database with the migrations."""

from app import app
from wasmysql.testing import Client, parametrize


async def test_visits_are_counted():
    client = Client(app)
    created = await client.post("/visits", json={"path": "/news", "visitor": "Ada"})
    assert created.status == 201
    pages = (await client.get("/pages")).json()
    assert pages[0] == {"path": "/news", "visits": 1}
    assert len(pages) == 3


@parametrize(
    "method, target, body, status",
    [
        ("POST", "/visits", b'{"path": "/nowhere", "visitor": "Ada"}', 422),
        ("POST", "/visits", b'{"path": "/news"}', 400),
        ("POST", "/visits", b"no JSON", 400),
        ("DELETE", "/pages", b"", 405),
        ("GET", "/other", b"", 404),
    ],
)
async def test_invalid_requests_are_refused(method, target, body, status):
    response = await Client(app).request(method, target, body=body)
    assert response.status == status
