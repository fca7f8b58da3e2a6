//! The routes of the interface: a conversation begins, takes messages, tells what happens, and ends.

use std::net::IpAddr;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use metrics::counter;
use serde_json::json;
use uuid::Uuid;

use super::answer::{self, ApiError};
use super::events;
use super::input::{self, Action, Send, Start};
use super::origin::{self, RequestOrigin};
use super::replica;
use super::request;
use crate::chat::desk::{Beginning as ChatBeginning, ChatDesk};
use crate::chat::texts as chat_texts;
use crate::chat::visitor;
use crate::web::claim::{self, Refused};
use crate::web::claim_ids::ClaimIds;
use crate::web::rates::Rates;
use crate::web::settings::Settings;
use crate::web::texts;
use crate::web::visit::answering;
use crate::web::visit::event::{VisitMessage, VisitState};
use crate::web::visit::incoming::Incoming;
use crate::web::visit::kept::Began;
use crate::web::visit::opening::OpenVisits;
use crate::web::visit::replicated;
use crate::web::visit::visit::{Beginning, Visit, VisitOwner};
use crate::web::visit::visits;
use domain::email::Email;
use domain::id::RecordId;
use domain::text_cleaning;

/// The longest body of a message with files: a megabyte in Base64, and what stands around it.
const FILES_BYTES_MAX: usize = 1_500_000;
/// The longest other body.
const BODY_BYTES_MAX: usize = 32 * 1024;
/// Requests of one address in a minute, beside those that begin something or say something.
const REQUESTS_PER_MINUTE: u32 = 600;

/// The beginning of the names under which visitors call tools.
pub const CALLER: &str = "web-";

/// The description of this interface.
const DESCRIPTION: &str = include_str!("openapi.json");

/// The interface.
#[derive(Debug)]
pub struct Api {
    desk: ChatDesk,
    settings: Arc<Settings>,
    open: OpenVisits,
    starts: Rates,
    messages: Rates,
    requests: Rates,
    claim_ids: ClaimIds,
}

impl Api {
    /// The interface of a desk.
    pub fn new(desk: ChatDesk, settings: Arc<Settings>, open: OpenVisits) -> Api {
        let limits = settings.limits;
        Api {
            desk,
            settings,
            open,
            starts: Rates::per_minute(limits.starts_per_minute),
            messages: Rates::per_minute(limits.messages_per_minute),
            requests: Rates::per_minute(REQUESTS_PER_MINUTE.max(limits.messages_per_minute.saturating_mul(4))),
            claim_ids: ClaimIds::default(),
        }
    }

    /// The longest body of a request with this head.
    pub fn body_bytes_max(&self, head: &Parts) -> usize {
        // Files are for people alone, and only a conversation that a person has takes so much.
        let takes_files = || {
            let visit = self.token(&head.headers).ok().map(|token| self.open.visits.get(token));
            // Of one that another replica has stored, nobody knows yet.
            visit.is_some_and(|visit| visit.map_or(self.open.sharing.is_some(), |visit| visit.may_be_with_person()))
        };
        if head.uri.path().ends_with("/send") && takes_files() { FILES_BYTES_MAX } else { BODY_BYTES_MAX }
    }

    /// Answers a request below `/chat/api`; `name` is the rest of its path.
    pub async fn respond(&self, name: &str, head: &Parts, body: Bytes, address: IpAddr) -> Response {
        let asking = origin::of(&head.headers, &self.settings);
        let mut response = self.answer(name, head, body, address, &asking).await.unwrap_or_else(|refusal| {
            counter!("chat_requests_refused_total").increment(1);
            refusal.into_response()
        });
        origin::open_to(response.headers_mut(), &asking);
        response
    }

