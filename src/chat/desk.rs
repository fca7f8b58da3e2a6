//! Everything that the conversations of one desk share: the server, the graph, the prompt, the limits, and the brain that a
//! new conversation gets.

use std::fmt;
use std::sync::Arc;

use super::brain::lexical::LexicalBrain;
use super::brain::lexical::intents::Intents;
use super::brain::{Brain, Reply};
use super::limits::Limits;
use super::persona::{self, Persona};
use super::turn::Chat;
use super::visitor::{Trust, Visitor};
use crate::mcp::Server;

/// Makes the brain of a new conversation.
pub type NewBrain = Arc<dyn Fn() -> Box<dyn Brain> + Send + Sync>;

/// A desk at which conversations begin.
#[derive(Clone)]
pub struct ChatDesk {
    server: Server,
    intents: Intents,
    prompt: String,
    limits: Limits,
    trust: Trust,
    representative: Option<String>,
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
    pub limits: Limits,
    /// What is believed of visitors.
    pub trust: Trust,
    /// Whom visitors meet whom nobody knows: an owner's id, address or name.
    pub representative: Option<String>,
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
        let prompt = persona::prompt(&graph, &persona, &trust, representative.as_deref(), &today, &closed);
        Ok(ChatDesk {
            intents: Intents::of(graph),
            server,
            prompt,
            limits,
            trust,
            representative,
            brain: None,
            alone: false,
        })
    }

    /// The system prompt of a model.
    pub fn prompt(&self) -> &str {
        &self.prompt
    }

    /// The same with a brain that answers first.
    #[must_use]
    pub fn with_brain(self, brain: NewBrain) -> ChatDesk {
        ChatDesk { brain: Some(brain), ..self }
    }

    /// The same without another brain when that one fails, so that what it can do is measured.
    #[must_use]
    pub fn without_fallback(self) -> ChatDesk {
        ChatDesk { alone: true, ..self }
    }

    /// Begins a conversation under this id, which no other one has. The second part is the greeting.
    pub fn begin(&self, id: &str) -> (Chat, Reply) {
        let visitor = Visitor::new(self.server.clone(), id, self.trust.clone());
        let mut lexical = Box::new(LexicalBrain::new(self.intents.clone()));
        let greeting = lexical.greeting().unwrap_or_default();
        let (prompt, limits) = (self.prompt.clone(), self.limits);
        let mut chat = match &self.brain {
            Some(new) if self.alone => Chat::new(visitor, new(), prompt, limits),
            Some(new) => Chat::new(visitor, new(), prompt, limits).with_fallback(lexical),
            None => Chat::new(visitor, lexical, prompt, limits),
        };
        chat.say(&greeting.text);
        (chat.with_representative(self.representative.clone()), greeting)
    }
}

impl fmt::Debug for ChatDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatDesk").field("trust", &self.trust).field("limits", &self.limits).finish_non_exhaustive()
    }
}
