//! The contact assistant: staff search, add and change contacts by buttons and in words, with the rights of their token.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use frontdesk::chat::brain::{Brain, BrainError, Decided, Decision, Reply, View};
use frontdesk::chat::desk::{ChatDesk, DeskSettings, NewBrain};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::web::assistant::routes::ContactAssistant;
use frontdesk::web::settings::Settings;
use futures::future::BoxFuture;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::handoff::desk::{Desk, House};
use crate::http::{ALL, PATIENCE, TestServer};

const READER: &str = "reader-0123456789abcdef";
const ADDER: &str = "adder-0123456789abcdef";
const OTHER: &str = "other-0123456789abcdef";

struct Office {
    server: TestServer,
    house: House,
    _desk: Desk,
    tokens: NamedTempFile,
}

/// A server for staff: one who may do everything, one who may only read, one who may
/// add and not change, and another one.
async fn office() -> Office {
    office_with(Settings::default()).await
}

async fn office_with(own: Settings) -> Office {
    office_of(own, None).await
}

async fn office_of(own: Settings, brain: Option<NewBrain>) -> Office {
    let house = House::new();
    let desk = house.open_with_graphs().await;
    let settings = DeskSettings {
        graph: Some("contacts".to_owned()),
        persona: Persona::default(),
        limits: TurnLimits::default(),
        trust: Trust::Operator,
        representative: None,
    };
    let chat = ChatDesk::new(desk.server.clone(), settings).await.unwrap();
    let chat = match brain {
        Some(brain) => chat.with_brain(brain),
        None => chat,
    };
    let assistant = Arc::new(ContactAssistant::new(chat, own, house.clock));
    let mut tokens = NamedTempFile::new().unwrap();
    let entries = json!([
        {"name": "all", "token": ALL},
        {"name": "reader", "token": READER, "read_only": true},
        {"name": "other", "token": OTHER},
        {"name": "adder", "token": ADDER, "tools": ["search_contacts", "create_contact"]},
    ]);
    write!(tokens, "{}", json!({ "tokens": entries })).unwrap();
    let path = tokens.path().to_owned();
    let server = TestServer::serving(desk.server.clone(), |settings| {
        settings.auth_file = Some(path);
        settings.public_host = Some("desk.example.com".into());
        settings.visitor_routes = vec![assistant.clone()];
        settings.caller_routes = Some(assistant);
    })
    .await;
    Office { server, house, _desk: desk, tokens }
}

/// One conversation of a member of staff.
struct Talk<'a> {
    office: &'a Office,
    token: &'static str,
    session: String,
    said: u64,
}

impl Office {
    async fn ask(&self, path: &str, token: &str, session: &str, body: Option<Value>) -> (StatusCode, Value) {
        let url = self.server.url(&format!("/assistant/api/{path}"));
        let request = match body {
            Some(body) => self.server.client.post(url).json(&body),
            None => self.server.client.get(url),
        };
        let answer = request.bearer_auth(token).header("x-chat-session", session).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn begin(&self, token: &'static str, language: &str) -> (Talk<'_>, Value) {
        let (status, begun) = self.ask("start", token, "", Some(json!({ "language": language }))).await;
        assert_eq!(status, StatusCode::OK, "{begun}");
        let session = begun["session"].as_str().unwrap().to_owned();
        let (_, events) = self.ask("events?after=0", token, &session, None).await;
        (Talk { office: self, token, session, said: 0 }, events["events"][0].clone())
    }

    fn contact(&self, email: &str) -> Option<Value> {
        let all = self.house.sandbox.records("contacts").into_iter();
        all.map(|record| record["properties"].clone()).find(|properties| properties["email"] == email)
    }
}

impl Talk<'_> {
    /// Says something and waits for the answer.
    async fn say(&mut self, text: &str) -> Value {
        self.said += 1;
        let sent = json!({"id": format!("m{}", self.said), "text": text});
        let (status, taken) = self.office.ask("send", self.token, &self.session, Some(sent)).await;
        assert_eq!(status, StatusCode::OK, "{taken}");
        let path = format!("events?after={}&wait=25", taken["number"]);
        let answer = async {
            loop {
                let (_, events) = self.office.ask(&path, self.token, &self.session, None).await;
                if let Some(answer) = events["events"].get(0) {
                    return answer.clone();
                }
            }
        };
        tokio::time::timeout(PATIENCE, answer).await.unwrap()
    }
}

fn labels(message: &Value) -> Vec<&str> {
    let all = message["choices"].as_array().into_iter().flatten();
    all.map(|choice| choice["label"].as_str().unwrap()).collect()
}

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

