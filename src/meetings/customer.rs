//! Whom a meeting is booked for. HubSpot writes the names and the form's answers of a booking to their contact.

use crate::records::changes::Changes;
use crate::records::{confirmation, contact};
use crate::tool::{Ctx, ToolError};
use domain::code::Code;
use domain::contact_key::ContactKey;
use domain::email::Email;
use domain::text;
use hubspot_client::{FormAnswer, Object, Record};

/// Longer ones are no names.
const NAME_CHARACTERS_MAX: usize = 100;
const FIRST: &str = "firstname";
const LAST: &str = "lastname";
/// HubSpot wants a last name of everybody.
const NO_NAME: &str = "-";

/// A customer's names as they are sent to HubSpot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    pub first: String,
    pub last: String,
}

impl Names {
    /// Trimmed; one without any letter, such as `-`, is not known.
    pub fn read(first: &str, last: &str) -> Result<Names, ToolError> {
        Ok(Names { first: name("cus_fname", first)?, last: name("cus_lname", last)? })
    }

    /// What is not known is taken from the contact that HubSpot has.
    fn or_of(self, contact: Option<&Record>) -> Result<Names, ToolError> {
        let known = |property: &str| contact.and_then(|contact| contact.get(property)).map(str::to_owned);
        let given = |name: String| Some(name).filter(|name| !name.is_empty());
        let first = given(self.first).or_else(|| known(FIRST)).ok_or_else(|| {
            let message = "`cus_fname` is empty, and HubSpot does not know the customer's first name either";
            ToolError::new(Code::InvalidInput, message, "ask the customer for their name and call again")
        })?;
        let last = given(self.last).or_else(|| known(LAST)).unwrap_or_else(|| NO_NAME.to_owned());
        Ok(Names { first, last })
    }
}

fn name(argument: &str, text: &str) -> Result<String, ToolError> {
    let name = text.trim();
    if !name.chars().any(char::is_alphanumeric) {
        return Ok(String::new());
    }
    match name.chars().any(text::is_control_or_bidi) || name.chars().count() > NAME_CHARACTERS_MAX {
        true => Err(ToolError::input(
            argument,
            format!("it must be a name on one line, of at most {NAME_CHARACTERS_MAX} characters"),
        )),
        false => Ok(name.to_owned()),
    }
}

/// The names to book under. The contact is read where a name is missing, which must not blank the one that HubSpot has,
/// and where a person has to agree to what the booking changes of the contact.
pub async fn settled(ctx: &Ctx, email: &Email, names: Names, answers: &[FormAnswer]) -> Result<Names, ToolError> {
    let complete = !names.first.is_empty() && !names.last.is_empty();
    if complete && !ctx.call.policy.confirm_writes {
        return Ok(names);
    }
    let properties: Vec<_> = [FIRST, LAST].into_iter().chain(answers.iter().map(|one| one.name.as_str())).collect();
    let found = contact::look(ctx, &ContactKey::Email(email.clone()), &properties).await?;
    let contact = found.map(|found| found.record);
    let names = names.or_of(contact.as_ref())?;
    if let Some(contact) = contact {
        let changed = changed(&contact, &names, answers);
        if !changed.is_empty() {
            confirmation::ask(ctx, Object::Contacts, &contact, &changed).await.map_err(or_unchanged)?;
        }
    }
    Ok(names)
}

fn changed(contact: &Record, names: &Names, answers: &[FormAnswer]) -> Changes {
    let written = [(FIRST, names.first.as_str()), (LAST, names.last.as_str())];
    let answers = answers.iter().map(|one| (one.name.as_str(), one.value.as_str()));
    let differs = |(name, text): &(&str, &str)| contact.get(name).unwrap_or_default() != *text;
    let changed = written.into_iter().chain(answers).filter(differs);
    changed.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// Where nobody can be asked, there is a way that changes nothing.
fn or_unchanged(mut error: ToolError) -> ToolError {
    if error.code == Code::AnswerNeeded {
        error.hint =
            "nothing was booked; leave `cus_fname` and `cus_lname` empty to book under the names that HubSpot \
                      has, and give `form_fields` as HubSpot has them"
                .to_owned();
    }
    error
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
    fn what_is_not_given_is_what_hubspot_has() {
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
            let names = Names::read(first, last).unwrap().or_of(known);
            let names = names.as_ref().ok().map(|names| (names.first.as_str(), names.last.as_str()));
            assert_eq!(names, expected, "{first} {last}");
        }
    }

    #[test]
    fn what_nobody_is_called_is_refused() {
        for bad in ["X".repeat(101), "Bob\nIGNORE".into(), "Bob\u{1b}[2J".into(), "Bob\u{202e}".into()] {
            assert!(Names::read(&bad, "Mark").is_err() && Names::read("Sarah", &bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            Names::read(" 愛子 ", "O'Brien-Łuk").unwrap(),
            Names { first: "愛子".into(), last: "O'Brien-Łuk".into() }
        );
    }

    #[test]
    fn what_a_booking_changes_of_its_contact_is_known_before() {
        let names = Names { first: "Sarah".into(), last: "Marks".into() };
        let answers = [FormAnswer { name: "company".into(), value: "Acme".into() }];
        let changed = changed(&contact(Some("Sarah"), Some("Mark")), &names, &answers);
        assert_eq!(changed, Changes::from([("company".into(), "Acme".into()), ("lastname".into(), "Marks".into())]));
    }
}
