//! Webhooks to a program of the operator's: what happens in conversations, signed, in order, and again until it is taken.
//!
//! Each request has the time in seconds since 1970 in `x-frontdesk-timestamp`, the id of the event in
//! `x-frontdesk-delivery`, and in `x-frontdesk-signature` `sha256=` with HMAC-SHA256 over `{timestamp}.{body}` in
//! hexadecimal.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::clock::Clock;
use hmac::{Hmac, KeyInit, Mac};
use http::{Method, Request, header};
use http_client::HttpClient;
use metrics::counter;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

use super::visit::event::ConversationEvent;
use super::visit::visit::{Visit, moment};
use crate::log_throttle::LogThrottle;

/// Conversations of one lane wait for each other; the lanes do not.
const LANES: usize = 8;
/// The events that wait in one lane; further ones are lost to the webhook.
const WAITING_MAX: usize = 1_000;
/// The bytes of all events that wait.
const WAITING_BYTES_MAX: usize = 16 << 20;
/// The longest time of one request.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// The pauses before an event is sent again; after the last one it is lost.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
];

/// Takes events, to be sent by the [`Sending`] that was made with it. Clones share it.
#[derive(Clone, Debug)]
pub struct Outbox {
    lanes: Arc<[Sender<VisitDelivery>]>,
    waiting_bytes: Arc<AtomicUsize>,
    lost: Arc<LogThrottle<()>>,
}

/// Sends events.
#[derive(Debug)]
pub struct Sending {
    lanes: Vec<Receiver<VisitDelivery>>,
    receiver: Receiving,
}

/// The program that receives events.
#[derive(Clone)]
pub struct Receiving {
    /// The way to it.
    pub http: Arc<dyn HttpClient>,
    /// The path and query of its address.
    pub path: String,
    /// The secret that signs.
    pub secret: SecretString,
    /// Tells when an event is sent.
    pub clock: Clock,
}

impl std::fmt::Debug for Receiving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiving").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct VisitDelivery {
    id: String,
    body: Bytes,
    _held: WaitingBytes,
}

/// The bytes of an event that waits, given back when it is dropped.
#[derive(Debug)]
struct WaitingBytes {
    all: Arc<AtomicUsize>,
    own: usize,
}

impl WaitingBytes {
    /// `None` if as many wait already as may.
    fn take(all: &Arc<AtomicUsize>, own: usize) -> Option<WaitingBytes> {
        let before = all.fetch_add(own, Ordering::Relaxed);
        let held = WaitingBytes { all: all.clone(), own };
        (before + own <= WAITING_BYTES_MAX).then_some(held)
    }
}

impl Drop for WaitingBytes {
    fn drop(&mut self) {
        self.all.fetch_sub(self.own, Ordering::Relaxed);
    }
}

/// An outbox, and what sends from it to this receiver.
pub fn to(receiver: Receiving) -> (Outbox, Sending) {
    let (senders, lanes): (Vec<_>, Vec<_>) = (0..LANES).map(|_| mpsc::channel(WAITING_MAX)).unzip();
    let outbox = Outbox { lanes: senders.into(), waiting_bytes: Arc::default(), lost: Arc::default() };
    (outbox, Sending { lanes, receiver })
}

impl Outbox {
    /// Puts an event of a conversation in. What finds no place is lost, and said so.
    pub fn put(&self, visit: &Visit, happened: &ConversationEvent, now: DateTime<Utc>) {
        let id = Uuid::now_v7().simple().to_string();
        let body = Bytes::from(body(&id, visit, happened, now).to_string());
        let mut hasher = DefaultHasher::new();
        visit.conversation.hash(&mut hasher);
        let lane = hasher.finish() as usize % self.lanes.len();
        let held = WaitingBytes::take(&self.waiting_bytes, body.len());
        let sent = held.map(|held| self.lanes[lane].try_send(VisitDelivery { id, body, _held: held }));
        if !matches!(sent, Some(Ok(()))) {
            counter!("chat_webhooks_total", "outcome" => "no_room").increment(1);
            if self.lost.may_say(()) {
                warn!("The receiver of the chat's webhooks is too slow: an event found no place, and others may not.");
            }
        }
    }
}

fn body(id: &str, visit: &Visit, happened: &ConversationEvent, now: DateTime<Utc>) -> Value {
    let (kind, key, content) = match happened {
        ConversationEvent::Assigned(person) => ("assigned", "person", json!(person)),
        ConversationEvent::Message(event) => ("message", "message", json!(**event)),
        ConversationEvent::Closed(by) => ("closed", "by", json!(by)),
    };
    let mut body = json!({ "id": id, "type": kind, "conversation": visit.conversation, "at": moment(now) });
    if let Some(reference) = &visit.reference {
        body["reference"] = json!(reference);
    }
    body[key] = content;
    body
}

impl Sending {
    /// Sends until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut lanes = JoinSet::new();
        for lane in self.lanes {
            let (receiver, stop) = (self.receiver.clone(), stop.clone());
            lanes.spawn(async move {
                tokio::select! {
                    () = send_all(lane, &receiver) => {}
                    () = stop.cancelled() => {}
                }
            });
        }
        while lanes.join_next().await.is_some() {}
    }
}

async fn send_all(mut lane: Receiver<VisitDelivery>, receiver: &Receiving) {
    while let Some(delivery) = lane.recv().await {
        let mut pauses = PAUSES.iter();
        while !is_taken(receiver, &delivery).await {
            let Some(pause) = pauses.next() else {
                counter!("chat_webhooks_total", "outcome" => "lost").increment(1);
                warn!("The receiver of the chat's webhooks did not take an event in {} tries.", PAUSES.len() + 1);
                break;
            };
            sleep(*pause).await;
        }
    }
}

/// Sends an event once; true if it was taken.
async fn is_taken(receiver: &Receiving, delivery: &VisitDelivery) -> bool {
    let timestamp = receiver.clock.now().timestamp().to_string();
    let signature = signature(&receiver.secret, &timestamp, &delivery.body);
    let request = Request::builder()
        .method(Method::POST)
        .uri(&receiver.path)
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-frontdesk-timestamp", timestamp)
        .header("x-frontdesk-delivery", &delivery.id)
        .header("x-frontdesk-signature", signature)
        .body(delivery.body.clone());
    let Ok(request) = request else { return false };
    let answer = timeout(ANSWER_MAX, receiver.http.send(request)).await;
    let taken = matches!(&answer, Ok(Ok(answer)) if answer.status().is_success());
    counter!("chat_webhooks_total", "outcome" => if taken { "taken" } else { "failed" }).increment(1);
    taken
}

/// The signature of a body that is sent at this time.
pub fn signature(secret: &SecretString, timestamp: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes());
    let mut mac = mac.expect("HMAC takes keys of every length");
    [timestamp.as_bytes(), b".", body].iter().for_each(|part| mac.update(part));
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_by_its_bytes_and_given_back() {
        let all = Arc::default();
        let half = || WaitingBytes::take(&all, WAITING_BYTES_MAX / 2);
        let held = [half(), half()];
        assert!(held.iter().all(Option::is_some) && WaitingBytes::take(&all, 1).is_none());
        drop(held);
        assert_eq!(all.load(Ordering::Relaxed), 0);
    }
}
