//! Parses XLSX files (ECMA-376, part 1, "SpreadsheetML"): the sheets that are shown, each as a heading and its tables, with
//! numbers as they are shown.

mod cells;
mod merges;
mod number;
mod pattern;
mod rich_text;
mod sheet;
mod styles;

use quick_xml::{Reader, events::Event};
use rich_text::RichText;

use super::{
    blocks::Blocks,
    package::{self, Package, attribute, entity, malformed},
    parsed::{ParseError, ParsedDocument},
};

/// The most sheets of one file.
const SHEETS_MAX: usize = 1_000;

pub(super) fn parse(bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
    let mut package = Package::open(bytes)?;
    let main = package.main_part()?;
    let relations = package.relations(&main);
    let mut read = |kind: &str| {
        let part = relations.values().find(|part| part.kind == kind)?;
        package.part(&part.target).ok()
    };
    let (strings, hidden_chars) =
        read("sharedStrings").map(|xml| shared_strings(&xml)).transpose()?.unwrap_or_default();
    let styles = read("styles").map(|xml| styles::read(&xml)).unwrap_or_default();
    let workbook = workbook(&package.part(&main)?);
    let context = sheet::Context { strings: &strings, styles: &styles, from_1904: workbook.from_1904 };
    let mut document = ParsedDocument { hidden_chars, ..ParsedDocument::default() };
    let mut blocks = Blocks::default();
    for sheet in workbook.sheets.iter().filter(|sheet| sheet.is_shown) {
        let Some(part) = relations.get(&sheet.relation) else { continue };
        let text = sheet::read(&package.part(&part.target)?, &context)?;
        if !text.markdown.is_empty() {
            blocks.block(&format!("## {}", sheet.name));
            blocks.block(&text.markdown);
        }
        document.hidden_chars += text.hidden_chars;
    }
    document.title = package::core_title(&mut package);
    document.markdown = blocks.into_markdown();
    Ok(document)
}

#[derive(Default)]
struct Workbook {
    sheets: Vec<SheetName>,
    /// True if days are counted from 1904.
    from_1904: bool,
}

struct SheetName {
    name: String,
    relation: String,
    is_shown: bool,
}

fn workbook(xml: &str) -> Workbook {
    let mut workbook = Workbook::default();
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "workbookPr" => {
                    workbook.from_1904 =
                        attribute(&element, "date1904").is_some_and(|value| value == "1" || value == "true");
                }
                "sheet" if workbook.sheets.len() < SHEETS_MAX => {
                    let relation = element.attributes().flatten().find(|given| given.key.as_ref() == "r:id");
                    workbook.sheets.push(SheetName {
                        name: attribute(&element, "name").unwrap_or_default(),
                        relation: relation.map(|given| given.value.into_owned()).unwrap_or_default(),
                        is_shown: attribute(&element, "state").is_none_or(|state| state == "visible"),
                    });
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    workbook
}

/// Returns the texts that cells refer to by number, and the number of their characters that are struck.
fn shared_strings(xml: &str) -> Result<(Vec<String>, usize), ParseError> {
    let (mut strings, mut current) = (Vec::new(), RichText::default());
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().map_err(malformed)? {
            Event::Empty(element) if element.local_name().as_ref() == "si" => strings.push(String::new()),
            Event::Empty(element) => {
                current.start(&element);
                current.end(element.local_name().as_ref());
            }
            Event::Start(element) => current.start(&element),
            Event::End(element) if element.local_name().as_ref() == "si" => strings.push(current.take()),
            Event::End(element) => current.end(element.local_name().as_ref()),
            Event::Text(text) => current.text(&text.xml10_content()),
            Event::GeneralRef(name) => current.text(&entity(&name)),
            Event::Eof => return Ok((strings, current.hidden_chars)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
