//! Restrictions by the operator: an excluded tool is neither listed nor run, and writes wait for confirmation where
//! required.

use std::sync::Arc;
use std::time::Duration;

use frontdesk::mcp::Server;
use frontdesk::tool::Effect;
use frontdesk::tool::permissions::Permissions;
use frontdesk::tool::policy::ToolPolicy;
use frontdesk::tools;
use http_client::{HttpClient, InProcess};
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::fault::{Effect as Trouble, Fault};
use rmcp::RoleClient;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, ElicitResult, ElicitationAction, ReadResourceRequestParams,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use serde_json::{Value, json};

use crate::elicitation::{Person, accept, both, modern};
use crate::inbox::sarah_writes;
use crate::raw_client::RawClient;
use crate::tool_calls::CONVERSATION;
use crate::world::{self, read};

const SARAH: &str = "84246479604";
const DOOR: &str = "33190415288";

type Client = RunningService<RoleClient, Person>;

pub(crate) fn sandbox_and_server(switches: ToolPolicy) -> (Sandbox, Server) {
    let (sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
    sarah_writes(&sandbox, "Where is my robot?");
    (sandbox, world::server(hubspot, clock).with_policy(Arc::new(switches)))
}

fn of(only: &[&str], without: &[&str]) -> ToolPolicy {
    let [only, without] = [only, without].map(|names| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    ToolPolicy::default().choose(&tools::all().infos(), &only, &without).unwrap()
}

fn confirming() -> ToolPolicy {
    ToolPolicy { confirm_writes: true, ..ToolPolicy::default() }
}

pub(crate) async fn connect(server: Server, person: Person, era: ClientLifecycleMode) -> Client {
    person.serve_with_lifecycle(world::serve(server), era).await.unwrap()
}

pub(crate) async fn names(client: &Client) -> Vec<String> {
    client.list_all_tools().await.unwrap().into_iter().map(|tool| tool.name.into_owned()).collect()
}

pub(crate) async fn call(client: &Client, tool: &'static str, arguments: Value) -> Result<Value, Value> {
    read(client.call_tool(params(tool, arguments)).await.unwrap())
}

pub(crate) fn params(tool: &'static str, arguments: Value) -> CallToolRequestParams {
    CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone())
}

/// A refusal gives the reason and no way around it: no flag, no file, no person who could allow it.
fn is_final(error: &Value) {
    let said = error.to_string().to_lowercase();
    for way in ["--", "flag", "restart", "frontdesk_", "ask the operator"] {
        assert!(!said.contains(way), "{way} in {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_only_server_lists_and_runs_only_reads() {
    for era in both() {
        let permissions = Permissions { read_only: true, ..Permissions::default() };
        let (sandbox, server) = sandbox_and_server(ToolPolicy { permissions, ..ToolPolicy::default() });
        let client = connect(server, Person::unreachable(), era).await;
        let reading: Vec<_> = tools::all().iter().filter(|t| t.effect == Effect::Read).map(|t| t.name).collect();
        assert_eq!(names(&client).await, reading);
        assert!(reading.contains(&"get_contact") && !reading.contains(&"find_contact_by_email"));
        sandbox.clear_requests();
        for tool in tools::all().iter().filter(|tool| tool.effect != Effect::Read) {
            let error = call(&client, tool.name, json!({})).await.unwrap_err();
            assert_eq!(error["code"], "FORBIDDEN_ERROR", "{}", tool.name);
            assert!(error["message"].as_str().unwrap().contains("change nothing"), "{error}");
            is_final(&error);
        }
        assert!(sandbox.requests().is_empty(), "HubSpot was not even asked");
        assert_eq!(call(&client, "get_contact", json!({"contact": SARAH})).await.unwrap()["contact_id"], SARAH);
    }
}

#[tokio::test(start_paused = true)]
async fn tools_are_included_or_excluded_by_name() {
    let (_, server) = sandbox_and_server(of(&["get_contact", "find_tickets", "create_ticket"], &["create_ticket"]));
    let client = connect(server, Person::unreachable(), modern()).await;
    assert_eq!(names(&client).await, ["get_contact", "find_tickets"]);
    let error = call(&client, "create_ticket", json!({"cus_cid": SARAH, "issue": "It beeps."})).await.unwrap_err();
    assert_eq!(
        (&error["code"], error["message"].as_str().unwrap().contains("switched it off")),
        (&json!("FORBIDDEN_ERROR"), true)
    );
    is_final(&error);
}

/// Documents that cannot be searched cannot be read one by one either.
#[tokio::test(start_paused = true)]
async fn an_excluded_tool_is_not_reachable_as_a_resource() {
    let documents = async |client: &Client| -> Vec<String> {
        let all = client.list_all_resources().await.unwrap().into_iter().map(|one| one.uri.clone());
        all.filter(|uri| uri.starts_with("doc://")).collect()
    };
    let (_, open) = sandbox_and_server(ToolPolicy::default());
    let open = connect(open, Person::unreachable(), modern()).await;
    let (_, closed) = sandbox_and_server(of(&[], &["search_documents", "describe_crm"]));
    let closed = connect(closed, Person::unreachable(), modern()).await;
    let known = documents(&open).await;
    assert!(!known.is_empty() && documents(&closed).await.is_empty());
    let read = ReadResourceRequestParams::new(known[0].clone());
    assert!(open.read_resource(read.clone()).await.is_ok() && closed.read_resource(read).await.is_err());
    let owners = async |client: &Client| client.complete_prompt_simple("open_ticket", "owner", "v").await.unwrap();
    assert!(owners(&closed).await.is_empty() && owners(&open).await.iter().any(|name| name.contains("Veronica")));
}

/// A taskgraph cannot call a tool that its client cannot call.
#[tokio::test(start_paused = true)]
async fn a_taskgraph_cannot_call_an_excluded_tool() {
    let (sandbox, server) = sandbox_and_server(of(&[], &["find_tickets"]));
    let client = connect(server, Person::unreachable(), modern()).await;
    let mut called = vec![];
    for intent in ["Report a problem", "My ticket"] {
        let session = call(&client, "taskgraph_start", json!({})).await.unwrap()["session"].clone();
        let said = json!({
            "session": session, "user_text": "My robot is broken.", "intent": intent,
            "slots": {"email": "sarah@gmail.com", "chat": "My robot is broken."}, "execute": true,
        });
        let turn = call(&client, "taskgraph_step", said).await.unwrap();
        called.extend(turn["called"].as_array().into_iter().flatten().cloned());
    }
    let closed: Vec<_> = called.iter().filter(|called| called["tool"] == "find_tickets").collect();
    assert!(!closed.is_empty(), "the script never came to the tool: {called:?}");
    for called in closed {
        assert_eq!((&called["succeeded"], &called["result"]["code"]), (&json!(false), &json!("FORBIDDEN_ERROR")));
    }
    assert!(!sandbox.requests().iter().any(|sent| sent.path.contains("tickets")), "nothing was looked up");
}

/// Neither an intent nor a hint leads to a tool that is not there.
#[tokio::test(start_paused = true)]
async fn nothing_that_begins_with_an_excluded_tool_is_offered() {
    let offered = async |without: &[&str], step: Value| -> (Vec<String>, Value) {
        let (_, server) = sandbox_and_server(of(&[], without));
        let client = connect(server, Person::unreachable(), modern()).await;
        let begun = call(&client, "taskgraph_start", json!({})).await.unwrap();
        let intents = begun["intents"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned());
        let intents = intents.collect();
        let mut said = step;
        (said["session"], said["execute"]) = (begun["session"].clone(), json!(true));
        (intents, call(&client, "taskgraph_step", said).await.unwrap())
    };
    let meeting = json!({
        "user_text": "a demo please", "intent": "Book a meeting",
        "slots": {"email": "tom.baker@harborviewhotel.com", "meeting_date": "2026-12-01", "time_zone": "America/New_York"},
    });
    let (all, named) = offered(&[], meeting.clone()).await;
    assert_eq!((all.len(), named.to_string().contains("`create_task`")), (10, true), "{named}");
    let (fewer, unnamed) = offered(&["create_task"], meeting).await;
    assert_eq!(all.iter().filter(|one| !fewer.contains(one)).collect::<Vec<_>>(), ["A person, please"]);
    assert!(!unnamed.to_string().contains("create_task"), "{unnamed}");
    assert!(!unnamed.to_string().contains("a person can be asked for"), "{unnamed}");
    let asked = json!({"user_text": "a human, now", "intent": "a person"});
    let (_, told) = offered(&["create_task"], asked).await;
    assert!(told["asks"][0]["instruction"].as_str().unwrap().contains("nobody can be asked"), "{told}");
    let question = json!({"user_text": "What does the ADAM cost?", "intent": "1"});
    let (no_look_up, answered) = offered(&["find_contact_by_email", "search_contacts"], question).await;
    let first = ["Question about products, prices or delivery", "Become a customer", "A person, please"];
    assert_eq!(
        (no_look_up, answered["called"][0]["tool"].as_str()),
        (first.map(str::to_owned).to_vec(), Some("search_documents"))
    );
}

/// A failure's hint names only tools that are there, with a script and without.
#[tokio::test(start_paused = true)]
async fn hints_name_no_excluded_tool() {
    let unknown = json!({"email": "nobody@nowhere.example"});
    for without in [&["create_contact"][..], &["search_contacts", "create_contact", "search_documents"], &[]] {
        let (_, server) = sandbox_and_server(of(&[], without));
        let client = connect(server, Person::unreachable(), modern()).await;
        let hint = call(&client, "find_contact_by_email", unknown.clone()).await.unwrap_err()["hint"].clone();
        let hint = hint.as_str().unwrap();
        assert!(hint.contains("check the spelling"), "{hint}");
        for tool in ["create_contact", "search_contacts", "search_documents"] {
            assert_eq!(hint.contains(tool), !without.contains(&tool), "{without:?}: {hint}");
        }
    }
}

/// One change for each tool that changes something, the question it leads to, and the changed record.
fn changes() -> Vec<(&'static str, Value, &'static str, (&'static str, &'static str))> {
    vec![
        (
            "update_contact",
            json!({"contact": SARAH, "properties": {"phone": "+1 702 555 0199", "company": null, "owner": null}}),
            "Change the contact \"Sarah Mark sarah@gmail.com\" (84246479604) in HubSpot?",
            ("contacts", SARAH),
        ),
        (
            "update_ticket",
            json!({"ticket_id": DOOR, "priority": "LOW", "stage": "Waiting on us"}),
            "Change the ticket ",
            ("tickets", DOOR),
        ),
        (
            "update_conversation",
            json!({"conversation_id": CONVERSATION, "assignee": "117003", "status": "closed"}),
            "Change the conversation with \"Sarah Mark\" (",
            ("threads", CONVERSATION),
        ),
    ]
}

fn kept(sandbox: &Sandbox, (kind, id): (&str, &str)) -> Value {
    if kind == "threads" {
        let account: Value = serde_json::from_str(&sandbox.snapshot()).unwrap();
        return account[kind]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"].as_u64() == id.parse().ok())
            .unwrap()
            .clone();
    }
    sandbox.records(kind).into_iter().find(|record| record["id"] == id).unwrap()["properties"].clone()
}

#[test]
fn every_tool_that_changes_something_has_its_question() {
    let changing: Vec<_> = tools::all().iter().filter(|t| t.effect == Effect::Update).map(|t| t.name).collect();
    assert_eq!(changing, changes().iter().map(|(tool, ..)| *tool).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_changed_before_the_user_agrees() {
    for (era, (tool, change, question, record)) in
        both().into_iter().flat_map(|era| changes().into_iter().map(move |c| (era.clone(), c)))
    {
        for (reaction, code) in
            [(ElicitationAction::Decline, "DECLINED_ERROR"), (ElicitationAction::Cancel, "DISMISSED_ERROR")]
        {
            let (sandbox, server) = sandbox_and_server(confirming());
            let person = Person::new([ElicitResult::new(reaction), accept(json!({}))]);
            let client = connect(server, person.clone(), era.clone()).await;
            let before = kept(&sandbox, record);
            let error = call(&client, tool, change.clone()).await.unwrap_err();
            assert_eq!((&error["code"], kept(&sandbox, record)), (&json!(code), before.clone()), "{tool}");
            let changed = call(&client, tool, change.clone()).await.unwrap();
            assert!(!changed["changes"].as_object().unwrap().is_empty(), "{changed}");
            assert_ne!(kept(&sandbox, record), before, "{tool}");
            let asked = person.questions();
            assert!(asked.len() == 2 && asked[0] == asked[1] && asked[0].starts_with(question), "{asked:#?}");
            let again = call(&client, tool, change.clone()).await.unwrap();
            assert_eq!(
                (&again["changes"], person.questions().len()),
                (&json!({}), 2),
                "what is so already is not asked about"
            );
        }
    }
}

/// The user agrees to what they can read: labels and names, with other people's texts in quotes.
#[tokio::test(start_paused = true)]
async fn the_question_shows_each_value_before_and_after() {
    let (_, server) = sandbox_and_server(confirming());
    let person = Person::new(changes().iter().map(|_| accept(json!({}))));
    let client = connect(server, person.clone(), modern()).await;
    for (tool, change, ..) in changes() {
        call(&client, tool, change).await.unwrap();
    }
    insta::assert_json_snapshot!("questions_before_changes", person.questions());
}

#[tokio::test(start_paused = true)]
async fn clients_without_elicitation_see_no_tools_that_need_it() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(confirming());
        let client = connect(server.clone(), Person::unreachable(), era.clone()).await;
        let asking = connect(server, Person::new([]), era).await;
        let (few, all) = (names(&client).await, names(&asking).await);
        let list = client.list_tools(None).await.unwrap();
        assert!(list.cache_scope.is_none_or(|scope| scope == CacheScope::Private), "another client has another list");
        assert_eq!(all.len(), tools::all().len());
        assert_eq!(
            all.iter().filter(|name| !few.contains(name)).collect::<Vec<_>>(),
            ["update_contact", "update_ticket", "reply_conversation", "update_conversation"]
        );
        for (tool, change, _, record) in changes() {
            let before = kept(&sandbox, record);
            let error = call(&client, tool, change).await.unwrap_err();
            assert_eq!((&error["code"], kept(&sandbox, record)), (&json!("FORBIDDEN_ERROR"), before), "{tool}");
            assert!(error["message"].as_str().unwrap().contains("has to agree"), "{error}");
            is_final(&error);
        }
        // Additions need no confirmation.
        call(&client, "create_ticket", json!({"cus_cid": SARAH, "issue": "It beeps."})).await.unwrap();
    }
}

fn booking(first_name: &str, last_name: &str) -> Value {
    json!({
        "cus_fname": first_name, "cus_lname": last_name, "cus_email": "sarah@gmail.com", "meeting_date": "2026-12-01",
        "meeting_start_time": "13:00", "duration": 30, "slug": "richtech/veronica-chen", "time_zone": "America/New_York",
        "update_name": true,
    })
}

/// A booking adds a meeting; the names and answers that HubSpot writes to the contact are a change like any other.
#[tokio::test(start_paused = true)]
async fn changes_of_the_contact_by_a_booking_need_consent() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(confirming());
        let person = Person::new([ElicitResult::new(ElicitationAction::Decline), accept(json!({}))]);
        let client = connect(server, person.clone(), era).await;
        let error = call(&client, "create_meeting", booking("Sara", "Mark")).await.unwrap_err();
        assert_eq!((&error["code"], sandbox.records("meetings").len()), (&json!("DECLINED_ERROR"), 0));
        call(&client, "create_meeting", booking("Sara", "Mark")).await.unwrap();
        assert_eq!(kept(&sandbox, ("contacts", SARAH))["firstname"], "Sara");
        let asked = person.questions();
        assert!(asked[1].contains("First Name: \"Sarah\" becomes \"Sara\"") && asked.len() == 2, "{asked:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_booking_that_changes_no_contact_needs_no_consent() {
    for era in both() {
        for (first_name, last_name, books) in [("Sarah", "Mark", true), ("", "", true), ("Sarah", "Marks", false)] {
            let (sandbox, server) = sandbox_and_server(confirming());
            let client = connect(server, Person::unreachable(), era.clone()).await;
            let before = kept(&sandbox, ("contacts", SARAH));
            let answer = call(&client, "create_meeting", booking(first_name, last_name)).await;
            assert_eq!((answer.is_ok(), sandbox.records("meetings").len()), (books, usize::from(books)), "{answer:?}");
            let after = kept(&sandbox, ("contacts", SARAH));
            assert_eq!((&after["firstname"], &after["lastname"]), (&before["firstname"], &before["lastname"]));
            if let Err(error) = answer {
                assert_eq!(error["code"], "ANSWER_NEEDED_ERROR");
                assert!(error["hint"].as_str().unwrap().contains("leave `update_name` out"), "{error}");
            }
        }
    }
}

/// Consent covers one change only: another user changes the record while the user is asked.
#[tokio::test(start_paused = true)]
async fn a_concurrent_change_is_confirmed_again() {
    let (sandbox, server) = sandbox_and_server(confirming());
    let client = connect(server, Person::new([]), modern()).await;
    let change = params("update_contact", json!({"contact": SARAH, "properties": {"city": "Oslo"}}));
    let CallToolResponse::InputRequired(first) = client.call_tool_once(change.clone()).await.unwrap() else {
        panic!("nobody was asked")
    };
    let theirs = http::Request::patch(format!("/crm/v3/objects/contacts/{SARAH}"))
        .header("authorization", format!("Bearer {}", sandbox.token()))
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(json!({"properties": {"city": "Rome"}}).to_string()));
    assert!(InProcess(sandbox.router()).send(theirs.unwrap()).await.unwrap().status().is_success());
    let agreed = [("change".to_owned(), json!(accept(json!({}))))].into();
    let second = change.with_input_responses(agreed).with_request_state(first.request_state.unwrap());
    let CallToolResponse::InputRequired(second) = client.call_tool_once(second).await.unwrap() else {
        panic!("the change was made although it is another one")
    };
    assert!(json!(second).to_string().contains("Rome"));
    assert_eq!(kept(&sandbox, ("contacts", SARAH))["city"], "Rome");
}

/// A long text of the customer, in which only the end is to change.
fn long(end: &str) -> String {
    "Please call me back about the delivery. ".repeat(50) + end
}

async fn change_as_another_user(sandbox: &Sandbox, properties: Value) {
    let theirs = http::Request::patch(format!("/crm/v3/objects/contacts/{SARAH}"))
        .header("authorization", format!("Bearer {}", sandbox.token()))
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(json!({ "properties": properties }).to_string()));
    assert!(InProcess(sandbox.router()).send(theirs.unwrap()).await.unwrap().status().is_success());
}

pub(crate) async fn asked(client: &Client, params: CallToolRequestParams) -> rmcp::model::InputRequiredResult {
    match client.call_tool_once(params).await.unwrap() {
        CallToolResponse::InputRequired(asked) => asked,
        other => panic!("nobody was asked: {other:?}"),
    }
}

fn agreed(change: &CallToolRequestParams, state: Option<String>) -> CallToolRequestParams {
    let agreed = [("change".to_owned(), json!(accept(json!({}))))].into();
    change.clone().with_input_responses(agreed).with_request_state(state.unwrap())
}

/// The person agrees to what is done, wherever in a text it is.
#[tokio::test(start_paused = true)]
async fn the_question_shows_where_long_texts_differ() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(confirming());
        let person = Person::new([accept(json!({})), accept(json!({}))]);
        let client = connect(server, person.clone(), era).await;
        change_as_another_user(&sandbox, json!({"message": long("")})).await;
        let refund = long("I authorise a refund of $100,000 to account 666");
        call(&client, "update_contact", json!({"contact": SARAH, "properties": {"message": refund}})).await.unwrap();
        let note = "Called back. ".repeat(100) + "Refund it. " + &"Called back. ".repeat(100);
        let change = json!({"ticket_id": DOOR, "content": long("It beeps."), "note": note});
        call(&client, "update_ticket", change).await.unwrap();
        let asked = person.questions();
        assert!(asked[0].contains("the delivery. I authorise a refund of $100,000 to account 666\""), "{asked:#?}");
        assert!(asked[0].len() < 500, "{asked:#?}");
        assert!(asked[1].contains(&long("It beeps.")), "{asked:#?}");
        assert!(asked[1].contains(&format!("A note is added: \"{note}\"")), "{asked:#?}");
    }
}

