//! Taskgraph sessions: a scripted model plays the seed's conversations, and variations by customers, through
//! `taskgraph_step` on the real tools and the embedded HubSpot.

use std::time::Duration;

use rmcp::model::{CallToolRequest, CallToolRequestParams, ClientRequest, ReadResourceRequestParams, ResourceContents};
use rmcp::service::PeerRequestOptions;
use serde_json::{Value, json};

use crate::world::World;

const PRODUCT: &str = "User has questions about the product";
const SUPPORT: &str = "User need technical support/User need repair service / User need exchange service";
const MEETING: &str = "User want to schedule a meeting with the representative";

/// One running conversation.
struct Talk {
    world: World,
    session: String,
    turn: Value,
}

impl Talk {
    async fn begin() -> Talk {
        Talk::with(hubspot_sandbox::Settings::default()).await
    }

    async fn with(sandbox: hubspot_sandbox::Settings) -> Talk {
        let world = World::with(sandbox, hubspot_client::Settings::default()).await;
        let turn = world.call("taskgraph_start", json!({"graph": "hubspot"})).await.unwrap();
        let session = turn["session"].as_str().unwrap().to_owned();
        world.requests();
        Talk { world, session, turn }
    }

    async fn try_step(&self, step: Value) -> Result<Value, Value> {
        let mut arguments = step;
        arguments["session"] = json!(self.session);
        self.world.call("taskgraph_step", arguments).await
    }

    /// A step in which the server calls the tools itself.
    async fn step(&mut self, step: Value) -> &Value {
        let mut arguments = step;
        arguments["execute"] = json!(true);
        self.turn = self.try_step(arguments).await.unwrap();
        &self.turn
    }

    /// The current node and the next action, such as "4 say".
    fn at(&self) -> String {
        let kinds: Vec<&str> =
            self.turn["asks"].as_array().unwrap().iter().map(|ask| ask["kind"].as_str().unwrap()).collect();
        format!("{} {}", self.turn["node"].as_str().unwrap(), kinds.join(" "))
    }

    fn missing(&self) -> Vec<&str> {
        let last = self.turn["asks"].as_array().unwrap().last().unwrap();
        last["missing"].as_array().unwrap().iter().map(|missing| missing["name"].as_str().unwrap()).collect()
    }

    fn called(&self) -> Vec<&str> {
        self.turn["called"].as_array().into_iter().flatten().map(|call| call["tool"].as_str().unwrap()).collect()
    }

