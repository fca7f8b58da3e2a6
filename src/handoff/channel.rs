//! A custom channel of HubSpot's help desk as the place of a hand-off: the customer's words are published into a thread, and
//! what a person answers there is told to the customer.

use super::error::Error;
use super::note_outbox;
use super::session::HandoffSession;
use super::ticket::TicketTexts;
use super::{customer, thread};
use crate::conversations::markup;
use crate::outbox::decision::is_open;
use crate::store::outbox::{NewReply, OutboxReply, ReplyEnd, ReplyKind};
use crate::tool::{Ctx, digest};
use domain::id::ThreadId;
use domain::phone::Phone;
use hubspot_client::{DeliveryStatus, NewChannelMessage, NewFile, PublishedMessage, Record, Sender};

/// Equal words within this time are one message, unless the caller numbers its messages.
#[expect(clippy::cast_possible_truncation, reason = "thirty seconds")]
const EQUAL_WITHIN_MS: i64 = note_outbox::EQUAL_WITHIN.as_millis() as i64;
/// Equal words within this time repeat a message of which nobody knows whether it arrived. Later they are said again: the
/// id of the first would let HubSpot drop them.
const UNCLEAR_WITHIN_MS: i64 = 10 * 60 * 1_000;
const BY_ADDRESS: &str = "HS_EMAIL_ADDRESS";
const BY_NUMBER: &str = "HS_PHONE_NUMBER";
const BY_NOTHING: &str = "CHANNEL_SPECIFIC_OPAQUE_ID";

/// A message for a person.
#[derive(Clone, Debug)]
pub struct ChannelWords {
    /// The name of the message within its session: the same again is the same message.
    pub name: String,
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

/// True if the channel is set up, as far as the store tells.
pub async fn is_set_up(ctx: &Ctx) -> bool {
    match ctx.store.handoff_channel().await {
        Ok(row) => row.is_some_and(|row| row.channel.is_some()),
        // A call says what is wrong with the store.
        Err(_) => true,
    }
}

/// The id by which HubSpot keeps the messages of a session together. It tells nothing of the session's own id, by which it
/// is read.
pub fn thread_of(session: &HandoffSession) -> String {
    format!("handoff-{}", &digest::of(&session.row.id)[..32])
}

/// The first message: what it is about, and the conversation so far.
pub fn opening(words: &TicketTexts) -> ChannelWords {
    let text = thread::opening(words);
    ChannelWords { name: "start".to_owned(), digest: digest::of(&text), text, file_ids: vec![] }
}

/// A digest of a message. Two photos without words are two messages.
pub fn digest_of(text: &str, files: &[NewFile]) -> String {
    let content = |file: &NewFile| format!("{} {}", file.name, digest::of_bytes(&file.content));
    let parts: Vec<String> = std::iter::once(text.to_owned()).chain(files.iter().map(content)).collect();
    digest::of(&parts.join("\0"))
}

/// The name of a message: by the caller's number, or by the digest of its words and how often they came before.
pub async fn name_of(ctx: &Ctx, session: &HandoffSession, number: Option<&str>, words: &str) -> Result<String, Error> {
    if let Some(number) = number {
        return Ok(format!("number/{}", digest::short(number)));
    }
    let now_ms = ctx.clock.now().timestamp_millis();
    let replies = ctx.store.replies(&note_outbox::outbox_of(&session.row.id)).await?;
    let equal: Vec<_> = replies.iter().filter(|reply| reply.digest == words).collect();
    let within_ms = |reply: &OutboxReply| if is_open(reply) { UNCLEAR_WITHIN_MS } else { EQUAL_WITHIN_MS };
    let open = equal.iter().find(|reply| now_ms - reply.begun_ms < within_ms(reply));
    Ok(match open {
        Some(reply) => reply.key.rsplit_once('#').map_or_else(String::new, |(_, name)| name.to_owned()),
        None => format!("words/{}/{}", &words[..16], equal.len()),
    })
}

/// Publishes a message into the session's thread. HubSpot takes it once for its id, so it may be repeated.
pub async fn publish(
    ctx: &Ctx,
    session: &HandoffSession,
    by: &Record,
    words: ChannelWords,
) -> Result<Published, Error> {
    let key = format!("{}#{}", note_outbox::outbox_of(&session.row.id), words.name);
    let before = if session.is_pretended() { None } else { noted(ctx, session, &key, &words.digest).await? };
    // Of two equal starts at once, the second does not know the thread yet: HubSpot tells it for the same message.
    if let (Some(id), Ok(thread)) = (before, session.row.place.parse()) {
        return Ok(Published { id, thread, already: true });
    }
    let message = message(ctx, session, by, words).await?;
    let published = ctx.hubspot.custom_channels().publish(message).await.map_err(of_channel);
    if !session.is_pretended() {
        let end = match &published {
            Ok(PublishedMessage { id, .. }) => ReplyEnd::Sent { message: id.clone() },
            Err(error) if error.is_refusal() => ReplyEnd::NotSent,
            Err(_) => ReplyEnd::Unclear,
        };
        if let Err(error) = ctx.store.end_reply(&key, end).await {
            tracing::warn!(%error, "The end of a message to the channel could not be noted; a repeat is the same one.");
        }
    }
    let PublishedMessage { id, thread } = published?;
    Ok(Published { id, thread, already: false })
}

/// Notes a message before it is published; its id, if it was.
async fn noted(ctx: &Ctx, session: &HandoffSession, key: &str, digest: &str) -> Result<Option<String>, Error> {
    let reply = NewReply {
        key: key.to_owned(),
        thread: note_outbox::outbox_of(&session.row.id),
        contact: session.row.contact.clone(),
        fence: None,
        kind: ReplyKind::Message,
        digest: digest.to_owned(),
    };
    match ctx.store.begin_reply(reply).await? {
        crate::store::outbox::OutboxBegin::Before(reply) => Ok(reply.message),
        _ => Ok(None),
    }
}

async fn message(
    ctx: &Ctx,
    session: &HandoffSession,
    by: &Record,
    words: ChannelWords,
) -> Result<NewChannelMessage, Error> {
    let channel = ctx.store.handoff_channel().await?.and_then(|channel| channel.channel);
    let account = ctx.store.handoff_accounts().await?.into_iter().next();
    let (Some(channel_id), Some(account)) = (channel, account) else { return Err(Error::ChannelMissing) };
    let thread = thread_of(session);
    Ok(NewChannelMessage {
        channel_id,
        account_id: account.account,
        account_identifier: account.identifier,
        idempotency_id: format!("{thread}/{}", words.name),
        rich_text: Some(markup::rich(&words.text)),
        text: words.text,
        file_ids: words.file_ids,
        customer: sender(by, &thread),
        is_from_customer: true,
        contact: Some(by.id.clone()),
        thread,
    })
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

/// Tells HubSpot that these messages were taken for the customer, or read. What fails is told again with the next read.
pub async fn tell_delivery(ctx: &Ctx, messages: &[String], status: &DeliveryStatus) -> bool {
    let Ok(Some(channel)) = ctx.store.handoff_channel().await.map(|row| row.and_then(|row| row.channel)) else {
        return false;
    };
    for message in messages {
        match ctx.hubspot.custom_channels().set_delivery(&channel, message, status).await {
            // A message that was deleted needs no state.
            Ok(()) | Err(hubspot_client::Error::NotFound) => {}
            Err(error) => {
                tracing::debug!(code = %error.code(), "HubSpot was not told what became of a message; it is told later.");
                return false;
            }
        }
    }
    true
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
