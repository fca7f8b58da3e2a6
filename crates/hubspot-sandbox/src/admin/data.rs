//! The data of the account as a whole: reset, snapshot, restore, generate.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::endpoint::{ok, read};
use crate::api::call::ApiCall;
use crate::api::response;
use crate::sandbox::Sandbox;

pub(crate) fn reset(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    sandbox.reset();
    ok()
}

/// Returns the snapshot as it is, with a line for each item: re-formatted JSON would lose the lines.
pub(crate) async fn snapshot(State(sandbox): State<Sandbox>) -> Response {
    response::json_text(200, sandbox.snapshot())
}

pub(crate) fn restore(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let text = std::str::from_utf8(call.body()).map_err(|error| error.to_string())?;
    sandbox.restore(text).map_err(|error| error.to_string())?;
    ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GenerateInput {
    contacts: u64,
}

/// Contacts that fit into a few gigabytes.
const GENERATED_MAX: u64 = 1_000_000;

pub(crate) fn generate(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let GenerateInput { contacts } = read(call)?;
    if contacts > GENERATED_MAX {
        return Err(format!("`{contacts}` is too many: at most {GENERATED_MAX}"));
    }
    sandbox.generate_contacts(contacts);
    ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::{SARAH, client};

    #[tokio::test(start_paused = true)]
    async fn a_seed_file_is_restored_and_a_reset_brings_the_seed_company_back() {
        let client = client();
        let seed = json!({"version": 1, "records": {"contacts": [{"id": "7"}]}});
        client.put("/__sandbox/state", seed).await.expect(200);
        let state = client.get("/__sandbox/state").await;
        assert_eq!(
            (state.text.clone(), &state.body["records"]["contacts"][0]["id"]),
            (client.sandbox.snapshot(), &json!("7"))
        );
        let refused = client.put("/__sandbox/state", json!({"version": 9})).await.expect(400);
        assert_eq!(refused["error"], "line 1: version `9` is not known; expected `1`");
        client.post("/__sandbox/reset", json!(null)).await.expect(200);
        client.get(&format!("/crm/v3/objects/contacts/{SARAH}")).await.expect(200);
        client.post("/__sandbox/fill", json!({"contacts": 3})).await.expect(200);
        assert_eq!(client.sandbox.records("contacts").len(), 10);
    }
}
