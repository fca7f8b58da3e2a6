//! Inboxes, channels and channel accounts.

use serde_json::{Value, json};

use super::errors::{id, not_found};
use super::{page, view};
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::conversations::channel::{CHANNELS, ChannelId};
use crate::model::portal::Portal;

pub(super) fn list_inboxes(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let archived = call.flag("archived");
    list(call, portal.conversations.inboxes.iter().filter(|one| one.archived == archived).map(view::inbox).collect())
}

pub(super) fn read_inbox(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (id, archived) = (id(call, "id")?, call.flag("archived"));
    let found = portal.conversations.inbox(id).filter(|inbox| inbox.archived == archived);
    found.map(|inbox| ApiResponse::ok(view::inbox(inbox))).ok_or_else(|| not_found("Inbox", id))
}

pub(super) fn list_channels(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    list(call, channels(portal).map(|(id, name)| view::channel(id, name)).collect())
}

pub(super) fn read_channel(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let id = id(call, "id")?;
    let found = channels(portal).find(|(known, _)| u64::from(*known) == id);
    found.map(|(id, name)| ApiResponse::ok(view::channel(id, name))).ok_or_else(|| not_found("Channel", id))
}

/// Returns HubSpot's own channels and those of apps.
fn channels(portal: &Portal) -> impl Iterator<Item = (ChannelId, &str)> {
    let custom = portal.custom_channels.all().iter().filter(|channel| !channel.is_archived());
    CHANNELS.into_iter().chain(custom.map(|channel| (channel.id, channel.name.as_str())))
}

pub(super) fn list_accounts(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (archived, channels, inboxes) = (call.flag("archived"), call.list("channelId"), call.list("inboxId"));
    let has = |ids: &[String], id: u64| ids.is_empty() || ids.contains(&id.to_string());
    let accounts =
        portal.conversations.accounts.iter().filter(|one| {
            one.archived == archived && has(&channels, one.channel_id.into()) && has(&inboxes, one.inbox_id)
        });
    list(call, accounts.map(view::account).collect())
}

pub(super) fn read_account(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (id, archived) = (id(call, "id")?, call.flag("archived"));
    let found = portal.conversations.account(id).filter(|account| account.archived == archived);
    found.map(|account| ApiResponse::ok(view::account(account))).ok_or_else(|| not_found("Channel account", id))
}

/// Renders a list with its total, sorted by one of the fields that its entries have.
fn list(call: &ApiCall, mut all: Vec<Value>) -> Result<ApiResponse, ApiError> {
    if let Some(sort) = call.query("sort").filter(|sort| !sort.is_empty()) {
        let field = sort.trim_start_matches('-');
        if all.iter().any(|one| one.get(field).is_none()) {
            return Err(ApiError::invalid(format!("Results cannot be sorted by {field}")));
        }
        all.sort_by_cached_key(|one| sort_key(&one[field]));
        if sort.starts_with('-') {
            all.reverse();
        }
    }
    let total = all.len();
    let page = page::of_all(call, all)?;
    let mut body = json!({"total": total});
    if let (Value::Object(body), Value::Object(page)) = (&mut body, page) {
        body.extend(page);
    }
    Ok(ApiResponse::ok(body))
}

