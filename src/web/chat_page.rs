//! The chat page as the HTTP server sees it: its routes, and what goes on beside them.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::clock::Clock;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::StatusCode;
use http::header::HeaderName;
use http::request::Parts;
use http_client::HttpClient;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use super::api::answer::ApiError;
use super::api::routes::{Api, CALLER};
use super::outbox::{self, Receiving, Sending};
use super::page::html::PageKind;
use super::page::routes::Page;
use super::rates::Rates;
use super::settings::Settings;
use super::visit::answering::{self, Answering};
use super::visit::decisions::Decisions;
use super::visit::opening::OpenVisits;
use super::visit::sharing::ChatSharing;
use super::visit::visits::Visits;
use crate::chat::desk::ChatDesk;
use crate::mcp::http::VisitorRoutes;

/// The path of the page; the interface stands below it.
const PAGE: &str = "/chat";
const API: &str = "/chat/api/";
/// The script for other pages.
const EMBED: &str = "/chat.js";
/// Files of the page that one address gets in a minute.
const FILES_PER_MINUTE: u32 = 600;
/// Help for whoever sends a body that is longer than the chat takes.
const TOO_LARGE: &str = "a message has at most 4,000 characters; files, a megabyte in all, are taken only while a person \
                         has the conversation";
/// The pause between two looks for conversations that nobody uses.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// The chat page.
#[derive(Debug)]
pub struct ChatPage {
    api: Api,
    page: Page,
    files: Rates,
    open: OpenVisits,
    settings: Arc<Settings>,
    /// Until it is run.
    sending: Mutex<Option<Sending>>,
}

impl ChatPage {
    /// The page of a desk. `to_receiver` leads to the host of the webhook, if there is one.
    pub fn new(desk: ChatDesk, settings: Settings, clock: Clock, to_receiver: Option<Arc<dyn HttpClient>>) -> ChatPage {
        ChatPage::telling(desk, settings, clock, to_receiver, None)
    }

    /// The same, which also keeps what the desk decides.
    pub fn telling(
        desk: ChatDesk,
        settings: Settings,
        clock: Clock,
        to_receiver: Option<Arc<dyn HttpClient>>,
        decisions: Option<Decisions>,
    ) -> ChatPage {
        let receiver = settings.webhook.as_ref().zip(to_receiver);
        let receiver = receiver.map(|(target, http)| Receiving {
            http,
            path: target.url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
            secret: target.secret.clone(),
            clock,
        });
        let (outbox, sending) = receiver.map(outbox::to).unzip();
        let settings = Arc::new(settings);
        let visits = Arc::new(Visits::new(settings.limits));
        let answering = Answering::new(clock, settings.hours.clone(), Arc::new(settings.texts.clone()), outbox);
        let answering = answering.with_turns_at_once(answering::turns_at_once(&desk)).telling(decisions);
        let sharing = ChatSharing::of(&desk, CALLER, settings.replica.as_deref(), settings.limits.idle());
        let open = OpenVisits { visits, sharing, answering };
        ChatPage {
            api: Api::new(desk, settings.clone(), open.clone()),
            page: Page::new(settings.clone(), PageKind::Customers),
            files: Rates::per_minute(FILES_PER_MINUTE),
            open,
            settings,
            sending: Mutex::new(sending),
        }
    }

    async fn answer(&self, head: Parts, body: Bytes, address: IpAddr) -> Response {
        if let Some(name) = head.uri.path().strip_prefix(API) {
            return self.api.respond(name, &head, body, address).await;
        }
        if let Err(wait) = self.files.count(address) {
            return ApiError::too_often(wait).into_response();
        }
        let unknown = || {
            ApiError::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such page", "the chat is at `/chat`")
                .into_response()
        };
        self.page.respond(&head).unwrap_or_else(unknown)
    }

    async fn sweep(&self) {
        let mut tick = interval(SWEEP_EVERY);
        loop {
            tick.tick().await;
            self.open.take_idle().await.iter().for_each(|visit| self.api.leave(visit, "expiry"));
        }
    }
}

impl VisitorRoutes for ChatPage {
    fn takes(&self, path: &str) -> bool {
        path == PAGE || path == EMBED || path.strip_prefix(PAGE).is_some_and(|rest| rest.starts_with('/'))
    }

    fn address_header(&self) -> Option<&HeaderName> {
        self.settings.proxy_header.as_ref()
    }

    fn body_bytes_max(&self, head: &Parts) -> usize {
        self.api.body_bytes_max(head)
    }

    fn too_large_hint(&self) -> &'static str {
        TOO_LARGE
    }

    fn respond(&self, head: Parts, body: Bytes, address: IpAddr) -> BoxFuture<'_, Response> {
        self.answer(head, body, address).boxed()
    }

    fn run(self: Arc<Self>, stop: CancellationToken) -> BoxFuture<'static, ()> {
        let sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            let sending = async {
                match sending {
                    Some(sending) => sending.run(stop.clone()).await,
                    None => stop.cancelled().await,
                }
            };
            tokio::select! {
                () = async { tokio::join!(self.sweep(), sending); } => {}
                () = stop.cancelled() => {}
            }
            self.open.answering.end().await;
        }
        .boxed()
    }
}
