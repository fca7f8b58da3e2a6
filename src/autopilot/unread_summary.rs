//! The summary of a hand-over of which nobody knows whether colleagues have it. Where nobody got the conversation it alone tells
//! them of the customer, so it is looked for, and written once more when it can no longer arrive.

use std::time::Duration;

use super::attempt::{Attempt, Next, now_ms};
use super::decide;
use super::failed::Failed;
use super::hand_over::Summary;
use super::load::LoadedConversation;
use super::outbox::{self, AnswerPart, UnknownSend};
use super::reason::HandOverReason;
use crate::store::outbox::OutboxReply;

impl Attempt<'_> {
    /// Has colleagues learn of the last hand-over; the pause before the next look while its summary may still arrive. Whoever
    /// closes the conversation, gives it back or takes it knows of it.
    pub(super) async fn confirm_summary(
        &mut self,
        seen: &LoadedConversation,
        replies: &[OutboxReply],
    ) -> Result<Option<Duration>, Failed> {
        let Some(unread) = self.memory.unread.clone() else { return Ok(None) };
        if decide::waits_for_person(&self.situation(seen, true), &unread.trigger) {
            let ctx = self.step();
            let key = outbox::key(self.thread.as_str(), &unread.trigger, AnswerPart::Summary);
            let is_there = replies.iter().any(|reply| reply.key == key && reply.message.is_some());
            match outbox::unknown(replies, &key, now_ms(&ctx)) {
                Some(UnknownSend::Wait(pause)) => return Ok(Some(pause)),
                _ if is_there => {}
                _ => {
                    self.claim.act();
                    let reason = HandOverReason::named(&unread.reason);
                    let part = AnswerPart::SummaryAgain;
                    let summary = Summary { part, trigger: &unread.trigger, reason, untold: unread.untold };
                    let customer = self.customer(&ctx, seen).await?;
                    if !self.summarise(&ctx, seen, summary, customer.as_ref(), &mut seen.ids()).await? {
                        let thread = self.thread.as_str();
                        tracing::warn!(
                            thread,
                            "Nobody knows whether colleagues see that a conversation was handed over: look at it."
                        );
                    }
                }
            }
        }
        self.memory.unread = None;
        self.keep().await?;
        Ok(None)
    }
}

/// The next state of a conversation whose summary is looked for again after `pause`, if it is.
pub(super) fn beside(next: Next, pause: Option<Duration>) -> Next {
    match (next, pause) {
        (next, None) => next,
        (Next::Done, Some(pause)) => Next::Postpone(pause),
        (Next::Postpone(wait), Some(pause)) => Next::Postpone(wait.min(pause)),
    }
}
