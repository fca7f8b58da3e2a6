//! The end of a hand-off by its caller.

use super::error::Error;
use super::note_outbox::{self, Note};
use super::session::{self, HandoffSession, Way};
use super::state::{EndedBy, Happening, Phase};
use super::{follow_up, session_claim, session_poll, thread, ticket};
use crate::conversations::load;
use crate::records::changes::Changes;
use crate::records::{new_task, note};
use crate::tool::Ctx;
use domain::id::{RecordId, ThreadId};

/// The number of the note with the summary.
const SUMMARY: &str = "summary";

/// The way in which a session is closed in HubSpot.
enum Closing {
    Ticket(RecordId, Changes),
    Conversation(ThreadId),
    /// It stays as it is.
    None,
}

/// Ends the session: a summary for colleagues, and the ticket or the conversation is closed unless it is to stay open.
/// Whoever ended it before has ended it; then nothing is written. True beside a session that this call has not ended.
pub async fn stop(
    ctx: &Ctx,
    id: &str,
    summary: Option<&str>,
    keep_open: bool,
) -> Result<(HandoffSession, bool), Error> {
    let session = session::load(ctx, id).await?;
    match session.state.phase {
        Phase::Ended => return Ok((session, true)),
        Phase::Starting if !session.is_pretended() => return Err(Error::Starting),
        _ => {}
    }
    if session.is_pretended() {
        close(ctx, &session, summary, keep_open).await?;
        return Ok((session, false));
    }
    let claim = session_claim::take(ctx, &session_claim::of_session(&session.row.id)).await?.ok_or(Error::Overtaken)?;
    let ended = end(ctx, id, summary, keep_open).await;
    claim.release();
    ended
}

async fn end(ctx: &Ctx, id: &str, summary: Option<&str>, keep_open: bool) -> Result<(HandoffSession, bool), Error> {
    // What a person has written and done until now comes before the end.
    session_poll::at_one(ctx, id).await?;
    let session = session::load(ctx, id).await?;
    if session.state.has_ended() {
        return Ok((session, true));
    }
    let session = close(ctx, &session, summary, keep_open).await?;
    let session = session::apply(ctx, session, &[Happening::Closed { by: EndedBy::Caller }]).await?;
    let by_another = session.state.ended_by.is_some_and(|by| by != EndedBy::Caller);
    Ok((session, by_another))
}

/// Asks who has to agree, leaves the summary, and closes what is to be closed.
async fn close(
    ctx: &Ctx,
    session: &HandoffSession,
    summary: Option<&str>,
    keep_open: bool,
) -> Result<HandoffSession, Error> {
    let closing = if keep_open { Closing::None } else { agreed(ctx, session).await? };
    if let Some(summary) = summary {
        summarise(ctx, session, summary).await?;
    }
    if matches!(closing, Closing::None) {
        // After its end nobody looks at a conversation: whoever has to be asked is asked now.
        return if keep_open { follow_up::make(ctx, session.clone()).await } else { Ok(session.clone()) };
    }
    let mut session = session.clone();
    let before = session.state.ending_ms;
    note_ending(ctx, &mut session, Some(session::now_ms(ctx))).await?;
    let closed = match &closing {
        Closing::Ticket(ticket, changes) => ticket::close(ctx, &session, ticket, changes).await,
        Closing::Conversation(id) => thread::close(ctx, id).await,
        Closing::None => Ok(()),
    };
    if let Err(error) = closed {
        // What HubSpot may still do is this caller's work; what it has surely not done leaves the work of an earlier try.
        if !error.may_be_changed() {
            note_ending(ctx, &mut session, before).await?;
        }
        return Err(error);
    }
    if matches!(closing, Closing::Conversation(_)) {
        new_task::done(ctx, session.state.task.as_deref()).await;
    }
    Ok(session)
}

/// Notes that the caller is about to close it, so that a look at that moment does not take it for a person's work.
async fn note_ending(ctx: &Ctx, session: &mut HandoffSession, at_ms: Option<i64>) -> Result<(), Error> {
    if session.is_pretended() {
        return Ok(());
    }
    session::apply_with(ctx, session, &[], |session| session.state.ending_ms = at_ms).await
}

/// The way in which it is closed, after those have agreed whom it needs.
async fn agreed(ctx: &Ctx, session: &HandoffSession) -> Result<Closing, Error> {
    if session.way() == Way::Ticket {
        let ticket: RecordId = session.row.place.parse().map_err(|_| Error::Unknown)?;
        let changes = ticket::closing(ctx, session, &ticket).await?;
        return Ok(changes.map_or(Closing::None, |changes| Closing::Ticket(ticket, changes)));
    }
    let id: ThreadId = session.row.place.parse().map_err(|_| Error::Unknown)?;
    thread::agreed_to_close(ctx, &id).await?;
    Ok(Closing::Conversation(id))
}

async fn summarise(ctx: &Ctx, session: &HandoffSession, summary: &str) -> Result<(), Error> {
    if session.way() != Way::Ticket {
        let id: ThreadId = session.row.place.parse().map_err(|_| Error::Unknown)?;
        let thread = load::thread(ctx, &id).await?;
        return thread::comment(ctx, &thread, format!("Summary: {summary}")).await;
    }
    let note = Note {
        session: session.row.id.clone(),
        contact: session.row.contact.clone(),
        ticket: session.row.place.parse().map_err(|_| Error::Unknown)?,
        number: Some(SUMMARY.to_owned()),
        body: format!("<p><strong>Summary:</strong></p><p>{}</p>", note::html(summary)),
        file_ids: vec![],
    };
    note_outbox::write(ctx, note).await.map(drop)
}
