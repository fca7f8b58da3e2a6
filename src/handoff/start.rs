//! The begin of a hand-off.

use serde_json::json;

use super::customer;
use super::error::Error;
use super::session::{self, Begun, Session, Way};
use super::state::{Happening, Phase, State};
use super::ticket::{self, Words};
use super::{channel, follow_up, resource, thread};
use crate::conversations::look;
use crate::hours::calendar::Opening;
use crate::tool::handoff_policy::HandoffWay;
use crate::tool::question::{Question, quoted};
use crate::tool::{Ctx, digest};
use domain::id::{RecordId, ThreadId};
use domain::language::Language;
use hubspot_client::Record;

/// A hand-off that is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The contact: an id, an address or a number. A conversation has its own.
    pub contact: Option<String>,
    /// Create the contact if there is none.
    pub create: bool,
    /// The name of a contact that is created.
    pub name: Option<String>,
    /// The conversation of HubSpot's inbox that is handed over.
    pub conversation: Option<ThreadId>,
    /// What is told.
    pub words: Words,
    /// The language of what the customer is told.
    pub language: Language,
}

/// A hand-off that has begun.
#[derive(Clone, Debug)]
pub struct Started {
    /// The session.
    pub session: Session,
    /// The contact, where it is one.
    pub contact: Option<RecordId>,
    /// The page in HubSpot.
    pub url: Option<String>,
    /// An earlier call has begun it.
    pub already: bool,
    /// HubSpot's answer was lost, and the ticket was found to be there.
    pub recovered: bool,
}

/// Brings the conversation to a person: once, whoever repeats the call.
pub async fn start(ctx: &Ctx, wanted: Wanted) -> Result<Started, Error> {
    match &wanted.conversation {
        Some(thread) => in_conversation(ctx, thread, &wanted).await,
        None => with_contact(ctx, &wanted).await,
    }
}

async fn with_contact(ctx: &Ctx, wanted: &Wanted) -> Result<Started, Error> {
    let asked = wanted.contact.as_deref().unwrap_or_default();
    let customer = customer::find(ctx, asked, wanted.create, wanted.name.as_deref()).await?;
    let state = State { language: wanted.language, ..State::default() };
    let way = match ctx.call.policy.handoff.way {
        HandoffWay::Channel => Way::Channel,
        HandoffWay::Ticket | HandoffWay::Off => Way::Ticket,
    };
    let (session, already) = begun(ctx, way, &customer.id, wanted, &state).await?;
    if session.state.phase != Phase::Starting {
        let ticket = session.row.place.parse::<RecordId>().ok().filter(|_| way == Way::Ticket);
        let url = match &ticket {
            Some(ticket) => ticket::url(ctx, ticket).await,
            None => match session.row.place.parse() {
                Ok(thread) => thread::url(ctx, &thread).await,
                Err(_) => None,
            },
        };
        return Ok(Started { session, contact: Some(customer.id), url, already, recovered: false });
    }
    match way {
        Way::Channel => on_channel(ctx, session, customer, wanted, already).await,
        _ => on_ticket(ctx, session, customer, wanted, already).await,
    }
}

/// Publishes the first message into the channel; the help desk assigns it as its rules say.
async fn on_channel(
    ctx: &Ctx,
    mut session: Session,
    customer: Record,
    wanted: &Wanted,
    already: bool,
) -> Result<Started, Error> {
    let published = match channel::publish(ctx, &session, &customer, channel::opening(&wanted.words)).await {
        Ok(published) => published,
        Err(error) => return Err(given_up(ctx, &session, error).await),
    };
    let arrived = Happening::Arrived { owner: None, stage: None, deadline_ms: session::deadline_ms(ctx) };
    let (place, first) = (published.thread.to_string(), published.id.clone());
    arrive(ctx, &mut session, arrived, |session| {
        session.row.place.clone_from(&place);
        session.state.begins_after = Some(first.clone());
        await_person(ctx, session);
    })
    .await?;
    let session = follow_up::make(ctx, session).await?;
    let url = thread::url(ctx, &published.thread).await;
    Ok(Started { session, contact: Some(customer.id), url, already, recovered: false })
}

async fn on_ticket(
    ctx: &Ctx,
    mut session: Session,
    customer: Record,
    wanted: &Wanted,
    already: bool,
) -> Result<Started, Error> {
    let opened = match ticket::open(ctx, &session, &customer, &wanted.words).await {
        Ok(opened) => opened,
        Err(error) => return Err(given_up(ctx, &session, error).await),
    };
    let arrived = Happening::Arrived {
        owner: opened.owner.as_ref().map(|owner| owner.as_str().to_owned()),
        stage: Some(opened.stage.clone()),
        deadline_ms: session::deadline_ms(ctx),
    };
    let (place, task) = (opened.ticket.to_string(), opened.task.as_ref().map(RecordId::to_string));
    arrive(ctx, &mut session, arrived, |session| {
        session.row.place.clone_from(&place);
        session.state.task.clone_from(&task);
    })
    .await?;
    Ok(Started { session, contact: Some(customer.id), url: opened.url, already, recovered: opened.recovered })
}

