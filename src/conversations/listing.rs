//! Lists of conversations: which requests find them, which of them fit, and in which order.
//!
//! HubSpot lists the oldest first and takes few filters, so a list reads a window of time in a few requests and chooses
//! here. What it did not look at, it says.

use chrono::{DateTime, TimeDelta, Utc};

use super::error::Error;
use super::summary;
use crate::tool::Ctx;
use domain::id::{RecordId, ThreadId, UserId};
use hubspot_client::{Thread, ThreadQuery, ThreadStatus};

/// The most requests for the conversations of one list, of 500 each.
const PAGES_MAX: usize = 2;
/// The newest parts of a window that are read on their own, if the window has more than those requests return.
const NEWEST: [TimeDelta; 2] = [TimeDelta::days(1), TimeDelta::hours(1)];
/// The part of what was not read of a burst, its newest, that is read next.
const PART_OF_BURST: i32 = 4;

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Among {
    /// The conversations of a contact with these statuses.
    Contact(RecordId, Vec<ThreadStatus>),
    /// Those of a ticket.
    Ticket(RecordId),
    /// Those of an inbox, or of all, in which something was written or changed since.
    Since(Option<String>, DateTime<Utc>),
}

/// The conversations that fit. An empty filter fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fits {
    /// Only those of an inbox.
    pub inbox: Option<String>,
    /// Only those with this status.
    pub status: Option<ThreadStatus>,
    /// Only those of this assignee.
    pub assignee: Option<Assignee>,
    /// Only those whose customer has waited since then, or longer.
    pub waiting_since: Option<DateTime<Utc>>,
}

/// A filter of assignees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// Assigned to nobody.
    Nobody,
    /// Assigned to this user.
    User(UserId),
}

/// The conversations that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationPage {
    /// All that were read.
    pub threads: Vec<Thread>,
    /// What was not looked at.
    pub left_out: Option<String>,
}

/// Reads the conversations, in at most four requests.
pub async fn read(ctx: &Ctx, among: &Among) -> Result<ConversationPage, Error> {
    match among {
        Among::Contact(id, statuses) => {
            let query =
                |status: &ThreadStatus| ThreadQuery { contact: Some((id.clone(), *status)), ..Default::default() };
            of_record(ctx, statuses.iter().map(query).collect()).await
        }
        Among::Ticket(id) => of_record(ctx, vec![ThreadQuery { ticket: Some(id.clone()), ..Default::default() }]).await,
        Among::Since(inbox, since) => within(ctx, inbox.clone(), *since).await,
    }
}

/// The conversations of a contact or a ticket; few have more than one request returns.
async fn of_record(ctx: &Ctx, queries: Vec<ThreadQuery>) -> Result<ConversationPage, Error> {
    let mut found = ConversationPage { threads: vec![], left_out: None };
    for query in queries {
        let (threads, has_more) = pages(ctx, query, 1).await?;
        found.threads.extend(threads);
        if has_more {
            found.left_out = Some("the newest conversations: there are more than are read at once".to_owned());
        }
    }
    Ok(found)
}

/// Reads the conversations that changed since an instant. HubSpot lists the oldest first, and the newest matter more: if
/// they are more than two pages, the last day and the last hour are read apart, and of a burst its newest part.
async fn within(ctx: &Ctx, inbox: Option<String>, since: DateTime<Utc>) -> Result<ConversationPage, Error> {
    let now = ctx.clock.now();
    let query = ThreadQuery { inbox, changed_since: Some(since), ..ThreadQuery::default() };
    let (mut threads, mut has_more) = pages(ctx, query.clone(), PAGES_MAX).await?;
    let mut read = vec![(since, last_of(&threads).filter(|_| has_more).unwrap_or(now))];
    // Nothing was found in the newest part: the rest is read on.
    let mut is_quiet = false;
    for length in NEWEST {
        if !has_more {
            break;
        }
        let newest = if is_quiet { end_of(&read, now) } else { begin_of_newest(&read, length, now) };
        let (last, more) = pages(ctx, ThreadQuery { changed_since: Some(newest), ..query.clone() }, 1).await?;
        is_quiet = last.is_empty() && end_of(&read, now) < newest;
        has_more = more || is_quiet;
        read.push((newest, last_of(&last).filter(|_| more).unwrap_or(now)));
        threads.retain(|thread| !last.iter().any(|other| other.id == thread.id));
        threads.extend(last);
    }
    let gaps = gaps(&read, now);
    let named = |(from, until): &(DateTime<Utc>, DateTime<Utc>)| {
        format!("between {} and {}", summary::moment(*from), summary::moment(*until))
    };
    let left_out = gaps.iter().map(named).collect::<Vec<_>>().join(", and ");
    Ok(ConversationPage {
        threads,
        left_out: (!gaps.is_empty()).then(|| format!("those that last changed {left_out}")),
    })
}

/// The begin of the next part that is read: so long before now, or, where that was read already, the newest part of what was
/// not. Pure.
fn begin_of_newest(read: &[(DateTime<Utc>, DateTime<Utc>)], length: TimeDelta, now: DateTime<Utc>) -> DateTime<Utc> {
    let until = end_of(read, now);
    if now - length > until { now - length } else { now - (now - until) / PART_OF_BURST }
}

/// The end of what was read without a gap to the newest part.
fn end_of(read: &[(DateTime<Utc>, DateTime<Utc>)], now: DateTime<Utc>) -> DateTime<Utc> {
    read.iter().map(|(_, until)| *until).filter(|until| *until < now).max().unwrap_or(now)
}

fn last_of(threads: &[Thread]) -> Option<DateTime<Utc>> {
    threads.iter().filter_map(|thread| thread.latest_at).max()
}

