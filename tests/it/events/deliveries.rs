//! Deliveries of the embedded HubSpot: repeated, in disorder, with lost answers, and to a desk that dies in between.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::clock::Clock;
use frontdesk::events::poll::cadence::Duty;
use frontdesk::store::Location;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::conversing::VisitorMessage;
use hubspot_sandbox::webhooks::{DeliveryFaults, Subscription, WebhookApp};
use serde_json::json;
use tokio::time::sleep;

use super::desk::{Desk, Door};
use super::{SECRET, TARGET};
use crate::databases::on_shared;
use crate::inbox::SARAH;
use crate::world::{self, NOW};

pub(super) const APP: u64 = 2_438_486;

/// HubSpot repeats for a day; here that is a thousand times as fast.
const RETRY_SPEED: u32 = 1_000;
pub(super) const A_DAY: Duration = Duration::from_secs(150);

fn sandbox() -> (Sandbox, Clock) {
    let (sandbox, _, clock) = world::sandbox_and_client(Default::default(), Default::default());
    (sandbox, clock)
}

pub(super) fn tell(sandbox: &Sandbox, door: &Door, mischief: DeliveryFaults) {
    let types = ["conversation.creation", "conversation.newMessage", "conversation.privacyDeletion"];
    let types = types.into_iter().chain(["contact.privacyDeletion"]);
    let app = types.fold(WebhookApp::new(APP, SECRET, TARGET), |app, name| app.with(Subscription::to(name)));
    let app = app.with(Subscription::to("conversation.propertyChange"));
    sandbox
        .add_webhook_app(WebhookApp { mischief, retry_speed: RETRY_SPEED, ..app }.in_process(door.router()))
        .unwrap();
}

/// Writes a message every few seconds in five threads; returns the keys of all messages.
pub(super) async fn customers_write(sandbox: &Sandbox, messages: usize) -> BTreeSet<String> {
    let (mut threads, mut keys) = (vec![], BTreeSet::new());
    for number in 0..messages {
        let message = VisitorMessage::chat(&format!("message {number}"));
        let message = match threads.get(number % 5) {
            Some(thread) => message.in_thread(*thread),
            None => message,
        };
        let written = sandbox.visitor_writes(message).unwrap();
        if !threads.contains(&written.thread_id) {
            threads.push(written.thread_id);
        }
        keys.insert(format!("{}/{}", written.thread_id, written.message_id));
        sleep(Duration::from_secs(7)).await;
    }
    keys
}

