//! A conversation with a window of its messages.

use schemars::JsonSchema;
use serde::Serialize;

use super::error::Error;
use super::load;
use super::message_view::{self, MessageView, TEXT_CHARACTERS_MAX};
use super::names::ActorNames;
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
    /// The conversation is longer than is read at once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
    /// Which messages are then missing: the `oldest`, or the `newest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'static str>,
}

/// The messages that are wanted.
#[derive(Clone, Debug)]
pub enum MessageSelection {
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
struct ShownMessages {
    messages: Vec<Message>,
    earlier: bool,
    later: bool,
}

/// The transcript of a page of messages that was just read.
pub async fn of(ctx: &Ctx, id: &ThreadId, page: MessagePage, choice: &MessageSelection) -> Result<Transcript, Error> {
    // Read after the messages, so that its status is at least as new as they are.
    let thread = load::thread(ctx, id).await?;
    let (is_complete, lacks_newest) = (page.is_complete, page.lacks_newest);
    let older = older(ctx, id, &page, choice).await?;
    let mut shown = choice.of(page.messages, older)?;
    let text_from = choice.text_from();
    load::uncut(ctx, id, &mut shown.messages, text_from + TEXT_CHARACTERS_MAX).await;
    let actors = shown.messages.iter().flat_map(message_view::actors).chain(summary::actors(&thread));
    let (names, inboxes) = (ActorNames::of(ctx, actors).await, load::inboxes(ctx).await);
    Ok(Transcript {
        conversation: Summary::of(&thread, &inboxes, &names, ctx.clock.now()),
        messages: shown.messages.iter().map(|message| MessageView::of(message, &names, &inboxes, text_from)).collect(),
        earlier: shown.earlier,
        later: shown.later,
        incomplete: !is_complete,
        missing: (!is_complete).then_some(if lacks_newest { "newest" } else { "oldest" }),
    })
}

/// The message that is named and older than those that were read of a long conversation.
async fn older(
    ctx: &Ctx,
    id: &ThreadId,
    page: &MessagePage,
    choice: &MessageSelection,
) -> Result<Option<Message>, Error> {
    let is_missing = |named: &&str| page.messages.iter().all(|message| message.id != *named);
    let missing = choice.named().into_iter().flatten().find(is_missing);
    let Some(missing) = missing.filter(|_| !page.is_complete) else { return Ok(None) };
    let found = ctx.hubspot.conversations().message(id, missing).await?;
    let oldest = page.messages.first().and_then(|message| message.created_at);
    Ok(found.filter(|message| message.created_at <= oldest))
}

impl MessageSelection {
    /// The newest messages.
    pub fn newest() -> MessageSelection {
        MessageSelection::Window { after: None, before: None, limit: LIMIT_DEFAULT }
    }

    fn text_from(&self) -> usize {
        match self {
            MessageSelection::Window { .. } => 0,
            MessageSelection::One { text_from, .. } => *text_from,
        }
    }

    /// The messages that it names: the one before which they stand first, since what is before an older one cannot be shown.
    fn named(&self) -> [Option<&str>; 2] {
        match self {
            MessageSelection::Window { after, before, .. } => {
                [before, after].map(|named| named.as_deref().map(str::trim))
            }
            MessageSelection::One { message, .. } => [Some(message.trim()), None],
        }
    }

    /// The part of these messages that is wanted; `older` is one that it names and that is older than all of them.
    fn of(&self, mut messages: Vec<Message>, older: Option<Message>) -> Result<ShownMessages, Error> {
        let is_older = |named: &str| older.as_ref().is_some_and(|older| older.id == named.trim());
        let place = |id: &str| messages.iter().position(|message| message.id == id.trim()).ok_or(Error::MessageUnknown);
        let (cut, follows) = match self {
            MessageSelection::One { message, .. } if is_older(message) => {
                return Ok(ShownMessages { messages: older.into_iter().collect(), earlier: false, later: false });
            }
            MessageSelection::One { message, .. } => {
                let at = place(message)?;
                (at..at + 1, false)
            }
            MessageSelection::Window { after, before, limit } => {
                if before.as_deref().is_some_and(is_older) {
                    return Err(Error::MessageTooOld);
                }
                // After an older one comes all that was read: it is said beside it that older ones are missing.
                let known = after.as_deref().filter(|after| !is_older(after));
                let start = known.map(place).transpose()?.map_or(0, |at| at + 1);
                let end = before.as_deref().map(place).transpose()?.unwrap_or(messages.len()).max(start);
                let newest = end.saturating_sub(*limit)..end;
                (if after.is_some() { start..end.min(start + limit) } else { newest }, after.is_some())
            }
        };
        let (earlier, later) = (!follows && cut.start > 0, cut.end < messages.len());
        messages.truncate(cut.end);
        messages.drain(..cut.start);
        Ok(ShownMessages { messages, earlier, later })
    }
}
