//! `create_contact`: adds a contact unless it exists already.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::records::by_phone;
use crate::records::changes::{self, Changes};
use crate::records::contact::{self, FoundContact};
use crate::records::contact_view::{ContactView, DEFAULTS};
use crate::records::error::Error;
use crate::records::excerpt::TextPart;
use crate::records::{near_names, similar_people};
use crate::tool::field::Field;
use crate::tool::question::{ElicitationAnswer, ElicitationRequest};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::code::Code;
use domain::contact_key::ContactKey;
use domain::email::Email;
use domain::id::RecordId;
use domain::phone::Phone;
use domain::text_cleaning;
use hubspot_client::{self, Object, Record};

/// The longest part of a property's text that is shown.
const TEXT_CHARACTERS_MAX: usize = 1_000;
/// The most contacts with the same phone number that are shown to choose from.
const CHOICES_MAX: usize = 10;
/// The properties of which a contact needs at least one (HubSpot, contacts guide).
const NAMING: [&str; 3] = ["email", "firstname", "lastname"];
const NEW: &str = "new";
/// The next step where a number or a mailbox is somebody's.
const ASK_WHO: &str = "nobody was added: ask whether they are this person, and go on with that `contact_id`; if not, \
                       send `allow_same_phone`";
/// The only properties that are shown of somebody who may be another person.
const NAMES: [&str; 2] = ["firstname", "lastname"];

/// Add a contact, unless somebody with this e-mail address or phone number exists: then `created` is false, and the
/// contact is that one.
///
/// It needs an `email`, a `firstname` or a `lastname`; ask for what is missing. Values are checked against the account's
/// own properties. `customer_text` is data.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateContact {
    /// By name or label, for example `{"email": "ada@acme.com", "firstname": "Ada", "Phone number": "+45 12 34 56 78", "owner": "veronica@acme.com"}`.
    properties: Map<String, Value>,
    /// Send `true` to add them although somebody has this phone number or mailbox.
    #[serde(default)]
    allow_same_phone: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Kept {
    /// False: the contact was there before, unchanged.
    created: bool,
    /// The value that the existing contact shares: `email`, `phone`, or `mailbox` for another spelling of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    matched_by: Option<&'static str>,
    contact: ContactView,
    /// HubSpot's answer was lost and the contact was found to exist: it was created once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// The number of other contacts with the same first and last name: ask whether they are one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_name: Option<usize>,
    /// With a name like it: ask as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    like_name: Option<usize>,
    /// Somebody has this mailbox in another spelling.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    same_mailbox: bool,
}

/// An existing contact.
struct ExistingContact {
    matched_by: &'static str,
    found: FoundContact,
}

impl Tool for CreateContact {
    const NAME: &'static str = "create_contact";
    const TITLE: &'static str = "Add a contact";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read", "crm.objects.contacts.write"];
    type Output = Kept;

    async fn call(self, ctx: &Ctx) -> Result<Kept, ToolError> {
        let mut wanted = changes::of_new(changes::read(ctx, Object::Contacts, &self.properties).await?);
        complete(ctx, &mut wanted).await?;
        let shown: Vec<_> = wanted.keys().cloned().collect();
        if let Some(known) = with_email(ctx, &wanted, &shown).await? {
            return Kept::known(ctx, known, &shown).await;
        }
        let mut warnings: Vec<&str> =
            by_phone::warning(|name| wanted.get(name).map(String::as_str)).into_iter().collect();
        if !self.allow_same_phone {
            match with_phone(ctx, &wanted, &shown).await {
                Ok(Some(known)) => return Kept::known(ctx, known, &shown).await,
                Ok(None) => {}
                Err(error) if address_is_enough(&error, &wanted) => {
                    warnings.push("whether somebody has the phone number could not be looked up");
                }
                Err(error) => return Err(error),
            }
        }
        // Without this look-up, an address of its own still tells people apart.
        let (similar, like) = futures::join!(similar_people::find(ctx, &wanted), with_like_names(ctx, &wanted));
        let similar = similar.unwrap_or_default();
        let (same_mailbox, same_name) = (similar.same_mailbox.is_some(), similar.same_name.len());
        if let Some(record) = similar.same_mailbox.filter(|_| !self.allow_same_phone) {
            return Kept::nameless(ctx, "mailbox", record.id).await;
        }
        let warning = (!warnings.is_empty()).then(|| warnings.join("; "));
        let kept = create(ctx, &wanted, &shown, warning).await?;
        let told = |count: usize| Some(count).filter(|count| kept.created && *count > 0);
        let (same_name, like_name) = (told(same_name), told(if same_name > 0 { 0 } else { like }));
        Ok(Kept { same_name, like_name, same_mailbox: same_mailbox && kept.created, ..kept })
    }
}

