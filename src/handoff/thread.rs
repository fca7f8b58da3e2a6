//! A conversation of HubSpot's inbox as the place of a hand-off: a comment for colleagues, an assignment, and silence.

use serde_json::json;

use super::closing_hand;
use super::error::Error;
use super::state::{EndedBy, Happening, SessionState};
use super::ticket::TicketTexts;
use crate::conversations::author::{self, Author};
use crate::conversations::names::ActorNames;
use crate::conversations::{self, load, markup, outbox};
use crate::tool::Ctx;
use crate::tool::question::ElicitationRequest;
use domain::id::{OwnerId, ThreadId, UserId};
use hubspot_client::{ActorId, DRY_RUN_ID, Message, MessageKind, NewMessage, Readers, Record, Thread, ThreadStatus};

const OWNER: &str = "hubspot_owner_id";

/// Leaves a comment for colleagues with these words. An equal one whose end nobody knows is looked for first.
pub async fn comment(ctx: &Ctx, thread: &Thread, text: String) -> Result<(), Error> {
    let message = NewMessage {
        thread: thread.id.clone(),
        rich_text: markup::rich(&text),
        text,
        file_ids: vec![],
        known: ctx.store.own_message_ids(thread.id.as_str()).await?,
        to: Readers::Colleagues,
    };
    outbox::send(ctx, thread.contact_id.as_ref(), message).await?;
    Ok(())
}

