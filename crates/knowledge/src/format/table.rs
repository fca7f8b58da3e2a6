//! Tables of any format as Markdown: one header row, and each value in its own column.

/// The most cells that spans add to one table, for each cell that is written in it.
const CELLS_PER_CELL_MAX: usize = 4;

/// The most cells that spans add to a table however few it has.
const SPANNED_CELLS_FREE: usize = 10_000;

/// A cell and the columns and rows it spans.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) is_header: bool,
}

/// A row of a table.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// True if the row stands in the head of the table.
    pub(super) is_head: bool,
}

impl Cell {
    pub(super) fn of(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), columns: 1, rows: 1, is_header: false }
    }
}

impl Row {
    fn is_header(&self) -> bool {
        self.is_head || (!self.cells.is_empty() && self.cells.iter().all(|cell| cell.is_header))
    }
}

/// Renders a table below its titles. Several header rows become one, and a cell that spans rows or columns is repeated in
/// each.
pub(super) fn render(mut rows: Vec<Row>) -> String {
    let titles = rows.drain(..title_rows(&rows)).flat_map(|row| row.cells);
    let titles: Vec<String> = titles.map(|cell| one_line(&cell.text)).filter(|title| !title.is_empty()).collect();
    titles.into_iter().map(|title| title + "\n\n").collect::<String>() + &without_titles(rows)
}

/// Returns the number of the first rows of one cell over all columns. If the rows below them belong to the header, too, they
/// are parts of it.
fn title_rows(rows: &[Row]) -> usize {
    let columns = |row: &Row| row.cells.iter().map(|cell| cell.columns.max(1)).sum::<usize>();
    let titles = rows.iter().take_while(|row| row.cells.len() == 1 && row.cells[0].columns > 1).count();
    let widest = rows[titles..].iter().map(columns).max().unwrap_or_default();
    let are_over_all = rows[..titles].iter().all(|row| row.cells[0].columns >= widest && row.cells[0].rows <= 1);
    if titles < rows.len() && are_over_all && header_rows(rows) <= titles { titles } else { 0 }
}

fn without_titles(rows: Vec<Row>) -> String {
    let headers = header_rows(&rows);
    let has_row_headers = headers == 0 && rows.iter().all(|row| row.cells.first().is_some_and(|cell| cell.is_header));
    let grid = grid(rows);
    if grid.is_empty() {
        return String::new();
    }
    // The first row is the header unless each row has one of its own.
    let headers = if has_row_headers { 0 } else { headers.clamp(1, grid.len()) };
    let (head, body) = grid.split_at(headers);
    let columns = head.iter().chain(body.first()).map(Vec::len).max().unwrap_or(1).max(1);
    let mut lines = String::new();
    line(&mut lines, (0..columns).map(|column| header(head, column)));
    line(&mut lines, (0..columns).map(|_| "---".to_owned()));
    for row in body {
        line(&mut lines, row.iter().cloned());
    }
    lines
}

/// Returns the number of header rows: those of the head, or else the first ones of header cells. A later one of one cell is
/// the title of the rows below it.
fn header_rows(rows: &[Row]) -> usize {
    match rows.first() {
        Some(first) if first.is_head => rows.iter().take_while(|row| row.is_head).count(),
        _ => {
            rows.iter().enumerate().take_while(|(at, row)| row.is_header() && (*at == 0 || row.cells.len() > 1)).count()
        }
    }
}

/// Joins the header cells of a column from the top down, each once.
fn header(head: &[Vec<String>], column: usize) -> String {
    let mut names: Vec<&str> = head.iter().filter_map(|row| row.get(column)).map(String::as_str).collect();
    names.retain(|name| !name.is_empty());
    names.dedup();
    names.join(" / ")
}

fn line(lines: &mut String, cells: impl Iterator<Item = String>) {
    lines.push('|');
    for cell in cells {
        lines.push(' ');
        lines.push_str(&cell);
        lines.push_str(" |");
    }
    lines.push('\n');
}

/// A cell that spans rows below its own (`rowspan`).
#[derive(Clone, Debug, Default)]
struct Hanging {
    rows_left: usize,
    text: String,
}

