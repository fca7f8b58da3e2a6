//! The admin plane, outside HubSpot's paths: what a test does to the sandbox over HTTP. It asks for no token.
//!
//! ```text
//! curl localhost:8700/__sandbox                                           # what there is
//! curl localhost:8700/__sandbox/state > seed.json                         # everything, as a seed file
//! curl -X PUT  localhost:8700/__sandbox/state -d @seed.json               # everything replaced
//! curl -X POST localhost:8700/__sandbox/clock -d '{"set": "2026-12-01T14:00:00Z", "frozen": true}'
//! curl -X POST localhost:8700/__sandbox/faults \
//!      -d '{"match": {"method": "POST", "path_contains": "/tickets"}, "effect": "lost_answer", "times": 2}'
//! curl -X POST localhost:8700/__sandbox/faults -d '{"effect": {"rate_limited": {"policy": "TEN_SECONDLY_ROLLING"}}}'
//! curl localhost:8700/__sandbox/requests                                  # what came, oldest first
//! ```

use axum::Router;
use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::access::Token;
use super::answer;
use super::call::Call;
use super::choices::Choices;
use super::clock::stamp;
use super::fault::Fault;
use super::limits::Tier;
use super::log::Logged;
use super::scheduler::calendar::Interval;
use super::{Sandbox, clock};

/// What the front page lists, in the order of the routes below.
const HELP: &[(&str, &str)] = &[
    ("POST /__sandbox/reset", "the seed company again, without faults and log"),
    ("GET /__sandbox/state", "everything as JSON: a seed file"),
    ("PUT /__sandbox/state", "replaces everything by a seed file"),
    ("POST /__sandbox/fill", "{\"contacts\": n}: n plausible contacts, a ticket for every fifth"),
    ("GET /__sandbox/clock", "the time it is in the sandbox"),
    ("POST /__sandbox/clock", "{\"set\": date-time, \"advance_ms\": n, \"frozen\": true|false}, all optional"),
    ("GET /__sandbox/faults", "the faults still to happen"),
    (
        "POST /__sandbox/faults",
        "{\"match\": {\"method\", \"path\", \"path_contains\", \"path_is\"}, \"effect\", \"times\", \"after\"}",
    ),
    ("DELETE /__sandbox/faults", "no more faults"),
    ("GET /__sandbox/requests", "the requests so far, oldest first"),
    ("DELETE /__sandbox/requests", "forgets them"),
    ("GET /__sandbox/peaks", "how full the rate windows ever were"),
    ("POST /__sandbox/search/flush", "search knows of every change now"),
    ("GET /__sandbox/settings", "tier, search_lag_ms, delay_ms, choices"),
    ("PATCH /__sandbox/settings", "changes some of them; \"tier\": null lifts the limits"),
    ("PUT /__sandbox/tokens/{token}", "{\"scopes\": [..], \"userId\", \"appId\", \"expiresAtMs\"}"),
    (
        "POST /__sandbox/calendars/{user_id}",
        "{\"provider\": \"GOOGLE\"|null, \"busy\": [{\"start\": ms, \"end\": ms}]}",
    ),
];

type Handler = fn(&Sandbox, &Call) -> Result<Value, String>;

pub(super) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/__sandbox", does(MethodFilter::GET, help))
        .route("/__sandbox/reset", does(MethodFilter::POST, reset))
        .route("/__sandbox/state", on(MethodFilter::GET, state).merge(does(MethodFilter::PUT, restore)))
        .route("/__sandbox/fill", does(MethodFilter::POST, fill))
        .route("/__sandbox/clock", does(MethodFilter::GET, read_clock).merge(does(MethodFilter::POST, set_clock)))
        .route(
            "/__sandbox/faults",
            does(MethodFilter::GET, faults)
                .merge(does(MethodFilter::POST, add_fault))
                .merge(does(MethodFilter::DELETE, clear_faults)),
        )
        .route(
            "/__sandbox/requests",
            does(MethodFilter::GET, requests).merge(does(MethodFilter::DELETE, clear_requests)),
        )
        .route("/__sandbox/peaks", does(MethodFilter::GET, |sandbox, _| Ok(json!(sandbox.peaks()))))
        .route("/__sandbox/search/flush", does(MethodFilter::POST, flush))
        .route(
            "/__sandbox/settings",
            does(MethodFilter::GET, settings).merge(does(MethodFilter::PATCH, change_settings)),
        )
        .route("/__sandbox/tokens/{token}", does(MethodFilter::PUT, put_token))
        .route("/__sandbox/calendars/{user_id}", does(MethodFilter::POST, change_calendar))
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

