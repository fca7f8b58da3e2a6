//! The person's agreement to a booking, with `--confirm-bookings`.

use std::fmt::Write;

use serde_json::{Value, json};

use super::booking_form::{self, CompletedForm, GivenConsent};
use super::customer::CustomerNames;
use crate::records::{owner, text_diff};
use crate::tool::question::{ElicitationRequest, quoted};
use crate::tool::{Ctx, ToolError};
use domain::email::Email;
use hubspot_client::{LinkSettings, MeetingLink};

/// The most representatives behind a link that are named.
const ORGANISERS_MAX: usize = 10;

/// A booking, about which the person is asked.
#[derive(Clone, Copy, Debug)]
pub struct BookingProposal<'a> {
    /// The meeting link.
    pub slug: &'a str,
    /// Length of the meeting in minutes.
    pub minutes: u32,
    /// The start for people: weekday, day, time and zone.
    pub understood: &'a str,
    /// The start in Unix milliseconds.
    pub start_ms: i64,
    /// The customer's names.
    pub names: &'a CustomerNames,
    /// The customer's address.
    pub email: &'a Email,
    /// The others who are invited.
    pub guests: &'a [Email],
    /// The answers and consents that HubSpot records.
    pub form: &'a CompletedForm,
    /// The form's labels and texts.
    pub settings: &'a LinkSettings,
}

/// Asks the person, and returns when they have agreed.
pub async fn ask(ctx: &Ctx, proposal: &BookingProposal<'_>) -> Result<(), ToolError> {
    let organisers = organisers(ctx, proposal.slug).await;
    let consents = booking_form::given_consents(proposal.settings, proposal.form);
    let otherwise = "ask the customer in the conversation, and book when they agree";
    let question = ElicitationRequest::new("confirm", proposal.message(&organisers, &consents), otherwise)
        .about(&proposal.whole(&organisers, &consents))
        .readable()?;
    ctx.ask(question).await?.accepted("the booking")?;
    Ok(())
}

/// Names of the users that the link books; empty if HubSpot does not tell them now.
async fn organisers(ctx: &Ctx, slug: &str) -> Vec<String> {
    let Ok(Some(link)) = ctx.hubspot.scheduler().link(slug).await else { return vec![] };
    let Ok(owners) = ctx.hubspot.owners().list().await else { return vec![] };
    let booked = |link: &MeetingLink, user| match link.members.is_empty() {
        true => link.organizer.as_ref() == Some(user),
        false => link.members.contains(user),
    };
    let involved = owners.iter().filter(|one| one.user_id.as_ref().is_some_and(|user| booked(&link, user)));
    involved.map(owner::name).filter(|name| !name.is_empty()).take(ORGANISERS_MAX).collect()
}

impl BookingProposal<'_> {
    fn message(&self, organisers: &[String], consents: &[GivenConsent]) -> String {
        let with = match organisers {
            [] => quoted(self.slug),
            names => format!(
                "{} ({})",
                names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "),
                quoted(self.slug)
            ),
        };
        let name = quoted(&format!("{} {}", self.names.first, self.names.last));
        let (minutes, when, email) = (self.minutes, self.understood, self.email);
        let mut message = format!("Book a meeting of {minutes} minutes on {when} with {with} for {name} ({email})?");
        for guest in self.guests {
            // Writing to a string cannot fail.
            let _ = write!(message, "\n- Guest, who is invited too: {guest}");
        }
        for answer in &self.form.answers {
            let label = booking_form::label(self.settings, &answer.name);
            let _ = write!(message, "\n- {}: {}", quoted(label), text_diff::whole(&answer.value));
        }
        for consent in consents {
            let agreed = match consent.agreed {
                true => "The customer agrees",
                false => "The customer does not agree",
            };
            let _ = write!(message, "\n- {agreed}: {}", text_diff::whole(&consent.text));
        }
        message
    }

    /// Everything that is booked and shown.
    fn whole(&self, organisers: &[String], consents: &[GivenConsent]) -> Value {
        let guests: Vec<_> = self.guests.iter().map(Email::as_str).collect();
        let answers: Vec<_> = self.form.answers.iter().map(|answer| [&answer.name, &answer.value]).collect();
        let sent: Vec<_> = self.form.consents.iter().map(|one| (&one.communication_type_id, one.consented)).collect();
        let consents: Vec<_> = consents.iter().map(|consent| (&consent.text, consent.agreed)).collect();
        json!([
            self.slug,
            self.minutes,
            self.start_ms,
            self.understood,
            self.names.first,
            self.names.last,
            self.email.as_str(),
            guests,
            answers,
            sent,
            consents,
            organisers,
        ])
    }
}
