//! The text of a decimal number, and how much of a DECIMAL it needs.

/// Digits of a DECIMAL, before and after the point together (MariaDB and MySQL).
const DIGITS: i64 = 65;
/// Digits after the point (MariaDB; MySQL ends at 30).
const SCALE: i64 = 38;

/// What is wrong with a text that should be a decimal number, if anything; else the scale of the smallest DECIMAL(65, scale) that
/// holds it exactly and keeps its zeros at the end where there is room for them.
pub(crate) fn scale(text: &str) -> Result<u8, &'static str> {
    let parts = parts(text).ok_or("a decimal must be digits with at most one point, a sign and an exponent")?;
    let digits = || parts.integer.bytes().chain(parts.fraction.bytes());
    let count = (parts.integer.len() + parts.fraction.len()) as i64;
    // Where the point stands among the digits once the exponent has moved it.
    let point = (parts.integer.len() as i64).saturating_add(parts.exponent);
    let Some(first) = digits().position(|digit| digit != b'0') else {
        return Ok(narrow((count - point).clamp(0, SCALE)));
    };
    let zeros_at_end = digits().rev().take_while(|digit| *digit == b'0').count() as i64;
    let integer_digits = (point.saturating_sub(first as i64)).max(0);
    let needed = (count - zeros_at_end).saturating_sub(point).max(0);
    if needed > SCALE || integer_digits.saturating_add(needed) > DIGITS {
        return Err("a DECIMAL has at most 65 digits, 38 of them after the point");
    }
    let wanted = count.saturating_sub(point).max(0);
    Ok(narrow(wanted.min(SCALE).min(DIGITS - integer_digits)))
}

/// A number as it is written, without its sign.
struct Parts<'t> {
    integer: &'t str,
    fraction: &'t str,
    /// Cut to what no digits can make up for.
    exponent: i64,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    const FAR: i64 = i64::MAX / 4;
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if integer.len() + fraction.len() == 0 || !are_digits(integer) || !are_digits(fraction) {
        return None;
    }
    let exponent = match exponent {
        None => 0,
        Some(exponent) => {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if digits.is_empty() || !are_digits(digits) {
                return None;
            }
            let far = if exponent.starts_with('-') { -FAR } else { FAR };
            exponent.parse::<i64>().map_or(far, |exponent| exponent.clamp(-FAR, FAR))
        }
    };
    Some(Parts { integer, fraction, exponent })
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn narrow(scale: i64) -> u8 {
    u8::try_from(scale).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_the_scale_of_their_text() {
        for (text, expected) in [
            ("0", 0),
            ("-1.50", 2),
            ("+.5", 1),
            ("5.", 0),
            ("1e10", 0),
            ("1.5E-3", 4),
            ("15e-1", 1),
            ("0.0e9", 0),
            ("0e-99999999999999999999", 38),
            ("0e99999999999999999999", 0),
            ("000001.5", 1),
            ("99999999999999999999999999999999999.999999999999999999999999999999", 30),
            ("1.00000000000000000000000000000000000000000000", 38),
            ("100000000000000000000000000000000000000000000000000000000000000.00000", 2),
            ("1e64", 0),
        ] {
            assert_eq!(scale(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_decimal_is_refused() {
        for text in ["", "-", ".", "1.2.3", "1,5", " 1", "NaN", "1e", "1e+", "0x10", "1'", "1e1.5", "--1"] {
            assert!(scale(text).is_err_and(|defect| defect.starts_with("a decimal must")), "{text}");
        }
    }

    #[test]
    fn numbers_that_no_decimal_holds_are_refused() {
        for text in [
            "1e65",
            "1e-39",
            "9e99999999999999999999",
            "9e-99999999999999999999",
            "1234567890123456789012345678.12345678901234567890123456789012345678",
        ] {
            assert!(scale(text).is_err_and(|defect| defect.starts_with("a DECIMAL has")), "{text}");
        }
    }
}
