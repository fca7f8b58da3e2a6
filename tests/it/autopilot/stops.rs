//! A process that is stopped in the middle of an answer, as by SIGSTOP or a machine that sleeps, and goes on when another one
//! has its conversation: nothing is sent twice.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use frontdesk::autopilot::held_claim::LIFE;
use frontdesk::store::conversations::Ended;
use futures::future::BoxFuture;
use http_client::{HttpClient, InProcess, SendError};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::brains::echo;
use super::desk::{House, Piloted, REPLY, Way, pass, settled};

/// The most requests of one answer after which a process may stop.
const STEPS_MAX: usize = 14;

/// A transport that stops the process before or after its n-th request.
struct Stopping {
    inner: InProcess,
    left: AtomicUsize,
    is_sent: bool,
    stopped: watch::Sender<bool>,
}

impl HttpClient for Stopping {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, SendError>> {
        let stops = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) == Ok(1);
        let (inner, stopped) = (self.inner.clone(), self.stopped.clone());
        let (before, after) = (stops && !self.is_sent, stops && self.is_sent);
        Box::pin(async move {
            if before {
                stop(&stopped).await;
            }
            let answer = inner.send(request).await;
            if after {
                stop(&stopped).await;
            }
            answer
        })
    }
}

/// Stops the process, and returns once it goes on.
async fn stop(stopped: &watch::Sender<bool>) {
    stopped.send_replace(true);
    until(false, &mut stopped.subscribe()).await;
}

async fn until(is_stopped: bool, states: &mut watch::Receiver<bool>) {
    // What is read is locked as long as it is held.
    states.wait_for(|state| *state == is_stopped).await.map(drop).unwrap();
}

/// Runs the whole of a process. While it is stopped, nothing of it runs: no renewal of a claim either.
async fn process(work: impl Future<Output = ()>, mut stopped: watch::Receiver<bool>) {
    let mut work = std::pin::pin!(work);
    let mut stops = stopped.clone();
    loop {
        tokio::select! {
            biased;
            () = until(true, &mut stops) => until(false, &mut stopped).await,
            () = &mut work => return,
        }
    }
}

async fn run(text: &str, step: usize, is_sent: bool) -> (Vec<String>, Vec<String>, Vec<String>) {
    let house = House::new(Way::Webhooks, REPLY).with_brain(echo(0));
    let desk = house.open().await;
    let thread = house.sarah(text).thread_id;
    pass(1).await;
    house.crash(desk);
    pass(10).await;
    let (stopped, states) = watch::channel(false);
    let inner = InProcess(house.sandbox.router());
    let transport = Stopping { inner, left: AtomicUsize::new(step), is_sent, stopped: stopped.clone() };
    let Piloted { pilot, store, .. } = house.pilot_over(transport).await;
    let begun_ms = store.autopilot_begun().await.unwrap();
    let claim = store.claim_conversation("stopped", LIFE).await.unwrap().expect("it is due");
    let work = async move { pilot.attempt(claim, begun_ms).await };
    let work = tokio::spawn(process(work, states.clone()));
    // Also a process that is not stopped ends here.
    let _goes_on = timeout(LIFE, until(true, &mut stopped.subscribe())).await;
    let other = house.open().await;
    settled(&other).await;
    stopped.send_replace(false);
    timeout(Duration::from_secs(600), work).await.expect("it ends").unwrap();
    settled(&other).await;
    let result = (house.told(thread).await, house.notes(thread).await, house.talk(thread).await);
    other.close().await;
    result
}

#[tokio::test(start_paused = true)]
async fn a_process_that_stops_at_any_step_and_goes_on_later_repeats_nothing() {
    for step in 1..=STEPS_MAX {
        for is_sent in [false, true] {
            let (told, notes, talk) = run("Where is my robot?", step, is_sent).await;
            let replies = told.iter().filter(|text| text.contains("You said: Where is my robot?")).count();
            assert!(replies <= 1, "step {step}, sent {is_sent}: {talk:#?}");
            let by_person = notes.iter().filter(|note| note.contains("Handed over by the autopilot.")).count();
            assert!(by_person <= 1 && replies + by_person >= 1, "step {step}, sent {is_sent}: {talk:#?}");
        }
    }
}

/// A process that is told to end while HubSpot is silent gives its conversations back: nobody waits for the end of its claim.
#[tokio::test(start_paused = true)]
async fn a_process_that_ends_gives_back_what_it_cannot_answer_in_time() {
    let house = House::new(Way::Webhooks, REPLY).with_brain(echo(0));
    let desk = house.open().await;
    let thread = house.sarah("Where is my robot?").thread_id;
    pass(1).await;
    house.crash(desk);
    pass(10).await;
    let (silent, states) = watch::channel(false);
    let inner = InProcess(house.sandbox.router());
    let transport = Stopping { inner, left: AtomicUsize::new(1), is_sent: false, stopped: silent.clone() };
    let Piloted { pilot, store, .. } = house.pilot_over(transport).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(pilot.run(stop.clone()));
    timeout(LIFE, until(true, &mut states.clone())).await.expect("it asks HubSpot");
    let told_to_end = Instant::now();
    stop.cancel();
    running.await.unwrap();
    assert!(told_to_end.elapsed() < LIFE / 2, "{:?}", told_to_end.elapsed());
    let next = store.claim_conversation("other", LIFE).await.unwrap().expect("it is due at once");
    assert_eq!((next.thread.as_str(), next.attempt), (thread.to_string().as_str(), 1), "the attempt does not count");
    assert_eq!(store.conversation_postponed(next, Duration::ZERO).await.unwrap(), Ended::Again);
    let other = house.open().await;
    settled(&other).await;
    assert!(house.told(thread).await.iter().any(|text| text.contains("You said: Where is my robot?")));
    other.close().await;
}
