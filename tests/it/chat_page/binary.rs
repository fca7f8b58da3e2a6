//! `frontdesk http --chat`: the built binary prints the address of the page, serves it without a model, and refuses settings
//! that cannot be meant.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::binary::{frontdesk, http_client, soon, terminate};

async fn start(address: &str, path: &str, session: Option<&str>, body: Value) -> Value {
    let request = http_client().post(format!("http://{address}/chat/api/{path}")).json(&body);
    let request = match session {
        Some(session) => request.bearer_auth(session),
        None => request,
    };
    let answer = soon(request.send()).await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    soon(answer.json()).await.unwrap()
}

/// The page allows so many looks a minute.
const LOOK_EVERY: Duration = Duration::from_millis(100);

#[tokio::test]
async fn the_page_of_the_embedded_account_talks_without_a_model_and_leads_to_people() {
    let mut process = frontdesk(&["http", "--sandbox", "--chat", "--bind", "127.0.0.1:0"]).spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    let address = loop {
        let line = soon(log.next_line()).await.unwrap().expect("it ended before it listened");
        if let Some((_, rest)) = line.split_once("Customer, colleague and HubSpot at once: http://") {
            break rest.split('/').next().unwrap().to_owned();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
    let page = soon(http_client().get(format!("http://{address}/chat")).send()).await.unwrap();
    assert!(soon(page.text()).await.unwrap().contains("<h1>Richtech</h1>"));
    let sides = soon(http_client().get(format!("http://{address}/")).send()).await.unwrap();
    assert!(soon(sides.text()).await.unwrap().contains("src=\"/chat\""), "and the three sides at once");
    let session = start(&address, "start", None, json!({})).await["session"].as_str().unwrap().to_owned();
    let events = async |after: usize| {
        let asked = http_client().get(format!("http://{address}/chat/api/events?after={after}&wait=25"));
        let answer: Value = soon(soon(asked.bearer_auth(&session).send()).await.unwrap().json()).await.unwrap();
        answer
    };
    for (at, said) in ["I want to talk to a person", "sarah@gmail.com", "Yes"].into_iter().enumerate() {
        start(&address, "send", Some(&session), json!({"id": at.to_string(), "text": said})).await;
        let answered = async { while events(2 + 2 * at).await["events"].as_array().unwrap().is_empty() {} };
        tokio::time::timeout(Duration::from_secs(60), answered).await.unwrap();
    }
    let waiting = async { while events(0).await["state"]["with"] != "waiting" {} };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("people are in reach without a flag");
    assert!(terminate(&mut process).await.success());
}

#[tokio::test]
async fn settings_that_cannot_be_meant_stop_the_start_with_their_line() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("chat.toml");
    for (text, part) in [
        ("[brand]\nname = \"Richtech\"\ncolour = \"blue\"\n", "line 3: a colour is `#`"),
        ("[brand]\nlogo = \"x\"\n", "line 2"),
        ("[webhook]\nurl = \"https://hooks.example\"\n", "FRONTDESK_CHAT_WEBHOOK_SECRET"),
    ] {
        std::fs::write(&file, text).unwrap();
        let flags = ["http", "--sandbox", "--chat", "--bind", "127.0.0.1:0", "--chat-settings", file.to_str().unwrap()];
        let ended = soon(frontdesk(&flags).output()).await.unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success() && said.contains(part) && said.contains("chat.toml"), "{said}");
    }
}

/// What may write nothing answers nobody.
#[tokio::test]
async fn an_autopilot_beside_read_only_stops_the_start() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("autopilot.toml");
    for mode in ["draft", "reply"] {
        std::fs::write(&file, format!("mode = \"{mode}\"\n")).unwrap();
        let settings = file.to_str().unwrap();
        let flags = ["http", "--sandbox", "--read-only", "--bind", "127.0.0.1:0", "--autopilot", settings];
        let ended = soon(frontdesk(&flags).output()).await.unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success() && said.contains("--read-only") && said.contains("rehearse"), "{said}");
    }
}

