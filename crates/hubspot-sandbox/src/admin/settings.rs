//! How the sandbox behaves, changed while it runs.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{done, present, read};
use crate::Sandbox;
use crate::call::Call;
use crate::choices::Choices;
use crate::limits::Tier;

pub(super) fn flush(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    sandbox.flush_search();
    done()
}

pub(super) fn settings(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    let settings = &sandbox.portal().settings;
    Ok(json!({
        "tier": settings.tier, "search_lag_ms": settings.search_lag_ms, "delay_ms": settings.delay_ms,
        "choices": settings.choices
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSettings {
    /// Absent: as it is. `null`: no limits.
    #[serde(default, deserialize_with = "present")]
    tier: Option<Option<Tier>>,
    #[serde(default)]
    search_lag_ms: Option<u64>,
    #[serde(default)]
    delay_ms: Option<u64>,
    /// Those named change, the others stay
    #[serde(default)]
    choices: Map<String, Value>,
}

pub(super) fn change_settings(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    let asked: NewSettings = read(call)?;
    let mut portal = sandbox.portal();
    let choices = merged(portal.settings.choices, asked.choices)?;
    portal.choose(choices);
    let settings = &mut portal.settings;
    settings.tier = asked.tier.unwrap_or(settings.tier);
    settings.search_lag_ms = asked.search_lag_ms.unwrap_or(settings.search_lag_ms);
    settings.delay_ms = asked.delay_ms.unwrap_or(settings.delay_ms);
    drop(portal);
    self::settings(sandbox, call)
}

fn merged(choices: Choices, changes: Map<String, Value>) -> Result<Choices, String> {
    let mut merged = json!(choices);
    changes.into_iter().for_each(|(name, choice)| merged[name] = choice);
    serde_json::from_value(merged).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::client;

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
    async fn a_choice_is_made_alone_and_at_once() {
        let client = client();
        let choose = async |choices: serde_json::Value, status: u16| {
            client.patch("/__sandbox/settings", json!({"choices": choices})).await.expect(status)["choices"].clone()
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
    async fn the_open_points_of_batches_links_and_activities_can_be_switched() {
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
        let choices = json!({
            "newest_batches_are_partial": false, "colleagues_links_are_listed": false,
            "activities_leave_out_unwritable": true
        });
        client.patch("/__sandbox/settings", json!({"choices": choices})).await.expect(200);
        assert_eq!(asked(200, 201).await, 0);
    }
}
