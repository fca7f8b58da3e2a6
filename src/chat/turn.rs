//! One turn: the visitor's message in, a reply and done calls out. It ends at every limit with something to say.

use std::sync::Arc;

use super::brain::{Brain, BrainError, FinishedCall, Reply, Tokens, ToolCall};
use super::chat_state::ChatState;
use super::conversation::{Author, Conversation, shortened};
use super::guardrails::Guardrails;
use super::handoff_relay::{self, Heard, PersonMessage, RefusedFile, VisitorFile};
use super::handoff_request::Pending;
use super::language::{Language, Vocabulary};
use super::limits::TurnLimits;
use super::links::Hosts;
use super::memory::ChatMemory;
use super::turn_run::TurnRun;
pub use super::turn_run::Watch;
use super::visitor::Visitor;
use super::write_gate::WriteGate;
use super::{language, texts};
use domain::code::Code;
use domain::email::Email;
use domain::{email_in_text, text_cleaning};

/// A conversation with one visitor, between two turns.
#[derive(Debug)]
pub struct Chat {
    talk: ChatState,
    brain: Box<dyn Brain>,
    /// Answers when the brain fails.
    fallback: Option<Box<dyn Brain>>,
}

/// What became of a turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TurnOutcome {
    /// What the visitor is told.
    pub reply: Reply,
    /// The calls, in order.
    pub done: Vec<FinishedCall>,
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
    pub fn new(visitor: Visitor, brain: Box<dyn Brain>, prompt: impl Into<Arc<str>>, limits: TurnLimits) -> Chat {
        let prompt = prompt.into();
        let talk = ChatState {
            visitor,
            hosts: Hosts::of(&prompt),
            prompt,
            limits,
            deeds: vec![],
            representative: None,
            other_way: None,
            time_zone: None,
            conversation: Conversation::default(),
            guardrails: Guardrails::default(),
            language: Language::default(),
            usual: Language::default(),
            vocabulary: Arc::default(),
            spoken: None,
            hand_over: Pending::default(),
            at_once: false,
            person: None,
            offered: vec![],
        };
        Chat { talk, brain, fallback: None }
    }

    /// Adds another brain, which answers when the first one fails.
    #[must_use]
    pub fn with_fallback(self, brain: Box<dyn Brain>) -> Chat {
        Chat { fallback: Some(brain), ..self }
    }

    /// Names whom visitors meet of whom nobody knows: an owner's id, address or name.
    #[must_use]
    pub fn with_representative(mut self, representative: Option<String>) -> Chat {
        self.talk.representative = representative;
        self
    }

    /// Names another way to turn to the company, for those whom nobody can answer here.
    #[must_use]
    pub fn with_other_way(mut self, other_way: Option<String>) -> Chat {
        self.talk.other_way = other_way;
        self
    }

    /// Sets the visitor's time zone, by its name, so that they are not asked for it.
    #[must_use]
    pub fn in_time_zone(mut self, zone: Option<String>) -> Chat {
        self.talk.time_zone = zone;
        self
    }

    /// Lets the conversation itself go to a person: [`Reply::hand_over`] says that it has to, and neither is the
    /// visitor asked how they are reached nor a task made.
    #[must_use]
    pub fn handing_over_at_once(mut self) -> Chat {
        self.talk.at_once = true;
        self.brain.hand_over_at_once();
        if let Some(fallback) = &mut self.fallback {
            fallback.hand_over_at_once();
        }
        self
    }

    /// Goes on with a session of a taskgraph that an earlier process has begun.
    pub fn resume(&mut self, session: &str) {
        self.brain.resume(session);
        if let Some(fallback) = &mut self.fallback {
            fallback.resume(session);
        }
    }

    /// Has these messages as the conversation so far, oldest first, such as when they were kept elsewhere. The first address
    /// that the visitor has typed in them is their claim.
    pub fn recall(&mut self, messages: &[(Author, String)]) {
        let talk = &mut self.talk;
        talk.conversation.replace(messages.iter().map(|(author, text)| (*author, text.as_str())));
        talk.spoken = None;
        for (author, text) in messages {
            match author {
                Author::Visitor => {
                    talk.spoken = language::next(talk.spoken, text, &talk.vocabulary);
                    if let Ok(Some(address)) = email_in_text::read(text) {
                        talk.visitor.claim(address);
                    }
                }
                Author::Desk => talk.guardrails.note_reply(text),
            }
        }
        talk.language = talk.spoken.unwrap_or(talk.usual);
    }

    /// Takes in an address of the visitor that they need not type, such as that of a mail. It is a claim.
    pub fn claim(&mut self, address: Email) {
        self.talk.visitor.claim(address);
    }

    /// Believes this language of a visitor who has said nothing yet that tells one.
    pub fn speak(&mut self, language: language::Language) {
        (self.talk.language, self.talk.usual) = (language, language);
    }

    /// Adds the words of a graph's samples, by which the language of a short message is told.
    #[must_use]
    pub fn with_vocabulary(mut self, vocabulary: Arc<Vocabulary>) -> Chat {
        self.talk.vocabulary = vocabulary;
        self
    }

    /// Has calls that may write pass this gate.
    pub fn guard(&mut self, gate: Arc<dyn WriteGate>) {
        self.talk.visitor.guard(gate);
    }

    /// What it remembers, as [`Chat::remember`] takes it up in another process.
    pub fn memory(&self) -> String {
        let brains = std::iter::once(&self.brain).chain(&self.fallback);
        let brains = brains.map(|brain| (brain.name().to_owned(), brain.memory())).collect();
        // No part of it is a map whose names are no texts.
        serde_json::to_string(&ChatMemory::of(&self.talk, brains)).unwrap_or_default()
    }

    /// Takes up what a conversation of another process remembered; false for what cannot be read.
    pub fn remember(&mut self, memory: &str) -> bool {
        let Ok(memory) = serde_json::from_str::<ChatMemory>(memory) else { return false };
        let mut brains = memory.restore(&mut self.talk);
        for brain in std::iter::once(&mut self.brain).chain(&mut self.fallback) {
            if let Some(memory) = brains.remove(brain.name()) {
                brain.remember(memory);
            }
        }
        true
    }

    /// The turn of the next message was cut off in another process, before it has written anything.
    pub fn hear_again(&mut self) {
        std::iter::once(&mut self.brain).chain(&mut self.fallback).for_each(|brain| brain.hear_again());
    }

    /// The turn of this message was cut off in another process, and nobody knows whether it has written something: it is not
    /// repeated. What the visitor is told.
    pub fn leave_unclear(&mut self, message: &str) -> Reply {
        std::iter::once(&mut self.brain).chain(&mut self.fallback).for_each(|brain| brain.leave_unclear());
        let talk = &mut self.talk;
        let reply = Reply::text(texts::INTERRUPTED.in_language(talk.language));
        talk.guardrails.note_reply(&reply.text);
        talk.hand_over = Pending::default();
        talk.offered.clear();
        talk.conversation.add(Author::Visitor, &shortened(&text_cleaning::clean(message).text));
        talk.conversation.add(Author::Desk, &reply.text);
        reply
    }

    /// The visitor.
    pub fn visitor(&self) -> &Visitor {
        &self.talk.visitor
    }

    /// The messages so far.
    pub fn conversation(&self) -> &Conversation {
        &self.talk.conversation
    }

    /// The bytes that the conversation holds in memory, about.
    pub fn bytes(&self) -> usize {
        self.talk.bytes()
    }

    /// The language that the visitor was last understood to write.
    pub fn language(&self) -> Language {
        self.talk.language
    }

    /// Sets the language in which the visitor is spoken to until they write another one.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Chat {
        self.talk.spoken = Some(language);
        self.talk.language = language;
        self
    }

    /// Says `text` as the desk, outside of a turn, such as a greeting.
    pub fn say(&mut self, text: &str) {
        self.talk.conversation.add(Author::Desk, text);
    }

    /// Answers one message. A turn that is dropped half-way has said nothing; what it called is done.
    pub async fn turn(&mut self, message: &str, watch: Watch<'_>) -> TurnOutcome {
        let Chat { talk, brain, fallback } = self;
        let message = shortened(&text_cleaning::clean(message).text);
        talk.spoken = language::next(talk.spoken, &message, &talk.vocabulary);
        talk.language = talk.spoken.unwrap_or(talk.usual);
        if let Ok(Some(address)) = email_in_text::read(talk.meant(&message)) {
            talk.visitor.claim(address);
        }
        if let Some(passed) = pass_on(talk, &message, &[], &mut *watch).await {
            return passed;
        }
        let has_model = brain.is_model() || fallback.as_ref().is_some_and(|brain| brain.is_model());
        let mut run = TurnRun::new(talk, brain.name(), &message, watch);
        let (reply, failed) = run.answer(brain.as_mut(), fallback.as_deref_mut()).await;
        let (reply, pending) = run.handed_over(reply).await;
        let TurnRun { done, tokens, decisions, brain, .. } = run;
        talk.hand_over = pending;
        talk.person = handoff_relay::of(&done);
        let reply = match handoff_relay::told(&done) {
            Some(told) if !reply.text.contains(told) => Reply::text(told),
            _ => reply,
        };
        if has_model {
            talk.learn(&message, &done, &reply);
        }
        talk.offered.clone_from(&reply.choices);
        talk.conversation.add(Author::Visitor, &message);
        talk.conversation.add(Author::Desk, &reply.text);
        TurnOutcome { reply, done, brain, tokens, failed, decisions, passed_on: false }
    }

    /// Passes words and files on to the person who has the conversation, with what was refused of them. Without a person
    /// nothing is passed on, and nobody reads files.
    pub async fn pass_files_on(&mut self, text: &str, files: &[VisitorFile]) -> Result<Vec<RefusedFile>, NotPassedOn> {
        let text = shortened(&text_cleaning::clean(text).text);
        let turn = pass_on(&mut self.talk, &text, files, &mut |_| ()).await.ok_or(NotPassedOn::NoPerson)?;
        match turn.done.first().map(|done| &done.answer) {
            Some(Ok(answer)) => Ok(handoff_relay::refused(answer)),
            _ => Err(NotPassedOn::Failed),
        }
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
        let answer = talk.visitor.call(handoff_relay::EVENTS, arguments).await;
        let heard = match answer {
            Ok(answer) => talk.person.as_mut()?.hear(&answer),
            Err(error) if error["code"] == Code::HandoffNotFound.as_str() => Heard { ended: true, ..Heard::default() },
            Err(_) => return None,
        };
        let said = heard.said.iter().map(PersonMessage::line).chain(heard.notice.clone());
        said.for_each(|text| talk.conversation.add(Author::Desk, &text));
        if heard.ended {
            talk.person = None;
        }
        Some(heard)
    }

    /// Leaves the person who has the conversation: they are told, and what waits for them stays open.
    pub async fn leave_person(&mut self) {
        let Some(person) = self.talk.person.take() else { return };
        // A person who cannot be told sees that nothing more is written.
        let _told = self.talk.visitor.call(handoff_relay::STOP, person.stop()).await;
    }
}

