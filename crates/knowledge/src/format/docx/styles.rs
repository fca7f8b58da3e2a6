//! The styles of a DOCX file, as far as they change the text: headings, hidden and struck text.

use std::collections::HashMap;

use quick_xml::{Reader, events::Event};

use crate::format::package::{attribute, is_on};

/// The effect of a style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// The level of a heading, from 1.
    pub(super) heading: Option<usize>,
    pub(super) is_hidden: bool,
}

/// Returns the styles by id. The ids are in the language of the program that wrote the file, but the names of built-in
/// styles are always English.
pub(super) fn read(xml: &str) -> HashMap<String, Style> {
    let (mut styles, mut id): (HashMap<String, Style>, String) = (HashMap::new(), String::new());
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) if element.local_name().as_ref() == "style" => {
                id = attribute(&element, "styleId").unwrap_or_default();
            }
            Event::Start(element) | Event::Empty(element) if !id.is_empty() => {
                let style = styles.entry(id.clone()).or_default();
                match element.local_name().as_ref() {
                    "name" => {
                        style.heading = style.heading.or(attribute(&element, "val").and_then(|name| heading(&name)));
                    }
                    "outlineLvl" => style.heading = style.heading.or(outline_level(attribute(&element, "val"))),
                    "basedOn" => {
                        let base = attribute(&element, "val").and_then(|base| styles.get(&base).copied());
                        let style = styles.entry(id.clone()).or_default();
                        style.heading = style.heading.or(base.and_then(|base| base.heading));
                        style.is_hidden |= base.is_some_and(|base| base.is_hidden);
                    }
                    "vanish" | "webHidden" | "strike" | "dstrike" => style.is_hidden = is_on(&element),
                    _ => {}
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    styles
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
