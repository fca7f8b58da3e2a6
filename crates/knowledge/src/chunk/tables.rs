//! Finds the tables of a text (GitHub Flavored Markdown, "Tables"), whose header stands in each passage of their rows.

use crate::{text, tokens};

/// The most estimated tokens of a header that is repeated. The names of a longer one are shortened.
const HEADER_TOKENS_MAX: usize = 200;

/// The characters of a name for each token that it may have.
const CHARS_PER_TOKEN: usize = 3;

/// The most characters of the first cell of a row that is repeated where the row is cut.
const NAME_CHARS_MAX: usize = 80;

/// The rows of a table, by the bytes of a section.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// Its header and the line below it.
    pub(super) header: String,
    pub(super) rows_start: usize,
    pub(super) end: usize,
}

/// Finds the tables of a section. The first one is the last of the list.
pub(super) fn find(section: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let (mut at, mut header_start, mut is_open) = (0, None, false);
    for line in section.split_inclusive('\n') {
        let is_row = line.contains('|');
        match header_start {
            _ if is_open && is_row => tables.last_mut().into_iter().for_each(|table| table.end = at + line.len()),
            Some(start) if is_row && is_delimiter(line) && line.ends_with('\n') => {
                let rows_start = at + line.len();
                let header = header(&section[start..at], line);
                is_open = header.is_some();
                tables.extend(header.map(|header| Table { header, rows_start, end: rows_start }));
            }
            _ => is_open = false,
        }
        header_start = is_row.then_some(at).filter(|_| !is_open);
        at += line.len();
    }
    tables.reverse();
    tables
}

/// Returns true for the line below the header of a table.
fn is_delimiter(line: &str) -> bool {
    line.contains('-') && line.trim().chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

/// Returns true if a text is one row of a table.
pub(super) fn is_row(text: &str) -> bool {
    let row = text.trim();
    row.starts_with('|') && row.len() > 1 && row.ends_with('|') && !row.contains('\n')
}

/// Returns a header as it is repeated, or `None` if it has so many columns that not even short names fit.
fn header(names: &str, delimiter: &str) -> Option<String> {
    let whole = format!("{names}{delimiter}");
    let tokens = tokens::estimate(&whole);
    if tokens <= HEADER_TOKENS_MAX {
        return Some(whole);
    }
    let cells: Vec<&str> = names.trim().trim_matches('|').split('|').map(str::trim).collect();
    let chars = (HEADER_TOKENS_MAX * CHARS_PER_TOKEN / cells.len()).saturating_sub(CHARS_PER_TOKEN);
    if chars < CHARS_PER_TOKEN {
        return None;
    }
    let cells: Vec<&str> = cells.iter().map(|cell| text::truncate(cell, chars).trim()).collect();
    Some(format!("| {} |\n|{}\n", cells.join(" | "), "---|".repeat(cells.len())))
}

/// Returns the begin of a row that is cut, for the passages behind the cut: its first cell. `row` is the row up to the cut.
pub(super) fn row_name(row: &str) -> String {
    let Some(cells) = row.trim_start().strip_prefix('|') else { return String::new() };
    match text::truncate(cells, NAME_CHARS_MAX).split_once('|') {
        Some((name, _)) if !name.trim().is_empty() => format!("| {} | … ", name.trim()),
        _ => String::new(),
    }
}
