//! The developer key, with which a developer configures an app: once for each app, and not for each account.

use secrecy::SecretString;

/// A developer key and the app that it configures. HubSpot takes it in the query of an address; here it is in no path and
/// no message.
#[derive(Clone, Debug)]
pub struct DeveloperKey {
    /// The key (`hapikey`).
    pub key: SecretString,
    /// Id of the public app that the key belongs to.
    pub app_id: u64,
}
