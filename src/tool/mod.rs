//! What a tool is: a struct of arguments that knows how to run.

use std::{fmt, sync::Arc};

use futures::future::BoxFuture;
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::change_feed::ChangeFeed;
use crate::store::{self, Location, Store};
use call_context::{CallContext, Progress};
use domain::clock::Clock;
use domain::code::Code;
use domain::text;
use hubspot_client::{self, HubSpot};
use knowledge::documents::Documents;
use question::{Answer, Question};
use taskgraph::collection::Taskgraphs;

pub mod access;
pub mod call_context;
pub mod field;
pub mod permissions;
pub mod policy;
pub mod question;

/// What is repeated of an argument that does not fit: of its name or place, and of each end of what is wrong about it.
const NAME_CHARACTERS_MAX: usize = 100;
const END_CHARACTERS_MAX: usize = 300;

/// One operation a model can ask for.
///
/// The fields are the arguments and the doc comment is the description the model reads, so both live in one place
/// and cannot drift apart.
pub trait Tool: DeserializeOwned + JsonSchema + Send + 'static {
    const NAME: &'static str;
    /// What a person reads in the client's list of tools.
    const TITLE: &'static str;
    const EFFECT: Effect;
    /// The scopes HubSpot asks for; `frontdesk check` and the README name them.
    const SCOPES: &'static [&'static str];
    type Output: Serialize + JsonSchema;

    fn call(self, ctx: &Ctx) -> impl Future<Output = Result<Self::Output, ToolError>> + Send;
}

/// What a tool does to the CRM; clients ask the person first where something could be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Adds something new. What was there stays, except that HubSpot takes a booking's names over to its contact, as from
    /// any booking page; `--confirm-writes` asks about that as well.
    Create,
    /// Changes what was there.
    Update,
}

/// What a tool may use while it runs.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// HubSpot as this one call sees it: its deadline, its own accounting.
    pub hubspot: HubSpot,
    pub clock: Clock,
    /// What the company has written.
    pub documents: Documents,
    /// Tells clients what a tool has changed about the lists and resources they know.
    pub changes: ChangeFeed,
    /// The call this is, as its client sees it.
    pub call: CallContext,
    /// The scripts that can be followed, and where walks through them are kept.
    pub taskgraphs: Arc<Taskgraphs>,
    pub store: Store,
    /// Whether a person is asked before a meeting is booked.
    pub confirm_bookings: bool,
}

impl Ctx {
    /// Without taskgraphs, and keeping things in memory.
    pub fn new(hubspot: HubSpot, clock: Clock) -> Ctx {
        let (taskgraphs, store) = (Arc::default(), Store::at(Location::Memory));
        Ctx {
            hubspot,
            clock,
            documents: Documents::none(),
            changes: ChangeFeed::default(),
            call: CallContext::default(),
            taskgraphs,
            store,
            confirm_bookings: false,
        }
    }

    #[must_use]
    pub fn with_documents(self, documents: Documents) -> Ctx {
        Ctx { documents, ..self }
    }

    /// Asks the person. On the way to the answer the tool is run again from its start, so everything before this is
    /// read-only, and writes come after. Pass the error on as it is: it carries the question to whoever can ask it.
    pub async fn ask(&self, form: Question) -> Result<Answer, ToolError> {
        let fingerprint = form.fingerprint();
        let answers_this = |given: &&call_context::GivenAnswer| match &given.fingerprint {
            Some(asked) => *asked == fingerprint,
            None => !form.bound,
        };
        let given = self.call.answers.get(form.key).filter(answers_this);
        // An answer that does not fit its form is none: the person is asked once more.
        match given.and_then(|given| form.answer(&given.reply).ok()) {
            Some(answer) => Ok(answer),
            None => Err(ToolError::unanswered(form)),
        }
    }

    /// Tells the client how far the call has come, if it wants to know. `done` must grow from report to report.
    pub fn progress(&self, done: f64, total: Option<f64>, message: impl Into<String>) {
        if let Some(reports) = &self.call.progress {
            // A client that does not keep up misses reports; it never slows the tool down.
            let _ = reports.try_send(Progress { done, total, message: Some(message.into()) });
        }
    }
}

/// A failure, written for the model that reads it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ToolError {
    pub code: Code,
    pub message: String,
    /// What to do next; it names the next call where there is one.
    pub hint: String,
    /// Data that belongs to the failure, such as free alternatives; never prose.
    pub details: Box<Map<String, Value>>,
    /// The question that has to be answered before the tool can go on.
    question: Option<Box<Question>>,
}

impl ToolError {
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> ToolError {
        ToolError { code, message: message.into(), hint: hint.into(), details: Box::default(), question: None }
    }

    /// What is left to say where nobody can be asked; elsewhere only its question is looked at.
    fn unanswered(form: Question) -> ToolError {
        let message = "a person has to answer first, and this client cannot ask them";
        let error = ToolError::new(Code::AnswerNeeded, message, form.otherwise.clone());
        let fields: Vec<_> =
            form.fields.iter().map(|field| json!({"name": field.name, "label": field.label})).collect();
        let error = error.with("question", &form.message).with("fields", fields);
        ToolError { question: Some(Box::new(form)), ..error }
    }

