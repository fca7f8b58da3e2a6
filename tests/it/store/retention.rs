//! Rows that are too old are removed.

use std::time::Duration;

use frontdesk::store::conversations::WAIT_MAX;
use frontdesk::store::events::EVENTS_KEPT;
use frontdesk::store::outbox::{NewReply, OUTBOX_KEPT, OutboxBegin, ReplyKind};
use frontdesk::store::retention::Removed;

use super::{message, pass, take_in, timed};
use crate::databases::on_each;

#[tokio::test(start_paused = true)]
async fn rows_are_removed_when_they_are_old() {
    on_each(async |location| {
        let store = timed(location);
        let reply = NewReply {
            key: "a".into(),
            thread: "7".into(),
            contact: String::new(),
            fence: None,
            kind: ReplyKind::Comment,
            digest: String::new(),
        };
        assert_eq!(store.begin_reply(reply).await.unwrap(), OutboxBegin::First);
        take_in(&store, &[message("7", "a", 0)]).await;
        assert_eq!(store.tidy().await.unwrap(), Removed::default());
        pass(WAIT_MAX.as_secs() + 5).await;
        assert_eq!(store.tidy().await.unwrap(), Removed { unanswered: 1, ..Removed::default() });
        pass(EVENTS_KEPT.as_secs()).await;
        assert_eq!(store.tidy().await.unwrap(), Removed { old: 1, ..Removed::default() });
        assert_eq!(store.replies("7").await.unwrap().len(), 1);
        pass(OUTBOX_KEPT.as_secs()).await;
        assert_eq!(store.tidy().await.unwrap(), Removed { old: 1, ..Removed::default() });
        assert_eq!(store.claim_conversation("ann", Duration::from_secs(30)).await.unwrap(), None);
    })
    .await;
}
