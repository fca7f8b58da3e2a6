//! The effect of an element on the text inside it.

use html5ever::Attribute;

use super::{
    elements::{self, BLOCKS, attribute},
    style::{self, Alignment},
};

/// The deepest nesting of tables. The text of a deeper one is read without its columns.
const TABLES_MAX: usize = 8;

/// The most columns that one cell spans (HTML standard, "colspan"), and the most rows.
const COLUMNS_MAX: usize = 1_000;
const ROWS_MAX: usize = 65_534;

/// The effect of an open element on the text inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    /// Its text is left out as no part of the page's text.
    Skip,
    /// Its text is left out because nobody sees it or its author struck it.
    Hide,
    Title,
    Heading,
    Paragraph,
    /// Signs stand before and behind its text.
    Enclosed(&'static str, &'static str),
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

/// The place of an element among those that are open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// True if nobody sees its own text.
    pub(super) is_veiled: bool,
    pub(super) is_preformatted: bool,
    /// The number of tables that are open.
    pub(super) tables: usize,
    /// True unless a cell of the innermost table is open.
    pub(super) is_in_rows: bool,
    /// True if it is a part of an operation, such as of a fraction.
    pub(super) is_in_formula: bool,
}

/// Returns the effect of an element that is shown.
pub(super) fn of(name: &str, attributes: &[Attribute], place: Place) -> Effect {
    let in_table = place.tables > 0;
    match name {
        // No sign of its own stands for what is veiled.
        "q" | "dd" | "msup" | "msub" | "mfrac" | "msqrt" | "mrow" | "pre" | "sup" | "sub" if place.is_veiled => {
            Effect::None
        }
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" if place.is_veiled => Effect::Paragraph,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Effect::Heading,
        "ul" | "ol" | "menu" | "dir" => Effect::List,
        "li" => Effect::Item,
        "table" if place.tables < TABLES_MAX => Effect::Table,
        "thead" if in_table => Effect::Head,
        "tr" if in_table => Effect::Row,
        "td" | "th" if in_table && place.is_in_rows => Effect::Cell {
            columns: elements::span(attributes, "colspan", COLUMNS_MAX),
            rows: elements::span(attributes, "rowspan", ROWS_MAX),
            is_header: name == "th",
        },
        "pre" | "xmp" | "listing" if !place.is_preformatted => Effect::Preformatted,
        "sup" if !place.is_preformatted => Effect::Raised,
        "sub" if !place.is_preformatted => Effect::Lowered,
        "q" => Effect::Enclosed("“", "”"),
        "msqrt" => Effect::Enclosed("√(", ")"),
        "mrow" if place.is_in_formula => Effect::Enclosed("(", ")"),
        "msup" => Effect::Formula("^"),
        "msub" => Effect::Formula("_"),
        "mfrac" => Effect::Formula("/"),
        "mrow" | "mn" | "mi" | "mo" | "math" => Effect::None,
        name if BLOCKS.contains(&name) => Effect::Paragraph,
        _ if place.is_preformatted || place.is_veiled => Effect::None,
        _ => match attribute(attributes, "style").and_then(style::alignment) {
            Some(Alignment::Raised) => Effect::Raised,
            Some(Alignment::Lowered) => Effect::Lowered,
            None => Effect::None,
        },
    }
}
