//! Dates and times as programs write them: RFC 3339, ISO 8601, RFC 2822, and the forms of C, Python and JavaScript.
//!
//! Seconds show that no person wrote them. An offset in them is therefore converted, where an offset that a person
//! names has to be the customer's.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

use super::token::Token;

/// The words of `Thu Dec 3 15:00:00 2026`.
const CTIME_WORDS: usize = 5;

/// Reads a whole phrase, in lower case, that a program wrote.
pub(super) fn whole(phrase: &str) -> Option<Token<'static>> {
    let words: Vec<&str> = phrase.split_whitespace().collect();
    if !words.iter().any(|word| has_seconds(word)) {
        return None;
    }
    let text = words.join(" ");
    // JavaScript repeats the offset's name in brackets.
    let script = text.split_once(" (").map_or(text.as_str(), |(script, _)| script);
    // Letters such as `CST` are several zones, whatever the standard says.
    let letters = script.split(' ').next_back().is_some_and(|zone| zone.chars().all(char::is_alphabetic));
    let mail = !letters || script.ends_with(" gmt") || script.ends_with(" utc") || script.ends_with(" z");
    let instant = (mail.then(|| DateTime::parse_from_rfc2822(&text).ok()).flatten())
        .or_else(|| DateTime::parse_from_str(script, "%a %b %d %Y %H:%M:%S gmt%z").ok())
        .or_else(|| unix_utc(&words));
    let local = || (words.len() == CTIME_WORDS).then(|| NaiveDateTime::parse_from_str(&text, "%a %b %d %H:%M:%S %Y"));
    instant.map(Token::Instant).or_else(|| local()?.ok().map(Token::Written))
}

/// Reads `Thu Dec 3 20:00:00 UTC 2026`, as the command `date` writes it.
fn unix_utc(words: &[&str]) -> Option<DateTime<FixedOffset>> {
    let [weekday, month, day, time, "utc" | "gmt", year] = words else { return None };
    let text = format!("{weekday}, {day} {month} {year} {time} +0000");
    DateTime::parse_from_rfc2822(&text).ok()
}

/// Moves the year of `Thu Dec 3 15:00:00 EST 2026`, as the command `date` writes it, behind the day.
pub(super) fn put_year_first(chunks: &mut [&str]) {
    let [_, _, _, rest @ ..] = chunks else { return };
    if let [time, _, year] = rest
        && has_seconds(time)
        && has_shape(year, "dddd")
        && year.len() == "dddd".len()
    {
        rest.rotate_right(1);
    }
}

/// Reads an instant or a local date and time at the front of a phrase's chunks: in one chunk, or with the time and the
/// offset in the next ones. Returns how many of `after` were used.
pub(super) fn at_front(chunk: &str, after: &[&str]) -> Option<(usize, Token<'static>)> {
    let chunk = trimmed(chunk);
    let one = |text: &str| instant(text).map(Token::Instant);
    if let Some(token) = one(chunk).or_else(|| written(chunk).map(Token::Written)) {
        return Some((0, token));
    }
    let [time, ..] = after else { return None };
    if !is_date(chunk) {
        return None;
    }
    if let ["12:00", "am", ..] = *after {
        return NaiveDate::parse_from_str(chunk, "%Y-%m-%d")
            .ok()
            .map(|day| (2, Token::Written(day.and_time(NaiveTime::MIN))));
    }
    let time = trimmed(time);
    let offset = after.get(1).copied().map(trimmed).filter(|offset| is_offset(offset) && has_seconds(time));
    let joined = |offset: &str| one(&format!("{chunk}t{time}{}", offset.replace("utc", "z").replace("gmt", "z")));
    let apart = offset.and_then(joined).map(|token| (2, token));
    // Without seconds, `13:00-14:00` is a period.
    let together = (has_seconds(time) || !time.contains('-')).then(|| joined("")).flatten();
    apart.or_else(|| together.map(|token| (1, token)))
}

fn trimmed(chunk: &str) -> &str {
    chunk.trim_end_matches([',', '.', '?', '!'])
}

fn has_seconds(text: &str) -> bool {
    let clock = text.split(['+', '-']).next().unwrap_or_default().trim_start_matches(|c: char| c != ':');
    clock.matches(':').count() == 2
}

fn is_date(text: &str) -> bool {
    has_shape(text, "dddd-dd-dd") && text.len() == "dddd-dd-dd".len()
}

