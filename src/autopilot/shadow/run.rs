//! Runs over closed conversations. It reads, and asks brains whose tools change nothing; it neither sends nor remembers.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use tokio::time::sleep;

use super::episodes::{self, Episode};
use super::report::{RehearsalReport, RehearsedMessage, SaidByOthers};
use crate::autopilot::decide::{self, AutopilotDecision, Decided, InboxSituation, Mode};
use crate::autopilot::failed::Failed;
use crate::autopilot::load::{self, LoadedConversation};
use crate::autopilot::memory::ConversationMemory;
use crate::autopilot::pilot::Autopilot;
use crate::autopilot::reason::HandOverReason;
use crate::autopilot::settings::{InboxSettings, TextKind};
use crate::autopilot::{history, say, texts};
use domain::id::ThreadId;
use domain::unix_ms::millis;
use hubspot_client::{Error as HubSpotError, Inbox, Thread, ThreadStatus};

/// The most pages of five hundred conversations that are listed of one inbox.
const PAGES_MAX: usize = 20;
/// The times that a request is made again which HubSpot's limits refused.
const AGAIN_MAX: usize = 3;

/// The conversations that are meant.
#[derive(Clone, Debug)]
pub struct RehearsalScope {
    /// Those in which something was written within this time.
    pub since: Duration,
    /// The inboxes, by id or name; all of them if none is named.
    pub inboxes: Vec<String>,
    /// The most conversations, the newest.
    pub limit: usize,
}

/// A rehearsal that could not be held.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RehearsalError {
    /// An inbox that is not there.
    #[error("there is no inbox `{wanted}`; there are {known}")]
    UnknownInbox {
        /// As it was asked for.
        wanted: String,
        /// The inboxes of the account.
        known: String,
    },
    /// HubSpot or the store.
    #[error(transparent)]
    Failed(#[from] Failed),
}

impl From<HubSpotError> for RehearsalError {
    fn from(error: HubSpotError) -> RehearsalError {
        RehearsalError::Failed(error.into())
    }
}

