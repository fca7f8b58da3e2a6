//! A conversation with a window of its messages.

use schemars::JsonSchema;
use serde::Serialize;

use super::error::Error;
use super::look;
use super::message_view::{self, MessageView, TEXT_CHARACTERS_MAX};
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
pub enum Choice {
    /// Some of the messages.
    Window {
        /// Only those behind this one, the first of them.
        after: Option<String>,
        /// Only those before this one, the last of them.
        before: Option<String>,
        /// At most so many.
        limit: usize,
    },
    /// A part of one long message.
    One {
        /// Its id.
        message: String,
        /// The first character of the part.
        text_from: usize,
    },
}

/// The messages that are shown, and whether there are others.
#[derive(Debug)]
struct Shown {
    messages: Vec<Message>,
    earlier: bool,
    later: bool,
}

/// The transcript of a page of messages that was just read.
pub async fn of(ctx: &Ctx, id: &ThreadId, page: MessagePage, choice: &Choice) -> Result<Transcript, Error> {
    // Read after the messages, so that its status is at least as new as they are.
    let thread = look::thread(ctx, id).await?;
    let mut shown = choice.of(page.messages)?;
    let text_from = choice.text_from();
    look::uncut(ctx, id, &mut shown.messages, text_from + TEXT_CHARACTERS_MAX).await;
    let actors = shown.messages.iter().flat_map(message_view::actors).chain(summary::actors(&thread));
    let (names, inboxes) = (Names::of(ctx, actors).await, look::inboxes(ctx).await);
    Ok(Transcript {
        conversation: Summary::of(&thread, &inboxes, &names, ctx.clock.now()),
        messages: shown.messages.iter().map(|message| MessageView::of(message, &names, &inboxes, text_from)).collect(),
        earlier: shown.earlier,
        later: shown.later,
        incomplete: !page.is_complete,
    })
}

impl Choice {
    /// The newest messages.
    pub fn newest() -> Choice {
        Choice::Window { after: None, before: None, limit: LIMIT_DEFAULT }
    }

    fn text_from(&self) -> usize {
        match self {
            Choice::Window { .. } => 0,
            Choice::One { text_from, .. } => *text_from,
        }
    }

    fn of(&self, mut messages: Vec<Message>) -> Result<Shown, Error> {
        let place = |id: &str| messages.iter().position(|message| message.id == id.trim()).ok_or(Error::MessageUnknown);
        let (cut, follows) = match self {
            Choice::One { message, .. } => {
                let at = place(message)?;
                (at..at + 1, false)
            }
            Choice::Window { after, before, limit } => {
                let start = after.as_deref().map(place).transpose()?.map_or(0, |at| at + 1);
                let end = before.as_deref().map(place).transpose()?.unwrap_or(messages.len()).max(start);
                let newest = end.saturating_sub(*limit)..end;
                (if after.is_some() { start..end.min(start + limit) } else { newest }, after.is_some())
            }
        };
        let (earlier, later) = (!follows && cut.start > 0, cut.end < messages.len());
        messages.truncate(cut.end);
        messages.drain(..cut.start);
        Ok(Shown { messages, earlier, later })
    }
}
