//! The words of a graph's own samples, by language: a short message that has them is of that language.

use std::collections::{BTreeMap, BTreeSet};

use super::words::folded;
use domain::language::Language;

/// The fewest letters of a word that tells a language.
const LETTERS_MIN: usize = 3;

/// The words that samples of one language alone have.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    of: BTreeMap<String, Language>,
}

impl Vocabulary {
    /// The words of these samples, each with its language.
    pub fn of<'a>(samples: impl IntoIterator<Item = (&'a str, Language)>) -> Vocabulary {
        let mut all: BTreeMap<String, Option<Language>> = BTreeMap::new();
        for (sample, language) in samples {
            for word in words(sample) {
                all.entry(word).and_modify(|of| *of = of.filter(|of| *of == language)).or_insert(Some(language));
            }
        }
        Vocabulary { of: all.into_iter().filter_map(|(word, language)| Some((word, language?))).collect() }
    }

    /// The different words of a text that are of this language.
    pub(super) fn hits(&self, text: &str, language: Language) -> usize {
        words(text).collect::<BTreeSet<_>>().iter().filter(|word| self.of.get(*word) == Some(&language)).count()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = folded(text);
    let all: Vec<String> = folded.split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect();
    all.into_iter().filter(|word| word.chars().count() >= LETTERS_MIN)
}

#[test]
fn a_word_of_one_language_tells_it() {
    let vocabulary = Vocabulary::of([
        ("Jeg vil gerne flytte mit møde", Language::Danish),
        ("I want to move my demo", Language::English),
        ("Je voudrais une demo", Language::French),
    ]);
    assert_eq!(vocabulary.hits("flytte demo", Language::Danish), 1);
    assert_eq!(vocabulary.hits("flytte demo", Language::English), 0, "`demo` is of several");
}
