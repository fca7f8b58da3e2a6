//! Who a representative is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::crm::code::Code;
use crate::crm::id::{OwnerId, UserId};
use crate::hubspot::Owner;
use crate::tool::{Ctx, Effect, Tool, ToolError};

/// Tell who a representative is: their name, e-mail address and teams.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindOwnerByOwnerId {
    /// The owner id from `find_owner_id_by_contact_id`, for example `117001`. A user id is another number.
    owner_id: OwnerId,
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
}

impl Tool for FindOwnerByOwnerId {
    const NAME: &'static str = "find_owner_by_owner_id";
    const TITLE: &'static str = "Tell who a representative is";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.owners.read"];
    type Output = Representative;

    async fn call(self, ctx: &Ctx) -> Result<Representative, ToolError> {
        let owner = ctx.hubspot.owners().by_id(&self.owner_id).await?;
        owner.map(Representative::of).ok_or_else(|| missing(&self.owner_id))
    }
}

/// Also what the other tools say of an owner who is not there.
pub(super) fn missing(owner_id: &OwnerId) -> ToolError {
    let hint = "get the id from `find_owner_id_by_contact_id`; the id of a user is not that of an owner";
    ToolError::new(Code::OwnerNotFound, format!("no owner has the id `{owner_id}`"), hint)
}

impl Representative {
    fn of(owner: Owner) -> Representative {
        Representative {
            owner_id: owner.id,
            user_id: owner.user_id,
            first_name: owner.first_name,
            last_name: owner.last_name,
            email: owner.email,
            teams: owner.teams.into_iter().map(|team| team.name).collect(),
        }
    }
}
