//! The account as a whole: anew, out, in, and larger.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::{done, read};
use crate::Sandbox;
use crate::answer;
use crate::call::Call;

pub(super) fn reset(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    sandbox.reset();
    done()
}

/// As it is dumped, a line for each item: an error in the file can then say where it is.
pub(super) async fn state(State(sandbox): State<Sandbox>) -> Response {
    answer::json_text(200, sandbox.snapshot())
}

pub(super) fn restore(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    let text = std::str::from_utf8(call.body()).map_err(|error| error.to_string())?;
    sandbox.restore(text).map_err(|error| error.to_string())?;
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fill {
    contacts: u64,
}

/// As many as fit into a few gigabytes.
const FILL_MAX: u64 = 1_000_000;

pub(super) fn fill(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    let Fill { contacts } = read(call)?;
    if contacts > FILL_MAX {
        return Err(format!("`{contacts}` is too many: at most {FILL_MAX}"));
    }
    sandbox.generate_contacts(contacts);
    done()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{SARAH, client};

    #[tokio::test(start_paused = true)]
    async fn a_seed_goes_in_a_state_comes_out_and_a_reset_brings_the_company_back() {
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
