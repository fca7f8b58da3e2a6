//! The text of a cell in runs of their own looks: raised numbers stay apart, struck text is left out.

use quick_xml::events::BytesStart;

use crate::format::{
    package::{attribute, is_on},
    superscript,
};

/// A text that is read run by run.
#[derive(Debug, Default)]
pub(super) struct RichText {
    text: String,
    in_text: bool,
    is_phonetic: bool,
    is_struck: bool,
    is_raised: bool,
    /// The raised text that is not yet complete.
    raised: String,
    pub(super) hidden_chars: usize,
}

impl RichText {
    /// Takes the start of an element.
    pub(super) fn start(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "t" => self.in_text = !self.is_phonetic,
            "rPh" => self.is_phonetic = true,
            "r" => (self.is_struck, self.is_raised) = (false, false),
            "strike" => self.is_struck = is_on(element),
            "vertAlign" => self.is_raised = attribute(element, "val").is_some_and(|value| value == "superscript"),
            _ => {}
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "rPh" => self.is_phonetic = false,
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        match self {
            _ if !self.in_text => {}
            _ if self.is_struck => self.hidden_chars += text.chars().filter(|c| !c.is_whitespace()).count(),
            _ if self.is_raised => self.raised.push_str(text),
            _ => {
                self.end_raised();
                self.text.push_str(text);
            }
        }
    }

    fn end_raised(&mut self) {
        if !self.raised.is_empty() {
            let raised = superscript::raised(&self.text, &std::mem::take(&mut self.raised));
            self.text.push_str(&raised);
        }
    }

    /// Returns the text and begins another one.
    pub(super) fn take(&mut self) -> String {
        self.end_raised();
        let hidden_chars = self.hidden_chars;
        std::mem::replace(self, RichText { hidden_chars, ..RichText::default() }).text
    }
}
