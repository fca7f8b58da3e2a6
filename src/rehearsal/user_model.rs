//! The voice of a simulated customer: a text in, a text out. It has no tools and sees nothing of the scenario but its sheet.

use std::fmt;

use futures::future::BoxFuture;

/// One message of a conversation, as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserMessage {
    /// The customer's own message; else the desk's.
    pub by_customer: bool,
    /// Text that the model writes as the customer.
    pub text: String,
}

/// The failure of a speaker, which is neither the desk's nor the customer's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the customer's model did not answer: {0}")]
pub struct UserModelError(pub String);

/// A language model that speaks for customers.
pub trait UserModel: Send + Sync + fmt::Debug {
    /// The model's answer to a prompt and the conversation so far.
    fn say<'a>(
        &'a self,
        prompt: &'a str,
        transcript: &'a [UserMessage],
    ) -> BoxFuture<'a, Result<String, UserModelError>>;
}
