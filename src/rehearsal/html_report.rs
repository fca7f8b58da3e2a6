//! A rehearsal as one page of HTML, for people who look at a failure: on the left the list, on the right each conversation as a
//! chat, beside what it changed in HubSpot. It loads nothing and runs no script. Pure.

use std::fmt::Write;

use super::results::{ScenarioResult, Summary};
use super::run::{RehearsalRun, Verdict};
use super::text_report::{name, seconds};
use super::turn::DialogueTurn;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:18rem 1fr;color:#1b1b1b;background:#fff}\
nav{height:100vh;overflow:auto;position:sticky;top:0;border-right:1px solid #ccc;padding:1rem;box-sizing:border-box}\
nav a{display:block;color:inherit;text-decoration:none;overflow-wrap:anywhere}main{padding:1rem 2rem;min-width:0}\
section{display:grid;grid-template-columns:3fr 2fr;gap:2rem;border-top:1px solid #ccc;padding:1rem 0}h2,h3{grid-column:1/-1;margin:0}\
p{margin:.3rem 0;white-space:pre-wrap;overflow-wrap:anywhere}.customer{background:#e7f0fe;border-radius:.6rem;padding:.4rem .8rem;margin-left:20%}\
.desk{background:#f1f1f1;border-radius:.6rem;padding:.4rem .8rem;margin-right:20%}.call,code{color:#555;font:13px/1.4 ui-monospace,monospace}\
.failed{color:#a40000}.passed{color:#176117}.void,.broken{color:#7a5200}";

/// The page.
pub fn report(all: &[ScenarioResult], summary: &Summary) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>Rehearsal: {}</title><style>{STYLE}</style></head><body>\n<nav>",
        escaped(&summary.last_line())
    );
    let _ = writeln!(page, "<p><strong>{}</strong></p>", escaped(&summary.last_line()));
    for (at, played) in all.iter().enumerate() {
        for run in &played.runs {
            let verdict = run.verdict.name();
            let title = format!("{} {}, run {}", mark(&run.verdict), name(&played.path), run.number);
            let _ = writeln!(page, "<a class=\"{verdict}\" href=\"#{}\">{}</a>", anchor(at, run), escaped(&title));
        }
    }
    page += "</nav>\n<main>\n";
    for (at, played) in all.iter().enumerate() {
        played.runs.iter().for_each(|run| page += &section(at, played, run));
    }
    page + "</main></body></html>\n"
}

fn section(at: usize, played: &ScenarioResult, run: &RehearsalRun) -> String {
    let scenario = &played.source.scenario;
    let mut text = format!(
        "<section id=\"{}\"><h2>{}</h2><h3 class=\"{}\">{}, run {}: {}, {} calls, {} s</h3>\n<div>",
        anchor(at, run),
        escaped(&scenario.name),
        run.verdict.name(),
        escaped(&played.path),
        run.number,
        run.verdict.name(),
        run.costs.calls,
        seconds(run.costs.time),
    );
    run.turns.iter().for_each(|turn| text += &chat(turn));
    text += "</div>\n<div>";
    text += &wrong(played, run);
    let _ = writeln!(text, "<p><strong>HubSpot</strong></p>");
    if run.differences.is_empty() {
        text += "<p>nothing was changed</p>";
    }
    for line in &run.differences {
        let _ = writeln!(text, "<p><code>{}</code></p>", escaped(line));
    }
    text + "</div></section>\n"
}

/// What went wrong, with its place in the file.
fn wrong(played: &ScenarioResult, run: &RehearsalRun) -> String {
    let said = played.lines_said(run);
    match &run.verdict {
        Verdict::Passed => String::new(),
        Verdict::Failed(failures) => failures
            .iter()
            .map(|failure| {
                let line = failure.place(&played.source.places, &said);
                let text = format!("{}: {} ({}:{line})", failure.kind.name(), failure.text, played.path);
                format!("<p class=\"failed\">{}</p>\n", escaped(&text))
            })
            .collect(),
        Verdict::Void(why) | Verdict::Broken(why) => {
            format!("<p class=\"{}\">{}</p>\n", run.verdict.name(), escaped(why))
        }
    }
}

fn chat(turn: &DialogueTurn) -> String {
    let mut text = format!("<p class=\"customer\">{}</p>\n", escaped(&turn.says));
    for call in &turn.calls {
        let mark = if call.succeeded { '✔' } else { '✘' };
        let _ = writeln!(text, "<p class=\"call\">▸ {} {mark} {}</p>", escaped(&call.tool), escaped(&call.shown));
    }
    let _ = writeln!(text, "<p class=\"desk\">{}</p>", escaped(&turn.reply.says));
    text
}

fn anchor(at: usize, run: &RehearsalRun) -> String {
    format!("s{at}r{}", run.number)
}

fn mark(verdict: &Verdict) -> char {
    match verdict {
        Verdict::Passed => '✔',
        Verdict::Failed(_) => '✘',
        Verdict::Void(_) => '○',
        Verdict::Broken(_) => '!',
    }
}

/// A text as it may stand in an element or an attribute. Whatever a model says is shown, and is no part of the page.
fn escaped(text: &str) -> String {
    let visible = text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t');
    visible.fold(String::with_capacity(text.len()), |mut safe, c| {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
        safe
    })
}
