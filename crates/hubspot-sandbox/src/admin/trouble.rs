//! Faults to come, and what came: the log of requests, and how full the windows were.

use serde_json::{Value, json};

use super::{done, read};
use crate::Sandbox;
use crate::call::Call;
use crate::fault::Fault;
use crate::log::Logged;

pub(super) fn faults(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    Ok(json!(sandbox.portal().faults))
}

pub(super) fn add_fault(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    sandbox.inject_fault(read::<Fault>(call)?);
    done()
}

pub(super) fn clear_faults(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    sandbox.portal().faults.clear();
    done()
}

pub(super) fn requests(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    let shown = |one: &Logged| {
        json!({
            "method": one.method, "path": one.path, "query": one.query, "status": one.status, "at": one.at,
            "correlationId": one.correlation_id, "body": String::from_utf8_lossy(&one.body)
        })
    };
    Ok(sandbox.requests().iter().map(shown).collect::<Vec<_>>().into())
}

pub(super) fn clear_requests(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    sandbox.clear_requests();
    done()
}

pub(super) fn peaks(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    Ok(json!(sandbox.peaks()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::client;

    #[tokio::test(start_paused = true)]
    async fn faults_come_and_are_taken_back() {
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
    async fn the_log_names_the_requests_but_not_its_own() {
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
