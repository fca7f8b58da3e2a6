//! The tools as a script sees them: those that this call may use.

use std::borrow::Cow;

use crate::tool::Ctx;
use crate::tool::access::Denied;
use taskgraph::engine::toolbox::Toolbox;

/// The tools that are not denied to this call, but for those that are denied because of who the customer is: they have not
/// said it yet, or whoever leads the conversation goes on in another way.
pub(super) fn of_caller(ctx: &Ctx) -> Cow<'_, Toolbox> {
    let all = ctx.tools.toolbox();
    let is_missing = |name: &str| {
        let denied = ctx.tools.get(name).and_then(|entry| ctx.call.denied(entry));
        denied.is_some_and(|why| !matches!(why, Denied::NotForCustomers))
    };
    if !all.tools.keys().any(|name| is_missing(name)) {
        return Cow::Borrowed(all);
    }
    let open = all.tools.iter().filter(|(name, _)| !is_missing(name));
    Cow::Owned(Toolbox { tools: open.map(|(name, spec)| (name.clone(), spec.clone())).collect() })
}
