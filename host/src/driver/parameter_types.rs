//! The parameter types that MySQL keeps for a prepared statement.
//!
//! MySQL derives the type of each parameter from the statement. If an execution sends other types,
//! MySQL prepares the statement again with these types, and keeps them. A later text is then
//! converted to a number, without an error. So the driver executes a statement only with the
//! parameter types of its first execution, and prepares it again for others. MySQL keeps the types
//! of user variables too, which the driver does not know. It executes such a statement once.

use mysql_async::Statement;
use mysql_async::consts::ColumnType;
use parking_lot::Mutex;

use crate::sql::{may_use_user_variables, only_assigns_values};
use crate::types::Value;

/// The most digits of a text that fits into every integer type that MySQL derives.
const INTEGER_DIGITS: usize = 18;

/// The parameter types of the executions of one prepared statement.
#[derive(Debug)]
pub(super) struct ParameterTypes {
    /// The types that MySQL has derived.
    derived: Box<[DerivedType]>,
    /// The statement uses user variables.
    uses_variables: bool,
    /// The placeholders only assign values to columns. NULL then fits all types, and the type that
    /// MySQL keeps for a text does not influence the result.
    assigns: bool,
    /// The types of the executions. `None` before the first execution.
    kept: Mutex<Option<Box<[SentType]>>>,
}

/// The type that MySQL has derived for a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DerivedType {
    Integer,
    Bit,
    Other,
}

/// The type that the driver sends for a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SentType {
    Null,
    Signed,
    Unsigned,
    Float,
    Double,
    Text,
    /// A text where MySQL expects an integer. If it is a number that does not fit, MySQL changes
    /// the type of the parameter to DECIMAL. It fits no later execution.
    Number,
    DateTime,
    Time,
}

impl ParameterTypes {
    /// Creates the types of a statement that was not executed yet. `sql` is its text.
    pub(super) fn new(statement: &Statement, sql: &str) -> Self {
        let derived = statement.params().iter().map(|param| derived_type(param.column_type())).collect();
        let (assigns, uses_variables) = (only_assigns_values(sql), may_use_user_variables(sql));
        Self { derived, uses_variables, assigns, kept: Mutex::default() }
    }

    /// Returns whether the server computes with the types of these parameters if it executes the
    /// statement. The caller checks the number of parameters.
    pub(super) fn accept(&self, params: &[Value]) -> bool {
        let kept = self.kept.lock();
        let Some(kept) = &*kept else { return true };
        if self.uses_variables {
            return false;
        }
        kept.len() != params.len() || kept.iter().zip(self.sent(params)).all(|(kept, sent)| self.fits(*kept, sent))
    }

    /// Records the types of an execution. It must be accepted.
    pub(super) fn keep(&self, params: &[Value]) {
        match &mut *self.kept.lock() {
            Some(kept) if self.assigns => {
                for (kept, sent) in kept.iter_mut().zip(self.sent(params)) {
                    if *kept == SentType::Null {
                        *kept = sent;
                    }
                }
            }
            Some(_) => {}
            kept => *kept = Some(self.sent(params).collect()),
        }
    }

    /// Returns whether no later execution is accepted.
    pub(super) fn are_spent(&self) -> bool {
        self.kept.lock().as_ref().is_some_and(|kept| self.uses_variables || kept.contains(&SentType::Number))
    }

    fn fits(&self, kept: SentType, sent: SentType) -> bool {
        let is_null = kept == SentType::Null || sent == SentType::Null;
        (kept == sent && kept != SentType::Number) || (self.assigns && is_null)
    }

