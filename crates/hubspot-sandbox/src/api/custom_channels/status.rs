//! The messages of a channel, and what became of those that its app delivered.

use serde::Deserialize;

use super::lookup;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::conversations::errors::not_found;
use crate::api::conversations::sent_content::not_set;
use crate::api::conversations::view::{self, Surroundings};
use crate::api::response::ApiResponse;
use crate::model::conversations::channel::ChannelId;
use crate::model::conversations::message::{Delivery, Direction, Message};
use crate::model::conversations::thread::Thread;
use crate::model::portal::Portal;

/// Characters of the reason of a failure.
const REASON_MAX: usize = 1_000;
const NO_REASON: &str = "The message could not be delivered";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusInput {
    status_type: Option<String>,
    error_message: Option<String>,
}

pub(super) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let channel_id = lookup::channel(portal, call)?.id;
    let (thread, message) = message(portal, channel_id, call.param("message_id"))?;
    Ok(ApiResponse::ok(view::message(message, Surroundings::of(portal, thread, call))))
}

pub(super) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let channel_id = lookup::channel(portal, call)?.id;
    let (thread, message) = message(portal, channel_id, call.param("message_id"))?;
    let (thread_id, message_id) = (thread.id, message.id.clone());
    if message.channel_message().is_none_or(|sent| sent.direction != Direction::Outgoing) {
        return Err(ApiError::invalid("Only messages to the visitor have a delivery status"));
    }
    let delivery = delivery(call.json()?)?;
    portal.conversations.change(thread_id, |thread| {
        let message = thread.messages.iter_mut().find(|message| message.id == message_id);
        message.into_iter().for_each(|one| one.change_channel_message(|sent| sent.delivery = delivery.clone()));
    });
    read(portal, call)
}

fn delivery(input: StatusInput) -> Result<Delivery, ApiError> {
    match input.status_type.as_deref() {
        Some("SENT") => Ok(Delivery::Sent),
        Some("READ") => Ok(Delivery::Read),
        Some("FAILED") => {
            let reason = input.error_message.unwrap_or_else(|| NO_REASON.to_owned());
            Ok(Delivery::Failed(reason.chars().take(REASON_MAX).collect()))
        }
        Some(other) => Err(ApiError::invalid(format!("statusType must be one of [SENT, FAILED, READ], not {other}"))),
        None => Err(not_set("statusType")),
    }
}

/// Finds a message of a channel.
fn message<'a>(portal: &'a Portal, channel: ChannelId, id: &str) -> Result<(&'a Thread, &'a Message), ApiError> {
    let threads = portal.conversations.threads().filter(|thread| thread.channel_id == channel && !thread.is_archived());
    let mut found = threads.filter_map(|thread| Some((thread, thread.message(id)?)));
    let found = found.find(|(_, message)| message.channel_message().is_some());
    found.ok_or_else(|| not_found("Message", id))
}
