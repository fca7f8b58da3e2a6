//! Elicitation: a tool asks the user, through clients of both eras, and through clients that cannot ask.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use frontdesk::tool::field::Field;
use frontdesk::tool::question::{ElicitationAnswer, ElicitationRequest};
use frontdesk::tool::{Ctx, Effect, Tool, ToolEntry, ToolError};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationCapability, ErrorCode, Implementation, InputRequiredResult, ProtocolVersion,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RequestContext, RunningService, ServiceError};
use rmcp::{ClientHandler, ErrorData, RoleClient};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::{self, World, read};

/// Book a table for the person, who is asked before anything is done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
    /// When, for example `13:00`.
    time: String,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Booked {
    time: String,
    name: String,
    colour: String,
}

impl Tool for Book {
    const NAME: &'static str = "book";
    const TITLE: &'static str = "Book a table";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &[];
    type Output = Booked;

    async fn call(self, ctx: &Ctx) -> Result<Booked, ToolError> {
        let confirm =
            ElicitationRequest::new("confirm", format!("Book {}?", self.time), "call again with `confirmed: true`")
                .field(Field::text("name", "Your name", 20).required());
        let name = ctx.ask(confirm).await?.accepted("the booking")?.text("name").unwrap_or_default().to_owned();
        let colours = ElicitationRequest::new("colour", "Which colour?", "send `colour`")
            .field(Field::choice("colour", "Colour", [("r", "Red"), ("g", "Green")]).default("g"));
        let colour = match ctx.ask(colours).await? {
            ElicitationAnswer::Accepted(answers) => answers.text("colour").unwrap_or_default().to_owned(),
            ElicitationAnswer::Declined | ElicitationAnswer::Cancelled => "none".to_owned(),
        };
        Ok(Booked { time: self.time, name, colour })
    }
}

/// A user who answers each question with the next of these answers.
#[derive(Clone)]
pub(crate) struct Person {
    answers: Arc<Mutex<Vec<ElicitResult>>>,
    questions: Arc<Mutex<Vec<Value>>>,
    reachable: bool,
}

impl Person {
    pub(crate) fn new(answers: impl IntoIterator<Item = ElicitResult>) -> Person {
        let answers = answers.into_iter().collect();
        Person { answers: Arc::new(Mutex::new(answers)), questions: Arc::default(), reachable: true }
    }

    /// A user whose client cannot ask.
    pub(crate) fn unreachable() -> Person {
        Person { reachable: false, ..Person::new([]) }
    }

