//! Messages are noted before and after they are sent: by the notes, what this program wrote is told from what a person
//! writes in the name of the same user, and none is sent a second time while the first may still arrive.

use chrono::{DateTime, Utc};

use super::error::Error;
use super::resource;
use crate::outbox::decision::{ArrivedMessage, Repeats, Resend};
use crate::outbox::lost_message::{self, LostMessage, ShownMessage, Side};
use crate::outbox::send_once::{NoteName, OutboxEntry, OutboxMessage, SendOutcome, send_once};
use crate::store::outbox::ReplyKind;
use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Created, KeyLock, Message, NewMessage, Readers, WriteKind};

/// A message that HubSpot has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMessage {
    /// HubSpot's id.
    pub id: String,
    /// The time at which it was written, where HubSpot tells it.
    pub created_at: Option<DateTime<Utc>>,
    /// HubSpot's answer was lost, and it was found to be there.
    pub recovered: bool,
}

/// Notes the message, sends it, and notes what became of it. If it cannot be noted, it is not sent. An equal message whose
/// end nobody knows is looked for first: while it may still arrive, none is sent. A caller that leaves half-way leaves a
/// note without an end.
pub async fn send(ctx: &Ctx, contact: Option<&RecordId>, message: NewMessage) -> Result<SentMessage, Error> {
    if ctx.hubspot.is_dry_run() {
        return Ok(of(ctx.hubspot.conversations().send(message).await?));
    }
    let entry = entry(contact, &message);
    // Held until the end is noted, so that what is looked for is not sent by another call at the same time.
    let lock = ctx.hubspot.conversations().lock(&message.thread).await;
    let writing = Writing { ctx, message, lock };
    let sent = match send_once((&ctx.store, ctx.clock), &entry, &writing).await? {
        SendOutcome::Sent(sent) => sent,
        SendOutcome::Before { message, at_ms, recovered } => {
            SentMessage { id: message, created_at: at_ms.and_then(DateTime::from_timestamp_millis), recovered }
        }
        SendOutcome::Unknown | SendOutcome::Lost => {
            return Err(hubspot_client::Error::OutcomeUnknown { write: WriteKind::Message, refusal: None }.into());
        }
    };
    resource::announce(&ctx.changes, &writing.message.thread);
    Ok(sent)
}

/// A message with the right to write into its thread.
struct Writing<'a> {
    ctx: &'a Ctx,
    message: NewMessage,
    lock: KeyLock,
}

impl OutboxMessage for Writing<'_> {
    type Sent = SentMessage;
    type Error = Error;

    async fn arrived(&self) -> Result<Vec<ArrivedMessage>, Error> {
        let page = self.ctx.hubspot.conversations().messages(&self.message.thread).await?;
        let (kind, sender) = match &self.message.to {
            Readers::Customer(delivery) => (ReplyKind::Message, Some(&delivery.sender)),
            Readers::Colleagues => (ReplyKind::Comment, None),
        };
        let words = &lost_message::digest_of(&self.message.text);
        let lost = LostMessage { kind, side: Side::Desk, sender, words, files: None };
        let shown = page.messages.iter().filter_map(ShownMessage::of);
        Ok(lost_message::arrived(lost, shown, &self.message.known))
    }

    async fn send(&self, _key: &str) -> Result<(String, SentMessage), Error> {
        let (message, lock) = (self.message.clone(), self.lock.clone());
        let sent = of(self.ctx.hubspot.conversations().send_locked(message, lock).await?);
        Ok((sent.id.clone(), sent))
    }

    fn is_unclear(error: &Error) -> bool {
        matches!(error, Error::HubSpot(error) if error.may_be_made())
    }

    fn in_doubt(refusal: Error) -> Error {
        match refusal {
            Error::HubSpot(refusal) => refusal.in_doubt(WriteKind::Message).into(),
            other => other,
        }
    }
}

fn of(Created { value, recovered }: Created<Message>) -> SentMessage {
    SentMessage { id: value.id, created_at: value.created_at, recovered }
}

/// The note of a message: a digest in place of its text. Each call is a message of its own, unless nobody knows the end of
/// an equal one.
fn entry(contact: Option<&RecordId>, message: &NewMessage) -> OutboxEntry {
    let (kind, name) = match message.to {
        Readers::Customer(_) => (ReplyKind::Message, "message"),
        Readers::Colleagues => (ReplyKind::Comment, "comment"),
    };
    let digest = lost_message::digest_of(&message.text);
    OutboxEntry {
        name: NoteName::Counted(format!("conversation/{}/{name}/{}", message.thread, &digest[..16])),
        thread: message.thread.to_string(),
        contact: contact.map(RecordId::to_string).unwrap_or_default(),
        fence: None,
        kind,
        digest,
        repeats: Repeats::Never,
        resend: Resend::WhenLapsed,
    }
}
