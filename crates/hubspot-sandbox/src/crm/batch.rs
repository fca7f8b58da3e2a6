//! The batch endpoints: up to a hundred objects in one request, and answers that are partly errors.
//!
//! Without an `objectWriteTraceId` on every input a batch of writes is done whole or not at all. With one each, every
//! input stands for itself, and the errors say whose they are.

use std::collections::BTreeSet;

use axum::Router;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::create::{self, Claim, Input, Problem, Target, text_or_number};
use super::kind::Kind;
use super::objects::{READ, WRITE, Wish, bury, shown};
use super::record::{Name, Source};
use super::update::{self, Change};
use super::values;
use super::view::Shown;
use super::{find, upsert};
use crate::Sandbox;
use crate::answer::Answer;
use crate::call::Call;
use crate::clock::stamp;
use crate::portal::Portal;
use crate::refusal::{self, Refusal};
use crate::router::{POST, answers};

const INPUTS_MAX: usize = 100;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/{type}/batch/read", answers(POST, READ, read))
        .route("/{type}/batch/create", answers(POST, WRITE, create))
        .route("/{type}/batch/update", answers(POST, WRITE, update))
        .route("/{type}/batch/upsert", answers(POST, WRITE, upsert::upsert))
        .route("/{type}/batch/archive", answers(POST, WRITE, archive))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    inputs: Vec<Target>,
    #[serde(default)]
    properties: Option<Vec<String>>,
    #[serde(default)]
    properties_with_history: Option<Vec<String>>,
    #[serde(default)]
    id_property: Option<String>,
}

fn read(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let asked: Read = call.json()?;
    within(asked.inputs.len(), INPUTS_MAX)?;
    let history = asked.properties_with_history.unwrap_or_default();
    let wish = Wish::new(kind, asked.properties.unwrap_or_default(), history, Vec::new());
    let (mut results, mut unknown, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for Target { id } in asked.inputs {
        let found = find::record(portal, kind, &id, asked.id_property.as_deref())?;
        match found.filter(|record| record.is_archived() == call.flag("archived")) {
            Some(record) if seen.insert(record.id) => results.push(wish.fulfil(portal, kind, record)),
            Some(_) => {}
            None => unknown.push(id),
        }
    }
    let errors = if unknown.is_empty() { Vec::new() } else { vec![not_found(kind, &unknown)] };
    Ok(envelope(portal, call, 200, results, errors))
}

#[derive(Deserialize)]
pub(crate) struct Inputs<T> {
    pub(crate) inputs: Vec<T>,
}

/// The inputs of a batch of writes.
pub(crate) fn inputs<T: for<'de> Deserialize<'de>>(call: &Call) -> Result<Vec<T>, Refusal> {
    let asked: Inputs<T> = call.json()?;
    within(asked.inputs.len(), INPUTS_MAX)?;
    Ok(asked.inputs)
}

fn create(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let inputs: Vec<Input> = inputs(call)?;
    let traces: Option<Vec<Value>> = inputs.iter().map(|input| input.trace_id.clone()).collect();
    let outcomes = match traces {
        Some(traces) => create_each(portal, kind, &inputs, &traces)?,
        None => create_all(portal, kind, &inputs)?,
    };
    let results = outcomes.0.into_iter().map(|id| shown(portal, kind, id, Shown::Created)).collect();
    Ok(envelope(portal, call, 201, results, outcomes.1))
}

type Outcomes = (Vec<u64>, Vec<Value>);

/// All of them or none.
fn create_all(portal: &mut Portal, kind: Kind, inputs: &[Input]) -> Result<Outcomes, Refusal> {
    let drafts: Vec<_> = inputs.iter().map(|input| create::draft(portal, kind, input)).collect();
    let drafts = all_or_first(portal, drafts)?;
    no_twins(portal, kind, drafts.iter().map(|draft| draft.values.as_slice()))?;
    Ok((drafts.into_iter().map(|draft| create::commit(portal, kind, draft, Source::Integration)).collect(), Vec::new()))
}

/// Two inputs of one batch may not give the same address or unique value to two records either.
pub(crate) fn no_twins<'a>(
    portal: &Portal,
    kind: Kind,
    all: impl Iterator<Item = &'a [(Name, String)]>,
) -> Result<(), Refusal> {
    let mut taken = BTreeSet::new();
    for values in all {
        let own: BTreeSet<Claim<'_>> = create::claims(portal, kind, values).into_iter().collect();
        match taken.intersection(&own).next() {
            Some(Claim::Email(_)) => return Err(contact_exists_somewhere()),
            Some(Claim::Unique(name, text)) => {
                let invalid = [values::taken(name, text, None)];
                return Err(refusal::property_values(&invalid, portal.identity.portal_id));
            }
            None => taken.extend(own),
        }
    }
    Ok(())
}

