//! Guided conversations as agents have them: one message brings everything, customers change their minds, and answers
//! stay short. Each test is one finding from conversations that went wrong.

use std::time::Duration;

use rmcp::model::GetPromptRequestParams;
use serde_json::{Value, json};

use crate::world::World;

const ISSUE: &str = "I have an issue in installing the DUST-E robot";
const WHEEL: &str = "the wheel of my robot broke";

/// A guided conversation, with the bytes that it costs.
pub(crate) struct Guided {
    pub(crate) world: World,
    session: Value,
    pub(crate) last: Value,
    /// The bytes of all arguments and answers.
    pub(crate) bytes: usize,
}

impl Guided {
    pub(crate) async fn begin(graph: Value) -> Guided {
        let world = World::new().await;
        let last = world.call("taskgraph_start", graph.clone()).await.unwrap();
        let bytes = graph.to_string().len() + last.to_string().len();
        Guided { world, session: last["session"].clone(), last, bytes }
    }

    async fn desk() -> Guided {
        Guided::begin(json!({})).await
    }

    async fn try_step(&mut self, mut step: Value) -> Result<(), Value> {
        step["session"] = self.session.clone();
        step["execute"] = json!(true);
        self.bytes += step.to_string().len();
        let answer = self.world.call("taskgraph_step", step).await;
        self.last = answer.clone().unwrap_or_else(|error| error);
        self.bytes += self.last.to_string().len();
        answer.map(|_| ())
    }

    /// A step that the server takes, calling the tools itself.
    pub(crate) async fn step(&mut self, step: Value) -> &mut Guided {
        self.try_step(step.clone()).await.unwrap_or_else(|error| panic!("{step}: {error}"));
        self
    }

    /// The node and the kind of the last instruction, such as `problem.who slots`.
    fn at(&self) -> String {
        format!("{} {}", self.last["node"].as_str().unwrap(), self.ask()["kind"].as_str().unwrap())
    }

    fn ask(&self) -> &Value {
        self.last["asks"].as_array().unwrap().last().unwrap()
    }

    fn missing(&self) -> Vec<&str> {
        let missing = self.ask()["missing"].as_array().into_iter().flatten();
        missing.map(|missing| missing["name"].as_str().unwrap()).collect()
    }

    fn called(&self) -> Vec<&str> {
        self.calls().map(|call| call["tool"].as_str().unwrap()).collect()
    }

    fn calls(&self) -> impl Iterator<Item = &Value> {
        self.last["called"].as_array().into_iter().flatten()
    }

    /// The call of this tool in the last step.
    pub(crate) fn call(&self, tool: &str) -> &Value {
        self.calls().find(|call| call["tool"] == tool).unwrap_or_else(|| panic!("no {tool} in {}", self.last))
    }

    /// The content of the ticket that the last step has opened.
    fn issue(&self) -> String {
        let id = &self.call("create_ticket")["result"]["ticket_id"];
        let kept = self.world.sandbox.records("tickets");
        let kept = kept.iter().find(|record| record["id"] == *id).unwrap();
        kept["properties"]["content"].as_str().unwrap().to_owned()
    }

    fn count(&self, kind: &str) -> usize {
        self.world.sandbox.records(kind).len()
    }
}

fn sarah(more: Value) -> Value {
    let mut step = json!({"user_text": "sarah@gmail.com", "slots": {"email": "sarah@gmail.com"}});
    step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    step
}

#[tokio::test(start_paused = true)]
async fn finding_01_the_customers_words_are_logged_and_are_the_issue() {
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    assert_eq!((talk.at().as_str(), talk.missing()), ("problem.who slots", vec!["email"]));
    talk.step(sarah(json!({}))).await;
    let logged = talk.world.sandbox.records("communications");
    assert!(logged.iter().any(|record| record["properties"]["hs_communication_body"] == ISSUE));
    assert_eq!(talk.issue(), ISSUE, "it is not asked for again");
    let bare = talk.step(json!({"user_text": "I have a problem", "intent": "report a problem"})).await;
    assert_eq!(bare.called(), ["find_tickets"], "once per conversation is enough");
    talk.step(json!({"intent": "a new problem"})).await;
    assert_eq!((talk.at().as_str(), talk.missing()), ("problem.new slots", vec!["issue"]), "that tells nothing");
    talk.step(json!({"user_text": "It beeps."})).await;
    assert_eq!(talk.issue(), "It beeps.");
}

#[tokio::test(start_paused = true)]
async fn finding_02_every_step_can_be_left_for_something_else_nothing_or_a_person() {
    for (way, node) in [
        (json!({"intent": "none"}), "start nothing"),
        (json!({"switch": "leave"}), "start nothing"),
        // A colleague has a task, and the matter is offered.
        (json!({"intent": "a person"}), "person go_on"),
        (json!({"user_text": "let me talk to a human", "intent": "human"}), "person go_on"),
        (json!({"intent": "book a meeting", "switch": "leave"}), "meeting.who slots"),
    ] {
        let mut talk = Guided::desk().await;
        talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
        talk.step(way.clone()).await;
        assert_eq!(talk.at(), node, "{way}");
        assert_eq!(talk.called() == ["create_task"], node == "person go_on", "{way}");
        // What was said is still there.
        talk.step(json!({"intent": "report a problem", "switch": "leave"})).await;
        talk.step(sarah(json!({}))).await;
        assert_eq!(talk.issue(), ISSUE, "{way}");
    }
    let mut talk = Guided::begin(json!({"graph": "hubspot"})).await;
    talk.step(json!({"user_text": ISSUE, "intent": "3"})).await.step(json!({"intent": "a person"})).await;
    assert_eq!(talk.called(), ["create_task"], "a graph without a way to a person has one");
    assert_eq!(talk.ask()["kind"], "go_on", "and the matter is offered: {}", talk.last);
    talk.step(json!({"switch": "come_back"})).await;
    assert_eq!(talk.at(), "5 slots");
}

