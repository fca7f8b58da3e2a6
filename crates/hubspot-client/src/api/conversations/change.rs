//! Changes of a thread: its status, and the agent to whom it is assigned. They are harmless to repeat.

use serde_json::{Value, json};

use super::actor::ActorId;
use super::path;
use super::thread::{Thread, ThreadStatus};
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::attempt::FailureKind;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::detached_write::{Begun, run_to_completion};
use crate::writes::dry_run;
use crate::writes::kind::WriteKind;
use crate::writes::written::{Action, Success, WriteFacts, WrittenRecord};
use domain::id::{ThreadId, UserId};

/// Opens or closes a thread.
pub(super) async fn set_status(scope: &CallScope, id: &ThreadId, status: ThreadStatus) -> Result<(), Error> {
    let body = json!({ "status": status.name() });
    apply(scope, id, "status", ApiRequest::update(path::FAMILY, path::thread(scope, id, ""), &body)).await
}

/// Assigns a thread to a user, or to nobody.
pub(super) async fn assign(scope: &CallScope, id: &ThreadId, to: Option<&UserId>) -> Result<(), Error> {
    let path = path::thread(scope, id, "/assignee");
    let request = match to {
        Some(user) => ApiRequest::replace(path::FAMILY, path, &json!({ "actorId": ActorId::agent(user).as_str() })),
        None => ApiRequest::delete(path::FAMILY, path),
    };
    apply(scope, id, "assignedTo", request).await
}

/// Sends a change, and again if its answer is lost.
async fn apply(scope: &CallScope, id: &ThreadId, field: &str, request: ApiRequest) -> Result<(), Error> {
    if dry_run::in_place_of(scope, || request.clone(), || ()).is_some() {
        return Ok(());
    }
    let changed = id.clone();
    let start = |scope: CallScope| async move {
        match scope.send(Bucket::General, &request).await.and_then(|answer| read(&answer)) {
            Err(error) if error.kind == FailureKind::NoResponse => {
                Err(Error::OutcomeUnknown { write: WriteKind::Conversation, refusal: None })
            }
            result => result.map(|()| changed).map_err(Error::from),
        }
    };
    let records = vec![WrittenRecord::new(path::FAMILY, id)];
    let facts = WriteFacts { records, ..WriteFacts::begun(Action::Update, path::FAMILY, vec![field.to_owned()]) };
    let success = |object: &'static str, id: &ThreadId| Success {
        records: vec![WrittenRecord::new(object, id)],
        recovered: false,
    };
    let begun = Begun { family: path::FAMILY, write: WriteKind::Conversation, facts, success };
    run_to_completion(scope, begun, start).await.map(drop)
}

/// The thread that HubSpot answers with; a removal has no answer.
fn read(answer: &Value) -> Result<(), crate::transport::attempt::AttemptError> {
    if answer.is_null() { Ok(()) } else { Thread::read(answer).map(drop) }
}
