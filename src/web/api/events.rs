//! What happens in a conversation, read on from a number: as a stream of server-sent events, or as one answer that waits.

use std::convert::Infallible;
use std::fmt::Write;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use futures::stream;
use http::header;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::answer;
use crate::change_feed::Subscription;
use crate::web::visit::answering::Answering;
use crate::web::visit::event::VisitState;
use crate::web::visit::sharing::SharedPlace;
use crate::web::visit::visit::Visit;

/// The messages of one part of a stream, and of one answer.
const EVENTS_AT_ONCE: usize = 50;
/// The pause after which a stream says that it is alive.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// The longest life of a stream; its reader comes back.
pub const STREAM_MAX: Duration = Duration::from_secs(30 * 60);
/// The longest wait of one answer.
pub const WAIT_MAX: Duration = Duration::from_secs(25);

/// The pause between two looks for what another replica has stored, of which the reader is usually told: while somebody has to
/// go on, and else.
const LOOK_UNFINISHED_EVERY: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// What other replicas store in a conversation.
struct News {
    visit: Arc<Visit>,
    changes: Option<Subscription>,
}

impl News {
    fn of(visit: &Arc<Visit>) -> News {
        News { visit: visit.clone(), changes: visit.place().and_then(SharedPlace::changes) }
    }

    /// Waits until there may be some. Boxed, since most streams have no such wait and all would hold its place.
    fn due(&self) -> BoxFuture<'_, ()> {
        if self.visit.place().is_none() { pending().boxed() } else { self.looked_for().boxed() }
    }

    async fn looked_for(&self) {
        let pause = if self.visit.is_unfinished() { LOOK_UNFINISHED_EVERY } else { LOOK_EVERY };
        match &self.changes {
            // That nothing was told is what the look is for.
            Some(changes) => drop(timeout(pause, changes.next()).await),
            None => sleep(LOOK_UNFINISHED_EVERY).await,
        }
    }
}

/// A reader of a conversation.
struct Reader {
    visit: Arc<Visit>,
    news: News,
    answering: Answering,
    changes: watch::Receiver<u64>,
    after: u64,
    shown: Option<VisitState>,
    screen: u64,
    until: Instant,
    stop: CancellationToken,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.visit.close_stream(self.screen);
    }
}

/// A stream of what comes after a number, until its reader leaves, the conversation ends, no more is answered, or so long.
pub fn stream(visit: Arc<Visit>, after: u64, answering: Answering, stream_max: Duration) -> Response {
    let (changes, screen, until) = (visit.changes(), visit.open_stream(), Instant::now() + stream_max);
    let (news, stop) = (News::of(&visit), answering.stop().clone());
    let reader = Reader { visit, news, answering, changes, after, shown: None, screen, until, stop };
    let parts = stream::unfold(reader, async |mut reader| {
        let part = reader.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(part)), reader))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy is not to keep parts back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

impl Reader {
    /// The next part; `None` at the end.
    async fn next(&mut self) -> Option<String> {
        let alive_at = Instant::now() + ALIVE_EVERY;
        loop {
            self.changes.borrow_and_update();
            let is_open = self.visit.is_stream_open(self.screen) && !self.stop.is_cancelled();
            if !is_open || self.shown.as_ref().is_some_and(|state| state.ended) {
                return None;
            }
            let part = self.part();
            if !part.is_empty() {
                return Some(part);
            }
            tokio::select! {
                changed = self.changes.changed() => changed.ok()?,
                // Boxed, since each stream that waits would hold its place.
                () = self.news.due() => self.answering.refresh(&self.visit).boxed().await,
                () = sleep_until(alive_at.min(self.until)) => {
                    return (alive_at < self.until).then(|| ": alive\n\n".to_owned());
                }
                () = self.stop.cancelled() => return None,
            }
        }
    }

    /// What is new: messages first, then the state.
    fn part(&mut self) -> String {
        let mut part = String::new();
        for event in self.visit.after(self.after, EVENTS_AT_ONCE) {
            let data = json!(*event);
            // Writing into a string cannot fail.
            let _ = write!(part, "id: {}\nevent: message\ndata: {data}\n\n", event.number);
            self.after = event.number;
        }
        let state = self.visit.state();
        if self.after >= self.visit.newest() && self.shown.as_ref() != Some(&state) {
            let _ = write!(part, "event: state\ndata: {}\n\n", json!(state));
            self.shown = Some(state);
        }
        part
    }
}

/// One answer with what comes after a number; waits for the first message, at most for this long.
pub async fn answer(visit: &Arc<Visit>, after: u64, wait: Duration, answering: &Answering) -> Response {
    let (news, stop) = (News::of(visit), answering.stop());
    let until = Instant::now() + wait.min(WAIT_MAX);
    let mut changes = visit.changes();
    loop {
        changes.borrow_and_update();
        let events = visit.after(after, EVENTS_AT_ONCE);
        if !events.is_empty() || visit.has_ended() || Instant::now() >= until || stop.is_cancelled() {
            visit.is_used();
            let next = events.last().map_or(after, |event| event.number);
            let events: Vec<_> = events.iter().map(|event| json!(**event)).collect();
            return answer::json(json!({ "events": events, "next": next, "state": visit.state() }));
        }
        tokio::select! {
            _changed = timeout_at(until, changes.changed()) => {}
            () = news.due() => answering.refresh(visit).await,
            () = stop.cancelled() => {}
        }
    }
}
