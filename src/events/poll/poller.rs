//! The loop over all inboxes: one replica looks at each, as often as its cadence says.

use std::collections::BTreeMap;
use std::time::Duration;

use hubspot_client::{DailyQuota, Error as HubSpotError, HubSpot};
use metrics::counter;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use super::cadence::{self, Duty, PROBE_EVERY, Situation};
use super::inbox_poll::{Failed, InboxPoller, PollPosition, PollResult};
use super::inboxes::Inboxes;
use crate::log_throttle::LogThrottle;
use crate::store::kept_lease::KeptLease;
use crate::store::{Error as StoreError, Store};

/// The pause between two readings of the list of inboxes, and after one that failed while some are known.
const LIST_EVERY: Duration = Duration::from_secs(60);
const LIST_AGAIN: Duration = Duration::from_secs(5 * 60);

/// The pause after a failure that somebody has to mend, such as a missing scope.
const MENDED_AFTER: Duration = Duration::from_secs(30 * 60);

/// The life of the lease of an inbox, which is renewed while its holder waits and looks: after a crash another replica goes on
/// so soon.
const LEASE_LIFE: Duration = Duration::from_secs(20);

/// The pause after which a replica asks again for an inbox that another one looks at: one that leaves gives it back.
const STANDBY: Duration = Duration::from_millis(1_500);

/// The pause after a look that has not read all there was.
const CATCH_UP: Duration = Duration::from_secs(1);

/// Polling of an account.
#[derive(Debug)]
pub struct Poller {
    hubspot: HubSpot,
    store: Store,
    poll: InboxPoller,
    inboxes: Inboxes,
    duty: Duty,
    owner: String,
    failures: LogThrottle<String>,
}

/// An inbox as this replica knows it.
#[derive(Debug)]
struct Inbox {
    due: Instant,
    position: PollPosition,
    lease: Option<KeptLease>,
    begun: Instant,
    last_message: Option<Instant>,
    failures: u32,
    /// The pause before the next look.
    pause: Duration,
}

impl Poller {
    /// The same that keeps what it reads for the autopilot of this process.
    #[must_use]
    pub fn keeping(self) -> Poller {
        Poller { poll: self.poll.keeping(), ..self }
    }

    /// Polls these inboxes.
    pub fn new(hubspot: &HubSpot, store: Store, poll: InboxPoller, inboxes: Inboxes, duty: Duty) -> Poller {
        let owner = Uuid::new_v4().simple().to_string();
        let (hubspot, failures) = (hubspot.clone(), LogThrottle::default());
        Poller { hubspot, store, poll, inboxes, duty, owner, failures }
    }

    /// Polls until `stop`, and then leaves the inboxes to others.
    pub async fn run(self, stop: CancellationToken) {
        let mut inboxes = BTreeMap::new();
        tokio::select! {
            () = self.poll(&mut inboxes) => {}
            () = stop.cancelled() => {}
        }
        for lease in inboxes.into_values().filter_map(|inbox| inbox.lease) {
            if let Err(error) = lease.release().await {
                warn!("Another replica can poll an inbox only after a while: {error}.");
            }
        }
    }

    async fn poll(&self, inboxes: &mut BTreeMap<String, Inbox>) {
        let mut list_due = Instant::now();
        loop {
            sleep_until(inboxes.values().map(|inbox| inbox.due).fold(list_due, Instant::min)).await;
            if Instant::now() >= list_due {
                list_due = Instant::now() + self.list(inboxes).await;
            }
            let count = inboxes.len();
            for (id, inbox) in inboxes.iter_mut().filter(|(_, inbox)| inbox.due <= Instant::now()) {
                self.visit(id, inbox, count).await;
            }
        }
    }

    /// Reads which inboxes there are, and returns the pause until the next time. If it fails, those that are known go on.
    async fn list(&self, inboxes: &mut BTreeMap<String, Inbox>) -> Duration {
        let ids = match &self.inboxes {
            Inboxes::Some(ids) => ids.clone(),
            Inboxes::All => match self.poll.inboxes().await {
                Ok(ids) => ids,
                Err(error) => {
                    let usual = if inboxes.is_empty() { LIST_EVERY } else { LIST_AGAIN };
                    let error = Failed::from(error);
                    self.warn("inboxes cannot be listed", &error);
                    return usual.max(wait_of(&error));
                }
            },
        };
        if inboxes.is_empty() && !ids.is_empty() {
            info!(inboxes = ids.len(), "Polling {} inboxes of HubSpot for new messages.", ids.len());
        }
        inboxes.retain(|id, _| ids.contains(id));
        for id in ids {
            inboxes.entry(id).or_insert_with(Inbox::new);
        }
        LIST_EVERY
    }

