//! `frontdesk project-files`: writes the files of a HubSpot project whose app has a token for this server and tells it of
//! conversations (HubSpot, developer platform: app and webhooks components).

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::app_scopes;
use crate::config::{LOGIN_PORT as PORT, ProjectFilesSettings};
use crate::events::webhook;
use crate::login::authorization_request;
use crate::tool::ToolInfo;
use crate::tool::policy::ToolPolicy;

/// HubSpot's version of projects.
const PLATFORM: &str = "2026.03";
/// The deliveries that HubSpot may have under way at once.
const CONCURRENT_MAX: u32 = 10;
/// The scopes that the subscriptions need, whatever tools are served.
const EVENT_SCOPES: [&str; 2] = ["conversations.read", "crm.objects.contacts.read"];
/// The conversations' events: the properties of which each change is told.
const PROPERTIES: [&str; 2] = ["assignedTo", "status"];
/// The conversations' other events, and those of people who are to be forgotten.
const EVENTS: [&str; 4] =
    ["conversation.newMessage", "conversation.deletion", "conversation.privacyDeletion", "contact.privacyDeletion"];

/// The next steps of the person.
const NEXT: &str = "\
Next: `hs project upload` in that folder, install the app on your account, and take its token and its
client secret from the app's Auth page into HUBSPOT_ACCESS_TOKEN and HUBSPOT_CLIENT_SECRET.";
const NEXT_OF_OAUTH: &str = "\
Next: `hs project upload` in that folder, take the client secret from the app's Auth page into
HUBSPOT_CLIENT_SECRET, and run `frontdesk login --client-id ID` with the client id of that page.";

/// A project that cannot be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// A file is there already.
    #[error("`{0}` is there already, and nothing is overwritten: choose another folder with `--dir`")]
    Exists(PathBuf),
    /// A file or folder cannot be written.
    #[error("`{0}`: {1}")]
    Unwritten(PathBuf, io::Error),
    /// Standard output could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Writes the files, or none if one of them is there, and says what to do with them.
pub(super) fn run(
    settings: &ProjectFilesSettings,
    tools: &[ToolInfo],
    policy: &ToolPolicy,
    out: &mut impl Write,
) -> Result<(), Error> {
    let files = files(settings, &scopes(tools, policy), &app_scopes::optional(tools, policy));
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(Error::Exists(path.clone()));
    }
    for (path, content) in &files {
        write(path, content).map_err(|error| Error::Unwritten(path.clone(), error))?;
        writeln!(out, "Wrote {}", path.display())?;
    }
    writeln!(out, "\nHubSpot sends events to {}.", settings.url.at(webhook::PATH))?;
    if settings.url.is_this_machine() {
        writeln!(out, "It does not reach that address: use the one of your proxy or tunnel.")?;
    }
    Ok(writeln!(out, "{}", if settings.oauth { NEXT_OF_OAUTH } else { NEXT })?)
}

/// The scopes of the tools that are served, and of the subscriptions.
fn scopes(tools: &[ToolInfo], policy: &ToolPolicy) -> BTreeSet<&'static str> {
    app_scopes::of_served(tools, policy).into_iter().chain(EVENT_SCOPES).collect()
}

fn files(
    settings: &ProjectFilesSettings,
    scopes: &BTreeSet<&'static str>,
    optional: &BTreeSet<&'static str>,
) -> [(PathBuf, Value); 3] {
    let (dir, name) = (&settings.dir, &settings.name);
    [
        (dir.join("hsproject.json"), json!({ "name": name, "srcDir": "src", "platformVersion": PLATFORM })),
        (dir.join("src/app/app-hsmeta.json"), app(name, &auth(settings.oauth, scopes, optional))),
        (dir.join("src/app/webhooks/webhooks-hsmeta.json"), webhooks(name, &settings.url.at(webhook::PATH))),
    ]
}

/// A token that does not expire, or OAuth, which sends the person back to this machine.
fn auth(oauth: bool, scopes: &BTreeSet<&'static str>, optional: &BTreeSet<&'static str>) -> Value {
    let mut auth = json!({
        "type": if oauth { "oauth" } else { "static" },
        "requiredScopes": scopes,
        "optionalScopes": optional,
        "conditionallyRequiredScopes": [],
    });
    if oauth {
        auth["redirectUrls"] = json!([authorization_request::redirect_uri(PORT)]);
    }
    auth
}

/// A private app for one account.
fn app(name: &str, auth: &Value) -> Value {
    json!({
        "uid": format!("{name}_app"),
        "type": "app",
        "config": {
            "name": name,
            "description": "Lets an MCP server run the front desk: contacts, tickets, meetings and the inbox.",
            "distribution": "private",
            "auth": auth,
            "permittedUrls": { "fetch": ["https://api.hubapi.com"], "iframe": [], "img": [] },
            "support": { "supportEmail": "", "documentationUrl": "", "supportUrl": "", "supportPhone": "" },
        },
    })
}

