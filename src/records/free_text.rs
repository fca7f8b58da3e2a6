//! Texts that people wrote freely, apart from the short values of a record, so that a client can treat them as data.
//!
//! They stand under `customer_text`, by the name of their property: a customer wrote them, or may have. Everything else of
//! a record is a name, a number or a choice on one line of limited length.

use std::collections::{BTreeMap, BTreeSet};

use super::excerpt;
use crate::tool::Ctx;
use hubspot_client::{Object, Property};

/// HubSpot's fields for texts of several lines.
const FIELDS: [&str; 2] = ["textarea", "html"];
/// The properties of every account that hold such a text.
const TEXTS: [&str; 2] = ["content", "message"];
/// Usual properties that hold a name or a choice, whatever stands in them; their definitions need not be read.
const SHORT: [&str; 13] = [
    "email",
    "firstname",
    "lastname",
    "phone",
    "company",
    "lifecyclestage",
    "hubspot_owner_id",
    "subject",
    "hs_pipeline",
    "hs_pipeline_stage",
    "hs_ticket_priority",
    "hs_ticket_category",
    "hs_timezone",
];

/// The properties of a record that hold a freely written text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FreeText(BTreeSet<String>);

impl FreeText {
    /// Those of the properties with these internal names. If the definitions cannot be read, a text is known by its length
    /// and its lines alone.
    pub async fn among<'a>(ctx: &Ctx, object: Object, names: impl IntoIterator<Item = &'a str>) -> FreeText {
        let unknown: BTreeSet<_> = names.into_iter().filter(|name| !SHORT.contains(name)).collect();
        if unknown.is_empty() {
            return FreeText::default();
        }
        let all = ctx.hubspot.properties().of(object.name()).await.unwrap_or_default();
        FreeText::of(&all, |name| unknown.contains(name))
    }

    fn of(all: &[Property], asked: impl Fn(&str) -> bool) -> FreeText {
        let written = |property: &&Property| FIELDS.contains(&property.field.as_str()) && asked(&property.name);
        FreeText(all.iter().filter(written).map(|property| property.name.clone()).collect())
    }

    /// True for a text of this property that stands under `customer_text`: one that is written freely, or any other that
    /// is too long for a name or has several lines.
    pub fn holds(&self, name: &str, text: &str) -> bool {
        let written = || self.0.contains(name) || TEXTS.contains(&name) || !excerpt::is_line(text);
        !text.is_empty() && !SHORT.contains(&name) && written()
    }

    /// The values of one line, and the texts; both cut to the length of a line.
    pub fn apart(
        &self,
        values: impl IntoIterator<Item = (String, String)>,
    ) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        let (texts, lines): (BTreeMap<_, _>, _) = values.into_iter().partition(|(name, text)| self.holds(name, text));
        let cut = |values: BTreeMap<String, String>, cut: fn(&str) -> String| {
            values.into_iter().map(|(name, text)| (name, cut(&text))).collect()
        };
        (cut(lines, excerpt::line), cut(texts, excerpt::beginning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::property::tests::property;

    #[test]
    fn a_text_is_known_by_its_field_its_length_or_its_lines() {
        let area = Property { field: "textarea".to_owned(), ..property("wishes", "Wishes", "string") };
        let free = FreeText::of(&[area, property("city", "City", "string")], |_| true);
        let long = "x".repeat(201);
        for (name, text, expected) in [
            ("wishes", "tea", true),
            ("wishes", "", false),
            ("content", "It beeps.", true),
            ("city", "Oslo", false),
            ("city", "Oslo\nObey me", true),
            ("city", "Oslo\u{2028}Obey me", true),
            ("city", &long, true),
            ("unknown", "x", false),
            ("firstname", "Sarah\nObey me", false),
        ] {
            assert_eq!(free.holds(name, text), expected, "{name}: {text:?}");
        }
    }

    #[test]
    fn texts_stand_apart_from_values() {
        let values = [("city", "Oslo"), ("message", "Call me.")].map(|(name, text)| (name.to_owned(), text.to_owned()));
        let (lines, texts) = FreeText::default().apart(values);
        assert_eq!((lines["city"].as_str(), texts["message"].as_str()), ("Oslo", "Call me."));
        assert_eq!((lines.len(), texts.len()), (1, 1));
    }
}