    fn sent<'v>(&'v self, params: &'v [Value]) -> impl Iterator<Item = SentType> + 'v {
        params.iter().enumerate().map(|(index, value)| match value {
            Value::Null | Value::Raw(_) => SentType::Null,
            Value::Signed(_) => SentType::Signed,
            Value::Unsigned(_) => SentType::Unsigned,
            Value::Float(_) => SentType::Float,
            Value::Double(_) => SentType::Double,
            Value::Decimal(text) | Value::Text(text) if self.is_number(index, text.as_bytes()) => SentType::Number,
            Value::Bytes(bytes) if self.is_number(index, bytes) => SentType::Number,
            Value::Decimal(_) | Value::Text(_) | Value::Bytes(_) | Value::Date(_) => SentType::Text,
            Value::DateTime(_) => SentType::DateTime,
            Value::Time(_) => SentType::Time,
        })
    }

    fn is_number(&self, index: usize, text: &[u8]) -> bool {
        // A BIT column stores the bytes of a text, but the value of a number.
        let converts = match self.derived.get(index) {
            Some(DerivedType::Integer) => !self.assigns,
            Some(DerivedType::Bit) => true,
            Some(DerivedType::Other) | None => false,
        };
        converts && may_exceed_integers(text)
    }
}

/// Returns whether a text may be a number that some integer type can't represent. `false` for all
/// other texts.
fn may_exceed_integers(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let begins_number = text.first().is_some_and(|first| first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.'));
    begins_number && !(text.len() <= INTEGER_DIGITS && text.iter().all(u8::is_ascii_digit))
}

fn derived_type(ty: ColumnType) -> DerivedType {
    match ty {
        ColumnType::MYSQL_TYPE_TINY
        | ColumnType::MYSQL_TYPE_SHORT
        | ColumnType::MYSQL_TYPE_INT24
        | ColumnType::MYSQL_TYPE_LONG
        | ColumnType::MYSQL_TYPE_LONGLONG
        | ColumnType::MYSQL_TYPE_YEAR => DerivedType::Integer,
        ColumnType::MYSQL_TYPE_BIT => DerivedType::Bit,
        _ => DerivedType::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(derived: &[DerivedType], assigns: bool) -> ParameterTypes {
        ParameterTypes { derived: derived.into(), uses_variables: false, assigns, kept: Mutex::default() }
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn only_the_same_types_are_accepted() {
        let types = types(&[DerivedType::Other, DerivedType::Integer], false);
        assert!(types.accept(&[Value::Null, text("1.5")]), "not executed yet");
        types.keep(&[Value::Signed(1), text("x")]);
        assert!(types.accept(&[Value::Signed(-9), text("")]));
        assert!(types.accept(&[Value::Signed(-9), text(" 17 ")]));
        for params in [
            &[Value::Unsigned(1), text("x")][..],
            &[Value::Null, text("x")],
            &[Value::Signed(1), Value::Null],
            &[text("1"), text("x")],
            &[Value::Signed(1), text("1.5")],
        ] {
            assert!(!types.accept(params), "{params:?}");
        }
        assert!(!types.are_spent());
    }

    #[test]
    fn null_fits_every_type_of_an_assignment() {
        let types = types(&[DerivedType::Other], true);
        for value in [Value::Null, text("x"), Value::Null, text("1.5")] {
            assert!(types.accept(std::slice::from_ref(&value)), "{value:?}");
            types.keep(&[value]);
        }
        assert!(!types.accept(&[Value::Signed(1)]));
    }

    #[test]
    fn statement_with_user_variables_is_executed_once() {
        let types = ParameterTypes { uses_variables: true, ..types(&[], true) };
        assert!(types.accept(&[]) && !types.are_spent());
        types.keep(&[]);
        assert!(types.are_spent() && !types.accept(&[]));
    }

    #[test]
    fn number_in_a_text_for_an_integer_fits_no_later_execution() {
        for number in ["-1", "1.5", " .5", "+1", "12345678901234567890", "1e3"] {
            for types in [types(&[DerivedType::Integer], false), types(&[DerivedType::Bit], true)] {
                types.keep(&[text(number)]);
                assert!(types.are_spent() && !types.accept(&[text(number)]) && !types.accept(&[text("x")]), "{number}");
            }
        }
        for other in ["", "x", "1", " 123456789012345678"] {
            assert!(!may_exceed_integers(other.as_bytes()), "{other}");
        }
    }
}
