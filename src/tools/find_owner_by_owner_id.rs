//! `find_owner_by_owner_id`: the name, address and teams of a representative.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::records::{excerpt, owner};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::id::{OwnerId, UserId};
use domain::owner_key::OwnerKey;
use hubspot_client::Owner;

/// Tell who a representative is: their name, e-mail address and teams.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindOwnerByOwnerId {
    /// The owner id from `find_owner_id_by_contact_id`, for example `117001`, or an e-mail address or name. A user id is another number.
    owner_id: OwnerKey,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Representative {
    owner_id: OwnerId,
    /// The HubSpot user behind the owner; none for an owner who has left.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The names of their teams.
    teams: Vec<String>,
    /// They have left the company: nothing can be assigned to them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    left: bool,
}

impl Tool for FindOwnerByOwnerId {
    const NAME: &'static str = "find_owner_by_owner_id";
    const TITLE: &'static str = "Tell who a representative is";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.owners.read"];
    const CUSTOMERS: Option<CustomerUse> =
        CustomerUse::verified(Subject::Nobody, &["owner_id"], &["owner_id", "first_name", "last_name"]);
    type Output = Representative;

    async fn call(self, ctx: &Ctx) -> Result<Representative, ToolError> {
        Ok(Representative::of(owner::known(&ctx.hubspot, &self.owner_id).await?))
    }
}

impl Representative {
    fn of(owner: Owner) -> Representative {
        let line = |text: Option<String>| text.as_deref().map(excerpt::line);
        Representative {
            owner_id: owner.id,
            user_id: owner.user_id,
            first_name: line(owner.first_name),
            last_name: line(owner.last_name),
            email: owner.email,
            left: owner.archived,
            teams: owner.teams.iter().map(|team| excerpt::line(&team.name)).collect(),
        }
    }
}