fn help(_: &Sandbox, _: &Call) -> Result<Value, String> {
    Ok(HELP
        .iter()
        .map(|(path, does)| ((*path).to_owned(), Value::from(*does)))
        .collect::<serde_json::Map<_, _>>()
        .into())
}

fn reset(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    sandbox.reset();
    done()
}

/// As it is dumped, a line for each item: an error in the file can then say where it is.
async fn state(State(sandbox): State<Sandbox>) -> Response {
    answer::json_text(200, sandbox.dump())
}

fn restore(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
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

fn fill(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    let Fill { contacts } = read(call)?;
    if contacts > FILL_MAX {
        return Err(format!("`{contacts}` is too many: at most {FILL_MAX}"));
    }
    sandbox.fill(contacts);
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    #[serde(default)]
    set: Option<DateTime<Utc>>,
    #[serde(default)]
    advance_ms: Option<u32>,
    #[serde(default)]
    frozen: Option<bool>,
}

fn read_clock(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    let portal = sandbox.portal();
    Ok(json!({"now": stamp(portal.now_ms()), "frozen": portal.clock.is_frozen()}))
}

fn set_clock(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    let asked: Clock = read(call)?;
    let mut portal = sandbox.portal();
    if let Some(now) = asked.set {
        portal.clock.set(now);
    }
    if let Some(ms) = asked.advance_ms {
        portal.clock.advance(TimeDelta::milliseconds(clock::Ms::from(ms)));
    }
    match asked.frozen {
        Some(true) => portal.clock.freeze(),
        Some(false) => portal.clock.run(),
        None => {}
    }
    drop(portal);
    read_clock(sandbox, call)
}

fn faults(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    Ok(json!(sandbox.portal().faults))
}

fn add_fault(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    sandbox.disturb(read::<Fault>(call)?);
    done()
}

fn clear_faults(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    sandbox.portal().faults.clear();
    done()
}

fn requests(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    let shown = |one: &Logged| {
        json!({
            "method": one.method, "path": one.path, "query": one.query, "status": one.status, "at": one.at,
            "correlationId": one.correlation_id, "body": String::from_utf8_lossy(&one.body)
        })
    };
    Ok(sandbox.requests().iter().map(shown).collect::<Vec<_>>().into())
}

fn clear_requests(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    sandbox.clear_requests();
    done()
}

fn flush(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    sandbox.flush_search();
    done()
}

fn settings(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
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
    #[serde(default)]
    choices: Option<Choices>,
}

/// Tells `null` from nothing at all.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn change_settings(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    let asked: NewSettings = read(call)?;
    let mut portal = sandbox.portal();
    let settings = &mut portal.settings;
    settings.tier = asked.tier.unwrap_or(settings.tier);
    settings.search_lag_ms = asked.search_lag_ms.unwrap_or(settings.search_lag_ms);
    settings.delay_ms = asked.delay_ms.unwrap_or(settings.delay_ms);
    settings.choices = asked.choices.unwrap_or(settings.choices);
    drop(portal);
    self::settings(sandbox, call)
}

