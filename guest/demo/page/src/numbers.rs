//! Numbers as texts for readers.

/// The text of a number that is unknown.
pub(crate) const UNKNOWN: &str = "–";

/// Formats a number with a comma between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    in_groups(&number.to_string())
}

/// Formats a value without digits after the point.
pub(crate) fn whole(value: f64) -> String {
    let digits = in_groups(&format!("{:.0}", value.abs()));
    if value <= -0.5 { format!("−{digits}") } else { digits }
}

fn in_groups(digits: &str) -> String {
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a part of a number as a percentage.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { UNKNOWN.to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}

/// Formats a mean with one digit after the point.
pub(crate) fn mean(value: Option<f64>) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), |value| signed(&format!("{value:.1}")))
}

/// Formats a delay in minutes.
pub(crate) fn delay(minutes: i16) -> String {
    if minutes > 0 { format!("+{minutes}") } else { signed(&minutes.to_string()) }
}

/// Returns a noun with its number.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// Replaces the hyphen by a minus, which has the width of a digit, and removes the sign of zero.
fn signed(digits: &str) -> String {
    match digits {
        "-0.0" => "0.0".to_owned(),
        digits => digits.replace('-', "−"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!([0, 999, 27_004].map(grouped), ["0", "999", "27,004"]);
        assert_eq!([-1_000.0, -0.2, 0.0, 20.0].map(whole), ["−1,000", "0", "0", "20"]);
        assert_eq!([percent(1, 3), percent(0, 0)], ["33.3 %", UNKNOWN]);
        assert_eq!([Some(10.0), Some(-0.04), Some(-3.25), None].map(mean), ["10.0", "0.0", "−3.2", UNKNOWN]);
        assert_eq!([12, 0, -4].map(delay), ["+12", "0", "−4"]);
        assert_eq!([counted(1, "flight"), counted(1_000, "flight")], ["1 flight", "1,000 flights"]);
    }
}
