//! The error of an app that cannot be told of changes.

/// The reason why an app cannot be added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// No subscription type has this name.
    #[error(
        "`{0}` is not a subscription type; expected one like `conversation.newMessage` or `contact.propertyChange`"
    )]
    UnknownType(String),
    /// HubSpot tells of the change of a property only by its name.
    #[error("`{0}` needs a `property`")]
    PropertyMissing(String),
    /// HubSpot tells of no changes of this property.
    #[error("changes of the property `{0}` cannot be subscribed to")]
    PropertyNotSubscribable(String),
    /// The subscription type is not about properties.
    #[error("`{0}` takes no `property`")]
    PropertyNotExpected(String),
    /// The events of `object.*` are about one object type.
    #[error("`{0}` needs an `object_type` like `contact`")]
    ObjectTypeMissing(String),
    /// An app has too many subscriptions.
    #[error("an app has at most {max} subscriptions, not {given}")]
    TooManySubscriptions {
        /// Subscriptions of the app.
        given: usize,
        /// Most that HubSpot allows.
        max: usize,
    },
    /// The target is not on this machine.
    #[error("`{0}` is not a URL of this machine; expected one like `http://127.0.0.1:8080/hubspot/webhooks`")]
    TargetNotLocal(String),
    /// A share is more than all.
    #[error("{0} percent is more than all; expected at most 100")]
    InvalidShare(u8),
    /// The number of requests at once is 0, or more than HubSpot allows.
    #[error("{given} requests at once are not possible; expected 1 to {max}")]
    InvalidConcurrency {
        /// Requests at once.
        given: usize,
        /// Most that HubSpot allows.
        max: usize,
    },
    /// Nothing could send the webhooks: there is no tokio runtime here.
    #[error("webhooks are sent by tokio's runtime, and there is none here")]
    NoRuntime,
}
