//! Conversations of the chat page at several replicas of one store: whichever of them a request reaches goes on.

use std::time::Duration;

use bytes::Bytes;
use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::events::change_relay;
use frontdesk::mcp::http::CallerRoutes;
use frontdesk::store::Location;
use frontdesk::tool::caller::{Caller, CallerId, Transport};
use frontdesk::web::assistant::routes::ContactAssistant;
use frontdesk::web::settings::Settings;
use http::StatusCode;
use http_client::{HttpClient, InProcess};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::chat_page::site::{Site, get, post, text, told};
use crate::databases::{execute, on_shared, url};
use crate::handoff::MEI;
use crate::handoff::desk::{House, change, note, notes};

/// The longest wait for what another replica has to learn.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

/// One replica of a house.
pub(super) async fn replica(house: &House, name: &str) -> Site {
    replica_over(house, name, InProcess(house.sandbox.router())).await
}

pub(super) async fn replica_over(house: &House, name: &str, transport: impl HttpClient) -> Site {
    let settings = Settings { replica: Some(name.into()), ..Settings::default() };
    let site = Site::of_over(house.beside(), settings, None, transport).await;
    let ctx = site._desk.server.context();
    tokio::spawn(change_relay::run(ctx.store.clone(), ctx.changes.clone()));
    site
}

async fn three(house: &House) -> [Site; 3] {
    [replica(house, "east-1").await, replica(house, "east-2").await, replica(house, "east-3").await]
}

pub(super) fn house(location: Location) -> House {
    House::new().stored_at(location)
}

/// Does something to the rows of conversations.
async fn sql(location: &Location, statement: &str) {
    execute(url(location), statement.to_owned()).await;
}

/// Has the lease of whoever answers run out, as if its replica had been silent for so long.
pub(super) async fn run_out(location: &Location) {
    sql(location, "UPDATE chat_conversation SET held_until_ms = 1 WHERE held_until_ms > 0").await;
}

const WORDS: [&str; 7] = [
    "How much is the Adam?",
    "My DUST-E robot beeps all night",
    "sarah@gmail.com",
    "Yes",
    "Can I book a meeting tomorrow?",
    "1",
    "No",
];

