"""The work with aiomysql.sa. Usage: native_core.py PORT"""

import sys

from aiomysql import sa
from core import serve_core


async def create_engine():
    return await sa.create_engine(
        host="127.0.0.1", port=int(sys.argv[1]), user="bench", password="bench", db="bench",
        autocommit=True,
    )  # fmt: skip


serve_core(create_engine)
