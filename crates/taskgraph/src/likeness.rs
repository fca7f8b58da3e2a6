//! The likeness of a message to the intents of a graph, by words and by groups of letters. No model and no network.
//!
//! A score is the mean of two cosines: of the words' beginnings, and of the groups of three and four letters within words,
//! both weighted by how rare they are among all samples. Letters forgive typing errors and endings; words keep long
//! messages apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::text::unaccented;

use crate::graph::Edge;

/// The letters of a word that count: what follows is an ending in most languages.
const STEM_LETTERS: usize = 5;
/// The lengths of the groups of letters.
const GROUP_LENGTHS: [usize; 2] = [3, 4];
/// The most characters of a message that are compared.
const CHARACTERS_MAX: usize = 400;
/// The share of its score that a match with the name of an intent keeps: a name is not what customers say.
const NAME_WEIGHT: f64 = 0.6;
/// The share of its score that a part of a message keeps.
const PART_WEIGHT: f64 = 0.9;
/// The fewest words of a part of a message that is compared alone.
const PART_WORDS_MIN: usize = 3;
/// The weight below which no word falls, however usual: a frequent word alone must not decide, nor be worth nothing.
const IDF_FLOOR: f64 = 0.1;

/// Words that tell nothing of what is wanted, in the languages of the samples.
const STOP_WORDS: &[&str] = &[
    "a",
    "an",
    "and",
    "the",
    "i",
    "you",
    "to",
    "of",
    "is",
    "it",
    "for",
    "in",
    "on",
    "at",
    "with",
    "please",
    "hello",
    "hi",
    "hey",
    "thanks",
    "thank",
    "would",
    "like",
    "want",
    "can",
    "could",
    "me",
    "be",
    "do",
    "does",
    "there",
    "that",
    "this",
    "so",
    "just",
    "jeg",
    "vil",
    "gerne",
    "er",
    "en",
    "et",
    "og",
    "at",
    "det",
    "den",
    "til",
    "på",
    "med",
    "kan",
    "hej",
    "tak",
    "venligst",
    "ich",
    "der",
    "die",
    "das",
    "ein",
    "eine",
    "einen",
    "und",
    "zu",
    "mit",
    "bitte",
    "hallo",
    "danke",
    "möchte",
    "kann",
    "es",
    "je",
    "le",
    "la",
    "les",
    "un",
    "une",
    "de",
    "du",
    "des",
    "et",
    "à",
    "voudrais",
    "bonjour",
    "merci",
    "est",
    "il",
    "ce",
    "io",
    "il",
    "lo",
    "gli",
    "e",
    "di",
    "che",
    "vorrei",
    "ciao",
    "buongiorno",
    "grazie",
    "per",
    "con",
    "è",
    "mi",
];

/// Samples of what customers say, by intent.
#[derive(Clone, Debug, Default)]
pub struct Likeness {
    samples: Vec<Sample>,
    words: Rarity,
    groups: Rarity,
}

#[derive(Clone, Debug)]
struct Sample {
    intent: String,
    text: String,
    weight: f64,
    words: Vector,
    groups: Vector,
}

/// Weights by word or group, of length 1.
type Vector = BTreeMap<String, f64>;

/// How rare words or groups are among the samples.
#[derive(Clone, Debug, Default)]
struct Rarity {
    samples: usize,
    holding: HashMap<String, usize>,
}

/// An intent with its likeness to a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// The intent's text.
    pub intent: String,
    /// From 0 to 1; 1 if the message is one of the samples or the name of the intent.
    pub score: f64,
}

