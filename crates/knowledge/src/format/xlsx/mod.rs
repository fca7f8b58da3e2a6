//! Parses XLSX files (ECMA-376, part 1, "SpreadsheetML"): the sheets that are shown, each as a heading and its tables, with
//! numbers as they are shown.

mod number;
mod sheet;
mod styles;

use quick_xml::{Reader, events::Event};

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
    let strings = read("sharedStrings").map(|xml| shared_strings(&xml)).transpose()?.unwrap_or_default();
    let styles = read("styles").map(|xml| styles::read(&xml)).unwrap_or_default();
    let workbook = workbook(&package.part(&main)?);
    let context = sheet::Context { strings: &strings, styles: &styles, from_1904: workbook.from_1904 };
    let mut document = ParsedDocument::default();
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

/// Returns the texts that cells refer to by number.
fn shared_strings(xml: &str) -> Result<Vec<String>, ParseError> {
    let (mut strings, mut current, mut in_text, mut phonetic) = (Vec::new(), String::new(), false, false);
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().map_err(malformed)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => in_text = !phonetic,
                "rPh" => phonetic = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "t" => in_text = false,
                "rPh" => phonetic = false,
                "si" => strings.push(std::mem::take(&mut current)),
                _ => {}
            },
            Event::Empty(element) if element.local_name().as_ref() == "si" => strings.push(String::new()),
            Event::Text(text) if in_text => current.push_str(&text.xml10_content()),
            Event::GeneralRef(name) if in_text => current.push_str(&entity(&name)),
            Event::Eof => return Ok(strings),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
