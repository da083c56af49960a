"""A plugin that counts page visits."""

import asyncio

from wasmysql import aio


async def visit(conn, path, visitor):
    """Records the visitor of a page and counts the visit, in one transaction."""
    async with conn.begin():
        await conn.execute("UPDATE pages SET visits = visits + 1 WHERE path = %s", (path,))
        await conn.execute("INSERT INTO visits (path, visitor) VALUES (%s, %s)", (path, visitor))


async def visited_pages(conn):
    """Returns the visited pages, most visits first."""
    sql = "SELECT path, visits FROM pages WHERE visits > 0 ORDER BY visits DESC, path"
    return (await conn.execute(sql)).all()


async def main():
    async with aio.connect("main") as engine, engine.acquire() as conn:
        for path, visitor in [("/", "Ada"), ("/about", "Ada"), ("/", "Grace")]:
            await visit(conn, path, visitor)
        for page in await visited_pages(conn):
            print(f"{page.path:<8}{page.visits:>3} visits")


if __name__ == "__main__":
    asyncio.run(main())