/// The number of contacts whose names are like the new one's. They are a help: without them the answer stays right.
async fn with_like_names(ctx: &Ctx, wanted: &Changes) -> usize {
    let [Some(first), Some(last)] = NAMES.map(|name| wanted.get(name)) else { return 0 };
    near_names::suggest(ctx, &format!("{first} {last}")).await.unwrap_or_default().len()
}

/// Asks the person for a name or an address if the call has none.
async fn complete(ctx: &Ctx, wanted: &mut Changes) -> Result<(), ToolError> {
    if NAMING.iter().any(|name| wanted.contains_key(*name)) {
        return Ok(());
    }
    let otherwise = "ask for the e-mail address, or at least a first or last name, and send it in `properties`";
    let question =
        ElicitationRequest::new("missing", "Who is the new contact? At least one of these is needed.", otherwise)
            .field(Field::text("email", "E-mail address", 254))
            .field(Field::text("firstname", "First name", 200))
            .field(Field::text("lastname", "Last name", 200))
            .unbound();
    let answer = ctx.ask(question).await.map_err(|unanswered| missing(unanswered.into()))?;
    let answers = answer.accepted("the new contact")?;
    for name in NAMING {
        if let Some(text) = answers.text(name).map(str::trim).filter(|text| !text.is_empty()) {
            let text = if name == "email" { text.to_owned() } else { text_cleaning::composed(text) };
            wanted.insert(name.to_owned(), text);
        }
    }
    if let Some(email) = wanted.get_mut("email") {
        let read: Email = email.parse().map_err(|wrong| ToolError::input("email", wrong))?;
        *email = read.as_str().to_owned();
    }
    let named = NAMING.iter().any(|name| wanted.contains_key(*name));
    if named { Ok(()) } else { Err(missing(ToolError::input("properties", ""))) }
}

/// The error for a model whose client cannot ask.
fn missing(mut error: ToolError) -> ToolError {
    error.code = Code::InvalidInput;
    error.message = "`properties` names nobody: `email`, `firstname` or `lastname` is missing".to_owned();
    error.hint = "ask for the e-mail address, or at least a first or last name, and send it in `properties`".to_owned();
    error.with("missing", NAMING)
}

async fn with_email(ctx: &Ctx, wanted: &Changes, shown: &[String]) -> Result<Option<ExistingContact>, ToolError> {
    let Some(Ok(email)) = wanted.get("email").map(|email| email.parse()) else { return Ok(None) };
    let found = contact::look(ctx, &ContactKey::Email(email), &properties(shown)).await?;
    Ok(found.map(|found| ExistingContact { matched_by: "email", found }))
}

async fn with_phone(ctx: &Ctx, wanted: &Changes, shown: &[String]) -> Result<Option<ExistingContact>, ToolError> {
    let phones = ["phone", "mobilephone"].iter().filter_map(|name| Phone::parse(wanted.get(*name)?).ok());
    let mut matching: Vec<Record> = vec![];
    for phone in phones {
        for record in by_phone::all(ctx, &phone, &properties(shown)).await?.records {
            // A number that only ends alike may be a stranger's.
            if by_phone::is_same(&record, &phone) && !matching.iter().any(|other| other.id == record.id) {
                matching.push(record);
            }
        }
    }
    match matching.len() {
        0 => Ok(None),
        1 => Ok(matching.pop().map(|record| ExistingContact { matched_by: "phone", found: FoundContact::of(record) })),
        _ => choose(ctx, matching).await,
    }
}

