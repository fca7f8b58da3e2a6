//! The facts of a message that code can check: addresses, numbers, dates, times and quoted names. Pure.

use std::collections::BTreeSet;

use super::text::folded;
use domain::day_in_words;

/// Marks at the ends of a word that belong to the sentence.
const PUNCTUATION: &[char] =
    &['.', ',', ';', ':', '!', '?', '(', ')', '[', ']', '<', '>', '*', '"', '„', '“', '”', '«', '»', '\''];
/// Pairs of quotation marks.
const QUOTES: [(char, char); 4] = [('"', '"'), ('„', '“'), ('“', '”'), ('«', '»')];
/// Names of months that are other words too.
const OTHER_WORDS: &[&str] = &["may", "march", "mars", "mai", "maj"];

/// The facts of a text, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextFacts {
    /// Words with an `@`, or with a digit, or that name a day or a month.
    words: BTreeSet<String>,
    /// The numbers within those words, without leading zeros.
    numbers: BTreeSet<String>,
    /// Texts between quotation marks.
    quoted: BTreeSet<String>,
}

impl TextFacts {
    /// The facts of several texts.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> TextFacts {
        let mut all = TextFacts::default();
        for text in texts {
            let lower = folded(text);
            let words = lower.split_whitespace().map(|word| word.trim_matches(PUNCTUATION));
            for word in words.filter(|word| is_fact(word)) {
                all.numbers.extend(numbers(word));
                all.words.insert(word.to_owned());
            }
            all.quoted.extend(quoted(&lower));
        }
        all
    }

    /// The first fact of `self` that stands neither in `known` nor in the words of `text`.
    pub fn unknown_in(&self, known: &TextFacts, text: &str) -> Option<&String> {
        let text = folded(text);
        let stands = |word: &String| {
            let parts = numbers(word);
            let by_numbers = !word.contains('@') && !parts.is_empty() && parts.is_subset(&known.numbers);
            known.words.contains(word) || by_numbers
        };
        let word = self.words.iter().find(|word| !stands(word));
        word.or_else(|| self.quoted.iter().find(|name| !text.contains(name.as_str())))
    }

    /// The first fact that both have.
    pub fn shared_with<'a>(&'a self, other: &'a TextFacts) -> Option<&'a String> {
        self.words.intersection(&other.words).next().or_else(|| self.quoted.intersection(&other.quoted).next())
    }

    /// The facts without those of `other`.
    #[must_use]
    pub fn without(&self, other: &TextFacts) -> TextFacts {
        TextFacts {
            words: &self.words - &other.words,
            numbers: &self.numbers - &other.numbers,
            quoted: &self.quoted - &other.quoted,
        }
    }
}

fn is_fact(word: &str) -> bool {
    let is_month = || day_in_words::is_month(word) && !OTHER_WORDS.contains(&word);
    word.contains('@') || word.chars().any(char::is_numeric) || day_in_words::is_weekday(word) || is_month()
}

/// The runs of digits of a word.
fn numbers(word: &str) -> BTreeSet<String> {
    let runs = word.split(|c: char| !c.is_numeric()).filter(|run| !run.is_empty());
    runs.map(|run| Some(run.trim_start_matches('0')).filter(|run| !run.is_empty()).unwrap_or("0").to_owned()).collect()
}

fn quoted(text: &str) -> impl Iterator<Item = String> {
    QUOTES.into_iter().flat_map(move |(open, close)| {
        let parts: Vec<String> = match open == close {
            true => text.split(open).skip(1).step_by(2).map(str::to_owned).collect(),
            false => text.split(open).skip(1).filter_map(|part| Some(part.split_once(close)?.0.to_owned())).collect(),
        };
        parts.into_iter().filter(|part| !part.trim().is_empty())
    })
}

#[test]
fn a_fact_must_stand_somewhere_and_a_word_need_not() {
    let known = "I am Sarah, sarah@gmail.com. Thursday at 10:00, for 30 minutes; the ticket is \"Broken tray\".";
    for (said, unknown) in [
        ("hi, can we meet?", None),
        ("thursday at 10am please!", None),
        ("10.00, and 30 minutes", None),
        ("friday", Some("friday")),
        ("my mail is SARAH@gmail.com", None),
        ("my mail is sara@gmail.com", Some("sara@gmail.com")),
        ("at 10:15", Some("10:15")),
        ("it is about \"broken tray\"", None),
        ("it is about \"broken plate\"", Some("broken plate")),
        ("my number is 555-1234", Some("555-1234")),
    ] {
        let found = TextFacts::of([said]).unknown_in(&TextFacts::of([known]), known).cloned();
        assert_eq!(found.as_deref(), unknown, "{said}");
    }
    let secret = TextFacts::of(["Ticket 4711"]);
    assert_eq!(TextFacts::of(["is it 4711?"]).shared_with(&secret).map(String::as_str), Some("4711"));
    assert_eq!(TextFacts::of(["is it 4711?"]).shared_with(&secret.without(&TextFacts::of(["Your ticket 4711"]))), None);
}
