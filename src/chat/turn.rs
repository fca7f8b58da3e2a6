//! One turn: the visitor's message in, a reply and done calls out. It ends at every limit with something to say.

use super::brain::{Brain, BrainError, Done, Reply, Tokens, ToolCall};
use super::conversation::{Author, Conversation, shortened};
use super::guardrails::Guardrails;
use super::hand_over::Pending;
use super::language::Language;
use super::limits::Limits;
use super::links::Hosts;
use super::talk::Talk;
use super::turn_run::TurnRun;
pub use super::turn_run::Watch;
use super::visitor::Visitor;
use super::with_person::{self, Heard};
use super::{language, texts};
use domain::code::Code;
use domain::{email_in_text, text_cleaning};

/// A conversation with one visitor, between two turns.
#[derive(Debug)]
pub struct Chat {
    talk: Talk,
    brain: Box<dyn Brain>,
    /// Answers when the brain fails.
    fallback: Option<Box<dyn Brain>>,
}

/// What became of a turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// What the visitor is told.
    pub reply: Reply,
    /// The calls, in order.
    pub done: Vec<Done>,
    /// The name of the brain that answered.
    pub brain: &'static str,
    /// The tokens of all decisions.
    pub tokens: Tokens,
    /// The failure of the first brain, for the operator.
    pub failed: Option<BrainError>,
    /// Decisions that were asked for.
    pub decisions: usize,
    /// The message went to the person who has the conversation: there is nothing to answer.
    pub passed_on: bool,
}

impl Chat {
    /// A conversation that nobody has spoken in yet.
    pub fn new(visitor: Visitor, brain: Box<dyn Brain>, prompt: String, limits: Limits) -> Chat {
        let talk = Talk {
            visitor,
            hosts: Hosts::of(&prompt),
            prompt,
            limits,
            deeds: vec![],
            representative: None,
            conversation: Conversation::default(),
            guardrails: Guardrails::default(),
            language: Language::default(),
            spoken: None,
            hand_over: Pending::default(),
            person: None,
            offered: vec![],
        };
        Chat { talk, brain, fallback: None }
    }

    /// The same with another brain that answers when the first one fails.
    #[must_use]
    pub fn with_fallback(self, brain: Box<dyn Brain>) -> Chat {
        Chat { fallback: Some(brain), ..self }
    }

    /// The same with somebody whom visitors meet whom nobody knows: an owner's id, address or name.
    #[must_use]
    pub fn with_representative(mut self, representative: Option<String>) -> Chat {
        self.talk.representative = representative;
        self
    }

    /// The visitor.
    pub fn visitor(&self) -> &Visitor {
        &self.talk.visitor
    }

    /// The messages so far.
    pub fn conversation(&self) -> &Conversation {
        &self.talk.conversation
    }

    /// The language that the visitor was last understood to write.
    pub fn language(&self) -> Language {
        self.talk.language
    }

    /// Says `text` as the desk, outside of a turn, such as a greeting.
    pub fn say(&mut self, text: &str) {
        self.talk.conversation.add(Author::Desk, text);
    }

    /// Answers one message. A turn that is dropped half-way has said nothing; what it called is done.
    pub async fn turn(&mut self, message: &str, watch: Watch<'_>) -> Turn {
        let Chat { talk, brain, fallback } = self;
        let message = shortened(&text_cleaning::clean(message).text);
        talk.spoken = language::next(talk.spoken, &message);
        talk.language = talk.spoken.unwrap_or_default();
        if let Ok(Some(address)) = email_in_text::read(talk.meant(&message)) {
            talk.visitor.claim(address);
        }
        if let Some(passed) = pass_on(talk, &message, &mut *watch).await {
            return passed;
        }
        let mut run = TurnRun::new(talk, brain.name(), &message, watch);
        let (reply, failed) = run.answer(brain.as_mut(), fallback.as_deref_mut()).await;
        let (reply, pending) = run.handed_over(reply).await;
        let TurnRun { done, tokens, decisions, brain, .. } = run;
        talk.hand_over = pending;
        talk.person = with_person::of(&done);
        let reply = match with_person::told(&done) {
            Some(told) if !reply.text.contains(told) => Reply::text(told),
            _ => reply,
        };
        talk.learn(&done, &reply);
        talk.offered.clone_from(&reply.choices);
        talk.conversation.add(Author::Visitor, &message);
        talk.conversation.add(Author::Desk, &reply.text);
        Turn { reply, done, brain, tokens, failed, decisions, passed_on: false }
    }

    /// True while a person answers in the place of the desk.
    pub fn is_with_person(&self) -> bool {
        self.talk.person.is_some()
    }

    /// Waits for what the person who has the conversation writes or does, at most for so long; `None` if nobody has it, or
    /// nothing could be heard. A wait that is dropped has heard nothing.
    pub async fn listen(&mut self, wait_seconds: u64) -> Option<Heard> {
        let talk = &mut self.talk;
        let arguments = talk.person.as_ref()?.events(wait_seconds);
        let answer = talk.visitor.call(with_person::EVENTS, arguments).await;
        let heard = match answer {
            Ok(answer) => talk.person.as_mut()?.hear(&answer),
            Err(error) if error["code"] == Code::HandoffNotFound.as_str() => Heard { ended: true, ..Heard::default() },
            Err(_) => return None,
        };
        let said = heard.texts.iter().chain(&heard.notice);
        said.for_each(|text| talk.conversation.add(Author::Desk, text));
        if heard.ended {
            talk.person = None;
        }
        Some(heard)
    }

    /// Leaves the person who has the conversation: they are told, and what waits for them stays open.
    pub async fn leave_person(&mut self) {
        let Some(person) = self.talk.person.take() else { return };
        // A person who cannot be told sees that nothing more is written.
        let _told = self.talk.visitor.call(with_person::STOP, person.stop()).await;
    }
}

/// The codes with which a hand-off says that there is none any more.
const ENDED: [Code; 2] = [Code::HandoffEnded, Code::HandoffNotFound];

/// Passes a message on to the person who has the conversation; `None` if nobody has it any more.
async fn pass_on(talk: &mut Talk, message: &str, watch: Watch<'_>) -> Option<Turn> {
    let arguments = talk.person.as_mut()?.send(message);
    let answer = talk.visitor.call(with_person::SEND, arguments.clone()).await;
    if answer.as_ref().is_err_and(|error| ENDED.iter().any(|code| error["code"] == code.as_str())) {
        talk.person = None;
        return None;
    }
    let sent = answer.is_ok();
    let call = ToolCall { id: "pass_on".into(), tool: with_person::SEND.into(), arguments: Ok(arguments) };
    let done = Done { call, round: 0, answer };
    watch(&done);
    talk.conversation.add(Author::Visitor, message);
    let reply = if sent { Reply::default() } else { Reply::text(texts::NOT_PASSED_ON.in_language(talk.language)) };
    Some(Turn { reply, done: vec![done], passed_on: sent, ..Turn::default() })
}
