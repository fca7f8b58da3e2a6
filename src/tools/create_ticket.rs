//! `create_ticket`: opens a ticket for a customer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::records::changes::{self, Changes};
use crate::records::equal_ticket::EqualTicket;
use crate::records::stage::PipelineStage;
use crate::records::ticket::{TicketParts, TicketView};
use crate::records::{
    contact, equal_ticket, excerpt, owner, pipeline_hint, record_url, stage, ticket, ticket_properties,
};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError, shared_turn};
use domain::code::Code;
use domain::contact_key::ContactKey;
use domain::id::{OwnerId, RecordId};
use domain::text_cleaning::KEY_FORMAT;
use hubspot_client::{Created, Error, KeyLock, NewTicket, Object, Record, WriteKind};

/// The values of `owner` that stand for the owner of the contact, and for nobody.
const CONTACT_OWNER: &str = "contact_owner";
const NOBODY: &str = "nobody";
const PRIORITY: &str = "hs_ticket_priority";
const CATEGORY: &str = "hs_ticket_category";
const OWNER: &str = "hubspot_owner_id";
/// The properties that are set by arguments.
const ARGUMENTS: [(&str, &str); 7] = [
    ("subject", "subject"),
    ("content", "issue"),
    ("hs_pipeline", "pipeline"),
    ("hs_pipeline_stage", "stage"),
    (PRIORITY, "priority"),
    (CATEGORY, "category"),
    (OWNER, "owner"),
];
/// The warnings of a ticket that was to belong to the owner of its contact.
const NO_OWNER: &str = "the contact has no owner, so nobody has this ticket";
const OWNER_LEFT: &str = "the contact's owner has left the company, so nobody has this ticket";
const OWNER_UNREAD: &str = "the contact's owner could not be read, so nobody has this ticket";

/// Open a ticket for an existing customer who has a problem with a product.
///
/// An unknown contact leaves nothing behind. Without `pipeline` and `stage` it opens in the account's first open stage.
/// An equal open ticket of the last ten minutes is answered in place of a second: `already`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateTicket {
    /// The customer's contact id from `find_contact_by_email`, for example `84246479604`, or their e-mail address.
    cus_cid: ContactKey,
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
    /// Whose ticket it is: id, e-mail address or name, `nobody`, or unless said `contact_owner`.
    #[schemars(length(max = 255), extend("format" = KEY_FORMAT))]
    owner: Option<String>,
    /// Others, by name or label, for example `{"Source": "Chat"}`; an error names what the account requires.
    #[serde(default)]
    properties: Map<String, Value>,
}

/// The owner that the new ticket gets.
#[derive(Clone, Debug, Default)]
struct Assignment {
    owner: Option<OwnerId>,
    /// It is that of the contact, and not chosen by the caller.
    of_contact: bool,
    warning: Option<&'static str>,
}

/// Stage and values of the ticket that was asked for.
struct Wish<'a> {
    opened_in: &'a PipelineStage,
    priority: &'a Option<String>,
    assignment: &'a Assignment,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Opened {
    ticket_id: RecordId,
    subject: String,
    /// The pipeline's label.
    pipeline: String,
    /// The stage's label.
    stage: String,
    /// The priority's value, such as `HIGH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<OwnerId>,
    /// The name of the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// An equal ticket was opened in the last ten minutes; this is that one, and no other was made.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already: bool,
    /// A pipeline whose name fits the issue; `update_ticket` with it as `stage` moves the ticket there.
    #[serde(skip_serializing_if = "Option::is_none")]
    fitting_pipeline: Option<String>,
    /// The ticket's page in HubSpot.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// HubSpot's answer was lost and the ticket was found to exist: it was created once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
}

const OUTCOME_UNKNOWN: Error = Error::OutcomeUnknown { write: WriteKind::Ticket, refusal: None };

impl Tool for CreateTicket {
    const NAME: &'static str = "create_ticket";
    const TITLE: &'static str = "Open a ticket";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["tickets"];
    const CUSTOMERS: Option<CustomerUse> =
        CustomerUse::claimed(Subject::Contact("cus_cid"), &["issue", "subject"], &[], &["ticket_id", "subject"]);
    type Output = Opened;

