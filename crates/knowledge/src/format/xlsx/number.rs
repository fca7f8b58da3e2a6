//! Shows a number as its format has it (ECMA-376, part 1, 18.8.31): decimals, percent, currency, dates.

use chrono::{Duration, NaiveDate, NaiveDateTime};

use super::pattern::{self, DECIMALS_MAX, Place};

/// Shows a number by the code of its format. Dates are shown as ISO 8601 has them, which everybody reads alike.
pub(super) fn shown(value: f64, code: &str, from_1904: bool) -> String {
    let sections: Vec<&str> = sections(code);
    let (section, has_own_sign) = chosen(value, &sections);
    if sections.len() > 1 && shows_nothing(section) {
        return String::new();
    }
    let parts = Parts::of(section);
    if parts.is_date {
        return date(value, &parts, from_1904).unwrap_or_else(|| general(value));
    }
    let sign = if value < 0.0 && !has_own_sign { "-" } else { "" };
    if parts.is_general {
        return format!("{sign}{}{}{}", parts.before, general(value.abs()), parts.after).trim().to_owned();
    }
    if parts.digits.is_empty() {
        return match parts.before.trim().is_empty() {
            true => general(value),
            // The format shows a text in the place of the number.
            false => format!("{}{}", parts.before, parts.after).trim().to_owned(),
        };
    }
    let number = pattern::digits(half_up(value.abs() * parts.factor, &parts.digits), &parts.digits);
    format!("{sign}{}{number}{}", parts.before, parts.after).trim().to_owned()
}

/// Returns true if a format shows no text: the fourth section is for texts.
pub(super) fn hides_text(code: &str) -> bool {
    sections(code).get(3).is_some_and(|section| shows_nothing(section))
}

/// Returns true for a section of empty literals and spaces alone.
fn shows_nothing(section: &str) -> bool {
    section.replace("\"\"", "").trim().is_empty()
}

/// Chooses the section for a value, and tells if it shows the sign of a negative one itself.
fn chosen<'a>(value: f64, sections: &[&'a str]) -> (&'a str, bool) {
    let conditions: Vec<Option<Condition>> = sections.iter().take(2).map(|section| Condition::of(section)).collect();
    if conditions.iter().any(Option::is_some) {
        let holds = |condition: &Option<Condition>| condition.as_ref().is_none_or(|condition| condition.holds(value));
        let at = conditions.iter().position(holds).unwrap_or(sections.len().min(3) - 1);
        return (sections[at], false);
    }
    match sections {
        [_, negative, _, ..] if value < 0.0 => (negative, true),
        [_, negative] if value < 0.0 && !negative.is_empty() => (negative, true),
        [_, _, zero, ..] if value == 0.0 => (zero, false),
        [first, ..] => (first, false),
        [] => ("General", false),
    }
}

/// A condition such as `[<=9999999]` at the begin of a section.
#[derive(Debug, PartialEq)]
struct Condition {
    sign: &'static str,
    limit: f64,
}

impl Condition {
    fn of(section: &str) -> Option<Condition> {
        section.split('[').skip(1).filter_map(|part| part.split_once(']')).find_map(|(inner, _)| {
            let sign = ["<=", ">=", "<>", "<", ">", "="].into_iter().find(|sign| inner.starts_with(sign))?;
            Some(Condition { sign, limit: inner[sign.len()..].trim().parse().ok()? })
        })
    }

    fn holds(&self, value: f64) -> bool {
        match self.sign {
            "<=" => value <= self.limit,
            ">=" => value >= self.limit,
            "<>" => value != self.limit,
            "<" => value < self.limit,
            ">" => value > self.limit,
            _ => value == self.limit,
        }
    }
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
    digits: Vec<Place>,
    after: String,
    factor: f64,
    /// True if the number is shown with as many digits as it has.
    is_general: bool,
    is_date: bool,
    has_day: bool,
    has_time: bool,
}

impl Parts {
    fn of(section: &str) -> Parts {
        let mut parts = Parts { factor: 1.0, ..Parts::default() };
        let mut rest = section;
        while let Some(c) = rest.chars().next() {
            let word = rest.get(..GENERAL.len()).filter(|word| word.eq_ignore_ascii_case(GENERAL));
            rest = &rest[word.map_or(c.len_utf8(), str::len)..];
            match c {
                _ if word.is_some() => parts.is_general = true,
                '"' => parts.literal(until(&mut rest, '"')),
                '\\' => parts.literal(&next(&mut rest)),
                // Space for a character, or one that fills the cell.
                '_' | '*' => drop(next(&mut rest)),
                '[' => parts.bracket(until(&mut rest, ']')),
                '%' => {
                    parts.factor *= 100.0;
                    parts.literal("%");
                }
                '0' | '#' | '?' => parts.place(Place::Digit(c)),
                '.' => parts.place(Place::Point),
                ',' => parts.place(Place::Comma),
                '@' => {}
                'y' | 'Y' | 'd' | 'D' => (parts.is_date, parts.has_day) = (true, true),
                'h' | 'H' | 's' | 'S' => (parts.is_date, parts.has_time) = (true, true),
                'm' | 'M' => parts.is_date = true,
                // Powers of ten and fractions are shown as the number they are.
                'E' | 'e' if rest.starts_with(['+', '-']) => (parts.is_general, rest) = (true, ""),
                '/' if !parts.digits.is_empty()
                    && rest.starts_with(|c: char| c.is_ascii_digit() || c == '#' || c == '?') =>
                {
                    (parts.is_general, rest) = (true, "");
                }
                c => parts.literal(c.encode_utf8(&mut [0; 4])),
            }
        }
        parts.end();
        parts
    }

