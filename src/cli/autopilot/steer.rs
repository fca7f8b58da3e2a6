//! The commands of an operator.

use std::io::Write;

use crate::app::App;
use crate::autopilot::operator::{self, OutcomeCount};
use crate::config::AutopilotCommand;

/// Runs the command; `false` if there is nothing of what was asked for.
pub(super) async fn run(command: &AutopilotCommand, app: &App, out: &mut impl Write) -> anyhow::Result<bool> {
    match command {
        AutopilotCommand::Status => tell_status(app, out).await?,
        AutopilotCommand::Pause { what } => {
            operator::switch(&app.store, what, true).await?;
            writeln!(
                out,
                "Paused: {}. What comes meanwhile waits; `frontdesk autopilot resume` goes on.",
                what.name()
            )?;
        }
        AutopilotCommand::Resume { what } => {
            operator::switch(&app.store, what, false).await?;
            writeln!(out, "Answering again: {}.", what.name())?;
        }
        AutopilotCommand::Conversation { id } => {
            let Some(remembered) = operator::conversation(&app.store, id).await? else {
                writeln!(out, "Nothing is remembered of the conversation {id}.")?;
                return Ok(false);
            };
            writeln!(out, "{}", serde_json::to_string_pretty(&remembered)?)?;
        }
        AutopilotCommand::Unanswered { limit } => tell_unanswered(app, *limit, out).await?,
        AutopilotCommand::Report { days } => tell_lines(&operator::report(&app.store, *days).await?, out)?,
        AutopilotCommand::Export => export(app, out).await?,
        // It has a server and a store of its own.
        AutopilotCommand::Rehearse(_) => {}
    }
    Ok(true)
}

async fn tell_status(app: &App, out: &mut impl Write) -> anyhow::Result<()> {
    let status = operator::status(&app.store).await?;
    let paused = if status.paused.is_empty() { "nothing".to_owned() } else { status.paused.join(", ") };
    writeln!(out, "Paused: {paused}.")?;
    writeln!(out, "Waiting for an answer: {} conversations.", status.waiting)?;
    if status.given_up > 0 {
        writeln!(out, "Given up, a person has to answer: {} conversations.", status.given_up)?;
    }
    tell_lines(&status.today, out)
}

fn tell_lines(lines: &[OutcomeCount], out: &mut impl Write) -> anyhow::Result<()> {
    if lines.is_empty() {
        writeln!(out, "No message was dealt with.")?;
        return Ok(());
    }
    writeln!(
        out,
        "{:<10}  {:<14}  {:<11}  {:<20}  {:>8}  {:>7}  {:>9}",
        "day", "inbox", "outcome", "reason", "messages", "seconds", "tokens"
    )?;
    for line in lines {
        let seconds = line.seconds.map(|seconds| format!("{seconds:.1}")).unwrap_or_default();
        writeln!(
            out,
            "{:<10}  {:<14}  {:<11}  {:<20}  {:>8}  {seconds:>7}  {:>9}",
            line.day, line.inbox, line.outcome, line.reason, line.messages, line.tokens
        )?;
    }
    Ok(())
}

async fn tell_unanswered(app: &App, limit: u32, out: &mut impl Write) -> anyhow::Result<()> {
    let questions = operator::unanswered(&app.store, limit).await?;
    if questions.is_empty() {
        writeln!(out, "Every question got an answer.")?;
    }
    for question in questions {
        writeln!(
            out,
            "{:>4} times, last on {} in conversation {} (message {})",
            question.asked, question.last_at, question.conversation_id, question.message_id
        )?;
    }
    Ok(())
}

async fn export(app: &App, out: &mut impl Write) -> anyhow::Result<()> {
    let mut after = String::new();
    loop {
        let page = operator::export(&app.store, &after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.conversation_id);
        for remembered in &page {
            writeln!(out, "{}", serde_json::to_string(remembered)?)?;
        }
    }
}