/// What a person interrupts is not taken up again unasked, and is not lost either.
#[tokio::test(start_paused = true)]
async fn an_interrupted_matter_is_offered_and_not_resumed_unasked() {
    for (answer, node) in [
        (json!({"switch": "come_back"}), "problem.who slots"),
        (json!({"user_text": "sure, sarah@gmail.com", "slots": {"email": "sarah@gmail.com"}}), "problem.new say"),
        (json!({"intent": "report a problem"}), "problem.who slots"),
        (json!({"switch": "leave"}), "person say"),
        (json!({"intent": "none"}), "person say"),
        (json!({"intent": "my appointments"}), "appointments.who slots"),
    ] {
        let mut talk = Guided::desk().await;
        talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
        talk.step(json!({"user_text": "no, a human first", "intent": "a person"})).await;
        assert_eq!((talk.called(), &talk.ask()["matter"]), (vec!["create_task"], &json!("Report a problem")));
        talk.step(json!({"user_text": "hm"})).await;
        assert_eq!(talk.ask()["kind"], "go_on", "asked again");
        talk.step(answer.clone()).await;
        assert_eq!(talk.at(), node, "{answer}: {}", talk.last);
        if node != "problem.new say" {
            talk.step(sarah(json!({"intent": "report a problem", "switch": "leave"}))).await;
        }
        assert_eq!(talk.issue(), ISSUE, "{answer}");
    }
    // Who has asked to come back comes back.
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    let first = json!({"user_text": "first a person", "intent": "a person", "switch": "come_back"});
    talk.step(first).await;
    assert_eq!(talk.at(), "problem.who slots", "{}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn finding_03_an_intent_is_used_when_it_has_done_something_and_may_repeat() {
    let mut talk = Guided::desk().await;
    let before = talk.count("tickets");
    talk.step(sarah(json!({"intent": "report a problem", "user_text": ISSUE}))).await;
    assert_eq!(talk.issue(), ISSUE);
    let second = "The second robot has lost its left wheel";
    talk.step(json!({"user_text": second, "intent": "report a problem"})).await;
    talk.step(json!({"intent": "a new problem"})).await;
    assert_eq!((talk.issue().as_str(), talk.count("tickets")), (second, before + 2));

    let support = "technical support";
    let mut talk = Guided::begin(json!({"graph": "hubspot"})).await;
    talk.step(json!({"user_text": "Help", "intent": support})).await;
    talk.step(sarah(json!({}))).await.step(json!({"switch": "leave"})).await;
    talk.step(json!({"user_text": ISSUE, "intent": support})).await;
    assert_eq!(talk.called().last(), Some(&"create_ticket"), "it was left without a ticket");
    talk.step(json!({"user_text": second, "intent": support})).await;
    assert_eq!(talk.at(), "4 nothing", "this graph allows one");
}

#[tokio::test(start_paused = true)]
async fn finding_04_intents_are_taken_by_number_part_and_in_any_case() {
    for (given, node) in [
        ("REPORT  a Problem", "problem.who slots"),
        ("2", "problem.who slots"),
        ("problem", "problem.who slots"),
        ("Min robot virker ikke", "problem.who slots"),
        ("prices", "products answer"),
        ("meeting book", "meeting.who slots"),
    ] {
        let mut talk = Guided::desk().await;
        talk.step(json!({ "intent": given })).await;
        assert_eq!(talk.at(), node, "{given}");
    }
    let mut talk = Guided::begin(json!({"graph": "hubspot"})).await;
    let whole = "User need technical support/User need repair service / User need exchange service";
    let refused = talk.try_step(json!({"intent": "fly"})).await.unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains(&format!("`{whole}`")), "{refused}");
    talk.step(json!({"intent": "User need technical support/User need repair service / User…"})).await;
    assert_eq!(talk.at(), "3 slots");
    let mut talk = Guided::desk().await;
    let several = talk.try_step(json!({"intent": "appointment"})).await.unwrap_err();
    let message = several["message"].as_str().unwrap();
    assert!(message.contains("`My appointments`") && message.contains("`Move or cancel an appointment`"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn finding_05_one_message_may_bring_everything_and_what_is_unknown_is_named() {
    let mut talk = Guided::desk().await;
    let all = json!({
        "user_text": "Sarah here, sarah@gmail.com. I'd like to meet on 1 December at one, in New York. My colour is red.",
        "intent": "book a meeting",
        "slots": {
            "Email": "sarah@gmail.com", "meeting date": "2026-12-01", "meeting_start_time": "13:00",
            "time_zone": "America/New_York", "duration": 30, "colour": "red", "cus_cid": "1",
        },
    });
    talk.step(all).await;
    let ignored: Vec<&str> =
        talk.last["ignored"].as_array().unwrap().iter().map(|ignored| ignored["name"].as_str().unwrap()).collect();
    assert_eq!(ignored, ["colour", "cus_cid"]);
    assert_eq!(talk.called(), ["find_contact_by_email", "check_available"]);

    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    let zone = json!({"time_zone": "America/New_York", "meeting_date": "2026-12-01"});
    talk.step(json!({"user_text": "Or rather a meeting", "intent": "book a meeting", "slots": zone})).await;
    assert_eq!(talk.at(), "problem.who switch");
    talk.step(json!({"switch": "leave"})).await.step(sarah(json!({}))).await;
    assert_eq!(talk.call("check_available")["result"]["date"], "2026-12-01", "sent with the question");
}

#[tokio::test(start_paused = true)]
async fn finding_06_nothing_is_booked_before_times_were_shown_and_another_day_can_be_asked_for() {
    let mut talk = Guided::desk().await;
    let before = talk.count("meetings");
    let slots = json!({
        "email": "sarah@gmail.com", "meeting_date": "2026-12-01", "meeting_start_time": "13:00", "duration": 30,
        "time_zone": "America/New_York",
    });
    talk.step(json!({"user_text": "A meeting on Tuesday at one", "intent": "book a meeting", "slots": slots})).await;
    let shown = &talk.call("check_available")["result"];
    assert!(shown["understood"].as_str().unwrap().contains("13:00"), "the time that was named: {shown}");
    assert!(shown["asked_time_is_free"].is_boolean());
    assert_eq!((talk.missing(), talk.count("meetings")), (vec!["meeting_start_time"], before));
    talk.step(json!({"user_text": "or Wednesday?", "slots": {"meeting_date": "2026-12-02"}})).await;
    assert_eq!(talk.called(), ["check_available"]);
    assert_eq!(talk.missing(), ["meeting_start_time"]);
    let shown = &talk.call("check_available")["result"];
    assert_eq!(shown["date"], "2026-12-02");
    let free = shown["available_slots"][0].as_str().unwrap().to_owned();
    talk.step(json!({"user_text": "yes, the first", "slots": {"meeting_start_time": free}})).await;
    let booked = talk.call("create_meeting");
    assert_eq!(booked["result"]["start"], format!("2026-12-02T{free}:00-05:00"));
    assert_eq!(talk.count("meetings"), before + 1);
}

#[tokio::test(start_paused = true)]
async fn finding_07_answers_carry_only_what_is_new() {
    let mut talk = Guided::desk().await;
    let first = talk.last.clone();
    assert!(first["intents"].as_array().unwrap().len() >= 9 && first["asks"][0].get("candidates").is_none());
    assert_eq!((&first["asks"][0]["verbatim"], first["asks"][0].get("instruction")), (&json!(true), None), "{first}");
    assert!(first.to_string().len() < 800, "{first}");
    talk.step(json!({"user_text": "A meeting please", "intent": "book a meeting"})).await;
    for repeated in ["intents", "briefing", "graph", "path", "expires"] {
        assert!(talk.last.get(repeated).is_none(), "{repeated}");
    }
    assert!(talk.ask().get("input_schema").is_none() && talk.ask().get("known").is_none());
    let email = &talk.ask()["missing"][0];
    assert_eq!((&email["name"], &email["example"]), (&json!("email"), &json!("sarah@gmail.com")));
    assert!(email["description"].as_str().is_some_and(|about| !about.contains('\n') && about.len() < 100), "{email}");
    let asked = talk.last.to_string();
    assert!(asked.len() < 300, "{asked}");
    talk.step(json!({"user_text": "what do you need?"})).await;
    assert_eq!((talk.missing(), talk.ask()["missing"][0].get("description")), (vec!["email"], None), "as before");
    assert!(talk.last.to_string().len() < asked.len(), "{}", talk.last);

    let question = "How much is the ADAM robot?";
    talk.step(json!({"user_text": question, "intent": "prices", "switch": "leave"})).await;
    let found = talk.call("search_documents");
    assert!(!found["result"]["passages"].as_array().unwrap().is_empty());
    assert!(talk.ask().get("documents").is_none(), "none were named: {}", talk.ask());
}

#[tokio::test(start_paused = true)]
async fn finding_08_the_default_graph_serves_what_customers_come_for() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"intent": "my ticket", "user_text": "Is my robot repaired?"}))).await;
    assert_eq!(talk.called(), ["find_contact_by_email", "find_tickets"]);
    assert_eq!(talk.at(), "ticket.none say", "nothing to change is offered");
    talk.step(json!({"intent": "my appointments", "user_text": "and when do we meet?"})).await;
    assert_eq!(talk.called(), ["find_meetings"]);
    talk.step(json!({"intent": "my data", "user_text": "what do you know of me?"})).await;
    assert_eq!(talk.called(), ["get_contact"]);
    let phone = json!({"phone": "+1 702 555 0199"});
    talk.step(json!({"intent": "correct my data", "user_text": "my number is new", "slots": phone})).await;
    assert_eq!(talk.call("update_contact")["result"]["changes"]["phone"]["after"], phone["phone"]);
    talk.step(json!({"intent": "move", "user_text": "I cannot come on Tuesday after all"})).await;
    assert_eq!((talk.called(), talk.at().as_str()), (vec!["find_meetings"], "move.none say"), "there is none");

    // Known by a phone number alone, in the middle of a problem.
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    let number = json!({"query": "+1 702 555 0143"});
    talk.step(json!({"user_text": "I only have my phone", "intent": "known by phone", "slots": number})).await;
    assert!(talk.called().starts_with(&["search_contacts"]), "{}", talk.last);
    assert!(talk.called().contains(&"find_tickets"), "the problem goes on: {}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn finding_08_of_several_people_the_customer_says_who_they_are() {
    let mut talk = Guided::desk().await;
    for (first, email) in [("Sarah", "sarah.one@acme.example"), ("Sarah", "sarah.two@acme.example")] {
        let person = json!({"firstname": first, "lastname": "Longfellow", "email": email});
        talk.world.call("create_contact", json!({"properties": person})).await.unwrap();
    }
    talk.world.call("search_contacts", json!({"query": "nobody"})).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(30)).await; // HubSpot's index lags.
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    talk.step(json!({"intent": "known by phone or name", "slots": {"query": "Sarah Longfellow"}})).await;
    assert_eq!(talk.missing(), ["cus_cid"], "{}", talk.last);
    let contacts = talk.call("search_contacts")["result"]["contacts"].as_array().unwrap().clone();
    let refused = talk.try_step(json!({"slots": {"cus_cid": "84246479604"}})).await.unwrap_err();
    assert_eq!(refused["code"], "STEP_REFUSED_ERROR", "only one of those found");
    talk.step(json!({"user_text": "the second", "slots": {"cus_cid": contacts[1]["contact_id"]}})).await;
    let asked = talk.world.requests().join(" ");
    assert!(asked.contains(contacts[1]["contact_id"].as_str().unwrap()), "{asked}");
    assert_eq!(talk.issue(), ISSUE);
}

