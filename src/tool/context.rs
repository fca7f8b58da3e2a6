//! A tool, the registry that holds it and the context it runs in: in one file, because each of these types refers to the
//! others. `dispatch` runs a tool.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use futures::future::BoxFuture;
use schemars::{JsonSchema, Schema};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::arguments::{self, Arguments};
use super::call_context::{CallContext, GivenAnswer, Progress};
use super::customer_use::CustomerUse;
use super::error::ToolError;
use super::info::{Effect, ToolInfo, Toolset};
use super::question::{ElicitationAnswer, ElicitationRequest, Unanswered};
use super::recent_texts::RecentTexts;
use super::schema;
use super::tool_schemas::ToolSchemas;
use super::write_budget::WriteBudget;
use crate::audit::Audit;
use crate::change_feed::ChangeFeed;
use crate::hours::calendar::Hours;
use crate::store::{Location, Store};
use domain::clock::Clock;
use domain::code::Code;
use domain::time_zone::rules::ZoneRules;
use hubspot_client::HubSpot;
use knowledge::documents::Documents;
use taskgraph::collection::Taskgraphs;
use taskgraph::engine::toolbox::{ToolSpec, Toolbox};

/// One operation that a model can call.
///
/// The fields are the arguments and the doc comment is the description that the model reads, so that code and
/// description stand in one place.
pub trait Tool: DeserializeOwned + JsonSchema + Send + 'static {
    /// The name clients call it by.
    const NAME: &'static str;
    /// The title a person reads in the client's list of tools.
    const TITLE: &'static str;
    /// The effect on the CRM.
    const EFFECT: Effect;
    /// The scopes HubSpot requires; `frontdesk check` and the docs list them.
    const SCOPES: &'static [&'static str];
    /// The scopes without which the tool works and does less, such as that of files.
    const OPTIONAL_SCOPES: &'static [&'static str] = &[];
    /// Toolset that the tool is served or left out with.
    const TOOLSET: Toolset = Toolset::Desk;
    /// The use that customers may make of it through a client that acts for them; none unless said.
    const CUSTOMERS: Option<CustomerUse> = None;
    /// The result; its schema is the tool's output schema.
    type Output: Serialize + JsonSchema;

    /// Runs the tool.
    fn call(self, ctx: &Ctx) -> impl Future<Output = Result<Self::Output, ToolError>> + Send;
}

/// Everything that a tool may use while it runs.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// HubSpot as this one call sees it: with the call's deadline and its own usage statistics.
    pub hubspot: HubSpot,
    /// The current time.
    pub clock: Clock,
    /// The clocks of time zones: those inside the binary, unless the operator or the system has others.
    pub zone_rules: ZoneRules,
    /// The company's documents.
    pub documents: Documents,
    /// Notifies clients of changed lists and resources.
    pub changes: ChangeFeed,
    /// The client's side of this call.
    pub call: CallContext,
    /// Every tool of the server, for tools that call tools.
    pub tools: Registry,
    /// The taskgraphs that can be followed.
    pub taskgraphs: Arc<Taskgraphs>,
    /// The store of taskgraph sessions.
    pub store: Store,
    /// The audit trail.
    pub audit: Audit,
    /// The writes of callers that may do so many a day.
    pub writes: Arc<WriteBudget>,
    /// Opening hours of the company's people.
    pub hours: Arc<Hours>,
    /// Texts of colleagues that were just read.
    pub recent_texts: RecentTexts,
}

impl Ctx {
    /// A context without tools, taskgraphs or documents, and with a store in memory.
    pub fn new(hubspot: HubSpot, clock: Clock) -> Ctx {
        Ctx {
            hubspot,
            clock,
            zone_rules: ZoneRules::embedded(),
            documents: Documents::none(),
            changes: ChangeFeed::default(),
            call: CallContext::default(),
            tools: Registry::default(),
            taskgraphs: Arc::default(),
            store: Store::timed_by(Location::Memory, clock),
            audit: Audit::none(),
            writes: Arc::default(),
            hours: Arc::default(),
            recent_texts: RecentTexts::default(),
        }
    }

    /// True if the server has the tool and this call may not use it.
    pub fn lacks(&self, tool: &str) -> bool {
        self.tools.get(tool).is_some_and(|entry| self.call.denied(entry).is_some())
    }

    /// Returns the context with these documents.
    #[must_use]
    pub fn with_documents(self, documents: Documents) -> Ctx {
        Ctx { documents, ..self }
    }

    /// Asks the person. Until the answer is there the tool runs again from its start, so everything before this call must
    /// only read. Pass the error on as it is: it carries the question to the client.
    pub async fn ask(&self, question: ElicitationRequest) -> Result<ElicitationAnswer, Unanswered> {
        let fingerprint = question.fingerprint();
        let answers_this = |given: &&GivenAnswer| match &given.fingerprint {
            Some(asked) => *asked == fingerprint,
            None => !question.bound,
        };
        let given = self.call.answers.get(question.key).filter(answers_this);
        // An invalid answer counts as none: the person is asked once more.
        let answer = given.and_then(|given| question.answer(&given.reply).ok());
        if question.is_consent() && (answer.is_some() || self.call.can_ask) {
            self.call.consent.note(answer.as_ref().map(|answer| matches!(answer, ElicitationAnswer::Accepted(_))));
        }
        answer.ok_or_else(|| Unanswered(Box::new(question)))
    }

