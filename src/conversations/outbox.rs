//! Messages are noted before and after they are sent: by the notes, what this program wrote is told from what a person
//! writes in the name of the same user.

use chrono::TimeDelta;
use uuid::Uuid;

use super::error::Error;
use super::resource;
use crate::store::outbox::{NewReply, ReplyEnd, ReplyKind, ReplyState};
use crate::tool::{Ctx, digest};
use domain::id::RecordId;
use hubspot_client::{Created, Message, NewMessage, Readers, Write};

/// The time after which a send whose end nobody knows does not arrive any more.
const LATE_MAX: TimeDelta = TimeDelta::minutes(2);

/// Notes the message, sends it, and notes what became of it. If it cannot be noted, it is not sent. An equal message whose
/// end nobody knows is looked for first: while it may still arrive, none is sent. A caller that leaves half-way leaves a
/// note without an end.
pub async fn send(ctx: &Ctx, contact: Option<&RecordId>, message: NewMessage) -> Result<Created<Message>, Error> {
    if ctx.hubspot.is_dry_run() {
        return Ok(ctx.hubspot.conversations().send(message).await?);
    }
    let note = note(contact, &message);
    // Held until the end is noted, so that what is looked for is not sent by another call at the same time.
    let lock = ctx.hubspot.conversations().lock(&message.thread).await;
    if let Some(found) = earlier(ctx, &note, &message).await? {
        return Ok(found);
    }
    let (key, thread) = (note.key.clone(), message.thread.clone());
    ctx.store.begin_reply(note).await?;
    let sent = ctx.hubspot.conversations().send_locked(message, lock.clone()).await;
    note_end(ctx, &key, end(&sent)).await;
    drop(lock);
    let sent = sent?;
    resource::tell(&ctx.changes, &thread);
    Ok(sent)
}

/// The result of an equal message whose end nobody knows, if it has arrived; an error while it may still.
async fn earlier(ctx: &Ctx, note: &NewReply, message: &NewMessage) -> Result<Option<Created<Message>>, Error> {
    let now_ms = ctx.clock.now().timestamp_millis();
    for reply in ctx.store.replies(&note.thread).await? {
        let is_open = matches!(reply.state, ReplyState::New | ReplyState::Unclear);
        if !is_open || reply.kind != note.kind || reply.digest != note.digest {
            continue;
        }
        if let Some(value) = ctx.hubspot.conversations().find_sent(message).await? {
            note_end(ctx, &reply.key, ReplyEnd::Sent { message: value.id.clone() }).await;
            return Ok(Some(Created { value, recovered: true }));
        }
        if now_ms - reply.begun_ms < LATE_MAX.num_milliseconds() {
            return Err(hubspot_client::Error::OutcomeUnknown { write: Write::Message, refusal: None }.into());
        }
        note_end(ctx, &reply.key, ReplyEnd::NotSent).await;
    }
    Ok(None)
}

async fn note_end(ctx: &Ctx, key: &str, end: ReplyEnd) {
    if let Err(error) = ctx.store.end_reply(key, end).await {
        tracing::warn!(%error, "The end of a reply could not be noted: it counts as unclear.");
    }
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
