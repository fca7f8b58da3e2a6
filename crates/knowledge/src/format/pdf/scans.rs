//! Tells pages that are pictures of text, also where a scanner, a court or a program printed its own line on each of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{content::PageContent, glyph::Glyph, matrix::Area};

/// The share of a page that pictures cover from which on they are what the page is about.
const PICTURE_SHARE: f64 = 0.4;

/// The share that the picture of a scanned page covers, of which margins are cut at most.
const SCAN_SHARE: f64 = 0.8;

/// The letters and digits that a page has at least beside a picture; scans have a page number.
const CHARS_PER_PAGE_MIN: usize = 24;

/// The share of the sides of a page in which lines are printed on scans.
const MARGIN: f64 = 0.12;

/// The largest difference of the places of letters of one line, in sizes.
const LINE_HEIGHT: f64 = 0.3;

/// The pages of a file, with what tells scans.
#[derive(Debug, Default)]
pub(super) struct Scans {
    pages: usize,
    /// The pages that are a picture with next to no text.
    textless: usize,
    /// The lines of further pages that are whole pictures, without those in their margins.
    pictured: Vec<Vec<Line>>,
}

/// A line on a picture, known by its text without its digits, which may count the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    hash: u64,
    chars: usize,
    /// It was recognized in the picture: a scanner's text layer, and no stamp.
    is_recognized: bool,
}

impl Scans {
    /// Adds a page with its text.
    pub(super) fn add_page(&mut self, text: &str, content: &PageContent) {
        self.pages += 1;
        let chars = text.chars().filter(|c| c.is_alphanumeric()).count();
        if content.pictured_share > PICTURE_SHARE && chars < CHARS_PER_PAGE_MIN {
            self.textless += 1;
        } else if content.pictured_share >= SCAN_SHARE {
            self.pictured.push(lines(&content.glyphs, content.sheet));
        }
    }

    /// Returns the number of pages that are scans.
    pub(super) fn count(&self) -> usize {
        let mut pages_by_line: BTreeMap<u64, usize> = BTreeMap::new();
        for page in &self.pictured {
            let different: BTreeSet<u64> = page.iter().map(|line| line.hash).collect();
            different.into_iter().for_each(|hash| *pages_by_line.entry(hash).or_default() += 1);
        }
        let is_stamp = |line: &Line| {
            let pages = pages_by_line.get(&line.hash).copied().unwrap_or_default();
            !line.is_recognized && pages > 1 && pages * 2 >= self.pictured.len()
        };
        let own = |page: &[Line]| page.iter().filter(|line| !is_stamp(line)).map(|line| line.chars).sum::<usize>();
        self.textless + self.pictured.iter().filter(|page| own(page) < CHARS_PER_PAGE_MIN).count()
    }

    /// Returns true if no page has a text.
    pub(super) fn is_scan(&self) -> bool {
        self.pages > 0 && self.count() == self.pages
    }
}

/// Returns the lines that a page shows inside of its margins, and those that were recognized in its picture.
fn lines(glyphs: &[Glyph], sheet: Area) -> Vec<Line> {
    let mut lines = Vec::new();
    let shown: Vec<&Glyph> = glyphs.iter().filter(|glyph| !glyph.is_hidden).collect();
    for line in shown.chunk_by(|before, next| is_one_line(before, next)) {
        let is_recognized = line.iter().any(|glyph| glyph.is_invisible);
        if is_recognized || line.iter().any(|glyph| !is_in_margin(glyph.start, sheet)) {
            let text = line.iter().flat_map(|glyph| glyph.text.chars()).filter(|c| c.is_alphanumeric());
            lines.push(Line::of(text, is_recognized));
        }
    }
    lines
}

fn is_one_line(before: &Glyph, next: &Glyph) -> bool {
    let height = |glyph: &Glyph| glyph.direction.turned(glyph.start).1;
    before.direction == next.direction && (height(before) - height(next)).abs() < LINE_HEIGHT * before.size
}

fn is_in_margin((x, y): (f64, f64), sheet: Area) -> bool {
    let (width, height) = ((sheet.right - sheet.left) * MARGIN, (sheet.top - sheet.bottom) * MARGIN);
    let is_beside = x < sheet.left + width / 2.0 || x > sheet.right - width / 2.0;
    is_beside || y < sheet.bottom + height || y > sheet.top - height
}

impl Line {
    fn of(text: impl Iterator<Item = char>, is_recognized: bool) -> Line {
        let (mut hasher, mut chars) = (DefaultHasher::new(), 0);
        for c in text {
            chars += 1;
            if !c.is_numeric() {
                c.hash(&mut hasher);
            }
        }
        Line { hash: hasher.finish(), chars, is_recognized }
    }
}
