//! The footnotes and endnotes of a DOCX file, by their ids.

use std::collections::HashMap;

use super::{body, styles::Style};

/// The texts of notes, and the marks that they get in the order of the body.
#[derive(Debug, Default)]
pub(super) struct Notes {
    texts: HashMap<(&'static str, String), String>,
    pub(super) hidden_chars: usize,
}

impl Notes {
    /// Reads the part with the notes of one kind, `footnotes` or `endnotes`.
    pub(super) fn read(&mut self, kind: &str, xml: &str, styles: &HashMap<String, Style>) {
        let (kind, element) = match kind {
            "footnotes" => ("footnoteReference", "w:footnote"),
            _ => ("endnoteReference", "w:endnote"),
        };
        for part in xml.split(&format!("<{element} ")).skip(1) {
            let part = part.split(&format!("</{element}>")).next().unwrap_or_default();
            let Some((attributes, content)) = part.split_once('>') else { continue };
            let id = attributes.split_once("w:id=\"").and_then(|(_, id)| id.split('"').next()).unwrap_or_default();
            if let Ok(note) = body::read(content, styles, &Notes::default()) {
                self.hidden_chars += note.hidden_chars;
                self.texts.insert((kind, id.to_owned()), note.markdown);
            }
        }
    }

    /// Returns the text of the note that a reference points to.
    pub(super) fn text(&self, reference: &str, id: &str) -> Option<&str> {
        let kind = if reference == "footnoteReference" { "footnoteReference" } else { "endnoteReference" };
        self.texts.get(&(kind, id.to_owned())).map(String::as_str).filter(|text| !text.is_empty())
    }
}
