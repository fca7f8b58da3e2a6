//! The booking form of a meeting link: its questions, consents and guests. Decisions without I/O.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::records::excerpt;
use domain::email::Email;
use domain::phone::{self, InvalidPhone};
use domain::text;
use domain::text_cleaning::search_words;
use hubspot_client::{Consent, ConsentAnswer, FormAnswer, FormField, LinkSettings, Record};

/// The id for the consent to data processing, to which HubSpot gives none.
const PROCESSING: &str = "processing";
/// The fields that are arguments of the booking itself.
const CARRIED: [&str; 3] = ["email", "firstname", "lastname"];

/// The contact properties that hold a phone number, and HubSpot's type of other fields that do.
const PHONES: [&str; 2] = ["phone", "mobilephone"];
const PHONE_KIND: &str = "phonenumber";

/// The longest part of an unknown name that an error repeats.
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
    /// The answer that HubSpot has already, which is sent unless another is given: it need not be asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<String>,
}

/// A consent that the customer is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConsentRequest {
    /// The id to send in `consents` when the customer agrees.
    id: String,
    /// The text of the consent, from the HubSpot account.
    text: String,
    required: bool,
}

/// A completed booking form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletedForm {
    /// The answers, by HubSpot's field names.
    pub answers: Vec<FormAnswer>,
    /// Every consent, given or refused.
    pub consents: Vec<ConsentAnswer>,
}

/// The reason why a booking form is not complete.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A key in `form_fields` that is no field of the link.
    #[error("this meeting link does not ask for `{key}`")]
    UnknownField {
        /// The key, shortened.
        key: String,
        /// The fields of the link.
        fields: Vec<FormQuestion>,
    },
    /// Two keys in `form_fields` answer this field differently.
    #[error("it answers `{0}` twice, and not the same")]
    Conflict(String),
    /// The answer to this field is no phone number that can be read.
    #[error("the answer to `{0}` is unclear: {1}")]
    Phone(String, InvalidPhone),
    /// An id in `consents` that is no consent of the link.
    #[error("this meeting link asks for no agreement `{id}`")]
    UnknownConsent {
        /// The id, shortened.
        id: String,
        /// The consents of the link.
        consents: Vec<ConsentRequest>,
    },
    /// Required answers or consents are missing.
    #[error("{}", missing(.fields))]
    Incomplete {
        /// The fields without an answer that fits.
        fields: Vec<FormQuestion>,
        /// The required consents that are missing.
        consents: Vec<ConsentRequest>,
    },
    /// More guests than the link takes.
    #[error("{}", too_many_guests(*.guests_max))]
    TooManyGuests {
        /// The most guests of a booking.
        guests_max: usize,
    },
}

/// The questions of the link's form, with the answers that the contact has already.
pub fn questions(settings: &LinkSettings, contact: Option<&Record>) -> Vec<FormQuestion> {
    let known = |field| contact.and_then(|contact| known(field, contact)).map(excerpt::line);
    asked(settings).map(|field| FormQuestion { known: known(field), ..question(field) }).collect()
}

/// The text about the use of data that the customer agrees to by booking; `None` if the link has none.
pub fn consent_text(settings: &LinkSettings) -> Option<String> {
    let Consent { enabled, processing_text, privacy_text, communication_text, .. } = &settings.consent;
    let parts: Vec<&str> =
        [processing_text, privacy_text, communication_text].into_iter().flatten().map(String::as_str).collect();
    (*enabled && !parts.is_empty()).then(|| parts.join(" "))
}

/// The consents that the link asks for.
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

/// Completes the form with the customer's answers and the ids of the consents they gave. What is required and not given is
/// taken from the contact, and an answer that differs from the contact's in case alone keeps its spelling.
pub fn complete(
    settings: &LinkSettings,
    given: &BTreeMap<String, String>,
    agreed: &[String],
    contact: Option<&Record>,
) -> Result<CompletedForm, Error> {
    check_keys(settings, given, agreed)?;
    let given = &contact.map_or_else(|| given.clone(), |contact| with_known(settings, given, contact));
    let unanswered: Vec<FormQuestion> =
        asked(settings).filter(|field| !is_answered(field, given)).map(question).collect();
    let has_agreed = |id: &str| agreed.iter().any(|agreed| agreed.trim() == id);
    let unagreed: Vec<ConsentRequest> =
        consent_requests(settings).into_iter().filter(|consent| consent.required && !has_agreed(&consent.id)).collect();
    if !unanswered.is_empty() || !unagreed.is_empty() {
        return Err(Error::Incomplete { fields: unanswered, consents: unagreed });
    }
    let answers = asked(settings).filter_map(|field| Some(form_answer(field, answer(field, given)?)));
    let answers = answers.collect::<Result<Vec<_>, _>>()?;
    let choices = settings.consent.communications.iter().filter(|_| settings.consent.enabled);
    let consents = choices.map(|choice| ConsentAnswer {
        communication_type_id: choice.communication_type_id.clone(),
        consented: has_agreed(&choice.communication_type_id),
    });
    Ok(CompletedForm { answers, consents: consents.collect() })
}