/// Nobody agrees to what the question leaves out: the middle of a new text is shown, and a change that is too long to be
/// read is refused.
#[tokio::test(start_paused = true)]
async fn a_person_reads_the_whole_of_what_is_new_or_nobody_is_asked() {
    let hidden = |padding: usize| {
        let [before, after] = ["x ", "y "].map(|word| word.repeat(padding));
        format!("Hello. {before} I AUTHORISE A REFUND OF $100000 {after} Bye.")
    };
    for era in both() {
        let (sandbox, server) = sandbox_and_server(confirming());
        let person = Person::new([accept(json!({}))]);
        let client = connect(server, person.clone(), era).await;
        let change = json!({"contact": SARAH, "properties": {"message": hidden(150)}});
        call(&client, "update_contact", change).await.unwrap();
        assert!(person.questions()[0].contains("I AUTHORISE A REFUND OF $100000"), "{:#?}", person.questions());
        let before = kept(&sandbox, ("contacts", SARAH));
        let long = json!({"contact": SARAH, "properties": {"message": hidden(3_000)}});
        let noted = json!({"ticket_id": DOOR, "content": "It beeps.", "note": hidden(3_000), "replace": true});
        for (tool, arguments) in [("update_contact", long), ("update_ticket", noted)] {
            let refused = call(&client, tool, arguments).await.unwrap_err();
            assert_eq!(refused["code"], "INVALID_INPUT_ERROR", "{refused}");
            assert!(refused["hint"].as_str().unwrap().contains("in parts"), "{refused}");
        }
        assert_eq!((kept(&sandbox, ("contacts", SARAH)), person.questions().len()), (before, 1));
    }
}

