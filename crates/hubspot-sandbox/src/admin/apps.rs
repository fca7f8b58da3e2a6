//! Apps of the account: the list, new ones, and the end of what people have granted them.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::endpoint::{ok, read};
use crate::api::call::ApiCall;
use crate::model::app::App;
use crate::sandbox::Sandbox;

/// Lists the apps, each with the number of refresh tokens that people have granted it.
pub(crate) fn apps(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    let portal = &sandbox.lock().portal;
    let grants = |app_id: u64| portal.grants.all().values().filter(|grant| grant.app_id == app_id).count();
    let shown = portal.apps.all().iter().map(|app| {
        let mut shown = json!(app);
        shown["grants"] = grants(app.app_id).into();
        shown
    });
    Ok(json!({"apps": shown.collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppInput {
    name: String,
    client_id: String,
    client_secret: String,
    #[serde(default)]
    developer_key: Option<String>,
    /// Absent: those of the default app.
    #[serde(default)]
    scopes: Option<BTreeSet<String>>,
    #[serde(default)]
    redirect_uris: Vec<String>,
}

/// Adds an app, or replaces the one with this id.
pub(crate) fn put_app(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let (app_id, new): (u64, AppInput) = (app_id(call)?, read(call)?);
    let portal = &mut sandbox.lock().portal;
    if portal.apps.by_client_id(&new.client_id).is_some_and(|app| app.app_id != app_id) {
        return Err(format!("another app has the client id `{}`", new.client_id));
    }
    portal.apps.put(App {
        app_id,
        name: new.name,
        client_id: new.client_id,
        client_secret: new.client_secret,
        developer_key: new.developer_key,
        scopes: new.scopes.unwrap_or_else(crate::seed::defaults::app_scopes),
        redirect_uris: new.redirect_uris,
    });
    ok()
}

/// Ends everything that an app was granted, as when it is uninstalled.
pub(crate) fn revoke(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let ended = sandbox.revoke_app(app_id(call)?);
    Ok(json!({"ok": true, "revoked": ended}))
}

fn app_id(call: &ApiCall) -> Result<u64, String> {
    call.param("app_id").parse().map_err(|_| "the id of an app is a number".to_owned())
}
