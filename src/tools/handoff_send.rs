//! `handoff_send`: the customer's next words, for the person who has the conversation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conversations::files::{FileInput, SCOPE as FILES};
use crate::handoff::send::{self, RelayedMessage};
use crate::tool::customer_use::CustomerUse;
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};
use domain::invisible;

/// The longest text.
const TEXT_CHARACTERS_MAX: usize = 10_000;

/// Pass the customer's next words and files on to the person. Each message once: the same again within 30 seconds is one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandoffSend {
    /// From `handoff_start`, for example `0f3c…`.
    #[schemars(length(max = 100))]
    session: String,
    /// The customer's words, for example `It still beeps.`
    #[serde(default)]
    #[schemars(length(max = 10_000))]
    text: String,
    /// Up to 1 MB together, for example `[{"name": "door.png", "mime": "image/png", "base64": "SGk="}]`.
    #[serde(default)]
    files: Vec<FileInput>,
    /// Your own id of the message, for example `17`, with which a repeat is surely known.
    #[schemars(length(max = 100))]
    message_id: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Passed {
    sent_id: String,
    /// It was sent before, and not again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already: bool,
    /// HubSpot's answer was lost and the words were found to be there: they were sent once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
    /// Files that were not passed on; the person was told, tell the customer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused_files: Vec<RefusedFile>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RefusedFile {
    name: String,
    why: String,
}

impl Tool for HandoffSend {
    const NAME: &'static str = "handoff_send";
    const TITLE: &'static str = "Pass on to the person";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    const OPTIONAL_SCOPES: &'static [&'static str] = &[FILES];
    const TOOLSET: Toolset = Toolset::Handoff;
    const CUSTOMERS: Option<CustomerUse> =
        CustomerUse::anybody(&["session", "text", "files", "message_id"], &["sent_id", "already", "refused_files"]);
    type Output = Passed;

    async fn call(self, ctx: &Ctx) -> Result<Passed, ToolError> {
        let text = invisible::trim(&self.text).to_owned();
        if text.is_empty() && self.files.is_empty() {
            return Err(ToolError::input("text", "there is neither a text nor a file"));
        }
        if text.chars().count() > TEXT_CHARACTERS_MAX {
            return Err(ToolError::input("text", format!("it is longer than {TEXT_CHARACTERS_MAX} characters")));
        }
        let number = self.message_id.filter(|number| !number.trim().is_empty());
        let sent = send::send(ctx, &self.session, RelayedMessage { text, files: self.files, number }).await?;
        let refused = sent.refused.into_iter().map(|file| RefusedFile { name: file.name, why: file.why });
        Ok(Passed {
            sent_id: sent.message,
            already: sent.already,
            recovered: sent.recovered,
            refused_files: refused.collect(),
        })
    }
}
