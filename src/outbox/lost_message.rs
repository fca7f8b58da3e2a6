//! The rule by which a message that HubSpot has is the one of which nobody knows the end. Pure.
//!
//! HubSpot shows no name of ours on it. So it has the same words, readers and side, and is not known as another message.

use super::decision::ArrivedMessage;
use crate::store::outbox::ReplyKind;
use crate::tool::digest;
use hubspot_client::{ActorId, Message, MessageKind};

/// The side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The customer, also where this server publishes their words.
    Customer,
    /// The desk: colleagues and this server.
    Desk,
}

/// A message that is looked for.
#[derive(Clone, Copy, Debug)]
pub struct LostMessage<'a> {
    /// The kind.
    pub kind: ReplyKind,
    /// The side in whose name it was sent.
    pub side: Side,
    /// The sender, where it is known.
    pub sender: Option<&'a ActorId>,
    /// The digest of its words, by [`digest_of`].
    pub words: &'a str,
    /// The number of its files, where it is known.
    pub files: Option<usize>,
}

/// A message that HubSpot has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownMessage<'a> {
    /// HubSpot's id.
    pub id: &'a str,
    /// The kind.
    pub kind: ReplyKind,
    /// The side that wrote it.
    pub side: Side,
    /// The sender, where HubSpot tells.
    pub sender: Option<&'a ActorId>,
    /// The plain text.
    pub text: &'a str,
    /// The number of its files.
    pub files: usize,
    /// The time at which it was written, in unix milliseconds, where it counts.
    pub at_ms: Option<i64>,
}

impl<'a> ShownMessage<'a> {
    /// A message of a conversation; `None` for an entry that nobody wrote.
    pub fn of(message: &'a Message) -> Option<ShownMessage<'a>> {
        let kind = match message.kind {
            MessageKind::Message => ReplyKind::Message,
            MessageKind::Comment => ReplyKind::Comment,
            _ => return None,
        };
        Some(ShownMessage {
            id: &message.id,
            kind,
            side: if message.is_incoming { Side::Customer } else { Side::Desk },
            sender: message.sender.as_ref(),
            text: message.text.as_deref().unwrap_or_default(),
            files: message.attachments.len(),
            at_ms: message.created_at.map(|at| at.timestamp_millis()),
        })
    }
}

/// The messages that may be the one that is looked for, in their order; `others` are the ids of those that are known as another.
pub fn arrived<'a>(
    lost: LostMessage<'_>,
    shown: impl Iterator<Item = ShownMessage<'a>>,
    others: &[String],
) -> Vec<ArrivedMessage> {
    let may_be = shown.filter(|one| may_be(lost, one) && !others.iter().any(|id| id == one.id));
    may_be.map(|one| ArrivedMessage { id: one.id.to_owned(), at_ms: one.at_ms }).collect()
}

fn may_be(lost: LostMessage<'_>, shown: &ShownMessage<'_>) -> bool {
    (lost.kind, lost.side) == (shown.kind, shown.side)
        && lost.sender.is_none_or(|sender| shown.sender == Some(sender))
        && lost.files.is_none_or(|files| shown.files == files)
        && digest_of(shown.text) == lost.words
}

/// A digest of the words of a text: HubSpot may store line ends and spaces in another form.
pub fn digest_of(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c == '\u{a0}').filter(|word| !word.is_empty());
    digest::of(&words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_the_lost_one_by_its_words_readers_and_side() {
        let (veronica, hannah) = (ActorId::new("A-1"), ActorId::new("A-2"));
        let words = digest_of("The wheel is on its way.");
        let lost = LostMessage {
            kind: ReplyKind::Message,
            side: Side::Desk,
            sender: Some(&veronica),
            words: &words,
            files: None,
        };
        let shown = ShownMessage {
            id: "m1",
            kind: ReplyKind::Message,
            side: Side::Desk,
            sender: Some(&veronica),
            text: "The wheel\u{a0}is\r\non its way.",
            files: 2,
            at_ms: Some(5),
        };
        let comment = ShownMessage { kind: ReplyKind::Comment, ..shown.clone() };
        let of_customer = ShownMessage { side: Side::Customer, ..shown.clone() };
        let of_another = ShownMessage { sender: Some(&hannah), ..shown.clone() };
        let other_words = ShownMessage { text: "The wheels are on their way.", ..shown.clone() };
        for (lost, shown, others, expected) in [
            (lost, &shown, vec![], true),
            (lost, &shown, vec!["m1".to_owned()], false),
            (lost, &comment, vec![], false),
            (lost, &of_customer, vec![], false),
            (lost, &of_another, vec![], false),
            (LostMessage { sender: None, ..lost }, &of_another, vec!["m2".to_owned()], true),
            (lost, &other_words, vec![], false),
            (LostMessage { files: Some(2), ..lost }, &shown, vec![], true),
            (LostMessage { files: Some(1), ..lost }, &shown, vec![], false),
        ] {
            let found = arrived(lost, [shown.clone()].into_iter(), &others);
            let expected = expected.then(|| ArrivedMessage { id: "m1".into(), at_ms: Some(5) });
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{lost:?} {shown:?} {others:?}");
        }
    }
}
