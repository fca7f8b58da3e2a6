//! Lookup of one ticket, and a ticket as a model reads it.

use std::collections::BTreeMap;

use futures::future::join_all;
use schemars::JsonSchema;
use serde::Serialize;

use super::error::Error;
use super::excerpt::{self, TextPart};
use super::free_text::FreeText;
use super::{owner, record_url};
use crate::tool::{Ctx, named_tools};
use domain::id::{OwnerId, RecordId};
use hubspot_client::{Object, Pipeline, Record};

/// The properties that are read of a ticket.
pub const PROPERTIES: [&str; 8] = [
    "subject",
    "content",
    "hs_pipeline",
    "hs_pipeline_stage",
    "hs_ticket_priority",
    "hs_ticket_category",
    "hubspot_owner_id",
    CLOSED,
];

/// The instant of the last closing, which HubSpot keeps when a ticket is reopened.
const CLOSED: &str = "closed_date";

const CONTENT: &str = "content";

/// The longest title; a longer text is a description.
const SUBJECT_CHARACTERS_MAX: usize = 255;

/// A title on one line, as it is stored.
pub fn subject(text: &str) -> Result<String, Error> {
    let subject = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match subject.chars().count() > SUBJECT_CHARACTERS_MAX {
        true => {
            Err(Error::argument("subject", format!("it is a title of at most {SUBJECT_CHARACTERS_MAX} characters")))
        }
        false => Ok(subject),
    }
}

/// A ticket with the labels of its pipeline and stage.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TicketView {
    /// The ticket's id.
    pub ticket_id: RecordId,
    /// Cut after 200 characters, with an ellipsis.
    pub subject: String,
    /// The subject begins the content: data too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub subject_is_customer_text: bool,
    /// The pipeline's label.
    pub pipeline: String,
    /// The stage's label.
    pub stage: String,
    /// The stage is an open one.
    pub open: bool,
    /// The priority's value, such as `HIGH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The category's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The owner's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<OwnerId>,
    /// The owner's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The time of creation, as HubSpot writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// Time of closing; `None` for an open ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// The time of the last change, as HubSpot writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// The part of the `content` that was requested, and other long texts by internal name, as a customer wrote them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub customer_text: BTreeMap<String, String>,
    /// The content is longer; `text_from` set to `text_next` shows how it goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Position of the rest of the content, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_next: Option<usize>,
    /// The requested properties by internal name; an empty text is one without a value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
    /// The ticket's page in HubSpot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The ticket was archived: it cannot be changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

/// The ticket with this id, live or archived, with its usual properties and `more`.
pub async fn look(ctx: &Ctx, id: &RecordId, more: &[String]) -> Result<Record, Error> {
    let tickets = ctx.hubspot.records(Object::Tickets);
    let names = names(more);
    let record = match tickets.by_id(id, &names).await? {
        Some(record) => Some(record),
        None => tickets.archived(id, &names).await?,
    };
    record.ok_or_else(|| Error::TicketUnknown(id.clone()))
}

/// The usual properties and `more`.
pub fn names(more: &[String]) -> Vec<&str> {
    let further = more.iter().map(String::as_str).filter(|name| !PROPERTIES.contains(name));
    PROPERTIES.into_iter().chain(further).collect()
}

/// The live ticket with this id.
pub async fn live(ctx: &Ctx, id: &RecordId, more: &[String]) -> Result<Record, Error> {
    let record = look(ctx, id, more).await?;
    if record.archived { Err(Error::TicketArchived(id.clone())) } else { Ok(record) }
}

/// The warning that nobody has the ticket, and why, with the next step.
pub fn unowned(ctx: &Ctx, why: &str) -> String {
    let warning =
        format!("{why}; `update_ticket` with `owner` gives it to somebody; `describe_crm` about `owners` lists them");
    named_tools::without(&warning, &|name| ctx.lacks(name))
}

/// True for a ticket in an open stage. A ticket whose stage was deleted counts as open.
pub fn is_open(pipelines: &[Pipeline], record: &Record) -> bool {
    stage(pipelines, record).is_none_or(|(_, _, closed)| !closed)
}

