//! Named parameters.

use std::borrow::Cow;

use crate::parameter::{Param, Parameter, Parameters};
use crate::params::Params;

/// Named parameters, for statements with `:name` placeholders. Create them with
/// [`named!`](crate::named), or collect them from pairs.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, NamedParams, Result};
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let filters = vec![("origin", "JFK"), ("carrier", "B6")];
/// let params: NamedParams = filters.into_iter().collect();
/// let sql = "SELECT COUNT(*) FROM flights WHERE origin = :origin AND carrier = :carrier";
/// let count: u64 = conn.query_scalar(sql, params).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NamedParams(Vec<(Cow<'static, str>, Parameter)>);

impl Params for NamedParams {
    fn names(&self) -> Option<Vec<&str>> {
        Some(self.0.iter().map(|(name, _)| &**name).collect())
    }

    fn append_to(self, parameters: &mut Parameters) {
        parameters.extend(self.0.into_iter().map(|(_, parameter)| parameter));
    }
}

impl<N: Into<Cow<'static, str>>, V: Param> FromIterator<(N, V)> for NamedParams {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into_parameter())).collect())
    }
}

impl<N: Into<Cow<'static, str>>, V: Param> Extend<(N, V)> for NamedParams {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, pairs: I) {
        self.0.extend(pairs.into_iter().map(|(name, value)| (name.into(), value.into_parameter())));
    }
}

/// Creates named parameters from `name: value`, or from `name` for a variable of that name.
///
/// A statement can use each `:name` placeholder any number of times. Parameters that the statement
/// does not use are not sent.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, Result, named};
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let origin = "JFK";
/// let delayed = conn
///     .query_scalar::<u64>(
///         "SELECT COUNT(*) FROM flights WHERE origin = :origin AND (dep_delay > :delay OR arr_delay > :delay)",
///         named! { origin, delay: 30 },
///     )
///     .await?;
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! named {
    (@value $name:ident) => { $name };
    (@value $name:ident $value:expr) => { $value };
    ($($name:ident $(: $value:expr)?),* $(,)?) => {
        <$crate::NamedParams as ::core::iter::FromIterator<(&'static str, $crate::Parameter)>>::from_iter([
            $((stringify!($name).trim_start_matches("r#"), $crate::Param::into_parameter($crate::named!(@value $name $($value)?)))),*
        ])
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn macro_and_extend_keep_names_and_values() {
        let (name, r#type) = ("Ada", None::<u8>);
        let mut params = named! { name, year: "x".len(), r#type, };
        params.extend([("x", 0.5)]);
        assert_eq!(params.names(), Some(vec!["name", "year", "type", "x"]));
        let mut parameters = Parameters::default();
        params.append_to(&mut parameters);
        assert_eq!(parameters.into_values().unwrap(), ["Ada".into(), 1usize.into(), Value::Null, 0.5.into()]);
        assert_eq!(named! {}.names(), Some(vec![]));
    }
}
