//! Puts the words of a page into lines, and cuts the lines at wide spaces: the pieces of columns and of tables.

use super::words::{Shift, Word};
use crate::format::superscript;

/// The largest difference of the heights of words on one line, as a share of the size.
const HEIGHT: f64 = 0.3;

/// The largest size of raised and lowered text, as a share of that of its line, and its largest distance from the line.
const SHIFTED_SIZE: f64 = 0.85;
const SHIFT_MIN: f64 = 0.04;
const RAISED_MAX: f64 = 0.75;
const LOWERED_MAX: f64 = 0.6;

/// The widest space between raised or lowered text and the word that it belongs to.
const SHIFTED_GAP: f64 = 0.3;

/// The space between two pieces of a line, as a share of the size.
const PIECE_GAP: f64 = 1.1;

/// Words that follow each other on a line without a wide space.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) words: Vec<Word>,
    pub(super) left: f64,
    pub(super) right: f64,
    /// The end of the struck text behind it, or its own.
    reach: f64,
    pub(super) base: f64,
    pub(super) size: f64,
}

/// One line over the whole page: its pieces from left to right.
pub(super) type Row = Vec<Piece>;

/// Returns the rows of a page from the top down.
pub(super) fn rows(mut words: Vec<Word>) -> Vec<Row> {
    words.sort_by(|a, b| b.base.total_cmp(&a.base).then(a.left.total_cmp(&b.left)));
    let mut rows: Vec<Vec<Word>> = Vec::new();
    for word in words {
        match rows.last_mut().filter(|row| row[0].base - word.base < HEIGHT * row[0].size.min(word.size)) {
            Some(row) => row.push(word),
            None => rows.push(vec![word]),
        }
    }
    rows.iter_mut().for_each(|row| row.sort_by(|a, b| a.left.total_cmp(&b.left)));
    attach(&mut rows);
    rows.into_iter().filter(|row| !row.is_empty()).map(pieces).collect()
}

/// Moves raised and lowered words to the lines that they belong to.
fn attach(rows: &mut [Vec<Word>]) {
    for at in 0..rows.len() {
        for host in [at + 1, at.wrapping_sub(1)] {
            if host >= rows.len() {
                continue;
            }
            let words = std::mem::take(&mut rows[at]);
            let (moved, kept): (Vec<Word>, Vec<Word>) =
                words.into_iter().partition(|word| shift(word, &rows[host]) != Shift::None);
            rows[at] = kept;
            for mut word in moved {
                word.shift = shift(&word, &rows[host]);
                let place = rows[host].partition_point(|other| other.left <= word.left);
                rows[host].insert(place, word);
            }
        }
        mark_shifted(&mut rows[at]);
    }
}

/// Marks the small words of a line that stand a little above or below it.
fn mark_shifted(row: &mut [Word]) {
    for at in 1..row.len() {
        let (before, rest) = row.split_at_mut(at);
        let (host, word) = (&before[at - 1], &mut rest[0]);
        if word.shift == Shift::None && host.shift == Shift::None {
            word.shift = shift_beside(word, host);
        }
    }
}

/// Returns the shift of a word as a part of another line, or none if it does not belong there.
fn shift(word: &Word, line: &[Word]) -> Shift {
    let behind = line.partition_point(|other| other.left <= word.left);
    let before = behind.checked_sub(1).and_then(|at| line.get(at));
    before.filter(|host| host.shift == Shift::None).map_or(Shift::None, |host| shift_beside(word, host))
}

fn shift_beside(word: &Word, host: &Word) -> Shift {
    let gap = word.left - host.right;
    let is_beside = gap < SHIFTED_GAP * host.size && gap > -SHIFTED_GAP * host.size;
    let over = (word.base - host.base) / host.size;
    match is_beside && word.size < SHIFTED_SIZE * host.size {
        true if (SHIFT_MIN..RAISED_MAX).contains(&over) => Shift::Raised,
        true if (SHIFT_MIN..LOWERED_MAX).contains(&-over) => Shift::Lowered,
        _ => Shift::None,
    }
}

/// Cuts a line at its wide spaces.
fn pieces(words: Vec<Word>) -> Row {
    let mut pieces: Row = Vec::new();
    for word in words {
        let last = pieces.last_mut();
        if let Some(piece) = last.filter(|piece| word.left - piece.reach <= PIECE_GAP * piece.size.max(word.size)) {
            // A word may be drawn twice.
            if !piece.words.iter().rev().take(2).any(|other| other.is_same(&word)) {
                piece.push(word);
            }
        } else {
            let Word { left, right, reach, base, size, .. } = word;
            pieces.push(Piece { words: vec![word], left, right, reach, base, size });
        }
    }
    pieces
}

impl Piece {
    fn push(&mut self, word: Word) {
        self.right = self.right.max(word.right);
        self.reach = self.reach.max(word.reach);
        if word.size > self.size {
            (self.size, self.base) = (word.size, word.base);
        }
        self.words.push(word);
    }

    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Returns true if it begins in the middle of a sentence.
    pub(super) fn continues_sentence(&self) -> bool {
        self.words.first().is_some_and(|word| word.text.starts_with(char::is_lowercase))
    }

