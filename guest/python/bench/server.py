"""A private MariaDB for measurements and tests."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time

import pymysql


@contextlib.contextmanager
def running(schema):
    """Runs MariaDB, with the account and the database `bench` in which the statements of the schema
    were executed. Returns its port."""
    program = shutil.which("mariadbd") or shutil.which("mysqld")
    with tempfile.TemporaryDirectory() as directory, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        install = [
            "mariadb-install-db",
            f"--datadir={directory}/data",
            "--auth-root-authentication-method=normal",
        ]
        subprocess.run([*install, "--user=root"], check=True, capture_output=True)
        arguments = [f"--datadir={directory}/data", f"--socket={directory}/s", f"--port={port}"]
        arguments += ["--bind-address=127.0.0.1", "--user=root", "--skip-log-bin"]
        arguments += ["--innodb-buffer-pool-size=256M", "--innodb-flush-log-at-trx-commit=0"]
        with open(f"{directory}/log", "w") as log:
            process = subprocess.Popen(
                [program, "--no-defaults", *arguments], stdout=log, stderr=log
            )
        try:
            prepare(f"{directory}/s", schema)
            yield port
        finally:
            process.terminate()
            process.wait()


def prepare(path, schema):
    deadline = time.monotonic() + 60
    while True:
        try:
            conn = pymysql.connect(unix_socket=path, user="root", autocommit=True)
            break
        except pymysql.err.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    with conn, conn.cursor() as cursor:
        cursor.execute("CREATE DATABASE bench")
        cursor.execute("CREATE USER bench@'127.0.0.1' IDENTIFIED BY 'bench'")
        cursor.execute("GRANT ALL ON bench.* TO bench@'127.0.0.1'")
        cursor.execute("USE bench")
        for statement in schema.split(";"):
            if statement.strip():
                cursor.execute(statement)
