//! The paths of this family.

use crate::transport::call_scope::CallScope;
use crate::transport::request::encoded;
use crate::versions::Api;

/// The label in metrics and logs.
pub(super) const FAMILY: &str = "custom_channels";

/// The list of channels.
pub(super) fn channels(scope: &CallScope) -> String {
    scope.root(Api::CustomChannels)
}

/// A channel, and what is below it; `rest` is empty or begins with a slash.
pub(super) fn channel(scope: &CallScope, id: &str, rest: &str) -> String {
    format!("{}/{}{rest}", channels(scope), encoded(id))
}

/// The accounts of a channel, and one of them.
pub(super) fn accounts(scope: &CallScope, channel: &str) -> String {
    self::channel(scope, channel, "/channel-accounts")
}

/// One account of a channel.
pub(super) fn account(scope: &CallScope, channel: &str, id: &str) -> String {
    format!("{}/{}", accounts(scope, channel), encoded(id))
}

/// One message of a channel.
pub(super) fn message(scope: &CallScope, channel: &str, id: &str) -> String {
    self::channel(scope, channel, &format!("/messages/{}", encoded(id)))
}
