//! Joins the pieces of text of a page into words.

use super::glyph::{Direction, Glyph};

/// The space between two letters from which on they belong to two words, as a share of the size.
const SPACE: f64 = 0.1;

/// Such a space in scripts that have no spaces between words; their letters may stand apart.
const SPACE_IN_DENSE_SCRIPT: f64 = 0.5;

/// The space between two pieces that were drawn apart from which on they belong to two words.
const SPACE_OF_PIECES: f64 = 0.03;

/// The largest shift of a letter that is drawn twice to look bold.
pub(super) const SHIFT_OF_DOUBLE: f64 = 0.1;

/// The largest difference of the heights of two letters of one word, as a share of the size.
const HEIGHT: f64 = 0.05;

/// The widest space between letters and digits of a word that is set a little wide, as a share of the size. The space of
/// a font is wider.
const NARROW_GAP_MAX: f64 = 0.18;

/// Words that are set wide: the fewest letters, the widest space between two, and its largest difference, in sizes.
const SPACED_LETTERS_MIN: usize = 4;
const SPACED_GAP_MAX: f64 = 0.4;
const SPACED_DIFFERENCE: f64 = 0.06;

/// A word, or a part of one, at its place when the page is turned so that its line runs to the right.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) left: f64,
    pub(super) right: f64,
    /// The end of the struck text behind it, or its own.
    pub(super) reach: f64,
    /// The height of its baseline over the lower end of the page.
    pub(super) base: f64,
    pub(super) size: f64,
    pub(super) shift: Shift,
    /// True if a space was drawn behind it.
    pub(super) is_ended: bool,
}

/// The height of a word on its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shift {
    #[default]
    None,
    Raised,
    Lowered,
}

/// Returns the words of one direction, in the order in which they are drawn.
pub(super) fn words(glyphs: &[Glyph], direction: Direction) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut is_apart = true;
    let is_part = |glyph: &&Glyph| glyph.direction == direction && !glyph.is_slanted();
    for glyph in glyphs.iter().filter(is_part).filter(|glyph| !glyph.is_hidden || glyph.is_struck) {
        let word = Word::of(glyph);
        if glyph.is_struck {
            words.last_mut().filter(|last| last.is_level_with(&word)).into_iter().for_each(|last| {
                last.reach = last.reach.max(word.right);
            });
            is_apart = true;
            continue;
        }
        if word.text.chars().all(char::is_whitespace) {
            words.last_mut().into_iter().for_each(|last| last.is_ended = true);
            is_apart = true;
            continue;
        }
        match words.last_mut().filter(|last| !is_apart && last.is_continued_by(&word)) {
            Some(last) if last.is_double(&word) => {}
            Some(last) => last.push(&word),
            None => words.push(word),
        }
        is_apart = false;
    }
    spaced(words)
}

/// Joins the letters of words that are set wide: single letters with the same space behind each. Digits are joined only
/// where the space is narrower than that between words, as they may be values of their own.
fn spaced(words: Vec<Word>) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.next() {
        let mut run = vec![word];
        while let Some(next) = rest.next_if(|next| continues_run(&run, next)) {
            run.push(next);
        }
        let is_narrow = run.len() > 1 && run[1].left - run[0].right < NARROW_GAP_MAX * run[0].size;
        if run.len() < SPACED_LETTERS_MIN && !is_narrow {
            joined.append(&mut run);
            continue;
        }
        let mut letters = run.into_iter();
        joined.extend(letters.next().map(|first| {
            letters.fold(first, |mut word, next| {
                word.push(&next);
                word.is_ended = next.is_ended;
                word
            })
        }));
    }
    joined
}

