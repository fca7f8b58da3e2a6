//! The admin plane: control of the sandbox over HTTP, outside HubSpot's paths. It serves programs on this machine, or
//! those that know its token.
//!
//! ```text
//! curl localhost:8700/__sandbox                                           # its endpoints
//! curl localhost:8700/__sandbox/state > seed.json                         # everything, as a seed file
//! curl -X PUT  localhost:8700/__sandbox/state --data-binary @seed.json    # replaces everything
//! curl -X POST localhost:8700/__sandbox/clock -d '{"set": "2026-12-01T14:00:00Z", "frozen": true}'
//! curl -X POST localhost:8700/__sandbox/faults \
//!      -d '{"match": {"method": "POST", "path_contains": "/tickets"}, "effect": "lost_answer", "times": 2}'
//! curl localhost:8700/__sandbox/requests                                  # the log, oldest first
//! ```

pub(crate) mod access;
mod apps;
mod channels;
mod conversations;
mod data;
pub(crate) mod endpoint;
mod environment;
pub mod reference;
mod settings;
mod traffic;
mod webhooks;

use axum::Router;
use axum::routing::{MethodFilter, on};
use serde_json::{Map, Value};

use self::endpoint::{PREFIX, admin_endpoint};
use crate::api::call::ApiCall;
use crate::sandbox::Sandbox;

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PUT: MethodFilter = MethodFilter::PUT;
const PATCH: MethodFilter = MethodFilter::PATCH;
const DELETE: MethodFilter = MethodFilter::DELETE;

pub(crate) fn routes() -> Router<Sandbox> {
    let at = |path: &str| format!("{PREFIX}/{path}");
    let clock = admin_endpoint(GET, environment::clock).merge(admin_endpoint(POST, environment::change_clock));
    let faults = admin_endpoint(GET, traffic::faults)
        .merge(admin_endpoint(POST, traffic::add_fault))
        .merge(admin_endpoint(DELETE, traffic::clear_faults));
    let requests = admin_endpoint(GET, traffic::requests).merge(admin_endpoint(DELETE, traffic::clear_requests));
    let settings = admin_endpoint(GET, settings::settings).merge(admin_endpoint(PATCH, settings::change_settings));
    Router::new()
        .route(PREFIX, admin_endpoint(GET, front_page))
        .route(&at("reset"), admin_endpoint(POST, data::reset))
        .route(&at("state"), on(GET, data::snapshot).merge(admin_endpoint(PUT, data::restore)))
        .route(&at("fill"), admin_endpoint(POST, data::generate))
        .route(&at("clock"), clock)
        .route(&at("faults"), faults)
        .route(&at("requests"), requests)
        .route(&at("peaks"), admin_endpoint(GET, traffic::peaks))
        .route(&at("search/flush"), admin_endpoint(POST, settings::flush_search))
        .route(&at("settings"), settings)
        .route(&at("tokens/{token}"), admin_endpoint(PUT, environment::put_token))
        .route(&at("calendars/{user_id}"), admin_endpoint(POST, environment::change_calendar))
        .merge(app_routes())
        .merge(conversation_routes())
        .merge(webhook_routes())
        .merge(channel_routes())
}

fn channel_routes() -> Router<Sandbox> {
    let at = |path: &str| format!("{PREFIX}/custom-channels/{path}");
    Router::new()
        .route(&at("webhooks"), admin_endpoint(PUT, channels::put_webhooks))
        .route(&at("deliveries"), admin_endpoint(GET, channels::deliveries))
        .route(&at("staging-tokens"), admin_endpoint(POST, channels::stage))
        .route(&at("purges"), admin_endpoint(POST, channels::purge))
}

fn app_routes() -> Router<Sandbox> {
    Router::new()
        .route(&format!("{PREFIX}/apps"), admin_endpoint(GET, apps::apps))
        .route(&format!("{PREFIX}/apps/{{app_id}}"), admin_endpoint(PUT, apps::put_app))
        .route(&format!("{PREFIX}/apps/{{app_id}}/revoke"), admin_endpoint(POST, apps::revoke))
}

fn webhook_routes() -> Router<Sandbox> {
    let app = admin_endpoint(PUT, webhooks::put_app).merge(admin_endpoint(DELETE, webhooks::delete_app));
    Router::new()
        .route(&format!("{PREFIX}/webhooks/{{app_id}}"), app)
        .route(&format!("{PREFIX}/webhooks/{{app_id}}/deliveries"), admin_endpoint(GET, webhooks::deliveries))
}

fn conversation_routes() -> Router<Sandbox> {
    let at = |path: &str| format!("{PREFIX}/conversations/{path}");
    Router::new()
        .route(&at("visitor-messages"), admin_endpoint(POST, conversations::visitor_message))
        .route(&at("agent-messages"), admin_endpoint(POST, conversations::agent_message))
        .route(&at("assignments"), admin_endpoint(POST, conversations::assignment))
        .route(&at("status"), admin_endpoint(POST, conversations::status))
        .route(&at("moves"), admin_endpoint(POST, conversations::moved))
        .route(&at("departures"), admin_endpoint(POST, conversations::departure))
}

/// Renders the reference of the admin plane.
fn front_page(_: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    let endpoints = reference::ENDPOINTS.iter().map(|one| match one.body {
        "" => (one.request.to_owned(), Value::from(one.description)),
        body => (one.request.to_owned(), format!("{body}: {}", one.description).into()),
    });
    let mut page: Map<String, Value> = endpoints.collect();
    let effects = reference::EFFECTS.iter().map(|(effect, text)| ((*effect).to_owned(), Value::from(*text)));
    page.insert("effects of faults".into(), effects.collect::<Map<_, _>>().into());
    Ok(page.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fault::Effect;
    use crate::test_client::client;

    #[tokio::test(start_paused = true)]
    async fn the_front_page_names_every_endpoint_and_every_effect() {
        let client = client().with_token("");
        let page = client.get("/__sandbox").await.expect(200);
        assert_eq!(page.as_object().unwrap().len(), reference::ENDPOINTS.len() + 1);
        for endpoint in reference::ENDPOINTS {
            let (method, path) = endpoint.request.split_once(' ').unwrap();
            let path = path.replace("{token}", "new").replace("{user_id}", "9586504").replace("{app_id}", "7");
            let reply = client.send(method.parse().unwrap(), &path, "").await;
            assert!(matches!(reply.status, 200 | 400), "{}: {}", endpoint.request, reply.text);
        }
        assert_eq!(page["effects of faults"].as_object().unwrap().len(), reference::EFFECTS.len());
        for (effect, _) in reference::EFFECTS {
            assert!(serde_json::from_str::<Effect>(effect).is_ok(), "{effect}");
        }
    }
}
