//! The likeness of a passage to a question, as one number: the words that are asked for weigh by their rarity over the documents,
//! the products that are named agree, and a heading counts beside the text under it.

use serde_json::Value;

use super::{price, topics};
use crate::chat::language::{Language, are_alike, content_words, folded, of};

/// The share of the question's weight that a passage meets, where the visitor surely asks what documents tell, and where
/// perhaps.
const SHARE_SURELY: f64 = 0.33;
const SHARE_PERHAPS: f64 = 0.55;
/// The least weight that is met: a word of nearly every document tells no passage from another.
const WEIGHT_SURELY: f64 = 0.7;
const WEIGHT_PERHAPS: f64 = 1.0;
/// The least weight that is met of what is the visitor's own, which no document tells unless it speaks of the same matter.
const WEIGHT_OF_OWN: f64 = 3.0;
/// The part of the share that headings add, and that the place in the list of passages takes away.
const HEADING_SHARE: f64 = 0.4;
const PLACE_SHARE: f64 = 0.01;
/// The part that the beginning of a document has, where a thing is named and nothing asked of it.
const INTRODUCTION_SHARE: f64 = 0.3;
/// The weight of a word in another language than the documents', which no passage can meet, and the share of what is asked in
/// such a language that a passage meets which answers it.
const FOREIGN_WEIGHT: f64 = 1.0;
const SHARE_FOREIGN: f64 = 0.6;

#[rustfmt::skip]
/// Words that ask for anything about a thing, or for two things side by side.
const GENERAL: &[&str] = &[
    "product", "products", "information", "info", "details", "detail", "learn", "question", "questions", "interested", "describe", "explain",
    "difference", "differences", "different", "compare", "compared", "comparison", "versus", "forskel", "forskellen", "sammenlign",
    "comparer", "differenza", "confronto", "unterschied", "vergleich", "between", "mellem", "entre", "zwischen",
];

/// A question, weighed over the documents that were found.
#[derive(Debug)]
pub(super) struct WeighedQuestion {
    terms: Vec<Term>,
    for_price: bool,
    speaks_of_own: bool,
    /// The documents are in the language of the question, so that its words can be met.
    same_language: bool,
}

/// A word of a question.
#[derive(Clone, Debug)]
struct Term {
    word: String,
    weight: f64,
    kind: TermKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TermKind {
    /// The name of a product, a place or a company: what the question is about.
    Name,
    /// What is asked of it.
    Asked,
    /// The price of it, by whatever word.
    Price,
    /// A thing that is asked for in another language than the documents', by their words for it.
    Topic,
}

/// A passage that is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice {
    /// Its place among the passages.
    pub(super) at: usize,
    /// The certainty that it answers.
    pub(super) fit: Fit,
}

/// The certainty that a passage answers a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It is about the same thing; what is asked of it stands in words of another language.
    IsNear,
    /// It answers.
    Answers,
}

/// The parts of a passage by which it is weighed.
#[derive(Debug)]
pub(super) struct PassageWords {
    all: Vec<String>,
    about: Vec<String>,
    names: Vec<String>,
    document: String,
    tells_price: bool,
    /// It stands at the beginning of its document, under no heading of its own.
    is_introduction: bool,
}

/// The strictness of the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// The visitor surely asks what documents tell.
    Surely,
    /// They perhaps do.
    Perhaps,
}

impl PassageWords {
    /// The words of all passages of an answer. A word that also stands in small letters is no name, unless it has several
    /// capitals: `DUST-E` beside `dust`.
    pub(super) fn of_all(passages: &[&Value]) -> Vec<PassageWords> {
        let small: Vec<String> = passages.iter().flat_map(|passage| small_words(&text(passage))).collect();
        passages.iter().map(|passage| PassageWords::of(passage, &small)).collect()
    }

