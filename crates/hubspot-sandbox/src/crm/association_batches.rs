//! Associations v4: many at once, and the labels there are.

use axum::Router;
use serde::Deserialize;
use serde_json::{Value, json};

use super::associate;
use super::associations::{self, ANY, associate_plainly, associated, live, pair_with_labels, with_itself};
use super::batch::{envelope, within};
use super::create::{AssociationType, Target, text_or_number};
use super::kind::Kind;
use super::labels::OwnLabel;
use super::links::{Category, End, Label};
use super::pairs;
use crate::Sandbox;
use crate::answer::Answer;
use crate::call::{Call, unknown_kind};
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::router::{DELETE, GET, POST, PUT, answers};

const READ_MAX: usize = 1_000;
const CREATE_MAX: usize = 2_000;
const ARCHIVE_MAX: usize = 100;
/// Associations of one record that a batch read gives at a time.
const PAGE: usize = 500;
/// Where ids of labels start that users make.
const FIRST_OWN_LABEL: u32 = 36;

pub(crate) fn routes() -> Router<Sandbox> {
    let labels = answers(GET, ANY, labels).merge(answers(POST, ANY, make_label)).merge(answers(PUT, ANY, rename_label));
    Router::new()
        .route("/{from}/{to}/batch/read", answers(POST, ANY.reading(), read))
        .route("/{from}/{to}/batch/create", answers(POST, ANY, create))
        .route("/{from}/{to}/batch/associate/default", answers(POST, ANY, create_default))
        .route("/{from}/{to}/batch/archive", answers(POST, ANY, archive))
        .route("/{from}/{to}/batch/labels/archive", answers(POST, ANY, archive_labels))
        .route("/{from}/{to}/labels", labels)
        .route("/{from}/{to}/labels/{label}", answers(DELETE, ANY, drop_label))
}

fn kinds(call: &Call) -> Result<(Kind, Kind), Refusal> {
    let kind = |name| Kind::named(call.param(name)).ok_or_else(|| unknown_kind(call.param(name)));
    Ok((kind("from")?, kind("to")?))
}

#[derive(Deserialize)]
struct From {
    #[serde(deserialize_with = "text_or_number")]
    id: String,
    #[serde(default)]
    after: Option<String>,
}

/// A record without associations is an error entry, not an empty list.
fn read(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (from, to) = kinds(call)?;
    let inputs: Vec<From> = inputs_up_to(call, READ_MAX)?;
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in inputs {
        match read_one(portal, from, to, &input) {
            Ok(result) => results.push(result),
            Err(error) => errors.push(error),
        }
    }
    Ok(envelope(portal, call, 200, results, errors))
}

fn inputs_up_to<T: for<'de> Deserialize<'de>>(call: &Call, max: usize) -> Result<Vec<T>, Refusal> {
    let asked: super::batch::Inputs<T> = call.json()?;
    within(asked.inputs.len(), max)?;
    Ok(asked.inputs)
}

fn read_one(portal: &Portal, from: Kind, to: Kind, input: &From) -> Result<Value, Value> {
    let end = live(portal, from, &input.id).ok_or_else(|| no_such_record(from, &input.id))?;
    let first: u64 = input.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0);
    let mut all = portal.links.of(end, to).filter(|(id, _)| *id >= first);
    let some: Vec<Value> =
        all.by_ref().take(PAGE).map(|(id, labels)| associated(portal, from, to, id, labels)).collect();
    if some.is_empty() {
        return Err(no_associations(from, to, end.1));
    }
    let mut result = json!({"from": {"id": end.1.to_string()}, "to": some});
    if let Some((next, _)) = all.next() {
        result["paging"] = json!({"next": {"after": next.to_string()}});
    }
    Ok(result)
}

fn no_associations(from: Kind, to: Kind, id: u64) -> Value {
    let (from, to) = (from.facts().singular, to.facts().singular);
    json!({
        "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": format!("No {to} is associated with {from} {id}."),
        "context": {"fromObjectId": [id.to_string()], "fromObjectType": [from], "toObjectType": [to]}
    })
}