async fn in_conversation(ctx: &Ctx, id: &ThreadId, wanted: &Wanted) -> Result<Started, Error> {
    let thread = look::thread(ctx, id).await?;
    if session::at_thread(ctx, id.as_str()).await?.is_some_and(|other| is_of_another(ctx, &other)) {
        return Err(Error::HandedOver);
    }
    agreed(ctx, id, &wanted.words).await?;
    let customer = customer_of(ctx, thread.contact_id.as_ref()).await;
    let contact = thread.contact_id.clone().unwrap_or_else(|| RecordId::from(0));
    let before = look::messages(ctx, id).await?.messages;
    let begins_after = before.last().map(|message| message.id.clone());
    let state = State { language: wanted.language, begins_after, ..State::default() };
    let (mut session, already) = begun(ctx, Way::Conversation, &contact, wanted, &state).await?;
    if session.state.phase == Phase::Starting {
        let brought = async {
            thread::comment(ctx, &thread, thread::opening(&wanted.words)).await?;
            thread::assign(ctx, &thread, customer.as_ref()).await
        };
        let owner = match brought.await {
            Ok(owner) => owner.map(|actor| actor.as_str().to_owned()),
            Err(error) => return Err(given_up(ctx, &session, error).await),
        };
        let arrived = Happening::Arrived { owner, stage: None, deadline_ms: session::deadline_ms(ctx) };
        let place = id.to_string();
        arrive(ctx, &mut session, arrived, |session| {
            session.row.place.clone_from(&place);
            await_person(ctx, session);
        })
        .await?;
        session = follow_up::make(ctx, session).await?;
    }
    let url = thread::url(ctx, id).await;
    Ok(Started { session, contact: thread.contact_id, url, already, recovered: false })
}

fn is_of_another(ctx: &Ctx, other: &Session) -> bool {
    !other.state.has_ended() && other.row.caller != *ctx.call.caller.id.0
}

async fn customer_of(ctx: &Ctx, contact: Option<&RecordId>) -> Option<Record> {
    // The id may be one of a visitor who is no contact yet.
    ctx.hubspot.contacts().by_id(contact?, &customer::PROPERTIES).await.ok()?
}

/// The new session, or the one that the same call has begun.
async fn begun(
    ctx: &Ctx,
    way: Way,
    contact: &RecordId,
    wanted: &Wanted,
    state: &State,
) -> Result<(Session, bool), Error> {
    if ctx.hubspot.is_dry_run() {
        return Ok((Session::pretended(way, contact.as_str()), false));
    }
    let Words { title, description, transcript } = &wanted.words;
    let place = wanted.conversation.as_ref().map(ThreadId::to_string);
    let digest = digest::of(&json!([way.name(), contact, place, title, description, transcript]).to_string());
    Ok(match session::begin(ctx, way, contact.as_str(), digest, state).await? {
        Begun::New(session) => (session, false),
        Begun::Before(session) => (session, true),
    })
}

/// Outside hours nobody takes a conversation soon, so a colleague is asked at once to come back to the customer.
fn await_person(ctx: &Ctx, session: &mut Session) {
    if matches!(ctx.hours.answering(ctx.clock.now()), Opening::Closed { .. }) {
        session.state.follow_up_is_due();
    }
}

async fn arrive(
    ctx: &Ctx,
    session: &mut Session,
    arrived: Happening,
    change: impl Fn(&mut Session),
) -> Result<(), Error> {
    if session.is_pretended() {
        session.state = session.state.clone().after(&arrived, session::now_ms(ctx)).0;
        change(session);
        return Ok(());
    }
    session::apply_with(ctx, session, &[arrived], change).await?;
    resource::tell_of_start(&ctx.changes);
    Ok(())
}

/// Forgets a session of which surely nothing reached HubSpot; one whose end is unclear stays for the next try.
async fn given_up(ctx: &Ctx, session: &Session, error: Error) -> Error {
    let unclear =
        matches!(&error, Error::HubSpot(hubspot_client::Error::OutcomeUnknown { .. } | hubspot_client::Error::Timeout));
    if !unclear
        && !session.is_pretended()
        && let Err(failed) = ctx.store.drop_handoff(&session.row.id).await
    {
        tracing::warn!(error = %failed, "A hand-off that failed could not be forgotten; the same call takes it up again.");
    }
    error
}

/// Returns when no agreement is needed or the person has agreed: an existing conversation changes.
async fn agreed(ctx: &Ctx, thread: &ThreadId, words: &Words) -> Result<(), Error> {
    if !ctx.call.policy.confirm_writes {
        return Ok(());
    }
    let message =
        format!("Hand the conversation {thread} over to a colleague in HubSpot? They read {}.", quoted(&words.title));
    let otherwise = "nothing was handed over; tell the person that their agreement is needed";
    let question = Question::new("hand_over", message, otherwise).about(&json!([thread, words.title])).readable()?;
    ctx.ask(question).await?.accepted("the hand-over")?;
    Ok(())
}