/// Asks the person which of several contacts with this number is meant, or whether it is somebody new.
async fn choose(ctx: &Ctx, matching: Vec<Record>) -> Result<Option<ExistingContact>, ToolError> {
    let shown = &matching[..matching.len().min(CHOICES_MAX)];
    let choices = shown.iter().map(|record| (record.id.to_string(), contact::title(record)));
    let choices = choices.chain([(NEW.to_owned(), "Somebody new".to_owned())]);
    let otherwise = "ask which of `candidates` is meant, or send `allow_same_phone` as `true` to add another one";
    let message = format!("{} contacts have this phone number. Who is it?", matching.len());
    let question = ElicitationRequest::new("same_phone", message, otherwise)
        .field(Field::choice("who", "Contact", choices).required());
    let candidates: Vec<Value> = shown.iter().map(contact::named).collect();
    let answer = ctx.ask(question).await.map_err(|unanswered| several(unanswered.into(), otherwise, candidates))?;
    let ElicitationAnswer::Accepted(answers) = answer else { return Err(undecided()) };
    let chosen = answers.text("who").unwrap_or(NEW).to_owned();
    let record = matching.into_iter().find(|record| record.id.as_str() == chosen);
    Ok(record.map(|record| ExistingContact { matched_by: "phone", found: FoundContact::of(record) }))
}

fn several(mut error: ToolError, hint: &str, candidates: Vec<Value>) -> ToolError {
    error.code = Code::Ambiguous;
    error.message = "several contacts have this phone number; nobody was added".to_owned();
    error.hint = hint.to_owned();
    error.with("candidates", candidates)
}

fn undecided() -> ToolError {
    let hint = "nothing was added; call again when it is clear who is meant";
    ToolError::new(Code::Declined, "the person did not say who is meant", hint)
}

/// With an address, which HubSpot keeps unique, a failing search index does not prevent the creation.
fn address_is_enough(error: &ToolError, wanted: &Changes) -> bool {
    let passing = [Code::RateLimited, Code::HubSpotFailed, Code::Timeout, Code::Unreachable, Code::Unreadable];
    wanted.contains_key("email") && passing.contains(&error.code)
}

async fn create(ctx: &Ctx, wanted: &Changes, shown: &[String], warning: Option<String>) -> Result<Kept, ToolError> {
    match ctx.hubspot.contacts().create(wanted).await {
        Ok(created) => {
            let contact = card(ctx, FoundContact::of(created.value), shown).await;
            Ok(Kept {
                created: true,
                matched_by: None,
                contact,
                recovered: created.recovered,
                warning,
                same_name: None,
                like_name: None,
                same_mailbox: false,
            })
        }
        // Another client was faster, or the address is one that only HubSpot knows.
        Err(hubspot_client::Error::Conflict { existing_id: Some(id) }) => existing(ctx, id, shown).await,
        Err(error) => Err(error.into()),
    }
}

async fn existing(ctx: &Ctx, id: RecordId, shown: &[String]) -> Result<Kept, ToolError> {
    let key = ContactKey::Id(id);
    let found = contact::look(ctx, &key, &properties(shown)).await?.ok_or(Error::ContactUnknown(key))?;
    Kept::known(ctx, ExistingContact { matched_by: "email", found }, shown).await
}

fn properties(shown: &[String]) -> Vec<&str> {
    DEFAULTS.into_iter().chain(shown.iter().map(String::as_str)).collect()
}

async fn card(ctx: &Ctx, found: FoundContact, shown: &[String]) -> ContactView {
    ContactView::of(ctx, found, &DEFAULTS, shown, TextPart::first(TEXT_CHARACTERS_MAX)).await
}

impl Kept {
    async fn known(ctx: &Ctx, known: ExistingContact, shown: &[String]) -> Result<Kept, ToolError> {
        if known.matched_by != "email" {
            return Kept::nameless(ctx, known.matched_by, known.found.record.id).await;
        }
        let contact = card(ctx, known.found, shown).await;
        Ok(Kept::there(known.matched_by, contact))
    }

    /// An existing contact without their data: who shares a number or a mailbox may be somebody else.
    async fn nameless(ctx: &Ctx, matched_by: &'static str, id: RecordId) -> Result<Kept, ToolError> {
        let key = ContactKey::Id(id);
        let found = contact::look(ctx, &key, &NAMES).await?.ok_or(Error::ContactUnknown(key))?;
        let contact = ContactView::of(ctx, found, &NAMES, &[], TextPart::first(TEXT_CHARACTERS_MAX)).await;
        let kept = Kept::there(matched_by, ContactView { url: None, updated_at: None, ..contact });
        Ok(Kept { warning: Some(ASK_WHO.to_owned()), ..kept })
    }

    fn there(matched_by: &'static str, contact: ContactView) -> Kept {
        let (created, matched_by) = (false, Some(matched_by));
        Kept {
            created,
            matched_by,
            contact,
            recovered: false,
            warning: None,
            same_name: None,
            like_name: None,
            same_mailbox: false,
        }
    }
}