    async fn call(self, ctx: &Ctx) -> Result<Opened, ToolError> {
        let content = self.issue.trim();
        let subject = match ticket::subject(self.subject.as_deref().unwrap_or_default())? {
            given if given.is_empty() => excerpt::title(content),
            given => given,
        };
        let opened_in = stage::of_new(ctx, self.pipeline.as_deref(), self.stage.as_deref()).await?;
        let mut chosen = self.chosen(ctx).await?;
        let priority = chosen.remove(PRIORITY);
        let contact = contact::id_of(ctx, &self.cus_cid).await?;
        // An equal call that is under way ends first, and its ticket is then found.
        let words = equal_ticket::words(content);
        let lock = ctx.hubspot.tickets().lock(&contact, &words).await;
        let turn = shared_turn::take(ctx, "ticket", &[contact.as_str(), &words]).await?;
        let wanted = equal_ticket::TicketDraft { contact: &contact, subject: &subject, content, chosen: &chosen };
        let (assignment, equal) = futures::join!(self.assignment(ctx, &contact), equal_ticket::find(ctx, wanted));
        let assignment = assignment?;
        let beside = match equal {
            // The answer to an equal call was lost: it is not known whether this would be a second ticket.
            Err(_) if lock.is_in_doubt() => return Err(OUTCOME_UNKNOWN.into()),
            Ok(Some(EqualTicket::Equal(record))) => {
                let wish = Wish { opened_in: &opened_in, priority: &priority, assignment: &assignment };
                let warning = as_sent(&self.differing(&record, &wish));
                return Ok(Opened { warning, ..Opened::already(ctx, record).await? });
            }
            Ok(Some(EqualTicket::OtherSubject(record))) => Some(same_text(&record)),
            // Without the look-up, a second ticket of another process is better than none.
            Ok(None) | Err(_) => None,
        };
        let new = NewTicket {
            subject: subject.clone(),
            content: content.to_owned(),
            pipeline: opened_in.pipeline.id.clone(),
            stage: opened_in.stage.id.clone(),
            priority: priority.clone(),
            category: chosen.remove(CATEGORY),
            owner: assignment.owner.clone(),
            properties: chosen,
            key: None,
            contact: Some(contact),
        };
        let fitting_pipeline = self.fitting_pipeline(ctx, &new).await;
        turn.lasts().await?;
        let (created, assignment) = create(ctx, new, assignment, lock).await?;
        let url = record_url::url(ctx, Object::Tickets, &created.value).await;
        let owner = match &assignment.owner {
            Some(id) => owner::name_of(&ctx.hubspot, id).await,
            None => None,
        };
        Ok(Opened {
            ticket_id: created.value.id,
            subject: excerpt::line(&subject),
            pipeline: excerpt::line(&opened_in.pipeline.label),
            stage: excerpt::line(&opened_in.stage.label),
            priority,
            warning: beside.or_else(|| assignment.warning.map(|why| ticket::unowned(ctx, why))),
            owner_id: assignment.owner,
            owner,
            already: false,
            fitting_pipeline,
            url,
            recovered: created.recovered,
        })
    }
}

