//! Hand-offs that have ended, until HubSpot needs to be told nothing more of them.

use frontdesk::store::Store;
use frontdesk::store::handoffs::{Advance, HandoffBegun, HandoffRow, NewHandoff};

use super::{NOW_MS, timed};
use crate::databases::on_each;

async fn begun(store: &Store, way: &'static str, digest: &str) -> HandoffRow {
    let new = NewHandoff {
        caller: "ann".into(),
        digest: digest.into(),
        way,
        contact: "7".into(),
        state: "{}".into(),
        now_ms: NOW_MS,
        expires_ms: NOW_MS + 1_000,
    };
    match store.begin_handoff(new).await.unwrap() {
        HandoffBegun::New(row) => row,
        other => panic!("{other:?}"),
    }
}

fn end(state: &str) -> Advance {
    Advance { place: "8".into(), state: state.into(), ended: true, expires_ms: NOW_MS + 9_000, events: vec![] }
}

#[tokio::test(start_paused = true)]
async fn an_ended_session_is_settled_once_and_stays_ended() {
    on_each(async |location| {
        let store = timed(location);
        let (open, ended) = (begun(&store, "channel", "1").await, begun(&store, "channel", "2").await);
        let ticket = begun(&store, "ticket", "3").await;
        store.advance_handoff(ticket, end("{}")).await.unwrap().unwrap();
        let old = store.advance_handoff(ended, end("{}")).await.unwrap().unwrap();
        let now = store.advance_handoff(old.clone(), end("{\"x\":1}")).await.unwrap().unwrap();
        assert_eq!(store.unsettled_handoffs("channel").await.unwrap(), std::slice::from_ref(&now));
        assert!(!store.settle_handoff(old).await.unwrap(), "it has changed since");
        assert!(store.settle_handoff(now.clone()).await.unwrap());
        assert!(!store.settle_handoff(now.clone()).await.unwrap(), "once");
        assert!(!store.settle_handoff(open.clone()).await.unwrap(), "it is open");
        assert_eq!(store.unsettled_handoffs("channel").await.unwrap(), []);
        assert_eq!(store.handoff(&now.id, "ann", NOW_MS).await.unwrap(), Some(now));
        assert_eq!(store.open_handoffs().await.unwrap(), [open]);
    })
    .await;
}
