//! The tools as a script sees them, and which of them this call may not use.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::tool::Ctx;
use crate::tool::access::Denied;
use taskgraph::engine::toolbox::Toolbox;

/// The tools with the names of those that are denied to this call.
pub(super) fn of_caller(ctx: &Ctx) -> Cow<'_, Toolbox> {
    let all = ctx.tools.toolbox();
    // What is closed to a customer alone is answered by what acts for them, or leads to a person.
    // A chat that may write nothing recognises its visitor by reading their contact.
    let reads_contact =
        ctx.call.caller.is_chat && ctx.tools.get("get_contact").is_some_and(|entry| ctx.call.denied(entry).is_none());
    let closed = |name: &&String| {
        if reads_contact && name.as_str() == "find_contact_by_email" {
            return false;
        }
        let denied = ctx.tools.get(name).and_then(|entry| ctx.call.denied(entry));
        denied.is_some_and(|reason| reason != Denied::NotForCustomers)
    };
    let closed: BTreeSet<String> = all.tools.keys().filter(closed).cloned().collect();
    match closed.is_empty() {
        true => Cow::Borrowed(all),
        false => Cow::Owned(Toolbox { closed, ..all.clone() }),
    }
}
