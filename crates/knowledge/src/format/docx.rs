//! Parses DOCX files: ZIP archives with the paragraphs in `word/document.xml` (ECMA-376, part 1).

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};
use zip::ZipArchive;

use super::parsed::{ParseError, ParsedDocument};

/// The most bytes that a part of the archive may unpack to.
const PART_BYTES_MAX: u64 = 50_000_000;

pub(super) fn parse(bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(malformed)?;
    let styles = part(&mut archive, "word/styles.xml").map(|xml| heading_styles(&xml)).unwrap_or_default();
    let title = part(&mut archive, "docProps/core.xml").ok().and_then(|xml| core_title(&xml));
    let mut body = Body { styles, ..Body::default() };
    body.parse(&part(&mut archive, "word/document.xml")?)?;
    Ok(ParsedDocument { title, markdown: body.markdown, links: Vec::new() })
}

fn malformed(cause: impl std::fmt::Display) -> ParseError {
    ParseError::Malformed(cause.to_string())
}

/// Unpacks one part of the archive.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<String, ParseError> {
    let mut xml = String::new();
    let part = archive.by_name(name).map_err(malformed)?;
    part.take(PART_BYTES_MAX + 1).read_to_string(&mut xml).map_err(malformed)?;
    if xml.len() as u64 > PART_BYTES_MAX {
        return Err(ParseError::Malformed(format!("`{name}` unpacks to more than {PART_BYTES_MAX} bytes")));
    }
    Ok(xml)
}

/// The state of parsing the body.
#[derive(Default)]
struct Body {
    markdown: String,
    /// The heading level of each style, by the id of the style.
    styles: HashMap<String, usize>,
    /// The text of the current paragraph or table row.
    paragraph: String,
    /// The Markdown before the current paragraph, such as `## `.
    prefix: String,
    /// The number of open table cells. Their paragraphs are put on one line for each row.
    open_cells: usize,
    /// True inside an element `w:t`, the only one whose characters are text of the document.
    in_text: bool,
    /// The number of open fallbacks, which repeat content for older programs.
    open_fallbacks: usize,
}

