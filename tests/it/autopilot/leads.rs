//! Leads: what a conversation shows of its customer, as properties of their contact, by rules that the operator declares.

use frontdesk::autopilot::leads::check::check;
use frontdesk::autopilot::operator::{self, Scope};
use frontdesk::autopilot::settings::file;
use hubspot_sandbox::conversing::VisitorMessage;
use hubspot_sandbox::fault::{Effect, Fault, Match};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};

use super::brains::{call, deciding, echo, say};
use super::desk::{Desk, House, MEI, REPLY, Way, both, mend, pass, server_on};
use crate::handoff::desk::ask;
use crate::inbox::SARAH;

const RULES: &str = "properties = [\"company\", \"jobtitle\", \"hs_lead_status\", \"city\"]\n\
    [[leads.rules]]\nproperty = \"company\"\nfrom = \"company\"\n\
    [[leads.rules]]\nproperty = \"jobtitle\"\nfrom = \"budget\"\nreplace = true\n\
    [[leads.rules]]\nproperty = \"hs_lead_status\"\nvalue = \"OPEN\"\nwords = [\"price\"]\n";

fn settings(write: bool) -> String {
    format!("{REPLY}[leads]\nwrite = {write}\n{RULES}")
}

/// Some properties of Sarah.
async fn sarah(house: &House) -> Value {
    let path = format!("/crm/v3/objects/contacts/{SARAH}?properties=company,jobtitle,hs_lead_status,city");
    ask(&house.sandbox, "GET", &path, json!({})).await["properties"].clone()
}

async fn set(house: &House, properties: Value) {
    let path = format!("/crm/v3/objects/contacts/{SARAH}");
    ask(&house.sandbox, "PATCH", &path, json!({"properties": properties})).await;
}

async fn leads(house: &House, thread: u64) -> Vec<String> {
    house.notes(thread).await.into_iter().filter(|note| note.starts_with("Lead (autopilot)")).collect()
}

fn changes(house: &House) -> usize {
    let sent = house.sandbox.requests();
    sent.iter().filter(|sent| sent.method == "PATCH" && sent.path.contains("/contacts/")).count()
}

