//! `frontdesk rehearse`, through the built binary: scenarios that pass, fail, break and are refused, and the reports of them.

mod judging;
mod models;
mod reports;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use frontdesk::rehearsal::scenario_file;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::binary::frontdesk;
use crate::generated::{root, text_of};

/// The longest rehearsal here plays every conversation of this project, beside other tests.
const REHEARSAL_MAX: Duration = Duration::from_secs(300);

/// A rehearsal that is over.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    fn last_line(&self) -> &str {
        self.out.lines().last().unwrap_or_default()
    }
}

/// Runs the command in the folder of the repository.
pub(crate) async fn rehearse(arguments: &[&str]) -> Done {
    let arguments = [&["rehearse"], arguments].concat();
    let mut command = frontdesk(&arguments);
    let output = timeout(REHEARSAL_MAX, command.current_dir(root()).output()).await.expect("it hangs").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    folder
}

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// The arguments that play one of the examples by its script.
fn example(name: &str) -> Vec<String> {
    let file = |ending: &str| format!("examples/rehearsal/{name}{ending}");
    let graph = "examples/rehearsal/bakery.json".to_owned();
    [
        vec![file(".toml"), "--graph".into(), graph, "--brain".into(), "script".into(), "--script".into()],
        vec![file(".script.toml")],
    ]
    .concat()
}

async fn rehearse_example(name: &str, more: &[&str]) -> Done {
    let example = example(name);
    let arguments: Vec<&str> = example.iter().map(String::as_str).chain(more.iter().copied()).collect();
    rehearse(&arguments).await
}

/// A ticket that the customer wants, and a desk that opens it.
const TICKET: &str = r#"
name = "A ticket"
tags = ["tickets"]
customer.wants = "A ticket."
[[line]]
says = "my robot beeps, sarah@gmail.com"
[[line]]
says = "bye"
[[change]]
create = "tickets"
linked = ["contacts:sarah@gmail.com"]
"#;
const OPENS: &str = r#"
[[turn]]
calls = [{ tool = "create_ticket", with = { cus_cid = "sarah@gmail.com", issue = "my robot beeps" } }]
says = "I have opened a ticket."
[[turn]]
says = "Bye."
"#;
const CLAIMS: &str = r#"
[[turn]]
says = "I have opened a ticket."
[[turn]]
says = "Bye."
"#;

/// Plays a scenario with a scripted desk.
async fn play(scenario: &str, script: &str, more: &[&str]) -> Done {
    let folder = folder(&[("one.toml", scenario), ("one.script.toml", script)]);
    let (scenario, script) = (path(&folder, "one.toml"), path(&folder, "one.script.toml"));
    rehearse(&[&[scenario.as_str(), "--brain", "script", "--script", &script], more].concat()).await
}

#[tokio::test]
async fn the_examples_of_the_page_are_passed_by_their_scripts() {
    for name in ["late-delivery", "opening-hours"] {
        let done = rehearse_example(name, &[]).await;
        assert_eq!((done.code, done.last_line()), (0, "1 passed, 0 failed"), "{}{}", done.out, done.err);
    }
}

/// A user's own graph from the page, with the brain that needs no model.
#[tokio::test]
async fn the_examples_of_the_page_are_passed_without_a_model() {
    for more in [&[][..], &["--claimed"]] {
        let graph = ["examples/rehearsal", "--graph", "examples/rehearsal/bakery.json"];
        let done = rehearse(&[&graph[..], more].concat()).await;
        assert_eq!((done.code, done.last_line()), (0, "2 passed, 0 failed"), "{}{}", done.out, done.err);
    }
}