/// The two seed documents: a welcome, three buttons, and each of the three done, in their languages.
#[tokio::test]
async fn contacts_are_searched_added_and_changed_by_buttons_or_words() {
    let office = office().await;
    for (at, (language, buttons, yes)) in [
        ("en", ["Search for a contact", "Create a new contact", "Update a contact"], "Yes"),
        ("da", ["Søg efter kontakt", "Opret ny kontakt", "Opdater kontakt"], "Ja"),
        ("fr", ["Rechercher un contact", "Créer un contact", "Mettre à jour un contact"], "Oui"),
    ]
    .into_iter()
    .enumerate()
    {
        let (mut talk, welcome) = office.begin(ALL, language).await;
        assert!(!text(&welcome).is_empty());
        let offered = labels(&welcome);
        for button in buttons {
            assert!(offered.contains(&button), "{language}: {button} in {offered:?}");
        }
        let asked = talk.say(buttons[0]).await;
        assert!(labels(&asked).is_empty(), "{language}: it asks who: {asked}");
        let found = talk.say("sarah@gmail.com").await;
        assert!(text(&found).contains("Sarah Mark") && text(&found).contains("ClouTea"), "{language}: {found}");
        let email = format!("ada{at}@acme.example");
        talk.say(buttons[1]).await;
        let mut answer = talk.say(&format!("Ada Byron, {email}, +45 12 34 56 7{at}")).await;
        if labels(&answer).contains(&yes) {
            answer = talk.say(yes).await;
        }
        let ada = office.contact(&email).unwrap_or_else(|| panic!("{language}: {answer}"));
        assert_eq!((&ada["firstname"], &ada["lastname"]), (&json!("Ada"), &json!("Byron")), "{language}");
        talk.say(buttons[2]).await;
        talk.say(&email).await;
        let number = format!("+1 617 555 018{at}");
        let mut answer = talk.say(&format!("+1 617 555 018{at}")).await;
        if labels(&answer).contains(&yes) {
            answer = talk.say(yes).await;
        }
        let ada = office.contact(&email).unwrap();
        let phone = ada["phone"].as_str().unwrap_or_default().replace(' ', "");
        assert_eq!(phone, number.replace(' ', ""), "{language}: {answer}");
        // The words of a button do the same where it is not shown: they are nobody's name.
        talk.say(buttons[0]).await;
        let found = talk.say(&email).await;
        assert!(text(&found).contains("Ada Byron") && text(&found).contains(&number), "{language}: {found}");
    }
}

#[tokio::test]
async fn the_rights_of_the_token_hold() {
    let office = office().await;
    let (mut talk, _) = office.begin(READER, "en").await;
    let found = talk.say("Who is Sarah Mark?").await;
    assert!(text(&found).contains("sarah@gmail.com"), "{found}");
    let mut answer = talk.say("Add Ada Byron, ada@acme.example").await;
    if labels(&answer).contains(&"Yes") {
        answer = talk.say("Yes").await;
    }
    assert!(office.contact("ada@acme.example").is_none(), "{answer}");
    assert!(!text(&answer).contains("I have added"), "{answer}");
    let (mut talk, _) = office.begin(ADDER, "en").await;
    let mut answer = talk.say("Add Ada Byron, ada@acme.example, +45 12 34 56 78").await;
    if labels(&answer).contains(&"Yes") {
        answer = talk.say("Yes").await;
    }
    assert!(office.contact("ada@acme.example").is_some(), "{answer}");
    let phone = office.contact("sarah@gmail.com").unwrap()["phone"].clone();
    talk.say("Change the phone number of Sarah Mark to +1 617 555 0188").await;
    let answer = talk.say("Yes").await;
    assert_eq!(office.contact("sarah@gmail.com").unwrap()["phone"], phone, "{answer}");
}

