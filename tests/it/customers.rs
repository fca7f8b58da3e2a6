//! Calls for customers, in this process: the path of every client's calls, with ids that come from the server.

use frontdesk::mcp::Server;
use frontdesk::tool::caller::Caller;
use frontdesk::tool::customer_use::Subject;
use frontdesk::tool::on_behalf_of::{Assurance, OnBehalfOf};
use frontdesk::tool::policy::ToolPolicy;
use frontdesk::tools;
use hubspot_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::tool_policy::sandbox_and_server;
use crate::world::{every_tool, with_every_tool};

const SARAH: &str = "84246479604";
const ADDRESS: &str = "sarah@gmail.com";
/// A ticket of somebody else.
const DOOR: &str = "33190415288";
const STRANGER: &str = "nobody@nowhere.example";
const SLUG: &str = "richtech/veronica-chen";

struct Chat {
    sandbox: Sandbox,
    server: Server,
    caller: Caller,
}

impl Chat {
    fn of(on_behalf_of: OnBehalfOf) -> Chat {
        Chat::under(on_behalf_of, ToolPolicy::default())
    }

    fn under(on_behalf_of: OnBehalfOf, policy: ToolPolicy) -> Chat {
        let (sandbox, server) = sandbox_and_server(policy);
        Chat { sandbox, server: with_every_tool(server), caller: Caller::for_customer("chat-1", on_behalf_of) }
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Value, Value> {
        let arguments = arguments.as_object().unwrap().clone();
        let answer = self.server.call_in_process(self.caller.clone(), tool, arguments).await;
        answer.map_err(|error| error.to_json())
    }

    async fn code(&self, tool: &str, arguments: Value) -> Value {
        self.call(tool, arguments).await.expect_err(tool)["code"].clone()
    }
}

fn verified() -> OnBehalfOf {
    OnBehalfOf::Verified { contact: SARAH.parse().unwrap(), address: ADDRESS.parse().unwrap() }
}

fn claimed(address: &str) -> OnBehalfOf {
    OnBehalfOf::Claimed { address: address.parse().unwrap() }
}

/// Arguments with which the tool works, without those that name the customer.
fn arguments(tool: &str) -> Value {
    match tool {
        "check_available" => json!({"owner_id": "117001", "time_zone": "UTC", "meeting_date": "2026-12-01"}),
        "create_meeting" => meeting("13:00"),
        "create_task" => json!({"reason": "Call me back."}),
        "create_ticket" => json!({"issue": "It beeps."}),
        "find_owner_by_owner_id" => json!({"owner_id": "117001"}),
        "log_activity" => json!({"text": "It beeps."}),
        "search_documents" => json!({"query": "delivery"}),
        "update_contact" => json!({"properties": {"phone": "+1 702 555 0199"}}),
        "update_ticket" => json!({"note": "It beeps again."}),
        "handoff_send" => json!({"session": "none", "text": "Hello"}),
        "handoff_events" | "handoff_stop" => json!({"session": "none"}),
        "taskgraph_step" => json!({"session": "none", "user_text": "Hello"}),
        _ => json!({}),
    }
}

fn meeting(start: &str) -> Value {
    json!({
        "cus_fname": "Ada", "cus_lname": "Byron", "meeting_date": "2026-12-01", "meeting_start_time": start,
        "duration": 30, "slug": SLUG, "time_zone": "America/New_York",
    })
}

/// The tools in rows, and how they answer each kind of customer. A new tool is closed to all until it says otherwise.
#[tokio::test(start_paused = true)]
async fn every_tool_is_open_only_to_the_customers_it_names() {
    let mut open = vec![];
    for tool in every_tool().iter() {
        let mut row = vec![];
        for customer in [claimed(ADDRESS), verified()] {
            let chat = Chat::of(customer);
            let mut sent = arguments(tool.name);
            if tool.name == "update_ticket" {
                sent["ticket_id"] =
                    chat.call("create_ticket", json!({"issue": "It beeps."})).await.unwrap()["ticket_id"].clone();
            }
            let answer = chat.call(tool.name, sent).await;
            let closed = answer.as_ref().is_err_and(|error| error["code"] == "FORBIDDEN_ERROR");
            let needs_session = tool.name == "taskgraph_step" || tool.name.starts_with("handoff_");
            assert!(answer.is_ok() || closed || needs_session, "{}: {answer:?}", tool.name);
            row.push(if closed { "-" } else { "open" });
        }
        open.push(format!("{} {}", tool.name, row.join(" ")));
    }
    let expected = [
        "find_contact_by_email - open",
        "create_ticket open open",
        "find_owner_id_by_contact_id - open",
        "find_owner_by_owner_id - open",
        "check_available open open",
        "create_meeting open open",
        "find_meetings - open",
        "get_contact - open",
        "search_contacts - -",
        "create_contact - -",
        "update_contact - open",
        "search_documents open open",
        "find_tickets - open",
        "update_ticket - open",
        "log_activity open open",
        "create_task open open",
        "describe_crm - -",
        "find_conversations - -",
        "read_conversation - -",
        "reply_conversation - -",
        "update_conversation - -",
        "handoff_start open open",
        "handoff_send open open",
        "handoff_events open open",
        "handoff_stop open open",
        "taskgraph_start open open",
        "taskgraph_step open open",
        "autopilot_status - -",
        "autopilot_pause - -",
        "autopilot_resume - -",
        "autopilot_unanswered - -",
        "autopilot_report - -",
    ];
    assert_eq!(open, expected);
}

/// Nothing that a customer's conversation sends may choose another person, in any tool.
#[tokio::test(start_paused = true)]
async fn no_tool_takes_another_persons_id_from_the_arguments() {
    let others = tools::all().iter().filter_map(|tool| Some((tool.clone(), tool.customers?))).collect::<Vec<_>>();
    let mut tried = 0;
    for (tool, allowed) in others {
        let named: Vec<&str> = match allowed.subject {
            Subject::Nobody => vec![],
            Subject::Contact(argument) | Subject::Address(argument) | Subject::Ticket(argument) => vec![argument],
            Subject::ContactOrTicket(contact, ticket) => vec![contact, ticket],
        };
        for argument in named {
            for foreign in ["7777", "tom@acme.com", STRANGER] {
                for customer in [verified(), claimed(ADDRESS)] {
                    let chat = Chat::of(customer);
                    let mut sent = arguments(tool.name);
                    sent[argument] = json!(foreign);
                    chat.sandbox.clear_requests();
                    let code = chat.code(tool.name, sent).await;
                    assert!(code == "FORBIDDEN_ERROR", "{} {argument} {foreign}: {code}", tool.name);
                    let wrote =
                        chat.sandbox.requests().iter().any(|sent| sent.method != "GET" && !sent.path.contains("read"));
                    assert!(!wrote, "{} {argument} {foreign}", tool.name);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried >= 60, "{tried}");
}

#[tokio::test(start_paused = true)]
async fn a_verified_customer_reaches_what_is_theirs() {
    let chat = Chat::of(verified());
    let contact = chat.call("get_contact", json!({})).await.unwrap();
    assert_eq!((&contact["contact_id"], &contact["properties"]["firstname"]), (&json!(SARAH), &json!("Sarah")));
    assert!(contact.get("url").is_none() && contact["properties"].get("lifecyclestage").is_none(), "{contact}");
    let opened = chat.call("create_ticket", json!({"issue": "It beeps."})).await.unwrap()["ticket_id"].clone();
    let tickets = chat.call("find_tickets", json!({"ticket_id": opened})).await.unwrap();
    assert_eq!(tickets["tickets"][0]["ticket_id"], opened);
    assert!(tickets.get("contact_ids").is_none(), "{tickets}");
    chat.call("update_ticket", json!({"ticket_id": opened, "note": "It beeps again."})).await.unwrap();
    chat.call("log_activity", json!({"ticket_id": opened, "text": "It beeps again."})).await.unwrap();
    chat.call("update_contact", json!({"contact": ADDRESS, "properties": {"city": "Oslo"}})).await.unwrap();
    assert_eq!(chat.code("update_contact", json!({"properties": {"email": "evil@acme.com"}})).await, "FORBIDDEN_ERROR");
    assert_eq!(chat.code("update_ticket", json!({"ticket_id": opened, "owner": "117002"})).await, "FORBIDDEN_ERROR");
    for tool in ["find_tickets", "update_ticket", "log_activity"] {
        let mut sent = arguments(tool);
        let [of_another, of_nobody] = [DOOR, "1"].map(|id| {
            sent["ticket_id"] = json!(id);
            sent.clone()
        });
        let refused = chat.call(tool, of_another).await.unwrap_err();
        assert_eq!(refused["code"], "FORBIDDEN_ERROR", "{tool}");
        assert_eq!(refused, chat.call(tool, of_nobody).await.unwrap_err(), "{tool} tells which tickets there are");
    }
}

/// Whoever types an address learns nothing of it: not from an answer, not from a failure, not from what is missing.
#[tokio::test(start_paused = true)]
async fn a_claimed_address_gets_the_same_words_whether_or_not_it_is_a_customers() {
    for tool in tools::all().iter().filter(|tool| tool.customers.is_some_and(|open| open.least == Assurance::Claimed)) {
        let shape = async |address: &str, sent: &Value| {
            let chat = Chat::of(claimed(address));
            let answer = chat.call(tool.name, sent.clone()).await;
            let mut said = answer.clone().unwrap_or_else(|error| error);
            // Numbers and ids differ from call to call.
            for id in ["ticket_id", "session", "conference_url", "expires"] {
                said.as_object_mut().unwrap().entry(id).and_modify(|value| *value = json!(value.is_null()));
            }
            (answer.is_ok(), said)
        };
        let mut nameless = arguments(tool.name);
        nameless.as_object_mut().unwrap().retain(|name, _| !name.starts_with("cus_"));
        for sent in [arguments(tool.name), nameless] {
            assert_eq!(shape(ADDRESS, &sent).await, shape(STRANGER, &sent).await, "{} {sent}", tool.name);
        }
    }
}

/// A meeting that the customer has already would be told to a client of the operator.
#[tokio::test(start_paused = true)]
async fn a_claimed_address_does_not_learn_of_meetings() {
    let (known, again) = (Chat::of(claimed(ADDRESS)), meeting("13:00"));
    known.call("create_meeting", again.clone()).await.unwrap();
    let other = Chat { caller: Caller::for_customer("chat-2", claimed(STRANGER)), ..known };
    let refused = other.call("create_meeting", again.clone()).await.unwrap_err();
    assert_eq!(refused["code"], "UNAVAILABLE_ERROR");
    let own = Chat { caller: Caller::for_customer("chat-3", claimed(ADDRESS)), ..other };
    let booked = own.call("create_meeting", meeting("13:15")).await.unwrap_err();
    assert!(booked.get("customer_has").is_none(), "{booked}");
    let same = own.call("create_meeting", again).await.unwrap_err();
    assert_eq!(same, refused, "whose meeting it is makes no difference");
}

/// HubSpot copies the names of a booking to the contact, but not those that a stranger typed over the ones it has.
#[tokio::test(start_paused = true)]
async fn a_claimed_address_changes_nothing_that_is_stored() {
    let chat = Chat::of(claimed(ADDRESS));
    let stored = |chat: &Chat| {
        let sarah = chat.sandbox.records("contacts").into_iter().find(|contact| contact["id"] == SARAH).unwrap();
        ["firstname", "lastname", "phone", "company"].map(|name| sarah["properties"][name].clone())
    };
    let before = stored(&chat);
    for (tool, sent) in [
        ("create_meeting", meeting("13:00")),
        ("create_ticket", arguments("create_ticket")),
        ("log_activity", arguments("log_activity")),
    ] {
        chat.call(tool, sent).await.unwrap();
        assert_eq!(stored(&chat), before, "{tool}");
    }
}

/// An unknown address becomes a contact with nothing but itself, once.
#[tokio::test(start_paused = true)]
async fn a_claimed_address_is_kept_once() {
    let chat = Chat::of(claimed(STRANGER));
    let count = |chat: &Chat| {
        chat.sandbox.records("contacts").iter().filter(|one| one["properties"]["email"] == STRANGER).count()
    };
    for tool in ["log_activity", "create_ticket", "log_activity"] {
        chat.call(tool, arguments(tool)).await.unwrap();
        assert_eq!(count(&chat), 1, "{tool}");
    }
}

/// A customer is never asked to agree to a change of the account: that is for the operator's person.
#[tokio::test(start_paused = true)]
async fn a_customer_agrees_to_no_change() {
    let chat = Chat::under(verified(), ToolPolicy { confirm_writes: true, ..ToolPolicy::default() });
    for tool in ["update_contact", "update_ticket"] {
        let error = chat.call(tool, arguments(tool)).await.unwrap_err();
        assert_eq!((&error["code"], error.get("question")), (&json!("FORBIDDEN_ERROR"), None), "{error}");
    }
}

/// The calls of a script are calls of its customer.
#[tokio::test(start_paused = true)]
async fn a_script_calls_tools_for_its_customer_alone() {
    let chat = Chat::of(claimed(ADDRESS));
    let begun = chat.call("taskgraph_start", json!({})).await.unwrap();
    let mut called = vec![];
    for intent in begun["intents"].as_array().unwrap() {
        let session = chat.call("taskgraph_start", json!({})).await.unwrap()["session"].clone();
        let said = json!({
            "session": session, "user_text": "My robot is broken.", "intent": intent,
            "slots": {"email": "tom@acme.com", "chat": "My robot is broken."}, "execute": true,
        });
        let turn = chat.call("taskgraph_step", said).await.unwrap();
        called.extend(turn["called"].as_array().into_iter().flatten().cloned());
    }
    let closed: Vec<_> = called.iter().filter(|called| called["tool"] == "find_contact_by_email").collect();
    assert!(!closed.is_empty(), "the script never came to the tool: {called:?}");
    for called in closed {
        assert_eq!((&called["succeeded"], &called["result"]["code"]), (&json!(false), &json!("FORBIDDEN_ERROR")));
    }
    let other = Chat { caller: Caller::for_customer("chat-2", claimed(ADDRESS)), ..chat };
    let foreign = json!({"session": begun["session"], "user_text": "Hello"});
    assert_eq!(other.code("taskgraph_step", foreign).await, "SESSION_NOT_FOUND_ERROR");
}

/// The operator's clients are served as before, whatever a tool says about customers.
#[tokio::test(start_paused = true)]
async fn an_operators_client_in_this_process_is_bound_to_nobody() {
    let chat = Chat::of(OnBehalfOf::Operator);
    let found = chat.call("get_contact", json!({"contact": "sarah@gmail.com"})).await.unwrap();
    assert_eq!(found["contact_id"], SARAH);
    assert!(found.get("url").is_some(), "nothing is left out: {found}");
    assert_eq!(chat.code("get_contacts", json!({})).await, "NOT_FOUND_ERROR");
}
