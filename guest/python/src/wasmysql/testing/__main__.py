"""`python -m wasmysql.testing`: runs tests.

An argument is a file, a directory, or the id of a test as `--list` prints it. `wasmysql test` lists
the tests, and then runs each by its id, with a fresh database.
"""

import argparse
import sys

from . import collection, running


def main() -> int:
    parser = argparse.ArgumentParser(prog="wasmysql test", description=__doc__)
    parser.add_argument(
        "paths", nargs="*", default=["tests"], help="files, directories or ids [default: tests]"
    )
    parser.add_argument(
        "-k", metavar="TEXT", default="", help="only tests whose id contains this text"
    )
    parser.add_argument("--list", action="store_true", help="print the ids, and run nothing")
    parser.add_argument(
        "--alone", action="store_true", help="run one test, and print only its own output"
    )
    arguments = parser.parse_args()
    tests = []
    for path in arguments.paths:
        file, _, name = path.partition("::")
        found = list(collection.collect([file]))
        if name:
            found = [
                test
                for test in found
                if test.id == path or test.id.startswith((f"{path}[", f"{path}::"))
            ]
            if not found:
                print(f"there is no test {path!r}", file=sys.stderr)
                return 2
        tests += [test for test in found if arguments.k in test.id]
    if arguments.list:
        for test in tests:
            print(test.id)
        return 0
    if arguments.alone:
        return running.run_alone(*tests)
    return 0 if running.run(tests) else 1


if __name__ == "__main__":
    sys.exit(main())
