//! Turns the tags and characters of a page into Markdown, one by one.

use std::cell::RefCell;

use html5ever::{
    Attribute,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, states::RawKind},
};

use super::{
    elements::{self, Alignment, BLOCKS, SKIPPED, STRUCK, VOID, attribute, ended_by},
    metadata,
    style_sheet::StyleSheet,
};
use crate::format::{
    blocks::Blocks,
    parsed::ParsedDocument,
    superscript,
    table::{self, Cell, Row},
};

/// The deepest nesting of elements, the same as in browsers. A deeper one takes the place of the innermost one, so that it
/// has its effect on its text.
const DEPTH_MAX: usize = 512;

/// The deepest nesting within an element that is not shown, where each counts until its end tag. Deeper ones are counted
/// without their names.
const HIDDEN_DEPTH_MAX: usize = 2 * DEPTH_MAX;

/// The deepest nesting of tables. The text of a deeper one is read without its columns.
const TABLES_MAX: usize = 8;

/// The most links that are kept of one page.
const LINKS_MAX: usize = 5_000;

/// The most columns that one cell spans (HTML standard, "colspan"), and the most rows.
const COLUMNS_MAX: usize = 1_000;
const ROWS_MAX: usize = 65_534;

/// The tokens of a page, read into a document.
#[derive(Default)]
pub(super) struct Converter(RefCell<Page>);

impl Converter {
    pub(super) fn into_document(self) -> ParsedDocument {
        self.0.into_inner().finish()
    }
}

