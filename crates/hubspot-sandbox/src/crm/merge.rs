//! Merging two records into one, and erasing a person for good.

use serde::Deserialize;
use serde_json::Value;

use super::associate;
use super::create::text_or_number;
use super::find;
use super::kind::Kind;
use super::links::{End, Label};
use super::objects::Wish;
use super::pairs;
use super::record::{Name, Record};
use super::table::emails;
use super::view;
use crate::answer::Answer;
use crate::call::Call;
use crate::portal::Portal;
use crate::refusal::{Refusal, object_not_found};

/// Addresses of one contact.
const IDENTITIES_MAX: usize = 250;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(deserialize_with = "text_or_number")]
    primary_object_id: String,
    #[serde(deserialize_with = "text_or_number")]
    object_id_to_merge: String,
}

/// The winner keeps what it has and gets from the loser what it lacks; the loser's id leads to it from now on.
pub(crate) fn merge(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let request: Request = call.json()?;
    let winner = live(portal, kind, &request.primary_object_id)?.clone();
    let loser = live(portal, kind, &request.object_id_to_merge)?.clone();
    if winner.id == loser.id {
        return Err(Refusal::invalid("Cannot merge an object with itself"));
    }
    if emails(&winner).chain(emails(&loser)).count() > IDENTITIES_MAX {
        return Err(Refusal::new(414, "Cannot have more than 250 identities on a profile"));
    }
    unite(portal, kind, &winner, &loser);
    let wish = Wish::new(kind, view::defaults(kind), Vec::new(), Vec::new());
    Ok(Answer::ok(portal.table(kind).get(winner.id).map_or(Value::Null, |record| wish.fulfil(portal, kind, record))))
}

fn live<'a>(portal: &'a Portal, kind: Kind, id: &str) -> Result<&'a Record, Refusal> {
    let found = find::record(portal, kind, id, None)?;
    found.filter(|record| !record.is_archived()).ok_or_else(|| object_not_found(id))
}

fn unite(portal: &mut Portal, kind: Kind, winner: &Record, loser: &Record) {
    let inherited = inherited(portal, kind, winner, loser);
    let (now_ms, indexing) = (portal.now_ms(), portal.indexing());
    move_links(portal, (kind, loser.id), (kind, winner.id));
    portal.table_mut(kind).absorb(loser.id, winner.id, indexing);
    portal.change(kind, winner.id, |record| {
        inherited.iter().for_each(|(name, text)| record.set(name, text, now_ms, loser.source));
        record.created_ms = record.created_ms.min(loser.created_ms);
        record.absorbed.push(loser.id);
        record.absorbed.extend(&loser.absorbed);
    });
}

fn inherited(portal: &Portal, kind: Kind, winner: &Record, loser: &Record) -> Vec<(Name, String)> {
    let lacking = loser.values().filter(|(name, _)| winner.get(name).is_none() && &***name != "hs_additional_emails");
    let mut values: Vec<_> = lacking.map(|(name, version)| (name.clone(), version.text.to_string())).collect();
    if let Some(name) = portal.name(kind, "hs_additional_emails") {
        let has_first = winner.get("email").is_some();
        let own = emails(winner).skip(usize::from(has_first));
        let other = emails(loser).skip(usize::from(!has_first && loser.get("email").is_some()));
        values.push((name, own.chain(other).collect::<Vec<_>>().join(";")));
    }
    values
}

fn move_links(portal: &mut Portal, from: End, to: End) {
    let all: Vec<(End, Vec<Label>)> =
        portal.links.of_any(from).map(|(other, labels)| (other, labels.to_vec())).collect();
    for (other, labels) in all.into_iter().filter(|(other, _)| *other != to) {
        labels.into_iter().for_each(|label| {
            let label = fitting(portal, to, other, label);
            associate::tie(portal, to, other, label);
        });
    }
    portal.links.detach(from);
}