/// Where somebody else may be near, the three sides are not shown; and the assistant of staff needs a token.
#[tokio::test]
async fn pages_for_staff_are_guarded_from_the_start() {
    let flags = ["http", "--sandbox", "--assistant", "--bind", "127.0.0.1:0"];
    let ended = soon(frontdesk(&flags).output()).await.unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success() && said.contains("FRONTDESK_AUTH_TOKEN"), "{said}");
    let flags = ["http", "--sandbox", "--chat", "--assistant", "--bind", "127.0.0.1:0"];
    let mut process = frontdesk(&flags).env("FRONTDESK_AUTH_TOKEN", "staff-0123456789abcdef").spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    let address = loop {
        let line = soon(log.next_line()).await.unwrap().expect("it ended before it listened");
        if let Some((_, rest)) = line.split_once("Staff keep contacts at http://") {
            break rest.split('/').next().unwrap().to_owned();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
    for (path, status) in [("/", 404), ("/sandbox/api/view", 404), ("/assistant", 200), ("/assistant/api/events", 401)]
    {
        let got = soon(http_client().get(format!("http://{address}{path}")).send()).await.unwrap();
        assert_eq!(got.status().as_u16(), status, "{path}");
    }
    assert!(terminate(&mut process).await.success());
}

/// HubSpot's own inbox beside the chat: a customer writes into it, the autopilot answers, a colleague has it and gives it back.
#[tokio::test]
async fn the_three_sides_show_the_autopilot_at_work_in_hubspots_inbox() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("autopilot.toml");
    std::fs::write(&file, "mode = \"reply\"\n[limits]\nquiet_seconds = 0\n").unwrap();
    let flags = ["http", "--sandbox", "--chat", "--bind", "127.0.0.1:0", "--autopilot", file.to_str().unwrap()];
    let mut process = frontdesk(&flags).spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    let address = loop {
        let line = soon(log.next_line()).await.unwrap().expect("it ended before it listened");
        if let Some((_, rest)) = line.split_once("Customer, colleague and HubSpot at once: http://") {
            break rest.split('/').next().unwrap().to_owned();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
    let page = soon(soon(http_client().get(format!("http://{address}/")).send()).await.unwrap().text()).await.unwrap();
    let token = page.split("{\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let ask = async |route: &str, body: Value| {
        let url = format!("http://{address}/sandbox/api/{route}");
        let request = if body.is_null() { http_client().get(url) } else { http_client().post(url).json(&body) };
        let answer = soon(request.header("x-page-token", &token).send()).await.unwrap();
        assert!(answer.status().is_success(), "{route}: {}", answer.status());
        let answer: Value = soon(answer.json()).await.unwrap();
        answer
    };
    let id = ask("write", json!({"text": "What is ADAM?"})).await["id"].as_str().unwrap().to_owned();
    let item = async || {
        let view = ask("view", Value::Null).await;
        assert_eq!(view["autopilot"], true);
        let of_thread = |one: &&Value| one["kind"] == "thread" && one["id"] == id.as_str();
        (view["inbox"].as_array().unwrap().iter().find(of_thread).unwrap().clone(), view)
    };
    let count = |item: &Value, from: &str| {
        item["messages"].as_array().unwrap().iter().filter(|message| message["from"] == from).count()
    };
    let answered = async |times: usize| {
        let answers = async {
            while count(&item().await.0, "assistant") < times {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), answers).await.expect("the autopilot answers");
    };
    // The widget of the chat greets everybody.
    answered(1 + 1).await;
    let (_, view) = item().await;
    assert_eq!(view["decisions"][0]["said"], "What is ADAM?", "what it decided is shown");
    let sent = view["requests"]["newest"].to_string();
    assert!(!sent.contains("latestMessageTimestampAfter") && !sent.contains("/threads?"), "nothing is polled: {sent}");
    let act = async |act: &str, text: &str| {
        ask("act", json!({"act": act, "kind": "thread", "id": id, "owner": "117003", "text": text})).await
    };
    act("answer", "Here is Mei.").await;
    ask("write", json!({"text": "Thanks, Mei. And the price?", "id": id})).await;
    let silent = async {
        loop {
            let metrics = soon(http_client().get(format!("http://{address}/metrics")).send()).await.unwrap();
            let metrics = soon(metrics.text()).await.unwrap();
            if metrics.lines().any(|line| line.starts_with("autopilot_messages_total") && line.contains("silent")) {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), silent).await.expect("the autopilot has looked and is silent");
    assert_eq!(count(&item().await.0, "assistant"), 1 + 1, "a person has it");
    act("give_back", "").await;
    ask("write", json!({"text": "What is DUST-E?", "id": id})).await;
    answered(1 + 2).await;
    assert!(terminate(&mut process).await.success());
}
