//! Conversion of byte lists to one parameter. Other lists are not one parameter.

use std::borrow::Cow;

use crate::value::Value;

/// The element type of a list that is one parameter.
///
/// If `u8` were the only implementation, the compiler would infer bytes for `vec![1, 2, 3]`, and
/// `IN (?)` would find nothing. The second implementation for `i128`, which can't be sent, makes
/// the inference ambiguous. The compiler then falls back to `i32` and reports the missing
/// implementation.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` can't be one parameter",
    label = "only a list of bytes can be one parameter",
    note = "a list for `IN (?)` is `wasmysql::in_list(&values)`",
    note = "write bytes as `b\"...\"`, `[1u8, 2]` or `vec![1u8, 2]`"
)]
pub trait Byte: Copy {
    /// Evaluating this constant for a type other than `u8` is a compile error.
    const IS_A_BYTE: ();

    /// Returns the bytes of a list.
    fn bytes(list: Cow<'_, [Self]>) -> Vec<u8>;
}

impl Byte for u8 {
    const IS_A_BYTE: () = ();

    fn bytes(list: Cow<'_, [u8]>) -> Vec<u8> {
        list.into_owned()
    }
}

impl Byte for i128 {
    const IS_A_BYTE: () = panic!("a list of i128 can't be one parameter");

    fn bytes(_: Cow<'_, [i128]>) -> Vec<u8> {
        Vec::new()
    }
}

fn value<T: Byte>(list: Cow<'_, [T]>) -> Value {
    const { T::IS_A_BYTE };
    Value::Bytes(T::bytes(list))
}

impl<T: Byte> From<Vec<T>> for Value {
    fn from(list: Vec<T>) -> Self {
        value(Cow::Owned(list))
    }
}

impl<T: Byte> From<&Vec<T>> for Value {
    fn from(list: &Vec<T>) -> Self {
        value(Cow::Borrowed(list))
    }
}

impl<T: Byte> From<Box<[T]>> for Value {
    fn from(list: Box<[T]>) -> Self {
        value(Cow::Owned(list.into()))
    }
}

impl<T: Byte> From<Cow<'_, [T]>> for Value {
    fn from(list: Cow<'_, [T]>) -> Self {
        value(list)
    }
}

impl<T: Byte> From<&[T]> for Value {
    fn from(list: &[T]) -> Self {
        value(Cow::Borrowed(list))
    }
}

impl<T: Byte, const N: usize> From<[T; N]> for Value {
    fn from(list: [T; N]) -> Self {
        value(Cow::Borrowed(&list))
    }
}

impl<T: Byte, const N: usize> From<&[T; N]> for Value {
    fn from(list: &[T; N]) -> Self {
        value(Cow::Borrowed(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_lists_of_every_type_become_bytes() {
        let expected = Value::Bytes(vec![1, 2]);
        let list: Vec<u8> = vec![1, 2];
        assert_eq!(Value::from(&list), expected);
        assert_eq!(Value::from(list.as_slice()), expected);
        assert_eq!(Value::from(list.clone().into_boxed_slice()), expected);
        assert_eq!(Value::from(Cow::Borrowed(list.as_slice())), expected);
        assert_eq!(Value::from(list), expected);
        assert_eq!(Value::from([1u8, 2]), expected);
        assert_eq!(Value::from(b"\x01\x02"), expected);
        assert_eq!(Value::from(Some(vec![1u8, 2])), expected);
    }
}
