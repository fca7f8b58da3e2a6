//! The traffic of the account: faults to come, the log of requests, the peaks of the rate windows.

use serde_json::{Value, json};

use super::endpoint::{ok, read};
use crate::api::call::ApiCall;
use crate::rules::fault::Fault;
use crate::rules::request_log::LoggedRequest;
use crate::sandbox::Sandbox;

pub(crate) fn faults(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    Ok(json!(sandbox.lock().traffic.faults))
}

pub(crate) fn add_fault(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    sandbox.inject_fault(read::<Fault>(call)?);
    ok()
}

pub(crate) fn clear_faults(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    sandbox.lock().traffic.faults.clear();
    ok()
}

pub(crate) fn requests(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    let shown = |one: &LoggedRequest| {
        json!({
            "method": one.method, "path": one.path, "query": one.query, "status": one.status, "at": one.at,
            "correlationId": one.correlation_id, "body": String::from_utf8_lossy(&one.body)
        })
    };
    Ok(sandbox.requests().iter().map(shown).collect::<Vec<_>>().into())
}

pub(crate) fn clear_requests(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    sandbox.clear_requests();
    ok()
}

pub(crate) fn peaks(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    Ok(json!(sandbox.peaks()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::client;

    #[tokio::test(start_paused = true)]
    async fn faults_are_added_and_removed() {
        let client = client();
        let fault =
            json!({"match": {"method": "GET", "path_contains": "owners"}, "effect": {"status": {"status": 503}}});
        client.post("/__sandbox/faults", fault.clone()).await.expect(200);
        client.get("/crm/v3/owners").await.expect(503);
        client.get("/crm/v3/owners").await.expect(200);
        client.post("/__sandbox/faults", fault).await.expect(200);
        assert_eq!(client.get("/__sandbox/faults").await.expect(200)[0]["times"], 1);
        client.delete("/__sandbox/faults").await.expect(200);
        client.get("/crm/v3/owners").await.expect(200);
        client.post("/__sandbox/faults", json!({"effect": "explode"})).await.expect(400);
    }

    #[tokio::test(start_paused = true)]
    async fn the_log_holds_the_requests_but_not_those_of_the_admin_plane() {
        let client = client();
        client.get("/crm/v3/owners?limit=1").await.expect(200);
        let log = client.get("/__sandbox/requests").await.expect(200);
        assert_eq!(log.as_array().unwrap().len(), 1);
        assert_eq!((&log[0]["path"], &log[0]["status"]), (&json!("/crm/v3/owners"), &json!(200)));
        client.delete("/__sandbox/requests").await.expect(200);
        assert_eq!(client.get("/__sandbox/requests").await.expect(200), json!([]));
        assert_eq!(client.get("/__sandbox/peaks").await.expect(200)["ten_seconds"], 1);
    }
}
