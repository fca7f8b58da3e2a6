//! A conversation of HubSpot's inbox as the place of a hand-off: a comment for colleagues, an assignment, and silence.

use super::error::Error;
use super::state::{EndedBy, Happening, State};
use super::ticket::Words;
use crate::conversations::author::{self, Author};
use crate::conversations::names::Names;
use crate::conversations::{look, markup, outbox};
use crate::tool::Ctx;
use domain::id::{OwnerId, ThreadId, UserId};
use hubspot_client::{ActorId, Message, MessageKind, NewMessage, Readers, Record, Thread, ThreadStatus};

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
pub fn opening(words: &Words) -> String {
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

/// Looks at the conversation: what happened in it since the session began.
pub async fn look(ctx: &Ctx, id: &ThreadId, state: &State, deadline_ms: i64) -> Result<Vec<Happening>, Error> {
    let conversations = ctx.hubspot.conversations();
    let thread = conversations.thread(id).await?.filter(|thread| !thread.is_archived);
    let messages = match (&thread, look::messages(ctx, id).await) {
        (None, _) | (_, Err(crate::conversations::error::Error::Unknown(_))) => vec![],
        (Some(_), page) => page?.messages,
    };
    let ours = ctx.store.own_message_ids(id.as_str()).await?;
    Ok(happenings(state, thread.as_ref(), &messages, &ours, deadline_ms))
}

/// What a look means for the session: pure.
pub fn happenings(
    state: &State,
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
    let later = messages.iter().skip(begin.map_or(0, |at| at + 1));
    let of_people = later.filter(|message| is_of_a_person(message) && !ours.contains(&message.id));
    all.extend(of_people.map(|message| Happening::Wrote {
        message: message.id.clone(),
        person: message.sender.as_ref().map(|actor| actor.as_str().to_owned()),
        at_ms: message.created_at.map_or(0, |at| at.timestamp_millis()),
    }));
    if thread.status == ThreadStatus::Closed {
        all.push(Happening::Closed { by: EndedBy::Person });
    }
    all
}

/// True for a message that a colleague has sent to the customer.
fn is_of_a_person(message: &Message) -> bool {
    message.kind == MessageKind::Message && author::of(message) == Author::Agent
}

/// The page of a conversation in HubSpot; `None` if the account cannot be read.
pub async fn url(ctx: &Ctx, id: &ThreadId) -> Option<String> {
    let account = ctx.hubspot.account().details().await.ok()?;
    Some(format!("https://{}/live-messages/{}/inbox/{id}", account.ui_domain?, account.portal_id))
}

/// The name of a person who has a conversation.
pub async fn person(ctx: &Ctx, id: &str) -> Option<String> {
    let actor = ActorId::new(id);
    Names::of(ctx, [actor.clone()]).await.name(&actor)
}