    /// The number of words with a space between them.
    pub(super) fn count(&self) -> usize {
        1 + self.words.windows(2).filter(|pair| pair[0].is_apart_from(&pair[1])).count()
    }

    /// Returns the text of the piece as it is read.
    pub(super) fn text(&self) -> String {
        if is_right_to_left(&self.words) {
            return right_to_left(&self.words);
        }
        let mut text = String::new();
        let mut before: Option<&Word> = None;
        for word in &self.words {
            let is_apart = before.is_some_and(|before| before.is_apart_from(word));
            match word.shift {
                Shift::Raised
                    if !is_apart
                        || text.ends_with(char::is_alphanumeric)
                        || superscript::is_mark(&text, &word.text) =>
                {
                    let raised = superscript::raised(&text, &word.text);
                    text.push_str(&raised);
                }
                Shift::Lowered if !is_apart => lower(&mut text, &word.text),
                _ => {
                    if is_apart {
                        text.push(' ');
                    }
                    text.push_str(&word.text);
                }
            }
            before = Some(word);
        }
        text
    }
}

/// Appends lowered text, so that it never joins a number.
fn lower(text: &mut String, lowered: &str) {
    if text.ends_with(char::is_numeric) && lowered.starts_with(char::is_numeric) {
        text.push('_');
    }
    text.push_str(lowered);
}

fn is_right_to_left(words: &[Word]) -> bool {
    let (mut right_to_left, mut others) = (0_usize, 0_usize);
    for c in words.iter().flat_map(|word| word.text.chars()).filter(|c| c.is_alphabetic()) {
        if is_rtl(c) { right_to_left += 1 } else { others += 1 }
    }
    right_to_left > others
}

/// Returns true for letters of Hebrew, Arabic and the scripts near them.
fn is_rtl(c: char) -> bool {
    matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF)
}

/// Returns the words of a line that is read from the right. Numbers and foreign words in it run to the right.
fn right_to_left(words: &[Word]) -> String {
    let mut groups: Vec<(bool, String)> = Vec::new();
    let mut before: Option<&Word> = None;
    for word in words {
        let is_apart = before.is_none_or(|before| before.is_apart_from(word));
        let reads_left = word.text.chars().any(is_rtl);
        match groups.last_mut() {
            Some((left, text)) if *left == reads_left && (!is_apart || !reads_left) => {
                if is_apart {
                    text.push(' ');
                }
                text.push_str(&word.text);
            }
            _ => groups.push((reads_left, word.text.clone())),
        }
        before = Some(word);
    }
    let read = groups.into_iter().rev().map(|(reads_left, text)| match reads_left {
        true => text.chars().rev().collect(),
        false => text,
    });
    read.collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, left: f64, base: f64, size: f64) -> Word {
        let right = left + text.chars().count() as f64 * size * 0.5;
        Word { text: text.to_owned(), left, right, reach: right, base, size, shift: Shift::None, is_ended: false }
    }

    fn texts(words: Vec<Word>) -> Vec<Vec<String>> {
        rows(words).iter().map(|row| row.iter().map(Piece::text).collect()).collect()
    }

    #[test]
    fn words_are_put_on_lines_and_columns_are_pieces() {
        let words = vec![
            word("right", 300.0, 700.0, 10.0),
            word("and", 33.0, 700.5, 10.0),
            word("left", 10.0, 700.0, 10.0),
            word("left", 10.3, 700.0, 10.0),
            word("below", 10.0, 688.0, 10.0),
        ];
        assert_eq!(texts(words), [vec!["left and", "right"], vec!["below"]]);
    }

    #[test]
    fn raised_and_lowered_text_never_joins_a_number() {
        let line = |before: &str, base: f64, text: &str| {
            let host = word(before, 10.0, 700.0, 10.0);
            let shifted = word(text, host.right, base, 6.0);
            texts(vec![shifted, host]).concat().join("|")
        };
        assert_eq!(line("10", 704.0, "5"), "10^5");
        assert_eq!(line("costs", 703.0, "1"), "costs[1]");
        assert_eq!(line("cost.", 703.0, "12"), "cost.[12]");
        assert_eq!(line("cm", 704.0, "2"), "cm^2");
        assert_eq!(line("mol", 704.0, "-1"), "mol^-1");
        assert_eq!(line("1", 704.0, "st"), "1st");
        assert_eq!(line("H", 698.0, "2"), "H2");
        assert_eq!(line("H", 694.5, "2"), "H2");
        assert_eq!(line("10", 698.0, "2"), "10_2");
        assert_eq!(line("20%", 704.0, "2"), "20%[2]");
    }

    #[test]
    fn lines_from_the_right_are_read_so() {
        let words =
            vec![word("םולש", 84.0, 700.0, 10.0), word("2027", 60.0, 700.0, 10.0), word("ב", 50.0, 700.0, 10.0)];
        assert_eq!(texts(words), [vec!["שלום 2027 ב"]]);
    }
}
