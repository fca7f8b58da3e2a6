//! Equal calls at two replicas at once make one record.

use serde_json::{Value, json};

use super::House;
use crate::databases::on_shared;
use crate::handoff::SARAH;
use crate::world::{connect, read};
use rmcp::model::CallToolRequestParams;

#[tokio::test(start_paused = true)]
async fn equal_calls_at_two_replicas_open_one_ticket_and_one_task() {
    on_shared(async |location| {
        let house = House::at(location);
        let (one, other) = (connect(house.replica()).await, connect(house.replica()).await);
        let ticket = json!({"cus_cid": SARAH, "issue": "My DUST-E robot beeps all night"});
        let task =
            json!({"reason": "Wants to be called back about the offer", "contact": SARAH, "owner": "contact_owner"});
        for (tool, id, records, arguments) in
            [("create_ticket", "ticket_id", "tickets", ticket), ("create_task", "task_id", "tasks", task)]
        {
            let before = house.sandbox.records(records).len();
            let params = || CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
            let (first, second) = tokio::join!(one.call_tool(params()), other.call_tool(params()));
            let answers = [first, second].map(|answer| read(answer.unwrap()).unwrap());
            assert_eq!(answers[0][id], answers[1][id], "{answers:?}");
            let already = answers.iter().filter(|answer: &&Value| answer["already"] == true).count();
            assert_eq!((already, house.sandbox.records(records).len() - before), (1, 1), "{answers:?}");
        }
    })
    .await;
}
