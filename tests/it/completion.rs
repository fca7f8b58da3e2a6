//! Completion of prompt and resource arguments: from the account, the taskgraphs and the names of time zones.

use std::time::Duration;

use futures::FutureExt;
use hubspot_sandbox::fault::{Effect, Fault};
use rmcp::RoleClient;
use rmcp::model::{CompletionContext, CompletionInfo};
use rmcp::service::RunningService;
use tokio::time::Instant;

use crate::world::{self, World};

type Client = RunningService<RoleClient, ()>;

const NODE: &str = "taskgraph://{name}/node/{id}";

fn given(argument: &str, value: &str) -> Option<CompletionContext> {
    Some(CompletionContext::with_arguments([(argument.to_owned(), value.to_owned())].into()))
}

async fn offered(client: &Client, prompt: &str, argument: &str, typed: &str) -> Vec<String> {
    client.complete_prompt_simple(prompt, argument, typed).await.unwrap()
}

async fn stages(client: &Client, context: Option<CompletionContext>) -> CompletionInfo {
    client.complete_prompt_argument("open_ticket", "stage", "", context).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn graphs_and_their_nodes_are_completed_by_name() {
    let client = World::new().await.client;
    assert_eq!(offered(&client, "customer_service", "graph", "hub").await, ["hubspot"]);
    for template in ["taskgraph://{name}/mermaid", NODE] {
        assert_eq!(
            client.complete_resource_simple(template, "name", "").await.unwrap(),
            ["hubspot", "frontdesk", "contacts"]
        );
    }
    let nodes = client.complete_resource_argument(NODE, "id", "", given("name", "hubspot")).await.unwrap().values;
    assert!(!nodes.is_empty());
    for id in nodes {
        let uri = format!("taskgraph://hubspot/node/{id}");
        client.read_resource(rmcp::model::ReadResourceRequestParams::new(uri)).await.unwrap();
    }
    let none = client.complete_resource_argument(NODE, "id", "", given("name", "no-such-graph")).await.unwrap();
    assert!(none.values.is_empty());
    let sessions = client.complete_resource_simple("taskgraph-session://{id}", "id", "").await.unwrap();
    assert!(sessions.is_empty(), "somebody's session is offered to nobody");
    assert!(offered(&client, "nobody", "knows", "it").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn names_of_the_account_are_completed() {
    let world = World::new().await;
    let client = &world.client;
    let owners = offered(client, "book_meeting", "owner", "").await;
    assert!(owners.len() > 1 && owners.iter().all(|name| name.contains(' ')), "{owners:?}");
    let first: String = owners[0].chars().take(3).collect();
    assert!(offered(client, "book_meeting", "owner", &first.to_lowercase()).await.contains(&owners[0]));
    let pipelines = offered(client, "open_ticket", "pipeline", "").await;
    let all = stages(client, None).await.values;
    let of_first = stages(client, given("pipeline", &pipelines[0])).await.values;
    assert!(!of_first.is_empty() && of_first.iter().all(|stage| all.contains(stage)), "{of_first:?} of {all:?}");
    assert!(stages(client, given("pipeline", "No such pipeline")).await.values.is_empty());
    assert_eq!(world.requests().len(), 2, "the owners and the pipelines are each read once");
}

#[tokio::test(start_paused = true)]
async fn time_zones_are_completed_as_people_write_them() {
    let client = World::new().await.client;
    for (typed, zone) in [
        ("new york", "America/New_York"),
        ("Europe/Lon", "Europe/London"),
        ("buenos", "America/Argentina/Buenos_Aires"),
    ] {
        assert!(offered(&client, "book_meeting", "time_zone", typed).await.iter().any(|name| name == zone), "{typed}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unresponsive_hubspot_delays_completion_briefly_without_an_error() {
    let world = World::new().await;
    world.sandbox.inject_fault(Fault { times: u32::MAX, ..Fault::once(Effect::Silence) });
    let begun = Instant::now();
    assert!(offered(&world.client, "book_meeting", "owner", "").await.is_empty());
    assert!(begun.elapsed() <= Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_further_completion_can_be_registered() {
    let server = World::server().completing(
        "customer_service",
        "tone",
        std::sync::Arc::new(|asked| async move { vec!["warm".to_owned(), asked.given.len().to_string()] }.boxed()),
    );
    let client = world::connect(server).await;
    assert_eq!(offered(&client, "customer_service", "tone", "").await, ["warm", "0"]);
}
