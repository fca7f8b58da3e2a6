//! The answer to a customer: a brain is asked, the conversation is looked at again, and the reply is sent or proposed.

use std::time::Duration;

use hubspot_client::{KeyLock, Readers};
use tokio::time::sleep;

use super::attempt::{Attempt, Next};
use super::decide::{AutopilotDecision, Decided, Mode};
use super::entry::{ThreadEntry, Who};
use super::failed::Failed;
use super::live::Live;
use super::load::LoadedConversation;
use super::outbox::{self, AnswerPart, Post, Posted};
use super::reason::{HandOverReason, Silence};
use super::record::{self, MessageOutcome};
use super::say::{self, Utterance};
use super::settings::TextKind;
use super::{history, texts, triggers};
use crate::conversations::error::Error as ConversationError;
use crate::conversations::resource;
use crate::store::Error as StoreError;
use crate::store::autopilot::counts::Unanswered;
use crate::tool::{Ctx, digest};
use domain::language::Language;

/// The times that a turn is made again because the customer has written more; then what was said is sent all the same.
const RERUNS_MAX: usize = 2;
/// The time after which a customer is told that the answer takes a moment.
const MOMENT_AFTER: Duration = Duration::from_secs(15);
/// The pause before a send whose answer was lost is looked for.
const UNCLEAR: Duration = Duration::from_secs(20);
/// The first line of a proposed reply.
const PROPOSED: &str = "Proposed reply (autopilot):";

