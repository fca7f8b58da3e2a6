//! Cuts a document into passages: at its headings first, then between paragraphs, list items, sentences and words.

mod tables;

use std::sync::LazyLock;

use icu_segmenter::{SentenceSegmenter, SentenceSegmenterBorrowed, options::SentenceBreakInvariantOptions};

use crate::{sections, text, tokens};
use tables::Table;

/// The most estimated tokens of a passage: enough for a whole answer, and small enough to send four of them.
const PASSAGE_TOKENS: usize = 200;

/// The most estimated tokens that a passage repeats from the end of the one before it, in whole sentences, so that an
/// answer of two sentences is not lost where a passage ends.
const OVERLAP_TOKENS: usize = 40;

/// The most estimated tokens of a row of a table that is kept whole, so that its values stay together.
const ROW_TOKENS_MAX: usize = 2 * PASSAGE_TOKENS;

/// The most characters of a text in which the ends of sentences are looked for at once: the time grows with the square of
/// a text that has none.
const SENTENCE_CHARS_MAX: usize = 2_000;

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
        for text in split_section(section.text.trim()) {
            if chunks.len() == PASSAGES_MAX {
                return chunks;
            }
            chunks.push(Chunk { heading_path: path.clone(), text });
        }
    }
    chunks
}

/// Cuts a section into passages. Each takes as many units as fit, after the last sentences of the one before it, or
/// below the header of the table that it begins in.
fn split_section(section: &str) -> Vec<String> {
    let mut passages = Passages { section, tables: tables::find(section), texts: Vec::new(), header: String::new() };
    let (mut start, mut end, mut size, mut line_start) = (0, 0, 0, 0);
    for unit in units(section) {
        let unit_size = tokens::estimate(unit);
        if size > 0 && size + unit_size > passages.tokens_max() {
            passages.push(start, end, line_start);
            let overlap = passages.overlap(start, end);
            start = end - overlap.len();
            size = tokens::estimate(overlap) + tokens::estimate(&passages.header);
            if size + unit_size > passages.tokens_max() {
                (start, size) = (end, tokens::estimate(&passages.header));
            }
        }
        line_start = unit.rfind('\n').map_or(line_start, |at| end + at + 1);
        end += unit.len();
        size += unit_size;
    }
    passages.push(start, section.len(), line_start);
    passages.texts
}

/// The passages of a section, which are added in its order.
struct Passages<'a> {
    section: &'a str,
    /// The tables that do not end before the next passage, the first one last.
    tables: Vec<Table>,
    texts: Vec<String>,
    /// The header of the table that the next passage begins in, with the first cell of a row that is cut, or an empty string.
    header: String,
}

impl<'a> Passages<'a> {
    /// Adds a passage. `line_start` is the begin of the line that stands at its end.
    fn push(&mut self, start: usize, end: usize, line_start: usize) {
        let text = self.section[start..end].trim();
        self.texts.push(format!("{}{text}", self.header));
        while self.tables.last().is_some_and(|table| table.end <= end) {
            self.tables.pop();
        }
        let table = self.tables.last().filter(|table| table.rows_start <= end);
        self.header = table.map_or_else(String::new, |table| {
            let row = if line_start >= table.rows_start { &self.section[line_start..end] } else { "" };
            format!("{}{}", table.header, tables::row_name(row))
        });
    }

    /// The most estimated tokens of the next passage. Below a long header, as much of the table as the header has.
    fn tokens_max(&self) -> usize {
        PASSAGE_TOKENS.max(2 * tokens::estimate(&self.header))
    }

    /// Returns the end of a passage that the next one repeats: nothing of a table, which repeats its header.
    fn overlap(&self, start: usize, end: usize) -> &'a str {
        if self.header.is_empty() { overlap(&self.section[start..end]) } else { "" }
    }
}

/// Cuts a text into parts that are joined to the text again when put one after the other.
type Split = fn(&str) -> Vec<&str>;

/// The ways to cut a text, from the coarsest to the finest.
const SPLITS: [Split; 5] = [paragraphs, items, sentences, words, pieces];

