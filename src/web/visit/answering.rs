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
use super::event::{ConversationEvent, From, Happening, QuickReply, VisitMessage, With};
use super::incoming::Incoming;
use super::replicated::{self, NotAccepted, StoreOutcome};
use super::visit::{AcceptedMessage, CutOff, Visit, moment};
use crate::chat::brain::Reply;
use crate::chat::desk::ChatDesk;
use crate::chat::handoff_relay::{Heard, VisitorFile};
use crate::chat::language::Language;
use crate::chat::texts::{self as chat_texts, staff};
use crate::chat::turn::{Chat, NotPassedOn, TurnOutcome};
use crate::hours::calendar::{Hours, Opening};
use crate::hours::sentence;
use crate::web::outbox::Outbox;
use crate::web::texts::{self, OwnTexts};

/// One wait for what a person writes, and the pause after one that failed.
const LISTEN_SECONDS: u64 = 20;
const LISTEN_AGAIN: Duration = Duration::from_secs(2);
/// The pause before a conversation is stored again, where replicas share it and the store failed.
const STORE_AGAIN: Duration = Duration::from_secs(2);
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
            let answered = async {
                tokio::select! {
                    () = answering.answer_all(&visit, chat) => {}
                    () = replicated::renew(&visit) => {}
                }
            };
            let answered = AssertUnwindSafe(answered).catch_unwind().await;
            visit.is_left();
            if answered.is_err() {
                error!("A conversation of the chat page ended by a defect; its visitor is told so.");
                let told = if visit.is_of_staff() { staff::CANNOT_NOW } else { chat_texts::CANNOT_NOW };
                answering.say(&visit, Reply::text(told.in_language(visit.language())));
                replicated::give_up(&visit).await;
                answering.report_untold(&visit);
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
            if !visit.is_own() {
                return;
            }
            if let Some(incoming) = visit.next_waiting() {
                self.answer(visit, &mut chat, &incoming).await;
                visit.is_collected(&chat);
                self.keep(visit).await;
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
                    Some(heard) => {
                        self.hear(visit, &chat, heard);
                        if visit.is_collected(&chat) {
                            self.keep(visit).await;
                        }
                    }
                    None => sleep(LISTEN_AGAIN).await,
                },
                _changed = changes.changed() => {}
                () = self.stop.cancelled() => return replicated::release(visit).await,
            }
        }
    }

    /// Has what was said so far shown, once it is stored where replicas share the conversation. Until then nobody sees it, so
    /// that a replica which takes over says nothing twice.
    async fn keep(&self, visit: &Visit) {
        while replicated::keep(visit).await == StoreOutcome::Failed {
            tokio::select! {
                () = sleep(STORE_AGAIN) => {}
                () = self.stop.cancelled() => return,
            }
        }
        self.report_untold(visit);
    }

    fn report_untold(&self, visit: &Visit) {
        visit.take_untold().into_iter().for_each(|told| self.report(visit, told));
    }

    async fn answer(&self, visit: &Visit, chat: &mut Chat, incoming: &Incoming) {
        match (visit.cut_off(), incoming) {
            (Some(CutOff::Unclear), Incoming::Text(text)) => {
                let reply = chat.leave_unclear(text);
                self.say(visit, reply);
                return self.settle(visit, chat, "visitor");
            }
            (Some(_), _) => chat.hear_again(),
            (None, _) => {}
        }
        match incoming {
            Incoming::Text(text) => self.answer_text(visit, chat, text).await,
            Incoming::Files(text, files) => self.pass_files_on(visit, chat, text, files).await,
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
            visit.change_own(|state| state.working = true);
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
        visit.collect();
        for said in heard.said {
            counter!("chat_messages_total", "from" => "person").increment(1);
            let (person, text) = (said.person.map(|name| clean(&name)), clean(&said.text));
            let files = said.files.iter().map(|name| clean(name)).collect();
            let said = VisitMessage { person, text, files, ..VisitMessage::default() };
            self.happened(visit, Happening::Message(From::Person, said, moment(self.now())));
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
        visit.change_own(|state| (state.with, state.person) = (With::Person, person.clone()));
        self.happened(visit, Happening::Other(ConversationEvent::Assigned(person)));
    }

    /// Has the state say who answers now. `by` is whoever ended it, if a person has it no more.
    fn settle(&self, visit: &Visit, chat: &Chat, by: &'static str) {
        let before = visit.state().with;
        let (language, is_with_person) = (visit.language(), chat.is_with_person());
        let hours = self.hours(language);
        visit.change_own(|state| {
            state.working = false;
            state.hours = hours;
            match (is_with_person, state.with) {
                (true, With::Desk) => state.with = With::Waiting,
                (true, _) => {}
                (false, _) => (state.with, state.person) = (With::Desk, None),
            }
        });
        if before != With::Desk && !is_with_person {
            self.happened(visit, Happening::Other(ConversationEvent::Closed(by)));
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
        self.happened(visit, Happening::Message(From::Desk, said, moment(self.now())));
    }

    fn happened(&self, visit: &Visit, happening: Happening) {
        if let Some(told) = visit.happened(happening) {
            self.report(visit, told);
        }
    }

    fn report(&self, visit: &Visit, told: ConversationEvent) {
        if let Some(outbox) = &self.outbox {
            outbox.put(visit, &told, self.now());
        }
    }

    /// Accepts a message, and answers it.
    ///
    /// # Errors
    /// [`NotAccepted`]; nothing of the message is kept.
    pub async fn accept(
        &self,
        visit: &Arc<Visit>,
        said: VisitMessage,
        incoming: Incoming,
    ) -> Result<AcceptedMessage, NotAccepted> {
        let (answering, of) = (self.clone(), visit.clone());
        let accept = async move {
            let accepted = replicated::accept(&of, said, incoming, answering.now(), &answering.stop).await;
            // What another replica has left unanswered is answered even if this message was not accepted.
            answering.begin(&of);
            accepted
        };
        self.to_its_end(visit, accept).await.unwrap_or(Err(NotAccepted::NotStored))
    }

    /// Ends a conversation for every replica; false if the store cannot be used.
    pub async fn end_everywhere(&self, visit: &Arc<Visit>) -> bool {
        let (of, stop) = (visit.clone(), self.stop.clone());
        self.to_its_end(visit, async move { replicated::end(&of, &stop).await }).await.unwrap_or(false)
    }

    /// Shows what other replicas have stored in a conversation since, and goes on where none of them is alive to do so.
    pub async fn refresh(&self, visit: &Arc<Visit>) {
        if self.stop.is_cancelled() || visit.place().is_none() {
            return;
        }
        let (answering, of) = (self.clone(), visit.clone());
        let refresh = async move {
            if replicated::refresh(&of).await {
                answering.begin(&of);
            }
        };
        let _ = self.to_its_end(visit, refresh).await;
    }

    /// Does work on a conversation to its end, also when the visitor's connection breaks meanwhile: what is stored must be known
    /// here. `None` if it ended by a defect.
    async fn to_its_end<T: Send + 'static>(
        &self,
        visit: &Visit,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        match visit.place() {
            None => Some(work.await),
            Some(_) => self.tasks.spawn(work).await.ok(),
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
