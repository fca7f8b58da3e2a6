//! Polling of the embedded HubSpot: what is new is found once, through throttling, outages, restarts and wrong clocks.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;
use frontdesk::change_feed::Change;
use frontdesk::events::poll::cadence::{self, Duty, Situation};
use frontdesk::store::Location;
use http_client::{HttpClient, InProcess};
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::conversing::{AgentMessage, VisitorMessage};
use hubspot_sandbox::fault::{Effect, Fault, Match, Policy};
use hubspot_sandbox::limits::Tier;
use hubspot_sandbox::webhooks::DeliveryFaults;
use tokio::time::{sleep, timeout};

use super::deliveries::{A_DAY, APP, customers_write, tell};
use super::desk::{Desk, Door};
use crate::databases::on_shared;
use crate::generated::check_section;
use crate::world::{self, NOW};

/// A user who answers in HubSpot's own screens.
const VERONICA: u64 = 9_586_504;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// Everything that is asked of conversations goes wrong so many times.
const LONG: u32 = 1_000_000;

fn account() -> (Sandbox, HubSpot, Clock) {
    let limited = hubspot_sandbox::Settings { tier: Some(Tier::Free), ..Default::default() };
    world::sandbox_and_client(limited, Default::default())
}

fn key(written: &hubspot_sandbox::conversing::WrittenMessage) -> String {
    format!("{}/{}", written.thread_id, written.message_id)
}

fn writes(sandbox: &Sandbox, text: &str) -> String {
    key(&sandbox.visitor_writes(VisitorMessage::chat(text)).unwrap())
}

fn disturb(sandbox: &Sandbox, path: &str, effect: Effect, times: u32) {
    let matches = Match { path_contains: Some(path.to_owned()), ..Match::default() };
    sandbox.inject_fault(Fault { matches, effect, times, after: 0 });
}

async fn mend(sandbox: &Sandbox) {
    let request = http::Request::delete("/__sandbox/faults").body(bytes::Bytes::new()).unwrap();
    assert!(InProcess(sandbox.router()).send(request).await.unwrap().status().is_success());
}

/// The requests about conversations since the last time.
fn requests(sandbox: &Sandbox) -> usize {
    let sent = sandbox.requests().iter().filter(|sent| sent.path.contains("/conversations/")).count();
    sandbox.clear_requests();
    sent
}

async fn found(desk: &Desk) -> BTreeSet<String> {
    let messages = desk.messages().await;
    let found: BTreeSet<_> = messages.iter().cloned().collect();
    assert_eq!(found.len(), messages.len(), "each once: {messages:?}");
    found
}

