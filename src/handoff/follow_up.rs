//! The task by which a colleague comes back to a customer whose conversation nobody takes: outside hours, or in time. It is
//! made once for a session: the try is noted in the session's row first, and a task whose end nobody knows is looked for.

use std::sync::atomic::{AtomicBool, Ordering};

use super::error::Error;
use super::session::{self, HandoffSession, Way};
use super::state::FollowUp;
use super::{customer, thread};
use crate::conversations::{load, markup};
use crate::hours::calendar::Opening;
use crate::hours::sentence;
use crate::records::{equal_task, excerpt, new_task, newest, note, task_text};
use crate::tool::Ctx;
use domain::id::{RecordId, ThreadId};
use domain::language::Language;
use hubspot_client::{Message, MessageKind, NewTask, Object, Record};

/// The title of a task for a conversation whose own one cannot be read.
const TITLE: &str = "A customer waits for a person";
/// The newest tasks of a contact among which a lost one is looked for.
const LOOKED_AT_MAX: usize = 50;
const BODY: &str = "hs_task_body";

/// Makes the task of a session that has just begun, if it is due; a dry run shows it.
pub async fn after_start(ctx: &Ctx, session: HandoffSession, title: &str) -> Result<HandoffSession, Error> {
    if session.is_pretended() && session.way() != Way::Ticket && session.state.follow_up == FollowUp::Due {
        let customer = customer_of(ctx, &session).await?;
        let new = task(ctx, &session, customer.as_ref(), excerpt::title(title)).await?;
        new_task::make(ctx, &new).await?;
    }
    make(ctx, session).await
}

/// Makes the task of a session in a conversation, if it is due. HubSpot's failure is no error: another look tries again.
pub async fn make(ctx: &Ctx, session: HandoffSession) -> Result<HandoffSession, Error> {
    // A ticket has its task from the start.
    if session.way() == Way::Ticket || session.is_pretended() {
        return Ok(session);
    }
    let (mut session, is_ours) = claimed(ctx, session).await?;
    if !is_ours {
        return Ok(session);
    }
    match made(ctx, &session).await {
        Ok(task) => {
            session::apply_with(ctx, &mut session, &[], |session| {
                session.state.follow_up = FollowUp::Made;
                session.state.task = Some(task.to_string());
            })
            .await?;
        }
        Err(error) => tracing::warn!(%error, "The task for a conversation that nobody takes could not be made yet."),
    }
    Ok(session)
}

/// Notes the try, and tells whether it is this caller's: of several at once, one has it.
async fn claimed(ctx: &Ctx, mut session: HandoffSession) -> Result<(HandoffSession, bool), Error> {
    let now_ms = session::now_ms(ctx);
    if session.state.follow_up_tried(now_ms).is_none() {
        return Ok((session, false));
    }
    let is_ours = AtomicBool::new(false);
    session::apply_with(ctx, &mut session, &[], |session| {
        let tried = session.state.follow_up_tried(now_ms);
        is_ours.store(tried.is_some(), Ordering::Relaxed);
        session.state.follow_up = tried.unwrap_or(session.state.follow_up);
    })
    .await?;
    Ok((session, is_ours.into_inner()))
}

/// The task, made now or by an earlier try.
async fn made(ctx: &Ctx, session: &HandoffSession) -> Result<RecordId, Error> {
    let customer = customer_of(ctx, session).await?;
    let new = task(ctx, session, customer.as_ref(), title(ctx, session).await?).await?;
    let is_first = matches!(session.state.follow_up, FollowUp::Begun { tries: 1, .. });
    let earlier = if is_first { None } else { earlier(ctx, session, &new).await? };
    match earlier {
        Some(id) => Ok(id),
        None => Ok(new_task::make(ctx, &new).await?.record.id),
    }
}

/// The contact, where the customer is one.
async fn customer_of(ctx: &Ctx, session: &HandoffSession) -> Result<Option<Record>, Error> {
    let contact = session.row.contact.as_str();
    let Some(id) = contact.parse::<RecordId>().ok().filter(|id| !customer::is_nobody(id)) else { return Ok(None) };
    match ctx.hubspot.contacts().by_id(&id, &customer::PROPERTIES).await {
        // The id may be one of a visitor who is no contact yet.
        Err(_) if session.way() == Way::Conversation => Ok(None),
        read => Ok(read?),
    }
}