    fn bracket(&mut self, inner: &str) {
        match inner.strip_prefix('$') {
            Some(currency) => self.literal(currency.split('-').next().unwrap_or_default()),
            None if matches!(inner.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss") => {
                (self.is_date, self.has_time) = (true, true);
            }
            None => {}
        }
    }

    /// Adds a place of the number. A text between two digits is part of their pattern.
    fn place(&mut self, place: Place) {
        if !self.after.is_empty() && matches!(place, Place::Digit(_)) {
            self.digits.push(Place::Text(std::mem::take(&mut self.after)));
        }
        match (&place, self.after.is_empty()) {
            (Place::Point | Place::Comma, false) => self.literal(if place == Place::Point { "." } else { "," }),
            _ => self.digits.push(place),
        }
    }

    fn literal(&mut self, text: &str) {
        let is_begin = self.digits.is_empty() && !self.is_general;
        if is_begin { self.before.push_str(text) } else { self.after.push_str(text) }
    }

    fn end(&mut self) {
        while self.digits.last() == Some(&Place::Comma) {
            self.digits.pop();
            self.factor /= 1_000.0;
        }
        if self.is_general || !self.digits.iter().any(|place| matches!(place, Place::Digit(_))) {
            self.digits.clear();
        }
    }
}

/// The format that shows a number as it is.
const GENERAL: &str = "General";

fn next(rest: &mut &str) -> String {
    let first = rest.chars().next().map(String::from).unwrap_or_default();
    *rest = &rest[first.len()..];
    first
}

/// Takes what stands before `end`, and `end`.
fn until<'a>(rest: &mut &'a str, end: char) -> &'a str {
    let (inner, after) = rest.split_once(end).unwrap_or((rest, ""));
    *rest = after;
    inner
}

/// Moves a value by so little that a half that was written is not below it.
fn half_up(value: f64, places: &[Place]) -> f64 {
    let exact: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    exact + exact.abs() * f64::EPSILON * if pattern::decimals(places) < DECIMALS_MAX { 2.0 } else { 0.0 }
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
            (1299.5, "\"CHF\" #'##0.00", "CHF 1'299.50"),
            (99.5, "#'##0.00", "99.50"),
            (1_234_567.0, "#'##0", "1234'567"),
            (5_551_234.0, "000-0000", "555-1234"),
            (5_550_101_234.0, "(000) 000-0000", "(555) 010-1234"),
            (10_203.0, "00-00-00", "01-02-03"),
            (5_551_234_567.0, "[<=9999999]###-####;(###) ###-####", "(555) 123-4567"),
            (5_551_234.0, "[<=9999999]###-####;(###) ###-####", "555-1234"),
            (123_456_789.0, "00000-0000", "12345-6789"),
            (123_456_789.0, "000-00-0000", "123-45-6789"),
            (30.0, "[>40]\"many\";\"few\"", "few"),
            (50.0, "[Red][>40]\"many\";\"few\"", "many"),
            (12.5, "General\" kg\"", "12.5 kg"),
            (12.5, "General\\ \"pcs\"", "12.5 pcs"),
            (-12.5, "General\" kg\"", "-12.5 kg"),
            (1.5, "# ?/?", "1.5"),
            (1_234.5, "#,##0.0 \"h, net.\"", "1,234.5 h, net."),
            (0.125, "0.000", "0.125"),
            (0.0, "_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"??_);_(@_)", "$-"),
            (0.0, "#,###", ""),
            (0.5, "#.##", "0.5"),
            (-7.0, "0;", "-7"),
            (99.0, "\"\";\"\";\"\";\"\"", ""),
            (0.0, "0;-0;\"\";@", ""),
            (0.0, "0;-0; ;@", ""),
            (99.0, ";;;", ""),
            (0.0, "0;-0;;@", ""),
            (-7.0, "0;;0", ""),
            (1_234_567.891, "#,##0.0#", "1,234,567.89"),
        ];
        for (value, code, expected) in cases {
            assert_eq!(shown(value, code, false), expected, "{value} as {code}");
        }
        assert_eq!(shown(0.0, "yyyy", true), "1904-01-01");
        assert!(hides_text(";;;") && !hides_text("0;-0;;@"));
        assert!(!shown(f64::MAX, "yyyy-mm-dd", false).is_empty());
    }
}
