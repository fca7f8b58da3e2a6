//! Everything that the conversations of one desk share: the server, the graph, the prompt, the limits, and the brain that a
//! new conversation gets.

use std::fmt;
use std::sync::Arc;

use super::brain::lexical::LexicalBrain;
use super::brain::lexical::intents::Intents;
use super::brain::{Brain, Reply};
use super::language::Language;
use super::limits::TurnLimits;
use super::persona::{self, Persona};
use super::turn::Chat;
use super::visitor::{Trust, Visitor};
use crate::mcp::Server;
use crate::tool::caller::Caller;
use domain::email::Email;
use domain::id::RecordId;
use hubspot_client::CallerKey;

/// Makes the brain of a new conversation.
pub type NewBrain = Arc<dyn Fn() -> Box<dyn Brain> + Send + Sync>;

/// A desk at which conversations begin.
#[derive(Clone)]
pub struct ChatDesk {
    server: Server,
    intents: Intents,
    prompt: Arc<str>,
    /// Prompt for visitors who have proved who they are.
    prompt_verified: Arc<str>,
    limits: TurnLimits,
    trust: Trust,
    representative: Option<String>,
    /// Another way to turn to the company.
    other_way: Option<String>,
    /// `None` for the brain without a model, which otherwise answers when this one fails.
    brain: Option<NewBrain>,
    /// The brain without a model does not answer for it.
    alone: bool,
}

/// The choices of an operator.
#[derive(Clone, Debug)]
pub struct DeskSettings {
    /// The name of the taskgraph; `None` for the default one.
    pub graph: Option<String>,
    /// The persona of a model.
    pub persona: Persona,
    /// The limits of a turn.
    pub limits: TurnLimits,
    /// What is believed of visitors.
    pub trust: Trust,
    /// Whom visitors meet whom nobody knows: an owner's id, address or name.
    pub representative: Option<String>,
}

/// What is known of a visitor before they say anything.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    /// The language in which they are greeted; English, and whatever they write, where it is not known.
    pub language: Option<Language>,
    /// The greeting in the place of the script's.
    pub welcome: Option<String>,
    /// Their time zone, by its name.
    pub time_zone: Option<String>,
    /// The contact that they have proved to be, with the address that was proved.
    pub proved: Option<(RecordId, Email)>,
    /// A member of staff, with the rights of their token, in the place of a customer.
    pub staff: Option<Caller>,
}

/// There is no taskgraph of the name that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no taskgraph `{wanted}`; there are {}", .known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))]
pub struct UnknownGraph {
    wanted: String,
    known: Vec<String>,
}

impl ChatDesk {
    /// A desk on this server. Its brain is the one without a model, unless [`ChatDesk::with_brain`] sets another.
    pub async fn new(server: Server, settings: DeskSettings) -> Result<ChatDesk, UnknownGraph> {
        let DeskSettings { graph, persona, limits, trust, representative } = settings;
        let found = server.taskgraph(graph.as_deref());
        let unknown = || UnknownGraph { wanted: graph.clone().unwrap_or_default(), known: server.taskgraph_names() };
        let graph = found.ok_or_else(unknown)?;
        let (today, closed) = (server.today().await, server.switched_off());
        let prompt_for = |trust: &Trust| -> Arc<str> {
            persona::prompt(&graph, &persona, trust, representative.as_deref(), &today, &closed).into()
        };
        let (prompt, prompt_verified) = (prompt_for(&trust), prompt_for(&Trust::Operator));
        Ok(ChatDesk {
            intents: Intents::of(graph),
            server,
            prompt,
            prompt_verified,
            limits,
            trust,
            representative,
            other_way: None,
            brain: None,
            alone: false,
        })
    }

    /// The server whose tools are called.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// True if another brain than the one without a model answers first.
    pub fn has_model(&self) -> bool {
        self.brain.is_some()
    }

    /// The system prompt of a model.
    pub fn prompt(&self) -> &str {
        &self.prompt
    }

    /// A desk with a brain that answers first.
    #[must_use]
    pub fn with_brain(self, brain: NewBrain) -> ChatDesk {
        ChatDesk { brain: Some(brain), ..self }
    }