/// Whatever part of the record changes meanwhile: a part of a text that the question does not show, or another property.
#[tokio::test(start_paused = true)]
async fn a_record_that_changes_anywhere_is_asked_about_again() {
    for theirs in [json!({"message": long("") + "I come on Monday."}), json!({"city": "Rome"})] {
        let (sandbox, server) = sandbox_and_server(confirming());
        let client = connect(server, Person::new([]), modern()).await;
        change_as_another_user(&sandbox, json!({"message": long("")})).await;
        let new = json!({"contact": SARAH, "properties": {"message": format!("Hello. {}", long(""))}});
        let change = params("update_contact", new);
        let first = asked(&client, change.clone()).await;
        tokio::time::advance(Duration::from_secs(60)).await;
        change_as_another_user(&sandbox, theirs.clone()).await;
        let before = kept(&sandbox, ("contacts", SARAH));
        let second = asked(&client, agreed(&change, first.request_state)).await;
        assert!(json!(second).to_string().contains("Something has changed since you were asked. Change the contact"));
        assert_eq!(kept(&sandbox, ("contacts", SARAH))["message"], before["message"], "{theirs}");
        let done = client.call_tool_once(agreed(&change, second.request_state)).await.unwrap();
        assert!(matches!(done, CallToolResponse::Complete(_)), "{done:?}");
    }
}

