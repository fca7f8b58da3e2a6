//! A script's node for a person: it begins a hand-off where the tools for it are served, and makes a task else.

use serde_json::{Value, json};

use super::desk::{Desk, House, told};
use super::{MEI, SARAH};
use crate::world::World;

/// A guided conversation at a desk.
struct Talk {
    desk: Desk,
    session: Value,
    last: Value,
}

impl Talk {
    async fn begin(house: &House) -> Talk {
        let desk = house.open_with_graphs().await;
        let last = desk.call("taskgraph_start", json!({})).await.unwrap();
        Talk { desk, session: last["session"].clone(), last }
    }

    /// A step in which the server calls the tools itself.
    async fn step(&mut self, mut step: Value) -> &Value {
        (step["session"], step["execute"]) = (self.session.clone(), json!(true));
        self.last = self.desk.call("taskgraph_step", step).await.unwrap();
        &self.last
    }

    fn called(&self) -> Vec<&str> {
        let all = self.last["called"].as_array().into_iter().flatten();
        all.map(|call| call["tool"].as_str().unwrap()).collect()
    }

    fn result(&self, tool: &str) -> Value {
        let mut all = self.last["called"].as_array().into_iter().flatten();
        all.find(|call| call["tool"] == tool).unwrap_or_else(|| panic!("{}", self.last))["result"].clone()
    }

    fn missing(&self) -> Value {
        self.last["asks"].as_array().unwrap().last().unwrap()["missing"][0]["name"].clone()
    }
}

fn tickets(house: &House) -> usize {
    house.sandbox.records("tickets").len()
}

const WISH: &str = "I want to talk to a person, my robot beeps since Monday";

#[tokio::test(start_paused = true)]
async fn guided_a_person_is_brought_in_at_once_and_answers() {
    let house = House::new();
    let mut talk = Talk::begin(&house).await;
    let before = tickets(&house);
    talk.step(json!({"user_text": WISH, "intent": "a person", "slots": {"phone": "+1 702 555 0143"}})).await;
    assert_eq!(talk.called(), ["find_contact_by_email", "handoff_start"], "{}", talk.last);
    let started = talk.result("handoff_start");
    assert_eq!(started["tell_customer"], "I have passed this on to a colleague.", "{started}");
    let (session, ticket) = (started["session"].as_str().unwrap(), started["ticket_id"].as_str().unwrap());
    let opened = super::desk::ticket(&house.sandbox, ticket);
    assert!(opened["content"].as_str().unwrap().starts_with(WISH), "{opened}");
    // The session is the caller's own, as if they had begun it themselves.
    talk.desk.send(session, "It beeps twice a minute").await;
    super::desk::note(&house.sandbox, ticket, MEI, "@customer Turn it off, please.").await;
    let heard = talk.desk.events(session, 0).await;
    assert!(told(&heard).contains(&"message: Mei Tanaka: Turn it off, please.".to_owned()), "{heard}");
    // Whoever asks once more has the same person.
    talk.step(json!({"user_text": "a human, please!", "intent": "a person"})).await;
    let again = talk.result("handoff_start");
    assert_eq!((&again["session"], &again["already"]), (&started["session"], &json!(true)), "{again}");
    assert_eq!(tickets(&house), before + 1);
    talk.step(json!({"user_text": "and somebody has to fetch it on Friday", "intent": "a person"})).await;
    let other = talk.result("handoff_start");
    assert!(other["session"] != started["session"], "that is another wish: {other}");
}

#[tokio::test(start_paused = true)]
async fn guided_the_client_itself_begins_the_hand_off() {
    let house = House::new();
    let desk = house.open_with_graphs().await;
    let session = desk.call("taskgraph_start", json!({})).await.unwrap()["session"].clone();
    let slots = json!({"email": "sarah@gmail.com"});
    let wish = json!({"session": session, "user_text": WISH, "intent": "a person", "slots": slots});
    let asked = desk.call("taskgraph_step", wish).await.unwrap()["asks"][0].clone();
    assert_eq!((&asked["kind"], &asked["tool"]), (&json!("call"), &json!("handoff_start")), "{asked}");
    let arguments = json!({"contact": "sarah@gmail.com", "description": WISH});
    assert_eq!(asked["arguments"], arguments);
    for name in ["title", "history", "create_contact", "language"] {
        assert!(asked["optional"].as_array().unwrap().contains(&json!(name)), "{name}: {asked}");
    }
    let started = desk.call("handoff_start", arguments).await.unwrap();
    let next = desk.call("taskgraph_step", json!({"session": session, "tool_result": started})).await.unwrap();
    assert_eq!(next["asks"][0]["kind"], "say", "{next}");
}

