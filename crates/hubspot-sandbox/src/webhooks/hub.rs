//! All apps of an account, and the changes that go to each of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Uri;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::app::WebhookApp;
use super::batches::Queued;
use super::delivery_log::{DeliveryLog, WebhookDelivery};
use super::error::WebhookError;
use super::event::{self, Origin};
use super::loopback::Loopback;
use super::request::Signer;
use super::subscription::Checked;
use super::transport::WebhookTransport;
use super::worker::{Now, Worker};
use crate::model::journal::Change;
use crate::model::portal::Portal;

/// Events that wait for an app's worker; further ones are lost, as HubSpot's are in the worst case.
const QUEUE_MAX: usize = 10_000;
/// Subscriptions of one app.
const SUBSCRIPTIONS_MAX: usize = 1_000;
/// Requests to one app at once.
const CONCURRENT_MAX: usize = 10;
/// Id of an app's first subscription, about as large as in real apps.
const FIRST_SUBSCRIPTION_ID: u64 = 2_371_671;

/// The apps that are told of changes.
#[derive(Debug, Default)]
pub(crate) struct Webhooks {
    apps: BTreeMap<u64, Listening>,
    /// Number of events, from which their ids come.
    events_made: u64,
}

/// An app that is listening.
#[derive(Debug)]
struct Listening {
    subscriptions: Vec<Checked>,
    events: mpsc::Sender<Queued>,
    log: DeliveryLog,
    /// Events that found no room.
    lost: u64,
    /// The worker ends with the app.
    _worker: JoinSet<()>,
}

/// An app that was checked and can be added.
#[derive(Debug)]
pub(crate) struct NewApp {
    app: WebhookApp,
    subscriptions: Vec<Checked>,
    transport: Arc<dyn WebhookTransport>,
    uri: Uri,
    runtime: Handle,
}

impl NewApp {
    /// Checks an app. Nothing is changed yet.
    pub(crate) fn of(app: WebhookApp) -> Result<NewApp, WebhookError> {
        if app.subscriptions.len() > SUBSCRIPTIONS_MAX {
            let given = app.subscriptions.len();
            return Err(WebhookError::TooManySubscriptions { given, max: SUBSCRIPTIONS_MAX });
        }
        if !(1..=CONCURRENT_MAX).contains(&app.max_concurrent_requests) {
            let given = app.max_concurrent_requests;
            return Err(WebhookError::InvalidConcurrency { given, max: CONCURRENT_MAX });
        }
        app.mischief.check()?;
        let active = app.subscriptions.iter().zip(FIRST_SUBSCRIPTION_ID..).filter(|(one, _)| one.active);
        let subscriptions = active.map(|(one, id)| one.check(id)).collect::<Result<_, _>>()?;
        let transport = match &app.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(Loopback::at(&app.target_url)?),
        };
        let not_local = |_| WebhookError::TargetNotLocal(app.target_url.clone());
        let uri = app.target_url.parse().map_err(not_local)?;
        let runtime = Handle::try_current().map_err(|_| WebhookError::NoRuntime)?;
        Ok(NewApp { app, subscriptions, transport, uri, runtime })
    }

    fn listen(self, now: Now) -> Listening {
        let (events, queue) = mpsc::channel(QUEUE_MAX);
        let log = DeliveryLog::default();
        let worker = Worker {
            signer: Signer {
                secret: self.app.client_secret,
                url: self.app.target_url,
                uri: self.uri,
                older: self.app.older_signature,
            },
            transport: self.transport,
            mischief: self.app.mischief,
            retry_speed: self.app.retry_speed,
            max_concurrent_requests: self.app.max_concurrent_requests,
            log: log.clone(),
            now,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn_on(worker.run(queue), &self.runtime);
        Listening { subscriptions: self.subscriptions, events, log, lost: 0, _worker: tasks }
    }
}

impl Webhooks {
    /// Adds an app, or replaces the one with its id.
    pub(crate) fn add(&mut self, new: NewApp, now: Now) {
        self.apps.insert(new.app.app_id, new.listen(now));
    }

    /// Removes an app. Returns false if there is none with this id.
    pub(crate) fn remove(&mut self, app_id: u64) -> bool {
        self.apps.remove(&app_id).is_some()
    }

    /// Says that some app listens.
    pub(crate) fn has_apps(&self) -> bool {
        !self.apps.is_empty()
    }

    /// Returns the requests to an app so far, oldest first, and the number of events that were lost before them.
    pub(crate) fn deliveries(&self, app_id: u64) -> Option<(Vec<WebhookDelivery>, u64)> {
        self.apps.get(&app_id).map(|app| (app.log.all(), app.lost))
    }

    /// Tells every app of the changes that it subscribed to.
    pub(crate) fn publish(&mut self, portal: &mut Portal) {
        let (changes, user) = (portal.take_changes(), portal.owners.iter().find(|owner| !owner.archived));
        let mut origin = Origin {
            portal_id: portal.identity.portal_id,
            app_id: 0,
            occurred_at: portal.now_ms(),
            user_id: user.map_or(0, |owner| owner.user_id),
            number: self.events_made,
        };
        for (app_id, app) in &mut self.apps {
            origin.app_id = *app_id;
            changes.iter().for_each(|change| app.tell(change, &mut origin));
        }
        self.events_made = origin.number;
    }
}

impl Listening {
    /// Queues the events that the app gets of a change.
    fn tell(&mut self, change: &Change, origin: &mut Origin) {
        for subscription in &self.subscriptions {
            let next = Origin { number: origin.number + 1, ..*origin };
            let Some(event) = event::of(change, subscription, next) else { continue };
            *origin = next;
            let queued = Queued { event, of_crm: event::is_of_crm(subscription) };
            self.lost += u64::from(self.events.try_send(queued).is_err());
        }
    }
}
