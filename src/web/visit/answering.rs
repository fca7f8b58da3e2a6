//! The answers of a conversation: its messages are taken one after the other, by the desk or by the person who has it, and
//! what a person writes is shown as it comes.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::clock::Clock;
use domain::{known_secrets, text_cleaning};
use futures::FutureExt;
use metrics::counter;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, warn};

use super::decisions::Decisions;
use super::event::{From, QuickReply, VisitMessage, With};
use super::incoming::Incoming;
use super::visit::Visit;
use crate::chat::brain::Reply;
use crate::chat::desk::ChatDesk;
use crate::chat::handoff_relay::{Heard, VisitorFile};
use crate::chat::language::Language;
use crate::chat::texts::{self as chat_texts, staff};
use crate::chat::turn::{Chat, NotPassedOn, TurnOutcome};
use crate::hours::calendar::{Hours, Opening};
use crate::hours::sentence;
use crate::web::outbox::{ConversationEvent, Outbox};
use crate::web::texts::{self, OwnTexts};

/// One wait for what a person writes, and the pause after one that failed.
const LISTEN_SECONDS: u64 = 20;
const LISTEN_AGAIN: Duration = Duration::from_secs(2);
/// The turns that are answered at once. Without a model a turn is work for this machine and short waits for HubSpot, which
/// more at once would not make faster.
pub const TURNS_AT_ONCE: usize = 48;
/// The turns at once where a language model is waited for.
pub const TURNS_AT_ONCE_WITH_MODEL: usize = 256;

