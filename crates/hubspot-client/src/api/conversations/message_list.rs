//! The messages of a thread, page by page: the newest are always among them, however long it is.
//!
//! HubSpot documents ascending lists, shows a descending one, and takes a `sort` whose values it does not name. So the first
//! page decides: a descending one has the newest. Of an ascending list that is longer than is kept, the newest are asked for
//! by `sort`; where HubSpot does not take that, the list is read on to its end, and its beginning is dropped.

use serde_json::Value;

use super::message::Message;
use super::path;
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::paging;
use crate::transport::request::ApiRequest;
use domain::id::ThreadId;

/// The size of a page.
const PAGE_SIZE: &str = "500";
/// The most pages from the oldest message on, before the newest are asked for.
const PAGES_MAX: usize = 4;
/// The most pages from the newest message back.
const NEWEST_PAGES_MAX: usize = 2;
/// The most pages of one thread at all, where it is read to its end.
const PAGES_TO_THE_END_MAX: usize = 20;
/// The most messages that are kept, the newest.
const KEPT_MAX: usize = 2_000;
/// The order that has the newest first.
const NEWEST_FIRST: &str = "-createdAt";

/// The messages of a thread, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages that were read, without a gap.
    pub messages: Vec<Message>,
    /// The thread has no others.
    pub is_complete: bool,
    /// It has newer ones: HubSpot could not be asked for them. Else those that are missing are older.
    pub lacks_newest: bool,
}

/// One way through the pages of a list.
struct Walk<'a> {
    scope: &'a CallScope,
    first: ApiRequest,
    next: Option<ApiRequest>,
    pages: usize,
}

/// Reads the messages of a thread.
pub(super) async fn list(scope: &CallScope, thread: &ThreadId) -> Result<MessagePage, Error> {
    let first = ApiRequest::get(path::FAMILY, path::thread(scope, thread, "/messages")).with("limit", PAGE_SIZE);
    let mut walk = Walk::from(scope, first.clone());
    let mut messages = walk.page().await?;
    if is_newest_first(&messages) {
        return Ok(of_newest(messages, walk.is_at_end()));
    }
    walk.read_on(&mut messages, PAGES_MAX).await?;
    if walk.is_at_end() {
        return Ok(of_oldest(messages, true));
    }
    if let Some(newest) = newest(scope, first.with("sort", NEWEST_FIRST)).await? {
        return Ok(newest);
    }
    walk.read_on(&mut messages, PAGES_TO_THE_END_MAX).await?;
    Ok(of_oldest(messages, walk.is_at_end()))
}

/// The newest messages of a long thread; `None` where HubSpot does not take the order.
async fn newest(scope: &CallScope, first: ApiRequest) -> Result<Option<MessagePage>, Error> {
    let mut walk = Walk::from(scope, first);
    let mut messages = match walk.page().await {
        Ok(messages) => messages,
        Err(Error::Rejected { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !is_newest_first(&messages) {
        return Ok(None);
    }
    walk.read_on(&mut messages, NEWEST_PAGES_MAX).await?;
    Ok(Some(of_newest(messages, walk.is_at_end())))
}

/// A list that began with the newest message.
fn of_newest(mut messages: Vec<Message>, is_complete: bool) -> MessagePage {
    // Turned before they are sorted: messages of one millisecond keep their order.
    messages.reverse();
    sorted(messages, is_complete, false)
}

/// A list that began with the oldest message. Of a long one the newest are kept.
fn of_oldest(mut messages: Vec<Message>, is_at_end: bool) -> MessagePage {
    let dropped = messages.len().saturating_sub(KEPT_MAX);
    messages.drain(..dropped);
    sorted(messages, is_at_end && dropped == 0, !is_at_end)
}

fn sorted(mut messages: Vec<Message>, is_complete: bool, lacks_newest: bool) -> MessagePage {
    messages.sort_by_key(|message| message.created_at);
    MessagePage { messages, is_complete, lacks_newest }
}

impl<'a> Walk<'a> {
    fn from(scope: &'a CallScope, first: ApiRequest) -> Walk<'a> {
        Walk { scope, next: Some(first.clone()), first, pages: 0 }
    }

    fn is_at_end(&self) -> bool {
        self.next.is_none()
    }

    /// The next page; nothing at the end.
    async fn page(&mut self) -> Result<Vec<Message>, Error> {
        let Some(request) = self.next.take() else { return Ok(vec![]) };
        let answer = self.scope.send(Bucket::General, &request).await?;
        self.pages += 1;
        self.next = paging::after(&answer).map(|after| self.first.clone().with("after", &after));
        Ok(read_page(&answer)?)
    }

    /// Reads on until so many pages are read, or to the end.
    async fn read_on(&mut self, messages: &mut Vec<Message>, pages_max: usize) -> Result<(), Error> {
        while self.pages < pages_max && !self.is_at_end() {
            messages.extend(self.page().await?);
        }
        Ok(())
    }
}

fn read_page(answer: &Value) -> Result<Vec<Message>, AttemptError> {
    let results = answer["results"].as_array().ok_or_else(|| AttemptError::unreadable("it has no list of results"))?;
    results.iter().map(Message::read).collect()
}

fn is_newest_first(page: &[Message]) -> bool {
    let at = |message: Option<&Message>| message.and_then(|message| message.created_at);
    at(page.first()) > at(page.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(seconds: impl Iterator<Item = i64>) -> Vec<Message> {
        let message =
            |second| Message { created_at: chrono::DateTime::from_timestamp(second, 0), ..Message::pretended() };
        seconds.map(message).collect()
    }

    #[test]
    fn what_is_missing_of_a_long_thread_is_named() {
        let kept = KEPT_MAX as i64;
        for (count, is_at_end, expected) in [
            (3, true, (3, true, false)),
            (kept, true, (kept, true, false)),
            (kept + 1, true, (kept, false, false)),
            (kept + 1, false, (kept, false, true)),
        ] {
            let page = of_oldest(messages(0..count), is_at_end);
            let found = (page.messages.len() as i64, page.is_complete, page.lacks_newest);
            assert_eq!(found, expected, "{count} {is_at_end}");
            assert_eq!(page.messages.last().unwrap().created_at.unwrap().timestamp(), count - 1, "the newest are kept");
        }
        let page = of_newest(messages((5..8).rev()), false);
        assert_eq!((page.messages[0].created_at.unwrap().timestamp(), page.is_complete), (5, false));
        assert!(!page.lacks_newest);
    }
}
