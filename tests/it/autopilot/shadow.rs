//! The shadow: closed conversations, with what would have been said beside what people said. Nothing leaves.

use std::sync::Arc;
use std::time::Duration;

use frontdesk::autopilot::pilot::{Autopilot, Parts};
use frontdesk::autopilot::settings::file;
use frontdesk::autopilot::shadow::run::{RehearsalError, RehearsalScope};
use frontdesk::chat::persona::Persona;
use frontdesk::store::{Location, Store};
use frontdesk::tool::Ctx;
use hubspot_sandbox::conversing::VisitorMessage;
use hubspot_sandbox::fault::{Effect, Fault, Match};
use serde_json::json;

use super::brains::{deciding, say};
use super::desk::{House, REPLY, Way, pass, server_on};
use crate::binary::{frontdesk, soon};

const FORTNIGHT: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// The autopilot of a rehearsal: the house's account, and sessions in memory.
async fn shadow(house: &House, settings: &str) -> Autopilot {
    let server = server_on(house).await;
    let ctx = Ctx { taskgraphs: crate::world::taskgraphs(), ..server.context().clone() };
    let server = server.with_context(Ctx { store: Store::at(Location::Memory), ..ctx.clone() });
    let settings = file::read(settings, &[]).unwrap();
    let policy = Arc::new(house.policy.clone());
    let parts = Parts { server, ctx, policy, persona: Persona::default(), turn_max: Duration::from_secs(120) };
    Autopilot::new(settings, parts, house.brain.clone()).await.unwrap()
}

fn scope(limit: usize) -> RehearsalScope {
    RehearsalScope { since: FORTNIGHT, inboxes: vec![], limit }
}

