//! From a question to the words that are looked up.

use std::collections::HashSet;

use tantivy::{
    Score, Searcher, Term,
    query::{BooleanQuery, BoostQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::{schema::Fields, spelling, synonyms};
use crate::knowledge::words::{self, Words};

/// A question has at most this many words; the rest of a longer one is not looked up.
const WORDS_MAX: usize = 64;

/// What a word in the title or a heading counts beside one in the text.
const HEADING_WEIGHT: Score = 0.6;

/// What a word counts that was found only by changing letters.
const GUESS_WEIGHT: Score = 0.5;

/// What a word counts that the question does not use, but other people would.
const SYNONYM_WEIGHT: Score = 0.5;

/// The words of a question, each in the forms that the library's languages give it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    words: Vec<Vec<String>>,
    synonyms: Vec<Vec<String>>,
}

/// A word as the index may hold it, and what it counts.
struct Wanted {
    word: String,
    weight: Score,
}

/// What `asked` is about. Where every word is a small one, it is about those.
pub(super) fn read(asked: &str, languages: &[Words]) -> Question {
    let words: Vec<String> = words::split(asked).into_iter().take(WORDS_MAX).collect();
    let mut seen = HashSet::new();
    let weighty = forms_of_each(&words, languages, Words::weighty, &mut seen);
    let words =
        if weighty.is_empty() { forms_of_each(&words, languages, Words::every_word, &mut seen) } else { weighty };
    let synonyms: Vec<String> = synonyms::of(asked).into_iter().map(str::to_owned).collect();
    Question { words, synonyms: forms_of_each(&synonyms, languages, Words::weighty, &mut seen) }
}

/// The forms that each word has in the languages, without those already `seen`, and without words that have no other.
fn forms_of_each(
    words: &[String],
    languages: &[Words],
    forms: fn(&mut Words, &str) -> Vec<String>,
    seen: &mut HashSet<String>,
) -> Vec<Vec<String>> {
    let mut languages = languages.to_vec();
    let mut forms_of = |word: &String| -> Vec<String> {
        let every = languages.iter_mut().flat_map(|language| forms(language, word));
        every.filter(|form| seen.insert(form.clone())).collect()
    };
    words.iter().map(&mut forms_of).filter(|forms| !forms.is_empty()).collect()
}

/// What to look up, or `None` if the documents have no word of the question, nor any spelled nearly like one.
pub(super) fn query(
    question: &Question,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<Option<BooleanQuery>> {
    let mut parts: Vec<Box<dyn Query>> = Vec::new();
    let mut want = |wanted: Wanted| {
        parts.push(part(fields.text_words, &wanted.word, wanted.weight));
        parts.push(part(fields.heading_words, &wanted.word, wanted.weight * HEADING_WEIGHT));
    };
    for forms in &question.words {
        wanted(forms, searcher, fields)?.into_iter().for_each(&mut want);
    }
    for word in question.synonyms.iter().flatten() {
        want(Wanted { word: word.clone(), weight: SYNONYM_WEIGHT });
    }
    Ok((!parts.is_empty()).then(|| BooleanQuery::union(parts)))
}

fn part(field: Field, word: &str, weight: Score) -> Box<dyn Query> {
    let query = TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs);
    Box::new(BoostQuery::new(Box::new(query), weight))
}

/// The forms that the index holds, or else what is spelled most like one of them.
fn wanted(forms: &[String], searcher: &Searcher, fields: &Fields) -> tantivy::Result<Vec<Wanted>> {
    let mut known = Vec::new();
    for word in forms {
        if is_known(word, searcher, fields)? {
            known.push(Wanted { word: word.clone(), weight: 1.0 });
        }
    }
    if !known.is_empty() {
        return Ok(known);
    }
    for word in forms {
        if let Some(word) = spelling::nearest(word, searcher, fields.text_words)? {
            return Ok(vec![Wanted { word, weight: GUESS_WEIGHT }]);
        }
    }
    Ok(known)
}

fn is_known(word: &str, searcher: &Searcher, fields: &Fields) -> tantivy::Result<bool> {
    for field in [fields.text_words, fields.heading_words] {
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

    fn words(asked: &str, languages: &[Option<Language>]) -> Vec<Vec<String>> {
        read(asked, &languages.iter().copied().map(Words::of).collect::<Vec<_>>()).words
    }

    #[test]
    fn a_word_has_one_form_in_each_language() {
        let both = words("Lieferungen!", &[Some(Language::English), Some(Language::German)]);
        assert_eq!(both, [["lieferungen", "liefer"]]);
    }

    #[test]
    fn small_words_count_only_alone() {
        let english = [Some(Language::English)];
        assert_eq!(words("How much is the ADAM, the Adam?", &english), [["adam"]]);
        assert_eq!(words("who are you", &english).len(), 3);
        assert!(words("?", &english).is_empty());
        assert!(words("ADAM", &[]).is_empty());
    }
}