/// Cuts a text into the largest parts of at most [`PASSAGE_TOKENS`] each.
fn units(text: &str) -> Vec<&str> {
    let mut units = vec![text];
    for split in SPLITS {
        let tokens_max = |unit| if tables::is_row(unit) { ROW_TOKENS_MAX } else { PASSAGE_TOKENS };
        let divide = |unit| if tokens::estimate(unit) > tokens_max(unit) { split(unit) } else { vec![unit] };
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
    numbered || line.starts_with(['|', '-', '*', '+']) || line.contains(" | ")
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
    let mut ends = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let window = text::truncate(&one_line[start..], SENTENCE_CHARS_MAX);
        let is_last = start + window.len() == text.len();
        let found: Vec<usize> = SEGMENTER.segment_str(window).filter(|end| *end > 0).collect();
        // The last sentence of a window may go on behind it, unless the window has no other.
        let whole = if is_last || found.len() < 2 { &found[..] } else { &found[..found.len() - 1] };
        ends.extend(whole.iter().map(|end| start + end));
        start += whole.last().copied().unwrap_or(window.len());
    }
    cut_at(text, ends.into_iter())
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

    #[test]
    fn each_passage_of_a_table_has_its_header() {
        let rows: String = (0..200).map(|n| format!("| Filter {n} | DF-{n} | {n} EUR |\n")).collect();
        let found = chunks("", &format!("Prices:\n\n| Part | No | Price |\n|---|---|---|\n{rows}\nWithout VAT.\n"));
        assert!(found.len() > 5);
        for chunk in &found {
            assert!(chunk.text.contains("| Part | No | Price |\n|---|---|---|\n| Filter"), "{}", chunk.text);
            assert!(tokens::estimate(&chunk.text) <= PASSAGE_TOKENS, "{}", chunk.text);
        }
        for n in 0..200 {
            let row = format!("| Filter {n} | DF-{n} | {n} EUR |");
            assert_eq!(found.iter().filter(|chunk| chunk.text.contains(&row)).count(), 1, "{row}");
        }
    }

    #[test]
    fn tables_without_outer_bars_have_their_header_too() {
        let rows: String = (0..200).map(|n| format!("Snip {n} | {n}.50 EUR\n")).collect();
        let found = chunks("", &format!("Prices:\n\nPart | Price\n--- | ---\n{rows}\nWithout VAT.\n"));
        assert!(found.len() > 5);
        for chunk in &found {
            assert!(chunk.text.contains("Part | Price\n--- | ---\nSnip"), "{}", chunk.text);
        }
        for n in 0..200 {
            let row = format!("Snip {n} | {n}.50 EUR");
            assert_eq!(found.iter().filter(|chunk| chunk.text.lines().any(|line| line == row)).count(), 1, "{row}");
        }
    }

    #[test]
    fn long_headers_are_repeated_and_very_long_ones_are_shortened() {
        for (columns, name) in [(18, "Price of model"), (60, "The price of the model with all its parts, number")] {
            let header: String = (0..columns).map(|n| format!(" {name} {n} |")).collect();
            let line = |n: usize| (0..columns).map(|column| format!(" {} |", n * 10 + column)).collect::<String>();
            let rows: String = (0..80).map(|n| format!("|{}\n", line(n))).collect();
            let found = chunks("", &format!("|{header}\n|{}\n{rows}", " --- |".repeat(columns)));
            assert!(found.len() > 3);
            // A header of more than a passage is cut like any row; what follows it has it in short.
            let begin = found.iter().position(|chunk| chunk.text.contains("---")).unwrap();
            for chunk in &found[begin + 1..] {
                let names = chunk.text.lines().next().unwrap();
                assert_eq!(names.matches('|').count(), columns + 1, "{names}");
                assert!(names.starts_with(&format!("| {}", &name[..3])), "{names}");
                assert!(chunk.text.lines().nth(1).is_some_and(|line| line.contains("---")), "{}", chunk.text);
            }
            let bytes: usize = found.iter().map(|chunk| chunk.text.len()).sum();
            assert!(bytes < 3 * (header.len() + rows.len()), "{bytes}");
        }
    }

    #[test]
    fn each_part_of_a_long_row_has_its_name() {
        let long = "Serves drinks to guests. ".repeat(200);
        let text =
            format!("| Robot | Text | Price |\n| --- | --- | --- |\n| ADAM | {long} | 5 |\n| EVE | short | 6 |\n");
        let found = chunks("", &text);
        assert!(found.len() > 3);
        assert!(found.iter().all(|chunk| chunk.text.starts_with("| Robot | Text | Price |\n")));
        assert!(found[1..].iter().all(|chunk| chunk.text.contains("| ADAM |") || chunk.text.contains("| EVE |")));
        let row = format!("| ADAM | {} | 5 |", "x ".repeat(140));
        let short = chunks("", &format!("| Robot | Text | Price |\n| --- | --- | --- |\n{row}\n"));
        assert_eq!(short.len(), 1, "a row of a passage and a half stays whole");
    }

    /// What is written once is cut once: the sizes stand for time and memory.
    #[test]
    fn no_text_is_multiplied_by_its_cutting() {
        for part in [
            "x",
            "aB3/",
            "> ",
            "| a ",
            "- ",
            "1. ",
            "a.b",
            "# a\n",
            "|a|\n|--|\n",
            "a | b\n--|--\n",
            "```\n",
            " ",
            "a\n---\n",
            "e.g. 1 ",
        ] {
            let text = part.repeat(300_000 / part.len());
            let found = chunks("", &text);
            let bytes: usize = found.iter().map(|chunk| chunk.text.len()).sum();
            assert!(bytes <= 2 * text.len(), "{part}: {bytes} bytes");
        }
    }
}
