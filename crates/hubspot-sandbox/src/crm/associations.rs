//! Associations v4: of one pair of records.

use axum::Router;
use serde_json::{Value, json};

use super::associate::{self, target_kind};
use super::create::AssociationType;
use super::kind::Kind;
use super::links::{Category, End, Label};
use super::pairs;
use crate::Sandbox;
use crate::access::Scopes;
use crate::answer::Answer;
use crate::call::{Call, unknown_kind};
use crate::clock::stamp;
use crate::limits::Bucket;
use crate::portal::Portal;
use crate::refusal::{Refusal, object_not_found};
use crate::router::{DELETE, Demand, GET, PUT, answers, counts};

/// Page size of a list, by default and at most.
const PAGE_MAX: usize = 500;

/// Any one object scope.
pub(crate) const ANY: Demand = counts(
    Scopes::OneOf(&[
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.companies.read",
        "crm.objects.companies.write",
        "crm.objects.deals.read",
        "crm.objects.deals.write",
        "tickets",
    ]),
    Bucket::Associations,
);

/// Under the path of objects.
pub(crate) fn routes() -> Router<Sandbox> {
    let pair = "/{type}/{id}/associations/{to}/{to_id}";
    Router::new()
        .route("/{type}/{id}/associations/{to}", answers(GET, ANY, list))
        .route(pair, answers(PUT, ANY, label).merge(answers(DELETE, ANY, remove)))
        .route("/{type}/{id}/associations/default/{to}/{to_id}", answers(PUT, ANY, default))
}

fn list(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (from, limit) = (end(portal, call, "type", "id")?, call.limit(PAGE_MAX, PAGE_MAX)?);
    let to = call.kind("to")?;
    let first = call.first_id()?;
    let mut all = portal.links.of(from, to).filter(|(id, _)| *id >= first);
    let results: Vec<Value> =
        all.by_ref().take(limit).map(|(id, labels)| associated(portal, from.0, to, id, labels)).collect();
    let mut page = json!({"results": results});
    if let Some((next, _)) = all.next() {
        page["paging"] = call.paging(&next.to_string());
    }
    Ok(Answer::ok(page))
}

/// One record and how it is associated. Its id is a number here, whatever the specification says.
pub(crate) fn associated(portal: &Portal, from: Kind, to: Kind, id: u64, labels: &[Label]) -> Value {
    let types = labels.iter().map(
        |label| json!({"category": label.category, "typeId": label.type_id, "label": text(portal, from, to, *label)}),
    );
    json!({"toObjectId": id, "associationTypes": types.collect::<Vec<_>>()})
}

/// The plain association has no label.
fn text(portal: &Portal, from: Kind, to: Kind, label: Label) -> Option<String> {
    match label.category {
        Category::HubspotDefined => {
            pairs::between(from, to).find(|pair| pair.type_id == label.type_id)?.label.map(str::to_owned)
        }
        _ => portal
            .labels
            .iter()
            .find(|own| own.leads(from, label.type_id))
            .map(|own| own.text(label.type_id).to_owned()),
    }
}

fn label(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (from, to) = ends(portal, call)?;
    let types: Vec<AssociationType> = call.json()?;
    let labels = read_labels(portal, from.0, to.0, &types)?;
    labels.iter().for_each(|label| associate::add(portal, from, to, *label));
    Ok(Answer::created(pair_with_labels(portal, from, to, &labels)))
}

/// The labels that types name; at least one.
pub(crate) fn read_labels(
    portal: &Portal,
    from: Kind,
    to: Kind,
    types: &[AssociationType],
) -> Result<Vec<Label>, Refusal> {
    match types.is_empty() {
        true => Err(Refusal::invalid("At least one association type is required")),
        false => types.iter().map(|given| read_label(portal, from, to, *given)).collect(),
    }
}

/// The label that a type names, if it leads from the one kind to the other.
fn read_label(portal: &Portal, from: Kind, to: Kind, given: AssociationType) -> Result<Label, Refusal> {
    let label = Label { category: given.association_category, type_id: given.association_type_id };
    match target_kind(portal, from, label) == Some(to) {
        true => Ok(label),
        false => {
            let (from, to) = (from.shouted(), to.shouted());
            let message = format!("{} is not a valid association type between {from} and {to}", label.type_id);
            Err(Refusal::invalid(message).sub_category("crm.associations.INVALID_ASSOCIATION_TYPE"))
        }
    }
}

pub(crate) fn pair_with_labels(portal: &Portal, from: End, to: End, labels: &[Label]) -> Value {
    let texts: Vec<_> = labels.iter().filter_map(|label| text(portal, from.0, to.0, *label)).collect();
    json!({
        "fromObjectTypeId": from.0.facts().type_id, "fromObjectId": from.1,
        "toObjectTypeId": to.0.facts().type_id, "toObjectId": to.1, "labels": texts
    })
}

fn default(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (from, to) = ends(portal, call)?;
    let result = associate_plainly(portal, from, to)?;
    let now = stamp(portal.now_ms());
    Ok(Answer::ok(json!({"status": "COMPLETE", "results": result, "startedAt": now, "completedAt": now})))
}

/// Both directions, as HubSpot reports them.
pub(crate) fn associate_plainly(portal: &mut Portal, from: End, to: End) -> Result<Vec<Value>, Refusal> {
    let pair = pairs::default(from.0, to.0).ok_or_else(|| cannot_be_associated(from.0, to.0))?;
    associate::add(portal, from, to, associate::hubspot(pair.type_id));
    let one = |from: End, to: End, type_id: u32| {
        json!({
            "from": {"id": from.1.to_string()}, "to": {"id": to.1.to_string()},
            "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
        })
    };
    Ok(vec![one(from, to, pair.type_id), one(to, from, pair.back_id)])
}

