//! The customer of a booking: their contact, which is read at most once, their names, and the meetings they have.
//!
//! HubSpot writes the names and the form answers of a booking to the contact with its address.

use std::collections::BTreeMap;

use tokio::sync::OnceCell;

use super::existing::{self, Existing};
use crate::records::changes::Changes;
use crate::records::confirmation::{self, Proposal};
use crate::records::diff::TextChange;
use crate::records::{self, contact, excerpt};
use crate::tool::Ctx;
use crate::tool::question::Unanswered;
use domain::email::Email;
use domain::interval::Interval;
use domain::{text, text_cleaning};
use hubspot_client::{FormAnswer, HubSpot, LinkSettings, Object, Record};

/// The longest name that is accepted.
const NAME_CHARACTERS_MAX: usize = 100;
const FIRST: &str = "firstname";
const LAST: &str = "lastname";
/// The last name of a customer who has none: HubSpot requires one.
const NO_NAME: &str = "-";

/// The reason why the names of a booking are not settled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// An argument that is no name.
    #[error("it must be a name on one line, of at most {NAME_CHARACTERS_MAX} characters")]
    NotAName(&'static str),
    /// Neither the call nor the contact has a first name.
    #[error("`cus_fname` is empty, and HubSpot does not know the customer's first name either")]
    FirstNameUnknown,
    /// The person has to agree to a change of the contact first.
    #[error(transparent)]
    ChangeUnanswered(Unanswered),
    /// The contact could not be read, or the person did not agree.
    #[error(transparent)]
    Records(#[from] records::error::Error),
}

/// The names of a customer, as they are sent to HubSpot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerNames {
    /// The first name; empty if it is not known.
    pub first: String,
    /// The last name; empty if it is not known.
    pub last: String,
}

/// The names that a booking is made under, and the changes that it makes to the contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// First and last name, as HubSpot's booking form takes them.
    pub names: CustomerNames,
    /// The contact's name, if it was kept although another one was given.
    pub kept: Option<String>,
    /// The properties of the contact that the booking changes, by internal name.
    pub changes: BTreeMap<String, TextChange>,
}

/// The name that is booked under where the contact has another than was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamePolicy {
    /// That of the contact.
    Keep,
    /// The given one, which HubSpot then writes to the contact.
    Update,
}

impl CustomerNames {
    /// Reads the arguments `cus_fname` and `cus_lname`. A name without any letter, such as `-`, counts as unknown.
    pub fn read(first: &str, last: &str) -> Result<CustomerNames, Error> {
        Ok(CustomerNames { first: name("cus_fname", first)?, last: name("cus_lname", last)? })
    }

    /// True if a name was given and is not the one that is booked under.
    fn differ_from(&self, booked: &CustomerNames) -> bool {
        let other = |given: &str, booked: &str| !given.is_empty() && given != booked;
        other(&self.first, &booked.first) || other(&self.last, &booked.last)
    }

    fn are_complete(&self) -> bool {
        !self.first.is_empty() && !self.last.is_empty()
    }

    /// Takes the names that the contact has already, and the given ones where it has none.
    fn behind(self, contact: Option<&Record>) -> Result<CustomerNames, Error> {
        let is_name = |name: &&str| name.chars().any(char::is_alphanumeric);
        let known =
            |property: &str| contact.and_then(|contact| contact.get(property)).filter(is_name).map(str::to_owned);
        let first = known(FIRST).unwrap_or(self.first);
        let last = known(LAST).unwrap_or(self.last);
        CustomerNames { first, last }.or_of(None)
    }

    /// Takes unknown names from the contact.
    fn or_of(self, contact: Option<&Record>) -> Result<CustomerNames, Error> {
        let known = |property: &str| contact.and_then(|contact| contact.get(property)).map(str::to_owned);
        let given = |name: String| Some(name).filter(|name| !name.is_empty());
        let first = given(self.first).or_else(|| known(FIRST)).ok_or(Error::FirstNameUnknown)?;
        let last = given(self.last).or_else(|| known(LAST)).unwrap_or_else(|| NO_NAME.to_owned());
        Ok(CustomerNames { first, last })
    }
}

fn name(argument: &'static str, text: &str) -> Result<String, Error> {
    let name = text.trim();
    if !name.chars().any(char::is_alphanumeric) {
        return Ok(String::new());
    }
    match name.chars().any(text::is_control_or_bidi) || name.chars().count() > NAME_CHARACTERS_MAX {
        true => Err(Error::NotAName(argument)),
        false => Ok(text_cleaning::composed(name)),
    }
}

/// The customer with an e-mail address.
#[derive(Debug)]
pub struct BookingCustomer<'a> {
    hubspot: &'a HubSpot,
    email: &'a Email,
    /// The properties that a booking writes.
    properties: Vec<&'a str>,
    contact: OnceCell<Option<Record>>,
}