/// Returns a key that sorts ids by their number, and texts by their letters.
fn sort_key(value: &Value) -> (u64, String) {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    (text.parse().unwrap_or(u64::MAX), text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::client;

    const BASE: &str = "/conversations/conversations/2026-09";

    /// The examples of HubSpot's guide.
    #[tokio::test(start_paused = true)]
    async fn inboxes_and_channel_accounts_equal_the_guides_examples() {
        let client = client();
        let seed = json!({"version": 1, "inboxes": [
            {"id": 481_939, "name": "Main website chatflow inbox", "type": "INBOX",
             "createdMs": 1_562_447_894_342_i64, "updatedMs": 1_660_939_424_993_i64},
            {"id": 273_071_781, "name": "T1 support helpdesk", "type": "HELP_DESK",
             "createdMs": 1_685_569_992_704_i64, "updatedMs": 1_685_569_992_704_i64}
        ], "channelAccounts": [
            {"id": 148_662, "channelId": 1000, "name": "New chatflow", "inboxId": 481_939, "authorized": true,
             "createdMs": 1_570_202_679_136_i64}
        ]});
        client.sandbox.restore(&seed.to_string()).unwrap();
        let inboxes = json!({ "total": 2, "results": [
            {"id": "481939", "name": "Main website chatflow inbox", "createdAt": "2019-07-06T21:18:14.342Z",
             "updatedAt": "2022-08-19T20:03:44.993Z", "type": "INBOX", "archived": false},
            {"id": "273071781", "name": "T1 support helpdesk", "createdAt": "2023-05-31T21:53:12.704Z",
             "updatedAt": "2023-05-31T21:53:12.704Z", "type": "HELP_DESK", "archived": false}
        ]});
        let accounts = json!({ "total": 1, "results": [
            {"id": "148662", "channelId": "1000", "name": "New chatflow", "inboxId": "481939", "active": false,
             "authorized": true, "createdAt": "2019-10-04T15:24:39.136Z", "archived": false}
        ]});
        for base in [BASE, "/conversations/v3/conversations"] {
            assert_eq!(client.get(&format!("{base}/inboxes")).await.expect(200), inboxes);
            assert_eq!(client.get(&format!("{base}/inboxes/481939")).await.expect(200), inboxes["results"][0]);
            assert_eq!(client.get(&format!("{base}/channel-accounts")).await.expect(200), accounts);
            let one = client.get(&format!("{base}/channel-accounts/148662")).await.expect(200);
            assert_eq!(one, accounts["results"][0]);
        }
        client.get(&format!("{BASE}/inboxes/1")).await.expect(404);
        client.get(&format!("{BASE}/inboxes/481939?archived=true")).await.expect(404);
        client.get(&format!("{BASE}/channel-accounts/x")).await.expect(400);
    }

    #[tokio::test(start_paused = true)]
    async fn channels_are_the_same_in_every_account() {
        let client = client();
        let channels = client.get(&format!("{BASE}/channels")).await.expect(200);
        assert_eq!(channels["results"][0], json!({"id": "1000", "name": "LIVE_CHAT"}));
        let email = client.get(&format!("{BASE}/channels/1002")).await.expect(200);
        assert_eq!(email, json!({"id": "1002", "name": "EMAIL"}));
        client.get(&format!("{BASE}/channels/7")).await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn lists_are_filtered_sorted_and_paged() {
        let client = client();
        let ids = async |query: &str| -> Vec<String> {
            let page = client.get(&format!("{BASE}/channel-accounts?{query}")).await.expect(200);
            page["results"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids("channelId=1002").await, ["3551452842", "3558743649"]);
        assert_eq!(ids("channelId=1002&inboxId=948000001").await, ["3558743649"]);
        assert_eq!(ids("sort=-id&limit=2").await, ["3558743649", "3558743646"]);
        assert_eq!(ids("archived=true").await, [] as [&str; 0]);
        let first = client.get(&format!("{BASE}/channel-accounts?limit=4&sort=name")).await.expect(200);
        let after = first["paging"]["next"]["after"].as_str().unwrap();
        let last = client.get(&format!("{BASE}/channel-accounts?limit=4&sort=name&after={after}")).await.expect(200);
        assert_eq!((&last["total"], &last["results"][0]["name"]), (&json!(5), &json!("Website chat")));
        assert_eq!(last.get("paging"), None);
        for query in ["sort=colour", "limit=501", "after=nonsense", "defaultPageLength=0"] {
            client.get(&format!("{BASE}/channel-accounts?{query}")).await.expect(400);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn reading_and_writing_need_scopes_of_their_own() {
        let client = client();
        client.sandbox.set_scopes("pat-na1-reader", &["conversations.read"]);
        client.sandbox.set_scopes("pat-na1-other", &["conversations.write", "tickets"]);
        let inboxes = format!("{BASE}/inboxes");
        let (reader, other) = (client.with_token("pat-na1-reader"), client.with_token("pat-na1-other"));
        reader.get(&inboxes).await.expect(200);
        reader.post(&format!("{BASE}/actors/batch/read"), json!({"inputs": ["S-hubspot"]})).await.expect(200);
        let refused = other.get(&inboxes).await.expect(403);
        assert_eq!(refused["errors"][0]["context"]["requiredGranularScopes"], json!(["conversations.read"]));
        let refused = reader.patch(&format!("{BASE}/threads/1"), json!({"status": "OPEN"})).await.expect(403);
        assert_eq!(refused["errors"][0]["context"]["requiredGranularScopes"], json!(["conversations.write"]));
        other.patch(&format!("{BASE}/threads/1"), json!({"status": "OPEN"})).await.expect(404);
    }
}
