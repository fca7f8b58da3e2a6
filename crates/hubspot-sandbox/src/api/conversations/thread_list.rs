//! The list of threads.

use serde_json::{Value, json};

use super::page::{cursor, limit, write_cursor};
use super::thread_filter::{Place, ThreadFilter};
use super::threads::with_ticket;
use super::view;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::conversations::thread::Thread;
use crate::model::portal::Portal;

pub(super) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (limit, filter) = (limit(call)?, ThreadFilter::of(call, portal.assumptions)?);
    let (with_ticket, now_ms) = (with_ticket(call)?, portal.now_ms());
    let read: Option<Place> = cursor::<2>(call)?.map(|[first, second]| (first, second));
    let matching = portal.conversations.threads().filter(|thread| filter.matches(thread, now_ms));
    let placed = matching.map(|thread| (filter.order.place(thread), thread));
    let mut left: Vec<(Place, &Thread)> = placed.filter(|(place, _)| read.is_none_or(|read| *place > read)).collect();
    left.sort_unstable_by_key(|(place, _)| *place);
    let results: Vec<Value> = left.iter().take(limit).map(|(_, thread)| view::thread(thread, with_ticket)).collect();
    let mut page = json!({"results": results});
    if left.len() > limit {
        let (first, second) = left[limit - 1].0;
        page["paging"] = call.paging(&write_cursor(&[first, second]));
    }
    Ok(ApiResponse::ok(page))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::conversing::VisitorMessage;
    use crate::test_client::{Client, SARAH, client};

    const PATH: &str = "/conversations/conversations/2026-09/threads";

    /// Writes as many messages as there are texts, each in a thread of its own and a second after the other.
    async fn threads(client: &Client, texts: &[&str]) -> Vec<String> {
        let mut ids = vec![];
        for text in texts {
            let written = client.sandbox.visitor_writes(VisitorMessage::chat(text)).unwrap();
            ids.push(written.thread_id.to_string());
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
        }
        ids
    }

    fn ids(page: &Value) -> Vec<&str> {
        page["results"].as_array().unwrap().iter().map(|thread| thread["id"].as_str().unwrap()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn threads_are_ascending_by_id_and_paged() {
        let client = client();
        let made = threads(&client, &["one", "two", "three"]).await;
        let first = client.get(&format!("{PATH}?limit=2")).await.expect(200);
        assert_eq!(ids(&first), made[..2]);
        let next = &first["paging"]["next"];
        let after = next["after"].as_str().unwrap();
        let link = format!("https://api.hubapi.com{PATH}?limit=2&after={after}");
        assert_eq!(next, &json!({"after": after, "link": link}));
        let last = client.get(&format!("{PATH}?limit=2&after={after}")).await.expect(200);
        assert_eq!((ids(&last), last.get("paging")), (vec![made[2].as_str()], None));
    }

    #[tokio::test(start_paused = true)]
    async fn threads_are_sorted_by_the_latest_message_after_a_time() {
        let client = client();
        let made = threads(&client, &["one", "two", "three"]).await;
        let again = VisitorMessage { thread: Some(made[0].parse().unwrap()), ..VisitorMessage::chat("again") };
        client.sandbox.visitor_writes(again).unwrap();
        let sorted = |after: &str| format!("{PATH}?sort=latestMessageTimestamp&latestMessageTimestampAfter={after}");
        let all = client.get(&sorted("2026-11-22T14:59:59Z")).await.expect(200);
        assert_eq!(ids(&all), [&made[1], &made[2], &made[0]]);
        let later = client.get(&sorted("2026-11-22T15:00:01Z")).await.expect(200);
        assert_eq!(ids(&later), [&made[1], &made[2], &made[0]], "the time itself is included");
        assert_eq!(ids(&client.get(&sorted("2026-11-22T15:00:03.001Z")).await.expect(200)), [] as [&str; 0]);
        let choice = json!({"choices": {"latest_message_after_is_inclusive": false}});
        client.patch("/__sandbox/settings", choice).await.expect(200);
        assert_eq!(ids(&client.get(&sorted("2026-11-22T15:00:01Z")).await.expect(200)), [&made[2], &made[0]]);
        let first = client.get(&format!("{}&limit=1", sorted("2026-11-22T14:59:59Z"))).await.expect(200);
        let after = first["paging"]["next"]["after"].as_str().unwrap();
        let second = client.get(&format!("{}&after={after}", sorted("2026-11-22T14:59:59Z"))).await.expect(200);
        assert_eq!(ids(&second), [&made[2], &made[0]]);
    }

    #[tokio::test(start_paused = true)]
    async fn threads_are_filtered() {
        let client = client();
        let made = threads(&client, &["one"]).await;
        let sarah = VisitorMessage { email: Some("sarah@gmail.com".into()), ..VisitorMessage::chat("hello") };
        let sarah = client.sandbox.visitor_writes(sarah).unwrap().thread_id.to_string();
        let desk = VisitorMessage { inbox: Some(948_000_001), ..VisitorMessage::chat("help") };
        let desk = client.sandbox.visitor_writes(desk).unwrap().thread_id.to_string();
        let found = async |query: &str| client.get(&format!("{PATH}?{query}")).await.expect(200);
        let of_sarah = format!("associatedContactId={SARAH}&threadStatus");
        assert_eq!(ids(&found(&format!("{of_sarah}=OPEN")).await), [&sarah]);
        assert_eq!(ids(&found(&format!("{of_sarah}=CLOSED")).await), [] as [&str; 0]);
        assert_eq!(ids(&found("inboxId=948000000").await), [&made[0], &sarah]);
        let with_ticket = found("inboxId=948000001&association=TICKET").await;
        let ticket = with_ticket["results"][0]["threadAssociations"]["associatedTicketId"].as_str().unwrap();
        assert_eq!(ids(&found(&format!("associatedTicketId={ticket}")).await), [&desk]);
        assert_eq!(found("inboxId=948000001").await["results"][0].get("threadAssociations"), None);
        assert_eq!(found("inboxId=948000000&association=TICKET").await["results"][0].get("threadAssociations"), None);
        client.delete(&format!("{PATH}/{desk}")).await.expect(204);
        assert_eq!(ids(&found("").await), [&made[0], &sarah]);
        assert_eq!(ids(&found("archived=true").await), [&desk]);
    }

    #[tokio::test(start_paused = true)]
    async fn some_filters_go_together_only_and_some_never() {
        let client = client();
        for query in [
            "inboxId=1&inboxId=2",
            "inboxId=1,2",
            "inboxId=x",
            "inboxId=1&associatedContactId=5&threadStatus=OPEN",
            "associatedContactId=5",
            "associatedContactId=a&threadStatus=OPEN",
            "threadStatus=OPEN",
            "threadStatus=ajar&associatedContactId=5",
            "sort=latestMessageTimestamp",
            "latestMessageTimestampAfter=2026-11-22T15:00:00Z",
            "sort=latestMessageTimestamp&latestMessageTimestampAfter=soon",
            "sort=createdAt",
            "sort=-id",
            "limit=501",
            "limit=0",
            "association=DEAL",
            "after=nonsense",
        ] {
            let refused = client.get(&format!("{PATH}?{query}")).await;
            assert_eq!(refused.status, 400, "{query}: {}", refused.text);
        }
        client.get(&format!("{PATH}?sort=-id&associatedContactId=5&threadStatus=OPEN&limit=500")).await.expect(200);
        let apart = json!({"choices": {"contact_and_status_filter_together": false}});
        client.patch("/__sandbox/settings", apart).await.expect(200);
        client.get(&format!("{PATH}?associatedContactId=5")).await.expect(200);
        client.get(&format!("{PATH}?threadStatus=OPEN")).await.expect(200);
    }
}
