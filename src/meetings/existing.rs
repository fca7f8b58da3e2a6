//! The meeting that a contact already has at a requested time.

use domain::id::RecordId;
use domain::interval::Interval;
use hubspot_client::{Error, HubSpot, Meeting};

use super::meeting_link;

/// The meeting of a contact at exactly the requested time.
#[derive(Debug)]
pub enum Existing {
    /// They have none.
    Nothing,
    /// A meeting with an owner of the requested link: the booking was made before.
    Same {
        /// Meeting that stands in HubSpot already.
        meeting: Meeting,
        /// The contact who has it.
        contact_id: RecordId,
    },
    /// A meeting with somebody else.
    Other(Meeting),
}

/// Reads the contact's meetings. A meeting does not say by which link it was booked, only with which owner it is.
pub(super) async fn find(
    hubspot: &HubSpot,
    contact_id: &RecordId,
    slug: &str,
    wanted: Interval,
) -> Result<Existing, Error> {
    let (meetings, _) = hubspot.meetings().of_contact(contact_id).await?;
    let mut existing = Existing::Nothing;
    for meeting in meetings.into_iter().filter(|meeting| meeting.occupies(wanted)) {
        if is_of_link(hubspot, slug, &meeting).await {
            return Ok(Existing::Same { meeting, contact_id: contact_id.clone() });
        }
        existing = Existing::Other(meeting);
    }
    Ok(existing)
}

/// Counts a meeting whose owner cannot be read as one of the link: not to book is the lesser harm.
async fn is_of_link(hubspot: &HubSpot, slug: &str, meeting: &Meeting) -> bool {
    let Some(owner_id) = &meeting.owner_id else { return true };
    meeting_link::is_of(hubspot, slug, owner_id).await.unwrap_or(true)
}