/// A consent as the customer gave or refused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenConsent {
    /// The text of the consent, from the HubSpot account.
    pub text: String,
    /// The customer agrees.
    pub agreed: bool,
}

/// The consents that a booking with this form records, with their texts. Where the form has no tick for the storing of
/// data, the booking implies it.
pub fn given_consents(settings: &LinkSettings, form: &CompletedForm) -> Vec<GivenConsent> {
    let consent = &settings.consent;
    let stored = [&consent.processing_text, &consent.privacy_text].into_iter().flatten().filter(|_| consent.enabled);
    let stored = stored.map(|text| GivenConsent { text: text.clone(), agreed: true });
    let text = |id: &str| consent.communications.iter().find(|choice| choice.communication_type_id == id);
    let named = form.consents.iter().map(|given| GivenConsent {
        text: text(&given.communication_type_id).map_or(String::new(), |choice| choice.label.clone()),
        agreed: given.consented,
    });
    stored.chain(named).collect()
}

/// The question of the form to which a field's answer belongs.
pub fn label<'a>(settings: &'a LinkSettings, name: &'a str) -> &'a str {
    settings.form_fields.iter().find(|field| field.name == name).map_or(name, |field| &field.label)
}

fn with_known(settings: &LinkSettings, given: &BTreeMap<String, String>, contact: &Record) -> BTreeMap<String, String> {
    let mut all = given.clone();
    for field in asked(settings) {
        let Some(known) = known(field, contact) else { continue };
        let is_it = |answer: &str| answer.to_lowercase() == known.trim().to_lowercase();
        let takes_it = answer(field, given).map_or(field.required, is_it);
        if takes_it {
            all.retain(|key, _| !is_named(field, key));
            all.insert(field.name.clone(), known.to_owned());
        }
    }
    all
}

/// The answer that the contact has already, if the field takes it.
fn known<'a>(field: &FormField, contact: &'a Record) -> Option<&'a str> {
    let known = contact.get(&field.name).filter(|known| !known.trim().is_empty())?;
    let only = BTreeMap::from([(field.name.clone(), known.to_owned())]);
    (is_answered(field, &only) && form_answer(field, known).is_ok()).then_some(known)
}

fn form_answer(field: &FormField, answer: &str) -> Result<FormAnswer, Error> {
    let is_phone = PHONES.contains(&field.name.as_str()) || field.kind == PHONE_KIND;
    let value = match is_phone {
        true => phone::stored(answer).map_err(|invalid| Error::Phone(short(&field.name), invalid))?,
        false if field.options.is_empty() => answer.to_owned(),
        false => answer.split(';').filter_map(|part| option(field, part)).collect::<Vec<_>>().join(";"),
    };
    Ok(FormAnswer { name: field.name.clone(), value })
}

/// Checks the number of guests.
pub fn check_guests(settings: &LinkSettings, guests: &[Email]) -> Result<(), Error> {
    let guests_max = settings.guests_max as usize;
    if guests.len() <= guests_max { Ok(()) } else { Err(Error::TooManyGuests { guests_max }) }
}

fn too_many_guests(guests_max: usize) -> String {
    match guests_max {
        0 => "this meeting link takes no guests".to_owned(),
        _ => format!("this meeting link takes at most {guests_max} guests"),
    }
}

fn asked(settings: &LinkSettings) -> impl Iterator<Item = &FormField> {
    settings.form_fields.iter().filter(|field| !CARRIED.contains(&field.name.as_str()))
}

