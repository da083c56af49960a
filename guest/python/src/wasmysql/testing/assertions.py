"""Messages of failed assertions: both sides of a comparison."""

import ast
from types import CodeType
from typing import Any

HELPER = "__wasmysql_sides"
LONGEST = 2_000


def compile_test(source: bytes, path: str) -> CodeType:
    """Compiles a file of tests. Comparisons of `assert` without a message get one."""
    tree = ast.parse(source, path)
    return compile(ast.fix_missing_locations(_Messages().visit(tree)), path, "exec")


def sides(left: Any, right: Any) -> str:
    """Returns the message of a comparison."""
    return f"\n  left:  {_shorten(repr(left))}\n  right: {_shorten(repr(right))}"


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"


class _Messages(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        test = node.test
        if node.msg is not None or not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return node
        # The sides are evaluated once, in their order, and kept under names that no program has.
        test.left = ast.NamedExpr(ast.Name("@left", ast.Store()), test.left)
        test.comparators = [ast.NamedExpr(ast.Name("@right", ast.Store()), test.comparators[0])]
        kept = [ast.Name("@left", ast.Load()), ast.Name("@right", ast.Load())]
        node.msg = ast.Call(ast.Name(HELPER, ast.Load()), kept, [])
        return node