impl CreateTicket {
    /// Arguments whose value differs from the ticket of an earlier equal call.
    fn differing(&self, record: &Record, wish: &Wish<'_>) -> Vec<&'static str> {
        let has = |property: &str, value: &str| record.get(property).unwrap_or_default() == value;
        let owner = wish.assignment.owner.as_ref().map_or("", |owner| owner.as_str());
        let sent = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        [
            ("pipeline", sent(&self.pipeline), has("hs_pipeline", &wish.opened_in.pipeline.id)),
            ("stage", sent(&self.stage), has("hs_pipeline_stage", &wish.opened_in.stage.id)),
            ("priority", sent(&self.priority), has(PRIORITY, wish.priority.as_deref().unwrap_or_default())),
            ("owner", sent(&self.owner), has(OWNER, owner)),
        ]
        .into_iter()
        .filter_map(|(argument, sent, has)| (sent && !has).then_some(argument))
        .collect()
    }

    /// The priority, the category and `properties`, checked against the account's definitions.
    async fn chosen(&self, ctx: &Ctx) -> Result<Changes, ToolError> {
        let given = [(PRIORITY, &self.priority), (CATEGORY, &self.category)];
        let given = given.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into())));
        let edits = ticket_properties::edits(ctx, given.collect(), &self.properties, &ARGUMENTS).await?;
        Ok(changes::of_new(edits))
    }

    async fn assignment(&self, ctx: &Ctx, contact: &RecordId) -> Result<Assignment, ToolError> {
        let asked = self.owner.as_deref().map(str::trim).filter(|asked| !asked.is_empty());
        match asked {
            Some(NOBODY) => return Ok(Assignment::default()),
            Some(asked) if asked != CONTACT_OWNER => {
                return Ok(Assignment { owner: Some(owner::find(ctx, asked).await?), ..Assignment::default() });
            }
            _ => {}
        }
        match ctx.hubspot.contacts().by_id(contact, &[OWNER]).await {
            Ok(Some(record)) => Ok(of_contact(ctx, &record).await),
            Ok(None) => Err(missing(contact)),
            // Nobody asked for the contact's owner, so a ticket without one is better than none.
            Err(_) if asked.is_none() => {
                Ok(Assignment { of_contact: true, warning: Some(OWNER_UNREAD), ..Assignment::default() })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The pipeline that the ticket would better be in, if the caller has chosen none.
    async fn fitting_pipeline(&self, ctx: &Ctx, new: &NewTicket) -> Option<String> {
        if self.pipeline.is_some() || self.stage.is_some() {
            return None;
        }
        let pipelines = ctx.hubspot.pipelines().tickets().await.ok()?;
        let text = format!("{} {}", new.subject, new.content);
        let fitting = pipeline_hint::fitting(&pipelines, &new.pipeline, &text)?;
        Some(excerpt::line(&fitting.label))
    }
}

impl Opened {
    /// The answer for a ticket that an equal call has opened.
    async fn already(ctx: &Ctx, record: Record) -> Result<Opened, ToolError> {
        let priority = record.get(PRIORITY).map(excerpt::line);
        let mut views = ticket::views(ctx, vec![record], TicketParts { content: None, properties: &[] }).await?;
        let Some(TicketView { ticket_id, subject, pipeline, stage, owner_id, owner, url, .. }) = views.pop() else {
            return Err(ToolError::new(Code::Internal, "the ticket could not be shown", "report this fault"));
        };
        let (already, recovered, fitting_pipeline, warning) = (true, false, None, None);
        Ok(Opened {
            ticket_id,
            subject,
            pipeline,
            stage,
            priority,
            owner_id,
            owner,
            warning,
            already,
            fitting_pipeline,
            url,
            recovered,
        })
    }
}

/// Names the ticket that may be meant.
fn same_text(record: &Record) -> String {
    format!(
        "ticket {} has the same text under another subject: if both are one, `update_ticket` closes this one",
        record.id
    )
}

/// Names the arguments that were not carried out, since the ticket was there already.
fn as_sent(differing: &[&str]) -> Option<String> {
    let (pipeline, names) = (differing.contains(&"pipeline"), differing.join("`, `"));
    let how = if pipeline { ", the pipeline by its label as `stage`" } else { "" };
    (!differing.is_empty()).then(|| format!("not as you sent: `{names}`; `update_ticket` changes it{how}"))
}

/// The owner of the contact, if there is one who has not left.
async fn of_contact(ctx: &Ctx, contact: &Record) -> Assignment {
    let Some(id) = contact.get(OWNER).and_then(|id| id.parse().ok()) else {
        return Assignment { owner: None, of_contact: true, warning: Some(NO_OWNER) };
    };
    match ctx.hubspot.owners().by_id(&id).await {
        Ok(owner) if owner.as_ref().is_none_or(|owner| owner.archived) => left(),
        // If the owner cannot be read, HubSpot decides.
        _ => Assignment { owner: Some(id), of_contact: true, warning: None },
    }
}

fn left() -> Assignment {
    Assignment { owner: None, of_contact: true, warning: Some(OWNER_LEFT) }
}

/// Creates the ticket; without its owner if that is the contact's and HubSpot refuses them, who left since they were read.
async fn create(
    ctx: &Ctx,
    new: NewTicket,
    assignment: Assignment,
    lock: KeyLock,
) -> Result<(Created<Record>, Assignment), ToolError> {
    match ctx.hubspot.tickets().create_locked(&new, lock.clone()).await {
        Ok(created) => Ok((created, assignment)),
        Err(error) if assignment.of_contact && is_about_owner_alone(&error) => {
            let unowned = NewTicket { owner: None, ..new };
            match ctx.hubspot.tickets().create_locked(&unowned, lock).await {
                Ok(created) => Ok((created, left())),
                Err(error) => Err(refused(ctx, error, unowned.contact.as_ref()).await),
            }
        }
        Err(error) => Err(refused(ctx, error, new.contact.as_ref()).await),
    }
}

fn is_about_owner_alone(error: &Error) -> bool {
    let Error::Rejected { problems } = error else { return false };
    !problems.is_empty() && problems.iter().all(|problem| problem.property.as_deref() == Some(OWNER))
}

async fn refused(ctx: &Ctx, error: Error, contact: Option<&RecordId>) -> ToolError {
    match (error, contact) {
        (Error::ContactMissing, Some(contact)) => missing(contact),
        (other, _) => ticket_properties::explained(ctx, other, &ARGUMENTS).await.into(),
    }
}

fn missing(contact: &RecordId) -> ToolError {
    let hint = "get the id from `find_contact_by_email`; nothing was created";
    ToolError::new(Code::ContactNotFound, format!("no contact has the id `{contact}`"), hint)
}
