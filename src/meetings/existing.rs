//! What the customer has at the very time of a wish.

use domain::email::Email;
use domain::id::RecordId;
use domain::interval::Interval;
use hubspot_client::{Error, HubSpot, Meeting};

use super::meeting_link;

#[derive(Debug)]
pub enum Existing {
    Nothing,
    /// A meeting with somebody of the link that is wished for: that booking was made.
    Same {
        meeting: Meeting,
        contact_id: RecordId,
    },
    /// A meeting with somebody else.
    Other(Meeting),
}

/// Looks on the contact with this address. A meeting does not say by which link it was booked, only with whom it is.
pub async fn look(hubspot: &HubSpot, email: &Email, slug: &str, wanted: Interval) -> Result<Existing, Error> {
    let Some(contact) = hubspot.contacts().by_email(email, &[]).await? else { return Ok(Existing::Nothing) };
    let (meetings, _) = hubspot.meetings().of_contact(&contact.id).await?;
    let mut before = Existing::Nothing;
    for meeting in meetings.into_iter().filter(|meeting| meeting.occupies(wanted)) {
        if is_of_link(hubspot, slug, &meeting).await {
            return Ok(Existing::Same { meeting, contact_id: contact.id });
        }
        before = Existing::Other(meeting);
    }
    Ok(before)
}

/// Where it cannot be told with whom a meeting is, booking nothing is the lesser harm.
async fn is_of_link(hubspot: &HubSpot, slug: &str, meeting: &Meeting) -> bool {
    let Some(owner_id) = &meeting.owner_id else { return true };
    meeting_link::is_of(hubspot, slug, owner_id).await.unwrap_or(true)
}
