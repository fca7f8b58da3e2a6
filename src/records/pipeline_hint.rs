//! The pipeline whose name fits what a customer wrote. The words come from the account's own labels.

use domain::text;
use hubspot_client::Pipeline;

/// Words of labels that tell no pipeline from another.
const GENERAL: [&str; 12] = [
    "pipeline",
    "pipelines",
    "support",
    "ticket",
    "tickets",
    "customer",
    "customers",
    "service",
    "general",
    "default",
    "team",
    "desk",
];
/// The beginnings of words for an exchange, of goods or of words, in English, French, German, Danish and Italian.
const EXCHANGES: [&str; 5] = ["exchang", "echang", "austausch", "udveksl", "scambi"];
/// The beginnings of what is exchanged where nobody sends goods back: "we exchanged e-mails about the invoice".
const WRITTEN: [&str; 9] = ["mail", "email", "messag", "nachricht", "besked", "messagg", "letter", "brief", "lettre"];
/// The most words of four letters from the one to the other.
const NEAR: usize = 2;
/// The fewest letters of a word that is compared.
const WORD_MIN: usize = 4;
/// The most letters of the shorter word after its common beginning with the longer one: `repairs` and `repaired`.
const ENDING_MAX: usize = 2;

/// The only pipeline whose label has a word of the text, unless it is the one of `opened_in`, by its id.
pub fn fitting<'a>(pipelines: &'a [Pipeline], opened_in: &str, text: &str) -> Option<&'a Pipeline> {
    let written = words(text);
    let fits = |one: &&Pipeline| {
        let named = words(&one.label).into_iter().filter(|word| !GENERAL.contains(&word.as_str()));
        let says = |at: usize, named: &str| is_same_word(named, &written[at]) && !is_of_letters(&written[at..]);
        named.into_iter().any(|named| (0..written.len()).any(|at| says(at, &named)))
    };
    let mut fitting = pipelines.iter().filter(fits);
    let only = fitting.next().filter(|_| fitting.next().is_none())?;
    (only.id != opened_in).then_some(only)
}

fn words(text: &str) -> Vec<String> {
    let folded = text::unaccented(&text.to_lowercase());
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= WORD_MIN);
    words.map(str::to_owned).collect()
}

/// True for words that begin with an exchange of letters.
fn is_of_letters(words: &[String]) -> bool {
    let begins = |word: &String, with: &[&str]| with.iter().any(|begin| word.starts_with(begin));
    let mut words = words.iter();
    words.next().is_some_and(|first| begins(first, &EXCHANGES)) && words.take(NEAR).any(|word| begins(word, &WRITTEN))
}

/// True for two forms of one word: they begin alike, and only a short ending differs.
fn is_same_word(one: &str, other: &str) -> bool {
    let alike = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let shorter = one.chars().count().min(other.chars().count());
    alike >= WORD_MIN && alike + ENDING_MAX >= shorter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_fits_by_a_word_of_its_label_in_any_form() {
        let pipeline = |id: &str, label: &str| Pipeline { id: id.to_owned(), label: label.to_owned(), stages: vec![] };
        let all = [
            pipeline("0", "Support Pipeline"),
            pipeline("1", "Repairs and exchanges"),
            pipeline("2", "Billing"),
            pipeline("3", "Rückgaben"),
        ];
        for (text, expected) in [
            ("My robot needs a repair.", Some("1")),
            ("Can it be REPAIRED?", Some("1")),
            ("I want to exchange the tray", Some("1")),
            ("I was billed twice", Some("2")),
            ("Es geht um eine Rückgabe", Some("3")),
            ("Es geht um eine Ruckgabe", Some("3")),
            ("Please send me a report on support tickets", None),
            ("I need customer support", None),
            ("Repair it, or send the bill back", None),
            ("We exchanged emails about the invoice", None),
            ("We have exchanged several e-mails with Tom", None),
            ("Exchange the tray, I sent you an e-mail", Some("1")),
            ("", None),
        ] {
            assert_eq!(fitting(&all, "0", text).map(|one| one.id.as_str()), expected, "{text}");
        }
        assert_eq!(fitting(&all, "1", "A repair"), None, "it is there already");
    }
}
