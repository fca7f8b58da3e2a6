//! A desk that takes webhooks in this process: its store, its tasks, and a router that HubSpot's deliveries go to.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use domain::clock::Clock;
use frontdesk::app::events::{Events, Running};
use frontdesk::app::webhook::WebhookRoute;
use frontdesk::change_feed::ChangeFeed;
use frontdesk::events::intake::Intake;
use frontdesk::events::poll::cadence::Duty;
use frontdesk::events::poll::inboxes::Inboxes;
use frontdesk::events::webhook::Webhook;
use frontdesk::mcp::http::{SignedOutcome, SignedRoute};
use frontdesk::store::{Location, Store};
use http::StatusCode;
use http::request::Parts;
use hubspot_client::HubSpot;

use super::{PUBLIC, SECRET};

/// One life of the process of a desk.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) changes: ChangeFeed,
    pub(crate) intake: Intake,
    pub(crate) route: Arc<WebhookRoute>,
    running: Running,
}

impl Desk {
    /// Starts a desk with this store.
    pub(crate) fn start(location: Location, clock: Clock) -> Desk {
        Desk::with(location, clock, |events| events.is_wanted = true)
    }

    /// Starts a desk that polls all inboxes of this account.
    pub(crate) fn polling(location: Location, clock: Clock, hubspot: &HubSpot, duty: Duty) -> Desk {
        Desk::with(location, clock, |events| events.poll(hubspot, Inboxes::All, duty, clock))
    }

    fn with(location: Location, clock: Clock, change: impl FnOnce(&mut Events)) -> Desk {
        let (store, changes) = (Store::timed_by(location, clock), ChangeFeed::default());
        let mut events = Events::new(store.clone(), changes.clone(), clock);
        change(&mut events);
        let intake = events.intake.clone();
        let webhook = Webhook::new(SECRET.into(), PUBLIC.parse().unwrap(), intake.clone(), clock);
        Desk { store, changes, intake, route: Arc::new(WebhookRoute(webhook)), running: events.start() }
    }

    /// The messages in the store as `thread/message`, as often as they are there.
    pub(crate) async fn messages(&self) -> Vec<String> {
        let rows = self.store.events_after(0, 10_000).await.unwrap();
        let messages = rows.into_iter().filter(|row| row.kind == "conversation.newMessage");
        messages.map(|row| format!("{}/{}", row.thread, row.message)).collect()
    }

    /// Ends the process as a crash does: what was not stored is gone.
    pub(crate) fn crash(self) {
        drop(self.running);
    }

    /// Ends the process in order.
    pub(crate) async fn stop(self) {
        self.running.end().await;
    }
}

/// The address of a desk, also while its process is down or its answers are lost.
#[derive(Clone, Default)]
pub(crate) struct Door {
    route: Arc<Mutex<Option<Arc<WebhookRoute>>>>,
    answers: Arc<AtomicU32>,
    /// Every so many-th answer is lost after the delivery was taken; 0 for none.
    lost_every: u32,
}

impl Door {
    pub(crate) fn losing_every(lost_every: u32) -> Door {
        Door { lost_every, ..Door::default() }
    }

    /// Leads to this desk from now on; to none while it is down.
    pub(crate) fn lead_to(&self, desk: Option<&Desk>) {
        *self.route.lock().unwrap() = desk.map(|desk| desk.route.clone());
    }

    /// Leads to this route from now on; to none while its process is down.
    pub(crate) fn lead_to_route(&self, route: Option<Arc<WebhookRoute>>) {
        *self.route.lock().unwrap() = route;
    }

    /// The router that deliveries go to.
    pub(crate) fn router(&self) -> Router {
        let door = self.clone();
        Router::new().fallback(async move |request: axum::extract::Request| {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            door.deliver(head, body).await
        })
    }

    async fn deliver(&self, head: Parts, body: Bytes) -> StatusCode {
        let Some(route) = self.route.lock().unwrap().clone() else { return StatusCode::BAD_GATEWAY };
        if route.verify(&head, &body).is_err() {
            return StatusCode::UNAUTHORIZED;
        }
        let taken = route.take(body).await;
        let number = self.answers.fetch_add(1, Ordering::Relaxed) + 1;
        match taken {
            SignedOutcome::Done if self.lost_every > 0 && number.is_multiple_of(self.lost_every) => {
                StatusCode::GATEWAY_TIMEOUT
            }
            SignedOutcome::Done => StatusCode::OK,
            SignedOutcome::Unprocessable(_) => StatusCode::BAD_REQUEST,
            SignedOutcome::NotNow(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
