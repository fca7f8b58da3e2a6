//! `create_task`: asks a colleague to do something for a customer.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::records::error::Error;
use crate::records::named_task::{self, NamedTask, TaskChange};
use crate::records::new_task::{self, Made, REACH, SaidReach};
use crate::records::task_text::{body, kind};
use crate::records::{account_zone, contact, equal_task, excerpt, note, owner, property_value, record_url, ticket};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError, named_tools, shared_turn};
use domain::code::Code;
use domain::contact_key::ContactKey;
use domain::dates;
use domain::id::{OwnerId, RecordId};
use domain::text_cleaning::KEY_FORMAT;
use domain::time_zone::{self, zone::Zone};
use hubspot_client::{NewTask, Object, Record};

/// The value of `owner` that leaves the task to whoever takes it.
const NOBODY: &str = "nobody";
/// The value of `owner` that names the contact's, also where the task is about a ticket, as `create_ticket` has it.
const CONTACT_OWNER: &str = "contact_owner";
/// Default due time of a task: at once.
const NOW: &str = "now";
const OWNER: &str = "hubspot_owner_id";
const QUEUE: &str = "hs_queue_membership_ids";
const SUBJECT: &str = "hs_task_subject";
const UNASSIGNED: &str = "nobody is assigned, so only who looks through the account's tasks will see it; send this again with \
                          `task_id` and an `owner`; `describe_crm` about `owners` lists them";
const UNREACHABLE: &str =
    "nobody can tell from the task how to reach the customer: ask them, and send this again with `reach` and `task_id`";
const QUEUE_UNCHECKED: &str = "HubSpot does not list this account's queues, so nobody checked that this one exists";

/// Ask a colleague to do for a customer what no tool can: call back, talk to them, move or cancel an appointment.
///
/// Promise only what `seen_by` says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateTask {
    /// What the customer wants, for example `Please cancel my appointment.`
    #[schemars(length(min = 1, max = 65536))]
    reason: String,
    /// A title, for example `Cancel the demo`.
    #[schemars(length(max = 500))]
    subject: Option<String>,
    /// The contact's id or address, for example `sarah@gmail.com`.
    contact: Option<ContactKey>,
    /// For example `33190415288`.
    ticket_id: Option<RecordId>,
    /// Id, address, name, or `nobody` (not the usual one); the ticket's or contact's owner unless said.
    #[schemars(length(max = 255), extend("format" = KEY_FORMAT))]
    owner: Option<String>,
    /// A queue's id, for example `859787765`.
    #[schemars(length(max = 255))]
    queue: Option<String>,
    /// When, for example `2026-12-01 15:00`; now unless said.
    #[schemars(length(max = 200))]
    due: Option<String>,
    /// That of `due`; the account's unless said.
    #[schemars(length(max = 100))]
    time_zone: Option<String>,
    /// How to reach them, for example `+1 702 555 0143` or `email`; as HubSpot knows unless said.
    #[schemars(length(max = 500))]
    reach: Option<String>,
    /// Changes this task, for example `83450290117`.
    task_id: Option<RecordId>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Answer {
    task_id: RecordId,
    subject: String,
    due: String,
    /// The name of the owner or of the queue, or `nobody`.
    seen_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<OwnerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reach: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// An equal task of the last ten minutes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// HubSpot's answer was lost; it was made once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
}

impl Tool for CreateTask {
    const NAME: &'static str = "create_task";
    const TITLE: &'static str = "Ask a colleague to do something";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read", "crm.objects.contacts.write"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::claimed(
        Subject::ContactOrTicket("contact", "ticket_id"),
        &["reason", "subject", "due", "time_zone", "reach", "task_id"],
        &[],
        &["subject", "due"],
    );
    type Output = Answer;

    async fn call(self, ctx: &Ctx) -> Result<Answer, ToolError> {
        let reason = note::checked("reason", Some(&self.reason))?;
        let reason = reason.ok_or_else(|| ToolError::input("reason", "it is empty"))?;
        let given = ticket::subject(self.subject.as_deref().unwrap_or_default())?;
        let given = Some(given).filter(|given| !given.is_empty());
        let due = self.due(ctx).await?;
        let about = self.about(ctx).await?;
        let assignee = self.assignee(ctx, &about).await?;
        let reach = SaidReach::read(self.reach.as_deref());
        let found = reach.of(about.contact.as_ref());
        if let Some(id) = &self.task_id {
            let change = TaskChange {
                reason,
                subject: given,
                reach: found.clone().filter(|_| self.reach.is_some()),
                known_reach: found,
                due: self.due.is_some().then(|| due.with_timezone(&Utc)),
                assigned: self.assigned(&assignee),
                usual_owner: assignee.owner,
                about: about.records(),
            };
            return changed(ctx, id, change, due.timezone()).await;
        }
        let subject = given.unwrap_or_else(|| excerpt::title(&self.reason));
        let reach = found;
        let task = NewTask {
            on: about.records(),
            subject: subject.clone(),
            body: body(reason, reach.as_deref()),
            due: due.with_timezone(&Utc),
            owner: assignee.owner.clone(),
            queue: assignee.queue.as_ref().map(|queue| queue.id.clone()),
            kind: kind(reach.as_deref()),
        };
        let on = task.on.first().map_or("", |(_, id)| id.as_str());
        let _turn = shared_turn::take(ctx, "task", &[on, &equal_task::words(&task)]).await?;
        let Made { record, already, recovered } = new_task::make(ctx, &task).await.map_err(refused)?;
        let kept = equal_task::due(&record).filter(|_| already).map(|kept| kept.with_timezone(&due.timezone()));
        Ok(Answer {
            url: record_url::url(ctx, Object::Tasks, &record).await,
            task_id: record.id,
            subject: excerpt::line(&subject),
            due: kept.unwrap_or(due).to_rfc3339(),
            seen_by: excerpt::line(&assignee.name),
            warning: warning(ctx, &assignee, reach.as_deref()),
            already,
            owner_id: assignee.owner,
            queue: assignee.queue.map(|queue| queue.id),
            reach: reach.as_deref().map(excerpt::line),
            contact_id: about.contact.map(|contact| contact.id),
            ticket_id: about.ticket.map(|ticket| ticket.id),
            recovered,
        })
    }
}

