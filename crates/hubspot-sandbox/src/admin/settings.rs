//! The settings of the sandbox, changed while it runs.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::endpoint::{ok, present, read};
use crate::api::call::ApiCall;
use crate::assumptions::Assumptions;
use crate::rules::limits::Tier;
use crate::sandbox::{Account, Sandbox};

pub(crate) fn flush_search(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    sandbox.flush_search();
    ok()
}

pub(crate) fn settings(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    let Account { portal, traffic, .. } = &*sandbox.lock();
    Ok(json!({
        "tier": traffic.tier, "search_lag_ms": portal.search_lag_ms, "delay_ms": traffic.delay_ms,
        "choices": portal.assumptions
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsInput {
    /// Absent: unchanged; `null`: no limits.
    #[serde(default, deserialize_with = "present")]
    tier: Option<Option<Tier>>,
    #[serde(default)]
    search_lag_ms: Option<u64>,
    #[serde(default)]
    delay_ms: Option<u64>,
    /// Assumptions to change; the others stay.
    #[serde(default)]
    choices: Map<String, Value>,
}

pub(crate) fn change_settings(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let change: SettingsInput = read(call)?;
    let mut account = sandbox.lock();
    let Account { portal, traffic, .. } = &mut *account;
    let assumptions = merged(portal.assumptions, change.choices)?;
    portal.set_assumptions(assumptions);
    portal.search_lag_ms = change.search_lag_ms.unwrap_or(portal.search_lag_ms);
    traffic.tier = change.tier.unwrap_or(traffic.tier);
    traffic.delay_ms = change.delay_ms.unwrap_or(traffic.delay_ms);
    drop(account);
    self::settings(sandbox, call)
}

fn merged(assumptions: Assumptions, changes: Map<String, Value>) -> Result<Assumptions, String> {
    let mut merged = json!(assumptions);
    changes.into_iter().for_each(|(name, value)| merged[name] = value);
    serde_json::from_value(merged).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::client;

    #[tokio::test(start_paused = true)]
    async fn settings_change_while_it_runs() {
        let client = client();
        let set = client.patch("/__sandbox/settings", json!({"tier": "free", "search_lag_ms": 300})).await.expect(200);
        assert_eq!((&set["tier"], &set["delay_ms"]), (&json!("free"), &json!(0)));
        assert!(client.get("/crm/v3/owners").await.header("x-hubspot-ratelimit-max").is_some());
        client.patch("/__sandbox/settings", json!({"tier": null})).await.expect(200);
        assert!(client.get("/crm/v3/owners").await.header("x-hubspot-ratelimit-max").is_none());
        client.post("/__sandbox/search/flush", json!(null)).await.expect(200);
    }

    #[tokio::test(start_paused = true)]
    async fn an_assumption_changes_alone_and_at_once() {
        let client = client();
        let choose = async |assumptions: serde_json::Value, status: u16| {
            client.patch("/__sandbox/settings", json!({"choices": assumptions})).await.expect(status)["choices"].clone()
        };
        choose(json!({"slot_taken": "conflict"}), 200).await;
        let chosen = choose(json!({"custom_channel_conversation": false}), 200).await;
        assert_eq!(
            (&chosen["slot_taken"], &chosen["email_filter_finds_secondary"]),
            (&json!("conflict"), &json!(false))
        );
        let chat = json!({"properties": {
            "hs_timestamp": 1, "hs_communication_channel_type": "CUSTOM_CHANNEL_CONVERSATION"
        }});
        client.post("/crm/v3/objects/communications", chat.clone()).await.expect(400);
        choose(json!({"custom_channel_conversation": true}), 200).await;
        client.post("/crm/v3/objects/communications", chat).await.expect(201);
        choose(json!({"nonsense": true}), 400).await;
        choose(json!({"slot_taken": "maybe"}), 400).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_assumptions_on_batches_links_and_activities_can_be_changed() {
        let client = client();
        let (ids, links) =
            (json!({"inputs": [{"id": "1"}]}), "/scheduler/v3/meetings/meeting-links?organizerUserId=9586742");
        let note = json!({"properties": {"hs_timestamp": 1, "hs_body_preview": "x", "nonsense": "y"}});
        let asked = async |newest: u16, written: u16| {
            client.post("/crm/objects/2026-09/contacts/batch/read", ids.clone()).await.expect(newest);
            client.post("/crm/v3/objects/contacts/batch/read", ids.clone()).await.expect(207);
            client.post("/crm/v3/objects/notes", note.clone()).await.expect(written);
            client.get(links).await.expect(200)["total"].clone()
        };
        assert_eq!(asked(207, 400).await, 2);
        let assumptions = json!({
            "newest_batches_are_partial": false, "colleagues_links_are_listed": false,
            "activities_leave_out_unwritable": true
        });
        client.patch("/__sandbox/settings", json!({"choices": assumptions})).await.expect(200);
        assert_eq!(asked(200, 201).await, 0);
    }
}