fn question(field: &FormField) -> FormQuestion {
    FormQuestion {
        name: field.name.clone(),
        label: excerpt::line(&field.label),
        required: field.required,
        options: field.options.iter().map(|option| excerpt::line(option)).collect(),
        known: None,
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

/// The answer to the field, under its name or its label.
fn answer<'a>(field: &FormField, given: &'a BTreeMap<String, String>) -> Option<&'a str> {
    answers(field, given).next()
}

/// Every answer to the field that is not empty.
fn answers<'a>(field: &FormField, given: &'a BTreeMap<String, String>) -> impl Iterator<Item = &'a str> {
    let own = given.iter().filter(|(key, _)| is_named(field, key)).map(|(_, value)| value.trim());
    own.filter(|value| !value.is_empty())
}

/// Matches the field's name, or its label in any case.
fn is_named(field: &FormField, key: &str) -> bool {
    key == field.name || is_shown_as(&field.label, key)
}

/// Compares a label with a text, without case and invisible characters.
fn is_shown_as(label: &str, text: &str) -> bool {
    search_words(label).eq_ignore_ascii_case(&search_words(text))
}

/// The option of the field that is shown like this.
fn option<'a>(field: &'a FormField, text: &str) -> Option<&'a str> {
    let is = |option: &&String| search_words(option) == search_words(text);
    field.options.iter().find(is).map(String::as_str)
}

/// True for a valid answer, and for an optional field without one. Several options are separated by `;`.
fn is_answered(field: &FormField, given: &BTreeMap<String, String>) -> bool {
    match answer(field, given) {
        None => !field.required,
        Some(value) => {
            let options = &field.options;
            options.is_empty()
                || (value.split(';').count() <= options.len()
                    && value.split(';').all(|part| option(field, part).is_some()))
        }
    }
}

/// Refuses unknown keys and second answers, which would otherwise be lost in silence.
fn check_keys(settings: &LinkSettings, given: &BTreeMap<String, String>, agreed: &[String]) -> Result<(), Error> {
    if let Some(key) = given.keys().find(|key| !asked(settings).any(|field| is_named(field, key))) {
        return Err(Error::UnknownField { key: short(key), fields: questions(settings, None) });
    }
    if let Some(field) =
        asked(settings).find(|field| answers(field, given).any(|one| Some(one) != answer(field, given)))
    {
        return Err(Error::Conflict(short(&field.name)));
    }
    let consents = consent_requests(settings);
    match agreed.iter().find(|id| !consents.iter().any(|consent| consent.id == id.trim())) {
        Some(id) => Err(Error::UnknownConsent { id: short(id), consents }),
        None => Ok(()),
    }
}

