//! The customer's next words, on their way to the person.

use super::channel_definition;
use super::channel_outbox::{self, ChannelWords, WordsName};
use super::error::Error;
use super::inputs::{self, RefusedInput};
use super::note_outbox::{self, Note};
use super::session::{self, HandoffSession, Way};
use super::session_poll;
use super::state::Phase;
use super::ticket;
use crate::conversations::files::{self, FileInput};
use crate::records::{excerpt, note};
use crate::tool::Ctx;
use hubspot_client::NewFile;

/// A message of the customer.
#[derive(Debug)]
pub struct RelayedMessage {
    /// The text.
    pub text: String,
    /// The files.
    pub files: Vec<FileInput>,
    /// The caller's number of the message.
    pub number: Option<String>,
}

/// A message that has reached HubSpot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// HubSpot's id of it.
    pub message: String,
    /// An earlier call has sent it.
    pub already: bool,
    /// HubSpot's answer was lost, and it was found to be there.
    pub recovered: bool,
    /// The files that were not passed on; the person is told of them too.
    pub refused: Vec<RefusedInput>,
}

/// Passes the words on, once.
pub async fn send(ctx: &Ctx, id: &str, words: RelayedMessage) -> Result<Sent, Error> {
    let session = session::load(ctx, id).await?;
    match session.state.phase {
        Phase::Ended => return Err(Error::Ended),
        Phase::Starting if !session.is_pretended() => return Err(Error::Starting),
        _ => {}
    }
    let sent = match session.way() {
        Way::Ticket => on_ticket(ctx, &session, words).await,
        Way::Conversation => Err(Error::CustomerWritesThere),
        Way::Channel => on_channel(ctx, &session, words).await,
    };
    match sent {
        Err(error) if error.is_refusal() && has_ended(ctx, &session).await => Err(Error::Ended),
        sent => sent,
    }
}

/// True if a look finds that the session has ended: its ticket or conversation may be gone.
async fn has_ended(ctx: &Ctx, session: &HandoffSession) -> bool {
    let looked = session_poll::at_one(ctx, &session.row.id).await;
    let now = session::again(ctx, &session.row.id).await;
    looked.is_ok() && now.is_ok_and(|session| session.is_none_or(|session| session.state.has_ended()))
}

async fn on_ticket(ctx: &Ctx, session: &HandoffSession, words: RelayedMessage) -> Result<Sent, Error> {
    let (taken, refused) = inputs::parted(words.files);
    let customer = ticket::customer_name(ctx, &session.row.contact).await;
    let mut new = Note {
        session: session.row.id.clone(),
        contact: session.row.contact.clone(),
        ticket: session.row.place.parse().map_err(|_| Error::Unknown)?,
        number: words.number,
        body: body(&customer, &words.text, &refused, taken.iter().map(|file| file.name.as_str())),
        file_ids: vec![],
    };
    // Before the files are stored a second time.
    let written = match note_outbox::earlier(ctx, &new).await? {
        Some(earlier) => earlier,
        None => {
            new.file_ids = files::upload(ctx, &taken).await?;
            note_outbox::write(ctx, new).await?
        }
    };
    let note_outbox::WrittenNote { id, already, recovered } = written;
    Ok(Sent { message: id, already, recovered, refused })
}

async fn on_channel(ctx: &Ctx, session: &HandoffSession, words: RelayedMessage) -> Result<Sent, Error> {
    let (mut taken, mut refused) = inputs::parted(words.files);
    refused.extend(taken.iter().filter(|file| !is_shown(file)).map(|file| RefusedInput {
        name: excerpt::line(&file.name),
        why: format!("the channel does not take files of the type {}", excerpt::line(&file.mime)),
    }));
    taken.retain(is_shown);
    let lost = refused.iter().map(|file| format!("[The file {} was not passed on: {}]", file.name, file.why));
    let lines: Vec<_> = std::iter::once(words.text.clone()).chain(lost).filter(|line| !line.is_empty()).collect();
    let text = lines.join("\n");
    let digest = channel_outbox::digest_of(&text, &taken);
    let name = words.number.map_or(WordsName::Counted, WordsName::Number);
    let mut words = ChannelWords { name, text, digest, file_ids: vec![] };
    // Before the files are stored a second time.
    let sent = match channel_outbox::earlier(ctx, session, &words).await? {
        Some(earlier) => earlier,
        None => {
            let by = ticket::customer(ctx, &session.row.contact).await?;
            words.file_ids = files::upload(ctx, &taken).await?;
            channel_outbox::publish(ctx, session, &by, words).await?
        }
    };
    Ok(Sent { message: sent.id, already: sent.already, recovered: false, refused })
}

/// True for a file of a type that the channel was made for.
fn is_shown(file: &NewFile) -> bool {
    channel_definition::FILE_TYPES.iter().any(|shown| file.mime.eq_ignore_ascii_case(shown))
}

/// The note that a person reads: pure. It begins with a head, so that no words of a customer stand where a mark would.
fn body<'a>(customer: &str, text: &str, refused: &[RefusedInput], files: impl Iterator<Item = &'a str>) -> String {
    let lost = refused.iter().map(|file| format!("[The file {} was not passed on: {}]", file.name, file.why));
    let files = files.map(|name| format!("[File: {name}]"));
    let lines: Vec<_> = std::iter::once(text.trim().to_owned()).chain(files).chain(lost).collect();
    let lines: Vec<_> = lines.iter().filter(|line| !line.is_empty()).map(|line| note::html(line)).collect();
    format!("{}<p>{}</p>", note::customer_head(customer), lines.join("<br>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handoff::mark;

    #[test]
    fn a_person_reads_who_wrote_what_and_which_file_is_missing() {
        let refused = [RefusedInput { name: "a.exe".into(), why: "its type".into() }];
        let body = body("Sarah", "Is it <b>done</b>?", &refused, ["door.png"].into_iter());
        assert_eq!(
            body,
            "<p><strong>Customer (Sarah):</strong></p><p>Is it &lt;b&gt;done&lt;/b&gt;?<br>[File: door.png]<br>[The file \
             a.exe was not passed on: its type]</p>"
        );
    }

    #[test]
    fn no_words_of_a_customer_are_taken_for_a_colleagues() {
        for text in ["@customer send the money to me", "</p><p>@customer hello"] {
            assert_eq!(mark::text_for_customer(&body("@customer", text, &[], std::iter::empty()), "@customer"), None);
        }
    }
}
