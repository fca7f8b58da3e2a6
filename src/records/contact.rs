//! The contact that is meant.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::tool::field::Field;
use crate::tool::question::Question;
use crate::tool::{Ctx, ToolError};
use domain::code::Code;
use domain::contact_key::ContactKey;
use domain::id::RecordId;
use hubspot_client::{self, Object, Record};

/// Candidates that an error lists.
const CANDIDATES_MAX: usize = 5;
const SHOWN: [&str; 4] = ["email", "firstname", "lastname", "company"];

/// A contact, and how it came to be the one.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundContact {
    pub record: Record,
    /// The id that was asked for and that was merged into this contact.
    pub merged_from: Option<RecordId>,
}

impl FoundContact {
    pub fn of(record: Record) -> FoundContact {
        FoundContact { record, merged_from: None }
    }
}

/// The live contact that `key` names, with these properties; else an error that says what became of it.
pub async fn live(ctx: &Ctx, key: &ContactKey, properties: &[&str]) -> Result<FoundContact, ToolError> {
    let found = look(ctx, key, properties).await?;
    match found {
        Some(found) if found.record.archived => Err(archived(&found.record)),
        Some(found) => Ok(found),
        None => Err(missing(key)),
    }
}

/// The contact that `key` names, be it live or archived. HubSpot's lagging index is not asked.
pub async fn look(ctx: &Ctx, key: &ContactKey, properties: &[&str]) -> Result<Option<FoundContact>, ToolError> {
    match key {
        ContactKey::Email(email) => match ctx.hubspot.contacts().by_email(email, properties).await {
            Ok(record) => Ok(record.map(FoundContact::of)),
            Err(hubspot_client::Error::Ambiguous { ids }) => chosen(ctx, ids, properties).await,
            Err(error) => Err(error.into()),
        },
        ContactKey::Id(id) => {
            let record = match ctx.hubspot.contacts().by_id(id, properties).await? {
                Some(record) => Some(record),
                None => ctx.hubspot.records(Object::Contacts).archived(id, properties).await?,
            };
            Ok(record.map(|record| FoundContact { merged_from: (record.id != *id).then(|| id.clone()), record }))
        }
    }
}

pub fn missing(key: &ContactKey) -> ToolError {
    match key {
        ContactKey::Email(_) => {
            let hint = "check the spelling, or look for the name with `search_contacts`; `create_contact` adds them";
            ToolError::new(Code::UserNotFound, "no contact has this e-mail address", hint)
        }
        ContactKey::Id(id) => {
            let hint = "find the contact with `search_contacts` and use the id from there";
            ToolError::new(Code::ContactNotFound, format!("no contact has the id `{id}`"), hint)
        }
    }
}

fn archived(record: &Record) -> ToolError {
    let hint = "a person can restore it in HubSpot within 90 days; `get_contact` still reads it";
    ToolError::new(Code::Archived, format!("the contact `{}` is archived", record.id), hint)
}

/// The one of several that the person means; where nobody can be asked, the candidates.
async fn chosen(ctx: &Ctx, ids: Vec<RecordId>, properties: &[&str]) -> Result<Option<FoundContact>, ToolError> {
    let shown = ids.iter().take(CANDIDATES_MAX);
    let reads = join_all(shown.map(async |id| ctx.hubspot.contacts().by_id(id, &SHOWN).await)).await;
    let records: Vec<_> = reads.into_iter().filter_map(Result::ok).flatten().collect();
    let message = format!("{} contacts have this e-mail address", ids.len());
    let hint = "ask which one is meant and send its id in place of the address";
    let choices = records.iter().map(|record| (record.id.to_string(), title(record)));
    let form = Question::new("same_address", format!("{message}. Who is meant?"), hint)
        .field(Field::choice("who", "Contact", choices).required());
    let candidates: Vec<_> = records.iter().map(candidate).collect();
    let answer = ctx.ask(form).await.map_err(|mut error| {
        (error.code, error.message) = (Code::Ambiguous, message);
        error.with("ids", &ids).with("candidates", candidates)
    })?;
    let answers = answer.accepted("the choice between contacts with the same address")?;
    let id = answers.text("who").and_then(|id| ids.iter().find(|known| known.as_str() == id));
    let Some(id) = id else { return Ok(None) };
    Ok(ctx.hubspot.contacts().by_id(id, properties).await?.map(FoundContact::of))
}

/// How a person tells contacts apart.
pub fn title(record: &Record) -> String {
    let parts = ["firstname", "lastname", "email", "company"].map(|name| record.get(name).unwrap_or_default());
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// A contact in a list to choose from.
pub fn candidate(record: &Record) -> Value {
    let mut shown = json!({ "contact_id": record.id });
    for name in SHOWN {
        if let Some(value) = record.get(name) {
            shown[name] = value.into();
        }
    }
    shown
}
