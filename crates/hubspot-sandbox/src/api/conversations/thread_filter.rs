//! The filters and the order of a list of threads, and the rules on which of them go together.

use crate::api::api_error::ApiError;
use crate::api::call::{ApiCall, unreadable_query};
use crate::assumptions::Assumptions;
use crate::clock::Ms;
use crate::model::conversations::status::Status;
use crate::model::conversations::thread::Thread;
use crate::model::property_value::parse_date_time;

const BY_ID: &str = "id";
const BY_LATEST_MESSAGE: &str = "latestMessageTimestamp";

/// The query of a list of threads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ThreadFilter {
    archived: bool,
    contact_id: Option<u64>,
    ticket_id: Option<u64>,
    inbox_id: Option<u64>,
    status: Option<Status>,
    /// Earliest time of the latest message.
    latest_from_ms: Option<Ms>,
    pub(super) order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    by_latest_message: bool,
    descending: bool,
}

/// The place of a thread in the order: the lower one comes first.
pub(super) type Place = (i64, i64);

impl ThreadFilter {
    /// Reads the query. Filters that HubSpot does not take together are an error.
    pub(super) fn of(call: &ApiCall, assumptions: Assumptions) -> Result<ThreadFilter, ApiError> {
        let inbox_ids = call.list("inboxId");
        let filter = ThreadFilter {
            archived: call.flag("archived"),
            contact_id: number(call, "associatedContactId")?,
            ticket_id: number(call, "associatedTicketId")?,
            inbox_id: inbox_ids.first().map(|id| id.parse().map_err(|_| unreadable_query("inboxId"))).transpose()?,
            status: status(call)?,
            latest_from_ms: latest_from(call, assumptions.latest_message_after_is_inclusive)?,
            order: Order::of(call)?,
        };
        filter.check(inbox_ids.len(), assumptions)?;
        Ok(filter)
    }

    fn check(&self, inboxes: usize, assumptions: Assumptions) -> Result<(), ApiError> {
        let by_contact = self.contact_id.is_some();
        let status_apart = by_contact != self.status.is_some() && assumptions.contact_and_status_filter_together;
        let rules = [
            (inboxes > 1, "Only one inboxId can be given"),
            (by_contact && self.inbox_id.is_some(), "associatedContactId cannot be used in conjunction with inboxId"),
            (status_apart && by_contact, "threadStatus must be provided together with associatedContactId"),
            (status_apart, "threadStatus can only be used together with associatedContactId"),
            (
                self.order.by_latest_message && self.latest_from_ms.is_none(),
                "latestMessageTimestampAfter is required when sorting by latestMessageTimestamp",
            ),
            (
                self.latest_from_ms.is_some() && !self.order.by_latest_message,
                "latestMessageTimestampAfter requires sorting by latestMessageTimestamp",
            ),
            (self.order.descending && !by_contact, "Results can be sorted in descending order only by contact"),
        ];
        rules.iter().find(|(broken, _)| *broken).map_or(Ok(()), |(_, message)| Err(ApiError::invalid(*message)))
    }

    pub(super) fn matches(&self, thread: &Thread, now_ms: Ms) -> bool {
        thread.is_archived() == self.archived
            && !thread.is_purged(now_ms)
            && self.contact_id.is_none_or(|id| thread.contact_id == id)
            && self.ticket_id.is_none_or(|id| thread.ticket_id == Some(id))
            && self.inbox_id.is_none_or(|id| thread.inbox_id == id)
            && self.status.is_none_or(|status| thread.status == status)
            && self.latest_from_ms.is_none_or(|from_ms| thread.latest_ms.is_some_and(|at_ms| at_ms >= from_ms))
    }
}

impl Order {
    fn of(call: &ApiCall) -> Result<Order, ApiError> {
        let text = call.query("sort").filter(|text| !text.is_empty()).unwrap_or(BY_ID);
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        match name {
            BY_ID => Ok(Order { by_latest_message: false, descending }),
            BY_LATEST_MESSAGE => Ok(Order { by_latest_message: true, descending }),
            other => Err(ApiError::invalid(format!("sort must be one of [id, latestMessageTimestamp], not {other}"))),
        }
    }

    /// Returns the place of a thread.
    pub(super) fn place(self, thread: &Thread) -> Place {
        let id = i64::try_from(thread.id).unwrap_or(i64::MAX);
        let (first, second) = if self.by_latest_message { (thread.latest_ms.unwrap_or(0), id) } else { (id, 0) };
        if self.descending { (-first, -second) } else { (first, second) }
    }
}

fn number(call: &ApiCall, name: &str) -> Result<Option<u64>, ApiError> {
    call.query(name).map(|text| text.parse().map_err(|_| unreadable_query(name))).transpose()
}

fn status(call: &ApiCall) -> Result<Option<Status>, ApiError> {
    let unknown = |text: &str| ApiError::invalid(format!("threadStatus must be one of [OPEN, CLOSED], not {text}"));
    call.query("threadStatus").map(|text| Status::named(text).ok_or_else(|| unknown(text))).transpose()
}

fn latest_from(call: &ApiCall, inclusive: bool) -> Result<Option<Ms>, ApiError> {
    let name = "latestMessageTimestampAfter";
    let after_ms = call.query(name).map(|text| parse_date_time(text).ok_or_else(|| unreadable_query(name)));
    Ok(after_ms.transpose()?.map(|ms| if inclusive { ms } else { ms.saturating_add(1) }))
}
