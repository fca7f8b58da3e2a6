//! A small HubSpot for unit tests: it stores records, answers after [`LATENCY`] and can fail.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::client::HubSpot;
use crate::settings::Settings;
use domain::clock::Clock;
use domain::id::RecordId;
use http_client::{HttpClient, SendError};

pub(crate) const LATENCY: Duration = Duration::from_millis(150);

#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<World>>);

#[derive(Default)]
struct World {
    records: BTreeMap<(String, String), Value>,
    contact_of: BTreeMap<(String, String), String>,
    /// Merged contacts, and the contacts into which they were merged.
    merged: BTreeMap<String, String>,
    log: Vec<String>,
    faults: VecDeque<(&'static str, FakeFault)>,
    last_id: u64,
    /// The time that the next request waits for a connection.
    connecting: Option<Duration>,
    connected_at: Option<Instant>,
    clock: Option<Clock>,
}

/// The failure of one request.
#[derive(Clone, Debug)]
pub(crate) enum FakeFault {
    /// Answers so and does nothing.
    Answer(u16, Value),
    Html(u16),
    /// Carries the request out, and answers so.
    DoneThenAnswer(u16),
    DoneThenAnswerWith(u16, Value),
    DoneThenBroken,
    DoneThenGarbled,
    DoneThenSilence,
    /// Carries the request out, and answers that much later.
    DoneThenLate(Duration),
    /// Breaks the connection at once, and executes the request after this delay.
    BrokenThenDone(Duration),
    /// Answers as a gateway does, and executes the request after this delay.
    AnswerThenDone(u16, Duration),
    /// Carries the request out, and stores line ends in another form.
    Reworded,
    NotConnected,
    Silence,
}

impl Fake {
    /// A fake with the contacts 1 to 1,000, and a client of it.
    pub(crate) fn new() -> (Fake, HubSpot) {
        Fake::with(Settings { seed: Some(1), ..Settings::default() })
    }

    pub(crate) fn with(settings: Settings) -> (Fake, HubSpot) {
        let fake = Fake::default();
        let clock = Clock::starting_at("2026-11-22T15:00:00Z".parse().unwrap());
        fake.world().clock = Some(clock);
        fake.world().last_id = 5000;
        for id in 1..=1000 {
            let properties = json!({"email": format!("c{id}@example.com"), "firstname": format!("C{id}")});
            let contact = json!({"id": id.to_string(), "properties": properties});
            fake.world().records.insert(("contacts".into(), id.to_string()), contact);
        }
        let hub = HubSpot::new(fake.clone(), Some("pat-test".to_owned().into()), settings, clock);
        (fake, hub)
    }

    /// Makes the next request fail whose method and path, with a space between, contain `part`.
    pub(crate) fn trouble(&self, part: &'static str, trouble: FakeFault) {
        self.world().faults.push_back((part, trouble));
    }

    /// Makes the next request wait so long for a connection, which is kept.
    pub(crate) fn connect_in(&self, time: Duration) {
        self.world().connecting = Some(time);
    }

    pub(crate) fn merge(&self, loser: u64, winner: u64) {
        self.world().merged.insert(loser.to_string(), winner.to_string());
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.world().log.clone()
    }

    /// The requested paths, without their common beginnings.
    pub(crate) fn paths(&self) -> Vec<String> {
        let short = |path: &str| path.replace("/2026-09", "").replace("/crm/objects/", "").replace("/crm/", "");
        self.log().iter().map(|path| short(path)).collect()
    }

    pub(crate) fn count(&self, object: &str) -> usize {
        self.world().records.keys().filter(|key| key.0 == object).count()
    }