/// The 409 of a whole batch does not say whose address it was.
fn contact_exists_somewhere() -> Refusal {
    Refusal::new(409, "Contact already exists").category("CONFLICT")
}

/// Everything that is invalid is told together; any other problem is told alone.
pub(crate) fn all_or_first<T>(portal: &Portal, outcomes: Vec<Result<T, Problem>>) -> Result<Vec<T>, Refusal> {
    let (mut done, mut invalid) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(one) => done.push(one),
            Err(Problem::Values(more)) => invalid.extend(more),
            Err(Problem::Exists(_)) => return Err(contact_exists_somewhere()),
            Err(Problem::Refused(refusal)) => return Err(refusal),
        }
    }
    match invalid.is_empty() {
        true => Ok(done),
        false => Err(refusal::property_values(&invalid, portal.identity.portal_id)),
    }
}

fn create_each(portal: &mut Portal, kind: Kind, inputs: &[Input], traces: &[Value]) -> Result<Outcomes, Refusal> {
    unique_traces(traces)?;
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    for (input, trace) in inputs.iter().zip(traces) {
        match create::draft(portal, kind, input) {
            Ok(draft) => ids.push(create::commit(portal, kind, draft, Source::Integration)),
            Err(problem) => errors.push(traced(portal, problem, trace)),
        }
    }
    Ok((ids, errors))
}

fn unique_traces(traces: &[Value]) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    match traces.iter().all(|trace| seen.insert(trace.to_string())) {
        true => Ok(()),
        false => Err(Refusal::invalid("objectWriteTraceId must be unique for each input")),
    }
}

/// An entry of `errors` that says which input it is about, and for a conflict which record was in the way.
fn traced(portal: &Portal, problem: Problem, trace: &Value) -> Value {
    let trace = trace.as_str().map_or_else(|| trace.to_string(), str::to_owned);
    let mut context = json!({"objectWriteTraceId": [trace]});
    if let Problem::Exists(id) = problem {
        context["existingId"] = json!([id.to_string()]);
    }
    problem.into_refusal(portal).context(context).entry()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Update {
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) id_property: Option<String>,
    pub(crate) properties: Map<String, Value>,
    #[serde(default, rename = "objectWriteTraceId")]
    pub(crate) trace_id: Option<Value>,
}

fn update(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let inputs: Vec<Update> = inputs(call)?;
    no_repeats(&inputs)?;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for input in &inputs {
        match find::record(portal, kind, &input.id, input.id_property.as_deref())?.filter(|one| !one.is_archived()) {
            Some(record) => known.push((record.id, input)),
            None => unknown.push(input.id.clone()),
        }
    }
    let mut errors = if unknown.is_empty() { Vec::new() } else { vec![not_found(kind, &unknown)] };
    let traces: Option<Vec<&Value>> = known.iter().map(|(_, input)| input.trace_id.as_ref()).collect();
    let results = match traces {
        Some(traces) => update_each(portal, kind, &known, &traces, &mut errors),
        None => update_all(portal, kind, &known)?,
    };
    Ok(envelope(portal, call, 200, results, errors))
}

/// All of them or none.
fn update_all(portal: &mut Portal, kind: Kind, known: &[(u64, &Update)]) -> Result<Vec<Value>, Refusal> {
    let changes: Vec<_> = known.iter().filter_map(|(id, input)| change(portal, kind, *id, input)).collect();
    let changes = all_or_first(portal, changes)?;
    no_twins(portal, kind, changes.iter().map(|change| change.values.as_slice()))?;
    Ok(changes.into_iter().zip(known).map(|(change, (_, input))| made(portal, kind, change, input)).collect())
}

/// Whatever is right, one after the other: what one input took, the next cannot have.
fn update_each(
    portal: &mut Portal,
    kind: Kind,
    known: &[(u64, &Update)],
    traces: &[&Value],
    errors: &mut Vec<Value>,
) -> Vec<Value> {
    let mut results = Vec::new();
    for ((id, input), trace) in known.iter().zip(traces) {
        match change(portal, kind, *id, input) {
            Some(Ok(change)) => results.push(made(portal, kind, change, input)),
            Some(Err(problem)) => errors.push(traced(portal, problem, trace)),
            None => {}
        }
    }
    results
}

