//! What a meeting link asks of who books: answers, consent_requests and whether guests may come. Decisions without I/O.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::tool::ToolError;
use domain::code::Code;
use domain::email::Email;
use domain::text;
use hubspot_client::{Consent, ConsentAnswer, FormAnswer, FormField, LinkSettings};

/// The agreement to the use of the customer's data, which HubSpot gives no id.
const PROCESSING: &str = "processing";
/// What the booking itself carries already.
const CARRIED: [&str; 3] = ["email", "firstname", "lastname"];

/// What is repeated of a name that does not fit.
const NAME_CHARACTERS_MAX: usize = 60;

/// A question of the booking form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormQuestion {
    /// Its key in `form_fields`.
    name: String,
    /// As the customer would read it. Text of the HubSpot account.
    label: String,
    required: bool,
    /// The answers it takes, where they are limited.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
}

/// Something the customer is asked to agree to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConsentRequest {
    /// What to send in `consents` when the customer agrees.
    id: String,
    /// What they agree to. Text of the HubSpot account.
    text: String,
    required: bool,
}

/// Everything a booking form gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletedForm {
    pub answers: Vec<FormAnswer>,
    pub consents: Vec<ConsentAnswer>,
}

pub fn questions(settings: &LinkSettings) -> Vec<FormQuestion> {
    asked(settings).map(question).collect()
}

pub fn consent_requests(settings: &LinkSettings) -> Vec<ConsentRequest> {
    let consent = &settings.consent;
    let processing = processing(consent).into_iter();
    let named = consent.communications.iter().filter(|_| consent.enabled).map(|choice| ConsentRequest {
        id: choice.communication_type_id.clone(),
        text: choice.label.clone(),
        required: choice.required,
    });
    processing.chain(named).collect()
}

/// The form filled in with what the customer said, or what they still have to say.
pub fn filled(
    settings: &LinkSettings,
    given: &BTreeMap<String, String>,
    agreed: &[String],
) -> Result<CompletedForm, ToolError> {
    known(settings, given, agreed)?;
    let unanswered: Vec<FormQuestion> =
        asked(settings).filter(|field| !is_answered(field, given)).map(question).collect();
    let has_agreed = |id: &str| agreed.iter().any(|agreed| agreed.trim() == id);
    let unagreed: Vec<ConsentRequest> = consent_requests(settings)
        .into_iter()
        .filter(|agreement| agreement.required && !has_agreed(&agreement.id))
        .collect();
    if !unanswered.is_empty() || !unagreed.is_empty() {
        return Err(required(&unanswered, &unagreed));
    }
    let answers = asked(settings).filter_map(|field| {
        let value = answer(field, given)?.to_owned();
        Some(FormAnswer { name: field.name.clone(), value })
    });
    let choices = settings.consent.communications.iter().filter(|_| settings.consent.enabled);
    let consents = choices.map(|choice| ConsentAnswer {
        communication_type_id: choice.communication_type_id.clone(),
        consented: has_agreed(&choice.communication_type_id),
    });
    Ok(CompletedForm { answers: answers.collect(), consents: consents.collect() })
}

/// Guests, where the link takes so many.
pub fn guests(settings: &LinkSettings, guests: &[Email]) -> Result<Vec<Email>, ToolError> {
    let guests_max = settings.guests_max as usize;
    if guests.len() <= guests_max {
        return Ok(guests.to_vec());
    }
    let (message, hint) = match guests_max {
        0 => (
            "this meeting link takes no guests".to_owned(),
            "book without `guest_emails`; the customer can forward the invitation",
        ),
        _ => (format!("this meeting link takes at most {guests_max} guests"), "send fewer `guest_emails`"),
    };
    Err(ToolError::new(Code::GuestsNotAllowed, message, hint).with("guests_max", guests_max))
}

fn asked(settings: &LinkSettings) -> impl Iterator<Item = &FormField> {
    settings.form_fields.iter().filter(|field| !CARRIED.contains(&field.name.as_str()))
}