/// A consent that was used allows nothing more, also when the change is undone in between.
#[tokio::test(start_paused = true)]
async fn an_accepted_answer_is_good_once() {
    let (sandbox, server) = sandbox_and_server(confirming());
    let client = connect(server, Person::new([]), modern()).await;
    change_as_another_user(&sandbox, json!({"city": "Oslo"})).await;
    let change = params("update_contact", json!({"contact": SARAH, "properties": {"city": "Rome"}}));
    let first = asked(&client, change.clone()).await;
    let answer = agreed(&change, first.request_state);
    assert!(matches!(client.call_tool_once(answer.clone()).await.unwrap(), CallToolResponse::Complete(_)));
    assert_eq!(kept(&sandbox, ("contacts", SARAH))["city"], "Rome");
    // Undone at once, so that the record looks as it did when the person was asked.
    change_as_another_user(&sandbox, json!({"city": "Oslo"})).await;
    asked(&client, answer).await;
    assert_eq!(kept(&sandbox, ("contacts", SARAH))["city"], "Oslo");
    // Two at once: one of them is good.
    let again = asked(&client, change.clone()).await;
    let answer = agreed(&change, again.request_state);
    let (one, other) = tokio::join!(client.call_tool_once(answer.clone()), client.call_tool_once(answer));
    let done = [one, other].into_iter().filter(|answer| matches!(answer, Ok(CallToolResponse::Complete(_)))).count();
    assert_eq!(done, 1);
}

