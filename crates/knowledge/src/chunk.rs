//! Cuts a document into passages: at its headings first, then between paragraphs, list items, sentences and words.

use std::sync::LazyLock;

use text_splitter::{ChunkConfig, ChunkSizer, MarkdownSplitter};

use crate::{sections, tokens};

/// The most estimated tokens of a passage: enough for a whole answer, and small enough to send four of them.
const PASSAGE_TOKENS: usize = 200;

/// The most estimated tokens that a passage repeats from the end of the one before it, in whole sentences, so that an
/// answer of two sentences is not lost where a passage ends.
const OVERLAP_TOKENS: usize = 40;

/// The most passages of one document. The rest of a longer document is not indexed, and the report says so.
pub(crate) const PASSAGES_MAX: usize = 20_000;

/// A passage before it is indexed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// The headings above it, outermost first.
    pub(crate) heading_path: Vec<String>,
    pub(crate) text: String,
}

/// Cuts a document with the given title into at most [`PASSAGES_MAX`] chunks. A first heading that equals the title is
/// left out of the heading paths.
pub(crate) fn chunks(title: &str, markdown: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for section in sections::sections(markdown) {
        let mut path = section.heading_path;
        if path.first().is_some_and(|first| first == title) {
            path.remove(0);
        }
        let texts = split_section(section.text.trim()).into_iter();
        chunks.extend(texts.map(|text| Chunk { heading_path: path.clone(), text: text.to_owned() }));
    }
    chunks.truncate(PASSAGES_MAX);
    chunks
}

fn split_section(section: &str) -> Vec<&str> {
    match tokens::estimate(section) {
        0..=PASSAGE_TOKENS => vec![section],
        _ => SPLITTER.chunks(section).collect(),
    }
}

/// Measures in estimated tokens.
struct Tokens;

impl ChunkSizer for Tokens {
    fn size(&self, chunk: &str) -> usize {
        tokens::estimate(chunk)
    }
}

static SPLITTER: LazyLock<MarkdownSplitter<Tokens>> = LazyLock::new(|| {
    let config = ChunkConfig::new(PASSAGE_TOKENS).with_sizer(Tokens);
    MarkdownSplitter::new(config.with_overlap(OVERLAP_TOKENS).expect("the overlap is smaller than the passage"))
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_sections_stay_whole_under_their_headings() {
        let found = chunks("ADAM", "# ADAM\nA robot.\n\n## Delivery\nTwo weeks.\n");
        let expected = [(vec![], "A robot."), (vec!["Delivery".to_owned()], "Two weeks.")];
        assert_eq!(found, expected.map(|(heading_path, text)| Chunk { heading_path, text: text.to_owned() }));
    }

    #[test]
    fn long_sections_are_cut_between_sentences_and_overlap() {
        let sentences: Vec<String> = (0..80).map(|n| format!("Robot number {n} serves drinks to guest {n}.")).collect();
        let found = chunks("", &sentences.join(" "));
        assert!(found.len() > 4, "{}", found.len());
        for pair in found.windows(2) {
            let last = pair[0].text.rsplit_once("Robot").unwrap().1;
            assert!(pair[1].text.contains(last), "nothing of {last:?} is in {:?}", pair[1].text);
        }
        for chunk in &found {
            let size = tokens::estimate(&chunk.text);
            assert!((100..=PASSAGE_TOKENS).contains(&size) || Some(chunk) == found.last(), "{size} tokens");
            assert!(chunk.text.starts_with("Robot") && chunk.text.ends_with('.'), "{}", chunk.text);
        }
        for sentence in sentences {
            assert!(found.iter().any(|chunk| chunk.text.contains(&sentence)), "{sentence} is cut in two");
        }
    }

    #[test]
    fn text_without_any_end_is_cut_all_the_same() {
        let found = chunks("", &"x".repeat(50_000));
        assert!(found.len() > 10 && found.iter().all(|chunk| tokens::estimate(&chunk.text) <= PASSAGE_TOKENS));
    }
}