/// Changes the task that the caller names, and tells how it stands then.
async fn changed(ctx: &Ctx, id: &RecordId, change: TaskChange, zone: Zone) -> Result<Answer, ToolError> {
    let NamedTask { record, contacts, tickets } = named_task::change(ctx, id, &change).await?;
    let assignee = Assignee::of(ctx, &record).await;
    let reach = equal_task::reach(&record);
    Ok(Answer {
        url: record_url::url(ctx, Object::Tasks, &record).await,
        subject: excerpt::line(record.get(SUBJECT).unwrap_or_default()),
        due: equal_task::due(&record).unwrap_or_else(|| ctx.clock.now()).with_timezone(&zone).to_rfc3339(),
        seen_by: excerpt::line(&assignee.name),
        warning: warning(ctx, &assignee, reach.as_deref()),
        already: true,
        owner_id: assignee.owner,
        queue: assignee.queue.map(|queue| queue.id),
        reach: reach.as_deref().map(excerpt::line),
        contact_id: contacts.into_iter().next(),
        ticket_id: tickets.into_iter().next(),
        task_id: record.id,
        recovered: false,
    })
}

/// The reasons for which the task may help nobody.
fn warning(ctx: &Ctx, assignee: &Assignee, reach: Option<&str>) -> Option<String> {
    let unchecked = assignee.queue.as_ref().is_some_and(|queue| !queue.is_listed);
    let all = [(assignee.is_nobody(), UNASSIGNED), (unchecked, QUEUE_UNCHECKED), (reach.is_none(), UNREACHABLE)];
    let true_of: Vec<_> = all.into_iter().filter_map(|(is, text)| is.then_some(text)).collect();
    (!true_of.is_empty()).then(|| named_tools::without(&true_of.join("; "), &|name| ctx.lacks(name)))
}

/// The records that the task is about.
struct About {
    contact: Option<Record>,
    ticket: Option<Record>,
}

impl About {
    fn records(&self) -> Vec<(Object, RecordId)> {
        let contact = self.contact.iter().map(|contact| (Object::Contacts, contact.id.clone()));
        contact.chain(self.ticket.iter().map(|ticket| (Object::Tickets, ticket.id.clone()))).collect()
    }
}

/// The colleague or the queue that gets the task.
struct Assignee {
    /// The name under which people know it.
    name: String,
    owner: Option<OwnerId>,
    queue: Option<TaskQueue>,
}

/// Queue of HubSpot's tasks, by its id and name.
struct TaskQueue {
    id: String,
    name: String,
    /// HubSpot named it among the account's queues.
    is_listed: bool,
}

impl Assignee {
    /// Those who have a task.
    async fn of(ctx: &Ctx, record: &Record) -> Assignee {
        let owner = record.get(OWNER).and_then(|id| id.parse::<OwnerId>().ok());
        let queue = match record.get(QUEUE) {
            Some(id) => queue(ctx, id).await.ok(),
            None => None,
        };
        Assignee::named(ctx, owner, queue).await
    }

    async fn named(ctx: &Ctx, owner: Option<OwnerId>, queue: Option<TaskQueue>) -> Assignee {
        let queue_name = queue.as_ref().map(|queue| queue.name.clone());
        let name = match &owner {
            Some(id) => owner_name(ctx, id).await,
            None => queue_name.unwrap_or_else(|| NOBODY.to_owned()),
        };
        Assignee { name, owner, queue }
    }

    fn is_nobody(&self) -> bool {
        self.owner.is_none() && self.queue.is_none()
    }
}

impl CreateTask {
    async fn about(&self, ctx: &Ctx) -> Result<About, ToolError> {
        let read = [&[OWNER], &REACH[..]].concat();
        let ticket = match &self.ticket_id {
            Some(id) => Some(ticket::live(ctx, id, &[]).await?),
            None => None,
        };
        let contact = match (&self.contact, &ticket) {
            (Some(key), _) => Some(contact::live(ctx, key, &read).await?.record),
            (None, Some(ticket)) => only_contact(ctx, &ticket.id, &read).await,
            (None, None) => None,
        };
        Ok(About { contact, ticket })
    }

