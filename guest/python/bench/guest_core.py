"""The work in the sandbox, with `wasmysql.sa`."""

from core import serve_core

from wasmysql import sa


async def create_engine():
    return await sa.create_engine("main")


serve_core(create_engine)
