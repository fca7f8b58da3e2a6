//! The name of this replica, which stands before the ids of the sessions that it holds.
//!
//! A session before 2026-07-28 lives in one process: its stream, the questions that its client is asked and the calls under
//! way are there. So its requests have to reach that process. The name tells a proxy which one it is, and a client that
//! reaches another one what is wrong; with the 404 of MCP it opens a new session by itself.

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;
use uuid::Uuid;

use super::error_body::hinted;
use crate::store::Location;

/// Stands between the name and the rest of an id.
const SEPARATOR: char = '.';

/// The digits of a name that nobody has chosen.
const RANDOM_DIGITS: usize = 8;

/// The name; `None` for a process alone, whose ids have none. Clones are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ReplicaName(Option<Arc<str>>);

impl ReplicaName {
    /// The name that the operator has chosen, or a random one where the store is for replicas.
    pub(super) fn new(chosen: Option<&str>, store: &Location) -> ReplicaName {
        let random = || Uuid::new_v4().simple().to_string()[..RANDOM_DIGITS].into();
        ReplicaName(chosen.map(Into::into).or_else(|| store.is_for_replicas().then(random)))
    }

    /// The id by which clients know a session.
    pub(super) fn outer(&self, id: &str) -> Arc<str> {
        self.0.as_ref().map_or_else(|| id.into(), |name| format!("{name}{SEPARATOR}{id}").into())
    }

    /// The id of a session in this process. That of another replica's is no id here.
    pub(super) fn inner<'a>(&self, outer: &'a str) -> &'a str {
        let own = self.0.as_ref().and_then(|name| outer.strip_prefix(&**name)?.strip_prefix(SEPARATOR));
        own.unwrap_or(outer)
    }

    /// The name in the id of a session that another replica holds, or held.
    pub(super) fn other<'a>(&self, outer: &'a str) -> Option<&'a str> {
        let (name, rest) = outer.split_once(SEPARATOR)?;
        // What names no session says nothing about replicas.
        let is_id = Uuid::try_parse(rest).is_ok() && self.0.as_deref() != Some(name);
        is_id.then_some(name)
    }

    /// The answer to a request in a session of another replica.
    pub(super) fn elsewhere(&self, other: &str) -> Response {
        let own = self.0.as_deref().unwrap_or("without a name");
        // A name comes from outside, so no more of it is shown than a name has.
        let other: String =
            other.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-').take(16).collect();
        let message = format!("this session lives at the replica `{other}`, and this is the replica `{own}`");
        let hint = "open a new session; and have the proxy send requests of one session to one replica, by the name before \
                    the dot in its id";
        hinted(StatusCode::NOT_FOUND, "SESSION_ELSEWHERE", &message, hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6f2f4d1c-8f0e-4d0a-9d57-0a5d3c1a7b42";

    #[test]
    fn an_id_tells_its_replica() {
        let [a, b] = ["a", "b"].map(|name| ReplicaName::new(Some(name), &Location::Memory));
        let outer = a.outer(ID);
        assert_eq!((&*outer, a.inner(&outer), a.other(&outer)), ("a.6f2f4d1c-8f0e-4d0a-9d57-0a5d3c1a7b42", ID, None));
        assert_eq!((b.inner(&outer), b.other(&outer)), (&*outer, Some("a")));
        assert_eq!((b.other(ID), b.other("a.b"), b.other("")), (None, None, None));
        let alone = ReplicaName::new(None, &Location::Memory);
        assert_eq!((&*alone.outer(ID), alone.inner(ID), alone.other(&outer)), (ID, ID, Some("a")));
    }
}
