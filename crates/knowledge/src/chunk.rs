//! Cuts a document into passages: at its headings first, then between paragraphs, list items, sentences and words.

use std::sync::LazyLock;

use icu_segmenter::{SentenceSegmenter, SentenceSegmenterBorrowed, options::SentenceBreakInvariantOptions};

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

/// Cuts a section into passages. Each takes as many units as fit, after the last sentences of the one before it.
fn split_section(section: &str) -> Vec<&str> {
    let mut passages = Vec::new();
    let (mut start, mut end, mut size) = (0, 0, 0);
    for unit in units(section) {
        let unit_size = tokens::estimate(unit);
        if size > 0 && size + unit_size > PASSAGE_TOKENS {
            let passage = &section[start..end];
            passages.push(passage.trim());
            let overlap = overlap(passage);
            size = tokens::estimate(overlap);
            start = end - overlap.len();
            if size + unit_size > PASSAGE_TOKENS {
                (start, size) = (end, 0);
            }
        }
        end += unit.len();
        size += unit_size;
    }
    passages.push(section[start..].trim());
    passages
}

/// Cuts a text into parts that are joined to the text again when put one after the other.
type Split = fn(&str) -> Vec<&str>;

/// The ways to cut a text, from the coarsest to the finest.
const SPLITS: [Split; 5] = [paragraphs, items, sentences, words, pieces];

/// Cuts a text into the largest parts of at most [`PASSAGE_TOKENS`] each.
fn units(text: &str) -> Vec<&str> {
    let mut units = vec![text];
    for split in SPLITS {
        let divide = |unit| if tokens::estimate(unit) > PASSAGE_TOKENS { split(unit) } else { vec![unit] };
        units = units.into_iter().flat_map(divide).collect();
    }
    units
}

/// Cuts behind empty lines.
fn paragraphs(text: &str) -> Vec<&str> {
    lines_before(text, |before, line| before.trim().is_empty() && !line.trim().is_empty())
}

/// Cuts before list items and table rows.
fn items(text: &str) -> Vec<&str> {
    lines_before(text, |_, line| is_item(line.trim_start()))
}

fn is_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") "));
    numbered || line.starts_with(['|', '-', '*', '+'])
}

/// Cuts before each line for which `begins`, given the line before it and the line itself, is true.
fn lines_before(text: &str, begins: impl Fn(&str, &str) -> bool) -> Vec<&str> {
    let (mut parts, mut start, mut end) = (Vec::new(), 0, 0);
    let mut before = text;
    for line in text.split_inclusive('\n') {
        if end > start && begins(before, line) {
            parts.push(&text[start..end]);
            start = end;
        }
        end += line.len();
        before = line;
    }
    parts.push(&text[start..]);
    parts
}

/// Cuts between sentences by Unicode's rules (UAX 29). A single line end is no end of a sentence in Markdown.
fn sentences(text: &str) -> Vec<&str> {
    static SEGMENTER: LazyLock<SentenceSegmenterBorrowed<'static>> =
        LazyLock::new(|| SentenceSegmenter::new(SentenceBreakInvariantOptions::default()));
    let one_line = text.replace('\n', " ");
    cut_at(text, SEGMENTER.segment_str(&one_line))
}

/// Cuts behind white space.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

/// Cuts a text without any white space. A character is at most one token.
fn pieces(text: &str) -> Vec<&str> {
    cut_at(text, text.char_indices().map(|(at, _)| at).step_by(PASSAGE_TOKENS))
}

/// Cuts a text at the given ascending positions. Its beginning and its end may be among them.
fn cut_at(text: &str, positions: impl Iterator<Item = usize>) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for at in positions.chain([text.len()]) {
        if at > start {
            parts.push(&text[start..at]);
            start = at;
        }
    }
    parts
}

/// Returns the last sentences of a passage that have at most [`OVERLAP_TOKENS`] together, but not the whole passage.
fn overlap(passage: &str) -> &str {
    let (mut start, mut size) = (passage.len(), 0);
    for sentence in sentences(passage).into_iter().skip(1).rev() {
        size += tokens::estimate(sentence);
        if size > OVERLAP_TOKENS {
            break;
        }
        start -= sentence.len();
    }
    &passage[start..]
}

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
    fn long_text_is_cut_at_the_coarsest_possible_boundary() {
        let cuts: [(Split, &str, &[&str]); 4] = [
            (paragraphs, "a\nb\n\n\nc\n", &["a\nb\n\n\n", "c\n"]),
            (items, "a\nb\n- c\n  d\n2. e\n2 f", &["a\nb\n", "- c\n  d\n", "2. e\n2 f"]),
            (sentences, "One\nline. Two. 3.5 m.", &["One\nline. ", "Two. ", "3.5 m."]),
            (words, "a b\nc", &["a ", "b\n", "c"]),
        ];
        for (split, text, parts) in cuts {
            assert_eq!(split(text), parts);
        }
    }

    #[test]
    fn text_without_any_end_is_cut_all_the_same() {
        let found = chunks("", &"x".repeat(50_000));
        assert!(found.len() > 10 && found.iter().all(|chunk| tokens::estimate(&chunk.text) <= PASSAGE_TOKENS));
    }
}
