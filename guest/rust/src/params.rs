//! The parameters of a statement.

use crate::parameter::{Param, Parameters};

/// The parameters of one statement.
///
/// - For `?` placeholders: `()`, a tuple, an array, a slice or a vector, with one value for each
///   `?`.
/// - For `:name` placeholders: [`named!`](crate::named) or a struct with `#[derive(Params)]`, with
///   one value for each name.
///
/// Every type that implements `Into<Value>` can be a value. [`Decode`](crate::Decode) lists these
/// types. A list for `IN (?)` is [`in_list`](crate::in_list). No other list is one parameter,
/// except a list of bytes.
///
/// # Derive
///
/// A struct with `#[derive(Params)]` provides its fields as parameters, named like the fields. A
/// reference to the struct does the same. `#[param(rename = "...")]` sets another name, and
/// `#[param(skip)]` excludes a field. Unnamed fields are values for `?`, in order.
///
/// # Examples
///
/// ```
/// use wasmysql::{Params, Value};
///
/// fn takes(params: impl Params) {}
///
/// takes(());
/// takes((1, "one", None::<f64>));
/// takes([1, 2, 3]);
/// takes(vec![Value::Null, Value::from("x")]);
/// takes(wasmysql::named! { id: 1, name: "one" });
/// ```
///
/// A list that is not a list of bytes does not compile as one parameter:
///
/// ```compile_fail,E0277
/// # async fn example(conn: &mut wasmysql::Connection) -> wasmysql::Result<()> {
/// conn.query_all("SELECT name FROM airlines WHERE id IN (?)", (vec![1, 2, 3],)).await?;
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0277
/// wasmysql::named! { ids: [1, 2, 3] };
/// ```
///
/// A struct:
///
/// ```
/// # use wasmysql::{Connection, Result};
/// #[derive(wasmysql::Params)]
/// struct Airline {
///     carrier: String,
///     #[param(rename = "name")]
///     full_name: String,
/// }
///
/// # async fn example(conn: &mut Connection, airlines: Vec<Airline>) -> Result<()> {
/// let update = "UPDATE airlines SET name = :name WHERE carrier = :carrier";
/// conn.execute(update, &airlines[0]).await?;
/// conn.insert_many("airlines", &["carrier", "name"], airlines).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the parameters of a statement",
    note = "pass no parameters as (), one as (value,), several as (first, second), or derive wasmysql::Params"
)]
pub trait Params {
    /// Returns the names, in the order of `append_to`, or `None` if the values are for `?`
    /// placeholders.
    fn names(&self) -> Option<Vec<&str>> {
        None
    }

    /// Appends the parameters, in order.
    fn append_to(self, parameters: &mut Parameters);
}

impl Params for () {
    fn append_to(self, _: &mut Parameters) {}
}

impl<T: Param, const N: usize> Params for [T; N] {
    fn append_to(self, parameters: &mut Parameters) {
        parameters.extend(self);
    }
}

impl<T: Param> Params for Vec<T> {
    fn append_to(self, parameters: &mut Parameters) {
        parameters.extend(self);
    }
}

impl<T: Param + Clone> Params for &[T] {
    fn append_to(self, parameters: &mut Parameters) {
        parameters.extend(self.iter().cloned());
    }
}

impl<T: Param + Clone, const N: usize> Params for &[T; N] {
    fn append_to(self, parameters: &mut Parameters) {
        self.as_slice().append_to(parameters);
    }
}

impl<T: Param + Clone> Params for &Vec<T> {
    fn append_to(self, parameters: &mut Parameters) {
        self.as_slice().append_to(parameters);
    }
}

macro_rules! tuple {
    ($($type:ident)+) => {
        impl<$($type: Param),+> Params for ($($type,)+) {
            fn append_to(self, parameters: &mut Parameters) {
                #[expect(non_snake_case, reason = "each variable has the name of its type")]
                let ($($type,)+) = self;
                $(parameters.push($type);)+
            }
        }
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);
tuple!(A B C D E F G);
tuple!(A B C D E F G H);
tuple!(A B C D E F G H I);
tuple!(A B C D E F G H I J);
tuple!(A B C D E F G H I J K);
tuple!(A B C D E F G H I J K L);
tuple!(A B C D E F G H I J K L M);
tuple!(A B C D E F G H I J K L M N);
tuple!(A B C D E F G H I J K L M N O);
tuple!(A B C D E F G H I J K L M N O P);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn values(params: impl Params) -> Vec<Value> {
        let mut parameters = Parameters::default();
        params.append_to(&mut parameters);
        parameters.into_values().unwrap()
    }

    #[test]
    fn every_type_appends_its_values_in_order() {
        let expected = vec![Value::Signed(1), Value::Signed(2)];
        assert_eq!(values((1, 2)), expected);
        assert_eq!(values([1, 2]), expected);
        let array = [Value::Signed(1), Value::Signed(2)];
        assert_eq!(values(&array), expected);
        assert_eq!(array.to_vec(), expected);
        assert_eq!(values(vec![1, 2]), expected);
        assert_eq!(values(&expected), expected);
        assert_eq!(values(expected.as_slice()), expected);
        assert_eq!(values(()), vec![]);
        assert_eq!(values(("a", None::<i64>, 1.5)), vec!["a".into(), Value::Null, 1.5.into()]);
    }
}
