//! The reasons why a phrase is not read.

use super::error::Reason;
use super::token::Token;
use super::vocabulary;
use crate::time_zone;

/// The unit of a Unix time of this century.
pub(super) fn unix_unit(number: &str) -> Option<&'static str> {
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    match number.len() {
        10 if digits => Some("seconds"),
        13 if digits => Some("milliseconds"),
        _ => None,
    }
}

/// The reason why no reading uses all the words.
pub(super) fn reason(tokens: &[Token]) -> Reason {
    const SPANS: &[&str] =
        &["between", "until", "till", "or", "and", "to", "from", "before", "after", "by", "around", "about"];
    let unknown = tokens.iter().find_map(|token| match token {
        Token::Word(word) if !vocabulary::is_known(word) && time_zone::lookup(word).is_empty() => Some(*word),
        _ => None,
    });
    let spans = |at: usize| match tokens[at] {
        Token::Word(word) => SPANS.contains(&word),
        Token::Mark('-') | Token::Dash => joins(tokens, at),
        _ => false,
    };
    match unknown {
        Some(word) => Reason::unknown(word),
        None if (0..tokens.len()).any(spans) => Reason::Span,
        None => Reason::NotUnderstood,
    }
}

/// Returns `true` unless a hyphen is the sign of a number, as in `in -1 days`, or the mark of a day's number in its year,
/// as in `2026-335`.
fn joins(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let signs = matches!(before, None | Some(Token::Word("in" | "at" | "on")));
    !signs && !matches!((before, tokens.get(at + 1)), (Some(Token::Number(_, 4)), Some(Token::Number(_, 3))))
}