/// A server of a language model: it plays customers where the prompt says so, and the desk else.
pub(crate) async fn model_server(status: u16) -> (String, JoinHandle<()>) {
    let answer = move |Json(body): Json<Value>| async move {
        let prompt = body["messages"][0]["content"].as_str().unwrap_or_default().to_owned();
        let is_customer = prompt.starts_with("You are a customer who writes");
        let says = if is_customer { r#"{"says": "thank you", "done": true}"# } else { "Good morning! How can I help?" };
        let choice = json!({"index": 0, "message": {"role": "assistant", "content": says}, "finish_reason": "stop"});
        let usage = json!({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110});
        let answer = json!({"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage});
        (StatusCode::from_u16(status).unwrap(), Json(answer))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/chat/completions", post(answer));
    (url, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
}

/// Only the ids of sessions are by chance.
#[tokio::test]
async fn without_a_model_the_same_command_gives_the_same_result() {
    let play = async || {
        let done = rehearse(&[
            "tests/conversations/problem-busy-hubspot.toml",
            "tests/conversations/ticket-state.toml",
            "--report",
            "json",
        ])
        .await;
        let report: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err));
        let runs =
            report["scenarios"].as_array().unwrap().iter().flat_map(|one| one["runs"].as_array().unwrap().clone());
        // The stopped clock counts milliseconds, and one more may pass while something is done.
        let tenths = |seconds: &Value| seconds.as_f64().map(|seconds| (seconds * 10.0).round());
        let told = |turn: &Value| json!([turn["customer"], turn["desk"], tenths(&turn["seconds"])]);
        let turns = |run: &Value| run["turns"].as_array().unwrap().iter().map(told).collect::<Vec<_>>();
        runs.map(|run| json!([run["verdict"], tenths(&run["seconds"]), run["hubspot_requests"], turns(&run)]))
            .collect::<Vec<_>>()
    };
    assert_eq!(play().await, play().await);
}

#[tokio::test]
async fn what_cannot_be_judged_ends_with_2() {
    let none = tempfile::tempdir().unwrap();
    let none = none.path().display().to_string();
    let script = ["--brain", "script", "--script", "examples/rehearsal/opening-hours.script.toml"];
    let wrong = folder(&[("one.toml", &TICKET.replace("says", "say"))]);
    let wrong = path(&wrong, "one.toml");
    let example = "examples/rehearsal/opening-hours.toml";
    for (arguments, said) in [
        (vec![none.as_str()], "no scenario found"),
        (vec!["no/such/file.toml"], "no/such/file.toml: "),
        (vec![wrong.as_str()], "one.toml:6: unknown field `say`"),
        (vec![wrong.as_str()], "did you mean `says`?"),
        (vec![example, "--tag", "nobody"], "no scenario found"),
        (vec![example, "--graph", "nobody"], "`--graph nobody` is neither a file nor one of the taskgraphs `hubspot`"),
    ] {
        let done = rehearse(&[&arguments[..], &script[..]].concat()).await;
        assert_eq!(done.code, 2, "{arguments:?}: {}{}", done.out, done.err);
        assert!(done.err.contains(said), "{arguments:?}: {}", done.err);
        assert_eq!(done.out, "", "{arguments:?}");
    }
    let short = OPENS.split("[[turn]]\nsays").next().unwrap();
    let done = play(TICKET, short, &[]).await;
    assert_eq!((done.code, done.last_line()), (2, "0 passed, 0 failed, 1 broken"), "{}", done.out);
    assert!(done.out.contains("the script is over"), "{}", done.out);
}

#[tokio::test]
async fn the_check_finds_a_scenario_that_a_desk_passes_by_doing_nothing() {
    let idle = TICKET.split("[[change]]").next().unwrap().to_owned() + "[replies]\nmust_say = [[\"thank you\"]]\n";
    let files = folder(&[
        ("idle.toml", &idle),
        (
            "names.toml",
            &TICKET.replace("contacts:", "people:").replacen("[[line]]", "[never]\ncalls = [\"fly\"]\n[[line]]", 1),
        ),
        ("good.toml", TICKET),
    ]);
    let done = rehearse(&[&files.path().display().to_string(), "--check"]).await;
    assert_eq!((done.code, done.last_line()), (1, "1 good, 2 bad"), "{}{}", done.out, done.err);
    for part in
        ["passes with a desk that does nothing", "there is no tool `fly`", "`people:sarah@gmail.com` is no record"]
    {
        assert!(done.out.contains(part), "{part:?} is not in\n{}", done.out);
    }
}

#[tokio::test]
async fn every_conversation_of_this_project_can_be_rehearsed() {
    let done = rehearse(&["tests/conversations", "--check"]).await;
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let done = rehearse(&["examples/rehearsal", "--check", "--graph", "examples/rehearsal/bakery.json"]).await;
    assert_eq!((done.code, done.last_line()), (0, "2 good, 0 bad"), "{}{}", done.out, done.err);
}

#[tokio::test]
async fn a_recorded_run_is_a_scenario_that_goes_the_same_way() {
    let records = tempfile::tempdir().unwrap();
    let folder = records.path().join("runs");
    let done = rehearse_example("late-delivery", &["--record", &folder.display().to_string()]).await;
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = &files[..] else { panic!("{files:?}") };
    let text = fs::read_to_string(file).unwrap();
    assert!(!text.contains("desk_says") && text.contains("sarah@gmail.com"), "{text}");
    let mut again = example("late-delivery");
    again[0] = file.display().to_string();
    let again: Vec<&str> = again.iter().map(String::as_str).collect();
    let done = rehearse(&again).await;
    assert_eq!((done.code, done.last_line()), (0, "1 passed, 0 failed"), "{}{}", done.out, done.err);
}

/// The documents are read by another process, which knows nothing of a stopped clock.
#[tokio::test]
async fn the_operators_documents_are_searched() {
    let docs = folder(&[("hours.md", "# Hours\n\nThe shop is closed in February.\n")]);
    let scenario = "name = \"A\"\ncustomer.wants = \"B\"\n[[line]]\nsays = \"hi\"\n[replies]\nmust_say = [[\"x\"]]\n";
    let script = "[[turn]]\ncalls = [{ tool = \"search_documents\", with = { query = \"closed in February\" } }]\nsays = \"x\"\n";
    let (docs, index) = (docs.path().display().to_string(), tempfile::tempdir().unwrap());
    let index = index.path().display().to_string();
    let done = play(scenario, script, &["--verbose", "--docs", &docs, "--docs-index", &index]).await;
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    assert!(done.out.contains("The shop is closed in February."), "{}", done.out);
}

#[tokio::test]
async fn the_smallest_file_of_the_page_is_one() {
    let page = text_of("docs/rehearsals.md");
    let smallest = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let done = play(smallest, OPENS, &[]).await;
    assert_eq!((done.code, done.last_line()), (0, "1 passed, 0 failed"), "{}{}", done.out, done.err);
}

#[tokio::test]
async fn a_tag_and_a_run_choose_what_is_played() {
    let done = play(TICKET, OPENS, &["--tag", "tickets", "--repeat", "5", "--run", "3", "--verbose"]).await;
    assert_eq!((done.code, done.last_line()), (0, "1 passed, 0 failed"), "{}", done.out);
    assert!(done.out.contains("run 3") && done.out.contains("desk      Bye."), "{}", done.out);
}

/// The parser lists the keys that it knows when it meets one that it does not.
#[test]
fn the_page_names_every_key_of_a_scenario() {
    let page = text_of("docs/rehearsals.md");
    let small = "name = \"A\"\ncustomer.wants = \"B\"\n[[line]]\nsays = \"x\"\n[[change]]\ncreate = \"tickets\"\n";
    let sections = ["start", "[start.add]", "replies", "outcome", "never", "limits", "[line]", "[change]"];
    for section in sections.into_iter().chain(["", "customer"]) {
        let text = match section {
            "" => format!("x = 1\n{small}"),
            "customer" => small.replace("customer.wants", "customer.x = 1\ncustomer.wants"),
            section => format!("{small}[{section}]\nx = 1\n"),
        };
        let error = scenario_file::read(&text).unwrap_err().to_string();
        let known: Vec<&str> = error.split('`').skip(1).step_by(2).filter(|key| *key != "x").collect();
        assert!(error.contains("unknown field `x`") && !known.is_empty(), "{section}: {error}");
        for key in known.iter().filter(|key| **key != "means") {
            assert!(page.contains(&format!("`{key}`")), "docs/rehearsals.md does not name `{key}` of `{section}`");
        }
    }
}
