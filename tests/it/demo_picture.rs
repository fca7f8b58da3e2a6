//! The picture of the demo in the README, drawn from the real output of `frontdesk demo`.
//!
//! `UPDATE=1 cargo test --test it demo_picture` draws it.

use std::fmt::Write as _;

use crate::binary::{frontdesk, soon};
use crate::generated::{check_file, text_of, updating};

const FILE: &str = "docs/demo.svg";
/// The conversation that is drawn.
const TITLE: &str = "3. A meeting with the representative";
const COLUMNS_MAX: usize = 92;
/// A wrapped sentence goes on below its first word.
const INDENT: &str = "          ";
const COLUMN_WIDTH: f64 = 8.43;
const LINE_HEIGHT: usize = 20;
const MARGIN: usize = 18;

/// The demo uses the day's own date, so days, times and counts are not compared.
#[tokio::test]
async fn the_picture_shows_what_the_demo_prints() {
    let output = soon(frontdesk(&["demo"]).output()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = shown_lines(&String::from_utf8(output.stdout).unwrap());
    assert!(lines.len() > 10, "the demo has no conversation `{TITLE}`");
    if updating() {
        return check_file(FILE, &svg(&lines));
    }
    let drawn = timeless(&texts_of(&text_of(FILE)));
    assert_eq!(drawn, timeless(&lines.join(" ")), "{FILE} is out of date: run this test with `UPDATE=1`");
}

/// The sentences, the calls and their cost; the fields of arguments and answers are left out.
fn shown_lines(output: &str) -> Vec<String> {
    let conversation = output.lines().skip_while(|line| *line != TITLE).skip(2).take_while(|line| !line.is_empty());
    let sentences = conversation.filter(|line| !line.starts_with("            ") && *line != "  answer");
    ["$ cargo run -- demo".to_owned(), format!("… {TITLE}")].into_iter().chain(sentences.map(str::to_owned)).collect()
}

/// A text without numbers and names of days and months.
fn timeless(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let name = word.trim_end_matches(',');
        let is_date = DAYS.contains(&name) || MONTHS.contains(&name);
        let word = if is_date { "#" } else { word };
        let plain: String = word.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect();
        plain.replace("##", "#").replace("##", "#").replace("requests", "request")
    });
    words.collect::<Vec<_>>().join(" ")
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn svg(lines: &[String]) -> String {
    let rows: Vec<_> = lines.iter().flat_map(|line| wrapped(line).into_iter().map(|row| (color(line), row))).collect();
    let width = (COLUMNS_MAX as f64 * COLUMN_WIDTH) as usize + 2 * MARGIN;
    let height = rows.len() * LINE_HEIGHT + 2 * MARGIN;
    let mut drawing = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>\n"
    );
    for (index, (color, row)) in rows.iter().enumerate() {
        let y = MARGIN + index * LINE_HEIGHT + 14;
        let text = escaped(row);
        let _ =
            writeln!(drawing, "<text x=\"{MARGIN}\" y=\"{y}\" fill=\"{color}\" xml:space=\"preserve\">{text}</text>");
    }
    drawing + "</svg>\n"
}

fn color(line: &str) -> &'static str {
    match line.trim_start().split(' ').next() {
        Some("Customer") => "#79c0ff",
        Some("Agent") => "#7ee787",
        Some("call") => "#e3b341",
        Some("HubSpot") => "#8b949e",
        _ => "#e6edf3",
    }
}

/// Breaks a line at spaces.
fn wrapped(line: &str) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in line.split(' ') {
        let row = rows.last_mut().unwrap();
        if row.chars().count() + word.chars().count() >= COLUMNS_MAX {
            rows.push(format!("{INDENT}{word} "));
        } else {
            *row += word;
            row.push(' ');
        }
    }
    rows.iter().map(|row| row.trim_end().to_owned()).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The texts of a drawing, in their order.
fn texts_of(svg: &str) -> String {
    let texts = svg.lines().filter(|line| line.starts_with("<text"));
    let texts = texts.map(|line| line.split_once('>').unwrap().1.trim_end_matches("</text>"));
    texts.collect::<Vec<_>>().join(" ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
