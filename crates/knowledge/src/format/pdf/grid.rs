//! The cells of a table whose lines are drawn: each goes from one line over its column to the next, over one row or several.

use super::{
    lines::{Piece, Row},
    rules::Rules,
};

/// The smallest distance of a text in a table from the lines around it, in points.
const INSIDE: f64 = 0.01;

/// The fewest texts below each other that are cells of their own although no line is seen between them.
const HIDDEN_ROWS_MIN: usize = 3;

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) text: String,
    /// True if it is the cell above it, which goes over several rows.
    pub(super) is_repeated: bool,
}

/// The heights of the lines of a table from the top down, and of those over each of its columns.
#[derive(Debug, PartialEq)]
pub(super) struct Grid {
    lines: Vec<f64>,
    columns: Vec<Vec<f64>>,
}

impl Grid {
    /// Finds the lines of a table with columns between these sides. `over` are the heights of the lines over all of it.
    pub(super) fn of(sides: &[(f64, f64)], rules: &Rules, over: &[f64]) -> Grid {
        let (Some(top), Some(bottom)) = (over.first(), over.last()) else {
            return Grid { lines: Vec::new(), columns: Vec::new() };
        };
        let is_inside = |height: &f64| height < top && height > bottom && !over.contains(height);
        let of_column = |(left, right): &(f64, f64)| {
            let reaching = rules.over(*left, *right).into_iter().filter(|height| over.contains(height));
            sorted(reaching.chain(rules.beyond(*left, *right).into_iter().filter(is_inside)))
        };
        let columns: Vec<Vec<f64>> = sides.iter().map(of_column).collect();
        Grid { lines: sorted(over.iter().chain(columns.iter().flatten()).copied()), columns }
    }

    /// Returns the cells, row by row. `column` tells the column of a piece.
    pub(super) fn cells(&self, rows: &[Row], column: impl Fn(&Piece) -> usize) -> Vec<Vec<Cell>> {
        let [top, .., bottom] = self.lines[..] else { return Vec::new() };
        // A raised piece of the first row or a lowered one of the last belongs to the table still.
        let height = |piece: &Piece| piece.base.clamp(bottom.min(top) + INSIDE, top.max(bottom) - INSIDE);
        let placed = rows.iter().flatten().map(|piece| (column(piece), height(piece), piece));
        let placed: Vec<(usize, f64, &Piece)> = placed.filter(|(column, ..)| *column < self.columns.len()).collect();
        let columns = self.with_hidden_lines(&placed);
        let mut texts: Vec<Vec<String>> = columns.iter().map(|lines| vec![String::new(); lines.len() + 1]).collect();
        for (column, height, piece) in placed {
            let text = &mut texts[column][below(&columns[column], height)];
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&piece.text());
        }
        let (mut cells, mut before): (Vec<Vec<Cell>>, Option<Vec<usize>>) = (Vec::new(), None);
        for pair in self.lines.windows(2) {
            let middle = f64::midpoint(pair[0], pair[1]);
            let places: Vec<usize> = columns.iter().map(|lines| below(lines, middle)).collect();
            let text = |column: usize| &texts[column][places[column]];
            // A row has a cell of its own: between the lines of others, all cells go on.
            let is_new = |column: usize| before.as_ref().is_none_or(|before| before[column] != places[column]);
            if (0..places.len()).any(|column| is_new(column) && !text(column).is_empty()) {
                let cell = |column: usize| Cell { text: text(column).clone(), is_repeated: !is_new(column) };
                cells.push((0..places.len()).map(cell).collect());
                before = Some(places);
            }
        }
        cells
    }

    /// Returns the lines of the columns, with those that the colours of cells cover: a cell that has one text beside each of
    /// several rows is several cells.
    fn with_hidden_lines(&self, placed: &[(usize, f64, &Piece)]) -> Vec<Vec<f64>> {
        let mut heights: Vec<Vec<f64>> = vec![Vec::new(); self.columns.len()];
        placed.iter().for_each(|(column, height, _)| heights[*column].push(*height));
        let whole = |(column, own): (&Vec<f64>, Vec<f64>)| {
            let own: Vec<f64> = sorted(own.into_iter());
            let mut lines = column.clone();
            for at in 0..=column.len() {
                let over = at.checked_sub(1).map_or(f64::MAX, |at| column[at]);
                let under = column.get(at).copied().unwrap_or(f64::MIN);
                let (inside, own) = (between(&self.lines, over, under), between(&own, over, under));
                let is_each = || own.iter().enumerate().all(|(at, height)| below(inside, *height) == at);
                if own.len() >= HIDDEN_ROWS_MIN && own.len() == inside.len() + 1 && is_each() {
                    lines.extend(inside);
                }
            }
            sorted(lines.into_iter())
        };
        self.columns.iter().zip(heights).map(whole).collect()
    }

    /// Returns true if each row of text has lines of its own around it.
    pub(super) fn has_each(&self, rows: &[Row]) -> bool {
        let places: Vec<usize> = rows.iter().map(|row| below(&self.lines, row[0].base)).collect();
        places.windows(2).all(|pair| pair[0] != pair[1])
    }
}

/// Returns the heights between two, of some from the top down.
fn between(heights: &[f64], over: f64, under: f64) -> &[f64] {
    let above = heights.partition_point(|height| *height >= over);
    &heights[above..heights.partition_point(|height| *height > under).max(above)]
}

/// Returns the number of lines above a height.
fn below(lines: &[f64], height: f64) -> usize {
    lines.partition_point(|line| *line > height)
}

fn sorted(heights: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut heights: Vec<f64> = heights.collect();
    heights.sort_by(|a, b| b.total_cmp(a));
    heights.dedup();
    heights
}
