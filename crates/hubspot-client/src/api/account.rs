//! The account behind the token, and what the token may do.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::batching::cache::Cache;
use crate::error::Error;
use crate::record;
use crate::redact;
use crate::tier::Bucket;
use crate::token::access_token::AccessToken;
use crate::token::endpoints::{self, AppCredentials, TokenHolder};
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::versions::Api;
use domain::id::UserId;
use domain::time_zone::zone::Zone;

const FAMILY: &str = "account";
/// The time to live of cached details: an account's number and domain hardly ever change.
const TTL: Duration = Duration::from_secs(60 * 60);
/// For service keys and private apps (HubSpot, private apps). Its version is not that of the other endpoints.
const TOKEN_INFO_PATH: &str = "/oauth/v2/private-apps/get/access-token-info";

/// The account (HubSpot, account information API).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// The account's number.
    pub portal_id: u64,
    /// `STANDARD`, `DEVELOPER_TEST`, `SANDBOX` or `APP_DEVELOPER`.
    pub account_type: String,
    /// The time zone of the account.
    pub time_zone: Option<Zone>,
    /// The host of record pages, such as `app.hubspot.com`.
    pub ui_domain: Option<String>,
}

/// The access of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// The account's number.
    pub portal_id: u64,
    /// The user who made the token.
    pub user_id: Option<UserId>,
    /// HubSpot's scopes, such as `crm.objects.contacts.read`.
    pub scopes: Vec<String>,
}

/// The account and its token.
#[derive(Debug)]
pub struct Account<'a> {
    pub(crate) state: &'a AccountState,
    pub(crate) scope: &'a CallScope,
}

/// The caches of the account's details and of the user who made the token.
pub(crate) struct AccountState {
    details: Cache<(), Details>,
    token_maker: Cache<(), Option<UserId>>,
}

impl AccountState {
    pub(crate) fn new() -> AccountState {
        AccountState { details: Cache::new("account", TTL), token_maker: Cache::new("token_maker", TTL) }
    }
}

opaque_debug!(AccountState);

impl Account<'_> {
    /// Reads the details of the account. Its time zone is also used for the reset of daily limits.
    pub async fn details_fresh(&self) -> Result<Details, Error> {
        let request = ApiRequest::get(FAMILY, format!("{}/details", self.scope.root(Api::Account)));
        let answer = self.scope.send(Bucket::General, &request).await?;
        let text = |field: &str| answer[field].as_str().map(str::to_owned);
        let rules = self.scope.transport().settings.zone_rules;
        let time_zone = answer["timeZone"].as_str().and_then(|name| rules.zone(name));
        if let Some(zone) = time_zone {
            // Set once; an account's zone hardly ever changes.
            let _known = self.scope.transport().time_zone.set(zone);
        }
        Ok(Details {
            portal_id: record::id(&answer["portalId"]).ok_or(Error::Unreadable { reason: "it has no portal id" })?,
            account_type: text("accountType").unwrap_or_default(),
            time_zone,
            ui_domain: text("uiDomain"),
        })
    }

    /// Returns the details of the account, from the cache if they are in it.
    pub async fn details(&self) -> Result<Details, Error> {
        self.state.details.get(self.scope.deadline(), (), || self.details_fresh()).await
    }

    /// Returns the user who made the token, if HubSpot tells, from the cache if it is in it.
    pub async fn token_maker(&self) -> Result<Option<UserId>, Error> {
        let load = || async { self.token_info().await.map(|info| info.user_id) };
        self.state.token_maker.get(self.scope.deadline(), (), load).await
    }

    /// Reads the scopes of the token. HubSpot has one answer for service keys and private apps, and another one for the
    /// tokens of apps with OAuth.
    pub async fn token_info(&self) -> Result<TokenInfo, Error> {
        let transport = self.scope.transport();
        transport.check_token()?;
        let token = transport.token(self.scope.time_left()).await?;
        match transport.tokens.app() {
            Some(app) => self.oauth_token_info(&app, &token).await,
            None => self.private_token_info(&token).await,
        }
    }

    async fn private_token_info(&self, token: &AccessToken) -> Result<TokenInfo, Error> {
        let body = json!({ "tokenKey": token.secret().expose_secret() });
        let request = ApiRequest::query(FAMILY, TOKEN_INFO_PATH.to_owned(), &body);
        let answer = self.scope.send(Bucket::General, &request).await?;
        let scopes = answer["scopes"].as_array().into_iter().flatten();
        Ok(TokenInfo {
            portal_id: record::id(&answer["hubId"]).ok_or(Error::Unreadable { reason: "it has no portal id" })?,
            user_id: record::id(&answer["userId"]),
            scopes: scopes.filter_map(|scope| redact::name(scope.as_str()?)).collect(),
        })
    }

    async fn oauth_token_info(&self, app: &AppCredentials, token: &AccessToken) -> Result<TokenInfo, Error> {
        let path = format!("{}/token/introspect", self.scope.root(Api::OAuth));
        let form = endpoints::form([
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose_secret()),
            ("token", token.secret().expose_secret()),
            ("token_type_hint", "access_token"),
        ]);
        let query = ApiRequest::query(FAMILY, path, &Value::Null);
        let request = ApiRequest { body: form, content_type: endpoints::FORM.into(), ..query };
        let answer = self.scope.send(Bucket::General, &request).await?;
        let TokenHolder { portal_id, user_id, scopes, .. } = endpoints::read_holder(&answer)?;
        Ok(TokenInfo { portal_id, user_id, scopes })
    }
}