    /// The question this failure waits for.
    pub fn question(&self) -> Option<&Question> {
        self.question.as_deref()
    }

    /// An argument that cannot be used.
    pub fn input(argument: &str, problem: impl fmt::Display) -> ToolError {
        let hint = format!("send `{argument}` as its description says and call again");
        ToolError::new(Code::InvalidInput, format!("`{argument}`: {problem}"), hint)
    }

    /// Adds one field of data.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Serialize) -> ToolError {
        self.details.insert(field.to_owned(), json!(value));
        self
    }

    /// `{code, message, hint}` and the details beside them.
    pub fn to_json(&self) -> Value {
        let mut shown = self.details.as_ref().clone();
        shown.insert("code".into(), json!(self.code.as_str()));
        shown.insert("message".into(), json!(self.message));
        shown.insert("hint".into(), json!(self.hint));
        Value::Object(shown)
    }
}

impl From<hubspot_client::Error> for ToolError {
    fn from(error: hubspot_client::Error) -> ToolError {
        let details = match error.details() {
            Value::Object(details) => details,
            _ => Map::new(),
        };
        let hint = error.hint().unwrap_or_default();
        ToolError { code: error.code(), message: error.to_string(), hint, details: Box::new(details), question: None }
    }
}

impl From<store::Error> for ToolError {
    fn from(error: store::Error) -> ToolError {
        let hint = "nothing was sent to HubSpot; tell the operator that `FRONTDESK_STORE` must name a file that can be written";
        ToolError::new(Code::StoreFailed, error.to_string(), hint)
    }
}

type Run = fn(Value, Arc<Ctx>) -> BoxFuture<'static, Result<Value, ToolError>>;

/// A tool with its types erased, ready to be listed and called by name. Clones share the schemas.
#[derive(Clone)]
pub struct Entry {
    pub name: &'static str,
    pub title: &'static str,
    pub effect: Effect,
    pub scopes: &'static [&'static str],
    pub input: Arc<Schema>,
    pub output: Arc<Schema>,
    run: Run,
}

impl Entry {
    pub fn of<T: Tool>() -> Entry {
        Entry {
            name: T::NAME,
            title: T::TITLE,
            effect: T::EFFECT,
            scopes: T::SCOPES,
            input: Arc::new(SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()),
            output: Arc::new(
                SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T::Output>(),
            ),
            run: |arguments, ctx| Box::pin(run::<T>(arguments, ctx)),
        }
    }

    /// The doc comment of the tool's struct.
    pub fn description(&self) -> &str {
        self.input.get("description").and_then(Value::as_str).unwrap_or_default()
    }

    pub async fn call(&self, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        // Here and not at the door, because tools can call tools.
        match ctx.call.denied(self) {
            None => (self.run)(arguments, ctx).await,
            Some(reason) => Err(reason.into_error(self)),
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).finish_non_exhaustive()
    }
}

async fn run<T: Tool>(arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
    let tool: T = serde_path_to_error::deserialize(arguments).map_err(|error| unreadable(&error))?;
    let output = tool.call(&ctx).await?;
    serde_json::to_value(output).map_err(|error| {
        ToolError::new(Code::Internal, format!("the result could not be written: {error}"), "report this fault")
    })
}

/// Names the argument where the fault has one; a missing or unknown argument is named by the message itself.
fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> ToolError {
    let path = text::excerpt(&error.path().to_string(), NAME_CHARACTERS_MAX);
    let problem = problem(&error.inner().to_string());
    let message = if path == "." { problem } else { format!("`{path}`: {problem}") };
    ToolError::new(Code::InvalidInput, message, "compare the arguments with the tool's input schema and call again")
}

/// What serde says. It repeats what it was given, which may be long and anything; what was expected stands at the end.
fn problem(text: &str) -> String {
    let kinds = ["unknown field `", "unknown variant `", "invalid type: string \"", "invalid value: string \""];
    let named = kinds.into_iter().find_map(|kind| {
        let rest = text.strip_prefix(kind)?;
        let ends = ["`, expected ", "`, there are no ", "\", expected "];
        let end = ends.into_iter().filter_map(|mark| rest.rfind(mark)).max()?;
        Some(format!("{kind}{}{}", text::excerpt(&rest[..end], NAME_CHARACTERS_MAX), &rest[end..]))
    });
    both_ends(named.as_deref().unwrap_or(text))
}

fn both_ends(text: &str) -> String {
    let text: Vec<_> = text.chars().map(|c| if text::is_control_or_bidi(c) { ' ' } else { c }).collect();
    match text.len() > 2 * END_CHARACTERS_MAX {
        true => {
            let [begin, end] = [&text[..END_CHARACTERS_MAX], &text[text.len() - END_CHARACTERS_MAX..]];
            begin.iter().chain(&['…']).chain(end).collect()
        }
        false => text.into_iter().collect(),
    }
}
