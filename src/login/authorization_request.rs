//! The question that a person is asked on HubSpot's authorize page, and the secrets that tie the answer to it: a state, and
//! a proof of PKCE (RFC 7636).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

/// The path of the address to which HubSpot sends the person.
pub const REDIRECT_PATH: &str = "/oauth/callback";

/// One question. Its secrets are for one answer.
#[derive(Clone)]
pub struct AuthorizationRequest {
    /// The address to which HubSpot sends the person. HubSpot takes `http` only with the name `localhost`.
    pub redirect_uri: String,
    /// The text that the answer has to repeat.
    pub state: String,
    /// The verifier of PKCE.
    pub verifier: String,
}

impl std::fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationRequest").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

impl AuthorizationRequest {
    /// Makes a question whose answer comes to this port.
    pub fn new(port: u16) -> AuthorizationRequest {
        AuthorizationRequest { redirect_uri: redirect_uri(port), state: random_text(), verifier: random_text() }
    }

    /// The address of the page, for an app and the scopes it asks for.
    pub fn address(&self, page: &Url, client_id: &str, scopes: &[String], optional: &[String]) -> Url {
        let mut url = page.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", &self.state)
            .append_pair("code_challenge", &challenge(&self.verifier))
            .append_pair("code_challenge_method", "S256");
        if !optional.is_empty() {
            query.append_pair("optional_scope", &optional.join(" "));
        }
        drop(query);
        url
    }
}

/// The address to which HubSpot sends the person, for a port of this machine.
pub fn redirect_uri(port: u16) -> String {
    format!("http://localhost:{port}{REDIRECT_PATH}")
}

fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// 256 bits in 43 letters. Each part has 122 random bits of the operating system; the hash spreads them.
fn random_text() -> String {
    let random = [(); 3].map(|()| Uuid::new_v4().into_bytes()).concat();
    URL_SAFE_NO_PAD.encode(Sha256::digest(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_asks_with_a_state_and_a_challenge_and_tells_no_verifier() {
        let question = AuthorizationRequest::new(8790);
        let page = "https://app.hubspot.com/oauth/authorize".parse().unwrap();
        let scopes = ["oauth".to_owned(), "tickets".to_owned()];
        let url = question.address(&page, "app id", &scopes, &["files".to_owned()]);
        let pairs: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs["redirect_uri"], "http://localhost:8790/oauth/callback");
        assert_eq!((pairs["scope"].as_str(), pairs["optional_scope"].as_str()), ("oauth tickets", "files"));
        assert_eq!((pairs["client_id"].as_str(), &pairs["state"]), ("app id", &question.state));
        assert_eq!(pairs["code_challenge"], challenge(&question.verifier));
        assert!(!url.as_str().contains(&question.verifier) && !format!("{question:?}").contains(&question.state));
        let other = AuthorizationRequest::new(8790);
        assert!(other.state != question.state && other.verifier != question.verifier);
    }

    /// The example of RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_that_of_the_standard() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
