//! The begin of a hand-off.

use serde_json::json;
use tracing::warn;

use super::customer;
use super::error::Error;
use super::session::{self, HandoffSession, SessionBegin, Way};
use super::session_claim::{self, SessionClaim};
use super::state::{Happening, Phase, SessionState};
use super::ticket::{self, TicketTexts};
use super::{channel_outbox, follow_up, resource, thread};
use crate::conversations::load;
use crate::hours::calendar::Opening;
use crate::tool::handoff_policy::HandoffWay;
use crate::tool::question::{ElicitationRequest, quoted};
use crate::tool::{Ctx, digest};
use domain::id::{RecordId, ThreadId};
use domain::language::Language;
use hubspot_client::{Record, Thread};

/// The most sessions that are begun for one call: one that another call begins and forgets at the same time is begun anew.
const BEGINS_MAX: usize = 3;

/// A hand-off that is asked for.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// The contact: an id, an address or a number, or `nobody`. A conversation has its own.
    pub contact: Option<String>,
    /// Create the contact if there is none.
    pub create: bool,
    /// The name of a contact that is created.
    pub name: Option<String>,
    /// The conversation of HubSpot's inbox that is handed over.
    pub conversation: Option<ThreadId>,
    /// What is told.
    pub words: TicketTexts,
    /// The language of what the customer is told.
    pub language: Language,
}

