//! Turns text into index terms: words in lower case, stemmed, without accents.
//!
//! The analysis is done here and not by tantivy's tokenizers, because one field holds documents of every language: a
//! document is stemmed in its own language, and a query in each language of the library.

use std::sync::LazyLock;

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};
use tantivy::tokenizer::{
    AsciiFoldingFilter, BoxTokenStream, Language, LowerCaser, RemoveLongFilter, Stemmer, StopWordFilter, TextAnalyzer,
    Token, TokenStream, Tokenizer,
};

/// The most bytes of a word. Longer ones are encoded data and are not indexed.
const WORD_BYTES_MAX: usize = 60;

/// Splits by Unicode's rules, with dictionaries for scripts that put no space between words.
static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

/// The English stop words, with those that questions are phrased in. Tantivy's English list lacks the latter; its lists
/// for other languages have them.
const ENGLISH_STOP_WORDS: &str = "a about am an and any anyone anything are as at be been being but by can could did \
    do does doing don't for from get gets getting give go going got had has have having he hello help her hi him his \
    how i i'd i'll i'm i've if in into is isn't it it's its just kind know let like long lot many may me mean might \
    much must my need no not of off on one or our ours out over please say she should so some somebody someone \
    something tell than thank thanks that that's the their them then there these they thing things this those to too \
    up us use very want wants was we we'd we'll we're we've were what what's when where which while who whom whose \
    why will with won't would you you'd you'll you're you've your yours";

/// English words that say little beside others but may still be the subject of a query, so that they are no stop words.
const ENGLISH_COMMON_WORDS: &str = "able again all allow allowed already also another anymore ask back because before \
    between bring call come during ever every everything find happen happened happens keep left leave look make mean \
    more most new now only other own possible put right run same see show sometimes still sure take try turn used \
    uses using without work yet after";

/// Analyzes texts of one language.
#[derive(Clone)]
pub(crate) struct Analyzer {
    all: TextAnalyzer,
    without_stop_words: TextAnalyzer,
}

impl std::fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyzer").finish_non_exhaustive()
    }
}

impl Analyzer {
    /// Creates an analyzer. `None` is a language without a stemmer.
    pub(crate) fn new(language: Option<Language>) -> Analyzer {
        Analyzer {
            all: text_analyzer(language, None),
            without_stop_words: text_analyzer(language, language.and_then(stop_words)),
        }
    }

    /// Returns the terms of a text as tantivy's tokens.
    pub(crate) fn tokens(&mut self, text: &str) -> Vec<Token> {
        collect(self.all.token_stream(text))
    }

    /// Returns the terms of a text, including stop words.
    pub(crate) fn all_terms(&mut self, text: &str) -> Vec<String> {
        self.tokens(text).into_iter().map(|token| token.text).collect()
    }

    /// Returns the terms of a text without stop words.
    pub(crate) fn content_terms(&mut self, text: &str) -> Vec<String> {
        collect(self.without_stop_words.token_stream(text)).into_iter().map(|token| token.text).collect()
    }
}

/// Returns true if `word`, in lower case, is a common English word that says little beside others.
pub(crate) fn is_common(word: &str) -> bool {
    ENGLISH_COMMON_WORDS.split_whitespace().any(|common| common == word)
}

fn text_analyzer(language: Option<Language>, stop_words: Option<StopWordFilter>) -> TextAnalyzer {
    let mut filters = TextAnalyzer::builder(WordTokenizer::default()).dynamic();
    filters = filters.filter_dynamic(RemoveLongFilter::limit(WORD_BYTES_MAX)).filter_dynamic(LowerCaser);
    if let Some(stop_words) = stop_words {
        filters = filters.filter_dynamic(stop_words);
    }
    if let Some(language) = language {
        filters = filters.filter_dynamic(Stemmer::new(language));
    }
    // After the stemmer, which needs the accents. A query that is typed without them finds the same term.
    filters.filter_dynamic(AsciiFoldingFilter).build()
}

fn stop_words(language: Language) -> Option<StopWordFilter> {
    match language {
        Language::English => Some(StopWordFilter::remove(ENGLISH_STOP_WORDS.split_whitespace().map(str::to_owned))),
        other => StopWordFilter::new(other),
    }
}

fn collect(mut stream: BoxTokenStream<'_>) -> Vec<Token> {
    let mut tokens = Vec::new();
    stream.process(&mut |token| tokens.push(token.clone()));
    tokens
}

/// A tokenizer around [`split_words`].
#[derive(Clone, Default)]
struct WordTokenizer {
    token: Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream { words: split_words(text).into_iter(), token: &mut self.token }
    }
}

/// The words of one text as a stream of tokens.
struct WordStream<'a> {
    words: std::vec::IntoIter<String>,
    token: &'a mut Token,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        self.token.position = self.token.position.wrapping_add(1);
        self.words.next().map(|word| self.token.text = word).is_some()
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Splits a text into words by Unicode's rules (UAX 29). Words joined by a hyphen are returned alone and together, so
/// that `e-mail` matches `email`, and `DUST-E` matches `duste`.
pub(crate) fn split_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut hyphenated = false;
    let mut start = 0;
    for (end, kind) in SEGMENTER.segment_str(text).iter_with_word_type() {
        let piece = &text[start..end];
        start = end;
        if kind.is_word_like() {
            let word = without_elision(piece);
            let joined = words.last().filter(|_| hyphenated).map(|before| format!("{before}{word}"));
            words.push(word);
            words.extend(joined);
            hyphenated = false;
        } else {
            hyphenated = piece == "-" && !words.is_empty();
        }
    }
    words
}

/// Removes an elided article before an apostrophe, as in French and Italian: `l'hôtel` becomes `hôtel`. A short ending
/// (`don't`, `ADAM's`) is part of the word and left to the stemmer.
fn without_elision(word: &str) -> String {
    let plain = word.replace('\u{2019}', "'");
    match plain.rsplit_once('\'') {
        Some((_, rest)) if rest.chars().count() >= 3 => rest.to_owned(),
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(language: Option<Language>, text: &str) -> Vec<String> {
        Analyzer::new(language).all_terms(text)
    }

    #[test]
    fn words_are_stemmed_in_their_language() {
        assert_eq!(terms(Some(Language::English), "Deliveries delivered: ADAM's"), ["deliveri", "deliv", "adam"]);
        assert_eq!(terms(Some(Language::French), "Les réparations de l’hôtel"), ["le", "repar", "de", "hotel"]);
        assert_eq!(terms(None, "Große Räume"), ["grosse", "raume"]);
    }

    #[test]
    fn hyphenated_words_are_terms_alone_and_together() {
        assert_eq!(terms(None, "DUST-E SX, e-mail - or"), ["dust", "e", "duste", "sx", "e", "mail", "email", "or"]);
    }

    #[test]
    fn scripts_without_spaces_are_split_into_words() {
        assert_eq!(terms(None, "清洁机器人的交货时间"), ["清洁", "机器", "人的", "交货", "时间"]);
        assert_eq!(terms(None, "配送ロボットの納期"), ["配送", "ロボット", "の", "納期"]);
        assert_eq!(terms(None, "ราคาหุ่นยนต์")[0], "ราคา");
    }

    #[test]
    fn content_terms_have_no_stop_words() {
        assert_eq!(
            Analyzer::new(Some(Language::English)).content_terms("How much is the ADAM robot?"),
            ["adam", "robot"]
        );
        assert_eq!(Analyzer::new(Some(Language::German)).content_terms("Was kostet der Roboter?"), ["kost", "robot"]);
        assert!(Analyzer::new(Some(Language::English)).content_terms("What is it?").is_empty());
    }
}
