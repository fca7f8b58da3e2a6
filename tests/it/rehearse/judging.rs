//! Verdicts: what fails a run, and how it is shown.

use serde_json::Value;

use super::{CLAIMS, OPENS, TICKET, folder, path, play, rehearse};

#[tokio::test]
async fn a_desk_that_claims_what_it_has_not_done_fails_with_the_place_and_the_command() {
    let done = play(TICKET, CLAIMS, &[]).await;
    assert_eq!((done.code, done.last_line()), (1, "0 passed, 1 failed"), "{}", done.out);
    for part in [
        "one.toml:9",
        "HubSpot   0 of new tickets, at least 1",
        "claim     \"I have opened a ticket.\" was said",
        "1  customer  my robot beeps",
        "again     frontdesk rehearse ",
        "one.toml --brain script --script ",
        "one.script.toml --seed 1 --run 1 --verbose",
        "pass^1 0.00",
        "violations 2",
    ] {
        assert!(done.out.contains(part), "{part:?} is not in\n{}", done.out);
    }
    assert!(!done.out.contains('\u{1b}'), "a log of a CI shows no colours");
}

#[tokio::test]
async fn what_is_not_expected_fails_and_is_shown_with_its_turn() {
    let second = OPENS.replace(
        "says = \"Bye.\"",
        "says = \"Bye.\"\ncalls = [{ tool = \"create_ticket\", with = { \
                               cus_cid = \"sarah@gmail.com\", issue = \"and it smells\" } }]",
    );
    let done = play(TICKET, &second, &[]).await;
    assert_eq!(done.code, 1);
    assert!(
        done.out.contains("not expected: + tickets/")
            && done.out.contains(", in turn 2")
            && done.out.contains("▸ create_ticket ✔"),
        "{}",
        done.out
    );
}

#[tokio::test]
async fn several_runs_give_the_chance_of_one_and_of_all() {
    let folder = folder(&[
        ("a.toml", TICKET),
        ("b.toml", &TICKET.replace("\"tickets\"\n", "\"tasks\"\n")),
        ("x.script.toml", OPENS),
    ]);
    let (all, script) = (folder.path().display().to_string(), path(&folder, "x.script.toml"));
    let brain = ["--brain", "script", "--script", &script, "--repeat", "3", "--jobs", "2"];
    let done = rehearse(&[&[all.as_str()], &brain[..]].concat()).await;
    assert_eq!((done.code, done.last_line()), (1, "3 passed, 3 failed"), "{}{}", done.out, done.err);
    for part in ["✔✔✔  3/3", "✘✘✘  0/3", "pass^1 0.50   pass^3 0.50   (2 scenarios × 3 runs; ± 0.50)"] {
        assert!(done.out.contains(part), "{part:?} is not in\n{}", done.out);
    }
    let done = rehearse(&[&[path(&folder, "b.toml").as_str(), "--fail-fast"], &brain[..]].concat()).await;
    assert_eq!(done.last_line(), "0 passed, 1 failed", "{}", done.out);
}

#[tokio::test]
async fn a_claimed_address_reads_nothing_that_the_operator_may_read() {
    let scenario = "name = \"A\"\ncustomer.wants = \"B\"\n[[line]]\nsays = \"my data? sarah@gmail.com\"\n\
                    [replies]\nmust_say = [[\"data\"]]\n";
    let script = "[[turn]]\ncalls = [{ tool = \"get_contact\", with = { contact = \"sarah@gmail.com\" } }]\n\
                  says = \"About your data: ask us.\"\n";
    let known = format!("{scenario}[start]\nvisitor = {{ email = \"sarah@gmail.com\" }}\n");
    let (json, claimed) = (vec!["--report", "json"], vec!["--report", "json", "--claimed"]);
    for (scenario, flags, succeeded) in [
        (scenario, &json, true),
        (scenario, &claimed, false),
        (&known, &claimed, true),
        (&known.replace("sarah@gmail.com\" }", "tom.baker@harborviewhotel.com\" }"), &claimed, false),
    ] {
        let done = play(scenario, script, flags).await;
        let report: Value = serde_json::from_str(&done.out).unwrap();
        let call = &report["scenarios"][0]["runs"][0]["turns"][0]["calls"][0];
        assert_eq!(call["succeeded"], succeeded, "{call}");
    }
}