impl Body {
    fn parse(&mut self, xml: &str) -> Result<(), ParseError> {
        let mut reader = Reader::from_str(xml);
        loop {
            match reader.read_event().map_err(malformed)? {
                Event::Start(element) => self.start(&element),
                Event::Empty(element) => {
                    self.start(&element);
                    self.end(element.local_name().as_ref());
                }
                Event::End(element) => self.end(element.local_name().as_ref()),
                Event::Text(text) if self.in_text => self.push(&text.xml10_content()),
                Event::GeneralRef(name) if self.in_text => self.push(&entity(&name)),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "t" => self.in_text = true,
            "tab" | "br" | "cr" => self.push(" "),
            "tc" => self.open_cells += 1,
            "Fallback" => self.open_fallbacks += 1,
            "numPr" if self.prefix.is_empty() => self.prefix = "- ".to_owned(),
            "pStyle" => {
                if let Some(level) = attribute(element, "val").and_then(|style| self.styles.get(&style)) {
                    self.prefix = format!("{} ", "#".repeat(*level));
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" if self.open_cells == 0 => self.end_paragraph(),
            "p" => self.push(" "),
            "tc" => {
                self.open_cells = self.open_cells.saturating_sub(1);
                self.push(" | ");
            }
            "tr" => self.end_paragraph(),
            "Fallback" => self.open_fallbacks = self.open_fallbacks.saturating_sub(1),
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if self.open_fallbacks == 0 {
            self.paragraph.push_str(text);
        }
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.paragraph);
        let words: Vec<&str> = text.trim_matches([' ', '|', '\n', '\t']).split_whitespace().collect();
        let prefix = std::mem::take(&mut self.prefix);
        if !words.is_empty() {
            self.markdown += &format!("{prefix}{}\n\n", words.join(" "));
        }
    }
}

/// Resolves a reference such as `&amp;`, to nothing if it is not known.
fn entity(name: &BytesRef<'_>) -> String {
    match name.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        _ => quick_xml::escape::resolve_predefined_entity(&name.xml10_content()).unwrap_or_default().to_owned(),
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

/// Returns the heading level of each style by its id. The ids are in the language of the program that wrote the file,
/// but the names of built-in styles are always English.
fn heading_styles(xml: &str) -> HashMap<String, usize> {
    let (mut styles, mut id) = (HashMap::new(), String::new());
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) if element.local_name().as_ref() == "style" => {
                id = attribute(&element, "styleId").unwrap_or_default();
            }
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "name" => {
                let level = attribute(&element, "val").and_then(|name| heading_level(&name));
                styles.extend(level.map(|level| (id.clone(), level)));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    styles
}

fn heading_level(style: &str) -> Option<usize> {
    let style = style.to_ascii_lowercase();
    let level = if style == "title" { 1 } else { style.strip_prefix("heading ")?.parse().ok()? };
    (1..=6).contains(&level).then_some(level)
}

/// Returns the title in the properties of the document.
fn core_title(xml: &str) -> Option<String> {
    let (_, after) = xml.split_once("<dc:title>")?;
    let (title, _) = after.split_once("</dc:title>")?;
    let title = quick_xml::escape::unescape(title).ok()?.trim().to_owned();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn docx(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, xml) in parts {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(xml.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    const STYLES: &str = r#"<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
        <w:style w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>"#;

    #[test]
    fn paragraphs_headings_lists_and_tables_are_parsed() {
        let body = r#"<w:document><w:body>
            <w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Wartung &amp; Pflege</w:t></w:r></w:p>
            <w:p><w:r><w:t xml:space="preserve">Den Filter </w:t></w:r><w:r><w:t>reinigen&#x2E;</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>
            <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr><w:r><w:t>Bürste</w:t><w:tab/><w:t>tauschen</w:t></w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Teil</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Monate</w:t></w:r></w:p></w:tc></w:tr>
            <w:tr><w:tc><w:p><w:r><w:t>Akku</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>24</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            <w:p><mc:AlternateContent><mc:Choice><w:t>Neu</w:t></mc:Choice><mc:Fallback><w:t>Alt</w:t></mc:Fallback></mc:AlternateContent></w:p>
            <w:p/></w:body></w:document>"#;
        let core = "<cp:coreProperties><dc:title>Handbuch &lt;2&gt;</dc:title></cp:coreProperties>";
        let file = docx(&[("word/document.xml", body), ("word/styles.xml", STYLES), ("docProps/core.xml", core)]);
        let parsed = parse(&file).unwrap();
        assert_eq!(parsed.title.as_deref(), Some("Handbuch <2>"));
        let expected =
            "# Wartung & Pflege\n\nDen Filter reinigen.\n\n- Bürste tauschen\n\nTeil | Monate\n\nAkku | 24\n\nNeu\n\n";
        assert_eq!(parsed.markdown, expected);
    }

    #[test]
    fn files_that_are_not_docx_are_rejected() {
        for bytes in [&b"PK\x03\x04nonsense"[..], b"", &docx(&[("other.xml", "<a/>")])] {
            assert!(matches!(parse(bytes), Err(ParseError::Malformed(_))), "{bytes:?}");
        }
        assert!(
            parse(&docx(&[("word/document.xml", "<w:p><w:t>open")])).is_ok_and(|parsed| parsed.markdown.is_empty())
        );
    }

    #[test]
    fn a_part_that_unpacks_to_too_many_bytes_is_rejected() {
        let bomb = " ".repeat(PART_BYTES_MAX as usize + 1);
        let file = docx(&[("word/document.xml", &bomb)]);
        assert!(file.len() < 1_000_000);
        assert!(parse(&file).is_err_and(|why| why.to_string().contains("unpacks to more")));
    }
}
