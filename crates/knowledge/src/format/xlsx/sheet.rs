//! Reads the cells of a sheet into tables: rows that follow each other without an empty one are a table.

use std::collections::HashSet;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    cells::{Values, column},
    merges::{self, Merge},
    number,
    rich_text::RichText,
    styles::CellStyle,
};
use crate::format::{
    blocks::Blocks,
    package::{attribute, entity, malformed},
    parsed::ParseError,
    table::{self, Cell, Row},
};

/// The most columns of a sheet.
const COLUMNS_MAX: usize = 16_384;

/// The most empty cells that are written for each cell with a value, and those of a small sheet.
const EMPTY_PER_CELL_MAX: usize = 4;
const EMPTY_FREE: usize = 10_000;

/// The parts of the file that cells refer to.
pub(super) struct Context<'a> {
    pub(super) strings: &'a [String],
    pub(super) styles: &'a [CellStyle],
    pub(super) from_1904: bool,
}

/// The text of a sheet.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) markdown: String,
    pub(super) hidden_chars: usize,
}

/// Reads a sheet.
///
/// # Errors
/// If it is no XML.
pub(super) fn read(xml: &str, context: &Context<'_>) -> Result<Text, ParseError> {
    let mut sheet = Sheet::new(context);
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().map_err(malformed)? {
            Event::Start(element) => sheet.start(&element),
            Event::Empty(element) => {
                sheet.start(&element);
                sheet.end(element.local_name().as_ref());
            }
            Event::End(element) => sheet.end(element.local_name().as_ref()),
            Event::Text(text) => sheet.text(&text.xml10_content()),
            Event::GeneralRef(name) => sheet.text(&entity(&name)),
            Event::Eof => return Ok(sheet.finish()),
            _ => {}
        }
    }
}

struct Sheet<'a> {
    context: &'a Context<'a>,
    rows: Vec<Values>,
    merges: Vec<Merge>,
    hidden_columns: Vec<(usize, usize)>,
    is_hidden_row: bool,
    hidden_rows: usize,
    row: usize,
    column: usize,
    kind: String,
    style: usize,
    value: String,
    in_value: bool,
    rich_text: RichText,
    hidden_chars: usize,
}