fn question(field: &FormField) -> FormQuestion {
    FormQuestion {
        name: field.name.clone(),
        label: field.label.clone(),
        required: field.required,
        options: field.options.clone(),
    }
}

fn processing(consent: &Consent) -> Option<ConsentRequest> {
    let text = consent.processing_text.clone().or(consent.privacy_text.clone());
    (consent.enabled && consent.processing_needs_tick).then(|| ConsentRequest {
        id: PROCESSING.to_owned(),
        text: text.unwrap_or_default(),
        required: true,
    })
}

/// What was given for the field, by its name or its label.
fn answer<'a>(field: &FormField, given: &'a BTreeMap<String, String>) -> Option<&'a str> {
    answers(field, given).next()
}

/// All that was given, without what is empty.
fn answers<'a>(field: &FormField, given: &'a BTreeMap<String, String>) -> impl Iterator<Item = &'a str> {
    let own = given.iter().filter(|(key, _)| is_named(field, key)).map(|(_, value)| value.trim());
    own.filter(|value| !value.is_empty())
}

/// A label goes in any case.
fn is_named(field: &FormField, key: &str) -> bool {
    key == field.name || key.trim().eq_ignore_ascii_case(&field.label)
}

/// Answered with something the field takes, or free to stay empty. Several options of a list are separated by `;`.
fn is_answered(field: &FormField, given: &BTreeMap<String, String>) -> bool {
    match answer(field, given) {
        None => !field.required,
        Some(value) => {
            field.options.is_empty()
                || value.split(';').all(|part| field.options.iter().any(|option| option == part.trim()))
        }
    }
}

/// A key that is no field's and no agreement's is a slip that must not be lost in silence, and so is a second answer.
fn known(settings: &LinkSettings, given: &BTreeMap<String, String>, agreed: &[String]) -> Result<(), ToolError> {
    if let Some(key) = given.keys().find(|key| !asked(settings).any(|field| is_named(field, key))) {
        let problem = format!("this meeting link does not ask for `{}`", short(key));
        return Err(ToolError::input("form_fields", problem).with("form_fields", questions(settings)));
    }
    if let Some(field) =
        asked(settings).find(|field| answers(field, given).any(|one| Some(one) != answer(field, given)))
    {
        let problem = format!("it answers `{}` twice, and not the same", short(&field.name));
        return Err(ToolError::input("form_fields", problem));
    }
    let consent_requests = consent_requests(settings);
    let is_agreement = |id: &str| consent_requests.iter().any(|agreement| agreement.id == id.trim());
    if let Some(id) = agreed.iter().find(|id| !is_agreement(id)) {
        let problem = format!("this meeting link asks for no agreement `{}`", short(id));
        return Err(ToolError::input("consents", problem).with("consents", consent_requests));
    }
    Ok(())
}

fn required(unanswered: &[FormQuestion], unagreed: &[ConsentRequest]) -> ToolError {
    let names: Vec<_> = unanswered.iter().map(|question| format!("`{}`", short(&question.name))).collect();
    let message = match (unanswered.len(), unagreed.len()) {
        (0, _) => "the meeting link asks for an agreement of the customer".to_owned(),
        _ => format!("the meeting link asks for an answer to {}", names.join(", ")),
    };
    let hint =
        "ask the customer, and send the answers in `form_fields` and the ids of what they agree to in `consents`";
    let error = ToolError::new(Code::FormFieldsRequired, message, hint);
    error.with("form_fields", unanswered).with("consents", unagreed)
}

