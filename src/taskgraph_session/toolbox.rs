//! The tools as a script sees them: those that this call may use.

use std::borrow::Cow;

use crate::tool::Ctx;
use taskgraph::engine::toolbox::Toolbox;

/// The tools that are not denied to this call.
pub(super) fn of_caller(ctx: &Ctx) -> Cow<'_, Toolbox> {
    let all = ctx.tools.toolbox();
    if !all.tools.keys().any(|name| ctx.lacks(name)) {
        return Cow::Borrowed(all);
    }
    let open = all.tools.iter().filter(|(name, _)| !ctx.lacks(name));
    Cow::Owned(Toolbox { tools: open.map(|(name, spec)| (name.clone(), spec.clone())).collect() })
}
