//! Tasks: what a colleague has to do for a customer, and by when.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::api::associations::AssociationsState;
use crate::api::create_record::{NewRecord, RecordCreator, RecordKind};
use crate::api::records::RecordsState;
use crate::error::Error;
use crate::object::Object;
use crate::record::{Created, Record};
use crate::transport::call_scope::CallScope;
use crate::writes::key_lock::{KeyLock, KeyLocks};
use crate::writes::kind::WriteKind;
use domain::id::{OwnerId, RecordId};

const TASK: RecordKind = RecordKind {
    object: Object::Tasks,
    write: WriteKind::Task,
    match_by: &["hs_task_subject", "hs_task_body", "hs_timestamp"],
};

/// A task to make (HubSpot, tasks API).
#[derive(Clone, PartialEq, Eq)]
pub struct NewTask {
    /// The contact and the ticket on whose timelines it stands. Without any, a lost answer cannot be looked up.
    pub on: Vec<(Object, RecordId)>,
    /// Title in the list of tasks.
    pub subject: String,
    /// The text in HTML, at most 65,536 characters.
    pub body: String,
    /// The instant at which it is due.
    pub due: DateTime<Utc>,
    /// The owner who has to do it; nobody if empty.
    pub owner: Option<OwnerId>,
    /// HubSpot's id of the queue of tasks to which it belongs.
    pub queue: Option<String>,
    /// The kind of work.
    pub kind: TaskKind,
}

/// The kinds of tasks (HubSpot's `hs_task_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// Work that is neither a call nor an e-mail.
    ToDo,
    /// A call to the contact.
    Call,
    /// An e-mail to the contact.
    Email,
}

/// The tasks of the account.
#[derive(Debug)]
pub struct Tasks<'a> {
    pub(crate) state: &'a TasksState,
    pub(crate) scope: &'a CallScope,
}

/// The creator of tasks.
pub(crate) struct TasksState {
    creator: RecordCreator,
    locks: KeyLocks,
}

impl TasksState {
    pub(crate) fn new(records: &Arc<RecordsState>, associations: &Arc<AssociationsState>) -> TasksState {
        TasksState {
            creator: RecordCreator::new(TASK, records.clone(), associations.clone()),
            locks: KeyLocks::default(),
        }
    }
}

opaque_debug!(TasksState);

impl Tasks<'_> {
    /// Makes a task with its associations in one request. Concurrent ones share a batch. Fails with
    /// [`Error::ContactMissing`] for an unknown contact, with [`Error::OutcomeUnknown`] if the answer was lost and the
    /// look-ups did not tell, or the task stands on nothing by which it could be looked up.
    pub async fn create(&self, task: &NewTask) -> Result<Created<Record>, Error> {
        self.create_with(task, None).await
    }

    /// Creates the task under a lock, which is held until the creation has ended, also when its caller has stopped waiting.
    pub async fn create_locked(&self, task: &NewTask, lock: KeyLock) -> Result<Created<Record>, Error> {
        self.create_with(task, Some(lock)).await
    }

    /// Waits until no other call of this process makes a task with this text on this record.
    pub async fn lock(&self, on: Option<&RecordId>, text: &str) -> KeyLock {
        self.state.locks.lock((on.map(RecordId::as_str), text)).await
    }

    async fn create_with(&self, task: &NewTask, lock: Option<KeyLock>) -> Result<Created<Record>, Error> {
        let begun = lock.as_ref().map(|lock| lock.begin(None));
        let new = NewRecord { parent: task.on.first().cloned(), input: input(task), key: None, _lock: lock };
        let made = self.state.creator.create(self.scope, new).await;
        begun.into_iter().for_each(|begun| begun.end(&made));
        made
    }
}

fn input(task: &NewTask) -> Value {
    let mut properties = json!({
        "hs_task_subject": task.subject,
        "hs_task_body": task.body,
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": task.kind.name(),
        "hs_timestamp": task.due.to_rfc3339_opts(SecondsFormat::Millis, true),
    });
    if let Some(owner) = &task.owner {
        properties["hubspot_owner_id"] = owner.as_str().into();
    }
    if let Some(queue) = &task.queue {
        properties["hs_queue_membership_ids"] = queue.as_str().into();
    }
    let associations = task.on.iter().filter_map(|(object, id)| {
        let types = [json!({ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": association(*object)? })];
        Some(json!({ "to": { "id": id }, "types": types }))
    });
    json!({ "properties": properties, "associations": associations.collect::<Vec<_>>() })
}

impl TaskKind {
    /// HubSpot's name of the kind.
    pub fn name(self) -> &'static str {
        match self {
            TaskKind::ToDo => "TODO",
            TaskKind::Call => "CALL",
            TaskKind::Email => "EMAIL",
        }
    }
}

/// The type id of the association from a task to a record (HubSpot, association type ids).
fn association(to: Object) -> Option<u32> {
    match to {
        Object::Contacts => Some(204),
        Object::Tickets => Some(230),
        _ => None,
    }
}

/// Without the texts, which are a person's and must not reach a log.
impl std::fmt::Debug for NewTask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTask").field("on", &self.on).field("due", &self.due).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{Fake, FakeFault};

    fn task(on: Vec<(Object, RecordId)>) -> NewTask {
        NewTask {
            on,
            subject: "Call back".into(),
            body: "The robot beeps.".into(),
            due: "2026-12-01T15:00:00Z".parse().unwrap(),
            owner: Some(OwnerId::from(117_001)),
            queue: None,
            kind: TaskKind::Call,
        }
    }

    fn of_a_contact() -> NewTask {
        task(vec![(Object::Contacts, RecordId::from(7)), (Object::Tickets, RecordId::from(9))])
    }

    #[test]
    fn a_task_is_due_at_its_timestamp_and_stands_on_its_records() {
        let input = input(&of_a_contact());
        let properties = &input["properties"];
        assert_eq!(properties["hs_timestamp"], "2026-12-01T15:00:00.000Z");
        assert_eq!((&properties["hs_task_type"], &properties["hubspot_owner_id"]), (&json!("CALL"), &json!("117001")));
        let types: Vec<_> = input["associations"].as_array().unwrap().iter().map(|to| &to["types"][0]).collect();
        assert_eq!((&types[0]["associationTypeId"], &types[1]["associationTypeId"]), (&json!(204), &json!(230)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_is_found_again_if_its_answer_is_lost() {
        let (fake, hub) = Fake::new();
        fake.trouble("tasks", FakeFault::DoneThenBroken);
        let made = hub.tasks().create(&of_a_contact()).await.unwrap();
        assert_eq!((made.recovered, fake.count("tasks")), (true, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_outcome_of_a_task_that_stands_on_nothing_stays_unknown() {
        let (fake, hub) = Fake::new();
        fake.trouble("tasks", FakeFault::DoneThenBroken);
        let lost = hub.tasks().create(&task(vec![])).await;
        assert_eq!(lost, Err(Error::OutcomeUnknown { write: WriteKind::Task, refusal: None }));
        assert_eq!(fake.count("tasks"), 1);
    }
}
