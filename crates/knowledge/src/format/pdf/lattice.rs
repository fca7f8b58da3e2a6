//! Reads tables whose cells have lines on all sides, by these lines alone: a cell over several columns or rows is one where
//! no line divides them.

use std::ops::Range;

use super::{
    blocks::{Block, Content},
    grid::Cell,
    lines::{Piece, Row},
    matrix::Area,
    rules::{Line, Rules},
};

/// The largest distance of two lines that meet, or that are one, in points.
const NEAR: f64 = 2.5;

/// The least length of lines beyond the last one that crosses them if a cell without a line at its end stands there, in points.
const OPEN_SIDE: f64 = 8.0;

/// The most lines of a page whose crossings are looked for, and the most places of a table.
const LINES_MAX: usize = 800;
const PLACES_MAX: usize = 4_000;

/// The share of cells that have a text, and the longest text of one: larger boxes are parts of a page.
const FILLED_SHARE_MIN: f64 = 0.4;
const CELL_CHARS_MAX: usize = 600;

/// The longest text that stands in each of the columns that it goes over.
const SPANNING_CHARS_MAX: usize = 40;

/// The height over its baseline at which a text is looked for in a cell, in sizes.
const MIDDLE: f64 = 0.3;

/// Takes the tables out of the rows of a page.
pub(super) fn tables(rows: &mut Vec<Row>, rules: &Rules) -> Vec<Block> {
    let (level, upright) = (rules.level(), rules.upright());
    if level.len() + upright.len() > LINES_MAX || upright.len() < 2 {
        return Vec::new();
    }
    let lattices = connected(&level, &upright).into_iter().filter_map(|(level, upright)| Lattice::of(level, upright));
    let lattices: Vec<Lattice> = lattices.collect();
    lattices.iter().flat_map(|lattice| lattice.take(rows)).collect()
}

/// Returns the lines that meet each other, directly or by others.
fn connected(level: &[Line], upright: &[Line]) -> Vec<(Vec<Line>, Vec<Line>)> {
    let (mut groups, mut is_used) = (Vec::new(), vec![false; level.len()]);
    let mut is_upright_used = vec![false; upright.len()];
    for start in 0..level.len() {
        if std::mem::replace(&mut is_used[start], true) {
            continue;
        }
        let (mut rows, mut columns, mut open) = (vec![start], Vec::new(), vec![start]);
        while let Some(row) = open.pop() {
            for column in 0..upright.len() {
                if is_upright_used[column] || !level[row].meets(upright[column]) {
                    continue;
                }
                is_upright_used[column] = true;
                columns.push(column);
                for other in 0..level.len() {
                    if !is_used[other] && level[other].meets(upright[column]) {
                        is_used[other] = true;
                        rows.push(other);
                        open.push(other);
                    }
                }
            }
        }
        let lines = |lines: &[Line], group: Vec<usize>| group.into_iter().map(|at| lines[at]).collect();
        groups.push((lines(level, rows), lines(upright, columns)));
    }
    groups
}

impl Line {
    /// Returns true if a level line, which this is, meets an upright one.
    fn meets(self, upright: Line) -> bool {
        let within = |place: f64, line: Line| place > line.from - NEAR && place < line.to + NEAR;
        within(upright.at, self) && within(self.at, upright)
    }
}

/// The lines of a table, from the left to the right and from the top down, with a cell for each place between them.
struct Lattice {
    sides: Vec<f64>,
    heights: Vec<f64>,
    /// The number of the cell of each place, row by row.
    cells: Vec<usize>,
}

