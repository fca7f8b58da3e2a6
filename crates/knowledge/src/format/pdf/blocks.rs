//! Joins the lines of a page into blocks of text, such as paragraphs, columns and tables.

use super::{
    grid::Cell,
    lines::{Piece, Row},
    matrix::Area,
    rules::Rules,
    tables::{self, PdfTable},
};

/// The largest distance of two lines of a block, in sizes of their letters.
const LINE_DISTANCE: f64 = 1.75;

/// The largest difference of the sizes of two lines of a block, as a share.
const SIZE: f64 = 0.12;

/// A part of a page that is read as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    pub(super) area: Area,
    pub(super) size: f64,
    pub(super) content: Content,
}

/// The text of a block.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Lines(Vec<String>),
    Table(Vec<Vec<Cell>>),
}

/// A block that lines are still added to.
struct Open {
    block: Block,
    lines: Vec<String>,
    last: Piece,
    /// The row of its last line.
    row: usize,
}

/// Returns the blocks of a page, in no order of reading.
pub(super) fn blocks(rows: &[Row], rules: &Rules) -> Vec<Block> {
    let tables = tables::tables(rows, rules);
    let mut blocks: Vec<Block> = tables.iter().map(|table| of_table(table, rows)).collect();
    let (mut open, mut next_table): (Vec<Open>, _) = (Vec::new(), tables.iter().peekable());
    let mut at = 0;
    while at < rows.len() {
        if let Some(table) = next_table.next_if(|table| table.rows.start == at) {
            at = table.rows.end;
            continue;
        }
        let row = &with_label(rows, at);
        let joined: Vec<Option<usize>> = (0..row.len()).map(|piece| joined(row, piece, &open)).collect();
        let (mut kept, mut indexes) = (Vec::with_capacity(open.len()), Vec::with_capacity(open.len()));
        for (index, block) in open.into_iter().enumerate() {
            let is_near = row.iter().any(|piece| block.last.base - piece.base < FAR * piece.size.max(block.last.size));
            if is_near || joined.contains(&Some(index)) {
                indexes.push(index);
                kept.push(block);
            } else {
                blocks.push(block.closed());
            }
        }
        open = kept;
        for (piece, joined) in row.iter().zip(joined) {
            match joined.and_then(|index| indexes.iter().position(|kept| *kept == index)) {
                Some(index) => open[index].push(piece, at),
                None => open.push(Open::of(piece, at)),
            }
        }
        at += 1;
    }
    blocks.extend(open.into_iter().map(Open::closed));
    blocks
}

/// Returns a row, with the number or sign that it begins with as a part of the text behind it. Numbers below each other are
/// those of lines.
fn with_label(rows: &[Row], at: usize) -> Row {
    let row = &rows[at];
    let [label, text, rest @ ..] = row.as_slice() else { return row.clone() };
    let is_near = |other: &Row| (other[0].base - label.base).abs() < LABELS_DISTANCE * label.size;
    let is_numbered = |other: &Row| is_near(other) && is_label(&other[0]) && other[0].left < text.left;
    let others = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|at| rows.get(at));
    let is_part = is_label(label) && text.left - label.right < LABEL_GAP * text.size && !is_label(text);
    if !is_part || others.into_iter().any(is_numbered) || (label.size - text.size).abs() > SIZE * text.size {
        return row.clone();
    }
    let words = label.words.iter().chain(&text.words).cloned().collect();
    std::iter::once(Piece::of(words)).chain(rest.iter().cloned()).collect()
}

/// Returns true for the number or the sign of a heading or an item, such as `2.1`, `(b)` or `•`.
fn is_label(piece: &Piece) -> bool {
    let text = piece.text();
    let mut signs = text.chars().filter(|c| !matches!(c, '.' | '(' | ')' | ':'));
    let is_number = signs.clone().all(|c| c.is_ascii_digit());
    let is_sign =
        signs.next().is_some_and(|c| c.is_ascii_lowercase() || !c.is_alphanumeric()) && signs.next().is_none();
    text.chars().count() <= LABEL_CHARS_MAX && !text.is_empty() && (is_number || is_sign)
}

/// The longest number or sign before a heading or an item, the widest space behind it in sizes, and the distance from which
/// on others of their kind are no numbers of lines.
const LABEL_CHARS_MAX: usize = 8;
const LABEL_GAP: f64 = 3.0;
const LABELS_DISTANCE: f64 = 3.0;

/// The distance below a block from which on no line joins it.
const FAR: f64 = 4.0;

/// Returns the block that a piece of a row continues: the only one above it, which no other piece of the row continues.
fn joined(row: &Row, piece: usize, open: &[Open]) -> Option<usize> {
    let mut above = open.iter().enumerate().filter(|(_, block)| block.is_above(&row[piece]));
    let (index, block) = above.next().filter(|_| above.next().is_none())?;
    let others = row.iter().enumerate().filter(|(other, _)| *other != piece);
    let is_alone = others.into_iter().all(|(_, other)| !block.is_above(other));
    (is_alone && block.continues(&row[piece])).then_some(index)
}

impl Open {
    fn of(piece: &Piece, row: usize) -> Open {
        let block = Block { area: area(piece), size: piece.size, content: Content::Lines(Vec::new()) };
        Open { block, lines: vec![piece.text()], last: piece.clone(), row }
    }

    fn push(&mut self, piece: &Piece, row: usize) {
        let added = area(piece);
        let area = &mut self.block.area;
        *area = Area {
            left: area.left.min(added.left),
            bottom: area.bottom.min(added.bottom),
            right: area.right.max(added.right),
            top: area.top.max(added.top),
        };
        self.lines.push(piece.text());
        self.last = piece.clone();
        self.row = row;
    }

    /// Returns true if the last line stands over a piece, with no room for another line between them.
    fn is_above(&self, piece: &Piece) -> bool {
        let distance = self.last.base - piece.base;
        let is_over = self.last.left < piece.right && piece.left < self.last.right
            || self.block.area.left < piece.right && piece.left < self.block.area.right;
        distance > 0.0 && distance < LINE_DISTANCE * self.last.size.max(piece.size) && is_over
    }

    /// Returns true if a piece has the size of this block's letters.
    fn continues(&self, piece: &Piece) -> bool {
        (self.last.size - piece.size).abs() < SIZE * self.last.size.max(piece.size)
    }

    fn closed(self) -> Block {
        Block { content: Content::Lines(self.lines), ..self.block }
    }
}

fn area(piece: &Piece) -> Area {
    Area { left: piece.left, bottom: piece.base, right: piece.right, top: piece.base + piece.size }
}

fn of_table(table: &PdfTable, rows: &[Row]) -> Block {
    let pieces = || rows[table.rows.clone()].iter().flatten();
    let corners = pieces().map(area).flat_map(|area| [(area.left, area.bottom), (area.right, area.top)]);
    let area = Area::around(corners).unwrap_or(Area { left: 0.0, bottom: 0.0, right: 0.0, top: 0.0 });
    let size = pieces().map(|piece| piece.size).fold(0.0, f64::max);
    Block { area, size, content: Content::Table(table.cells(rows)) }
}