fn no_such_record(kind: Kind, id: &str) -> Value {
    let singular = kind.facts().singular;
    json!({
        "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.FROM_OBJECT_NOT_FOUND",
        "message": format!("No {singular} with ID {id} exists"), "context": {"fromObjectId": [id], "fromObjectType": [singular]}
    })
}

#[derive(Deserialize)]
struct Pair {
    from: Target,
    to: Target,
    #[serde(default)]
    types: Vec<AssociationType>,
}

/// The two records of an input, or the error entry about it.
fn ends(portal: &Portal, kinds: (Kind, Kind), pair: &Pair) -> Result<(End, End), Value> {
    let end = |kind, id: &str| live(portal, kind, id).ok_or_else(|| no_such_record(kind, id));
    let (from, to) = (end(kinds.0, &pair.from.id)?, end(kinds.1, &pair.to.id)?);
    if from == to { Err(with_itself().entry()) } else { Ok((from, to)) }
}

fn create(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kinds = kinds(call)?;
    let pairs: Vec<Pair> = inputs_up_to(call, CREATE_MAX)?;
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for pair in &pairs {
        match ends(portal, kinds, pair)
            .and_then(|ends| Ok((ends, read_labels(portal, kinds, pair).map_err(Refusal::entry)?)))
        {
            Ok(((from, to), labels)) => {
                labels.iter().for_each(|label| associate::add(portal, from, to, *label));
                results.push(pair_with_labels(portal, from, to, &labels));
            }
            Err(error) => errors.push(error),
        }
    }
    Ok(envelope(portal, call, 201, results, errors))
}

fn read_labels(portal: &Portal, kinds: (Kind, Kind), pair: &Pair) -> Result<Vec<Label>, Refusal> {
    associations::read_labels(portal, kinds.0, kinds.1, &pair.types)
}

fn create_default(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kinds = kinds(call)?;
    let pairs: Vec<Pair> = inputs_up_to(call, CREATE_MAX)?;
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for pair in &pairs {
        match ends(portal, kinds, pair) {
            Ok((from, to)) => results.extend(associate_plainly(portal, from, to)?),
            Err(error) => errors.push(error),
        }
    }
    Ok(envelope(portal, call, 200, results, errors))
}

#[derive(Deserialize)]
struct Away {
    from: Target,
    to: Vec<Target>,
}

fn archive(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (from_kind, to_kind) = kinds(call)?;
    let all: Vec<Away> = inputs_up_to(call, ARCHIVE_MAX)?;
    for Away { from, to } in all {
        for to in to {
            if let (Some(from), Some(to)) = (live(portal, from_kind, &from.id), live(portal, to_kind, &to.id)) {
                portal.links.remove(from, to);
            }
        }
    }
    Ok(envelope(portal, call, 200, Vec::new(), Vec::new()))
}

fn archive_labels(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kinds = kinds(call)?;
    let pairs: Vec<Pair> = inputs_up_to(call, CREATE_MAX)?;
    let labels: Result<Vec<_>, _> = pairs.iter().map(|pair| read_labels(portal, kinds, pair)).collect();
    for (pair, labels) in pairs.iter().zip(labels?) {
        if let Ok((from, to)) = ends(portal, kinds, pair) {
            labels.iter().for_each(|label| associate::untie(portal, from, to, *label));
        }
    }
    Ok(Answer::no_content())
}

fn labels(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (from, to) = kinds(call)?;
    let shown = |category: Category, type_id: u32, label: Option<&str>| json!({"category": category, "typeId": type_id, "label": label});
    let own = own_labels(portal, from, to).map(|(id, label)| shown(Category::UserDefined, id, Some(label)));
    let all = pairs::between(from, to).map(|pair| shown(Category::HubspotDefined, pair.type_id, pair.label)).chain(own);
    Ok(Answer::ok(json!({"results": all.collect::<Vec<_>>()})))
}

