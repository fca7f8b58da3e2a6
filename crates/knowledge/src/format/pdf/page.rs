//! Writes the text of a page as Markdown.

use super::{
    blocks::{Block, Content},
    boxes, columns,
    content::PageContent,
    fold::folded,
    glyph::Direction,
    grid::Cell as PdfCell,
    lattice,
    lines::{self, Row as PdfRow},
    order,
    quality::is_meaningless,
    rules::Rules,
    slanted, words,
};
use crate::format::table::{self, Cell, Row};

/// The size of a heading as a multiple of that of the running text, by its level from the first one.
const HEADING_SIZES: [f64; 3] = [1.8, 1.4, 1.15];

/// The longest heading, in characters, and in lines.
const HEADING_CHARS_MAX: usize = 120;
const HEADING_LINES_MAX: usize = 2;

/// The rows of a table whose first row is its header.
const TABLE_ROWS_MIN: usize = 3;

/// The fewest names of values that stand below them.
const NAMES_MIN: usize = 3;

/// The share of the cells of a table with a header that have a text.
const FILLED_SHARE_MIN: f64 = 0.75;

/// Returns the blocks of a page in the order in which they are read.
pub(super) fn blocks(content: &PageContent) -> Vec<Block> {
    let PageContent { glyphs, rules, sheet, .. } = content;
    let mut directions: Vec<(usize, Direction)> = [Direction::Right, Direction::Down, Direction::Left, Direction::Up]
        .map(|direction| (glyphs.iter().filter(|glyph| glyph.direction == direction).count(), direction))
        .into();
    // The text that the page is made for comes first, and then what runs along its sides.
    directions.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let used = directions.into_iter().filter(|(count, _)| *count > 0);
    let none = Rules::default();
    let of_sides = used.flat_map(|(_, direction)| {
        let is_level = direction == Direction::Right;
        let rules = if is_level { rules } else { &none };
        let mut rows = lines::rows(words::words(glyphs, direction), rules);
        let tables = lattice::tables(&mut rows, rules);
        let of_rows = |rows: Vec<PdfRow>| {
            let parts = columns::parts(rows, rules);
            parts.iter().flat_map(|rows| super::blocks::blocks(rows, rules)).collect::<Vec<Block>>()
        };
        if let Some(boxes) = boxes::of_form(&rows, rules, &tables) {
            return with_tables(boxes.into_iter().flat_map(|rows| order::ordered(of_rows(rows))).collect(), tables);
        }
        let blocks = of_rows(rows).into_iter().chain(tables).collect();
        if is_level { order::of_sheet(blocks, *sheet) } else { order::ordered(blocks) }
    });
    of_sides.chain(slanted::blocks(glyphs)).collect()
}

/// Puts tables before the first block of a form that begins below their top.
fn with_tables(mut blocks: Vec<Block>, tables: Vec<Block>) -> Vec<Block> {
    for table in tables {
        let below = blocks.iter().position(|block| block.area.top < table.area.top);
        blocks.insert(below.unwrap_or(blocks.len()), table);
    }
    blocks
}

/// Returns the size of most of the text of a file.
pub(super) fn usual_size(blocks: &[Block]) -> f64 {
    let mut sizes: Vec<(i64, usize)> = Vec::new();
    for block in blocks {
        let (size, chars) = ((block.size * 2.0).round() as i64, block.chars());
        match sizes.iter_mut().find(|(known, _)| *known == size) {
            Some((_, count)) => *count += chars,
            None => sizes.push((size, chars)),
        }
    }
    sizes.into_iter().max_by_key(|(_, count)| *count).map_or(0.0, |(size, _)| size as f64 / 2.0)
}

/// Appends a block. Text of so many points is running text.
pub(super) fn write(markdown: &mut String, block: &Block, usual_size: f64) {
    let text = match &block.content {
        Content::Lines(lines) => match level(block, lines, usual_size) {
            Some(level) => format!("{} {}", "#".repeat(level), joined(lines).replace('\n', " ")),
            None => joined(lines).lines().map(escaped).collect::<Vec<_>>().join("\n"),
        },
        Content::Table(cells) => of_table(cells),
    };
    if !text.trim().is_empty() {
        markdown.push_str(&text);
        markdown.push_str("\n\n");
    }
}

