//! Access for tests and demos to the webhooks of an account.

use std::sync::Arc;

use crate::sandbox::Sandbox;
use crate::webhooks::{NewApp, WebhookApp, WebhookDelivery, WebhookError};

impl Sandbox {
    /// Lets an app be told of changes from now on, in the place of the one with its id. Webhooks are sent by tokio's
    /// runtime, on its clock; the app is not part of a snapshot and outlives a reset.
    ///
    /// # Errors
    ///
    /// [`WebhookError`], and no app is added or replaced.
    pub fn add_webhook_app(&self, app: WebhookApp) -> Result<(), WebhookError> {
        let new = NewApp::of(app)?;
        let account = self.downgrade();
        let now = Arc::new(move || account.upgrade().map(|sandbox| sandbox.lock().portal.now_ms()));
        let mut account = self.lock();
        account.webhooks.add(new, now);
        account.portal.watch(true);
        Ok(())
    }

    /// Tells an app nothing more, not even what is on its way. Returns false if there is none with this id.
    pub fn remove_webhook_app(&self, app_id: u64) -> bool {
        let mut account = self.lock();
        let removed = account.webhooks.remove(app_id);
        let watched = account.webhooks.has_apps();
        account.portal.watch(watched);
        removed
    }

    /// Returns the requests to an app so far, oldest first; none for an unknown app. At most 1,000 requests and 16 MiB
    /// of bodies are kept.
    pub fn webhook_deliveries(&self, app_id: u64) -> Vec<WebhookDelivery> {
        self.lock().webhooks.deliveries(app_id).map(|(deliveries, _)| deliveries).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use axum::Router;
    use axum::body::Bytes;
    use axum::http::{HeaderMap, StatusCode, Uri};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use hmac::{Hmac, KeyInit, Mac};
    use serde_json::{Value, json};
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::conversing::{AgentMessage, VisitorMessage};
    use crate::test_client::{Client, SARAH, client};
    use crate::webhooks::{DeliveryFaults, DeliveryOutcome, Subscription};

    const APP: u64 = 2_438_486;
    const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
    const URL: &str = "https://desk.example.com/hubspot/webhooks?desk=1";
    const VERONICA: u64 = 9_586_504;

    /// A request that an app received.
    #[derive(Clone, Debug)]
    struct Received {
        uri: String,
        headers: HeaderMap,
        body: Bytes,
        at: Instant,
    }

    /// An app in this process that answers every request as it is told.
    #[derive(Clone, Debug, Default)]
    struct App(Arc<Mutex<Vec<Received>>>);

    impl App {
        fn router(&self, status: u16, pause: Duration) -> Router {
            let received = Arc::clone(&self.0);
            Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
                received.lock().unwrap().push(Received { uri: uri.to_string(), headers, body, at: Instant::now() });
                sleep(pause).await;
                StatusCode::from_u16(status).unwrap()
            })
        }

        fn requests(&self) -> Vec<Received> {
            self.0.lock().unwrap().clone()
        }

