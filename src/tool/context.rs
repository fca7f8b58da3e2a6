//! A tool, the registry that holds it and the context it runs in: in one file, because each of them refers to the others.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use futures::future::BoxFuture;
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::arguments::conform::Conformed;
use super::arguments::{self, Arguments};
use super::call_context::{CallContext, GivenAnswer, Progress};
use super::customer::{self, Bound, Lookup};
use super::customer_use::CustomerUse;
use super::error::ToolError;
use super::info::{Effect, ToolInfo, Toolset};
use super::named_tools;
use super::on_behalf_of::OnBehalfOf;
use super::outgoing;
use super::question::{Answer, Question, Unanswered};
use super::recent_texts::RecentTexts;
use super::schema;
use super::write_budget::WriteBudget;
use crate::audit::Audit;
use crate::change_feed::ChangeFeed;
use crate::hours::calendar::Hours;
use crate::store::{Location, Store};
use domain::clock::Clock;
use domain::code::Code;
use domain::email::Email;
use domain::id::RecordId;
use domain::time_zone::rules::ZoneRules;
use hubspot_client::{HubSpot, Object};
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
    /// The group with which the operator serves it.
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
    /// The hours at which people answer.
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

    /// The same context with these documents.
    #[must_use]
    pub fn with_documents(self, documents: Documents) -> Ctx {
        Ctx { documents, ..self }
    }

    /// Asks the person. Until the answer is there the tool runs again from its start, so everything before this call must
    /// only read. Pass the error on as it is: it carries the question to the client.
    pub async fn ask(&self, question: Question) -> Result<Answer, Unanswered> {
        let fingerprint = question.fingerprint();
        let answers_this = |given: &&GivenAnswer| match &given.fingerprint {
            Some(asked) => *asked == fingerprint,
            None => !question.bound,
        };
        let given = self.call.answers.get(question.key).filter(answers_this);
        // An invalid answer counts as none: the person is asked once more.
        let answer = given.and_then(|given| question.answer(&given.reply).ok());
        if question.is_consent() && (answer.is_some() || self.call.can_ask) {
            self.call.consent.note(answer.as_ref().map(|answer| matches!(answer, Answer::Accepted(_))));
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

type Run = fn(Value, Arc<Ctx>) -> BoxFuture<'static, Result<Value, ToolError>>;

/// A tool with its types erased, ready to be listed and called by name. It dereferences to its [`ToolInfo`]; clones share
/// the schemas.
#[derive(Clone)]
pub struct Entry {
    info: ToolInfo,
    schemas: Arc<Schemas>,
    run: Run,
}

/// The schemas of a tool, and the shapes of its arguments. Each is made when it is first read: they take milliseconds of
/// a start.
struct Schemas {
    input: OnceLock<Schema>,
    arguments: OnceLock<Arguments>,
    output: OnceLock<Schema>,
    make_input: fn() -> Schema,
    make_output: fn() -> Schema,
}

impl Entry {
    /// The entry of a tool.
    pub fn of<T: Tool>() -> Entry {
        let info = ToolInfo {
            name: T::NAME,
            title: T::TITLE,
            toolset: T::TOOLSET,
            effect: T::EFFECT,
            scopes: T::SCOPES,
            customers: T::CUSTOMERS,
        };
        let schemas = Schemas {
            input: OnceLock::new(),
            arguments: OnceLock::new(),
            output: OnceLock::new(),
            make_input: || SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>(),
            make_output: || {
                SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T::Output>()
            },
        };
        Entry { info, schemas: Arc::new(schemas), run: |arguments, ctx| Box::pin(run::<T>(arguments, ctx)) }
    }

    /// The schema of the arguments (JSON Schema 2020-12).
    pub fn input(&self) -> &Schema {
        self.schemas.input.get_or_init(self.schemas.make_input)
    }

    /// The schema of the result (JSON Schema 2020-12).
    pub fn output(&self) -> &Schema {
        self.schemas.output.get_or_init(self.schemas.make_output)
    }

    /// The doc comment of the tool's struct.
    pub fn description(&self) -> &str {
        self.input().get("description").and_then(Value::as_str).unwrap_or_default()
    }

    /// Runs the tool, if this call may use it. Every call of a tool passes here, also that of another tool. The answer
    /// has no hidden characters.
    pub async fn call(&self, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        let (hubspot, caller) = (ctx.hubspot.clone(), ctx.clone());
        let answer =
            self.run(arguments, ctx).await.map_err(|error| named_tools::of_caller(error, &|name| caller.lacks(name)));
        // Taken also after a failure: what another tool planned within this call is its own.
        let planned = hubspot.take_planned_writes();
        answer.map(|output| outgoing::result(outgoing::planned(output, planned))).map_err(outgoing::failure)
    }

    async fn run(&self, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        // Checked here and not by the server alone, because tools can call tools.
        if let Some(reason) = ctx.call.denied(self) {
            return Err(reason.into_error(self));
        }
        let shapes = self.schemas.arguments.get_or_init(|| Arguments::of(self.input()));
        let Conformed { arguments, hidden } = shapes.conform(self.name, arguments)?;
        let answer = self.run_within_budget(arguments, ctx).await?;
        Ok(outgoing::tell_removed(answer, hidden))
    }

    async fn run_within_budget(&self, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        let Some(per_day) = ctx.call.caller.limits.writes_per_day.filter(|_| self.writes_to_hubspot()) else {
            return self.call_for_caller(arguments, ctx).await;
        };
        let taken = WriteBudget::take_for(&ctx.writes, &ctx.call.caller.id, per_day, ctx.clock.now(), &ctx.hubspot);
        let Some(_taken) = taken else { return Err(no_writes_left(self, per_day)) };
        self.call_for_caller(arguments, ctx).await
    }

    /// True for tools that write there themselves; a step of a script calls others that do.
    fn writes_to_hubspot(&self) -> bool {
        self.effect != Effect::Read && !self.scopes.is_empty()
    }

    async fn call_for_caller(&self, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        match ctx.call.caller.on_behalf_of.clone() {
            OnBehalfOf::Operator => (self.run)(arguments, ctx).await,
            customer => {
                let answer = self.call_for(&customer, arguments, ctx).await;
                answer
                    .map(|result| customer::told(self, result))
                    .map_err(|error| customer::told_error(error, &customer))
            }
        }
    }

    /// Runs the tool for a customer: with their ids, from the server.
    async fn call_for(&self, customer: &OnBehalfOf, arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
        let Value::Object(given) = arguments else { return Err(ToolError::input("arguments", "send an object")) };
        let Bound { mut arguments, lookup } = customer::bind(self, given, customer).map_err(|refused| *refused)?;
        match (&lookup, customer) {
            (Lookup::ContactOfAddress(argument), OnBehalfOf::Claimed { address }) => {
                let id = contact_of(&ctx.hubspot, address).await?;
                arguments.insert((*argument).to_owned(), id.to_string().into());
            }
            (Lookup::OwnTicket(ticket), OnBehalfOf::Verified { contact, .. }) => {
                let tickets = ctx.hubspot.associations();
                let of = tickets.of(Object::Contacts, contact, Object::Tickets).await?;
                if !of.contains(ticket) {
                    return Err(customer::foreign(self, "ticket_id"));
                }
            }
            _ => {}
        }
        (self.run)(Value::Object(arguments), ctx).await
    }
}

impl Deref for Entry {
    type Target = ToolInfo;

    fn deref(&self) -> &ToolInfo {
        &self.info
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).finish_non_exhaustive()
    }
}

fn no_writes_left(tool: &ToolInfo, per_day: u32) -> ToolError {
    let message =
        format!("`{}`: the token you call with may write {per_day} times a day, and has done so today", tool.name);
    ToolError::new(Code::WriteLimit, message, "nothing was written; it may write again from midnight UTC on")
}

/// The contact with this address, made if there is none: whoever typed it learns nothing from the difference.
async fn contact_of(hubspot: &HubSpot, address: &Email) -> Result<RecordId, hubspot_client::Error> {
    let contacts = hubspot.contacts();
    if let Some(known) = contacts.by_email(address, &["email"]).await? {
        return Ok(known.id);
    }
    let properties = BTreeMap::from([("email".to_owned(), address.as_str().to_owned())]);
    contacts.create(&properties).await.map(|created| created.value.id)
}

async fn run<T: Tool>(arguments: Value, ctx: Arc<Ctx>) -> Result<Value, ToolError> {
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
    entries: Vec<Entry>,
    toolbox: OnceLock<Toolbox>,
}

impl Registry {
    /// A registry of these tools.
    pub fn new(entries: Vec<Entry>) -> Registry {
        Registry(Arc::new(Tools { entries, toolbox: OnceLock::new() }))
    }

    /// A registry with more tools behind these.
    #[must_use]
    pub fn with(&self, more: Vec<Entry>) -> Registry {
        Registry::new(self.iter().cloned().chain(more).collect())
    }

    /// The tool with this name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
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
            ..Toolbox::default()
        })
    }
}

fn tool_spec(entry: &Entry) -> ToolSpec {
    let mut schema = schema::portable(entry.input().as_object().cloned().unwrap_or_default());
    schema.retain(|key, _| !matches!(key.as_str(), "title" | "description"));
    ToolSpec { input_schema: Value::Object(schema), repeatable: entry.effect == Effect::Read }
}

impl Deref for Registry {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.0.entries
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|entry| entry.name)).finish()
    }
}