#[tokio::test(start_paused = true)]
async fn guided_who_is_not_known_is_asked_once_and_then_gets_a_task() {
    let house = House::new();
    let before = tickets(&house);
    let mut talk = Talk::begin(&house).await;
    talk.step(json!({"user_text": WISH, "intent": "a person"})).await;
    assert_eq!((talk.called().len(), talk.missing()), (0, json!("reach")), "{}", talk.last);
    talk.step(json!({"user_text": "just do it"})).await;
    assert_eq!(talk.called(), ["create_task"], "nobody is held: {}", talk.last);

    for (slots, called) in [
        // Nobody has them: a person gets a task, which says how to reach the customer.
        (json!({"reach": "ada@nowhere.example"}), vec!["handoff_start", "create_task"]),
        (json!({"reach": "+1 212 555 0100"}), vec!["find_contact_by_email", "create_task"]),
        (json!({"reach": "the bar next door"}), vec!["create_task"]),
        (json!({"reach": "sarah@gmail.com"}), vec!["handoff_start"]),
    ] {
        let mut talk = Talk::begin(&house).await;
        talk.step(json!({"user_text": WISH, "intent": "a person"})).await;
        talk.step(json!({"slots": slots})).await;
        assert_eq!(talk.called(), called, "{slots}: {}", talk.last);
        if let Some("create_task") = called.last().copied() {
            let task = house.sandbox.records("tasks").pop().unwrap();
            let body = task["properties"]["hs_task_body"].as_str().unwrap();
            assert!(body.contains(slots["reach"].as_str().unwrap()), "{body}");
        }
    }
    assert_eq!(tickets(&house), before + 1, "one of them is known");
}

#[tokio::test(start_paused = true)]
async fn guided_a_customer_is_added_when_they_agree_to_it() {
    for reach in ["ada@nowhere.example", "+1 212 555 0100"] {
        let house = House::new();
        let mut talk = Talk::begin(&house).await;
        let slots = json!({"reach": reach, "create_contact": true, "name": "Ada Byron"});
        talk.step(json!({"user_text": WISH, "intent": "a person", "slots": slots})).await;
        assert_eq!(talk.called().last(), Some(&"handoff_start"), "{reach}: {}", talk.last);
        assert!(talk.result("handoff_start")["session"].is_string(), "{reach}: {}", talk.last);
        let made = house.sandbox.records("contacts").pop().unwrap();
        assert_eq!(made["properties"]["lastname"], "Byron", "{reach}: {made}");
    }
}

/// What the owner of an appointment sees to is a task: nobody waits for them in the conversation.
#[tokio::test(start_paused = true)]
async fn guided_an_appointment_is_moved_by_a_task() {
    let house = House::new();
    let mut talk = Talk::begin(&house).await;
    let wish = json!({"user_text": "Please cancel the meeting", "intent": "move or cancel", "slots": {"email": "tom.baker@harborviewhotel.com"}});
    talk.step(wish).await;
    assert!(!talk.called().contains(&"handoff_start"), "{}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn guided_without_the_toolset_a_person_is_a_task() {
    let mut house = House::new();
    house.policy = frontdesk::tool::policy::ToolPolicy::default();
    let mut talk = Talk::begin(&house).await;
    talk.step(json!({"user_text": WISH, "intent": "a person", "slots": {"email": "sarah@gmail.com"}})).await;
    assert_eq!(talk.called(), ["find_contact_by_email", "create_task"], "{}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn free_the_prompt_names_the_tool_that_is_served() {
    let text = |result: rmcp::model::GetPromptResult| serde_json::to_string(&result.messages).unwrap();
    let desk = House::new().open_with_graphs().await;
    let prompt = || rmcp::model::GetPromptRequestParams::new("customer_service");
    let served = text(desk.client.get_prompt(prompt()).await.unwrap());
    assert!(served.contains("call `handoff_start` where it is listed, else `create_task`"), "{served}");
    let world = World::with_policy_as_it_is(frontdesk::tool::policy::ToolPolicy::default()).await;
    let without = text(world.client.get_prompt(prompt()).await.unwrap());
    assert!(
        without.contains("call `create_task` where it is listed") && !without.contains("handoff_start"),
        "{without}"
    );
    // As the prompt says: the tool begins what the customer's next words go to.
    let started = desk.call("handoff_start", json!({"contact": SARAH, "description": WISH})).await.unwrap();
    assert!(started["session"].is_string(), "{started}");
}
