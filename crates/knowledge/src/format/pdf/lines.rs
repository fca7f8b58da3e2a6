//! Puts the words of a page into lines, and cuts the lines at wide spaces: the pieces of columns and of tables.

use super::{
    rules::Rules,
    words::{Shift, Word},
};
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

/// The widest space behind the mark that a note begins with.
const MARK_GAP: f64 = 0.45;

/// The space between two pieces of a line, as a share of the size.
const PIECE_GAP: f64 = 1.1;

/// Such a space between two pieces whose letters differ in size by more than this share: a heading beside a text.
const PIECE_GAP_OF_SIZES: f64 = 0.6;
const SIZE_DIFFERENCE: f64 = 0.2;

/// Justified lines: the largest differences of their spaces and sides, and the widest space, in sizes.
const JUSTIFIED_DIFFERENCE: f64 = 0.1;
const JUSTIFIED_GAP_MAX: f64 = 8.0;

/// The lines above a justified one in which its sides are looked for: that with a long word may be shorter.
const LINES_ABOVE: usize = 3;

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
pub(super) fn rows(mut words: Vec<Word>, rules: &Rules) -> Vec<Row> {
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
    let mut rows: Vec<Row> = rows.into_iter().filter(|row| !row.is_empty()).map(|row| pieces(row, rules)).collect();
    justify(&mut rows);
    rows
}

/// Joins the words of justified lines: they stand apart with the same wide space between them, and go from one side to the
/// other of a line above.
fn justify(rows: &mut [Row]) {
    for at in 1..rows.len() {
        let (above, below) = rows.split_at_mut(at);
        let row = &mut below[0];
        if is_spread(row) && above.iter().rev().take(LINES_ABOVE).flatten().any(|line| fills(row, line)) {
            let words = row.drain(..).flat_map(|piece| piece.words).collect();
            *row = vec![Piece::of(words)];
        }
    }
}

/// Returns true if a row consists of single words with the same space between them.
fn is_spread(row: &Row) -> bool {
    let gaps = || row.windows(2).map(|pair| pair[1].left - pair[0].right);
    let (Some(first), Some(least), Some(most)) = (row.first(), gaps().reduce(f64::min), gaps().reduce(f64::max)) else {
        return false;
    };
    let is_even = row.len() > 2 && is_beside(least, most, first.size) && most < JUSTIFIED_GAP_MAX * first.size;
    is_even && row.iter().all(|piece| piece.count() == 1 && (piece.size - first.size).abs() < HEIGHT * first.size)
}

/// Returns true if a row begins and ends at the sides of a line.
fn fills(row: &Row, line: &Piece) -> bool {
    let (Some(first), Some(last)) = (row.first(), row.last()) else { return false };
    is_beside(first.left, line.left, first.size) && is_beside(last.right, line.right, first.size)
}

fn is_beside(a: f64, b: f64, size: f64) -> bool {
    (a - b).abs() < JUSTIFIED_DIFFERENCE * size
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
    match before.filter(|host| host.shift == Shift::None).map_or(Shift::None, |host| shift_beside(word, host)) {
        Shift::None => line.get(behind).map_or(Shift::None, |next| shift_before(word, next)),
        shift => shift,
    }
}

/// Returns the shift of the mark that a note begins with.
fn shift_before(word: &Word, next: &Word) -> Shift {
    let gap = next.left - word.right;
    let over = (word.base - next.base) / next.size;
    let is_mark = word.text.chars().all(|c| c.is_ascii_digit()) && word.size < SHIFTED_SIZE * next.size;
    let is_beside = (-SHIFTED_GAP..MARK_GAP).contains(&(gap / next.size));
    if is_mark && is_beside && (SHIFT_MIN..RAISED_MAX).contains(&over) { Shift::Raised } else { Shift::None }
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

/// Cuts a line at its wide spaces, and where an upright line divides it.
fn pieces(words: Vec<Word>, rules: &Rules) -> Row {
    let mut pieces: Row = Vec::new();
    for word in words {
        let last = pieces.last_mut();
        let continues = |piece: &&mut Piece| {
            let is_near = word.left - piece.reach <= piece_gap(piece.size, word.size);
            is_near && !rules.divide(piece.right, word.left, word.base + SHIFTED_GAP * word.size)
        };
        if let Some(piece) = last.filter(continues) {
            // A word may be drawn twice.
            if !piece.words.iter().rev().take(2).any(|other| other.is_same(&word)) {
                piece.push(word);
            }
        } else {
            pieces.push(Piece::of(vec![word]));
        }
    }
    pieces
}

/// Returns the widest space between two words of these sizes that are parts of one piece.
fn piece_gap(size: f64, next: f64) -> f64 {
    let larger = size.max(next);
    let is_alike = (size - next).abs() <= SIZE_DIFFERENCE * larger;
    if is_alike { PIECE_GAP * larger } else { PIECE_GAP_OF_SIZES * larger }
}

impl Piece {
    /// Returns the piece of some words, of which there is at least one.
    pub(super) fn of(words: Vec<Word>) -> Piece {
        let (left, base, size) = words.first().map_or((0.0, 0.0, 0.0), |word| (word.left, word.base, word.size));
        let mut piece = Piece { words: Vec::with_capacity(words.len()), left, right: left, reach: left, base, size };
        words.into_iter().for_each(|word| piece.push(word));
        piece
    }

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
        rows(words, &Rules::default()).iter().map(|row| row.iter().map(Piece::text).collect()).collect()
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
    fn justified_lines_are_whole_and_notes_begin_with_their_mark() {
        let line = |base: f64, words: &[(&str, f64)]| -> Vec<Word> {
            words.iter().map(|(text, left)| word(text, *left, base, 10.0)).collect()
        };
        let above =
            line(712.0, &[("from", 10.0), ("the", 33.0), ("left", 51.0), ("to", 74.0), ("the", 87.0), ("end", 105.0)]);
        let justified = line(700.0, &[("with", 10.0), ("wide", 57.5), ("room", 100.0)]);
        let even = [justified[..1].to_vec(), line(700.0, &[("wide", 55.0), ("room", 100.0)])].concat();
        assert_eq!(texts([above.clone(), even].concat()), [vec!["from the left to the end"], vec!["with wide room"]]);
        assert_eq!(texts([above, justified].concat())[1].len(), 3, "uneven spaces are those of columns");
        let note = vec![word("1", 10.0, 703.5, 6.0), word("Price", 14.0, 700.0, 10.0), word("net", 42.0, 700.0, 10.0)];
        assert_eq!(texts(note), [vec!["1 Price net"]]);
    }

    #[test]
    fn lines_from_the_right_are_read_so() {
        let words =
            vec![word("םולש", 84.0, 700.0, 10.0), word("2027", 60.0, 700.0, 10.0), word("ב", 50.0, 700.0, 10.0)];
        assert_eq!(texts(words), [vec!["שלום 2027 ב"]]);
    }
}