/// Answers in conversations. Clones share their tasks.
#[derive(Clone, Debug)]
pub struct Answering {
    clock: Clock,
    hours: Arc<Hours>,
    texts: Arc<OwnTexts>,
    outbox: Option<Outbox>,
    decisions: Option<Decisions>,
    /// Places for turns: those beyond wait, so that many messages at once cost time and no memory.
    turns: Arc<Semaphore>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Answering {
    /// Answers by these settings, and tells the receiver of webhooks where there is one.
    pub fn new(clock: Clock, hours: Arc<Hours>, texts: Arc<OwnTexts>, outbox: Option<Outbox>) -> Answering {
        let (tasks, stop, turns) =
            (TaskTracker::new(), CancellationToken::new(), Arc::new(Semaphore::new(TURNS_AT_ONCE)));
        Answering { clock, hours, texts, outbox, decisions: None, turns, tasks, stop }
    }

    /// The same, with so many turns at once.
    #[must_use]
    pub fn with_turns_at_once(self, number: usize) -> Answering {
        Answering { turns: Arc::new(Semaphore::new(number)), ..self }
    }

    /// The same, which also keeps what was decided.
    #[must_use]
    pub fn telling(self, decisions: Option<Decisions>) -> Answering {
        Answering { decisions, ..self }
    }

    /// The current time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Cancelled when no more is answered.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Waits for the answers under way; none begins any more.
    pub async fn end(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The sentence of when people answer, where hours are set.
    pub fn hours(&self, language: Language) -> Option<String> {
        let now = self.now();
        (!self.hours.are_unset()).then(|| sentence::of(&self.hours.answering(now), now, language))
    }

    /// Answers what waits, unless a task does so already.
    pub fn begin(&self, visit: &Arc<Visit>) {
        let Some(chat) = visit.take_chat() else { return };
        let (answering, visit) = (self.clone(), visit.clone());
        self.tasks.spawn(async move {
            let answered = AssertUnwindSafe(answering.answer_all(&visit, chat)).catch_unwind().await;
            if answered.is_err() {
                error!("A conversation of the chat page ended by a defect; its visitor is told so.");
                let told = if visit.is_of_staff() { staff::CANNOT_NOW } else { chat_texts::CANNOT_NOW };
                answering.say(&visit, Reply::text(told.in_language(visit.language())));
                visit.end();
            }
        });
    }

    async fn answer_all(&self, visit: &Visit, mut chat: Box<Chat>) {
        let mut changes = visit.changes();
        loop {
            changes.borrow_and_update();
            if visit.has_ended() {
                return chat.leave_person().await;
            }
            if let Some(incoming) = visit.next_waiting() {
                self.answer(visit, &mut chat, incoming).await;
                continue;
            }
            if !chat.is_with_person() {
                match visit.put_back(chat) {
                    Ok(()) => return,
                    Err(back) => chat = back,
                }
                continue;
            }
            tokio::select! {
                heard = chat.listen(LISTEN_SECONDS) => match heard {
                    Some(heard) => self.hear(visit, &chat, heard),
                    None => sleep(LISTEN_AGAIN).await,
                },
                _changed = changes.changed() => {}
                () = self.stop.cancelled() => return,
            }
        }
    }

    async fn answer(&self, visit: &Visit, chat: &mut Chat, incoming: Incoming) {
        match incoming {
            Incoming::Text(text) => self.answer_text(visit, chat, &text).await,
            Incoming::Files(text, files) => self.pass_files_on(visit, chat, &text, &files).await,
            Incoming::Desk => {
                let had_person = chat.is_with_person();
                chat.leave_person().await;
                if had_person {
                    self.say_text(visit, "left_person", &[]);
                }
            }
        }
        self.settle(visit, chat, "visitor");
    }

    async fn answer_text(&self, visit: &Visit, chat: &mut Chat, text: &str) {
        if !chat.is_with_person() {
            visit.change(|state| state.working = true);
        }
        let place = self.turns.acquire().await;
        let turn = chat.turn(text, &mut |_| ()).await;
        drop(place);
        visit.speak(chat.language());
        if let Some(decisions) = self.decisions.as_ref().filter(|_| !turn.passed_on) {
            decisions.note(&visit.conversation, text, &turn, self.now());
        }
        self.tell(visit, turn);
    }

    fn tell(&self, visit: &Visit, turn: TurnOutcome) {
        if let Some(failed) = &turn.failed {
            warn!("A brain of the chat failed: {failed}; `{}` answered.", turn.brain);
        }
        if !turn.passed_on {
            self.say(visit, turn.reply);
        }
    }

    async fn pass_files_on(&self, visit: &Visit, chat: &mut Chat, text: &str, files: &[VisitorFile]) {
        match chat.pass_files_on(text, files).await {
            Ok(refused) => {
                refused.iter().for_each(|file| self.say_text(visit, "file_refused", &[("file", &file.name)]));
            }
            Err(NotPassedOn::Failed) => self.say_text(visit, "not_passed_on", &[]),
            Err(NotPassedOn::NoPerson) => self.say_text(visit, "no_person_for_files", &[]),
        }
    }

    fn hear(&self, visit: &Visit, chat: &Chat, heard: Heard) {
        for said in heard.said {
            counter!("chat_messages_total", "from" => "person").increment(1);
            let (person, text) = (said.person.map(|name| clean(&name)), clean(&said.text));
            let files = said.files.iter().map(|name| clean(name)).collect();
            let event =
                visit.say(From::Person, VisitMessage { person, text, files, ..VisitMessage::default() }, self.now());
            self.report(visit, ConversationEvent::Message(event));
        }
        if heard.taken && !heard.ended {
            self.taken_by(visit, heard.person.map(|name| clean(&name)));
        }
        if let Some(notice) = heard.notice {
            self.say(visit, Reply::text(notice));
        }
        self.settle(visit, chat, "person");
    }

    fn taken_by(&self, visit: &Visit, person: Option<String>) {
        let before = visit.state();
        if before.with == With::Person && before.person == person {
            return;
        }
        visit.change(|state| (state.with, state.person) = (With::Person, person.clone()));
        self.report(visit, ConversationEvent::Assigned(person));
    }

    /// Has the state say who answers now. `by` is whoever ended it, if a person has it no more.
    fn settle(&self, visit: &Visit, chat: &Chat, by: &'static str) {
        let before = visit.state().with;
        let (language, is_with_person) = (visit.language(), chat.is_with_person());
        let hours = self.hours(language);
        visit.change(|state| {
            state.working = false;
            state.hours = hours;
            match (is_with_person, state.with) {
                (true, With::Desk) => state.with = With::Waiting,
                (true, _) => {}
                (false, _) => (state.with, state.person) = (With::Desk, None),
            }
        });
        if before != With::Desk && !is_with_person {
            self.report(visit, ConversationEvent::Closed(by));
        }
    }

    /// Says a fixed text of the page.
    fn say_text(&self, visit: &Visit, name: &str, values: &[(&str, &str)]) {
        self.say(visit, Reply::text(texts::with(&self.texts, visit.language(), name, values)));
    }

    fn say(&self, visit: &Visit, reply: Reply) {
        let said = said(&reply);
        if said.text.is_empty() && said.choices.is_empty() {
            return;
        }
        counter!("chat_messages_total", "from" => "desk").increment(1);
        let event = visit.say(From::Desk, said, self.now());
        self.report(visit, ConversationEvent::Message(event));
    }

    fn report(&self, visit: &Visit, happened: ConversationEvent) {
        if let Some(outbox) = &self.outbox {
            outbox.put(visit, &happened, self.now());
        }
    }

    /// Tells the receiver of webhooks that a conversation has ended altogether.
    pub fn has_ended(&self, visit: &Visit, by: &'static str) {
        self.report(visit, ConversationEvent::Closed(by));
    }

    /// True while people answer, or if nobody knows.
    pub fn people_answer(&self) -> bool {
        matches!(self.hours.answering(self.now()), Opening::Open { .. })
    }
}

/// The turns that a desk answers at once.
pub fn turns_at_once(desk: &ChatDesk) -> usize {
    if desk.has_model() { TURNS_AT_ONCE_WITH_MODEL } else { TURNS_AT_ONCE }
}

/// A reply as it is shown.
pub fn said(reply: &Reply) -> VisitMessage {
    let detail = |at: usize| reply.details.get(at).map(|detail| clean(detail)).unwrap_or_default();
    let choices = reply.choices.iter().enumerate();
    let choices = choices.map(|(at, label)| QuickReply { label: clean(label), detail: detail(at) }).collect();
    VisitMessage { choices, ..VisitMessage::text(clean(&reply.text)) }
}

/// A text without what drives a screen, and without our secrets.
fn clean(text: &str) -> String {
    known_secrets::masked(&text_cleaning::clean(text).text).into_owned()
}