#[tokio::test(start_paused = true)]
async fn finding_09_anybody_may_ask_about_products_and_may_become_a_customer() {
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "What does the ADAM robot make?", "intent": "1"})).await;
    assert_eq!(talk.called(), ["search_documents"], "nobody is identified first");
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem", "slots": {"email": "ada@acme.example"}})).await;
    assert_eq!(talk.ask()["failed"]["code"], "USER_NOT_FOUND_ERROR");
    let name = json!({"firstname": "Ada", "lastname": "Byron"});
    talk.step(json!({"user_text": "I am new", "intent": "become a customer", "slots": name})).await;
    let added = &talk.call("create_contact")["result"]["contact"]["properties"];
    assert_eq!((&added["email"], &added["firstname"]), (&json!("ada@acme.example"), &json!("Ada")), "nothing is lost");
    assert!(talk.called().contains(&"create_ticket"), "and the problem goes on: {}", talk.last);
    assert_eq!(talk.issue(), ISSUE);
}

async fn prompt(world: &World, graph: &str) -> String {
    let arguments = json!({ "graph": graph }).as_object().unwrap().clone();
    let request = GetPromptRequestParams::new("customer_service").with_arguments(arguments);
    let got = world.client.get_prompt(request).await.unwrap();
    got.messages[0].content.as_text().unwrap().text.clone()
}

