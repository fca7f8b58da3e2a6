//! The built binary's restrictions on tools, through a real client: flags, environment variables, both transports,
//! refusals.

use std::process::Stdio;

use frontdesk::tool::{Effect, ToolEntry, Toolset};
use frontdesk::tools;
use hubspot_sandbox::{self, Sandbox};
use rmcp::service::{ClientServiceExt, RunningService};
use rmcp::transport::TokioChildProcess;
use rmcp::{RoleClient, ServiceExt};
use serde_json::json;

use crate::binary::{frontdesk, serve_http, soon, transport};
use crate::elicitation::{Person, accept, both};
use crate::tool_policy::{call, names};

const SARAH: &str = "84246479604";

fn reading() -> Vec<&'static str> {
    let reading = |tool: &&ToolEntry| tool.effect == Effect::Read && tool.toolset != Toolset::Handoff;
    tools::all().iter().filter(reading).map(|tool| tool.name).collect()
}

/// The number of tools without those of the hand-off, which is not set up.
fn served() -> usize {
    tools::all().iter().filter(|tool| tool.toolset != Toolset::Handoff).count()
}

/// Returns the error output of a process that fails to start.
async fn refused(arguments: &[&str]) -> String {
    let output = soon(frontdesk(arguments).stdin(Stdio::null()).output()).await.unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn flags_and_environment_switch_tools_off() {
    let by_flag = frontdesk(&["stdio", "--sandbox", "--read-only"]);
    let mut by_environment = frontdesk(&["--sandbox"]);
    by_environment.env("FRONTDESK_READ_ONLY", "true");
    let mut some = frontdesk(&["stdio", "--sandbox", "--without", "create_ticket"]);
    some.env("FRONTDESK_TOOLS", "get_contact,create_ticket");
    for (command, expected) in [(by_flag, reading()), (by_environment, reading()), (some, vec!["get_contact"])] {
        let process = TokioChildProcess::new(command).unwrap();
        let client = soon(Person::unreachable().serve(process)).await.unwrap();
        assert_eq!(soon(names(&client)).await, expected);
        let ticket = json!({"cus_cid": SARAH, "issue": "It beeps."});
        let error = soon(call(&client, "create_ticket", ticket)).await.unwrap_err();
        assert_eq!(error["code"], "FORBIDDEN_ERROR");
        assert!(soon(call(&client, "get_contact", json!({"contact": SARAH}))).await.is_ok());
    }
}

/// Compose files and Kubernetes set empty variables.
#[tokio::test]
async fn an_empty_variable_sets_no_policy() {
    let mut command = frontdesk(&["stdio", "--sandbox"]);
    for variable in ["FRONTDESK_TOOLS", "FRONTDESK_WITHOUT", "FRONTDESK_READ_ONLY", "FRONTDESK_TIER", "FRONTDESK_STORE"]
    {
        command.env(variable, "");
    }
    let client = soon(Person::unreachable().serve(TokioChildProcess::new(command).unwrap())).await.unwrap();
    assert_eq!(soon(names(&client)).await.len(), served());
}

#[tokio::test]
async fn an_invalid_tool_name_stops_the_start() {
    for arguments in [
        &["stdio", "--sandbox", "--tools", "find_ticket"][..],
        &["http", "--without", "find-tickets"],
        &["check", "--sandbox", "--tools", ""],
    ] {
        let said = refused(arguments).await;
        assert!(said.contains("there is no tool") && said.contains("`find_tickets`"), "{arguments:?}: {said}");
    }
    let said = refused(&["stdio", "--sandbox", "--read-only", "--tools", "create_ticket"]).await;
    assert!(said.contains("leave no tool"), "{said}");
}

/// Over standard streams and over HTTP, in both eras of the protocol.
#[tokio::test]
async fn a_change_waits_for_the_user_of_a_real_client() {
    let (_process, address) = serve_http(&["--sandbox", "--confirm-writes"]).await;
    for era in both() {
        for over_http in [false, true] {
            let connect = async |person: Person| -> RunningService<RoleClient, Person> {
                let started = || TokioChildProcess::new(frontdesk(&["--sandbox", "--confirm-writes"])).unwrap();
                match over_http {
                    true => soon(person.serve_with_lifecycle(transport(&address, None), era.clone())).await.unwrap(),
                    false => soon(person.serve_with_lifecycle(started(), era.clone())).await.unwrap(),
                }
            };
            let (deaf, person) = (Person::unreachable(), Person::new([accept(json!({}))]));
            let silent = connect(deaf).await;
            let asking = connect(person.clone()).await;
            let city = json!({"contact": SARAH, "properties": {"city": format!("{era:?} {over_http}")}});
            assert!(!soon(names(&silent)).await.contains(&"update_contact".to_owned()));
            let error = soon(call(&silent, "update_contact", city.clone())).await.unwrap_err();
            assert_eq!(error["code"], "FORBIDDEN_ERROR");
            assert!(soon(names(&asking)).await.contains(&"update_contact".to_owned()));
            soon(call(&asking, "update_contact", city)).await.unwrap();
            let asked = person.questions();
            assert!(asked.len() == 1 && asked[0].starts_with("Change the contact \"Sarah Mark"), "{asked:?}");
        }
    }
}

/// An embedded HubSpot on this machine whose token has few scopes.
async fn hubspot_with(scopes: &[&str]) -> (Sandbox, String) {
    let sandbox = Sandbox::new(hubspot_sandbox::Settings::default());
    sandbox.set_scopes(sandbox.token(), scopes);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = sandbox.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (sandbox, address)
}

#[tokio::test]
async fn tools_beyond_the_token_are_hidden_and_check_says_why() {
    let (sandbox, hubspot) = hubspot_with(&["crm.objects.contacts.read", "crm.objects.owners.read"]).await;
    let desk = |arguments: &[&str]| {
        let mut command = frontdesk(arguments);
        command.env("HUBSPOT_BASE_URL", &hubspot).env("HUBSPOT_ACCESS_TOKEN", sandbox.token());
        command
    };
    let listed = async |arguments: &[&str]| {
        let process = TokioChildProcess::new(desk(arguments)).unwrap();
        let client = soon(Person::unreachable().serve(process)).await.unwrap();
        soon(names(&client)).await
    };
    let shown = listed(&["stdio"]).await;
    assert!(shown.contains(&"get_contact".to_owned()) && !shown.contains(&"create_ticket".to_owned()), "{shown:?}");
    assert_eq!(listed(&["stdio", "--all-tools"]).await.len(), served());
    let said =
        async |arguments: &[&str]| String::from_utf8(soon(desk(arguments).output()).await.unwrap().stdout).unwrap();
    let found = said(&["check", "--without", "get_contact"]).await;
    assert!(found.contains("missing  create_ticket: needs tickets; it is hidden, --all-tools shows it"), "{found}");
    assert!(found.contains("off      get_contact: the operator has switched it off"), "{found}");
    assert!(found.contains("works    search_contacts"), "{found}");
    assert!(said(&["check", "--all-tools"]).await.contains("needs tickets; it is shown all the same"));
}

/// Flags given to `setup` reach the server that the client will start.
#[tokio::test]
async fn setup_passes_its_flags_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = frontdesk(&[
        "setup",
        "cursor",
        "--sandbox",
        "--project",
        "--read-only",
        "--without",
        "get_contact,find_tickets",
    ]);
    command.env("HOME", folder.path()).current_dir(folder.path());
    assert!(soon(command.output()).await.unwrap().status.success());
    let arguments = || {
        let written = std::fs::read_to_string(folder.path().join(".cursor/mcp.json")).unwrap();
        let written: serde_json::Value = serde_json::from_str(&written).unwrap();
        written["mcpServers"]["frontdesk"]["args"].clone()
    };
    let expected = json!(["stdio", "--sandbox", "--read-only", "--without", "get_contact,find_tickets"]);
    assert_eq!(arguments(), expected);
    let mut command = frontdesk(&["setup", "cursor", "--sandbox", "--project", "--taskgraphs", "desk"]);
    command.args([
        "--docs",
        "manuals,https://www.example.com/",
        "--store",
        ":memory:",
        "--docs-private",
        "--tier",
        "oauth",
    ]);
    command.env("HOME", folder.path()).env("FRONTDESK_LOG", "debug").current_dir(folder.path());
    assert!(soon(command.output()).await.unwrap().status.success());
    let here = |name: &str| folder.path().canonicalize().unwrap().join(name).display().to_string();
    let expected = json!([
        "stdio",
        "--sandbox",
        "--tier",
        "oauth",
        "--taskgraphs",
        here("desk"),
        "--store",
        ":memory:",
        "--docs",
        here("manuals"),
        "--docs",
        "https://www.example.com/",
        "--docs-private"
    ]);
    assert_eq!(arguments(), expected, "what the command line says, and paths from the folder it was typed in");
    assert!(refused(&["setup", "cursor", "--dry-run", "--tools", "find_ticket"]).await.contains("`find_tickets`"));
}
