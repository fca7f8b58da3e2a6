//! The places in inboxes that polling has reached.

use std::time::Duration;

use frontdesk::store::pollers::PollerRow;

use super::{pass, timed};
use crate::databases::on_each;

#[tokio::test(start_paused = true)]
async fn the_begin_is_kept_and_the_place_moves_forward_under_its_lease() {
    on_each(async |location| {
        let store = timed(location);
        let (inbox, life) = ("1".to_owned(), Duration::from_secs(30));
        let begun = PollerRow { inbox: inbox.clone(), began_ms: 5_000, newest_ms: 5_000 };
        assert_eq!(store.poller("1").await.unwrap(), None);
        assert_eq!(store.begin_poller("1", 5_000).await.unwrap(), begun);
        assert_eq!(store.begin_poller("1", 9_000).await.unwrap(), begun, "a restart does not begin anew");
        let lease = store.take_lease("poll:1", "ann", life).await.unwrap().unwrap();
        assert!(store.advance_poller("1", 8_000, &lease).await.unwrap());
        assert!(store.advance_poller("1", 7_000, &lease).await.unwrap());
        let moved = PollerRow { inbox, began_ms: 5_000, newest_ms: 8_000 };
        assert_eq!(store.poller("1").await.unwrap().as_ref(), Some(&moved), "never back");
        pass(30).await;
        let next = store.take_lease("poll:1", "bob", life).await.unwrap().unwrap();
        assert!(!store.advance_poller("1", 9_999, &lease).await.unwrap(), "its lease was lost");
        assert_eq!(store.poller("1").await.unwrap(), Some(moved));
        assert!(store.advance_poller("1", 9_000, &next).await.unwrap());
    })
    .await;
}
