//! Shows a number as its format has it (ECMA-376, part 1, 18.8.31): decimals, percent, currency, dates.

use chrono::{Duration, NaiveDate, NaiveDateTime};

/// The most decimals that are shown.
const DECIMALS_MAX: usize = 15;

/// Shows a number by the code of its format. Dates are shown as ISO 8601 has them, which everybody reads alike.
pub(super) fn shown(value: f64, code: &str, from_1904: bool) -> String {
    let sections: Vec<&str> = sections(code);
    let section = match sections.as_slice() {
        [_, negative, ..] if value < 0.0 && !negative.is_empty() => negative,
        [_, _, zero, ..] if value == 0.0 => zero,
        [first, ..] => first,
        [] => "General",
    };
    let has_own_sign = sections.len() > 1 && value < 0.0;
    let parts = Parts::of(section);
    if parts.is_date {
        return date(value, &parts, from_1904).unwrap_or_else(|| general(value));
    }
    if parts.digits.is_empty() {
        return match parts.before.trim().is_empty() {
            true => general(value),
            // The format shows a text in the place of the number.
            false => format!("{}{}", parts.before, parts.after).trim().to_owned(),
        };
    }
    let sign = if value < 0.0 && !has_own_sign { "-" } else { "" };
    let number = digits(value.abs() * parts.factor, &parts.digits);
    format!("{sign}{}{number}{}", parts.before, parts.after).trim().to_owned()
}

/// Shows a number without a format: at most 15 digits, as far as the value has them.
pub(super) fn general(value: f64) -> String {
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    format!("{rounded}")
}