fn missing(fields: &[FormQuestion]) -> String {
    let names: Vec<_> = fields.iter().map(|field| format!("`{}`", short(&field.name))).collect();
    match names.is_empty() {
        true => "the meeting link asks for an agreement of the customer".to_owned(),
        false => format!("the meeting link asks for an answer to {}", names.join(", ")),
    }
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
                privacy_text: Some("See our policy.".into()),
                communication_text: None,
                communications: vec![choice("7", true), choice("8", false)],
            },
            guests_max: 2,
            location: None,
            open_on: vec![],
            weeks_advertised: None,
            ends_ms: None,
        }
    }

    fn contact(company: &str) -> Record {
        let properties = [("company", company), ("topic", "weather")];
        let owned = properties.map(|(name, text)| (name.to_owned(), Some(text.to_owned())));
        let (created_at, updated_at, archived, url) = (None, None, false, None);
        Record { id: 7.into(), properties: owned.into(), created_at, updated_at, archived, url }
    }

    #[test]
    fn what_the_contact_has_is_not_asked_again_and_keeps_its_spelling() {
        let (contact, consents) = (contact("ClouTea"), agreed(&["processing", "7"]));
        let company = |given: &[(&str, &str)]| {
            let answers = self::given(&[given, &[("topic", "demo")]].concat());
            let filled = complete(&settings(), &answers, &consents, Some(&contact)).unwrap();
            filled.answers.into_iter().find(|one| one.name == "company").unwrap().value
        };
        assert_eq!((company(&[]), company(&[("Your company", "cloutea")])), ("ClouTea".into(), "ClouTea".into()));
        assert_eq!(company(&[("company", "Acme")]), "Acme");
        let error = complete(&settings(), &given(&[]), &consents, Some(&contact)).unwrap_err();
        let Error::Incomplete { fields, .. } = error else { panic!("{error}") };
        assert_eq!((fields.len(), fields[0].name.as_str()), (1, "topic"), "an answer that is no option is not taken");
        let shown = questions(&settings(), Some(&contact));
        assert_eq!((shown[0].known.as_deref(), shown[2].known.as_deref()), (Some("ClouTea"), None));
    }

    #[test]
    fn the_text_of_the_consent_is_told_whole() {
        assert_eq!(consent_text(&settings()).as_deref(), Some("We keep your data. See our policy."));
        let consent = Consent { enabled: false, ..settings().consent };
        assert_eq!(consent_text(&LinkSettings { consent, ..settings() }), None);
    }

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn agreed(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn missing_answers_are_listed_with_their_options() {
        let error = complete(&settings(), &given(&[("company", " ")]), &agreed(&["8"]), None).unwrap_err();
        let Error::Incomplete { fields, consents } = error else { panic!("{error}") };
        assert_eq!(fields[0].name, "company");
        assert_eq!(fields[1].options, ["demo", "repair"]);
        assert_eq!((consents[0].id.as_str(), consents[1].id.as_str()), ("processing", "7"));
    }

    #[test]
    fn an_answer_has_to_be_one_of_the_options() {
        let answers = |topic| given(&[("company", "Acme"), ("topic", topic)]);
        let consents = agreed(&["processing", "7"]);
        assert!(complete(&settings(), &answers("weather"), &consents, None).is_err());
        assert!(complete(&settings(), &answers("demo; repair"), &consents, None).is_ok());
    }

    #[test]
    fn labels_are_accepted_and_missing_consents_are_refusals() {
        let answers = given(&[("Your Company", "Acme"), ("topic", "demo")]);
        let filled = complete(&settings(), &answers, &agreed(&["processing", "7"]), None).unwrap();
        assert_eq!(filled.answers[0], FormAnswer { name: "company".into(), value: "Acme".into() });
        let consents: Vec<_> =
            filled.consents.iter().map(|consent| (consent.communication_type_id.as_str(), consent.consented)).collect();
        assert_eq!(consents, [("7", true), ("8", false)]);
    }

    #[test]
    fn a_phone_number_is_cleaned_and_has_to_be_readable() {
        let complete = |phone: &str| {
            let answers = given(&[("company", "Acme"), ("topic", "demo"), ("phone", phone)]);
            complete(&settings(), &answers, &agreed(&["processing", "7"]), None)
        };
        let cleaned = complete("\u{202a}+1 702 555 0143\u{202c}").unwrap();
        assert!(cleaned.answers.contains(&FormAnswer { name: "phone".into(), value: "+1 702 555 0143".into() }));
        let unclear = complete("ask my wife").unwrap_err();
        assert_eq!(unclear, Error::Phone("phone".into(), InvalidPhone::OtherText));
    }

    #[test]
    fn two_keys_for_one_field_lose_no_answer() {
        let answers = |pairs: &[(&str, &str)]| {
            let all = [pairs, &[("topic", "demo")]].concat();
            complete(&settings(), &given(&all), &agreed(&["processing", "7"]), None)
        };
        let acme = FormAnswer { name: "company".into(), value: "Acme".into() };
        for pairs in [[("Your company", " "), ("company", "Acme")], [("Your company", "Acme"), ("company", "Acme")]] {
            assert_eq!(answers(&pairs).unwrap().answers[0], acme, "{pairs:?}");
        }
        let error = answers(&[("Your company", "Acme"), ("company", "ClouTea")]).unwrap_err();
        assert_eq!(error, Error::Conflict("company".into()));
    }

    #[test]
    fn unknown_keys_are_refused() {
        let error = complete(&settings(), &given(&[("shoe_size", "43")]), &[], None).unwrap_err();
        assert!(matches!(error, Error::UnknownField { .. }), "{error}");
        let error = complete(&settings(), &given(&[]), &agreed(&["99"]), None).unwrap_err();
        assert!(matches!(error, Error::UnknownConsent { .. }), "{error}");
    }

    #[test]
    fn guests_are_limited_by_the_link() {
        let two: Vec<Email> = ["a@b.co", "c@d.co"].iter().map(|email| email.parse().unwrap()).collect();
        assert!(check_guests(&settings(), &two).is_ok());
        let none = LinkSettings { guests_max: 0, ..settings() };
        assert_eq!(check_guests(&none, &two), Err(Error::TooManyGuests { guests_max: 0 }));
        assert!(check_guests(&none, &[]).is_ok());
    }
}