#[tokio::test(start_paused = true)]
async fn a_conversation_over_three_replicas_is_that_of_one_word_for_word() {
    let alone = Site::of(House::new(), Settings::default(), None).await;
    let visitor = alone.visitor().await;
    for (at, words) in WORDS.iter().enumerate() {
        visitor.say(&at.to_string(), words).await;
    }
    let expected = told(visitor.events(0).await["events"].as_array().unwrap());
    on_shared(async |location| {
        let house = house(location);
        let sites = three(&house).await;
        let visitor = sites[0].visitor().await;
        for (at, words) in WORDS.iter().enumerate() {
            let led = visitor.led_to(&sites[(at + 1) % 3]);
            let number = led.send(&at.to_string(), words).await;
            // The answer is looked for elsewhere than where the message went.
            let elsewhere = visitor.led_to(&sites[(at + 2) % 3]);
            let answer = timeout(Duration::from_secs(60), async {
                while elsewhere.events(number).await["events"].as_array().unwrap().is_empty() {}
            });
            answer.await.expect("an answer");
        }
        for site in &sites {
            let events = visitor.led_to(site).events(0).await;
            assert_eq!(told(events["events"].as_array().unwrap()), expected);
            let numbers: Vec<_> =
                events["events"].as_array().unwrap().iter().map(|one| one["number"].clone()).collect();
            assert_eq!(numbers, (1..=expected.len()).map(|number| json!(number)).collect::<Vec<_>>());
        }
        let stored = crate::databases::text_of(url(&house.location), "chat_conversation").await;
        println!("{} bytes are stored after {} messages", stored.len(), expected.len());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_screen_at_another_replica_shows_what_is_said_within_two_seconds() {
    on_shared(async |location| {
        let house = house(location);
        let sites = three(&house).await;
        let visitor = sites[0].visitor().await;
        let mut screen = visitor.led_to(&sites[1]).screen(0).await;
        assert_eq!(screen.message().await["from"], "desk");
        for (id, site) in [("1", &sites[0]), ("2", &sites[2]), ("3", &sites[1])] {
            let asked = Instant::now();
            visitor.led_to(site).send(id, "How much is the Adam?").await;
            let (question, answer) = (screen.message().await, screen.message().await);
            assert_eq!((&question["id"], &answer["from"]), (&json!(id), &json!("desk")));
            assert!(asked.elapsed() <= 2 * TOLD_WITHIN, "{:?}", asked.elapsed());
        }
        // A page whose connection broke reads on from its last number wherever it is led.
        let mut screen = visitor.led_to(&sites[2]).screen(3).await;
        let rest = [screen.message().await, screen.message().await].map(|event| event["number"].clone());
        assert_eq!(rest, [json!(4), json!(5)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_sent_again_elsewhere_is_taken_once() {
    on_shared(async |location| {
        let house = house(location);
        let sites = three(&house).await;
        let visitor = sites[0].visitor().await;
        visitor.say("1", "How much is the Adam?").await;
        for site in &sites {
            let (status, again) = visitor.led_to(site).post(json!({"id": "1", "text": "How much is the Adam?"})).await;
            assert_eq!((status, &again), (StatusCode::OK, &json!({"number": 2, "already": true})));
        }
        let (first, second) = (visitor.led_to(&sites[1]), visitor.led_to(&sites[2]));
        let both = json!({"id": "2", "text": "And the Dust-E?"});
        let (one, other) = tokio::join!(first.post(both.clone()), second.post(both));
        let already = [&one, &other].map(|(status, sent)| {
            assert_eq!((status, &sent["number"]), (&StatusCode::OK, &json!(4)), "{sent}");
            sent["already"].as_bool().unwrap()
        });
        assert_eq!(already.iter().filter(|already| **already).count(), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_person_is_heard_once_wherever_the_visitor_is_led() {
    on_shared(async |location| {
        let house = house(location);
        let sites = three(&house).await;
        let visitor = sites[0].visitor().await;
        visitor.ask_for_person().await;
        let ids = house.sandbox.records("tickets").into_iter();
        let ticket = ids.map(|one| one["id"].as_str().unwrap().parse::<u64>().unwrap()).max().unwrap().to_string();
        for (round, site) in [&sites[1], &sites[2], &sites[0], &sites[1]].into_iter().enumerate() {
            let led = visitor.led_to(site);
            led.send(&format!("w{round}"), &format!("My robot beeps {round}")).await;
            note(&house.sandbox, &ticket, MEI, &format!("@customer Answer {round}.")).await;
            led.until("the person's words", |events, _| {
                events.last().is_some_and(|last| text(last) == format!("Answer {round}."))
            })
            .await;
        }
        let written = notes(&house.sandbox, &ticket).await;
        for round in 0..4 {
            let told = written.iter().filter(|note| note.contains(&format!("My robot beeps {round}"))).count();
            assert_eq!(told, 1, "{written:?}");
        }
        let led = visitor.led_to(&sites[2]);
        let events = led.events(0).await;
        let answers = events["events"].as_array().unwrap().iter().filter(|event| event["from"] == "person");
        assert_eq!(
            answers.map(text).collect::<Vec<_>>(),
            ["Answer 0.", "Answer 1.", "Answer 2.", "Answer 3."],
            "each once, in order"
        );
        change(&house.sandbox, &ticket, json!({"hs_pipeline_stage": "4"})).await;
        led.until("the desk again", |_, state| state["with"] == "desk").await;
        let answer = visitor.led_to(&sites[0]).say("after", "How much is the Adam?").await;
        assert_eq!(answer["from"], "desk");
    })
    .await;
}

/// A connection may break at any moment of a request, also while the message is being stored.
#[tokio::test(start_paused = true)]
async fn a_message_whose_connection_breaks_is_taken_and_answered_once() {
    const MESSAGES: usize = 12;
    on_shared(async |location| {
        let house = house(location);
        let sites = three(&house).await;
        let visitor = sites[0].visitor().await;
        for polls in 0..MESSAGES {
            let (id, words) = (polls.to_string(), WORDS[0]);
            let mut broken = Box::pin(visitor.post(json!({"id": id, "text": words})));
            for _ in 0..polls {
                if futures::poll!(broken.as_mut()).is_ready() {
                    break;
                }
                sleep(Duration::from_micros(50)).await;
            }
            drop(broken);
            visitor.led_to(&sites[polls % 3]).say(&id, words).await;
        }
        let events = visitor.events(0).await["events"].as_array().unwrap().clone();
        let from = |party: &str| events.iter().filter(|event| event["from"] == party).count();
        assert_eq!((from("visitor"), from("desk")), (MESSAGES, MESSAGES + 1), "{events:?}");
        assert!(!told(&events).iter().any(|told| told.contains("not certain")), "{events:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_waits_for_a_person_is_kept_for_every_replica() {
    on_shared(async |location| {
        let house = house(location.clone());
        let (one, other) = (replica(&house, "east-1").await, replica(&house, "east-2").await);
        let visitor = one.visitor().await;
        visitor.ask_for_person().await;
        // As it is some hours later: only the open page has asked since.
        sql(&location, "UPDATE chat_conversation SET until_ms = held_until_ms").await;
        visitor.events(0).await;
        sql(&location, "DELETE FROM chat_conversation WHERE until_ms < held_until_ms + 60000").await;
        assert_eq!(visitor.led_to(&other).events(0).await["state"]["with"], "waiting");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_restart_and_an_end_hold_for_every_replica() {
    on_shared(async |location| {
        let house = house(location);
        let sites = three(&house).await;
        let visitor = sites[0].visitor().await;
        visitor.say("1", "How much is the Adam?").await;
        sites[0].stop.cancel();
        let again = replica(&house, "east-1").await;
        let led = visitor.led_to(&again);
        assert_eq!(led.say("2", "And the Dust-E?").await["from"], "desk");
        let mut screen = visitor.led_to(&sites[1]).screen(0).await;
        assert_eq!(screen.message().await["number"], 1);
        let (status, _) = sites[2].ask(post("end", Some(&visitor.session), json!({})), visitor.address).await;
        assert_eq!(status, StatusCode::OK);
        let ends = timeout(Duration::from_secs(20), async { while screen.next().await.is_some() {} });
        ends.await.expect("the screen at another replica ends");
        for site in [&sites[1], &sites[2], &again] {
            let (status, refused) = site.ask(get("events", &visitor.session), visitor.address).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{refused}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_store_has_no_words_and_only_the_token_opens_them() {
    on_shared(async |location| {
        let house = house(location.clone());
        let (one, other) = (replica(&house, "east-1").await, replica(&house, "east-2").await);
        let visitor = one.visitor().await;
        visitor.say("1", "My xylophone is haunted, I am tom.unusual@else.example").await;
        let token = visitor.session.split_once('.').unwrap().1;
        let all = crate::databases::text_of(url(&location), "chat_conversation").await;
        assert!(!all.is_empty());
        for word in ["xylophone", "haunted", "tom.unusual", token] {
            assert!(!all.contains(word), "{word}");
        }
        let first = token.chars().next().unwrap();
        let wrong = format!("east-1.{}{}", if first == 'A' { 'B' } else { 'A' }, &token[1..]);
        let (status, _) = other.ask(get("events", &wrong), visitor.address).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // A row that somebody put in another one's place opens nothing either.
        let stranger = one.visitor().await;
        sql(
            &location,
            "UPDATE chat_conversation SET version = 99, sealed = \
                (SELECT MAX(sealed) FROM chat_conversation), wrote = 0",
        )
        .await;
        let seen = [&visitor, &stranger].map(|visitor| visitor.session.clone());
        let mut opened = vec![];
        for session in seen {
            opened.push(other.ask(get("events", &session), visitor.address).await.0);
        }
        assert_eq!(opened.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{opened:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn without_the_store_a_message_is_refused_and_what_was_said_is_shown() {
    on_shared(async |location| {
        let house = house(location.clone());
        let (one, other) = (replica(&house, "east-1").await, replica(&house, "east-2").await);
        let visitor = one.visitor().await;
        visitor.say("1", "How much is the Adam?").await;
        sql(&location, "ALTER TABLE chat_conversation RENAME TO away").await;
        let (status, refused) = visitor.post(json!({"id": "2", "text": "And the Dust-E?"})).await;
        assert_eq!((status, &refused["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("STORE_FAILED")), "{refused}");
        assert_eq!(refused["retry_after_seconds"], 2);
        assert_eq!(visitor.events(0).await["events"].as_array().unwrap().len(), 3);
        let (status, refused) = other.ask(get("events", &visitor.session), visitor.address).await;
        assert_eq!((status, &refused["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("STORE_FAILED")), "{refused}");
        let (status, _) = one.ask(post("start", None, json!({})), visitor.address).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        sql(&location, "ALTER TABLE away RENAME TO chat_conversation").await;
        let answer = visitor.led_to(&other).say("2", "And the Dust-E?").await;
        assert_eq!((&answer["from"], &answer["number"]), (&json!("desk"), &json!(5)));
    })
    .await;
}

/// Asks the contact assistant of a replica as a member of staff.
async fn ask_as(
    assistant: &ContactAssistant,
    caller: &'static str,
    (name, session): (&str, &str),
    body: Value,
) -> (StatusCode, Value) {
    let method = if body.is_null() { http::Method::GET } else { http::Method::POST };
    let request = http::Request::builder().method(method).uri(format!("/assistant/api/{name}"));
    let request = request.header("content-type", "application/json").header("x-chat-session", session);
    let (head, ()) = request.body(()).unwrap().into_parts();
    let caller = Caller { id: CallerId(caller.into()), transport: Transport::Http, ..Caller::default() };
    let answer = CallerRoutes::respond(assistant, head, Bytes::from(body.to_string()), caller).await;
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn staff_go_on_at_another_replica_and_nobody_else_does() {
    on_shared(async |location| {
        let house = house(location);
        let mut replicas = vec![];
        for name in ["east-1", "east-2"] {
            let desk = house.beside().open_with_graphs().await;
            let settings = DeskSettings {
                graph: Some("contacts".to_owned()),
                persona: Persona::default(),
                limits: TurnLimits::default(),
                trust: Trust::Operator,
                representative: None,
            };
            let chat = ChatDesk::new(desk.server.clone(), settings).await.unwrap();
            let settings = Settings { replica: Some(name.into()), ..Settings::default() };
            replicas.push((ContactAssistant::new(chat, settings, house.clock), desk));
        }
        let [one, other] = [&replicas[0].0, &replicas[1].0];
        let (status, begun) = ask_as(one, "ann", ("start", ""), json!({"language": "en"})).await;
        assert_eq!(status, StatusCode::OK, "{begun}");
        let session = begun["session"].as_str().unwrap();
        let said = json!({"id": "1", "text": "sarah@gmail.com"});
        assert_eq!(ask_as(other, "ann", ("send", session), said.clone()).await.0, StatusCode::OK);
        let answered = timeout(Duration::from_secs(60), async {
            loop {
                let (_, now) = ask_as(one, "ann", ("events?after=2&wait=20", session), Value::Null).await;
                if let Some(answer) = now["events"].as_array().and_then(|events| events.first()) {
                    return answer.clone();
                }
            }
        });
        let answer = answered.await.unwrap();
        assert_eq!((&answer["number"], &answer["from"]), (&json!(3), &json!("desk")), "{answer}");
        for assistant in [one, other] {
            let (status, _) = ask_as(assistant, "bob", ("events", session), Value::Null).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
            assert_eq!(ask_as(assistant, "bob", ("send", session), said.clone()).await.0, StatusCode::NOT_FOUND);
        }
    })
    .await;
}
