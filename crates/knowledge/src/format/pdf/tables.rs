//! Finds the tables of a page: rows whose pieces stand below each other in columns.

use std::ops::Range;

use super::{
    grid::{Cell, Grid},
    lines::{Piece, Row},
    rules::Rules,
};

/// The largest distance of two rows of a table, in sizes of its letters.
const ROW_DISTANCE: f64 = 3.2;

/// The size of a heading that ends a table, as a multiple of that of the row above it.
const HEADING_SIZE: f64 = 1.2;

/// The space that columns have between them at least, as a share of the size.
const COLUMN_GAP: f64 = 0.4;

/// The share of the rows of a table that have several cells.
const FULL_ROWS_MIN: f64 = 0.6;

/// The distance of two rows of a table whose cells have several lines, as a multiple of that of the lines.
const BAND_DISTANCE: f64 = 1.25;

/// A column of running text: its lines have so many words, and fill so much of it.
const TEXT_WORDS_MIN: f64 = 3.5;
const TEXT_FILL_MIN: f64 = 0.6;

/// The lines over all columns that a table has at least whose rows they divide: above, below the header, and at the end.
const RULES_MIN: usize = 3;

/// A table: its rows among those of the page, and the sides of its columns.
#[derive(Debug, PartialEq)]
pub(super) struct PdfTable {
    pub(super) rows: Range<usize>,
    pub(super) columns: Vec<(f64, f64)>,
    /// The rows of text of each row, whose cells have several. Empty if the rows of text are those of the table.
    bands: Vec<Range<usize>>,
    /// The lines that the page draws between its cells.
    grid: Option<Grid>,
}

/// Returns the tables of a page from the top down. Columns of running text, which are read one after the other, are none.
pub(super) fn tables(rows: &[Row], rules: &Rules) -> Vec<PdfTable> {
    let (mut tables, mut at): (Vec<PdfTable>, usize) = (Vec::new(), 0);
    while at < rows.len() {
        if rows[at].len() < 2 {
            at += 1;
            continue;
        }
        let free_from = tables.last().map_or(0, |table| table.rows.end);
        let region = region(rows, at);
        let is_plain = region.is_table(rows) && rows[region.rows.clone()].iter().all(|row| row.len() > 1);
        let is_own =
            |table: &PdfTable| table.grid.as_ref().is_some_and(|grid| grid.has_each(&rows[table.rows.clone()]));
        let is_ruled = |table: &PdfTable| !is_plain || is_own(table) || table.is_wrapped(rows);
        let ruled = region.ruled(rows, rules, free_from).filter(is_ruled);
        let region = ruled.or_else(|| region.spaced(rows)).unwrap_or(region);
        at = region.rows.end.max(at + 1);
        if region.is_table(rows) {
            tables.push(region);
        }
    }
    tables
}

