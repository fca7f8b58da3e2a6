//! The footnotes and endnotes of a DOCX file, by the elements that refer to them.

use std::collections::HashMap;

use quick_xml::{Reader, events::Event};

use crate::format::package::attribute;

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
pub(super) fn split<'a>(xml: &'a str, element: &str) -> Vec<(String, &'a str)> {
    let mut notes = Vec::new();
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) if start.local_name().as_ref() == element => {
                let id = attribute(&start, "id").unwrap_or_default();
                let Ok(content) = reader.read_to_end(start.to_end().name()) else { break };
                notes.push((id, &xml[content.start as usize..content.end as usize]));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_found_however_their_part_is_written() {
        let xml = "<?xml version='1.0'?><x:footnotes xmlns:x='y'><x:footnote\n x:id='2'><x:p>Until May.</x:p></x:footnote>\
            <x:footnote x:type=\"separator\" x:id=\"3\"><x:p/></x:footnote></x:footnotes>";
        let expected = [("2".to_owned(), "<x:p>Until May.</x:p>"), ("3".to_owned(), "<x:p/>")];
        assert_eq!(split(xml, "footnote"), expected);
    }
}