/// Buttons are those of the rights of the token: the welcome says what is missing, in the language of the browser.
#[tokio::test]
async fn the_welcome_offers_what_the_token_may_do_in_every_language() {
    let office = office().await;
    let cases = [
        (
            "en",
            "Welcome! I help you with the contacts in HubSpot.",
            "The rights of your token do not include: ",
            ["Search for a contact", "Create a new contact", "Update a contact"],
        ),
        (
            "da",
            "Velkommen! Jeg hjælper dig med kontakterne i HubSpot.",
            "Dit tokens rettigheder omfatter ikke: ",
            ["Søg efter kontakt", "Opret ny kontakt", "Opdater kontakt"],
        ),
        (
            "fr",
            "Bienvenue ! Je vous aide à gérer les contacts dans HubSpot.",
            "Les droits de votre jeton ne comprennent pas : ",
            ["Rechercher un contact", "Créer un contact", "Mettre à jour un contact"],
        ),
        (
            "it",
            "Benvenuto! La aiuto con i contatti in HubSpot.",
            "I diritti del suo token non comprendono: ",
            ["Cerca un contatto", "Crea un nuovo contatto", "Aggiorna un contatto"],
        ),
        (
            "de",
            "Willkommen! Ich helfe Ihnen mit den Kontakten in HubSpot.",
            "Die Rechte Ihres Tokens umfassen nicht: ",
            ["Einen Kontakt suchen", "Einen neuen Kontakt anlegen", "Einen Kontakt aktualisieren"],
        ),
    ];
    for (language, welcome, missing, buttons) in cases {
        for (token, offered) in [(ALL, 3), (ADDER, 2), (READER, 1)] {
            let (talk, greeting) = office.begin(token, language).await;
            let (open, closed) = buttons.split_at(offered);
            assert_eq!(labels(&greeting), open, "{language} {token}");
            let told = text(&greeting);
            assert!(told.starts_with(welcome), "{told}");
            let lacks = format!("{missing}{}.", closed.join(", "));
            assert_eq!(told.ends_with(&lacks), !closed.is_empty(), "{told}");
            assert_eq!(told.contains(missing), !closed.is_empty(), "{told}");
            office.ask("end", token, &talk.session, Some(json!({}))).await;
        }
    }
}

/// Staff are the people: whatever they write, nobody else is offered, and nothing that their token may not do.
#[tokio::test]
async fn staff_are_offered_no_person_and_nothing_that_they_may_not_do() {
    let office = office().await;
    for (language, person, wish) in [
        ("en", "person", "I want to talk to a person"),
        ("da", "person", "Jeg vil tale med et menneske"),
        ("fr", "personne", "Je veux parler à une personne"),
        ("it", "persona", "Voglio parlare con una persona"),
        ("de", "Person", "Ich möchte mit einer Person sprechen"),
    ] {
        for token in [ALL, READER] {
            let (mut talk, greeting) = office.begin(token, language).await;
            assert!(!text(&greeting).contains(person), "{greeting}");
            let mut said = vec![];
            for words in [wish, "xyzzy", "plugh xyzzy", "foo bar baz", "Thank you", "Are you a bot?"] {
                said.push(talk.say(words).await);
            }
            for answer in &said {
                let offered = labels(answer);
                assert!(offered.len() <= if token == ALL { 4 } else { 2 }, "{language}: {answer}");
                for hidden in
                    ["A person, please", "En person, tak", "Une personne", "Una persona", "Eine Person, bitte"]
                {
                    assert!(!answer.to_string().contains(hidden), "{language}: {answer}");
                }
                for colleague in ["colleague", "kollega", "collègue", "collega", "Kollege"] {
                    assert!(!text(answer).contains(colleague), "{language}: {answer}");
                }
            }
            office.ask("end", token, &talk.session, Some(json!({}))).await;
        }
    }
    let (mut talk, _) = office.begin(READER, "en").await;
    let refused = talk.say("Add a new contact").await;
    assert_eq!(text(&refused), "Your token does not have the right to do that.");
    assert_eq!(labels(&refused), ["Search for a contact"], "nobody is asked for values in vain");
}

/// A brain that notes what it is shown, and greets.
#[derive(Debug)]
struct Listening(Arc<Mutex<Vec<Shown>>>);

#[derive(Debug)]
struct Shown {
    prompt: String,
    tools: Vec<&'static str>,
    reaches_people: bool,
}

impl Brain for Listening {
    fn name(&self) -> &'static str {
        "listening"
    }

    fn is_model(&self) -> bool {
        true
    }

    fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        let tools = view.tools.iter().map(|tool| tool.name).collect();
        let shown = Shown { prompt: view.prompt.to_owned(), tools, reaches_people: view.reaches_people };
        self.0.lock().unwrap().push(shown);
        Box::pin(async { Ok(Decided::free(Decision::Say(Reply::text("Hello.")))) })
    }
}

