//! Messages are noted before and after they are sent: by the notes, what this program wrote is told from what a person
//! writes in the name of the same user.

use uuid::Uuid;

use super::error::Error;
use super::resource;
use crate::store::outbox::{NewReply, ReplyEnd, ReplyKind};
use crate::tool::{Ctx, digest};
use domain::id::RecordId;
use hubspot_client::{Created, Message, NewMessage, Readers};

/// Notes the message, sends it, and notes what became of it. If it cannot be noted, it is not sent. A caller that leaves
/// half-way leaves a note without an end: nobody knows then whether it was sent.
pub async fn send(ctx: &Ctx, contact: Option<&RecordId>, message: NewMessage) -> Result<Created<Message>, Error> {
    if ctx.hubspot.is_dry_run() {
        return Ok(ctx.hubspot.conversations().send(message).await?);
    }
    let note = note(contact, &message);
    let (key, thread) = (note.key.clone(), message.thread.clone());
    ctx.store.begin_reply(note).await?;
    let sent = ctx.hubspot.conversations().send(message).await;
    if let Err(error) = ctx.store.end_reply(&key, end(&sent)).await {
        tracing::warn!(%error, "The end of a reply could not be noted: it counts as unclear.");
    }
    let sent = sent?;
    resource::tell(&ctx.changes, &thread);
    Ok(sent)
}

/// The note of a message: a digest in place of its text. Each call is a message of its own.
fn note(contact: Option<&RecordId>, message: &NewMessage) -> NewReply {
    NewReply {
        key: Uuid::new_v4().simple().to_string(),
        thread: message.thread.to_string(),
        contact: contact.map(RecordId::to_string).unwrap_or_default(),
        fence: None,
        kind: match message.to {
            Readers::Customer(_) => ReplyKind::Message,
            Readers::Colleagues => ReplyKind::Comment,
        },
        digest: digest::of(&message.text),
    }
}

fn end(sent: &Result<Created<Message>, hubspot_client::Error>) -> ReplyEnd {
    match sent {
        Ok(created) => ReplyEnd::Sent { message: created.value.id.clone() },
        Err(hubspot_client::Error::OutcomeUnknown { .. }) => ReplyEnd::Unclear,
        Err(_) => ReplyEnd::NotSent,
    }
}
