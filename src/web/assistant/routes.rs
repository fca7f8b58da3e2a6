//! The contact assistant as the HTTP server sees it: its page for everybody on the company's network, and its interface for
//! callers with a token.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::clock::Clock;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::header::HeaderName;
use http::request::Parts;
use http::{Method, StatusCode};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use super::api::{CALLER, StaffApi};
use crate::chat::desk::ChatDesk;
use crate::mcp::http::{CallerRoutes, VisitorRoutes};
use crate::tool::caller::Caller;
use crate::web::api::answer::ApiError;
use crate::web::api::request;
use crate::web::page::html::PageKind;
use crate::web::page::routes::Page;
use crate::web::rates::Rates;
use crate::web::settings::Settings;
use crate::web::visit::answering::{self, Answering};
use crate::web::visit::opening::OpenVisits;
use crate::web::visit::sharing::ChatSharing;
use crate::web::visit::visits::Visits;

/// The path of the page, and of the interface below it.
const PAGE: &str = "/assistant";
const API: &str = "/assistant/api/";
/// Files of the page that one address gets in a minute.
const FILES_PER_MINUTE: u32 = 600;
/// The pause between two looks for conversations that nobody uses.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// The contact assistant.
#[derive(Debug)]
pub struct ContactAssistant {
    api: StaffApi,
    page: Page,
    files: Rates,
    open: OpenVisits,
}

impl ContactAssistant {
    /// The assistant of a desk whose script is about contacts.
    pub fn new(desk: ChatDesk, settings: Settings, clock: Clock) -> ContactAssistant {
        let settings = Arc::new(settings);
        let visits = Arc::new(Visits::new(settings.limits));
        let answering = Answering::new(clock, settings.hours.clone(), Arc::new(settings.texts.clone()), None);
        let answering = answering.with_turns_at_once(answering::turns_at_once(&desk));
        let sharing = ChatSharing::of(&desk, CALLER, settings.replica.as_deref(), settings.limits.idle());
        let open = OpenVisits { visits, sharing, answering };
        ContactAssistant {
            api: StaffApi::new(desk, settings.clone(), open.clone()),
            page: Page::new(settings, PageKind::Staff),
            files: Rates::per_minute(FILES_PER_MINUTE),
            open,
        }
    }

    fn file(&self, head: &Parts, address: IpAddr) -> Response {
        if let Err(wait) = self.files.count(address) {
            return ApiError::too_often(wait).into_response();
        }
        let unknown = || {
            let hint = "the assistant is at `/assistant`";
            ApiError::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such page", hint).into_response()
        };
        self.page.respond(head).unwrap_or_else(unknown)
    }

    async fn sweep(&self) {
        let mut tick = interval(SWEEP_EVERY);
        loop {
            tick.tick().await;
            self.open.take_idle().await.iter().for_each(|visit| self.api.leave(visit));
        }
    }
}

impl VisitorRoutes for ContactAssistant {
    fn takes(&self, path: &str) -> bool {
        path == PAGE || path.strip_prefix(PAGE).is_some_and(|rest| rest.starts_with('/'))
    }

    fn address_header(&self) -> Option<&HeaderName> {
        None
    }

    fn body_bytes_max(&self, _head: &Parts) -> usize {
        // The files of a page are got without one.
        1
    }

    fn respond(&self, head: Parts, _body: Bytes, address: IpAddr) -> BoxFuture<'_, Response> {
        futures::future::ready(self.file(&head, address)).boxed()
    }

    fn run(self: Arc<Self>, stop: CancellationToken) -> BoxFuture<'static, ()> {
        async move {
            tokio::select! {
                () = self.sweep() => {}
                () = stop.cancelled() => {}
            }
            self.open.answering.end().await;
        }
        .boxed()
    }
}

impl CallerRoutes for ContactAssistant {
    fn takes(&self, path: &str) -> bool {
        path.starts_with(API)
    }

    fn is_stream(&self, head: &Parts) -> bool {
        head.method == Method::GET && request::wants_stream(head)
    }

    fn respond(&self, head: Parts, body: Bytes, caller: Caller) -> BoxFuture<'_, Response> {
        async move {
            let name = head.uri.path().strip_prefix(API).unwrap_or_default().to_owned();
            self.api.respond(&name, &head, &body, caller).await
        }
        .boxed()
    }
}
