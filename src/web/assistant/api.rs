//! Conversations of staff: they begin, take messages, tell what happens, and end. Each belongs to the caller who began it, with
//! the rights that their token had then: a token that has lost its rights, or has others, finds no conversation.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, HeaderName};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use metrics::counter;
use serde_json::json;
use uuid::Uuid;

use crate::chat::desk::{Beginning as ChatBeginning, ChatDesk};
use crate::tool::caller::Caller;
use crate::web::api::answer::{self, ApiError};
use crate::web::api::input::{Action, Send, Start};
use crate::web::api::request;
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
use domain::text_cleaning;

/// The header with the secret of a conversation; the token of the caller stands in `Authorization`.
pub const SESSION: HeaderName = HeaderName::from_static("x-chat-session");
/// The beginning of the ids by which the calls of conversations are told apart.
pub const CALLER: &str = "staff-";
/// The longest life of a stream: with the next one the token is checked again.
const STREAM_MAX: Duration = Duration::from_secs(60);

/// The interface of the assistant.
#[derive(Debug)]
pub struct StaffApi {
    desk: ChatDesk,
    settings: Arc<Settings>,
    open: OpenVisits,
}

impl StaffApi {
    /// The interface of a desk.
    pub fn new(desk: ChatDesk, settings: Arc<Settings>, open: OpenVisits) -> StaffApi {
        StaffApi { desk, settings, open }
    }

    /// Answers a request of a caller below `/assistant/api`; `name` is the rest of its path.
    pub async fn respond(&self, name: &str, head: &Parts, body: &Bytes, caller: Caller) -> Response {
        let answered = match (&head.method, name) {
            (&Method::POST, "start") => self.start(head, body, caller).await,
            (&Method::POST, "send") => self.send(head, body, &caller).await,
            (&Method::POST, "end") => self.end(&head.headers, &caller).await,
            (&Method::GET, "events") => match self.visit(&head.headers, &caller).await {
                Ok(visit) => request::follow(head, visit, &self.open.answering, STREAM_MAX).await,
                Err(refusal) => Err(refusal),
            },
            _ => Err(ApiError::new(
                StatusCode::NOT_FOUND,
                "NOT_FOUND",
                "there is no such route",
                "`start`, `send` and `end` are posted, `events` is got",
            )),
        };
        answered.unwrap_or_else(|refusal| {
            counter!("chat_requests_refused_total").increment(1);
            refusal.into_response()
        })
    }

    async fn start(&self, head: &Parts, body: &Bytes, caller: Caller) -> Result<Response, ApiError> {
        let start: Start = request::read_json(head, body)?;
        let start = start.checked()?;
        if start.claim.is_some() {
            return Err(ApiError::input("`claim` says who a customer is: staff have a token"));
        }
        let accepted = head.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = start.language.as_deref().or(accepted).and_then(texts::wanted);
        let conversation = Uuid::now_v7().simple().to_string();
        let (time_zone, owner) = (start.zone(), VisitOwner::Staff(Box::new(caller.clone())));
        let own = texts::text(&self.settings.texts, language.unwrap_or_default(), "assistant_welcome");
        let welcome = (!own.is_empty()).then(|| own.to_owned());
        let began = Began { language, time_zone: time_zone.clone(), proved: None };
        let beginning = ChatBeginning { language, welcome, time_zone, staff: Some(caller), ..ChatBeginning::default() };
        let (chat, greeting) = self.desk.begin_as(&format!("{CALLER}{conversation}"), beginning);
        let language = language.unwrap_or_default();
        let beginning = Beginning {
            conversation: conversation.clone(),
            reference: start.reference,
            owner,
            verified: false,
            language,
            greeting: answering::said(&greeting),
            state: VisitState::default(),
            began,
        };
        let session = visits::new_token();
        let place = self.open.sharing.as_ref().and_then(|sharing| sharing.place(&session));
        let visit = Arc::new(Visit::new(beginning, chat, self.open.answering.now(), place));
        let (visit, left) = self.open.visits.admit(&session, visit).map_err(request::full)?;
        OpenVisits::ending(left).for_each(|idle| self.leave(&idle));
        if !replicated::begin(&visit).await {
            self.open.visits.remove(&session);
            return Err(request::not_stored());
        }
        Ok(answer::json(json!({
            "session": session,
            "conversation": conversation,
            "language": language.code(),
            "idle_minutes": self.settings.limits.idle_minutes,
        })))
    }

    async fn send(&self, head: &Parts, body: &Bytes, caller: &Caller) -> Result<Response, ApiError> {
        let visit = self.visit(&head.headers, caller).await?;
        let send: Send = request::read_json(head, body)?;
        let Send { id, text, action, files } = send.checked()?;
        let (text, incoming) = match action {
            None if files.is_empty() => (text.clone(), Incoming::Text(text)),
            Some(Action::Desk) => {
                let back = texts::text(&self.settings.texts, visit.language(), "back").to_owned();
                (back, Incoming::Desk)
            }
            _ => {
                return Err(ApiError::input(
                    "the assistant takes `text`, or the `action` `desk`, which goes back to it",
                ));
            }
        };
        let said = VisitMessage { id: Some(id), ..VisitMessage::text(text_cleaning::clean(&text).text) };
        // A message that is taken already, or that is not taken, ends nobody's conversation.
        if visit.taken(&said).map_err(request::rejected)?.is_none() {
            let left =
                self.open.visits.make_room_for(&visit, said.bytes() + incoming.bytes()).map_err(request::full)?;
            OpenVisits::ending(left).for_each(|idle| self.leave(&idle));
        }
        let taken = self.open.answering.accept(&visit, said, incoming).await.map_err(request::not_accepted)?;
        Ok(answer::json(json!({ "number": taken.number, "already": taken.already })))
    }

    async fn end(&self, headers: &HeaderMap, caller: &Caller) -> Result<Response, ApiError> {
        let visit = self.visit(headers, caller).await?;
        if !self.open.answering.end_everywhere(&visit).await {
            return Err(request::not_stored());
        }
        session(headers).and_then(|session| self.open.visits.remove(session));
        self.leave(&visit);
        Ok(answer::json(json!({ "ended": true })))
    }

    /// Ends a conversation.
    pub fn leave(&self, visit: &Arc<Visit>) {
        visit.end();
        self.open.answering.begin(visit);
    }

    /// The conversation of a request. Another caller's is none.
    async fn visit(&self, headers: &HeaderMap, caller: &Caller) -> Result<Arc<Visit>, ApiError> {
        let session = session(headers).ok_or_else(ApiError::no_conversation)?;
        let visit = self.open.open(session, Some(caller)).await.map_err(request::not_opened)?;
        let owner = VisitOwner::Staff(Box::new(caller.clone()));
        visit.filter(|visit| visit.owner == owner).ok_or_else(ApiError::no_conversation)
    }
}

fn session(headers: &HeaderMap) -> Option<&str> {
    headers.get(SESSION)?.to_str().ok()
}
