//! `update_ticket`: changes a ticket.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::handoff::mark;
use crate::records::diff::{self, Change};
use crate::records::edit::Edit;
use crate::records::error::Error;
use crate::records::property_value::TEXT_CHARACTERS_MAX;
use crate::records::stage::{self, PipelineStage};
use crate::records::{note, overwrite_guard, owner_names, record_url, ticket, ticket_properties};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::code::Code;
use domain::id::RecordId;
use domain::text_cleaning::KEY_FORMAT;
use hubspot_client::{Object, Record};

const STAGE: &str = "hs_pipeline_stage";
const PIPELINE: &str = "hs_pipeline";
const CONTENT: &str = "content";
const OWNER: &str = "hubspot_owner_id";
/// The value of `owner` that leaves the ticket to whoever takes it.
const NOBODY: &str = "nobody";
const NOBODY_HAS_IT: &str = "it is open, and nobody has this ticket";
/// The properties that are set by arguments.
const ARGUMENTS: [(&str, &str); 7] = [
    ("subject", "subject"),
    (CONTENT, "content"),
    (PIPELINE, "stage"),
    (STAGE, "stage"),
    ("hs_ticket_priority", "priority"),
    ("hs_ticket_category", "category"),
    (OWNER, "owner"),
];

/// Change a ticket, or add a note. Answers what was before and is after. `customer_text` is data.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateTicket {
    /// The ticket's id from `find_tickets`, for example `33190415288`.
    ticket_id: RecordId,
    /// The stage's label or id, for example `Waiting on us`, another pipeline's label, or `close` or `reopen`.
    #[schemars(length(max = 255))]
    stage: Option<String>,
    /// How urgent it is, for example `HIGH`.
    #[schemars(length(max = 255))]
    priority: Option<String>,
    /// What it is about, for example `Billing Issue`.
    #[schemars(length(max = 900))]
    category: Option<String>,
    /// Whose ticket it is: id, e-mail address or name, for example `veronica@acme.com`, or `nobody`.
    #[schemars(length(max = 255), extend("format" = KEY_FORMAT))]
    owner: Option<String>,
    /// The new title, for example `DUST-E installation`.
    #[schemars(length(max = 500))]
    subject: Option<String>,
    /// In place of the old, for example `It stops at the door.`
    content: Option<String>,
    /// In place of `content`, a text to add to it, for example `Serial number: A-17.`
    append: Option<String>,
    /// Send `true` with a `content` that is much shorter than the old.
    #[serde(default)]
    replace: bool,
    /// Others, by name or label, `null` clears, for example `{"Resolution": "New wheel"}`.
    #[serde(default)]
    properties: Map<String, Value>,
    /// A note for colleagues, for example `Called back, spare part ordered.`
    note: Option<String>,
    /// Refuse if it changed since: your last `updated_at`, for example `2026-11-22T15:00:00.000Z`.
    if_updated_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Updated {
    ticket_id: RecordId,
    /// By argument or property, with labels and names; empty when everything was so already.
    changes: BTreeMap<String, Change>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note_id: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept_by_hubspot: Vec<String>,
    /// Why the note is not there, although the ticket was changed; or that nobody has the ticket.
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
        &["stage", "subject", "content", "append", "replace", "note"],
        &["ticket_id", "changes", "warning"],
    );
    type Output = Updated;

    async fn call(self, ctx: &Ctx) -> Result<Updated, ToolError> {
        let note = note::checked("note", self.note.as_deref())?;
        let given = self.given()?;
        let append = self.append.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if append.is_some() && self.content.is_some() {
            return Err(ToolError::input("append", "send either `content` or `append`"));
        }
        let nothing = given.is_empty() && self.properties.is_empty() && append.is_none();
        if nothing && self.stage.is_none() && note.is_none() {
            let hint = "send `stage`, `note` or another argument beside `ticket_id`";
            return Err(ToolError::new(Code::InvalidInput, "there is nothing to change", hint));
        }
        let mut wanted = ticket_properties::edits(ctx, given, &self.properties, &ARGUMENTS).await?;
        let names: Vec<_> = wanted.keys().cloned().collect();
        let record = ticket::live(ctx, &self.ticket_id, &names).await?;
        let moved_to = self.moved_to(ctx, &record).await?;
        if let Some(to) = &moved_to {
            wanted.insert(STAGE.to_owned(), Edit::Text(to.stage.id.clone()));
            if record.get(PIPELINE) != Some(&to.pipeline.id) {
                wanted.insert(PIPELINE.to_owned(), Edit::Text(to.pipeline.id.clone()));
            }
        }
        if let Some(text) = append {
            wanted.insert(CONTENT.to_owned(), Edit::Text(appended(record.get(CONTENT), text)?));
        }
        diff::check_unchanged(ctx, Object::Tickets, &record, &wanted, self.if_updated_at).await?;
        if let Some(content) = self.content.as_deref().filter(|_| !self.replace) {
            overwrite_guard::check(record.get(CONTENT).unwrap_or_default(), content)?;
        }
        let reopened = moved_to.as_ref().is_some_and(|to| !to.stage.closed) && wanted.contains_key(STAGE);
        let owner = record.get(OWNER).unwrap_or_default();
        let is_unowned = wanted.get(OWNER).map_or(owner.is_empty(), |edit| edit.on(owner).is_empty());
        let before = labels(ctx, &record).await;
        let url = record_url::url(ctx, Object::Tickets, &record).await;
        let mut updated = match diff::apply(ctx, Object::Tickets, record, &wanted, self.note.as_deref()).await {
            Err(Error::HubSpot(error)) => {
                return Err(ticket_properties::explained(ctx, error, &ARGUMENTS).await.into());
            }
            updated => updated?,
        };
        if let Some(to) = moved_to {
            by_label(&mut updated.changes, (STAGE, "stage"), &before.stage, &to.stage.label);
            by_label(&mut updated.changes, (PIPELINE, "pipeline"), &before.pipeline, &to.pipeline.label);
        }
        owner_names::show(&ctx.hubspot, &mut updated.changes).await;
        by_argument(&mut updated.changes);
        let (note_id, unkept) = noted(ctx, &updated.id, note).await;
        let unowned = (reopened && is_unowned).then(|| ticket::unowned(ctx, NOBODY_HAS_IT));
        let warnings: Vec<_> = unkept.into_iter().chain(unowned).collect();
        let warning = (!warnings.is_empty()).then(|| warnings.join("; "));
        if note_id.is_some() {
            // The note changes the ticket too. Without the time nobody can be told a wrong one.
            let now = ctx.hubspot.records(Object::Tickets).by_id(&updated.id, &["subject"]).await;
            updated.updated_at = now.ok().flatten().and_then(|record| record.updated_at);
        }
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
        let owner = self.owner.as_deref().map(str::trim);
        let given = [
            ("hs_ticket_priority", &self.priority),
            ("hs_ticket_category", &self.category),
            ("subject", &subject),
            (CONTENT, &self.content),
        ];
        let texts = given.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into())));
        let owner = owner.map(|owner| (OWNER.to_owned(), if owner == NOBODY { Value::Null } else { owner.into() }));
        Ok(texts.chain(owner).collect())
    }

    async fn moved_to(&self, ctx: &Ctx, record: &Record) -> Result<Option<PipelineStage>, ToolError> {
        let Some(to) = &self.stage else { return Ok(None) };
        let now = |name: &str| record.get(name).unwrap_or_default();
        if let Some(before) = stage::before_closing(ctx, record, to).await? {
            return Ok(Some(before));
        }
        Ok(Some(stage::of_move(ctx, now(PIPELINE), now(STAGE), to).await?))
    }
}

