//! One parameter of a statement: a value, or a list for `IN`.

use crate::error::{Error, Result};
use crate::value::Value;

/// A value, or a list from [`in_list`].
///
/// Every type that implements `Into<Value>` is a parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a parameter of a statement",
    note = "a list for `IN (?)` is wasmysql::in_list(&values); bytes are Vec<u8> or &[u8]"
)]
pub trait Param {
    /// Returns the parameter.
    fn into_parameter(self) -> Parameter;
}

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Value(Value),
    List(Vec<Value>),
}

impl<T: Into<Value>> Param for T {
    fn into_parameter(self) -> Parameter {
        Parameter(Kind::Value(self.into()))
    }
}

impl Param for Parameter {
    fn into_parameter(self) -> Parameter {
        self
    }
}

/// A list of values for `IN (?)`, from [`in_list`].
#[derive(Debug, Clone, PartialEq)]
pub struct InList(Vec<Value>);

impl Param for InList {
    fn into_parameter(self) -> Parameter {
        Parameter(Kind::List(self.0))
    }
}

/// Returns a list as one parameter, for `IN (?)` or `IN (:name)`.
///
/// The placeholder becomes one `?` for each value before the statement is sent. An empty list
/// becomes a subquery without rows, so that `IN` is false and `NOT IN` is true for every row.
///
/// A list works in every call that takes a statement as text. It is an `Argument` error with a
/// prepared statement and in `execute_many`, whose number of placeholders is fixed. The host caches
/// a prepared statement for each number of values. The grant limits the number of parameters (8,192
/// by default), and a call with more fails with `LimitExceeded`. Put that many values into a
/// temporary table.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, Result, in_list, named};
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let ids = vec![3, 5, 8];
/// conn.query_all("SELECT name FROM airlines WHERE id IN (?) AND name <> ?", (in_list(&ids), "Endeavor")).await?;
/// let params = named! { carriers: in_list(&["AA", "B6"]) };
/// conn.execute("DELETE FROM flights WHERE carrier NOT IN (:carriers)", params).await?;
/// # Ok(())
/// # }
/// ```
pub fn in_list<T: Into<Value> + Clone>(values: &[T]) -> InList {
    InList(values.iter().cloned().map(Into::into).collect())
}

/// The parameters of a statement, in order.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// The values, with NULL in place of each list.
    values: Vec<Value>,
    /// The lists and their positions in `values`, in order.
    lists: Vec<(usize, Vec<Value>)>,
}

impl Parameters {
    /// Appends a parameter.
    pub fn push(&mut self, parameter: impl Param) {
        match parameter.into_parameter().0 {
            Kind::Value(value) => self.values.push(value),
            Kind::List(list) => {
                self.lists.push((self.values.len(), list));
                self.values.push(Value::Null);
            }
        }
    }

    /// Returns parameters that begin with these values.
    pub(crate) fn after(values: Vec<Value>) -> Self {
        Self { values, lists: Vec::new() }
    }

    /// Returns the parameters one by one.
    pub(crate) fn into_parameters(self) -> impl Iterator<Item = Parameter> {
        let mut lists = self.lists.into_iter().peekable();
        self.values.into_iter().enumerate().map(move |(at, value)| {
            Parameter(match lists.next_if(|(position, _)| *position == at) {
                Some((_, list)) => Kind::List(list),
                None => Kind::Value(value),
            })
        })
    }

    /// Returns the values if there is no list.
    ///
    /// # Errors
    ///
    /// `Argument` if there is a list.
    pub(crate) fn into_values(self) -> Result<Vec<Value>> {
        if self.lists.is_empty() { Ok(self.values) } else { Err(fixed_placeholders()) }
    }

    /// Returns the values with the elements of the lists, and the lists' positions and lengths.
    pub(crate) fn expanded(self) -> (Vec<Value>, Vec<(usize, usize)>) {
        if self.lists.is_empty() {
            return (self.values, Vec::new());
        }
        let lengths = self.lists.iter().map(|(at, list)| (*at, list.len())).collect();
        let mut values = Vec::with_capacity(self.values.len());
        for parameter in self.into_parameters() {
            match parameter.0 {
                Kind::Value(value) => values.push(value),
                Kind::List(list) => values.extend(list),
            }
        }
        (values, lengths)
    }
}

impl<P: Param> Extend<P> for Parameters {
    fn extend<I: IntoIterator<Item = P>>(&mut self, parameters: I) {
        let parameters = parameters.into_iter();
        self.values.reserve(parameters.size_hint().0);
        parameters.for_each(|parameter| self.push(parameter));
    }
}

/// The error for a list where the number of placeholders can't change.
#[cold]
pub(crate) fn fixed_placeholders() -> Error {
    Error::argument(
        "a list from in_list needs a placeholder for each value, so it works only with the text of a statement that is \
         executed once, not with a prepared statement or with execute_many",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_expanded_between_values() {
        let mut parameters = Parameters::after(vec!["first".into()]);
        parameters.push(in_list(&[1, 2]));
        parameters.push(in_list::<i32>(&[]));
        parameters.push("last");
        assert_eq!(parameters.clone().into_values(), Err(fixed_placeholders()));
        let parts: Vec<_> = parameters.clone().into_parameters().collect();
        let again = parts.into_iter().fold(Parameters::default(), |mut all, part| {
            all.push(part);
            all
        });
        let (values, lists) = again.expanded();
        assert_eq!(values, ["first".into(), 1.into(), 2.into(), "last".into()]);
        assert_eq!(lists, [(1, 2), (2, 0)]);
    }
}