#[tokio::test(start_paused = true)]
async fn finding_10_prompt_instructions_and_walk_have_one_rule_for_each_thing() {
    let world = World::new().await;
    let instructions = world.client.peer_info().unwrap().instructions.clone().unwrap();
    let rules: Vec<&str> = instructions.lines().filter_map(|line| line.strip_prefix("- ")).collect();
    assert!(instructions.len() < 2_048, "{} bytes", instructions.len());
    for graph in ["frontdesk", "hubspot"] {
        let prompt = prompt(&world, graph).await;
        let shared = rules.iter().filter(|rule| prompt.contains(**rule)).count();
        assert!(shared + 2 >= rules.len(), "{shared} of {}: {prompt}", rules.len());
        for elsewhere in ["Call no tool that the current step does not name", "what is said here of the company"] {
            assert!(!prompt.contains(elsewhere), "{elsewhere}");
        }
        assert!(prompt.contains("answer only from what"), "{prompt}");
    }
    let start = world.call("taskgraph_start", json!({})).await.unwrap();
    let briefing = start["briefing"].as_str().unwrap();
    assert!(rules.iter().any(|rule| briefing.contains(rule)), "{briefing}");
}

#[tokio::test(start_paused = true)]
async fn finding_11_the_day_and_the_accounts_zone_are_told() {
    let mut talk = Guided::desk().await;
    let today = "Sunday 2026-11-22, America/New_York (the account's zone)";
    assert!(prompt(&talk.world, "frontdesk").await.contains(today));
    assert_eq!(talk.last["today"], today);
    talk.step(sarah(json!({"intent": "book a meeting"}))).await;
    assert_eq!((talk.missing(), talk.last.get("today")), (vec!["time_zone", "meeting_date"], None), "told already");
    tokio::time::advance(Duration::from_secs(20 * 3_600)).await;
    talk.step(json!({"user_text": "sorry, I was away"})).await;
    assert_eq!(talk.last["today"], today.replace("Sunday 2026-11-22", "Monday 2026-11-23"));
    assert_eq!(Guided::begin(json!({"graph": "contacts"})).await.last.get("today"), None, "it deals with no days");
}

/// The bytes of the same conversation without a script: a meeting, then a ticket.
async fn free_bytes() -> usize {
    let world = World::new().await;
    let mut bytes = 0;
    let mut call = async |tool: &'static str, arguments: Value| {
        let answer = world.call(tool, arguments.clone()).await.unwrap();
        bytes += arguments.to_string().len() + answer.to_string().len();
        answer
    };
    let found = call("find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": MEETING})).await;
    let contact = &found["contact_id"];
    let owned = call("find_owner_id_by_contact_id", json!({ "cus_cid": contact })).await;
    let zone = "America/New_York";
    let day = json!({"owner_id": owned["owner_id"], "time_zone": zone, "meeting_date": "2026-12-01", "duration": 30});
    let free = call("check_available", day).await;
    let start = free["available_slots"][0]["start"].as_str().unwrap();
    let meeting = json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "meeting_date": "2026-12-01",
        "meeting_start_time": &start[11..16], "duration": 30, "slug": free["slug"], "time_zone": zone,
    });
    call("create_meeting", meeting).await;
    call("find_tickets", json!({"contact": contact, "status": "open"})).await;
    call("create_ticket", json!({"cus_cid": contact, "issue": ISSUE})).await;
    bytes
}

const MEETING: &str = "I'd like to meet my representative on 1 December, half an hour, in New York.";

