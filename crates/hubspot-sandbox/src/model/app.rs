//! Apps of developers: the client ids and secrets of OAuth, and the developer keys that configure apps.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Id of the default app, which is not the integration that owns the default token.
pub const OAUTH_APP_ID: u64 = 8_190_702;
/// Client id of the default app.
pub const CLIENT_ID: &str = "5ab0dec0-0c11-4e17-8a1d-5a0db0cad351";
/// Client secret of the default app, which signs its webhooks as well.
pub const CLIENT_SECRET: &str = "5ab0dec0-5ec2-4e70-9b1d-5a0db0cad352";
/// Developer key of the account that owns the default app.
pub const DEVELOPER_KEY: &str = "5ab0dec0-de0e-4e10-8e11-5a0db0cad353";

/// One app of a developer account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct App {
    pub(crate) app_id: u64,
    pub(crate) name: String,
    pub(crate) client_id: String,
    /// Key of OAuth's token endpoint, and of the signatures of webhooks.
    pub(crate) client_secret: String,
    /// Developer key (`hapikey`) of the account that owns the app; an app without one is not configured by API.
    #[serde(default)]
    pub(crate) developer_key: Option<String>,
    /// Scopes that the app may be granted.
    #[serde(default)]
    pub(crate) scopes: BTreeSet<String>,
    /// Addresses to which a person is sent after they decided, compared as they are written.
    #[serde(default)]
    pub(crate) redirect_uris: Vec<String>,
}

/// The apps that the account knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Apps(Vec<App>);

impl Apps {
    pub(crate) fn all(&self) -> &[App] {
        &self.0
    }

    /// Adds an app, or replaces the one with its id.
    pub(crate) fn put(&mut self, app: App) {
        self.0.retain(|one| one.app_id != app.app_id);
        self.0.push(app);
    }

    pub(crate) fn by_id(&self, app_id: u64) -> Option<&App> {
        self.0.iter().find(|app| app.app_id == app_id)
    }

    pub(crate) fn by_client_id(&self, client_id: &str) -> Option<&App> {
        self.0.iter().find(|app| app.client_id == client_id)
    }

    /// Finds the app that a developer key may configure: `?hapikey=..&appId=..`.
    pub(crate) fn of_developer(&self, key: &str, app_id: u64) -> Option<&App> {
        self.by_id(app_id).filter(|app| app.developer_key.as_deref() == Some(key))
    }
}

impl FromIterator<App> for Apps {
    /// The last one of an id stays.
    fn from_iter<I: IntoIterator<Item = App>>(apps: I) -> Apps {
        let mut all = Apps::default();
        apps.into_iter().for_each(|app| all.put(app));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(app_id: u64, developer_key: Option<&str>) -> App {
        App {
            app_id,
            name: "Desk".into(),
            client_id: format!("client-{app_id}"),
            client_secret: "secret".into(),
            developer_key: developer_key.map(str::to_owned),
            scopes: BTreeSet::new(),
            redirect_uris: Vec::new(),
        }
    }

    #[test]
    fn a_developer_key_finds_the_apps_of_its_account_alone() {
        let apps: Apps = [app(1, Some("a")), app(2, Some("b")), app(3, None)].into_iter().collect();
        for (key, app_id, found) in [("a", 1, true), ("a", 2, false), ("b", 2, true), ("", 3, false), ("a", 9, false)] {
            assert_eq!(apps.of_developer(key, app_id).is_some(), found, "{key} {app_id}");
        }
        assert_eq!(apps.by_client_id("client-2").map(|app| app.app_id), Some(2));
    }

    #[test]
    fn an_app_takes_the_place_of_the_one_with_its_id() {
        let apps: Apps = [app(1, Some("a")), app(1, Some("b"))].into_iter().collect();
        assert_eq!((apps.all().len(), apps.of_developer("b", 1).is_some()), (1, true));
    }
}
