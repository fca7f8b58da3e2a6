//! HubSpot's endpoints of OAuth: a code or a refresh token for an access token, and what a token may do (HubSpot, OAuth
//! tokens API).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::timeout;

use crate::error::{Error, Problem};
use crate::record;
use crate::redact;
use crate::token::access_token::AccessToken;
use crate::versions::{Api, Versions};
use domain::id::UserId;
use http_client::{HttpClient, SendError};

/// The longest wait for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// The longest life of an access token that is believed. HubSpot's live 30 minutes.
const LIFE_MAX_SECONDS: u64 = 24 * 60 * 60;

/// The id and the secret of an app.
#[derive(Clone, Debug)]
pub struct AppCredentials {
    /// Client id of the app (OAuth 2.0).
    pub client_id: String,
    /// Client secret of the app (OAuth 2.0).
    pub client_secret: SecretString,
}

/// An answer of the token endpoint.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Token for requests, good for about half an hour.
    pub access_token: AccessToken,
    /// The refresh token, which usually stays the same.
    pub refresh_token: SecretString,
    /// The life of the access token.
    pub expires_in: Duration,
    /// The account's number, where HubSpot tells it.
    pub portal_id: Option<u64>,
}

/// Account, user and scopes of a token, as introspection tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHolder {
    /// The account's number.
    pub portal_id: u64,
    /// The user who connected the app.
    pub user_id: Option<UserId>,
    /// The e-mail address of that user.
    pub user: Option<String>,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
}

/// The endpoints at one address.
#[derive(Clone)]
pub struct OAuthEndpoints {
    http_client: Arc<dyn HttpClient>,
    root: String,
}

impl fmt::Debug for OAuthEndpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthEndpoints").field("root", &self.root).finish_non_exhaustive()
    }
}

impl OAuthEndpoints {
    /// Creates them for the host that `http_client` leads to.
    pub fn new(http_client: impl HttpClient, versions: &Versions) -> OAuthEndpoints {
        OAuthEndpoints { http_client: Arc::new(http_client), root: versions.root(Api::OAuth) }
    }

    /// Exchanges a code that a person's consent has given. `verifier` is that of PKCE (RFC 7636).
    ///
    /// # Errors
    /// [`Error::LoginEnded`] for a code that is unknown, used or too old, [`Error::AppRefused`], and those of the network.
    pub async fn exchange(
        &self,
        app: &AppCredentials,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
    ) -> Result<Tokens, Error> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        read_tokens(&self.post("/token", app, &fields).await?)
    }

    /// Gets an access token for a refresh token.
    ///
    /// # Errors
    /// [`Error::LoginEnded`] for a refresh token that was revoked, [`Error::AppRefused`], and those of the network.
    pub async fn refresh(&self, app: &AppCredentials, refresh_token: &SecretString) -> Result<Tokens, Error> {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
        read_tokens(&self.post("/token", app, &fields).await?)
    }

    /// Asks whose token it is.
    ///
    /// # Errors
    /// [`Error::TokenRejected`] for one that is not valid, [`Error::AppRefused`], and those of the network.
    pub async fn introspect(&self, app: &AppCredentials, token: &AccessToken) -> Result<TokenHolder, Error> {
        let fields = [("token", token.secret().expose_secret()), ("token_type_hint", "access_token")];
        read_holder(&self.post("/token/introspect", app, &fields).await?)
    }

    /// Ends a refresh token, and with it the login (RFC 7009). One that HubSpot does not know any more is no error.
    ///
    /// # Errors
    /// [`Error::AppRefused`], and those of the network.
    pub async fn revoke(&self, app: &AppCredentials, refresh_token: &SecretString) -> Result<(), Error> {
        let fields = [("token", refresh_token.expose_secret()), ("token_type_hint", "refresh_token")];
        let sent = self.send("/token/revoke", app, &fields).await?;
        match sent {
            // HubSpot has nothing more to say.
            Ok(answer) if answer.status().is_success() => Ok(()),
            sent => match read(sent) {
                Ok(_) | Err(Error::LoginEnded) => Ok(()),
                Err(error) => Err(error),
            },
        }
    }

    async fn post(&self, path: &str, app: &AppCredentials, fields: &[(&str, &str)]) -> Result<Value, Error> {
        read(self.send(path, app, fields).await?)
    }

    async fn send(
        &self,
        path: &str,
        app: &AppCredentials,
        fields: &[(&str, &str)],
    ) -> Result<Result<Response<Bytes>, SendError>, Error> {
        let own = [("client_id", app.client_id.as_str()), ("client_secret", app.client_secret.expose_secret())];
        let form = form(fields.iter().copied().chain(own));
        let request = Request::post(format!("{}{path}", self.root))
            .header(header::CONTENT_TYPE, FORM)
            .header(header::ACCEPT, "application/json")
            .body(form)
            .map_err(|_| Error::TooLong)?;
        timeout(ANSWER_MAX, self.http_client.send(request)).await.map_err(|_| Error::Timeout)
    }
}

/// The media type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Writes a form.
pub(crate) fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Bytes {
    let fields: Vec<_> = fields.into_iter().collect();
    serde_urlencoded::to_string(fields).unwrap_or_default().into()
}

