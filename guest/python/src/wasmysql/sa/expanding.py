"""Parameters of `IN` whose number is known only at the execution."""

import re
from collections.abc import Callable
from typing import Any

#: The place of a list in a statement of SQLAlchemy 1.3.
PLACE = re.compile(r"\[EXPANDING_(\S+)\]")


def is_expanding(compiled: Any) -> bool:
    """Returns whether the text of the statement depends on its parameters."""
    return bool(
        getattr(compiled, "contains_expanding_parameters", False)  # SQLAlchemy 1.3
        or getattr(compiled, "post_compile_params", None)
        or getattr(compiled, "literal_execute_params", None)
    )


def expand(
    compiled: Any, values: dict[str, Any], processors: dict[str, Callable]
) -> tuple[str, list[Any]]:
    """Returns the statement with a placeholder for each value, and the values."""
    if hasattr(compiled, "contains_expanding_parameters"):
        return _expand_1_3(compiled, values, processors)
    state = compiled._process_parameters_for_postcompile(values)
    values = {**values, **state.additional_parameters}
    processors = {**processors, **state.processors}
    return state.statement, [
        processors[name](values[name]) if name in processors else values[name]
        for name in state.positiontup
    ]


def _expand_1_3(
    compiled: Any, values: dict[str, Any], processors: dict[str, Callable]
) -> tuple[str, list[Any]]:
    texts: dict[str, str] = {}
    flat: list[Any] = []
    for name in compiled.positiontup:
        bind, process = compiled.binds[name], processors.get(name)
        given = list(values[name]) if bind.expanding else [values[name]]
        if not bind.expanding:
            pass
        elif not given:
            types = bind._expanding_in_types or [bind.type]
            texts[name] = compiled.visit_empty_set_expr(types)
        elif isinstance(given[0], (tuple, list)):
            texts[name] = ", ".join(f"({_marks(row)})" for row in given)
            given = [value for row in given for value in row]
        else:
            texts[name] = _marks(given)
        flat += map(process, given) if process else given
    return PLACE.sub(lambda place: texts[place[1]], compiled.string), flat


def _marks(values: Any) -> str:
    return ", ".join("?" * len(values))
