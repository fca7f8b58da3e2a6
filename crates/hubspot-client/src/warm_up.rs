//! What nearly every desk needs is read before the first customer comes.

use tracing::debug;

use crate::HubSpot;
use crate::object::Object;

impl HubSpot {
    /// Reads what the account calls things and whose meeting links there are into memory, so that the first ticket and the
    /// first free times cost as few requests as the later ones do. A failure is left to the call that meets it: that one
    /// can tell somebody.
    pub async fn warm_up(&self) {
        let (pipelines, properties) = (self.pipelines(), self.properties());
        let (owners, scheduler) = (self.owners(), self.scheduler());
        let words = futures::future::join3(
            pipelines.tickets(),
            properties.of(Object::Contacts.name()),
            properties.of(Object::Tickets.name()),
        );
        let people = futures::future::join(owners.list(), scheduler.all_links());
        // Its time zone says when a daily limit ends.
        let account = self.account();
        let ((pipelines, contacts, tickets), (owners, links), account) =
            tokio::join!(words, people, account.details_fresh());
        let failures = [pipelines.err(), contacts.err(), tickets.err(), owners.err(), links.err(), account.err()];
        for error in failures.into_iter().flatten() {
            debug!(%error, "A part of the account was not read ahead.");
        }
    }
}
