//! Request state: what a client carries from a question to the retry with its answer (MCP 2026-07-28, multi round-trip
//! requests).
//!
//! The state comes back from outside, so it is signed, bound to the caller, the tool and the arguments, and expires. It
//! is not encrypted: it holds only what the client itself has sent. With an accepted answer it is good once: its
//! [`Nonce`] is remembered ([`super::used_answers`]), so that one agreement allows one change.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rmcp::ErrorData;
use rmcp::model::{RequestStateCodec, SealOptions};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::auth::token_rules::different;
use super::idempotency_key::sorted;

/// Longest time a person may take to answer.
pub(super) const ANSWER_MINUTES_MAX: i64 = 15;

/// Largest state that a client is asked to carry, before it is encoded.
const STATE_BYTES_MAX: usize = 16 * 1024;

/// The questions and answers of the call so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RequestState {
    /// The key and the fingerprint of the last question.
    pub(super) asked: Option<(String, String)>,
    /// The fingerprints of the earlier questions, with the client's answers to them, by key.
    pub(super) answered: BTreeMap<String, (String, Value)>,
}

/// A number that tells one sealed state from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Nonce(pub(super) u128);

/// A state as it came back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct OpenedState {
    pub(super) state: RequestState,
    /// `None` for a state that counts as empty.
    pub(super) nonce: Option<Nonce>,
}

#[derive(Serialize, Deserialize)]
struct SealedState {
    until_ms: i64,
    /// Missing in states of older builds, which count as expired.
    #[serde(default)]
    nonce: String,
    state: RequestState,
}

/// Fewest different bytes of a signing key: fewer are no secret.
const KEY_BYTES_DIFFERENT_MIN: usize = 8;

/// A signing key that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStateKey {
    /// It is shorter than 32 bytes.
    #[error("the key that signs what clients carry is too short: it must have at least 32 bytes")]
    TooShort,
    /// It is easily guessed.
    #[error(
        "the key that signs what clients carry is easily guessed: it must have at least {KEY_BYTES_DIFFERENT_MIN} \
         different characters"
    )]
    Weak,
}

/// Signs request states and verifies their signatures. A state expires by the call's clock, so rmcp's own expiry, which
/// reads the system's, is not used.
#[derive(Clone, Debug)]
pub(super) struct StateSigner(RequestStateCodec);

/// The call that a state belongs to.
#[derive(Clone, Copy)]
pub(super) struct CallBinding<'a> {
    pub(super) method: &'static str,
    pub(super) caller: &'a str,
    pub(super) name: &'a str,
    pub(super) arguments: &'a Map<String, Value>,
}

impl StateSigner {
    /// Signs with a random key of this process: its states are void after a restart.
    pub(super) fn new() -> StateSigner {
        let key = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()].map(|uuid| uuid.into_bytes()).concat();
        StateSigner(RequestStateCodec::new_unchecked(key))
    }

    /// Signs with a key of at least 32 bytes that all replicas share.
    pub(super) fn with_key(key: &SecretString) -> Result<StateSigner, InvalidStateKey> {
        let key = key.expose_secret().as_bytes();
        let codec = RequestStateCodec::try_new(key.to_vec()).map_err(|_| InvalidStateKey::TooShort)?;
        let strong = different(key) >= KEY_BYTES_DIFFERENT_MIN;
        if strong { Ok(StateSigner(codec)) } else { Err(InvalidStateKey::Weak) }
    }

    /// Signs the state for this call.
    pub(super) fn seal(
        &self,
        state: RequestState,
        bound: &CallBinding<'_>,
        now: DateTime<Utc>,
    ) -> Result<String, ErrorData> {
        let until_ms = (now + TimeDelta::minutes(ANSWER_MINUTES_MAX)).timestamp_millis();
        let nonce = Uuid::new_v4().simple().to_string();
        let sealed = json!(SealedState { until_ms, nonce, state }).to_string();
        if sealed.len() > STATE_BYTES_MAX {
            return Err(ErrorData::invalid_params("the answers are too long to be carried to the next question", None));
        }
        Ok(self.0.seal_with(sealed.as_bytes(), &SealOptions::new().associated_data(&bound.bytes())))
    }

    /// Verifies a state that was signed for this call. An expired one counts as empty, so the person is asked again.
    pub(super) fn open(
        &self,
        sealed: &str,
        bound: &CallBinding<'_>,
        now: DateTime<Utc>,
    ) -> Result<OpenedState, ErrorData> {
        if sealed.len() > 2 * STATE_BYTES_MAX {
            return Err(rejected());
        }
        let opened = self.0.open_with(sealed, &bound.bytes()).map_err(|_| rejected())?;
        let SealedState { until_ms, nonce, state } = serde_json::from_slice(&opened).map_err(|_| rejected())?;
        let nonce = Uuid::try_parse(&nonce).ok().filter(|_| now.timestamp_millis() < until_ms);
        Ok(nonce.map_or_else(OpenedState::default, |nonce| OpenedState { state, nonce: Some(Nonce(nonce.as_u128())) }))
    }
}

