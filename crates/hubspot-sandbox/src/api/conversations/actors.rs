//! Actors: one, and a batch of them.

use serde_json::{Value, json};

use super::errors::not_found;
use crate::api::api_error::ApiError;
use crate::api::batch;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::hex_id::hex_id;
use crate::model::conversations::profile::{self, Profile};
use crate::model::portal::Portal;

/// Actors of one batch.
const INPUTS_MAX: usize = 100;
/// Kind of the ids in the addresses of pictures.
const AVATAR_KIND: u64 = 3;

pub(super) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    actor(portal, call.param("actor_id")).map(ApiResponse::ok)
}

pub(super) fn batch_read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (mut results, mut errors) = (vec![], vec![]);
    for id in batch::inputs::<String>(call, INPUTS_MAX)? {
        match actor(portal, &id) {
            Ok(actor) => results.push(actor),
            Err(error) => errors.push(error.context(json!({"ids": [id]})).entry()),
        }
    }
    Ok(batch::batch_response(portal, call, 200, results, errors))
}

fn actor(portal: &Portal, id: &str) -> Result<Value, ApiError> {
    let actor: ActorId = id.parse().map_err(|_| ApiError::invalid(format!("Invalid actor id: {id}")))?;
    let profile = profile::of(portal, &actor).ok_or_else(|| not_found("Actor", id))?;
    Ok(shown(&actor, profile))
}

fn shown(actor: &ActorId, Profile { name, email }: Profile) -> Value {
    let (kind, avatar) = match actor {
        ActorId::Agent(user_id) => ("AGENT", Some(avatar(*user_id))),
        ActorId::Bot(_) => ("BOT", None),
        ActorId::Email(_) => ("EMAIL", None),
        ActorId::Integration(_) => ("INTEGRATOR", None),
        ActorId::Llm(_) => ("LLM", None),
        ActorId::System => ("SYSTEM", None),
        ActorId::Visitor(_) => ("VISITOR", None),
    };
    let mut shown = json!({"id": actor, "type": kind});
    for (field, value) in [("name", name), ("email", email), ("avatar", avatar)] {
        if let Some(value) = value {
            shown[field] = value.into();
        }
    }
    shown
}

fn avatar(user_id: u64) -> String {
    format!("https://app.hubspot.com/settings/avatar/{}", hex_id(AVATAR_KIND, user_id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::{SARAH, client};

    const PATH: &str = "/conversations/conversations/2026-09/actors";

    #[tokio::test(start_paused = true)]
    async fn actors_have_the_fields_of_their_type() {
        let client = client();
        let agent = client.get(&format!("{PATH}/A-9586504")).await.expect(200);
        let avatar = agent["avatar"].clone();
        assert_eq!(
            agent,
            json!({
                "id": "A-9586504", "type": "AGENT", "name": "Veronica Chen", "email": "veronica.chen@richtech.example",
                "avatar": avatar
            })
        );
        for (id, actor) in [
            (format!("V-{SARAH}"), json!({"type": "VISITOR", "name": "Sarah Mark", "email": "sarah@gmail.com"})),
            ("E-user@hubspot.com".into(), json!({"type": "EMAIL", "email": "user@hubspot.com"})),
            ("I-8190657".into(), json!({"type": "INTEGRATOR", "name": "App 8190657"})),
            ("B-12".into(), json!({"type": "BOT", "name": "Bot"})),
            ("L-12".into(), json!({"type": "LLM", "name": "Customer agent"})),
            ("S-hubspot".into(), json!({"type": "SYSTEM"})),
        ] {
            let mut expected = actor;
            expected["id"] = id.as_str().into();
            assert_eq!(client.get(&format!("{PATH}/{id}")).await.expect(200), expected);
        }
        for (id, status) in [("A-1", 404), ("V-1", 404), ("I-1", 404), ("X-1", 400), ("9586504", 400)] {
            assert_eq!(client.get(&format!("{PATH}/{id}")).await.status, status, "{id}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_has_results_beside_errors() {
        let client = client();
        let path = format!("{PATH}/batch/read");
        let all = client.post(&path, json!({"inputs": ["A-9586742", "S-hubspot"]})).await.expect(200);
        let names: Vec<_> = all["results"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!((names, &all["status"]), (vec![json!("A-9586742"), json!("S-hubspot")], &json!("COMPLETE")));
        let some = client.post(&path, json!({"inputs": ["A-9586742", "A-1"]})).await.expect(207);
        assert_eq!((&some["numErrors"], &some["errors"][0]["context"]["ids"]), (&json!(1), &json!(["A-1"])));
        client.post(&path, json!({"inputs": []})).await.expect(400);
        client.post(&path, json!({"inputs": vec!["S-hubspot"; 101]})).await.expect(400);
    }
}
