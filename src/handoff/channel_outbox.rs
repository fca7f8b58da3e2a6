//! The customer's words on their way into a thread of the channel: each is published once, for HubSpot takes one message for
//! its id, and is looked for in the thread where a refusal does not tell what became of an earlier try.

use super::error::Error;
use super::note_outbox::{self, EQUAL_WITHIN};
use super::session::HandoffSession;
use super::ticket::TicketTexts;
use super::{customer, thread};
use crate::conversations::markup;
use crate::outbox::decision::{ArrivedMessage, Repeats, Resend};
use crate::outbox::lost_message::{self, LostMessage, ShownMessage, Side};
use crate::outbox::send_once::{self, NoteName, OutboxEntry, OutboxMessage, SendOutcome};
use crate::store::outbox::ReplyKind;
use crate::tool::{Ctx, digest};
use domain::id::ThreadId;
use domain::phone::Phone;
use hubspot_client::{NewChannelMessage, NewFile, PublishedMessage, Record, Sender, WriteKind};

const BY_ADDRESS: &str = "HS_EMAIL_ADDRESS";
const BY_NUMBER: &str = "HS_PHONE_NUMBER";
const BY_NOTHING: &str = "CHANNEL_SPECIFIC_OPAQUE_ID";
/// The sign between a session's outbox and the name of a message in it, which is also the end of its id in HubSpot.
const NAME: char = '#';

/// The name of a message within its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordsName {
    /// The first message.
    Opening,
    /// The caller's number: the same again is the same message.
    Number(String),
    /// None: equal words soon after are the same message.
    Counted,
}

/// A message for a person.
#[derive(Clone, Debug)]
pub struct ChannelWords {
    /// The name.
    pub name: WordsName,
    /// The text.
    pub text: String,
    /// A digest of the text and its files, by which equal messages are told.
    pub digest: String,
    /// The ids of uploaded files.
    pub file_ids: Vec<String>,
}

/// A message that HubSpot has.
#[derive(Clone, Debug)]
pub struct Published {
    /// HubSpot's id.
    pub id: String,
    /// The thread.
    pub thread: ThreadId,
    /// An earlier call had published it.
    pub already: bool,
}

/// The first message: what it is about, and the conversation so far.
pub fn opening(words: &TicketTexts) -> ChannelWords {
    let text = thread::opening(words);
    ChannelWords { name: WordsName::Opening, digest: digest::of(&text), text, file_ids: vec![] }
}

/// A digest of a message. Two photos without words are two messages.
pub fn digest_of(text: &str, files: &[NewFile]) -> String {
    let content = |file: &NewFile| format!("{} {}", file.name, digest::of_bytes(&file.content));
    let parts: Vec<String> = std::iter::once(text.to_owned()).chain(files.iter().map(content)).collect();
    digest::of(&parts.join("\0"))
}

/// Looks for a message that an earlier equal call has published.
pub async fn earlier(ctx: &Ctx, session: &HandoffSession, words: &ChannelWords) -> Result<Option<Published>, Error> {
    if session.is_pretended() {
        return Ok(None);
    }
    let publishing = Publishing { ctx, session, by: None, words };
    match send_once::earlier((&ctx.store, ctx.clock), &publishing.entry(), &publishing).await? {
        Some(outcome) => published(session, outcome),
        None => Ok(None),
    }
}

/// Publishes a message into the session's thread, unless an equal call has.
pub async fn publish(
    ctx: &Ctx,
    session: &HandoffSession,
    by: &Record,
    words: ChannelWords,
) -> Result<Published, Error> {
    let publishing = Publishing { ctx, session, by: Some(by), words: &words };
    let entry = publishing.entry();
    if !session.is_pretended() {
        let outcome = send_once::send_once((&ctx.store, ctx.clock), &entry, &publishing).await?;
        if let Some(published) = published(session, outcome)? {
            return Ok(published);
        }
    }
    // HubSpot has it, and tells its thread for the same id: of two equal starts at once, the second does not know it yet.
    let key = match &entry.name {
        NoteName::Given(key) | NoteName::Counted(key) => key,
    };
    let (id, sent) = publishing.send(key).await.map_err(Publishing::in_doubt)?;
    Ok(Published { id, thread: sent.thread, already: !session.is_pretended() })
}

/// The message with its thread; `None` if HubSpot has it and its thread is not known here.
fn published(session: &HandoffSession, outcome: SendOutcome<PublishedMessage>) -> Result<Option<Published>, Error> {
    match outcome {
        SendOutcome::Sent(PublishedMessage { id, thread }) => Ok(Some(Published { id, thread, already: false })),
        SendOutcome::Before { message: id, .. } => {
            let thread = session.row.place.parse().ok();
            Ok(thread.map(|thread| Published { id, thread, already: true }))
        }
        SendOutcome::Unknown | SendOutcome::Lost => {
            Err(hubspot_client::Error::OutcomeUnknown { write: WriteKind::ChannelMessage, refusal: None }.into())
        }
    }
}

/// A message on its way into its thread.
struct Publishing<'a> {
    ctx: &'a Ctx,
    session: &'a HandoffSession,
    /// The customer; `None` where it is only looked for.
    by: Option<&'a Record>,
    words: &'a ChannelWords,
}

