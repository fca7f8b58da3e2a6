//! The inboxes that a new account has, with their channel accounts. They have no threads.

use super::people::CREATED_MS;
use crate::model::conversations::channel::{ChannelAccount, ChannelId, DeliveryIdentifier, EMAIL, FORMS, LIVE_CHAT};
use crate::model::conversations::inbox::{Inbox, InboxType};

const INBOX: u64 = 948_000_000;
const HELP_DESK: u64 = 948_000_001;

/// The greeting of a live chat, as in HubSpot's own example.
const WELCOME: &str = "Got any questions? I'm happy to help.";

pub(crate) fn inboxes() -> Vec<Inbox> {
    vec![inbox(INBOX, "Inbox", InboxType::Inbox), inbox(HELP_DESK, "Help desk", InboxType::HelpDesk)]
}

fn inbox(id: u64, name: &str, inbox_type: InboxType) -> Inbox {
    let (name, created_ms) = (name.to_owned(), CREATED_MS);
    Inbox { id, name, inbox_type, created_ms, updated_ms: created_ms, archived: false }
}

pub(crate) fn accounts() -> Vec<ChannelAccount> {
    let mailbox =
        |account, address| ChannelAccount { delivery_identifier: Some(DeliveryIdentifier::email(address)), ..account };
    let chat = |account| ChannelAccount { welcome: Some(WELCOME.to_owned()), ..account };
    vec![
        chat(account(3_551_452_839, LIVE_CHAT, INBOX, "Website chat")),
        mailbox(account(3_551_452_842, EMAIL, INBOX, "Front desk"), "hello@richtech.example"),
        account(3_551_452_845, FORMS, INBOX, "Contact form"),
        chat(account(3_558_743_646, LIVE_CHAT, HELP_DESK, "Help chat")),
        mailbox(account(3_558_743_649, EMAIL, HELP_DESK, "Support"), "support@richtech.example"),
    ]
}

fn account(id: u64, channel_id: ChannelId, inbox_id: u64, name: &str) -> ChannelAccount {
    ChannelAccount {
        id,
        channel_id,
        inbox_id,
        name: name.to_owned(),
        active: true,
        authorized: true,
        archived: false,
        created_ms: CREATED_MS,
        delivery_identifier: None,
        welcome: None,
    }
}