fn webhooks(name: &str, target: &str) -> Value {
    let event = |kind: &str| json!({ "subscriptionType": kind, "active": true });
    let property = |property: &str| json!({ "subscriptionType": "conversation.propertyChange", "propertyName": property, "active": true });
    let subscriptions: Vec<_> = EVENTS.map(event).into_iter().chain(PROPERTIES.map(property)).collect();
    json!({
        "uid": format!("{name}_webhooks"),
        "type": "webhooks",
        "config": {
            "settings": { "targetUrl": target, "maxConcurrentRequests": CONCURRENT_MAX },
            "subscriptions": { "crmObjects": [], "legacyCrmObjects": [], "hubEvents": subscriptions },
        },
    })
}

fn write(path: &Path, content: &Value) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    writeln!(file, "{content:#}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    fn settings(dir: &Path) -> ProjectFilesSettings {
        ProjectFilesSettings {
            url: "https://desk.example.com".parse().unwrap(),
            dir: dir.to_owned(),
            name: "frontdesk".into(),
            oauth: false,
        }
    }

    fn written(dir: &Path, file: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(dir.join(file)).unwrap()).unwrap()
    }

    #[test]
    fn the_project_has_the_scopes_of_what_is_served_and_the_events_of_conversations() {
        let dir = tempfile::tempdir().unwrap();
        let desk = ToolPolicy::default().choose_toolsets(&["conversations".to_owned()]).unwrap();
        let mut said = vec![];
        run(&settings(dir.path()), &tools::all().infos(), &desk, &mut said).unwrap();
        let app = written(dir.path(), "src/app/app-hsmeta.json");
        let scopes = ["conversations.read", "conversations.write", "crm.objects.contacts.read", "oauth"];
        assert_eq!((&app["type"], &app["config"]["auth"]["requiredScopes"]), (&json!("app"), &json!(scopes)));
        assert_eq!(app["config"]["auth"]["optionalScopes"], json!(["files"]));
        assert_eq!(
            (&app["config"]["auth"]["type"], &app["config"]["distribution"]),
            (&json!("static"), &json!("private"))
        );
        let webhooks = written(dir.path(), "src/app/webhooks/webhooks-hsmeta.json");
        assert_eq!(webhooks["config"]["settings"]["targetUrl"], "https://desk.example.com/webhooks/hubspot");
        let events = &webhooks["config"]["subscriptions"]["hubEvents"];
        assert_eq!(events[0], json!({ "subscriptionType": "conversation.newMessage", "active": true }));
        assert_eq!(events.as_array().unwrap().len(), 6);
        assert_eq!(written(dir.path(), "hsproject.json")["srcDir"], "src");
        assert!(String::from_utf8(said).unwrap().contains("hs project upload"));
    }

    #[test]
    fn an_app_with_oauth_sends_people_back_to_the_login() {
        let dir = tempfile::tempdir().unwrap();
        let mut said = vec![];
        let settings = ProjectFilesSettings { oauth: true, ..settings(dir.path()) };
        run(&settings, &tools::all().infos(), &ToolPolicy::default(), &mut said).unwrap();
        let auth = &written(dir.path(), "src/app/app-hsmeta.json")["config"]["auth"];
        assert_eq!(auth["type"], "oauth");
        assert_eq!(auth["redirectUrls"], json!(["http://localhost:8790/oauth/callback"]));
        assert!(String::from_utf8(said).unwrap().contains("frontdesk login --client-id"));
    }

    /// HubSpot refuses a project whose subscriptions lack a scope.
    #[test]
    fn a_desk_that_serves_few_tools_may_still_be_told_of_events() {
        let policy = ToolPolicy::default().choose(&tools::all().infos(), &["check_available".to_owned()], &[]).unwrap();
        let scopes = scopes(&tools::all().infos(), &policy);
        assert!(
            ["conversations.read", "crm.objects.contacts.read", "oauth"].iter().all(|scope| scopes.contains(scope))
        );
        assert!(!scopes.contains("conversations.write") && !scopes.contains("tickets"));
    }

    #[test]
    fn nothing_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let there = dir.path().join("src/app/app-hsmeta.json");
        fs::create_dir_all(there.parent().unwrap()).unwrap();
        fs::write(&there, "mine").unwrap();
        let refused = run(&settings(dir.path()), &[], &ToolPolicy::default(), &mut vec![]);
        assert!(matches!(refused, Err(Error::Exists(path)) if path == there));
        assert_eq!(fs::read_to_string(&there).unwrap(), "mine");
        assert!(!dir.path().join("hsproject.json").exists(), "not half a project");
    }
}
