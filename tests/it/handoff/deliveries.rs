//! The signed deliveries of HubSpot to a desk: those of its app and those of the channel. Some come twice, late or never;
//! the desk is down for a while, and answers are lost.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use domain::clock::Clock;
use fastrand::Rng;
use frontdesk::app::events::{Events, Running};
use frontdesk::app::webhook::WebhookRoute;
use frontdesk::change_feed::ChangeFeed;
use frontdesk::events::webhook::Webhook;
use frontdesk::handoff::channel_webhook::ChannelWebhook;
use frontdesk::mcp::http::{SignedOutcome, SignedRoute};
use frontdesk::store::Store;
use http::StatusCode;
use http::request::Parts;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::webhooks::{
    ChannelWebhooks, DeliveryFaults, DeliveryOutcome, Subscription, WebhookApp, WebhookDelivery,
};
use serde_json::{Value, json};

use crate::events::{SECRET, TARGET};
use crate::handoff_channel::{CLIENT_SECRET, SERVER};

const APP: u64 = 2_438_486;
/// HubSpot repeats for a day; here that is a thousand times as fast.
const RETRY_SPEED: u32 = 1_000;
/// Every delivery is late by up to so long, as a seed says.
const DELAY_MS_MAX: u64 = 20_000;
/// Of so many deliveries one is answered by nobody after it was taken.
const ANSWERS_LOST_OF: u32 = 7;
/// The longest body that a test reads.
const BODY_BYTES_MAX: usize = 1 << 20;

/// The tasks and routes of one life of a desk that takes deliveries.
pub(super) struct Taking {
    routes: Vec<Arc<dyn SignedRoute>>,
    _running: Running,
}

impl Taking {
    /// Takes deliveries into this store and tells of them in this feed.
    pub(super) fn start(store: &Store, changes: &ChangeFeed, clock: Clock) -> Taking {
        let mut events = Events::new(store.clone(), changes.clone(), clock);
        events.is_wanted = true;
        let (channel, intake, server) = (events.channel(), events.intake.clone(), SERVER.parse().unwrap());
        let of_channel = ChannelWebhook::new(CLIENT_SECRET.into(), server, channel, intake.clone(), clock);
        let of_app = Webhook::new(SECRET.into(), SERVER.parse().unwrap(), intake, clock);
        let routes: Vec<Arc<dyn SignedRoute>> =
            vec![Arc::new(WebhookRoute(of_channel)), Arc::new(WebhookRoute(of_app))];
        Taking { routes, _running: events.start() }
    }
}

/// The addresses of a desk, which outlive its process.
#[derive(Clone, Default)]
pub(super) struct Addresses {
    routes: Arc<Mutex<Vec<Arc<dyn SignedRoute>>>>,
    taken: Arc<AtomicU32>,
}

impl Addresses {
    /// Lets this account send its deliveries here, as badly as the seed says.
    pub(super) fn of(sandbox: &Sandbox, seed: u64) -> Addresses {
        let (addresses, mut rng) = (Addresses::default(), Rng::with_seed(seed));
        let mut mischief = || DeliveryFaults {
            seed: rng.u64(..),
            duplicates_percent: rng.u8(10..40),
            disorder_percent: rng.u8(10..40),
            loss_percent: rng.u8(10..40),
            delay_ms: rng.u64(..DELAY_MS_MAX),
        };
        let of_channel = ChannelWebhooks {
            retry_speed: RETRY_SPEED,
            mischief: mischief(),
            ..ChannelWebhooks::in_process(addresses.router())
        };
        sandbox.set_channel_webhooks(of_channel).unwrap();
        let types = ["conversation.newMessage", "conversation.propertyChange", "conversation.creation"];
        let app =
            types.into_iter().fold(WebhookApp::new(APP, SECRET, TARGET), |app, name| app.with(Subscription::to(name)));
        let app = WebhookApp { mischief: mischief(), retry_speed: RETRY_SPEED, ..app };
        sandbox.add_webhook_app(app.in_process(addresses.router())).unwrap();
        addresses
    }

    /// Leads to this desk from now on; to none while it is down.
    pub(super) fn lead_to(&self, desk: Option<&Taking>) {
        *self.routes.lock().unwrap() = desk.map(|desk| desk.routes.clone()).unwrap_or_default();
    }

    /// Sends a delivery that HubSpot has not signed; the status of the answer.
    pub(super) async fn forge(&self, path: &str, body: &Value) -> u16 {
        let signed = [("x-hubspot-signature-v3", "Zm9yZ2Vk"), ("x-hubspot-request-timestamp", "1790000000000")];
        let request =
            signed.iter().fold(http::Request::post(path), |request, (name, value)| request.header(*name, *value));
        let (head, ()) = request.body(()).unwrap().into_parts();
        self.deliver(head, body.to_string().into()).await.as_u16()
    }

    fn router(&self) -> Router {
        let addresses = self.clone();
        Router::new().fallback(async move |request: axum::extract::Request| {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await.unwrap();
            addresses.deliver(head, body).await
        })
    }

    async fn deliver(&self, head: Parts, body: Bytes) -> StatusCode {
        let routes = self.routes.lock().unwrap().clone();
        let Some(route) = routes.iter().find(|route| route.takes(head.uri.path())) else {
            return StatusCode::BAD_GATEWAY;
        };
        if route.verify_head(&head).and_then(|()| route.verify(&head, &body)).is_err() {
            return StatusCode::UNAUTHORIZED;
        }
        let taken = route.take(body).await;
        let number = self.taken.fetch_add(1, Ordering::Relaxed) + 1;
        match taken {
            SignedOutcome::Done if number.is_multiple_of(ANSWERS_LOST_OF) => StatusCode::GATEWAY_TIMEOUT,
            SignedOutcome::Done => StatusCode::OK,
            SignedOutcome::Unprocessable(_) => StatusCode::BAD_REQUEST,
            SignedOutcome::NotNow(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// The deliveries so far by the account's own log: the attempt, the bytes, and the status of the answer, if there was one.
pub(super) fn log(sandbox: &Sandbox) -> Vec<Value> {
    let all = sandbox.webhook_deliveries(APP).into_iter().chain(sandbox.channel_deliveries());
    let entry = |one: WebhookDelivery| {
        let status = if let DeliveryOutcome::Answered(status) = one.outcome { Some(status) } else { None };
        json!({"attempt": one.attempt, "body": String::from_utf8_lossy(&one.body), "status": status})
    };
    all.map(entry).collect()
}