/// The change an input asks for; `None` when the record is not there.
fn change(portal: &Portal, kind: Kind, id: u64, input: &Update) -> Option<Result<Change, Problem>> {
    portal.table(kind).live(id).map(|record| update::draft(portal, kind, record, &input.properties))
}

/// Makes a change and shows what it touched.
fn made(portal: &mut Portal, kind: Kind, change: Change, input: &Update) -> Value {
    let (id, touched) = (change.id, input.properties.keys().map(String::as_str).collect::<Vec<_>>());
    update::commit(portal, kind, change, Source::Integration);
    shown(portal, kind, id, Shown::Touched(&touched))
}

pub(crate) fn no_repeats(inputs: &[Update]) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    match inputs.iter().find(|input| !seen.insert(input.id.to_lowercase())) {
        None => Ok(()),
        Some(twice) => {
            let message = format!("Duplicate IDs found in batch input: [{}]. IDs must be unique", twice.id);
            Err(Refusal::invalid(message).context(json!({"ids": [twice.id]})))
        }
    }
}

fn archive(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let inputs: Vec<Target> = inputs(call)?;
    inputs.iter().filter_map(|input| input.id.parse().ok()).for_each(|id| bury(portal, kind, id));
    Ok(Answer::no_content())
}

/// At least one input, at most `max`.
pub(crate) fn within(inputs: usize, max: usize) -> Result<(), Refusal> {
    match inputs {
        0 => Err(Refusal::invalid("Batch input provided should have at least one object.")),
        inputs if inputs > max => {
            Err(Refusal::invalid(format!("The maximum number of inputs supported in a batch request is {max}")))
        }
        _ => Ok(()),
    }
}

/// One error for all ids that lead nowhere.
pub(crate) fn not_found(kind: Kind, ids: &[String]) -> Value {
    let message = format!(
        "Could not get some {} objects, they may be deleted or not exist. Check that ids are valid.",
        kind.shouted()
    );
    json!({"status": "error", "category": "OBJECT_NOT_FOUND", "message": message, "context": {"ids": ids}})
}

