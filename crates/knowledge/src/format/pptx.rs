//! Parses PPTX files (ECMA-376, part 1, "PresentationML"): the slides in their order, with titles, texts and tables.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    blocks::Blocks,
    formula::Formula,
    package::{self, Package, attribute, entity, malformed},
    parsed::{ParseError, ParsedDocument},
    superscript,
    table::{self, Cell, Row},
};

/// The most slides of one file.
const SLIDES_MAX: usize = 5_000;

pub(super) fn parse(bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
    let mut package = Package::open(bytes)?;
    let main = package.main_part()?;
    let relations = package.relations(&main);
    let mut document = ParsedDocument::default();
    let mut blocks = Blocks::default();
    for id in slides(&package.part(&main)?) {
        let Some(part) = relations.get(&id) else { continue };
        let mut slide = Slide::default();
        slide.read(&package.part(&part.target)?)?;
        document.hidden_chars += slide.hidden_chars;
        blocks.block(&slide.blocks.into_markdown());
    }
    document.title = package::core_title(&mut package).filter(|title| title != "PowerPoint Presentation");
    document.markdown = blocks.into_markdown();
    Ok(document)
}

/// Returns the ids of the relations of all slides, in their order.
fn slides(presentation: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut reader = Reader::from_str(presentation);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "sldId" => {
                let relation = element.attributes().flatten().find(|given| given.key.as_ref() == "r:id");
                ids.extend(relation.map(|given| given.value.into_owned()).filter(|_| ids.len() < SLIDES_MAX));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    ids
}

#[derive(Default)]
struct Slide {
    blocks: Blocks,
    paragraph: Blocks,
    rows: Vec<Row>,
    /// The open cell of a table, and whether a cell beside or above it covers it.
    cell: Option<(Cell, bool)>,
    is_title: bool,
    is_bullet: bool,
    in_text: bool,
    formula: Formula,
    is_struck: bool,
    /// The height of the run above the line, in thousandths of its size.
    baseline: i64,
    is_hidden: bool,
    /// For each open shape or group: true if it is hidden.
    shapes: Vec<bool>,
    fallbacks: usize,
    hidden_chars: usize,
}

impl Slide {
    fn read(&mut self, xml: &str) -> Result<(), ParseError> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        loop {
            match reader.read_event().map_err(malformed)? {
                Event::Start(element) => self.start(&element),
                Event::Empty(element) => {
                    self.start(&element);
                    self.end(element.local_name().as_ref());
                }
                Event::End(element) => self.end(element.local_name().as_ref()),
                Event::Text(text) => self.text(&text.xml10_content()),
                Event::GeneralRef(name) => self.text(&entity(&name)),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        let given = |name: &str| attribute(element, name);
        match element.local_name().as_ref() {
            "sld" => self.is_hidden = given("show").is_some_and(|show| show == "0" || show == "false"),
            "Fallback" => self.fallbacks += 1,
            "sp" | "grpSp" | "graphicFrame" | "pic" | "cxnSp" => {
                self.is_title = false;
                self.shapes.push(false);
            }
            "cNvPr" => {
                let is_hidden = given("hidden").is_some_and(|hidden| hidden == "1" || hidden == "true");
                self.shapes.last_mut().into_iter().for_each(|shape| *shape |= is_hidden);
            }
            "ph" => self.is_title = given("type").is_some_and(|kind| matches!(kind.as_str(), "title" | "ctrTitle")),
            "buChar" | "buAutoNum" => self.is_bullet = true,
            "r" | "fld" => (self.is_struck, self.baseline) = (false, 0),
            "rPr" => {
                self.is_struck = given("strike").is_some_and(|strike| strike != "noStrike");
                self.baseline = given("baseline").and_then(|value| value.parse().ok()).unwrap_or_default();
            }
            "t" => self.in_text = true,
            "br" => self.paragraph.end_line(),
            "tbl" => self.rows.clear(),
            "tr" => self.rows.push(Row::default()),
            "tc" => {
                let span =
                    |name| given(name).and_then(|value| value.parse::<usize>().ok()).unwrap_or(1).clamp(1, 1_000);
                let is_covered = ["hMerge", "vMerge"].iter().any(|name| given(name).is_some_and(|value| value != "0"));
                let cell = Cell { columns: span("gridSpan"), rows: span("rowSpan"), ..Cell::default() };
                self.cell = Some((cell, is_covered));
            }
            name => {
                let signs = self.formula.start(name, element);
                signs.into_iter().for_each(|signs| self.write(&signs));
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text {
            self.write(text);
        }
    }

    fn write(&mut self, text: &str) {
        if self.fallbacks > 0 {
            return;
        }
        if self.is_struck || self.is_hidden || self.shapes.contains(&true) {
            self.hidden_chars += text.chars().filter(|c| !c.is_whitespace()).count();
            return;
        }
        match self.baseline {
            0 => self.paragraph.text(text),
            1.. => superscript::raise(&mut self.paragraph, text),
            _ => superscript::lower(&mut self.paragraph, text),
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "Fallback" => self.fallbacks = self.fallbacks.saturating_sub(1),
            "t" => self.in_text = false,
            "sp" | "grpSp" | "graphicFrame" | "pic" | "cxnSp" => drop(self.shapes.pop()),
            "p" => self.end_paragraph(),
            "tc" => {
                if let (Some((cell, false)), Some(row)) = (self.cell.take(), self.rows.last_mut()) {
                    row.cells.push(cell);
                }
            }
            "tbl" => {
                let table = table::render(std::mem::take(&mut self.rows));
                self.blocks.block(&table);
            }
            name => {
                let signs = self.formula.end(name);
                signs.into_iter().for_each(|signs| self.write(&signs));
            }
        }
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.paragraph).into_markdown();
        let is_bullet = std::mem::take(&mut self.is_bullet);
        if let Some((cell, _)) = self.cell.as_mut() {
            cell.text.push_str(&text);
            cell.text.push(' ');
        } else if text.trim().is_empty() {
        } else if self.is_title {
            self.blocks.block(&format!("## {}", text.split_whitespace().collect::<Vec<_>>().join(" ")));
        } else if is_bullet {
            self.blocks.block(&format!("- {}", text.trim()));
        } else {
            self.blocks.block(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::package::tests::packed, *};

    #[test]
    fn slides_are_read_in_their_order_with_titles_and_tables() {
        let presentation = "<p:presentation><p:sldIdLst><p:sldId id=\"1\" r:id=\"r2\"/><p:sldId id=\"2\" r:id=\"r1\"/><p:sldId id=\"3\" r:id=\"r3\"/></p:sldIdLst></p:presentation>";
        let relations: String = (1..=3)
            .map(|n| format!("<Relationship Id=\"r{n}\" Type=\"http://x/slide\" Target=\"slides/slide{n}.xml\"/>"))
            .collect();
        let relations = format!("<Relationships>{relations}</Relationships>");
        let run = |text: &str| format!("<a:p><a:r><a:rPr/><a:t>{text}</a:t></a:r></a:p>");
        let cell = |text: &str, span: &str| format!("<a:tc {span}><a:txBody>{}</a:txBody></a:tc>", run(text));
        let first = format!(
            "<p:sld><p:sp><p:nvPr><p:ph type=\"title\"/></p:nvPr>{}</p:sp><p:sp>{}<a:p><a:r><a:t>$19</a:t></a:r><a:r><a:rPr baseline=\"30000\"/><a:t>99</a:t></a:r><a:r><a:rPr strike=\"sngStrike\"/><a:t>49</a:t></a:r></a:p>\
                <a:p><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>5</m:t></m:r></m:sup></m:sSup></a:p></p:sp></p:sld>",
            run("Prices &amp; terms"),
            run("From May."),
        );
        let second = format!(
            "<p:sld><a:tbl><a:tr>{}{}</a:tr><a:tr>{}{}</a:tr></a:tbl></p:sld>",
            cell("Robot", ""),
            cell("Price", ""),
            cell("All", "gridSpan=\"2\""),
            cell("", "hMerge=\"1\""),
        );
        let hidden = format!("<p:sld show=\"0\">{}</p:sld>", run("secret"));
        let file = packed(
            "ppt/presentation.xml",
            &[
                ("ppt/presentation.xml", presentation),
                ("ppt/_rels/presentation.xml.rels", &relations),
                ("ppt/slides/slide2.xml", &first),
                ("ppt/slides/slide1.xml", &second),
                ("ppt/slides/slide3.xml", &hidden),
            ],
        );
        let parsed = parse(&file).unwrap();
        let expected =
            "## Prices & terms\n\nFrom May.\n\n$19^99\n\n10^5\n\n| Robot | Price |\n| --- | --- |\n| All | All |";
        assert_eq!((parsed.markdown.as_str(), parsed.hidden_chars), (expected, 8));
    }
}