impl Lattice {
    fn of(level: Vec<Line>, upright: Vec<Line>) -> Option<Lattice> {
        let sides = places(&upright, &level);
        let mut heights = places(&level, &upright);
        heights.reverse();
        let (rows, columns) = (heights.len().checked_sub(1)?, sides.len().checked_sub(1)?);
        if rows < 2 || columns < 2 || rows * columns > PLACES_MAX {
            return None;
        }
        let middle = |places: &[f64], at: usize| f64::midpoint(places[at], places[at + 1]);
        let is_divided = |lines: &[Line], at: f64, middle: f64| {
            lines.iter().any(|line| (line.at - at).abs() <= NEAR && line.from < middle && line.to > middle)
        };
        let mut cells: Vec<usize> = Vec::with_capacity(rows * columns);
        for place in 0..rows * columns {
            let (row, column) = (place / columns, place % columns);
            let (x, y) = (middle(&sides, column), middle(&heights, row));
            let left = (column > 0 && !is_divided(&upright, sides[column], y)).then(|| cells[place - 1]);
            let above = (row > 0 && !is_divided(&level, heights[row], x)).then(|| cells[place - columns]);
            cells.push(left.or(above).unwrap_or(place));
            // A corner of lines that divides no cell: the area is no table.
            if left.is_some() && above.is_some() && left != above {
                return None;
            }
        }
        Some(Lattice { sides, heights, cells }).filter(Lattice::has_cells_only)
    }

    fn columns(&self) -> usize {
        self.sides.len() - 1
    }

    /// Returns true if all cells have four corners.
    fn has_cells_only(&self) -> bool {
        let columns = self.columns();
        let mut ends = vec![(0, 0); self.cells.len()];
        for (place, cell) in self.cells.iter().enumerate() {
            ends[*cell] = (ends[*cell].0.max(place / columns), ends[*cell].1.max(place % columns));
        }
        let is_whole = |place: usize| {
            let (from, to) = ((place / columns, place % columns), ends[place]);
            (from.0..=to.0)
                .flat_map(|row| (from.1..=to.1).map(move |column| row * columns + column))
                .all(|other| self.cells[other] == place)
        };
        (0..self.cells.len()).filter(|place| self.cells[*place] == *place).all(is_whole)
    }

    /// Returns the place of a piece.
    fn place(&self, piece: &Piece) -> Option<usize> {
        let (x, y) = (f64::midpoint(piece.left, piece.right), piece.base + MIDDLE * piece.size);
        let column = self.sides.partition_point(|side| *side < x).checked_sub(1)?;
        let row = self.heights.partition_point(|height| *height > y).checked_sub(1)?;
        (column < self.columns() && row + 1 < self.heights.len()).then(|| row * self.columns() + column)
    }