/// The winner's primary company stays its primary one; the loser's is associated plainly.
fn fitting(portal: &Portal, winner: End, other: End, label: Label) -> Label {
    let plain = pairs::default(winner.0, other.0).filter(|_| associate::replaces_primary(portal, winner, label));
    plain.map_or(label, |plain| associate::hubspot(plain.type_id))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Forget {
    #[serde(deserialize_with = "text_or_number")]
    object_id: String,
    #[serde(default)]
    id_property: Option<String>,
}

/// Gone for good, with no archived record left.
pub(crate) fn gdpr_delete(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let request: Forget = call.json()?;
    let found = find::record(portal, kind, &request.object_id, request.id_property.as_deref())?;
    if let Some(id) = found.map(|record| record.id) {
        portal.links.detach((kind, id));
        portal.table_mut(kind).erase(id);
    }
    Ok(Answer::no_content())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{SARAH, client};

    const AIKO: &str = "84246481952";

    #[tokio::test(start_paused = true)]
    async fn the_losers_id_addresses_and_associations_lead_to_the_winner() {
        let client = client();
        let body = json!({"primaryObjectId": SARAH, "objectIdToMerge": AIKO});
        let merged = client.post("/crm/v3/objects/contacts/merge", body.clone()).await.expect(200);
        assert_eq!(merged["id"], SARAH);
        let path = format!(
            "/crm/v3/objects/contacts/{AIKO}?associations=tickets&properties=hs_additional_emails,hs_language,firstname,hs_merged_object_ids"
        );
        let found = client.get(&path).await.expect(200);
        assert_eq!(found["id"], SARAH);
        assert_eq!(
            found["properties"]["hs_additional_emails"],
            "aiko.sato@kissaten.jp;aiko@sato.jp;a.sato@kissaten.jp"
        );
        assert_eq!(
            (&found["properties"]["firstname"], &found["properties"]["hs_merged_object_ids"]),
            (&json!("Sarah"), &json!(AIKO))
        );
        assert_eq!(found["associations"]["tickets"]["results"][0]["id"], "33190415288");
        let by_email = client.get("/crm/v3/objects/contacts/aiko@sato.jp?idProperty=email").await.expect(200);
        assert_eq!(by_email["id"], SARAH);
        client.post("/crm/v3/objects/contacts/merge", body).await.expect(400);
        let unknown = json!({"primaryObjectId": SARAH, "objectIdToMerge": "1"});
        client.post("/crm/v3/objects/contacts/merge", unknown).await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn the_winner_keeps_its_primary_company() {
        let client = client();
        let primary = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]);
        for company in ["28904455120", "28904460873"] {
            client
                .put(&format!("/crm/v4/objects/contacts/{AIKO}/associations/companies/{company}"), primary.clone())
                .await
                .expect(201);
        }
        let body = json!({"primaryObjectId": SARAH, "objectIdToMerge": AIKO});
        client.post("/crm/v3/objects/contacts/merge", body).await.expect(200);
        let of = client.get(&format!("/crm/v4/objects/contacts/{SARAH}/associations/companies")).await.expect(200);
        let types = |at: usize| of["results"][at]["associationTypes"].as_array().unwrap().len();
        assert_eq!((types(0), types(1)), (2, 1), "{of}");
        let (tom, freja) = ("84246480117", "118420663270");
        client
            .post("/crm/v3/objects/contacts/merge", json!({"primaryObjectId": freja, "objectIdToMerge": tom}))
            .await
            .expect(200);
        let of = client.get(&format!("/crm/v4/objects/contacts/{freja}/associations/companies")).await.expect(200);
        assert_eq!(of["results"][0]["associationTypes"][0]["label"], "Primary");
    }

    #[tokio::test(start_paused = true)]
    async fn an_erased_person_is_not_even_archived() {
        let client = client();
        let body = json!({"objectId": "sarah@gmail.com", "idProperty": "email"});
        assert_eq!(client.post("/crm/v3/objects/contacts/gdpr-delete", body).await.status, 204);
        client.get(&format!("/crm/v3/objects/contacts/{SARAH}?archived=true")).await.expect(404);
    }
}
