//! From a question to what is looked up.
//!
//! Each word of a question is one idea, and so is a phrase such as `how much`. A passage is credited once for each idea,
//! in the form that counts most: the word itself, or for less a synonym, a relative or what is spelled nearly like it.

use std::collections::HashSet;

use tantivy::{
    Score, Searcher, Term,
    query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::{compounds, relatives, schema::Fields, spelling, synonyms};
use crate::knowledge::words::{self, Words};

/// A question has at most this many words; the rest of a longer one is not looked up.
const WORDS_MAX: usize = 64;

/// What a word in a heading counts beside one in the text.
const HEADING_WEIGHT: Score = 0.9;

/// What a word in the document's title counts, which all its passages share.
const TITLE_WEIGHT: Score = 0.3;

/// What a word counts that the question does not use, but other people would.
const IMPLIED_WEIGHT: Score = 0.5;

/// What a word counts that was found only by changing letters.
const GUESS_WEIGHT: Score = 0.5;

/// What a word counts that has the same stem but for its ending.
const RELATIVE_WEIGHT: Score = 0.4;

/// The ideas of a question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    ideas: Vec<Idea>,
}

/// One idea, in the forms that the library's languages give its words.
#[derive(Debug, PartialEq, Eq)]
struct Idea {
    /// What the question says.
    said: Vec<String>,
    /// What others would say.
    implied: Vec<String>,
}

/// A word as the index may hold it, and what it counts.
struct Wanted {
    word: String,
    weight: Score,
}

/// What `asked` is about. Where every word is a small one, it is about those.
pub(super) fn read(asked: &str, languages: &[Words]) -> Question {
    let split: Vec<String> = words::split(asked).into_iter().take(WORDS_MAX).map(|word| word.to_lowercase()).collect();
    let mut languages = languages.to_vec();
    let mut forms = |forms: fn(&mut Words, &str) -> Vec<String>, word: &str| -> Vec<String> {
        languages.iter_mut().flat_map(|language| forms(language, word)).collect()
    };
    let mut ideas: Vec<Idea> = Vec::new();
    for word in &split {
        let implied = synonyms::of_word(word).iter().flat_map(|other| forms(Words::weighty, other)).collect();
        ideas.push(Idea { said: forms(Words::weighty, word), implied });
    }
    for meant in synonyms::of_phrases(&split) {
        let implied = meant.iter().flat_map(|word| forms(Words::weighty, word)).collect();
        ideas.push(Idea { said: Vec::new(), implied });
    }
    for joined in compounds::joined(&split) {
        ideas.push(Idea { said: Vec::new(), implied: forms(Words::weighty, &joined) });
    }
    ideas.retain(|idea| !idea.said.is_empty() || !idea.implied.is_empty());
    if ideas.iter().all(|idea| idea.said.is_empty()) {
        let small = split.iter().map(|word| Idea { said: forms(Words::every_word, word), implied: Vec::new() });
        ideas.extend(small.filter(|idea| !idea.said.is_empty()));
    }
    Question { ideas: distinct(ideas) }
}

/// Without words that are asked twice, and without implied ones that are asked.
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

/// What to look up, or `None` if the documents have no word of the question, nor any like one.
pub(super) fn query(
    question: &Question,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<Option<BooleanQuery>> {
    let mut parts: Vec<Box<dyn Query>> = Vec::new();
    for idea in &question.ideas {
        let wanted = wanted(idea, searcher, fields)?;
        let ways: Vec<Box<dyn Query>> = wanted.iter().map(|wanted| way(wanted, fields)).collect();
        if !ways.is_empty() {
            parts.push(Box::new(DisjunctionMaxQuery::new(ways)));
        }
    }
    Ok((!parts.is_empty()).then(|| BooleanQuery::union(parts)))
}

fn way(wanted: &Wanted, fields: &Fields) -> Box<dyn Query> {
    let part = |field: Field, weight: Score| -> Box<dyn Query> {
        let query = TermQuery::new(Term::from_field_text(field, &wanted.word), IndexRecordOption::WithFreqs);
        Box::new(BoostQuery::new(Box::new(query), wanted.weight * weight))
    };
    let places = [(fields.text_words, 1.0), (fields.heading_words, HEADING_WEIGHT), (fields.title_words, TITLE_WEIGHT)];
    Box::new(BooleanQuery::union(places.map(|(field, weight)| part(field, weight)).into()))
}

/// The words of the index that stand for an idea.
fn wanted(idea: &Idea, searcher: &Searcher, fields: &Fields) -> tantivy::Result<Vec<Wanted>> {
    let known = |word: &str| is_known(word, searcher, fields);
    let mut wanted = Vec::new();
    for word in &idea.said {
        for relative in relatives::of(word, searcher, fields.text_words)? {
            wanted.push(Wanted { word: relative, weight: RELATIVE_WEIGHT });
        }
        if known(word)? {
            wanted.push(Wanted { word: word.clone(), weight: 1.0 });
        }
    }
    for word in &idea.implied {
        if known(word)? {
            wanted.push(Wanted { word: word.clone(), weight: IMPLIED_WEIGHT });
        }
    }
    if wanted.is_empty() { guessed(&idea.said, searcher, fields) } else { Ok(wanted) }
}

/// For words that no document has: the words they are made of, or else what is spelled most like them.
fn guessed(said: &[String], searcher: &Searcher, fields: &Fields) -> tantivy::Result<Vec<Wanted>> {
    for word in said {
        if let Some((start, end)) = compounds::divided(word, |part| is_known(part, searcher, fields))? {
            return Ok([start, end].map(|word| Wanted { word, weight: 1.0 }).into());
        }
        if let Some(word) = spelling::nearest(word, searcher, fields.text_words)? {
            return Ok(vec![Wanted { word, weight: GUESS_WEIGHT }]);
        }
    }
    Ok(Vec::new())
}

fn is_known(word: &str, searcher: &Searcher, fields: &Fields) -> tantivy::Result<bool> {
    for field in [fields.text_words, fields.heading_words, fields.title_words] {
        if searcher.doc_freq(&Term::from_field_text(field, word))? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
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