fn is_offset(text: &str) -> bool {
    matches!(text, "utc" | "gmt" | "z")
        || ["+dddd", "-dddd", "+dd:dd", "-dd:dd"]
            .iter()
            .any(|shape| text.len() == shape.len() && has_shape(text, shape))
}

/// Reads an instant in RFC 3339, or in the other forms of ISO 8601: without seconds, without marks, with a short offset.
fn instant(chunk: &str) -> Option<DateTime<FixedOffset>> {
    let text = extended(chunk)?;
    let zoned = match text.strip_suffix('Z') {
        Some(local) => format!("{local}+00:00"),
        None if text
            .get(text.len().checked_sub(3)?..)
            .is_some_and(|end| has_shape(end, "+dd") || has_shape(end, "-dd")) =>
        {
            format!("{text}:00")
        }
        None => text,
    };
    let forms = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z"];
    forms.iter().find_map(|form| DateTime::parse_from_str(&zoned, form).ok())
}

/// Reads a local date and time in the same forms without an offset.
fn written(chunk: &str) -> Option<NaiveDateTime> {
    let text = extended(chunk)?;
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    forms.iter().find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())
}

/// Writes the date and the time with their marks. Rejects forms that chrono accepts beyond the standard, such as signs
/// and `2026-1-1T1:00`.
fn extended(chunk: &str) -> Option<String> {
    // ISO 8601 also has a comma before the parts of a second.
    let text = chunk.to_ascii_uppercase().replace(',', ".");
    if !text.is_ascii() {
        return None;
    }
    if has_shape(&text, "dddddddd") && text.as_bytes().get(8) == Some(&b'T') {
        let (date, time) = (&text[..8], &text[9..]);
        let digits = time.bytes().take_while(u8::is_ascii_digit).count();
        let clock = match digits {
            2 => format!("{}:00", &time[..2]),
            4 => format!("{}:{}", &time[..2], &time[2..4]),
            6 => format!("{}:{}:{}", &time[..2], &time[2..4], &time[4..6]),
            _ => return None,
        };
        return Some(format!("{}-{}-{}T{clock}{}", &date[..4], &date[4..6], &date[6..], &time[digits..]));
    }
    if text.len() == "dddd-dd-ddTdd".len() && has_shape(&text, "dddd-dd-ddTdd") {
        return Some(format!("{text}:00"));
    }
    has_shape(&text, "dddd-dd-ddTdd:dd").then_some(text)
}

/// Returns `true` if the text begins with this shape, in which `d` stands for a digit.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(c, kind): (char, char)| if kind == 'd' { c.is_ascii_digit() } else { c == kind };
    text.len() >= shape.len() && text.is_ascii() && text.chars().zip(shape.chars()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_programs_are_read() {
        let read = |text: &str| {
            let text = text.to_lowercase();
            let chunks: Vec<&str> = text.split_whitespace().collect();
            whole(&text).or_else(|| at_front(chunks[0], &chunks[1..]).map(|(_, token)| token))
        };
        let instant = Token::Instant("2026-12-03T20:00:00Z".parse().unwrap());
        for text in [
            "2026-12-03T20:00:00Z",
            "2026-12-03T15:00:00.000-05:00",
            "2026-12-03T20:00:00,000Z",
            "2026-12-03T15:00:00.000-0500",
            "2026-12-03T15:00-05",
            "20261203T200000Z",
            "2026-12-03 15:00:00-05:00",
            "2026-12-03 20:00:00+00:00",
            "2026-12-03 15:00:00 -0500",
            "2026-12-03 20:00:00 UTC",
            "2026-12-03 20:00Z",
            "Thu, 03 Dec 2026 20:00:00 GMT",
            "Thu, 3 Dec 2026 15:00:00 -0500",
            "Thu Dec 03 2026 15:00:00 GMT-0500 (Eastern Standard Time)",
            "Thu Dec  3 20:00:00 UTC 2026",
        ] {
            assert_eq!(read(text), Some(instant), "{text}");
        }
        let written = Token::Written("2026-12-03T15:00:00".parse().unwrap());
        for text in ["2026-12-03T15:00", "2026-12-03T15", "20261203T1500", "Thu Dec  3 15:00:00 2026"] {
            assert_eq!(read(text), Some(written), "{text}");
        }
        for text in [
            "2026-12-03 13:00-14:00",
            "2026-12-03 13:00",
            "Fri, 03 Dec 2026 20:00:00 GMT",
            "Thu, 03 Dec 2026 20:00:00 CST",
            "20261203",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
