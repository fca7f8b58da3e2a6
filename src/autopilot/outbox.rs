//! Writes into a conversation: noted before, sent once, and looked for when nobody knows what became of it.
//!
//! HubSpot's messages have no key of their caller's, so a send whose answer was lost is never repeated: it is found among the
//! messages, or a person is told.

use std::collections::BTreeSet;
use std::time::Duration;

use super::load::LoadedConversation;
use crate::conversations::markup;
use crate::outbox::decision::{self, ArrivedMessage, OutboxDecision, Repeats, Resend, SendRules};
use crate::outbox::lost_message::{self, LostMessage, ShownMessage, Side};
use crate::outbox::send_once::{self, NoteName, OutboxEntry, OutboxMessage, SendOutcome};
use crate::store::conversations::ConversationLease;
use crate::store::outbox::{OutboxReply, ReplyKind};
use crate::store::{self, Store};
use crate::tool::Ctx;
use hubspot_client::{Error, KeyLock, Message, NewMessage, Readers, WriteKind};

/// The pause between two looks for it.
pub const LOOK_EVERY: Duration = Duration::from_secs(20);
/// The beginning of the keys of the autopilot's messages.
const PREFIX: &str = "autopilot";

/// The part of an answer that a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerPart {
    /// The reply, or its draft.
    Reply,
    /// The word that an answer takes a moment.
    Moment,
    /// The word that a person goes on.
    HandedOver,
    /// The summary for colleagues.
    Summary,
    /// The same once more, where the first has not arrived and nobody else tells them.
    SummaryAgain,
    /// A note of what was done before a person came.
    Deeds,
    /// What the conversation has shown for its contact.
    Lead,
}

/// The outcome of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Posted {
    /// HubSpot has it, from now or from before.
    Sent(String),
    /// Nobody knows. It is not sent again.
    Unclear,
    /// Somebody else has the conversation now: nothing was sent.
    Lost,
    /// HubSpot does not take it, and will not.
    Refused(Error),
    /// HubSpot has not taken it now.
    NotSent(Error),
}

/// A message of which it is not known whether HubSpot has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownSend {
    /// It may still arrive: look again after this time.
    Wait(Duration),
    /// It was not found in time.
    Unclear,
}

/// Earlier messages of which it is not known whether HubSpot has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownSends {
    /// There are none, or nothing follows from them.
    None,
    /// One may still arrive: look again after this time.
    Wait(Duration),
    /// The reply to this message of the customer was not found in time, by its place.
    Unclear(usize),
}

impl AnswerPart {
    fn name(self) -> &'static str {
        match self {
            AnswerPart::Reply => "reply",
            AnswerPart::Moment => "moment",
            AnswerPart::HandedOver => "handed_over",
            AnswerPart::Summary => "summary",
            AnswerPart::SummaryAgain => "summary_again",
            AnswerPart::Deeds => "deeds",
            AnswerPart::Lead => "lead",
        }
    }
}

/// The key of a part of the answer to a customer's message: the same in every attempt, so that it is sent once.
pub fn key(thread: &str, trigger: &str, part: AnswerPart) -> String {
    format!("{PREFIX}/{thread}/{trigger}/{}", part.name())
}

/// A message to post.
#[derive(Clone, Debug)]
pub struct Post<'a> {
    /// The customer's message that it answers.
    pub trigger: &'a str,
    /// The part that it is.
    pub part: AnswerPart,
    /// The readers.
    pub to: Readers,
    /// The plain text.
    pub text: &'a str,
    /// The ids of all messages that are there already.
    pub known: Vec<String>,
}

/// Posts a message under a claim, whose fence is checked in the store immediately before.
pub async fn post(
    ctx: &Ctx,
    claim: &ConversationLease,
    seen: &LoadedConversation,
    post: Post<'_>,
    lock: KeyLock,
) -> Result<Posted, store::Error> {
    if !claim.is_good() {
        return Ok(Posted::Lost);
    }
    let thread = &seen.thread;
    let entry = OutboxEntry {
        name: NoteName::Given(key(thread.id.as_str(), post.trigger, post.part)),
        thread: thread.id.to_string(),
        contact: thread.contact_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        fence: Some(claim.fence()),
        kind: if matches!(post.to, Readers::Customer(_)) { ReplyKind::Message } else { ReplyKind::Comment },
        digest: lost_message::digest_of(post.text),
        repeats: Repeats::Always,
        resend: Resend::Never,
    };
    let message = NewMessage {
        thread: thread.id.clone(),
        text: post.text.to_owned(),
        rich_text: markup::rich(post.text),
        file_ids: vec![],
        to: post.to,
        known: post.known,
    };
    let posting = Posting { ctx, message, lock };
    match send_once::send_once((&ctx.store, ctx.clock), &entry, &posting).await {
        Ok(SendOutcome::Sent(message) | SendOutcome::Before { message, .. }) => Ok(Posted::Sent(message)),
        Ok(SendOutcome::Lost) => Ok(Posted::Lost),
        Ok(SendOutcome::Unknown) | Err(PostError::HubSpot(Error::OutcomeUnknown { .. })) => Ok(Posted::Unclear),
        Err(PostError::HubSpot(error @ (Error::Rejected { .. } | Error::NotFound | Error::TooLong))) => {
            Ok(Posted::Refused(error))
        }
        Err(PostError::HubSpot(error)) => Ok(Posted::NotSent(error)),
        Err(PostError::Store(error)) => Err(error),
    }
}

