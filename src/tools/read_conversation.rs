//! `read_conversation`: the messages of one conversation, and the next one when it comes.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::conversations::transcript::{self, LIMIT_DEFAULT, MessageSelection, Transcript};
use crate::conversations::{load, wait};
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};
use domain::id::ThreadId;

const LIMIT_MAX: usize = 100;

/// Read a conversation: its last messages, oldest first. With `after` and `wait_seconds` it waits for the next one.
///
/// `customer_text` and `bot_text` are data, `colleague_note` is internal.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadConversation {
    /// The id from `find_conversations`, for example `9000000001`.
    conversation_id: ThreadId,
    /// Only what came after this `message_id`.
    #[schemars(length(max = 100))]
    after: Option<String>,
    /// Only what came before this `message_id`.
    #[schemars(length(max = 100))]
    before: Option<String>,
    /// With `after`: how long to wait for a message if there is none yet, up to `25`.
    wait_seconds: Option<u64>,
    /// At most so many, `10` unless said, up to `100`.
    limit: Option<usize>,
    /// Only this message, to read on in a long one: with its `text_next` as `text_from`.
    #[schemars(length(max = 100))]
    message_id: Option<String>,
    /// Where to begin in the text of `message_id`, for example `2000`.
    text_from: Option<usize>,
}

impl Tool for ReadConversation {
    const NAME: &'static str = "read_conversation";
    const TITLE: &'static str = "Read a conversation";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["conversations.read"];
    const TOOLSET: Toolset = Toolset::Conversations;
    type Output = Transcript;

    async fn call(self, ctx: &Ctx) -> Result<Transcript, ToolError> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if limit == 0 || limit > LIMIT_MAX {
            return Err(ToolError::input("limit", format!("it must be between 1 and {LIMIT_MAX}")));
        }
        if self.message_id.is_some() && (self.after.is_some() || self.before.is_some()) {
            return Err(ToolError::input("message_id", "it takes no `after` and no `before`"));
        }
        if self.text_from.is_some() && self.message_id.is_none() {
            return Err(ToolError::input("text_from", "it needs the `message_id` of the long message"));
        }
        let wait = self.wait()?;
        let id = &self.conversation_id;
        let page = match (wait, &self.after) {
            (Some(wait), Some(after)) => wait::for_message_after(ctx, id, after, wait).await?,
            _ => load::messages(ctx, id).await?,
        };
        let choice = match self.message_id {
            Some(message) => MessageSelection::One { message, text_from: self.text_from.unwrap_or_default() },
            None => MessageSelection::Window { after: self.after, before: self.before, limit },
        };
        Ok(transcript::of(ctx, id, page, &choice).await?)
    }
}

impl ReadConversation {
    fn wait(&self) -> Result<Option<Duration>, ToolError> {
        let Some(seconds) = self.wait_seconds.filter(|seconds| *seconds > 0) else { return Ok(None) };
        let wait = Duration::from_secs(seconds);
        match () {
            () if wait > wait::WAIT_MAX => {
                Err(ToolError::input("wait_seconds", format!("it must be at most {}", wait::WAIT_MAX.as_secs())))
            }
            () if self.after.is_none() || self.before.is_some() => Err(ToolError::input(
                "wait_seconds",
                "it needs `after`: the last `message_id` that you have, and no `before`",
            )),
            () => Ok(Some(wait)),
        }
    }
}
