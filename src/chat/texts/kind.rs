//! One text in every language, with names in braces that are filled in.

use crate::chat::language::Language;

/// One text in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    pub(super) en: &'static str,
    pub(super) da: &'static str,
    pub(super) fr: &'static str,
    pub(super) it: &'static str,
    pub(super) de: &'static str,
}

impl Text {
    /// The text, with the names in braces as they stand.
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Danish => self.da,
            Language::French => self.fr,
            Language::Italian => self.it,
            Language::German => self.de,
        }
    }

    /// The text with values in the place of names in braces.
    pub fn with(self, language: Language, values: &[(&str, &str)]) -> String {
        let mut rest = self.in_language(language);
        let mut text = String::new();
        // One pass: a brace within a value is nobody's name.
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
            rest = behind;
        }
        text + rest
    }
}
