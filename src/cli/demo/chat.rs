//! The conversation without any agent: the visitor writes, and the chat without a model answers.

use super::error::Error;
use super::transcript::DemoTranscript;
use crate::chat::desk::{ChatDesk, DeskSettings};
use crate::chat::limits::TurnLimits;
use crate::chat::persona::Persona;
use crate::chat::visitor::Trust;
use crate::mcp::Server;

/// What the visitor writes, and a part of what the desk must answer.
const LINES: [(&str, &str); 4] = [
    ("Hvad koster Adam?", "The ADAM robot"),
    ("Jeg har et problem med at installere min DUST-E robot", "e-mailadresse"),
    ("liam.oconnor@dunlaoghaireclinic.ie", "Skal jeg oprette en sag"),
    ("ja tak", "Jeg har oprettet sag"),
];
/// The steps of the script reach nothing outside.
const STEPS: &str = "taskgraph_";

pub(super) async fn play(server: Server, transcript: &mut DemoTranscript<'_>) -> Result<(), Error> {
    transcript.conversation("5. Without an agent and without a model")?;
    transcript
        .line("A visitor writes Danish into `frontdesk chat`. Nothing is written before they have agreed to it.")?;
    transcript.line("")?;
    let settings = DeskSettings {
        graph: None,
        persona: Persona::default(),
        limits: TurnLimits::default(),
        trust: Trust::Operator,
        representative: None,
    };
    let desk = ChatDesk::new(server, settings).await.map_err(|error| Error::Start(error.to_string()))?;
    let (mut chat, greeting) = desk.begin("demo");
    transcript.agent(greeting.text.lines().next().unwrap_or_default())?;
    for (says, wanted) in LINES {
        transcript.customer(says)?;
        let turn = chat.turn(says, &mut |_| ()).await;
        for done in turn.done.iter().filter(|done| !done.call.tool.starts_with(STEPS)) {
            transcript.line(&format!("  called  {}", done.call.tool))?;
        }
        for line in turn.reply.text.lines() {
            transcript.agent(line)?;
        }
        if !turn.reply.text.contains(wanted) {
            return Err(Error::Step { tool: "chat".into(), answer: turn.reply.text });
        }
    }
    Ok(())
}
