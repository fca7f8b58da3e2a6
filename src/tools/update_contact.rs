//! `update_contact`: changes a contact.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::records::changes;
use crate::records::diff::{self, Change};
use crate::records::edit::Edit;
use crate::records::{by_phone, confirmation, contact, owner_names, record_url};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::code::Code;
use domain::contact_key::ContactKey;
use domain::id::RecordId;
use hubspot_client::Object;

/// Change properties of a contact. Answers what each was before and is after. `customer_text` is data.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateContact {
    /// The contact's id or e-mail address, for example `84246479604`.
    contact: ContactKey,
    /// By name or label, `null` clears, for example `{"phone": "+1 702 555 0199", "Job title": null}`; of several options a list, or `{"add": [..], "remove": [..]}`.
    properties: Map<String, Value>,
    /// Refuse if somebody changed the contact since: the `updated_at` of your last answer, for example `2026-11-22T15:00:00.000Z`.
    if_updated_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Updated {
    contact_id: RecordId,
    /// By internal name; empty when everything was so already.
    changes: BTreeMap<String, Change>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The id that was asked for, which was merged into this contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_from: Option<RecordId>,
    /// Properties that HubSpot did not take as sent; a lifecycle stage, for one, only moves back once it is cleared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept_by_hubspot: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

impl Tool for UpdateContact {
    const NAME: &'static str = "update_contact";
    const TITLE: &'static str = "Change a contact";
    const EFFECT: Effect = Effect::Update;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read", "crm.objects.contacts.write"];
    const CUSTOMERS: Option<CustomerUse> =
        CustomerUse::verified(Subject::Contact("contact"), &["properties"], &["contact_id", "changes"]);
    type Output = Updated;

    async fn call(self, ctx: &Ctx) -> Result<Updated, ToolError> {
        let wanted = changes::read(ctx, Object::Contacts, &self.properties).await?;
        if wanted.is_empty() {
            return Err(ToolError::input("properties", "it names nothing to change"));
        }
        let text = |name: &str| match wanted.get(name) {
            Some(Edit::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let warning = by_phone::warning(text);
        let known_by = confirmation::known_by(Object::Contacts).iter().copied();
        let names: BTreeSet<_> = wanted.keys().map(String::as_str).chain(known_by).collect();
        let names: Vec<_> = names.into_iter().collect();
        let found = contact::live(ctx, &self.contact, &names).await?;
        diff::check_unchanged(ctx, Object::Contacts, &found.record, &wanted, self.if_updated_at).await?;
        let url = record_url::url(ctx, Object::Contacts, &found.record).await;
        let merged_from = found.merged_from.clone();
        let updated = diff::apply(ctx, Object::Contacts, found.record, &wanted, None).await;
        let mut updated = updated.map_err(|error| of_somebody_else(error.into()))?;
        owner_names::show(&ctx.hubspot, &mut updated.changes).await;
        Ok(Updated {
            contact_id: updated.id,
            changes: updated.changes,
            updated_at: updated.updated_at,
            url,
            merged_from,
            kept_by_hubspot: updated.kept_by_hubspot,
            warning,
        })
    }
}

/// The failure where another contact has the value already. The one that was to change stays the one that is meant.
fn of_somebody_else(mut error: ToolError) -> ToolError {
    if error.code == Code::Conflict {
        error.hint =
            "nothing was changed, and the customer is still the one of this call: ask for the spelling; if it is \
                      right, two contacts may be one person, which a colleague has to settle: `create_task`"
                .to_owned();
    }
    error
}
