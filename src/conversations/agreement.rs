//! The person's agreement to a message, with `--confirm-writes`: nobody can take it back from the customer.

use serde_json::{Value, json};

use super::channel;
use super::error::Error;
use super::files::FileInput;
use super::names::ActorNames;
use crate::records::text_diff;
use crate::tool::question::{ElicitationRequest, quoted};
use crate::tool::{Ctx, digest};
use hubspot_client::{ActorId, Delivery, DeliveryIdentifier, Thread};

/// HubSpot's kind of an identifier that people can read.
const ADDRESS: &str = "HS_EMAIL_ADDRESS";

/// A message about which the person is asked.
#[derive(Debug)]
pub struct Proposal<'a> {
    /// The conversation.
    pub thread: &'a Thread,
    /// Its newest message.
    pub newest: Option<&'a str>,
    /// The way to the customer.
    pub delivery: &'a Delivery,
    /// The text.
    pub text: &'a str,
    /// The files.
    pub files: &'a [FileInput],
}

/// Returns when no agreement is needed or the person has agreed. They read the whole text with its subject, to whom it goes
/// and by which address; if any of it changes meanwhile or somebody writes, they are asked again.
pub async fn ask(ctx: &Ctx, proposal: Proposal<'_>) -> Result<(), Error> {
    if !ctx.call.policy.confirm_writes {
        return Ok(());
    }
    let Proposal { thread, newest, delivery, text, files } = proposal;
    let actors = delivery.recipients.iter().map(|(actor, _)| actor.clone()).chain([delivery.sender.clone()]);
    let names = ActorNames::of(ctx, actors).await;
    let to: Vec<_> = delivery.recipients.iter().map(|(actor, by)| recipient(&names, actor, by.as_ref())).collect();
    let (channel, sender) = (channel::name(&delivery.channel_id), named(&names, &delivery.sender));
    let subject = delivery.subject.as_deref().map(|subject| format!("\n- Subject: {}", text_diff::whole(subject)));
    let listed: String = files.iter().map(|file| format!("\n- File: {}", quoted(&file.name))).collect();
    let message = format!(
        "Send this to {} over {channel}, in the name of {sender} (conversation {})?{}\n- Text: {}{listed}",
        to.join(", "),
        thread.id,
        subject.unwrap_or_default(),
        text_diff::whole(text)
    );
    let reached: Vec<_> = delivery
        .recipients
        .iter()
        .map(|(actor, by)| json!([actor.as_str(), by.as_ref().map(|by| [&by.kind, &by.value])]))
        .collect();
    let way = [&delivery.channel_id, &delivery.channel_account_id];
    let contents: Vec<_> = files.iter().map(|file| json!([file.name, file.mime, digest::of(&file.base64)])).collect();
    let message_is = json!([reached, way, delivery.sender.as_str(), delivery.subject, text, contents]);
    let whole = json!([state(thread), newest, message_is]);
    let otherwise = "nothing was sent; tell the person which message waits for their agreement";
    let question = ElicitationRequest::new("send", message, otherwise).about(&whole).readable()?;
    ctx.ask(question).await?.accepted("the message")?;
    Ok(())
}

/// All by which a conversation differs from what it was when the person was asked.
pub fn state(thread: &Thread) -> Value {
    let assigned = thread.assigned_to.as_ref().map(ActorId::as_str);
    json!([
        thread.id,
        thread.status.name(),
        thread.inbox_id,
        assigned,
        thread.latest_at.map(|at| at.timestamp_millis())
    ])
}

fn recipient(names: &ActorNames, actor: &ActorId, by: Option<&DeliveryIdentifier>) -> String {
    let name = named(names, actor);
    match by.filter(|by| by.kind == ADDRESS) {
        Some(by) => format!("{name} ({})", quoted(&by.value)),
        None => name,
    }
}

fn named(names: &ActorNames, actor: &ActorId) -> String {
    quoted(&names.name(actor).unwrap_or_else(|| actor.as_str().to_owned()))
}
