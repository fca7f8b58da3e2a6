//! The likeness of a message to the intents of a graph, by words and by groups of letters. No model and no network.
//!
//! A score is made of two parts: the likeness to the best sample of the intent, and the share of the message that any of its
//! samples covers. Both are taken of the words' beginnings and of the groups of three and four letters within words, which
//! are worth the more the fewer intents have them. Letters forgive typing errors and endings; words keep long messages
//! apart.

mod stop_words;

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
/// The weight below which no word falls, however many intents have it: it must not decide, nor be worth nothing.
const WEIGHT_MIN: f64 = 0.1;
/// The part of a score that comes from the share of the message that the samples cover.
const COVERED_SHARE: f64 = 0.4;

/// The words that have to speak for an intent: one alone, however rare, decides nothing.
const DECIDING_WORDS_MIN: usize = 2;
/// The share of its weight that a word of every sentence keeps: `when` tells a question from a wish, and no more.
const USUAL_SHARE: f64 = 0.3;
/// The score of a message that is as good as a sample, but not the same.
const NEXT_TO_SAME: f64 = 0.98;

/// Samples of what customers say, by intent.
#[derive(Clone, Debug, Default)]
pub struct Likeness {
    samples: Vec<Sample>,
    /// For each intent the share that what its samples cover is worth: less where there is a name alone.
    shares: Vec<f64>,
    words: Terms,
    groups: Terms,
}

#[derive(Clone, Debug)]
struct Sample {
    intent: usize,
    text: String,
    weight: f64,
    words: Vector,
    groups: Vector,
}

/// Weights by word or group, of length 1.
type Vector = BTreeMap<String, f64>;

/// The words, or the groups of letters, of all samples.
#[derive(Clone, Debug, Default)]
struct Terms {
    /// The names of all intents, by which the numbers below count.
    intents: Vec<String>,
    /// The intents that have a term.
    holding: HashMap<String, BTreeSet<usize>>,
    /// Terms that tell little, however rare they are.
    usual: BTreeSet<String>,
}

/// An intent with its likeness to a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// The intent's text.
    pub intent: String,
    /// From 0 to 1; 1 if the message is one of the samples or the name of the intent.
    pub score: f64,
}

