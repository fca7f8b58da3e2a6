//! What changes around the account: time, calendars, tokens.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{done, present, read};
use crate::Sandbox;
use crate::access::Token;
use crate::call::Call;
use crate::clock::{Ms, stamp};
use crate::scheduler::calendar::Interval;

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

pub(super) fn read_clock(sandbox: &Sandbox, _: &Call) -> Result<Value, String> {
    let portal = sandbox.portal();
    Ok(json!({"now": stamp(portal.now_ms()), "frozen": portal.clock.is_frozen()}))
}

pub(super) fn set_clock(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
    let asked: Clock = read(call)?;
    let mut portal = sandbox.portal();
    if let Some(now) = asked.set {
        portal.clock.set(now);
    }
    if let Some(ms) = asked.advance_ms {
        portal.clock.advance(TimeDelta::milliseconds(Ms::from(ms)));
    }
    match asked.frozen {
        Some(true) => portal.clock.freeze(),
        Some(false) => portal.clock.run(),
        None => {}
    }
    drop(portal);
    read_clock(sandbox, call)
}

pub(super) fn put_token(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
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

pub(super) fn change_calendar(sandbox: &Sandbox, call: &Call) -> Result<Value, String> {
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

    use crate::testing::client;

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