    pub(crate) fn questions(&self) -> Vec<String> {
        let questions = self.questions.lock().unwrap();
        questions.iter().map(|question| question["message"].as_str().unwrap().to_owned()).collect()
    }
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        capabilities.elicitation = self.reachable.then(ElicitationCapability::new);
        ClientConfig::new(capabilities, Implementation::new("person", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        self.questions.lock().unwrap().push(json!(request));
        Ok(self.answers.lock().unwrap().remove(0))
    }
}

pub(crate) fn accept(content: Value) -> ElicitResult {
    ElicitResult::new(ElicitationAction::Accept).with_content(content)
}

pub(crate) fn modern() -> ClientLifecycleMode {
    ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
}

async fn connect(person: Person, era: ClientLifecycleMode) -> RunningService<RoleClient, Person> {
    let server = World::server().with_tools(vec![ToolEntry::of::<Book>()]);
    person.serve_with_lifecycle(world::serve(server), era).await.unwrap()
}

pub(crate) fn book(time: &str) -> CallToolRequestParams {
    CallToolRequestParams::new("book").with_arguments(json!({"time": time}).as_object().unwrap().clone())
}

pub(crate) fn both() -> [ClientLifecycleMode; 2] {
    [ClientLifecycleMode::Initialize, modern()]
}

#[tokio::test(start_paused = true)]
async fn two_questions_one_after_the_other_in_both_eras() {
    for era in both() {
        let person = Person::new([accept(json!({"name": "Sarah"})), accept(json!({"colour": "r"}))]);
        let client = connect(person.clone(), era.clone()).await;
        let booked = read(client.call_tool(book("13:00")).await.unwrap()).unwrap();
        assert_eq!(booked, json!({"time": "13:00", "name": "Sarah", "colour": "r"}), "{era:?}");
        assert_eq!(person.questions(), ["Book 13:00?", "Which colour?"], "{era:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn declining_and_cancelling_are_distinct_in_both_eras() {
    for era in both() {
        for (action, code) in
            [(ElicitationAction::Decline, "DECLINED_ERROR"), (ElicitationAction::Cancel, "DISMISSED_ERROR")]
        {
            let client = connect(Person::new([ElicitResult::new(action)]), era.clone()).await;
            let error = read(client.call_tool(book("13:00")).await.unwrap()).unwrap_err();
            assert_eq!(error["code"], code, "{era:?}");
        }
        let person = Person::new([accept(json!({"name": "Sarah"})), ElicitResult::new(ElicitationAction::Cancel)]);
        let client = connect(person, era).await;
        let booked = read(client.call_tool(book("13:00")).await.unwrap()).unwrap();
        assert_eq!(booked["colour"], "none");
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_answer_is_requested_again() {
    for era in both() {
        let person = Person::new([
            accept(json!({"name": 12345})),
            accept(json!({})),
            accept(json!({"name": "Sarah"})),
            accept(json!({})),
        ]);
        let client = connect(person.clone(), era).await;
        let booked = read(client.call_tool(book("13:00")).await.unwrap()).unwrap();
        assert_eq!(booked, json!({"time": "13:00", "name": "Sarah", "colour": "g"}), "defaults are filled in");
        assert_eq!(person.questions().len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn the_number_of_questions_is_limited() {
    let person = Person::new(std::iter::repeat_n(accept(json!({})), 50));
    let client = connect(person.clone(), ClientLifecycleMode::Initialize).await;
    let error = read(client.call_tool(book("13:00")).await.unwrap()).unwrap_err();
    assert_eq!(error["code"], "DISMISSED_ERROR");
    assert!(person.questions().len() <= 10, "{}", person.questions().len());
}

#[tokio::test(start_paused = true)]
async fn without_elicitation_the_error_names_the_missing_argument() {
    for era in both() {
        let client = connect(Person::unreachable(), era).await;
        let error = read(client.call_tool(book("13:00")).await.unwrap()).unwrap_err();
        assert_eq!(error["code"], "ANSWER_NEEDED_ERROR");
        assert_eq!(error["hint"], "call again with `confirmed: true`");
        assert_eq!(error["question"], "Book 13:00?");
        assert_eq!(error["fields"][0]["name"], "name");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unanswered_question_times_out() {
    struct Silent;
    impl ClientHandler for Silent {
        fn get_info(&self) -> ClientConfig {
            Person::new([]).get_info()
        }
        async fn create_elicitation(
            &self,
            _: ElicitRequestParams,
            _: RequestContext<RoleClient>,
        ) -> Result<ElicitResult, ErrorData> {
            std::future::pending().await
        }
    }
    let server = World::server().with_tools(vec![ToolEntry::of::<Book>()]);
    let client = Silent.serve_with_lifecycle(world::serve(server), ClientLifecycleMode::Initialize).await.unwrap();
    let start = tokio::time::Instant::now();
    let error = read(client.call_tool(book("13:00")).await.unwrap()).unwrap_err();
    assert_eq!(error["code"], "DISMISSED_ERROR");
    assert!(start.elapsed() >= Duration::from_secs(60), "{:?}", start.elapsed());
}

async fn first_round(client: &RunningService<RoleClient, Person>) -> InputRequiredResult {
    match client.call_tool_once(book("13:00")).await.unwrap() {
        CallToolResponse::InputRequired(required) => required,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn answered(name: &str) -> rmcp::model::InputResponses {
    [("confirm".to_owned(), json!(accept(json!({"name": name}))))].into()
}

/// Consent to one booking must not allow another, and an expired or altered consent must allow none.
#[tokio::test(start_paused = true)]
async fn an_answer_is_valid_only_for_its_own_call() {
    let client = connect(Person::new([]), modern()).await;
    let state = first_round(&client).await.request_state.unwrap();
    let refused = |error| matches!(error, ServiceError::McpError(error) if error.code == ErrorCode::INVALID_PARAMS);
    let other = book("14:00").with_input_responses(answered("Sarah")).with_request_state(state.clone());
    assert!(refused(client.call_tool_once(other).await.unwrap_err()));
    let forged = book("13:00").with_input_responses(answered("Sarah")).with_request_state(format!("{state}-TAMPERED"));
    assert!(refused(client.call_tool_once(forged).await.unwrap_err()));
    let asks_again = async |params| match client.call_tool_once(params).await.unwrap() {
        CallToolResponse::InputRequired(required) => required.input_requests.unwrap().into_keys().next().unwrap(),
        other => panic!("{other:?}"),
    };
    assert_eq!(asks_again(book("13:00").with_input_responses(answered("Sarah"))).await, "confirm", "without a state");
    let wrong_key = [("wrong".to_owned(), json!(accept(json!({"name": "Sarah"}))))].into();
    let wrong = book("13:00").with_input_responses(wrong_key).with_request_state(state.clone());
    assert_eq!(asks_again(wrong).await, "confirm");
    let right = book("13:00").with_input_responses(answered("Sarah")).with_request_state(state.clone());
    assert_eq!(asks_again(right.clone()).await, "colour");
    tokio::time::advance(Duration::from_secs(16 * 60)).await;
    assert_eq!(asks_again(right).await, "confirm", "the state is too old");
}