/// Returns the rows from one on that have columns in common.
pub(super) fn region(rows: &[Row], start: usize) -> PdfTable {
    let mut columns = merged(Vec::new(), &rows[start]);
    let (mut end, mut last_full) = (start + 1, start + 1);
    while let Some(row) = rows.get(end) {
        let (above, below) = (&rows[end - 1][0], &row[0]);
        let is_heading = row.len() == 1 && below.size > HEADING_SIZE * above.size;
        let is_near = !is_heading && above.base - below.base < ROW_DISTANCE * above.size.max(below.size);
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
    PdfTable { rows: start..last_full, columns, bands: Vec::new(), grid: None }
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
    /// Returns the table that the lines of the page make of this region, or `None` if they make none.
    fn ruled(&self, rows: &[Row], rules: &Rules, free_from: usize) -> Option<PdfTable> {
        let (left, right) = (self.columns.first()?.0, self.columns.last()?.1);
        let heights = rules.over(left, right);
        let band = |row: &Row| heights.partition_point(|height| *height > row[0].base);
        let is_inside = |row: &Row| band(row) > 0 && band(row) < heights.len();
        let fits = |row: &Row| is_inside(row) && merged(self.columns.clone(), row).len() == self.columns.len();
        let first = band(rows.get(self.rows.start)?);
        // The first row with several cells may be the last line of its band.
        let above = rows[free_from..self.rows.start].iter().rev().take_while(|row| band(row) == first && fits(row));
        let start = self.rows.start - above.count();
        let end = start + rows[start..].iter().take_while(|row| fits(row)).count();
        let mut bands: Vec<Range<usize>> = Vec::new();
        for at in start..end {
            match bands.last_mut().filter(|last| band(&rows[last.start]) == band(&rows[at])) {
                Some(last) => last.end = at + 1,
                None => bands.push(at..at + 1),
            }
        }
        let full = bands.iter().filter(|band| self.is_full(&rows[(*band).clone()])).count();
        let is_ruled = heights.len() >= RULES_MIN && bands.len() >= 2;
        if !is_ruled || (full as f64) < FULL_ROWS_MIN * bands.len() as f64 {
            return None;
        }
        let (first, last) = (bands.first()?, bands.last()?);
        let of_table = heights.get(band(&rows[first.start]).checked_sub(1)?..=band(&rows[last.start]))?;
        let grid = Grid::of(&self.columns, rules, of_table);
        Some(PdfTable { rows: start..end, columns: self.columns.clone(), bands, grid: Some(grid) })
    }

    /// Returns the table whose rows have more space between them than the lines of their cells, or `None` if the lines of
    /// text are its rows. A line that continues a row has fewer cells, and continues a sentence in one of them.
    fn spaced(&self, rows: &[Row]) -> Option<PdfTable> {
        let own = &rows[self.rows.clone()];
        let distance = |pair: &[Row]| pair[0][0].base - pair[1][0].base;
        let least = own.windows(2).map(distance).fold(f64::MAX, f64::min);
        let mut bands: Vec<Range<usize>> = Vec::new();
        for at in self.rows.clone() {
            let is_near = at > self.rows.start && distance(&rows[at - 1..=at]) < BAND_DISTANCE * least;
            match bands.last_mut().filter(|_| is_near) {
                Some(last) => last.end = at + 1,
                None => bands.push(at..at + 1),
            }
        }
        let continues = |band: &Range<usize>| {
            let (first, others) = (&rows[band.start], &rows[band.start + 1..band.end]);
            others.iter().all(|row| row.len() < first.len() && row.iter().any(Piece::continues_sentence))
        };
        let is_spaced = bands.len() >= 2 && bands.len() < own.len() && bands.iter().all(continues);
        let table = PdfTable { rows: self.rows.clone(), columns: self.columns.clone(), bands, grid: None };
        (is_spaced && self.is_table(rows)).then_some(table)
    }

    /// Returns true if rows of the table have several lines of text, and each goes on in the middle of a sentence.
    fn is_wrapped(&self, rows: &[Row]) -> bool {
        let mut more = self.bands.iter().flat_map(|band| &rows[band.start + 1..band.end]).peekable();
        more.peek().is_some() && more.all(|row| row.iter().any(Piece::continues_sentence))
    }

    /// Returns true if some rows of text have several cells together.
    fn is_full(&self, rows: &[Row]) -> bool {
        let mut columns = rows.iter().flatten().map(|piece| self.column(piece));
        let first = columns.next();
        columns.any(|column| Some(column) != first)
    }

    fn is_table(&self, rows: &[Row]) -> bool {
        if !self.bands.is_empty() {
            return true;
        }
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
        // A piece may begin a little to the right of the last column.
        let column = self.columns.partition_point(|(_, right)| *right < piece.left);
        column.min(self.columns.len().saturating_sub(1))
    }

    /// Returns the cells, row by row.
    pub(super) fn cells(&self, rows: &[Row]) -> Vec<Vec<Cell>> {
        if let Some(grid) = &self.grid {
            return grid.cells(&rows[self.rows.clone()], |piece| self.column(piece));
        }
        match self.bands.is_empty() {
            true => self.rows.clone().map(|row| self.cells_of(&rows[row..=row])).collect(),
            false => self.bands.iter().map(|band| self.cells_of(&rows[band.clone()])).collect(),
        }
    }

    /// Returns the cells of one row, which may have several rows of text.
    fn cells_of(&self, rows: &[Row]) -> Vec<Cell> {
        let mut cells = vec![Cell::default(); self.columns.len()];
        for piece in rows.iter().flatten() {
            if let Some(Cell { text, .. }) = cells.get_mut(self.column(piece)) {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(&piece.text());
            }
        }
        cells
    }
}
