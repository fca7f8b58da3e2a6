//! Waiting for the next message of a conversation.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::error::Error;
use super::load;
use super::resource;
use crate::change_feed::Change;
use crate::tool::Ctx;
use domain::id::ThreadId;
use hubspot_client::MessagePage;

/// The longest wait of one call.
pub const WAIT_MAX: Duration = Duration::from_secs(25);
/// The pause between two looks at HubSpot, unless a webhook or a poll tells of a change before.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The shortest pause between two looks.
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// The time that is left for the answer.
const RESERVE: Duration = Duration::from_secs(3);

/// Reads the messages until one stands behind `after`, at most for this long.
pub async fn for_message_after(ctx: &Ctx, id: &ThreadId, after: &str, wait: Duration) -> Result<MessagePage, Error> {
    let end = Instant::now() + wait.min(WAIT_MAX).min(ctx.hubspot.time_left().saturating_sub(RESERVE));
    // Subscribed before the first look, so that no change falls between.
    let subscription = ctx.changes.subscribe([Change::Resource(resource::uri(id))]);
    loop {
        let page = load::messages(ctx, id).await?;
        let looked_at = Instant::now();
        if page.messages.last().is_some_and(|last| last.id != after.trim()) || looked_at >= end {
            return Ok(page);
        }
        let next = end.min(looked_at + LOOK_EVERY);
        match &subscription {
            Some(subscription) => drop(timeout_at(next, subscription.next()).await),
            None => sleep_until(next).await,
        }
        // What is told may be no message, and many things can be told at once.
        sleep_until(next.min(looked_at + PAUSE_MIN)).await;
    }
}
