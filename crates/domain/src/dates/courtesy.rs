//! Words around a day or a time that say nothing about it: `please`, `how about`, `sharp`.
//!
//! They are left out at the ends of a phrase only, and only those listed here, so that no word with a meaning is lost.

use super::token::Token::{self, Word};

const BEFORE: &[&[&str]] = &[
    &["please"],
    &["yes"],
    &["yeah"],
    &["yep"],
    &["ok"],
    &["okay"],
    &["sure"],
    &["hi"],
    &["hello"],
    &["great"],
    &["perfect"],
    &["how", "about"],
    &["what", "about"],
    &["let's", "do"],
    &["lets", "do"],
    &["let's", "say"],
    &["lets", "say"],
    &["let's", "try"],
    &["lets", "try"],
    &["let's", "meet"],
    &["lets", "meet"],
    &["let's", "make", "it"],
    &["lets", "make", "it"],
    &["let's", "go", "with"],
    &["lets", "go", "with"],
    &["make", "it"],
    &["can", "we", "do"],
    &["could", "we", "do"],
    &["can", "we", "meet"],
    &["could", "we", "meet"],
    &["i'd", "like", "to", "come"],
    &["i", "would", "like", "to", "come"],
    &["i'd", "like"],
    &["i", "would", "like"],
    &["i", "want"],
    &["i", "prefer"],
    &["i'd", "prefer"],
    &["i", "would", "prefer"],
    &["i", "can", "do"],
    &["can", "i", "come"],
    &["can", "i", "have"],
    &["could", "i", "have"],
    &["any", "time"],
    &["anytime"],
    &["some", "time"],
    &["sometime"],
];
const AFTER: &[&[&str]] = &[
    &["please"],
    &["pls"],
    &["plz"],
    &["thanks"],
    &["thx"],
    &["thank", "you"],
    &["sharp"],
    &["exactly"],
    &["on", "the", "dot"],
    &["works"],
    &["works", "for", "me"],
    &["works", "best"],
    &["works", "best", "for", "me"],
    &["is", "ok"],
    &["is", "great"],
    &["is", "perfect"],
    &["suits", "me"],
    &["would", "work"],
    &["would", "be", "good"],
    &["would", "be", "perfect"],
    &["at", "any", "time"],
    &["any", "time"],
    &["anytime"],
    &["sometime"],
    &["is", "fine"],
    &["is", "good"],
    &["would", "be", "great"],
];

/// Returns the text, in lower case, without the courtesies at its ends; all of it if nothing else is left.
pub(super) fn trimmed(text: &str) -> &str {
    let marks = |c: char| c.is_whitespace() || ",.!?".contains(c);
    let phrase = |words: &&[&str]| words.join(" ");
    let mut rest = text.trim_matches(marks);
    while let Some(after) = BEFORE.iter().map(phrase).find_map(|phrase| behind(rest, &phrase)) {
        rest = after.trim_start_matches(marks);
    }
    while let Some(before) = AFTER.iter().map(phrase).find_map(|phrase| before(rest, &phrase)) {
        rest = before.trim_end_matches(marks);
    }
    if rest.is_empty() { text } else { rest }
}

fn behind<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    text.strip_prefix(phrase).filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '\''))
}

fn before<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    text.strip_suffix(phrase).filter(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '\''))
}

/// Returns the tokens without the courtesies at their ends; all of them if nothing else is left.
pub(super) fn without<'a, 'b>(tokens: &'a [Token<'b>]) -> &'a [Token<'b>] {
    let mut rest = tokens;
    while let Some(words) = BEFORE.iter().find(|words| is_words(rest.get(..words.len()), words)) {
        rest = &rest[words.len()..];
    }
    let end = |rest: &[Token], words: &[&str]| rest.len().checked_sub(words.len());
    while let Some(words) =
        AFTER.iter().find(|words| end(rest, words).is_some_and(|at| is_words(rest.get(at..), words)))
    {
        rest = &rest[..rest.len() - words.len()];
    }
    if rest.is_empty() { tokens } else { rest }
}

fn is_words(tokens: Option<&[Token]>, words: &[&str]) -> bool {
    tokens.is_some_and(|tokens| tokens.iter().zip(words).all(|(token, word)| *token == Word(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_courtesies_at_the_ends_are_left_out() {
        let (day, please, maybe) = (Word("monday"), Word("please"), Word("maybe"));
        let how = [Word("how"), Word("about")];
        assert_eq!(without(&[how[0], how[1], day, please]), [day]);
        assert_eq!(without(&[Word("yes"), Word("please"), day]), [day]);
        assert_eq!(without(&[maybe, day]), [maybe, day]);
        assert_eq!(without(&[day, please, day]), [day, please, day]);
        assert_eq!(without(&[please]), [please]);
    }
}
