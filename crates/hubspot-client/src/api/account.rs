//! The account behind the token, and what the token may do.

use chrono_tz::Tz;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::HubSpot;
use crate::error::Error;
use crate::record;
use crate::tier::Bucket;
use crate::transport::request::ApiRequest;
use crate::versions::Api;
use domain::id::UserId;

const FAMILY: &str = "account";
/// Not versioned with the rest; for service keys and private apps.
const TOKEN_INFO_PATH: &str = "/oauth/v2/private-apps/get/access-token-info";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    pub portal_id: u64,
    /// `STANDARD`, `DEVELOPER_TEST`, `SANDBOX` or `APP_DEVELOPER`.
    pub account_type: String,
    pub time_zone: Option<Tz>,
    /// The host of record pages, such as `app.hubspot.com`.
    pub ui_domain: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    pub portal_id: u64,
    pub user_id: Option<UserId>,
    pub scopes: Vec<String>,
}

#[derive(Debug)]
pub struct Account<'a>(pub(crate) &'a HubSpot);

impl Account<'_> {
    pub async fn details_fresh(&self) -> Result<Details, Error> {
        let ask = ApiRequest::get(FAMILY, format!("{}/details", self.0.root(Api::Account)));
        let answer =
            self.0.transport().send(Bucket::General, &ask, &self.0.waiters()).await.map_err(|fault| fault.error)?;
        let text = |field: &str| answer[field].as_str().map(str::to_owned);
        let time_zone = answer["timeZone"].as_str().and_then(|zone| zone.parse().ok());
        if let Some(zone) = time_zone {
            // Set once; an account's zone hardly ever changes.
            let _known = self.0.transport().zone.set(zone);
        }
        Ok(Details {
            portal_id: record::id(&answer["portalId"]).ok_or(Error::Unreadable { reason: "it has no portal id" })?,
            account_type: text("accountType").unwrap_or_default(),
            time_zone,
            ui_domain: text("uiDomain"),
        })
    }

    /// The same, from memory if it was read a short while ago.
    pub async fn details(&self) -> Result<Details, Error> {
        self.0.engine.account.get(self.0, (), || self.details_fresh()).await
    }

    /// What HubSpot says the token may do. Works for service keys and private apps; for OAuth tokens HubSpot refuses.
    pub async fn token_info(&self) -> Result<TokenInfo, Error> {
        let token = self.0.transport().token.as_ref().ok_or(Error::TokenMissing)?;
        let body = json!({ "tokenKey": token.expose_secret().trim() });
        let ask = ApiRequest::query(FAMILY, TOKEN_INFO_PATH.to_owned(), &body);
        let answer =
            self.0.transport().send(Bucket::General, &ask, &self.0.waiters()).await.map_err(|fault| fault.error)?;
        let scopes = answer["scopes"].as_array().into_iter().flatten();
        Ok(TokenInfo {
            portal_id: record::id(&answer["hubId"]).ok_or(Error::Unreadable { reason: "it has no portal id" })?,
            user_id: record::id(&answer["userId"]),
            scopes: scopes.filter_map(|scope| crate::redact::name(scope.as_str()?)).collect(),
        })
    }
}
