//! Conversations that go to a person and come back, as the page's visitors and screens see it.

use http::StatusCode;
use serde_json::{Value, json};

use super::site::{Site, text, told};
use crate::handoff::MEI;
use crate::handoff::desk::{House, change, note, notes};
use frontdesk::web::settings::Settings;
use hubspot_sandbox::Sandbox;

/// The ticket that was opened last.
fn newest_ticket(sandbox: &Sandbox) -> String {
    let ids = sandbox.records("tickets").into_iter().map(|one| one["id"].as_str().unwrap().parse::<u64>().unwrap());
    ids.max().unwrap().to_string()
}

#[tokio::test(start_paused = true)]
async fn a_person_is_waited_for_answers_and_gives_the_desk_back() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let mut screen = visitor.screen(0).await;
    visitor.ask_for_person().await;
    let ticket = newest_ticket(&site.house.sandbox);
    visitor.send("w1", "My robot beeps").await;
    note(&site.house.sandbox, &ticket, MEI, "@customer Turn it off, please.").await;
    let with_person = |events: &[Value], state: &Value| {
        state["person"] == "Mei Tanaka" && events.last().is_some_and(|last| last["from"] == "person")
    };
    let events = visitor.until("the person's words", with_person).await;
    assert_eq!(told(&events).last().unwrap(), "person: Turn it off, please.");
    assert_eq!(events.last().unwrap()["person"], "Mei Tanaka");
    let written = notes(&site.house.sandbox, &ticket).await;
    assert!(written.iter().any(|note| note.contains("My robot beeps")), "{written:?}");
    change(&site.house.sandbox, &ticket, json!({"hs_pipeline_stage": "4"})).await;
    let events = visitor.until("the desk again", |_, state| state["with"] == "desk").await;
    assert!(told(&events).last().unwrap().contains("has ended"), "{:?}", told(&events));
    let answer = visitor.say("after", "How much is the Adam?").await;
    assert_eq!(answer["from"], "desk");
    let seen: Vec<Value> = [screen.message().await, screen.message().await].into();
    assert_eq!(seen.iter().map(|event| event["number"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_visitor_can_go_back_to_the_desk_and_the_ticket_stays_open() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    visitor.ask_for_person().await;
    let ticket = newest_ticket(&site.house.sandbox);
    visitor.take(json!({"id": "back", "action": "desk"})).await;
    let events = visitor.until("the desk again", |_, state| state["with"] == "desk").await;
    assert!(told(&events).last().unwrap().contains("The assistant answers again."), "{:?}", told(&events));
    assert!(notes(&site.house.sandbox, &ticket).await[0].contains("The customer has left the chat."));
    let open = crate::handoff::desk::ticket(&site.house.sandbox, &ticket);
    assert_eq!(open["hs_pipeline_stage"], "1");
}

/// Also whoever has said something before, and asks by a button in their language.
#[tokio::test(start_paused = true)]
async fn a_person_is_in_reach_at_any_time_and_in_every_language() {
    for (language, words) in [
        ("en", "The purple lamp of my robot is blinking"),
        ("da", "Min robot bipper hele tiden"),
        ("fr", "Mon robot fait un bruit bizarre"),
        ("it", "Il mio robot fa un rumore strano"),
        ("de", "Mein Roboter macht ein seltsames Geräusch"),
    ] {
        let site = Site::open().await;
        let visitor = site.visitor_with(json!({ "language": language }), "10.0.0.7").await;
        visitor.say("w", words).await;
        visitor.take(json!({"id": "p", "action": "person"})).await;
        visitor
            .until("a question", |events, _| {
                events.last().is_some_and(|last| text(last).to_lowercase().contains("mail"))
            })
            .await;
        visitor.send("a", "sarah@gmail.com").await;
        let events = visitor
            .until("a confirmation", |events, _| events.last().is_some_and(|last| !last["choices"].is_null()))
            .await;
        let yes = events.last().unwrap()["choices"][0]["label"].as_str().unwrap().to_owned();
        visitor.send("y", &yes).await;
        let events = visitor.until("a person waited for", |_, state| state["with"] == "waiting").await;
        let content = crate::handoff::desk::ticket(&site.house.sandbox, &newest_ticket(&site.house.sandbox));
        assert!(content["content"].to_string().contains(words), "{language}: {content} {:?}", told(&events));
    }
}

#[tokio::test(start_paused = true)]
async fn files_go_to_a_person_and_to_nobody_else() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let file = json!({"name": "door.png", "mime": "image/png", "base64": "aGVsbG8="});
    let (status, refused) = visitor.post(json!({"id": "f0", "files": [file]})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("NO_PERSON")));
    visitor.ask_for_person().await;
    let bad = json!({"name": "virus.exe", "mime": "application/x-msdownload", "base64": "aGVsbG8="});
    visitor.take(json!({"id": "f1", "text": "See the door", "files": [file, bad]})).await;
    let events = visitor
        .until("the refusal of one", |events, _| events.last().is_some_and(|last| text(last).contains("virus.exe")))
        .await;
    let sent = events.iter().find(|event| event["id"] == "f1").unwrap();
    assert_eq!(sent["files"], json!(["door.png", "virus.exe"]));
    let ticket = newest_ticket(&site.house.sandbox);
    assert!(notes(&site.house.sandbox, &ticket).await[0].contains("See the door"));
}

#[tokio::test(start_paused = true)]
async fn the_hours_are_told_in_the_visitors_language() {
    let week = "zone = \"America/New_York\"\n[days]\nmonday = [\"09:00-17:00\"]\n";
    let site = Site::of(House::new().with_hours(week), Settings::default(), None).await;
    for (language, sentence) in
        [("en", "People answer again tomorrow at 09:00"), ("de", "Es antwortet wieder jemand morgen um 09:00")]
    {
        let visitor = site.visitor_with(json!({ "language": language }), "10.0.0.7").await;
        let state = visitor.events(0).await["state"].clone();
        assert!(state["hours"].as_str().unwrap().starts_with(sentence), "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_visitors_with_people_hear_only_their_own() {
    let site = Site::open().await;
    let (ann, ben) = (site.visitor().await, site.visitor().await);
    ann.ask_for_person().await;
    let of_ann = newest_ticket(&site.house.sandbox);
    // Another customer, or the same hand-off would go on.
    ben.take(json!({"id": "p", "action": "person"})).await;
    ben.until("a question", |events, _| events.iter().any(|event| text(event).contains("e-mail"))).await;
    ben.send("a", "tom.baker@harborviewhotel.com").await;
    ben.until("a confirmation", |events, _| events.last().is_some_and(|last| !last["choices"].is_null())).await;
    ben.send("y", "Yes").await;
    ben.until("a person waited for", |_, state| state["with"] == "waiting").await;
    note(&site.house.sandbox, &of_ann, MEI, "@customer Hello Sarah").await;
    ann.until("Mei's words", |events, _| events.last().is_some_and(|last| text(last) == "Hello Sarah")).await;
    let of_ben = ben.events(0).await;
    assert!(!of_ben["events"].to_string().contains("Hello Sarah") && of_ben["state"]["with"] == "waiting", "{of_ben}");
}
