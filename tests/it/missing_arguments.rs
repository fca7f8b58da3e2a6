//! Missing or ambiguous arguments of `create_contact`: the user is asked for them, in both eras of the protocol.

use frontdesk::mcp::Server;
use frontdesk::tool::policy::ToolPolicy;
use http_client::{HttpClient, InProcess};
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::fault::{Effect, Fault};
use rmcp::model::{ElicitResult, ElicitationAction};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt};
use serde_json::{Value, json};

use crate::elicitation::{Person, accept, both};
use crate::tool_policy::{call, sandbox_and_server};
use crate::world;

const SARAH: &str = "84246479604";
const TOM: &str = "84246480117";

/// Creates a contact with a user who answers like this.
async fn create(server: Server, person: &Person, era: ClientLifecycleMode, properties: Value) -> Result<Value, Value> {
    let client = person.clone().serve_with_lifecycle(world::serve(server), era).await.unwrap();
    call(&client, "create_contact", json!({"properties": properties})).await
}

fn contacts(sandbox: &Sandbox) -> usize {
    sandbox.records("contacts").len()
}

/// Adds another contact with Sarah's phone number.
async fn sam(sandbox: &Sandbox) -> Value {
    let request = http::Request::post("/crm/v3/objects/contacts")
        .header("authorization", format!("Bearer {}", sandbox.token()))
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(json!({"properties": {"firstname": "Sam", "phone": "+1 702 555 0143"}}).to_string()));
    let made = InProcess(sandbox.router()).send(request.unwrap()).await.unwrap();
    serde_json::from_slice::<Value>(made.body()).unwrap()["id"].clone()
}

#[tokio::test(start_paused = true)]
async fn a_contact_without_a_name_is_completed_by_the_user() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
        let person = Person::new([accept(json!({"email": "Ada@Acme.example", "lastname": " Byron "}))]);
        let made = create(server, &person, era, json!({"city": "London"})).await.unwrap();
        assert_eq!((&made["created"], person.questions().len()), (&json!(true), 1));
        let id = &made["contact"]["contact_id"];
        let kept = sandbox.records("contacts").into_iter().find(|one| one["id"] == *id).unwrap();
        let property = |name: &str| kept["properties"][name].clone();
        assert_eq!(
            (property("email"), property("lastname"), property("city")),
            (json!("ada@acme.example"), json!("Byron"), json!("London"))
        );
    }
}

/// The user's answer is validated by the same rules as the model's arguments.
#[tokio::test(start_paused = true)]
async fn an_invalid_or_declined_answer_creates_no_contact() {
    for era in both() {
        for (answer, expected) in [
            (accept(json!({"email": "sarah@gmail.com"})), Ok(json!(false))),
            (accept(json!({"email": "not an address"})), Err("INVALID_INPUT_ERROR")),
            (accept(json!({"firstname": "  "})), Err("INVALID_INPUT_ERROR")),
            (ElicitResult::new(ElicitationAction::Decline), Err("DECLINED_ERROR")),
            (ElicitResult::new(ElicitationAction::Cancel), Err("DISMISSED_ERROR")),
        ] {
            let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
            let before = contacts(&sandbox);
            let made = create(server, &Person::new([answer]), era.clone(), json!({"city": "London"})).await;
            let told =
                made.as_ref().map(|made| made["created"].clone()).map_err(|error| error["code"].as_str().unwrap());
            assert_eq!((told, contacts(&sandbox)), (expected, before));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_user_chooses_among_contacts_with_one_phone_number() {
    for era in both() {
        for (choice, created) in [("sam", false), ("sarah", false), ("new", true)] {
            let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
            let sam = sam(&sandbox).await;
            let chosen = match choice {
                "sam" => sam.clone(),
                "sarah" => json!(SARAH),
                _ => json!("new"),
            };
            let person = Person::new([accept(json!({"who": chosen}))]);
            let made = create(server, &person, era.clone(), json!({"firstname": "Kim", "phone": "702 555 0143"}))
                .await
                .unwrap();
            let matched_by = made["matched_by"].as_str();
            assert_eq!((&made["created"], matched_by), (&json!(created), (!created).then_some("phone")));
            assert!(created || made["contact"]["contact_id"] == chosen, "{made}");
            assert!(person.questions()[0].contains("2 contacts have this phone number"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_declined_choice_creates_no_contact() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
        sam(&sandbox).await;
        let before = contacts(&sandbox);
        let person = Person::new([ElicitResult::new(ElicitationAction::Decline)]);
        let error =
            create(server, &person, era, json!({"firstname": "Kim", "phone": "702 555 0143"})).await.unwrap_err();
        assert_eq!((&error["code"], contacts(&sandbox)), (&json!("DECLINED_ERROR"), before));
    }
}

/// HubSpot then answers twice that two contacts have one e-mail address, as with a secondary address.
fn shared_address(sandbox: &Sandbox) {
    let twin = |id: &str| json!({"id": id, "properties": {"email": "info@acme.example"}, "archived": false});
    let both = json!({"status": "COMPLETE", "results": [twin(SARAH), twin(TOM)]});
    let answer = Fault::once(Effect::Status { status: 200, body: Some(both), headers: vec![] });
    let look_up = answer.on(&http::Method::POST, "contacts/batch/read");
    sandbox.inject_fault(look_up.clone());
    // Between the two answers, both contacts are read for the choice.
    sandbox.inject_fault(look_up.after(1));
}

#[tokio::test(start_paused = true)]
async fn the_user_chooses_between_contacts_with_one_email_address() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
        shared_address(&sandbox);
        let person = Person::new([accept(json!({"who": TOM}))]);
        let client = person.clone().serve_with_lifecycle(world::serve(server), era).await.unwrap();
        let change = json!({"contact": "info@acme.example", "properties": {"city": "Oslo"}});
        let changed = call(&client, "update_contact", change).await.unwrap();
        assert_eq!((&changed["contact_id"], &changed["changes"]["city"]["after"]), (&json!(TOM), &json!("Oslo")));
        assert_eq!(person.questions(), ["2 contacts have this e-mail address. Who is meant?"]);
    }
}
