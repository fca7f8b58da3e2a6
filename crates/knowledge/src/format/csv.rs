//! Parses tables of comma-separated values (RFC 4180), also with semicolons or tabs.

use std::borrow::Cow;

use super::{
    blocks::Blocks,
    parsed::ParsedDocument,
    table::{self, Cell, Row},
};

/// The separators. Of two that fit alike the later one is taken: commas stand in numbers and names, too.
const SEPARATORS: [char; 4] = ['|', ',', ';', '\t'];

/// The records by which the separator is found.
const RECORDS_TRIED: usize = 50;

/// Parses a decoded table. Its first row is the header; lines of one value before it are its title.
pub(super) fn parse(text: &str) -> ParsedDocument {
    // Old programs end lines with a carriage return alone.
    let text = if text.contains('\n') { Cow::Borrowed(text) } else { Cow::Owned(text.replace('\r', "\n")) };
    // Spreadsheet programs read and write a first line that names the separator.
    let named = text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n'));
    let (separator, text) = match named.and_then(|(mark, rest)| Some((mark.chars().next()?, rest))) {
        Some(named) => named,
        None => (separator(&text), text.as_ref()),
    };
    let records: Vec<Vec<String>> = records(text, separator).collect();
    let is_wide = records.iter().any(|record| filled(record) > 1);
    let mut records = records.into_iter().peekable();
    let mut blocks = Blocks::default();
    while let Some(title) = records.next_if(|record| is_wide && filled(record) == 1) {
        let mut line = Blocks::single_line();
        line.text(&title.join(" "));
        blocks.block(&line.into_markdown());
    }
    let rows = records.map(|cells| Row { cells: cells.into_iter().map(Cell::of).collect(), is_head: false });
    blocks.block(&table::render(rows.collect()));
    ParsedDocument { markdown: blocks.into_markdown(), ..ParsedDocument::default() }
}

fn filled(record: &[String]) -> usize {
    record.iter().filter(|field| !field.trim().is_empty()).count()
}

/// The mark that stands for no separator: it is in no text.
const NONE: char = '\0';

/// Returns the separator by which most of the first records have the same number of fields, and more than one.
fn separator(text: &str) -> char {
    let counts = |separator: char| -> Vec<usize> {
        records(text, separator)
            .take(RECORDS_TRIED)
            .filter(|record| filled(record) > 0)
            .map(|record| record.len())
            .collect()
    };
    let score = |separator: &char| {
        let counts = counts(*separator);
        let alike = |count: &usize| counts.iter().filter(|other| *other == count).count();
        counts.iter().filter(|count| **count > 1).map(|count| (alike(count), *count)).max().unwrap_or_default()
    };
    let best = SEPARATORS.into_iter().max_by_key(score).unwrap_or(NONE);
    // Some names and sentences of a list have commas in them.
    let counts = counts(best);
    let is_sign = matches!(best, ',' | '|') && 2 * counts.iter().filter(|count| **count > 1).count() < counts.len();
    if is_sign { NONE } else { best }
}

/// Splits a text into records. A field in quotes may hold separators, line ends and doubled quotes.
fn records(text: &str, separator: char) -> impl Iterator<Item = Vec<String>> + '_ {
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        let (mut record, mut field, mut quoted) = (Vec::new(), String::new(), false);
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
                '"' if quoted => quoted = false,
                '"' if field.is_empty() => quoted = true,
                c if c == separator && !quoted => record.push(std::mem::take(&mut field)),
                '\n' if !quoted => {
                    record.push(field);
                    return Some(record);
                }
                '\r' => {}
                c => field.push(c),
            }
        }
        let is_rest = !field.is_empty() || !record.is_empty();
        is_rest.then(|| {
            record.push(field);
            record
        })
    })
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
            (
                "Price list 2027\nPart;Price\nX;12,50\n",
                "Price list 2027\n\n| Part | Price |\n| --- | --- |\n| X | 12,50 |",
            ),
            ("Teil;Preis (EUR, netto)\nX;12,50\n", "| Teil | Preis (EUR, netto) |\n| --- | --- |\n| X | 12,50 |"),
            ("a,b\r1,2\r3,4", "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"),
            ("Hours\nMon, Tue 9 to 17\nSat\n", "| Hours |\n| --- |\n| Mon, Tue 9 to 17 |\n| Sat |"),
            ("Name\nAda\n", "| Name |\n| --- |\n| Ada |"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).markdown, expected.trim_end(), "{text}");
        }
    }
}