    /// HubSpot's properties of whom the caller has named, by name.
    fn assigned(&self, assignee: &Assignee) -> BTreeMap<String, String> {
        let owner = assignee.owner.as_ref().map_or_else(String::new, |id| id.as_str().to_owned());
        let owner = self.names_owner().then_some(owner);
        let queue = assignee.queue.as_ref().map(|queue| queue.id.clone());
        let named = [(OWNER, owner), (QUEUE, queue)].into_iter();
        named.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    fn names_owner(&self) -> bool {
        self.owner.as_deref().is_some_and(|owner| !owner.trim().is_empty())
    }

    /// The time at which it is due: now, the time that was named, or the beginning of the day or of its part.
    async fn due(&self, ctx: &Ctx) -> Result<DateTime<Zone>, ToolError> {
        let zone = match &self.time_zone {
            Some(name) => time_zone::parse(name, ctx.zone_rules)?,
            None => account_zone::read(ctx).await,
        };
        let words = self.due.as_deref().filter(|words| !words.trim().is_empty());
        Ok(dates::parse_due(words.unwrap_or(NOW), zone, ctx.clock.now())?)
    }

    /// The owner or the queue that was named, else the owner of the ticket or the contact who has not left.
    async fn assignee(&self, ctx: &Ctx, about: &About) -> Result<Assignee, ToolError> {
        let queue = match self.queue.as_deref().map(str::trim).filter(|queue| !queue.is_empty()) {
            Some(asked) => Some(queue(ctx, asked).await?),
            None => None,
        };
        let asked = self.owner.as_deref().map(str::trim).filter(|asked| !asked.is_empty());
        let owner = match asked {
            Some(NOBODY) => None,
            Some(CONTACT_OWNER) => present_owner(ctx, about.contact.iter()).await,
            Some(asked) => Some(owner::find(ctx, asked).await?),
            None if queue.is_some() => None,
            None => present_owner(ctx, about.ticket.iter().chain(&about.contact)).await,
        };
        Ok(Assignee::named(ctx, owner, queue).await)
    }
}

/// The contact of a ticket that has exactly one. Nobody named it, so it is left out if it cannot be read.
async fn only_contact(ctx: &Ctx, ticket: &RecordId, read: &[&str]) -> Option<Record> {
    let ids = ctx.hubspot.associations().of(Object::Tickets, ticket, Object::Contacts).await.ok()?;
    let [id] = &ids[..] else { return None };
    ctx.hubspot.contacts().by_id(id, read).await.ok()?
}

/// The owner of the first of these records who has not left. If an owner cannot be read, HubSpot decides.
async fn present_owner<'a>(ctx: &Ctx, records: impl Iterator<Item = &'a Record>) -> Option<OwnerId> {
    for record in records {
        let Some(id) = record.get(OWNER).and_then(|id| id.parse::<OwnerId>().ok()) else { continue };
        match ctx.hubspot.owners().by_id(&id).await {
            Ok(owner) if owner.as_ref().is_none_or(|owner| owner.archived) => {}
            _ => return Some(id),
        }
    }
    None
}

/// The owner's name, or the id where the name cannot be read.
async fn owner_name(ctx: &Ctx, id: &OwnerId) -> String {
    let read = ctx.hubspot.owners().by_id(id).await.ok().flatten().map(|found| owner::name(&found));
    read.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_string())
}

/// The task queue with this id or name. HubSpot lists an account's queues nowhere for sure, so an id is taken as it is.
async fn queue(ctx: &Ctx, asked: &str) -> Result<TaskQueue, ToolError> {
    let all = ctx.hubspot.properties().of(Object::Tasks.name()).await?;
    let property = all.iter().find(|property| property.name == QUEUE);
    if let Some(option) = property.and_then(|property| property_value::option(property, asked)) {
        return Ok(TaskQueue { id: option.value.clone(), name: option.label.clone(), is_listed: true });
    }
    let lists_none = property.is_some_and(|property| property.options.is_empty());
    if lists_none && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(TaskQueue { id: asked.to_owned(), name: format!("queue {asked}"), is_listed: false });
    }
    let known: Vec<_> =
        property.iter().flat_map(|property| &property.options).map(|one| excerpt::line(&one.label)).collect();
    let problem = match known.is_empty() {
        true => "HubSpot does not list this account's task queues: send the queue's id, or leave it out",
        false => "it is none of `queues`",
    };
    Err(ToolError::input("queue", problem).with("queues", known))
}

fn refused(error: hubspot_client::Error) -> ToolError {
    match error {
        hubspot_client::Error::ContactMissing => {
            let hint = "find the contact with `search_contacts`; nothing was created";
            ToolError::new(Code::ContactNotFound, "the contact does not exist any more", hint)
        }
        other => Error::from(other).into(),
    }
}
