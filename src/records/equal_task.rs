//! The task that an equal call has just made. One that says another way to reach the customer, or none, is the same task:
//! it is changed.

use chrono::{DateTime, TimeDelta, Utc};

use super::{equal_ticket, newest, note, task_text};
use crate::tool::Ctx;
use hubspot_client::{Error, Filter, NewTask, Object, Record, Search, TaskKind};

/// The time within which an equal task is the same one, and by which the times at which both are due may differ.
const RECENT: TimeDelta = TimeDelta::minutes(10);
/// The most of a record's tasks, the newest, that are compared.
const COMPARED_MAX: usize = 10;
pub(super) const SUBJECT: &str = "hs_task_subject";
pub(super) const DUE: &str = "hs_timestamp";
pub(super) const BODY: &str = "hs_task_body";
pub(super) const STATUS: &str = "hs_task_status";
pub(super) const OWNER: &str = "hubspot_owner_id";
pub(super) const QUEUE: &str = "hs_queue_membership_ids";
pub(super) const PROPERTIES: [&str; 6] = [SUBJECT, BODY, STATUS, DUE, OWNER, QUEUE];

/// The words by which equal calls are known. On nobody's record the way to reach the customer tells two customers apart.
pub fn words(new: &NewTask) -> String {
    let body = if new.on.is_empty() { note::plain(&new.body) } else { task_text::parted(&new.body).0 };
    [new.subject.as_str(), &body].map(equal_ticket::words).join("\n")
}

/// The task on the same record with the same words, for the same colleague and time, that was made lately and is not done.
pub async fn find(ctx: &Ctx, new: &NewTask) -> Result<Option<Record>, Error> {
    let now = ctx.clock.now();
    let (tasks, is_whole) = match new.on.first() {
        Some((object, id)) => {
            (newest::of(ctx, (*object, id), Object::Tasks, &PROPERTIES, COMPARED_MAX).await?.records, false)
        }
        None if is_of_somebody(new) => (titled(ctx, &new.subject).await?, true),
        None => (vec![], true),
    };
    let same_reach = |record: &Record| reach(record) == task_text::parted(&new.body).1;
    let same = |record: &Record| reason_of(record) == reason(&new.body) && (!is_whole || same_reach(record));
    Ok(tasks.into_iter().find(|record| is_equal(record, new, now) && same(record)))
}

/// The reason that a task says, as equal ones are compared.
pub(super) fn reason_of(record: &Record) -> String {
    reason(record.get(BODY).unwrap_or_default())
}

/// The reason in the text of a task, as equal ones are compared.
pub(super) fn reason(body: &str) -> String {
    equal_ticket::words(&task_text::parted(body).0)
}

/// The way to reach the customer that a task says.
pub fn reach(record: &Record) -> Option<String> {
    task_text::parted(record.get(BODY).unwrap_or_default()).1
}

/// True if the text names a number or an address: without one, the same words may be those of two customers.
fn is_of_somebody(new: &NewTask) -> bool {
    matches!(new.kind, TaskKind::Call | TaskKind::Email)
}

/// The newest tasks with this title, as far as HubSpot's search index knows them already.
pub async fn titled(ctx: &Ctx, subject: &str) -> Result<Vec<Record>, Error> {
    let title = Filter { property: SUBJECT.to_owned(), operator: "EQ", values: vec![subject.to_owned()] };
    let search = Search {
        any_of: vec![vec![title]],
        properties: PROPERTIES.map(str::to_owned).to_vec(),
        latest_by: Some("hs_object_id".to_owned()),
        limit: COMPARED_MAX as u32,
        ..Search::default()
    };
    Ok(ctx.hubspot.records(Object::Tasks).search(&search).await?.records)
}

/// Due time of a task, as HubSpot stores it.
pub fn due(record: &Record) -> Option<DateTime<Utc>> {
    instant(record.get(DUE))
}

fn instant(text: Option<&str>) -> Option<DateTime<Utc>> {
    text?.parse().ok()
}

fn is_equal(record: &Record, new: &NewTask, now: DateTime<Utc>) -> bool {
    let text = |name: &str| record.get(name).unwrap_or_default();
    let near = |at: Option<DateTime<Utc>>, other: DateTime<Utc>| at.is_some_and(|at| (other - at).abs() <= RECENT);
    near(instant(record.created_at.as_deref()), now)
        && near(due(record), new.due)
        && text(STATUS) != "COMPLETED"
        && equal_ticket::words(text(SUBJECT)) == equal_ticket::words(&new.subject)
        && [new.owner.as_ref().map_or("", |owner| owner.as_str()), ""].contains(&text(OWNER))
        && text(QUEUE) == new.queue.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::RecordId;

    #[test]
    fn equal_tasks_have_the_same_words_colleague_and_time_and_are_not_done() {
        let now: DateTime<Utc> = "2026-11-22T15:05:00Z".parse().unwrap();
        let new = NewTask {
            on: Vec::new(),
            subject: "Call".into(),
            body: "Call me.<br>Now".into(),
            due: now,
            owner: Some(117_001.into()),
            queue: None,
            kind: TaskKind::Call,
        };
        let kept = |created: &str, body: &str, status: &str, due: &str, owner: &str| Record {
            id: RecordId::from(7),
            properties: [
                ("hs_task_subject", "call"),
                ("hs_task_body", body),
                ("hs_task_status", status),
                (DUE, due),
                ("hubspot_owner_id", owner),
            ]
            .map(|(name, text)| (name.to_owned(), Some(text.to_owned())))
            .into(),
            created_at: Some(created.to_owned()),
            updated_at: None,
            archived: false,
            url: None,
        };
        let (young, open, body, owner) = ("2026-11-22T15:00:00Z", "NOT_STARTED", "call  me.<br>now", "117001");
        for (created, body, status, due, owner, expected) in [
            (young, body, open, young, owner, true),
            ("2026-11-22T14:50:00Z", body, open, young, owner, false),
            (young, "Call him.", open, young, owner, false),
            (young, body, "COMPLETED", young, owner, false),
            (young, body, open, "2026-11-23T15:00:00Z", owner, false),
            (young, body, open, young, "117003", false),
        ] {
            let record = kept(created, body, status, due, owner);
            let same = is_equal(&record, &new, now) && reason_of(&record) == reason(&new.body);
            assert_eq!(same, expected, "{created} {body} {status} {due} {owner}");
        }
    }
}