#[tokio::test(start_paused = true)]
async fn closed_conversations_are_answered_in_silence_beside_what_people_said() {
    let brain = deciding(0, false, |view| say(&format!("{} before. You said: {}", view.history.len(), view.message)));
    let house = House::new(Way::Webhooks, REPLY).with_brain(brain);
    let thread = house.sarah("Where is my robot?").thread_id;
    pass(60).await;
    house.veronica(thread, "It comes today.");
    pass(60).await;
    house.more(thread, "Thanks");
    house.more(thread, "I want to talk to a human");
    pass(60).await;
    house.veronica(thread, "Here I am.");
    house.sandbox.set_thread_closed(thread, true).unwrap();
    let robot = VisitorMessage::email("no-reply@shop.example", "Your order", "Thank you");
    let robot = house.sandbox.visitor_writes(robot).unwrap().thread_id;
    house.sandbox.set_thread_closed(robot, true).unwrap();
    let open = house.sarah("Still open").thread_id;
    pass(30).await;
    let (before, talk) = (house.sandbox.changes(), house.talk(thread).await);
    house.sandbox.clear_requests();
    let report = shadow(&house, REPLY).await.rehearse(&scope(100)).await.unwrap();
    let sent: Vec<_> = house.sandbox.requests().iter().map(|sent| sent.method.clone()).collect();
    assert!(!sent.is_empty() && sent.iter().all(|method| method == "GET"), "{sent:?}");
    assert_eq!((house.sandbox.changes(), house.talk(thread).await), (before, talk), "nothing has changed");
    assert!(!json!(report).to_string().contains("Still open"), "{open} is not over");
    let told: Vec<_> = report
        .messages
        .iter()
        .filter(|message| message.conversation_id == thread.to_string())
        .map(|message| {
            let people: Vec<_> = message.people.iter().map(|said| format!("{}: {}", said.by, said.text)).collect();
            (message.outcome, message.reason, message.autopilot.as_str(), people.join(" "))
        })
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        told[0],
        ("answered", "", "0 before. You said: Where is my robot?", "person: It comes today.".to_owned())
    );
    assert_eq!((told[1].0, told[1].1, told[1].3.as_str()), ("handed_over", "asked", "person: Here I am."));
    assert!(told[1].2.contains("passed this on"), "{told:?}");
    assert_eq!(report.conversations, 2);
    let counts: Vec<_> = report.counts.iter().map(|count| (count.outcome, count.reason, count.messages)).collect();
    assert!(counts.contains(&("silent", "robot", 1)) && counts.contains(&("answered", "", 1)), "{counts:?}");
    assert_eq!(report.tokens, 100, "one turn was made");
    let store = Store::timed_by(house.location.clone(), house.clock);
    assert_eq!(store.autopilot_thread(&thread.to_string()).await.unwrap(), None, "nothing is remembered");
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_cannot_be_read_is_a_row_with_its_reason_and_the_others_are_shown() {
    let house = House::new(Way::Webhooks, REPLY).with_brain(deciding(0, false, |view| say(view.message)));
    let threads: Vec<u64> = (0..3).map(|number| house.sarah(&format!("Question {number}")).thread_id).collect();
    for thread in &threads {
        house.sandbox.set_thread_closed(*thread, true).unwrap();
    }
    let matches = Match { path_contains: Some(format!("/threads/{}", threads[1])), ..Match::default() };
    let effect = Effect::Status { status: 500, body: None, headers: vec![] };
    house.sandbox.inject_fault(Fault { matches, effect, times: u32::MAX, after: 0 });
    let report = shadow(&house, REPLY).await.rehearse(&scope(9)).await.unwrap();
    let mut rows: Vec<_> = report.messages.iter().map(|row| (row.outcome, row.customer.as_str())).collect();
    rows.sort_unstable();
    assert_eq!(rows, [("answered", "Question 0"), ("answered", "Question 2"), ("failed", "")]);
    let failed = report.messages.iter().find(|row| row.outcome == "failed").unwrap();
    assert_eq!(failed.conversation_id, threads[1].to_string());
    assert!(failed.problem.contains("status `500`"), "{}", failed.problem);
    let text = report.text();
    assert!(text.contains("2 messages in 3 closed conversations") && text.contains("failed"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_rehearsal_names_its_inboxes_and_has_a_limit() {
    let house = House::new(Way::Webhooks, REPLY).with_brain(deciding(0, false, |_| say("Hello.")));
    for number in 0..3 {
        let thread = house.sarah(&format!("Question {number}")).thread_id;
        house.sandbox.set_thread_closed(thread, true).unwrap();
        pass(10).await;
    }
    let pilot = shadow(&house, REPLY).await;
    let report = pilot.rehearse(&scope(2)).await.unwrap();
    assert_eq!((report.conversations, report.has_more, report.messages[0].customer.as_str()), (2, true, "Question 2"));
    let unknown = RehearsalScope { inboxes: vec!["Nowhere".into()], ..scope(2) };
    let refused = pilot.rehearse(&unknown).await.unwrap_err();
    assert!(
        matches!(&refused, RehearsalError::UnknownInbox { wanted, known } if wanted == "Nowhere" && !known.is_empty())
    );
    let late = RehearsalScope { since: Duration::from_secs(1), ..scope(2) };
    assert_eq!(pilot.rehearse(&late).await.unwrap().messages, []);
    let off =
        shadow(&house, "mode = \"off\"\n[inboxes.1]\nmode = \"draft\"\n").await.rehearse(&scope(9)).await.unwrap();
    assert!(off.messages.iter().all(|message| (message.outcome, message.reason) == ("ignored", "off")));
}

#[tokio::test]
async fn the_command_prints_a_table_or_json() {
    let run = async |flags: &[&str]| {
        let flags = [&["autopilot", "rehearse", "--sandbox"], flags].concat();
        soon(frontdesk(&flags).output()).await.unwrap()
    };
    let table = run(&["--since", "14d"]).await;
    let text = String::from_utf8(table.stdout).unwrap();
    assert!(table.status.success() && text.contains("in 0 closed conversations; nothing was sent."), "{text}");
    let json = run(&["--since", "36h", "--json", "--limit", "5"]).await;
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&report["conversations"], &report["messages"]), (&json!(0), &json!([])));
    let refused = run(&["--since", "soon"]).await;
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("is no age"));
    let unknown = run(&["--inbox", "Nowhere"]).await;
    let told = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(!unknown.status.success() && told.contains("there is no inbox `Nowhere`"), "{told}");
}
