//! The styles of a DOCX file, as far as they change the text: headings, hidden and struck text.

use std::collections::HashMap;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::numbering::Place;
use crate::format::package::{attribute, is_on};

/// The most styles that are based on each other. Word allows ten or so.
const BASES_MAX: usize = 32;

/// The least height above or below the line, in half points, that raises or lowers text.
const POSITION_MIN: i32 = 3;

/// The height of a run of text on its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Height {
    #[default]
    Normal,
    Raised,
    Lowered,
}

/// The properties of a run or a style that change its text. Each is set, or left to what is below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    vanish: Option<bool>,
    web_hidden: Option<bool>,
    strike: Option<bool>,
    double_strike: Option<bool>,
    align: Option<Height>,
    position: Option<Height>,
}

impl Look {
    /// Takes a property, if it is one of these.
    pub(super) fn set(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "vanish" => self.vanish = Some(is_on(element)),
            "webHidden" => self.web_hidden = Some(is_on(element)),
            "strike" => self.strike = Some(is_on(element)),
            "dstrike" => self.double_strike = Some(is_on(element)),
            "vertAlign" => {
                self.align = Some(match attribute(element, "val").as_deref() {
                    Some("superscript") => Height::Raised,
                    Some("subscript") => Height::Lowered,
                    _ => Height::Normal,
                });
            }
            "position" => {
                let height = attribute(element, "val").and_then(|value| value.parse::<i32>().ok()).unwrap_or_default();
                self.position = Some(match height {
                    POSITION_MIN.. => Height::Raised,
                    _ if height <= -POSITION_MIN => Height::Lowered,
                    _ => Height::Normal,
                });
            }
            _ => {}
        }
    }

    /// Returns this look, and what it leaves open as it is below.
    pub(super) fn over(self, below: Look) -> Look {
        Look {
            vanish: self.vanish.or(below.vanish),
            web_hidden: self.web_hidden.or(below.web_hidden),
            strike: self.strike.or(below.strike),
            double_strike: self.double_strike.or(below.double_strike),
            align: self.align.or(below.align),
            position: self.position.or(below.position),
        }
    }

    /// Returns true for text that nobody sees or that is struck.
    pub(super) fn is_hidden(self) -> bool {
        [self.vanish, self.web_hidden, self.strike, self.double_strike].contains(&Some(true))
    }

    pub(super) fn height(self) -> Height {
        let heights = [self.align, self.position].into_iter().flatten();
        heights.into_iter().find(|height| *height != Height::Normal).unwrap_or_default()
    }
}

/// The effect of a style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// The level of a heading, from 1.
    pub(super) heading: Option<usize>,
    pub(super) look: Look,
    /// The place in a list of its paragraphs.
    pub(super) place: Place,
}

/// A style as it is written, and the id of the one that it changes.
#[derive(Default)]
struct Written {
    own: Style,
    base: Option<String>,
}

/// Returns the styles by id. The ids are in the language of the program that wrote the file, but the names of built-in
/// styles are always English.
pub(super) fn read(xml: &str) -> HashMap<String, Style> {
    let (mut styles, mut id): (HashMap<String, Written>, String) = (HashMap::new(), String::new());
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) if element.local_name().as_ref() == "style" => {
                id = attribute(&element, "styleId").unwrap_or_default();
            }
            Event::Start(element) | Event::Empty(element) if !id.is_empty() => {
                let style = styles.entry(id.clone()).or_default();
                let value = || attribute(&element, "val");
                match element.local_name().as_ref() {
                    "name" => style.own.heading = style.own.heading.or(value().and_then(|name| heading(&name))),
                    "outlineLvl" => style.own.heading = style.own.heading.or(outline_level(value())),
                    "basedOn" => style.base = value(),
                    name => {
                        style.own.look.set(name, &element);
                        style.own.place.set(name, &element);
                    }
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    styles.keys().map(|id| (id.clone(), resolved(&styles, id))).collect()
}

/// Returns a style with all that it takes from those it is based on, wherever they stand.
fn resolved(styles: &HashMap<String, Written>, id: &str) -> Style {
    let mut found = Style::default();
    let mut next = styles.get(id);
    for _ in 0..BASES_MAX {
        let Some(style) = next else { break };
        found.heading = found.heading.or(style.own.heading);
        found.look = found.look.over(style.own.look);
        found.place = found.place.over(style.own.place);
        next = style.base.as_ref().and_then(|base| styles.get(base));
    }
    found
}

fn heading(style: &str) -> Option<usize> {
    let style = style.to_ascii_lowercase();
    let level = if style == "title" { 1 } else { style.strip_prefix("heading ")?.parse().ok()? };
    (1..=6).contains(&level).then_some(level)
}

/// Returns the level of a heading for a level of the outline, which is counted from 0.
pub(super) fn outline_level(value: Option<String>) -> Option<usize> {
    value.and_then(|value| value.parse::<usize>().ok()).map(|level| level + 1).filter(|level| *level <= 6)
}
