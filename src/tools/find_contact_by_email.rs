//! `find_contact_by_email`: recognises the customer and logs what they said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::records::{by_phone, contact, excerpt, note, similar_people};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::code::Code;
use domain::email::Email;
use domain::id::{OwnerId, RecordId};
use domain::phone::{self, Phone};
use domain::text_cleaning::KEY_FORMAT;
use hubspot_client::{self, Communication, Created, Record};

/// HubSpot's channel type for a conversation outside its own channels. It is accepted but not documented.
const CHANNEL_TYPE: &str = "CUSTOM_CHANNEL_CONVERSATION";

const PROPERTIES: [&str; 5] = ["email", "hs_additional_emails", "firstname", "lastname", "hubspot_owner_id"];

/// The next step for each wish of somebody who is not known.
const NOT_FOUND: &str = "check the spelling with them, or look for their name with `search_contacts`; a question about \
                         products needs no contact: `search_documents`; for a ticket or a meeting `create_contact` adds \
                         them first, if they want";
const SAME_MAILBOX: &str = "ask whether they are the one in `candidates`, who has another spelling of this mailbox: if so, \
                            use that `contact_id`; `create_contact` adds nobody for it";
const SAME_PHONE: &str = "ask whether they are one of `candidates`: if so, use that `contact_id`; else go on as with \
                          somebody new";
const NOT_LOGGED_YET: &str = "; nothing is logged yet: when it is known who it is, send `chat` again, or keep it with \
                              `log_activity`";
/// The most contacts with one phone number that an error lists.
const CANDIDATES_MAX: usize = 5;

/// Recognise the customer by their e-mail address, primary or secondary, or phone number, and log what they said.
///
/// Call it before anything about a person: the other tools need its `contact_id`. Send `chat` once, since every call with
/// it logs again. A new customer gives `USER_NOT_FOUND_ERROR`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindContactByEmail {
    /// The customer's e-mail address, for example `sarah@gmail.com`.
    email: Option<Email>,
    /// Their phone number, for example `+1 702 555 0143`.
    #[schemars(length(max = 100), extend("format" = KEY_FORMAT))]
    phone: Option<String>,
    /// What the customer said, for example `I want to know more about your product: Adam`. Leave it out to only look.
    chat: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Customer {
    /// The id that other tools take as `cus_cid`.
    contact_id: RecordId,
    /// The contact's primary address, which may not be the one asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_last_name: Option<String>,
    /// The owner of the contact: their representative.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<OwnerId>,
    /// The contact's page in HubSpot.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The logged conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    logged_communication_id: Option<RecordId>,
    /// HubSpot's answer was lost and the log was found to exist: it was logged once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
    /// Why what the customer said is not logged, although the contact was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

impl Tool for FindContactByEmail {
    const NAME: &'static str = "find_contact_by_email";
    const TITLE: &'static str = "Recognise a customer";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read", "crm.objects.contacts.write"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::verified(
        Subject::Address("email"),
        &["chat"],
        &["contact_id", "contact_email", "contact_first_name", "contact_last_name", "owner_id"],
    );
    type Output = Customer;

    async fn call(self, ctx: &Ctx) -> Result<Customer, ToolError> {
        let chat = note::checked("chat", self.chat.as_deref())?;
        let contact = self.contact(ctx).await.map_err(|error| if chat.is_some() { unlogged(error) } else { error })?;
        let logged = match chat {
            Some(chat) => log(ctx, &contact, chat).await.map(Some),
            None => Ok(None),
        };
        Ok(Customer::of(contact, logged))
    }
}

impl FindContactByEmail {
    async fn contact(&self, ctx: &Ctx) -> Result<Record, ToolError> {
        let phone = self.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty());
        match (&self.email, phone) {
            (Some(email), _) => match ctx.hubspot.contacts().by_email(email, &PROPERTIES).await? {
                Some(contact) => Ok(contact),
                None => Err(unknown_address(ctx, email, phone).await),
            },
            (None, Some(phone)) => {
                let read = Phone::parse(phone).map_err(|invalid| ToolError::input("phone", invalid))?;
                let found = with_phone(ctx, &read).await;
                found.map_err(|error| if phone::lacks_area_code(phone) { without_area_code(error) } else { error })
            }
            (None, None) => Err(ToolError::input("email", "it is missing: send `email`, or `phone` without it")),
        }
    }
}

