"""SQLAlchemy expressions, compiled to statements with `?`."""

from collections import OrderedDict
from collections.abc import Mapping
from inspect import signature
from typing import Any

from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert

from .defaults import columns_with_defaults, fill
from .expanding import expand, is_expanding

#: The options by which names of parameters stay as they are, where they exist.
OPTIONS = (
    {"escape_names": False}
    if "escape_names" in signature(SQLCompiler.construct_params).parameters
    else {}
)

#: The number of compiled expressions that are kept for all engines, as SQLAlchemy keeps them.
CACHED = 500


class Prepared:
    """A compiled expression. It is the value in `compiled_cache`."""

    def __init__(self, compiled: Any):
        self.compiled = compiled
        self.is_expanding = is_expanding(compiled)
        self._processors = compiled._bind_processors
        self._defaults = columns_with_defaults(compiled)
        self._names = compiled.positiontup or ()
        # Without defaults and lists, the parameters of the call can be all that is needed.
        self._pairs = (
            None
            if self._defaults or self.is_expanding or not self._names
            else [(name, self._processors.get(name)) for name in self._names]
        )
        #: The metadata of its results, kept by `ResultProxy`.
        self.metadata: Any = None

    @property
    def params(self) -> dict[str, Any]:
        """The values in the expression itself."""
        return self.compiled.params

    def needs_only(self, names: Any) -> bool:
        """Returns whether all parameters have these names, except for defaults. So the expression
        contains no values itself, and can be executed again with others."""
        binds = set(self.compiled.binds).difference(name for name, *_ in self._defaults)
        return binds <= set(names)

    def bind(self, given: Mapping[str, Any] | None, own: Any = None) -> tuple[str, list[Any]]:
        """Returns the statement and its values. `own` are the parameters of an expression that is
        not the compiled one, but of the same form."""
        if self._pairs is not None and given:
            try:
                return self.compiled.string, [
                    process(given[name]) if process else given[name]
                    for name, process in self._pairs
                ]
            except KeyError:
                pass  # The expression has values itself, or `construct_params` reports the name.
        options = OPTIONS if own is None else {**OPTIONS, "extracted_parameters": own}
        values = self.compiled.construct_params(given, **options)
        if self._defaults:
            fill(self.compiled, self._defaults, values)
        processors = self._processors
        if self.is_expanding:
            return expand(self.compiled, values, processors)
        return self.compiled.string, [
            processors[name](values[name]) if name in processors else values[name]
            for name in self._names
        ]


def prepare(query: Any, dialect: Any, column_keys: list[str] | None) -> tuple[Prepared, Any]:
    """Returns the compiled expression, and the parameters that it contains itself. From SQLAlchemy
    1.4 on, expressions of the same form are compiled once."""
    query, options = _without_executing_defaults(query)
    form = _form_of(query)
    if form is None:
        return Prepared(query.compile(dialect=dialect, column_keys=column_keys, **options)), None
    key = (dialect, form.key, None if column_keys is None else tuple(column_keys))
    prepared = _cache.get(key)
    if prepared is None:
        compiled = query.compile(dialect=dialect, column_keys=column_keys, cache_key=form)
        prepared = _cache[key] = Prepared(compiled)
        if len(_cache) > CACHED:
            _cache.popitem(last=False)
    else:
        _cache.move_to_end(key)
    return prepared, form.bindparams


_cache: OrderedDict[Any, Prepared] = OrderedDict()


def _form_of(query: Any) -> Any:
    """Returns SQLAlchemy's key of the form of an expression, without its values; None if it has
    none."""
    generate = getattr(query, "_generate_cache_key", None)
    form = generate() if generate is not None else None
    # The values of `query.params(...)` belong to the key from SQLAlchemy 2.1 on.
    return None if form is None or getattr(form, "params", None) else form


def _without_executing_defaults(query: Any) -> tuple[Any, dict[str, Any]]:
    """Returns an INSERT for which SQLAlchemy neither executes SQL expressions of primary keys
    beforehand, nor adds RETURNING; and the options of its compilation."""
    if not isinstance(query, Insert) or getattr(query, "_returning", None):
        return query, {}
    if hasattr(query, "parameters"):  # SQLAlchemy 1.3
        return query, {"inline": True}
    return (query.inline() if query.select is None else query), {}
