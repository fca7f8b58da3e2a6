//! A question of one replica is answered at another, once.

use frontdesk::tool::ToolEntry;
use rmcp::RoleClient;
use rmcp::model::{CallToolRequestParams, CallToolResponse};
use rmcp::service::{ClientServiceExt, RunningService};

use super::House;
use crate::databases::on_shared;
use crate::elicitation::{Book, Person, answered, book, modern};
use crate::world::serve;

async fn client(house: &House) -> RunningService<RoleClient, Person> {
    let server = house.replica_with(vec![ToolEntry::of::<Book>()]);
    Person::new([]).serve_with_lifecycle(serve(server), modern()).await.unwrap()
}

/// The name of the question that a call ends with, and its state.
async fn asked(client: &RunningService<RoleClient, Person>, params: CallToolRequestParams) -> (String, String) {
    match client.call_tool_once(params).await.unwrap() {
        CallToolResponse::InputRequired(asked) => {
            let question = asked.input_requests.unwrap().into_keys().next().unwrap();
            (question, asked.request_state.unwrap())
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_taken_by_another_replica_and_is_good_once_at_all() {
    on_shared(async |location| {
        let house = House::at(location);
        let (one, other, third) = (client(&house).await, client(&house).await, client(&house).await);
        let (question, state) = asked(&one, book("13:00")).await;
        assert_eq!(question, "confirm");
        let answer = || book("13:00").with_input_responses(answered("Sarah")).with_request_state(state.clone());
        assert_eq!(asked(&other, answer()).await.0, "colour", "the state is that of all replicas");
        for replica in [&one, &third, &other] {
            assert_eq!(asked(replica, answer()).await.0, "confirm", "one agreement allows one change");
        }
    })
    .await;
}