/// Two intents of which a message may mean either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooAlike<'a> {
    /// Their texts.
    pub intents: [&'a str; 2],
    /// The samples of each that are the most alike, in lower case and without punctuation.
    pub samples: [&'a str; 2],
}

impl Likeness {
    /// The samples of these edges.
    pub fn of<'a>(edges: impl IntoIterator<Item = &'a Edge>) -> Likeness {
        let mut intents: Vec<String> = vec![];
        let mut texts = vec![];
        for edge in edges {
            let Some(intent) = &edge.intent else { continue };
            let number = intents.iter().position(|known| *known == intent.text).unwrap_or(intents.len());
            if number == intents.len() {
                intents.push(intent.text.clone());
            }
            let samples = edge.sample_utterances.iter().chain(&edge.telling_utterances);
            let samples = samples.map(|sample| (sample.as_str(), 1.0));
            let names = [(intent.text.as_str(), NAME_WEIGHT), (edge.definition.as_str(), NAME_WEIGHT)];
            texts.extend(samples.chain(names).map(|(text, weight)| (number, text.to_owned(), weight)));
        }
        texts.retain(|(_, text, _)| !text.trim().is_empty());
        let usual = stop_words::ALL.iter().map(|word| stem(word)).collect();
        let words = Terms::of(&intents, usual, texts.iter().map(|(intent, text, _)| (*intent, words_of(text))));
        let groups =
            Terms::of(&intents, BTreeSet::new(), texts.iter().map(|(intent, text, _)| (*intent, groups_of(text))));
        let sample = |(intent, text, weight): (usize, String, f64)| Sample {
            words: words.vector(&words_of(&text)),
            groups: groups.vector(&groups_of(&text)),
            text: folded(&text),
            intent,
            weight,
        };
        let samples: Vec<Sample> = texts.into_iter().map(sample).collect();
        let said = |intent| samples.iter().any(|sample: &Sample| sample.intent == intent && sample.weight >= 1.0);
        let shares = (0..intents.len()).map(|intent| if said(intent) { 1.0 } else { NAME_WEIGHT }).collect();
        Likeness { shares, samples, words, groups }
    }

    /// The intents by their likeness to a message, the most similar first.
    pub fn rank(&self, message: &str) -> Vec<Alike> {
        let message: String = message.chars().take(CHARACTERS_MAX).collect();
        let mut best = vec![0.0_f64; self.words.intents.len()];
        let whole = std::iter::once((message.as_str(), 1.0));
        for (text, share) in whole.chain(parts(&message).map(|part| (part, PART_WEIGHT))) {
            for (known, score) in best.iter_mut().zip(self.scores(text)) {
                *known = known.max(share * score);
            }
        }
        let named = self.words.intents.iter().zip(best);
        let mut all: Vec<Alike> = named.map(|(intent, score)| Alike { intent: intent.clone(), score }).collect();
        all.sort_by(|one, other| other.score.total_cmp(&one.score));
        all
    }

    /// True if more than one word of a message speaks for an intent, or if its words are those of a sample. A message of words
    /// that every sentence has is as good as its score.
    pub fn decides(&self, message: &str, intent: &str) -> bool {
        let Some(number) = self.words.intents.iter().position(|known| known == intent) else { return false };
        let telling = telling_stems(message);
        let speaks = |stem: &&String| self.words.holding.get(*stem).is_some_and(|of| of.contains(&number));
        let mut said = self.samples.iter().filter(|sample| sample.intent == number && sample.weight >= 1.0);
        telling.is_empty()
            || telling.iter().filter(speaks).count() >= DECIDING_WORDS_MIN
            || said.any(|sample| telling_stems(&sample.text) == telling)
    }

    /// The score of each intent.
    fn scores(&self, text: &str) -> Vec<f64> {
        let (key, words, groups) = (folded(text), words_of(text), groups_of(text));
        let (by_words, by_groups) = (self.words.vector(&words), self.groups.vector(&groups));
        let mut nearest = vec![0.0_f64; self.words.intents.len()];
        for sample in &self.samples {
            let alike = f64::midpoint(cosine(&by_words, &sample.words), cosine(&by_groups, &sample.groups));
            let score = if key == sample.text { 1.0 } else { NEXT_TO_SAME * sample.weight * alike };
            nearest[sample.intent] = nearest[sample.intent].max(score);
        }
        let (covered_words, covered_groups) = (self.words.covered(&words), self.groups.covered(&groups));
        let covered = covered_words.into_iter().zip(covered_groups).map(|(words, groups)| f64::midpoint(words, groups));
        let covered = covered.zip(&self.shares).map(|(covered, share)| covered * share);
        let of = |(nearest, covered): (f64, f64)| {
            if nearest >= 1.0 { nearest } else { (1.0 - COVERED_SHARE) * nearest + COVERED_SHARE * covered }
        };
        nearest.into_iter().zip(covered).map(of).collect()
    }

    /// Pairs of intents with their two samples that are the most alike, where these are at least this much alike: a message
    /// of one may be taken for the other.
    pub fn too_alike(&self, from: f64) -> Vec<TooAlike<'_>> {
        let mut pairs: BTreeMap<(usize, usize), (f64, &str, &str)> = BTreeMap::new();
        for (at, one) in self.samples.iter().enumerate() {
            for other in self.samples[at + 1..].iter().filter(|other| other.intent != one.intent) {
                let alike = f64::midpoint(cosine(&one.words, &other.words), cosine(&one.groups, &other.groups));
                let (first, second) = if one.intent < other.intent { (one, other) } else { (other, one) };
                let known = pairs.entry((first.intent, second.intent)).or_default();
                if alike * one.weight.min(other.weight) > known.0 {
                    *known = (alike * one.weight.min(other.weight), &first.text, &second.text);
                }
            }
        }
        let name = |intent: usize| self.words.intents[intent].as_str();
        let close = pairs.into_iter().filter(|(_, (score, ..))| *score >= from);
        close
            .map(|((one, other), (_, first, second))| TooAlike {
                intents: [name(one), name(other)],
                samples: [first, second],
            })
            .collect()
    }
}

impl Terms {
    fn of(intents: &[String], usual: BTreeSet<String>, texts: impl Iterator<Item = (usize, Vec<String>)>) -> Terms {
        let mut holding: HashMap<String, BTreeSet<usize>> = HashMap::new();
        for (intent, terms) in texts {
            for term in terms {
                holding.entry(term).or_default().insert(intent);
            }
        }
        Terms { intents: intents.to_vec(), holding, usual }
    }

