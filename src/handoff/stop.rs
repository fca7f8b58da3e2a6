//! The end of a hand-off by its caller.

use super::error::Error;
use super::once::{self, Note};
use super::session::{self, Session, Way};
use super::state::{EndedBy, Happening, Phase};
use super::{follow_up, thread, ticket};
use crate::conversations::look;
use crate::records::{new_task, note};
use crate::tool::Ctx;
use domain::id::{RecordId, ThreadId};

/// The number of the note with the summary.
const SUMMARY: &str = "summary";

/// Ends the session: a summary for colleagues, and the ticket or the conversation is closed unless it is to stay open.
/// Whoever ended it before has ended it; then nothing is written.
pub async fn stop(ctx: &Ctx, id: &str, summary: Option<&str>, keep_open: bool) -> Result<(Session, bool), Error> {
    let mut session = session::load(ctx, id).await?;
    match session.state.phase {
        Phase::Ended => return Ok((session, true)),
        Phase::Starting if !session.is_pretended() => return Err(Error::Starting),
        _ => {}
    }
    match session.way() {
        Way::Ticket => on_ticket(ctx, &session, summary, keep_open).await?,
        Way::Conversation | Way::Channel => in_conversation(ctx, &session, summary, keep_open).await?,
    }
    if !session.is_pretended() {
        session = session::apply(ctx, session, &[Happening::Closed { by: EndedBy::Caller }]).await?;
    }
    let by_another = session.state.ended_by.is_some_and(|by| by != EndedBy::Caller);
    Ok((session, by_another))
}

async fn on_ticket(ctx: &Ctx, session: &Session, summary: Option<&str>, keep_open: bool) -> Result<(), Error> {
    let ticket: RecordId = session.row.place.parse().map_err(|_| Error::Unknown)?;
    if let Some(summary) = summary {
        let new = Note {
            session: session.row.id.clone(),
            contact: session.row.contact.clone(),
            ticket: ticket.clone(),
            number: Some(SUMMARY.to_owned()),
            body: format!("<p><strong>Summary:</strong></p><p>{}</p>", note::html(summary)),
            file_ids: vec![],
        };
        if once::earlier(ctx, &new).await?.is_none() {
            once::write(ctx, new).await?;
        }
    }
    if keep_open { Ok(()) } else { ticket::close(ctx, session, &ticket).await }
}

async fn in_conversation(ctx: &Ctx, session: &Session, summary: Option<&str>, keep_open: bool) -> Result<(), Error> {
    let id: ThreadId = session.row.place.parse().map_err(|_| Error::Unknown)?;
    if let Some(summary) = summary {
        let thread = look::thread(ctx, &id).await?;
        thread::comment(ctx, &thread, format!("Summary: {summary}")).await?;
    }
    if keep_open {
        // After its end nobody looks at the session: whoever has to be asked is asked now.
        return follow_up::make(ctx, session.clone()).await.map(drop);
    }
    thread::close(ctx, &id).await?;
    new_task::done(ctx, session.state.task.as_deref()).await;
    Ok(())
}
