"""The features of MySQL and MariaDB that SQLAlchemy's dialect suite asks for.

The suite assumes that a database has most features not. The features here are those that
SQLAlchemy's own tests assume for MySQL and MariaDB, for the servers that this project supports.
"""

import sqlalchemy
from sqlalchemy.testing import exclusions
from sqlalchemy.testing.requirements import SuiteRequirements
from wasmysql.dbapi.dialect import ISOLATION_LEVELS

#: Features of both servers.
BOTH = """
    aggregate_order_by autocommit boolean_col_expressions check_constraint_reflection
    comment_reflection computed_columns computed_columns_reflect_persisted computed_columns_stored
    computed_columns_virtual create_or_replace_view create_table_as create_temp_table_as
    cross_schema_fk_reflection ctes dbapi_lastrowid emulated_lastrowid
    emulated_lastrowid_even_with_sequences except_ expression_server_defaults
    fetch_offset_with_options fk_constraint_option_reflection_ondelete_noaction
    foreign_key_constraint_name_reflection foreign_key_constraint_option_reflection_ondelete
    foreign_key_constraint_option_reflection_onupdate foreign_keys_reflect_as_index
    indexes_check_column_order intersect isolation_level json_array_indexes json_type
    legacy_unconditional_json_extract mod_operator_as_percent_sign nvarchar_types
    order_by_collation order_by_label_with_expression percent_schema_names
    precision_numerics_enotation_small precision_numerics_many_significant_digits
    precision_numerics_retains_significant_digits reflect_table_options regexp_match
    regexp_replace savepoints schema_create_delete schemas server_defaults server_side_cursors
    skip_autocommit_rollback supports_bitwise_and supports_bitwise_or supports_bitwise_shift
    supports_bitwise_xor table_ddl_if_exists temp_table_comment_reflection temp_table_reflection
    temp_table_reflect_indexes temporary_tables tuple_in tuple_in_w_empty two_phase_transactions
    unicode_ddl unique_constraints_reflect_as_index unique_index_reflect_as_unique_constraints
    update_from view_column_reflection view_reflection views window_functions window_range
    window_range_numeric
"""

#: Features that SQLAlchemy uses since 2.0.
SINCE_2_0 = "datetime_literals has_temp_table"

#: Features of one of them.
MARIADB = """
    cast_precision_numerics_many_significant_digits ctes_with_values fetch_first
    fetch_no_order_by fetch_ties index_ddl_if_exists update_where_target_in_subquery uuid_data_type
"""
MYSQL = """
    fetch_expression fk_constraint_option_reflection_ondelete_restrict
    fk_constraint_option_reflection_onupdate_restrict json_index_supplementary_unicode_element
"""

#: Features that neither has, and that the suite assumes. Columns have a fraction of a second only
#: if they are declared so, FLOAT keeps 6 digits, VARCHAR needs a length, and LIMIT takes no
#: expressions.
NEITHER = """
    datetime_microseconds precision_generic_float_type sql_expression_limit_offset
    time_microseconds unbounded_varchar
"""


class Requirements(SuiteRequirements):
    """The features of the server under test."""

    def get_order_by_collation(self, config):
        return "utf8mb4_bin"

    def get_isolation_levels(self, config):
        return {"default": "REPEATABLE READ", "supported": ISOLATION_LEVELS}


def _is_mariadb(config):
    dialect = config.db.dialect
    return getattr(dialect, "is_mariadb", None) or dialect._is_mariadb


def _is_mysql(config):
    return not _is_mariadb(config)


def _declare(names, requirement):
    for name in names.split():
        setattr(Requirements, name, property(lambda self: requirement()))


_declare(BOTH, exclusions.open)
_declare(SINCE_2_0, exclusions.open if sqlalchemy.__version__ >= "2" else exclusions.closed)
_declare(MARIADB, lambda: exclusions.only_if(_is_mariadb, "not supported by MySQL"))
_declare(MYSQL, lambda: exclusions.only_if(_is_mysql, "not supported by MariaDB"))
_declare(NEITHER, exclusions.closed)
