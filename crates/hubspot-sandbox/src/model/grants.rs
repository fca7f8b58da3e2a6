//! Grants of OAuth: the codes that a person's consent gives an app, its refresh tokens, and its access tokens.
//!
//! A refresh token stays the same when it is used. Access tokens live 30 minutes (HubSpot, working with OAuth).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::token::{Token, Tokens};
use crate::clock::Ms;

/// Lifetime of access tokens.
pub(crate) const ACCESS_LIFETIME_MS: Ms = 1_800_000;
/// Lifetime of codes; HubSpot says only that it is short.
pub(crate) const CODE_LIFETIME_MS: Ms = 60_000;
/// Time for which an expired access token is known as expired, and not as one that never was.
const EXPIRED_KEPT_MS: Ms = 7 * 86_400_000;
/// Codes that wait for their app; the oldest go first.
const CODES_MAX: usize = 1_000;
/// Refresh tokens of an account; an app cannot be connected beyond that.
pub(crate) const GRANTS_MAX: usize = 1_000;

/// The consent of a person, for which an app gets a refresh token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Grant {
    pub(crate) app_id: u64,
    /// User who connected the app.
    pub(crate) user_id: u64,
    pub(crate) scopes: BTreeSet<String>,
}

/// A code between a person's consent and the request of the app.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    /// Address that the code was sent to, which the app has to repeat.
    pub(crate) redirect_uri: String,
    /// Challenge of PKCE, by the method S256 (RFC 7636).
    pub(crate) challenge: Option<String>,
    pub(crate) expires_at_ms: Ms,
}

/// The consents of an account's people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grants {
    codes: BTreeMap<String, Code>,
    refresh_tokens: BTreeMap<String, Grant>,
}

impl Grants {
    /// Creates a code. When there are too many, the one that expires first goes.
    pub(crate) fn add_code(&mut self, code: Code) -> String {
        let oldest = || self.codes.iter().min_by_key(|(_, code)| code.expires_at_ms).map(|(name, _)| name.clone());
        if self.codes.len() >= CODES_MAX
            && let Some(oldest) = oldest()
        {
            self.codes.remove(&oldest);
        }
        let name = format!("na1-{}", Uuid::new_v4());
        self.codes.insert(name.clone(), code);
        name
    }

    pub(crate) fn code(&self, name: &str) -> Option<&Code> {
        self.codes.get(name)
    }

    /// Ends a code, which is good for one request.
    pub(crate) fn take_code(&mut self, name: &str) -> Option<Code> {
        self.codes.remove(name)
    }

    /// Returns `false` if the account holds no more refresh tokens.
    pub(crate) fn has_room(&self) -> bool {
        self.refresh_tokens.len() < GRANTS_MAX
    }

    /// Creates a refresh token.
    pub(crate) fn add(&mut self, grant: Grant) -> String {
        let name = format!("na1-{}", Uuid::new_v4());
        self.put(name.clone(), grant);
        name
    }

    /// Adds a refresh token of this text.
    pub(crate) fn put(&mut self, refresh_token: String, grant: Grant) {
        self.refresh_tokens.insert(refresh_token, grant);
    }

    pub(crate) fn get(&self, refresh_token: &str) -> Option<&Grant> {
        self.refresh_tokens.get(refresh_token)
    }

    /// Returns all refresh tokens with their grants.
    pub(crate) fn all(&self) -> &BTreeMap<String, Grant> {
        &self.refresh_tokens
    }

    /// Ends a refresh token; its access tokens go on until they expire. Returns false for an unknown one.
    pub(crate) fn revoke(&mut self, refresh_token: &str) -> bool {
        self.refresh_tokens.remove(refresh_token).is_some()
    }

    /// Ends all that an app was given, as when it is uninstalled. Returns the number of refresh tokens that ended.
    pub(crate) fn revoke_app(&mut self, tokens: &mut Tokens, app_id: u64, now_ms: Ms) -> usize {
        let before = self.refresh_tokens.len();
        self.codes.retain(|_, code| code.grant.app_id != app_id);
        self.refresh_tokens.retain(|_, grant| grant.app_id != app_id);
        let own = tokens.values_mut().filter(|token| token.app_id == app_id && token.is_from_oauth);
        own.for_each(|token| token.end(now_ms));
        before - self.refresh_tokens.len()
    }
}

/// Creates an access token of a grant with these of its scopes, and forgets those that expired long ago.
pub(crate) fn issue(tokens: &mut Tokens, grant: &Grant, scopes: BTreeSet<String>, now_ms: Ms) -> String {
    let is_recent = |at: Ms| at > now_ms.saturating_sub(EXPIRED_KEPT_MS);
    tokens.retain(|_, token| !token.is_from_oauth || token.expires_at_ms.is_none_or(is_recent));
    let name = format!("C{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let expires_at_ms = Some(now_ms.saturating_add(ACCESS_LIFETIME_MS));
    let token = Token { scopes, user_id: grant.user_id, app_id: grant.app_id, expires_at_ms, is_from_oauth: true };
    tokens.insert(name.clone(), token);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(app_id: u64) -> Grant {
        Grant { app_id, user_id: 7, scopes: ["tickets".to_owned()].into() }
    }

    fn code(expires_at_ms: Ms) -> Code {
        Code { grant: grant(1), redirect_uri: "http://localhost/".into(), challenge: None, expires_at_ms }
    }

    #[test]
    fn codes_are_bounded_and_the_one_that_expires_first_goes() {
        let mut grants = Grants::default();
        let names: Vec<_> = (0..=CODES_MAX).map(|at| grants.add_code(code(at as Ms))).collect();
        assert!(grants.code(&names[0]).is_none() && grants.code(&names[1]).is_some());
        assert!(grants.take_code(&names[1]).is_some() && grants.take_code(&names[1]).is_none());
    }

    #[test]
    fn an_uninstalled_app_loses_all_it_was_given_and_others_nothing() {
        let (mut grants, mut tokens) = (Grants::default(), Tokens::new());
        let (own, other) = (grants.add(grant(1)), grants.add(grant(2)));
        let token = issue(&mut tokens, &grant(1), grant(1).scopes, 0);
        let kept = issue(&mut tokens, &grant(2), grant(2).scopes, 0);
        assert_eq!(grants.revoke_app(&mut tokens, 1, 5), 1);
        assert!(grants.get(&own).is_none() && grants.get(&other).is_some());
        assert_eq!(tokens[&token].expires_at_ms, Some(5));
        assert_eq!(tokens[&kept].expires_at_ms, Some(ACCESS_LIFETIME_MS));
    }

    #[test]
    fn tokens_that_expired_long_ago_are_forgotten() {
        let mut tokens = Tokens::new();
        let first = issue(&mut tokens, &grant(1), grant(1).scopes, 0);
        issue(&mut tokens, &grant(1), grant(1).scopes, EXPIRED_KEPT_MS);
        assert!(tokens.contains_key(&first));
        issue(&mut tokens, &grant(1), grant(1).scopes, EXPIRED_KEPT_MS + ACCESS_LIFETIME_MS);
        assert!(!tokens.contains_key(&first));
    }
}