/// The labels of the ticket's present pipeline and stage.
struct Labels {
    pipeline: String,
    stage: String,
}

/// The ids where the pipelines cannot be read.
async fn labels(ctx: &Ctx, record: &Record) -> Labels {
    let now = |name: &str| record.get(name).unwrap_or_default().to_owned();
    let pipelines = ctx.hubspot.pipelines().tickets().await.unwrap_or_default();
    let (pipeline, stage) = ticket::labels(&pipelines, record).unwrap_or_else(|| (now(PIPELINE), now(STAGE)));
    Labels { pipeline, stage }
}

/// Shows a change of an id by labels, under the name that models know.
fn by_label(changes: &mut BTreeMap<String, Change>, (property, shown): (&str, &str), before: &str, after: &str) {
    if changes.remove(property).is_some() {
        changes.insert(shown.to_owned(), Change::of(before, after));
    }
}

/// Names the changes as the arguments that make them.
fn by_argument(changes: &mut BTreeMap<String, Change>) {
    for (property, argument) in ARGUMENTS.into_iter().filter(|(property, argument)| property != argument) {
        if let Some(change) = changes.remove(property) {
            changes.insert(argument.to_owned(), change);
        }
    }
}

/// The old text with another below it. A text that ends so already stays, so that a call can be repeated.
fn appended(before: Option<&str>, text: &str) -> Result<String, ToolError> {
    let before = before.unwrap_or_default().trim_end();
    let whole = match before {
        "" => text.to_owned(),
        before if before.ends_with(text) => before.to_owned(),
        before => format!("{before}\n\n{text}"),
    };
    match whole.chars().count() > TEXT_CHARACTERS_MAX {
        true => {
            Err(ToolError::input("append", format!("together they are longer than {TEXT_CHARACTERS_MAX} characters")))
        }
        false => Ok(whole),
    }
}

/// Logs the note. A failure is a warning, because the ticket has been changed already.
async fn noted(ctx: &Ctx, ticket: &RecordId, text: Option<String>) -> (Option<RecordId>, Option<String>) {
    let Some(text) = text else { return (None, None) };
    let text = mark::internal(text, &ctx.call.policy.handoff.mark);
    match note::on_ticket(ctx, ticket, text).await {
        Ok(id) => (Some(id), None),
        Err(error) => {
            let error = ToolError::from(error);
            (None, Some(format!("the note was not kept: {}: {}", error.code, error.message)))
        }
    }
}
