//! Contacts: people, found by e-mail address or id.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::api::read_by_id::{self, BATCH_MAX};
use crate::api::records::RecordsState;
use crate::batching::batched_read::BatchedRead;
use crate::batching::batcher::Batcher;
use crate::error::Error;
use crate::object::Object;
use crate::record::{Created, Record};
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::limiter::Permit;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;
use crate::versions::Api;
use crate::writes::dry_run;
use crate::writes::kind::WriteKind;
use crate::writes::once::{OnceWrite, is_created_since, write_once};
use crate::writes::protocol::{SENDS_MAX, Uniqueness, WriteRules};
use crate::writes::written::{Action, WriteFacts, WrittenRecord};
use domain::email::Email;
use domain::id::RecordId;

/// The properties in which HubSpot stores the addresses of a contact: the primary one, and the others.
const ADDRESSES: [&str; 2] = ["email", "hs_additional_emails"];

/// The contacts of the account.
#[derive(Debug)]
pub struct Contacts<'a> {
    pub(crate) state: &'a Arc<ContactsState>,
    pub(crate) scope: &'a CallScope,
}

impl Contacts<'_> {
    /// Reads the contact that has this primary or secondary address, and the named properties. HubSpot's search is not
    /// used: it lags behind, and does not surely know secondary addresses. Concurrent reads share a batch.
    /// Fails with [`Error::Ambiguous`] if several contacts have the address.
    pub async fn by_email(&self, email: &Email, properties: &[&str]) -> Result<Option<Record>, Error> {
        self.state.by_email(self.scope, email, properties).await
    }

    /// Reads a contact and the named properties; `None` if it does not exist or is archived.
    pub async fn by_id(&self, id: &RecordId, properties: &[&str]) -> Result<Option<Record>, Error> {
        self.state.records.by_id(self.scope, Object::Contacts, id, properties).await
    }

    /// Creates a contact. HubSpot refuses a second one with the same address: [`Error::Conflict`] with the id of the
    /// first. Without an address a lost answer cannot be looked up: [`Error::OutcomeUnknown`].
    pub async fn create(&self, properties: &BTreeMap<String, String>) -> Result<Created<Record>, Error> {
        let email = properties.get("email").and_then(|email| email.parse().ok());
        let write = CreateContact { contacts: self.state.clone(), properties: properties.clone(), email };
        write_once(self.scope, write).await
    }
}

/// The batcher of reads by address, and the records.
pub(crate) struct ContactsState {
    records: Arc<RecordsState>,
    by_email: Arc<Batcher<ReadByEmail>>,
}

impl ContactsState {
    pub(crate) fn new(records: Arc<RecordsState>) -> ContactsState {
        ContactsState { records, by_email: Batcher::new(ReadByEmail) }
    }

    pub(crate) async fn by_email(
        &self,
        scope: &CallScope,
        email: &Email,
        properties: &[&str],
    ) -> Result<Option<Record>, Error> {
        let wanted = WantedContact { email: email.clone(), properties: owned(properties) };
        Ok(self.by_email.submit(scope, wanted).await?)
    }
}

opaque_debug!(ContactsState);

/// Creates one contact.
struct CreateContact {
    contacts: Arc<ContactsState>,
    properties: BTreeMap<String, String>,
    email: Option<Email>,
}

impl OnceWrite for CreateContact {
    type Output = Record;

    fn family(&self) -> &'static str {
        Object::Contacts.name()
    }

    fn rules(&self) -> WriteRules {
        let has_email = self.email.is_some();
        let uniqueness = if has_email { Uniqueness::CallersValue } else { Uniqueness::None };
        WriteRules { write: WriteKind::Contact, can_be_found: has_email, uniqueness, sends_max: SENDS_MAX }
    }

    fn facts(&self) -> WriteFacts {
        let names = self.properties.keys().cloned().collect();
        WriteFacts::begun(Action::Create, Object::Contacts.name(), names)
    }

    fn records(object: &'static str, record: &Record) -> Vec<WrittenRecord> {
        vec![WrittenRecord::new(object, &record.id)]
    }

    fn request(&self, scope: &CallScope) -> ApiRequest {
        let path = format!("{}/{}", scope.root(Api::Objects), Object::Contacts.name());
        ApiRequest::create(Object::Contacts.name(), path, &json!({ "properties": self.properties }))
    }

    fn pretended(&self) -> Record {
        dry_run::record(&json!(self.properties))
    }

    async fn send(&self, scope: &CallScope) -> Result<Record, AttemptError> {
        scope.send(Bucket::General, &self.request(scope)).await.and_then(|answer| Record::read(&answer))
    }

    async fn find(&self, scope: &CallScope, sent_at: DateTime<Utc>) -> Result<Option<Record>, Error> {
        let Some(email) = &self.email else { return Ok(None) };
        let found = self.contacts.by_email(scope, email, &[]).await?;
        Ok(found.filter(|record| is_created_since(record, sent_at)))
    }

    /// HubSpot has two forms for an address that another contact has: status 409, and among the refused values when two
    /// creations meet.
    async fn refusal(&self, _scope: &CallScope, error: AttemptError) -> Error {
        error.error.taken_value(ADDRESSES[0]).unwrap_or(error.error)
    }

    fn is_duplicate(&self, refusal: &Error) -> bool {
        matches!(refusal, Error::Conflict { .. })
    }
}

