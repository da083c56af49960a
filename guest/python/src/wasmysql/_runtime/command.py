"""The export `wasi:cli/run`: a program that runs once."""

import wit_world.exports
from componentize_py_types import Err

from .. import _contract
from . import component, program


class Run(wit_world.exports.Run):
    """The entry point."""

    async def run(self) -> None:
        status = program.run(component.main)
        if status > 1:
            _contract.exit.exit_with_code(status)
        if status:
            raise Err(None)
