//! Changes of channels and accounts, which are harmless to repeat.

use super::account::ChannelAccountChange;
use super::channel::{self, NewCustomChannel};
use super::create::names;
use super::path;
use crate::developer_key::DeveloperKey;
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::change::{self, Looked};
use crate::writes::detached_write::{Begun, run_to_completion};
use crate::writes::dry_run;
use crate::writes::kind::WriteKind;
use crate::writes::written::{Action, Success, WriteFacts, WrittenRecord};

/// Changes a channel.
pub(super) async fn channel(
    scope: &CallScope,
    key: &DeveloperKey,
    id: &str,
    to: &NewCustomChannel,
) -> Result<(), Error> {
    let body = to.json();
    let request = ApiRequest::update(path::FAMILY, path::channel(scope, id, ""), &body).keyed(key);
    apply(scope, Change { object: path::FAMILY, id, fields: names(&body), write: WriteKind::Channel, request }).await
}

/// Archives a channel.
pub(super) async fn archive(scope: &CallScope, key: &DeveloperKey, id: &str) -> Result<(), Error> {
    let request = ApiRequest::delete(path::FAMILY, path::channel(scope, id, "")).keyed(key);
    let fields = vec!["archived".to_owned()];
    let done = apply(scope, Change { object: path::FAMILY, id, fields, write: WriteKind::Channel, request }).await;
    match done {
        Err(Error::NotFound) => Ok(()),
        // An answer was lost before.
        Err(Error::OutcomeUnknown { refusal: Some(refusal), .. }) if *refusal == Error::NotFound => Ok(()),
        done => done,
    }
}

/// Changes an account.
pub(super) async fn account(
    scope: &CallScope,
    channel: &str,
    id: &str,
    to: &ChannelAccountChange,
) -> Result<(), Error> {
    let body = to.json();
    let request = ApiRequest::update(path::FAMILY, path::account(scope, channel, id), &body);
    apply(scope, Change { object: "channel_accounts", id, fields: names(&body), write: WriteKind::Channel, request })
        .await
}

/// A change before it is sent.
pub(super) struct Change<'a> {
    /// The type of what is changed, for the audit trail.
    pub(super) object: &'static str,
    pub(super) id: &'a str,
    pub(super) fields: Vec<String>,
    pub(super) write: WriteKind,
    pub(super) request: ApiRequest,
}

/// Sends a change, and again if its answer is lost.
pub(super) async fn apply(scope: &CallScope, change: Change<'_>) -> Result<(), Error> {
    let Change { object, id, fields, write, request } = change;
    if dry_run::in_place_of(scope, || request.clone(), || ()).is_some() {
        return Ok(());
    }
    let changed = id.to_owned();
    let start = move |scope: CallScope| async move {
        // Whoever sets a channel up looks before every change, and a delivery that is not known is told again.
        let look = async { Looked::Unknown };
        let sent = scope.send(Bucket::General, &request).await.map_err(|error| of(&request, error));
        change::end(write, sent.map(|_| changed), look).await
    };
    let records = vec![WrittenRecord::new(object, id)];
    let facts = WriteFacts { records, ..WriteFacts::begun(Action::Update, object, fields) };
    let success =
        |object: &'static str, id: &String| Success { records: vec![WrittenRecord::new(object, id)], recovered: false };
    run_to_completion(scope, Begun { family: path::FAMILY, write, facts, success }, start).await.map(drop)
}

fn of(request: &ApiRequest, error: AttemptError) -> AttemptError {
    if request.developer_key.is_some() { channel::of_key(error) } else { error }
}