    async fn answer(
        &self,
        name: &str,
        head: &Parts,
        body: Bytes,
        address: IpAddr,
        asking: &RequestOrigin,
    ) -> Result<Response, ApiError> {
        if *asking == RequestOrigin::Foreign {
            let hint = "name its origin in `[embed]` of the chat's settings";
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "FORBIDDEN",
                "pages of that origin may not use this chat",
                hint,
            ));
        }
        match (&head.method, name) {
            (&Method::OPTIONS, _) => Ok(StatusCode::NO_CONTENT.into_response()),
            (&Method::POST, "start") => self.start(request::read_json(head, &body)?, head, address).await,
            (&Method::POST, "send") => self.send(&head.headers, request::read_json(head, &body)?, address).await,
            (&Method::POST, "end") => self.end(&head.headers, address).await,
            (&Method::GET, "events") => self.events(head, address).await,
            (&Method::GET, "openapi.json") => Ok(([(CONTENT_TYPE, "application/json")], DESCRIPTION).into_response()),
            (_, "start" | "send" | "end" | "events" | "openapi.json") => {
                let hint = "`start`, `send` and `end` are posted, `events` is got";
                Err(ApiError::new(
                    StatusCode::METHOD_NOT_ALLOWED,
                    "METHOD_NOT_ALLOWED",
                    "that is the wrong method",
                    hint,
                ))
            }
            _ => Err(ApiError::new(
                StatusCode::NOT_FOUND,
                "NOT_FOUND",
                "there is no such route",
                "see `/chat/api/openapi.json`",
            )),
        }
    }

    async fn start(&self, start: Start, head: &Parts, address: IpAddr) -> Result<Response, ApiError> {
        self.starts.count(address).map_err(ApiError::too_often)?;
        let start = start.checked()?;
        let time_zone = start.zone();
        let Start { language, claim, reference, .. } = start;
        let proved = self.proved(claim.as_deref(), address).await?;
        let accepted = head.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = language.as_deref().or(accepted).and_then(texts::wanted);
        let own = texts::text(&self.settings.texts, language.unwrap_or_default(), "welcome");
        let conversation = Uuid::now_v7().simple().to_string();
        let (contact, claimed) = match proved {
            Some((Some(contact), address)) => (Some((contact, address)), None),
            Some((None, address)) => (None, Some(address)),
            None => (None, None),
        };
        let verified = contact.is_some();
        let welcome = (!own.is_empty()).then(|| own.to_owned());
        let beginning = ChatBeginning { language, welcome, time_zone, proved: contact, staff: None };
        let began = Began {
            language,
            time_zone: beginning.time_zone.clone(),
            proved: beginning.proved.as_ref().map(|(contact, address)| (contact.clone(), address.as_str().to_owned())),
        };
        let (mut chat, greeting) = self.desk.begin_as(&format!("{CALLER}{conversation}"), beginning);
        claimed.into_iter().for_each(|address| chat.claim(address));
        let language = language.unwrap_or_default();
        let state = VisitState { hours: self.open.answering.hours(language), ..VisitState::default() };
        let greeting = answering::said(&greeting);
        let id = conversation.clone();
        let owner = VisitOwner::Address(address);
        let beginning = Beginning { conversation, reference, owner, verified, language, greeting, state, began };
        let session = visits::new_token();
        let place = self.open.sharing.as_ref().and_then(|sharing| sharing.place(&session));
        let visit = Arc::new(Visit::new(beginning, chat, self.open.answering.now(), place));
        let (visit, left) = self.open.visits.admit(&session, visit).map_err(request::full)?;
        OpenVisits::ending(left).for_each(|idle| self.leave(&idle, "expiry"));
        if !replicated::begin(&visit).await {
            self.open.visits.remove(&session);
            return Err(request::not_stored());
        }
        counter!("chat_conversations_total").increment(1);
        let session = replica::outer(self.settings.replica.as_deref(), session);
        Ok(answer::json(json!({
            "session": session,
            "conversation": id,
            "language": language.code(),
            "verified": verified,
            "idle_minutes": self.settings.limits.idle_minutes,
        })))
    }

    /// The address that a claim proves, and the contact who has it.
    async fn proved(
        &self,
        claim: Option<&str>,
        visitor: IpAddr,
    ) -> Result<Option<(Option<RecordId>, Email)>, ApiError> {
        let Some(claim) = claim else { return Ok(None) };
        let secret = self.settings.claim_secret.as_ref().ok_or_else(|| request::disbelieved(Refused::NotTaken))?;
        let now = self.open.answering.now();
        let claim = claim::verify(secret, claim, now).map_err(request::disbelieved)?;
        let store = &self.desk.server().context().store;
        self.claim_ids.use_up(store, &claim, visitor, now).await.map_err(request::disbelieved)?;
        let address = claim.address;
        let contact = visitor::contact_of(self.desk.server(), &address).await;
        Ok(Some((contact, address)))
    }

    async fn send(&self, headers: &HeaderMap, send: Send, address: IpAddr) -> Result<Response, ApiError> {
        // Before the store is asked for a token that nobody has.
        self.requests.count(address).map_err(ApiError::too_often)?;
        let visit = self.visit(headers).await?;
        self.messages.count(address).map_err(ApiError::too_often)?;
        let Send { id, text, action, files } = send.checked()?;
        let (text, incoming, names) = match action {
            Some(Action::Person) => {
                let text = chat_texts::A_PERSON.in_language(visit.language()).to_owned();
                (text.clone(), Incoming::Text(text), vec![])
            }
            Some(Action::Desk) => {
                let back = texts::text(&self.settings.texts, visit.language(), "back").to_owned();
                (back, Incoming::Desk, vec![])
            }
            None if files.is_empty() => (text.clone(), Incoming::Text(text), vec![]),
            None if !visit.is_with_person() => {
                let hint = "ask for a person first, and send it then";
                return Err(ApiError::new(StatusCode::CONFLICT, "NO_PERSON", "only people read files", hint));
            }
            None => {
                let names = files.iter().map(|file| file.name.clone()).collect();
                (
                    text.clone(),
                    Incoming::Files(text, files.into_iter().map(input::FileInput::into_file).collect()),
                    names,
                )
            }
        };
        let said = VisitMessage { id: Some(id), files: names, ..VisitMessage::text(text_cleaning::clean(&text).text) };
        // A message that is taken already, or that is not taken, ends nobody's conversation.
        if visit.taken(&said).map_err(request::rejected)?.is_none() {
            let left =
                self.open.visits.make_room_for(&visit, said.bytes() + incoming.bytes()).map_err(request::full)?;
            OpenVisits::ending(left).for_each(|idle| self.leave(&idle, "expiry"));
        }
        let taken = self.open.answering.accept(&visit, said, incoming).await.map_err(request::not_accepted)?;
        if !taken.already {
            counter!("chat_messages_total", "from" => "visitor").increment(1);
        }
        Ok(answer::json(json!({ "number": taken.number, "already": taken.already })))
    }

    async fn events(&self, head: &Parts, address: IpAddr) -> Result<Response, ApiError> {
        self.requests.count(address).map_err(ApiError::too_often)?;
        let visit = self.visit(&head.headers).await?;
        request::follow(head, visit, &self.open.answering, events::STREAM_MAX).await
    }

    async fn end(&self, headers: &HeaderMap, address: IpAddr) -> Result<Response, ApiError> {
        self.requests.count(address).map_err(ApiError::too_often)?;
        let visit = self.visit(headers).await?;
        if !self.open.answering.end_everywhere(&visit).await {
            return Err(request::not_stored());
        }
        self.open.visits.remove(self.token(headers)?);
        self.leave(&visit, "visitor");
        Ok(answer::json(json!({ "ended": true })))
    }

    /// Ends a conversation; a person who has it is told.
    pub fn leave(&self, visit: &Arc<Visit>, by: &'static str) {
        visit.end();
        self.open.answering.begin(visit);
        self.open.answering.has_ended(visit, by);
    }

    /// The token of a conversation of this replica, or of any where they share a store.
    fn token<'a>(&self, headers: &'a HeaderMap) -> Result<&'a str, ApiError> {
        let token = token(headers).ok_or_else(ApiError::no_conversation)?;
        match self.open.sharing {
            Some(_) => Ok(replica::of_any(token)),
            None => replica::inner(self.settings.replica.as_deref(), token),
        }
    }

    async fn visit(&self, headers: &HeaderMap) -> Result<Arc<Visit>, ApiError> {
        let visit = self.open.open(self.token(headers)?, None).await.map_err(request::not_opened)?;
        visit.ok_or_else(|| self.not_here(headers))
    }

    /// The refusal of a token that opens nothing. A file of a database may be another replica's own: then that one is named.
    fn not_here(&self, headers: &HeaderMap) -> ApiError {
        let is_alone = self.open.sharing.as_ref().is_some_and(|sharing| !sharing.has_all());
        let named = token(headers)
            .filter(|_| is_alone)
            .map(|token| replica::inner(self.settings.replica.as_deref(), token).map(drop));
        named.and_then(Result::err).unwrap_or_else(ApiError::no_conversation)
    }
}

/// The token of a conversation. It stands in a header, so that no address and no log line has it.
fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