fn put_token(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    let token: Token = read(call)?;
    sandbox.portal().tokens.insert(call.param("token").to_owned(), token);
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCalendar {
    /// Absent: as it is. `null`: disconnected.
    #[serde(default, deserialize_with = "present")]
    provider: Option<Option<String>>,
    #[serde(default)]
    busy: Vec<Interval>,
}

fn change_calendar(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    let asked: NewCalendar = read(call)?;
    let user_id: u64 = call.param("user_id").parse().map_err(|_| "the user id is not a number".to_owned())?;
    let mut portal = sandbox.portal();
    let calendar = portal.scheduler.calendars.get_mut(&user_id);
    let calendar = calendar.ok_or_else(|| format!("user `{user_id}` has no meetings"))?;
    if let Some(provider) = asked.provider {
        calendar.provider = provider;
    }
    calendar.busy.extend(asked.busy);
    done()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sandbox::testing::{SARAH, client};

    #[tokio::test(start_paused = true)]
    async fn the_clock_is_frozen_set_and_moved() {
        let client = client().with_token("");
        let asked = json!({"set": "2027-01-01T00:00:00Z", "advance_ms": 5000, "frozen": true});
        let clock = client.post("/__sandbox/clock", asked).await.expect(200);
        assert_eq!(clock, json!({"now": "2027-01-01T00:00:05.000Z", "frozen": true}));
        let running = client.post("/__sandbox/clock", json!({"frozen": false})).await.expect(200);
        assert_eq!(running["frozen"], false);
        client.post("/__sandbox/clock", json!({"set": "soon"})).await.expect(400);
    }

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

    #[tokio::test(start_paused = true)]
    async fn a_seed_goes_in_a_state_comes_out_and_a_reset_brings_the_company_back() {
        let client = client();
        let seed = json!({"version": 1, "records": {"contacts": [{"id": "7"}]}});
        client.put("/__sandbox/state", seed).await.expect(200);
        let state = client.get("/__sandbox/state").await;
        assert_eq!(
            (state.text.clone(), &state.body["records"]["contacts"][0]["id"]),
            (client.sandbox.dump(), &json!("7"))
        );
        let refused = client.put("/__sandbox/state", json!({"version": 9})).await.expect(400);
        assert_eq!(refused["error"], "line 1: version `9` is not known; expected `1`");
        client.post("/__sandbox/reset", json!(null)).await.expect(200);
        client.get(&format!("/crm/v3/objects/contacts/{SARAH}")).await.expect(200);
        client.post("/__sandbox/fill", json!({"contacts": 3})).await.expect(200);
        assert_eq!(client.sandbox.records("contacts").len(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn settings_change_while_it_runs() {
        let client = client();
        let set = client.patch("/__sandbox/settings", json!({"tier": "free", "search_lag_ms": 300})).await.expect(200);
        assert_eq!((&set["tier"], &set["delay_ms"]), (&json!("free"), &json!(0)));
        assert!(client.get("/crm/v3/owners").await.header("x-hubspot-ratelimit-max").is_some());
        client.patch("/__sandbox/settings", json!({"tier": null})).await.expect(200);
        assert!(client.get("/crm/v3/owners").await.header("x-hubspot-ratelimit-max").is_none());
        client.post("/__sandbox/search/flush", json!(null)).await.expect(200);
        let choices = json!({"choices": {"email_filter_finds_secondary": true}});
        assert_eq!(
            client.patch("/__sandbox/settings", choices).await.expect(200)["choices"]["slot_taken"],
            "start_time_not_valid"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_and_calendars_are_changed_from_outside() {
        let client = client();
        let token = json!({"scopes": ["tickets"], "userId": 1, "appId": 2});
        client.put("/__sandbox/tokens/pat-na1-few", token).await.expect(200);
        client.with_token("pat-na1-few").get("/crm/v3/objects/contacts").await.expect(403);
        client.post("/__sandbox/calendars/9586504", json!({"provider": null})).await.expect(200);
        let info = "/scheduler/v3/meetings/meeting-links/book/richtech%2Fquick-call?timezone=UTC";
        assert_eq!(client.get(info).await.expect(200)["isOffline"], true);
        client.post("/__sandbox/calendars/1", json!({})).await.expect(400);
        assert!(client.get("/__sandbox").await.expect(200).as_object().unwrap().len() > 10);
        assert_eq!(client.get("/__sandbox/nonsense").await.status, 404);
    }
}
