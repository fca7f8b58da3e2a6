//! Word files: an archive whose `word/document.xml` holds the paragraphs (ECMA-376, part 1).

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};
use zip::ZipArchive;

use super::{Draft, Unreadable};

/// A part of the archive may not unpack to more, whatever it claims.
const PART_BYTES_MAX: u64 = 50_000_000;

pub(super) fn read(bytes: &[u8]) -> Result<Draft, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(malformed)?;
    let styles = part(&mut archive, "word/styles.xml").map(|xml| heading_styles(&xml)).unwrap_or_default();
    let title = part(&mut archive, "docProps/core.xml").ok().and_then(|xml| core_title(&xml));
    let mut text = Text { styles, ..Text::default() };
    text.read(&part(&mut archive, "word/document.xml")?)?;
    Ok(Draft { title, markdown: text.markdown, links: Vec::new() })
}

fn malformed(cause: impl std::fmt::Display) -> Unreadable {
    Unreadable::Malformed(cause.to_string())
}

fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<String, Unreadable> {
    let mut xml = String::new();
    let part = archive.by_name(name).map_err(malformed)?;
    part.take(PART_BYTES_MAX + 1).read_to_string(&mut xml).map_err(malformed)?;
    if xml.len() as u64 > PART_BYTES_MAX {
        return Err(Unreadable::Malformed(format!("`{name}` unpacks to more than {PART_BYTES_MAX} bytes")));
    }
    Ok(xml)
}

/// The body as Markdown, as far as it is read.
#[derive(Default)]
struct Text {
    markdown: String,
    /// How deep a heading each style makes, by the style's id.
    styles: HashMap<String, usize>,
    paragraph: String,
    prefix: String,
    /// Open table cells: their paragraphs stand in one line, one row below the other.
    cells: usize,
    /// Inside a run's text, the only place where characters are meant to be read.
    in_text: bool,
    /// Inside a copy for older programs of what stands there already.
    in_fallback: usize,
}

impl Text {
    fn read(&mut self, xml: &str) -> Result<(), Unreadable> {
        let mut reader = Reader::from_str(xml);
        loop {
            match reader.read_event().map_err(malformed)? {
                Event::Start(element) => self.start(&element),
                Event::Empty(element) => {
                    self.start(&element);
                    self.end(element.local_name().as_ref());
                }
                Event::End(element) => self.end(element.local_name().as_ref()),
                Event::Text(text) if self.in_text => self.say(&text.xml10_content()),
                Event::GeneralRef(name) if self.in_text => self.say(&entity(&name)),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "t" => self.in_text = true,
            "tab" | "br" | "cr" => self.say(" "),
            "tc" => self.cells += 1,
            "Fallback" => self.in_fallback += 1,
            "numPr" if self.prefix.is_empty() => self.prefix = "- ".to_owned(),
            "pStyle" => {
                if let Some(depth) = attribute(element, "val").and_then(|style| self.styles.get(&style)) {
                    self.prefix = format!("{} ", "#".repeat(*depth));
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" if self.cells == 0 => self.end_paragraph(),
            "p" => self.say(" "),
            "tc" => {
                self.cells = self.cells.saturating_sub(1);
                self.say(" | ");
            }
            "tr" => self.end_paragraph(),
            "Fallback" => self.in_fallback = self.in_fallback.saturating_sub(1),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        if self.in_fallback == 0 {
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

/// `&amp;` and its like; what it stands for, or nothing if that is not said.
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

/// Style ids are in the language of the program that wrote the file; the names of built-in styles are not.
fn heading_styles(xml: &str) -> HashMap<String, usize> {
    let (mut styles, mut id) = (HashMap::new(), String::new());
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) if element.local_name().as_ref() == "style" => {
                id = attribute(&element, "styleId").unwrap_or_default();
            }
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "name" => {
                let depth = attribute(&element, "val").and_then(|name| heading_depth(&name));
                styles.extend(depth.map(|depth| (id.clone(), depth)));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    styles
}

fn heading_depth(style: &str) -> Option<usize> {
    let style = style.to_ascii_lowercase();
    let depth = if style == "title" { 1 } else { style.strip_prefix("heading ")?.parse().ok()? };
    (1..=6).contains(&depth).then_some(depth)
}

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
    fn paragraphs_headings_lists_and_tables_are_read() {
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
        let draft = read(&file).unwrap();
        assert_eq!(draft.title.as_deref(), Some("Handbuch <2>"));
        let expected =
            "# Wartung & Pflege\n\nDen Filter reinigen.\n\n- Bürste tauschen\n\nTeil | Monate\n\nAkku | 24\n\nNeu\n\n";
        assert_eq!(draft.markdown, expected);
    }

    #[test]
    fn what_is_no_word_file_is_refused() {
        for bytes in [&b"PK\x03\x04nonsense"[..], b"", &docx(&[("other.xml", "<a/>")])] {
            assert!(matches!(read(bytes), Err(Unreadable::Malformed(_))), "{bytes:?}");
        }
        assert!(read(&docx(&[("word/document.xml", "<w:p><w:t>open")])).is_ok_and(|draft| draft.markdown.is_empty()));
    }

    #[test]
    fn a_part_that_unpacks_without_end_is_refused() {
        let bomb = " ".repeat(PART_BYTES_MAX as usize + 1);
        let file = docx(&[("word/document.xml", &bomb)]);
        assert!(file.len() < 1_000_000);
        assert!(read(&file).is_err_and(|why| why.to_string().contains("unpacks to more")));
    }
}