    fn of(passage: &Value, small: &[String]) -> PassageWords {
        let headings = passage["headings"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let title = passage["title"].as_str().unwrap_or_default();
        let is_introduction = headings.clone().all(|heading| heading == title);
        let about = headings.chain([title]).collect::<Vec<_>>().join(" ");
        let text = text(passage);
        let names = [&text, title].into_iter().flat_map(|text| names_in(text, small));
        PassageWords {
            all: content_words(&format!("{text} {about}")),
            names: names.collect(),
            document: passage["source"].as_str().unwrap_or(title).to_owned(),
            tells_price: price::is_told(&format!("{about} {text}")),
            about: content_words(&about),
            is_introduction,
        }
    }

    fn has(&self, term: &Term) -> bool {
        match term.kind {
            TermKind::Price => self.tells_price,
            TermKind::Topic => has_one_of(&self.all, &term.word),
            _ => self.all.iter().any(|known| are_alike(known, &term.word)),
        }
    }

    fn is_about(&self, term: &Term) -> bool {
        match term.kind {
            TermKind::Price => has_one_of(&self.about, price::WORDS),
            TermKind::Topic => has_one_of(&self.about, &term.word),
            _ => self.about.iter().any(|known| are_alike(known, &term.word)),
        }
    }
}

impl WeighedQuestion {
    /// Weighs the words of a question by how many of the documents have them.
    pub(super) fn of(
        question: &str,
        passages: &[&Value],
        words: &[PassageWords],
        documents: usize,
        asked_in: Language,
    ) -> WeighedQuestion {
        let texts = passages.iter().map(|passage| text(passage)).collect::<Vec<_>>().join(" ");
        let written_in = of(&texts).filter(|written| *written != asked_in);
        let for_price = price::is_asked(question);
        let is_name = |word: &str| {
            words.iter().flat_map(|words| &words.names).any(|name| name == word || format!("{name}s") == word)
        };
        let told =
            content_words(&price::without(question)).into_iter().filter(|word| !GENERAL.contains(&word.as_str()));
        let topic =
            |word: &str| written_in.and_then(|written| Some(topics::of_word(word, asked_in)?.named_in(written)));
        let told = told.map(|word| match topic(&word) {
            _ if is_name(&word) => Term { word, weight: 0.0, kind: TermKind::Name },
            Some(words) => Term { word: words.to_owned(), weight: 0.0, kind: TermKind::Topic },
            None => Term { word, weight: 0.0, kind: TermKind::Asked },
        });
        let price = for_price.then(|| Term { word: price::WORDS.to_owned(), weight: 0.0, kind: TermKind::Price });
        let weighed = told.chain(price).map(|term| {
            let mut with: Vec<&str> =
                words.iter().filter(|words| words.has(&term)).map(|words| words.document.as_str()).collect();
            with.sort_unstable();
            with.dedup();
            let is_foreign = written_in.is_some() && with.is_empty();
            let weight = if is_foreign { FOREIGN_WEIGHT } else { rarity(with.len(), documents) };
            Term { weight, ..term }
        });
        let mut terms: Vec<Term> = vec![];
        for term in weighed {
            if !terms.iter().any(|known| known.word == term.word) {
                terms.push(term);
            }
        }
        let speaks_of_own = folded(question).split(' ').any(|word| OWN.contains(&word));
        WeighedQuestion { terms, for_price, speaks_of_own, same_language: written_in.is_none() }
    }

    /// The names in the question that the documents know.
    pub(super) fn names(&self) -> Vec<&str> {
        self.terms.iter().filter(|term| term.kind == TermKind::Name).map(|term| term.word.as_str()).collect()
    }

    /// The same question about one of the things that it names.
    pub(super) fn about_only(&self, name: &str) -> WeighedQuestion {
        let is_left = |term: &&Term| term.kind != TermKind::Name || term.word == name;
        WeighedQuestion { terms: self.terms.iter().filter(is_left).cloned().collect(), ..*self }
    }

    /// The place of the best passage that answers the question, and that names all that it names where `whole` is wanted.
    pub(super) fn best(&self, passages: &[PassageWords], strictness: Strictness, whole: bool) -> Option<Choice> {
        let scored = |agrees: bool| {
            let all = passages.iter().enumerate().filter_map(|(at, passage)| {
                let is_whole = self.terms.iter().all(|term| term.kind != TermKind::Name || passage.has(term));
                let is_meant = self.agrees(passage) == agrees && (!whole || is_whole);
                let (score, fit) = self.score(passage, strictness).filter(|_| is_meant)?;
                Some((score - PLACE_SHARE * at as f64, Choice { at, fit }))
            });
            let best = all.max_by(|(one, of_one), (other, of_other)| {
                of_one.fit.cmp(&of_other.fit).then_with(|| one.total_cmp(other))
            });
            best.map(|(_, choice)| choice)
        };
        // What names nothing is said of everything, and is told where nothing is said of this.
        scored(true).or_else(|| scored(false))
    }

    /// True for a passage that names something of what the question names.
    fn agrees(&self, passage: &PassageWords) -> bool {
        let mut named = self.terms.iter().filter(|term| term.kind == TermKind::Name).peekable();
        named.peek().is_none() || named.any(|term| passage.has(term))
    }

