//! Access: the validity of tokens, and the scopes that requests need.

use std::collections::BTreeSet;

use crate::clock::Ms;
use crate::model::object_type::{ALL, ObjectType};
use crate::model::token::{Token, Tokens};

/// The scope that every app with OAuth asks for; no endpoint requires it.
pub(crate) const OAUTH: &str = "oauth";
const EMAIL_SCOPE: &str = "sales-email-read";
pub(crate) const CONVERSATIONS_READ: &str = "conversations.read";
pub(crate) const CONVERSATIONS_WRITE: &str = "conversations.write";
pub(crate) const CUSTOM_CHANNELS_READ: &str = "conversations.custom_channels.read";
pub(crate) const CUSTOM_CHANNELS_WRITE: &str = "conversations.custom_channels.write";
pub(crate) const VISITOR_TOKENS: &str = "conversations.visitor_identification.tokens.create";
pub(crate) const FILES: &str = "files";

/// The scopes that an endpoint requires of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scopes {
    /// Any valid token.
    Any,
    /// No token: it is in the body, or the client has none yet.
    Open,
    /// At least one of these.
    OneOf(&'static [&'static str]),
    /// The read scope of the object type in the path.
    Read,
    /// The write scope of the object type in the path.
    Write,
}

/// The reasons why a request has no access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// No token, or one that does not exist: HubSpot answers the same to both.
    NoCredentials,
    Expired {
        at_ms: Ms,
        now_ms: Ms,
    },
    /// The token has none of these scopes.
    MissingScopes(Vec<&'static str>),
}

/// Returns every scope that some endpoint requires.
pub(crate) fn every_scope() -> BTreeSet<String> {
    let objects = ALL.into_iter().flat_map(|one| [one.info().read_scope, one.info().write_scope]);
    let others = [
        "crm.objects.owners.read",
        "crm.schemas.contacts.read",
        "crm.schemas.contacts.write",
        EMAIL_SCOPE,
        "scheduler.meetings.meeting-link.read",
        CONVERSATIONS_READ,
        CONVERSATIONS_WRITE,
        CUSTOM_CHANNELS_READ,
        CUSTOM_CHANNELS_WRITE,
        VISITOR_TOKENS,
        FILES,
    ];
    objects.chain(others).map(str::to_owned).collect()
}

/// Finds the token of a request, if it is valid now.
pub(crate) fn authenticate<'a>(tokens: &'a Tokens, bearer: Option<&str>, now_ms: Ms) -> Result<&'a Token, Denied> {
    let token = bearer.and_then(|bearer| tokens.get(bearer)).ok_or(Denied::NoCredentials)?;
    match token.expires_at_ms {
        Some(at_ms) if at_ms <= now_ms => Err(Denied::Expired { at_ms, now_ms }),
        _ => Ok(token),
    }
}

/// Checks the scopes of a token; `object_type` is the one in the path. E-mails need a scope of their own besides.
pub(crate) fn authorize(token: &Token, scopes: Scopes, object_type: Option<ObjectType>) -> Result<(), Denied> {
    let needed = needed(scopes, object_type);
    let is_email = object_type == Some(ObjectType::Emails) && matches!(scopes, Scopes::Read | Scopes::Write);
    if is_email && !token.scopes.contains(EMAIL_SCOPE) {
        return Err(Denied::MissingScopes(vec![EMAIL_SCOPE]));
    }
    match needed.is_empty() || needed.iter().any(|scope| token.scopes.contains(*scope)) {
        true => Ok(()),
        false => Err(Denied::MissingScopes(needed)),
    }
}

fn needed(scopes: Scopes, object_type: Option<ObjectType>) -> Vec<&'static str> {
    match (scopes, object_type) {
        (Scopes::OneOf(names), _) => names.to_vec(),
        (Scopes::Read, Some(object_type)) => vec![object_type.info().read_scope],
        (Scopes::Write, Some(object_type)) => vec![object_type.info().write_scope],
        _ => Vec::new(),
    }
}