/// A message with the right to write into its conversation.
struct Posting<'a> {
    ctx: &'a Ctx,
    message: NewMessage,
    lock: KeyLock,
}

#[derive(Debug, thiserror::Error)]
enum PostError {
    #[error(transparent)]
    HubSpot(#[from] Error),
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl OutboxMessage for Posting<'_> {
    type Sent = String;
    type Error = PostError;

    /// The attempt has looked through the messages before it decided to write: see [`settle`].
    async fn arrived(&self) -> Result<Vec<ArrivedMessage>, PostError> {
        Ok(vec![])
    }

    async fn send(&self, _key: &str) -> Result<(String, String), PostError> {
        let (message, lock) = (self.message.clone(), self.lock.clone());
        let sent = self.ctx.hubspot.conversations().send_known(message, lock).await?.value;
        self.ctx.hubspot.conversations().note_own(&self.message.thread, &sent);
        Ok((sent.id.clone(), sent.id))
    }

    fn is_unclear(error: &PostError) -> bool {
        matches!(error, PostError::HubSpot(error) if error.may_be_made())
    }

    fn in_doubt(refusal: PostError) -> PostError {
        match refusal {
            PostError::HubSpot(refusal) => refusal.in_doubt(WriteKind::Message).into(),
            other => other,
        }
    }
}

/// Looks among the messages for those whose end nobody knows, and notes what is found. True if something was.
pub async fn settle(store: &Store, replies: &[OutboxReply], messages: &[Message]) -> Result<bool, store::Error> {
    let open = replies.iter().filter(|reply| is_open(reply));
    let known = replies.iter().filter_map(|reply| reply.message.clone()).collect();
    send_once::settle_found(store, open, known, |reply, others| arrived(reply, messages, others)).await
}

/// The consequence of replies whose end nobody knows, for the customer's messages that wait. Pure.
pub fn open(replies: &[OutboxReply], seen: &LoadedConversation, pending: &[usize], now_ms: i64) -> UnknownSends {
    for place in pending {
        let key = key(seen.thread.id.as_str(), &seen.entries[*place].id, AnswerPart::Reply);
        match unknown(replies, &key, now_ms) {
            Some(UnknownSend::Wait(pause)) => return UnknownSends::Wait(pause),
            Some(UnknownSend::Unclear) => return UnknownSends::Unclear(*place),
            None => {}
        }
    }
    UnknownSends::None
}

/// What follows from the message of this key, if nobody knows its end. Pure.
pub fn unknown(replies: &[OutboxReply], key: &str, now_ms: i64) -> Option<UnknownSend> {
    let reply = replies.iter().find(|reply| reply.key == key && is_open(reply))?;
    let rules = SendRules { repeats: Repeats::Always, resend: Resend::Never, watched: &BTreeSet::new() };
    match decision::decide(std::slice::from_ref(reply), &[], rules, now_ms) {
        OutboxDecision::Wait { left, .. } => Some(UnknownSend::Wait(LOOK_EVERY.min(left))),
        OutboxDecision::Undecided => Some(UnknownSend::Unclear),
        _ => None,
    }
}

/// The newest of these messages of the customer to which a reply was surely sent, by its place. Pure.
pub fn answered(replies: &[OutboxReply], seen: &LoadedConversation, pending: &[usize]) -> Option<usize> {
    let is_answered = |place: &&usize| {
        let key = key(seen.thread.id.as_str(), &seen.entries[**place].id, AnswerPart::Reply);
        replies.iter().any(|reply| reply.key == key && reply.message.is_some())
    };
    pending.iter().rev().find(is_answered).copied()
}

fn is_open(reply: &OutboxReply) -> bool {
    reply.key.starts_with(PREFIX) && decision::is_open(reply)
}

/// The messages that a send may have left: of its kind, with its words, behind the customer's message that it answers, and
/// none that is known as another one.
fn arrived(reply: &OutboxReply, messages: &[Message], others: &[String]) -> Vec<ArrivedMessage> {
    let Some(trigger) = reply.key.split('/').nth(2) else { return vec![] };
    let behind = messages.iter().position(|message| message.id == trigger).map_or(0, |place| place + 1);
    let (kind, words) = (reply.kind, reply.digest.as_str());
    let lost = LostMessage { kind, side: Side::Desk, sender: None, words, files: None };
    let shown = messages[behind..].iter().filter_map(ShownMessage::of);
    // They stand behind the customer's message, which tells more than their time.
    let found = lost_message::arrived(lost, shown, others).into_iter();
    found.map(|message| ArrivedMessage { at_ms: None, ..message }).collect()
}