    pub(crate) fn contact_of(&self, object: &str, id: &RecordId) -> Option<String> {
        self.world().contact_of.get(&(object.to_owned(), id.to_string())).cloned()
    }

    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    async fn serve(&self, request: Request<Bytes>) -> Result<Response<Bytes>, SendError> {
        let path = request.uri().to_string();
        let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
        self.world().log.push(path.clone());
        let trouble = self.world().next_trouble(&format!("{} {path}", request.method()));
        let connecting = self.world().connecting.take();
        if let Some(time) = connecting {
            sleep(time).await;
            self.world().connected_at = Some(Instant::now());
        }
        sleep(LATENCY).await;
        match trouble {
            None => Ok(answer(self.world().handle(&path, &body))),
            Some(FakeFault::Answer(status, body)) => Ok(answer((status, body))),
            Some(FakeFault::Html(status)) => Ok(response(status, "<html>oops</html>".into())),
            Some(FakeFault::NotConnected) => Err(SendError::BeforeSend("the connection was refused".into())),
            Some(FakeFault::Silence) => std::future::pending().await,
            Some(FakeFault::DoneThenLate(later)) => {
                let done = self.world().handle(&path, &body);
                sleep(later).await;
                Ok(answer(done))
            }
            Some(FakeFault::BrokenThenDone(later)) => {
                self.clone().handle_later(path, body, later);
                Err(SendError::AfterSend("the connection broke".into()))
            }
            Some(FakeFault::AnswerThenDone(status, later)) => {
                self.clone().handle_later(path, body, later);
                Ok(response(status, "<html>oops</html>".into()))
            }
            Some(FakeFault::Reworded) => {
                let body = serde_json::from_str(&body.to_string().replace("\\n", "<br>")).unwrap();
                Ok(answer(self.world().handle(&path, &body)))
            }
            Some(done) => {
                self.world().handle(&path, &body);
                match done {
                    FakeFault::DoneThenAnswer(status) => Ok(answer((status, json!({})))),
                    FakeFault::DoneThenAnswerWith(status, body) => Ok(answer((status, body))),
                    FakeFault::DoneThenGarbled => Ok(response(201, "{\"id\": \"50".into())),
                    FakeFault::DoneThenSilence => std::future::pending().await,
                    _ => Err(SendError::AfterSend("the connection broke".into())),
                }
            }
        }
    }
}

impl Fake {
    fn handle_later(self, path: String, body: Value, later: Duration) {
        tokio::spawn(async move {
            sleep(later).await;
            self.world().handle(&path, &body);
        });
    }
}

impl HttpClient for Fake {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, SendError>> {
        Box::pin(self.serve(request))
    }

    fn connected_at(&self) -> Option<Instant> {
        self.world().connected_at
    }
}

impl World {
    fn next_trouble(&mut self, request: &str) -> Option<FakeFault> {
        let at = self.faults.iter().position(|(part, _)| request.contains(part))?;
        self.faults.remove(at).map(|(_, trouble)| trouble)
    }

    fn handle(&mut self, path: &str, body: &Value) -> (u16, Value) {
        let bare = path.split('?').next().unwrap().replace("/2026-09", "");
        let parts: Vec<_> = bare.trim_start_matches('/').split('/').collect();
        match parts[..] {
            ["crm", "objects", object, "batch", "read"] => self.batch_read(object, body),
            ["crm", "objects", object, "batch", "create"] => self.batch_create(object, body),
            ["crm", "objects", object, "search"] => (200, json!({"total": 0, "results": [], "for": object})),
            ["crm", "objects", object] => self.create(object, body),
            ["crm", "objects", object, id] => self.read(object, id),
            ["crm", "associations", from, to, "batch", "read"] => self.associated(from, to, body),
            ["crm", "owners"] => (200, json!({"results": (1..=50).map(owner).collect::<Vec<_>>()})),
            ["crm", "owners", id] if id.parse::<u64>().unwrap() <= 50 => (200, owner(id.parse().unwrap())),
            ["conversations", "conversations", "threads", _, "messages"] => self.messages(body),
            ["conversations", "custom-channels"] => self.channels(path, body),
            ["conversations", "custom-channels", _, "messages"] => self.publish(body),
            ["conversations", "custom-channels", _, "channel-accounts"] => self.accounts(body),
            ["crm", "pipelines", ..] => (200, json!({"results": [{"id": "0", "label": "Support", "stages": []}]})),
            _ => (404, json!({"category": "OBJECT_NOT_FOUND", "message": "resource not found"})),
        }
    }

    /// Lists the messages of the only thread, or writes one.
    fn messages(&mut self, body: &Value) -> (u16, Value) {
        if body.is_null() {
            let all = self.records.iter().filter(|(at, _)| at.0 == "messages").map(|(_, message)| message);
            return (200, json!({"results": all.collect::<Vec<_>>()}));
        }
        self.last_id += 1;
        let mut message = body.clone();
        message["id"] = self.last_id.to_string().into();
        message["senders"] = json!([{"actorId": body["senderActorId"]}]);
        self.records.insert(("messages".to_owned(), self.last_id.to_string()), message.clone());
        (201, message)
    }

    /// Lists the channels of an app, or makes one, for those who have its developer key.
    fn channels(&mut self, path: &str, body: &Value) -> (u16, Value) {
        if !path.ends_with("hapikey=k3y&appId=7") {
            return (401, json!({"category": "INVALID_AUTHENTICATION", "message": "The API key is invalid."}));
        }
        self.listed_or_kept("channels", body)
    }

    fn accounts(&mut self, body: &Value) -> (u16, Value) {
        self.listed_or_kept("accounts", body)
    }

    fn listed_or_kept(&mut self, object: &str, body: &Value) -> (u16, Value) {
        if body.is_null() {
            let all = self.records.iter().filter(|(at, _)| at.0 == object).map(|(_, one)| one);
            return (200, json!({"results": all.collect::<Vec<_>>()}));
        }
        self.last_id += 1;
        let mut made = body.clone();
        made["id"] = self.last_id.to_string().into();
        self.records.insert((object.to_owned(), self.last_id.to_string()), made.clone());
        (201, made)
    }

