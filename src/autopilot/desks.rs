//! The desks of the inboxes: each with the tools that its settings open, and with the prompt of the day.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::decide::Mode;
use super::settings::InboxSettings;
use crate::chat::desk::{ChatDesk, DeskSettings, NewBrain, UnknownGraph};
use crate::mcp::Server;
use crate::tool::Toolset;
use crate::tool::permissions::Permissions;
use crate::tool::policy::ToolPolicy;

/// A desk is made anew after this time: its prompt names the day.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// The tools without which no script is followed. They reach neither HubSpot nor a document.
const STEPS: [&str; 2] = ["taskgraph_start", "taskgraph_step"];

/// The desks, by their choices.
pub struct Desks {
    server: Server,
    policy: Arc<ToolPolicy>,
    settings: DeskSettings,
    brain: Option<NewBrain>,
    // Held while a desk is made: others that need it wait for it.
    made: Mutex<Vec<Made>>,
}

struct Made {
    is_draft: bool,
    tools: Option<Vec<String>>,
    desk: ChatDesk,
    at: Instant,
}

impl Desks {
    /// Desks on this server, under the operator's policy.
    pub fn new(server: Server, policy: Arc<ToolPolicy>, settings: DeskSettings, brain: Option<NewBrain>) -> Desks {
        Desks { server, policy, settings, brain, made: Mutex::default() }
    }

    /// The desk for an inbox with these choices.
    ///
    /// # Errors
    /// There is no such taskgraph.
    pub async fn of(&self, inbox: &InboxSettings, mode: Mode) -> Result<ChatDesk, UnknownGraph> {
        let is_draft = mode != Mode::Reply;
        let mut made = self.made.lock().await;
        made.retain(|one| one.at.elapsed() < KEPT);
        if let Some(one) = made.iter().find(|one| one.is_draft == is_draft && one.tools == inbox.tools) {
            return Ok(one.desk.clone());
        }
        let policy = Arc::new(policy(&self.policy, inbox, is_draft));
        let desk = ChatDesk::new(self.server.clone().with_policy(policy), self.settings.clone()).await?;
        let desk = match &self.brain {
            Some(brain) => desk.with_brain(brain.clone()),
            None => desk,
        };
        made.push(Made { is_draft, tools: inbox.tools.clone(), desk: desk.clone(), at: Instant::now() });
        Ok(desk)
    }
}

/// The tools of an inbox. Nobody has agreed to what is only proposed, so it changes nothing.
fn policy(operator: &ToolPolicy, inbox: &InboxSettings, is_draft: bool) -> ToolPolicy {
    let named = inbox.tools.as_ref().map(|tools| {
        let steps = STEPS.iter().map(|name| (*name).to_owned());
        let all: BTreeSet<String> = tools.iter().cloned().chain(steps).collect();
        match &operator.permissions.tools {
            Some(open) => all.intersection(open).cloned().collect(),
            None => all,
        }
    });
    let permissions = Permissions {
        read_only: operator.permissions.read_only || is_draft,
        tools: named.map(Arc::new).or_else(|| operator.permissions.tools.clone()),
        ..operator.permissions.clone()
    };
    ToolPolicy { permissions, toolsets: Some(Arc::new(BTreeSet::from([Toolset::Desk]))), ..operator.clone() }
}

impl fmt::Debug for Desks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desks").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(operator: Option<&[&str]>, inbox: Option<&[&str]>) -> Option<Vec<String>> {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let open = operator.map(|names| Arc::new(set(names).into_iter().collect::<BTreeSet<_>>()));
        let operator =
            ToolPolicy { permissions: Permissions { tools: open, ..Permissions::default() }, ..ToolPolicy::default() };
        let inbox = InboxSettings { tools: inbox.map(set), ..InboxSettings::default() };
        policy(&operator, &inbox, false).permissions.tools.map(|tools| tools.iter().cloned().collect())
    }

    #[test]
    fn an_inbox_has_no_tool_that_the_operator_has_closed() {
        assert_eq!(tools(None, None), None);
        assert_eq!(tools(None, Some(&[])).unwrap(), ["taskgraph_start", "taskgraph_step"]);
        let open = ["search_documents", "taskgraph_start", "taskgraph_step"];
        assert_eq!(tools(Some(&open), Some(&["create_meeting", "search_documents"])).unwrap(), open);
        assert_eq!(tools(Some(&open), None).unwrap(), open);
        let draft = policy(&ToolPolicy::default(), &InboxSettings::default(), true);
        assert!(draft.permissions.read_only, "a draft changes nothing");
    }
}
