//! From text to the words it is found by: split, lower-cased, stemmed, without accents.
//!
//! Words are cut here and not by tantivy's own tokenizers, so that one field holds every language: the stems of a
//! document are those of its language, and a question is stemmed in each language that the library has.

use std::sync::LazyLock;

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};
use tantivy::tokenizer::{
    AsciiFoldingFilter, BoxTokenStream, Language, LowerCaser, RemoveLongFilter, Stemmer, StopWordFilter, TextAnalyzer,
    Token, TokenStream, Tokenizer,
};

/// Longer ones are not words but encoded data.
const WORD_BYTES_MAX: usize = 60;

/// Has the dictionaries for scripts that put no space between words.
static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

/// What people say around what they ask. Tantivy's own English list has none of the words of a question; its lists for
/// other languages do.
const ENGLISH_SMALL_WORDS: &str = "a about am an and any anyone anything are as at be been being but by can could did \
    do does doing don't for from get gets getting give go going got had has have having he hello help her hi him his \
    how i i'd i'll i'm i've if in into is isn't it it's its just kind know let like long lot many may me mean might \
    much must my need no not of off on one or our ours out over please say she should so some somebody someone \
    something tell than thank thanks that that's the their them then there these they thing things this those to too \
    up us use very want wants was we we'd we'll we're we've were what what's when where which while who whom whose \
    why will with won't would you you'd you'll you're you've your yours";

/// What says little beside other words in an English question, and all the same may be what it is about.
const ENGLISH_LIGHT_WORDS: &str = "able again all allow allowed already also another anymore ask back because before \
    between bring call come during ever every everything find happen happened happens keep left leave look make mean \
    more most new now only other own possible put right run same see show sometimes still sure take try turn used \
    uses using without work yet after";

/// Turns a text of one language into words.
#[derive(Clone)]
pub(super) struct Words {
    every: TextAnalyzer,
    weighty: TextAnalyzer,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").finish_non_exhaustive()
    }
}

impl Words {
    pub(super) fn of(language: Option<Language>) -> Words {
        Words { every: analyzer(language, None), weighty: analyzer(language, language.and_then(small_words)) }
    }

    /// Every word of a document's text.
    pub(super) fn every(&mut self, text: &str) -> Vec<Token> {
        collect(self.every.token_stream(text))
    }

    /// Every word of a text, without where it stands.
    pub(super) fn every_word(&mut self, text: &str) -> Vec<String> {
        self.every(text).into_iter().map(|word| word.text).collect()
    }

    /// The words that say what a question is about.
    pub(super) fn weighty(&mut self, text: &str) -> Vec<String> {
        collect(self.weighty.token_stream(text)).into_iter().map(|word| word.text).collect()
    }
}

/// Whether `word`, in lower case, says little beside others.
pub(super) fn is_light(word: &str) -> bool {
    ENGLISH_LIGHT_WORDS.split_whitespace().any(|light| light == word)
}

fn analyzer(language: Option<Language>, without: Option<StopWordFilter>) -> TextAnalyzer {
    let mut words = TextAnalyzer::builder(Splitter::default()).dynamic();
    words = words.filter_dynamic(RemoveLongFilter::limit(WORD_BYTES_MAX)).filter_dynamic(LowerCaser);
    if let Some(small_words) = without {
        words = words.filter_dynamic(small_words);
    }
    if let Some(language) = language {
        words = words.filter_dynamic(Stemmer::new(language));
    }
    // After the stemmers, which know accents; so that a question typed without them finds the same word.
    words.filter_dynamic(AsciiFoldingFilter).build()
}

fn small_words(language: Language) -> Option<StopWordFilter> {
    match language {
        Language::English => Some(StopWordFilter::remove(ENGLISH_SMALL_WORDS.split_whitespace().map(str::to_owned))),
        other => StopWordFilter::new(other),
    }
}

fn collect(mut stream: BoxTokenStream<'_>) -> Vec<Token> {
    let mut words = Vec::new();
    stream.process(&mut |word| words.push(word.clone()));
    words
}

/// Splits by Unicode's rules (UAX 29), with dictionaries where a script has no spaces.
#[derive(Clone, Default)]
struct Splitter {
    token: Token,
}

impl Tokenizer for Splitter {
    type TokenStream<'a> = Split<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Split<'a> {
        Split { words: split(text).into_iter(), token: &mut self.token }
    }
}

/// The words of one text, one after the other.
struct Split<'a> {
    words: std::vec::IntoIter<String>,
    token: &'a mut Token,
}

impl TokenStream for Split<'_> {
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

/// The words of `text`. Those joined by a hyphen are there alone and together, so that `e-mail` and `email`, `DUST-E`
/// and `duste` find each other.
pub(super) fn split(text: &str) -> Vec<String> {
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

/// French and Italian put small words before an apostrophe: `l'hôtel` is found by `hôtel`. Where something short
/// follows (`don't`, `ADAM's`) it belongs to the word, and the stemmer deals with it.
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

    fn every(language: Option<Language>, text: &str) -> Vec<String> {
        Words::of(language).every_word(text)
    }

    #[test]
    fn words_are_stemmed_in_their_language() {
        assert_eq!(every(Some(Language::English), "Deliveries delivered: ADAM's"), ["deliveri", "deliv", "adam"]);
        assert_eq!(every(Some(Language::French), "Les réparations de l’hôtel"), ["le", "repar", "de", "hotel"]);
        assert_eq!(every(None, "Große Räume"), ["grosse", "raume"]);
    }

    #[test]
    fn hyphens_join_and_part() {
        assert_eq!(every(None, "DUST-E SX, e-mail - or"), ["dust", "e", "duste", "sx", "e", "mail", "email", "or"]);
    }

    #[test]
    fn scripts_without_spaces_have_words_too() {
        assert_eq!(every(None, "清洁机器人的交货时间"), ["清洁", "机器", "人的", "交货", "时间"]);
        assert_eq!(every(None, "配送ロボットの納期"), ["配送", "ロボット", "の", "納期"]);
        assert_eq!(every(None, "ราคาหุ่นยนต์")[0], "ราคา");
    }

    #[test]
    fn questions_are_about_their_weighty_words() {
        assert_eq!(Words::of(Some(Language::English)).weighty("How much is the ADAM robot?"), ["adam", "robot"]);
        assert_eq!(Words::of(Some(Language::German)).weighty("Was kostet der Roboter?"), ["kost", "robot"]);
        assert!(Words::of(Some(Language::English)).weighty("What is it?").is_empty());
    }
}