fn cannot_be_associated(from: Kind, to: Kind) -> Refusal {
    Refusal::invalid(format!("{} and {} cannot be associated", from.shouted(), to.shouted()))
        .sub_category("crm.associations.INVALID_ASSOCIATION_TYPE")
}

fn remove(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (from, to) = ends(portal, call)?;
    portal.links.remove(from, to);
    Ok(Answer::no_content())
}

fn ends(portal: &Portal, call: &Call) -> Result<(End, End), Refusal> {
    let (from, to) = (end(portal, call, "type", "id")?, end(portal, call, "to", "to_id")?);
    if from == to { Err(with_itself()) } else { Ok((from, to)) }
}

pub(crate) fn with_itself() -> Refusal {
    Refusal::invalid("An object cannot be associated with itself")
}

/// A record that is there.
fn end(portal: &Portal, call: &Call, kind: &str, id: &str) -> Result<End, Refusal> {
    let (kind, id) = (Kind::named(call.param(kind)).ok_or_else(|| unknown_kind(call.param(kind)))?, call.param(id));
    live(portal, kind, id).ok_or_else(|| object_not_found(id))
}

pub(crate) fn live(portal: &Portal, kind: Kind, id: &str) -> Option<End> {
    portal.table(kind).live(id.trim().parse().ok()?).map(|record| (kind, record.id))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{SARAH, client};

    const TICKET: &str = "33190415288";
    const COMPANY: &str = "28904460873";

    fn labelled(type_id: u32) -> Value {
        json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}])
    }

    #[tokio::test(start_paused = true)]
    async fn an_association_is_seen_from_both_sides_until_it_is_removed() {
        let client = client();
        let path = format!("/crm/v4/objects/contact/{SARAH}/associations/ticket/{TICKET}");
        let made = client.put(&path, labelled(15)).await.expect(201);
        assert_eq!(
            made,
            json!({"fromObjectTypeId": "0-1", "fromObjectId": 84_246_479_604_u64, "toObjectTypeId": "0-5", "toObjectId": 33_190_415_288_u64, "labels": []})
        );
        let back =
            client.get(&format!("/crm/objects/2026-09/tickets/{TICKET}/associations/contacts")).await.expect(200);
        let types = json!([{"category": "HUBSPOT_DEFINED", "typeId": 16, "label": null}]);
        assert_eq!(back["results"][1], json!({"toObjectId": 84_246_481_952_u64, "associationTypes": types}));
        assert_eq!(back["results"][0]["toObjectId"], 84_246_479_604_u64);
        assert_eq!(client.delete(&path).await.status, 204);
        let back = client.get(&format!("/crm/v4/objects/tickets/{TICKET}/associations/contacts")).await.expect(200);
        assert_eq!(back["results"].as_array().unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_one_primary_company() {
        let client = client();
        let path = format!("/crm/v4/objects/contacts/{SARAH}/associations/companies");
        let labels = async || {
            let page = client.get(&path).await.expect(200);
            let all = page["results"].as_array().unwrap().iter();
            all.map(|one| {
                one["associationTypes"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|kind| kind["typeId"].as_u64().unwrap())
                    .collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
        };
        assert_eq!(labels().await, [vec![1, 279]]);
        client
            .put(&format!("/crm/v4/objects/contacts/{SARAH}/associations/default/companies/{COMPANY}"), json!(null))
            .await
            .expect(200);
        assert_eq!(labels().await, [vec![1, 279], vec![279]]);
        let made = client.put(&format!("{path}/{COMPANY}"), labelled(1)).await.expect(201);
        assert_eq!(made["labels"], json!(["Primary"]));
        assert_eq!(labels().await, [vec![279], vec![1, 279]]);
        let read = client.get(&format!("/crm/v3/objects/contacts/{SARAH}?associations=companies")).await.expect(200);
        assert_eq!(read["associations"]["companies"]["results"][0]["type"], "contact_to_company_unlabeled");
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_associated_is_refused() {
        let client = client();
        let pair = format!("/crm/v4/objects/contacts/{SARAH}/associations/tickets");
        let refused = client.put(&format!("{pair}/{TICKET}"), labelled(16)).await.expect(400);
        assert_eq!(refused["message"], "16 is not a valid association type between CONTACT and TICKET");
        client.put(&format!("{pair}/{TICKET}"), json!([])).await.expect(400);
        client.put(&format!("{pair}/999"), labelled(15)).await.expect(404);
        client.get(&format!("/crm/v4/objects/contacts/{SARAH}/associations/butterflies")).await.expect(400);
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_is_paged() {
        let client = client();
        for _ in 0..5 {
            let note = json!({
                "properties": {"hs_timestamp": "1"},
                "associations": [{"to": {"id": SARAH}, "types": labelled(202)}]
            });
            client.post("/crm/v3/objects/notes", note).await.expect(201);
        }
        let path = format!("/crm/v4/objects/contacts/{SARAH}/associations/notes?limit=3");
        let first = client.get(&path).await.expect(200);
        let after = first["paging"]["next"]["after"].as_str().unwrap();
        let last = client.get(&format!("{path}&after={after}")).await.expect(200);
        assert_eq!((last["results"].as_array().unwrap().len(), last.get("paging")), (2, None));
    }
}
