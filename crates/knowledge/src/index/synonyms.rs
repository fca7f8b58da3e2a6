//! Words that customers and documents use for the same thing.

use std::{collections::HashMap, sync::LazyLock};

use tantivy::tokenizer::Language;

use crate::words::Words;

/// The lists, by the stem of each word that stands in them, and the phrases with what they mean.
struct Table {
    groups: HashMap<String, Vec<&'static str>>,
    phrases: Vec<(&'static str, Vec<&'static str>)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| read(include_str!("synonyms.txt")));

fn read(text: &'static str) -> Table {
    let mut table = Table { groups: HashMap::new(), phrases: Vec::new() };
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(" = ") {
            Some((phrase, meant)) => table.phrases.push((phrase, meant.split(' ').collect())),
            None => {
                let words: Vec<&str> = line.split(' ').collect();
                for word in &words {
                    let others = words.iter().copied().filter(|other| other != word);
                    table.groups.entry(stem(word)).or_default().extend(others);
                }
            }
        }
    }
    table
}

/// What the documents may say for a word, in lower case.
pub(super) fn of_word(word: &str) -> &'static [&'static str] {
    TABLE.groups.get(&stem(word)).map(Vec::as_slice).unwrap_or_default()
}

/// The lists hold one form of each word; a question may use another.
fn stem(word: &str) -> String {
    static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::of(Some(Language::English)));
    ENGLISH.clone().every_word(word).concat()
}

/// What the documents may say for each of the phrases in a question, whose words are in lower case.
pub(super) fn of_phrases(words: &[String]) -> impl Iterator<Item = &'static [&'static str]> {
    let asked = format!(" {} ", words.join(" "));
    let said = move |phrase: &str| asked.contains(&format!(" {phrase} "));
    TABLE.phrases.iter().filter(move |(phrase, _)| said(phrase)).map(|(_, meant)| meant.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(asked: &str) -> Vec<&'static [&'static str]> {
        of_phrases(&asked.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn customers_and_documents_mean_the_same() {
        assert_eq!(phrases("how much is the adam"), [["price", "cost"]]);
        assert!(phrases("showhow muchly adam").is_empty());
        assert_eq!(of_word("warranties"), ["guarantee"]);
        assert!(of_word("adam").is_empty());
    }

    #[test]
    fn the_lists_are_well_formed() {
        for (word, others) in &TABLE.groups {
            assert!(!others.is_empty() && others.iter().all(|other| !other.is_empty()), "{word}");
            assert!(word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{word}");
        }
        assert!(TABLE.phrases.iter().all(|(phrase, meant)| phrase.contains(' ') && !meant.is_empty()));
    }
}
