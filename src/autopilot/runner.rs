//! The loop of one process: conversations that are due are claimed and answered, some at once.

use std::sync::Arc;
use std::time::Duration;

use hubspot_client::Error as HubSpotError;
use metrics::counter;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use super::attempt::Next;
use super::conduct;
use super::failed::Failed;
use super::held_claim::{HeldClaim, LIFE, WorkEnd};
use super::pilot::Autopilot;
use crate::store::Error as StoreError;
use crate::store::conversations::{ConversationLease, Ended};

/// The longest and the shortest pause between two looks at what is due. A message makes its conversation due when the customer
/// has been quiet for a time, and looks are as frequent as that, so none is seen late.
const LOOK_EVERY: Duration = Duration::from_secs(4);
const LOOK_PAUSE_MIN: Duration = Duration::from_millis(200);
/// The pause while the store cannot be read.
const PAUSED: Duration = Duration::from_secs(5);
/// The pause before a conversation that an operator has paused is looked at again.
const LOOK_PAUSED: Duration = Duration::from_secs(60);
/// The pauses before a conversation is tried again for a failure of our own, by the attempt.
const AGAIN: Duration = Duration::from_secs(5);
/// The time for which conversations under way are waited for at the end, and the time for giving back those that are not done.
const DRAIN_MAX: Duration = Duration::from_secs(20);
const GIVE_BACK_MAX: Duration = Duration::from_secs(2);
/// The interval at which memories that are too old are removed.
const FORGET_EVERY: Duration = Duration::from_secs(60 * 60);
/// The interval at which a failure is told.
const TOLD_EVERY: Duration = Duration::from_secs(60);

impl Autopilot {
    /// Answers until `stop`; what is under way then is ended, as far as it takes a short time, or given back to others.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let owner = Uuid::new_v4().simple().to_string();
        let mut under_way = JoinSet::new();
        self.clone().answer_all(&owner, &mut under_way, &stop).await;
        if timeout(DRAIN_MAX, all_end(&mut under_way)).await.is_err() {
            warn!("Some conversations were not answered in time; another process goes on with them.");
            self.cut.cancel();
            // Where the store cannot be used their claims end by themselves.
            let _ = timeout(GIVE_BACK_MAX, all_end(&mut under_way)).await;
        }
    }

    /// Answers until `stop`. A claim that was asked for is waited for: nobody else would get it.
    async fn answer_all(self: Arc<Self>, owner: &str, under_way: &mut JoinSet<()>, stop: &CancellationToken) {
        let pause = async |time| {
            stop.run_until_cancelled(sleep(time)).await;
        };
        let begun_ms = loop {
            match self.ctx().store.autopilot_begun().await {
                Ok(begun_ms) => break begun_ms,
                Err(_) if stop.is_cancelled() => return,
                Err(error) => {
                    warn!("The autopilot waits for the store: {error}.");
                    pause(PAUSED).await;
                }
            }
        };
        info!("The autopilot answers HubSpot's inbox.");
        let (mut forget_at, mut told_at) = (Instant::now(), None);
        while !stop.is_cancelled() {
            while under_way.try_join_next().is_some() {}
            if forget_at <= Instant::now() {
                forget_at = Instant::now() + FORGET_EVERY;
                self.forget_old().await;
            }
            if under_way.len() >= self.settings.at_once {
                stop.run_until_cancelled(under_way.join_next()).await;
                continue;
            }
            match self.ctx().store.claim_conversation(owner, LIFE).await {
                Ok(Some(claim)) => {
                    let pilot = self.clone();
                    under_way.spawn(async move { pilot.attempt(claim, begun_ms).await });
                }
                Ok(None) => pause(self.pause().await).await,
                Err(error) => {
                    if told_at.is_none_or(|at: Instant| at.elapsed() >= TOLD_EVERY) {
                        told_at = Some(Instant::now());
                        warn!("Nothing is answered, because the store cannot be read: {error}.");
                    }
                    pause(PAUSED).await;
                }
            }
        }
    }

    /// The time until a conversation is due, as far as it is known now.
    async fn pause(&self) -> Duration {
        let due = self.ctx().store.next_conversation_due().await.ok().flatten();
        let longest = self.debounce().quiet.clamp(LOOK_PAUSE_MIN, LOOK_EVERY);
        due.unwrap_or(longest).clamp(LOOK_PAUSE_MIN, longest)
    }

    async fn forget_old(&self) {
        if let Err(error) = self.ctx().store.forget_autopilot(self.settings.kept_days).await {
            warn!("Old memories of conversations could not be removed: {error}.");
        }
    }

    /// Makes one attempt, and ends its claim.
    pub async fn attempt(&self, claim: ConversationLease, begun_ms: i64) {
        let held = HeldClaim::new(claim);
        let store = &self.ctx().store;
        let ended = match held.during(store, &self.cut, conduct::run(self, &held, begun_ms)).await {
            WorkEnd::Done(made) => self.end(&held, made).await,
            WorkEnd::Lost => {
                counter!("autopilot_attempts_total", "end" => "lost").increment(1);
                return;
            }
            WorkEnd::CutOff => {
                counter!("autopilot_attempts_total", "end" => "cut_off").increment(1);
                // What may still be written is left to the end of the claim, as after a crash.
                if held.has_acted() {
                    return;
                }
                store.conversation_in_its_place(held.get(), Duration::ZERO, self.debounce()).await
            }
        };
        match ended {
            Ok(Ended::Parked) => {
                counter!("autopilot_attempts_total", "end" => "parked").increment(1);
                warn!(
                    thread = held.get().thread,
                    "A conversation is given up: every attempt at it failed. A person has to answer."
                );
            }
            Ok(_) => {}
            Err(error) => warn!("The end of an attempt could not be noted; it is made again: {error}."),
        }
    }

    async fn end(&self, held: &HeldClaim, made: Result<Next, Failed>) -> Result<Ended, StoreError> {
        let (store, claim) = (&self.ctx().store, held.get());
        let end = match &made {
            Ok(Next::Done) => "done",
            Ok(Next::Postpone(_)) | Err(Failed::Paused) => "postponed",
            Err(Failed::Gone) => "gone",
            Err(Failed::Lost) => "lost",
            Err(_) => "failed",
        };
        counter!("autopilot_attempts_total", "end" => end).increment(1);
        match made {
            Ok(Next::Done) | Err(Failed::Gone) => store.conversation_done(claim).await,
            Ok(Next::Postpone(pause)) => store.conversation_postponed(claim, pause).await,
            Err(Failed::Paused) => store.conversation_postponed(claim, LOOK_PAUSED).await,
            Err(Failed::Lost) => Ok(Ended::Lost),
            // HubSpot's failures last as long as they do: the message waits. What the quota stops is first when there is some.
            Err(Failed::HubSpot(error)) => {
                let pause = self.pause_after(&error);
                warn!("A conversation waits for HubSpot: {error}.");
                match error {
                    HubSpotError::RateLimited { .. } => {
                        store.conversation_in_its_place(claim, pause, self.debounce()).await
                    }
                    _ => store.conversation_postponed(claim, pause).await,
                }
            }
            Err(error) => {
                warn!("A conversation could not be answered, and is tried again: {error}.");
                let attempt = u32::try_from(claim.attempt).unwrap_or(1);
                store.conversation_again(claim, AGAIN * 2_u32.saturating_pow(attempt.min(6))).await
            }
        }
    }
}

async fn all_end(under_way: &mut JoinSet<()>) {
    while under_way.join_next().await.is_some() {}
}