fn read(sent: Result<Response<Bytes>, SendError>) -> Result<Value, Error> {
    let answer = sent.map_err(|error| match error {
        SendError::BeforeSend(reason) | SendError::AfterSend(reason) => Error::Unreachable { reason },
    })?;
    let body = serde_json::from_slice(answer.body());
    match (answer.status().as_u16(), body) {
        (200..=299, Ok(body)) => Ok(body),
        (200..=299, Err(_)) => Err(Error::Unreadable { reason: "it is not JSON" }),
        (429, _) => Err(Error::RateLimited { retry_after: Duration::from_secs(10) }),
        (status @ (408 | 500..=599), _) => Err(Error::Failed { status }),
        (404 | 405, Err(_)) => Err(Error::RouteUnknown { family: Api::OAuth.name() }),
        (_, body) => Err(refusal(&body.unwrap_or_default())),
    }
}

/// HubSpot's refusal, by its own code or by that of RFC 6749, section 5.2; older versions have one of them only.
fn refusal(body: &Value) -> Error {
    let (error, status) = (body["error"].as_str().unwrap_or_default(), body["status"].as_str().unwrap_or_default());
    match (error, status) {
        ("invalid_client" | "unauthorized_client", _) | (_, "BAD_CLIENT_ID" | "BAD_CLIENT_SECRET") => Error::AppRefused,
        ("invalid_grant", _) | (_, "BAD_REFRESH_TOKEN" | "BAD_AUTH_CODE" | "EXPIRED_AUTH_CODE") => Error::LoginEnded,
        _ => {
            let code = [status, error].into_iter().find_map(redact::name);
            let reason = redact::text(body["message"].as_str().unwrap_or_default());
            Error::Rejected { problems: vec![Problem { property: None, code, reason }] }
        }
    }
}

fn read_tokens(body: &Value) -> Result<Tokens, Error> {
    let secret = |field: &str| body[field].as_str().filter(|text| !text.is_empty()).map(SecretString::from);
    let unreadable = |reason| Error::Unreadable { reason };
    let access_token = secret("access_token").ok_or(unreadable("it has no access token"))?;
    let seconds = body["expires_in"].as_u64().ok_or(unreadable("it does not say how long the token lives"))?;
    Ok(Tokens {
        access_token: AccessToken::new(&access_token).ok_or(unreadable("its token cannot be sent"))?,
        refresh_token: secret("refresh_token").ok_or(unreadable("it has no refresh token"))?,
        expires_in: Duration::from_secs(seconds.min(LIFE_MAX_SECONDS)),
        portal_id: record::id(&body["hub_id"]),
    })
}

/// Reads the answer about a token, which says so if the token is not valid (RFC 7662).
pub(crate) fn read_holder(body: &Value) -> Result<TokenHolder, Error> {
    if body["active"] == false {
        return Err(Error::TokenRejected);
    }
    let scopes = body["scopes"].as_array().into_iter().flatten();
    Ok(TokenHolder {
        portal_id: record::id(&body["hub_id"]).ok_or(Error::Unreadable { reason: "it has no portal id" })?,
        user_id: record::id(&body["user_id"]),
        user: body["user"].as_str().map(str::to_owned),
        scopes: scopes.filter_map(|scope| redact::name(scope.as_str()?)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &Value) -> Result<Value, Error> {
        read(Ok(Response::builder().status(status).body(body.to_string().into()).unwrap()))
    }

    #[test]
    fn refusals_are_told_apart_by_the_codes_of_any_version() {
        let grant = json!({"error": "invalid_grant", "status": "BAD_REFRESH_TOKEN", "message": "revoked"});
        let rejected = |error: Error| matches!(error, Error::Rejected { .. });
        for (status, body, expected) in [
            (400, grant, Error::LoginEnded),
            (400, json!({"status": "BAD_AUTH_CODE", "message": "missing or unknown auth code"}), Error::LoginEnded),
            (401, json!({"error": "invalid_client"}), Error::AppRefused),
            (400, json!({"status": "BAD_CLIENT_SECRET"}), Error::AppRefused),
            (503, json!({}), Error::Failed { status: 503 }),
            (429, json!({}), Error::RateLimited { retry_after: Duration::from_secs(10) }),
        ] {
            assert_eq!(answer(status, &body), Err(expected), "{body}");
        }
        assert!(rejected(answer(400, &json!({"status": "BAD_GRANT_TYPE", "message": "unknown"})).unwrap_err()));
    }

    #[test]
    fn an_answer_that_lacks_a_part_is_unreadable() {
        let whole = json!({"access_token": "a", "refresh_token": "r", "expires_in": 1800, "hub_id": 7});
        let tokens = read_tokens(&whole).unwrap();
        assert_eq!((tokens.expires_in, tokens.portal_id), (Duration::from_secs(1800), Some(7)));
        for missing in ["access_token", "refresh_token", "expires_in"] {
            let mut body = whole.clone();
            body.as_object_mut().unwrap().remove(missing);
            assert!(matches!(read_tokens(&body), Err(Error::Unreadable { .. })), "{missing}");
        }
    }
}
