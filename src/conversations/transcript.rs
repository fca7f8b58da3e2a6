//! A conversation with a window of its messages.

use schemars::JsonSchema;
use serde::Serialize;

use super::error::Error;
use super::look;
use super::message_view::{self, MessageView};
use super::names::Names;
use super::summary::{self, Summary};
use crate::tool::Ctx;
use domain::id::ThreadId;
use hubspot_client::{Message, MessagePage};

/// The messages of one window unless said.
pub const LIMIT_DEFAULT: usize = 10;

/// A conversation and some of its messages, oldest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Transcript {
    conversation: Summary,
    messages: Vec<MessageView>,
    /// There are earlier ones: send the first `message_id` as `before`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    earlier: bool,
    /// There are later ones: send the last `message_id` as `after`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    later: bool,
    /// The conversation is longer than is read at once: its oldest messages are missing, or its newest.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

/// The messages that are wanted.
#[derive(Clone, Debug)]
pub struct Window {
    /// Only those behind this one, the first of them.
    pub after: Option<String>,
    /// Only those before this one, the last of them.
    pub before: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// The messages that are shown, and whether there are others.
#[derive(Debug)]
struct Shown {
    messages: Vec<Message>,
    earlier: bool,
    later: bool,
}

/// The transcript of a page of messages that was just read.
pub async fn of(ctx: &Ctx, id: &ThreadId, page: MessagePage, window: &Window) -> Result<Transcript, Error> {
    // Read after the messages, so that its status is at least as new as they are.
    let thread = look::thread(ctx, id).await?;
    let mut shown = window.of(page.messages)?;
    look::uncut(ctx, id, &mut shown.messages).await;
    let actors = shown.messages.iter().flat_map(message_view::actors).chain(summary::actors(&thread));
    let (names, inboxes) = (Names::of(ctx, actors).await, look::inboxes(ctx).await);
    Ok(Transcript {
        conversation: Summary::of(&thread, &inboxes, &names, ctx.clock.now()),
        messages: shown.messages.iter().map(|message| MessageView::of(message, &names, &inboxes)).collect(),
        earlier: shown.earlier,
        later: shown.later,
        incomplete: !page.is_complete,
    })
}

impl Window {
    /// The newest messages.
    pub fn newest() -> Window {
        Window { after: None, before: None, limit: LIMIT_DEFAULT }
    }

    fn of(&self, mut messages: Vec<Message>) -> Result<Shown, Error> {
        let place = |id: &str| messages.iter().position(|message| message.id == id.trim()).ok_or(Error::MessageUnknown);
        let start = self.after.as_deref().map(place).transpose()?.map_or(0, |at| at + 1);
        let end = self.before.as_deref().map(place).transpose()?.unwrap_or(messages.len()).max(start);
        let cut = match self.after {
            Some(_) => start..end.min(start + self.limit),
            None => end.saturating_sub(self.limit)..end,
        };
        let (earlier, later) = (self.after.is_none() && cut.start > 0, cut.end < messages.len());
        messages.truncate(cut.end);
        messages.drain(..cut.start);
        Ok(Shown { messages, earlier, later })
    }
}