impl TokenSink for Converter {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => page.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return page.start(&tag),
            Token::TagToken(tag) => page.end(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// The effect of an open element on the text inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    None,
    /// Its text is left out as no part of the page's text.
    Skip,
    /// Its text is left out because nobody sees it or its author struck it.
    Hide,
    Title,
    Heading,
    Paragraph,
    Quote,
    List,
    Item,
    Table,
    Head,
    Row,
    Cell {
        columns: usize,
        rows: usize,
        is_header: bool,
    },
    Preformatted,
    Raised,
    Lowered,
    /// An element of MathML with an operator; its sign is written between its first two children.
    Formula(&'static str),
}

/// An element that is open.
struct Open {
    name: String,
    effect: Effect,
    children: usize,
}

/// A table that is open.
#[derive(Default)]
struct OpenTable {
    rows: Vec<Row>,
    in_head: bool,
    /// True if the table only places blocks on the page.
    is_layout: bool,
}

#[derive(Default)]
struct Page {
    document: ParsedDocument,
    open: Vec<Open>,
    /// The open elements beyond [`HIDDEN_DEPTH_MAX`].
    overflow: usize,
    /// The open elements that are skipped, and those that are hidden.
    skipped: usize,
    hidden: usize,
    title: Option<String>,
    blocks: Blocks,
    /// The texts outside of the open cells and raised texts.
    outer: Vec<Blocks>,
    tables: Vec<OpenTable>,
    /// The open lists: the next number of an ordered one.
    lists: Vec<Option<i64>>,
    preformatted: Option<String>,
    is_note: bool,
    styles: StyleSheet,
}

impl Page {
    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            self.document.hidden_chars += text.chars().filter(|c| !c.is_whitespace()).count();
        } else if let Some(title) = self.title.as_mut() {
            title.push_str(text);
        } else if self.skipped > 0 {
            self.styles.push(text);
        } else if let Some(preformatted) = self.preformatted.as_mut() {
            preformatted.push_str(text);
        } else {
            self.blocks.text(text);
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        self.remember_links(name, &tag.attrs);
        self.end_implied(name);
        if VOID.contains(&name) {
            self.void(name, &tag.attrs);
            return TokenSinkResult::Continue;
        }
        let effect = self.effect(name, &tag.attrs);
        if tag.self_closing && (self.is_in_drawing() || SKIPPED.contains(&name) && name == "svg") {
            return TokenSinkResult::Continue;
        }
        if self.open.len() >= HIDDEN_DEPTH_MAX {
            self.overflow += 1;
            return raw_text(name);
        }
        self.make_room();
        self.between_parts();
        self.begin(name, effect, &tag.attrs);
        self.open.push(Open { name: name.to_owned(), effect, children: 0 });
        raw_text(name)
    }

    fn make_room(&mut self) {
        if self.open.len() >= DEPTH_MAX && self.skipped == 0 && self.hidden == 0 {
            self.close(1);
        }
    }

    /// Elements of SVG and MathML may close themselves; those of HTML may not.
    fn is_in_drawing(&self) -> bool {
        self.open.iter().rev().any(|open| open.name == "svg" || open.name == "math")
    }

    fn effect(&self, name: &str, attributes: &[Attribute]) -> Effect {
        if name == "title" && self.document.title.is_none() && self.skipped == 0 && self.hidden == 0 {
            return Effect::Title;
        }
        if self.skipped > 0 || SKIPPED.contains(&name) || name == "title" || elements::is_navigation(name, attributes) {
            return Effect::Skip;
        }
        let is_struck = STRUCK.contains(&name) || self.styles.strikes(name, attributes);
        if self.hidden > 0 || is_struck || elements::is_hidden(name, attributes) {
            return Effect::Hide;
        }
        let in_table = !self.tables.is_empty();
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Effect::Heading,
            "ul" | "ol" | "menu" | "dir" => Effect::List,
            "li" => Effect::Item,
            "table" if self.tables.len() < TABLES_MAX => Effect::Table,
            "thead" if in_table => Effect::Head,
            "tr" if in_table => Effect::Row,
            "td" | "th" if in_table && self.is_directly_in_table() => Effect::Cell {
                columns: elements::span(attributes, "colspan", COLUMNS_MAX),
                rows: elements::span(attributes, "rowspan", ROWS_MAX),
                is_header: name == "th",
            },
            "pre" | "xmp" | "listing" if self.preformatted.is_none() => Effect::Preformatted,
            "sup" if self.preformatted.is_none() => Effect::Raised,
            "sub" if self.preformatted.is_none() => Effect::Lowered,
            "q" => Effect::Quote,
            "msup" => Effect::Formula("^"),
            "msub" => Effect::Formula("_"),
            "mfrac" => Effect::Formula("/"),
            "mrow" | "mn" | "mi" | "mo" | "math" => Effect::None,
            name if BLOCKS.contains(&name) => Effect::Paragraph,
            _ if self.preformatted.is_some() => Effect::None,
            _ => match elements::alignment(attributes) {
                Some(Alignment::Raised) => Effect::Raised,
                Some(Alignment::Lowered) => Effect::Lowered,
                None => Effect::None,
            },
        }
    }

    /// Returns true unless a cell of the innermost table is open.
    fn is_directly_in_table(&self) -> bool {
        let is_part = |open: &&Open| matches!(open.effect, Effect::Table | Effect::Cell { .. });
        self.open.iter().rev().find(is_part).is_some_and(|open| open.effect == Effect::Table)
    }

