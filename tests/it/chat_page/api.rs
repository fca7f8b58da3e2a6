//! Conversations over the interface: begun, answered, read on by several screens, and nobody else's.

use futures::future::join_all;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::site::{ADDRESS, Site, get, post, request, text, told};
use frontdesk::web::settings::Settings;

fn code(answer: &(StatusCode, Value)) -> (u16, &str) {
    (answer.0.as_u16(), answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn a_conversation_begins_with_the_graphs_intents_and_goes_on() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let greeting = visitor.events(0).await;
    assert!(text(&greeting["events"][0]).starts_with("Hello! Welcome to Richtech."), "{greeting}");
    let labels: Vec<_> = greeting["events"][0]["choices"].as_array().unwrap().iter().map(|one| &one["label"]).collect();
    assert!(labels.contains(&&json!("Report a problem")) && labels.last() == Some(&&json!("A person, please")));
    assert_eq!(greeting["state"], json!({"with": "desk", "working": false, "ended": false}));
    visitor.say("1", "I have an issue in installing the DUST-E robot").await;
    let asked = visitor.say("2", "sarah@gmail.com").await;
    assert_eq!(asked["choices"][0], json!({"label": "Yes"}), "{asked}");
    let opened = visitor.say("3", "Yes").await;
    assert!(text(&opened).contains("I have opened"), "{opened}");
    let tickets = site.house.sandbox.records("tickets");
    assert!(tickets.iter().any(|one| one["properties"]["content"].to_string().contains("installing the DUST-E")));
}

#[tokio::test(start_paused = true)]
async fn visitors_are_greeted_in_their_language() {
    let site = Site::open().await;
    for (language, words, choice) in [
        ("da-DK", "Hvad kan jeg hjælpe med?", "En person, tak"),
        ("fr", "Que puis-je faire pour vous ?", "Une personne, s'il vous plaît"),
        ("it", "Come posso aiutarla?", "Una persona, per favore"),
        ("de-CH", "Was kann ich für Sie tun?", "Eine Person, bitte"),
        ("pl", "Hello! Welcome to Richtech.", "A person, please"),
    ] {
        let visitor = site.visitor_with(json!({ "language": language }), ADDRESS).await;
        let greeting = visitor.events(0).await["events"][0].clone();
        assert!(text(&greeting).starts_with(words), "{greeting}");
        assert_eq!(greeting["choices"].as_array().unwrap().last().unwrap()["label"], choice);
    }
    let by_browser = post("start", None, json!({}));
    let (mut head, body) = by_browser.into_parts();
    head.headers.insert("accept-language", "pl, da;q=0.8".parse().unwrap());
    let (_, started) = site.ask(Request::from_parts(head, body), ADDRESS.parse().unwrap()).await;
    assert_eq!(started["language"], "da");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_for_the_time_zone_that_their_browser_has_told() {
    let site = Site::open().await;
    for (zone, asks) in [("America/New_York", false), ("Atlantis/Capital", true)] {
        let visitor = site.visitor_with(json!({ "time_zone": zone }), ADDRESS).await;
        visitor.say("1", "I want to book a meeting").await;
        let asked = visitor.say("2", "sarah@gmail.com").await;
        assert!(text(&asked).contains("Which day suits you"), "{asked}");
        assert_eq!(text(&asked).contains("time zone"), asks, "{asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_message_again_is_taken_once() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let body = json!({"id": "m-1", "text": "How much is the Adam?"});
    let sent = join_all((0..5).map(|_| visitor.post(body.clone()))).await;
    assert!(sent.iter().all(|(status, answer)| *status == StatusCode::OK && answer["number"] == 2), "{sent:?}");
    assert_eq!(sent.iter().filter(|(_, answer)| answer["already"] == false).count(), 1);
    let events = visitor.until("an answer", |events, state| events.len() > 2 && state["working"] == false).await;
    assert_eq!(visitor.post(body).await.1, json!({"number": 2, "already": true}), "also after the answer");
    assert_eq!(told(&events).iter().filter(|line| *line == "visitor: How much is the Adam?").count(), 1);
    assert_eq!(visitor.events(0).await["events"].as_array().unwrap().len(), 3, "it was answered once");
}

#[tokio::test(start_paused = true)]
async fn messages_are_answered_one_after_the_other_in_their_order() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let all = [("1", "How much is the Adam?"), ("2", "How long is the delivery?"), ("3", "What can DUST-E do?")];
    for (id, words) in all {
        visitor.send(id, words).await;
    }
    let events = visitor
        .until("three answers", |events, _| events.iter().filter(|one| one["from"] == "desk").count() == 4)
        .await;
    let numbers: Vec<_> = events.iter().map(|event| event["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
    let said: Vec<_> = events.iter().filter(|one| one["from"] == "visitor").map(text).collect();
    assert_eq!(said, all.map(|(_, words)| words));
}

#[tokio::test(start_paused = true)]
async fn two_tabs_see_the_same_and_each_reads_on_from_its_own_place() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let (mut one, mut other) = (visitor.screen(0).await, visitor.screen(0).await);
    assert_eq!((one.message().await["number"].clone(), other.message().await["number"].clone()), (1.into(), 1.into()));
    visitor.send("1", "How much is the Adam?").await;
    for screen in [&mut one, &mut other] {
        let (mine, answer) = (screen.message().await, screen.message().await);
        assert_eq!((&mine["id"], mine["number"].as_u64(), answer["number"].as_u64()), (&json!("1"), Some(2), Some(3)));
    }
    drop(one);
    visitor.send("2", "How long is the delivery?").await;
    let mut back = visitor.screen(3).await;
    for screen in [&mut back, &mut other] {
        let numbers = [screen.message().await, screen.message().await].map(|event| event["number"].as_u64().unwrap());
        assert_eq!(numbers, [4, 5], "nothing lost, nothing twice");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_tells_the_state_and_ends_with_the_conversation() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let mut screen = visitor.screen(1).await;
    assert_eq!(screen.next().await.unwrap().1["working"], false);
    visitor.send("1", "How much is the Adam?").await;
    let mut seen = vec![];
    while seen.len() < 2 {
        if let Some((kind, state)) = screen.next().await.filter(|(kind, _)| kind == "state") {
            seen.push((kind, state["working"].clone()));
        }
    }
    assert_eq!(seen.iter().map(|(_, working)| working).collect::<Vec<_>>(), [true, false]);
    let (status, ended) = site.ask(post("end", Some(&visitor.session), json!({})), visitor.address).await;
    assert_eq!((status, ended), (StatusCode::OK, json!({"ended": true})));
    assert_eq!(screen.next().await.unwrap().1["ended"], true);
    assert!(screen.next().await.is_none());
    let gone = site.ask(get("events", &visitor.session), visitor.address).await;
    assert_eq!(code(&gone), (404, "NO_CONVERSATION"));
}

#[tokio::test(start_paused = true)]
async fn nobody_sees_or_adds_to_another_visitors_talk() {
    let site = Site::open().await;
    let (ann, ben) = (site.visitor().await, site.visitor().await);
    assert_ne!(ann.session, ben.session);
    assert!(ann.session.len() == 43 && ann.started["conversation"] != ben.started["conversation"]);
    ann.say("1", "My robot is called Rosebud").await;
    let seen = ben.events(0).await["events"].to_string();
    assert!(!seen.contains("Rosebud"), "{seen}");
    let conversation = ann.started["conversation"].as_str().unwrap();
    let changed = format!("{}x", &ann.session[..42]);
    for guess in ["", "x", conversation, &changed, &ann.session.to_uppercase()] {
        let read = site.ask(get("events", guess), ben.address).await;
        let written = site.ask(post("send", Some(guess), json!({"id": "9", "text": "hi"})), ben.address).await;
        assert_eq!((code(&read), code(&written)), ((404, "NO_CONVERSATION"), (404, "NO_CONVERSATION")), "{guess}");
    }
    let in_address = request(Method::GET, &format!("events?session={}", ann.session), None);
    let refused = site.ask(in_address.body(Value::Null).unwrap(), ben.address).await;
    assert_eq!(code(&refused), (404, "NO_CONVERSATION"), "a token in an address opens nothing");
}

#[tokio::test(start_paused = true)]
async fn only_configured_pages_use_it() {
    let origins = vec!["https://shop.example.com".to_owned()];
    let site = Site::with(Settings { origins, ..Settings::default() }).await;
    for (origin, status, allowed) in [
        ("http://localhost", 200, None),
        ("https://shop.example.com", 200, Some("https://shop.example.com")),
        ("https://evil.example", 403, None),
        ("null", 403, None),
    ] {
        let (mut head, body) = post("start", None, json!({})).into_parts();
        head.headers.insert("origin", origin.parse().unwrap());
        let response = site.respond(Request::from_parts(head, body), ADDRESS.parse().unwrap()).await;
        let shown = response.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap());
        assert_eq!((response.status().as_u16(), shown), (status, allowed), "{origin}");
    }
    let preflight = request(Method::OPTIONS, "send", None).header("origin", "https://shop.example.com");
    let preflight = site.respond(preflight.body(Value::Null).unwrap(), ADDRESS.parse().unwrap()).await;
    assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
    assert!(preflight.headers()["access-control-allow-headers"].to_str().unwrap().contains("authorization"));
}

#[tokio::test(start_paused = true)]
async fn requests_that_make_no_sense_are_refused_with_the_reason() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let session = Some(visitor.session.as_str());
    let plain = request(Method::POST, "start", None).header("content-type", "text/plain").body(json!({})).unwrap();
    for (request, expected) in [
        (post("send", session, json!({"id": "1"})), (400, "INVALID_INPUT")),
        (post("send", session, json!({"id": "1", "text": "x".repeat(4_001)})), (400, "INVALID_INPUT")),
        (post("start", None, json!({"trust": "operator"})), (400, "INVALID_INPUT")),
        (post("start", None, json!({"reference": "a b"})), (400, "INVALID_INPUT")),
        (post("start", None, json!([])), (400, "INVALID_INPUT")),
        (plain, (415, "NO_JSON")),
        (get("events?after=x", &visitor.session), (400, "INVALID_INPUT")),
        (get("send", &visitor.session), (405, "METHOD_NOT_ALLOWED")),
        (get("nothing", &visitor.session), (404, "NOT_FOUND")),
    ] {
        let asked = request.uri().clone();
        let answer = site.ask(request, visitor.address).await;
        assert_eq!(code(&answer), expected, "{asked}");
        assert!(["message", "hint"].iter().all(|name| !answer.1[name].as_str().unwrap().is_empty()), "{}", answer.1);
    }
}

#[tokio::test(start_paused = true)]
async fn texts_stay_texts_and_hostile_characters_go() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let hostile = "<img src=x onerror=alert(1)> {{brand}}";
    visitor.send("1", hostile).await;
    let events = visitor.events(1).await;
    assert_eq!(text(&events["events"][0]), hostile);
    let answer = visitor.say("2", "My name is \u{202e}evil\u{0}\u{1b}[2J").await;
    assert!(!text(&answer).contains(['\u{202e}', '\u{0}', '\u{1b}']), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn the_description_names_every_route_and_field() {
    let site = Site::open().await;
    let asked = request(Method::GET, "openapi.json", None).body(Value::Null).unwrap();
    let (status, described) = site.ask(asked, ADDRESS.parse().unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    let paths: Vec<_> = described["paths"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(paths, ["/start", "/send", "/events", "/end"]);
    let visitor = site.visitor().await;
    visitor.say("1", "How much is the Adam?").await;
    let events = visitor.events(0).await;
    let has = |schema: &str, value: &Value| {
        let known = described["components"]["schemas"][schema]["properties"].as_object().unwrap();
        value.as_object().unwrap().keys().for_each(|name| assert!(known.contains_key(name), "{schema} has no {name}"));
    };
    has("Started", &visitor.started);
    has("Events", &events);
    has("State", &events["state"]);
    events["events"].as_array().unwrap().iter().for_each(|event| has("Message", event));
    let (_, refused) = visitor.post(json!({})).await;
    has("Refusal", &refused);
}
