//! One text in every language, without names in it or with names in braces that are filled in.

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

/// One sentence with names in braces, and the plain one that is said where a value is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextWithValues {
    pub(super) whole: Text,
    pub(super) plain: Text,
}

impl Text {
    /// The text.
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Danish => self.da,
            Language::French => self.fr,
            Language::Italian => self.it,
            Language::German => self.de,
        }
    }
}

impl TextWithValues {
    /// The sentence with these values, or the plain one if one of them is blank or missing.
    pub fn with(self, language: Language, values: &[(&str, &str)]) -> String {
        let whole = filled(self.whole.in_language(language), values);
        whole.unwrap_or_else(|| self.plain.in_language(language).to_owned())
    }
}

/// A text with values in the place of its names in braces; `None` if one of them is blank or missing.
pub fn filled(text: &str, values: &[(&str, &str)]) -> Option<String> {
    let (mut rest, mut done) = (text, String::with_capacity(text.len()));
    // One pass: a brace within a value is nobody's name.
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        done.push_str(before);
        done.push_str(value.filter(|value| !value.trim().is_empty())?);
        rest = behind;
    }
    Some(done + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_filled_in_as_it_is_and_none_is_left_out() {
        for (values, expected) in [
            ([("name", "{x}"), ("day", "Monday")].as_slice(), Some("Hello {x}, {x}, on Monday!")),
            (&[("name", "Ada"), ("day", " ")], None),
            (&[("name", "Ada")], None),
            (&[], None),
        ] {
            assert_eq!(filled("Hello {name}, {name}, on {day}!", values).as_deref(), expected, "{values:?}");
        }
    }
}