/// Repeats each cell in all places that it spans, as far as the number of cells stays near that of the written ones.
fn grid(rows: Vec<Row>) -> Vec<Vec<String>> {
    let written: usize = rows.iter().map(|row| row.cells.len()).sum();
    let mut budget = Budget(written * CELLS_PER_CELL_MAX + SPANNED_CELLS_FREE);
    let mut hanging: Vec<Hanging> = Vec::new();
    let mut grid = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|row| !row.cells.is_empty()) {
        let mut line = Vec::new();
        for cell in row.cells {
            hang(&mut line, &mut hanging, &mut budget);
            let text = one_line(&cell.text);
            let spanned = budget.take(cell.columns.max(1) - 1, text.len()) + 1;
            for _ in 0..spanned {
                put(&mut hanging, line.len(), &text, cell.rows);
                line.push(text.clone());
            }
        }
        hang(&mut line, &mut hanging, &mut budget);
        if line.iter().any(|cell| !cell.is_empty()) {
            grid.push(line);
        }
    }
    grid
}

/// The cells that spans may still add.
struct Budget(usize);

impl Budget {
    /// Takes up to `wanted` cells with a text of so many bytes; a long text counts as several cells.
    fn take(&mut self, wanted: usize, bytes: usize) -> usize {
        let price = 1 + bytes / 16;
        let taken = wanted.min(self.0 / price);
        self.0 -= taken * price;
        taken
    }
}

/// Puts the cells of rows above that reach down into the next places of this one.
fn hang(line: &mut Vec<String>, hanging: &mut [Hanging], budget: &mut Budget) {
    while let Some(above) = hanging.get_mut(line.len()).filter(|above| above.rows_left > 0) {
        above.rows_left -= 1;
        if budget.take(1, above.text.len()) == 0 {
            above.rows_left = 0;
            return;
        }
        line.push(above.text.clone());
    }
}

fn put(hanging: &mut Vec<Hanging>, column: usize, text: &str, rows: usize) {
    if rows > 1 {
        if hanging.len() <= column {
            hanging.resize(column + 1, Hanging::default());
        }
        hanging[column] = Hanging { rows_left: rows - 1, text: text.to_owned() };
    }
}

/// Puts a cell on one line, with its vertical bars escaped.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, usize, usize)], is_head: bool) -> Row {
        let cell = |(text, columns, rows): &(&str, usize, usize)| Cell {
            text: (*text).to_owned(),
            columns: *columns,
            rows: *rows,
            is_header: is_head,
        };
        Row { cells: cells.iter().map(cell).collect(), is_head }
    }

    #[test]
    fn spans_repeat_their_value_and_header_rows_are_joined() {
        let rows = vec![
            row(&[("Robot", 1, 2), ("Price", 2, 1)], true),
            row(&[("Rent", 1, 1), ("Buy", 1, 1)], true),
            row(&[("ADAM", 1, 2), ("1", 1, 1), ("2", 1, 1)], false),
            row(&[("3", 1, 1), ("4|5", 1, 1)], false),
        ];
        let expected =
            "| Robot | Price / Rent | Price / Buy |\n| --- | --- | --- |\n| ADAM | 1 | 2 |\n| ADAM | 3 | 4\\|5 |\n";
        assert_eq!(render(rows), expected);
    }

    #[test]
    fn a_title_over_all_columns_is_no_header() {
        let title = || row(&[("Prices\nof 2027", 2, 1)], false);
        let names = || row(&[("Robot", 1, 1), ("Price", 1, 1)], false);
        let values = || row(&[("ADAM", 1, 1), ("5", 1, 1)], false);
        let expected = "Prices of 2027\n\n| Robot | Price |\n| --- | --- |\n| ADAM | 5 |\n";
        assert_eq!(render(vec![title(), names(), values()]), expected);
        assert_eq!(render(vec![row(&[("Prices of 2027", 2, 1)], true), names(), values()]), expected);
        let head = vec![row(&[("Price", 2, 1)], true), row(&[("Rent", 1, 1), ("Buy", 1, 1)], true), values()];
        assert_eq!(render(head), "| Price / Rent | Price / Buy |\n| --- | --- |\n| ADAM | 5 |\n");
        let part = vec![row(&[("Note", 2, 1)], false), row(&[("a", 1, 1), ("b", 1, 1), ("c", 1, 1)], false)];
        assert!(render(part).starts_with("| Note | Note |"));
        assert_eq!(render(vec![title()]), "| Prices of 2027 | Prices of 2027 |\n| --- | --- |\n");
    }

    #[test]
    fn spans_multiply_no_text() {
        let text = "x".repeat(10_000);
        let rows = (0..10).map(|_| row(&[(&text, 1_000, 60_000)], false)).collect();
        assert!(render(rows).len() < 10 * 4 * 10_000 + 1_000_000);
    }
}
