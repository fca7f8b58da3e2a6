//! `search_contacts`: searches contacts by words or properties.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::records::contact_view::ContactView;
use crate::records::excerpt::Part;
use crate::records::{property, search};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::invisible;
use hubspot_client::Object;

const LIMIT_DEFAULT: u32 = 5;
const LIMIT_MAX: u32 = 100;
/// HubSpot refuses searches of more than 3,000 characters in all.
const QUERY_CHARACTERS_MAX: usize = 500;
const PROPERTIES_MAX: usize = 20;
/// The longest part of a property's text that is shown.
const TEXT_CHARACTERS_MAX: usize = 200;
const SHOWN: [&str; 5] = ["email", "firstname", "lastname", "phone", "company"];

/// Find contacts by e-mail address, id, phone number in any spelling, name, company or other words, or by properties.
///
/// They are read out of sentences too; a name decides among several.
/// Nobody found is an empty list. Newest first. HubSpot's index is seconds behind: who was just added is found by e-mail
/// address or id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchContacts {
    /// What to look for, for example `Sarah Mark`, `+1 702 555 0143` or `sarah@gmail.com`.
    #[schemars(length(max = QUERY_CHARACTERS_MAX))]
    query: Option<String>,
    /// Properties by name or label, all must fit, for example `{"lastname": "Mark", "lifecyclestage": ["lead", "customer"], "createdate": {"from": "2026-01-01"}, "phone": null}`.
    #[serde(default)]
    filters: Map<String, Value>,
    /// Further properties to show, for example `["jobtitle"]`.
    #[serde(default)]
    #[schemars(inner(length(max = 255)))]
    properties: Vec<String>,
    /// At most so many, `5` unless said, up to `100`.
    limit: Option<u32>,
    /// The `next_cursor` of the answer before, for the next page of the same search.
    #[schemars(length(max = 500))]
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Matches {
    total: u64,
    /// More than `total` may fit: not everybody with these last digits could be compared.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    total_is_lower_bound: bool,
    contacts: Vec<ContactView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// Where was looked.
    searched: Vec<&'static str>,
}

impl Tool for SearchContacts {
    const NAME: &'static str = "search_contacts";
    const TITLE: &'static str = "Search contacts";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    type Output = Matches;

    async fn call(self, ctx: &Ctx) -> Result<Matches, ToolError> {
        let query = self.query.as_deref().map(invisible::trim).filter(|query| !query.is_empty());
        self.check(query)?;
        let asked = property::names(ctx, Object::Contacts, &self.properties).await?;
        let wanted = search::Wanted {
            query,
            filters: &self.filters,
            properties: SHOWN.into_iter().chain(asked.iter().map(String::as_str)).collect(),
            limit: self.limit.unwrap_or(LIMIT_DEFAULT),
            cursor: self.cursor.as_deref(),
        };
        let hits = search::run(ctx, &wanted).await?;
        let mut contacts = vec![];
        for found in hits.found {
            contacts
                .push(ContactView::of(ctx, found, &SHOWN, &asked, Part::first(TEXT_CHARACTERS_MAX)).await.in_list());
        }
        Ok(Matches {
            total: hits.total,
            total_is_lower_bound: hits.total_is_lower_bound,
            contacts,
            next_cursor: hits.next_cursor,
            searched: hits.searched,
        })
    }
}

impl SearchContacts {
    fn check(&self, query: Option<&str>) -> Result<(), ToolError> {
        if query.is_none() && self.filters.is_empty() {
            return Err(ToolError::input("query", "without it and `filters` there is nothing to look for"));
        }
        if self.properties.len() > PROPERTIES_MAX {
            return Err(ToolError::input("properties", format!("at most {PROPERTIES_MAX} can be shown")));
        }
        match self.limit {
            Some(limit) if limit == 0 || limit > LIMIT_MAX => {
                Err(ToolError::input("limit", format!("it must be between 1 and {LIMIT_MAX}")))
            }
            _ => Ok(()),
        }
    }
}