/// Returns true if a letter stands behind those of a run at the same distance as they have from each other.
fn continues_run(run: &[Word], next: &Word) -> bool {
    let Some(last) = run.last().filter(|last| !last.is_ended) else { return false };
    let (gap, size) = (next.left - last.right, last.size);
    let is_narrow = gap < NARROW_GAP_MAX * size;
    let ends_digit = |word: &Word| word.text.ends_with(|c: char| c.is_ascii_digit());
    let is_point = |word: &Word| matches!(word.text.as_str(), "." | ",");
    // A point or a comma belongs to a number only between its digits.
    if (is_point(next) && !ends_digit(last)) || (is_point(last) && (run.len() < 2 || !ends_digit(next))) {
        return false;
    }
    let is_part =
        |c: char| c.is_alphabetic() || (is_narrow && (c.is_numeric() || matches!(c, '.' | ',' | '$' | '€' | '%')));
    let is_letter = |word: &Word| word.text.chars().count() == 1 && word.text.chars().all(is_part);
    if !is_letter(last) || !is_letter(next) {
        return false;
    }
    let first_gap = if run.len() > 1 { run[1].left - run[0].right } else { gap };
    let is_alike = (next.base - last.base).abs() < HEIGHT * size && (next.size - size).abs() < HEIGHT * size;
    is_alike && (0.0..SPACED_GAP_MAX * size).contains(&gap) && (gap - first_gap).abs() < SPACED_DIFFERENCE * size
}

impl Word {
    fn of(glyph: &Glyph) -> Word {
        let (start, end) = (glyph.direction.turned(glyph.start), glyph.direction.turned(glyph.end));
        Word {
            text: glyph.text.as_ref().to_owned(),
            left: start.0.min(end.0),
            right: start.0.max(end.0),
            reach: start.0.max(end.0),
            base: start.1,
            size: glyph.size,
            shift: Shift::None,
            is_ended: false,
        }
    }

    fn is_continued_by(&self, next: &Word) -> bool {
        let size = self.size.max(next.size);
        let gap = next.left - self.right;
        let is_level = self.is_level_with(next);
        let is_alike = (next.size - self.size).abs() < HEIGHT * size;
        is_level && is_alike && ((-SPACE * size..=self.space(next) * size).contains(&gap) || self.is_double(next))
    }

    fn is_level_with(&self, next: &Word) -> bool {
        (next.base - self.base).abs() < HEIGHT * self.size.max(next.size)
    }

    /// Returns true if the last letter is drawn again at nearly the same place.
    fn is_double(&self, next: &Word) -> bool {
        let width = next.right - next.left;
        let shift = (next.right - self.right).abs();
        self.text.ends_with(next.text.as_str()) && shift < SHIFT_OF_DOUBLE * next.size && shift < width / 2.0
    }

    /// Returns true if another word is this one drawn again.
    pub(super) fn is_same(&self, other: &Word) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() < SHIFT_OF_DOUBLE * self.size;
        self.text == other.text && near(self.left, other.left) && near(self.base, other.base)
    }

    fn space(&self, next: &Word) -> f64 {
        let is_dense =
            self.text.chars().next_back().is_some_and(is_dense) && next.text.chars().next().is_some_and(is_dense);
        if is_dense { SPACE_IN_DENSE_SCRIPT } else { SPACE }
    }

    fn push(&mut self, next: &Word) {
        self.text.push_str(&next.text);
        self.right = self.right.max(next.right);
        self.reach = self.reach.max(next.reach);
    }

    /// Returns true if there is a space between this word and the next one of its line.
    pub(super) fn is_apart_from(&self, next: &Word) -> bool {
        let (gap, size) = (next.left - self.right, self.size.max(next.size));
        let space = self.space(next);
        let limit = if space > SPACE { space } else { SPACE_OF_PIECES };
        gap > limit * size || (self.is_ended && gap > 0.0)
    }
}

/// Returns true for letters of scripts without spaces between words.
fn is_dense(c: char) -> bool {
    matches!(u32::from(c), 0x2E80..=0x9FFF | 0xF900..=0xFAFF | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF)
}
