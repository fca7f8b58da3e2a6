//! Begins the chat of a conversation: with the desk of its inbox, and what is believed of its customer.

use super::decide::Mode;
use super::entry::EntryText;
use super::pilot::{Autopilot, quota};
use super::settings::InboxSettings;
use crate::chat::desk::UnknownGraph;
use crate::chat::turn::Chat;
use crate::chat::visitor::Trust;
use crate::conversations::channel;
use crate::store::autopilot::caller;
use domain::email::Email;
use domain::id::RecordId;
use hubspot_client::Thread;

impl Autopilot {
    /// A chat with the sender of these words. The sender of a mail is believed where the operator says so; every other address
    /// is a claim.
    pub(super) async fn begin_chat(
        &self,
        thread: &Thread,
        words: &EntryText,
        inbox: &InboxSettings,
        mode: Mode,
    ) -> Result<Chat, UnknownGraph> {
        let is_mail = thread.channel_id == channel::EMAIL;
        let address = words.address.as_deref().and_then(|address| address.parse::<Email>().ok());
        let is_contact = |id: &RecordId| words.actor.as_deref() == Some(format!("V-{id}").as_str());
        let contact = thread.contact_id.clone().filter(is_contact);
        let trust = match (&address, contact) {
            (Some(address), Some(contact)) if is_mail && self.settings.believe_mail_senders => {
                Trust::Verified { contact, address: address.clone() }
            }
            _ => Trust::Claimed,
        };
        let desk = self.desks.of(inbox, mode).await?;
        let mut chat = desk.begin_elsewhere(&caller(thread.id.as_str()), trust, quota(), words.actor.as_deref());
        chat.speak(self.settings.language);
        if let Some(address) = address.filter(|_| words.is_mail) {
            chat.claim(address);
        }
        Ok(chat)
    }
}