#[tokio::test(start_paused = true)]
async fn old_messages_are_not_new_and_new_ones_are_found_in_seconds() {
    on_shared(async |location: Location| {
        let (sandbox, hubspot, clock) = account();
        let old = sandbox.visitor_writes(VisitorMessage::chat("yesterday")).unwrap().thread_id;
        sleep(MINUTE).await;
        let desk = Desk::polling(location, clock, &hubspot, Duty::Alone);
        sleep(MINUTE).await;
        assert_eq!(found(&desk).await, BTreeSet::new());
        let ear = desk.changes.subscribe([Change::Resource(format!("conversation://{old}"))]).unwrap();
        let goes_on = key(&sandbox.visitor_writes(VisitorMessage::chat("today").in_thread(old)).unwrap());
        assert!(timeout(Duration::from_secs(16), ear.next()).await.is_ok(), "within one look");
        sleep(Duration::from_secs(1)).await;
        let mail = key(&sandbox.visitor_writes(VisitorMessage::email("new@x.org", "A question", "Hello?")).unwrap());
        let reply = key(&sandbox.agent_writes(AgentMessage::reply(old, VERONICA, "Hi")).unwrap());
        assert!(timeout(Duration::from_secs(5), ear.next()).await.is_ok(), "while customers write, every four seconds");
        sleep(Duration::from_secs(15)).await;
        let messages = found(&desk).await;
        assert!([&goes_on, &mail, &reply].iter().all(|key| messages.contains(*key)), "{messages:?}");
        assert!(!messages.iter().any(|key| key.ends_with("yesterday")));
        let mut due = BTreeSet::new();
        while let Some(claim) = desk.store.claim_conversation("ann", HOUR).await.unwrap() {
            due.insert(format!("{}/{}", claim.thread, claim.newest_message));
        }
        assert_eq!(due, BTreeSet::from([goes_on, mail]), "a reply makes nothing due");
        desk.stop().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_outage_and_a_restart_lose_nothing() {
    on_shared(async |location: Location| {
        let (sandbox, hubspot, clock) = account();
        let old = writes(&sandbox, "old");
        let desk = Desk::polling(location.clone(), clock, &hubspot, Duty::Alone);
        sleep(MINUTE).await;
        let mut written = customers_write(&sandbox, 10).await;
        disturb(&sandbox, "/conversations/", Effect::Status { status: 503, body: None, headers: vec![] }, LONG);
        written.append(&mut customers_write(&sandbox, 10).await);
        sleep(3 * HOUR).await;
        requests(&sandbox);
        sleep(HOUR).await;
        let asked = requests(&sandbox);
        assert!(asked < 150, "{asked} requests in an hour of outage");
        desk.crash();
        written.append(&mut customers_write(&sandbox, 10).await);
        sleep(HOUR).await;
        let desk = Desk::polling(location.clone(), clock, &hubspot, Duty::Alone);
        written.append(&mut customers_write(&sandbox, 10).await);
        mend(&sandbox).await;
        sleep(10 * MINUTE).await;
        let messages = found(&desk).await;
        assert!(written.is_subset(&messages), "lost: {:?}", written.difference(&messages));
        assert!(!messages.contains(&old), "what was there before polling began is old, also after a restart");
        desk.stop().await;
        written.append(&mut customers_write(&sandbox, 5).await);
        let desk = Desk::polling(location, clock, &hubspot, Duty::Alone);
        sleep(Duration::from_secs(20)).await;
        assert!(written.is_subset(&found(&desk).await), "a process that ended in order leaves the inbox at once");
        desk.stop().await;
    })
    .await;
}

/// One conversation goes on through the outage, so that its older messages are behind what others have reached.
#[tokio::test(start_paused = true)]
async fn a_backlog_that_breaks_off_half_way_is_read_to_its_end() {
    let (sandbox, hubspot, clock) = account();
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::polling(Location::File(folder.path().join("desk.db")), clock, &hubspot, Duty::Alone);
    sleep(MINUTE).await;
    disturb(&sandbox, "/conversations/", Effect::Status { status: 503, body: None, headers: vec![] }, LONG);
    let first = sandbox.visitor_writes(VisitorMessage::chat("at the begin")).unwrap();
    let mut written = BTreeSet::from([key(&first)]);
    for number in 0..30 {
        sleep(5 * MINUTE).await;
        written.insert(writes(&sandbox, &format!("customer {number}")));
    }
    let last = VisitorMessage::chat("at the end").in_thread(first.thread_id);
    written.insert(key(&sandbox.visitor_writes(last).unwrap()));
    mend(&sandbox).await;
    // Of the threads that are read, every few fail at first.
    for after in [3, 5, 2, 7] {
        let matches = Match { path_contains: Some("/messages".to_owned()), ..Match::default() };
        sandbox.inject_fault(Fault { matches, effect: Effect::Html, times: 5, after });
    }
    sleep(HOUR).await;
    let messages = found(&desk).await;
    assert!(written.is_subset(&messages), "lost: {:?}", written.difference(&messages));
    desk.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_cannot_be_read_does_not_stop_the_others() {
    let (sandbox, hubspot, clock) = account();
    let desk = Desk::polling(Location::Memory, clock, &hubspot, Duty::Alone);
    sleep(MINUTE).await;
    let broken = sandbox.visitor_writes(VisitorMessage::chat("unreadable")).unwrap();
    let path = format!("/threads/{}/messages", broken.thread_id);
    disturb(&sandbox, &path, Effect::BrokenJson, LONG);
    sleep(Duration::from_secs(1)).await;
    let other = writes(&sandbox, "readable");
    sleep(10 * MINUTE).await;
    let messages = found(&desk).await;
    assert!(messages.contains(&other) && !messages.contains(&key(&broken)));
    desk.stop().await;
}

#[tokio::test(start_paused = true)]
async fn throttling_slows_polling_down_and_loses_nothing() {
    let (sandbox, hubspot, clock) = account();
    let desk = Desk::polling(Location::Memory, clock, &hubspot, Duty::Alone);
    sleep(MINUTE).await;
    for policy in [Policy::TenSecondlyRolling, Policy::Daily] {
        disturb(&sandbox, "/conversations/", Effect::RateLimited { policy }, LONG);
        let written = customers_write(&sandbox, 10).await;
        requests(&sandbox);
        sleep(HOUR).await;
        let asked = requests(&sandbox);
        assert!(asked < 300, "{policy:?}: {asked} requests in an hour, of more than a thousand");
        mend(&sandbox).await;
        sleep(HOUR).await;
        let messages = found(&desk).await;
        assert!(written.is_subset(&messages), "{policy:?}");
    }
    assert_eq!(hubspot.daily_quota().unwrap().limit, 250_000);
    desk.stop().await;
}

/// The scope is given while the desk polls.
#[tokio::test(start_paused = true)]
async fn a_missing_scope_is_asked_for_now_and_then() {
    let (sandbox, hubspot, clock) = account();
    sandbox.set_scopes(sandbox.token(), &["crm.objects.contacts.read"]);
    let desk = Desk::polling(Location::Memory, clock, &hubspot, Duty::Alone);
    sleep(5 * HOUR).await;
    let asked = requests(&sandbox);
    assert!((5..=12).contains(&asked), "{asked} requests in five hours");
    sandbox.set_scopes(sandbox.token(), &["conversations.read"]);
    sleep(HOUR).await;
    let written = customers_write(&sandbox, 3).await;
    sleep(MINUTE).await;
    assert!(written.is_subset(&found(&desk).await));
    desk.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_clock_takes_nothing_old_and_misses_nothing_new() {
    for hours in [-13, -1, 0, 1, 13] {
        let (sandbox, hubspot, _) = account();
        let old = writes(&sandbox, "old");
        let now: DateTime<Utc> = NOW.parse().unwrap();
        let wrong = Clock::starting_at(now + TimeDelta::hours(hours));
        let desk = Desk::polling(Location::Memory, wrong, &hubspot, Duty::Alone);
        sleep(MINUTE).await;
        let written = customers_write(&sandbox, 5).await;
        sleep(MINUTE).await;
        let messages = found(&desk).await;
        assert!(written.is_subset(&messages), "{hours} hours: lost {:?}", written.difference(&messages));
        assert!(!messages.contains(&old), "{hours} hours");
        desk.stop().await;
    }
}

/// Two messages may have one time, and the second may appear after the first was read.
#[tokio::test(start_paused = true)]
async fn a_message_with_the_time_of_another_is_found() {
    let (sandbox, hubspot, clock) = account();
    let desk = Desk::polling(Location::Memory, clock, &hubspot, Duty::Alone);
    sleep(MINUTE).await;
    sandbox.freeze_clock();
    let first = sandbox.visitor_writes(VisitorMessage::chat("one")).unwrap();
    sleep(Duration::from_secs(16)).await;
    assert!(found(&desk).await.contains(&key(&first)));
    let second = sandbox.visitor_writes(VisitorMessage::chat("two").in_thread(first.thread_id)).unwrap();
    sleep(2 * MINUTE).await;
    assert!(found(&desk).await.contains(&key(&second)));
    desk.stop().await;
}

#[tokio::test(start_paused = true)]
async fn of_several_replicas_one_polls_and_another_takes_over() {
    on_shared(async |location: Location| {
        let (sandbox, hubspot, clock) = account();
        let one = Desk::polling(location.clone(), clock, &hubspot, Duty::Alone);
        sleep(10 * MINUTE).await;
        requests(&sandbox);
        sleep(10 * MINUTE).await;
        let alone = requests(&sandbox);
        let others = [(); 3].map(|()| Desk::polling(location.clone(), clock, &hubspot, Duty::Alone));
        sleep(10 * MINUTE).await;
        let together = requests(&sandbox);
        assert!(
            together <= alone + 8,
            "{alone} requests alone, {together} of four: the list of inboxes is read by each"
        );
        let mut written = customers_write(&sandbox, 5).await;
        one.crash();
        sleep(2 * MINUTE).await;
        written.append(&mut customers_write(&sandbox, 5).await);
        sleep(MINUTE).await;
        assert!(written.is_subset(&found(&others[0]).await));
        for desk in others {
            desk.stop().await;
        }
    })
    .await;
}

/// Webhooks lose a third of the events for good, repeat others and mix them up, and the desk dies in between: looks find
/// what was lost, and everything is there once.
#[tokio::test(start_paused = true)]
async fn webhooks_and_polling_give_each_event_once() {
    on_shared(async |location: Location| {
        let (sandbox, hubspot, clock) = account();
        let door = Door::losing_every(4);
        let (loss_percent, duplicates_percent, disorder_percent) = (30, 30, 30);
        tell(
            &sandbox,
            &door,
            DeliveryFaults { seed: 11, loss_percent, duplicates_percent, disorder_percent, delay_ms: 0 },
        );
        let mut desk = Desk::polling(location.clone(), clock, &hubspot, Duty::BesideWebhooks);
        door.lead_to(Some(&desk));
        sleep(2 * MINUTE).await;
        let mut written = BTreeSet::new();
        for _ in 0..3 {
            written.append(&mut customers_write(&sandbox, 20).await);
            desk.crash();
            door.lead_to(None);
            written.append(&mut customers_write(&sandbox, 5).await);
            desk = Desk::polling(location.clone(), clock, &hubspot, Duty::BesideWebhooks);
            door.lead_to(Some(&desk));
        }
        sleep(A_DAY + 5 * MINUTE).await;
        let messages = found(&desk).await;
        assert!(written.is_subset(&messages), "lost: {:?}", written.difference(&messages));
        let bodies: String = sandbox.webhook_deliveries(APP).iter().map(|one| format!("{:?}", one.body)).collect();
        let pushed = written.iter().filter(|key| bodies.contains(key.split_once('/').unwrap().1)).count();
        assert!(
            pushed > 0 && pushed < written.len(),
            "{pushed} of {} came by webhooks, the others by looking",
            written.len()
        );
        desk.stop().await;
    })
    .await;
}

/// The requests that a message costs which is found by polling, and those of a day in which nobody writes, for an inbox.
async fn cost() -> (usize, usize) {
    const MESSAGES: usize = 50;
    let (sandbox, hubspot, clock) = account();
    let desk = Desk::polling(Location::Memory, clock, &hubspot, Duty::Alone);
    let count = |ending: &str| sandbox.requests().iter().filter(|sent| sent.path.ends_with(ending)).count();
    let inboxes = hubspot.conversations().inboxes().await.unwrap().len();
    sleep(9 * HOUR).await;
    sandbox.clear_requests();
    sleep(HOUR).await;
    let quiet = count("/threads") * 24 / inboxes;
    sandbox.clear_requests();
    for number in 0..MESSAGES {
        writes(&sandbox, &number.to_string());
        sleep(4 * MINUTE).await;
    }
    let of_message = count("/messages") / MESSAGES;
    desk.stop().await;
    (of_message, quiet)
}

#[tokio::test(start_paused = true)]
async fn the_documentation_says_what_polling_costs() {
    const DAY: usize = 24 * 3_600;
    let (of_message, quiet) = cost().await;
    let situation = |duty, since_message, had_message| Situation {
        since_message,
        had_message,
        used: 0.0,
        limit: None,
        inboxes: 1,
        duty,
        failures: 0,
    };
    let rows = [
        ("webhooks, and a look now and then", situation(Duty::BesideWebhooks, MINUTE, true), "two seconds"),
        ("polling within ten minutes of a customer's message", situation(Duty::Alone, MINUTE, true), "four seconds"),
        ("polling otherwise", situation(Duty::Alone, HOUR, true), "fifteen seconds"),
        ("polling when nobody wrote for eight hours", situation(Duty::Alone, 9 * HOUR, true), "a minute"),
    ];
    let mut table = String::from(
        "| how | a look every | requests of an inbox in a day | of 250,000 | a message is known within |\n|---|---|---|---|---|\n",
    );
    for (how, situation, known) in rows {
        let seconds = cadence::pause(&situation).as_secs() as usize;
        let requests = DAY / seconds;
        let percent = requests as f64 / 2_500.0;
        table += &format!("| {how} | {seconds} s | {requests} | {percent:.1} % | {known} |\n");
    }
    assert!((1_400..=1_440).contains(&quiet), "{quiet} requests of a quiet day were counted");
    table += &format!(
        "\nA message that polling finds costs {of_message} requests more: its conversation is read, and once again a minute \
         later. One that a webhook brings costs none.\n"
    );
    check_section("docs/events.md", "polling", &table);
}
