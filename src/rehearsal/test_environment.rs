//! The parts of a desk that all runs share, and the server that each run gets of its own.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http_client::InProcess;
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;

use super::account::RunError;
use super::scenario::Start;
use crate::mcp::Server;
use crate::mcp::call_limits::CallLimits;
use crate::tool::Ctx;
use crate::tool::policy::ToolPolicy;
use domain::clock::Clock;
use knowledge::documents::Documents;
use taskgraph::collection::Taskgraphs;
use taskgraph::graph::Graph;

/// The time at which a scenario without `start.now` begins, in seconds since 1970: a Sunday morning in New York,
/// 2026-11-22T15:00:00Z.
const USUAL_START: i64 = 1_795_359_600;

/// The parts of a desk that all runs share.
#[derive(Clone, Debug)]
pub struct TestEnvironment {
    /// Taskgraphs that the desk follows.
    pub taskgraphs: Arc<Taskgraphs>,
    /// The name of the script for every scenario; without it each names its own, or the default is used.
    pub graph: Option<String>,
    /// Documents that the desk searches.
    pub documents: Documents,
    /// The operator's choice of tools.
    pub policy: Arc<ToolPolicy>,
    /// The settings of the HubSpot client.
    pub hubspot: hubspot_client::Settings,
    /// The settings of the embedded HubSpot, but for its clock.
    pub sandbox: hubspot_sandbox::Settings,
}

impl TestEnvironment {
    /// The script of a scenario.
    pub fn graph(&self, start: &Start) -> Result<Arc<Graph>, RunError> {
        let named = self.graph.clone().or_else(|| start.graph.clone());
        let name = named.unwrap_or_else(|| self.taskgraphs.default_name());
        let names = || self.taskgraphs.names().join("`, `");
        self.taskgraphs
            .get(&name)
            .ok_or_else(|| RunError(format!("there is no taskgraph `{name}`; there are `{}`", names())))
    }

    /// A server on an account of its own, at the time of the start.
    pub fn server(&self, start: &Start) -> (Sandbox, Server) {
        let now = start.now.unwrap_or_else(usual_start);
        let sandbox = Sandbox::new(hubspot_sandbox::Settings { now: Some(now), ..self.sandbox.clone() });
        let clock = Clock::starting_at(now);
        let wire = InProcess(sandbox.router());
        let hubspot = HubSpot::new(wire, Some(sandbox.token().into()), self.hubspot.clone(), clock);
        let deadline = self.hubspot.call_deadline;
        let ctx = Ctx { zone_rules: self.hubspot.zone_rules, ..Ctx::new(hubspot, clock) };
        let ctx = ctx.with_documents(self.documents.clone());
        let server = Server::new(ctx, self.taskgraphs.clone(), CallLimits::new(deadline));
        (sandbox, server.with_policy(self.policy.clone()))
    }
}

fn usual_start() -> DateTime<Utc> {
    DateTime::from_timestamp(USUAL_START, 0).unwrap_or_default()
}

#[test]
fn the_usual_start_is_the_one_that_the_page_names() {
    assert_eq!(usual_start().to_rfc3339(), "2026-11-22T15:00:00+00:00");
}