/// The labels of the pipeline and the stage, each on one line.
pub fn labels(pipelines: &[Pipeline], record: &Record) -> Option<(String, String)> {
    stage(pipelines, record).map(|(pipeline, stage, _)| (excerpt::line(pipeline), excerpt::line(stage)))
}

/// The labels of the pipeline and the stage, and true for a closed stage.
fn stage<'a>(pipelines: &'a [Pipeline], record: &Record) -> Option<(&'a str, &'a str, bool)> {
    let pipeline = pipelines.iter().find(|one| Some(one.id.as_str()) == record.get("hs_pipeline"))?;
    let stage = pipeline.stages.iter().find(|one| Some(one.id.as_str()) == record.get("hs_pipeline_stage"))?;
    Some((&pipeline.label, &stage.label, stage.closed))
}

/// True for a title that was made of the description.
fn is_beginning(subject: &str, content: &str) -> bool {
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let start = folded(subject);
    let start = start.trim_end_matches(['\u{2026}', '.', '!', '?']).trim_end();
    !start.is_empty() && folded(content).starts_with(start)
}

/// The parts of a ticket that are shown beside the usual ones.
#[derive(Clone, Copy, Debug)]
pub struct TicketParts<'a> {
    /// This part of the content, or none of it.
    pub content: Option<TextPart>,
    /// The internal names of further properties.
    pub properties: &'a [String],
}

/// Several tickets as a model reads them. Their owners are read together.
pub async fn views(ctx: &Ctx, records: Vec<Record>, shown: TicketParts<'_>) -> Result<Vec<TicketView>, Error> {
    let pipelines = ctx.hubspot.pipelines().tickets().await?;
    let free = FreeText::among(ctx, Object::Tickets, shown.properties.iter().map(String::as_str)).await;
    let (pipelines, free) = (&pipelines, &free);
    Ok(join_all(records.into_iter().map(|record| async move { view(ctx, pipelines, free, record, shown).await })).await)
}

async fn view(
    ctx: &Ctx,
    pipelines: &[Pipeline],
    free: &FreeText,
    record: Record,
    shown: TicketParts<'_>,
) -> TicketView {
    let property = |name: &str| record.get(name).map(excerpt::line);
    let owner_id: Option<OwnerId> = record.get("hubspot_owner_id").and_then(|id| id.parse().ok());
    let owner = match &owner_id {
        // The ticket is shown without the name if the name cannot be read.
        Some(id) => owner::name_of(&ctx.hubspot, id).await,
        None => None,
    };
    let unknown = |name: &str| property(name).unwrap_or_default();
    let (pipeline, stage) =
        labels(pipelines, &record).unwrap_or_else(|| (unknown("hs_pipeline"), unknown("hs_pipeline_stage")));
    let excerpt = shown.content.and_then(|part| Some(part.of(record.get(CONTENT)?)));
    let further = |name: &String| (name.clone(), record.get(name).unwrap_or_default().to_owned());
    let (properties, mut customer_text) = free.apart(shown.properties.iter().map(further));
    let text_next = excerpt.as_ref().and_then(|excerpt| excerpt.next);
    customer_text.extend(excerpt.map(|excerpt| (CONTENT.to_owned(), excerpt.text)));
    let open = is_open(pipelines, &record);
    let subject = record.get("subject").unwrap_or_default();
    TicketView {
        subject_is_customer_text: is_beginning(subject, record.get(CONTENT).unwrap_or_default()),
        closed_at: property(CLOSED).filter(|_| !open),
        subject: excerpt::line(subject),
        pipeline,
        stage,
        open,
        priority: property("hs_ticket_priority"),
        category: property("hs_ticket_category"),
        owner_id,
        owner,
        customer_text,
        truncated: text_next.is_some(),
        text_next,
        properties,
        url: record_url::url(ctx, Object::Tickets, &record).await,
        ticket_id: record.id,
        created_at: record.created_at,
        updated_at: record.updated_at,
        archived: record.archived,
    }
}
