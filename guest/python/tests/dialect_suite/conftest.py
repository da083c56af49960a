"""Loads SQLAlchemy's own plugin for pytest, which runs its dialect suite."""

import pytest

pytest.register_assert_rewrite("sqlalchemy.testing.assertions")

from sqlalchemy.testing.plugin.pytestplugin import *  # noqa: E402, F403
