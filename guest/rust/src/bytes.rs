//! Lists that are one parameter: those of bytes, and no others.

use crate::value::Value;
use std::borrow::Cow;

/// What a list is of that is one parameter.
///
/// Were `u8` the only one, the numbers of `vec![1, 2, 3]` would be bytes too, and `IN (?)` would find nothing. With `i128`, which is not
/// sent either, the compiler has a choice, takes them for `i32`, and says what it misses.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` is not one parameter",
    label = "only a list of bytes is",
    note = "`IN` takes a `?` and a value for each element: build the text with as many, and give the list itself as the parameters",
    note = "bytes are written `b\"...\"`, `[1u8, 2]` or `vec![1u8, 2]`"
)]
pub trait Byte: Copy {
    /// Never read where it is no byte: then it is the compiler's error.
    const IS_A_BYTE: ();

    /// The bytes of a list.
    fn bytes(list: Cow<'_, [Self]>) -> Vec<u8>;
}

impl Byte for u8 {
    const IS_A_BYTE: () = ();

    fn bytes(list: Cow<'_, [u8]>) -> Vec<u8> {
        list.into_owned()
    }
}

impl Byte for i128 {
    const IS_A_BYTE: () = panic!("a list of i128 is not one parameter");

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
    fn lists_of_bytes_are_bytes_in_every_form() {
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