impl<'a> Sheet<'a> {
    fn new(context: &'a Context<'a>) -> Sheet<'a> {
        Sheet {
            context,
            rows: Vec::new(),
            merges: Vec::new(),
            hidden_columns: Vec::new(),
            is_hidden_row: false,
            hidden_rows: 0,
            row: 0,
            column: 0,
            kind: String::new(),
            style: 0,
            value: String::new(),
            in_value: false,
            rich_text: RichText::default(),
            hidden_chars: 0,
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        let given = |name: &str| attribute(element, name);
        let number = |name: &str| given(name).and_then(|value| value.parse::<usize>().ok());
        let is_hidden = || given("hidden").is_some_and(|hidden| hidden == "1" || hidden == "true");
        match element.local_name().as_ref() {
            "col" if is_hidden() => {
                self.hidden_columns.push((number("min").unwrap_or(0), number("max").unwrap_or(0)));
            }
            "row" => {
                self.row = number("r").unwrap_or(self.row + 1);
                self.column = 0;
                self.is_hidden_row = is_hidden();
                self.hidden_rows += usize::from(self.is_hidden_row);
                let row = self.row.saturating_sub(self.hidden_rows);
                self.rows.push(Values { number: self.row, row, cells: Vec::new() });
            }
            "c" => {
                self.column = given("r").and_then(|place| column(&place)).unwrap_or(self.column + 1);
                self.kind = given("t").unwrap_or_default();
                self.style = number("s").unwrap_or(0);
                self.value.clear();
            }
            "v" => self.in_value = true,
            "mergeCell" => self.merges.extend(given("ref").and_then(|place| Merge::of(&place))),
            _ => self.rich_text.start(element),
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "v" => self.in_value = false,
            "c" => self.end_cell(),
            name => self.rich_text.end(name),
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_value { self.value.push_str(text) } else { self.rich_text.text(text) }
    }

    fn end_cell(&mut self) {
        let inline = self.rich_text.take();
        let text = if inline.is_empty() { self.shown() } else { inline.trim().to_owned() };
        let column = self.column;
        let is_text = matches!(self.kind.as_str(), "s" | "str" | "inlineStr");
        if text.is_empty() || column > COLUMNS_MAX {
            // A format may show nothing of a number.
            self.hidden_chars += if is_text { 0 } else { self.value.trim().chars().count() };
            return;
        }
        let style = self.context.styles.get(self.style);
        let is_hidden = style.is_some_and(|style| style.is_struck || (is_text && number::hides_text(&style.code)))
            || self.is_hidden_row
            || self.hidden_columns.iter().any(|(min, max)| (*min..=*max).contains(&column));
        match self.rows.last_mut() {
            Some(row) if !is_hidden => row.cells.push((column, text)),
            _ => self.hidden_chars += text.chars().filter(|c| !c.is_whitespace()).count(),
        }
    }

    /// Returns the text that the cell shows.
    fn shown(&self) -> String {
        let value = self.value.trim();
        match self.kind.as_str() {
            "s" => value.parse::<usize>().ok().and_then(|at| self.context.strings.get(at)).cloned().unwrap_or_default(),
            "str" | "inlineStr" | "e" | "d" => value.to_owned(),
            "b" => if value == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            _ => match value.parse::<f64>() {
                Ok(number) => {
                    let code = self.context.styles.get(self.style).map_or("General", |style| style.code.as_str());
                    number::shown(number, code, self.context.from_1904)
                }
                Err(_) => value.to_owned(),
            },
        }
    }

    fn finish(self) -> Text {
        let mut blocks = Blocks::default();
        let mut budget = EMPTY_PER_CELL_MAX * self.rows.iter().map(|row| row.cells.len()).sum::<usize>() + EMPTY_FREE;
        let mut table: Vec<Values> = Vec::new();
        for row in self.rows.into_iter().filter(|row| !row.cells.is_empty()) {
            if table.last().is_some_and(|last| row.row > last.row + 1) {
                write(&mut blocks, std::mem::take(&mut table), &self.merges, &mut budget);
            }
            table.push(row);
        }
        write(&mut blocks, table, &self.merges, &mut budget);
        Text { markdown: blocks.into_markdown(), hidden_chars: self.hidden_chars + self.rich_text.hidden_chars }
    }
}

/// Writes the rows of a table. Rows of one value before it are its title.
fn write(blocks: &mut Blocks, rows: Vec<Values>, merges: &[Merge], budget: &mut usize) {
    let titles = rows.iter().take_while(|row| row.cells.len() == 1).count();
    let mut rows = rows.into_iter();
    for row in rows.by_ref().take(titles) {
        for (_, text) in row.cells {
            let mut line = Blocks::single_line();
            line.text(&text);
            blocks.block(&line.into_markdown());
        }
    }
    let mut rows: Vec<Values> = rows.collect();
    let used: HashSet<usize> = rows.iter().flat_map(|row| row.cells.iter().map(|(column, _)| *column)).collect();
    let mut used: Vec<usize> = used.into_iter().collect();
    used.sort_unstable();
    merges::spread(&mut rows, merges, &used, budget);
    let heads = merges::head_rows(&rows, merges, &used);
    let rows = rows.into_iter().enumerate().map(|(at, row)| {
        let mut cells: Vec<Cell> = Vec::new();
        for (column, text) in row.cells {
            let place = used.binary_search(&column).unwrap_or_default();
            let empty = place.saturating_sub(cells.len()).min(*budget);
            *budget -= empty;
            cells.extend((0..empty).map(|_| Cell::of("")));
            cells.push(Cell::of(text));
        }
        Row { cells, is_head: at < heads }
    });
    blocks.block(&table::render(rows.collect()));
}