impl<'a> BookingCustomer<'a> {
    /// The customer with this address, for a booking by a link with these settings.
    pub fn new(hubspot: &'a HubSpot, email: &'a Email, settings: &'a LinkSettings) -> BookingCustomer<'a> {
        let fields = settings.form_fields.iter().map(|field| field.name.as_str());
        let properties = [FIRST, LAST].into_iter().chain(fields).collect();
        BookingCustomer { hubspot, email, properties, contact: OnceCell::new() }
    }

    async fn contact(&self) -> Result<Option<&Record>, hubspot_client::Error> {
        let read = async || self.hubspot.contacts().by_email(self.email, &self.properties).await;
        Ok(self.contact.get_or_try_init(read).await?.as_ref())
    }

    /// The address to book for. An international address may be stored in another spelling, and a booking for the given
    /// one would make a second contact.
    pub async fn address(&self) -> Result<Email, hubspot_client::Error> {
        if self.email.spellings().len() == 1 {
            return Ok(self.email.clone());
        }
        let stored = self.contact().await?.and_then(|contact| stored(contact, self.email));
        Ok(stored.unwrap_or_else(|| self.email.clone()))
    }

    /// The meeting that the customer has at the wanted time.
    pub async fn existing(&self, slug: &str, wanted: Interval) -> Result<Existing, hubspot_client::Error> {
        match self.contact().await? {
            Some(contact) => existing::find(self.hubspot, &contact.id, slug, wanted).await,
            None => Ok(Existing::Nothing),
        }
    }

    /// The same, after another call may have booked: the meetings are read again, and so is a contact that was missing.
    pub async fn existing_now(mut self, slug: &str, wanted: Interval) -> Result<Existing, hubspot_client::Error> {
        if self.contact.get().is_some_and(Option::is_none) {
            self.contact = OnceCell::new();
        }
        self.existing(slug, wanted).await
    }

    /// The contact, for what it holds already; `None` if there is none, or it is not clear which one is meant.
    pub async fn known(&self) -> Result<Option<&Record>, hubspot_client::Error> {
        match self.contact().await {
            Err(hubspot_client::Error::Ambiguous { .. }) => Ok(None),
            read => read,
        }
    }

    /// True if nobody has the address, so that HubSpot adds a contact with the booking.
    pub async fn is_unknown(&self) -> Result<bool, hubspot_client::Error> {
        match self.contact().await {
            Err(hubspot_client::Error::Ambiguous { .. }) => Ok(false),
            read => Ok(read?.is_none()),
        }
    }

    /// The contact's name where other names were given and nothing is booked under them.
    pub async fn kept(&self, given: &CustomerNames) -> Option<String> {
        let names = given.clone().behind(self.known().await.ok()?).ok()?;
        given.differ_from(&names).then(|| excerpt::line(&format!("{} {}", names.first, names.last)))
    }

    /// The names to book under. HubSpot writes them to the contact, so those that it has are kept unless `policy` says
    /// otherwise; and a person has to agree to the changes that the booking makes, where changes need that. Of several
    /// contacts with the address one is chosen only if something depends on it.
    pub async fn settle(
        &self,
        ctx: &Ctx,
        given: CustomerNames,
        policy: NamePolicy,
        answers: &[FormAnswer],
    ) -> Result<Settled, Error> {
        let claimed = ctx.call.caller.on_behalf_of.is_unproved();
        if claimed && given.first.is_empty() {
            return Err(Error::FirstNameUnknown); // Before the contact is read, so that it tells nothing of one.
        }
        let contact = match self.contact().await {
            Ok(contact) => contact.cloned(),
            Err(hubspot_client::Error::Ambiguous { .. }) if given.are_complete() && !ctx.call.policy.confirm_writes => {
                None
            }
            Err(hubspot_client::Error::Ambiguous { ids }) => {
                contact::choose(ctx, ids, &self.properties).await?.map(|found| found.record)
            }
            Err(error) => return Err(records::error::Error::from(error).into()),
        };
        let names = match policy {
            NamePolicy::Update if !claimed => given.clone().or_of(contact.as_ref())?,
            _ => given.clone().behind(contact.as_ref())?,
        };
        let Some(contact) = contact else { return Ok(Settled { names, kept: None, changes: BTreeMap::new() }) };
        let changed = changed(&contact, &names, answers);
        if !changed.is_empty() {
            let proposal = Proposal { object: Object::Contacts, before: &contact, changed: &changed, note: None };
            confirmation::ask(ctx, proposal).await.map_err(change_error)?;
        }
        let change = |name: &str, after: &str| TextChange {
            before: excerpt::line(contact.get(name).unwrap_or_default()),
            after: excerpt::line(after),
        };
        let changes = changed.iter().map(|(name, after)| (name.clone(), change(name, after))).collect();
        let kept = given.differ_from(&names).then(|| format!("{} {}", names.first, names.last));
        Ok(Settled { names, kept, changes })
    }
}

/// The contact's stored spelling of `email`.
fn stored(contact: &Record, email: &Email) -> Option<Email> {
    let others = contact.get("hs_additional_emails").unwrap_or_default().split(';');
    let mut all = contact.get("email").into_iter().chain(others).filter_map(|address| Email::of_record(address).ok());
    all.find(|address: &Email| address == email)
}

fn change_error(error: records::error::Error) -> Error {
    match error {
        records::error::Error::Unanswered(question) => Error::ChangeUnanswered(question),
        other => Error::Records(other),
    }
}

/// The properties of the contact that the booking changes.
fn changed(contact: &Record, names: &CustomerNames, answers: &[FormAnswer]) -> Changes {
    let written = [(FIRST, names.first.as_str()), (LAST, names.last.as_str())];
    let answers = answers.iter().map(|one| (one.name.as_str(), one.value.as_str()));
    let differs = |(name, text): &(&str, &str)| contact.get(name).unwrap_or_default() != *text;
    let changed = written.into_iter().chain(answers).filter(differs);
    changed.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::RecordId;

    fn contact(first: Option<&str>, last: Option<&str>) -> Record {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Record {
            id: RecordId::from(7),
            properties: [(FIRST.to_owned(), text(first)), (LAST.to_owned(), text(last))].into(),
            created_at: None,
            updated_at: None,
            archived: false,
            url: None,
        }
    }

    #[test]
    fn missing_names_are_taken_from_the_contact() {
        let (sarah, nameless) = (contact(Some("Sarah"), Some("Mark")), contact(None, None));
        for (first, last, known, expected) in [
            ("", " ", Some(&sarah), Some(("Sarah", "Mark"))),
            ("?", "-", Some(&sarah), Some(("Sarah", "Mark"))),
            ("Sara", "", Some(&sarah), Some(("Sara", "Mark"))),
            ("Ada", "", Some(&nameless), Some(("Ada", "-"))),
            ("Ada", "", None, Some(("Ada", "-"))),
            ("", "Byron", Some(&nameless), None),
            ("", "Byron", None, None),
        ] {
            let names = CustomerNames::read(first, last).unwrap().or_of(known);
            let names = names.as_ref().ok().map(|names| (names.first.as_str(), names.last.as_str()));
            assert_eq!(names, expected, "{first} {last}");
        }
    }

    #[test]
    fn names_that_the_contact_has_are_kept() {
        let (sarah, nameless) = (contact(Some("Sarah"), Some("Mark")), contact(None, None));
        for (first, last, known, expected, differs) in [
            ("Sara", "Marks", Some(&sarah), Some(("Sarah", "Mark")), true),
            ("", "", Some(&sarah), Some(("Sarah", "Mark")), false),
            ("Ada", "Byron", Some(&nameless), Some(("Ada", "Byron")), false),
            ("Ada", "", None, Some(("Ada", "-")), false),
            ("", "Byron", Some(&nameless), None, false),
        ] {
            let given = CustomerNames::read(first, last).unwrap();
            let names = given.clone().behind(known).ok();
            assert_eq!(
                names.as_ref().map(|names| (names.first.as_str(), names.last.as_str())),
                expected,
                "{first} {last}"
            );
            assert!(names.is_none_or(|names| given.differ_from(&names) == differs), "{first} {last}");
        }
    }

    #[test]
    fn texts_that_are_no_names_are_refused() {
        for bad in ["X".repeat(101), "Bob\nIGNORE".into(), "Bob\u{1b}[2J".into(), "Bob\u{202e}".into()] {
            assert!(
                CustomerNames::read(&bad, "Mark").is_err() && CustomerNames::read("Sarah", &bad).is_err(),
                "{bad:?}"
            );
        }
        assert_eq!(
            CustomerNames::read(" 愛子 ", "O'Brien-Łuk").unwrap(),
            CustomerNames { first: "愛子".into(), last: "O'Brien-Łuk".into() }
        );
        let pasted = CustomerNames::read("Sarah\u{200b}", "\u{feff}Ma\u{ad}rk").unwrap();
        assert_eq!(pasted, CustomerNames { first: "Sarah".into(), last: "Mark".into() });
    }

    #[test]
    fn the_changes_to_the_contact_are_known_before_the_booking() {
        let names = CustomerNames { first: "Sarah".into(), last: "Marks".into() };
        let answers = [FormAnswer { name: "company".into(), value: "Acme".into() }];
        let changed = changed(&contact(Some("Sarah"), Some("Mark")), &names, &answers);
        assert_eq!(changed, Changes::from([("company".into(), "Acme".into()), ("lastname".into(), "Marks".into())]));
    }
}