    /// Takes a message once for each idempotency id.
    fn publish(&mut self, body: &Value) -> (u16, Value) {
        let key = ("published".to_owned(), body["integrationIdempotencyId"].as_str().unwrap().to_owned());
        self.last_id += 1;
        let made = json!({"id": format!("m{}", self.last_id), "conversationsThreadId": "6065362089"});
        (201, self.records.entry(key).or_insert(made).clone())
    }

    fn read(&self, object: &str, id: &str) -> (u16, Value) {
        match self.records.get(&(object.to_owned(), id.to_owned())) {
            Some(record) => (200, record.clone()),
            None => (404, json!({"category": "OBJECT_NOT_FOUND", "message": "Object not found."})),
        }
    }

    fn batch_read(&self, object: &str, body: &Value) -> (u16, Value) {
        let wanted: Vec<_> =
            body["inputs"].as_array().unwrap().iter().map(|input| input["id"].as_str().unwrap()).collect();
        let key = |record: &Value| match body["idProperty"].as_str() {
            Some(name) => record["properties"][name].as_str().unwrap_or_default().to_owned(),
            None => record["id"].as_str().unwrap().to_owned(),
        };
        let of_object = self.records.iter().filter(|(at, _)| at.0 == object).map(|(_, record)| record);
        let results: Vec<_> = of_object.filter(|record| wanted.contains(&key(record).as_str())).collect();
        let missing: Vec<_> = wanted.iter().filter(|id| !results.iter().any(|record| key(record) == **id)).collect();
        let errors = json!([{"category": "OBJECT_NOT_FOUND", "context": {"ids": missing}}]);
        (207, json!({"results": results, "errors": errors}))
    }

    fn create(&mut self, object: &str, body: &Value) -> (u16, Value) {
        let contact = body["associations"][0]["to"]["id"].as_str().unwrap_or_default().to_owned();
        let stands_alone = object == "contacts" || body["associations"].as_array().is_some_and(Vec::is_empty);
        if !stands_alone && !self.records.contains_key(&("contacts".to_owned(), contact.clone())) {
            return (400, json!({"category": "VALIDATION_ERROR", "message": "No contact with that id"}));
        }
        if body["properties"]["hs_pipeline_stage"] == "bad" {
            let list = r#"[{"message":"bad was not an option","error":"INVALID_OPTION","name":"hs_pipeline_stage"}]"#;
            return (
                400,
                json!({"category": "VALIDATION_ERROR", "message": format!("Property values were not valid: {list}")}),
            );
        }
        self.last_id += 1;
        let id = self.last_id.to_string();
        let now = self.clock.unwrap().now().to_rfc3339();
        let record = json!({"id": id, "properties": body["properties"], "createdAt": now});
        self.records.insert((object.to_owned(), id.clone()), record.clone());
        self.contact_of.insert((object.to_owned(), id), contact);
        (201, record)
    }

    fn batch_create(&mut self, object: &str, body: &Value) -> (u16, Value) {
        let (mut results, mut errors) = (vec![], vec![]);
        for input in body["inputs"].as_array().unwrap() {
            match self.create(object, input) {
                (201, record) => results.insert(0, record), // HubSpot promises no order.
                (_, mut error) => {
                    error["context"] = json!({"objectWriteTraceId": [input["objectWriteTraceId"]]});
                    errors.push(error);
                }
            }
        }
        (if errors.is_empty() { 201 } else { 207 }, json!({"results": results, "errors": errors}))
    }

    fn is_same(&self, contact: &str, other: &str) -> bool {
        let winner = |id| self.merged.get(id).map_or(id, |winner: &String| winner.as_str());
        winner(contact) == winner(other)
    }

    fn associated(&self, from: &str, to: &str, body: &Value) -> (u16, Value) {
        let (mut results, mut errors) = (vec![], vec![]);
        for input in body["inputs"].as_array().unwrap() {
            let id = input["id"].as_str().unwrap();
            let pairs = self.contact_of.iter().filter_map(|((object, record), contact)| match from {
                "contacts" if object == to && self.is_same(contact, id) => Some(record),
                _ if object == from && record == id => Some(contact),
                _ => None,
            });
            let to: Vec<_> = pairs.map(|id| json!({"toObjectId": id.parse::<u64>().unwrap()})).collect();
            match to.is_empty() {
                true => errors.push(json!({"context": {"fromObjectId": [id]}})),
                false => {
                    results.push(json!({"from": {"id": self.merged.get(id).map_or(id, String::as_str)}, "to": to}))
                }
            }
        }
        (207, json!({"results": results, "errors": errors}))
    }
}

fn owner(id: u64) -> Value {
    json!({"id": id.to_string(), "userId": id + 900, "firstName": "O", "lastName": "W", "archived": false})
}

fn answer((status, body): (u16, Value)) -> Response<Bytes> {
    response(status, body.to_string())
}

fn response(status: u16, body: String) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body)).unwrap()
}
