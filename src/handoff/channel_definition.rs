//! The form of our channel: its name, and what it takes and shows.

use hubspot_client::{ChannelCapabilities, NewCustomChannel};

use super::channel_address::PathSecret;
use crate::events::public_url::PublicUrl;

/// The name of the channel and of its accounts, which people see beside a conversation.
pub const NAME: &str = "Front desk";

/// The kind of our own identifiers (HubSpot, custom channels).
const OPAQUE: &str = "CHANNEL_SPECIFIC_OPAQUE_ID";

/// The parts of rich text that become plain text without a loss of meaning.
const RICH_TEXT: [&str; 6] = ["BLOCKQUOTE", "BOLD", "HYPERLINK", "ITALIC", "LISTS", "UNDERLINE"];

/// The media types of files, both ways.
pub const FILE_TYPES: [&str; 7] =
    ["application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/csv", "text/plain"];

/// The most files of a message.
pub const FILES_MAX: u64 = 5;
/// The most bytes of one file, and of all files of a message.
pub const FILE_BYTES_MAX: u64 = 5 << 20;
/// The most bytes of all files of a message.
pub const TOTAL_BYTES_MAX: u64 = 10 << 20;

/// The channel as it is to be.
pub fn channel(server: &PublicUrl, secret: &PathSecret) -> NewCustomChannel {
    NewCustomChannel { name: NAME.to_owned(), webhook_url: secret.address(server), capabilities: capabilities() }
}

fn capabilities() -> ChannelCapabilities {
    let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    ChannelCapabilities {
        identifier_types: texts(&[OPAQUE]),
        rich_text: texts(&RICH_TEXT),
        allow_outgoing_messages: true,
        file_types: texts(&FILE_TYPES),
        files_max: FILES_MAX,
        file_bytes_max: FILE_BYTES_MAX,
        total_bytes_max: TOTAL_BYTES_MAX,
    }
}
