//! Merged cells of a sheet: the value of one stands in each place that it covers.

use super::cells::{self, Values};

/// The bytes of a value that count as one cell.
const BYTES_PER_CELL: usize = 16;

/// The cells of a row that are put in order for the price of one.
const CELLS_PER_CELL: usize = 64;

/// The most rows of one header.
const HEAD_ROWS_MAX: usize = 8;

/// Cells that are merged to one, by the numbers of their first and last column and row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Merge {
    columns: (usize, usize),
    rows: (usize, usize),
}

impl Merge {
    /// Reads places such as `B1:C1`.
    pub(super) fn of(places: &str) -> Option<Merge> {
        let (first, last) = places.split_once(':')?;
        let (first, last) = (cells::place(first)?, cells::place(last)?);
        let merge = Merge { columns: (first.0, last.0), rows: (first.1, last.1) };
        (first.0 <= last.0 && first.1 <= last.1).then_some(merge)
    }

    /// The places of the covered columns among those that are used.
    fn covered<'a>(&self, used: &'a [usize]) -> &'a [usize] {
        let from = used.partition_point(|column| *column < self.columns.0);
        let to = used.partition_point(|column| *column <= self.columns.1);
        &used[from..to.max(from)]
    }
}

/// Puts the values of merged cells into all places that they cover, as far as the budget of cells allows.
pub(super) fn spread(rows: &mut [Values], merges: &[Merge], used: &[usize], budget: &mut usize) {
    rows.iter_mut().for_each(|row| row.cells.sort_by_key(|(column, _)| *column));
    for merge in merges {
        let from = rows.partition_point(|row| row.number < merge.rows.0);
        let to = rows.partition_point(|row| row.number <= merge.rows.1);
        let first = rows.get(from).filter(|row| row.number == merge.rows.0);
        let Some(text) = first.and_then(|row| value(row, merge.columns.0)).map(str::to_owned) else { continue };
        let covered = merge.covered(used);
        for row in &mut rows[from..to.max(from)] {
            let price = 1 + covered.len() * (1 + text.len() / BYTES_PER_CELL) + row.cells.len() / CELLS_PER_CELL;
            if *budget < price {
                return;
            }
            *budget -= price;
            fill(row, covered, &text);
        }
    }
}

/// Puts a value into the columns of a row that have none.
fn fill(row: &mut Values, columns: &[usize], text: &str) {
    let empty: Vec<usize> = columns.iter().copied().filter(|column| value(row, *column).is_none()).collect();
    if !empty.is_empty() {
        row.cells.extend(empty.into_iter().map(|column| (column, text.to_owned())));
        row.cells.sort_by_key(|(column, _)| *column);
    }
}

fn value(row: &Values, column: usize) -> Option<&str> {
    let at = row.cells.binary_search_by_key(&column, |(place, _)| *place).ok()?;
    Some(&row.cells[at].1)
}

/// Returns the number of rows that are the header of a table: below a name over several columns, those of the columns.
pub(super) fn head_rows(rows: &[Values], merges: &[Merge], used: &[usize]) -> usize {
    let Some(first) = rows.first() else { return 0 };
    let of_first = || merges.iter().filter(|merge| merge.rows.0 == first.number);
    let is_name_of_columns = |merge: &&Merge| (2..used.len()).contains(&merge.covered(used).len());
    if of_first().filter(is_name_of_columns).count() == 0 {
        return 0;
    }
    let last = of_first().map(|merge| merge.rows.1).max().unwrap_or(first.number).max(first.number + 1);
    let heads = rows.iter().take_while(|row| row.number <= last).count();
    if heads < rows.len() && heads <= HEAD_ROWS_MAX { heads } else { 0 }
}