    /// The weight of a term: the more the fewer intents have it. One that no sample has is as rare as one can be.
    fn weight(&self, term: &str) -> f64 {
        let all = self.intents.len() as f64 + 1.0;
        let holding = self.holding.get(term).map_or(1, BTreeSet::len) as f64;
        let rarity = (all / holding).ln().max(WEIGHT_MIN);
        if self.usual.contains(term) { rarity * USUAL_SHARE } else { rarity }
    }

    /// The terms with their weights.
    fn vector(&self, terms: &[String]) -> Vector {
        let mut weights = Vector::new();
        for term in terms {
            *weights.entry(term.clone()).or_default() += self.weight(term);
        }
        let length = weights.values().map(|weight| weight * weight).sum::<f64>().sqrt();
        if length > 0.0 {
            weights.values_mut().for_each(|weight| *weight /= length);
        }
        weights
    }

    /// The share of the terms' weight that the samples of each intent have.
    fn covered(&self, terms: &[String]) -> Vec<f64> {
        let mut covered = vec![0.0; self.intents.len()];
        let mut whole = 0.0;
        for term in terms {
            let weight = self.weight(term);
            whole += weight;
            for intent in self.holding.get(term).into_iter().flatten() {
                covered[*intent] += weight;
            }
        }
        if whole > 0.0 {
            covered.iter_mut().for_each(|share| *share /= whole);
        }
        covered
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

/// The beginnings of the words.
fn words_of(text: &str) -> Vec<String> {
    plain_words(text).map(|word| stem(&word)).collect()
}

fn stem(word: &str) -> String {
    word.chars().take(STEM_LETTERS).collect()
}

/// The beginnings of the words that tell something.
fn telling_stems(text: &str) -> BTreeSet<String> {
    plain_words(text).filter(|word| !stop_words::ALL.contains(&word.as_str())).map(|word| stem(&word)).collect()
}

/// The groups of letters within the words that tell something, with the borders of each word.
fn groups_of(text: &str) -> Vec<String> {
    let all: Vec<String> = plain_words(text).collect();
    let telling = all.iter().filter(|word| !stop_words::ALL.contains(&word.as_str()));
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
            ("My robbot does not wrok any more", "Report a problem"),
            ("could I book a meeting on tuesday", "Book a meeting"),
            ("Jeg vil gerne booke et møde på torsdag", "Book a meeting"),
            ("please cancel the meeting of Friday", "Move or cancel an appointment"),
        ] {
            let (found, score, margin) = best(&likeness, message);
            assert!(found == intent && score > 0.25 && margin > 0.0, "{message}: {found} {score:.2} {margin:.2}");
        }
        assert!(likeness.rank("Shakespeare wrote sonnets")[0].score < 0.25);
        assert_eq!(likeness.rank("What is the state of my ticket?")[0].score, 1.0);
    }

    #[test]
    fn a_name_alone_is_worth_less_than_what_customers_say() {
        let likeness = Likeness::of(test_graph::hubspot().edges());
        let (intent, score, _) = best(&likeness, "I have questions about the product");
        assert!(intent == "User has questions about the product" && score < 0.6, "{intent} {score}");
    }

    #[test]
    fn one_rare_word_decides_nothing() {
        let likeness = Likeness::of(frontdesk().edges());
        for (message, intent, decides) in [
            ("ab", "Move or cancel an appointment", false),
            ("hilfe", "Report a problem", false),
            ("my robot is broken", "Report a problem", true),
            ("I want to become a customer", "Become a customer", true),
            ("please cancel the meeting of Friday", "Move or cancel an appointment", true),
        ] {
            assert_eq!(likeness.decides(message, intent), decides, "{message}");
        }
    }

    #[test]
    fn empty_and_huge_messages_are_like_nothing_in_particular() {
        let likeness = Likeness::of(frontdesk().edges());
        assert!(likeness.rank("").iter().all(|alike| alike.score == 0.0));
        assert!(likeness.rank(&"🤖 ".repeat(100_000)).iter().all(|alike| alike.score == 0.0));
        assert!(Likeness::default().rank("hello").is_empty());
    }
}
