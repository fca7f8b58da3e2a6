//! The admin plane, outside HubSpot's paths: what a test does to the sandbox over HTTP. It asks for no token.
//!
//! ```text
//! curl localhost:8700/__sandbox                                           # what there is
//! curl localhost:8700/__sandbox/state > seed.json                         # everything, as a seed file
//! curl -X PUT  localhost:8700/__sandbox/state --data-binary @seed.json    # everything replaced
//! curl -X POST localhost:8700/__sandbox/clock -d '{"set": "2026-12-01T14:00:00Z", "frozen": true}'
//! curl -X POST localhost:8700/__sandbox/faults \
//!      -d '{"match": {"method": "POST", "path_contains": "/tickets"}, "effect": "lost_answer", "times": 2}'
//! curl localhost:8700/__sandbox/requests                                  # what came, oldest first
//! ```

mod account;
mod settings;
mod trouble;
mod world;

use axum::Router;
use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::{Sandbox, admin_reference, answer};

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PUT: MethodFilter = MethodFilter::PUT;
const PATCH: MethodFilter = MethodFilter::PATCH;
const DELETE: MethodFilter = MethodFilter::DELETE;

type Handler = fn(&Sandbox, &Call) -> Result<Value, String>;

pub(super) fn routes() -> Router<Sandbox> {
    let at = |path: &str| format!("/__sandbox/{path}");
    let faults = does(GET, trouble::faults).merge(does(POST, trouble::add_fault));
    Router::new()
        .route("/__sandbox", does(GET, front_page))
        .route(&at("reset"), does(POST, account::reset))
        .route(&at("state"), on(GET, account::state).merge(does(PUT, account::restore)))
        .route(&at("fill"), does(POST, account::fill))
        .route(&at("clock"), does(GET, world::read_clock).merge(does(POST, world::set_clock)))
        .route(&at("faults"), faults.merge(does(DELETE, trouble::clear_faults)))
        .route(&at("requests"), does(GET, trouble::requests).merge(does(DELETE, trouble::clear_requests)))
        .route(&at("peaks"), does(GET, trouble::peaks))
        .route(&at("search/flush"), does(POST, settings::flush))
        .route(&at("settings"), does(GET, settings::settings).merge(does(PATCH, settings::change_settings)))
        .route(&at("tokens/{token}"), does(PUT, world::put_token))
        .route(&at("calendars/{user_id}"), does(POST, world::change_calendar))
}

fn does(method: MethodFilter, handler: Handler) -> MethodRouter<Sandbox> {
    on(method, move |State(sandbox): State<Sandbox>, method: Method, call: Call| async move {
        let outcome = handler(&sandbox, &call);
        if method != Method::GET {
            sandbox.portal().changes += 1;
        }
        reply(outcome)
    })
}

fn reply(outcome: Result<Value, String>) -> Response {
    match outcome {
        Ok(body) => answer::json(200, &body),
        Err(reason) => answer::json(400, &json!({"error": reason})),
    }
}

fn done() -> Result<Value, String> {
    Ok(json!({"ok": true}))
}

fn read<T: for<'de> Deserialize<'de>>(call: &Call) -> Result<T, String> {
    serde_json::from_slice(call.body()).map_err(|error| error.to_string())
}

/// Tells `null` from nothing at all.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn front_page(_: &Sandbox, _: &Call) -> Result<Value, String> {
    let endpoints = admin_reference::ENDPOINTS.iter().map(|one| match one.body {
        "" => (one.request.to_owned(), Value::from(one.description)),
        body => (one.request.to_owned(), format!("{body}: {}", one.description).into()),
    });
    let mut page: Map<String, Value> = endpoints.collect();
    let effects = admin_reference::EFFECTS.iter().map(|(effect, does)| ((*effect).to_owned(), Value::from(*does)));
    page.insert("effects of faults".into(), effects.collect::<Map<_, _>>().into());
    Ok(page.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Effect;
    use crate::testing::client;

    #[tokio::test(start_paused = true)]
    async fn the_front_page_names_every_endpoint_and_every_effect() {
        let client = client().with_token("");
        let page = client.get("/__sandbox").await.expect(200);
        assert_eq!(page.as_object().unwrap().len(), admin_reference::ENDPOINTS.len() + 1);
        for endpoint in admin_reference::ENDPOINTS {
            let (method, path) = endpoint.request.split_once(' ').unwrap();
            let path = path.replace("{token}", "new").replace("{user_id}", "9586504");
            let reply = client.send(method.parse().unwrap(), &path, "").await;
            assert!(matches!(reply.status, 200 | 400), "{}: {}", endpoint.request, reply.text);
        }
        assert_eq!(page["effects of faults"].as_object().unwrap().len(), admin_reference::EFFECTS.len());
        for (effect, _) in admin_reference::EFFECTS {
            assert!(serde_json::from_str::<Effect>(effect).is_ok(), "{effect}");
        }
    }
}