async fn task(
    ctx: &Ctx,
    session: &HandoffSession,
    customer: Option<&Record>,
    subject: String,
) -> Result<NewTask, Error> {
    let id = thread_of(session)?;
    let now = ctx.clock.now();
    let opening = ctx.hours.answering(now);
    let hours = (!ctx.hours.are_unset()).then(|| sentence::of(&opening, now, Language::English));
    let url = thread::url_of(ctx, &id).await;
    let reach = new_task::SaidReach::Known.of(customer);
    let owner = match customer {
        Some(customer) => customer::owner_of(ctx, customer).await,
        None => None,
    };
    Ok(NewTask {
        on: customer.iter().map(|customer| (Object::Contacts, customer.id.clone())).collect(),
        subject,
        body: task_text::body(text(&id, url, hours, &session.reference()), reach.as_deref()),
        due: match opening {
            Opening::Closed { opens_at: Some(opens), .. } => opens.to_utc(),
            Opening::Open { .. } | Opening::Closed { opens_at: None, .. } => now,
        },
        owner,
        queue: None,
        kind: task_text::kind(reach.as_deref()),
    })
}

/// What the colleague reads, in HTML: pure.
fn text(id: &ThreadId, url: Option<String>, hours: Option<String>, reference: &str) -> String {
    let what = "A customer waits for a person, and nobody has taken the conversation yet.";
    let place = format!("Answer in the conversation: {}", url.unwrap_or_else(|| id.to_string()));
    let lines = [Some(what.to_owned()), Some(place), hours, Some(mark(reference))];
    lines.into_iter().flatten().map(|line| note::html(&line)).collect::<Vec<_>>().join("<br>")
}

/// The words by which the task of a session is found again.
fn mark(reference: &str) -> String {
    format!("(Hand-off {reference})")
}

fn thread_of(session: &HandoffSession) -> Result<ThreadId, Error> {
    session.row.place.parse().map_err(|_| Error::Unknown)
}

/// The title of the hand-off, as HubSpot has it.
async fn title(ctx: &Ctx, session: &HandoffSession) -> Result<String, Error> {
    let id = &thread_of(session)?;
    let messages = load::messages(ctx, id).await?.messages;
    let ours = ctx.store.own_message_ids(id.as_str()).await?;
    let opening = opening(session, &messages, &ours);
    let text = opening.map(|message| markup::plain(message.text.as_deref(), message.rich_text.as_deref()));
    let line = text.as_deref().and_then(|text| text.lines().map(str::trim).find(|line| !line.is_empty()));
    Ok(line.map_or_else(|| TITLE.to_owned(), excerpt::title))
}

/// The message with which the hand-off began: of a channel the first one, in a conversation our first comment since. Pure.
fn opening<'a>(session: &HandoffSession, messages: &'a [Message], ours: &[String]) -> Option<&'a Message> {
    let begin = messages.iter().position(|message| session.state.begins_after.as_ref() == Some(&message.id));
    if session.way() == Way::Channel {
        return messages.get(begin?);
    }
    let later = &messages[begin.map_or(0, |at| at + 1)..];
    later.iter().find(|message| message.kind == MessageKind::Comment && ours.contains(&message.id))
}

/// The task that an earlier try has made, whatever became of its answer.
async fn earlier(ctx: &Ctx, session: &HandoffSession, new: &NewTask) -> Result<Option<RecordId>, Error> {
    let tasks = match new.on.first() {
        Some((object, id)) => newest::of(ctx, (*object, id), Object::Tasks, &[BODY], LOOKED_AT_MAX).await?.records,
        None => equal_task::titled(ctx, &new.subject).await?,
    };
    let mark = mark(&session.reference());
    let found = tasks.into_iter().find(|task| note::plain(task.get(BODY).unwrap_or_default()).contains(&mark));
    Ok(found.map(|task| task.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colleague_reads_where_to_answer_and_when_people_do() {
        let id: ThreadId = "9000000001".parse().unwrap();
        let hours = || Some("People answer again tomorrow at 09:00.".to_owned());
        let what = "A customer waits for a person, and nobody has taken the conversation yet.";
        for (url, hours, expected) in [
            (
                Some("https://app.hubspot.com/x"),
                hours(),
                "https://app.hubspot.com/x<br>People answer again tomorrow at 09:00.",
            ),
            (None, None, "9000000001"),
        ] {
            let text = text(&id, url.map(str::to_owned), hours, "ab12");
            assert_eq!(text, format!("{what}<br>Answer in the conversation: {expected}<br>(Hand-off ab12)"));
        }
    }
}
