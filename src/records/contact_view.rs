//! A contact as a model reads it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::contact::FoundContact;
use super::excerpt::Part;
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
    /// The position in characters at which the text goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_next: Option<usize>,
}

impl ContactView {
    /// Shows the `usual` properties where they have a value, and those in `asked` even when they are empty.
    pub async fn of(ctx: &Ctx, found: FoundContact, usual: &[&str], asked: &[String], part: Part) -> ContactView {
        let url = record_url::url(ctx, Object::Contacts, &found.record).await;
        let mut card = ContactView::bare(found.record, usual, asked, part);
        (card.url, card.merged_from) = (url, found.merged_from);
        card
    }

    /// The shorter form for lists.
    #[must_use]
    pub fn in_list(self) -> ContactView {
        ContactView { updated_at: None, ..self }
    }

    fn bare(record: Record, usual: &[&str], asked: &[String], part: Part) -> ContactView {
        let mut text_next = None;
        let mut shown = |name: &String, value: Option<String>| {
            let excerpt = part.of(&value.unwrap_or_default());
            text_next = text_next.or(excerpt.next);
            (name.clone(), excerpt.text)
        };
        let wanted = |name: &String, value: &Option<String>| {
            asked.contains(name)
                || (usual.contains(&name.as_str()) && value.as_ref().is_some_and(|text| !text.is_empty()))
        };
        let properties = record.properties.iter().filter(|(name, value)| wanted(name, value));
        let properties: BTreeMap<_, _> = properties.map(|(name, value)| shown(name, value.clone())).collect();
        ContactView {
            contact_id: record.id,
            properties,
            updated_at: record.updated_at,
            url: record.url,
            archived: record.archived,
            merged_from: None,
            truncated: text_next.is_some(),
            text_next,
        }
    }
}
