//! Replies of people in HubSpot over a custom channel: if they may go, and that its app is told of them.

use super::capabilities::FileFacts;
use super::change::ChannelChangeKind;
use crate::model::conversations::channel::{self, ChannelId};
use crate::model::conversations::message::{Attachment, Direction};
use crate::model::portal::Portal;

/// Says that messages can be sent over a channel: one of HubSpot's own, or a custom one that takes them.
pub(crate) fn is_writable(portal: &Portal, id: ChannelId) -> bool {
    let takes = || portal.custom_channels.live(id).is_some_and(|one| one.capabilities.allow_outgoing_messages);
    channel::is_writable(id) || (channel::is_custom(id) && takes())
}

/// Checks that the files of a message can go over a channel; the error says why they cannot.
pub(crate) fn check(portal: &Portal, id: ChannelId, files: &[FileFacts<'_>]) -> Result<(), String> {
    let Some(channel) = portal.custom_channels.live(id).filter(|_| !files.is_empty()) else { return Ok(()) };
    if !channel.capabilities.outgoing_attachment_types.iter().any(|one| one == "FILE") {
        return Err("The channel allows no files in messages to the visitor".to_owned());
    }
    channel.capabilities.refused_files(files).map_or(Ok(()), Err)
}

/// Does the same for attachments that are files of the account already.
pub(crate) fn check_files(portal: &Portal, id: ChannelId, attachments: &[Attachment]) -> Result<(), String> {
    check(portal, id, &facts_of(portal, attachments))
}

/// Returns what capabilities are about of those attachments that are files.
pub(crate) fn facts_of<'a>(portal: &'a Portal, attachments: &[Attachment]) -> Vec<FileFacts<'a>> {
    let files = attachments.iter().filter_map(|one| match one {
        Attachment::File(id) => portal.files.get(*id),
        Attachment::Other(_) => None,
    });
    files.map(|file| FileFacts { media_type: &file.media_type, bytes: file.bytes.len() as u64 }).collect()
}

/// Tells the app of a custom channel of a message to the visitor. Comments and other channels are none of its business.
pub(crate) fn tell_channel(portal: &mut Portal, thread_id: u64, message_id: &str) {
    let message = portal.conversations.thread(thread_id).and_then(|thread| thread.message(message_id));
    let Some(sent) = message.and_then(|message| message.channel_message()) else { return };
    let channel_id = sent.channel_id;
    if sent.direction == Direction::Outgoing && channel::is_custom(channel_id) {
        let message_id = message_id.to_owned();
        portal.tell_channel(channel_id, ChannelChangeKind::Message { thread_id, message_id });
    }
}
