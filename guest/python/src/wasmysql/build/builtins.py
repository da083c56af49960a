"""Replaces the functions of `wasmysql:python/builtins` by those of the component model.

componentize-py 0.25.1 offers neither `subtask.cancel` nor `waitable-set.wait`, `.poll`,
`thread.yield` and `backpressure.inc` and `.dec`. Without the first, a cancelled task can't stop its
call, and the plugin traps at its end. Without the next, `asyncio.run` can't wait. Without the last,
the host gives another request to an instance that is still sending a response. A native module
can't import them either: componentize-py counts the functions of the component wrongly if it
contains `subtask.cancel`.

So the component is built with imports of the same core types. Afterwards this module changes three
kinds of items in the binary, each to one of the same index space, so that no index moves:

- the import of the interface, to an empty instance;
- the aliases of its functions, to aliases of another function, which nothing calls;
- the lowering of each function, to the built-in function.
"""

from collections.abc import Iterator
from typing import NamedTuple

INTERFACE = b"wasmysql:python/builtins@0.1.0"

#: The sections of a component that are changed or counted.
CORE_INSTANCE, INSTANCE, ALIAS, CANONICAL, IMPORT = 2, 5, 6, 8, 10

#: The first bytes of items: an alias of a function of an instance, an alias of a memory of a core
#: instance, a lowered function.
ALIAS_FUNCTION, ALIAS_MEMORY, LOWER = b"\x01\x00", b"\x00\x02\x01", b"\x01\x00"

#: The built-in functions: their code, with a 0 for "not asynchronous" or "not cancellable", and
#: whether the index of a memory follows.
FUNCTIONS = {
    b"cancel": (b"\x06\x00", False),
    b"wait": (b"\x20\x00", True),
    b"poll": (b"\x21\x00", True),
    b"pause": (b"\x0c\x00", False),
    b"hold": (b"\x24", False),
    b"release": (b"\x25", False),
}

#: An instance without exports.
EMPTY_INSTANCE = b"\x01\x00"


class UnexpectedComponent(Exception):
    """The component does not have the form that componentize-py 0.25.1 gives it."""


class Section(NamedTuple):
    id: int
    content: bytes


def replace(component: bytes) -> bytes:
    """Returns the component with the built-in functions."""
    sections = list(_sections(component))
    place, instance = _find_import(sections)
    sections[place] = Section(INSTANCE, b"\x01" + EMPTY_INSTANCE)
    memory, other = None, None
    replaced = set()
    for index, section in enumerate(sections):
        content = section.content
        if section.id != ALIAS:
            continue
        if content[1:].startswith(ALIAS_MEMORY):
            memory = 0 if memory is None else memory
        if content[0] != 1 or not content[1:].startswith(ALIAS_FUNCTION):
            continue
        of, name = _alias(content[3:])
        if of != instance:
            other = content
            continue
        if other is None or memory is None:
            raise UnexpectedComponent("the built-in functions come before every other function")
        sections[index] = Section(ALIAS, other)
        sections[index + 1] = Section(CANONICAL, _canonical(sections[index + 1], name, memory))
        replaced.add(name)
    if replaced != set(FUNCTIONS):
        raise UnexpectedComponent(f"only {sorted(replaced)} of the built-in functions are imported")
    return component[:8] + b"".join(_encode(section) for section in sections)


def _find_import(sections: list[Section]) -> tuple[int, int]:
    """Returns the place of the import among the sections, and its index among the instances."""
    instances = 0
    for place, section in enumerate(sections):
        if section.id == INSTANCE:
            break
        if section.id != IMPORT:
            continue
        if section.content[0] != 1:
            raise UnexpectedComponent("a section has several imports")
        size, start = _number(section.content, 2)
        name, kind = section.content[start : start + size], section.content[start + size]
        if name == INTERFACE:
            return place, instances
        instances += kind == 5
    raise UnexpectedComponent(f"the component does not import {INTERFACE.decode()}")


def _canonical(section: Section, name: bytes, memory: int) -> bytes:
    if section.id != CANONICAL or section.content[:3] != b"\x01" + LOWER:
        raise UnexpectedComponent(f"the function {name.decode()} is not lowered after its alias")
    code, uses_memory = FUNCTIONS[name]
    return b"\x01" + code + (_leb128(memory) if uses_memory else b"")


def _alias(item: bytes) -> tuple[int, bytes]:
    """Returns the instance and the name of an alias, without the two bytes of its kind."""
    instance, at = _number(item, 0)
    size, at = _number(item, at)
    return instance, item[at : at + size]


def _sections(component: bytes) -> Iterator[Section]:
    if component[:8] != b"\0asm\x0d\0\x01\0":
        raise UnexpectedComponent("the file is not a component")
    at = 8
    while at < len(component):
        size, start = _number(component, at + 1)
        yield Section(component[at], component[start : start + size])
        at = start + size


def _encode(section: Section) -> bytes:
    return bytes([section.id]) + _leb128(len(section.content)) + section.content


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Reads an unsigned LEB128 number. Returns it and the place after it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _leb128(value: int) -> bytes:
    data = bytearray()
    while True:
        value, byte = value >> 7, value & 0x7F
        data.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(data)