const LESS: [&str; 3] = ["crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.owners.read"];

#[tokio::test(start_paused = true)]
async fn tools_beyond_the_tokens_scopes_are_hidden() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
        sandbox.set_scopes(sandbox.token(), &LESS);
        let client = connect(server.clone(), Person::unreachable(), era.clone()).await;
        let shown = names(&client).await;
        for tool in tools::all().iter() {
            let can = tool.scopes.iter().all(|scope| LESS.contains(scope));
            assert_eq!(shown.contains(&tool.name.to_owned()), can, "{}", tool.name);
        }
        sandbox.clear_requests();
        let error = call(&client, "find_tickets", json!({"contact": SARAH})).await.unwrap_err();
        assert_eq!(error["code"], "MISSING_SCOPE_ERROR");
        assert!(error["message"].as_str().unwrap().contains("`tickets`"), "{error}");
        is_final(&error);
        let described = async |about| call(&client, "describe_crm", json!({ "about": about })).await;
        assert!(described("contact_properties").await.is_ok(), "what the token may read is told");
        assert_eq!(described("pipelines").await.unwrap_err()["code"], "MISSING_SCOPE_ERROR");
        sandbox.clear_requests();
        call(&client, "find_tickets", json!({"contact": SARAH})).await.unwrap_err();
        assert!(sandbox.requests().is_empty());
        // A new scope shows after a while in new lists, without a restart.
        sandbox.set_scopes(sandbox.token(), &[&LESS[..], &["tickets"]].concat());
        tokio::time::advance(Duration::from_secs(61)).await;
        let client = connect(server, Person::unreachable(), era).await;
        assert!(names(&client).await.contains(&"find_tickets".to_owned()));
        assert!(call(&client, "find_tickets", json!({"contact": SARAH})).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn all_tools_are_shown_where_the_operator_wants_it() {
    let (sandbox, server) = sandbox_and_server(ToolPolicy { ignore_scopes: true, ..ToolPolicy::default() });
    sandbox.set_scopes(sandbox.token(), &LESS);
    let client = connect(server, Person::unreachable(), modern()).await;
    assert_eq!(names(&client).await.len(), tools::all().len());
    assert!(sandbox.requests().is_empty(), "nobody needs to know the scopes");
    let error = call(&client, "find_tickets", json!({"ticket_id": DOOR})).await.unwrap_err();
    assert_eq!(error["code"], "MISSING_SCOPE_ERROR", "HubSpot itself says it");
}

/// Listing tools is the first request of a client: it waits briefly for HubSpot, once, and then goes on.
#[tokio::test(start_paused = true)]
async fn all_tools_are_shown_while_the_scopes_are_unknown() {
    for trouble in [Trouble::Silence, Trouble::LostAnswer] {
        let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
        sandbox.set_scopes(sandbox.token(), &LESS);
        let mut fault = Fault::once(trouble);
        fault.matches.path = Some("/oauth/".into());
        fault.times = 50;
        sandbox.inject_fault(fault);
        let start = tokio::time::Instant::now();
        for _ in 0..5 {
            let client = connect(server.clone(), Person::unreachable(), modern()).await;
            let list = client.list_tools(None).await.unwrap();
            assert_eq!(list.tools.len(), tools::all().len());
            assert!(list.ttl_ms.is_some_and(|ttl| ttl <= 60_000), "it is not kept for long");
        }
        assert!(start.elapsed() <= Duration::from_secs(3), "{:?}", start.elapsed());
    }
}

/// The list of tools follows the scopes of HubSpot's token, and clients are notified of a change.
#[tokio::test(start_paused = true)]
async fn a_scope_that_is_taken_away_is_told() {
    let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
    let mut raw = RawClient::open(server).await;
    let mut listed = async |id: i64| {
        raw.request(id, "tools/list", json!({})).await;
        let answer = raw.answer(id).await;
        let told = if id == 2 { raw.notification("notifications/tools/list_changed").await } else { Value::Null };
        (answer["result"]["tools"].as_array().unwrap().len(), told)
    };
    let (all, _) = listed(1).await;
    sandbox.set_scopes(sandbox.token(), &["crm.objects.contacts.read"]);
    tokio::time::advance(Duration::from_secs(61)).await;
    let (fewer, _) = listed(2).await;
    assert!(0 < fewer && fewer < all, "{fewer} of {all}");
    assert_eq!(listed(3).await.0, fewer);
    assert!(raw.leave().await.is_empty(), "and told once");
}
