//! A rehearsal as JUnit XML, which every CI shows as a list of tests. Each run is a test case. Pure.

use std::fmt::Write;

use super::results::{ScenarioResult, Summary};
use super::run::{RehearsalRun, Verdict};
use super::text_report::{name, seconds};

/// The report: a failed run is a `failure`, a broken one an `error`, a void one `skipped`.
pub fn report(all: &[ScenarioResult], summary: &Summary) -> String {
    let tests: usize = all.iter().map(|played| played.runs.len()).sum();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"frontdesk rehearse\" tests=\"{tests}\" failures=\"{}\" errors=\"{}\">",
        summary.failed, summary.broken
    );
    all.iter().for_each(|played| xml += &suite(played));
    xml + "</testsuites>\n"
}

fn suite(played: &ScenarioResult) -> String {
    let count = |is: fn(&Verdict) -> bool| played.runs.iter().filter(|run| is(&run.verdict)).count();
    let mut xml = format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n",
        escaped(name(&played.path)),
        played.runs.len(),
        count(|verdict| matches!(verdict, Verdict::Failed(_))),
        count(|verdict| matches!(verdict, Verdict::Broken(_))),
        count(|verdict| matches!(verdict, Verdict::Void(_))),
    );
    played.runs.iter().for_each(|run| xml += &case(played, run));
    xml + "  </testsuite>\n"
}

fn case(played: &ScenarioResult, run: &RehearsalRun) -> String {
    let title = format!("{}, run {}", played.source.scenario.name, run.number);
    let inner = match &run.verdict {
        Verdict::Passed => String::new(),
        Verdict::Failed(failures) => {
            let texts: Vec<String> = failures.iter().map(|failure| failure.text.clone()).collect();
            let kind = failures.first().map_or("", |failure| failure.kind.name());
            let first = texts.first().map(String::as_str).unwrap_or_default();
            let all = escaped(&texts.join("\n"));
            format!("      <failure type=\"{kind}\" message=\"{}\">{all}</failure>\n", escaped(first))
        }
        Verdict::Broken(why) => format!("      <error message=\"{}\"/>\n", escaped(why)),
        Verdict::Void(why) => format!("      <skipped message=\"{}\"/>\n", escaped(why)),
    };
    format!(
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" time=\"{}\">\n{inner}    </testcase>\n",
        escaped(name(&played.path)),
        escaped(&title),
        escaped(&played.path),
        seconds(run.costs.time),
    )
}

/// A text as it may stand in XML 1.0, which has no control characters but tabs and line ends.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' => xml.push_str("&#10;"),
            c if (c.is_control() && c != '\t') || matches!(c, '\u{fffe}' | '\u{ffff}') => xml.push('\u{fffd}'),
            c => xml.push(c),
        }
    }
    xml
}

#[test]
fn text_of_customers_cannot_leave_its_place() {
    assert_eq!(escaped("a<b>&\"\u{1b}[0m\n"), "a&lt;b&gt;&amp;&quot;\u{fffd}[0m&#10;");
}