fn short(text: &str) -> String {
    text::excerpt(text, NAME_CHARACTERS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hubspot_client::{ConsentChoice, LinkKind};

    fn field(name: &str, required: bool, options: &[&str]) -> FormField {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        FormField { name: name.into(), label: format!("Your {name}"), kind: "text".into(), required, options }
    }

    fn settings() -> LinkSettings {
        let choice = |id: &str, required| ConsentChoice {
            communication_type_id: id.into(),
            label: "I agree to be contacted.".into(),
            required,
        };
        LinkSettings {
            kind: LinkKind::Personal,
            durations_ms: vec![],
            form_fields: vec![
                field("company", true, &[]),
                field("phone", false, &[]),
                field("topic", true, &["demo", "repair"]),
                field("email", true, &[]),
            ],
            consent: Consent {
                enabled: true,
                processing_needs_tick: true,
                processing_text: Some("We keep your data.".into()),
                privacy_text: None,
                communications: vec![choice("7", true), choice("8", false)],
            },
            guests_max: 2,
            location: None,
        }
    }

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn agreed(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn what_is_missing_is_named_with_its_options() {
        let error = filled(&settings(), &given(&[("company", " ")]), &agreed(&["8"])).unwrap_err();
        assert_eq!(error.code, Code::FormFieldsRequired);
        let shown = error.to_json();
        assert_eq!(shown["form_fields"][0]["name"], "company");
        assert_eq!(shown["form_fields"][1]["options"], serde_json::json!(["demo", "repair"]));
        assert_eq!((&shown["consents"][0]["id"], &shown["consents"][1]["id"]), (&"processing".into(), &"7".into()));
    }

    #[test]
    fn an_answer_has_to_be_one_of_the_options() {
        let answers = |topic| given(&[("company", "Acme"), ("topic", topic)]);
        let consents = agreed(&["processing", "7"]);
        assert!(filled(&settings(), &answers("weather"), &consents).is_err());
        assert!(filled(&settings(), &answers("demo; repair"), &consents).is_ok());
    }

    #[test]
    fn labels_are_understood_and_agreements_not_given_are_said_so() {
        let answers = given(&[("Your Company", "Acme"), ("topic", "demo")]);
        let filled = filled(&settings(), &answers, &agreed(&["processing", "7"])).unwrap();
        assert_eq!(filled.answers[0], FormAnswer { name: "company".into(), value: "Acme".into() });
        let consents: Vec<_> =
            filled.consents.iter().map(|consent| (consent.communication_type_id.as_str(), consent.consented)).collect();
        assert_eq!(consents, [("7", true), ("8", false)]);
    }

    #[test]
    fn two_keys_for_one_question_lose_no_answer() {
        let answers = |pairs: &[(&str, &str)]| {
            let all = [pairs, &[("topic", "demo")]].concat();
            filled(&settings(), &given(&all), &agreed(&["processing", "7"]))
        };
        let acme = FormAnswer { name: "company".into(), value: "Acme".into() };
        for pairs in [[("Your company", " "), ("company", "Acme")], [("Your company", "Acme"), ("company", "Acme")]] {
            assert_eq!(answers(&pairs).unwrap().answers[0], acme, "{pairs:?}");
        }
        let error = answers(&[("Your company", "Acme"), ("company", "ClouTea")]).unwrap_err();
        assert!(error.code == Code::InvalidInput && error.message.contains("`company` twice"), "{error}");
    }

    #[test]
    fn what_nobody_asked_for_is_refused() {
        let error = filled(&settings(), &given(&[("shoe_size", "43")]), &[]).unwrap_err();
        assert_eq!(error.code, Code::InvalidInput);
        assert_eq!(filled(&settings(), &given(&[]), &agreed(&["99"])).unwrap_err().code, Code::InvalidInput);
    }

    #[test]
    fn guests_come_where_they_may() {
        let two: Vec<Email> = ["a@b.co", "c@d.co"].iter().map(|email| email.parse().unwrap()).collect();
        assert_eq!(guests(&settings(), &two).unwrap().len(), 2);
        let none = LinkSettings { guests_max: 0, ..settings() };
        assert_eq!(guests(&none, &two).unwrap_err().code, Code::GuestsNotAllowed);
        assert!(guests(&none, &[]).is_ok());
    }
}