    /// A desk without another brain when that one fails, so that what it can do is measured.
    #[must_use]
    pub fn without_fallback(self) -> ChatDesk {
        ChatDesk { alone: true, ..self }
    }

    /// A desk that names another way to turn to the company, such as an address, a page or a number, to those whom nobody can
    /// answer here.
    #[must_use]
    pub fn with_other_way(self, other_way: Option<String>) -> ChatDesk {
        ChatDesk { other_way, ..self }
    }

    /// Begins a conversation under this id, which no other one has. The second part is the greeting.
    pub fn begin(&self, id: &str) -> (Chat, Reply) {
        self.begin_as(id, Beginning::default())
    }

    /// A conversation with a visitor of whom more is known.
    pub fn begin_as(&self, id: &str, beginning: Beginning) -> (Chat, Reply) {
        let Beginning { language, welcome, time_zone, proved, staff } = beginning;
        let is_proved = proved.is_some();
        let trust =
            proved.map_or_else(|| self.trust.clone(), |(contact, address)| Trust::Verified { contact, address });
        let visitor = match staff {
            Some(caller) => Visitor::of_staff(self.server.clone(), id, caller),
            None => Visitor::new(self.server.clone(), id, trust),
        };
        let mut lexical = Box::new(self.lexical_brain(&visitor));
        let mut greeting = lexical.greeting(language.unwrap_or_default()).unwrap_or_default();
        if let Some(welcome) = welcome {
            greeting.text = welcome;
        }
        if let Some(missing) = lexical.missing_rights(language.unwrap_or_default()) {
            greeting.text = format!("{}\n{missing}", greeting.text);
        }
        let prompt = if is_proved { &self.prompt_verified } else { &self.prompt };
        let more = [
            visitor.is_staff().then(|| persona::STAFF.to_owned()),
            time_zone.as_ref().map(|zone| format!("The visitor's time zone is {zone}.")),
        ];
        let more: Vec<String> = more.into_iter().flatten().collect();
        let prompt: Arc<str> = match self.brain.is_some() && !more.is_empty() {
            true => format!("{prompt}\n{}", more.join("\n")).into(),
            false => prompt.clone(),
        };
        let mut chat = self.chat(visitor, lexical, prompt);
        chat.say(&greeting.text);
        if let Some(language) = language {
            chat = chat.in_language(language);
        }
        (chat.in_time_zone(time_zone), greeting)
    }

    fn lexical_brain(&self, visitor: &Visitor) -> LexicalBrain {
        if !visitor.is_staff() {
            return LexicalBrain::new(self.intents.clone());
        }
        let open = visitor.tools().into_iter().map(|tool| tool.name.to_owned()).collect();
        LexicalBrain::for_staff(self.intents.clone(), open)
    }

    /// Begins a conversation whose messages are kept elsewhere, such as in HubSpot's inbox: nothing is said first, and the
    /// conversation itself goes to a person where one is wanted. `quota` is the name under which HubSpot's quota is used,
    /// `actor` the author of the messages, by HubSpot's id.
    pub fn begin_elsewhere(&self, id: &str, trust: Trust, quota: CallerKey, actor: Option<&str>) -> Chat {
        let visitor = Visitor::new(self.server.clone(), id, trust).sharing(quota).written_by(actor);
        let lexical = Box::new(LexicalBrain::new(self.intents.clone()));
        self.chat(visitor, lexical, self.prompt.clone()).handing_over_at_once()
    }

    fn chat(&self, visitor: Visitor, lexical: Box<LexicalBrain>, prompt: Arc<str>) -> Chat {
        let limits = self.limits;
        let chat = match &self.brain {
            Some(new) if self.alone => Chat::new(visitor, new(), prompt, limits),
            Some(new) => Chat::new(visitor, new(), prompt, limits).with_fallback(lexical),
            None => Chat::new(visitor, lexical, prompt, limits),
        };
        let chat = chat.with_other_way(self.other_way.clone());
        chat.with_representative(self.representative.clone()).with_vocabulary(self.intents.vocabulary())
    }
}

impl fmt::Debug for ChatDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatDesk").field("trust", &self.trust).field("limits", &self.limits).finish_non_exhaustive()
    }
}
