//! One conversation: the thread, and its messages.

use super::error::Error;
use crate::tool::Ctx;
use domain::id::ThreadId;
use hubspot_client::{Inbox, Message, MessagePage, Thread};

/// The thread with this id.
pub async fn thread(ctx: &Ctx, id: &ThreadId) -> Result<Thread, Error> {
    let thread = ctx.hubspot.conversations().thread(id).await?;
    thread.filter(|thread| !thread.is_archived).ok_or_else(|| Error::Unknown(id.clone()))
}

/// The messages of a thread, oldest first.
pub async fn messages(ctx: &Ctx, id: &ThreadId) -> Result<MessagePage, Error> {
    match ctx.hubspot.conversations().messages(id).await {
        Err(hubspot_client::Error::NotFound) => Err(Error::Unknown(id.clone())),
        page => Ok(page?),
    }
}

/// The whole texts of messages that HubSpot has cut; a text that cannot be read whole stays as it is.
pub async fn uncut(ctx: &Ctx, thread: &ThreadId, messages: &mut [Message]) {
    for message in messages.iter_mut().filter(|message| message.is_truncated) {
        let whole = ctx.hubspot.conversations().original_content(thread, &message.id).await;
        if let Ok((text, rich)) = whole
            && (text.is_some() || rich.is_some())
        {
            (message.text, message.rich_text, message.is_truncated) = (text, rich, false);
        }
    }
}

/// The inboxes. Without them conversations can still be shown, so a failure gives none.
pub async fn inboxes(ctx: &Ctx) -> Vec<Inbox> {
    let inboxes = ctx.hubspot.conversations().inboxes().await;
    inboxes.map(|inboxes| inboxes.as_ref().clone()).unwrap_or_default()
}

/// The inbox with this id or name.
pub async fn inbox(ctx: &Ctx, asked: &str) -> Result<Inbox, Error> {
    let inboxes = ctx.hubspot.conversations().inboxes().await?;
    let asked = asked.trim();
    let by_name = |inbox: &&Inbox| inbox.name.trim().to_lowercase() == asked.to_lowercase();
    let found = inboxes.iter().find(|inbox| inbox.id == asked).or_else(|| inboxes.iter().find(by_name));
    found.cloned().ok_or_else(|| Error::InboxUnknown { inboxes: inboxes.iter().map(|one| one.name.clone()).collect() })
}
