//! Finds the tables of a page: rows whose pieces stand below each other in columns.

use std::ops::Range;

use super::lines::{Piece, Row};

/// The largest distance of two rows of a table, in sizes of its letters.
const ROW_DISTANCE: f64 = 3.2;

/// The space that columns have between them at least, as a share of the size.
const COLUMN_GAP: f64 = 0.4;

/// The share of the rows of a table that have several cells.
const FULL_ROWS_MIN: f64 = 0.6;

/// A column of running text: its lines have so many words, and fill so much of it.
const TEXT_WORDS_MIN: f64 = 3.5;
const TEXT_FILL_MIN: f64 = 0.6;

/// A table: its rows among those of the page, and the sides of its columns.
#[derive(Debug, PartialEq)]
pub(super) struct PdfTable {
    pub(super) rows: Range<usize>,
    columns: Vec<(f64, f64)>,
}

/// Returns the tables of a page from the top down. Columns of running text, which are read one after the other, are none.
pub(super) fn tables(rows: &[Row]) -> Vec<PdfTable> {
    let (mut tables, mut at) = (Vec::new(), 0);
    while at < rows.len() {
        if rows[at].len() < 2 {
            at += 1;
            continue;
        }
        let region = region(rows, at);
        at = region.rows.end.max(at + 1);
        if region.is_table(rows) {
            tables.push(region);
        }
    }
    tables
}

/// Returns the rows from one on that have columns in common.
fn region(rows: &[Row], start: usize) -> PdfTable {
    let mut columns = merged(Vec::new(), &rows[start]);
    let (mut end, mut last_full) = (start + 1, start + 1);
    while let Some(row) = rows.get(end) {
        let (above, below) = (&rows[end - 1][0], &row[0]);
        let is_near = above.base - below.base < ROW_DISTANCE * above.size.max(below.size);
        let joined = merged(columns.clone(), row);
        // A line over several columns ends the table, unless it is a row of cells itself.
        let fits = joined.len() >= 2 && (row.len() > 1 || joined.len() >= columns.len());
        if !is_near || !fits {
            break;
        }
        columns = joined;
        end += 1;
        if row.len() > 1 {
            last_full = end;
        }
    }
    PdfTable { rows: start..last_full, columns }
}

/// Returns the sides of columns after the pieces of a row were put into them.
fn merged(mut columns: Vec<(f64, f64)>, row: &Row) -> Vec<(f64, f64)> {
    for piece in row {
        let gap = COLUMN_GAP * piece.size;
        let (mut left, mut right) = (piece.left, piece.right);
        columns.retain(|(from, to)| {
            let is_apart = *to + gap < piece.left || *from - gap > piece.right;
            if !is_apart {
                (left, right) = (left.min(*from), right.max(*to));
            }
            is_apart
        });
        columns.push((left, right));
    }
    columns.sort_by(|a, b| a.0.total_cmp(&b.0));
    columns
}

impl PdfTable {
    fn is_table(&self, rows: &[Row]) -> bool {
        let rows = &rows[self.rows.clone()];
        let full = rows.iter().filter(|row| row.len() > 1).count();
        let texts = (0..self.columns.len()).filter(|column| self.is_running_text(*column, rows)).count();
        full >= 2 && full as f64 >= FULL_ROWS_MIN * rows.len() as f64 && texts < 2
    }

    fn is_running_text(&self, column: usize, rows: &[Row]) -> bool {
        let (left, right) = self.columns[column];
        let pieces: Vec<&Piece> = rows.iter().flatten().filter(|piece| self.column(piece) == column).collect();
        let count = pieces.len().max(1) as f64;
        let words = pieces.iter().map(|piece| piece.count() as f64).sum::<f64>() / count;
        let fill = pieces.iter().map(|piece| piece.width()).sum::<f64>() / count / (right - left).max(1.0);
        words >= TEXT_WORDS_MIN && fill >= TEXT_FILL_MIN
    }

    fn column(&self, piece: &Piece) -> usize {
        self.columns.partition_point(|(_, right)| *right < piece.left)
    }

    /// Returns the texts of the cells, row by row.
    pub(super) fn cells(&self, rows: &[Row]) -> Vec<Vec<String>> {
        let cells = |row: &Row| {
            let mut cells = vec![String::new(); self.columns.len()];
            for piece in row {
                if let Some(cell) = cells.get_mut(self.column(piece)) {
                    if !cell.is_empty() {
                        cell.push(' ');
                    }
                    cell.push_str(&piece.text());
                }
            }
            cells
        };
        rows[self.rows.clone()].iter().map(cells).collect()
    }
}