#[tokio::test]
async fn the_rules_of_the_house_need_no_file() {
    let scenario =
        "name = \"A\"\ncustomer.wants = \"B\"\n[[line]]\nsays = \"hello\"\n[replies]\nmust_say = [[\"x\"]]\n";
    for (says, kind) in [
        ("x: tom.baker@harborviewhotel.com", "leak"),
        ("x: NOT_FOUND_ERROR", "internal"),
        ("x. Your meeting is booked.", "claim"),
    ] {
        let done = play(scenario, &format!("[[turn]]\nsays = \"{says}\"\n"), &[]).await;
        assert_eq!(done.code, 1, "{says}: {}", done.out);
        assert!(done.out.contains(&format!("violations 1: {kind} 1")), "{says}: {}", done.out);
    }
    let done = play(scenario, "[[turn]]\nsays = \"x\"\n", &[]).await;
    assert_eq!(done.code, 0, "{}", done.out);
}

#[tokio::test]
async fn limits_outcomes_and_waits_are_judged() {
    let limits = "[limits]\nturns = 1\nhubspot_requests = 1\n";
    let done = play(&format!("{TICKET}{limits}"), OPENS, &[]).await;
    assert!(done.code == 1 && done.out.contains("limit     2 turns, at most 1"), "{}", done.out);
    assert!(done.out.contains("requests to HubSpot, at most 1"), "{}", done.out);
    let fault = "[[start.fault]]\nmatch = { method = \"POST\", path_contains = \"/tickets\" }\n\
                 effect = { delay_ms = 12000 }\n[limits]\nseconds = 5\n";
    let done = play(&format!("{TICKET}{fault}"), OPENS, &[]).await;
    assert!(done.code == 1 && done.out.contains("seconds, at most 5"), "waiting costs no time: {}", done.out);
    let passed_on = "[outcome]\nhanded_off = true\n";
    let done = play(&format!("{TICKET}{passed_on}"), OPENS, &[]).await;
    assert!(done.code == 1 && done.out.contains("outcome   the customer was not left to a person"), "{}", done.out);
    let hands_over = "[[turn]]\nsays = \"\"\nhand_over = true\n[[turn]]\nsays = \"Bye.\"\n";
    let scenario = format!(
        "{}{passed_on}",
        TICKET.replace("create = \"tickets\"\nlinked = [\"contacts:sarah@gmail.com\"]", "create = \"tasks\"")
    );
    let done = play(&scenario, hands_over, &[]).await;
    assert_eq!((done.code, done.last_line()), (0, "1 passed, 0 failed"), "{}", done.out);
}

/// What a colleague does meanwhile is no difference of the desk's, and the desk sees it.
#[tokio::test]
async fn a_colleague_may_change_a_record_meanwhile() {
    const SCENARIO: &str = r#"
name = "A ticket that a colleague closes"
customer.wants = "To know how the ticket goes on."
[[start.add]]
as = "tray"
create = "tickets"
linked = ["contacts:sarah@gmail.com"]
with = { subject = "Tray arrived cracked", hs_pipeline = "0", hs_pipeline_stage = "1" }
[[line]]
says = "hello"
[[line]]
meanwhile = { update = "tray", with = { hs_pipeline_stage = "4" } }
says = "how is my ticket, sarah@gmail.com"
ends = true
[replies]
must_say = [["one moment"]]
[[change]]
create = "notes"
count = "0..1"
[[gold]]
says = "Good morning."
[[gold]]
calls = [{ tool = "find_tickets", with = { contact = "sarah@gmail.com" } }]
says = "one moment"
"#;
    const SCRIPT: &str = r#"
[[turn]]
says = "Good morning."
[[turn]]
calls = [{ tool = "find_tickets", with = { contact = "sarah@gmail.com" } }]
says = "one moment"
"#;
    let done = play(SCENARIO, SCRIPT, &["--verbose"]).await;
    assert_eq!((done.code, done.last_line()), (0, "1 passed, 0 failed"), "{}{}", done.out, done.err);
    assert!(done.out.contains("Closed"), "the desk finds it closed: {}", done.out);
    let checked = async |scenario: &str| {
        let files = folder(&[("one.toml", scenario)]);
        rehearse(&[&path(&files, "one.toml"), "--check"]).await
    };
    let done = checked(SCENARIO).await;
    assert_eq!((done.code, done.last_line()), (0, "1 good, 0 bad"), "{}{}", done.out, done.err);
    for (from, to, said) in [
        ("says = \"one moment\"", "says = \"no\"", "its `[[gold]]` does not pass"),
        ("update = \"tray\"", "update = \"lamp\"", "`lamp` is no record"),
    ] {
        let done = checked(&SCENARIO.replace(from, to)).await;
        assert!(done.code == 1 && done.out.contains(said), "{said}: {}{}", done.out, done.err);
    }
    let done = checked(&SCENARIO.replace("meanwhile = { update = \"tray\", ", "meanwhile = { ")).await;
    assert!(done.code == 2 && done.err.contains("either `create` or `update`"), "{}{}", done.out, done.err);
}