#[tokio::test(start_paused = true)]
async fn finding_07_a_guided_conversation_costs_at_most_half_more_than_a_free_one() {
    let free = free_bytes().await;
    let mut talk = Guided::desk().await;
    let day = json!({"meeting_date": "2026-12-01", "time_zone": "America/New_York", "duration": 30});
    talk.step(json!({"user_text": MEETING, "intent": "book a meeting", "slots": day})).await;
    talk.step(sarah(json!({}))).await;
    let chosen = json!({"meeting_start_time": talk.call("check_available")["result"]["available_slots"][0]});
    talk.step(json!({"user_text": "the first", "slots": chosen})).await;
    assert_eq!(talk.call("create_meeting").get("succeeded"), None, "{}", talk.last);
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    assert_eq!(talk.issue(), ISSUE);
    println!("a meeting and a ticket: {} bytes guided, {free} free", talk.bytes);
    assert!(talk.bytes * 2 <= free * 3, "{} bytes guided, {free} free", talk.bytes);
}

#[tokio::test(start_paused = true)]
async fn the_contact_assistant_searches_creates_and_updates_as_a_graph() {
    let mut talk = Guided::begin(json!({"graph": "contacts"})).await;
    assert!(talk.last["asks"][0]["text"].as_str().unwrap().contains("Create a new contact"));
    let ada = json!({"email": "ada@acme.example", "firstname": "Ada", "lastname": "Byron"});
    talk.step(json!({"user_text": "Opret Ada Byron", "intent": "Opret Ada Byron som kontakt", "slots": ada})).await;
    assert_eq!(talk.call("create_contact")["result"]["created"], true);
    let change = json!({"query": "ada@acme.example", "phone": "+45 12 34 56 78"});
    talk.step(json!({"user_text": "Her number is new", "intent": "3", "slots": change})).await;
    assert_eq!(talk.called(), ["search_contacts", "update_contact"], "{}", talk.last);
    let changed = &talk.call("update_contact")["result"]["changes"];
    assert_eq!(changed.as_object().unwrap().keys().collect::<Vec<_>>(), ["phone"], "{changed}");
    talk.step(json!({"user_text": "Who is Sarah?", "intent": "search"})).await;
    assert_eq!(talk.missing(), ["query"], "that of before is over");
    talk.step(json!({"user_text": "Sarah Mark", "slots": {"query": "Sarah Mark"}})).await;
    assert_eq!(talk.call("search_contacts")["result"]["total"], 1);
}

/// A client that calls the tools itself gets the same conversation.
#[tokio::test(start_paused = true)]
async fn without_execute_the_client_calls_what_it_is_told_to() {
    let world = World::new().await;
    let session = world.call("taskgraph_start", json!({})).await.unwrap()["session"].clone();
    let said = json!({
        "session": session, "user_text": ISSUE, "intent": "report a problem", "slots": {"email": "sarah@gmail.com"},
    });
    let mut asked = world.call("taskgraph_step", said).await.unwrap();
    let mut called = vec![];
    while asked["asks"][0]["kind"] == "call" {
        let tool = asked["asks"][0]["tool"].as_str().unwrap().to_owned();
        let known = ["find_contact_by_email", "find_tickets", "create_ticket"];
        let name = known.into_iter().find(|known| *known == tool).unwrap();
        let answer = world.call(name, asked["asks"][0]["arguments"].clone()).await.unwrap();
        called.push(name);
        asked = world.call("taskgraph_step", json!({"session": session, "tool_result": answer})).await.unwrap();
    }
    assert_eq!(called, ["find_contact_by_email", "find_tickets", "create_ticket"], "{asked}");
    let whole = world.call("taskgraph_step", json!({ "session": session })).await.unwrap();
    assert_eq!(whole["path"], json!(["start", "problem.who", "problem.tickets", "problem.new"]));
    assert!(whole["intents"].as_array().unwrap().len() >= 9 && whole["expires"].is_string());
}

/// A customer who turns out to be somebody else gets nothing of the first one.
#[tokio::test(start_paused = true)]
async fn another_address_half_way_is_looked_up_before_anything_is_booked() {
    let mut talk = Guided::desk().await;
    let slots = json!({"email": "sarah@gmail.com", "meeting_date": "2026-12-01", "time_zone": "America/New_York"});
    talk.step(json!({"user_text": MEETING, "intent": "book a meeting", "slots": slots})).await;
    assert_eq!(talk.missing(), ["meeting_start_time", "duration"]);
    let other = json!({"email": "tom.baker@harborviewhotel.com"});
    talk.step(json!({"user_text": "Sorry, I am Tom Baker", "slots": other})).await;
    assert!(talk.called().starts_with(&["find_contact_by_email"]), "{}", talk.last);
    assert_eq!(talk.call("find_contact_by_email")["result"]["contact_first_name"], "Tom");
    assert_eq!(talk.count("meetings"), World::new().await.sandbox.records("meetings").len());
}

#[tokio::test(start_paused = true)]
async fn a_phone_number_helps_after_an_unknown_address() {
    let mut talk = Guided::desk().await;
    let slots = json!({"email": "sarha@gmail.com"});
    talk.step(json!({"user_text": WHEEL, "intent": "report a problem", "slots": slots})).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["code"], "USER_NOT_FOUND_ERROR");
    talk.step(json!({"slots": {"phone": "702 555 0143"}})).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["contact_first_name"], "Sarah", "{}", talk.last);
    assert_eq!(talk.issue(), WHEEL);
}

