//! Turns the paragraphs and tables of a part of a DOCX file into Markdown.

use std::collections::{HashMap, HashSet};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    notes::Notes,
    numbering::{Counters, Numbering, Place},
    styles::{self, Height, Look, Style},
};
use crate::format::{
    blocks::Blocks,
    formula::Formula,
    package::{attribute, entity, is_on, malformed},
    parsed::ParseError,
    superscript, symbols,
    table::{self, Cell, Row},
};

/// The deepest nesting of tables, paragraphs and drawings within each other. The text of deeper ones is read as part of
/// those around them.
const DEPTH_MAX: usize = 16;

/// The text of a part.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) markdown: String,
    pub(super) hidden_chars: usize,
}

/// Reads a part.
///
/// # Errors
/// If it is no XML.
pub(super) fn read(
    xml: &str,
    styles: &HashMap<String, Style>,
    numbering: &Numbering,
    notes: &Notes,
) -> Result<Text, ParseError> {
    let mut body = Body::new(styles, numbering, notes);
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event().map_err(malformed)? {
            Event::Start(element) => body.start(&element),
            Event::Empty(element) => {
                body.start(&element);
                body.end(element.local_name().as_ref());
            }
            Event::End(element) => body.end(element.local_name().as_ref()),
            Event::Text(text) => body.text(&text.xml10_content()),
            Event::CData(text) => body.text(&text.xml10_content()),
            Event::GeneralRef(name) => body.text(&entity(&name)),
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(body.finish())
}

/// The properties of a run: its own, and those of its style.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    own: Look,
    style: Look,
    /// True if its private characters are those of the font Wingdings.
    is_wingdings: bool,
}

/// A paragraph that is open. A text box has paragraphs within one.
#[derive(Debug, Default)]
struct Paragraph {
    text: Blocks,
    heading: Option<usize>,
    style: Option<String>,
    is_item: bool,
    place: Place,
    place_of_style: Place,
    /// True if some of its text is not shown.
    is_hidden: bool,
    look: Look,
    /// The notes that it refers to, for the lines below it.
    notes: Vec<(String, String)>,
    /// Raised or lowered text that is not yet complete, as it may be in several runs.
    shifted: String,
    shift: Height,
}

/// A table that is open.
#[derive(Debug, Default)]
struct TableBuilder {
    rows: Vec<Row>,
    /// For each cell of the open row and the rows above: true if it continues the one above it.
    continues: Vec<Vec<bool>>,
    cell: Option<(Cell, bool)>,
}

impl TableBuilder {
    /// Leaves the first columns of a row empty.
    fn skip_columns(&mut self, columns: usize) {
        let (Some(row), Some(continues)) = (self.rows.last_mut(), self.continues.last_mut()) else { return };
        if columns > 0 {
            row.cells.push(Cell { columns, ..Cell::of("") });
            continues.push(false);
        }
    }
}

struct Body<'a> {
    styles: &'a HashMap<String, Style>,
    counters: Counters<'a>,
    notes: &'a Notes,
    blocks: Blocks,
    /// The texts outside of the open cells.
    outer: Vec<Blocks>,
    paragraphs: Vec<Paragraph>,
    tables: Vec<TableBuilder>,
    run: Run,
    formula: Formula,
    in_text: bool,
    in_paragraph_properties: bool,
    /// The open elements whose content is not shown: deletions, moved text, fallbacks, former properties.
    deleted: usize,
    fallbacks: usize,
    former: usize,
    footnotes: usize,
    endnotes: usize,
    /// The notes that were referred to. The text of each is written once.
    referred: HashSet<String>,
    hidden_chars: usize,
}