/// A language model is told so too, and has no tool that hands staff over.
#[tokio::test]
async fn a_model_hands_staff_over_to_nobody() {
    let shown = Arc::new(Mutex::new(vec![]));
    let of_brain = shown.clone();
    let brain: NewBrain = Arc::new(move || Box::new(Listening(of_brain.clone())));
    let office = office_of(Settings::default(), Some(brain)).await;
    let (mut talk, _) = office.begin(ALL, "en").await;
    talk.say("Good morning").await;
    let asked = talk.say("I want to talk to a person").await;
    assert!(text(&asked).contains("There is nobody behind this assistant"), "{asked}");
    let shown = shown.lock().unwrap();
    let Shown { prompt, tools, reaches_people } = &shown[0];
    assert!(prompt.contains("offer no other person") && !reaches_people, "{prompt}");
    assert!(tools.contains(&"search_contacts") && !tools.contains(&"handoff_start"), "{tools:?}");
}

#[tokio::test]
async fn the_operator_writes_the_welcome() {
    let own = [("assistant_welcome".to_owned(), "Hej, kollega! Hvem leder du efter?".to_owned())];
    let texts = BTreeMap::from([("da", BTreeMap::from(own))]);
    let office = office_with(Settings { texts, ..Settings::default() }).await;
    let (_, greeting) = office.begin(READER, "da").await;
    let told = text(&greeting);
    assert!(told.starts_with("Hej, kollega! Hvem leder du efter?\nDit tokens rettigheder omfatter ikke"), "{told}");
    let (_, greeting) = office.begin(ALL, "fr").await;
    assert!(text(&greeting).starts_with("Bienvenue !"), "{greeting}");
}

#[tokio::test]
async fn nobody_has_it_without_a_token_and_never_from_outside() {
    let office = office().await;
    let (talk, _) = office.begin(ALL, "en").await;
    for (token, session, status) in [
        (ALL, talk.session.as_str(), StatusCode::OK),
        (OTHER, &talk.session, StatusCode::NOT_FOUND),
        (READER, &talk.session, StatusCode::NOT_FOUND),
        ("wrong-0123456789abcdef", &talk.session, StatusCode::UNAUTHORIZED),
        (talk.session.as_str(), &talk.session, StatusCode::UNAUTHORIZED),
        (ALL, "", StatusCode::NOT_FOUND),
    ] {
        let (got, body) = office.ask("events?after=0", token, session, None).await;
        assert_eq!(got, status, "{body}");
        assert!(status == StatusCode::OK || !body.to_string().contains("Search"), "{body}");
    }
    for (path, host, status) in [
        ("/assistant", "localhost", 200),
        ("/assistant/page.js", "localhost", 200),
        ("/assistant.js", "localhost", 401),
        ("/assistant/secrets", "localhost", 404),
        ("/assistant", "desk.example.com", 403),
        ("/assistant/api/events", "desk.example.com", 403),
        ("/assistant/api/events", "localhost", 401),
    ] {
        let got = office.server.client.get(office.server.url(path)).header("host", host).send().await.unwrap();
        assert_eq!(got.status().as_u16(), status, "{path} {host}");
    }
    let page = office.server.client.get(office.server.url("/assistant")).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.ends_with("frame-ancestors 'self'"), "no other page shows it: {policy}");
    let page = page.text().await.unwrap();
    assert!(page.contains("id=\"sign-in\"") && !page.contains("Sarah"), "the page itself knows nothing");
}

#[tokio::test]
async fn a_token_that_is_taken_away_opens_nothing_any_more() {
    let office = office().await;
    let session = office.begin(OTHER, "en").await.0.session;
    std::fs::write(office.tokens.path(), json!({"tokens": [{"name": "all", "token": ALL}]}).to_string()).unwrap();
    office.server.reload.as_ref().unwrap().notify_one();
    let refused = async {
        while office.ask("events?after=0", OTHER, &session, None).await.0 != StatusCode::UNAUTHORIZED {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let office = office().await;
    let (talk, _) = office.begin(ALL, "en").await;
    for (path, body) in [
        ("start", json!({"claim": "eyJ"})),
        ("send", json!({"id": "1", "action": "person"})),
        ("send", json!({"id": "1", "text": "x", "files": [{"name": "a", "mime": "b", "base64": ""}]})),
        ("send", json!({"id": "1", "text": " "})),
        ("send", json!([])),
    ] {
        let (status, refused) = office.ask(path, ALL, &talk.session, Some(body.clone())).await;
        assert_eq!((status, &refused["code"]), (StatusCode::BAD_REQUEST, &json!("INVALID_INPUT")), "{path} {body}");
    }
    let (status, ended) = office.ask("end", ALL, &talk.session, Some(json!({}))).await;
    assert_eq!((status, &ended["ended"]), (StatusCode::OK, &json!(true)));
    assert_eq!(office.ask("events", ALL, &talk.session, None).await.0, StatusCode::NOT_FOUND);
}
