//! `create_ticket`: opens a ticket for a customer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use crate::records::changes::{self, Changes};
use crate::records::{owner, record_url, stage, ticket};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::code::Code;
use domain::id::{OwnerId, RecordId};
use hubspot_client::{self, NewTicket, Object};

/// The length at which a subject made from the issue is cut, between words.
const SUBJECT_CHARACTERS_MAX: usize = 80;
/// The value of `owner` that stands for the owner of the contact.
const CONTACT_OWNER: &str = "contact_owner";
const PRIORITY: &str = "hs_ticket_priority";
const CATEGORY: &str = "hs_ticket_category";

/// Open a ticket for an existing customer who has a problem with a product.
///
/// The ticket is created with its contact in one step, so an unknown contact leaves nothing behind. Without `pipeline`
/// and `stage` it opens in the account's first ticket pipeline, in its first open stage.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateTicket {
    /// The customer's contact id from `find_contact_by_email`, for example `84246479604`.
    cus_cid: RecordId,
    /// The customer's problem in their words, for example `I have an issue in installing the DUST-E robot`.
    #[schemars(length(min = 1, max = 65536))]
    issue: String,
    /// A short title, for example `DUST-E installation`; without it the beginning of the issue.
    #[schemars(length(max = 500))]
    subject: Option<String>,
    /// The pipeline's label or id, for example `Support Pipeline`.
    #[schemars(length(max = 255))]
    pipeline: Option<String>,
    /// The stage's label or id, for example `New`.
    #[schemars(length(max = 255))]
    stage: Option<String>,
    /// How urgent it is, for example `HIGH`.
    #[schemars(length(max = 255))]
    priority: Option<String>,
    /// What it is about, for example `Billing Issue`.
    #[schemars(length(max = 900))]
    category: Option<String>,
    /// Whose ticket it is: id, e-mail address or name, for example `veronica@acme.com`, or `contact_owner`.
    #[schemars(length(max = 255))]
    owner: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Opened {
    ticket_id: RecordId,
    subject: String,
    /// The pipeline's label.
    pipeline: String,
    /// The stage's label.
    stage: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<OwnerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    /// The ticket's page in HubSpot.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// HubSpot's answer was lost and the ticket was found to exist: it was created once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
}

impl Tool for CreateTicket {
    const NAME: &'static str = "create_ticket";
    const TITLE: &'static str = "Open a ticket";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["tickets"];
    type Output = Opened;

    async fn call(self, ctx: &Ctx) -> Result<Opened, ToolError> {
        let issue = self.issue.trim();
        let subject = match ticket::subject(self.subject.as_deref().unwrap_or_default())? {
            given if given.is_empty() => subject_of(issue),
            given => given,
        };
        let opened_in = stage::of_new(ctx, self.pipeline.as_deref(), self.stage.as_deref()).await?;
        let mut chosen = self.chosen(ctx).await?;
        let owner = self.owner(ctx).await?;
        let of_contact = self.owner.as_deref().map(str::trim) == Some(CONTACT_OWNER);
        let new = NewTicket {
            contact: self.cus_cid.clone(),
            subject: subject.clone(),
            content: issue.to_owned(),
            pipeline: opened_in.pipeline.id,
            stage: opened_in.stage.id,
            priority: chosen.remove(PRIORITY),
            category: chosen.remove(CATEGORY),
            owner: owner.clone(),
            properties: chosen,
        };
        let created = ctx.hubspot.tickets().create(&new).await.map_err(|error| refused(error, &self.cus_cid))?;
        let url = record_url::url(ctx, Object::Tickets, &created.value).await;
        Ok(Opened {
            ticket_id: created.value.id,
            subject,
            pipeline: opened_in.pipeline.label,
            stage: opened_in.stage.label,
            warning: (of_contact && owner.is_none()).then_some("the contact has no owner, so nobody has this ticket"),
            owner_id: owner,
            url,
            recovered: created.recovered,
        })
    }
}

impl CreateTicket {
    /// The priority and the category, checked against the account's options.
    async fn chosen(&self, ctx: &Ctx) -> Result<Changes, ToolError> {
        let given = [(PRIORITY, &self.priority), (CATEGORY, &self.category)];
        let given = given.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into())));
        let given: Map<_, _> = given.collect();
        if given.is_empty() { Ok(Changes::new()) } else { Ok(changes::read(ctx, Object::Tickets, &given).await?) }
    }

    /// The owner of the ticket; `None` for `contact_owner` of a contact without an owner.
    async fn owner(&self, ctx: &Ctx) -> Result<Option<OwnerId>, ToolError> {
        match self.owner.as_deref().map(str::trim).filter(|asked| !asked.is_empty()) {
            None => Ok(None),
            Some(CONTACT_OWNER) => {
                let contact = ctx.hubspot.contacts().by_id(&self.cus_cid, &["hubspot_owner_id"]).await?;
                let contact = contact.ok_or_else(|| missing(&self.cus_cid))?;
                Ok(contact.get("hubspot_owner_id").and_then(|id| id.parse().ok()))
            }
            Some(asked) => Ok(Some(owner::find(ctx, asked).await?)),
        }
    }
}

fn refused(error: hubspot_client::Error, contact: &RecordId) -> ToolError {
    match error {
        hubspot_client::Error::ContactMissing => missing(contact),
        other => other.into(),
    }
}

fn missing(contact: &RecordId) -> ToolError {
    let hint = "get the id from `find_contact_by_email`; nothing was created";
    ToolError::new(Code::ContactNotFound, format!("no contact has the id `{contact}`"), hint)
}

/// The first line of the issue, cut at a word.
fn subject_of(issue: &str) -> String {
    let line = issue.lines().next().unwrap_or_default().trim();
    if line.chars().count() <= SUBJECT_CHARACTERS_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(SUBJECT_CHARACTERS_MAX).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", whole_words.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_the_beginning_of_the_issue() {
        assert_eq!(subject_of("It beeps.\nAll day."), "It beeps.");
        let long = subject_of(&"robot ".repeat(40));
        assert!(long.ends_with("robot…") && long.chars().count() <= SUBJECT_CHARACTERS_MAX + 1, "{long}");
        assert_eq!(subject_of(&"é".repeat(200)).chars().count(), SUBJECT_CHARACTERS_MAX + 1);
    }
}
