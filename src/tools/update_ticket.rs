//! `update_ticket`: changes a ticket.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::records::diff::{self, Change};
use crate::records::edit::Edit;
use crate::records::error::Error;
use crate::records::stage::{self, PipelineStage};
use crate::records::{note, record_url, ticket, ticket_properties};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::code::Code;
use domain::id::RecordId;
use domain::text_cleaning::KEY_FORMAT;
use hubspot_client::{Object, Record};

const STAGE: &str = "hs_pipeline_stage";
/// The properties that are set by arguments.
const ARGUMENTS: [(&str, &str); 7] = [
    ("subject", "subject"),
    ("content", "content"),
    ("hs_pipeline", "stage"),
    (STAGE, "stage"),
    ("hs_ticket_priority", "priority"),
    ("hs_ticket_category", "category"),
    ("hubspot_owner_id", "owner"),
];

/// Change a ticket: its stage, priority, category, owner, subject or content; add a note. Answers what was before and is
/// after.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateTicket {
    /// The ticket's id from `find_tickets`, for example `33190415288`.
    ticket_id: RecordId,
    /// The stage's label or id within the ticket's pipeline, for example `Waiting on us`, or `close` or `reopen`.
    #[schemars(length(max = 255))]
    stage: Option<String>,
    /// How urgent it is, for example `HIGH`.
    #[schemars(length(max = 255))]
    priority: Option<String>,
    /// What it is about, for example `Billing Issue`.
    #[schemars(length(max = 900))]
    category: Option<String>,
    /// Whose ticket it is: id, e-mail address or name, for example `veronica@acme.com`.
    #[schemars(length(max = 255), extend("format" = KEY_FORMAT))]
    owner: Option<String>,
    /// The new title, for example `DUST-E installation`.
    #[schemars(length(max = 500))]
    subject: Option<String>,
    /// The new description, in place of the old, for example `It stops at the door.`
    content: Option<String>,
    /// Others, by name or label, `null` clears, for example `{"Resolution": "New wheel"}`.
    #[serde(default)]
    properties: Map<String, Value>,
    /// A note for colleagues, kept on the ticket and its contacts, for example `Called back, spare part ordered.`
    note: Option<String>,
    /// Refuse if somebody changed the ticket since: the `updated_at` of your last answer, for example `2026-11-22T15:00:00.000Z`.
    if_updated_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Updated {
    ticket_id: RecordId,
    /// By property, the stage by its label; empty when everything was so already.
    changes: BTreeMap<String, Change>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note_id: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept_by_hubspot: Vec<String>,
    /// Why the note is not there, although the ticket was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

impl Tool for UpdateTicket {
    const NAME: &'static str = "update_ticket";
    const TITLE: &'static str = "Change a ticket";
    const EFFECT: Effect = Effect::Update;
    const SCOPES: &'static [&'static str] = &["tickets", "crm.objects.contacts.write"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::verified(
        Subject::Ticket("ticket_id"),
        &["stage", "subject", "content", "note"],
        &["ticket_id", "changes", "warning"],
    );
    type Output = Updated;

    async fn call(self, ctx: &Ctx) -> Result<Updated, ToolError> {
        let note = note::checked("note", self.note.as_deref())?;
        let given = self.given()?;
        if given.is_empty() && self.properties.is_empty() && self.stage.is_none() && note.is_none() {
            let hint = "send `stage`, `note` or another argument beside `ticket_id`";
            return Err(ToolError::new(Code::InvalidInput, "there is nothing to change", hint));
        }
        let mut wanted = ticket_properties::edits(ctx, given, &self.properties, &ARGUMENTS).await?;
        let names: Vec<_> = wanted.keys().cloned().collect();
        let record = ticket::live(ctx, &self.ticket_id, &names).await?;
        let moved_to = self.moved_to(ctx, &record).await?;
        wanted.extend(moved_to.iter().map(|to| (STAGE.to_owned(), Edit::Text(to.stage.id.clone()))));
        diff::check_unchanged(ctx, Object::Tickets, &record, &wanted, self.if_updated_at).await?;
        let before = label(moved_to.as_ref(), &record);
        let url = record_url::url(ctx, Object::Tickets, &record).await;
        let mut updated = match diff::apply(ctx, Object::Tickets, record, &wanted, self.note.as_deref()).await {
            Err(Error::HubSpot(error)) => return Err(ticket_properties::explained(ctx, error).await.into()),
            updated => updated?,
        };
        if updated.changes.remove(STAGE).is_some() {
            let after = moved_to.map(|to| to.stage.label).unwrap_or_default();
            updated.changes.insert("stage".to_owned(), Change::of(&before, &after));
        }
        let (note_id, warning) = noted(ctx, &updated.id, note).await;
        Ok(Updated {
            ticket_id: updated.id,
            changes: updated.changes,
            note_id,
            updated_at: updated.updated_at,
            url,
            kept_by_hubspot: updated.kept_by_hubspot,
            warning,
        })
    }
}

impl UpdateTicket {
    /// The arguments other than the stage, by property.
    fn given(&self) -> Result<Map<String, Value>, ToolError> {
        let subject = self.subject.as_deref().map(ticket::subject).transpose()?;
        let given = [
            ("hs_ticket_priority", &self.priority),
            ("hs_ticket_category", &self.category),
            ("hubspot_owner_id", &self.owner),
            ("subject", &subject),
            ("content", &self.content),
        ];
        Ok(given.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into()))).collect())
    }

    async fn moved_to(&self, ctx: &Ctx, record: &Record) -> Result<Option<PipelineStage>, ToolError> {
        let Some(to) = &self.stage else { return Ok(None) };
        let now = |name: &str| record.get(name).unwrap_or_default();
        Ok(Some(stage::of_move(ctx, now("hs_pipeline"), now(STAGE), to).await?))
    }
}

/// The label of the ticket's present stage.
fn label(moved_to: Option<&PipelineStage>, record: &Record) -> String {
    let now = record.get(STAGE).unwrap_or_default();
    let stage = moved_to.and_then(|to| to.pipeline.stages.iter().find(|stage| stage.id == now));
    stage.map_or(now, |stage| &stage.label).to_owned()
}

/// Logs the note. A failure is a warning, because the ticket has been changed already.
async fn noted(ctx: &Ctx, ticket: &RecordId, text: Option<String>) -> (Option<RecordId>, Option<String>) {
    let Some(text) = text else { return (None, None) };
    match note::on_ticket(ctx, ticket, text).await {
        Ok(id) => (Some(id), None),
        Err(error) => {
            let error = ToolError::from(error);
            (None, Some(format!("the note was not kept: {}: {}", error.code, error.message)))
        }
    }
}