    /// Reports the progress of the call to a client that asked for it. `done` must grow from report to report.
    pub fn progress(&self, done: f64, total: Option<f64>, message: impl Into<String>) {
        if let Some(reports) = &self.call.progress {
            // A slow client misses reports; it never slows the tool down.
            let _ = reports.try_send(Progress { done, total, message: Some(message.into()) });
        }
    }
}

type Handler = Arc<dyn Fn(Value, Arc<Ctx>) -> BoxFuture<'static, Result<Value, ToolError>> + Send + Sync>;

/// A tool with its types erased, ready to be listed and called by name. It dereferences to its [`ToolInfo`]; clones share
/// the schemas.
#[derive(Clone)]
pub struct ToolEntry {
    info: ToolInfo,
    schemas: Arc<ToolSchemas>,
    pub(super) handler: Handler,
    declared: bool,
}

impl ToolEntry {
    /// The entry of a tool.
    pub fn of<T: Tool>() -> ToolEntry {
        let info = ToolInfo {
            name: T::NAME,
            title: T::TITLE,
            toolset: T::TOOLSET,
            effect: T::EFFECT,
            scopes: T::SCOPES,
            optional_scopes: T::OPTIONAL_SCOPES,
            customers: T::CUSTOMERS,
        };
        let schemas = Arc::new(ToolSchemas::of::<T, T::Output>());
        ToolEntry {
            info,
            schemas,
            handler: Arc::new(|arguments, ctx| Box::pin(handle::<T>(arguments, ctx))),
            declared: false,
        }
    }

    /// The entry of a tool that is declared at the start, not in code. Its description stands in the schema of the arguments.
    pub fn declared(
        info: ToolInfo,
        input: Schema,
        output: Schema,
        handler: impl Fn(Value, Arc<Ctx>) -> BoxFuture<'static, Result<Value, ToolError>> + Send + Sync + 'static,
    ) -> ToolEntry {
        ToolEntry {
            info,
            schemas: Arc::new(ToolSchemas::given(input, output)),
            handler: Arc::new(handler),
            declared: true,
        }
    }

    /// The schema of the arguments (JSON Schema 2020-12).
    pub fn input(&self) -> &Schema {
        self.schemas.input()
    }

    /// The schema of the result (JSON Schema 2020-12).
    pub fn output(&self) -> &Schema {
        self.schemas.output()
    }

    /// The doc comment of the tool's struct.
    pub fn description(&self) -> &str {
        self.input().get("description").and_then(Value::as_str).unwrap_or_default()
    }

    /// Shapes of the arguments, made from the schema.
    pub(super) fn arguments(&self) -> &Arguments {
        self.schemas.arguments()
    }
}

impl Deref for ToolEntry {
    type Target = ToolInfo;

    fn deref(&self) -> &ToolInfo {
        &self.info
    }
}

impl fmt::Debug for ToolEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolEntry").field("name", &self.name).finish_non_exhaustive()
    }
}

async fn handle<T: Tool>(arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
    let output = arguments::read::<T>(arguments)?.call(&ctx).await?;
    serde_json::to_value(output).map_err(|error| {
        ToolError::new(Code::Internal, format!("the result could not be written: {error}"), "report this fault")
    })
}

/// Every tool of a server, in the order clients see them. Clones share the entries.
#[derive(Clone, Default)]
pub struct Registry(Arc<Tools>);

#[derive(Default)]
struct Tools {
    entries: Vec<ToolEntry>,
    toolbox: OnceLock<Toolbox>,
}

impl Registry {
    /// A registry of these tools.
    pub fn new(entries: Vec<ToolEntry>) -> Registry {
        Registry(Arc::new(Tools { entries, toolbox: OnceLock::new() }))
    }

    /// Returns a registry with `more` appended.
    #[must_use]
    pub fn with(&self, more: Vec<ToolEntry>) -> Registry {
        Registry::new(self.iter().cloned().chain(more).collect())
    }

    /// The tool with this name.
    pub fn get(&self, name: &str) -> Option<&ToolEntry> {
        self.iter().find(|entry| entry.name == name)
    }

    /// The description of every tool.
    pub fn infos(&self) -> Vec<ToolInfo> {
        self.iter().map(|entry| entry.info).collect()
    }

    /// The tools as a taskgraph sees them; made once.
    pub fn toolbox(&self) -> &Toolbox {
        self.0.toolbox.get_or_init(|| Toolbox {
            tools: self.iter().map(|entry| (entry.name.to_owned(), tool_spec(entry))).collect(),
            lookups: self.iter().filter(|entry| entry.declared).map(|entry| entry.name.to_owned()).collect(),
            ..Toolbox::default()
        })
    }
}

fn tool_spec(entry: &ToolEntry) -> ToolSpec {
    let mut schema = schema::portable(entry.input().as_object().cloned().unwrap_or_default());
    schema.retain(|key, _| !matches!(key.as_str(), "title" | "description"));
    ToolSpec { input_schema: Value::Object(schema), repeatable: entry.effect == Effect::Read }
}

impl Deref for Registry {
    type Target = [ToolEntry];

    fn deref(&self) -> &[ToolEntry] {
        &self.0.entries
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|entry| entry.name)).finish()
    }
}