fn level(block: &Block, lines: &[String], usual_size: f64) -> Option<usize> {
    let is_short = lines.len() <= HEADING_LINES_MAX && block.chars() <= HEADING_CHARS_MAX;
    let has_words = lines.iter().flat_map(|line| line.chars()).filter(|c| c.is_alphabetic()).count() > 1;
    let size = HEADING_SIZES.iter().position(|size| usual_size > 0.0 && block.size >= size * usual_size);
    size.filter(|_| is_short && has_words).map(|at| at + 1)
}

/// Puts lines below each other, and joins words that are divided at the end of one.
fn joined(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        let line = readable(line);
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let is_divided = text.strip_suffix("-\n").is_some_and(|before| before.ends_with(char::is_lowercase));
        if is_divided && line.starts_with(char::is_lowercase) {
            text.truncate(text.len() - 2);
        }
        text.push_str(line);
        text.push('\n');
    }
    text.pop();
    text
}

/// Puts a mark in the place of characters that the file gives no meaning, so that nobody takes what is left for the whole.
/// At the begin of a line, and apart from words, they are signs of lists that are pictures.
fn readable(text: &str) -> String {
    let text = folded(text);
    let mut shown = String::with_capacity(text.len());
    for (at, word) in text.split_inclusive(char::is_whitespace).enumerate() {
        let body = word.trim_end();
        let is_sign = body.chars().all(is_meaningless) && (at == 0 || body.chars().count() == 1);
        if is_sign {
            continue;
        }
        let marked = |c: char| if is_meaningless(c) { char::REPLACEMENT_CHARACTER } else { c };
        let mut marks = word.chars().map(marked).collect::<Vec<_>>();
        marks.dedup_by(|a, b| *a == char::REPLACEMENT_CHARACTER && a == b);
        shown.extend(marks);
    }
    shown
}

/// Keeps a line from being taken for a mark of Markdown.
fn escaped(line: &str) -> String {
    let is_rule = !line.is_empty() && line.chars().all(|c| matches!(c, '-' | '='));
    if line.starts_with(['#', '`', '~', '|']) || is_rule { format!("\\{line}") } else { line.to_owned() }
}

fn of_table(cells: &[Vec<PdfCell>]) -> String {
    let text = |cell: &PdfCell| readable(&cell.text).trim().to_owned();
    let texts = cells.iter().map(|row| row.iter().map(text).collect()).collect();
    let texts = with_one_header(texts);
    if has_header(&texts) {
        let row = |row: Vec<String>| Row { cells: row.into_iter().map(Cell::of).collect(), is_head: false };
        return table::render(texts.into_iter().map(row).collect());
    }
    let own = |row: &Vec<PdfCell>| row.iter().filter(|cell| !cell.is_repeated).map(text).collect();
    let rows: Vec<Vec<String>> = cells.iter().map(own).collect();
    let lines = if has_names_over_values(&rows) { transposed(&rows) } else { rows };
    let line = |row: Vec<String>| row.into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
    let lines = lines.into_iter().map(line).filter(|line| !line.is_empty());
    lines.map(|line| escaped(&line)).collect::<Vec<_>>().join("\n")
}

/// Returns true if each of several values stands below its name: one of two rows has numbers in all cells, the other in none.
fn has_names_over_values(rows: &[Vec<String>]) -> bool {
    let [names, values] = rows else { return false };
    let is_full = |row: &[String]| row.len() >= NAMES_MIN && row.iter().all(|cell| !cell.is_empty());
    let all = |row: &[String], has: bool| row.iter().all(|cell| has_digit(cell) == has);
    let is_other = (all(names, true) && all(values, false)) || (all(names, false) && all(values, true));
    is_full(names) && names.len() == values.len() && is_other
}

fn transposed(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let columns = rows.iter().map(Vec::len).min().unwrap_or_default();
    (0..columns).map(|column| rows.iter().map(|row| row[column].clone()).collect()).collect()
}

/// Joins a first row that names groups of columns with the names below it.
fn with_one_header(mut cells: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let [groups, names, ..] = &cells[..] else { return cells };
    let is_group = |cell: &String| cell.is_empty() || is_name(cell);
    let is_over = groups.iter().all(is_group) && groups.iter().any(|cell| !cell.is_empty()) && !groups[0].is_empty();
    if !is_over || !groups.iter().any(String::is_empty) || !names.iter().all(|name| is_name(name)) {
        return cells;
    }
    let mut group = "";
    let header = groups.iter().zip(names).map(|(own, name)| {
        group = if own.is_empty() { group } else { own };
        if group == name { name.clone() } else { format!("{group} / {name}") }
    });
    let header = header.collect();
    cells.splice(..2, [header]);
    cells
}

