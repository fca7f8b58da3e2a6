//! A HubSpot that echoes the token it was sent: it stands in no answer, on no terminal and in no log line.

use std::process::Stdio;

use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use rmcp::ServiceExt;
use rmcp::model::CallToolRequestParams;
use rmcp::transport::TokioChildProcess;
use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::binary::{frontdesk, soon};

/// No form by which HubSpot's tokens are known.
const TOKEN: &str = "CK-short-SECRET+token";
/// What drives a terminal, and what nobody sees.
const HOSTILE: &str = "\u{1b}]0;PWNED\u{7}\u{1b}[2J\u{202e}\u{200b}\u{e0041}";

/// The token as it stands in the header, in base64, percent-encoded, in upper case, in JSON within JSON and in hexadecimal.
fn forms() -> [String; 6] {
    let basic = STANDARD.encode(format!("me:{TOKEN}"));
    let hexadecimal = TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect();
    [
        TOKEN.to_owned(),
        basic.trim_end_matches('=')[4..30].to_owned(),
        "CK-short-SECRET%2Btoken".to_owned(),
        TOKEN.to_uppercase(),
        r"CK-short-SECRET\u002btoken".to_owned(),
        hexadecimal,
    ]
}

async fn echo(request: Request) -> Response {
    let said = request.headers()["authorization"].to_str().unwrap().to_owned();
    assert_eq!(said, format!("Bearer {TOKEN}"));
    let basic = STANDARD.encode(format!("me:{TOKEN}"));
    // Of the base64, the whole.
    let others = forms().into_iter().skip(2).collect::<Vec<_>>().join(" ");
    let said = format!("{said} {basic} {others} {HOSTILE}");
    match request.uri().path().contains("account-info") {
        true => Json(json!({"portalId": 7, "accountType": said, "timeZone": "UTC"})).into_response(),
        false => {
            let error = json!({"status": "error", "category": "VALIDATION_ERROR", "message": said});
            (StatusCode::BAD_REQUEST, Json(error)).into_response()
        }
    }
}

async fn echoing_hubspot() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(echo)).await });
    address
}

#[tokio::test]
async fn a_token_that_hubspot_echoes_is_shown_to_nobody() {
    let hubspot = echoing_hubspot().await;
    let desk = |arguments: &[&str]| {
        let mut command = frontdesk(arguments);
        command.env("HUBSPOT_BASE_URL", &hubspot).env("HUBSPOT_ACCESS_TOKEN", TOKEN);
        command
    };
    let checked = String::from_utf8(soon(desk(&["check"]).output()).await.unwrap().stdout).unwrap();
    assert!(checked.contains("portal 7 (Bearer ***"), "{checked}");
    assert!(!checked.contains(|c: char| HOSTILE.contains(c) && !"]0;PWNED[2J".contains(c)), "{checked:?}");

    let stdio = desk(&["stdio", "--log", "trace"]);
    let (process, stderr) = TokioChildProcess::builder(stdio).stderr(Stdio::piped()).spawn().unwrap();
    let client = soon(().serve(process)).await.unwrap();
    let call =
        CallToolRequestParams::new("get_contact").with_arguments(json!({"contact": "7"}).as_object().unwrap().clone());
    let answer = json!(soon(client.call_tool(call)).await.unwrap()).to_string();
    assert!(answer.contains("REJECTED") && answer.contains("***"), "{answer}");
    soon(client.cancel()).await.unwrap();
    let mut logged = String::new();
    soon(stderr.unwrap().read_to_string(&mut logged)).await.unwrap();
    for form in forms() {
        for said in [&checked, &answer, &logged] {
            assert!(!said.contains(&form), "{form}: {said}");
        }
    }
}

#[tokio::test]
async fn a_taskgraph_is_shown_without_what_nobody_sees() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.json");
    let file = file.to_str().unwrap();
    assert!(soon(frontdesk(&["taskgraph", "new", file]).status()).await.unwrap().success());
    let text = std::fs::read_to_string(file).unwrap().replace("Hello", "Hello \u{202e}\u{200b}\u{e0041}\\u001b[2J");
    std::fs::write(file, text).unwrap();
    for command in [&["taskgraph", "show", file][..], &["taskgraph", "show", file, "--mermaid"]] {
        let shown = String::from_utf8(soon(frontdesk(command).output()).await.unwrap().stdout).unwrap();
        assert!(
            shown.contains("Hello") && !shown.contains(['\u{202e}', '\u{200b}', '\u{e0041}', '\u{1b}']),
            "{shown:?}"
        );
    }
}
