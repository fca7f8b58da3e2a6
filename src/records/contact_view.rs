//! A contact as a model reads it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::contact::FoundContact;
use super::excerpt::{self, TextPart};
use super::free_text::FreeText;
use super::record_url;
use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Object, Record};

/// The properties that are shown unless others are asked for.
pub const DEFAULTS: [&str; 8] = [
    "email",
    "hs_additional_emails",
    "firstname",
    "lastname",
    "phone",
    "company",
    "lifecyclestage",
    "hubspot_owner_id",
];

/// A contact with its non-empty properties.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ContactView {
    /// The contact's id.
    pub contact_id: RecordId,
    /// By internal name; a requested property without a value is an empty text.
    pub properties: BTreeMap<String, String>,
    /// Long texts by internal name, as a customer wrote them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub customer_text: BTreeMap<String, String>,
    /// The companies, by name and domain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companies: Vec<String>,
    /// The open deals, newest first: name, stage and amount.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open_deals: Vec<String>,
    /// Send it as `if_updated_at` with a change that must not overwrite somebody else's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// The contact's page in HubSpot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The contact was archived: it cannot be changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// The id that was asked for, which was merged into this contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_from: Option<RecordId>,
    /// Some text is longer; `get_contact` with `text_from` set to `text_next` shows how it goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Position of the rest of the text, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_next: Option<usize>,
}

impl ContactView {
    /// Shows the `usual` properties where they have a value, and those in `asked` even when they are empty.
    pub async fn of(ctx: &Ctx, found: FoundContact, usual: &[&str], asked: &[String], part: TextPart) -> ContactView {
        let url = record_url::url(ctx, Object::Contacts, &found.record).await;
        let free = FreeText::among(ctx, Object::Contacts, asked.iter().map(String::as_str)).await;
        let mut card = ContactView::bare(found.record, usual, asked, &free, part);
        (card.url, card.merged_from) = (url, found.merged_from);
        card
    }

    /// The shorter form for lists.
    #[must_use]
    pub fn in_list(self) -> ContactView {
        ContactView { updated_at: None, ..self }
    }

    fn bare(record: Record, usual: &[&str], asked: &[String], free: &FreeText, part: TextPart) -> ContactView {
        let wanted = |name: &String, value: &Option<String>| {
            asked.contains(name)
                || (usual.contains(&name.as_str()) && value.as_ref().is_some_and(|text| !text.is_empty()))
        };
        let (mut properties, mut customer_text, mut text_next) = (BTreeMap::new(), BTreeMap::new(), None);
        for (name, value) in record.properties.iter().filter(|(name, value)| wanted(name, value)) {
            let text = value.as_deref().unwrap_or_default();
            if free.holds(name, text) {
                let excerpt = part.of(text);
                text_next = text_next.or(excerpt.next);
                customer_text.insert(name.clone(), excerpt.text);
            } else {
                properties.insert(name.clone(), excerpt::line(text));
            }
        }
        ContactView {
            contact_id: record.id,
            properties,
            customer_text,
            companies: vec![],
            open_deals: vec![],
            updated_at: record.updated_at,
            url: record.url,
            archived: record.archived,
            merged_from: None,
            truncated: text_next.is_some(),
            text_next,
        }
    }
}