/// HubSpot's batch answer: 207 as soon as there is an error in it.
pub(crate) fn envelope(portal: &Portal, call: &Call, success: u16, results: Vec<Value>, errors: Vec<Value>) -> Answer {
    let now = stamp(portal.now_ms());
    let mut body = json!({"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now});
    if errors.is_empty() {
        return Answer { status: success, body: Some(body) };
    }
    let is_partial = portal.settings.choices.newest_batches_are_partial || !call.is_newest();
    body["numErrors"] = errors.len().into();
    body["errors"] = errors.into();
    Answer { status: if is_partial { 207 } else { success }, body: Some(body) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{Client, SARAH, client};

    async fn batch(client: &Client, verb: &str, inputs: Value, status: u16) -> Value {
        client.post(&format!("/crm/v3/objects/contacts/batch/{verb}"), json!({"inputs": inputs})).await.expect(status)
    }

    fn contact(email: &str, trace: Option<&str>) -> Value {
        let mut input = json!({"properties": {"email": email}});
        if let Some(trace) = trace {
            input["objectWriteTraceId"] = trace.into();
        }
        input
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_read_by_address_finds_secondary_ones_and_tells_what_it_did_not_find() {
        let client = client();
        let asked = json!({
            "idProperty": "email", "properties": ["email", "hs_additional_emails"],
            "inputs": [{"id": "Sarah@gmail.com"}, {"id": "aiko@sato.jp"}, {"id": "nobody@x.com"}]
        });
        let answer = client.post("/crm/objects/2026-09/contacts/batch/read", asked).await.expect(207);
        assert_eq!((&answer["status"], &answer["numErrors"]), (&json!("COMPLETE"), &json!(1)));
        let ids: Vec<_> = answer["results"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!(ids, [SARAH, "84246481952"]);
        assert_eq!(answer["errors"][0]["context"]["ids"], json!(["nobody@x.com"]));
        assert!(answer["errors"][0]["message"].as_str().unwrap().starts_with("Could not get some CONTACT objects"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_complete_batch_names_no_errors() {
        let client = client();
        let answer = batch(&client, "read", json!([{"id": SARAH}]), 200).await;
        assert_eq!(answer.get("errors"), None);
        assert!(answer["startedAt"].is_string() && answer["completedAt"].is_string());
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_has_one_to_a_hundred_inputs() {
        let client = client();
        for verb in ["read", "create", "update", "upsert", "archive"] {
            for n in [0, 101] {
                let inputs: Vec<_> = (0..n).map(|id| json!({"id": id, "properties": {}})).collect();
                batch(&client, verb, json!(inputs), 400).await;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_traces_a_batch_is_created_whole_or_not_at_all() {
        let client = client();
        let made = batch(&client, "create", json!([contact("a@x.com", None), contact("b@x.com", None)]), 201).await;
        assert_eq!(made["results"].as_array().unwrap().len(), 2);
        let twice =
            batch(&client, "create", json!([contact("c@x.com", None), contact("sarah@gmail.com", None)]), 409).await;
        assert_eq!((&twice["message"], &twice["category"]), (&json!("Contact already exists"), &json!("CONFLICT")));
        batch(&client, "create", json!([contact("c@x.com", None), contact("C@x.com", None)]), 409).await;
        let invalid =
            batch(&client, "create", json!([contact("c@x.com", None), contact("0", None), contact("1", None)]), 400)
                .await;
        assert_eq!(invalid["errors"].as_array().unwrap().len(), 2);
        assert_eq!(client.sandbox.records("contacts").len(), 9);
    }

    #[tokio::test(start_paused = true)]
    async fn with_traces_every_input_stands_for_itself() {
        let client = client();
        let inputs =
            json!([contact("sarah@gmail.com", Some("0")), contact("a@x.com", Some("1")), contact("0", Some("2"))]);
        let answer = batch(&client, "create", inputs, 207).await;
        assert_eq!((&answer["numErrors"], answer["results"].as_array().unwrap().len()), (&json!(2), 1));
        let conflict = &answer["errors"][0];
        assert_eq!(conflict["context"], json!({"objectWriteTraceId": ["0"], "existingId": [SARAH]}));
        assert_eq!(conflict["message"], format!("Contact already exists. Existing ID: {SARAH}"));
        assert_eq!(answer["errors"][1]["context"]["objectWriteTraceId"], json!(["2"]));
        batch(&client, "create", json!([contact("b@x.com", Some("0")), contact("c@x.com", Some("0"))]), 400).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_update_tells_unknown_ids_and_does_the_rest() {
        let client = client();
        let named = |id: &str, name: &str| json!({"id": id, "properties": {"firstname": name}});
        let answer =
            batch(&client, "update", json!([named(SARAH, "S"), named("unknownIdentifier888", "x")]), 207).await;
        assert_eq!(answer["results"][0]["properties"]["firstname"], "S");
        assert_eq!(answer["errors"][0]["context"]["ids"], json!(["unknownIdentifier888"]));
        let twice = batch(&client, "update", json!([named(SARAH, "A"), named(SARAH, "B")]), 400).await;
        assert_eq!(twice["context"]["ids"], json!([SARAH]));
        let wrong = json!({"id": "84246480117", "properties": {"missing": "x"}});
        batch(&client, "update", json!([named(SARAH, "C"), wrong]), 400).await;
        assert_eq!(client.sandbox.records("contacts")[0]["properties"]["firstname"], "S");
    }

    #[tokio::test(start_paused = true)]
    async fn two_contacts_of_one_batch_do_not_get_the_same_address() {
        let client = client();
        let moved = |id: &str, trace: Option<&str>| {
            let mut input = contact("new@x.com", trace);
            input["id"] = id.into();
            input
        };
        let refused = batch(&client, "update", json!([moved(SARAH, None), moved("84246480117", None)]), 409).await;
        assert_eq!(refused["message"], "Contact already exists");
        assert_eq!(client.sandbox.records("contacts")[0]["properties"]["email"], "sarah@gmail.com");
        let traced = json!([moved(SARAH, Some("0")), moved("84246480117", Some("1"))]);
        let answer = batch(&client, "update", traced, 207).await;
        assert_eq!((&answer["results"][0]["id"], answer["results"].as_array().unwrap().len()), (&json!(SARAH), 1));
        assert_eq!(answer["errors"][0]["context"], json!({"objectWriteTraceId": ["1"], "existingId": [SARAH]}));
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_archive_has_no_content() {
        let client = client();
        let path = "/crm/v3/objects/contacts/batch/archive";
        let answer = client.post(path, json!({"inputs": [{"id": SARAH}, {"id": "999"}]})).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        assert_eq!(client.sandbox.records("contacts").len(), 6);
    }
}
