//! One conversation: the thread, and its messages.

use std::collections::BTreeSet;

use super::error::Error;
use super::markup;
use crate::tool::Ctx;
use domain::id::ThreadId;
use futures::future::try_join_all;
use hubspot_client::{Inbox, Message, MessagePage, Thread};

/// The most messages of which the original text is read for one answer: each costs a request.
const UNCUT_MAX: usize = 10;
/// The characters behind what is shown that are kept, by which a text is known to be longer.
const REST_CHARACTERS: usize = 1;
/// The most messages of one thread that are read by their ids: each costs a request.
const BY_ID_MAX: usize = 50;

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

/// The messages with these ids, oldest first, as far as they are there. Of a long thread the newest are read together, and
/// older ones by their ids.
pub async fn these_messages(ctx: &Ctx, thread: &ThreadId, ids: &BTreeSet<&str>) -> Result<Vec<Message>, Error> {
    let page = match messages(ctx, thread).await {
        Err(Error::Unknown(_)) => return Ok(vec![]),
        page => page?,
    };
    let mut found = page.messages;
    found.retain(|message| ids.contains(message.id.as_str()));
    if !page.is_complete {
        let there: BTreeSet<&str> = found.iter().map(|message| message.id.as_str()).collect();
        let conversations = ctx.hubspot.conversations();
        let missing = ids.difference(&there).take(BY_ID_MAX);
        let older = try_join_all(missing.map(|id| conversations.message(thread, id))).await?;
        found.extend(older.into_iter().flatten());
        found.sort_by_key(|message| message.created_at);
    }
    Ok(found)
}

/// The longer texts of messages that HubSpot has cut to less than is `shown`, of the newest of them; a text that cannot be
/// read stays as it is. Each is cut at once to what is shown and a rest: a mail may have megabytes.
pub async fn uncut(ctx: &Ctx, thread: &ThreadId, messages: &mut [Message], shown: usize) {
    let is_short = |message: &&mut Message| message.is_truncated && plain(message).chars().nth(shown).is_none();
    for message in messages.iter_mut().rev().filter(is_short).take(UNCUT_MAX) {
        let whole = ctx.hubspot.conversations().original_content(thread, &message.id).await;
        if let Ok((text, rich)) = whole
            && (text.is_some() || rich.is_some())
        {
            let text = markup::plain(text.as_deref(), rich.as_deref());
            let kept = text.char_indices().nth(shown + REST_CHARACTERS).map_or(text.len(), |(end, _)| end);
            message.is_truncated = kept < text.len();
            (message.text, message.rich_text) = (Some(text[..kept].to_owned()), None);
        }
    }
}

fn plain(message: &Message) -> String {
    markup::plain(message.text.as_deref(), message.rich_text.as_deref())
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
