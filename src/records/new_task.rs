//! A task for a colleague: made once, and changed when it is known how to reach the customer.

use std::collections::BTreeMap;

use super::{equal_task, task_text};
use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Error, NewTask, Object, Record, WriteKind};

/// Contact properties that hold a phone number or an address, in the order of preference.
pub const REACH: [&str; 3] = ["phone", "mobilephone", "email"];
const STATUS: &str = "hs_task_status";
const BODY: &str = "hs_task_body";
const KIND: &str = "hs_task_type";
const OWNER: &str = "hubspot_owner_id";

/// A task that is there.
#[derive(Debug)]
pub struct Made {
    /// Task as HubSpot has it.
    pub record: Record,
    /// An equal call had made it.
    pub already: bool,
    /// HubSpot's answer was lost, and it was found to be there.
    pub recovered: bool,
}

/// Makes the task, unless an equal one was made lately, which is found by its records. If that one says another way to reach
/// the customer, or none, it is changed.
pub async fn make(ctx: &Ctx, task: &NewTask) -> Result<Made, Error> {
    let on = task.on.first().map(|(_, id)| id);
    // An equal call that is under way ends first, and its task is then found.
    let lock = ctx.hubspot.tasks().lock(on, &equal_task::words(task)).await;
    match equal_task::find(ctx, task).await {
        Ok(Some(record)) => {
            let record = told_reach(ctx, record, task).await?;
            return Ok(Made { record, already: true, recovered: false });
        }
        // The answer to an equal call was lost: it is not known whether this would be a second task.
        Err(_) if lock.is_in_doubt() => return Err(Error::OutcomeUnknown { write: WriteKind::Task, refusal: None }),
        // Without the look-up, a second task of another process is better than none.
        Ok(None) | Err(_) => {}
    }
    let made = ctx.hubspot.tasks().create_locked(task, lock).await?;
    Ok(Made { record: made.value, already: false, recovered: made.recovered })
}

/// Writes the way to reach the customer into a task that says another one, or none.
async fn told_reach(ctx: &Ctx, record: Record, task: &NewTask) -> Result<Record, Error> {
    let (_, reach) = task_text::parted(&task.body);
    if reach.is_none() || reach == equal_task::reach(&record) {
        return Ok(record);
    }
    let mut properties =
        BTreeMap::from([(BODY.to_owned(), task.body.clone()), (KIND.to_owned(), task.kind.name().to_owned())]);
    if let Some(owner) = &task.owner {
        properties.insert(OWNER.to_owned(), owner.as_str().to_owned());
    }
    ctx.hubspot.records(Object::Tasks).update(&record.id, &properties).await?;
    let known = properties.into_iter().map(|(name, value)| (name, Some(value)));
    Ok(Record { properties: record.properties.clone().into_iter().chain(known).collect(), ..record })
}

/// Notes that a task is done. It may have been deleted, and what it was for is done all the same.
pub async fn done(ctx: &Ctx, task: Option<&str>) {
    let Some(task) = task.and_then(|task| task.parse::<RecordId>().ok()) else { return };
    let done = BTreeMap::from([(STATUS.to_owned(), "COMPLETED".to_owned())]);
    let _done = ctx.hubspot.records(Object::Tasks).update(&task, &done).await;
}

/// The way to reach a customer as a caller names it: the value itself, or the kind of that which HubSpot has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaidReach {
    /// A number, an address or any other text.
    As(String),
    /// The contact's e-mail address.
    ByEmail,
    /// The contact's number, or else the address.
    Known,
}

impl SaidReach {
    /// Reads the argument of a call.
    pub fn read(said: Option<&str>) -> SaidReach {
        let said = said.map(str::trim).filter(|said| !said.is_empty());
        match said.map(str::to_lowercase).as_deref() {
            None | Some("phone") => SaidReach::Known,
            Some("email" | "e-mail") => SaidReach::ByEmail,
            Some(_) => SaidReach::As(said.unwrap_or_default().to_owned()),
        }
    }

    /// The way that the caller has named, where it is no more than a kind: as HubSpot has it for this contact.
    pub fn of(&self, contact: Option<&Record>) -> Option<String> {
        let value = |name: &&str| contact.and_then(|contact| contact.get(name)).map(str::to_owned);
        let [.., email] = &REACH;
        match self {
            SaidReach::As(said) => Some(said.clone()),
            SaidReach::ByEmail => value(email),
            SaidReach::Known => REACH.iter().find_map(value),
        }
    }
}