/// Two people share a phone number.
async fn family() -> (Guided, String) {
    let mut talk = Guided::desk().await;
    let person =
        json!({"firstname": "Leo", "lastname": "Mark", "email": "leo.mark@clou.example", "phone": "+1 702 555 0143"});
    let added =
        talk.world.call("create_contact", json!({"properties": person, "allow_same_phone": true})).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(30)).await; // HubSpot's index lags.
    let slots = json!({"phone": "702 555 0143"});
    talk.step(json!({"user_text": WHEEL, "intent": "report a problem", "slots": slots})).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["code"], "AMBIGUOUS_ERROR", "{}", talk.last);
    assert_eq!(talk.missing(), ["cus_cid"]);
    (talk, added["contact"]["contact_id"].as_str().unwrap().to_owned())
}

#[tokio::test(start_paused = true)]
async fn who_shares_a_phone_number_is_named_by_id_or_address() {
    for by_id in [true, false] {
        let (mut talk, leo) = family().await;
        let slots = if by_id { json!({"cus_cid": leo}) } else { json!({"email": "leo.mark@clou.example"}) };
        talk.step(json!({"slots": slots})).await;
        assert!(talk.last.get("ignored").is_none(), "{}", talk.last);
        assert_eq!(talk.issue(), WHEEL, "by id: {by_id}");
        assert!(talk.world.requests().join(" ").contains(&leo));
    }
    let (mut talk, _) = family().await;
    let refused = talk.try_step(json!({"slots": {"cus_cid": "33190415288"}})).await.unwrap_err();
    assert_eq!(refused["code"], "STEP_REFUSED_ERROR", "only one of those shown");
}

#[tokio::test(start_paused = true)]
async fn a_stranger_with_a_known_phone_number_becomes_nobody_else() {
    let mut talk = Guided::desk().await;
    let before = talk.count("contacts");
    let slots = json!({"firstname": "Jo", "lastname": "Doe", "phone": "702 555 0143"});
    talk.step(json!({"user_text": "I am new here", "intent": "become", "slots": slots})).await;
    assert_eq!(talk.ask()["failed"]["code"], "AMBIGUOUS_ERROR", "{}", talk.last);
    assert_eq!(talk.missing(), ["allow_same_phone"]);
    let mut other = Guided::desk().await;
    other.step(json!({"intent": "become", "slots": slots})).await;
    other.step(json!({"user_text": WHEEL, "intent": "report a problem", "switch": "leave"})).await;
    assert_eq!((other.at().as_str(), other.missing()), ("problem.who slots", vec!["email"]), "{}", other.last);
    // Somebody else they are not.
    talk.step(json!({"slots": {"allow_same_phone": true}})).await;
    assert_eq!((&talk.call("create_contact")["result"]["created"], talk.count("contacts")), (&json!(true), before + 1));
    talk.step(json!({"user_text": WHEEL, "intent": "report a problem"})).await;
    assert_eq!(talk.call("find_tickets")["result"]["open"], 0, "{}", talk.last);
    // Or they are, and say the address.
    other.step(json!({"slots": {"email": "sarah@gmail.com"}})).await;
    assert_eq!(other.issue(), WHEEL);
}

#[tokio::test(start_paused = true)]
async fn a_wish_is_no_fault_and_a_short_fault_is_one() {
    for wish in ["I have a problem with my robot", "hello, i have a problem, sarah@gmail.com"] {
        let mut talk = Guided::desk().await;
        let slots = json!({"email": "sarah@gmail.com"});
        talk.step(json!({"user_text": wish, "intent": "report a problem", "slots": slots})).await;
        assert_eq!(talk.missing(), ["issue"], "{wish}: {}", talk.last);
        talk.step(json!({"user_text": "brush stuck, urgent"})).await;
        assert_eq!(talk.issue(), "brush stuck, urgent");
    }
    for fault in ["my robot is broken", "my wheel is broken", "my robot leaks oil"] {
        let mut talk = Guided::desk().await;
        let slots = json!({"email": "sarah@gmail.com"});
        talk.step(json!({"user_text": fault, "intent": "report a problem", "slots": slots})).await;
        assert_eq!(talk.issue(), fault);
    }
}

#[tokio::test(start_paused = true)]
async fn the_wish_to_add_to_a_ticket_is_not_the_note() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": WHEEL, "intent": "report a problem"}))).await;
    let wish = "i want to add something to my ticket";
    talk.step(json!({"user_text": wish, "intent": "my ticket"})).await;
    talk.step(json!({"intent": "add to it"})).await;
    assert_eq!(talk.missing(), ["note"], "{}", talk.last);
    talk.step(json!({"user_text": "It also beeps"})).await;
    let notes = talk.world.sandbox.records("notes");
    assert!(notes.iter().any(|note| note["properties"]["hs_note_body"] == "It also beeps"), "{notes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_ticket_can_be_changed_again_and_one_that_is_not_there_cannot() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": WHEEL, "intent": "report a problem"}))).await;
    let news = "any news of my ticket? it also leaks oil now";
    talk.step(json!({"user_text": news, "intent": "my ticket"})).await;
    assert_eq!(talk.ask()["candidates"].as_array().unwrap().len(), 3, "{}", talk.last);
    talk.step(json!({"intent": "add to it"})).await;
    assert_eq!(talk.called(), ["update_ticket"], "{}", talk.last);
    talk.step(json!({"user_text": "and the left brush is stuck", "intent": "add to it"})).await;
    assert_eq!(talk.called(), ["update_ticket"], "a second time: {}", talk.last);
    talk.step(json!({"user_text": "oh, it works again", "intent": "it is solved"})).await;
    assert_eq!(talk.call("update_ticket")["result"]["changes"]["stage"]["after"], "Closed", "{}", talk.last);
    let notes = talk.world.sandbox.records("notes");
    assert!(notes.iter().any(|note| note["properties"]["hs_note_body"] == "and the left brush is stuck"), "{notes:?}");

    let mut talk = Guided::desk().await;
    let email = json!({"email": "tom.baker@harborviewhotel.com"});
    talk.step(json!({"user_text": "where is my ticket?", "intent": "my ticket", "slots": email})).await;
    assert_eq!((talk.at().as_str(), talk.ask().get("candidates")), ("ticket.none say", None), "{}", talk.last);
    talk.step(sarah(json!({}))).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["contact_first_name"], "Sarah", "{}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn an_answered_question_says_to_search_no_more() {
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "What does the ADAM robot make?", "intent": "1"})).await;
    assert_eq!(
        (talk.called(), &talk.ask()["instruction"]),
        (vec!["search_documents"], &json!("Answer only from the passages."))
    );
    let world = World::new().await;
    let session = world.call("taskgraph_start", json!({})).await.unwrap()["session"].clone();
    let asked = json!({"session": session, "user_text": "What does the ADAM robot make?", "intent": "1"});
    let told = world.call("taskgraph_step", asked).await.unwrap()["asks"][0]["instruction"].clone();
    assert!(told.as_str().unwrap().contains("Call `search_documents`"), "by the client itself: {told}");
}

