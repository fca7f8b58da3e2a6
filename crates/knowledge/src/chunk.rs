//! Cuts a document into passages: by headings first, then by paragraphs and sentences.

use std::sync::LazyLock;

use text_splitter::{ChunkConfig, ChunkSizer, MarkdownSplitter};

use super::{outline, tokens};

/// What a passage is cut to, in estimated tokens: enough for a whole answer, small enough for four of them.
const PASSAGE_TOKENS: usize = 200;

/// What a passage repeats of the one before it, where sentences are short enough, so that no answer is cut in two.
const OVERLAP_TOKENS: usize = 40;

/// A document never has more; what follows is not found, and the report says so.
pub(super) const PASSAGES_MAX: usize = 20_000;

/// A passage before it is indexed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) heading_path: Vec<String>,
    pub(super) text: String,
}

/// The passages of a document called `title`, at most [`PASSAGES_MAX`] of them.
pub(super) fn pieces(title: &str, markdown: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for section in outline::sections(markdown) {
        let mut path = section.heading_path;
        if path.first().is_some_and(|first| first == title) {
            path.remove(0);
        }
        let texts = passages(section.text).into_iter();
        pieces.extend(texts.map(|text| Piece { heading_path: path.clone(), text: text.to_owned() }));
    }
    pieces.truncate(PASSAGES_MAX);
    pieces
}

fn passages(section: &str) -> Vec<&str> {
    let section = section.trim();
    match tokens::estimate(section) {
        0..=PASSAGE_TOKENS => vec![section],
        _ => SPLITTER.chunks(section).collect(),
    }
}

/// Measures in our tokens.
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
        let found = pieces("ADAM", "# ADAM\nA robot.\n\n## Delivery\nTwo weeks.\n");
        let expected = [(vec![], "A robot."), (vec!["Delivery".to_owned()], "Two weeks.")];
        assert_eq!(found, expected.map(|(heading_path, text)| Piece { heading_path, text: text.to_owned() }));
    }

    #[test]
    fn long_sections_are_cut_between_sentences_and_overlap() {
        let sentences: Vec<String> = (0..80).map(|n| format!("Robot number {n} serves drinks to guest {n}.")).collect();
        let found = pieces("", &sentences.join(" "));
        assert!(found.len() > 4, "{}", found.len());
        for pair in found.windows(2) {
            let last = pair[0].text.rsplit_once("Robot").unwrap().1;
            assert!(pair[1].text.contains(last), "nothing of {last:?} is in {:?}", pair[1].text);
        }
        for piece in &found {
            let size = tokens::estimate(&piece.text);
            assert!((100..=PASSAGE_TOKENS).contains(&size) || Some(piece) == found.last(), "{size} tokens");
            assert!(piece.text.starts_with("Robot") && piece.text.ends_with('.'), "{}", piece.text);
        }
        for sentence in sentences {
            assert!(found.iter().any(|piece| piece.text.contains(&sentence)), "{sentence} is cut in two");
        }
    }

    #[test]
    fn text_without_any_end_is_cut_all_the_same() {
        let found = pieces("", &"x".repeat(50_000));
        assert!(found.len() > 10 && found.iter().all(|piece| tokens::estimate(&piece.text) <= PASSAGE_TOKENS));
    }
}
