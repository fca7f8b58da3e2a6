//! A task for a colleague: made once, and it says how to reach the customer.

use std::collections::BTreeMap;

use super::{equal_task, note};
use crate::tool::Ctx;
use domain::email_in_text;
use domain::id::RecordId;
use domain::phone::Phone;
use hubspot_client::{Error, NewTask, Object, Record, TaskKind, Write};

/// The properties of a contact by which people reach them, the best first.
pub const REACH: [&str; 3] = ["phone", "mobilephone", "email"];
const STATUS: &str = "hs_task_status";

/// A task that is there.
#[derive(Debug)]
pub struct Made {
    /// The task.
    pub record: Record,
    /// An equal call had made it.
    pub already: bool,
    /// HubSpot's answer was lost, and it was found to be there.
    pub recovered: bool,
}

/// Makes the task, unless an equal one was made lately.
pub async fn make(ctx: &Ctx, task: &NewTask) -> Result<Made, Error> {
    let on = task.on.first().map(|(_, id)| id);
    // An equal call that is under way ends first, and its task is then found.
    let lock = ctx.hubspot.tasks().lock(on, &equal_task::words(&task.subject, &task.body)).await;
    match equal_task::find(ctx, task).await {
        Ok(Some(record)) => return Ok(Made { record, already: true, recovered: false }),
        // The answer to an equal call was lost: it is not known whether this would be a second task.
        Err(_) if lock.is_in_doubt() => return Err(Error::OutcomeUnknown { write: Write::Task, refusal: None }),
        // Without the look-up, a second task of another process is better than none.
        Ok(None) | Err(_) => {}
    }
    let made = ctx.hubspot.tasks().create_locked(task, lock).await?;
    Ok(Made { record: made.value, already: false, recovered: made.recovered })
}

/// Notes that a task is done. It may have been deleted, and what it was for is done all the same.
pub async fn done(ctx: &Ctx, task: Option<&str>) {
    let Some(task) = task.and_then(|task| task.parse::<RecordId>().ok()) else { return };
    let done = BTreeMap::from([(STATUS.to_owned(), "COMPLETED".to_owned())]);
    let _done = ctx.hubspot.records(Object::Tasks).update(&task, &done).await;
}

/// The way in which HubSpot can reach the contact.
pub fn known_reach(contact: &Record) -> Option<String> {
    REACH.iter().find_map(|name| contact.get(name)).map(str::to_owned)
}

/// The text of a task in HTML.
pub fn body(reason: String, reach: Option<&str>) -> String {
    match reach {
        Some(reach) => format!("{reason}<br><br>Reach the customer: {}", note::html(reach)),
        None => reason,
    }
}

/// A call for a number, an e-mail for an address, and anything else.
pub fn kind(reach: Option<&str>) -> TaskKind {
    match reach {
        Some(text) if matches!(email_in_text::read(text), Ok(Some(_))) => TaskKind::Email,
        Some(text) if is_number(text) => TaskKind::Call,
        _ => TaskKind::ToDo,
    }
}

/// True for a phone number, which words may follow.
fn is_number(text: &str) -> bool {
    let number = text.split([',', ';', '(']).next().unwrap_or_default();
    Phone::parse(text).is_ok() || Phone::parse(number).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_work_follows_from_how_the_customer_is_reached() {
        for (reach, expected) in [
            (Some("+1 702 555 0143"), TaskKind::Call),
            (Some("+1 702 555 0143, after 3pm"), TaskKind::Call),
            (Some("sarah@gmail.com"), TaskKind::Email),
            (Some("write to sarah@gmail.com please"), TaskKind::Email),
            (Some("in this chat"), TaskKind::ToDo),
            (None, TaskKind::ToDo),
        ] {
            assert_eq!(kind(reach), expected, "{reach:?}");
        }
    }

    #[test]
    fn the_text_says_how_to_reach_the_customer_and_becomes_no_markup() {
        assert_eq!(body("Call me.".into(), None), "Call me.");
        assert_eq!(body("Call me.".into(), Some("<b>")), "Call me.<br><br>Reach the customer: &lt;b&gt;");
    }
}