impl<'a> Body<'a> {
    fn new(styles: &'a HashMap<String, Style>, numbering: &'a Numbering, notes: &'a Notes) -> Body<'a> {
        Body {
            styles,
            counters: Counters::new(numbering),
            notes,
            blocks: Blocks::default(),
            outer: Vec::new(),
            paragraphs: Vec::new(),
            tables: Vec::new(),
            run: Run::default(),
            formula: Formula::default(),
            in_text: false,
            in_paragraph_properties: false,
            deleted: 0,
            fallbacks: 0,
            former: 0,
            footnotes: 0,
            endnotes: 0,
            referred: HashSet::new(),
            hidden_chars: 0,
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        let name = element.local_name();
        let name: &str = name.as_ref();
        match name {
            "Fallback" => self.fallbacks += 1,
            "del" | "moveFrom" => self.deleted += 1,
            name if name.ends_with("PrChange") => self.former += 1,
            _ if self.former > 0 || self.fallbacks > 0 => {}
            "p" => self.begin_paragraph(),
            "r" => self.run = Run::default(),
            "t" | "delText" => self.in_text = true,
            "pPr" => self.in_paragraph_properties = true,
            "tab" | "ptab" if !self.in_paragraph_properties => self.write(" "),
            "br" | "cr" => self.with_paragraph(|paragraph| paragraph.text.end_line()),
            "noBreakHyphen" => self.write("-"),
            "sym" => self.symbol(element),
            "footnoteReference" | "endnoteReference" => self.refer(name, element),
            "tbl" if self.tables.len() < DEPTH_MAX => self.tables.push(TableBuilder::default()),
            "tr" => self.with_table(|table| {
                table.rows.push(Row::default());
                table.continues.push(Vec::new());
            }),
            "tc" => self.begin_cell(),
            _ => match self.formula.start(name, element) {
                Some(signs) => self.write(&signs),
                None => self.property(name, element),
            },
        }
    }

    fn property(&mut self, name: &str, element: &BytesStart<'_>) {
        let value = || attribute(element, "val");
        match name {
            "rStyle" => self.run.style = self.style(value()).look,
            "pStyle" => {
                let style = self.style(value());
                self.with_paragraph(|paragraph| {
                    paragraph.heading = paragraph.heading.or(style.heading);
                    paragraph.look = style.look;
                    paragraph.place_of_style = style.place;
                    paragraph.style = value();
                });
            }
            "outlineLvl" => {
                let level = styles::outline_level(value());
                self.with_paragraph(|paragraph| paragraph.heading = level.or(paragraph.heading));
            }
            "numPr" => self.with_paragraph(|paragraph| paragraph.is_item = true),
            "numId" | "ilvl" => self.with_paragraph(|paragraph| paragraph.place.set(name, element)),
            "tblHeader" if is_on(element) => self.with_table(|table| {
                table.rows.last_mut().into_iter().for_each(|row| row.is_head = true);
            }),
            "gridBefore" => {
                let columns = value().and_then(|value| value.parse::<usize>().ok()).unwrap_or(0).min(1_000);
                self.with_table(|table| table.skip_columns(columns));
            }
            "rFonts" => {
                let font = attribute(element, "ascii").or_else(|| attribute(element, "hAnsi")).unwrap_or_default();
                self.run.is_wingdings = symbols::is_wingdings(&font);
            }
            "gridSpan" => {
                let columns = value().and_then(|value| value.parse::<usize>().ok()).unwrap_or(1);
                self.with_cell(|cell, _| cell.columns = columns.clamp(1, 1_000));
            }
            "vMerge" => {
                let continues = value().is_none_or(|value| value != "restart");
                self.with_cell(|_, is_continued| *is_continued = continues);
            }
            _ if !self.in_paragraph_properties => self.run.own.set(name, element),
            _ => {}
        }
    }

    fn style(&self, id: Option<String>) -> Style {
        id.and_then(|id| self.styles.get(&id).copied()).unwrap_or_default()
    }

    fn end(&mut self, name: &str) {
        match name {
            "Fallback" => self.fallbacks = self.fallbacks.saturating_sub(1),
            "del" | "moveFrom" => self.deleted = self.deleted.saturating_sub(1),
            name if name.ends_with("PrChange") => self.former = self.former.saturating_sub(1),
            _ if self.former > 0 || self.fallbacks > 0 => {}
            "t" | "delText" => self.in_text = false,
            "r" => self.run = Run::default(),
            "pPr" => self.in_paragraph_properties = false,
            "p" => self.end_paragraph(),
            "tc" => self.end_cell(),
            "tbl" => self.end_table(),
            _ => {
                let signs = self.formula.end(name);
                signs.into_iter().for_each(|signs| self.write(&signs));
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text && self.fallbacks == 0 {
            self.write(text);
        }
    }

    /// Returns the properties of the text that comes: of the run, its style and the style of its paragraph.
    fn look(&self) -> Look {
        let paragraph = self.paragraphs.last().map(|paragraph| paragraph.look).unwrap_or_default();
        self.run.own.over(self.run.style).over(paragraph)
    }

    /// Appends text to the paragraph, or counts it if nobody sees it.
    fn write(&mut self, text: &str) {
        let look = self.look();
        if self.deleted > 0 || look.is_hidden() {
            self.hidden_chars += text.chars().filter(|c| !c.is_whitespace()).count();
            self.with_paragraph(|paragraph| paragraph.is_hidden = true);
            return;
        }
        let (height, is_wingdings) = (look.height(), self.run.is_wingdings);
        if self.paragraphs.is_empty() {
            // Some programs write text outside of any paragraph.
            self.paragraphs.push(Paragraph::default());
        }
        self.with_paragraph(|paragraph| {
            if paragraph.shift != height {
                paragraph.end_shift();
                paragraph.shift = height;
            }
            let text: String = text.chars().map(|c| symbols::shown_in(c, is_wingdings)).collect();
            match height {
                Height::Normal => paragraph.text.text(&text),
                _ => paragraph.shifted.push_str(&text),
            }
        });
    }

    fn symbol(&mut self, element: &BytesStart<'_>) {
        let code = attribute(element, "char").and_then(|code| u32::from_str_radix(&code, 16).ok());
        if let Some(code) = code {
            let shown = symbols::character(&attribute(element, "font").unwrap_or_default(), code);
            self.write(&shown.to_string());
        }
    }

    /// Writes the mark of a note. Its text follows the paragraph.
    fn refer(&mut self, name: &str, element: &BytesStart<'_>) {
        let id = attribute(element, "id").unwrap_or_default();
        let Some(text) = self.notes.text(name, &id).filter(|_| self.deleted == 0 && !self.look().is_hidden()) else {
            return;
        };
        let mark = if name == "footnoteReference" {
            self.footnotes += 1;
            self.footnotes.to_string()
        } else {
            self.endnotes += 1;
            format!("e{}", self.endnotes)
        };
        let text = if self.referred.insert(format!("{name} {id}")) { text.to_owned() } else { String::new() };
        self.with_paragraph(|paragraph| {
            paragraph.end_shift();
            superscript::note(&mut paragraph.text, &mark);
            paragraph.notes.push((mark, text));
        });
    }

    fn begin_paragraph(&mut self) {
        if self.paragraphs.len() < DEPTH_MAX {
            self.paragraphs.push(Paragraph::default());
        }
    }

    fn end_paragraph(&mut self) {
        let Some(mut paragraph) = self.paragraphs.pop() else { return };
        paragraph.end_shift();
        let text = std::mem::take(&mut paragraph.text).into_markdown();
        // An empty paragraph has a number, one that is not shown has none.
        let is_empty = text.trim().is_empty();
        let number = if is_empty && paragraph.is_hidden { None } else { self.number(&paragraph) };
        let label = number.as_deref().filter(|number| !number.is_empty());
        if is_empty {
            // The first column of many tables has nothing but numbers.
            label.filter(|_| !self.tables.is_empty()).into_iter().for_each(|label| self.blocks.block(label));
            return;
        }
        match paragraph.heading.filter(|_| self.tables.is_empty()) {
            Some(level) => {
                let words = [label, Some(&one_line(&text))].into_iter().flatten().collect::<Vec<_>>().join(" ");
                self.blocks.block(&format!("{} {words}", "#".repeat(level)));
            }
            None if number.is_some() => {
                self.blocks.open_list();
                self.blocks.begin_item(&format!("{} ", label.unwrap_or("-")));
                self.blocks.inline(text.trim());
                self.blocks.close_list();
            }
            None => self.blocks.block(&text),
        }
        for (mark, note) in paragraph.notes.into_iter().filter(|(_, note)| !note.is_empty()) {
            self.blocks.block(&format!("[{mark}] {}", one_line(&note)));
        }
    }

    /// Returns the number of a paragraph, an empty one for a bullet, or `None` if it is no item of a list.
    fn number(&mut self, paragraph: &Paragraph) -> Option<String> {
        let place = paragraph.place.over(paragraph.place_of_style);
        // The list 0 is none.
        if place.list == Some(0) {
            return None;
        }
        let number = self.counters.next(place, paragraph.style.as_deref());
        number.or_else(|| paragraph.is_item.then(String::new))
    }

    fn begin_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        table.cell = Some((Cell::of(""), false));
        self.outer.push(std::mem::take(&mut self.blocks));
    }

    fn end_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let Some((mut cell, continues)) = table.cell.take() else { return };
        cell.text = std::mem::replace(&mut self.blocks, self.outer.pop().unwrap_or_default()).into_markdown();
        if let (Some(row), Some(continued)) = (table.rows.last_mut(), table.continues.last_mut()) {
            row.cells.push(cell);
            continued.push(continues);
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        let rows = merged(table.rows, &table.continues);
        let is_framed = rows.iter().all(|row| row.cells.len() <= 1);
        if is_framed || !self.tables.is_empty() {
            for cell in rows.into_iter().flat_map(|row| row.cells) {
                self.blocks.block(&cell.text);
            }
        } else {
            self.blocks.block(&table::render(rows));
        }
    }

    fn with_paragraph(&mut self, change: impl FnOnce(&mut Paragraph)) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            change(paragraph);
        }
    }

    fn with_table(&mut self, change: impl FnOnce(&mut TableBuilder)) {
        if let Some(table) = self.tables.last_mut() {
            change(table);
        }
    }

    fn with_cell(&mut self, change: impl FnOnce(&mut Cell, &mut bool)) {
        if let Some((cell, continues)) = self.tables.last_mut().and_then(|table| table.cell.as_mut()) {
            change(cell, continues);
        }
    }

    fn finish(mut self) -> Text {
        while !self.paragraphs.is_empty() {
            self.end_paragraph();
        }
        while !self.tables.is_empty() {
            self.end_cell();
            self.end_table();
        }
        Text { markdown: self.blocks.into_markdown(), hidden_chars: self.hidden_chars }
    }
}

impl Paragraph {
    /// Writes the raised or lowered text, which is complete.
    fn end_shift(&mut self) {
        let shifted = std::mem::take(&mut self.shifted);
        match std::mem::take(&mut self.shift) {
            Height::Raised => superscript::raise(&mut self.text, &shifted),
            Height::Lowered => superscript::lower(&mut self.text, &shifted),
            Height::Normal => {}
        }
    }
}

/// Turns cells that continue those above them into spans of rows.
fn merged(rows: Vec<Row>, continues: &[Vec<bool>]) -> Vec<Row> {
    // The place of the cell that each column continues, and the rows that it spans.
    let mut above: HashMap<usize, (usize, usize)> = HashMap::new();
    let mut merged: Vec<Row> = Vec::with_capacity(rows.len());
    for (row, continued) in rows.into_iter().zip(continues) {
        let mut kept = Row { is_head: row.is_head, ..Row::default() };
        let mut column = 0;
        for (cell, continues) in row.cells.into_iter().zip(continued) {
            let width = cell.columns.max(1);
            match above.get(&column).copied().filter(|_| *continues) {
                Some((at, index)) => merged[at].cells[index].rows += 1,
                None => {
                    above.insert(column, (merged.len(), kept.cells.len()));
                    kept.cells.push(cell);
                }
            }
            column += width;
        }
        merged.push(kept);
    }
    merged
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
