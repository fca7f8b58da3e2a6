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
    let closed = |name: &&String| {
        let denied = ctx.tools.get(name).and_then(|entry| ctx.call.denied(entry));
        denied.is_some_and(|reason| reason != Denied::NotForCustomers)
    };
    let closed: BTreeSet<String> = all.tools.keys().filter(closed).cloned().collect();
    match closed.is_empty() {
        true => Cow::Borrowed(all),
        false => Cow::Owned(Toolbox { closed, ..all.clone() }),
    }
}
