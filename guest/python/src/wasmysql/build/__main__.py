"""`python -m wasmysql.build`: builds a component. The tool `wasmysql` calls it."""

import argparse
import sys
from pathlib import Path

from . import cache
from .component import WORLDS, Recipe, build


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m wasmysql.build", description=__doc__)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--output", "-o", type=Path, help="the component to write")
    target.add_argument(
        "--cached",
        action="store_true",
        help="build the runtime, unless it is in the cache; print its path and the directories "
        "of installed packages",
    )
    parser.add_argument(
        "--package", action="append", default=[], help="an installed package to include"
    )
    parser.add_argument("--app", type=Path, help="the directory of the program's files")
    parser.add_argument(
        "--main", help="the module of --app that runs; without it, the component runs files"
    )
    parser.add_argument(
        "--world",
        choices=WORLDS,
        default="plugin",
        help="a program, an application of HTTP, or both [default: plugin]",
    )
    arguments = parser.parse_args()
    if arguments.cached:
        print(cache.runtime(), *cache.packages(), sep="\n")
        return
    if bool(arguments.main) != bool(arguments.app):
        parser.error("--main and --app belong together")
    recipe = Recipe(
        output=arguments.output,
        packages=arguments.package,
        app=arguments.app,
        main=arguments.main,
        world=arguments.world,
    )
    try:
        build(recipe)
    except SyntaxError as error:
        sys.exit(f"{error.filename}:{error.lineno}: {error.msg}")


if __name__ == "__main__":
    main()
