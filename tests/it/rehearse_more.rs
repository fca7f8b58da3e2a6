//! `frontdesk rehearse`: what the files have not come to, and customers who let time pass.

use std::fs;

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::generated::text_of;
use crate::rehearse::{model_server, rehearse};

/// A customer who answers late.
const LATE: &str = r#"
name = "Answers after twenty minutes"
[start]
now = 2026-11-22T15:00:00Z
[customer]
wants = "A meeting on Tuesday."
[[line]]
says = "I'd like to meet my representative next Tuesday, sarah@gmail.com, half an hour"
means = { zone = "America/New_York" }
[[line]]
if = { desk_offers = "T09:00" }
wait = "20m"
picks = "T09:00"
[[line]]
wait = "90s"
[[line]]
says = "thanks"
ends = true
[[change]]
create = "meetings"
linked = ["contacts:sarah@gmail.com"]
needs_yes = true
[[change]]
create = "communications"
linked = ["contacts:sarah@gmail.com"]
[replies]
must_say = [["found those times a while ago"]]
[limits]
seconds = 60
"#;

fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.toml");
    fs::write(&path, text).unwrap();
    (folder, path.display().to_string())
}

#[tokio::test]
async fn a_customer_can_let_time_pass() {
    let (folder, late) = file(LATE);
    let record = folder.path().join("kept");
    let kept = record.display().to_string();
    let done = rehearse(&[&late, "--report", "json", "--record", &kept]).await;
    let report: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err));
    let run = &report["scenarios"][0]["runs"][0];
    assert_eq!((done.code, &run["verdict"]), (0, &json!("passed")), "{run:#}");
    let turns = run["turns"].as_array().unwrap();
    let waited: Vec<f64> = turns.iter().map(|turn| turn["waited_seconds"].as_f64().unwrap()).collect();
    assert_eq!(
        (waited.iter().sum::<f64>(), waited.last()),
        (1_290.0, Some(&90.0)),
        "the pause belongs to the next line"
    );
    assert!(run["seconds"].as_f64().unwrap() < 60.0, "waiting is not the desk's time");
    let script = fs::read_dir(&record).unwrap().next().unwrap().unwrap().path();
    let script = fs::read_to_string(script).unwrap();
    assert!(script.contains("wait = \"1200s\"") && script.contains("wait = \"90s\""), "{script}");
}

#[tokio::test]
async fn a_wait_is_a_time_and_needs_a_run_of_its_own_where_the_clock_runs() {
    for wrong in ["20", "m", "soon", "-1m", "31d", "20 minutes"] {
        let (_folder, path) = file(&LATE.replace("20m", wrong));
        let done = rehearse(&[&path]).await;
        assert_eq!(done.code, 2, "{wrong}: {}", done.out);
        assert!(done.err.contains("one.toml:12") && done.err.contains("up to 30 days"), "{wrong}: {}", done.err);
    }
    let (_folder, late) = file(LATE);
    let model = ["--brain", "model", "--model-url", "http://127.0.0.1:9/v1", "--model", "x", "--jobs", "2"];
    let done = rehearse(&[&[late.as_str()], &model[..]].concat()).await;
    assert!(done.code == 2 && done.err.contains("play them with `--jobs 1`"), "{}", done.err);
}

/// Where a model answers the clock runs, and a wait moves it: the rehearsal itself has two minutes.
#[tokio::test]
async fn a_wait_costs_no_time_where_the_clock_runs() {
    let scenario = "name = \"A\"\ncustomer.wants = \"B\"\n[[line]]\nsays = \"hello\"\n\
                    [[line]]\nwait = \"3h\"\nsays = \"are you there?\"\n[replies]\nmust_say = [[\"help\"]]\n";
    let (_folder, path) = file(scenario);
    let (url, _server) = model_server(200).await;
    let model = ["--brain", "model", "--model-url", &url, "--model", "desk-1", "--repeat", "2", "--report", "json"];
    let done = rehearse(&[&[path.as_str()], &model[..]].concat()).await;
    let report: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err));
    assert_eq!((done.code, &report["summary"]["passed"]), (0, &json!(2)), "{report:#}");
    let run = &report["scenarios"][0]["runs"][1];
    assert_eq!(run["turns"][1]["waited_seconds"], 10_800.0);
    assert!(run["seconds"].as_f64().unwrap() < 100.0, "{run}");
}

