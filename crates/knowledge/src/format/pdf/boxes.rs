//! Finds the boxes of a form: lines that go over all that stands beside each other, or below each other, divide a page into
//! parts, and these again.

use super::{
    blocks::Block,
    lines::{Piece, Row},
    rules::{Line, Rules},
};

/// The fewest upright lines outside of tables that make a page a form, and the most lines and texts that are looked at.
const UPRIGHT_MIN: usize = 30;
const LINES_MAX: usize = 2_000;
const PIECES_MAX: usize = 5_000;

/// The share of the boxes of a form that have several lines of text: those of a table have one.
const FULL_SHARE_MIN: f64 = 0.3;

/// The number of times that a part is divided again.
const DEPTH_MAX: usize = 24;

/// The largest distance of a text beyond the end of a line that divides it from others, in points.
const BEYOND_MAX: f64 = 2.0;

/// The height over its baseline at which a text is looked for in a box, and that of its letters, in sizes.
const MIDDLE: f64 = 0.3;
const HEIGHT: f64 = 0.7;

/// Returns the boxes of a form in the order of reading, or `None` if the page is no form.
pub(super) fn of_form(rows: &[Row], rules: &Rules, tables: &[Block]) -> Option<Vec<Vec<Row>>> {
    let (level, upright) = (rules.level(), rules.upright());
    let is_in_table = |line: &Line| {
        let middle = (line.at, f64::midpoint(line.from, line.to));
        tables.iter().any(|table| table.area.contains(middle))
    };
    let is_small = upright.len() + level.len() <= LINES_MAX && rows.iter().flatten().count() <= PIECES_MAX;
    let is_form = is_small && upright.iter().filter(|line| !is_in_table(line)).count() >= UPRIGHT_MIN;
    let boxes = is_form.then(|| Lines { level, upright }.divided(rows.to_vec(), DEPTH_MAX))?;
    let full = boxes.iter().filter(|rows| rows.len() > 1).count();
    (full as f64 >= FULL_SHARE_MIN * boxes.len() as f64).then_some(boxes)
}

struct Lines {
    level: Vec<Line>,
    upright: Vec<Line>,
}

impl Lines {
    fn divided(&self, rows: Vec<Row>, depth: usize) -> Vec<Vec<Row>> {
        let cut = if depth > 0 { self.cut(&rows) } else { None };
        let Some((at, is_level)) = cut else { return vec![rows] };
        let is_first = |piece: &Piece| if is_level { middle(piece).1 > at } else { middle(piece).0 < at };
        let part = |wanted: bool| -> Vec<Row> {
            let own = |row: &Row| -> Row { row.iter().filter(|piece| is_first(piece) == wanted).cloned().collect() };
            rows.iter().map(own).filter(|row| !row.is_empty()).collect()
        };
        [part(true), part(false)].into_iter().flat_map(|part| self.divided(part, depth - 1)).collect()
    }

    /// Returns the first line that divides all pieces, from the top down or else from left to right, and true if it is level.
    fn cut(&self, rows: &[Row]) -> Option<(f64, bool)> {
        let pieces = || rows.iter().flatten();
        let left = pieces().map(|piece| piece.left).fold(f64::MAX, f64::min);
        let right = pieces().map(|piece| piece.right).fold(f64::MIN, f64::max);
        let bottom = pieces().map(|piece| piece.base).fold(f64::MAX, f64::min);
        let top = pieces().map(|piece| piece.base + HEIGHT * piece.size).fold(f64::MIN, f64::max);
        let is_between = |places: &dyn Fn(&Piece) -> f64, at: f64| {
            pieces().any(|piece| places(piece) < at) && pieces().any(|piece| places(piece) > at)
        };
        let goes_over = |line: &&Line, from: f64, to: f64| line.from < from + BEYOND_MAX && line.to > to - BEYOND_MAX;
        let level = self.level.iter().find(|line| {
            line.at > bottom
                && line.at < top
                && goes_over(line, left, right)
                && is_between(&|piece| middle(piece).1, line.at)
        });
        let upright = || {
            self.upright.iter().find(|line| {
                line.at > left
                    && line.at < right
                    && goes_over(line, bottom, top)
                    && is_between(&|piece| middle(piece).0, line.at)
            })
        };
        level.map(|line| (line.at, true)).or_else(|| upright().map(|line| (line.at, false)))
    }
}

fn middle(piece: &Piece) -> (f64, f64) {
    (f64::midpoint(piece.left, piece.right), piece.base + MIDDLE * piece.size)
}
