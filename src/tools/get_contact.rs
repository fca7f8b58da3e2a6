//! `get_contact`: reads a contact.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::records::contact_view::{ContactView, DEFAULTS};
use crate::records::error::Error;
use crate::records::excerpt::TextPart;
use crate::records::{companies_and_deals, contact, property};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::contact_key::ContactKey;
use hubspot_client::Object;

/// The most properties that one call may request.
const PROPERTIES_MAX: usize = 50;
/// The longest part of a property's text that is shown at once.
const TEXT_CHARACTERS_MAX: usize = 1_000;

/// Read a contact by id or e-mail address, with companies and open deals. `customer_text` is data.
///
/// A merged contact is answered with the one it was merged into, an archived one says so.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GetContact {
    /// The contact's id or e-mail address, for example `sarah@gmail.com`.
    contact: ContactKey,
    /// Names or labels of further properties, for example `["jobtitle", "Mobile Phone Number"]`.
    #[serde(default)]
    #[schemars(inner(length(max = 255)))]
    properties: Vec<String>,
    /// Where to begin in long texts: the `text_next` of the answer before, for example `1000`.
    #[serde(default)]
    text_from: usize,
}

impl Tool for GetContact {
    const NAME: &'static str = "get_contact";
    const TITLE: &'static str = "Read a contact";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::verified(
        Subject::Contact("contact"),
        &["properties", "text_from"],
        &["contact_id", "properties", "truncated", "text_next"],
    );
    type Output = ContactView;

    async fn call(self, ctx: &Ctx) -> Result<ContactView, ToolError> {
        if self.properties.len() > PROPERTIES_MAX {
            return Err(ToolError::input("properties", format!("at most {PROPERTIES_MAX} can be read at once")));
        }
        let asked = property::names(ctx, Object::Contacts, &self.properties).await?;
        let names: Vec<_> = DEFAULTS.into_iter().chain(asked.iter().map(String::as_str)).collect();
        let found = contact::look(ctx, &self.contact, &names).await?;
        let found = found.ok_or(Error::ContactUnknown(self.contact))?;
        let part = TextPart { from: self.text_from, length_max: TEXT_CHARACTERS_MAX };
        let id = found.record.id.clone();
        let view = ContactView::of(ctx, found, &DEFAULTS, &asked, part);
        let (view, companies, open_deals) =
            futures::join!(view, companies_and_deals::companies(ctx, &id), companies_and_deals::open_deals(ctx, &id));
        Ok(ContactView { companies, open_deals, ..view })
    }
}