    async fn read(&self, uri: String) -> Value {
        let read = self.world.client.read_resource(ReadResourceRequestParams::new(uri)).await.unwrap();
        let Some(ResourceContents::TextResourceContents { text, .. }) = read.contents.first() else {
            panic!("no text")
        };
        serde_json::from_str(text).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn the_product_question() {
    let mut talk = Talk::begin().await;
    assert_eq!(talk.turn["asks"][0]["text"], "Hello! Welcome to Richtech. How can I assist you today?");
    assert_eq!(talk.turn["intents"][0], PRODUCT);
    assert!(talk.turn["briefing"].as_str().unwrap().contains("robotics and automation"));
    let said = "I want to know more about your product: Adam";
    talk.step(json!({"user_text": said})).await;
    assert_eq!(talk.at(), "0 intent");
    assert_eq!(talk.turn["asks"][0].get("candidates"), None, "they were named at the start");
    assert_eq!(talk.try_step(json!({})).await.unwrap()["asks"][0]["candidates"][0], PRODUCT);
    talk.step(json!({"intent": PRODUCT})).await;
    assert_eq!((talk.at().as_str(), talk.missing()), ("1 slots", vec!["email"]));
    talk.step(json!({"user_text": "sarah@gmail.com", "slots": {"email": "sarah@gmail.com", "chat": said}})).await;
    assert_eq!((talk.at().as_str(), talk.called()), ("2 answer", vec!["find_contact_by_email", "search_documents"]));
    let passages = talk.turn["called"][1]["result"]["passages"].to_string();
    assert!(passages.contains("ADAM"), "{passages}");
    let logged = talk.world.sandbox.records("communications");
    assert!(logged.iter().any(|record| record["properties"]["hs_communication_body"] == said));
    talk.step(json!({"user_text": "How much is the Adam?", "intent": PRODUCT})).await;
    assert_eq!(talk.at(), "2 answer");
    assert_eq!(talk.try_step(json!({})).await.unwrap()["path"], json!(["0", "1", "2"]));
}

#[tokio::test(start_paused = true)]
async fn the_support_ticket() {
    let mut talk = Talk::begin().await;
    let issue = "I have a issue in installing the DUST-E robot";
    talk.step(json!({"user_text": issue, "intent": SUPPORT, "slots": {"issue": issue}})).await;
    assert_eq!(talk.at(), "3 slots");
    talk.step(json!({"user_text": "sarah@gmail.com", "slots": {"email": "sarah@gmail.com"}})).await;
    assert_eq!((talk.at().as_str(), talk.called()), ("4 say", vec!["find_contact_by_email", "create_ticket"]));
    let ticket = &talk.turn["called"][1]["result"]["ticket_id"];
    let kept = talk.world.sandbox.records("tickets");
    let kept = kept.iter().find(|record| record["id"] == *ticket).unwrap();
    assert_eq!(kept["properties"]["content"], issue);
    assert_eq!(talk.turn["status"], "complete");
}

/// Plays the booking from the meeting's intent to the end.
async fn book(talk: &mut Talk) {
    talk.step(json!({"user_text": "sarah@gmail.com", "slots": {"email": "sarah@gmail.com"}})).await;
    assert_eq!((talk.at().as_str(), talk.missing()), ("7 slots", vec!["time_zone", "meeting_date"]));
    let day = json!({"time_zone": "America/New_York", "meeting_date": "next Tuesday", "duration": 30});
    talk.step(json!({"user_text": "New York, next Tuesday", "slots": day})).await;
    assert_eq!(talk.missing(), ["meeting_start_time"]);
    let start = talk.turn["called"][0]["result"]["available_slots"][0].as_str().unwrap().to_owned();
    talk.step(json!({"user_text": "the first, please", "slots": {"meeting_start_time": start}})).await;
    assert_eq!(talk.called(), ["create_meeting"]);
    assert_eq!(talk.turn["called"][0].get("succeeded"), None, "{}", talk.turn["called"]);
}

#[tokio::test(start_paused = true)]
async fn the_booking() {
    let mut talk = Talk::begin().await;
    let before = talk.world.sandbox.records("meetings").len();
    talk.step(json!({"user_text": "Can I meet my representative?", "intent": MEETING})).await;
    book(&mut talk).await;
    assert_eq!(talk.at(), "8 say");
    assert_eq!(talk.world.sandbox.records("meetings").len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_is_not_found_gets_no_ticket() {
    let mut talk = Talk::begin().await;
    let before = talk.world.sandbox.records("tickets").len();
    let first = json!({"email": "nobody@nowhere.example", "issue": "It beeps."});
    talk.step(json!({"user_text": "It beeps", "intent": SUPPORT, "slots": first})).await;
    for again in ["nobody@else.example", "nobody@where.example"] {
        assert_eq!((talk.at().as_str(), talk.missing()), ("3 slots", vec!["email"]));
        assert_eq!(talk.turn["asks"][0]["failed"]["code"], "USER_NOT_FOUND_ERROR");
        talk.step(json!({"user_text": again, "slots": {"email": again}})).await;
    }
    assert_eq!(talk.at(), "3 nothing");
    let invented = talk.try_step(json!({"slots": {"cus_cid": "84246479604"}})).await.unwrap_err();
    assert_eq!(invented["code"], "STEP_REFUSED_ERROR");
    assert_eq!(talk.world.sandbox.records("tickets").len(), before);
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_changes_their_mind_is_asked_and_followed() {
    let mut talk = Talk::begin().await;
    talk.step(json!({"user_text": "It beeps", "intent": SUPPORT, "slots": {"issue": "It beeps."}})).await;
    talk.step(json!({"user_text": "No, rather a meeting", "intent": MEETING})).await;
    assert_eq!(talk.at(), "3 switch");
    talk.step(json!({"user_text": "yes, forget the beeping", "switch": "leave"})).await;
    assert_eq!(talk.at(), "5 slots");
    book(&mut talk).await;
    assert_eq!(talk.at(), "8 say", "nothing waits");
}

#[tokio::test(start_paused = true)]
async fn a_meeting_in_the_middle_of_a_ticket_comes_back_to_the_ticket() {
    let mut talk = Talk::begin().await;
    talk.step(json!({"user_text": "It beeps", "intent": SUPPORT, "slots": {"issue": "It beeps."}})).await;
    talk.step(json!({"user_text": "And first a meeting", "intent": MEETING, "switch": "come_back"})).await;
    assert_eq!(talk.at(), "5 slots");
    talk.step(json!({"user_text": "sarah@gmail.com", "slots": {"email": "sarah@gmail.com"}})).await;
    let day = json!({"time_zone": "America/New_York", "meeting_date": "next Tuesday", "duration": 30});
    talk.step(json!({"slots": day})).await;
    let start = talk.turn["called"][0]["result"]["available_slots"][0].as_str().unwrap().to_owned();
    talk.step(json!({"slots": {"meeting_start_time": start}})).await;
    assert_eq!(
        talk.called(),
        ["create_meeting", "find_contact_by_email", "create_ticket"],
        "the ticket is taken up again"
    );
    assert_eq!(talk.at(), "4 say", "both results are told at once");
    let ticket = &talk.turn["called"][2]["result"]["ticket_id"];
    let kept = talk.world.sandbox.records("tickets");
    let kept = kept.iter().find(|record| record["id"] == *ticket).unwrap();
    assert_eq!(kept["properties"]["content"], "It beeps.");
}

#[tokio::test(start_paused = true)]
async fn the_email_in_the_first_sentence_is_not_asked_again() {
    let mut talk = Talk::begin().await;
    let said = json!({"email": "sarah@gmail.com", "issue": "DUST-E does not start"});
    talk.step(json!({"user_text": "I am sarah@gmail.com, my DUST-E does not start", "intent": SUPPORT, "slots": said}))
        .await;
    assert_eq!(talk.called(), ["find_contact_by_email", "create_ticket"]);
    assert_eq!(talk.try_step(json!({})).await.unwrap()["turn"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_may_call_the_tools_itself() {
    let talk = Talk::begin().await;
    let said = json!({"intent": SUPPORT, "slots": {"email": "sarah@gmail.com", "issue": "It beeps."}});
    let mut asked = talk.try_step(said).await.unwrap();
    for tool in ["find_contact_by_email", "create_ticket"] {
        assert_eq!((&asked["asks"][0]["kind"], &asked["asks"][0]["tool"]), (&json!("call"), &json!(tool)));
        let answer = talk.world.call(tool, asked["asks"][0]["arguments"].clone()).await.unwrap();
        asked = talk.try_step(json!({"tool_result": answer})).await.unwrap();
    }
    assert_eq!(asked["asks"][0]["kind"], "say");
}

#[tokio::test(start_paused = true)]
async fn sessions_and_nodes_can_be_read() {
    let mut talk = Talk::begin().await;
    talk.step(json!({"user_text": "It beeps", "intent": SUPPORT, "slots": {"issue": "It beeps."}})).await;
    let session = talk.read(format!("taskgraph-session://{}", talk.session)).await;
    assert_eq!((&session["node"], &session["asks"][0]["kind"]), (&json!("3"), &json!("slots")));
    let node = talk.read("taskgraph://hubspot/node/4".into()).await;
    assert_eq!((&node["tool"], &node["limit"]), (&json!("create_ticket"), &json!(1)));
    assert!(node["input_schema"]["properties"]["issue"].is_object());
    for uri in ["taskgraph-session://guessed", "taskgraph://hubspot/node/99", "taskgraph://none/node/0"] {
        assert!(talk.world.client.read_resource(ReadResourceRequestParams::new(uri)).await.is_err(), "{uri}");
    }
    let unknown = talk.world.call("taskgraph_step", json!({"session": "guessed"})).await.unwrap_err();
    assert_eq!(unknown["code"], "SESSION_NOT_FOUND_ERROR");
    let unknown = talk.world.call("taskgraph_start", json!({"graph": "nowhere"})).await.unwrap_err();
    assert_eq!(
        (&unknown["code"], &unknown["graphs"]),
        (&json!("TASKGRAPH_NOT_FOUND_ERROR"), &json!(["hubspot", "frontdesk", "contacts"]))
    );
}

#[tokio::test(start_paused = true)]
async fn of_two_concurrent_steps_one_opens_the_ticket() {
    let mut talk = Talk::begin().await;
    talk.step(json!({"user_text": "It beeps", "intent": SUPPORT, "slots": {"email": "sarah@gmail.com"}})).await;
    assert_eq!(talk.missing(), ["issue"]);
    let before = talk.world.sandbox.records("tickets").len();
    let step = || talk.try_step(json!({"slots": {"issue": "It beeps."}, "execute": true}));
    let (first, second) = tokio::join!(step(), step());
    let refused = [first, second].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!(refused.len(), 1, "{refused:?}");
    // The step came too late to be kept, or while the ticket was being opened.
    let code = refused[0]["code"].as_str().unwrap();
    assert!(["STEP_REFUSED_ERROR", "BUSY_ERROR"].contains(&code), "{refused:?}");
    assert_eq!(talk.world.sandbox.records("tickets").len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_step_during_a_call_does_not_treat_the_call_as_lost() {
    let mut talk =
        Talk::with(hubspot_sandbox::Settings { delay_ms: 2_500, ..hubspot_sandbox::Settings::default() }).await;
    talk.step(json!({"user_text": "It beeps", "intent": SUPPORT, "slots": {"email": "sarah@gmail.com"}})).await;
    let slow = talk.try_step(json!({"slots": {"issue": "It beeps."}, "execute": true}));
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(800)).await;
        [talk.try_step(json!({})).await, talk.try_step(json!({"user_text": "Hello?", "execute": true})).await]
    };
    let (done, meanwhile) = tokio::join!(slow, meanwhile);
    for refused in meanwhile.map(Result::unwrap_err) {
        assert_eq!(refused["code"], "BUSY_ERROR", "{refused}");
        assert!(refused["hint"].as_str().unwrap().contains("again in 30 seconds"), "{refused}");
    }
    let done = done.unwrap();
    assert!(done["called"][0]["result"]["ticket_id"].is_string(), "{done}");
    tokio::time::sleep(Duration::from_secs(60)).await;
    let looked = talk.try_step(json!({})).await.unwrap();
    assert_eq!(looked["asks"], done["asks"], "looking changes nothing");
    assert_eq!(talk.try_step(json!({})).await.unwrap(), looked);
}

/// The server ends, or its client disconnects, during a tool call.
#[tokio::test(start_paused = true)]
async fn an_interrupted_call_is_not_repeated() {
    let mut talk =
        Talk::with(hubspot_sandbox::Settings { delay_ms: 2_500, ..hubspot_sandbox::Settings::default() }).await;
    talk.step(json!({"user_text": "It beeps", "intent": SUPPORT, "slots": {"email": "sarah@gmail.com"}})).await;
    let step = CallToolRequestParams::new("taskgraph_step").with_arguments(
        json!({"session": talk.session, "slots": {"issue": "It beeps."}, "execute": true}).as_object().unwrap().clone(),
    );
    let request = ClientRequest::CallToolRequest(CallToolRequest::new(step));
    let sent = talk.world.client.send_cancellable_request(request, PeerRequestOptions::no_options()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(800)).await;
    sent.cancel(None).await.unwrap();
    assert_eq!(talk.try_step(json!({})).await.unwrap_err()["code"], "BUSY_ERROR");
    tokio::time::sleep(Duration::from_secs(30)).await;
    let after = talk.try_step(json!({})).await.unwrap();
    assert_eq!(after["asks"][0]["failed"]["code"], "OUTCOME_UNKNOWN_ERROR", "{after}");
}