/// The times until now that none of these covers.
fn gaps(read: &[(DateTime<Utc>, DateTime<Utc>)], now: DateTime<Utc>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut read = read.to_vec();
    read.sort();
    let Some((mut covered, _)) = read.first().copied() else { return vec![] };
    let mut gaps = vec![];
    for (from, until) in read {
        if from > covered {
            gaps.push((covered, from));
        }
        covered = covered.max(until);
    }
    if covered < now {
        gaps.push((covered, now));
    }
    gaps
}

/// Reads up to so many pages; true if there are more.
async fn pages(ctx: &Ctx, mut query: ThreadQuery, pages_max: usize) -> Result<(Vec<Thread>, bool), Error> {
    let mut threads = vec![];
    for _ in 0..pages_max {
        let page = ctx.hubspot.conversations().threads(&query).await?;
        threads.extend(page.threads);
        match page.after {
            Some(after) => query.after = Some(after),
            None => return Ok((threads, false)),
        }
    }
    Ok((threads, true))
}

impl Fits {
    /// True for a conversation that fits.
    pub fn admits(&self, thread: &Thread) -> bool {
        let assigned = thread.assigned_to.as_ref();
        let is_assignee = match &self.assignee {
            None => true,
            Some(Assignee::Nobody) => assigned.is_none(),
            Some(Assignee::User(user)) => assigned.and_then(|id| id.user()).as_ref() == Some(user),
        };
        let waits = self
            .waiting_since
            .is_none_or(|limit| summary::waiting_since(thread).is_some_and(|since| since <= limit) && !thread.is_spam);
        let in_inbox = self.inbox.as_ref().is_none_or(|inbox| thread.inbox_id == *inbox);
        let has_status = self.status.is_none_or(|status| thread.status == status);
        !thread.is_archived && is_assignee && waits && in_inbox && has_status
    }
}

/// The place of a conversation in a list: with the latest first, or, of those who wait, the longest first.
pub type ConversationPosition = (i64, std::cmp::Reverse<u64>);

/// The place of a conversation.
pub fn position(thread: &Thread, longest_wait_first: bool) -> ConversationPosition {
    let at = |instant: Option<DateTime<Utc>>| instant.map_or(0, |at| at.timestamp_millis());
    let number = number(&thread.id);
    match longest_wait_first {
        true => (at(summary::waiting_since(thread)), std::cmp::Reverse(number)),
        false => (-at(thread.latest_at.or(thread.created_at)), std::cmp::Reverse(number)),
    }
}

fn number(id: &ThreadId) -> u64 {
    id.as_str().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::summary::tests::thread;
    use hubspot_client::ActorId;

    #[test]
    fn what_was_not_read_is_named() {
        let at = |hour: u32| -> DateTime<Utc> { format!("2026-11-22T{hour:02}:00:00Z").parse().unwrap() };
        for (read, expected) in [
            (vec![(at(1), at(20))], vec![]),
            (vec![(at(1), at(5))], vec![(at(5), at(20))]),
            (vec![(at(1), at(5)), (at(10), at(20))], vec![(at(5), at(10))]),
            (vec![(at(1), at(5)), (at(3), at(7)), (at(19), at(20))], vec![(at(7), at(19))]),
            (
                vec![(at(1), at(5)), (at(10), at(12)), (at(19), at(19))],
                vec![(at(5), at(10)), (at(12), at(19)), (at(19), at(20))],
            ),
        ] {
            assert_eq!(gaps(&read, at(20)), expected, "{read:?}");
        }
    }

    #[test]
    fn of_a_burst_the_newest_part_is_read() {
        let at = |minute: u32| -> DateTime<Utc> { format!("2026-11-22T15:{minute:02}:00Z").parse().unwrap() };
        let (hour, now) = (TimeDelta::hours(1), at(40));
        let before = at(0) - TimeDelta::days(14);
        for (until, expected) in
            [(at(0) - TimeDelta::days(2), now - hour), (at(0), at(30)), (at(36), at(39)), (now, now)]
        {
            assert_eq!(begin_of_newest(&[(before, until)], hour, now), expected, "{until}");
        }
    }

    #[test]
    fn filters_fit_together() {
        let assigned = Thread { assigned_to: Some(ActorId::new("A-7")), ..thread(Some(10), None) };
        let user = |id: u64| Fits { assignee: Some(Assignee::User(UserId::from(id))), ..Fits::default() };
        assert!(user(7).admits(&assigned) && !user(8).admits(&assigned) && !user(7).admits(&thread(Some(10), None)));
        let nobody = Fits { assignee: Some(Assignee::Nobody), ..Fits::default() };
        assert!(!nobody.admits(&assigned) && nobody.admits(&thread(Some(10), None)));
        let since = |text: &str| Fits { waiting_since: Some(text.parse().unwrap()), ..Fits::default() };
        assert!(since("2026-11-22T15:10:00Z").admits(&assigned) && !since("2026-11-22T15:09:00Z").admits(&assigned));
        assert!(!since("2026-11-22T16:00:00Z").admits(&thread(Some(10), Some(11))), "answered");
        let spam = Thread { is_spam: true, ..assigned.clone() };
        assert!(!since("2026-11-22T16:00:00Z").admits(&spam), "nobody has to answer spam");
        let closed = Fits { status: Some(ThreadStatus::Closed), ..Fits::default() };
        assert!(!closed.admits(&assigned) && Fits::default().admits(&assigned));
        assert!(!Fits::default().admits(&Thread { is_archived: true, ..assigned }));
    }

    #[test]
    fn the_latest_come_first_and_of_those_who_wait_the_longest() {
        let (older, newer) = (thread(Some(10), None), thread(Some(20), None));
        assert!(position(&newer, false) < position(&older, false));
        assert!(position(&older, true) < position(&newer, true));
    }
}
