//! The tokens of a phrase, which the grammar matches on.

use chrono::{DateTime, FixedOffset, NaiveDateTime};

use super::error::Reason;
use crate::time_zone::iana::by_iana_name;

/// The longest phrase that is read: three times the longest that people and models send.
pub(super) const PHRASE_CHARS_MAX: usize = 120;
/// The longest number in a date or a time.
const DIGITS_MAX: usize = 8;

/// A part of a phrase, in lower case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A number, and the number of digits it was written with.
    Number(u32, usize),
    Word(&'a str),
    Mark(char),
    /// An instant such as `2026-12-01T13:00:00-05:00`.
    Instant(DateTime<FixedOffset>),
    /// A local date and time such as `2026-12-01T13:00:00`.
    Written(NaiveDateTime),
}

/// Normalises a phrase: trimmed, in lower case, with plain apostrophes and hyphens.
pub(super) fn normalise(words: &str) -> Result<String, Reason> {
    let words = words.trim();
    if words.chars().count() > PHRASE_CHARS_MAX {
        return Err(Reason::TooLong(PHRASE_CHARS_MAX));
    }
    let plain = words.chars().map(|c| match c {
        '’' | '‘' => '\'',
        '–' | '—' | '−' | '‐' | '‑' => '-',
        other => other,
    });
    Ok(plain.collect::<String>().to_lowercase())
}

/// Cuts a normalised phrase into tokens.
pub(super) fn tokens(phrase: &str) -> Result<Vec<Token<'_>>, Reason> {
    let mut tokens = Vec::new();
    let chunks = phrase.split(|c: char| c.is_whitespace() || "()[];".contains(c)).filter(|chunk| !chunk.is_empty());
    for chunk in chunks {
        match whole(chunk) {
            Some(token) => tokens.push(token),
            None => cut(chunk, &mut tokens)?,
        }
    }
    Ok(tokens)
}

/// Reads a chunk that is one token as a whole: an instant, a local date and time, or the IANA name of a zone.
fn whole(chunk: &str) -> Option<Token<'_>> {
    let chunk = chunk.trim_end_matches([',', '.']);
    if chunk.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let mixed = chunk.contains(|c: char| !c.is_alphabetic());
        let name = chunk.contains('/') || mixed && by_iana_name(chunk).is_some();
        return name.then_some(Token::Word(chunk));
    }
    instant(chunk).map(Token::Instant).or_else(|| written(chunk).map(Token::Written))
}

/// Reads an instant in RFC 3339, or the same form without seconds (ISO 8601).
pub(super) fn instant(chunk: &str) -> Option<DateTime<FixedOffset>> {
    let upper = chunk.to_ascii_uppercase();
    let zoned = upper.strip_suffix('Z').map(|local| format!("{local}+00:00")).unwrap_or(upper);
    well_formed(&zoned)?;
    let forms = ["%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M%:z"];
    forms.iter().find_map(|form| DateTime::parse_from_str(&zoned, form).ok())
}

/// Reads a local date and time in the same forms without an offset.
pub(super) fn written(chunk: &str) -> Option<NaiveDateTime> {
    let upper = chunk.to_ascii_uppercase();
    well_formed(&upper)?;
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    forms.iter().find_map(|form| NaiveDateTime::parse_from_str(&upper, form).ok())
}

/// Rejects forms that chrono accepts beyond the standard, such as signs and `2026-1-1T1:00`.
fn well_formed(text: &str) -> Option<()> {
    let shape = "dddd-dd-ddTdd:dd";
    let fits = |(c, kind): (char, char)| if kind == 'd' { c.is_ascii_digit() } else { c == kind };
    (text.len() >= shape.len() && text.is_ascii() && text.chars().zip(shape.chars()).all(fits)).then_some(())
}

#[derive(PartialEq)]
enum Kind {
    Digit,
    Letter,
    Mark,
}

fn kind(c: char) -> Kind {
    match c {
        c if c.is_ascii_digit() => Kind::Digit,
        c if c.is_alphabetic() || c == '\'' => Kind::Letter,
        _ => Kind::Mark,
    }
}

/// Cuts a chunk into runs of digits, runs of letters and single marks, without marks that have no meaning.
fn cut<'a>(chunk: &'a str, tokens: &mut Vec<Token<'a>>) -> Result<(), Reason> {
    let mut rest = chunk;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let same = |c: char| kind(c) == kind(first) && kind(first) != Kind::Mark;
        let length = rest.find(|c| !same(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (run, after) = rest.split_at(length);
        match kind(first) {
            Kind::Digit => tokens.push(number(run)?),
            Kind::Letter => tokens.push(Token::Word(run)),
            Kind::Mark if is_meaningless(first, before, after) => {}
            Kind::Mark => tokens.push(Token::Mark(first)),
        }
        before = run.chars().last();
        rest = after;
    }
    Ok(())
}

/// Returns `true` if a mark has no meaning, as in `Dec. 1`, `twenty-first` and `May 1,2027`, but not in `4.30`.
fn is_meaningless(mark: char, before: Option<char>, after: &str) -> bool {
    let digits_after = after.chars().take_while(char::is_ascii_digit).count();
    let between_digits = before.is_some_and(|c| c.is_ascii_digit()) && digits_after > 0;
    let between_letters = before.is_some_and(char::is_alphabetic) && after.starts_with(|c: char| c.is_alphabetic());
    match mark {
        '.' => !between_digits,
        ',' => !between_digits || digits_after == 4,
        '-' => between_letters,
        _ => false,
    }
}

fn number<'a>(run: &str) -> Result<Token<'a>, Reason> {
    match run.parse() {
        Ok(value) if run.len() <= DIGITS_MAX => Ok(Token::Number(value, run.len())),
        _ => Err(Reason::Unknown(run.chars().take(20).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::Token::{Mark, Number, Word};
    use super::*;

    #[test]
    fn phrases_are_cut_into_tokens() {
        let table: &[(&str, &[Token])] = &[
            ("1pm", &[Number(1, 1), Word("pm")]),
            ("dec. 1st,", &[Word("dec"), Number(1, 1), Word("st")]),
            ("may 1,2027", &[Word("may"), Number(1, 1), Number(2027, 4)]),
            ("4.30 p.m.", &[Number(4, 1), Mark('.'), Number(30, 2), Word("p"), Word("m")]),
            ("1,5", &[Number(1, 1), Mark(','), Number(5, 1)]),
            ("twenty-first", &[Word("twenty"), Word("first")]),
            ("5 o'clock", &[Number(5, 1), Word("o'clock")]),
            ("09:00 (america/new_york)", &[Number(9, 2), Mark(':'), Number(0, 2), Word("america/new_york")]),
        ];
        for (phrase, expected) in table {
            assert_eq!(&tokens(phrase).unwrap(), expected, "{phrase}");
        }
    }

    #[test]
    fn written_instants_are_one_token() {
        assert!(matches!(tokens("2026-12-01t13:00:00z").unwrap()[..], [Token::Instant(_)]));
        assert!(matches!(tokens("2026-12-01t13:00-05:00").unwrap()[..], [Token::Instant(_)]));
        assert!(matches!(tokens("2026-12-01t13:00:00").unwrap()[..], [Token::Written(_)]));
        assert!(!matches!(tokens("2026-1-1t1:00").unwrap()[..], [Token::Written(_)]));
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(normalise(&"a".repeat(121)), Err(Reason::TooLong(PHRASE_CHARS_MAX)));
        assert!(tokens("123456789").is_err());
    }
}
