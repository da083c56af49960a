//! The parameters of a statement.

use crate::value::Value;

/// The parameters of one statement, one for each `?`: `()`, a tuple, an array, a slice or a vector.
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
/// ```
pub trait Params {
    /// Appends the parameters, in order.
    fn append_to(self, values: &mut Vec<Value>);
}

impl Params for () {
    fn append_to(self, _: &mut Vec<Value>) {}
}

impl<T: Into<Value>, const N: usize> Params for [T; N] {
    fn append_to(self, values: &mut Vec<Value>) {
        values.extend(self.into_iter().map(Into::into));
    }
}

impl<T: Into<Value>> Params for Vec<T> {
    fn append_to(self, values: &mut Vec<Value>) {
        values.extend(self.into_iter().map(Into::into));
    }
}

impl<T: Into<Value> + Clone> Params for &[T] {
    fn append_to(self, values: &mut Vec<Value>) {
        values.extend(self.iter().cloned().map(Into::into));
    }
}

impl<T: Into<Value> + Clone, const N: usize> Params for &[T; N] {
    fn append_to(self, values: &mut Vec<Value>) {
        self.as_slice().append_to(values);
    }
}

impl<T: Into<Value> + Clone> Params for &Vec<T> {
    fn append_to(self, values: &mut Vec<Value>) {
        self.as_slice().append_to(values);
    }
}

macro_rules! tuple {
    ($($type:ident)+) => {
        impl<$($type: Into<Value>),+> Params for ($($type,)+) {
            fn append_to(self, values: &mut Vec<Value>) {
                #[expect(non_snake_case, reason = "a field is named as its type")]
                let ($($type,)+) = self;
                values.extend([$($type.into()),+]);
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

    fn values(params: impl Params) -> Vec<Value> {
        let mut values = Vec::new();
        params.append_to(&mut values);
        values
    }

    #[test]
    fn every_form_gives_its_values_in_order() {
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
