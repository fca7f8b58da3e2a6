//! Contacts that are created once: HubSpot refuses a second one with the same address, and a lost answer is looked up.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::HubSpot;
use crate::api::contacts::Contacts;
use crate::error::{Error, Write};
use crate::metrics;
use crate::object::Object;
use crate::record::{Created, Record};
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::{Waiter, Waiters};
use crate::versions::Api;
use crate::writes::recovery::{self, Lookup};
use domain::email::Email;

impl Contacts<'_> {
    /// Creates a contact. Somebody who has the address already is an [`Error::Conflict`] with their id. Without an address
    /// a lost answer cannot be looked up: [`Error::OutcomeUnknown`].
    pub async fn create(&self, properties: &BTreeMap<String, String>) -> Result<Created<Record>, Error> {
        let properties = properties.clone();
        let carry = |view, caller| async move { create(&view, &caller, &properties).await };
        self.0.run_to_completion(Object::Contacts.name(), Write::Contact, carry).await
    }
}

fn unknown() -> Error {
    Error::OutcomeUnknown { write: Write::Contact }
}

/// Sends it; once more when the look-ups find that nothing was done.
async fn create(
    view: &HubSpot,
    caller: &Waiter,
    properties: &BTreeMap<String, String>,
) -> Result<Created<Record>, Error> {
    let sent_at = view.transport().clock.now();
    let fault = match send(view, caller, properties).await {
        Ok(value) => return Ok(Created { value, recovered: false }),
        Err(fault) if !fault.maybe_done() => return Err(fault.error),
        Err(fault) => fault,
    };
    let Some(email) = properties.get("email").and_then(|email| email.parse::<Email>().ok()) else {
        return Err(unknown());
    };
    let looked = recovery::look_up(&fault, caller.deadline, || find(view, &email, sent_at)).await;
    metrics::recovered(Object::Contacts.name(), looked.name());
    match looked {
        Lookup::Done(value) => Ok(Created { value, recovered: true }),
        Lookup::NotDone => send_again(view, caller, properties, &email, sent_at).await,
        Lookup::Undecided => Err(unknown()),
    }
}

/// Harmless if HubSpot is still at it: it refuses the second one, and then the first one is there.
async fn send_again(
    view: &HubSpot,
    caller: &Waiter,
    properties: &BTreeMap<String, String>,
    email: &Email,
    sent_at: DateTime<Utc>,
) -> Result<Created<Record>, Error> {
    let fault = match send(view, caller, properties).await {
        Ok(value) => return Ok(Created { value, recovered: false }),
        Err(fault) if fault.maybe_done() => return Err(unknown()),
        Err(fault) => fault,
    };
    match find(view, email, sent_at).await {
        Ok(Some(value)) if matches!(fault.error, Error::Conflict { .. }) => Ok(Created { value, recovered: true }),
        _ => Err(fault.error),
    }
}

async fn send(view: &HubSpot, caller: &Waiter, properties: &BTreeMap<String, String>) -> Result<Record, AttemptError> {
    let path = format!("{}/{}", view.root(Api::Objects), Object::Contacts.name());
    let ask = ApiRequest::create(Object::Contacts.name(), path, &json!({ "properties": properties }));
    let answer = view.transport().send(Bucket::General, &ask, &Waiters::alone(caller.clone())).await;
    answer.and_then(|answer| Record::read(&answer))
}

/// A contact with this address that is young enough to be the one that was just sent.
async fn find(view: &HubSpot, email: &Email, sent_at: DateTime<Utc>) -> Result<Option<Record>, Error> {
    let found = view.contacts().by_email(email, &[]).await?;
    Ok(found.filter(|record| recovery::is_since(record, sent_at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{Fake, Trouble};

    fn ada() -> BTreeMap<String, String> {
        BTreeMap::from([("email".to_owned(), "ada@example.com".to_owned())])
    }

    #[tokio::test(start_paused = true)]
    async fn a_contact_is_created_once_whatever_happens_to_the_answer() {
        for trouble in [Trouble::DoneThenBroken, Trouble::DoneThenAnswer(502), Trouble::DoneThenSilence] {
            let (fake, hub) = Fake::new();
            fake.trouble("contacts", trouble.clone());
            let made = hub.contacts().create(&ada()).await.unwrap();
            assert!(made.recovered, "{trouble:?}");
            assert_eq!(fake.count("contacts"), 1001, "{trouble:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_did_not_happen_is_done_again() {
        let (fake, hub) = Fake::new();
        fake.trouble("contacts", Trouble::Html(502));
        assert!(!hub.contacts().create(&ada()).await.unwrap().recovered);
        assert_eq!(fake.count("contacts"), 1001);
    }

    #[tokio::test(start_paused = true)]
    async fn without_an_address_nobody_knows() {
        let (fake, hub) = Fake::new();
        fake.trouble("contacts", Trouble::DoneThenBroken);
        let nameless = BTreeMap::from([("lastname".to_owned(), "Lovelace".to_owned())]);
        assert_eq!(hub.contacts().create(&nameless).await, Err(Error::OutcomeUnknown { write: Write::Contact }));
        assert_eq!(fake.count("contacts"), 1001);
    }
}
