//! Many visitors who write at the same moment: so many are answered at once, and the others wait their turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use frontdesk::chat::brain::{Brain, BrainError, Decided, Decision, Reply, View};
use frontdesk::mcp::http::VisitorRoutes;
use frontdesk::web::chat_page::ChatPage;
use frontdesk::web::settings::{Settings, VisitorLimits};
use frontdesk::web::visit::answering::TURNS_AT_ONCE_WITH_MODEL;
use futures::future::{BoxFuture, join_all};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::site::{Site, chat_desk, text};
use crate::handoff::desk::House;

/// More visitors than are answered at once.
const VISITORS: usize = TURNS_AT_ONCE_WITH_MODEL + 40;

/// The turns under way, and the most there ever were.
#[derive(Clone, Debug, Default)]
struct Counted {
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

/// A brain that takes a while, as a model does.
#[derive(Debug)]
struct SlowBrain(Counted);

impl Brain for SlowBrain {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        let reply = Reply::text(format!("You said: {}", view.message));
        Box::pin(async move {
            let running = self.0.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.0.most.fetch_max(running, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_secs(5)).await;
            self.0.running.fetch_sub(1, Ordering::SeqCst);
            Ok(Decided::free(Decision::Say(reply)))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn so_many_messages_are_answered_at_once_and_the_others_wait_their_turn() {
    let (house, counted) = (House::new(), Counted::default());
    let desk = house.open_with_graphs().await;
    let brains = counted.clone();
    let chat = chat_desk(&desk).await.with_brain(Arc::new(move || Box::new(SlowBrain(brains.clone()))));
    let limits = VisitorLimits {
        conversations: VISITORS,
        conversations_per_address: VISITORS,
        starts_per_minute: 10_000,
        messages_per_minute: 10_000,
        ..VisitorLimits::default()
    };
    let page = Arc::new(ChatPage::new(chat, Settings { limits, ..Settings::default() }, house.clock, None));
    let stop = CancellationToken::new();
    let running = tokio::spawn(page.clone().run(stop.clone()));
    let site = Site { house, page, stop, running, _desk: desk };
    let visitors = join_all((0..VISITORS).map(|_| site.visitor())).await;
    let talks = visitors.iter().enumerate().map(async |(at, visitor)| {
        let said = format!("number {at}");
        visitor.take(json!({"id": "1", "text": said})).await;
        let events = visitor.until("an answer", |events, _| events.len() == 3).await;
        assert_eq!(text(&events[2]), format!("You said: {said}"), "each is answered, and what they said");
    });
    join_all(talks).await;
    assert_eq!(counted.most.load(Ordering::SeqCst), TURNS_AT_ONCE_WITH_MODEL);
}