        fn events(&self) -> Vec<Value> {
            self.requests().iter().flat_map(|one| serde_json::from_slice::<Vec<Value>>(&one.body).unwrap()).collect()
        }
    }

    fn listening(types: &[&str]) -> WebhookApp {
        types.iter().fold(WebhookApp::new(APP, SECRET, URL), |app, one| app.with(Subscription::to(one)))
    }

    /// Adds an app that answers with 200.
    fn add(client: &Client, app: WebhookApp) -> App {
        let receiver = App::default();
        client.sandbox.add_webhook_app(app.in_process(receiver.router(200, Duration::ZERO))).unwrap();
        receiver
    }

    async fn a_second() {
        sleep(Duration::from_secs(1)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_conversation_is_told_from_its_beginning_to_its_end() {
        let client = client();
        let types = [
            "conversation.creation",
            "conversation.newMessage",
            "conversation.propertyChange",
            "conversation.deletion",
        ];
        let app = add(&client, listening(&types));
        let sandbox = &client.sandbox;
        let written = sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
        let thread = written.thread_id;
        let reply = sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hi")).unwrap();
        let note = sandbox.agent_writes(AgentMessage::comment(thread, VERONICA, "VIP")).unwrap();
        sandbox.set_thread_closed(thread, true).unwrap();
        sandbox.assign_thread(thread, None).unwrap();
        sandbox.archive_thread(thread).unwrap();
        let path = format!("/conversations/v3/conversations/threads/{thread}?archived=true");
        client.patch(&path, json!({"archived": false})).await.expect(200);
        a_second().await;
        let seen: Vec<Value> = app.events().into_iter().map(told).collect();
        let message = |id: &str, kind: &str| json!(["conversation.newMessage", kind, id]);
        let changed = |name: &str, value: &str| json!(["conversation.propertyChange", name, value]);
        assert_eq!(
            seen,
            [
                json!(["conversation.creation", null, null]),
                message(&written.message_id, "MESSAGE"),
                message(&reply.message_id, "MESSAGE"),
                changed("assignedTo", "A-9586504"),
                message(&note.message_id, "COMMENT"),
                changed("status", "CLOSED"),
                changed("assignedTo", ""),
                json!(["conversation.deletion", null, null]),
                changed("isArchived", "FALSE"),
            ]
        );
        assert!(app.events().iter().all(|event| event["objectId"] == thread && event["portalId"] == 44_237_313));
        assert_eq!(app.requests().len(), 1, "what happens at once is one batch");
    }

    #[tokio::test(start_paused = true)]
    async fn an_assignment_may_be_told_by_user_id() {
        let client = client();
        let app = add(&client, listening(&["conversation.propertyChange"]));
        client
            .patch("/__sandbox/settings", json!({"choices": {"assignment_event_has_actor_id": false}}))
            .await
            .expect(200);
        let thread = client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap().thread_id;
        client.sandbox.assign_thread(thread, Some(VERONICA)).unwrap();
        client.sandbox.assign_thread(thread, None).unwrap();
        a_second().await;
        let values: Vec<_> = app.events().iter().map(|event| event["propertyValue"].clone()).collect();
        assert_eq!(values, ["9586504", ""]);
    }

    /// Returns the type of an event with what it says.
    fn told(event: Value) -> Value {
        let (name, value) = (&event["propertyName"], &event["propertyValue"]);
        let (kind, id) = (&event["messageType"], &event["messageId"]);
        json!([
            event["subscriptionType"],
            if name.is_null() { kind } else { name },
            if value.is_null() { id } else { value }
        ])
    }

    /// The signature is computed here anew, as an app would.
    #[tokio::test(start_paused = true)]
    async fn requests_are_signed_for_the_url_and_the_time() {
        let client = client();
        let app = add(&client, listening(&["contact.creation", "conversation.creation"]));
        client.post("/crm/v3/objects/contacts", json!({"properties": {"email": "new@x.org"}})).await.expect(201);
        client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
        a_second().await;
        let requests = app.requests();
        assert_eq!(requests.len(), 2, "events of the CRM come apart from those of conversations");
        for Received { uri, headers, body, .. } in &requests {
            let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
            let timestamp = header("x-hubspot-request-timestamp").unwrap();
            let sent_ms: i64 = timestamp.parse().unwrap();
            assert!((client.sandbox.now().timestamp_millis() - sent_ms).abs() < 2_000);
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
            [b"POST", URL.as_bytes(), body, timestamp.as_bytes()].iter().for_each(|part| mac.update(part));
            let expected = STANDARD.encode(mac.finalize().into_bytes());
            assert_eq!((uri.as_str(), header("x-hubspot-signature-v3")), (URL, Some(expected.as_str())));
            let of_crm = body.windows(7).any(|part| part == b"contact");
            assert_eq!(header("x-hubspot-signature-version"), of_crm.then_some("v1"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn records_are_told_by_creation_change_and_deletion() {
        let client = client();
        let phone = Subscription::to_property("contact.propertyChange", "phone");
        let types = ["contact.creation", "contact.deletion", "ticket.creation", "ticket.deletion"];
        let app = add(&client, listening(&types).with(phone));
        let path = format!("/crm/v3/objects/contacts/{SARAH}");
        client.patch(&path, json!({"properties": {"phone": "+1 702 555 0199", "city": "Reno"}})).await.expect(200);
        let made = json!({"properties": {"email": "new@x.org", "phone": "123456"}});
        let made = client.post("/crm/v3/objects/contacts", made).await.expect(201)["id"].clone();
        let ticket = json!({"properties": {"subject": "x", "hs_pipeline_stage": "1"}});
        client.post("/crm/v3/objects/tickets", ticket).await.expect(201);
        client.delete(&path).await;
        client.post("/crm/v3/objects/contacts", json!({"properties": {"email": "new@x.org"}})).await.expect(409);
        a_second().await;
        let seen = app.events();
        let seen: Vec<_> =
            seen.iter().map(|one| (&one["subscriptionType"], &one["objectId"], &one["propertyValue"])).collect();
        let id = |text: &Value| json!(text.as_str().unwrap().parse::<u64>().unwrap());
        let (sarah, made) = (id(&json!(SARAH)), id(&made));
        assert_eq!(
            seen,
            [
                (&json!("contact.propertyChange"), &sarah, &json!("+1 702 555 0199")),
                (&json!("contact.creation"), &made, &json!(null)),
                (&json!("contact.propertyChange"), &made, &json!("123456")),
                (&json!("ticket.creation"), &json!(33_397_362_407_u64), &json!(null)),
                (&json!("contact.deletion"), &sarah, &json!(null)),
            ]
        );
    }

    /// A deletion for privacy is told as a deletion, too, and takes the contact's conversations along.
    #[tokio::test(start_paused = true)]
    async fn a_deletion_for_privacy_is_told_for_the_contact_and_the_threads() {
        let client = client();
        let hello = VisitorMessage { contact: Some(SARAH.parse().unwrap()), ..VisitorMessage::chat("hello") };
        let thread = client.sandbox.visitor_writes(hello).unwrap().thread_id;
        let types = ["contact.privacyDeletion", "contact.deletion", "conversation.privacyDeletion"];
        let app = add(&client, listening(&types));
        client.post("/crm/v3/objects/contacts/gdpr-delete", json!({"objectId": SARAH})).await.expect(204);
        client.get(&format!("/conversations/v3/conversations/threads/{thread}")).await.expect(404);
        a_second().await;
        let mut seen: Vec<_> = app.events().iter().map(|one| one["subscriptionType"].clone()).collect();
        seen.sort_by_key(Value::to_string);
        assert_eq!(seen, ["contact.deletion", "contact.privacyDeletion", "conversation.privacyDeletion"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_is_sent_again_ten_times_in_a_day_until_it_arrives() {
        let (client, receiver) = (client(), App::default());
        let app = listening(&["conversation.newMessage"]);
        client.sandbox.add_webhook_app(app.in_process(receiver.router(500, Duration::ZERO))).unwrap();
        client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
        sleep(Duration::from_secs(2 * 24 * 3_600)).await;
        let (requests, events) = (receiver.requests(), receiver.events());
        let attempts: Vec<_> = events.iter().map(|event| event["attemptNumber"].as_u64().unwrap()).collect();
        assert_eq!(attempts, (0..=10).collect::<Vec<_>>());
        assert!(events.iter().all(|event| event["eventId"] == events[0]["eventId"]));
        let took = requests[10].at - requests[0].at;
        assert!((Duration::from_secs(10 * 3_600)..Duration::from_secs(24 * 3_600)).contains(&took), "{took:?}");
        let timestamps: Vec<_> =
            requests.iter().map(|one| one.headers["x-hubspot-request-timestamp"].clone()).collect();
        assert_ne!(timestamps[0], timestamps[1], "every attempt is signed for its own time");
        let log = client.sandbox.webhook_deliveries(APP);
        assert!(log.len() == 11 && log.iter().all(|one| one.outcome == DeliveryOutcome::Answered(500)));
        assert_eq!((log[10].attempt, &log[10].body), (10, &requests[10].body));
    }

    #[tokio::test(start_paused = true)]
    async fn an_app_has_five_seconds_to_answer() {
        for (pause_ms, in_time) in [(4_999, true), (5_001, false)] {
            let (client, receiver) = (client(), App::default());
            let router = receiver.router(200, Duration::from_millis(pause_ms));
            client.sandbox.add_webhook_app(listening(&["conversation.creation"]).in_process(router)).unwrap();
            client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
            sleep(Duration::from_secs(10)).await;
            let log = client.sandbox.webhook_deliveries(APP);
            let expected = if in_time { DeliveryOutcome::Answered(200) } else { DeliveryOutcome::TimedOut };
            assert_eq!((log.len(), &log[0].outcome), (1, &expected));
            sleep(Duration::from_secs(120)).await;
            assert_eq!(client.sandbox.webhook_deliveries(APP).len(), if in_time { 1 } else { 2 });
        }
    }

    #[tokio::test(start_paused = true)]
    async fn ten_requests_are_in_flight_at_most() {
        let (client, now, peak) = (client(), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (inside, highest) = (Arc::clone(&now), Arc::clone(&peak));
        let router = Router::new().fallback(async move || {
            let count = inside.fetch_add(1, Ordering::SeqCst) + 1;
            highest.fetch_max(count, Ordering::SeqCst);
            sleep(Duration::from_secs(3)).await;
            inside.fetch_sub(1, Ordering::SeqCst);
        });
        client.sandbox.add_webhook_app(listening(&["contact.creation"]).in_process(router)).unwrap();
        client.sandbox.generate_contacts(2_550);
        sleep(Duration::from_secs(60)).await;
        assert_eq!((peak.load(Ordering::SeqCst), now.load(Ordering::SeqCst)), (10, 0));
        let log = client.sandbox.webhook_deliveries(APP);
        let sizes: Vec<usize> =
            log.iter().map(|one| serde_json::from_slice::<Vec<Value>>(&one.body).unwrap().len()).collect();
        assert_eq!((sizes.len(), sizes.iter().sum::<usize>(), sizes.iter().max()), (26, 2_550, Some(&100)));
    }

    #[tokio::test(start_paused = true)]
    async fn events_beyond_the_queue_are_counted_as_lost() {
        let client = client();
        add(&client, listening(&["contact.creation"]));
        client.sandbox.generate_contacts(10_050);
        let path = format!("/__sandbox/webhooks/{APP}/deliveries");
        assert_eq!(client.get(&path).await.expect(200)["lost_events"], 50);
    }

    #[tokio::test(start_paused = true)]
    async fn mischief_loses_doubles_and_reorders_events() {
        let received = async |mischief: DeliveryFaults| {
            let client = client();
            let app = add(&client, WebhookApp { mischief, ..listening(&["contact.creation"]) });
            client.sandbox.generate_contacts(200);
            sleep(Duration::from_secs(120)).await;
            app.events().iter().map(|event| event["objectId"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        let usual = received(DeliveryFaults::default()).await;
        assert!(usual.len() == 200 && usual.is_sorted());
        let lost = received(DeliveryFaults { loss_percent: 50, ..DeliveryFaults::default() }).await;
        assert!((70..130).contains(&lost.len()), "{}", lost.len());
        let doubled = received(DeliveryFaults { duplicates_percent: 100, ..DeliveryFaults::default() }).await;
        assert_eq!(doubled.len(), 400);
        let settings = DeliveryFaults { seed: 3, disorder_percent: 30, ..DeliveryFaults::default() };
        let reordered = received(settings).await;
        assert!(reordered.len() == 200 && !reordered.is_sorted());
        assert_eq!(reordered, received(settings).await, "a seed repeats itself");
    }

    #[tokio::test(start_paused = true)]
    async fn a_removed_app_and_an_ended_account_send_nothing_more() {
        let (client, receiver) = (client(), App::default());
        let router = receiver.router(500, Duration::ZERO);
        client.sandbox.add_webhook_app(listening(&["conversation.creation"]).in_process(router.clone())).unwrap();
        client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
        a_second().await;
        assert!(client.sandbox.remove_webhook_app(APP) && !client.sandbox.remove_webhook_app(APP));
        client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
        sleep(Duration::from_secs(3_600)).await;
        assert_eq!(receiver.requests().len(), 1);
        client.sandbox.add_webhook_app(listening(&["conversation.creation"]).in_process(router)).unwrap();
        client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
        let account = client.sandbox.downgrade();
        drop(client);
        tokio::task::yield_now().await;
        assert!(account.upgrade().is_none(), "an app keeps no account");
        assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn an_app_outlives_a_reset_and_is_not_told_of_it() {
        let client = client();
        let app = add(&client, listening(&["contact.creation", "contact.deletion"]));
        client.sandbox.reset();
        client.sandbox.restore(&client.sandbox.snapshot()).unwrap();
        a_second().await;
        assert!(app.events().is_empty());
        client.post("/crm/v3/objects/contacts", json!({"properties": {"email": "new@x.org"}})).await.expect(201);
        a_second().await;
        assert_eq!(app.events().len(), 1);
    }

    #[test]
    fn without_a_runtime_there_are_no_webhooks() {
        let sandbox = crate::sandbox::Sandbox::new(crate::settings::Settings::default());
        let refused = sandbox.add_webhook_app(listening(&[]).in_process(Router::new()));
        assert!(matches!(refused, Err(WebhookError::NoRuntime)));
    }
}
