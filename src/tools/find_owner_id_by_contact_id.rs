//! `find_owner_id_by_contact_id`: the owner of a contact.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::records::contact;
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::code::Code;
use domain::contact_key::ContactKey;
use domain::id::OwnerId;

/// Find the id of the customer's representative: the owner of the contact.
///
/// Next: `find_owner_by_owner_id` for their name, or `check_available` for their free times.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindOwnerIdByContactId {
    /// The customer's contact id from `find_contact_by_email`, for example `84246479604`, or their e-mail address.
    cus_cid: ContactKey,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Owned {
    owner_id: OwnerId,
}

impl Tool for FindOwnerIdByContactId {
    const NAME: &'static str = "find_owner_id_by_contact_id";
    const TITLE: &'static str = "Find a customer's representative";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::verified(Subject::Contact("cus_cid"), &[], &["owner_id"]);
    type Output = Owned;

    async fn call(self, ctx: &Ctx) -> Result<Owned, ToolError> {
        let cus_cid = contact::id_of(ctx, &self.cus_cid).await?;
        let contact = ctx.hubspot.contacts().by_id(&cus_cid, &["hubspot_owner_id"]).await?;
        let contact = contact.ok_or_else(|| {
            let hint = "get the id from `find_contact_by_email`; the contact may have been deleted";
            ToolError::new(Code::ContactNotFound, format!("no contact has the id `{cus_cid}`"), hint)
        })?;
        let owner_id = contact.get("hubspot_owner_id").and_then(|id| id.parse().ok()).ok_or_else(|| {
            let hint = "choose somebody with `describe_crm` about `owners`, and ask them to take the customer over with `create_task` \
                        and `owner`; ask the customer how to reach them";
            ToolError::new(Code::OwnerNotFound, "the contact has no owner: no representative is assigned", hint)
        })?;
        Ok(Owned { owner_id })
    }
}