/// Splits a code at the semicolons outside of quotes.
fn sections(code: &str) -> Vec<&str> {
    let (mut sections, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in code.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => {
                sections.push(&code[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    sections.push(&code[start..]);
    sections
}

/// A section of a code, taken apart.
#[derive(Debug, Default)]
struct Parts {
    before: String,
    digits: String,
    after: String,
    factor: f64,
    is_date: bool,
    has_day: bool,
    has_time: bool,
}

impl Parts {
    fn of(section: &str) -> Parts {
        let mut parts = Parts { factor: 1.0, ..Parts::default() };
        if section.trim().eq_ignore_ascii_case("general") {
            return parts;
        }
        let mut chars = section.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => {
                    let literal: String = chars.by_ref().take_while(|c| *c != '"').collect();
                    parts.literal(&literal);
                }
                '\\' => parts.literal(&chars.next().map(String::from).unwrap_or_default()),
                // Space for a character, or one that fills the cell.
                '_' | '*' => drop(chars.next()),
                '[' => {
                    let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    match inner.strip_prefix('$') {
                        Some(currency) => parts.literal(currency.split('-').next().unwrap_or_default()),
                        None if matches!(inner.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss") => {
                            (parts.is_date, parts.has_time) = (true, true);
                        }
                        None => {}
                    }
                }
                '%' => {
                    parts.factor *= 100.0;
                    parts.literal("%");
                }
                '0' | '#' | '?' | '.' | ',' if parts.after.trim().is_empty() => parts.digits.push(c),
                '0' | '#' | '?' | '@' => {}
                'y' | 'Y' | 'd' | 'D' => (parts.is_date, parts.has_day) = (true, true),
                'h' | 'H' | 's' | 'S' => (parts.is_date, parts.has_time) = (true, true),
                'm' | 'M' => parts.is_date = true,
                'E' | 'e' => {
                    // Powers of ten are shown as the number they are.
                    parts.digits.clear();
                    return parts;
                }
                c => parts.literal(&c.to_string()),
            }
        }
        while parts.digits.ends_with(',') {
            parts.digits.pop();
            parts.factor /= 1_000.0;
        }
        if !parts.digits.contains(['0', '#', '?']) {
            parts.digits.clear();
        }
        parts
    }

    fn literal(&mut self, text: &str) {
        if self.digits.is_empty() { self.before.push_str(text) } else { self.after.push_str(text) }
    }
}

/// Shows a number that is not negative by a pattern such as `#,##0.00`.
fn digits(value: f64, pattern: &str) -> String {
    let (whole, decimals) = pattern.split_once('.').unwrap_or((pattern, ""));
    let most = decimals.chars().filter(|c| matches!(c, '0' | '#' | '?')).count().min(DECIMALS_MAX);
    let least = decimals.chars().filter(|c| *c == '0').count().min(most);
    // Excel rounds halves up, as they are written: 2.675 is shown as 2.68.
    let text = format!("{:.most$}", half_up(value, most));
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let width = whole.chars().filter(|c| *c == '0').count();
    let mut integer = format!("{integer:0>width$}");
    if whole.contains(',') {
        integer = grouped(&integer);
    }
    let shown = fraction.trim_end_matches('0').len().max(least);
    match &fraction[..shown.min(fraction.len())] {
        "" => integer,
        fraction => format!("{integer}.{fraction}"),
    }
}

/// Moves a value by so little that a half that was written is not below it.
fn half_up(value: f64, decimals: usize) -> f64 {
    let exact: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    exact + exact.abs() * f64::EPSILON * if decimals < DECIMALS_MAX { 2.0 } else { 0.0 }
}

fn grouped(integer: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in integer.chars().enumerate() {
        if at > 0 && (integer.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Shows the day that a number counts, with the time of the day in its fraction.
fn date(value: f64, parts: &Parts, from_1904: bool) -> Option<String> {
    // Excel counts the 29 February 1900, which there was not, so that the days before it are one day off.
    let (year, month, day) = if from_1904 { (1904, 1, 1) } else { (1899, 12, 30) };
    let seconds = (value * 86_400.0).round();
    let first = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(0, 0, 0)?;
    let at: NaiveDateTime = first.checked_add_signed(Duration::try_seconds(seconds as i64)?)?;
    let has_day = parts.has_day || !parts.has_time;
    let format = match (has_day, parts.has_time) {
        (true, true) => "%Y-%m-%d %H:%M",
        (true, false) => "%Y-%m-%d",
        (false, _) if value >= 1.0 => {
            return Some(format!("{}:{:02}", seconds as i64 / 3_600, seconds as i64 / 60 % 60));
        }
        (false, _) => "%H:%M",
    };
    Some(at.format(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_their_format_has_them() {
        let cases = [
            (19.99, "General", "19.99"),
            (0.1 + 0.2, "General", "0.3"),
            (1299.0, "#,##0.00", "1,299.00"),
            (0.19, "0%", "19%"),
            (0.195, "0.0%", "19.5%"),
            (19.5, "\"$\"#,##0.00", "$19.50"),
            (1299.5, "#,##0.00\\ [$€-407]", "1,299.50 €"),
            (-5.0, "0.00;[Red]-0.00", "-5.00"),
            (-5.0, "#,##0_);(#,##0)", "(5)"),
            (-5.0, "0", "-5"),
            (2.675, "0.00", "2.68"),
            (7.0, "000", "007"),
            (3.5, "0.0## \"kg\"", "3.5 kg"),
            (0.0, "0;-0;\"free\"", "free"),
            (1_500_000.0, "0.0,,\"M\"", "1.5M"),
            (45_292.0, "m/d/yyyy", "2024-01-01"),
            (45_292.75, "dd.mm.yyyy hh:mm", "2024-01-01 18:00"),
            (0.375, "h:mm AM/PM", "09:00"),
            (1.5, "[h]:mm", "36:00"),
            (1e15, "0.00E+00", "1000000000000000"),
        ];
        for (value, code, expected) in cases {
            assert_eq!(shown(value, code, false), expected, "{value} as {code}");
        }
        assert_eq!(shown(0.0, "yyyy", true), "1904-01-01");
        assert!(!shown(f64::MAX, "yyyy-mm-dd", false).is_empty());
    }
}