impl Likeness {
    /// The samples of these edges.
    pub fn of<'a>(edges: impl IntoIterator<Item = &'a Edge>) -> Likeness {
        let mut texts = vec![];
        for edge in edges {
            let Some(intent) = &edge.intent else { continue };
            let samples = edge.sample_utterances.iter().map(|sample| (sample.as_str(), 1.0));
            let names = [(intent.text.as_str(), NAME_WEIGHT), (edge.definition.as_str(), NAME_WEIGHT)];
            texts.extend(samples.chain(names).map(|(text, weight)| (intent.text.clone(), text.to_owned(), weight)));
        }
        texts.retain(|(_, text, _)| !text.trim().is_empty());
        let words = Rarity::among(texts.iter().map(|(_, text, _)| words_of(text)));
        let groups = Rarity::among(texts.iter().map(|(_, text, _)| groups_of(text)));
        let sample = |(intent, text, weight): (String, String, f64)| Sample {
            words: words.vector(&words_of(&text)),
            groups: groups.vector(&groups_of(&text)),
            text: folded(&text),
            intent,
            weight,
        };
        let samples = texts.into_iter().map(sample).collect();
        Likeness { samples, words, groups }
    }

    /// The intents by their likeness to a message, the likest first.
    pub fn rank(&self, message: &str) -> Vec<Alike> {
        let message: String = message.chars().take(CHARACTERS_MAX).collect();
        let mut best: BTreeMap<&str, f64> = BTreeMap::new();
        let whole = std::iter::once((message.as_str(), 1.0));
        for (text, share) in whole.chain(parts(&message).map(|part| (part, PART_WEIGHT))) {
            let (key, words, groups) =
                (folded(text), self.words.vector(&words_of(text)), self.groups.vector(&groups_of(text)));
            for sample in &self.samples {
                let alike = if key == sample.text {
                    share
                } else {
                    share
                        * sample.weight
                        * f64::midpoint(cosine(&words, &sample.words), cosine(&groups, &sample.groups))
                };
                let known = best.entry(&sample.intent).or_default();
                *known = known.max(alike);
            }
        }
        let mut all: Vec<Alike> =
            best.into_iter().map(|(intent, score)| Alike { intent: intent.to_owned(), score }).collect();
        all.sort_by(|one, other| other.score.total_cmp(&one.score));
        all
    }

    /// Pairs of intents with two samples that are at least this much alike: a message of one may be taken for the other.
    pub fn too_alike(&self, from: f64) -> Vec<(&str, &str)> {
        let mut pairs = BTreeSet::new();
        for (at, one) in self.samples.iter().enumerate() {
            for other in self.samples[at + 1..].iter().filter(|other| other.intent != one.intent) {
                let alike = f64::midpoint(cosine(&one.words, &other.words), cosine(&one.groups, &other.groups));
                if alike * one.weight.min(other.weight) >= from {
                    pairs.insert((one.intent.as_str(), other.intent.as_str()));
                }
            }
        }
        pairs.into_iter().collect()
    }

    /// The words of the samples of one intent that begin with a small letter: what is left of a message without them is
    /// what it is about.
    pub fn vocabulary(&self, intent: &str) -> BTreeSet<String> {
        let of = self.samples.iter().filter(|sample| sample.intent == intent);
        of.flat_map(|sample| sample.text.split(' ').map(str::to_owned)).collect()
    }
}

impl Rarity {
    fn among(texts: impl Iterator<Item = Vec<String>>) -> Rarity {
        let mut rarity = Rarity::default();
        for terms in texts {
            rarity.samples += 1;
            for term in terms.into_iter().collect::<BTreeSet<_>>() {
                *rarity.holding.entry(term).or_default() += 1;
            }
        }
        rarity
    }

    /// The terms with their weights; a term of no sample is as rare as one can be.
    fn vector(&self, terms: &[String]) -> Vector {
        let mut weights = Vector::new();
        for term in terms {
            let holding = self.holding.get(term).copied().unwrap_or_default();
            let idf = ((self.samples as f64 + 1.0) / (holding as f64 + 1.0)).ln().max(IDF_FLOOR);
            *weights.entry(term.clone()).or_default() += idf;
        }
        let length = weights.values().map(|weight| weight * weight).sum::<f64>().sqrt();
        if length > 0.0 {
            weights.values_mut().for_each(|weight| *weight /= length);
        }
        weights
    }
}

fn cosine(one: &Vector, other: &Vector) -> f64 {
    let (few, many) = if one.len() < other.len() { (one, other) } else { (other, one) };
    few.iter().filter_map(|(term, weight)| Some(weight * many.get(term)?)).sum()
}