/// The failure for an address that nobody has. Who has the same mailbox, or the phone number that came with it, is named
/// and not taken for the customer: they have not said that they are this person.
async fn unknown_address(ctx: &Ctx, email: &Email, phone: Option<&str>) -> ToolError {
    let Some(phone) = phone.and_then(|phone| Phone::parse(phone).ok()) else {
        return unknown_mailbox(ctx, email).await;
    };
    let same = match with_phone(ctx, &phone).await {
        Ok(record) => json!([contact::named(&record)]),
        Err(mut several) => match several.details.remove("candidates") {
            Some(candidates) => candidates,
            None => return unknown_mailbox(ctx, email).await,
        },
    };
    let message = "no contact has this e-mail address, but the phone number is known";
    ToolError::new(Code::UserNotFound, message, SAME_PHONE).with("candidates", same)
}

async fn unknown_mailbox(ctx: &Ctx, email: &Email) -> ToolError {
    // Without the look-up the address is unknown all the same.
    let Some(record) = similar_people::with_mailbox(ctx, email).await.ok().flatten() else {
        return not_found("e-mail address");
    };
    let message = "no contact has this spelling of the e-mail address";
    ToolError::new(Code::UserNotFound, message, SAME_MAILBOX).with("candidates", [contact::named(&record)])
}

/// The only contact with this number. A number that only ends alike may be a stranger's.
async fn with_phone(ctx: &Ctx, phone: &Phone) -> Result<Record, ToolError> {
    let mut records = by_phone::all(ctx, phone, &PROPERTIES).await?.records;
    records.retain(|record| by_phone::is_same(record, phone));
    match records.len() {
        0 => Err(not_found("phone number")),
        1 => Ok(records.remove(0)),
        count => {
            let hint =
                "ask for their name or e-mail address; send `email`, or use the `contact_id` of the one who it is";
            let error = ToolError::new(Code::Ambiguous, format!("{count} contacts have this phone number"), hint);
            let names: Vec<_> = records.iter().take(CANDIDATES_MAX).map(contact::named).collect();
            Err(error.with("candidates", names))
        }
    }
}

async fn log(ctx: &Ctx, contact: &Record, chat: String) -> Result<Created<Record>, hubspot_client::Error> {
    let communication = Communication {
        contact: contact.id.clone(),
        body: chat,
        at: ctx.clock.now(),
        channel_type: CHANNEL_TYPE.to_owned(),
    };
    ctx.hubspot.communications().log(&communication).await
}

fn not_logged(error: &hubspot_client::Error) -> String {
    let what = match error {
        hubspot_client::Error::OutcomeUnknown { .. } => "activity perhaps not logged",
        _ => "activity not logged",
    };
    let hint = error.hint().unwrap_or_default();
    format!("{what}: {}: {error}; {hint}", error.code())
}

/// The failure where nobody is known yet for whom the words could be logged.
fn unlogged(mut error: ToolError) -> ToolError {
    if [Code::UserNotFound, Code::Ambiguous].contains(&error.code) {
        error.hint.push_str(NOT_LOGGED_YET);
    }
    error
}

fn not_found(what: &str) -> ToolError {
    let message = format!("no contact has this {what}: not an existing customer");
    ToolError::new(Code::UserNotFound, message, NOT_FOUND)
}

/// Nobody is a stranger for a number that people in every area may have.
fn without_area_code(mut error: ToolError) -> ToolError {
    if error.code == Code::UserNotFound {
        error.message = "the phone number lacks its country or area code: nobody can be told by it".to_owned();
        error.hint =
            "ask for that code or the e-mail address; `search_contacts` lists whose numbers end with it".to_owned();
    }
    error
}

impl Customer {
    /// A failed log is a warning: the contact was found.
    fn of(contact: Record, logged: Result<Option<Created<Record>>, hubspot_client::Error>) -> Customer {
        let property = |name: &str| contact.get(name).map(excerpt::line);
        let warning = logged.as_ref().err().map(not_logged);
        let logged = logged.ok().flatten();
        Customer {
            contact_email: property("email"),
            contact_first_name: property("firstname"),
            contact_last_name: property("lastname"),
            owner_id: contact.get("hubspot_owner_id").and_then(|id| id.parse().ok()),
            recovered: logged.as_ref().is_some_and(|logged| logged.recovered),
            logged_communication_id: logged.map(|logged| logged.value.id),
            warning,
            contact_id: contact.id,
            url: contact.url,
        }
    }
}