/// The body of the newest task.
fn task(talk: &Guided) -> String {
    let tasks = talk.world.sandbox.records("tasks");
    tasks.last().unwrap()["properties"]["hs_task_body"].as_str().unwrap().to_owned()
}

async fn book(talk: &mut Guided, day: &str) {
    let slots = json!({"email": "sarah@gmail.com", "meeting_date": day, "time_zone": "America/New_York"});
    talk.step(json!({"user_text": MEETING, "intent": "book a meeting", "slots": slots})).await;
    let free = talk.call("check_available")["result"]["available_slots"][0].clone();
    talk.step(json!({"slots": {"meeting_start_time": free}})).await;
    assert_eq!(talk.call("create_meeting").get("succeeded"), None, "{}", talk.last);
}

/// How long it takes is asked once, with the free times, and they say whose they are.
#[tokio::test(start_paused = true)]
async fn the_length_of_a_meeting_is_asked_once_and_whose_times_are_shown() {
    let slots = json!({"email": "sarah@gmail.com", "meeting_date": "2026-12-01", "time_zone": "America/New_York"});
    let begin = json!({"user_text": MEETING, "intent": "book a meeting", "slots": slots});
    let mut talk = Guided::desk().await;
    talk.step(begin.clone()).await;
    assert_eq!(talk.call("check_available")["result"]["representative"], "Veronica Chen");
    assert_eq!(talk.missing(), ["meeting_start_time", "duration"]);
    assert_eq!(talk.ask()["missing"][1]["description"], "Minutes, one of 15, 30, 60");
    talk.step(json!({"user_text": "or Thursday?", "slots": {"meeting_date": "2026-12-03"}})).await;
    assert_eq!(talk.missing(), ["meeting_start_time", "duration"], "nothing was chosen yet");
    let start = talk.call("check_available")["result"]["available_slots"][0].clone();
    talk.step(json!({"user_text": "the first", "slots": {"meeting_start_time": start}})).await;
    assert_eq!(talk.called(), ["create_meeting"], "and not again: {}", talk.last);

    let mut talk = Guided::desk().await;
    talk.step(begin.clone()).await;
    let start = talk.call("check_available")["result"]["available_slots"][0].clone();
    talk.step(json!({"user_text": "the first, an hour", "slots": {"meeting_start_time": start, "duration": 60}})).await;
    assert_eq!(talk.called(), ["create_meeting"], "{}", talk.last);
    let kept = talk.world.sandbox.records("meetings").pop().unwrap()["properties"].clone();
    let at = |name: &str| kept[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((at("hs_meeting_end_time") - at("hs_meeting_start_time")).num_minutes(), 60);

    let mut talk = Guided::desk().await;
    let mut known = begin.clone();
    known["slots"]["duration"] = json!(30);
    talk.step(known).await;
    assert_eq!(talk.missing(), ["meeting_start_time"], "the customer has said it");
}

#[tokio::test(start_paused = true)]
async fn moving_asks_which_of_several_appointments_is_meant() {
    let wish = "Please cancel the meeting, we closed the shop";
    let mut talk = Guided::desk().await;
    book(&mut talk, "2026-12-01").await;
    talk.step(json!({"user_text": wish, "intent": "move or cancel"})).await;
    assert_eq!(talk.called(), ["find_meetings", "create_task"], "{}", talk.last);
    let body = task(&talk);
    assert!(body.contains("2026-12-01T") && body.contains(wish) && body.contains("Tuesday"), "{body}");
    book(&mut talk, "2026-12-02").await;
    talk.step(json!({"user_text": wish, "intent": "move or cancel"})).await;
    assert_eq!((talk.called(), talk.missing()), (vec!["find_meetings"], vec!["meeting_id"]), "{}", talk.last);
    let second = talk.call("find_meetings")["result"]["coming"][1].clone();
    talk.step(json!({"user_text": "the second", "slots": {"meeting_id": second["meeting_id"]}})).await;
    assert_eq!(talk.called(), ["create_task"]);
    assert!(task(&talk).contains(second["start"].as_str().unwrap()), "{}", task(&talk));
}

#[tokio::test(start_paused = true)]
async fn a_person_is_asked_for_once_with_a_way_to_reach_the_customer() {
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "I want to talk to a person", "intent": "a person"})).await;
    assert_eq!((talk.called().len(), talk.missing()), (0, vec!["reach"]), "{}", talk.last);
    talk.step(json!({"slots": {"reach": "sarah@gmail.com"}})).await;
    let made = talk.call("create_task")["result"].clone();
    assert_eq!(made["seen_by"], "Veronica Chen", "{made}");
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "I want to talk to a person", "intent": "a person"})).await;
    talk.step(json!({"user_text": "just do it"})).await;
    assert_eq!(talk.called(), ["create_task"], "nobody is held: {}", talk.last);
}

