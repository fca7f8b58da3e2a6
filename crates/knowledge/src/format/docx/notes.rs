//! The footnotes and endnotes of a DOCX file, by the elements that refer to them.

use std::collections::HashMap;

/// The texts of notes.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// By the name of the element that refers to a note, and its id.
    texts: HashMap<(String, String), String>,
}

impl Notes {
    pub(super) fn insert(&mut self, reference: &str, id: &str, text: String) {
        self.texts.insert((reference.to_owned(), id.to_owned()), text);
    }

    /// Returns the text of the note that a reference points to.
    pub(super) fn text(&self, reference: &str, id: &str) -> Option<&str> {
        let text = self.texts.get(&(reference.to_owned(), id.to_owned()));
        text.map(String::as_str).filter(|text| !text.is_empty())
    }
}

/// Splits a part into its notes, each with its id and its paragraphs. `element` is the name of a note.
pub(super) fn split<'a>(xml: &'a str, element: &str) -> Vec<(&'a str, &'a str)> {
    let (start, end) = (format!("<w:{element} "), format!("</w:{element}>"));
    let notes = xml.split(start.as_str()).skip(1).filter_map(|note| note.split(end.as_str()).next()?.split_once('>'));
    notes
        .map(|(attributes, content)| {
            let id = attributes.split_once("w:id=\"").and_then(|(_, id)| id.split('"').next());
            (id.unwrap_or_default(), content)
        })
        .collect()
}
