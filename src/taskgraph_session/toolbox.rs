//! The tools as a script sees them, and which of them this call may not use.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::tool::Ctx;
use taskgraph::engine::toolbox::Toolbox;

/// The tools with the names of those that are denied to this call.
pub(super) fn of_caller(ctx: &Ctx) -> Cow<'_, Toolbox> {
    let all = ctx.tools.toolbox();
    let closed: BTreeSet<String> = all.tools.keys().filter(|name| ctx.lacks(name)).cloned().collect();
    match closed.is_empty() {
        true => Cow::Borrowed(all),
        false => Cow::Owned(Toolbox { closed, ..all.clone() }),
    }
}
