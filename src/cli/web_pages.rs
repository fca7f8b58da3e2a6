//! The web pages that `frontdesk http` serves beside MCP: the chat of customers, the contact assistant of staff, and for a
//! newcomer the three sides of a conversation at once.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::bail;
use hubspot_sandbox::Sandbox;
use tracing::info;

use super::desk_choices;
use crate::app::{App, chat_page};
use crate::autopilot::watcher::TurnWatcher;
use crate::chat::desk::DeskSettings;
use crate::chat::limits::TurnLimits;
use crate::chat::persona::Persona;
use crate::chat::turn::TurnOutcome;
use crate::chat::visitor::Trust;
use crate::config::{HttpSettings, Settings};
use crate::events::public_url::PublicUrl;
use crate::mcp::http::{CallerRoutes, VisitorRoutes};
use crate::web::assistant::routes::ContactAssistant;
use crate::web::chat_page::ChatPage;
use crate::web::panes::routes::Panes;
use crate::web::settings::Brand;
use crate::web::visit::decisions::Decisions;
use domain::clock::Clock;

/// The colleague of the embedded account whom visitors meet whom nobody knows, and its name and address for visitors.
const SANDBOX_REPRESENTATIVE: &str = "mei.tanaka@richtech.example";
const SANDBOX_NAME: &str = "Richtech";
const SANDBOX_ADDRESS: &str = "support@richtech.example";

/// The pages that are wanted.
pub(super) struct WebPages {
    chat: Option<Arc<ChatPage>>,
    assistant: Option<Arc<ContactAssistant>>,
    panes: Option<Arc<Panes>>,
    /// What is shown of turns, where the three sides are.
    decisions: Option<Decisions>,
}

/// Builds the pages that the settings ask for.
pub(super) async fn open(app: &App, settings: &Settings, given: &HttpSettings) -> anyhow::Result<WebPages> {
    let decisions = shown_account(app, given).map(|sandbox| (sandbox, Decisions::default()));
    let shown = decisions.as_ref().map(|(_, decisions)| decisions.clone());
    let chat = chat(app, settings, given, shown.clone()).await?;
    let panes = match decisions {
        Some((sandbox, decisions)) => {
            let panes = Panes::open(sandbox, decisions, settings.handoff_mark.clone()).await?;
            Some(Arc::new(if given.autopilot.is_some() { panes.with_autopilot() } else { panes }))
        }
        None => None,
    };
    Ok(WebPages { chat, assistant: assistant(app, given).await?, panes, decisions: shown })
}

impl WebPages {
    /// What visitors and browsers get without a token.
    pub(super) fn visitor_routes(&self) -> Vec<Arc<dyn VisitorRoutes>> {
        let chat = self.chat.clone().map(|page| page as Arc<dyn VisitorRoutes>);
        let assistant = self.assistant.clone().map(|page| page as Arc<dyn VisitorRoutes>);
        let panes = self.panes.clone().map(|page| page as Arc<dyn VisitorRoutes>);
        [chat, assistant, panes].into_iter().flatten().collect()
    }

    /// What callers with a token get beside MCP.
    pub(super) fn caller_routes(&self) -> Option<Arc<dyn CallerRoutes>> {
        self.assistant.clone().map(|page| page as Arc<dyn CallerRoutes>)
    }

    /// Shows the turns of the autopilot beside those of the chat.
    pub(super) fn turn_watcher(&self) -> TurnWatcher {
        let Some(decisions) = self.decisions.clone() else { return TurnWatcher::default() };
        TurnWatcher::telling(Arc::new(move |thread: &str, said: &str, turn: &TurnOutcome| {
            decisions.note(thread, said, turn, Clock::System.now());
        }))
    }

    /// Says where they are.
    pub(super) fn announce(&self, address: SocketAddr) {
        if self.chat.is_some() {
            info!("Customers chat at http://{address}/chat.");
        }
        if self.assistant.is_some() {
            info!("Staff keep contacts at http://{address}/assistant.");
        }
        if self.panes.is_some() {
            info!("Customer, colleague and HubSpot at once: http://{address}/.");
        }
    }
}

/// The embedded account, where its three sides are shown: beside a chat, on this machine alone. Where callers need a token,
/// the page would show others what they have not.
fn shown_account(app: &App, given: &HttpSettings) -> Option<Sandbox> {
    let has_tokens = given.auth_token.is_some() || given.auth_file.is_some();
    let is_outside = given.webhook.public_url.as_ref().is_some_and(|url| !url.is_this_machine());
    let is_here = given.bind.ip().is_loopback() && !is_outside && !has_tokens && given.allowed_host.is_empty();
    app.sandbox.clone().filter(|_| given.page.chat && is_here)
}

async fn chat(
    app: &App,
    settings: &Settings,
    given: &HttpSettings,
    decisions: Option<Decisions>,
) -> anyhow::Result<Option<Arc<ChatPage>>> {
    let page = &given.page;
    if !page.chat {
        return Ok(None);
    }
    let mut own = chat_page::settings(page.chat_settings.as_deref(), |name| std::env::var(name).ok())?;
    if settings.sandbox && own.brand == Brand::default() {
        own.brand = Brand { name: SANDBOX_NAME.to_owned(), address: Some(SANDBOX_ADDRESS.to_owned()), ..own.brand };
    }
    own.replica = given.replica.clone();
    let by_sandbox = settings.sandbox.then(|| SANDBOX_REPRESENTATIVE.to_owned());
    let desk = DeskSettings {
        graph: page.graph.clone(),
        persona: desk_choices::persona(page.persona.as_deref())?,
        representative: page.representative.clone().or(by_sandbox),
        trust: Trust::Claimed,
        limits: turn_limits(given),
    };
    let brain = desk_choices::brain(page.brain, &given.model)?;
    let url: Option<&PublicUrl> = given.webhook.public_url.as_ref();
    Ok(Some(chat_page::page(app.server.clone(), own, desk, brain, app.hours.clone(), url, decisions).await?))
}

async fn assistant(app: &App, given: &HttpSettings) -> anyhow::Result<Option<Arc<ContactAssistant>>> {
    let page = &given.page;
    if !page.assistant {
        return Ok(None);
    }
    if given.auth_token.is_none() && given.auth_file.is_none() {
        bail!("--assistant is for staff with a token: set FRONTDESK_AUTH_TOKEN (or --auth-token, or --auth-file)");
    }
    let own = chat_page::settings(page.chat_settings.as_deref(), |name| std::env::var(name).ok())?;
    let desk = DeskSettings {
        graph: Some(page.assistant_graph.clone()),
        persona: Persona::default(),
        representative: None,
        trust: Trust::Operator,
        limits: turn_limits(given),
    };
    let brain = desk_choices::brain(page.brain, &given.model)?;
    Ok(Some(chat_page::assistant(app.server.clone(), own, desk, brain, app.hours.clone()).await?))
}

fn turn_limits(given: &HttpSettings) -> TurnLimits {
    TurnLimits { time: given.model.turn_time(TurnLimits::default().time), ..TurnLimits::default() }
}
