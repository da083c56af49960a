"""A JSON API that counts page visits."""

from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route
from wasmysql import aio, errors

# The code of the server's error for a row that a foreign key rejects.
NO_REFERENCED_ROW = 1452


@asynccontextmanager
async def lifespan(app):
    """Opens the database for all requests of this instance."""
    async with aio.connect("main") as engine:
        yield {"engine": engine}


async def pages(request):
    """Returns all pages, most visits first."""
    sql = "SELECT path, visits FROM pages ORDER BY visits DESC, path"
    result = await request.state.engine.execute(sql)
    return JSONResponse([page.asdict() for page in result])


async def visit(request):
    """Records a visit and counts it, in one transaction."""
    try:
        data = await request.json()
        path, visitor = data["path"], data["visitor"]
    except (ValueError, KeyError, TypeError):
        raise HTTPException(400, "the body is an object with path and visitor") from None
    sql = "INSERT INTO visits (path, visitor) VALUES (%s, %s)"
    try:
        async with request.state.engine.begin() as conn:
            await conn.execute(sql, (path, visitor))
            await conn.execute("UPDATE pages SET visits = visits + 1 WHERE path = %s", (path,))
    except errors.IntegrityError as error:
        if error.code != NO_REFERENCED_ROW:
            raise
        raise HTTPException(422, f"there is no page {path}") from None
    return JSONResponse({"path": path, "visitor": visitor}, 201)


app = Starlette(
    routes=[Route("/pages", pages), Route("/visits", visit, methods=["POST"])], lifespan=lifespan
)
