//! Contacts: people, found by e-mail address or id.

use std::collections::BTreeSet;

use crate::HubSpot;
use crate::api::read_by_id::{self, BATCH_MAX, Wanted};
use crate::batching::batched_read::BatchedRead;
use crate::error::Error;
use crate::object::Object;
use crate::record::Record;
use crate::transport::attempt::AttemptError;
use crate::transport::limiter::Permit;
use crate::transport::waiters::Waiters;
use domain::email::Email;
use domain::id::RecordId;

/// Where HubSpot keeps a contact's addresses.
const ADDRESSES: [&str; 2] = ["email", "hs_additional_emails"];

#[derive(Debug)]
pub struct Contacts<'a>(pub(crate) &'a HubSpot);

impl Contacts<'_> {
    /// The contact whose primary or secondary address this is. HubSpot's search is not asked: it lags behind, and does not
    /// surely know secondary addresses. What HubSpot returns is checked here.
    pub async fn by_email(&self, email: &Email, properties: &[&str]) -> Result<Option<Record>, Error> {
        let wanted = Addressed { email: email.clone(), properties: owned(properties) };
        self.0.engine.by_email.ask(self.0, wanted).await
    }

    pub async fn by_id(&self, id: &RecordId, properties: &[&str]) -> Result<Option<Record>, Error> {
        let wanted = Wanted { id: id.clone(), properties: owned(properties) };
        self.0.engine.by_id(Object::Contacts).ask(self.0, wanted).await
    }
}

pub(crate) struct ReadByEmail;

pub(crate) struct Addressed {
    email: Email,
    properties: Vec<String>,
}

impl BatchedRead for ReadByEmail {
    type Input = Addressed;
    type Output = Option<Record>;
    type Found = Vec<Record>;

    const SEATS: usize = BATCH_MAX;

    fn name(&self) -> &'static str {
        Object::Contacts.name()
    }

    /// Always HubSpot's batch read, even for one: it is the way that surely finds secondary addresses.
    async fn read(
        &self,
        hub: &HubSpot,
        permit: Option<Permit>,
        trip: &Waiters,
        asked: &[&Addressed],
    ) -> Result<Vec<Record>, AttemptError> {
        let emails: BTreeSet<_> = asked.iter().map(|one| one.email.as_str()).collect();
        let emails: Vec<_> = emails.into_iter().collect();
        let names: BTreeSet<_> = asked.iter().flat_map(|one| one.properties.clone()).chain(owned(&ADDRESSES)).collect();
        let names: Vec<_> = names.into_iter().collect();
        let batch = read_by_id::batch_read(hub, permit, trip, Object::Contacts, Some("email"), &emails, &names);
        Ok(batch.await?.found)
    }

    fn part(found: &Vec<Record>, asked: &Addressed) -> Result<Option<Record>, Error> {
        only_one(found, asked)
    }
}

fn only_one(found: &[Record], wanted: &Addressed) -> Result<Option<Record>, Error> {
    let mut matching: Vec<_> = found.iter().filter(|record| has_address(record, &wanted.email)).collect();
    matching.sort_by(|a, b| a.id.cmp(&b.id));
    matching.dedup_by(|a, b| a.id == b.id);
    match matching[..] {
        [] => Ok(None),
        [one] => Ok(Some(one.clone().only(&[wanted.properties.clone(), owned(&ADDRESSES)].concat()))),
        _ => Err(Error::Ambiguous { ids: matching.into_iter().map(|record| record.id.clone()).collect() }),
    }
}

/// HubSpot keeps secondary addresses in one property, separated by semicolons.
fn has_address(record: &Record, email: &Email) -> bool {
    let secondary = record.get(ADDRESSES[1]).unwrap_or_default().split(';');
    secondary.chain(record.get(ADDRESSES[0])).any(|address| address.trim().to_lowercase() == email.as_str())
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}