    /// Takes the pieces of the table and of its titles out of the rows of the page, or leaves them if they make no table.
    fn take(&self, rows: &mut Vec<Row>) -> Vec<Block> {
        let mut texts: Vec<String> = vec![String::new(); self.cells.len()];
        let mut sizes = vec![0.0_f64; self.cells.len()];
        for piece in rows.iter().flatten() {
            let Some(place) = self.place(piece) else { continue };
            let text = &mut texts[self.cells[place]];
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&piece.text());
            sizes[self.cells[place]] = sizes[self.cells[place]].max(piece.size);
        }
        if !self.is_table(&texts) {
            return Vec::new();
        }
        rows.iter_mut().for_each(|row| row.retain(|piece| self.place(piece).is_none()));
        rows.retain(|row| !row.is_empty());
        let columns = self.columns();
        let titles = self.titles();
        let of_title = |row: &usize| {
            let place = row * columns;
            // A title over several rows is the cell of the first of them.
            let is_own = self.cells[place] == place && !texts[place].is_empty();
            is_own.then(|| self.block(*row..row + 1, sizes[place], Content::Lines(vec![texts[place].clone()])))
        };
        let mut blocks: Vec<Block> = (0..titles).filter_map(|row| of_title(&row)).collect();
        let size = sizes[titles * columns..].iter().copied().fold(0.0, f64::max);
        let table = Content::Table(self.with_one_header(&texts, titles));
        blocks.push(self.block(titles..self.heights.len() - 1, size, table));
        blocks
    }

    /// Returns the block of some rows.
    fn block(&self, rows: Range<usize>, size: f64, content: Content) -> Block {
        let (left, right) = (self.sides[0], self.sides[self.columns()]);
        Block {
            area: Area { left, bottom: self.heights[rows.end], right, top: self.heights[rows.start] },
            size,
            content,
        }
    }

    /// Returns the number of the first rows of one cell each, which are titles of the table below them.
    fn titles(&self) -> usize {
        let is_title = |row: &&[usize]| row.iter().all(|cell| cell == row.first().unwrap_or(cell));
        let titles = self.cells.chunks(self.columns()).take_while(is_title).count();
        if titles * self.columns() < self.cells.len() { titles } else { 0 }
    }

    fn is_table(&self, texts: &[String]) -> bool {
        let columns = self.columns();
        let own = || (0..self.cells.len()).filter(|place| self.cells[*place] == *place);
        let filled = || own().filter(|place| !texts[*place].is_empty());
        let is_several = |of: &dyn Fn(usize) -> usize| {
            let mut places = filled().map(of);
            let first = places.next();
            places.any(|place| Some(place) != first)
        };
        let is_filled = filled().count() as f64 >= FILLED_SHARE_MIN * own().count() as f64;
        let is_short = texts.iter().all(|text| text.chars().count() <= CELL_CHARS_MAX);
        is_filled && is_short && is_several(&|place| place / columns) && is_several(&|place| place % columns)
    }

    /// Returns the rows below the titles. Those beside a first cell that goes over several are one header.
    fn with_one_header(&self, texts: &[String], titles: usize) -> Vec<Vec<Cell>> {
        let columns = self.columns();
        let of_row = |row: usize| (0..columns).map(move |column| row * columns + column);
        let cell = |place: usize| {
            let (own, text) = (self.cells[place], &texts[self.cells[place]]);
            let is_beside = own % columns != place % columns;
            let is_shown = !is_beside || text.chars().count() <= SPANNING_CHARS_MAX;
            Cell { text: if is_shown { text.clone() } else { String::new() }, is_repeated: own != place }
        };
        let mut rows: Vec<Vec<Cell>> =
            (titles..self.heights.len() - 1).map(|row| of_row(row).map(cell).collect()).collect();
        let first = titles * columns;
        let heads = self.cells[first..].chunks(columns).take_while(|row| row[0] == first).count();
        // Values beside a name that goes over several rows are rows of their own.
        let has_values = rows.iter().take(heads).flatten().any(|cell| is_value(&cell.text));
        if heads > 1 && heads < rows.len() && !has_values {
            let header = (0..columns).map(|column| {
                let mut own: Vec<usize> = (0..heads).collect();
                own.dedup_by_key(|row| self.cells[first + *row * columns + column]);
                let names = own.iter().map(|row| rows[*row][column].text.as_str());
                let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
                Cell { text: names.join(" / "), is_repeated: false }
            });
            let header = header.collect();
            rows.splice(..heads, [header]);
        }
        // Lines may be doubled, with no text between them.
        rows.retain(|row| row.iter().any(|cell| !cell.text.is_empty() && !cell.is_repeated));
        rows
    }
}

/// Returns true for a text of figures without a letter, such as a price. A year may be a name.
fn is_value(text: &str) -> bool {
    let is_year = text.len() == 4 && text.starts_with(['1', '2']) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.contains(|sign: char| sign.is_ascii_digit()) && !text.contains(char::is_alphabetic) && !is_year
}

/// Returns the places of lines in order, and those of the ends of the lines that cross them, where cells are open.
fn places(lines: &[Line], crossing: &[Line]) -> Vec<f64> {
    let mut places: Vec<f64> = lines.iter().map(|line| line.at).collect();
    places.sort_by(f64::total_cmp);
    places.dedup_by(|next, last| *next - *last <= NEAR);
    let from = crossing.iter().map(|line| line.from).fold(f64::MAX, f64::min);
    let to = crossing.iter().map(|line| line.to).fold(f64::MIN, f64::max);
    if places.first().is_some_and(|first| from < first - OPEN_SIDE) {
        places.insert(0, from);
    }
    if places.last().is_some_and(|last| to > last + OPEN_SIDE) {
        places.push(to);
    }
    places
}
