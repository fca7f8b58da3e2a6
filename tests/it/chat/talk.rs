//! A conversation with the chat, and the account behind it.

use std::sync::{Arc, Mutex};

use frontdesk::chat::brain::script::ScriptBrain;
use frontdesk::chat::brain::{Brain, BrainError, Decided, Decision, Reply, View};
use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::turn::{Chat, TurnOutcome};
use frontdesk::chat::visitor::Trust;
use frontdesk::mcp::Server;
use frontdesk::tool::policy::ToolPolicy;
use futures::future::BoxFuture;
use hubspot_sandbox::Sandbox;
use serde_json::Value;

use crate::tool_policy::sandbox_and_server;
use crate::world;

pub(crate) const SARAH: &str = "sarah@gmail.com";

/// A conversation and the account behind it.
pub(crate) struct Talk {
    pub(crate) sandbox: Sandbox,
    pub(crate) chat: Chat,
    pub(crate) greeting: Reply,
    desk: ChatDesk,
}

impl Talk {
    pub(crate) async fn begin(graph: Option<&str>, trust: Trust) -> Talk {
        Talk::with(graph, trust, None).await
    }

    pub(super) async fn with(
        graph: Option<&str>,
        trust: Trust,
        brain: Option<Vec<Result<Decision, BrainError>>>,
    ) -> Talk {
        let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
        Talk::at(sandbox, server, graph, trust, brain).await
    }

    /// A conversation under the operator's flags.
    pub(super) async fn under(
        policy: ToolPolicy,
        trust: Trust,
        brain: Option<Vec<Result<Decision, BrainError>>>,
    ) -> Talk {
        let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
        Talk::of_policy(sandbox, server, policy, None, trust, brain).await
    }

    /// A conversation of a server that writes nothing and says what it would write.
    pub(super) async fn on_trial(brain: Option<Vec<Result<Decision, BrainError>>>) -> Talk {
        let hubspot = hubspot_client::Settings { dry_run: true, ..hubspot_client::Settings::default() };
        let (sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), hubspot);
        Talk::at(sandbox, world::server(hubspot, clock), None, Trust::Operator, brain).await
    }

    async fn at(
        sandbox: Sandbox,
        server: Server,
        graph: Option<&str>,
        trust: Trust,
        brain: Option<Vec<Result<Decision, BrainError>>>,
    ) -> Talk {
        Talk::of_policy(sandbox, server, ToolPolicy::default(), graph, trust, brain).await
    }

    async fn of_policy(
        sandbox: Sandbox,
        server: Server,
        policy: ToolPolicy,
        graph: Option<&str>,
        trust: Trust,
        brain: Option<Vec<Result<Decision, BrainError>>>,
    ) -> Talk {
        // Whoever asks for a person gets a task: `handoff::chat` has the hand-off.
        let server = server.with_policy(Arc::new(policy));
        let settings = DeskSettings {
            graph: graph.map(str::to_owned),
            persona: Persona::default(),
            limits: TurnLimits::default(),
            trust,
            representative: None,
        };
        let desk = ChatDesk::new(server, settings).await.unwrap();
        let desk = match brain {
            Some(script) => {
                let left = Mutex::new(Some(script));
                desk.with_brain(Arc::new(move || -> Box<dyn Brain> {
                    Box::new(Model(ScriptBrain::new(left.lock().unwrap().take().unwrap_or_default())))
                }))
            }
            None => desk,
        };
        let (chat, greeting) = desk.begin("chat-1");
        Talk { sandbox, chat, greeting, desk }
    }

    /// Says all lines as somebody else to the same desk.
    pub(super) async fn play_beside(&self, lines: &[&str]) -> String {
        let (mut chat, _) = self.desk.begin("chat-2");
        let mut replies = vec![];
        for line in lines {
            replies.push(chat.turn(line, &mut |_| ()).await.reply.text);
        }
        replies.join("\n")
    }

    pub(crate) async fn say(&mut self, message: &str) -> TurnOutcome {
        self.chat.turn(message, &mut |_| ()).await
    }

    /// Says all lines; the replies, one after the other.
    pub(crate) async fn play(&mut self, lines: &[&str]) -> String {
        let mut replies = vec![];
        for line in lines {
            let turn = self.say(line).await;
            replies.push(format!("> {line}\n{}\n{}", turn.reply.text, turn.reply.choices.join(" | ")));
        }
        replies.join("\n")
    }

    pub(crate) fn records(&self, kind: &str) -> Vec<Value> {
        self.sandbox.records(kind)
    }

    pub(crate) fn contact(&self, email: &str) -> Value {
        let all = self.records("contacts").into_iter();
        all.into_iter().find(|contact| contact["properties"]["email"] == email).unwrap_or_default()
    }
}

/// A scripted model: what it says is checked as a model's is.
#[derive(Debug)]
struct Model(ScriptBrain);

impl Brain for Model {
    fn name(&self) -> &'static str {
        "model"
    }

    fn is_model(&self) -> bool {
        true
    }

    fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        self.0.decide(view)
    }
}
