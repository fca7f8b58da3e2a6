//! Access tokens: private app tokens, service keys and OAuth tokens alike.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::clock::Ms;

/// The default token. It has every scope.
pub(crate) const TOKEN: &str = "pat-na1-sandbox";

/// The integration that owns the default token. `hs_object_source_id` names it for every record.
pub(crate) const APP_ID: u64 = 8_190_657;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Token {
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) user_id: u64,
    pub(crate) app_id: u64,
    /// `None`: it does not expire.
    #[serde(default)]
    pub(crate) expires_at_ms: Option<Ms>,
    /// An app got it for a code or a refresh token.
    #[serde(default, rename = "oauth", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_from_oauth: bool,
}

impl Token {
    /// Ends the token, if it has not expired before. It is answered like one that has.
    pub(crate) fn end(&mut self, now_ms: Ms) {
        self.expires_at_ms = Some(self.expires_at_ms.map_or(now_ms, |at| at.min(now_ms)));
    }
}

/// Tokens by their text.
pub(crate) type Tokens = BTreeMap<String, Token>;