/// A phone number is enough to be known, and whoever asks again is passed on once.
#[tokio::test(start_paused = true)]
async fn a_person_is_looked_up_by_phone_and_asked_for_once() {
    let mut talk = Guided::desk().await;
    let wish = json!({"user_text": "please call me back about the contract", "intent": "a person"});
    talk.step(wish).await;
    assert_eq!(talk.missing(), ["reach"]);
    talk.step(json!({"slots": {"reach": "+1 702 555 0143"}})).await;
    assert_eq!(talk.called(), ["find_contact_by_email", "create_task"], "{}", talk.last);
    let made = talk.call("create_task")["result"].clone();
    assert_eq!(made["seen_by"], "Veronica Chen", "her representative");
    for again in ["hello? I want to talk to a person", "a human, please!"] {
        talk.step(json!({"user_text": again, "intent": "a person"})).await;
        let found = &talk.call("create_task")["result"];
        assert_eq!((&found["already"], &found["task_id"]), (&json!(true), &made["task_id"]), "{again}");
    }
    assert_eq!(talk.count("tasks"), 1);
    let other = json!({"user_text": "and somebody has to fetch the broken robot on Friday", "intent": "a person"});
    talk.step(other).await;
    assert_eq!(talk.count("tasks"), 2, "that is another request");

    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "I want a person", "intent": "a person", "slots": {"phone": "+1 212 555 0100"}}))
        .await;
    assert_eq!(talk.called(), ["find_contact_by_email", "create_task"], "nobody has this number: {}", talk.last);
    tokio::time::sleep(Duration::from_secs(30)).await; // HubSpot's index lags.
    talk.step(json!({"user_text": "a person, please", "intent": "a person"})).await;
    assert_eq!((&talk.call("create_task")["result"]["already"], talk.count("tasks")), (&json!(true), 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_said_after_the_end_of_a_matter_is_kept_for_the_next() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": WHEEL, "intent": "report a problem"}))).await;
    let more = "the left brush is stuck as well";
    talk.step(json!({"user_text": more})).await;
    assert_eq!(talk.last["ignored"][0]["name"], "user_text", "{}", talk.last);
    talk.step(json!({"user_text": "yes please"})).await;
    talk.step(json!({"intent": "report a problem"})).await;
    talk.step(json!({"intent": "a new problem"})).await;
    assert_eq!(talk.issue(), more);
}

#[tokio::test(start_paused = true)]
async fn a_new_address_is_corrected_and_another_customers_problem_is_theirs() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": "What do you know about me?", "intent": "my data"}))).await;
    let slots = json!({"email": "sarah.mark@new.example"});
    talk.step(json!({"user_text": "my address is new", "intent": "correct", "slots": slots})).await;
    assert_eq!(talk.called(), ["update_contact"], "{}", talk.last);
    assert_eq!(talk.call("update_contact")["result"]["changes"]["email"]["after"], slots["email"]);
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": WHEEL, "intent": "report a problem"}))).await;
    let slots = json!({"email": "tom.baker@harborviewhotel.com"});
    talk.step(json!({"user_text": "our lift robot is stuck", "intent": "report a problem", "slots": slots})).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["contact_first_name"], "Tom", "{}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn times_are_shown_for_whom_and_when_the_customer_says() {
    let mut talk = Guided::desk().await;
    let slots = json!({
        "email": "sarah@gmail.com", "meeting_date": "2026-12-01 morning", "meeting_start_time": "15:00",
        "time_zone": "America/New_York",
    });
    talk.step(json!({"user_text": MEETING, "intent": "book a meeting", "slots": slots})).await;
    let shown = talk.call("check_available");
    assert_eq!(shown.get("succeeded"), None, "{shown}");
    assert!(shown["result"]["duration"].is_number(), "{shown}");
    talk.step(json!({"slots": {"meeting_date": "2026-12-03"}})).await;
    let after = talk.call("check_available")["result"]["next_after"].clone();
    talk.step(json!({"user_text": "something later?", "slots": {"after": after}})).await;
    assert_eq!(talk.called(), ["check_available"], "{}", talk.last);
    assert_eq!(talk.call("check_available").get("succeeded"), None, "{}", talk.last);
    talk.step(json!({"user_text": "or Wednesday?", "slots": {"meeting_date": "2026-12-02"}})).await;
    let shown = talk.call("check_available");
    assert!(shown["result"].get("asked_time_is_free").is_none(), "the old time is not carried along: {shown}");
    talk.step(json!({"user_text": "with Tom please", "slots": {"owner_id": "nobody of this name"}})).await;
    assert_eq!(talk.called(), ["check_available"], "{}", talk.last);
    assert_eq!(talk.call("check_available")["succeeded"], false, "not the own representative's times instead");
}

#[tokio::test(start_paused = true)]
async fn unknown_values_are_explained_once_and_contact_properties_are_taken() {
    let mut talk = Guided::desk().await;
    let slots = json!({"colour": "red", "size": "big", "city": "Reno"});
    talk.step(json!({"user_text": WHEEL, "intent": "report a problem", "slots": slots})).await;
    let ignored = talk.last["ignored"].clone();
    let names: Vec<&Value> = ignored.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["colour", "size"]);
    assert!(ignored[1]["reason"].as_str().unwrap().len() < 80 && ignored.to_string().len() < 900, "{ignored}");
}
