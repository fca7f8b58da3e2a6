//! Crashes at every step of an answer and of a hand-over: no message is left without an answer, a draft or a person, and none
//! is sent twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::future::BoxFuture;
use http_client::{HttpClient, InProcess, SendError};
use tokio::sync::Notify;

use super::brains::echo;
use super::desk::{House, REPLY, Way, settled};
use crate::handoff::desk::ask;
use crate::inbox::SARAH;

/// The most requests of one run of the loop after which a process may die.
const STEPS_MAX: usize = 14;

/// The same where a lead is written too: the contact, the definitions of properties, a look, the change and the comment.
const LEAD_STEPS_MAX: usize = 17;

/// A transport that dies before or after its n-th request: from then on nothing is sent or answered.
struct Dying {
    inner: InProcess,
    left: AtomicUsize,
    is_sent: bool,
    died: Arc<Notify>,
}

impl HttpClient for Dying {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, SendError>> {
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match left {
            Ok(1..) => Box::pin(async move { self.inner.send(request).await }),
            dying => {
                let reaches = dying == Ok(0) && self.is_sent;
                let (inner, died) = (self.inner.clone(), self.died.clone());
                Box::pin(async move {
                    if reaches {
                        let _lost = inner.send(request).await;
                    }
                    died.notify_one();
                    std::future::pending().await
                })
            }
        }
    }
}

async fn run(text: &str, step: usize, is_sent: bool) -> (Vec<String>, Vec<String>, Vec<String>) {
    let house = House::new(Way::Webhooks, REPLY).with_brain(echo(0));
    run_in(&house, text, step, is_sent).await
}

async fn run_in(house: &House, text: &str, step: usize, is_sent: bool) -> (Vec<String>, Vec<String>, Vec<String>) {
    let died = Arc::<Notify>::default();
    let inner = InProcess(house.sandbox.router());
    let transport = Dying { inner, left: AtomicUsize::new(step), is_sent, died: died.clone() };
    let desk = house.open_over(transport).await;
    let thread = house.sarah(text).thread_id;
    // Also a process that lives through all steps ends here.
    let _lives = tokio::time::timeout(std::time::Duration::from_secs(60), died.notified()).await;
    house.crash(desk);
    let desk = house.open().await;
    settled(&desk).await;
    let result = (house.told(thread).await, house.notes(thread).await, house.talk(thread).await);
    house.more(thread, "Are you there?");
    settled(&desk).await;
    desk.close().await;
    result
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step_of_an_answer_loses_and_repeats_nothing() {
    for step in 0..STEPS_MAX {
        for is_sent in [false, true] {
            let (told, notes, talk) = run("Where is my robot?", step, is_sent).await;
            let replies = told.iter().filter(|text| text.contains("You said: Where is my robot?")).count();
            assert!(replies <= 1, "step {step}, sent {is_sent}: {talk:#?}");
            let by_person = notes.iter().any(|note| note.contains("Handed over by the autopilot."));
            assert!(replies == 1 || by_person, "step {step}, sent {is_sent}: {talk:#?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step_of_a_hand_over_goes_on_with_the_next() {
    for step in 0..STEPS_MAX {
        for is_sent in [false, true] {
            let (told, notes, talk) = run("I want to talk to a human", step, is_sent).await;
            assert!(told.len() <= 1, "step {step}, sent {is_sent}: {talk:#?}");
            let summaries = notes.iter().filter(|note| note.contains("Handed over by the autopilot.")).count();
            let assigned = talk.iter().filter(|line| line.starts_with("assigned: A-")).count();
            assert!(summaries <= 1 && assigned == 1, "step {step}, sent {is_sent}: {talk:#?}");
            assert!(told.len() + summaries >= 1, "step {step}, sent {is_sent}: {talk:#?}");
        }
    }
}

/// What was written before the crash is not written again, and colleagues are told once at most.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step_of_a_lead_writes_it_once() {
    let rules =
        "properties = [\"company\"]\n[[leads.rules]]\nproperty = \"company\"\nfrom = \"company\"\nreplace = true\n";
    let settings = format!("{REPLY}[leads]\nwrite = true\n{rules}");
    for step in 0..LEAD_STEPS_MAX {
        for is_sent in [false, true] {
            let house = House::new(Way::Webhooks, &settings).with_brain(echo(0));
            let (told, notes, talk) = run_in(&house, "I work for Acme Robotics", step, is_sent).await;
            assert!(told.iter().filter(|text| text.contains("I work for")).count() <= 1, "step {step}: {talk:#?}");
            let path = format!("/crm/v3/objects/contacts/{SARAH}?properties=company");
            let sarah = ask(&house.sandbox, "GET", &path, serde_json::json!({})).await;
            assert_eq!(sarah["properties"]["company"], "Acme Robotics", "step {step}, sent {is_sent}: {talk:#?}");
            let leads: Vec<_> = notes.iter().filter(|note| note.starts_with("Lead (autopilot)")).collect();
            assert!(leads.len() <= 1, "step {step}, sent {is_sent}: {talk:#?}");
            assert!(leads.iter().all(|lead| lead.contains("written")), "step {step}, sent {is_sent}: {leads:?}");
            let sent = house.sandbox.requests();
            let writes = sent.iter().filter(|sent| sent.method == "PATCH" && sent.path.contains("/contacts/")).count();
            assert!(writes == 1 || (writes == 2 && !is_sent), "step {step}, sent {is_sent}: {writes} writes");
        }
    }
}
