//! The cutting of a phrase into tokens.

use super::error::Reason;
use super::machine;
use super::spelling;
use super::token::Token;
use super::vocabulary;
use crate::time_zone::iana::by_iana_name;

/// The longest number in a date or a time.
const DIGITS_MAX: usize = 8;

/// Cuts a normalised phrase into tokens.
pub(super) fn tokens(phrase: &str) -> Result<Vec<Token<'_>>, Reason> {
    if let Some(token) = machine::whole(phrase) {
        return Ok(vec![token]);
    }
    let is_gap = |c: char| c.is_whitespace() || "()[];".contains(c);
    let mut chunks: Vec<&str> = phrase.split(is_gap).filter(|chunk| !chunk.is_empty()).collect();
    machine::put_year_first(&mut chunks);
    let mut tokens = Vec::new();
    let mut rest = &chunks[..];
    while let [chunk, after @ ..] = rest {
        rest = after;
        if let Some((taken, token)) = machine::at_front(chunk, after) {
            tokens.push(token);
            rest = &after[taken..];
        } else {
            match (whole(chunk), after) {
                (Some(token), _) => tokens.push(token),
                (None, ["clock", after @ ..]) if *chunk == "o" => {
                    tokens.push(Token::Word("o'clock"));
                    rest = after;
                }
                (None, _) => cut(chunk, &mut tokens)?,
            }
        }
    }
    Ok(tokens)
}

/// Reads a chunk that is one token as a whole: a dash, a short form, or the IANA name of a zone.
fn whole(chunk: &str) -> Option<Token<'_>> {
    if chunk == "-" || chunk == "--" {
        return Some(Token::Dash);
    }
    let chunk = chunk.trim_end_matches([',', '.', '?', '!']);
    if let Some(word) = spelling::short_form(chunk) {
        return Some(Token::Word(word));
    }
    if chunk.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let mixed = chunk.contains(|c: char| !c.is_alphabetic());
        let named = |first: &str| vocabulary::month(first).is_none();
        let path = chunk.split_once('/').is_some_and(|(first, _)| named(first));
        return (path || mixed && by_iana_name(chunk).is_some()).then_some(Token::Word(chunk));
    }
    None
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
            Kind::Letter => tokens.extend(word(run, before, after)),
            Kind::Mark if first == '.' && after.is_empty() && is_dotted_date(chunk) => tokens.push(Token::Mark('.')),
            Kind::Mark if is_meaningless(first, before, after) => {}
            Kind::Mark if first == '@' => tokens.push(Token::Word("at")),
            Kind::Mark => tokens.push(Token::Mark(first)),
        }
        before = run.chars().last();
        rest = after;
    }
    Ok(())
}

/// Reads a run of letters without the quotation marks around it; the apostrophe of `'26` is a mark.
fn word<'a>(run: &'a str, before: Option<char>, after: &str) -> Option<Token<'a>> {
    let word = run.trim_start_matches('\'');
    let quoted = word.len() < run.len();
    let word = if quoted || !word.ends_with("s'") { word.trim_end_matches('\'') } else { word };
    match word {
        "" if is_short_year(after) => Some(Token::Mark('\'')),
        "" if before.is_some() || !after.is_empty() => None,
        "" => Some(Token::Word(run)),
        _ => Some(Token::Word(spelling::short_form(word).unwrap_or(word))),
    }
}

fn is_short_year(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits == 2 && !text[digits..].starts_with(|c: char| c.is_alphabetic() || c == ':')
}

/// Returns `true` for `13.12.`, the date whose last dot is not a full stop.
fn is_dotted_date(chunk: &str) -> bool {
    chunk.matches('.').count() == 2 && chunk.chars().all(|c| c == '.' || c.is_ascii_digit())
}

/// Returns `true` if a mark has no meaning, as in `Dec. 1`, `twenty-first`, `May 1,2027` and `Monday?`, but not in
/// `4.30`.
fn is_meaningless(mark: char, before: Option<char>, after: &str) -> bool {
    let digits_after = after.chars().take_while(char::is_ascii_digit).count();
    let after_letter = before.is_some_and(char::is_alphabetic);
    let between_digits = before.is_some_and(|c| c.is_ascii_digit()) && digits_after > 0;
    let between_letters = after_letter && after.starts_with(|c: char| c.is_alphabetic());
    match mark {
        '.' | '…' => !between_digits,
        ',' => !between_digits || digits_after == 4,
        '-' => between_letters,
        ':' => after_letter,
        '?' | '!' => before.is_some() && !after.contains(char::is_alphanumeric),
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
    use super::Token::{Dash, Mark, Number, Word};
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
            ("monday?", &[Word("monday")]),
            ("'monday'", &[Word("monday")]),
            ("2 weeks'", &[Number(2, 1), Word("weeks'")]),
            ("'26", &[Mark('\''), Number(26, 2)]),
            ("@3pm", &[Word("at"), Number(3, 1), Word("pm")]),
            ("13.12.", &[Number(13, 2), Mark('.'), Number(12, 2), Mark('.')]),
            ("3.12.2026", &[Number(3, 1), Mark('.'), Number(12, 2), Mark('.'), Number(2026, 4)]),
            ("dec/13", &[Word("dec"), Mark('/'), Number(13, 2)]),
            ("7 - 8", &[Number(7, 1), Dash, Number(8, 1)]),
            ("2moro", &[Word("tomorrow")]),
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
    fn numbers_are_bounded() {
        assert!(tokens("123456789").is_err());
    }
}