/// A hand-off that has begun.
#[derive(Clone, Debug)]
pub struct Started {
    /// The session.
    pub session: HandoffSession,
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
pub async fn start(ctx: &Ctx, wanted: StartRequest) -> Result<Started, Error> {
    match &wanted.conversation {
        Some(thread) => in_conversation(ctx, thread, &wanted).await,
        None => with_contact(ctx, &wanted).await,
    }
}

async fn with_contact(ctx: &Ctx, wanted: &StartRequest) -> Result<Started, Error> {
    let asked = wanted.contact.as_deref().unwrap_or_default();
    let customer = customer::find(ctx, asked, wanted.create, wanted.name.as_deref()).await?;
    let state = SessionState { language: wanted.language, ..SessionState::default() };
    let way = match ctx.call.policy.handoff.way {
        HandoffWay::Channel => Way::Channel,
        HandoffWay::Ticket | HandoffWay::Off => Way::Ticket,
    };
    let (session, already, claim) = claimed(ctx, way, &customer.id, wanted, &state).await?;
    let started = match (session.state.phase, way) {
        (Phase::Starting, Way::Channel) => on_channel(ctx, session, customer, wanted, already).await,
        (Phase::Starting, _) => on_ticket(ctx, session, customer, wanted, already).await,
        _ => Ok(as_it_stands(ctx, session, customer::contact_id(&customer), already).await),
    };
    claim.into_iter().for_each(SessionClaim::release);
    started
}

/// The session, and the right to open it if it is not open. Of equal calls at once, in any process, one opens it and the
/// others answer with what it has opened.
async fn claimed(
    ctx: &Ctx,
    way: Way,
    contact: &RecordId,
    wanted: &StartRequest,
    state: &SessionState,
) -> Result<(HandoffSession, bool, Option<SessionClaim>), Error> {
    for _ in 0..BEGINS_MAX {
        let (session, already) = begun(ctx, way, contact, wanted, state).await?;
        if session.is_pretended() || session.state.phase != Phase::Starting {
            return Ok((session, already, None));
        }
        let name = session_claim::of_session(&session.row.id);
        let claim = session_claim::take(ctx, &name).await?.ok_or(Error::Starting)?;
        match session::again(ctx, &session.row.id).await? {
            Some(session) => return Ok((session, already, Some(claim))),
            None => claim.release(),
        }
    }
    Err(Error::Starting)
}

/// The answer for a session that an earlier call has opened.
async fn as_it_stands(ctx: &Ctx, session: HandoffSession, contact: Option<RecordId>, already: bool) -> Started {
    let url = match session.way() {
        Way::Ticket => match session.row.place.parse() {
            Ok(ticket) => ticket::url(ctx, &ticket).await,
            Err(_) => None,
        },
        Way::Conversation | Way::Channel => match session.row.place.parse() {
            Ok(thread) => thread::url_of(ctx, &thread).await,
            Err(_) => None,
        },
    };
    Started { session, contact, url, already, recovered: false }
}

/// Publishes the first message into the channel; the help desk assigns it as its rules say.
async fn on_channel(
    ctx: &Ctx,
    mut session: HandoffSession,
    customer: Record,
    wanted: &StartRequest,
    already: bool,
) -> Result<Started, Error> {
    let published =
        match channel_outbox::publish(ctx, &session, &customer, channel_outbox::opening(&wanted.words)).await {
            Ok(published) => published,
            Err(error) => return Err(given_up(ctx, &session, already, error).await),
        };
    let arrived = Happening::Arrived { owner: None, stage: None, deadline_ms: session::deadline_ms(ctx) };
    let (place, first) = (published.thread.to_string(), published.id.clone());
    arrive(ctx, &mut session, arrived, |session| {
        session.row.place.clone_from(&place);
        session.state.begins_after = Some(first.clone());
        await_person(ctx, session);
    })
    .await?;
    let session = follow_up::after_start(ctx, session, &wanted.words.title).await?;
    let url = thread::url_of(ctx, &published.thread).await;
    Ok(Started { session, contact: customer::contact_id(&customer), url, already, recovered: false })
}

async fn on_ticket(
    ctx: &Ctx,
    mut session: HandoffSession,
    customer: Record,
    wanted: &StartRequest,
    already: bool,
) -> Result<Started, Error> {
    let opened = match ticket::open(ctx, &session, &customer, &wanted.words).await {
        Ok(opened) => opened,
        Err(error) => return Err(given_up(ctx, &session, already, error).await),
    };
    let arrived = Happening::Arrived {
        owner: opened.owner.as_ref().map(|owner| owner.as_str().to_owned()),
        stage: Some(opened.stage.clone()),
        deadline_ms: session::deadline_ms(ctx),
    };
    let (place, task) = (opened.ticket.to_string(), opened.task.as_ref().map(RecordId::to_string));
    arrive(ctx, &mut session, arrived, |session| {
        if session.row.place.is_empty() || session.is_pretended() {
            session.row.place.clone_from(&place);
            session.state.task.clone_from(&task);
        }
    })
    .await?;
    Ok(Started {
        session,
        contact: customer::contact_id(&customer),
        url: opened.url,
        already,
        recovered: opened.recovered,
    })
}

/// A conversation has one session, whatever words the call brings: the caller's open one is answered, and that of another
/// caller keeps it.
async fn in_conversation(ctx: &Ctx, id: &ThreadId, wanted: &StartRequest) -> Result<Started, Error> {
    let thread = load::thread(ctx, id).await?;
    if let Some(open) = open_at(ctx, id).await? {
        return Ok(as_it_stands(ctx, open, thread.contact_id, true).await);
    }
    agreed(ctx, id, &wanted.words).await?;
    if ctx.hubspot.is_dry_run() {
        return hand_over(ctx, thread, wanted).await;
    }
    let claim = session_claim::take(ctx, &session_claim::of_conversation(id.as_str())).await?.ok_or(Error::Starting)?;
    // Another call may have handed it over meanwhile.
    let started = match open_at(ctx, id).await {
        Ok(Some(open)) => Ok(as_it_stands(ctx, open, thread.contact_id, true).await),
        Ok(None) => hand_over(ctx, thread, wanted).await,
        Err(error) => Err(error),
    };
    claim.release();
    started
}

/// The caller's open session in this conversation; an error if another caller has one.
async fn open_at(ctx: &Ctx, id: &ThreadId) -> Result<Option<HandoffSession>, Error> {
    let open = session::at_thread(ctx, id.as_str()).await?.filter(|session| !session.state.has_ended());
    match open {
        Some(session) if session.row.caller != *ctx.call.caller.id.0 => Err(Error::HandedOver),
        open => Ok(open),
    }
}

/// Leaves a comment for colleagues and assigns the conversation.
async fn hand_over(ctx: &Ctx, thread: Thread, wanted: &StartRequest) -> Result<Started, Error> {
    let customer = customer_of(ctx, thread.contact_id.as_ref()).await;
    let contact = thread.contact_id.clone().unwrap_or_else(|| RecordId::from(0));
    let before = load::messages(ctx, &thread.id).await?.messages;
    let begins_after = before.last().map(|message| message.id.clone());
    let state = SessionState { language: wanted.language, begins_after, ..SessionState::default() };
    let (mut session, already) = begun(ctx, Way::Conversation, &contact, wanted, &state).await?;
    if session.state.phase == Phase::Starting {
        if let Err(error) = thread::comment(ctx, &thread, thread::opening(&wanted.words)).await {
            return Err(given_up(ctx, &session, already, error).await);
        }
        // The comment is there. A session that was given up now would be begun again, and comment a second time.
        let owner = thread::assign(ctx, &thread, customer.as_ref()).await.unwrap_or_else(|error| {
            warn!(thread = %thread.id, "A conversation was handed over to nobody, because it could not be assigned: {error}.");
            None
        });
        let owner = owner.map(|actor| actor.as_str().to_owned());
        let arrived = Happening::Arrived { owner, stage: None, deadline_ms: session::deadline_ms(ctx) };
        let place = thread.id.to_string();
        arrive(ctx, &mut session, arrived, |session| {
            session.row.place.clone_from(&place);
            await_person(ctx, session);
        })
        .await?;
        session = follow_up::after_start(ctx, session, &wanted.words.title).await?;
    }
    let url = thread::url(ctx, &thread).await;
    Ok(Started { session, contact: thread.contact_id, url, already, recovered: false })
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
    wanted: &StartRequest,
    state: &SessionState,
) -> Result<(HandoffSession, bool), Error> {
    if ctx.hubspot.is_dry_run() {
        return Ok((HandoffSession::pretended(way, contact.as_str()), false));
    }
    let TicketTexts { title, description, transcript } = &wanted.words;
    let identity = match &wanted.conversation {
        Some(conversation) => json!([way.name(), conversation]),
        None => json!([way.name(), contact, null, title, description, transcript]),
    };
    let digest = digest::of(&identity.to_string());
    Ok(match session::begin(ctx, way, contact.as_str(), digest, state).await? {
        SessionBegin::New(session) => (session, false),
        SessionBegin::Before(session) => (session, true),
    })
}

/// Outside hours nobody takes a conversation soon, so a colleague is asked at once to come back to the customer.
fn await_person(ctx: &Ctx, session: &mut HandoffSession) {
    if matches!(ctx.hours.answering(ctx.clock.now()), Opening::Closed { .. }) {
        session.state.follow_up_is_due();
    }
}

async fn arrive(
    ctx: &Ctx,
    session: &mut HandoffSession,
    arrived: Happening,
    change: impl Fn(&mut HandoffSession),
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

/// Forgets a session of which surely nothing reached HubSpot. One whose end is unclear stays for the next try, and one that an
/// earlier try has left stays whatever this one brings.
async fn given_up(ctx: &Ctx, session: &HandoffSession, already: bool, error: Error) -> Error {
    if !already
        && !error.may_be_made()
        && !session.is_pretended()
        && let Err(failed) = ctx.store.drop_handoff(&session.row.id).await
    {
        tracing::warn!(error = %failed, "A hand-off that failed could not be forgotten; the same call takes it up again.");
    }
    error
}

/// Returns when no agreement is needed or the person has agreed: an existing conversation changes.
async fn agreed(ctx: &Ctx, thread: &ThreadId, words: &TicketTexts) -> Result<(), Error> {
    if !ctx.call.policy.confirm_writes {
        return Ok(());
    }
    let message =
        format!("Hand the conversation {thread} over to a colleague in HubSpot? They read {}.", quoted(&words.title));
    let otherwise = "nothing was handed over; tell the person that their agreement is needed";
    let question =
        ElicitationRequest::new("hand_over", message, otherwise).about(&json!([thread, words.title])).readable()?;
    ctx.ask(question).await?.accepted("the hand-over")?;
    Ok(())
}