    /// The score of a passage, and how surely it answers; `None` if it does not.
    fn score(&self, passage: &PassageWords, strictness: Strictness) -> Option<(f64, Fit)> {
        let named: Vec<&Term> = self.terms.iter().filter(|term| term.kind == TermKind::Name).collect();
        let agrees = self.agrees(passage);
        if !agrees && !passage.names.is_empty() {
            return None;
        }
        let counted: Vec<&Term> = self.terms.iter().filter(|term| agrees || term.kind != TermKind::Name).collect();
        let sum =
            |of: &dyn Fn(&Term) -> bool| counted.iter().filter(|term| of(term)).map(|term| term.weight).sum::<f64>();
        let (all, met) = (sum(&|_| true), sum(&|term| passage.has(term)));
        let asks = |term: &Term| term.kind != TermKind::Name;
        let (asked, asked_met) = (sum(&asks), sum(&|term| asks(term) && passage.has(term)));
        if met <= 0.0 || (self.for_price && !passage.tells_price) {
            return None;
        }
        // Whoever only names a thing wants to know what it is.
        let introduces = asked <= 0.0 && passage.is_introduction;
        let score =
            met / all + self.heading_share(&counted, passage, all) + if introduces { INTRODUCTION_SHARE } else { 0.0 };
        if !self.same_language {
            let is_named = agrees && !named.is_empty();
            let asked_share = if asked > 0.0 { asked_met / asked } else { 1.0 };
            let weight = Foreign { asked_share, met, is_named, speaks_of_own: self.speaks_of_own && !self.for_price };
            return weight.fit(strictness).map(|fit| (score, fit));
        }
        let (share_min, weight_min) = match strictness {
            Strictness::Surely => (SHARE_SURELY, WEIGHT_SURELY),
            Strictness::Perhaps => (SHARE_PERHAPS, WEIGHT_PERHAPS),
        };
        // A passage about the thing that is named is told before one about everything.
        let share_min = if agrees && !named.is_empty() && asked_met > 0.0 { SHARE_SURELY } else { share_min };
        // What is asked of a thing is met, and not only its name.
        let is_met = asked <= 0.0 || asked_met > 0.0;
        // One word, as in `how long will that take`, does not tell what is asked.
        let is_loose = strictness == Strictness::Perhaps && named.is_empty() && counted.len() == 1 && !self.for_price;
        let weight_min = if self.speaks_of_own && !self.for_price { weight_min.max(WEIGHT_OF_OWN) } else { weight_min };
        let is_enough =
            met / all >= share_min && (met >= weight_min || (agrees && !named.is_empty() && !self.speaks_of_own));
        (is_met && is_enough && !is_loose).then_some((score, Fit::Answers))
    }

    fn heading_share(&self, counted: &[&Term], passage: &PassageWords, all: f64) -> f64 {
        let about = counted.iter().filter(|term| passage.is_about(term)).map(|term| term.weight).sum::<f64>();
        HEADING_SHARE * about / all
    }
}

/// The weights of a question in another language than the documents'.
#[derive(Clone, Copy, Debug)]
struct Foreign {
    /// The share of what is asked that the passage has words for.
    asked_share: f64,
    met: f64,
    is_named: bool,
    speaks_of_own: bool,
}

impl Foreign {
    /// How surely a passage answers: what is asked is met, or only the thing that is named is the same.
    fn fit(self, strictness: Strictness) -> Option<Fit> {
        let weight_min = if self.speaks_of_own { WEIGHT_OF_OWN } else { WEIGHT_PERHAPS };
        let is_enough = self.met >= weight_min || (self.is_named && !self.speaks_of_own);
        if is_enough && self.asked_share >= SHARE_FOREIGN {
            return Some(Fit::Answers);
        }
        let is_near = is_enough && (self.is_named || self.asked_share > 0.0);
        (is_near && strictness == Strictness::Surely).then_some(Fit::IsNear)
    }
}

fn has_one_of(words: &[String], wanted: &str) -> bool {
    words.iter().any(|known| wanted.split(' ').any(|word| are_alike(known, word)))
}

/// The weight of a word that so many of the documents have.
fn rarity(with: usize, documents: usize) -> f64 {
    const UNSEEN: f64 = 0.5;
    (1.0 + documents.max(with).max(1) as f64 / (UNSEEN + with as f64)).ln()
}

/// Words for what is the visitor's.
const OWN: &[&str] =
    &["my", "mein", "meine", "meinen", "meiner", "min", "mit", "mine", "mon", "ma", "mes", "mio", "mia", "miei", "mie"];

fn text(passage: &Value) -> String {
    passage["document_text"].as_str().unwrap_or_default().to_owned()
}

/// The words of a text that stand in small letters.
fn small_words(text: &str) -> Vec<String> {
    let small = text.split_whitespace().filter(|word| !word.chars().any(char::is_uppercase));
    content_words(&small.collect::<Vec<_>>().join(" "))
}

/// Names in a text: words with a capital letter within a sentence that are not among the `small` ones, and words of several
/// capitals, in lower case and without accents.
fn names_in(text: &str, small: &[String]) -> Vec<String> {
    let mut names = vec![];
    let mut begins = true;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let capitals = bare.chars().filter(|c| c.is_uppercase()).count();
        if capitals > 1 || (capitals == 1 && !begins && bare.starts_with(char::is_uppercase)) {
            names.extend(content_words(bare).into_iter().filter(|name| capitals > 1 || !small.contains(name)));
        }
        begins = word.ends_with(['.', '!', '?', ':']);
    }
    names
}