impl Autopilot {
    /// Looks at closed conversations as if the autopilot had had them. The server of its desks keeps sessions in a store of its
    /// own, and its HubSpot client sends no writes: that is the caller's part.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub async fn rehearse(&self, scope: &RehearsalScope) -> Result<RehearsalReport, RehearsalError> {
        let (threads, has_more) = self.closed(scope).await?;
        let mut report = RehearsalReport { conversations: threads.len(), has_more, ..RehearsalReport::default() };
        for (thread, inbox) in &threads {
            // One conversation that cannot be read, or answered, says nothing of the others.
            if let Err(failed) = self.rehearse_thread(thread, inbox, &mut report.messages).await {
                report.messages.push(RehearsedMessage::failed(thread.as_str(), &failed.to_string()));
            }
        }
        Ok(report.counted())
    }

    async fn rehearse_thread(
        &self,
        thread: &ThreadId,
        inbox: &InboxSettings,
        messages: &mut Vec<RehearsedMessage>,
    ) -> Result<(), Failed> {
        let ours = self.own_messages(thread.as_str()).await?;
        let read = self.patiently(async || load::first(&self.step(), thread, &ours).await).await?;
        let Some(seen) = read else { return Ok(()) };
        for episode in episodes::of(&seen.entries, &self.settings.rules) {
            let spent: u64 = messages.iter().map(|message| message.tokens).sum();
            messages.push(self.rehearse_episode(&seen, &episode, inbox, spent).await?);
        }
        Ok(())
    }

    /// The closed conversations that are meant, the newest first, with the choices of their inboxes. `true` if there are more.
    async fn closed(&self, scope: &RehearsalScope) -> Result<(Vec<(ThreadId, InboxSettings)>, bool), RehearsalError> {
        let all = self.patiently(async || self.step().hubspot.conversations().inboxes().await).await?;
        let age = TimeDelta::from_std(scope.since).unwrap_or(TimeDelta::MAX);
        let since = self.ctx().clock.now().checked_sub_signed(age).unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
        let mut found: Vec<(Thread, InboxSettings)> = vec![];
        for inbox in wanted(&all, &scope.inboxes)? {
            let choices = self.settings.inbox(&inbox.id, &inbox.name);
            let list = async || self.step().hubspot.conversations().changed_threads(&inbox.id, since, PAGES_MAX).await;
            let (threads, _) = self.patiently(list).await?;
            let closed = threads.into_iter().filter(|one| one.status == ThreadStatus::Closed && !one.is_archived);
            found.extend(closed.map(|thread| (thread, choices.clone())));
        }
        found.sort_by_key(|(thread, _)| std::cmp::Reverse(thread.latest_at));
        let has_more = found.len() > scope.limit;
        found.truncate(scope.limit);
        Ok((found.into_iter().map(|(thread, inbox)| (thread.id, inbox)).collect(), has_more))
    }

    /// Reads, and waits where HubSpot's limits leave nothing to what is not urgent.
    async fn patiently<T>(&self, read: impl AsyncFn() -> Result<T, HubSpotError>) -> Result<T, HubSpotError> {
        for _ in 0..AGAIN_MAX {
            match read().await {
                Err(error @ HubSpotError::RateLimited { .. }) => sleep(self.pause_after(&error)).await,
                done => {
                    self.succeeded();
                    return done;
                }
            }
        }
        read().await
    }

    async fn rehearse_episode(
        &self,
        seen: &LoadedConversation,
        episode: &Episode,
        inbox: &InboxSettings,
        spent: u64,
    ) -> Result<RehearsedMessage, Failed> {
        let decided = self.decide_then(seen, episode, inbox);
        let first = decided.pending.first().and_then(|place| episode.entries.get(*place));
        let at = first.and_then(|entry| DateTime::<Utc>::from_timestamp_millis(entry.at_ms)).unwrap_or_default();
        let people = episode.people.iter().map(|(by, text)| SaidByOthers { by, text: text.clone() });
        let message = RehearsedMessage {
            conversation_id: seen.thread.id.to_string(),
            inbox: seen.thread.inbox_id.clone(),
            at: at.to_rfc3339_opts(SecondsFormat::Secs, true),
            customer: episode.customer.clone(),
            people: people.collect(),
            outcome: "ignored",
            ..RehearsedMessage::default()
        };
        let limit = self.settings.rules.tokens_per_day;
        Ok(match decided.decision {
            AutopilotDecision::Nothing(why) => RehearsedMessage { reason: why.name(), ..message },
            AutopilotDecision::Silent(why) => RehearsedMessage { outcome: "silent", reason: why.name(), ..message },
            AutopilotDecision::HandOver(why) => self.handed_over(seen, episode, &decided, why, message),
            AutopilotDecision::Files => {
                let language = self.language_then(episode, &decided);
                let text = texts::of(&self.settings, TextKind::Files, language).unwrap_or_default();
                RehearsedMessage { outcome: "answered", reason: "files", autopilot: text, ..message }
            }
            _ if limit > 0 && spent >= limit => {
                self.handed_over(seen, episode, &decided, HandOverReason::BudgetSpent, message)
            }
            _ => self.turn_then(seen, episode, inbox, &decided, message).await?,
        })
    }

    /// The decision at that time, as if nobody else had been there.
    fn decide_then(&self, seen: &LoadedConversation, episode: &Episode, inbox: &InboxSettings) -> Decided {
        let mut memory = ConversationMemory::default();
        if let Some((id, at_ms)) = &episode.handled {
            memory.note_handled(id, *at_ms);
        }
        let newest = episode.entries.last();
        let rules = &self.settings.rules;
        let is_mail = newest.and_then(|entry| entry.words()).is_some_and(|words| words.is_mail);
        let quiet = if is_mail { rules.mail.quiet } else { rules.chat.quiet };
        let waited = millis(quiet);
        decide::decide(&InboxSituation {
            entries: &episode.entries,
            assigned_to: None,
            is_spam: seen.thread.is_spam,
            mode: inbox.mode,
            memory: &memory,
            begun_ms: 0,
            has_handoff: false,
            is_last_attempt: false,
            rules,
            now_ms: newest.map_or(0, |entry| entry.at_ms).saturating_add(waited),
            is_second_look: false,
        })
    }

    fn handed_over(
        &self,
        seen: &LoadedConversation,
        episode: &Episode,
        decided: &Decided,
        why: HandOverReason,
        message: RehearsedMessage,
    ) -> RehearsedMessage {
        let (ctx, language) = (self.ctx(), self.language_then(episode, decided));
        let is_known = seen.thread.contact_id.is_some();
        let told = texts::handed_over(&self.settings, &ctx.hours, ctx.clock.now(), language, is_known);
        let said = [message.autopilot.clone(), told.filter(|_| why.tells_customer()).unwrap_or_default()];
        let said = said.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("\n\n");
        RehearsedMessage { outcome: "handed_over", reason: why.name(), autopilot: said, ..message }
    }

    fn language_then(&self, episode: &Episode, decided: &Decided) -> domain::language::Language {
        history::language(&episode.entries, decided.matter).unwrap_or(self.settings.language)
    }

    async fn turn_then(
        &self,
        seen: &LoadedConversation,
        episode: &Episode,
        inbox: &InboxSettings,
        decided: &Decided,
        message: RehearsedMessage,
    ) -> Result<RehearsedMessage, Failed> {
        let words =
            decided.pending.last().and_then(|place| episode.entries[*place].words()).cloned().unwrap_or_default();
        let mut chat = self.begin_chat(&seen.thread, &words, inbox, Mode::Draft).await?;
        chat.recall(&history::before(&episode.entries, decided.matter, &decided.pending));
        let asked = history::asked(&episode.entries, &decided.pending);
        let turn = chat.turn(&asked, &mut |_| ()).await;
        let said = say::of(&turn, chat.language());
        let message = RehearsedMessage {
            outcome: "answered",
            autopilot: said.text,
            unserved: said.unserved,
            tokens: said.tokens,
            ..message
        };
        Ok(match said.hand_over {
            Some(why) => self.handed_over(seen, episode, decided, why, message),
            None => message,
        })
    }
}

/// The inboxes that are named, or all of them.
fn wanted<'a>(all: &'a [Inbox], names: &[String]) -> Result<Vec<&'a Inbox>, RehearsalError> {
    if names.is_empty() {
        return Ok(all.iter().collect());
    }
    let known = || all.iter().map(|inbox| format!("`{}` ({})", inbox.name, inbox.id)).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        let wanted = name.trim().to_lowercase();
        let found = all.iter().find(|inbox| inbox.id == wanted || inbox.name.trim().to_lowercase() == wanted);
        found.ok_or_else(|| RehearsalError::UnknownInbox { wanted: name.clone(), known: known() })
    };
    names.iter().map(find).collect()
}
