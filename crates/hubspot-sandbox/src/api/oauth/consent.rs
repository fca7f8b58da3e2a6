//! The question to a person: an app asks for scopes, and says where to send the person afterwards.

use std::collections::BTreeSet;

use super::form::Form;
use super::pkce;
use crate::model::app::App;
use crate::model::portal::Portal;

/// Longest `state` that is sent back.
const STATE_BYTES_MAX: usize = 4_096;

/// A question that can be put to a person.
#[derive(Clone, Debug)]
pub(super) struct Consent {
    pub(super) app: App,
    pub(super) redirect_uri: String,
    /// Scopes asked for, with those of the optional ones that the account has.
    pub(super) scopes: BTreeSet<String>,
    pub(super) state: Option<String>,
    pub(super) challenge: Option<String>,
}

/// A question that is not put to anybody. The person is not sent anywhere, since the address may be an attacker's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("The client ID does not belong to an app that this account knows.")]
    UnknownClient,
    #[error("Authorization failed as the redirect URL does not match one of the app's registered redirect URLs.")]
    OtherRedirect,
    #[error("Authorization failed because there is a scope mismatch between the install URL and the app: {0}")]
    ScopeMismatch(String),
    #[error("The install URL asks for no scope.")]
    NoScope,
    #[error("Only the response type `code` is known.")]
    ResponseType,
    #[error("A code challenge must be the SHA-256 of a verifier, by the method S256.")]
    Challenge,
    #[error("The address is that of another account.")]
    OtherAccount,
    #[error("The state is too long.")]
    State,
}

/// Reads the question from the parameters of the page. The form of the page sends the same ones.
pub(super) fn read(portal: &Portal, asked: &Form) -> Result<Consent, Problem> {
    let app = asked.get("client_id").and_then(|id| portal.apps.by_client_id(id)).ok_or(Problem::UnknownClient)?;
    let redirect_uri = asked.get("redirect_uri").unwrap_or_default().to_owned();
    if !app.redirect_uris.contains(&redirect_uri) {
        return Err(Problem::OtherRedirect);
    }
    if asked.get("response_type").is_some_and(|kind| kind != "code") {
        return Err(Problem::ResponseType);
    }
    let state = asked.get("state").map(str::to_owned);
    if state.as_ref().is_some_and(|state| state.len() > STATE_BYTES_MAX) {
        return Err(Problem::State);
    }
    let (scopes, challenge) = (scopes(app, asked)?, challenge(asked)?);
    Ok(Consent { app: app.clone(), redirect_uri, scopes, state, challenge })
}

fn scopes(app: &App, asked: &Form) -> Result<BTreeSet<String>, Problem> {
    let required: BTreeSet<_> = asked.names("scope").map(str::to_owned).collect();
    let unknown: Vec<_> = required.difference(&app.scopes).cloned().collect();
    if !unknown.is_empty() {
        return Err(Problem::ScopeMismatch(unknown.join(", ")));
    }
    if required.is_empty() {
        return Err(Problem::NoScope);
    }
    let optional = asked.names("optional_scope").map(str::to_owned).filter(|scope| app.scopes.contains(scope));
    Ok(required.into_iter().chain(optional).collect())
}

fn challenge(asked: &Form) -> Result<Option<String>, Problem> {
    match (asked.get("code_challenge"), asked.get("code_challenge_method")) {
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) if pkce::is_challenge(challenge) => Ok(Some(challenge.to_owned())),
        _ => Err(Problem::Challenge),
    }
}

impl Consent {
    /// Returns the address to which the person is sent with these parameters and the state.
    pub(super) fn redirect(&self, parameters: &[(&str, &str)]) -> String {
        let state = self.state.as_deref().map(|state| ("state", state));
        let pairs: Vec<_> = parameters.iter().copied().chain(state).collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        let separator = if self.redirect_uri.contains('?') { '&' } else { '?' };
        format!("{}{separator}{query}", self.redirect_uri)
    }
}