    /// Writes the sign of a formula before its second part.
    fn between_parts(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.children = open.children.saturating_add(1);
            if let (Effect::Formula(sign), 2) = (open.effect, open.children) {
                self.blocks.inline(sign);
            }
        }
    }

    fn begin(&mut self, name: &str, effect: Effect, attributes: &[Attribute]) {
        match effect {
            Effect::None if name == "button" || name == "label" => self.blocks.space(),
            Effect::None => {}
            Effect::Skip => {
                if name == "style" && self.skipped == 0 {
                    self.styles.open(attribute(attributes, "media"));
                }
                self.skipped += 1;
            }
            Effect::Hide => self.hidden += 1,
            Effect::Title => self.title = Some(String::new()),
            Effect::Paragraph if name == "dd" => {
                self.blocks.end_line();
                self.blocks.inline(": ");
            }
            Effect::Paragraph => self.blocks.end_block(),
            Effect::Quote => self.blocks.inline("“"),
            Effect::Heading => self.begin_heading(name),
            Effect::List => {
                let first = attribute(attributes, "start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
                self.lists.push((name == "ol").then_some(first));
                self.blocks.open_list();
            }
            Effect::Item => self.begin_item(attributes),
            Effect::Table => {
                if let Some(outer) = self.tables.last_mut() {
                    outer.is_layout = true;
                }
                self.blocks.end_block();
                let is_layout = attribute(attributes, "role").is_some_and(|role| role.trim() == "presentation");
                self.tables.push(OpenTable { is_layout, ..OpenTable::default() });
            }
            Effect::Head => self.with_table(|table| table.in_head = true),
            Effect::Row => self.with_table(|table| table.rows.push(Row { is_head: table.in_head, ..Row::default() })),
            Effect::Cell { .. } => self.begin_part(Blocks::default()),
            Effect::Preformatted => self.preformatted = Some(String::new()),
            Effect::Raised | Effect::Lowered => {
                self.is_note = false;
                self.begin_part(Blocks::single_line());
            }
            Effect::Formula(_) => {}
        }
    }

    fn begin_heading(&mut self, name: &str) {
        let level = name.as_bytes().get(1).map_or(1, |digit| usize::from(digit - b'0'));
        let is_free = self.tables.iter().all(|table| table.is_layout) && self.lists.is_empty();
        let mark = if is_free { format!("{} ", "#".repeat(level)) } else { String::new() };
        self.blocks.begin(&mark);
        self.blocks.begin_single_line();
    }

    fn begin_item(&mut self, attributes: &[Attribute]) {
        let given = attribute(attributes, "value").and_then(|value| value.trim().parse().ok());
        let mark = match self.lists.last_mut() {
            Some(Some(next)) => {
                let number = given.unwrap_or(*next);
                *next = number.saturating_add(1);
                format!("{number}. ")
            }
            _ => "- ".to_owned(),
        };
        self.blocks.begin_item(&mark);
    }

    fn with_table(&mut self, change: impl FnOnce(&mut OpenTable)) {
        if let Some(table) = self.tables.last_mut() {
            change(table);
        }
    }

    fn begin_part(&mut self, part: Blocks) {
        self.outer.push(std::mem::replace(&mut self.blocks, part));
    }

    /// Ends the innermost part and returns its text.
    fn end_part(&mut self) -> String {
        let part = std::mem::replace(&mut self.blocks, self.outer.pop().unwrap_or_default());
        part.into_markdown()
    }

    fn end(&mut self, name: &str) {
        if name == "br" {
            return self.void("br", &[]);
        }
        if self.overflow > 0 {
            self.overflow -= 1;
            return;
        }
        let barriers = elements::barriers(name);
        let found = self.open.iter().rev();
        let found = found.take_while(|open| open.name == name || !barriers.contains(&open.name.as_str()));
        let depth = found.enumerate().find(|(_, open)| open.name == name).map(|(depth, _)| depth);
        match depth {
            Some(depth) => self.close(depth + 1),
            None if name == "p" => self.blocks.end_block(),
            None => {}
        }
    }

    /// Ends the elements that the start of another one ends.
    fn end_implied(&mut self, name: &str) {
        let (ended, within) = ended_by(name);
        if ended.is_empty() {
            return;
        }
        let reachable = self.open.iter().rev().take_while(|open| !within.contains(&open.name.as_str()));
        let depth = reachable.enumerate().filter(|(_, open)| ended.contains(&open.name.as_str())).last();
        if let Some((depth, _)) = depth {
            self.close(depth + 1);
        }
    }

    /// Closes this many elements.
    fn close(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(open) = self.open.pop() {
                self.finish_element(&open);
            }
        }
    }

    fn finish_element(&mut self, open: &Open) {
        match open.effect {
            Effect::None if open.name == "button" || open.name == "label" => self.blocks.space(),
            Effect::None | Effect::Formula(_) => {}
            Effect::Row => {}
            Effect::Skip => {
                self.skipped -= 1;
                self.styles.close();
            }
            Effect::Hide => self.hidden -= 1,
            Effect::Title => {
                let title = self.title.take().unwrap_or_default();
                self.document.title = Some(title.trim().to_owned()).filter(|title| !title.is_empty());
            }
            // The description of a term follows it on the next line.
            Effect::Paragraph if open.name == "dt" => self.blocks.end_line(),
            Effect::Paragraph => self.blocks.end_block(),
            Effect::Quote => self.blocks.inline("”"),
            Effect::Heading => {
                self.blocks.end_single_line();
                self.blocks.end_block();
            }
            Effect::List => {
                self.lists.pop();
                self.blocks.close_list();
            }
            Effect::Item => self.blocks.end_line(),
            Effect::Table => self.end_table(),
            Effect::Head => self.with_table(|table| table.in_head = false),
            Effect::Cell { columns, rows, is_header } => {
                let text = self.end_part();
                let in_head = self.tables.last().is_some_and(|table| table.in_head);
                self.with_table(|table| {
                    if table.rows.is_empty() {
                        table.rows.push(Row { is_head: in_head, ..Row::default() });
                    }
                    if let Some(row) = table.rows.last_mut() {
                        row.cells.push(Cell { text, columns, rows, is_header });
                    }
                });
            }
            Effect::Preformatted => {
                let text = self.preformatted.take().unwrap_or_default();
                self.blocks.block(&fenced(&text));
            }
            Effect::Raised => {
                let text = self.end_part();
                match std::mem::take(&mut self.is_note) {
                    true => superscript::note(&mut self.blocks, &text),
                    false => superscript::raise(&mut self.blocks, &text),
                }
            }
            Effect::Lowered => {
                let text = self.end_part();
                superscript::lower(&mut self.blocks, &text);
            }
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        if table.is_layout || table.rows.iter().all(|row| row.cells.len() <= 1) {
            for cell in table.rows.into_iter().flat_map(|row| row.cells) {
                self.blocks.block(&cell.text);
            }
        } else {
            self.blocks.block(&table::render(table.rows));
        }
        self.blocks.end_block();
    }

    fn void(&mut self, name: &str, attributes: &[Attribute]) {
        if self.skipped > 0 || self.hidden > 0 {
            return;
        }
        match (name, self.preformatted.as_mut()) {
            ("br", Some(text)) => text.push('\n'),
            ("br", None) => self.blocks.end_line(),
            ("hr", None) => self.blocks.end_block(),
            ("img", None) if !elements::is_hidden(name, attributes) => {
                self.blocks.space();
                self.blocks.text(attribute(attributes, "alt").unwrap_or_default());
                self.blocks.space();
            }
            _ => {}
        }
    }

    /// Keeps the addresses that the page links to, and the one that they are relative to. Only the text of a link is part of
    /// the Markdown; its address would be indexed as words.
    fn remember_links(&mut self, name: &str, attributes: &[Attribute]) {
        match name {
            "meta" => metadata::remember_meta(&mut self.document, attributes),
            "link" => metadata::remember_link(&mut self.document, attributes),
            _ => {}
        }
        let href = attribute(attributes, "href").map(str::trim).filter(|href| !href.is_empty());
        match (name, href) {
            ("a" | "area", Some(href)) => {
                self.is_note = true;
                if self.document.links.len() < LINKS_MAX {
                    self.document.links.push(href.to_owned());
                }
            }
            ("base", Some(href)) if self.document.base.is_none() => self.document.base = Some(href.to_owned()),
            _ => {}
        }
    }

    fn finish(mut self) -> ParsedDocument {
        self.close(self.open.len());
        self.document.markdown = self.blocks.into_markdown();
        self.document
    }
}

/// Puts preformatted text between fences that are not part of it.
fn fenced(text: &str) -> String {
    let text = text.trim_matches('\n').trim_end();
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = if text.contains("```") { "~~~~" } else { "```" };
    format!("{fence}\n{text}\n{fence}")
}

/// Tells the tokenizer how to read the content of an element.
fn raw_text(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}