    /// Looks at an inbox, unless another replica does, and sets when it is visited next.
    async fn visit(&self, id: &str, inbox: &mut Inbox, inboxes: usize) {
        let looked = match self.hold(id, inbox).await {
            Ok(true) => self.look(id, inbox).await,
            Ok(false) => {
                counter!("hubspot_polls_total", "outcome" => "standby").increment(1);
                inbox.due = Instant::now() + STANDBY;
                return;
            }
            Err(error) => Err(error.into()),
        };
        counter!("hubspot_polls_total", "outcome" => if looked.is_ok() { "ok" } else { "failed" }).increment(1);
        inbox.note(&looked);
        inbox.pause = cadence::pause(&self.situation(inbox, inboxes));
        let pause = match &looked {
            Ok(PollResult { is_complete: false, .. }) => CATCH_UP,
            Ok(_) => inbox.pause,
            Err(error) => inbox.pause.max(wait_of(error)),
        };
        inbox.due = Instant::now() + pause;
        if let Err(error) = looked {
            self.warn(&format!("inbox {id} cannot be polled"), &error);
        }
    }

    /// Takes or renews the lease of an inbox; `false` if another replica has it.
    async fn hold(&self, id: &str, inbox: &mut Inbox) -> Result<bool, StoreError> {
        if let Some(lease) = &inbox.lease
            && lease.renew().await?
        {
            return Ok(true);
        }
        inbox.lease = None;
        let name = format!("poll:{id}");
        if self.store.is_lease_free(&name).await? {
            inbox.lease = self.store.keep_lease(&name, &self.owner, LEASE_LIFE).await?;
        }
        Ok(inbox.lease.is_some())
    }

    async fn look(&self, id: &str, inbox: &mut Inbox) -> Result<PollResult, Failed> {
        let lease = inbox.lease.as_ref().ok_or(Failed::LeaseLost)?;
        let lease = lease.current().await.ok_or(Failed::LeaseLost)?;
        self.poll.look(id, &mut inbox.position, &lease).await
    }

    fn situation(&self, inbox: &Inbox, inboxes: usize) -> Situation {
        let quota = self.hubspot.daily_quota();
        Situation {
            since_message: inbox.last_message.unwrap_or(inbox.begun).elapsed(),
            had_message: inbox.last_message.is_some(),
            used: quota.map_or(0.0, |quota| quota.used()),
            limit: quota.map(|DailyQuota { limit, .. }| limit),
            inboxes,
            duty: self.duty,
            failures: inbox.failures,
        }
    }

    fn warn(&self, what: &str, error: &Failed) {
        if self.failures.may_say(what.to_owned()) {
            warn!("HubSpot's {what}: {error}. It is tried again, and nothing is lost.");
        }
    }
}

impl Inbox {
    fn new() -> Inbox {
        let now = Instant::now();
        let position = PollPosition::default();
        Inbox { due: now, position, lease: None, begun: now, last_message: None, failures: 0, pause: Duration::ZERO }
    }

    fn note(&mut self, looked: &Result<PollResult, Failed>) {
        match looked {
            Ok(looked) => {
                self.failures = 0;
                if looked.from_customers > 0 {
                    self.last_message = Some(Instant::now());
                }
            }
            Err(Failed::LeaseLost) => self.lease = None,
            Err(_) => self.failures += 1,
        }
    }
}

/// The time that HubSpot asks to wait, or that somebody needs. What ends at midnight is asked for before: the limit may be
/// raised.
fn wait_of(error: &Failed) -> Duration {
    match error {
        Failed::HubSpot(
            HubSpotError::TokenMissing | HubSpotError::TokenRejected | HubSpotError::ScopeMissing { .. },
        ) => MENDED_AFTER,
        Failed::HubSpot(HubSpotError::RateLimited { retry_after } | HubSpotError::DailyLimit { retry_after, .. }) => {
            (*retry_after).min(PROBE_EVERY)
        }
        _ => Duration::ZERO,
    }
}
