//! Something that goes wrong on purpose.

use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Faults waiting to happen.
pub(super) const FAULTS_MAX: usize = 1_000;

/// What happens to the next `times` requests that match, after `after` matching ones went through untouched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(default, rename = "match")]
    pub matches: Match,
    pub effect: Effect,
    #[serde(default = "once")]
    pub times: u32,
    #[serde(default)]
    pub after: u32,
}

/// Which requests; what is not named matches all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// `GET`, in any case
    pub method: Option<String>,
    /// How the path starts, as the client sent it
    pub path: Option<String>,
    /// A text somewhere in the path: the families have several prefixes
    pub path_contains: Option<String>,
    /// The whole path, where a longer one begins with it
    pub path_is: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Answers without doing anything. Without a body it is HubSpot's error body for that status.
    Status {
        status: u16,
        #[serde(default)]
        body: Option<Value>,
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// Answers 429 in HubSpot's shape, without doing anything.
    RateLimited { policy: Policy },
    /// Does what was asked, this much later.
    DelayMs(u64),
    /// Does nothing and never answers.
    Silence,
    /// Does what was asked and never answers: the caller cannot know.
    SilenceAfter,
    /// Does what was asked, then a gateway answers 502 in HTML: the caller cannot know.
    LostAnswer,
    /// Does what was asked; the connection breaks within the answer's body.
    CutBody,
    /// Does what was asked; the answer is JSON cut in the middle.
    BrokenJson,
    /// Answers 200 with an HTML page, as a proxy in between would, without doing anything.
    Html,
}

/// Which of HubSpot's windows is said to be full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Policy {
    Daily,
    TenSecondlyRolling,
    /// The search bucket: its 429 names no policy.
    Secondly,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// Once, for every request.
    pub fn once(effect: Effect) -> Fault {
        Fault { matches: Match::default(), effect, times: 1, after: 0 }
    }

    pub fn times(self, times: u32) -> Fault {
        Fault { times, ..self }
    }

    pub fn after(self, after: u32) -> Fault {
        Fault { after, ..self }
    }

    /// Only for requests with this method whose path contains `path`.
    pub fn on(self, method: &Method, path: &str) -> Fault {
        let path_contains = Some(path.to_owned());
        Fault { matches: Match { method: Some(method.to_string()), path_contains, ..Match::default() }, ..self }
    }
}

impl Effect {
    /// HubSpot's error body with this status.
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

/// The effect of the first fault that matches; used-up faults are gone.
pub(super) fn next(faults: &mut Vec<Fault>, method: &Method, path: &str) -> Option<Effect> {
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
    fn a_fault_waits_happens_and_is_gone() {
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
