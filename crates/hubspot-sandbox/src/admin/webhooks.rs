//! Webhooks: apps that are told of changes, and the requests to them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::endpoint::{ok, read};
use crate::api::call::ApiCall;
use crate::clock::stamp;
use crate::sandbox::Sandbox;
use crate::webhooks::{DeliveryFaults, DeliveryOutcome, OlderSignature, Subscription, WebhookApp, WebhookDelivery};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppInput {
    client_secret: String,
    target_url: String,
    #[serde(default)]
    subscriptions: Vec<Subscription>,
    #[serde(default)]
    older_signature: OlderSignature,
    #[serde(default)]
    max_concurrent_requests: Option<usize>,
    #[serde(default)]
    retry_speed: Option<u32>,
    #[serde(default)]
    mischief: DeliveryFaults,
}

pub(crate) fn put_app(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let (id, input) = (app_id(call)?, read::<AppInput>(call)?);
    let app = WebhookApp::new(id, &input.client_secret, &input.target_url);
    let app = WebhookApp {
        subscriptions: input.subscriptions,
        older_signature: input.older_signature,
        max_concurrent_requests: input.max_concurrent_requests.unwrap_or(app.max_concurrent_requests),
        retry_speed: input.retry_speed.unwrap_or(app.retry_speed),
        mischief: input.mischief,
        ..app
    };
    sandbox.add_webhook_app(app).map_err(|error| error.to_string())?;
    ok()
}

pub(crate) fn delete_app(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let id = app_id(call)?;
    if sandbox.remove_webhook_app(id) { ok() } else { Err(unknown(id)) }
}

pub(crate) fn deliveries(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let id = app_id(call)?;
    let found = sandbox.lock().webhooks.deliveries(id);
    let (deliveries, lost) = found.ok_or_else(|| unknown(id))?;
    Ok(json!({"lost_events": lost, "deliveries": deliveries.iter().map(shown).collect::<Vec<_>>()}))
}

pub(super) fn shown(delivery: &WebhookDelivery) -> Value {
    let (outcome, detail) = match &delivery.outcome {
        DeliveryOutcome::Answered(status) => ("answered", json!(status)),
        DeliveryOutcome::TimedOut => ("timed_out", Value::Null),
        DeliveryOutcome::Unreachable(reason) => ("unreachable", json!(reason)),
    };
    let events: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
    json!({
        "at": stamp(delivery.at.timestamp_millis()), "attempt": delivery.attempt, "outcome": outcome,
        "detail": detail, "events": events
    })
}

fn app_id(call: &ApiCall) -> Result<u64, String> {
    call.param("app_id").parse().map_err(|_| "the app id is not a number".to_owned())
}

fn unknown(id: u64) -> String {
    format!("no app has the id `{id}`")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::test_client::client;

    fn app(subscriptions: Value) -> Value {
        json!({"client_secret": "s3cret", "target_url": "http://127.0.0.1:9/hook", "subscriptions": subscriptions})
    }

    #[tokio::test(start_paused = true)]
    async fn an_app_is_added_told_and_removed() {
        let client = client();
        let path = "/__sandbox/webhooks/2438486";
        client.get(&format!("{path}/deliveries")).await.expect(400);
        let told = json!([
            {"type": "contact.creation"}, {"type": "contact.propertyChange", "property": "email", "id": 5},
            {"type": "ticket.creation", "active": false}
        ]);
        client.put(path, app(told)).await.expect(200);
        let none = client.get(&format!("{path}/deliveries")).await.expect(200);
        assert_eq!(none, json!({"lost_events": 0, "deliveries": []}));
        client.delete(path).await.expect(200);
        assert_eq!(client.delete(path).await.expect(400)["error"], "no app has the id `2438486`");
    }

    #[tokio::test(start_paused = true)]
    async fn an_app_that_cannot_be_is_an_error_with_its_reason() {
        let client = client();
        let with = |field: &str, value: Value| {
            let mut app = app(json!([]));
            app[field] = value;
            app
        };
        for (body, reason) in [
            (app(json!([{"type": "contact.explosion"}])), "`contact.explosion` is not a subscription type"),
            (app(json!([{"type": "contact.propertyChange"}])), "needs a `property`"),
            (app(json!(vec![json!({"type": "contact.creation"}); 1_001])), "at most 1000 subscriptions"),
            (with("target_url", json!("https://example.com/hook")), "not a URL of this machine"),
            (with("max_concurrent_requests", json!(11)), "expected 1 to 10"),
            (with("max_concurrent_requests", json!(0)), "expected 1 to 10"),
            (with("mischief", json!({"loss_percent": 101})), "101 percent"),
            (with("older_signature", json!("v9")), "unknown variant"),
            (with("nonsense", json!(1)), "unknown field"),
            (json!({"target_url": "http://127.0.0.1:9/hook"}), "client_secret"),
        ] {
            let refused = client.put("/__sandbox/webhooks/1", body).await.expect(400);
            assert!(refused["error"].as_str().unwrap().contains(reason), "{refused}");
        }
        client.put("/__sandbox/webhooks/one", app(json!([]))).await.expect(400);
        client.get("/__sandbox/webhooks/1/deliveries").await.expect(400);
    }
}
