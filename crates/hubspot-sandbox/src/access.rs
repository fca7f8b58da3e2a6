//! Tokens and what they may do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::clock::Ms;
use super::crm::kind::{ALL, Kind};
use super::refusal::Refusal;

/// What an endpoint demands of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scopes {
    /// Any valid token.
    Any,
    /// No token at all: the token is in the body, or there is none yet.
    Open,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// To read objects of the kind in the path.
    Read,
    /// To write objects of the kind in the path.
    Write,
}

/// One token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Token {
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) user_id: u64,
    pub(crate) app_id: u64,
    #[serde(default)]
    pub(crate) expires_at_ms: Option<Ms>,
}

pub(crate) type Tokens = BTreeMap<String, Token>;

/// Every scope that something in the sandbox asks for.
pub(crate) fn every_scope() -> BTreeSet<String> {
    let objects = ALL.into_iter().flat_map(|kind| [kind.facts().read_scope, kind.facts().write_scope]);
    let others = [
        "crm.objects.owners.read",
        "crm.schemas.contacts.read",
        "crm.schemas.contacts.write",
        "sales-email-read",
        "scheduler.meetings.meeting-link.read",
    ];
    objects.chain(others).map(str::to_owned).collect()
}

/// The token of a call, if it is a valid one now.
pub(crate) fn authenticate<'a>(tokens: &'a Tokens, bearer: Option<&str>, now_ms: Ms) -> Result<&'a Token, Refusal> {
    let token = bearer.and_then(|bearer| tokens.get(bearer)).ok_or_else(no_credentials)?;
    match token.expires_at_ms {
        Some(at) if at <= now_ms => Err(expired(at, now_ms)),
        _ => Ok(token),
    }
}

/// Whether `token` may; `kind` is the kind of objects in the path.
pub(crate) fn authorize(token: &Token, scopes: Scopes, kind: Option<Kind>) -> Result<(), Refusal> {
    let needed = needed(scopes, kind);
    let is_email = kind == Some(Kind::Emails) && matches!(scopes, Scopes::Read | Scopes::Write);
    if is_email && !token.scopes.contains("sales-email-read") {
        return Err(missing_scopes(&["sales-email-read"]));
    }
    match needed.is_empty() || needed.iter().any(|scope| token.scopes.contains(*scope)) {
        true => Ok(()),
        false => Err(missing_scopes(&needed)),
    }
}

fn needed(scopes: Scopes, kind: Option<Kind>) -> Vec<&'static str> {
    match (scopes, kind) {
        (Scopes::OneOf(names), _) => names.to_vec(),
        (Scopes::Read, Some(kind)) => vec![kind.facts().read_scope],
        (Scopes::Write, Some(kind)) => vec![kind.facts().write_scope],
        _ => Vec::new(),
    }
}

/// HubSpot answers the same to a missing and to an unknown token.
pub(crate) fn no_credentials() -> Refusal {
    let message = "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find \
                   more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview";
    Refusal::new(401, message).category("INVALID_AUTHENTICATION")
}

fn expired(at: Ms, now_ms: Ms) -> Refusal {
    let days = now_ms.saturating_sub(at) / 86_400_000;
    let detail = format!("The OAuth token used to make this call expired {days} day(s) ago.");
    Refusal::new(401, format!("This oauth-token is expired! expiresAt: {at}, now: {now_ms}"))
        .error(json!({"message": detail}))
        .category("EXPIRED_AUTHENTICATION")
}

pub(crate) fn missing_scopes(needed: &[&str]) -> Refusal {
    let message = "This app hasn't been granted all required scopes to make this call. Read more about required \
                   scopes here: https://developers.hubspot.com/scopes.";
    let context = json!({"requiredGranularScopes": needed});
    Refusal::new(403, message)
        .error(json!({"message": "One or more of the following scopes are required.", "context": context}))
        .with("links", json!({"scopes": "https://developers.hubspot.com/scopes"}))
        .category("MISSING_SCOPES")
}
