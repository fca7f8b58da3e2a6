//! A conversation by the model brain with the embedded HubSpot: each line of standard input is a message of the customer, and
//! each line of standard output is, in JSON, what became of it.

use std::io::BufRead;

use clap::Parser;
use frontdesk::app::{self, App};
use frontdesk::chat::brain::FinishedCall;
use frontdesk::chat::brain::model::ModelBrain;
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::turn::{Chat, TurnOutcome};
use frontdesk::chat::visitor::{Trust, Visitor};
use frontdesk::config::{ModelSettings, Settings};
use serde_json::{Value, json};

const PROMPT: &str = "You are the front desk of a company that makes robots. Answer in plain text.";

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    model: ModelSettings,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Line::parse().model;
    let client = app::model::client(&settings, |name| std::env::var(name).ok())?.ok_or("--model-url is missing")?;
    let app = App::new(&Settings::demo(), None)?;
    let visitor = Visitor::new(app.server.clone(), "talk", Trust::Operator);
    let mut chat = Chat::new(visitor, Box::new(ModelBrain::new(client)), PROMPT.to_owned(), TurnLimits::default());
    for message in std::io::stdin().lock().lines() {
        let turn = chat.turn(&message?, &mut |_| {}).await;
        println(&shown(&turn));
    }
    Ok(())
}

fn shown(turn: &TurnOutcome) -> Value {
    json!({
        "reply": turn.reply.text,
        "calls": turn.done.iter().map(called).collect::<Vec<_>>(),
        "failed": turn.failed.as_ref().map(ToString::to_string),
        "hands_over": turn.reply.hand_over.map(|why| format!("{why:?}")),
        "tokens": [turn.tokens.input, turn.tokens.output],
    })
}

fn called(done: &FinishedCall) -> Value {
    let failure = done.answer.as_ref().err().map(|error| error["code"].clone());
    json!([done.call.tool, failure.unwrap_or(json!("done"))])
}

#[expect(clippy::print_stdout, reason = "no protocol is spoken on it")]
fn println(line: &Value) {
    println!("{line}");
}