impl Attempt<'_> {
    /// Answers the messages that wait.
    pub(super) async fn answer(&mut self, mut seen: LoadedConversation, mut decided: Decided) -> Result<Next, Failed> {
        self.claim.act();
        // What discarded turns have written is told with the last one.
        let mut earlier: Vec<Utterance> = vec![];
        for rerun in 0.. {
            let late = decided.decision == AutopilotDecision::Answer { late: true };
            let mode = if late { Mode::Draft } else { self.inbox.mode };
            let mut live = self.live(&seen, &decided, mode).await?;
            let trigger = trigger(&seen, &decided).id.clone();
            let said = self.said(&mut live, &seen, &decided, mode).await?;
            let ctx = self.step();
            let lock = ctx.hubspot.conversations().lock(&self.thread).await;
            let (now, again) = match self.look_again(&ctx, &seen).await {
                Ok(looked) => looked,
                Err(error) => {
                    self.put_back(live, Some((trigger, said)));
                    return Err(error);
                }
            };
            let has_more = again.pending.last().map(|place| now.entries[*place].id.as_str()) != Some(trigger.as_str());
            match again.decision {
                AutopilotDecision::Answer { .. } | AutopilotDecision::Files | AutopilotDecision::Wait(_)
                    if has_more && rerun < RERUNS_MAX =>
                {
                    self.put_back(live, None);
                    if !said.written.is_empty() {
                        earlier.push(said);
                    }
                    (seen, decided) = (now, again);
                }
                AutopilotDecision::Answer { .. } | AutopilotDecision::Files | AutopilotDecision::Wait(_) => {
                    let spoken = Spoken { trigger, said, earlier, mode, late };
                    return self.deliver(&ctx, live, now, &decided, spoken, lock).await;
                }
                AutopilotDecision::HandOver(reason) => {
                    drop(lock);
                    self.put_back(live, None);
                    let newest = again.pending.last().copied().unwrap_or_default();
                    let deeds = told(earlier.iter().chain([&said]));
                    return self.hand_over(&now, newest, reason, deeds).await;
                }
                AutopilotDecision::Silent(why) => {
                    let told = told(earlier.iter().chain([&said]));
                    return self.discard(&ctx, &now, &again, &trigger, why, told, lock).await;
                }
                AutopilotDecision::Nothing(_) | AutopilotDecision::GoOnHandingOver => {
                    let told = told(earlier.iter().chain([&said]));
                    return self.discard(&ctx, &now, &again, &trigger, Silence::PersonAtWork, told, lock).await;
                }
            }
        }
        Ok(Next::Done)
    }

    /// The conversation with its brain: the one of the last turn, or one that is made of what is remembered.
    async fn live(&mut self, seen: &LoadedConversation, decided: &Decided, mode: Mode) -> Result<Live, Failed> {
        let words = trigger(seen, decided).words().cloned().unwrap_or_default();
        let is_draft = mode != Mode::Reply;
        let is_new_matter = is_new_matter(seen, decided, self.memory.handled_ms);
        if is_new_matter {
            self.memory.session = None;
            self.memory.leads.begin_matter();
        }
        let kept = self.pilot.live.take(self.thread.as_str(), self.memory.handled.as_deref());
        let fits = |live: &Live| live.is_draft == is_draft && live.customer == words.actor && !is_new_matter;
        if let Some(live) = kept.filter(fits) {
            return Ok(live);
        }
        let mut chat = self.pilot.begin_chat(&seen.thread, &words, &self.inbox, mode).await?;
        // A session knows its customer: it goes on for nobody else who writes into the same conversation.
        if let Some(session) = self.memory.session.as_ref().filter(|_| self.memory.session_of == words.actor) {
            chat.resume(session);
        }
        Ok(Live { chat, is_draft, customer: words.actor, handled: self.memory.handled.clone(), prepared: None })
    }

    fn put_back(&self, mut live: Live, prepared: Option<(String, Utterance)>) {
        live.handled.clone_from(&self.memory.handled);
        live.prepared = prepared;
        self.pilot.live.put(self.thread.as_str(), live);
    }

    /// The words to be said: prepared before, a fixed text, or a turn of the brain.
    async fn said(
        &mut self,
        live: &mut Live,
        seen: &LoadedConversation,
        decided: &Decided,
        mode: Mode,
    ) -> Result<Utterance, Failed> {
        let trigger = trigger(seen, decided);
        if let Some((_, said)) = live.prepared.take().filter(|(of, _)| *of == trigger.id) {
            return Ok(said);
        }
        live.chat.recall(&history::before(&seen.entries, decided.matter, &decided.pending));
        let asked = history::asked(&seen.entries, &decided.pending);
        if decided.decision == AutopilotDecision::Files {
            let language = live.chat.language();
            let text = texts::of(&self.pilot.settings, TextKind::Files, language);
            let hand_over = text.is_none().then_some(HandOverReason::Failed);
            return Ok(Utterance { text: text.unwrap_or_default(), hand_over, brain: "fixed", ..Utterance::default() });
        }
        let language = live.chat.language();
        let mut ignore = |_: &crate::chat::brain::FinishedCall| {};
        let turn = {
            let mut turn = std::pin::pin!(live.chat.turn(&asked, &mut ignore));
            tokio::select! {
                biased;
                turn = &mut turn => turn,
                () = sleep(MOMENT_AFTER), if mode == Mode::Reply => {
                    let (turn, ()) = tokio::join!(turn, self.moment(seen, &trigger.id, language));
                    turn
                }
            }
        };
        self.pilot.watcher.tell(self.thread.as_str(), &asked, &turn);
        if say::lacks_store(&turn) {
            return Err(Failed::Store(StoreError::Failed("it did not answer in the middle of a turn".to_owned())));
        }
        let said = say::of(&turn, live.chat.language());
        self.note_turn(&said, live.chat.language(), seen, decided, &asked).await?;
        Ok(said)
    }

    async fn note_turn(
        &mut self,
        said: &Utterance,
        language: Language,
        seen: &LoadedConversation,
        decided: &Decided,
        asked: &str,
    ) -> Result<(), Failed> {
        self.memory.turns = self.memory.turns.saturating_add(1);
        self.memory.tokens = self.memory.tokens.saturating_add(said.tokens);
        self.memory.language = Some(language.code().to_owned());
        self.memory.note_written(said.written.iter().map(String::as_str));
        if said.session.is_some() {
            self.memory.session.clone_from(&said.session);
            self.memory.session_of = trigger(seen, decided).words().and_then(|words| words.actor.clone());
        }
        self.collect_leads(seen, decided.matter, &trigger(seen, decided).id, &decided.pending, &said.shown);
        let store = &self.pilot.ctx().store;
        record::tokens(store, &self.row.inbox, said.brain, said.tokens).await;
        if said.unserved && triggers::is_question(asked) {
            let question = Unanswered {
                digest: digest::of(&asked.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")),
                thread: self.row.thread.clone(),
                contact: self.row.contact.clone(),
                message: trigger(seen, decided).id.clone(),
                asked: 0,
                at_ms: 0,
            };
            store.note_unanswered(question).await?;
        }
        self.keep().await
    }

    /// Tells the customer that the answer takes a moment, once, and only while nobody else is at it. Without it nothing is
    /// lost, so a failure stops nothing.
    async fn moment(&self, seen: &LoadedConversation, trigger: &str, language: Language) {
        let Some(text) = texts::of(&self.pilot.settings, TextKind::OneMoment, language) else { return };
        let posted = async {
            let ctx = self.step();
            let lock = ctx.hubspot.conversations().lock(&self.thread).await;
            let (now, again) = self.look_again(&ctx, seen).await?;
            if !matches!(again.decision, AutopilotDecision::Answer { late: false }) {
                return Ok(());
            }
            let to = self.to_customer(&ctx, &now).await?;
            let post = Post { trigger, part: AnswerPart::Moment, to, text: &text, known: now.ids() };
            outbox::post(&ctx, &self.claim.get(), &now, post, lock).await?;
            Ok::<(), Failed>(())
        };
        if let Err(error) = posted.await {
            tracing::debug!("A customer could not be told that an answer takes a moment: {error}.");
        }
    }

    /// Sends the reply, or proposes it. The conversation was read under the lock.
    async fn deliver(
        &mut self,
        ctx: &Ctx,
        live: Live,
        now: LoadedConversation,
        decided: &Decided,
        spoken: Spoken,
        lock: KeyLock,
    ) -> Result<Next, Failed> {
        let trigger_place = now.entries.iter().position(|entry| entry.id == spoken.trigger).unwrap_or_default();
        if spoken.mode == Mode::Reply
            && let Some(reason) = spoken.said.hand_over
        {
            drop(lock);
            let text = spoken.text(None);
            self.put_back(live, None);
            return self.hand_over(&now, trigger_place, reason, text).await;
        }
        let language = live.chat.language();
        let introduction = is_first(&now.entries, decided.matter)
            .then(|| texts::of(&self.pilot.settings, TextKind::Introduction, language))
            .flatten();
        let text = spoken.text(introduction);
        let (to, text, outcome) = match self.readers(ctx, &now, spoken.mode).await {
            Ok(Readers::Customer(delivery)) => (Readers::Customer(delivery), text, MessageOutcome::Answered),
            Ok(Readers::Colleagues) => (Readers::Colleagues, proposed(&text, &spoken, None), MessageOutcome::Drafted),
            Err(Failed::Conversation(ConversationError::ChannelClosed { .. })) => {
                drop(lock);
                self.put_back(live, None);
                return self.hand_over(&now, trigger_place, HandOverReason::ChannelClosed, String::new()).await;
            }
            Err(Failed::Conversation(error)) => {
                (Readers::Colleagues, proposed(&text, &spoken, Some(&error)), MessageOutcome::Drafted)
            }
            Err(error) => {
                self.put_back(live, Some((spoken.trigger, spoken.said)));
                return Err(error);
            }
        };
        let post = Post { trigger: &spoken.trigger, part: AnswerPart::Reply, to, text: &text, known: now.ids() };
        match outbox::post(ctx, &self.claim.get(), &now, post, lock).await? {
            Posted::Sent(_) => {
                self.handled(&now, trigger_place);
                let first = decided.pending.first().copied().unwrap_or(trigger_place);
                let reason = if spoken.late { "late" } else { "" };
                self.conclude(outcome, reason, &now, first).await?;
                self.put_back(live, None);
                resource::announce(&ctx.changes, &self.thread);
                Ok(Next::Done)
            }
            Posted::Unclear => Ok(Next::Postpone(UNCLEAR)),
            Posted::Lost => Err(Failed::Lost),
            Posted::Refused(hubspot_client::Error::NotFound) => Err(Failed::Gone),
            Posted::Refused(_) => {
                self.put_back(live, None);
                self.hand_over(&now, trigger_place, HandOverReason::ChannelClosed, String::new()).await
            }
            Posted::NotSent(error) => {
                self.put_back(live, Some((spoken.trigger, spoken.said)));
                Err(error.into())
            }
        }
    }

    async fn readers(&self, ctx: &Ctx, now: &LoadedConversation, mode: Mode) -> Result<Readers, Failed> {
        match mode {
            Mode::Reply => self.to_customer(ctx, now).await,
            Mode::Draft | Mode::Off => Ok(Readers::Colleagues),
        }
    }

    /// Says nothing, because somebody else has come. What was done meanwhile is told to them.
    #[expect(clippy::too_many_arguments, reason = "each is a fact of the look that has just been made")]
    async fn discard(
        &mut self,
        ctx: &Ctx,
        now: &LoadedConversation,
        again: &Decided,
        trigger: &str,
        why: Silence,
        deeds: String,
        lock: KeyLock,
    ) -> Result<Next, Failed> {
        self.pilot.live.forget(self.thread.as_str());
        self.memory.session = None;
        self.memory.leads.leave();
        if !deeds.is_empty() {
            let text =
                format!("The autopilot has done this before a person came, and has not told the customer:\n\n{deeds}");
            let post =
                Post { trigger, part: AnswerPart::Deeds, to: Readers::Colleagues, text: &text, known: now.ids() };
            if let Posted::NotSent(error) = outbox::post(ctx, &self.claim.get(), now, post, lock).await? {
                return Err(error.into());
            }
        }
        let place = now.entries.iter().position(|entry| entry.id == trigger).unwrap_or_default();
        let newest = again.pending.last().copied().unwrap_or(place);
        self.handled(now, newest);
        self.conclude(MessageOutcome::Silent, why.name(), now, place).await?;
        Ok(Next::Done)
    }
}

