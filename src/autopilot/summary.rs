//! The comment that colleagues read when a conversation comes to them.

use super::entry::{ThreadEntry, Who};
use super::reason::HandOverReason;
use crate::records::excerpt::TextPart;
use crate::records::{excerpt, record_url};
use crate::tool::Ctx;
use domain::language::Language;
use hubspot_client::{Object, Record};

/// The customer's messages that are repeated, the newest, and the longest part of one.
const MESSAGES_MAX: usize = 5;
const MESSAGE_CHARACTERS_MAX: usize = 500;

/// The facts that a colleague is told.
#[derive(Clone, Debug)]
pub struct SummaryFacts<'a> {
    /// Reason of the hand-over, told in the colleague's language.
    pub reason: HandOverReason,
    /// The name of the contact.
    pub customer: Option<String>,
    /// Their page in HubSpot.
    pub url: Option<String>,
    /// The language that they write.
    pub language: Language,
    /// The tools that have written for them.
    pub written: &'a [String],
    /// It is not sure that they were told.
    pub untold: bool,
    /// Entries of the conversation, oldest first.
    pub entries: &'a [ThreadEntry],
}

/// The text: pure.
pub fn of(facts: &SummaryFacts<'_>) -> String {
    let who = facts.customer.as_deref().map(|name| {
        let url = facts.url.as_deref().map(|url| format!(" ({url})")).unwrap_or_default();
        format!("Customer: {name}{url}")
    });
    let written = (!facts.written.is_empty()).then(|| format!("Done so far: {}", facts.written.join(", ")));
    let untold = facts.untold.then(|| "The customer was not told, or nobody knows whether they were.".to_owned());
    let said: Vec<String> = facts.entries.iter().filter_map(message).collect();
    let newest = &said[said.len().saturating_sub(MESSAGES_MAX)..];
    let said = (!newest.is_empty()).then(|| format!("The customer's last messages:\n{}", newest.join("\n")));
    let back = "Comment `/bot on` to give the conversation back; closing it does so too, from the next message on.";
    let head = format!("Handed over by the autopilot. {}", facts.reason.for_colleagues());
    let language = Some(format!("Language: {}", facts.language.code()));
    let facts = [who, language, written, untold].into_iter().flatten().collect::<Vec<_>>().join("\n");
    [Some(head), Some(facts), said, Some(back.to_owned())].into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn message(entry: &ThreadEntry) -> Option<String> {
    let text = entry.words().filter(|_| entry.who == Who::Customer)?.with_files();
    let part = TextPart::first(MESSAGE_CHARACTERS_MAX).of(text.trim());
    let cut = if part.next.is_some() { " […]" } else { "" };
    (!part.text.is_empty()).then(|| format!("- {}{cut}", part.text.replace('\n', "\n  ")))
}

/// The name of a contact on one line, or their address.
pub fn name(customer: &Record) -> String {
    let names = ["firstname", "lastname"].iter().filter_map(|name| customer.get(name));
    let name = names.collect::<Vec<_>>().join(" ");
    let shown =
        if name.trim().is_empty() { customer.get("email").unwrap_or(customer.id.as_str()).to_owned() } else { name };
    excerpt::line(shown.trim())
}

/// The page of a contact, if the account can be read.
pub async fn contact_url(ctx: &Ctx, customer: Option<&Record>) -> Option<String> {
    record_url::of_id(ctx, Object::Contacts, &customer?.id).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autopilot::entry::{EntryText, What};

    #[test]
    fn a_colleague_reads_why_who_and_what_was_said() {
        let said = |who, text: &str| {
            let what = What::Said(EntryText { text: text.to_owned(), ..EntryText::default() });
            ThreadEntry { id: String::new(), at_ms: 0, who, what }
        };
        let entries =
            [said(Who::Customer, "My robot\nbeeps."), said(Who::Ours, "Since when?"), said(Who::Customer, "Monday")];
        let written = ["create_ticket".to_owned()];
        let facts = SummaryFacts {
            reason: HandOverReason::Asked,
            customer: Some("Sarah Mark".into()),
            url: Some("https://app.hubspot.com/x".into()),
            language: Language::German,
            written: &written,
            untold: true,
            entries: &entries,
        };
        let text = of(&facts);
        assert_eq!(
            text,
            "Handed over by the autopilot. The customer asked for a person.\n\nCustomer: Sarah Mark (https://app.hubspot.com/x)\n\
             Language: de\nDone so far: create_ticket\nThe customer was not told, or nobody knows whether they were.\n\n\
             The customer's last messages:\n- My robot\n  beeps.\n- Monday\n\n\
             Comment `/bot on` to give the conversation back; closing it does so too, from the next message on."
        );
        let bare = SummaryFacts { customer: None, url: None, written: &[], untold: false, entries: &[], ..facts };
        assert_eq!(of(&bare).lines().count(), 5);
    }
}
