//! Parses the text of decimal numbers, and finds the DECIMAL type that holds them.

/// The maximum number of digits of a DECIMAL, before and after the point (MariaDB and MySQL).
const DIGITS: i64 = 65;
/// The maximum number of digits after the point (MariaDB; MySQL allows 30).
const SCALE: i64 = 38;

/// Returns the scale of the DECIMAL(65, scale) that holds the number exactly. Trailing zeros of the
/// text are kept if they fit. Returns an error message if the text is not a decimal number, or if
/// no DECIMAL holds the number.
pub(crate) fn scale(text: &str) -> Result<u8, &'static str> {
    let parts = parts(text).ok_or("a decimal must be digits with at most one point, a sign and an exponent")?;
    let digits = || parts.integer.bytes().chain(parts.fraction.bytes());
    let count = (parts.integer.len() + parts.fraction.len()) as i64;
    // The position of the point among the digits, after the exponent is applied.
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

/// The parts of a written number, without its sign.
struct Parts<'t> {
    integer: &'t str,
    fraction: &'t str,
    /// Clamped to `FAR`, which is far beyond the digits of any text.
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
    fn scale_follows_the_text() {
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
    fn text_that_is_not_a_decimal_is_rejected() {
        for text in ["", "-", ".", "1.2.3", "1,5", " 1", "NaN", "1e", "1e+", "0x10", "1'", "1e1.5", "--1"] {
            assert!(scale(text).is_err_and(|defect| defect.starts_with("a decimal must")), "{text}");
        }
    }

    #[test]
    fn numbers_beyond_decimal_65_38_are_rejected() {
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
