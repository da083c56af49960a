"""The work with PyMySQL. Usage: native_pymysql.py PORT"""

import sys

import pymysql
from db_api import serve_db_api


def connect():
    return pymysql.connect(
        host="127.0.0.1", port=int(sys.argv[1]), user="bench", password="bench", database="bench",
        autocommit=True,
    )  # fmt: skip


serve_db_api(connect)
