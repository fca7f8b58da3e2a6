//! Batch upsert: update what is there by a unique property, create what is not.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::batch::{self, Update, envelope};
use super::create::{self, Draft, Input, Problem};
use super::find;
use super::kind::Kind;
use super::objects::shown;
use super::record::{Name, Record, Source};
use super::update::{self, Change};
use super::view::Shown;
use crate::answer::Answer;
use crate::call::Call;
use crate::portal::Portal;
use crate::refusal::Refusal;

/// What is to be done with a record that may be there.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Create(Draft),
    Change(Change),
}

impl Step {
    /// Does it; the record's id.
    pub(crate) fn commit(self, portal: &mut Portal, kind: Kind, source: Source) -> u64 {
        match self {
            Step::Create(draft) => create::commit(portal, kind, draft, source),
            Step::Change(change) => {
                let id = change.id;
                update::commit(portal, kind, change, source);
                id
            }
        }
    }

    fn values(&self) -> &[(Name, String)] {
        match self {
            Step::Create(draft) => &draft.values,
            Step::Change(change) => &change.values,
        }
    }
}

/// All of them or none: HubSpot has no partial upserts by address.
pub(crate) fn upsert(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let inputs: Vec<Update> = batch::inputs(call)?;
    batch::no_repeats(&inputs)?;
    let steps: Result<Vec<_>, _> = inputs.iter().map(|input| step(portal, kind, input)).collect();
    let steps = batch::all_or_first(portal, steps?)?;
    no_record_twice(&steps)?;
    batch::no_twins(portal, kind, steps.iter().map(Step::values))?;
    let results: Vec<Value> =
        steps.into_iter().zip(&inputs).map(|(step, input)| take(portal, kind, step, input)).collect();
    Ok(envelope(portal, call, 200, results, Vec::new()))
}

fn step(portal: &Portal, kind: Kind, input: &Update) -> Result<Result<Step, Problem>, Refusal> {
    let name = input.id_property.as_deref().unwrap_or("hs_object_id");
    let found = find::record(portal, kind, &input.id, Some(name))?.filter(|one| !one.is_archived());
    match found.filter(|record| meets(portal, record, name, &input.id)) {
        Some(record) => Ok(update::draft(portal, kind, record, &input.properties).map(Step::Change)),
        None if name == "hs_object_id" => {
            Err(Refusal::invalid(format!("No {} with ID {} exists", kind.facts().singular, input.id)))
        }
        None => {
            let mut properties = input.properties.clone();
            properties.insert(name.to_owned(), json!(input.id));
            let input = Input { properties, associations: Vec::new(), trace_id: None };
            Ok(create::draft(portal, kind, &input).map(Step::Create))
        }
    }
}

/// Whether an address that is not the contact's first one counts.
fn meets(portal: &Portal, record: &Record, name: &str, id: &str) -> bool {
    let is_primary = || record.get("email").is_some_and(|email| email.eq_ignore_ascii_case(id.trim()));
    name != "email" || portal.settings.choices.upsert_meets_secondary_email || is_primary()
}

/// Two addresses of one contact are still one contact.
fn no_record_twice(steps: &[Step]) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    let ids = steps.iter().filter_map(|step| match step {
        Step::Change(change) => Some(change.id),
        Step::Create(_) => None,
    });
    match ids.into_iter().find(|id| !seen.insert(*id)) {
        None => Ok(()),
        Some(id) => {
            let message = format!("Duplicate IDs found in batch input: [{id}]. IDs must be unique");
            Err(Refusal::invalid(message).context(json!({"ids": [id.to_string()]})))
        }
    }
}

fn take(portal: &mut Portal, kind: Kind, step: Step, input: &Update) -> Value {
    let is_new = matches!(step, Step::Create(_));
    let id = step.commit(portal, kind, Source::Integration);
    let touched: Vec<&str> = input.properties.keys().map(String::as_str).collect();
    let mut view = shown(portal, kind, id, if is_new { Shown::Created } else { Shown::Touched(&touched) });
    view["new"] = is_new.into();
    view
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::Settings;
    use crate::choices::Choices;
    use crate::testing::{Client, SARAH, client, client_of};

    async fn upsert(client: &Client, emails: &[&str], status: u16) -> Value {
        let inputs: Vec<_> = emails
            .iter()
            .map(|email| json!({"id": email, "idProperty": "email", "properties": {"firstname": "New"}}))
            .collect();
        client.post("/crm/objects/2026-09/contacts/batch/upsert", json!({"inputs": inputs})).await.expect(status)
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_there_is_updated_and_what_is_not_is_made() {
        let client = client();
        let answer = upsert(&client, &["sarah@gmail.com", "aiko@sato.jp", "new@x.com"], 200).await;
        let seen: Vec<_> =
            answer["results"].as_array().unwrap().iter().map(|one| (one["id"].clone(), one["new"].clone())).collect();
        assert_eq!(seen[0], (json!(SARAH), json!(false)));
        assert_eq!(seen[1], (json!("84246481952"), json!(false)));
        assert_eq!(seen[2].1, json!(true));
        assert_eq!(client.sandbox.records("contacts").len(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn one_wrong_input_stops_them_all() {
        let client = client();
        upsert(&client, &["new@x.com", "not an address"], 400).await;
        upsert(&client, &["aiko@sato.jp", "a.sato@kissaten.jp"], 400).await;
        let moved = json!({"id": "sarah@gmail.com", "idProperty": "email", "properties": {"email": "new@x.com"}});
        let made = json!({"id": "new@x.com", "idProperty": "email", "properties": {"firstname": "New"}});
        let path = "/crm/v3/objects/contacts/batch/upsert";
        client.post(path, json!({"inputs": [moved, made]})).await.expect(409);
        assert_eq!(client.sandbox.records("contacts").len(), 7);
        let choices = Choices { upsert_meets_secondary_email: false, ..Choices::default() };
        let client = client_of(Settings { choices, ..Settings::default() });
        upsert(&client, &["aiko@sato.jp"], 409).await;
    }
}