#[tokio::test]
async fn what_no_file_has_come_to_is_told() {
    let one = ["tests/conversations/ticket-state.toml", "tests/conversations/person-known.toml"];
    let done = rehearse(&[&one[..], &["--coverage"]].concat()).await;
    assert_eq!(done.code, 0, "{}", done.out);
    for part in [
        "coverage of frontdesk: ",
        "    node      meeting.book\n",
        "    intent    Book a meeting\n",
        " intents of frontdesk (--coverage lists the others)",
    ] {
        assert!(done.out.contains(part), "{part:?} is not in\n{}", done.out);
    }
    for reached in ["node      ticket.find", "intent    My ticket", "intent    A person, please"] {
        assert!(!done.out.contains(reached), "{reached:?} is in\n{}", done.out);
    }
    let done = rehearse(&[&one[..], &["--report", "json"]].concat()).await;
    let report: Value = serde_json::from_str(&done.out).unwrap();
    let coverage = &report["coverage"][0];
    let missing = coverage["nodes"]["missing"].as_array().unwrap();
    assert_eq!(coverage["graph"], "frontdesk");
    let reached = coverage["nodes"]["reached"].as_u64().unwrap();
    assert!(reached >= 4 && missing.contains(&json!("meeting.book")), "{coverage}");
    assert_eq!(coverage["nodes"]["all"], reached + missing.len() as u64);
    assert!(coverage["intents"]["missing"].as_array().unwrap().contains(&json!("Book a meeting")), "{coverage}");
}

/// A script of replies takes no step of a taskgraph, so nothing can be said of one.
#[tokio::test]
async fn without_a_session_nothing_is_covered() {
    let example = "examples/rehearsal/opening-hours";
    let (scenario, script) = (format!("{example}.toml"), format!("{example}.script.toml"));
    let graph = ["--graph", "examples/rehearsal/bakery.json", "--brain", "script", "--script", &script];
    let done = rehearse(&[&[scenario.as_str(), "--coverage", "--report", "json"], &graph[..]].concat()).await;
    let report: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err));
    assert_eq!(report["coverage"], json!([]));
}

/// A model that answers garbage has failed, whatever the brain without a model would have done in its place.
#[tokio::test]
async fn a_model_is_not_credited_with_the_work_of_another_brain() {
    for answer in [
        "\0\u{1} not json",
        "{\"choices\": [{\"message\": {\"content\": \"{\\\"name\\\": \\\"x\\\", \\\"arguments\\\": {}}\"}}]}",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = Router::new().route("/v1/chat/completions", post(move || async move { answer }));
        let _server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let model = ["--brain", "model", "--model-url", &url, "--model", "x", "--repeat", "1"];
        let done = rehearse(&[&["tests/conversations/problem-danish.toml"], &model[..]].concat()).await;
        assert_eq!(done.code, 1, "{answer}: {}{}", done.out, done.err);
        assert!(done.out.contains("the model's answer cannot be used"), "{answer}: {}", done.out);
    }
}

#[tokio::test]
async fn the_check_looks_up_the_records_and_properties_that_files_name() {
    let good = "name = \"A\"\ncustomer.wants = \"B\"\n[[line]]\nsays = \"my phone changed, sarah@gmail.com\"\n\
                [[change]]\nupdate = \"contacts:sarah@gmail.com\"\nwith.phone = \"+1\"\n";
    let (_folder, path) = file(good);
    let done = rehearse(&[&path, "--check"]).await;
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    for (before, after, part) in [
        (
            "contacts:sarah@gmail.com\"\nwith",
            "contacts:nobody@nowhere.example\"\nwith",
            "`contacts:nobody@nowhere.example` is no record of",
        ),
        ("contacts:sarah@gmail.com\"\nwith", "tickets/999\"\nwith", "`tickets/999` is no record of"),
        ("with.phone", "with.no_such_property", "`with.no_such_property`: contacts have no such property"),
        (
            "update = \"contacts:sarah@gmail.com\"\nwith.phone = \"+1\"",
            "create = \"tickets\"\nlinked = [\"contacts:nobody@nowhere.example\"]",
            "`contacts:nobody@nowhere.example` is no record of",
        ),
    ] {
        let (_folder, path) = file(&good.replace(before, after));
        let done = rehearse(&[&path, "--check"]).await;
        assert!(done.code == 1 && done.out.contains(part), "{part}: {}{}", done.out, done.err);
    }
}

/// The smallest file of the page, as it is printed there.
#[tokio::test]
async fn the_smallest_file_of_the_page_is_passed() {
    let page = text_of("docs/rehearsals.md");
    let printed = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let (_folder, path) = file(printed);
    for arguments in [&[path.as_str()][..], &[path.as_str(), "--claimed"]] {
        let done = rehearse(arguments).await;
        assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    }
}

#[tokio::test]
async fn a_failure_shows_values_as_the_file_writes_them() {
    let scenario = "name = \"A\"\ncustomer.wants = \"B\"\n[[line]]\nsays = \"hello\"\n\
                    [[change]]\nupdate = \"contacts:sarah@gmail.com\"\nwith.phone = \"+1 212 555 0188\"\n";
    let (_folder, path) = file(scenario);
    let done = rehearse(&[&path]).await;
    let shown = "0 of change of contacts:sarah@gmail.com with phone = \"+1 212 555 0188\", at least 1";
    assert!(done.code == 1 && done.out.contains(shown), "{}", done.out);
}
