//! Injected faults: requests that go wrong on purpose.

use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A fault that applies to the next `times` requests that match, after the first `after` matching ones went through.
///
/// As JSON (`POST /__sandbox/faults`): `{"match": {"method": "POST"}, "effect": "lost_answer", "times": 2}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Requests that the fault applies to.
    #[serde(default, rename = "match")]
    pub matches: Match,
    /// Outcome of those requests.
    pub effect: Effect,
    /// Number of requests that fail, 1 by default.
    #[serde(default = "once")]
    pub times: u32,
    /// Number of matching requests that go through first, 0 by default.
    #[serde(default)]
    pub after: u32,
}

/// A pattern of requests. A field that is `None` matches every request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// Method, in any case: `GET`.
    pub method: Option<String>,
    /// Beginning of the path, as the client sent it.
    pub path: Option<String>,
    /// Text somewhere in the path, which holds for all versions of a family's prefix: `/tickets`.
    pub path_contains: Option<String>,
    /// Whole path, for a path that others begin with.
    pub path_is: Option<String>,
}

/// The outcome of a request that a fault applies to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// The request is not executed; the response has this status.
    Status {
        /// Status code of the response.
        status: u16,
        /// Body of the response; HubSpot's error body for the status when `None`.
        #[serde(default)]
        body: Option<Value>,
        /// Additional headers of the response, as names and values.
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// The request is not executed; the response is HubSpot's 429.
    RateLimited {
        /// The window that is reported as full.
        policy: Policy,
    },
    /// The request is executed after this many milliseconds.
    DelayMs(u64),
    /// The request is not executed and gets no response.
    Silence,
    /// The request is executed and gets no response: the client cannot know the outcome.
    SilenceAfter,
    /// The request is executed; the response is a gateway's 502 in HTML: the client cannot know the outcome.
    LostAnswer,
    /// The response is a gateway's 504 in HTML at once; the request is executed after this many milliseconds.
    Late(u64),
    /// The request is executed; the connection breaks in the middle of the response body.
    CutBody,
    /// The request is executed; the response body is half of the JSON.
    BrokenJson,
    /// The request is not executed; the response is 200 with an HTML page, as from a proxy in between.
    Html,
}

/// HubSpot's rate windows, by the name that a 429 gives as `policyName`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Policy {
    /// Requests of one day.
    Daily,
    /// Requests in a rolling window of ten seconds.
    TenSecondlyRolling,
    /// Searches in one second. The 429 of this window names no policy.
    Secondly,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// Creates a fault that applies to the next request, whatever it is.
    pub fn once(effect: Effect) -> Fault {
        Fault { matches: Match::default(), effect, times: 1, after: 0 }
    }

    /// Lets the fault apply to this many requests.
    pub fn times(self, times: u32) -> Fault {
        Fault { times, ..self }
    }

    /// Lets this many matching requests go through before the fault applies.
    pub fn after(self, after: u32) -> Fault {
        Fault { after, ..self }
    }

    /// Limits the fault to requests with this method whose path contains `path`.
    pub fn on(self, method: &Method, path: &str) -> Fault {
        let path_contains = Some(path.to_owned());
        Fault { matches: Match { method: Some(method.to_string()), path_contains, ..Match::default() }, ..self }
    }
}

impl Effect {
    /// Creates a response with this status and HubSpot's error body for it.
    pub fn status(status: u16) -> Effect {
        Effect::Status { status, body: None, headers: Vec::new() }
    }
}

impl Match {
    fn holds(&self, method: &Method, path: &str) -> bool {
        self.method.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(method.as_str()))
            && self.path.as_deref().is_none_or(|prefix| path.starts_with(prefix))
            && self.path_contains.as_deref().is_none_or(|part| path.contains(part))
            && self.path_is.as_deref().is_none_or(|whole| path == whole)
    }
}

/// Returns the effect of the first fault that matches, if any, and removes the faults that are used up.
pub(crate) fn next(faults: &mut Vec<Fault>, method: &Method, path: &str) -> Option<Effect> {
    let at = faults.iter().position(|fault| fault.times > 0 && fault.matches.holds(method, path))?;
    let fault = &mut faults[at];
    if fault.after > 0 {
        fault.after -= 1;
        return None;
    }
    fault.times -= 1;
    let effect = fault.effect.clone();
    faults.retain(|fault| fault.times > 0);
    Some(effect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_applies_after_its_wait_and_as_often_as_it_says() {
        let mut faults = vec![
            Fault::once(Effect::status(503)).times(2).after(1).on(&Method::POST, "/tickets"),
            Fault::once(Effect::Html),
        ];
        let post = |faults: &mut Vec<Fault>| next(faults, &Method::POST, "/crm/v3/objects/tickets");
        assert_eq!(post(&mut faults), None);
        assert_eq!(post(&mut faults), Some(Effect::status(503)));
        assert_eq!(next(&mut faults, &Method::GET, "/crm/v3/objects/tickets"), Some(Effect::Html));
        assert_eq!(post(&mut faults), Some(Effect::status(503)));
        assert_eq!(post(&mut faults), None);
        assert!(faults.is_empty());
    }

    #[test]
    fn a_fault_is_read_from_json() {
        let text =
            r#"{"match": {"method": "post", "path": "/crm"}, "effect": {"status": {"status": 500}}, "times": 3}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        assert_eq!((fault.times, fault.effect), (3, Effect::status(500)));
        let silence: Fault = serde_json::from_str(r#"{"effect": "silence"}"#).unwrap();
        assert_eq!(silence, Fault::once(Effect::Silence));
    }
}