/// The words to be said, and the message that they answer.
struct Spoken {
    trigger: String,
    said: Utterance,
    earlier: Vec<Utterance>,
    mode: Mode,
    late: bool,
}

impl Spoken {
    /// The whole text.
    fn text(&self, introduction: Option<String>) -> String {
        let earlier = self.earlier.iter().map(|said| said.text.clone());
        let parts = introduction.into_iter().chain(earlier).chain([self.said.text.clone()]);
        parts.filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("\n\n")
    }
}

/// A proposed reply as colleagues read it.
fn proposed(text: &str, spoken: &Spoken, refused: Option<&ConversationError>) -> String {
    let late = spoken.late.then(|| HandOverReason::Late.for_colleagues().to_owned());
    let hand_over = spoken.said.hand_over.map(|reason| format!("A person should go on: {}", reason.for_colleagues()));
    let refused = refused.map(|error| format!("It was not sent: {error}."));
    let notes = [late, hand_over, refused].into_iter().flatten();
    [PROPOSED.to_owned(), text.to_owned()]
        .into_iter()
        .chain(notes)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// The writes of turns, in the words in which the customer would have been told.
fn told<'a>(said: impl Iterator<Item = &'a Utterance>) -> String {
    said.filter(|said| !said.written.is_empty()).map(|said| said.text.clone()).collect::<Vec<_>>().join("\n\n")
}

/// The customer's newest message of those that wait.
fn trigger<'a>(seen: &'a LoadedConversation, decided: &Decided) -> &'a ThreadEntry {
    &seen.entries[decided.pending.last().copied().unwrap_or_default()]
}

/// True if nothing was said to the customer in this matter yet.
fn is_first(entries: &[ThreadEntry], matter: usize) -> bool {
    let since = entries.get(matter..).unwrap_or_default();
    !since.iter().any(|entry| entry.who == Who::Ours && entry.words().is_some())
}

/// True if the matter at hand began after the last message that was dealt with.
fn is_new_matter(seen: &LoadedConversation, decided: &Decided, handled_ms: i64) -> bool {
    decided.matter > 0 && seen.entries.get(decided.matter - 1).is_some_and(|entry| entry.at_ms >= handled_ms)
}