impl Publishing<'_> {
    /// By its number it is the same for ever; without one its words tell.
    fn entry(&self) -> OutboxEntry {
        let outbox = note_outbox::outbox_of(&self.session.row.id);
        let named = |name: String| format!("{outbox}{NAME}{name}");
        let (name, repeats) = match &self.words.name {
            WordsName::Opening => (NoteName::Given(named("start".to_owned())), Repeats::Always),
            WordsName::Number(number) => {
                (NoteName::Given(named(format!("number/{}", digest::short(number)))), Repeats::Always)
            }
            WordsName::Counted => {
                let beginning = named(format!("words/{}", &self.words.digest[..16]));
                (NoteName::Counted(beginning), Repeats::Within(EQUAL_WITHIN))
            }
        };
        OutboxEntry {
            name,
            thread: outbox,
            contact: self.session.row.contact.clone(),
            fence: None,
            kind: ReplyKind::Message,
            digest: self.words.digest.clone(),
            repeats,
            resend: Resend::ById,
        }
    }

    async fn message(&self, key: &str) -> Result<NewChannelMessage, Error> {
        let channel = self.ctx.store.handoff_channel().await?.and_then(|channel| channel.channel);
        let account = self.ctx.store.handoff_accounts().await?.into_iter().next();
        let (Some(channel_id), Some(account), Some(by)) = (channel, account, self.by) else {
            return Err(Error::ChannelMissing);
        };
        let thread = thread_of(self.session);
        let name = key.rsplit_once(NAME).map_or(key, |(_, name)| name);
        Ok(NewChannelMessage {
            channel_id,
            account_id: account.account,
            account_identifier: account.identifier,
            idempotency_id: format!("{thread}/{name}"),
            rich_text: Some(markup::rich(&self.words.text)),
            text: self.words.text.clone(),
            file_ids: self.words.file_ids.clone(),
            customer: sender(by, &thread),
            is_from_customer: true,
            contact: customer::contact_id(by),
            thread,
        })
    }
}

impl OutboxMessage for Publishing<'_> {
    type Sent = PublishedMessage;
    type Error = Error;

    /// The customer's messages in the thread with the same words and as many files. Before the thread is known nothing can be
    /// looked for.
    async fn arrived(&self) -> Result<Vec<ArrivedMessage>, Error> {
        let Ok(thread) = self.session.row.place.parse::<ThreadId>() else { return Ok(vec![]) };
        let ours = self.ctx.store.own_message_ids(&note_outbox::outbox_of(&self.session.row.id)).await?;
        let page = self.ctx.hubspot.conversations().messages(&thread).await?;
        let lost = LostMessage {
            kind: ReplyKind::Message,
            side: Side::Customer,
            sender: None,
            words: &lost_message::digest_of(&self.words.text),
            files: Some(self.words.file_ids.len()),
        };
        Ok(lost_message::arrived(lost, page.messages.iter().filter_map(ShownMessage::of), &ours))
    }

    async fn send(&self, key: &str) -> Result<(String, PublishedMessage), Error> {
        let message = self.message(key).await?;
        let published = self.ctx.hubspot.custom_channels().publish(message).await.map_err(of_channel)?;
        Ok((published.id.clone(), published))
    }

    fn is_unclear(error: &Error) -> bool {
        error.may_be_made()
    }

    fn in_doubt(refusal: Error) -> Error {
        refusal.in_doubt(WriteKind::ChannelMessage)
    }
}

/// The id by which HubSpot keeps the messages of a session together. It tells nothing of the session's own id, by which it
/// is read.
fn thread_of(session: &HandoffSession) -> String {
    format!("handoff-{}", &digest::of(&session.row.id)[..32])
}

/// The customer as HubSpot finds them: by address, else by a whole number, else by nothing. Pure.
fn sender(by: &Record, thread: &str) -> Sender {
    let number = ["phone", "mobilephone"].iter().find_map(|name| international(by.get(name)?));
    let (kind, value) = match (by.get("email"), number) {
        (Some(address), _) => (BY_ADDRESS, address.to_owned()),
        (None, Some(number)) => (BY_NUMBER, number),
        (None, None) => (BY_NOTHING, thread.to_owned()),
    };
    Sender { name: Some(customer::name_of(by)).filter(|name| !name.is_empty()), kind, value }
}

/// A number in the form of E.164; `None` for one without its country.
fn international(text: &str) -> Option<String> {
    Phone::parse(text).ok()?;
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    text.trim().starts_with('+').then(|| format!("+{digits}"))
}

/// A channel or an account that is gone is mended by its set-up.
fn of_channel(error: hubspot_client::Error) -> Error {
    match error {
        hubspot_client::Error::NotFound => Error::ChannelMissing,
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::RecordId;

    #[test]
    fn a_customer_is_found_by_address_or_number() {
        let record = |email: &str, phone: &str| Record {
            id: RecordId::from(7),
            properties: [("email", email), ("phone", phone)]
                .map(|(name, value)| (name.to_owned(), Some(value.to_owned())))
                .into(),
            created_at: None,
            updated_at: None,
            archived: false,
            url: None,
        };
        for (email, phone, kind, value) in [
            ("ada@acme.example", "+1 702 555 0143", BY_ADDRESS, "ada@acme.example"),
            ("", "+1 (702) 555-0143", BY_NUMBER, "+17025550143"),
            ("", "702 555 0143", BY_NOTHING, "handoff-1"),
            ("", "", BY_NOTHING, "handoff-1"),
        ] {
            let sender = sender(&record(email, phone), "handoff-1");
            assert_eq!((sender.kind, sender.value.as_str()), (kind, value), "{email} {phone}");
        }
    }
}
