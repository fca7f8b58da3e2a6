//! A conversation as HubSpot has it, read for one attempt.

use std::collections::HashSet;

use super::entry::ThreadEntry;
use crate::conversations::load;
use crate::tool::Ctx;
use domain::id::ThreadId;
use hubspot_client::{Error, Message, Thread};

/// The characters of a message that a brain is shown; of one that HubSpot has cut, the whole is read.
const SHOWN_CHARACTERS_MAX: usize = 4_000;

/// A conversation that was read.
#[derive(Clone, Debug)]
pub struct LoadedConversation {
    /// Thread as HubSpot has it now.
    pub thread: Thread,
    /// Its messages, oldest first.
    pub messages: Vec<Message>,
    /// The load as plain data.
    pub entries: Vec<ThreadEntry>,
}

impl LoadedConversation {
    /// The ids of all messages that were there.
    pub fn ids(&self) -> Vec<String> {
        self.messages.iter().map(|message| message.id.clone()).collect()
    }
}

/// The conversation as polling has read it a moment ago, with this newest message; `None` if it has not. Whatever has
/// happened since is seen before anything is written.
pub async fn from_poll(ctx: &Ctx, id: &ThreadId, newest: &str, ours: &HashSet<String>) -> Option<LoadedConversation> {
    let (thread, messages) =
        ctx.hubspot.conversations().take_read(id, newest).filter(|(thread, _)| !thread.is_archived)?;
    Some(of(ctx, thread, messages, ours).await)
}

/// Reads the thread and its messages; `None` if it was deleted. Two requests.
pub async fn first(ctx: &Ctx, id: &ThreadId, ours: &HashSet<String>) -> Result<Option<LoadedConversation>, Error> {
    let conversations = ctx.hubspot.conversations();
    let (thread, page) = tokio::join!(conversations.thread(id), conversations.messages(id));
    let Some(thread) = thread?.filter(|thread| !thread.is_archived) else { return Ok(None) };
    let page = match page {
        Err(Error::NotFound) => return Ok(None),
        page => page?,
    };
    Ok(Some(of(ctx, thread, page.messages, ours).await))
}

/// Reads the messages anew; the thread is the one that was read before: what happened to it since stands among its messages.
/// One request.
pub async fn again(
    ctx: &Ctx,
    seen: &LoadedConversation,
    ours: &HashSet<String>,
) -> Result<Option<LoadedConversation>, Error> {
    match ctx.hubspot.conversations().messages(&seen.thread.id).await {
        Err(Error::NotFound) => Ok(None),
        page => Ok(Some(of(ctx, seen.thread.clone(), page?.messages, ours).await)),
    }
}

async fn of(ctx: &Ctx, thread: Thread, mut messages: Vec<Message>, ours: &HashSet<String>) -> LoadedConversation {
    load::uncut(ctx, &thread.id, &mut messages, SHOWN_CHARACTERS_MAX).await;
    let entries = ThreadEntry::all(&messages, ours);
    LoadedConversation { thread, messages, entries }
}
