//! The person whose free times are shown: the customer is told with whom they meet.

use serde_json::{Map, Value};

use crate::records::owner;
use crate::tool::Ctx;

/// The name of the owner whose free times this call has shown, if it can be read.
pub(super) async fn name(ctx: &Ctx, tool: &str, arguments: &Map<String, Value>) -> Option<String> {
    let asked = arguments.get("owner_id").filter(|_| tool == "check_available")?;
    let key = owner::key(asked.as_str()?).ok()?;
    let found = owner::known(&ctx.hubspot, &key).await.ok()?;
    Some(owner::name(&found)).filter(|name| !name.is_empty())
}
