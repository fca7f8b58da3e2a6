//! Changes of a thread: its status, and the agent to whom it is assigned. They are harmless to repeat.

use serde_json::{Value, json};

use super::actor::ActorId;
use super::path;
use super::thread::{self, Thread, ThreadStatus};
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::change::{self, Looked};
use crate::writes::detached_write::{Begun, run_to_completion};
use crate::writes::dry_run;
use crate::writes::kind::WriteKind;
use crate::writes::written::{Action, Success, WriteFacts, WrittenRecord};
use domain::id::{ThreadId, UserId};

/// Opens or closes a thread.
pub(super) async fn set_status(scope: &CallScope, id: &ThreadId, status: ThreadStatus) -> Result<(), Error> {
    let body = json!({ "status": status.name() });
    let request = ApiRequest::update(path::FAMILY, path::thread(scope, id, ""), &body);
    apply(scope, id, "status", request, move |thread| thread.status == status).await
}

/// Assigns a thread to a user, or to nobody.
pub(super) async fn assign(scope: &CallScope, id: &ThreadId, to: Option<&UserId>) -> Result<(), Error> {
    let path = path::thread(scope, id, "/assignee");
    let wanted = to.map(ActorId::agent);
    let request = match &wanted {
        Some(actor) => ApiRequest::replace(path::FAMILY, path, &json!({ "actorId": actor.as_str() })),
        None => ApiRequest::delete(path::FAMILY, path),
    };
    apply(scope, id, "assignedTo", request, move |thread| thread.assigned_to == wanted).await
}

/// Sends a change, and again if its answer is lost. `is_done` says that a thread shows it.
async fn apply(
    scope: &CallScope,
    id: &ThreadId,
    field: &str,
    request: ApiRequest,
    is_done: impl Fn(&Thread) -> bool + Send + Sync + 'static,
) -> Result<(), Error> {
    if dry_run::in_place_of(scope, || request.clone(), || ()).is_some() {
        return Ok(());
    }
    let changed = id.clone();
    let start = |scope: CallScope| async move {
        let look = async { Looked::of(thread::one(&scope, &changed).await, is_done).map(drop) };
        let sent = scope.send(Bucket::General, &request).await.and_then(|answer| read(&answer));
        change::end(WriteKind::Conversation, sent, look).await?;
        Ok(changed)
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
