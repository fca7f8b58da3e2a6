//! Turns the tags and characters of a page into Markdown, one by one.

use std::cell::RefCell;

use html5ever::{
    Attribute,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, states::RawKind},
};

use super::{
    effect::{self, Effect, Place},
    elements::{self, SKIPPED, STRUCK, VOID, attribute, ended_by},
    metadata,
    selector::Element,
    style::Veil,
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

/// The most links that are kept of one page.
const LINKS_MAX: usize = 5_000;

/// The tokens of a page, read into a document.
#[derive(Default)]
pub(super) struct Converter(RefCell<Page>);

impl Converter {
    /// Reads a page whose style sheets are known.
    pub(super) fn with_styles(styles: StyleSheet) -> Converter {
        Converter(RefCell::new(Page { styles, ..Page::default() }))
    }

    /// Returns the document, and its style sheets if the text before them was read without them.
    pub(super) fn into_document(self) -> (ParsedDocument, Option<StyleSheet>) {
        let mut page = self.0.into_inner();
        page.close(page.open.len());
        page.document.markdown = page.blocks.into_markdown();
        (page.document, page.has_late_styles.then(|| page.styles.whole()))
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

/// An element that is open.
struct Open {
    name: String,
    id: String,
    class: String,
    effect: Effect,
    /// The veil over its own text.
    veil: Veil,
    children: usize,
}

impl Open {
    fn element(&self) -> Element<'_> {
        Element { name: &self.name, id: &self.id, class: &self.class }
    }
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
    /// True if some text was read.
    has_text: bool,
    /// True if a style sheet that counts stands behind some text.
    has_late_styles: bool,
}

impl Page {
    fn text(&mut self, text: &str) {
        let is_skipped = self.skipped > 0;
        let is_of_page = !is_skipped && self.title.is_none();
        self.has_text |= is_of_page && !text.trim().is_empty();
        let is_veiled = is_of_page && self.veil().hides_text();
        if is_skipped && self.styles.push(text) {
            return;
        }
        if self.hidden > 0 || is_veiled {
            self.document.hidden_chars += text.chars().filter(|c| !c.is_whitespace()).count();
            // A space between boxes of an own size is no letter.
            if self.hidden == 0 && text.trim().is_empty() {
                self.blocks.space();
            }
        } else if let Some(title) = self.title.as_mut() {
            title.push_str(text);
        } else if is_skipped {
            // Scripts and navigation are no part of the page's text.
        } else if let Some(preformatted) = self.preformatted.as_mut() {
            preformatted.push_str(text);
        } else {
            self.blocks.text(text);
        }
    }

    fn veil(&self) -> Veil {
        self.open.last().map_or_else(Veil::default, |open| open.veil)
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        self.remember_links(name, &tag.attrs);
        self.end_implied(name);
        if VOID.contains(&name) {
            self.void(name, &tag.attrs);
            return TokenSinkResult::Continue;
        }
        let own = |name: &str| attribute(&tag.attrs, name).unwrap_or_default();
        let (id, class, mut veil) = (own("id").to_owned(), own("class").to_owned(), self.veil().within(own("style")));
        let effect = self.effect(name, &tag.attrs, &mut veil);
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
        self.open.push(Open { name: name.to_owned(), id, class, effect, veil, children: 0 });
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

    fn effect(&self, name: &str, attributes: &[Attribute], veil: &mut Veil) -> Effect {
        if name == "title" && self.document.title.is_none() && self.skipped == 0 && self.hidden == 0 {
            return Effect::Title;
        }
        if self.skipped > 0 || SKIPPED.contains(&name) || name == "title" || elements::is_navigation(name, attributes) {
            return Effect::Skip;
        }
        if self.hidden > 0 || elements::is_hidden(name, attributes) {
            return Effect::Hide;
        }
        if STRUCK.contains(&name) || self.strikes(name, attributes) {
            // A struck cell leaves its place empty, so that the values behind it stay in their columns.
            if self.tables.is_empty() || !matches!(name, "tr" | "td" | "th") {
                return Effect::Hide;
            }
            veil.is_struck = true;
        }
        let place = Place {
            is_veiled: veil.hides_text(),
            is_preformatted: self.preformatted.is_some(),
            tables: self.tables.len(),
            is_in_rows: self.is_in_rows(),
            is_in_formula: self.open.last().is_some_and(|open| matches!(open.effect, Effect::Formula(_))),
        };
        effect::of(name, attributes, place)
    }

    /// Returns true if the styles of the page strike an element out.
    fn strikes(&self, name: &str, attributes: &[Attribute]) -> bool {
        let own = |name: &str| attribute(attributes, name).unwrap_or_default();
        let element = Element { name, id: own("id"), class: own("class") };
        self.styles.strikes(element, own("style"), self.open.iter().rev().map(Open::element))
    }

    /// Returns true unless a cell of the innermost table is open.
    fn is_in_rows(&self) -> bool {
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
            Effect::Enclosed(before, _) => self.blocks.inline(before),
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
                self.has_late_styles |= self.styles.close() && self.has_text;
            }
            Effect::Hide => self.hidden -= 1,
            Effect::Title => {
                let title = self.title.take().unwrap_or_default();
                self.document.title = Some(title.trim().to_owned()).filter(|title| !title.is_empty());
            }
            // The description of a term follows it on the next line.
            Effect::Paragraph if open.name == "dt" => self.blocks.end_line(),
            Effect::Paragraph => self.blocks.end_block(),
            Effect::Enclosed(_, behind) => self.blocks.inline(behind),
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
        let is_empty = |row: &Row| row.cells.iter().all(|cell| cell.text.trim().is_empty());
        if table.is_layout || table.rows.iter().all(is_empty) || table.rows.iter().all(|row| row.cells.len() <= 1) {
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
        let veil = self.veil().within(attribute(attributes, "style").unwrap_or_default());
        match (name, self.preformatted.as_mut()) {
            ("br", Some(text)) => text.push('\n'),
            ("br", None) => self.blocks.end_line(),
            ("hr", None) => self.blocks.end_block(),
            ("img", None) if !elements::is_hidden(name, attributes) && !veil.hides_pictures() => {
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