#[tokio::test(start_paused = true)]
async fn what_a_conversation_shows_is_written_once_with_before_and_after_in_a_comment() {
    both(async |way| {
        let house = House::new(way, &settings(true)).with_brain(echo(0));
        set(&house, json!({"company": "", "jobtitle": "a person's", "hs_lead_status": ""})).await;
        let desk = house.open().await;
        house.sandbox.clear_requests();
        let thread = house.sarah("I work for Acme Robotics. What is the price? Our budget is 5,000 EUR").thread_id;
        pass(60).await;
        let now = sarah(&house).await;
        assert_eq!(
            (&now["company"], &now["jobtitle"], &now["hs_lead_status"]),
            (&json!("Acme Robotics"), &json!("5000"), &json!("OPEN")),
            "{way:?}"
        );
        assert_eq!(
            leads(&house, thread).await,
            ["Lead (autopilot): written to the contact, from this conversation:\n- company: (empty) → “Acme Robotics”\n\
              - hs_lead_status: (empty) → “OPEN”\n- jobtitle: “a person's” → “5000”"]
        );
        assert_eq!(changes(&house), 1);
        house.more(thread, "I work for Acme Robotics. Once more: the price? Our budget is 5,000 EUR");
        pass(60).await;
        assert_eq!((changes(&house), leads(&house, thread).await.len()), (1, 1), "{way:?}: nothing new");
        // A value of the autopilot's own gives way to a newer one.
        house.more(thread, "Sorry, I work for Other Robots now");
        pass(60).await;
        assert_eq!(sarah(&house).await["company"], "Other Robots");
        assert!(leads(&house, thread).await[1].contains("- company: “Acme Robotics” → “Other Robots”"));
        assert_eq!(house.told(thread).await.len(), 3);
        let stored = desk.store.autopilot_thread(&thread.to_string()).await.unwrap().unwrap().state;
        let kept = serde_json::from_str::<Value>(&stored).unwrap()["leads"].clone();
        assert_eq!(kept, json!({"contact": SARAH.to_string()}), "neither values nor digests of them stay in the store");
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_value_that_a_person_may_have_set_stays_unless_the_rule_says_otherwise() {
    let house = House::new(Way::Webhooks, &settings(true)).with_brain(echo(0));
    set(&house, json!({"company": "By a person"})).await;
    let desk = house.open().await;
    let thread = house.sarah("I work for Acme Robotics").thread_id;
    pass(60).await;
    assert_eq!(sarah(&house).await["company"], "By a person");
    let [lead] = &leads(&house, thread).await[..] else { panic!("{:?}", house.talk(thread).await) };
    assert!(lead.contains("company stays “By a person”") && lead.contains("showed “Acme Robotics”"), "{lead}");
    // A person changes what the autopilot has written: from then on it is theirs.
    set(&house, json!({"company": ""})).await;
    house.more(thread, "I work for Third Robots");
    pass(60).await;
    assert_eq!(sarah(&house).await["company"], "Third Robots");
    set(&house, json!({"company": "Corrected"})).await;
    house.more(thread, "I work for Fourth Robots");
    pass(60).await;
    assert_eq!(sarah(&house).await["company"], "Corrected");
    desk.close().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_unless_the_settings_and_the_flags_say_so() {
    let drafted = settings(true).replace("\"reply\"", "\"draft\"");
    for (name, text, read_only, why) in [
        ("dry by default", settings(false), false, "`write` of `[leads]` is off"),
        ("a draft changes nothing", drafted, false, "only drafted for"),
        ("the server's flags", settings(true), true, "flags"),
    ] {
        let mut house = House::new(Way::Webhooks, &text).with_brain(echo(0));
        house.policy.permissions.read_only = read_only;
        set(&house, json!({"company": ""})).await;
        let desk = house.open().await;
        house.sandbox.clear_requests();
        let thread = house.sarah("I work for Acme Robotics").thread_id;
        pass(60).await;
        let [lead] = &leads(&house, thread).await[..] else { panic!("{name}: {:?}", house.talk(thread).await) };
        assert!(lead.contains("would be written") && lead.contains(why), "{name}: {lead}");
        assert!(lead.contains("- company: (empty) → “Acme Robotics”"), "{name}: {lead}");
        assert_eq!(changes(&house), 0, "{name}");
        desk.close().await;
    }
}

/// Intents and answers come from the steps of the taskgraph and from calls; only the thread's own contact is written to.
#[tokio::test(start_paused = true)]
async fn answers_and_tools_count_and_a_visitor_without_a_contact_is_left_alone() {
    let rules = "properties = [\"city\", \"jobtitle\"]\n\
        [[leads.rules]]\nproperty = \"city\"\nanswer = \"query\"\n\
        [[leads.rules]]\nproperty = \"jobtitle\"\nvalue = \"Buyer\"\ntools = [\"create_ticket\"]\n";
    let brain = deciding(0, true, |view| match (view.done, view.message) {
        ([], "Delivery?") => call("search_documents", json!({"query": "Oslo"})),
        ([], _) => call("create_ticket", json!({"issue": "It beeps"})),
        _ => say("Done."),
    });
    let house = House::new(Way::Webhooks, &format!("{REPLY}[leads]\nwrite = true\n{rules}")).with_brain(brain);
    set(&house, json!({"city": "", "jobtitle": ""})).await;
    let desk = house.open().await;
    let thread = house.sarah("Delivery?").thread_id;
    pass(60).await;
    assert_eq!(sarah(&house).await["city"], "Oslo", "{:?}", house.talk(thread).await);
    house.sandbox.clear_requests();
    let stranger = house.sandbox.visitor_writes(VisitorMessage::chat("Delivery?")).unwrap().thread_id;
    pass(60).await;
    assert_eq!((house.told(stranger).await.len(), leads(&house, stranger).await.len()), (1, 0));
    assert_eq!(changes(&house), 0, "there is no contact");
    desk.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_person_who_comes_first_leaves_nothing_to_write() {
    let house = House::new(Way::Webhooks, &settings(true)).with_brain(echo(20));
    set(&house, json!({"company": ""})).await;
    let desk = house.open().await;
    let thread = house.sarah("I work for Acme Robotics").thread_id;
    pass(10).await;
    house.veronica(thread, "I take over.");
    pass(120).await;
    assert_eq!(sarah(&house).await["company"].as_str().unwrap_or_default(), "");
    assert_eq!(leads(&house, thread).await, [""; 0]);
    desk.close().await;
}

/// Another sender in the same conversation, such as a colleague in copy, says nothing of the contact.
#[tokio::test(start_paused = true)]
async fn only_the_words_of_the_contact_whose_properties_are_filled_count() {
    both(async |way| {
        let house = House::new(way, &settings(true)).with_brain(echo(0));
        set(&house, json!({"company": "", "jobtitle": "", "hs_lead_status": ""})).await;
        let desk = house.open().await;
        let write = |address: &str, text: &str, thread: Option<u64>| {
            let mail = VisitorMessage { thread, ..VisitorMessage::email(address, "Robots", text) };
            house.sandbox.visitor_writes(mail).unwrap().thread_id
        };
        let others = "I work for Other Robots. What is the price? Our budget is 9 EUR";
        let thread = write("ben@x.example", others, None);
        pass(120).await;
        write("sarah@gmail.com", "Thank you for the copy", Some(thread));
        pass(120).await;
        assert_eq!(leads(&house, thread).await, [""; 0], "{way:?}: {:?}", house.talk(thread).await);
        write("sarah@gmail.com", "I work for Acme Robotics", Some(thread));
        pass(120).await;
        let now = sarah(&house).await;
        assert_eq!(now["company"], "Acme Robotics", "{way:?}: {:?}", house.talk(thread).await);
        assert_eq!(now["jobtitle"].as_str().unwrap_or_default(), "", "the budget of somebody else");
        assert_eq!(now["hs_lead_status"].as_str().unwrap_or_default(), "", "somebody else asked for the price");
        write("ben@x.example", "And I work for Other Robots", Some(thread));
        pass(120).await;
        assert_eq!(
            (sarah(&house).await["company"].as_str(), leads(&house, thread).await.len()),
            (Some("Acme Robotics"), 1)
        );
        desk.close().await;
    })
    .await;
}

/// The leads of today by reason, as an operator sees them.
async fn counted(desk: &Desk) -> Vec<(String, i64)> {
    let today = operator::status(&desk.store).await.unwrap().today.into_iter();
    today.filter(|line| line.outcome == "lead").map(|line| (line.reason, line.messages)).collect()
}

fn asked_for_contacts(house: &House) -> usize {
    house.sandbox.requests().iter().filter(|sent| sent.path.contains("/contacts")).count()
}

/// HubSpot fails with every request for contacts.
fn break_contacts(house: &House, times: u32) {
    let matches = Match { path_contains: Some("/contacts".to_owned()), ..Match::default() };
    let effect = Effect::Status { status: 503, body: None, headers: vec![] };
    house.sandbox.inject_fault(Fault { matches, effect, times, after: 0 });
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_stays_ends_a_lead_and_the_operator_sees_why() {
    both(async |way| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let metrics = recorder.handle();
        let _counts = metrics::set_default_local_recorder(&recorder);
        let house = House::new(way, &settings(true)).with_brain(echo(0));
        house.sandbox.set_scopes(house.sandbox.token(), &["conversations.read", "conversations.write"]);
        let desk = house.open().await;
        let thread = house.sarah("I work for Acme Robotics").thread_id;
        pass(120).await;
        let [lead] = &leads(&house, thread).await[..] else { panic!("{way:?}: {:?}", house.talk(thread).await) };
        assert!(lead.contains("could not be written to the contact: the token lacks a scope"), "{lead}");
        assert!(lead.ends_with("- company: “Acme Robotics”"), "{lead}");
        house.sandbox.clear_requests();
        pass(3_600).await;
        assert_eq!(asked_for_contacts(&house), 0, "it is not tried for ever");
        house.more(thread, "As I said, I work for Acme Robotics");
        pass(120).await;
        assert_eq!((leads(&house, thread).await.len(), asked_for_contacts(&house)), (1, 0), "colleagues know");
        assert_eq!(counted(&desk).await, [("scope_missing".to_owned(), 1)]);
        let line = "autopilot_leads_total{outcome=\"given_up\",reason=\"scope_missing\"} 1";
        assert!(metrics.render().contains(line), "{}", metrics.render());
        let memory = operator::conversation(&desk.store, &thread.to_string()).await.unwrap().unwrap().memory;
        assert_eq!((memory.leads.given_up.as_deref(), memory.leads.wanted.len()), (Some("scope_missing"), 0));
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_property_that_is_not_there_is_told_once() {
    let rules = "properties = [\"favourite\"]\n[[leads.rules]]\nproperty = \"favourite\"\nfrom = \"company\"\n";
    let house = House::new(Way::Webhooks, &format!("{REPLY}[leads]\nwrite = true\n{rules}")).with_brain(echo(0));
    let desk = house.open().await;
    let thread = house.sarah("I work for Acme Robotics").thread_id;
    pass(120).await;
    house.more(thread, "I work for Acme Robotics, remember?");
    pass(120).await;
    let [lead] = &leads(&house, thread).await[..] else { panic!("{:?}", house.talk(thread).await) };
    assert!(
        lead.contains("- favourite stays: there is no such property; the conversation showed “Acme Robotics”"),
        "{lead}"
    );
    assert_eq!((changes(&house), desk.store.waiting_conversations().await.unwrap().0), (0, 0));
    desk.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_may_pass_is_tried_again_within_bounds() {
    for (times, reason) in [(30, "written"), (u32::MAX, "unavailable")] {
        let house = House::new(Way::Webhooks, &settings(true)).with_brain(echo(0));
        set(&house, json!({"company": ""})).await;
        let desk = house.open().await;
        break_contacts(&house, times);
        let thread = house.sarah("I work for Acme Robotics").thread_id;
        pass(2 * 3_600).await;
        assert_eq!(counted(&desk).await, [(reason.to_owned(), 1)], "{:?}", house.talk(thread).await);
        house.sandbox.clear_requests();
        pass(3_600).await;
        assert_eq!((asked_for_contacts(&house), leads(&house, thread).await.len()), (0, 1), "{reason}");
        assert_eq!(house.told(thread).await.len(), 1, "the reply was sent once");
        mend(&house.sandbox).await;
        assert_eq!(sarah(&house).await["company"] == "Acme Robotics", reason == "written");
        desk.close().await;
    }
}

/// Between a message and the write of its lead, somebody else may come, or the inbox be switched off: it is decided anew.
#[tokio::test(start_paused = true)]
async fn a_lead_that_waits_is_not_written_once_the_conversation_is_no_longer_ours() {
    for change in ["off", "a person writes", "assigned"] {
        let house = House::new(Way::Webhooks, &settings(true)).with_brain(echo(0));
        set(&house, json!({"company": ""})).await;
        let mut desk = house.open().await;
        break_contacts(&house, u32::MAX);
        let thread = house.sarah("I work for Acme Robotics").thread_id;
        pass(60).await;
        assert_eq!((house.told(thread).await.len(), leads(&house, thread).await.len()), (1, 0), "{change}");
        let house = match change {
            "off" => {
                house.crash(desk);
                let off = settings(true).replace(REPLY, "mode = \"off\"\n[inboxes.1]\nmode = \"draft\"\n");
                let house = house.with_settings(&off);
                desk = house.open().await;
                house
            }
            "assigned" => {
                house.sandbox.assign_thread(thread, Some(MEI)).unwrap();
                house
            }
            _ => {
                house.veronica(thread, "I take over.");
                house
            }
        };
        mend(&house.sandbox).await;
        pass(1_200).await;
        assert_eq!(sarah(&house).await["company"].as_str().unwrap_or_default(), "", "{change}");
        assert_eq!(leads(&house, thread).await, [""; 0], "{change}");
        assert_eq!(desk.store.waiting_conversations().await.unwrap().0, 0, "{change}");
        desk.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_lead_that_waits_is_written_after_a_pause_and_not_in_it() {
    let house = House::new(Way::Webhooks, &settings(true)).with_brain(echo(0));
    set(&house, json!({"company": ""})).await;
    let desk = house.open().await;
    break_contacts(&house, u32::MAX);
    let thread = house.sarah("I work for Acme Robotics").thread_id;
    pass(60).await;
    house.sandbox.clear_requests();
    operator::switch(&desk.store, &Scope::All, true).await.unwrap();
    mend(&house.sandbox).await;
    pass(1_200).await;
    assert_eq!((changes(&house), leads(&house, thread).await.len()), (0, 0));
    operator::switch(&desk.store, &Scope::All, false).await.unwrap();
    pass(120).await;
    assert_eq!(
        (sarah(&house).await["company"].as_str(), leads(&house, thread).await.len()),
        (Some("Acme Robotics"), 1)
    );
    desk.close().await;
}

#[tokio::test(start_paused = true)]
async fn rules_that_the_account_cannot_take_are_named_with_their_line() {
    let house = House::new(Way::Webhooks, REPLY);
    let server = server_on(&house).await;
    let graphs = crate::world::taskgraphs();
    let graph = graphs.get(&graphs.default_name()).unwrap();
    for (rule, why) in [
        ("property = \"favourite\"\nfrom = \"budget\"", "line 4: `favourite`: there is no such property"),
        ("property = \"createdate\"\nanswer = \"day\"", "line 4: `createdate`: HubSpot sets it itself"),
        (
            "property = \"hs_lead_status\"\nvalue = \"Hot\"\nwords = [\"now\"]",
            "line 4: `hs_lead_status`: it must be one of",
        ),
        ("property = \"hs_lead_status\"\nfrom = \"company\"", "line 4: `hs_lead_status`: it must be one of"),
        (
            "property = \"company\"\nvalue = \"x\"\nintents = [\"Buy\"]",
            "line 4: the taskgraph has no intent `Buy`: there are",
        ),
        ("property = \"company\"\nfrom = \"company\"\nintents = [\"book a meeting\"]", ""),
        ("property = \"hs_lead_status\"\nanswer = \"status\"", ""),
    ] {
        let names = "\"company\", \"favourite\", \"createdate\", \"hs_lead_status\"";
        let text = format!("[leads]\nproperties = [{names}]\n[[leads.rules]]\n{rule}\n");
        let rules = file::read(&text, &[]).unwrap().leads.unwrap();
        let told = check(server.context(), Some(&graph), &rules)
            .await
            .map_or_else(|error| error.to_string(), |_| String::new());
        assert!(told.starts_with(why) && told.is_empty() == why.is_empty(), "{rule}: {told}");
    }
}