/// The reason why words and files did not reach a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPassedOn {
    /// Nobody has the conversation.
    #[error("no person has the conversation")]
    NoPerson,
    /// They could not be passed on now.
    #[error("they could not be passed on just now")]
    Failed,
}

/// The codes with which a hand-off says that there is none any more.
const ENDED: [Code; 2] = [Code::HandoffEnded, Code::HandoffNotFound];

/// Passes a message on to the person who has the conversation; `None` if nobody has it any more.
async fn pass_on(talk: &mut ChatState, message: &str, files: &[VisitorFile], watch: Watch<'_>) -> Option<TurnOutcome> {
    let arguments = talk.person.as_mut()?.send(message, files);
    let answer = talk.visitor.call(handoff_relay::SEND, arguments.clone()).await;
    if answer.as_ref().is_err_and(|error| ENDED.iter().any(|code| error["code"] == code.as_str())) {
        talk.person = None;
        return None;
    }
    let sent = answer.is_ok();
    let call = ToolCall { id: "pass_on".into(), tool: handoff_relay::SEND.into(), arguments: Ok(arguments) };
    let done = FinishedCall { call, round: 0, answer };
    watch(&done);
    if !message.is_empty() {
        talk.conversation.add(Author::Visitor, message);
    }
    let reply = if sent { Reply::default() } else { Reply::text(texts::NOT_PASSED_ON.in_language(talk.language)) };
    Some(TurnOutcome { reply, done: vec![done], passed_on: sent, ..TurnOutcome::default() })
}
