//! The ticket that an equal call has just opened.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{newest, ticket};
use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Error, Object, Pipeline, Record};

/// Age up to which an equal open ticket counts as the same one.
const RECENT: TimeDelta = TimeDelta::minutes(10);
/// The most of a contact's tickets, the newest, that are compared.
const COMPARED_MAX: usize = 10;

/// The words by which equal calls are known, without case, spaces and the last sign; a text of nothing but signs is only
/// itself. A priority, a pipeline or an owner can be changed later, so they make no other ticket.
pub fn words(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let bare = words.trim_end_matches(['.', '!', '?', '\u{2026}']);
    if bare.contains(char::is_alphanumeric) { bare.to_owned() } else { words }
}

/// A ticket that is to be opened.
#[derive(Clone, Copy, Debug)]
pub struct TicketDraft<'a> {
    /// Contact that the ticket is linked to.
    pub contact: &'a RecordId,
    /// Title, compared without case and blanks.
    pub subject: &'a str,
    /// Description, compared without case and blanks.
    pub content: &'a str,
    /// The values by internal name that an equal ticket has too.
    pub chosen: &'a BTreeMap<String, String>,
}

/// A ticket with the same description.
#[derive(Debug)]
pub enum EqualTicket {
    /// It has the same title as well, and so is the same one.
    Equal(Record),
    /// Its title tells that it is another matter, or the same one once more.
    OtherSubject(Record),
}

/// The open ticket of the same contact that has the same words and the same chosen values, and was opened lately.
pub async fn find(ctx: &Ctx, new: TicketDraft<'_>) -> Result<Option<EqualTicket>, Error> {
    let more: Vec<_> = new.chosen.keys().cloned().collect();
    let on = (Object::Contacts, new.contact);
    let tickets = newest::of(ctx, on, Object::Tickets, &ticket::names(&more), COMPARED_MAX).await?;
    if tickets.total == 0 {
        return Ok(None);
    }
    let pipelines = ctx.hubspot.pipelines().tickets().await?;
    let (now, subject) = (ctx.clock.now(), words(new.subject));
    let records = tickets.records.into_iter().filter(|record| is_equal(record, new, &pipelines, now));
    let (mut same, mut others): (Vec<_>, Vec<_>) =
        records.partition(|record| words(record.get("subject").unwrap_or_default()) == subject);
    Ok(same.pop().map(EqualTicket::Equal).or_else(|| others.pop().map(EqualTicket::OtherSubject)))
}

fn is_equal(record: &Record, new: TicketDraft<'_>, pipelines: &[Pipeline], now: DateTime<Utc>) -> bool {
    let text = |name: &str| record.get(name).unwrap_or_default();
    let created: Option<DateTime<Utc>> = record.created_at.as_deref().and_then(|at| at.parse().ok());
    created.is_some_and(|created| now - created <= RECENT)
        && words(text("content")) == words(new.content)
        && new.chosen.iter().all(|(name, value)| text(name) == value)
        && ticket::is_open(pipelines, record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_nothing_but_signs_are_told_apart() {
        assert_eq!(words("  It stops at\nthe DOOR?!"), words("it stops at the door."));
        let signs = [".", "..", "!!!", "???", "?", "\u{2026}", "👍", "👍!", "-", "- ?"];
        for (at, one) in signs.iter().enumerate() {
            assert!(!words(one).is_empty(), "{one}");
            assert!(signs[at + 1..].iter().all(|other| words(one) != words(other)), "{one}");
        }
        assert_eq!(words(" ?? "), words("??"));
    }

    #[test]
    fn equal_tickets_have_the_same_words_and_values_and_are_young() {
        let now: DateTime<Utc> = "2026-11-22T15:10:00Z".parse().unwrap();
        let record = |created: &str, content: &str| Record {
            id: RecordId::from(7),
            properties: [("subject", "Door"), ("content", content), ("serial", "A1")]
                .map(|(name, text)| (name.to_owned(), Some(text.to_owned())))
                .into(),
            created_at: Some(created.to_owned()),
            updated_at: None,
            archived: false,
            url: None,
        };
        let serial = |value: &str| BTreeMap::from([("serial".to_owned(), value.to_owned())]);
        let young = "2026-11-22T15:00:00Z";
        for (created, content, chosen, expected) in [
            (young, "It stops at the door.", BTreeMap::new(), true),
            (young, " it  stops at the\nDOOR", serial("A1"), true),
            (young, "It stops at the door.", serial("B2"), false),
            (young, "It stops at the gate.", BTreeMap::new(), false),
            ("2026-11-22T14:59:59Z", "It stops at the door.", BTreeMap::new(), false),
        ] {
            let record = record(created, content);
            let new = TicketDraft {
                contact: &RecordId::from(1),
                subject: "Door",
                content: "It stops at the door.",
                chosen: &chosen,
            };
            assert_eq!(is_equal(&record, new, &[], now), expected, "{created} {content}");
        }
    }
}