fn is_name(cell: &str) -> bool {
    cell.chars().any(char::is_alphabetic) && !has_digit(cell)
}

fn has_digit(cell: &str) -> bool {
    cell.chars().any(|c| c.is_ascii_digit())
}

/// Returns true if the first row names the columns: it has a word for each, but maybe for the first, whose cells are names
/// themselves, and the values below have numbers.
fn has_header(cells: &[Vec<String>]) -> bool {
    let Some((first, rows)) = cells.split_first() else { return false };
    let cells_count = rows.len() * first.len();
    let filled = rows.iter().flatten().filter(|cell| !cell.is_empty()).count();
    let is_filled = filled as f64 >= FILLED_SHARE_MIN * cells_count as f64;
    let has_values = rows.iter().filter(|row| row.iter().any(|cell| has_digit(cell))).count() * 2 >= rows.len();
    let is_named = first.iter().enumerate().all(|(at, cell)| is_name(cell) || (at == 0 && cell.is_empty()));
    cells.len() >= TABLE_ROWS_MIN && is_named && has_values && is_filled
}

impl Block {
    /// Returns the text of a block without any mark, to be counted.
    pub(super) fn plain(&self) -> String {
        match &self.content {
            Content::Lines(lines) => lines.join("\n"),
            Content::Table(cells) => cells.iter().map(|row| plain_row(row)).collect::<Vec<_>>().join("\n"),
        }
    }

    fn chars(&self) -> usize {
        match &self.content {
            Content::Lines(lines) => lines.iter().map(|line| line.chars().count()).sum(),
            Content::Table(cells) => cells.iter().map(|row| plain_row(row).chars().count()).sum(),
        }
    }
}

fn plain_row(row: &[PdfCell]) -> String {
    row.iter().filter(|cell| !cell.is_repeated).map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_line_divides_are_joined() {
        let lines = ["The robot clean-", "er rests for 10-", "15 hours, X-", "Ray"].map(str::to_owned);
        assert_eq!(joined(&lines), "The robot cleaner rests for 10-\n15 hours, X-\nRay");
    }

    #[test]
    fn characters_without_a_meaning_leave_a_mark() {
        let cases = [
            ("\u{F8FE} Filter", "Filter"),
            ("costs \u{FFFD}\u{FFFD}\u{FFFD} euros", "costs \u{FFFD} euros"),
            ("Price\u{E001}12", "Price\u{FFFD}12"),
            ("a \u{E001} b", "a b"),
        ];
        for (text, expected) in cases {
            assert_eq!(readable(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_table_has_a_header_if_its_first_row_names_the_columns() {
        fn cells<const N: usize>(rows: &[[&str; N]]) -> Vec<Vec<PdfCell>> {
            let cell = |text: &str| PdfCell { text: text.to_owned(), is_repeated: false };
            rows.iter().map(|row| row.map(cell).to_vec()).collect()
        }
        let priced = cells(&[["Part", "Price"], ["Filter", "$12"], ["Brush", "$7"]]);
        assert_eq!(of_table(&priced), "| Part | Price |\n| --- | --- |\n| Filter | $12 |\n| Brush | $7 |\n");
        let grouped =
            [["Region", "Price", ""], ["Region", "Rent", "Buy"], ["North", "$1", "$2"], ["South", "$3", "$4"]];
        assert!(
            of_table(&cells(&grouped))
                .starts_with("| Region | Price / Rent | Price / Buy |\n| --- | --- | --- |\n| North |")
        );
        let facts = cells(&[["Weight", "12 kg"], ["Height", "1 m"], ["#1", ""]]);
        assert_eq!(of_table(&facts), "Weight 12 kg\nHeight 1 m\n\\#1");
        let below = cells(&[["Phone", "Fax", "Hours"], ["555 01", "555 02", "9 to 17"]]);
        assert_eq!(of_table(&below), "Phone 555 01\nFax 555 02\nHours 9 to 17");
        let mut spanned = cells(&[["1 to 3", "Cold"], ["1 to 3", "Warm"]]);
        spanned[1][0].is_repeated = true;
        assert_eq!(of_table(&spanned), "1 to 3 Cold\nWarm");
    }
}
