//! Finds texts beside each other whose lines have heights of their own, such as a table beside a list: no row goes over both.
//! The lines of columns with the same heights look like a table, and `tables` tells them apart.

use std::ops::Range;

use super::{
    lines::{Piece, Row},
    tables,
};

/// The largest difference of the heights of two lines that are one row, as a share of the size.
const LEVEL: f64 = 0.12;

/// The fewest rows that tell whether two sides have heights of their own, and the share of these that are one row by chance.
const ROWS_MIN: usize = 4;
const LEVEL_SHARE_MAX: f64 = 0.6;

/// The most columns that are looked at, and how often a part is divided again.
const COLUMNS_MAX: usize = 12;
const DEPTH_MAX: usize = 4;

/// Returns the parts of a page, each with its rows from the top down, in no order of reading.
pub(super) fn parts(rows: Vec<Row>) -> Vec<Vec<Row>> {
    divided(rows, DEPTH_MAX)
}

fn divided(rows: Vec<Row>, depth: usize) -> Vec<Vec<Row>> {
    if depth == 0 {
        return vec![rows];
    }
    let (mut parts, mut from, mut at) = (Vec::new(), 0, 0);
    while at < rows.len() {
        if rows[at].len() < 2 {
            at += 1;
            continue;
        }
        let region = tables::region(&rows, at);
        let Some(middle) = middle(&rows[region.rows.clone()], &region.columns) else {
            at = region.rows.end.max(at + 1);
            continue;
        };
        let both = widened(&rows, &region.rows, middle, from);
        parts.push(rows[from..both.start].to_vec());
        for side in sides(&rows[both.clone()], middle) {
            parts.extend(divided(side, depth - 1));
        }
        (from, at) = (both.end, both.end);
    }
    parts.push(rows[from..].to_vec());
    parts
}

/// Returns a place between two columns whose lines have heights of their own.
fn middle(rows: &[Row], columns: &[(f64, f64)]) -> Option<f64> {
    let columns = if columns.len() > COLUMNS_MAX { &[] } else { columns };
    let between = columns.windows(2).map(|pair| f64::midpoint(pair[0].1, pair[1].0));
    between.into_iter().find(|middle| is_apart(rows, *middle))
}

fn is_apart(rows: &[Row], middle: f64) -> bool {
    let beside = |row: &Row| {
        let right = row.iter().position(|piece| piece.left > middle)?;
        Some(offset(row.get(right.checked_sub(1)?)?, &row[right]))
    };
    let offsets: Vec<f64> = rows.iter().filter_map(beside).collect();
    let level = offsets.iter().filter(|offset| offset.abs() <= LEVEL).count();
    // Cells whose fonts differ stand all a little higher than those beside them.
    let usual = median(offsets.clone());
    let even = offsets.iter().filter(|offset| (*offset - usual).abs() <= LEVEL).count();
    offsets.len() >= ROWS_MIN && level.max(even) as f64 <= LEVEL_SHARE_MAX * offsets.len() as f64
}

/// Returns how much higher a piece stands than the one to its left, as a share of the size.
fn offset(left: &Piece, right: &Piece) -> f64 {
    (right.base - left.base) / left.size.max(right.size)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// Returns the rows of a region and those around it, from one on, in which no piece goes over the middle.
fn widened(rows: &[Row], region: &Range<usize>, middle: f64, from: usize) -> Range<usize> {
    let is_free = |row: &&Row| !row.iter().any(|piece| piece.left <= middle && piece.right >= middle);
    let above = rows[from..region.start].iter().rev().take_while(is_free).count();
    let below = rows[region.end..].iter().take_while(is_free).count();
    region.start - above..region.end + below
}

/// Returns the rows to the left and those to the right of a place.
fn sides(rows: &[Row], middle: f64) -> [Vec<Row>; 2] {
    let side = |is_left: bool| {
        let own =
            |row: &Row| -> Row { row.iter().filter(|piece| (piece.left <= middle) == is_left).cloned().collect() };
        let mut side: Vec<Row> = rows.iter().map(own).filter(|row| !row.is_empty()).collect();
        side.sort_by(|a, b| b[0].base.total_cmp(&a[0].base));
        side
    };
    [side(true), side(false)]
}