/// The words of a text in lower case, without punctuation and without what names a person: addresses and numbers.
fn plain_words(text: &str) -> impl Iterator<Item = String> {
    let said = text.split_whitespace().filter(|word| !word.contains('@'));
    let words = said.flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| word.chars().any(char::is_alphabetic)).map(|word| unaccented(&word.to_lowercase()))
}

fn folded(text: &str) -> String {
    plain_words(text).collect::<Vec<_>>().join(" ")
}

/// The beginnings of the words that tell something; of a text without any, of all.
fn words_of(text: &str) -> Vec<String> {
    let stem = |word: &String| word.chars().take(STEM_LETTERS).collect::<String>();
    let all: Vec<String> = plain_words(text).collect();
    let telling: Vec<String> = all.iter().filter(|word| !STOP_WORDS.contains(&word.as_str())).map(stem).collect();
    if telling.is_empty() { all.iter().map(stem).collect() } else { telling }
}

/// The groups of letters within the words that tell something, with the borders of each word.
fn groups_of(text: &str) -> Vec<String> {
    let all: Vec<String> = plain_words(text).collect();
    let telling = all.iter().filter(|word| !STOP_WORDS.contains(&word.as_str()));
    let mut words: Vec<&String> = telling.collect();
    if words.is_empty() {
        words = all.iter().collect();
    }
    let mut groups = vec![];
    for word in words {
        let letters: Vec<char> = format!(" {word} ").chars().collect();
        for length in GROUP_LENGTHS {
            groups.extend(letters.windows(length).map(|group| group.iter().collect::<String>()));
        }
    }
    groups
}

/// The parts of a message between its punctuation, where there are several and they are long enough.
fn parts(message: &str) -> impl Iterator<Item = &str> {
    let parts = message.split(['.', ',', ';', ':', '!', '?', '\n']);
    parts.filter(move |part| part.len() < message.trim().len() && plain_words(part).count() >= PART_WORDS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{graph::Graph, load, test_graph};

    fn frontdesk() -> Graph {
        load::read("frontdesk", include_str!("../../../taskgraphs/frontdesk.json")).unwrap().graph
    }

    fn best(likeness: &Likeness, message: &str) -> (String, f64, f64) {
        let ranked = likeness.rank(message);
        (ranked[0].intent.clone(), ranked[0].score, ranked[0].score - ranked[1].score)
    }

    #[test]
    fn a_message_is_like_the_samples_of_its_intent() {
        let likeness = Likeness::of(frontdesk().edges());
        for (message, intent) in [
            ("I want to know more about your product: Adam", "Question about products, prices or delivery"),
            ("My robbot does'nt work anymore", "Report a problem"),
            ("could I book a meeting on tuesday", "Book a meeting"),
            ("Jeg vil gerne booke et møde på torsdag", "Book a meeting"),
            ("please cancel the meeting of Friday", "Move or cancel an appointment"),
        ] {
            let (found, score, margin) = best(&likeness, message);
            assert!(found == intent && score > 0.25 && margin > 0.0, "{message}: {found} {score:.2} {margin:.2}");
        }
        assert!(likeness.rank("quantum chromodynamics")[0].score < 0.25);
        assert_eq!(likeness.rank("What is the state of my ticket?")[0].score, 1.0);
    }

    #[test]
    fn a_name_alone_is_worth_less_than_what_customers_say() {
        let likeness = Likeness::of(test_graph::hubspot().edges());
        let (intent, score, _) = best(&likeness, "I have questions about the product");
        assert!(intent == "User has questions about the product" && score < 0.6, "{intent} {score}");
    }

    #[test]
    fn empty_and_huge_messages_are_like_nothing_in_particular() {
        let likeness = Likeness::of(frontdesk().edges());
        assert!(likeness.rank("").iter().all(|alike| alike.score == 0.0));
        assert!(likeness.rank(&"🤖 ".repeat(100_000)).iter().all(|alike| alike.score == 0.0));
        assert!(Likeness::default().rank("hello").is_empty());
    }
}
