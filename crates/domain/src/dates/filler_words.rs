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
    &["thanks"],
    &["thank", "you"],
    &["cool"],
    &["alright"],
    &["fine"],
    &["sounds", "good"],
    &["no", "problem"],
    &["then"],
    &["so"],
    &["well"],
    &["how's"],
    &["how", "is"],
    &["is"],
    &["would"],
    &["does"],
    &["will"],
    &["could", "you", "do"],
    &["can", "you", "do"],
    &["can", "you", "make"],
    &["can", "we", "make", "it"],
    &["could", "we", "make", "it"],
    &["can", "we", "say"],
    &["shall", "we", "say"],
    &["i", "could", "do"],
    &["i", "could", "come"],
    &["i", "can", "come"],
    &["i", "can", "make"],
    &["i", "can", "make", "it"],
    &["we", "can", "do"],
    &["we", "could", "do"],
    &["i'm", "free"],
    &["i", "am", "free"],
    &["i'm", "available"],
    &["i", "am", "available"],
    &["we're", "free"],
    &["we", "are", "free"],
    &["book", "me", "for"],
    &["book", "me", "in", "for"],
    &["for"],
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
    &["would", "be", "fine"],
    &["would", "be", "ok"],
    &["would", "be", "okay"],
    &["would", "be", "best"],
    &["would", "suit", "me"],
    &["thank", "you", "very", "much"],
    &["thank", "you", "so", "much"],
    &["thanks", "very", "much"],
    &["thanks", "so", "much"],
    &["thanks", "a", "lot"],
    &["many", "thanks"],
    &["cheers"],
    &["then"],
    &["it", "is"],
    &["sounds", "good"],
    &["sounds", "great"],
    &["sounds", "fine"],
    &["sounds", "perfect"],
    &["looks", "good"],
    &["looks", "fine"],
    &["if", "possible"],
    &["if", "that's", "possible"],
    &["if", "that", "is", "possible"],
    &["if", "you", "can"],
    &["if", "that", "works"],
    &["if", "that", "works", "for", "you"],
    &["if", "that", "suits"],
    &["if", "that", "suits", "you"],
    &["if", "that's", "ok"],
    &["if", "that's", "okay"],
    &["if", "that", "is", "ok"],
    &["works", "for", "you"],
    &["works", "fine"],
    &["works", "well"],
    &["works", "great"],
    &["suits"],
    &["suits", "me", "best"],
    &["suits", "me", "fine"],
    &["will", "work"],
    &["will", "do"],
    &["should", "work"],
    &["is", "okay"],
    &["is", "best"],
    &["is", "possible"],
    &["for", "me"],
    &["ok", "for", "you"],
    &["okay", "for", "you"],
    &["good", "for", "you"],
    &["possible"],
    &["available"],
    &["free"],
    &["ok"],
    &["okay"],
    &["good"],
    &["great"],
    &["perfect"],
    &["fine"],
    &["instead"],
];

/// The ends of a question that begins so. Without its beginning, `work` is a word of its own: `Tuesday after work`.
const ASKING: &[&[&str]] = &[&["would"], &["does"], &["will"]];
const ASKED: &[&[&str]] = &[
    &["work"],
    &["work", "for", "you"],
    &["work", "for", "me"],
    &["suit"],
    &["suit", "you"],
    &["do"],
    &["be", "ok"],
    &["be", "okay"],
    &["be", "fine"],
    &["be", "good"],
    &["be", "possible"],
];

/// The courtesies at the end of a phrase, more of them in a question.
fn endings(is_question: bool) -> impl Iterator<Item = &'static &'static [&'static str]> {
    AFTER.iter().chain(ASKED.iter().filter(move |_| is_question))
}

/// Returns the text, in lower case, without the courtesies at its ends; all of it if nothing else is left.
pub(super) fn trimmed(text: &str) -> &str {
    let marks = |c: char| c.is_whitespace() || ",.!?".contains(c);
    let shortest = |rest: &&str| rest.len();
    let mut rest = text.trim_matches(marks);
    let is_question = ASKING.iter().any(|words| behind(rest, &words.join(" ")).is_some());
    while let Some(after) = BEFORE.iter().filter_map(|words| behind(rest, &words.join(" "))).min_by_key(shortest) {
        rest = after.trim_start_matches(marks);
    }
    while let Some(left) = endings(is_question).filter_map(|words| before(rest, &words.join(" "))).min_by_key(shortest)
    {
        rest = left.trim_end_matches(marks);
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
    let longest = |words: &&&[&str]| words.len();
    let is_question = ASKING.iter().any(|words| is_words(rest.get(..words.len()), words));
    while let Some(words) = BEFORE.iter().filter(|words| is_words(rest.get(..words.len()), words)).max_by_key(longest) {
        rest = &rest[words.len()..];
    }
    let end = |rest: &[Token], words: &[&str]| rest.len().checked_sub(words.len());
    let ends = |rest: &[Token], words: &[&str]| end(rest, words).is_some_and(|at| is_words(rest.get(at..), words));
    while let Some(words) = endings(is_question).filter(|words| ends(rest, words)).max_by_key(longest) {
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

    #[test]
    fn a_text_loses_the_same_courtesies() {
        for (text, rest) in [
            ("i'm free after 3pm on tuesday", "after 3pm on tuesday"),
            ("thanks, tuesday after 3pm, thank you very much!", "tuesday after 3pm"),
            ("is tuesday after 3pm ok?", "tuesday after 3pm"),
            ("would tuesday after 3pm work for you?", "tuesday after 3pm"),
            ("tuesday after work", "tuesday after work"),
            ("isn't tuesday", "isn't tuesday"),
            ("goodness", "goodness"),
            ("thanks", "thanks"),
            ("", ""),
        ] {
            assert_eq!(trimmed(text), rest, "{text}");
        }
    }
}