/// The comment with which a hand-off begins.
pub fn opening(words: &TicketTexts) -> String {
    let parts = [words.title.as_str(), words.description.trim(), &words.transcript];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Assigns a conversation that nobody has to the owner of its contact; returns the assignee.
pub async fn assign(ctx: &Ctx, thread: &Thread, customer: Option<&Record>) -> Result<Option<ActorId>, Error> {
    if thread.assigned_to.is_some() {
        return Ok(thread.assigned_to.clone());
    }
    let Some(user) = user_of(ctx, customer).await else { return Ok(None) };
    ctx.hubspot.conversations().assign(&thread.id, Some(&user)).await?;
    Ok(Some(ActorId::agent(&user)))
}

/// The user behind the owner of a contact, if they have not left.
async fn user_of(ctx: &Ctx, customer: Option<&Record>) -> Option<UserId> {
    let id: OwnerId = customer?.get(OWNER)?.parse().ok()?;
    let owner = ctx.hubspot.owners().by_id(&id).await.ok()??;
    owner.user_id.filter(|_| !owner.archived)
}

/// Closes the conversation.
pub async fn close(ctx: &Ctx, id: &ThreadId) -> Result<(), Error> {
    match ctx.hubspot.conversations().set_status(id, ThreadStatus::Closed).await {
        // It was deleted: there is nothing to close.
        Err(hubspot_client::Error::NotFound) => Ok(()),
        closed => Ok(closed?),
    }
}

/// Returns when no agreement is needed or the person has agreed to the end of the conversation.
pub async fn agreed_to_close(ctx: &Ctx, id: &ThreadId) -> Result<(), Error> {
    if !ctx.call.policy.confirm_writes {
        return Ok(());
    }
    let message = format!("Close the conversation {id} in HubSpot and end its hand-over?");
    let otherwise = "nothing was closed; with `keep_open: true` the hand-off ends and the conversation stays open";
    let question = ElicitationRequest::new("close", message, otherwise).about(&json!([id])).readable()?;
    ctx.ask(question).await?.accepted("the end")?;
    Ok(())
}

/// Looks at the conversation: what happened in it since the session began.
pub async fn look(ctx: &Ctx, id: &ThreadId, state: &SessionState, deadline_ms: i64) -> Result<Vec<Happening>, Error> {
    let conversations = ctx.hubspot.conversations();
    let thread = conversations.thread(id).await?.filter(|thread| !thread.is_archived);
    let messages = match (&thread, load::messages(ctx, id).await) {
        (None, _) | (_, Err(crate::conversations::error::Error::Unknown(_))) => vec![],
        (Some(_), page) => page?.messages,
    };
    let ours = ctx.store.own_message_ids(id.as_str()).await?;
    Ok(happenings(state, thread.as_ref(), &messages, &ours, deadline_ms))
}

/// What a look means for the session: pure.
pub fn happenings(
    state: &SessionState,
    thread: Option<&Thread>,
    messages: &[Message],
    ours: &[String],
    deadline_ms: i64,
) -> Vec<Happening> {
    let Some(thread) = thread else { return vec![Happening::Closed { by: EndedBy::Deletion }] };
    let owner = thread.assigned_to.as_ref().map(|actor| actor.as_str().to_owned());
    let mut all = vec![];
    if owner != state.owner {
        all.push(Happening::Assigned { to: owner, deadline_ms });
    }
    let begin = messages.iter().position(|message| state.begins_after.as_ref() == Some(&message.id));
    let later = &messages[begin.map_or(0, |at| at + 1)..];
    let of_people = later.iter().filter(|message| is_of_a_person(message) && !ours.contains(&message.id));
    all.extend(of_people.map(|message| Happening::Wrote {
        message: message.id.clone(),
        person: message.sender.as_ref().map(|actor| actor.as_str().to_owned()),
        at_ms: message.created_at.map_or(0, |at| at.timestamp_millis()),
    }));
    if thread.status == ThreadStatus::Closed {
        let at_ms = thread.closed_at.map(|at| at.timestamp_millis());
        all.push(Happening::FoundClosed { hand: closing_hand::of_thread(later), at_ms });
    }
    all
}

/// True for a message that a colleague has sent to the customer.
fn is_of_a_person(message: &Message) -> bool {
    let has_words = [&message.text, &message.rich_text].into_iter().flatten().any(|text| !text.trim().is_empty());
    let tells_something = has_words || !message.attachments.is_empty();
    message.kind == MessageKind::Message && author::of(message) == Author::Agent && tells_something
}

/// The page of the conversation with this id in HubSpot; `None` if the account or the conversation cannot be read.
pub async fn url_of(ctx: &Ctx, id: &ThreadId) -> Option<String> {
    if id.as_str() == DRY_RUN_ID {
        return None;
    }
    url(ctx, &ctx.hubspot.conversations().thread(id).await.ok()??).await
}

/// The page of a conversation in HubSpot; `None` if the account cannot be read.
pub async fn url(ctx: &Ctx, thread: &Thread) -> Option<String> {
    let account = ctx.hubspot.account().details().await.ok()?;
    let inboxes = conversations::load::inboxes(ctx).await;
    let in_help_desk = inboxes.iter().any(|inbox| inbox.id == thread.inbox_id && inbox.is_help_desk);
    Some(page(&account.ui_domain?, account.portal_id, thread, in_help_desk))
}

/// HubSpot's help desk shows a conversation by its ticket, and an inbox by its own id. Pure.
fn page(ui_domain: &str, portal: u64, thread: &Thread, in_help_desk: bool) -> String {
    match &thread.ticket_id {
        Some(ticket) if in_help_desk => format!("https://{ui_domain}/help-desk/{portal}/view/search/ticket/{ticket}"),
        _ => format!("https://{ui_domain}/live-messages/{portal}/inbox/{}", thread.id),
    }
}

/// The name of a person who has a conversation.
pub async fn person(ctx: &Ctx, id: &str) -> Option<String> {
    let actor = ActorId::new(id);
    ActorNames::of(ctx, [actor.clone()]).await.name(&actor)
}

#[cfg(test)]
mod tests {
    use domain::id::RecordId;

    use super::*;

    #[test]
    fn a_help_desk_shows_a_conversation_by_its_ticket() {
        let thread = |ticket: Option<u64>| Thread {
            id: "9000000001".parse().unwrap(),
            status: ThreadStatus::Open,
            inbox_id: "1".to_owned(),
            channel_id: String::new(),
            channel_account_id: String::new(),
            contact_id: None,
            ticket_id: ticket.map(RecordId::from),
            assigned_to: None,
            created_at: None,
            closed_at: None,
            latest_at: None,
            latest_sent_at: None,
            latest_received_at: None,
            is_spam: false,
            is_archived: false,
        };
        for (ticket, in_help_desk, path) in [
            (Some(7), true, "help-desk/42/view/search/ticket/7"),
            (Some(7), false, "live-messages/42/inbox/9000000001"),
            (None, true, "live-messages/42/inbox/9000000001"),
        ] {
            let page = page("app-eu1.hubspot.com", 42, &thread(ticket), in_help_desk);
            assert_eq!(page, format!("https://app-eu1.hubspot.com/{path}"));
        }
    }
}
