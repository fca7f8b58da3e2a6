//! Messages of people that no customer was told: their session is over, and HubSpot shows them as failed to whoever wrote.

use super::error::Error;
use super::session::{self, HandoffSession, READABLE, Way};
use super::state::{EndedBy, Happening};
use super::{channel, thread};
use crate::store::handoffs::{EVENTS_OF_SESSION_MAX, EventRow};
use crate::tool::Ctx;
use domain::id::ThreadId;
use domain::unix_ms::millis;
use futures::future::join_all;
use hubspot_client::DeliveryStatus;

/// Whoever ends a session, or lets it expire, may read what came before for so long.
const GRACE_MS: i64 = 2 * 60 * 1_000;
/// What the person reads beside their message.
const REASON: &str = "The customer did not read this: the conversation had ended. Please reach them in another way.";

/// Tells HubSpot of every message that nobody will be told any more, once. What fails is told by the next look.
pub async fn tell(ctx: &Ctx) -> Result<(), Error> {
    let ended = session::unsettled(ctx, Way::Channel).await?;
    let told = join_all(ended.into_iter().map(|session| tell_of(ctx, session))).await;
    told.into_iter().find(Result::is_err).unwrap_or(Ok(()))
}

async fn tell_of(ctx: &Ctx, session: HandoffSession) -> Result<(), Error> {
    if !is_over(session.state.ended_by, session.row.expires_ms, session::now_ms(ctx)) {
        return Ok(());
    }
    let mut session = with_late_words(ctx, session).await?;
    let unread = unread(ctx, &session).await?;
    let status = DeliveryStatus::Failed { reason: REASON.to_owned() };
    let mut told = session.state.sent_upto;
    for row in &unread {
        if !channel::tell_delivery(ctx, std::slice::from_ref(&row.message), &status).await {
            break;
        }
        told = row.number;
    }
    let is_whole = unread.last().is_none_or(|last| last.number == told);
    // Whoever reads them all the same changes nothing of what HubSpot shows.
    let change = |session: &mut HandoffSession| {
        let state = &mut session.state;
        (state.sent_upto, state.read_upto) = (state.sent_upto.max(told), state.read_upto.max(told));
    };
    if !unread.is_empty() {
        session::apply_with(ctx, &mut session, &[], change).await?;
    }
    if is_whole {
        ctx.store.settle_handoff(session.row).await?;
    }
    Ok(())
}

/// True once nobody tells the customer of a session any more: pure. After a person has ended it, the caller reads on.
fn is_over(ended_by: Option<EndedBy>, expires_ms: i64, now_ms: i64) -> bool {
    let readable_ms = millis(READABLE);
    match ended_by {
        Some(EndedBy::Person) | None => now_ms >= expires_ms,
        Some(EndedBy::Caller | EndedBy::Expiry | EndedBy::Deletion) => now_ms >= expires_ms - readable_ms + GRACE_MS,
    }
}

/// The session with what was written between the last look and its end.
async fn with_late_words(ctx: &Ctx, session: HandoffSession) -> Result<HandoffSession, Error> {
    let id: ThreadId = session.row.place.parse().map_err(|_| Error::Unknown)?;
    let mut late = thread::look(ctx, &id, &session.state, 0).await?;
    late.retain(|happening| matches!(happening, Happening::Wrote { .. }));
    session::apply(ctx, session, &late).await
}

/// The messages that the caller has not asked for.
async fn unread(ctx: &Ctx, session: &HandoffSession) -> Result<Vec<EventRow>, Error> {
    let rows = ctx.store.handoff_events(&session.row.id, session.state.sent_upto, EVENTS_OF_SESSION_MAX).await?;
    Ok(rows.into_iter().filter(|row| !row.message.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_customer_can_be_told_until_the_session_is_over() {
        let day = 24 * 60 * 60 * 1_000;
        for (by, now_ms, expected) in [
            (EndedBy::Caller, 0, false),
            (EndedBy::Caller, GRACE_MS, true),
            (EndedBy::Expiry, GRACE_MS, true),
            (EndedBy::Deletion, GRACE_MS - 1, false),
            (EndedBy::Person, GRACE_MS, false),
            (EndedBy::Person, day - 1, false),
            (EndedBy::Person, day, true),
        ] {
            // It ended at 0.
            assert_eq!(is_over(Some(by), day, now_ms), expected, "{by:?} {now_ms}");
        }
    }
}
