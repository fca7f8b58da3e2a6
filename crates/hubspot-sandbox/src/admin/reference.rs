//! The reference of the admin plane, in words for people: its front page and the tables of the documentation.

/// An endpoint of the admin plane
#[derive(Debug)]
pub struct Endpoint {
    /// Method and path: `POST /__sandbox/reset`
    pub request: &'static str,
    /// Body of the request; empty if it has none
    pub body: &'static str,
    /// Effect of the request
    pub description: &'static str,
}

const fn endpoint(request: &'static str, body: &'static str, description: &'static str) -> Endpoint {
    Endpoint { request, body, description }
}

/// The endpoints, in the order of the routes
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint("POST /__sandbox/reset", "", "the seed company again, without faults and log"),
    endpoint("GET /__sandbox/state", "", "everything as JSON, a line for each item: a seed file"),
    endpoint(
        "PUT /__sandbox/state",
        "a seed file",
        "replaces everything; a broken file is refused with the line and changes nothing",
    ),
    endpoint("POST /__sandbox/fill", r#"{"contacts": n}"#, "n plausible contacts more, and a ticket for every fifth"),
    endpoint("GET /__sandbox/clock", "", "the time it is in the sandbox, and whether it stands still"),
    endpoint(
        "POST /__sandbox/clock",
        r#"{"set": "2026-12-01T14:00:00Z", "advance_ms": n, "frozen": true}"#,
        "moves, stops or starts the clock; all three are optional",
    ),
    endpoint("GET /__sandbox/faults", "", "the faults still to happen"),
    endpoint(
        "POST /__sandbox/faults",
        r#"{"match": {"method", "path", "path_contains", "path_is"}, "effect": .., "times": n, "after": n}"#,
        "something goes wrong with the next `times` (1) requests that match, after `after` (0) that go through",
    ),
    endpoint("DELETE /__sandbox/faults", "", "no more faults"),
    endpoint("GET /__sandbox/requests", "", "the requests so far, oldest first"),
    endpoint("DELETE /__sandbox/requests", "", "forgets them"),
    endpoint("GET /__sandbox/peaks", "", "how full the rate windows ever were, and how many requests were refused"),
    endpoint("POST /__sandbox/search/flush", "", "search knows of every change now"),
    endpoint("GET /__sandbox/settings", "", "how it behaves: tier, search_lag_ms, delay_ms, choices"),
    endpoint(
        "PATCH /__sandbox/settings",
        r#"{"tier": "free", "search_lag_ms": n, "delay_ms": n, "choices": {..}}"#,
        "changes what is named: the tier whose limits hold (free, professional, enterprise, increased, marketplace, or \
         null for none), how late search learns of changes, how slow every answer is, and what is not known of HubSpot",
    ),
    endpoint(
        "PUT /__sandbox/tokens/{token}",
        r#"{"scopes": ["tickets"], "userId": n, "appId": n, "expiresAtMs": n}"#,
        "makes or replaces a token; one without an end lives for ever",
    ),
    endpoint(
        "POST /__sandbox/calendars/{user_id}",
        r#"{"provider": "GOOGLE", "busy": [{"start": ms, "end": ms}]}"#,
        "makes a user busy, connects a calendar (GOOGLE, OFFICE365) or takes it away (null): then a booking is answered \
         200 with `isOffline` and books nothing, as user 9586611's always is",
    ),
];

/// The effects of faults, each as JSON with its description
pub const EFFECTS: &[(&str, &str)] = &[
    (
        r#"{"status": {"status": 503, "body": null, "headers": [["retry-after", "2"]]}}"#,
        "answers so without doing anything; without a body it is HubSpot's for that status",
    ),
    (
        r#"{"rate_limited": {"policy": "TEN_SECONDLY_ROLLING"}}"#,
        "answers 429 without doing anything; the policy may be DAILY and SECONDLY too",
    ),
    (r#"{"delay_ms": 5000}"#, "does what was asked, so much later"),
    (r#""silence""#, "does nothing and never answers"),
    (r#""silence_after""#, "does what was asked and never answers"),
    (r#""lost_answer""#, "does what was asked; a gateway answers 502 in HTML"),
    (r#""cut_body""#, "does what was asked; the connection breaks within the answer"),
    (r#""broken_json""#, "does what was asked; the answer is JSON cut in the middle"),
    (r#""html""#, "answers 200 with a web page, without doing anything"),
];
