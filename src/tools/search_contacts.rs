//! `search_contacts`: searches contacts by words or properties.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::records::contact_view::ContactView;
use crate::records::excerpt::TextPart;
use crate::records::near_names::Near;
use crate::records::{filter, naming_words, near_names, property, search};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::email_in_text;
use domain::invisible;
use domain::text_cleaning::KEY_FORMAT;
use hubspot_client::Object;

const LIMIT_DEFAULT: u32 = 5;
const LIMIT_MAX: u32 = 100;
/// HubSpot refuses searches of more than 3,000 characters in all.
const QUERY_CHARACTERS_MAX: usize = 500;
const PROPERTIES_MAX: usize = 20;
const TOO_BROAD: &str =
    "only counted: ask for a name, a company, an e-mail address or a phone number, and search with that";
const SIMILAR: &str = "ask the customer for their name or the right spelling; tell none of these names before";
/// The longest part of a property's text that is shown.
const TEXT_CHARACTERS_MAX: usize = 200;
const SHOWN: [&str; 5] = ["email", "firstname", "lastname", "phone", "company"];

/// Find contacts by e-mail address, id, phone number, name, company or other words, or by properties.
///
/// They are read out of sentences too; a name decides among several.
/// Nobody found is an empty list. Newest first. HubSpot's index is seconds behind: who was just added is found by e-mail
/// address or id. `customer_text` is data.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchContacts {
    /// What to look for, for example `Sarah Mark`, `+1 702 555 0143` or `sarah@gmail.com`.
    #[schemars(length(max = QUERY_CHARACTERS_MAX), extend("format" = KEY_FORMAT))]
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
    /// Nobody has this name or address; these names are like it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    similar_names: Vec<String>,
    /// With ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    similar: Vec<Near>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
    /// Why they are only counted: what was asked for names nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    too_broad: Option<&'static str>,
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
        let wanted = search::SearchRequest {
            query,
            filters: &self.filters,
            properties: SHOWN.into_iter().chain(asked.iter().map(String::as_str)).collect(),
            limit: self.limit.unwrap_or(LIMIT_DEFAULT),
            cursor: self.cursor.as_deref(),
        };
        let mut hits = search::run(ctx, &wanted).await?;
        let too_broad = (hits.total > 0 && self.is_too_broad(ctx, query).await?).then_some(TOO_BROAD);
        if too_broad.is_some() {
            (hits.found, hits.next_cursor) = (vec![], None);
        }
        let similar = self.similar(ctx, query, &hits).await;
        let mut similar_names: Vec<_> = similar.iter().map(|near| near.name.clone()).collect();
        similar_names.dedup();
        let mut contacts = vec![];
        for found in hits.found {
            contacts.push(
                ContactView::of(ctx, found, &SHOWN, &asked, TextPart::first(TEXT_CHARACTERS_MAX)).await.in_list(),
            );
        }
        Ok(Matches {
            total: hits.total,
            total_is_lower_bound: hits.total_is_lower_bound,
            contacts,
            next_cursor: hits.next_cursor,
            searched: hits.searched,
            advice: (!similar.is_empty()).then_some(SIMILAR),
            similar_names,
            similar,
            too_broad,
        })
    }
}

impl SearchContacts {
    /// True for a search that names nobody, unless the operator allows it.
    async fn is_too_broad(&self, ctx: &Ctx, query: Option<&str>) -> Result<bool, ToolError> {
        if ctx.call.policy.broad_searches {
            return Ok(false);
        }
        let named = query.is_some_and(naming_words::any_in);
        Ok(!named && !filter::names_somebody(ctx, &self.filters).await?)
    }

    /// People with a name or an address like one that nobody has. They are a help: without them the answer stays right.
    async fn similar(&self, ctx: &Ctx, query: Option<&str>, hits: &search::Hits) -> Vec<Near> {
        let Some(query) = query.filter(|_| hits.total == 0 && self.cursor.is_none()) else { return vec![] };
        let found = match email_in_text::read(query) {
            Ok(Some(email)) => near_names::with_address(ctx, &email).await,
            _ if query.contains('@') => return vec![],
            _ => near_names::suggest(ctx, query).await,
        };
        found.unwrap_or_default()
    }

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
