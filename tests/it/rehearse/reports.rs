//! Reports for other programs.

use std::fs;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::{CLAIMS, OPENS, TICKET, play};

#[tokio::test]
async fn reports_are_json_and_xml_that_others_can_read() {
    let done = play(TICKET, CLAIMS, &["--report", "json", "--claimed"]).await;
    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["summary"]["failed"], 1);
    assert_eq!(report["command"]["trust"], "claimed");
    let run = &report["scenarios"][0]["runs"][0];
    assert_eq!(run["verdict"], "failed");
    assert_eq!(run["turns"][0]["customer"], "my robot beeps, sarah@gmail.com");
    assert_eq!(run["failures"][1]["kind"], "claim");
    assert_eq!(run["failures"][1]["line"], 5);
    let file = tempfile::tempdir().unwrap();
    let file = file.path().join("report.xml");
    let done = play(TICKET, OPENS, &["--report", "junit", "--out", &file.display().to_string(), "--repeat", "2"]).await;
    assert_eq!(done.last_line(), "2 passed, 0 failed", "the table is printed too: {}", done.out);
    assert_eq!(elements(&fs::read_to_string(file).unwrap()), ("testsuites".into(), 2, 0));
    let done = play(TICKET, CLAIMS, &["--report", "junit"]).await;
    assert_eq!(elements(&done.out), ("testsuites".into(), 1, 1));
}

/// The outermost element, and the numbers of cases and failures.
fn elements(xml: &str) -> (String, usize, usize) {
    let mut reader = Reader::from_str(xml);
    let (mut outer, mut cases, mut failures) = (None, 0, 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) => {
                let name = element.name().as_ref().to_owned();
                element.attributes().for_each(|attribute| drop(attribute.unwrap()));
                cases += usize::from(name == "testcase");
                failures += usize::from(name == "failure");
                outer.get_or_insert(name);
            }
            Event::Eof => return (outer.unwrap(), cases, failures),
            _ => {}
        }
    }
}

/// What a customer or a model says is text on the page, and nothing of it.
#[tokio::test]
async fn the_page_shows_each_conversation_and_loads_nothing() {
    let scenario = TICKET.replace("my robot beeps,", "my <script>alert(1)</script> robot beeps,");
    let done = play(&scenario, CLAIMS, &["--report", "html"]).await;
    assert_eq!(done.code, 1, "{}", done.err);
    assert!(done.out.starts_with("<!DOCTYPE html>") && done.out.ends_with("</html>\n"), "{}", done.out);
    assert!(done.out.contains("my &lt;script&gt;alert(1)&lt;/script&gt; robot beeps, sarah@gmail.com"), "{}", done.out);
    assert!(done.out.contains("nothing was changed") && done.out.contains("claim: "), "{}", done.out);
    for foreign in ["<script", "http://", "https://", "<img", "<link"] {
        assert!(!done.out.contains(foreign), "{foreign}: {}", done.out);
    }
    let done = play(TICKET, OPENS, &["--report", "html"]).await;
    assert!(done.out.contains("+ tickets/") && done.out.contains("0 failed"), "{}", done.out);
}

/// A result beside an earlier one says what has changed, and judges only this one.
#[tokio::test]
async fn a_result_is_compared_with_an_earlier_one() {
    let files = super::folder(&[("one.toml", TICKET), ("opens.script.toml", OPENS), ("claims.script.toml", CLAIMS)]);
    let path = |name: &str| super::path(&files, name);
    let (one, last) = (path("one.toml"), path("last.json"));
    let play = async |script: &str, more: &[&str]| {
        let script = path(script);
        super::rehearse(&[&[one.as_str(), "--brain", "script", "--script", &script], more].concat()).await
    };
    let done = play("opens.script.toml", &["--report", "json", "--out", &last]).await;
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let done = play("claims.script.toml", &["--against", &last]).await;
    assert_eq!(done.code, 1);
    assert!(
        done.out.contains("newly failing 1, newly passing 0") && done.out.contains(&format!("    ✘ {one}\n")),
        "{}",
        done.out
    );
    let done = play("claims.script.toml", &["--report", "json", "--out", &last]).await;
    assert_eq!(done.code, 1);
    let done = play("opens.script.toml", &["--against", &last, "--report", "json"]).await;
    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["against"]["newly_passing"], serde_json::json!([one]));
    let done = play("opens.script.toml", &["--against", &one]).await;
    assert_eq!(done.code, 2, "{}{}", done.out, done.err);
}
