//! Finds texts beside each other, such as a table beside a list: no row goes over both. Their lines have heights of their own,
//! or two tables have lines or headings of their own. Other columns with the same heights look like a table, and `tables`
//! tells them apart.

use std::ops::Range;

use super::{
    lines::{Piece, Row},
    rules::Rules,
    tables::{self, PdfTable},
};

/// The largest difference of the heights of two lines that are one row, as a share of the size.
const LEVEL: f64 = 0.12;

/// The fewest rows that tell whether two sides have heights of their own, and the share of these that are one row by chance.
const ROWS_MIN: usize = 4;
const LEVEL_SHARE_MAX: f64 = 0.6;

/// The most columns that are looked at, and how often a part is divided again.
const COLUMNS_MAX: usize = 12;
const DEPTH_MAX: usize = 4;

/// The fewest columns of a table beside another one, and the fewest lines over all of them.
const TABLE_COLUMNS_MIN: usize = 2;
const TABLE_RULES_MIN: usize = 3;

/// The size of a heading as a multiple of that of the row beside it, the fewest headings that divide tables, and the largest
/// share of the rows that have one.
const HEADING_SIZE: f64 = 1.15;
const HEADINGS_MIN: usize = 2;
const HEADINGS_SHARE_MAX: f64 = 0.4;

/// Returns the parts of a page, each with its rows from the top down, in no order of reading.
pub(super) fn parts(rows: Vec<Row>, rules: &Rules) -> Vec<Vec<Row>> {
    divided(rows, rules, DEPTH_MAX)
}

fn divided(rows: Vec<Row>, rules: &Rules, depth: usize) -> Vec<Vec<Row>> {
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
        let Some(middle) = middle(&rows, &region, rules, from) else {
            at = region.rows.end.max(at + 1);
            continue;
        };
        let both = widened(&rows, &region.rows, middle, from);
        parts.push(rows[from..both.start].to_vec());
        for side in sides(&rows[both.clone()], middle) {
            parts.extend(divided(side, rules, depth - 1));
        }
        (from, at) = (both.end, both.end);
    }
    parts.push(rows[from..].to_vec());
    parts
}

/// Returns a place between two columns that are no parts of one table.
fn middle(rows: &[Row], region: &PdfTable, rules: &Rules, from: usize) -> Option<f64> {
    let columns = if region.columns.len() > COLUMNS_MAX { &[] } else { &region.columns[..] };
    let own = &rows[region.rows.clone()];
    let between = (1..columns.len()).map(|at| (at, f64::midpoint(columns[at - 1].1, columns[at].0)));
    let is_middle = |(at, middle): &(usize, f64)| {
        let sides = [&columns[..*at], &columns[*at..]];
        let are_tables = || sides.iter().all(|side| side.len() >= TABLE_COLUMNS_MIN);
        let around = || &rows[widened(rows, &region.rows, *middle, from)];
        is_apart(own, *middle)
            || are_tables() && (have_own_rules(own, sides, *middle, rules) || have_own_headings(around(), *middle))
    };
    between.into_iter().find(is_middle).map(|(_, middle)| middle)
}

/// Returns true if each of two tables has lines over all of its columns, and none goes over both.
fn have_own_rules(rows: &[Row], sides: [&[(f64, f64)]; 2], middle: f64, rules: &Rules) -> bool {
    let (Some(first), Some(last)) = (rows.first().map(|row| &row[0]), rows.last().map(|row| &row[0])) else {
        return false;
    };
    let is_around = |height: &f64| (last.base - last.size..first.base + 2.0 * first.size).contains(height);
    let has_own = |side: &[(f64, f64)]| {
        let [(left, _), .., (_, right)] = side else { return false };
        rules.over(*left, *right).iter().filter(|height| is_around(height)).count() >= TABLE_RULES_MIN
    };
    let is_crossed = || {
        rules
            .level()
            .iter()
            .any(|rule| rule.from < middle && rule.to > middle && (last.base..first.base).contains(&rule.at))
    };
    sides.into_iter().all(has_own) && !is_crossed()
}

/// Returns true if headings of one side stand beside rows of the other.
fn have_own_headings(rows: &[Row], middle: f64) -> bool {
    let is_heading = |row: &&Row| {
        let (left, right) = row.split_at(row.partition_point(|piece| piece.left <= middle));
        let size = |side: &[Piece]| side.iter().map(|piece| piece.size).fold(0.0, f64::max);
        let is_over = |one: &[Piece], other: &[Piece]| {
            one.len() == 1 && !other.is_empty() && size(one) >= HEADING_SIZE * size(other)
        };
        is_over(left, right) || is_over(right, left)
    };
    let headings = rows.iter().filter(is_heading).count();
    headings >= HEADINGS_MIN && headings as f64 <= HEADINGS_SHARE_MAX * rows.len() as f64
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