fn own_labels(portal: &Portal, from: Kind, to: Kind) -> impl Iterator<Item = (u32, &str)> {
    portal.labels.iter().filter_map(move |own| {
        let there = (own.from == from && own.to == to).then_some(own.type_id);
        let id = there.or((own.from == to && own.to == from).then_some(own.back_type_id))?;
        Some((id, own.text(id)))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewLabel {
    label: String,
    name: String,
    #[serde(default)]
    inverse_label: Option<String>,
}

/// A label has an id in each direction, the same one when both ways are called the same.
fn make_label(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (from, to) = kinds(call)?;
    let asked: NewLabel = call.json()?;
    if portal.labels.iter().any(|own| own.name == asked.name) {
        return Err(Refusal::invalid(format!("An association label named {} already exists", asked.name)));
    }
    let taken = portal.labels.iter().flat_map(|own| [own.type_id, own.back_type_id]).max();
    let type_id = taken.map_or(FIRST_OWN_LABEL, |taken| taken + 1);
    let back_label = asked.inverse_label.unwrap_or_else(|| asked.label.clone());
    let back_type_id = if from == to && back_label == asked.label { type_id } else { type_id + 1 };
    let own = OwnLabel { name: asked.name, from, to, type_id, back_type_id, label: asked.label, back_label };
    let mut ids = vec![(own.type_id, own.label.clone())];
    if own.back_type_id != own.type_id {
        ids.push((own.back_type_id, own.back_label.clone()));
    }
    portal.labels.push(own);
    let shown = ids.iter().map(|(id, label)| json!({"category": "USER_DEFINED", "typeId": id, "label": label}));
    Ok(Answer::ok(json!({"results": shown.collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Renamed {
    association_type_id: u32,
    label: String,
}

fn rename_label(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    kinds(call)?;
    let asked: Renamed = call.json()?;
    let id = asked.association_type_id;
    let own = portal.labels.iter_mut().find(|own| own.type_id == id || own.back_type_id == id);
    let own = own.ok_or_else(|| no_such_label(&id.to_string()))?;
    if own.type_id == id {
        own.label = asked.label;
    } else {
        own.back_label = asked.label;
    }
    Ok(Answer::no_content())
}

fn no_such_label(id: &str) -> Refusal {
    Refusal::new(404, format!("No association label with ID {id} exists")).category("OBJECT_NOT_FOUND")
}

/// The associations it labelled stay, without it.
fn drop_label(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    kinds(call)?;
    let id: u32 = call.param("label").parse().map_err(|_| no_such_label(call.param("label")))?;
    let at = portal.labels.iter().position(|own| own.type_id == id || own.back_type_id == id);
    let own = portal.labels.remove(at.ok_or_else(|| no_such_label(call.param("label")))?);
    portal.links.drop_everywhere(Category::UserDefined, &[own.type_id, own.back_type_id]);
    Ok(Answer::no_content())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{Client, SARAH, client};

    const TICKET: &str = "33190415288";

    async fn batch(client: &Client, path: &str, inputs: Value, status: u16) -> Value {
        client.post(&format!("/crm/associations/2026-09/{path}"), json!({"inputs": inputs})).await.expect(status)
    }

    #[tokio::test(start_paused = true)]
    async fn no_association_is_an_error_entry() {
        let client = client();
        let inputs = json!([{"id": SARAH}, {"id": "103107104018"}, {"id": "9993051"}]);
        let answer = batch(&client, "contacts/companies/batch/read", inputs, 207).await;
        let found = &answer["results"][0];
        assert_eq!(found["from"]["id"], SARAH);
        assert_eq!(found["to"][0]["toObjectId"], 28_904_455_120_u64);
        assert_eq!(found["to"][0]["associationTypes"][0]["label"], "Primary");
        let errors = &answer["errors"];
        assert_eq!(errors[0]["message"], "No company is associated with contact 103107104018.");
        assert_eq!(errors[0]["subCategory"], "crm.associations.NO_ASSOCIATIONS_FOUND");
        assert_eq!(errors[1]["message"], "No contact with ID 9993051 exists");
    }

    #[tokio::test(start_paused = true)]
    async fn many_are_made_and_removed_at_once() {
        let client = client();
        let pair = |types: Value| json!([{"from": {"id": SARAH}, "to": {"id": TICKET}, "types": types}]);
        let typed = |id: u32| json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": id}]);
        batch(&client, "contacts/tickets/batch/create", pair(typed(15)), 201).await;
        let wrong = batch(&client, "contacts/tickets/batch/create", pair(typed(0)), 207).await;
        assert_eq!(wrong["errors"][0]["message"], "0 is not a valid association type between CONTACT and TICKET");
        let without = batch(&client, "contacts/tickets/batch/create", pair(json!([])), 207).await;
        assert_eq!(without["errors"][0]["message"], "At least one association type is required");
        let itself = json!([{"from": {"id": SARAH}, "to": {"id": SARAH}}]);
        batch(&client, "contacts/contacts/batch/associate/default", itself, 207).await;
        let plain = batch(&client, "0-1/0-5/batch/associate/default", pair(json!([])), 200).await;
        assert_eq!(plain["results"][1]["associationSpec"]["associationTypeId"], 16);
        assert_eq!(
            batch(&client, "tickets/contacts/batch/read", json!([{"id": TICKET}]), 200).await["results"][0]["to"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let away = json!([{"from": {"id": SARAH}, "to": [{"id": TICKET}]}]);
        batch(&client, "contacts/tickets/batch/archive", away, 200).await;
        assert_eq!(
            batch(&client, "tickets/contacts/batch/read", json!([{"id": TICKET}]), 200).await["results"][0]["to"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }

    #[tokio::test(start_paused = true)]
    async fn users_make_labels_of_their_own() {
        let client = client();
        let path = "/crm/associations/2026-09/contacts/tickets/labels";
        let asked = json!({"label": "Reporter", "name": "reporter", "inverseLabel": "Reported"});
        let made = client.post(path, asked.clone()).await.expect(200);
        client.post(path, asked).await.expect(400);
        let id = made["results"][0]["typeId"].as_u64().unwrap();
        let all = client.get(path).await.expect(200);
        assert_eq!(all["results"][0], json!({"category": "HUBSPOT_DEFINED", "typeId": 15, "label": null}));
        assert_eq!(all["results"][1]["label"], "Reporter");
        let pair = format!("/crm/v4/objects/contacts/{SARAH}/associations/tickets/{TICKET}");
        let types = json!([{"associationCategory": "USER_DEFINED", "associationTypeId": id}]);
        assert_eq!(client.put(&pair, types.clone()).await.expect(201)["labels"], json!(["Reporter"]));
        let back = client.get(&format!("/crm/v4/objects/tickets/{TICKET}/associations/contacts")).await.expect(200);
        let labels: Vec<_> =
            back["results"][0]["associationTypes"].as_array().unwrap().iter().map(|one| one["label"].clone()).collect();
        assert_eq!(labels, [json!(null), json!("Reported")]);
        client.put(path, json!({"associationTypeId": id, "label": "Teller"})).await.expect(204);
        let inputs = json!([{"from": {"id": SARAH}, "to": {"id": TICKET}, "types": types}]);
        batch(&client, "contacts/tickets/batch/labels/archive", inputs, 204).await;
        let left = client.get(&format!("/crm/v4/objects/contacts/{SARAH}/associations/tickets")).await.expect(200);
        assert_eq!(left["results"][0]["associationTypes"].as_array().unwrap().len(), 1);
        let plain = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 15}]);
        let wrong = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 16}]);
        let pair_of = |types: Value| json!({"from": {"id": SARAH}, "to": {"id": TICKET}, "types": types});
        batch(&client, "contacts/tickets/batch/labels/archive", json!([pair_of(plain), pair_of(wrong)]), 400).await;
        let still = client.get(&format!("/crm/v4/objects/contacts/{SARAH}/associations/tickets")).await.expect(200);
        assert_eq!(still, left);
        assert_eq!(client.delete(&format!("{path}/{id}")).await.status, 204);
        client.delete(&format!("{path}/{id}")).await.expect(404);
        assert_eq!(client.get(path).await.expect(200)["results"].as_array().unwrap().len(), 1);
    }
}
