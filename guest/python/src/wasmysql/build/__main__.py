"""`python -m wasmysql.build`: builds a component."""

import argparse
from pathlib import Path

from .component import Recipe, build


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m wasmysql.build", description=__doc__)
    parser.add_argument("--output", "-o", type=Path, required=True, help="the component to write")
    parser.add_argument(
        "--package", action="append", default=[], help="an installed package to include"
    )
    parser.add_argument(
        "--preload", action="append", default=[], help="a module that the build imports"
    )
    parser.add_argument("--app", type=Path, help="the directory of the program's files")
    parser.add_argument(
        "--main", help="the module of --app that runs; without it, the component runs files"
    )
    arguments = parser.parse_args()
    if arguments.main and not arguments.app:
        parser.error("--main needs --app")
    build(
        Recipe(
            output=arguments.output,
            packages=arguments.package,
            preload=arguments.preload,
            app=arguments.app,
            main=arguments.main,
        )
    )


if __name__ == "__main__":
    main()