/// Reads contacts by address.
struct ReadByEmail;

/// An address and the properties to read.
struct WantedContact {
    email: Email,
    properties: Vec<String>,
}

impl BatchedRead for ReadByEmail {
    type Input = WantedContact;
    type Output = Option<Record>;
    type Found = Vec<Record>;

    const MAX_BATCH: usize = BATCH_MAX;

    fn name(&self) -> &'static str {
        Object::Contacts.name()
    }

    /// Uses HubSpot's batch read also for a single address: it is the one read that surely finds secondary addresses.
    async fn read(
        &self,
        scope: &CallScope,
        permit: Option<Permit>,
        waiters: &Waiters,
        inputs: &[&WantedContact],
    ) -> Result<Vec<Record>, AttemptError> {
        let emails: BTreeSet<_> = inputs.iter().flat_map(|wanted| wanted.email.spellings()).collect();
        let emails: Vec<_> = emails.iter().map(String::as_str).collect();
        let properties = inputs.iter().flat_map(|wanted| wanted.properties.clone());
        let names: BTreeSet<_> = properties.chain(owned(&ADDRESSES)).collect();
        let names: Vec<_> = names.into_iter().collect();
        let (mut found, mut permit) = (vec![], permit);
        // International addresses have several spellings, so that there may be more of them than of callers.
        for emails in emails.chunks(BATCH_MAX) {
            let permit = permit.take();
            let batch = read_by_id::batch_read(scope, permit, waiters, Object::Contacts, Some("email"), emails, &names);
            found.extend(batch.await?.found);
        }
        Ok(found)
    }

    fn part(found: &Vec<Record>, wanted: &WantedContact) -> Result<Option<Record>, Error> {
        let mut matching: Vec<_> = found.iter().filter(|record| has_address(record, &wanted.email)).collect();
        matching.sort_by(|a, b| a.id.cmp(&b.id));
        matching.dedup_by(|a, b| a.id == b.id);
        match matching[..] {
            [] => Ok(None),
            [one] => Ok(Some(one.clone().with_only(&[wanted.properties.clone(), owned(&ADDRESSES)].concat()))),
            _ => Err(Error::Ambiguous { ids: matching.into_iter().map(|record| record.id.clone()).collect() }),
        }
    }
}

/// True for a primary or secondary address in any spelling. HubSpot keeps the secondary ones in one property, separated
/// by semicolons.
fn has_address(record: &Record, email: &Email) -> bool {
    let secondary = record.get(ADDRESSES[1]).unwrap_or_default().split(';');
    let is_same = |address: &str| address.parse::<Email>().is_ok_and(|address| address == *email);
    secondary.chain(record.get(ADDRESSES[0])).any(is_same)
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{Fake, FakeFault};
    use serde_json::Value;

    fn ada() -> BTreeMap<String, String> {
        BTreeMap::from([("email".to_owned(), "ada@example.com".to_owned())])
    }

    #[tokio::test(start_paused = true)]
    async fn a_contact_is_created_once_if_the_answer_is_lost() {
        for trouble in [FakeFault::DoneThenBroken, FakeFault::DoneThenAnswer(502), FakeFault::DoneThenSilence] {
            let (fake, hub) = Fake::new();
            fake.trouble("contacts", trouble.clone());
            let made = hub.contacts().create(&ada()).await.unwrap();
            assert!(made.recovered, "{trouble:?}");
            assert_eq!(fake.count("contacts"), 1001, "{trouble:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_contact_that_was_not_created_is_sent_again() {
        let (fake, hub) = Fake::new();
        fake.trouble("contacts", FakeFault::Html(502));
        assert!(!hub.contacts().create(&ada()).await.unwrap().recovered);
        assert_eq!(fake.count("contacts"), 1001);
    }

    /// The first request is carried out after the last look-up, and the second one is refused for it.
    #[tokio::test(start_paused = true)]
    async fn a_conflict_of_the_second_send_is_the_first_one() {
        let (fake, hub) = Fake::new();
        let conflict: Value = json!({"category": "CONFLICT", "message": "Contact already exists. Existing ID: 5001"});
        fake.trouble("contacts", FakeFault::Html(500));
        fake.trouble("contacts/batch/read", FakeFault::Answer(200, json!({"results": []})));
        fake.trouble("contacts/batch/read", FakeFault::Answer(200, json!({"results": []})));
        fake.trouble("objects/2026-09/contacts", FakeFault::DoneThenAnswerWith(409, conflict));
        let made = hub.contacts().create(&ada()).await.unwrap();
        assert_eq!((made.recovered, fake.count("contacts")), (true, 1001));
    }

    #[tokio::test(start_paused = true)]
    async fn the_outcome_of_a_contact_without_an_address_stays_unknown() {
        let (fake, hub) = Fake::new();
        fake.trouble("contacts", FakeFault::DoneThenBroken);
        let nameless = BTreeMap::from([("lastname".to_owned(), "Lovelace".to_owned())]);
        assert_eq!(
            hub.contacts().create(&nameless).await,
            Err(Error::OutcomeUnknown { write: WriteKind::Contact, refusal: None })
        );
        assert_eq!(fake.count("contacts"), 1001);
    }
}
