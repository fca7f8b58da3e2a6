//! Parses tables of comma-separated values (RFC 4180), also with semicolons or tabs.

use super::{
    parsed::ParsedDocument,
    table::{self, Cell, Row},
};

/// The separators, the most common one first.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// Parses a decoded table. Its first row is the header.
pub(super) fn parse(text: &str) -> ParsedDocument {
    // Spreadsheet programs read and write a first line that names the separator.
    let named = text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n'));
    let (separator, text) = match named.and_then(|(mark, rest)| Some((mark.chars().next()?, rest))) {
        Some(named) => named,
        None => (separator(text), text),
    };
    let rows = records(text, separator)
        .into_iter()
        .map(|cells| Row { cells: cells.into_iter().map(Cell::of).collect(), is_head: false });
    ParsedDocument { markdown: table::render(rows.collect()), ..ParsedDocument::default() }
}

/// Returns the separator that the first line has most of.
fn separator(text: &str) -> char {
    let first = text.lines().next().unwrap_or_default();
    let count = |separator: char| first.chars().filter(|c| *c == separator).count();
    SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(',')
}

/// Splits a text into records. A field in quotes may hold separators, line ends and doubled quotes.
fn records(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            c if c == separator && !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            '\r' => {}
            c => field.push(c),
        }
    }
    if !field.is_empty() || !record.is_empty() {
        record.push(field);
        records.push(record);
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_in_their_columns() {
        let cases = [
            ("Part,Price\nFilter,\"1,299.00\"\n", "| Part | Price |\n| --- | --- |\n| Filter | 1,299.00 |\n"),
            ("Teil;Preis\r\nFilter;12,50 €\r\n", "| Teil | Preis |\n| --- | --- |\n| Filter | 12,50 € |\n"),
            ("sep=|\na|b\n\"x\ny\"|\"say \"\"no\"\"\"", "| a | b |\n| --- | --- |\n| x y | say \"no\" |\n"),
            ("a\tb\n-5\t", "| a | b |\n| --- | --- |\n| -5 |  |\n"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).markdown, expected, "{text}");
        }
    }
}
