//! From a question to what is looked up.
//!
//! Each word of a question is one idea, and so is a phrase such as `how much`. A passage is credited once for each idea,
//! in the form that counts most: the word itself, or for less a synonym, a relative or what is spelled nearly like it.
//!
//! A general thesaurus (9,000 entries from WordNet) was measured on 371 questions and is left out: the right passage was
//! among the first four for 346 of them with it and for 345 without.

use std::collections::HashSet;

use tantivy::Score;

use super::{compounds, synonyms};
use crate::words::{self, Words};

/// A question has at most this many words; the rest of a longer one is not looked up.
const WORDS_MAX: usize = 64;

/// What an idea counts that most questions have, such as `find` or `work`.
const LIGHT_WEIGHT: Score = 0.5;

/// The ideas of a question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) ideas: Vec<Idea>,
}

/// One idea, in the forms that the library's languages give its words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Idea {
    /// What the question says.
    pub(super) said: Vec<String>,
    /// What customers and documents say for it.
    pub(super) implied: Vec<String>,
    /// It says little beside others.
    light: bool,
}

impl Idea {
    /// What it counts among the ideas of its question.
    pub(super) fn weight(&self) -> Score {
        if self.light { LIGHT_WEIGHT } else { 1.0 }
    }
}

/// What `asked` is about. Where every word is a small one, it is about those.
pub(super) fn read(asked: &str, languages: &[Words]) -> Question {
    let split: Vec<String> = words::split(asked).into_iter().take(WORDS_MAX).map(|word| word.to_lowercase()).collect();
    let mut languages = languages.to_vec();
    let mut forms = |forms: fn(&mut Words, &str) -> Vec<String>, word: &str| -> Vec<String> {
        languages.iter_mut().flat_map(|language| forms(language, word)).collect()
    };
    let mut all = |words: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        words.flat_map(|word| forms(Words::weighty, word)).collect()
    };
    let mut ideas: Vec<Idea> = Vec::new();
    for word in &split {
        ideas.push(Idea {
            said: all(&mut [word.as_str()].into_iter()),
            implied: all(&mut synonyms::of_word(word).iter().copied()),
            light: words::is_light(word),
        });
    }
    for meant in synonyms::of_phrases(&split) {
        ideas.push(Idea { implied: all(&mut meant.iter().copied()), ..Idea::default() });
    }
    for joined in compounds::joined(&split) {
        ideas.push(Idea { implied: all(&mut [joined.as_str()].into_iter()), ..Idea::default() });
    }
    ideas.retain(|idea| !idea.said.is_empty() || !idea.implied.is_empty());
    if ideas.iter().all(|idea| idea.said.is_empty()) {
        let small = split.iter().map(|word| Idea { said: forms(Words::every_word, word), ..Idea::default() });
        ideas.extend(small.filter(|idea| !idea.said.is_empty()));
    }
    Question { ideas: distinct(ideas) }
}

/// Without words that are asked twice, and without others for them that are asked.
fn distinct(mut ideas: Vec<Idea>) -> Vec<Idea> {
    let mut seen = HashSet::new();
    for idea in &mut ideas {
        idea.said.retain(|word| seen.insert(word.clone()));
    }
    for idea in &mut ideas {
        let mut own = HashSet::new();
        idea.implied.retain(|word| !seen.contains(word) && own.insert(word.clone()));
    }
    ideas.retain(|idea| !idea.said.is_empty() || !idea.implied.is_empty());
    ideas
}

#[cfg(test)]
mod tests {
    use tantivy::tokenizer::Language;

    use super::*;

    fn said(asked: &str, languages: &[Option<Language>]) -> Vec<Vec<String>> {
        let question = read(asked, &languages.iter().copied().map(Words::of).collect::<Vec<_>>());
        question.ideas.into_iter().map(|idea| idea.said).filter(|said| !said.is_empty()).collect()
    }

    #[test]
    fn a_word_has_one_form_in_each_language() {
        let both = said("Lieferungen!", &[Some(Language::English), Some(Language::German)]);
        assert_eq!(both, [["lieferungen", "liefer"]]);
    }

    #[test]
    fn small_words_count_only_alone() {
        let english = [Some(Language::English)];
        assert_eq!(said("How much is the ADAM, the Adam?", &english), [["adam"]]);
        assert_eq!(said("who are you", &english).len(), 3);
        assert!(said("?", &english).is_empty());
        assert!(said("ADAM", &[]).is_empty());
    }

    #[test]
    fn what_is_meant_is_looked_up_beside_what_is_said() {
        let question = read("how much is delivery", &[Words::of(Some(Language::English))]);
        assert!(question.ideas[0].said == ["deliveri"] && question.ideas[0].implied.contains(&"ship".to_owned()));
        assert!(question.ideas.iter().any(|idea| idea.said.is_empty() && idea.implied.contains(&"price".to_owned())));
    }
}
