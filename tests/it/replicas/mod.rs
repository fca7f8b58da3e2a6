//! Two desks on one store, as replicas behind one address are: what one has begun, the other knows.

mod answers;
mod changes;
mod chat_takeovers;
mod chats;
mod claims;
mod idempotency;
mod sessions;
mod turns;
mod without_store;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use frontdesk::events::change_relay;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::store::{Location, Store};
use frontdesk::tool::policy::ToolPolicy;
use frontdesk::tool::{Ctx, ToolEntry};
use http_client::InProcess;
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;

use crate::world::NOW;

/// One account, and the store of the desks that serve it.
struct House {
    sandbox: Sandbox,
    clock: Clock,
    location: Location,
}

impl House {
    fn at(location: Location) -> House {
        let now = NOW.parse().unwrap();
        let sandbox = Sandbox::new(hubspot_sandbox::Settings { now: Some(now), ..Default::default() });
        House { sandbox, clock: Clock::starting_at(now), location }
    }

    /// Another replica.
    fn replica(&self) -> Server {
        self.replica_with(vec![])
    }

    /// Another replica, with these tools beside its own.
    fn replica_with(&self, more: Vec<ToolEntry>) -> Server {
        let settings = hubspot_client::Settings { seed: Some(7), ..Default::default() };
        let hubspot =
            HubSpot::new(InProcess(self.sandbox.router()), Some(self.sandbox.token().into()), settings, self.clock);
        let ctx = Ctx { store: self.store(), ..Ctx::new(hubspot, self.clock) };
        tokio::spawn(change_relay::run(ctx.store.clone(), ctx.changes.clone()));
        let graphs = crate::world::taskgraphs();
        let server = Server::new(ctx, graphs, CallLimits::new(Duration::from_secs(30)));
        let server = if more.is_empty() { server } else { server.with_tools(more) };
        server.with_policy(Arc::new(ToolPolicy::default()))
    }

    fn store(&self) -> Store {
        Store::timed_by(self.location.clone(), self.clock)
    }
}