#[tokio::test(start_paused = true)]
async fn every_event_is_stored_once_through_repeats_disorder_and_crashes() {
    on_shared(async |location: Location| {
        let (sandbox, clock) = sandbox();
        let door = Door::losing_every(3);
        let mischief =
            DeliveryFaults { seed: 7, duplicates_percent: 30, disorder_percent: 30, ..DeliveryFaults::default() };
        tell(&sandbox, &door, mischief);
        let mut desk = Desk::start(location.clone(), clock);
        door.lead_to(Some(&desk));
        let mut written = BTreeSet::new();
        for _ in 0..3 {
            written.append(&mut customers_write(&sandbox, 20).await);
            desk.crash();
            door.lead_to(None);
            written.append(&mut customers_write(&sandbox, 5).await);
            desk = Desk::start(location.clone(), clock);
            door.lead_to(Some(&desk));
        }
        sleep(A_DAY).await;
        let found = desk.messages().await;
        assert_eq!(found.len(), written.len(), "each once");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), written);
        let sent = sandbox.webhook_deliveries(APP);
        assert!(sent.iter().any(|one| one.attempt > 0), "some were repeated");
        desk.stop().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_waits_at_the_end_is_stored_before_it() {
    let (sandbox, clock) = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let location = Location::File(folder.path().join("desk.db"));
    let desk = Desk::start(location.clone(), clock);
    let door = Door::default();
    door.lead_to(Some(&desk));
    tell(&sandbox, &door, DeliveryFaults::default());
    let written = customers_write(&sandbox, 5).await;
    desk.stop().await;
    sandbox.visitor_writes(VisitorMessage::chat("too late")).unwrap();
    sleep(Duration::from_secs(2)).await;
    assert_eq!(
        format!("{:?}", sandbox.webhook_deliveries(APP).last().unwrap().outcome),
        "Answered(503)",
        "and is repeated"
    );
    let desk = Desk::start(location, clock);
    assert_eq!(desk.messages().await.into_iter().collect::<BTreeSet<_>>(), written);
    door.lead_to(Some(&desk));
    sleep(A_DAY).await;
    assert_eq!(desk.messages().await.len(), written.len() + 1);
    desk.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_erased_contact_is_erased_here_too() {
    on_shared(async |location: Location| {
        let (sandbox, clock) = sandbox();
        let door = Door::default();
        let desk = Desk::start(location, clock);
        door.lead_to(Some(&desk));
        tell(&sandbox, &door, DeliveryFaults { seed: 3, disorder_percent: 40, ..DeliveryFaults::default() });
        let of_sarah = VisitorMessage { contact: Some(SARAH), ..VisitorMessage::chat("hello") };
        let thread = sandbox.visitor_writes(of_sarah).unwrap().thread_id;
        sandbox.visitor_writes(VisitorMessage::chat("more").in_thread(thread)).unwrap();
        let other = sandbox.visitor_writes(VisitorMessage::chat("somebody else")).unwrap();
        let erase = http::Request::post("/crm/v3/objects/contacts/gdpr-delete")
            .header("authorization", format!("Bearer {}", sandbox.token()))
            .header("content-type", "application/json")
            .body(bytes::Bytes::from(json!({"objectId": SARAH.to_string()}).to_string()))
            .unwrap();
        let erased = http_client::HttpClient::send(&http_client::InProcess(sandbox.router()), erase).await.unwrap();
        assert_eq!(erased.status(), 204);
        sleep(A_DAY).await;
        let rows = desk.store.events_after(0, 100).await.unwrap();
        assert!(rows.iter().all(|row| row.thread != thread.to_string()), "{rows:?}");
        assert!(rows.iter().any(|row| row.message == other.message_id));
        assert!(rows.iter().any(|row| row.kind == "conversation.privacyDeletion" && row.thread.is_empty()));
        let due = desk.store.claim_conversation("ann", Duration::from_secs(30)).await.unwrap();
        assert_eq!(due.map(|claim| claim.thread), Some(other.thread_id.to_string()));
        desk.stop().await;
    })
    .await;
}

/// HubSpot's webhooks of messages name no contact. The look beside them does, so that a contact is erased by the one event
/// that tells of it, whichever comes first.
#[tokio::test(start_paused = true)]
async fn a_contact_is_erased_with_what_only_webhooks_told_of() {
    for is_told_first in [false, true] {
        on_shared(async |location: Location| {
            let (sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
            let door = Door::default();
            let app = ["conversation.newMessage", "contact.privacyDeletion"].into_iter();
            let app = app.fold(WebhookApp::new(APP, SECRET, TARGET), |app, name| app.with(Subscription::to(name)));
            sandbox.add_webhook_app(app.in_process(door.router())).unwrap();
            let desk = Desk::polling(location, clock, &hubspot, Duty::BesideWebhooks);
            door.lead_to(Some(&desk));
            sleep(Duration::from_secs(10)).await;
            let of_sarah = VisitorMessage { contact: Some(SARAH), ..VisitorMessage::chat("hello") };
            let thread = sandbox.visitor_writes(of_sarah).unwrap().thread_id;
            sleep(Duration::from_secs(5)).await;
            assert_eq!(desk.messages().await.len(), 1, "the webhook has told");
            let other = sandbox.visitor_writes(VisitorMessage::chat("somebody else")).unwrap();
            if !is_told_first {
                // Until then the look beside webhooks has told whose it is.
                sleep(Duration::from_secs(200)).await;
            }
            let event = json!([{
                "eventId": 9, "subscriptionId": 9, "portalId": 44_237_313, "appId": APP, "attemptNumber": 0,
                "occurredAt": clock.now().timestamp_millis(), "subscriptionType": "contact.privacyDeletion",
                "objectId": SARAH, "changeFlag": "DELETED"
            }]);
            let taken = frontdesk::mcp::http::SignedRoute::take(&*desk.route, event.to_string().into()).await;
            assert_eq!(taken, frontdesk::mcp::http::SignedOutcome::Done);
            sleep(Duration::from_secs(if is_told_first { 200 } else { 1 })).await;
            let rows = desk.store.events_after(0, 100).await.unwrap();
            assert!(rows.iter().all(|row| row.thread != thread.to_string()), "{is_told_first}: {rows:?}");
            assert!(rows.iter().any(|row| row.message == other.message_id), "{rows:?}");
            desk.stop().await;
        })
        .await;
    }
}

/// The clock of the desk is wrong: HubSpot's deliveries look old, and are refused until it is set right.
#[tokio::test(start_paused = true)]
async fn a_wrong_clock_refuses_and_a_right_one_gets_the_repeats() {
    let (sandbox, clock) = sandbox();
    let door = Door::default();
    tell(&sandbox, &door, DeliveryFaults::default());
    let wrong =
        Clock::starting_at(NOW.parse::<chrono::DateTime<chrono::Utc>>().unwrap() + chrono::TimeDelta::minutes(6));
    let folder = tempfile::tempdir().unwrap();
    let location = Location::File(folder.path().join("desk.db"));
    let desk = Desk::start(location.clone(), wrong);
    door.lead_to(Some(&desk));
    let written = customers_write(&sandbox, 1).await;
    assert_eq!(desk.messages().await, [""; 0]);
    desk.stop().await;
    let desk = Desk::start(location, clock);
    door.lead_to(Some(&desk));
    sleep(A_DAY).await;
    assert_eq!(desk.messages().await.into_iter().collect::<BTreeSet<_>>(), written);
    desk.stop().await;
}
