//! The reference of the admin plane, in words for people: its front page and the tables of the documentation.

/// An endpoint of the admin plane.
#[derive(Debug)]
pub struct Endpoint {
    /// Method and path: `POST /__sandbox/reset`.
    pub request: &'static str,
    /// Body of the request; empty if it has none.
    pub body: &'static str,
    /// Effect of the request.
    pub description: &'static str,
}

const fn endpoint(request: &'static str, body: &'static str, description: &'static str) -> Endpoint {
    Endpoint { request, body, description }
}

/// The endpoints, in the order of the routes.
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint("POST /__sandbox/reset", "", "replaces everything by the seed company; faults and the log of requests go"),
    endpoint(
        "GET /__sandbox/state",
        "",
        "the whole account as JSON with a line for each item, which is a seed file, too",
    ),
    endpoint(
        "PUT /__sandbox/state",
        "a seed file",
        "replaces everything; an invalid file is an error that names the line, and changes nothing",
    ),
    endpoint(
        "POST /__sandbox/fill",
        r#"{"contacts": n}"#,
        "adds n generated contacts, and a ticket for every fifth of them",
    ),
    endpoint("GET /__sandbox/clock", "", "the calendar time of the account, and if it is frozen"),
    endpoint(
        "POST /__sandbox/clock",
        r#"{"set": "2026-12-01T14:00:00Z", "advance_ms": n, "frozen": true}"#,
        "sets, advances, freezes or starts the clock; all three fields are optional",
    ),
    endpoint("GET /__sandbox/faults", "", "the faults that are still to apply"),
    endpoint(
        "POST /__sandbox/faults",
        r#"{"match": {"method", "path", "path_contains", "path_is"}, "effect": .., "times": n, "after": n}"#,
        "adds a fault that applies to the next `times` (1) matching requests, after `after` (0) of them went through",
    ),
    endpoint("DELETE /__sandbox/faults", "", "removes all faults"),
    endpoint("GET /__sandbox/requests", "", "the log of requests, oldest first"),
    endpoint("DELETE /__sandbox/requests", "", "forgets them"),
    endpoint(
        "GET /__sandbox/peaks",
        "",
        "the highest number of requests in each rate window, and the number of requests answered with 429",
    ),
    endpoint("POST /__sandbox/search/flush", "", "makes every change visible to search"),
    endpoint("GET /__sandbox/settings", "", "the settings: tier, search_lag_ms, delay_ms, choices"),
    endpoint(
        "PATCH /__sandbox/settings",
        r#"{"tier": "free", "search_lag_ms": n, "delay_ms": n, "choices": {..}}"#,
        "changes the settings that are named: the tier whose rate limits hold (free, professional, enterprise, increased, \
         marketplace, or null for none), the lag of search, the delay of every response, and the assumptions on \
         undocumented behaviours of HubSpot",
    ),
    endpoint(
        "PUT /__sandbox/tokens/{token}",
        r#"{"scopes": ["tickets"], "userId": n, "appId": n, "expiresAtMs": n}"#,
        "creates or replaces a token; without `expiresAtMs` it does not expire",
    ),
    endpoint(
        "GET /__sandbox/apps",
        "",
        "the apps with their client ids, secrets and developer keys, and how many refresh tokens each was granted",
    ),
    endpoint(
        "PUT /__sandbox/apps/{app_id}",
        r#"{"name": "..", "client_id": "..", "client_secret": "..", "redirect_uris": ["http://localhost:8790/oauth/callback"], "scopes": [..], "developer_key"}"#,
        "adds an app, or replaces the one with this id; without `scopes` it may be granted all",
    ),
    endpoint(
        "POST /__sandbox/apps/{app_id}/revoke",
        "",
        "ends all refresh and access tokens of an app, as when it is uninstalled",
    ),
    endpoint(
        "POST /__sandbox/calendars/{user_id}",
        r#"{"provider": "GOOGLE", "busy": [{"start": ms, "end": ms}]}"#,
        "makes a user busy, connects a calendar (GOOGLE, OFFICE365) or disconnects it (null): a booking then succeeds with \
         `isOffline` and books nothing, as with user 9586611, who has no calendar",
    ),
    endpoint(
        "POST /__sandbox/conversations/visitor-messages",
        r#"{"channel": "chat", "text": "..", "thread", "inbox", "contact", "email", "name", "ticket", "subject", "rich_text", "attachments": [{"name", "mime", "base64"}]}"#,
        "lets a visitor write, over `chat`, `email` or `form`, and answers with `thread_id` and `message_id`; without a \
         thread, a new one begins",
    ),
    endpoint(
        "POST /__sandbox/conversations/agent-messages",
        r#"{"thread": "..", "user_id": n, "text": "..", "internal": false, "author", "rich_text", "attachments": [{"name", "mime", "base64"}]}"#,
        "lets an agent reply, or comment with `internal`; `author` in the place of `user_id` is another actor: B-.. a \
         bot, L-.. HubSpot's own assistant, I-.. an app",
    ),
    endpoint(
        "POST /__sandbox/conversations/assignments",
        r#"{"thread": "..", "user_id": n}"#,
        "assigns a thread to a user, or to nobody with null",
    ),
    endpoint(
        "POST /__sandbox/conversations/status",
        r#"{"thread": "..", "status": "CLOSED"}"#,
        "closes a thread, or opens it again with OPEN",
    ),
    endpoint(
        "POST /__sandbox/conversations/moves",
        r#"{"thread": "..", "inbox": ".."}"#,
        "moves a thread to another inbox",
    ),
    endpoint(
        "POST /__sandbox/conversations/departures",
        r#"{"thread": ".."}"#,
        "lets the visitor leave the chat, until they write again",
    ),
    endpoint(
        "PUT /__sandbox/webhooks/{app_id}",
        r#"{"client_secret": "..", "target_url": "http://127.0.0.1:8080/hook", "subscriptions": [{"type": "conversation.newMessage"}, {"type": "contact.propertyChange", "property": "email"}], "older_signature", "max_concurrent_requests", "retry_speed", "mischief": {"seed", "duplicates_percent", "disorder_percent", "loss_percent", "delay_ms"}}"#,
        "tells an app on this machine of changes from now on: signed batches of up to 100 events, 5 seconds to answer, 10 \
         retries in a day (`retry_speed` divides the pauses); `older_signature` is v1, v2 or v1_alone",
    ),
    endpoint("DELETE /__sandbox/webhooks/{app_id}", "", "tells the app nothing more"),
    endpoint(
        "GET /__sandbox/webhooks/{app_id}/deliveries",
        "",
        "the requests to the app, oldest first, with their events and outcomes, and the number of events that found no room",
    ),
    endpoint(
        "PUT /__sandbox/custom-channels/webhooks",
        r#"{"retry_speed": n, "mischief": {"seed", "duplicates_percent", "disorder_percent", "loss_percent", "delay_ms"}}"#,
        "lets the webhooks of custom channels go wrong, or come again sooner",
    ),
    endpoint(
        "GET /__sandbox/custom-channels/deliveries",
        "",
        "the requests to the addresses of custom channels, oldest first, with their events and outcomes",
    ),
    endpoint(
        "POST /__sandbox/custom-channels/staging-tokens",
        r#"{"channel": "..", "inbox": ".."}"#,
        "begins to connect a custom channel to an inbox, as a person does in HubSpot's settings, and answers with the \
         `account_token` for the channel's app",
    ),
    endpoint(
        "POST /__sandbox/custom-channels/purges",
        r#"{"account": ".."}"#,
        "removes an account of a custom channel, as a person does in HubSpot's settings",
    ),
];

/// The effects of faults, each as JSON with its description.
pub const EFFECTS: &[(&str, &str)] = &[
    (
        r#"{"status": {"status": 503, "body": null, "headers": [["retry-after", "2"]]}}"#,
        "the request is not executed; the response has this status and body, or HubSpot's error body for it",
    ),
    (
        r#"{"rate_limited": {"policy": "TEN_SECONDLY_ROLLING"}}"#,
        "the request is not executed; the response is HubSpot's 429. Other policies: DAILY, SECONDLY",
    ),
    (r#"{"delay_ms": 5000}"#, "the request is executed after this many milliseconds"),
    (r#""silence""#, "the request is not executed and gets no response"),
    (r#""silence_after""#, "the request is executed and gets no response"),
    (r#""lost_answer""#, "the request is executed; the response is a gateway's 502 in HTML"),
    (r#""cut_body""#, "the request is executed; the connection breaks in the middle of the response"),
    (r#""broken_json""#, "the request is executed; the response is half of the JSON"),
    (r#""html""#, "the request is not executed; the response is 200 with an HTML page"),
];
