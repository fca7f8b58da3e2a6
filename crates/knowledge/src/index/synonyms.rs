//! Synonyms: words that customers and documents use for the same thing.

use std::{collections::HashMap, sync::LazyLock};

use tantivy::tokenizer::Language;

use crate::analysis::Analyzer;

/// The synonyms of `data/synonyms.txt`, parsed.
struct SynonymTable {
    /// The synonyms by the stem of each word.
    groups: HashMap<String, Vec<&'static str>>,
    /// The phrases with the words they stand for.
    phrases: Vec<(&'static str, Vec<&'static str>)>,
}

static TABLE: LazyLock<SynonymTable> = LazyLock::new(|| parse(include_str!("../../data/synonyms.txt")));

fn parse(text: &'static str) -> SynonymTable {
    let mut table = SynonymTable { groups: HashMap::new(), phrases: Vec::new() };
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

/// Returns the synonyms of a word in lower case.
pub(super) fn of_word(word: &str) -> &'static [&'static str] {
    TABLE.groups.get(&stem(word)).map(Vec::as_slice).unwrap_or_default()
}

/// Stems an English word, because the table has only one form of each word.
fn stem(word: &str) -> String {
    static ENGLISH: LazyLock<Analyzer> = LazyLock::new(|| Analyzer::new(Some(Language::English)));
    ENGLISH.clone().all_terms(word).concat()
}

/// Returns the words that each phrase of a query stands for. The words of the query are in lower case.
pub(super) fn of_phrases(words: &[String]) -> impl Iterator<Item = &'static [&'static str]> {
    let query = format!(" {} ", words.join(" "));
    let has = move |phrase: &str| query.contains(&format!(" {phrase} "));
    TABLE.phrases.iter().filter(move |(phrase, _)| has(phrase)).map(|(_, meant)| meant.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(query: &str) -> Vec<&'static [&'static str]> {
        of_phrases(&query.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn words_and_phrases_have_synonyms() {
        assert_eq!(phrases("how much is the adam"), [["price", "cost"]]);
        assert!(phrases("showhow muchly adam").is_empty());
        assert_eq!(of_word("warranties"), ["guarantee"]);
        assert!(of_word("adam").is_empty());
    }

    #[test]
    fn the_table_is_well_formed() {
        for (word, others) in &TABLE.groups {
            assert!(!others.is_empty() && others.iter().all(|other| !other.is_empty()), "{word}");
            assert!(word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{word}");
        }
        assert!(TABLE.phrases.iter().all(|(phrase, meant)| phrase.contains(' ') && !meant.is_empty()));
    }
}