/// One error for every reason, so that it helps nobody to forge a state.
fn rejected() -> ErrorData {
    ErrorData::invalid_params(
        "the request state does not belong to this call: send it back exactly as it came, with the same arguments",
        None,
    )
}

impl CallBinding<'_> {
    /// Bytes that are equal for equal calls, in whatever order the arguments are written.
    fn bytes(&self) -> Vec<u8> {
        let arguments = sorted(&Value::Object(self.arguments.clone()));
        json!([self.method, self.caller, self.name, arguments]).to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-22T15:00:00Z".parse().unwrap()
    }

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn asked() -> RequestState {
        RequestState { asked: Some(("confirm".into(), "f1".into())), ..RequestState::default() }
    }

    #[test]
    fn a_state_is_accepted_only_for_its_own_call() {
        let signer = StateSigner::new();
        let arguments = object(json!({"a": 1, "b": {"c": 2, "d": [3]}}));
        let bound = CallBinding { method: "tools/call", caller: "sarah", name: "book", arguments: &arguments };
        let sealed = signer.seal(asked(), &bound, now()).unwrap();
        let reordered = object(json!({"b": {"d": [3], "c": 2}, "a": 1}));
        let same = CallBinding { arguments: &reordered, ..bound };
        assert_eq!(signer.open(&sealed, &same, now()).unwrap().state, asked());
        let nonce = |sealed: &str| signer.open(sealed, &same, now()).unwrap().nonce;
        let again = signer.seal(asked(), &bound, now()).unwrap();
        assert!(nonce(&sealed) == nonce(&sealed) && nonce(&sealed) != nonce(&again));
        let other = object(json!({"a": 2, "b": {"c": 2, "d": [3]}}));
        let other_calls = [
            CallBinding { caller: "john", ..bound },
            CallBinding { name: "cancel", ..bound },
            CallBinding { method: "prompts/get", ..bound },
            CallBinding { arguments: &other, ..bound },
        ];
        for other_call in other_calls {
            assert!(signer.open(&sealed, &other_call, now()).is_err());
        }
        assert!(signer.open(&format!("{sealed}-TAMPERED"), &bound, now()).is_err());
        assert!(StateSigner::new().open(&sealed, &bound, now()).is_err(), "another key");
        for nonsense in ["", "rs1..", "rs1.a.b", "\u{e9}"] {
            assert!(signer.open(nonsense, &bound, now()).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn an_expired_state_counts_as_empty() {
        let (signer, arguments) = (StateSigner::new(), Map::new());
        let bound = CallBinding { method: "tools/call", caller: "local", name: "book", arguments: &arguments };
        let sealed = signer.seal(asked(), &bound, now()).unwrap();
        let late = now() + TimeDelta::minutes(ANSWER_MINUTES_MAX);
        assert_eq!(signer.open(&sealed, &bound, late - TimeDelta::seconds(1)).unwrap().state, asked());
        assert_eq!(signer.open(&sealed, &bound, late).unwrap(), OpenedState::default());
    }

    #[test]
    fn a_state_has_a_largest_size() {
        let answered = BTreeMap::from([("step".to_owned(), ("f".to_owned(), json!("x".repeat(STATE_BYTES_MAX))))]);
        let arguments = Map::new();
        let bound = CallBinding { method: "tools/call", caller: "local", name: "book", arguments: &arguments };
        assert!(StateSigner::new().seal(RequestState { asked: None, answered }, &bound, now()).is_err());
    }

    #[test]
    fn a_shared_key_is_long_and_not_easily_guessed() {
        let key = |key: &str| StateSigner::with_key(&key.into()).map(|_| ());
        assert_eq!(key("short"), Err(InvalidStateKey::TooShort));
        assert_eq!(key(&"k".repeat(32)), Err(InvalidStateKey::Weak));
        assert_eq!(key(&"ab".repeat(32)), Err(InvalidStateKey::Weak));
        assert_eq!(key("0123456789abcdef0123456789abcdef"), Ok(()));
    }
}
