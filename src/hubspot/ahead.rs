//! What nearly every desk needs is read before the first customer comes.

use tracing::debug;

use super::HubSpot;
use super::object::Object;

impl HubSpot {
    /// Reads what the account calls things into memory, so that the first ticket costs one request as the later ones do.
    /// A failure is left to the call that meets it: that one can tell somebody.
    pub async fn read_ahead(&self) {
        let (pipelines, properties) = (self.pipelines(), self.properties());
        let of_contacts = properties.of(Object::Contacts.name());
        let of_tickets = properties.of(Object::Tickets.name());
        let (pipelines, contacts, tickets) = futures::join!(pipelines.tickets(), of_contacts, of_tickets);
        for error in [pipelines.err(), contacts.err(), tickets.err()].into_iter().flatten() {
            debug!(%error, "What the account calls things was not read ahead.");
        }
    }
}
