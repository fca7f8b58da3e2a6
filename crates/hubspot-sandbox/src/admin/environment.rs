//! The environment of the account: clock, calendars, tokens.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::endpoint::{ok, present, read};
use crate::api::call::ApiCall;
use crate::clock::{Ms, stamp};
use crate::model::calendar::Interval;
use crate::model::token::Token;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockInput {
    #[serde(default)]
    set: Option<DateTime<Utc>>,
    #[serde(default)]
    advance_ms: Option<u32>,
    #[serde(default)]
    frozen: Option<bool>,
}

pub(crate) fn clock(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    let clock = sandbox.lock().portal.clock;
    Ok(json!({"now": stamp(clock.now_ms()), "frozen": clock.is_frozen()}))
}

pub(crate) fn change_clock(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let change: ClockInput = read(call)?;
    let mut account = sandbox.lock();
    let clock = &mut account.portal.clock;
    if let Some(now) = change.set {
        clock.set(now);
    }
    if let Some(ms) = change.advance_ms {
        clock.advance(TimeDelta::milliseconds(Ms::from(ms)));
    }
    match change.frozen {
        Some(true) => clock.freeze(),
        Some(false) => clock.run(),
        None => {}
    }
    drop(account);
    self::clock(sandbox, call)
}

pub(crate) fn put_token(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let token: Token = read(call)?;
    sandbox.lock().portal.tokens.insert(call.param("token").to_owned(), token);
    ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarInput {
    /// Absent: unchanged; `null`: disconnected.
    #[serde(default, deserialize_with = "present")]
    provider: Option<Option<String>>,
    #[serde(default)]
    busy: Vec<Interval>,
}

pub(crate) fn change_calendar(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let change: CalendarInput = read(call)?;
    let user_id: u64 = call.param("user_id").parse().map_err(|_| "the user id is not a number".to_owned())?;
    let portal = &mut sandbox.lock().portal;
    let calendar = portal.scheduler.calendars.get_mut(&user_id);
    let calendar = calendar.ok_or_else(|| format!("user `{user_id}` has no meetings"))?;
    if let Some(provider) = change.provider {
        calendar.provider = provider;
    }
    calendar.busy.extend(change.busy);
    ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::client;

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
    async fn tokens_and_calendars_are_changed() {
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
