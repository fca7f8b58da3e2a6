//! The owners API.

use axum::Router;
use serde_json::{Value, json};

use crate::api::api_error::{ApiError, resource_not_found};
use crate::api::call::ApiCall;
use crate::api::endpoint::{GET, endpoint, requires};
use crate::api::offset_cursor::{read_cursor, write_cursor};
use crate::api::response::ApiResponse;
use crate::clock::stamp;
use crate::model::owner::Owner;
use crate::model::portal::Portal;
use crate::rules::access::Scopes;
use crate::sandbox::Sandbox;

const PAGE_DEFAULT: usize = 100;
const PAGE_MAX: usize = 500;

pub(crate) fn routes() -> Router<Sandbox> {
    let rules = requires(Scopes::OneOf(&["crm.objects.owners.read"]));
    Router::new().route("/", endpoint(GET, rules, list)).route("/{id}", endpoint(GET, rules, read))
}

fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (id, archived) = (call.param("id"), call.flag("archived"));
    let by_user = match call.query("idProperty") {
        None | Some("id") => false,
        Some("userId") => true,
        Some(other) => return Err(ApiError::invalid(format!("idProperty must be one of [id, userId], not {other}"))),
    };
    let matches = |owner: &&Owner| if by_user { owner.user_id.to_string() == id } else { owner.id == id };
    let found = portal.owners.iter().filter(|owner| owner.archived == archived).find(matches);
    found.map(|owner| ApiResponse::ok(shown(owner))).ok_or_else(resource_not_found)
}

fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (limit, archived) = (call.limit(PAGE_DEFAULT, PAGE_MAX)?, call.flag("archived"));
    let email = call.query("email").filter(|email| !email.is_empty());
    let wanted = |owner: &&Owner| {
        owner.archived == archived && email.is_none_or(|email| owner.email.eq_ignore_ascii_case(email))
    };
    let twice = portal.assumptions.owners_cursor_encoded_twice;
    let first = call.query("after").map_or(Ok(0), |after| read_cursor(after, twice))?;
    let mut owners = portal.owners.iter().filter(wanted).skip(first);
    let results: Vec<Value> = owners.by_ref().take(limit).map(shown).collect();
    let mut page = json!({"results": results});
    if owners.next().is_some() {
        let after = write_cursor(first + limit);
        let link = format!("?after={after}");
        page["paging"] = json!({"next": {"after": after, "link": link}});
    }
    Ok(ApiResponse::ok(page))
}

/// Renders an owner. An archived one has neither a name nor a current user.
fn shown(owner: &Owner) -> Value {
    let named = |name: &str| if owner.archived { String::new() } else { name.to_owned() };
    let mut shown = json!({
        "id": owner.id, "email": owner.email, "type": "PERSON", "firstName": named(&owner.first_name),
        "lastName": named(&owner.last_name), "userId": (!owner.archived).then_some(owner.user_id),
        "userIdIncludingInactive": owner.user_id, "createdAt": stamp(owner.created_ms),
        "updatedAt": stamp(owner.created_ms), "archived": owner.archived
    });
    if !owner.teams.is_empty() {
        shown["teams"] = json!(owner.teams);
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::client;

    #[tokio::test(start_paused = true)]
    async fn an_owner_is_read_by_either_id() {
        let client = client();
        let owner = client.get("/crm/owners/2026-09/117001").await.expect(200);
        assert_eq!((&owner["id"], &owner["userId"]), (&json!("117001"), &json!(9_586_504)));
        let same = client.get("/crm/v3/owners/9586504?idProperty=userId").await.expect(200);
        assert_eq!(same, owner);
        let unknown = client.get("/crm/v3/owners/9586504").await.expect(404);
        assert_eq!(unknown["message"], "resource not found");
        let gone = client.get("/crm/v3/owners/117004?archived=true").await.expect(200);
        assert_eq!((&gone["userId"], &gone["userIdIncludingInactive"]), (&json!(null), &json!(9_586_803)));
        assert_eq!(gone["firstName"], "");
    }

    #[tokio::test(start_paused = true)]
    async fn owners_are_paged_and_filtered_by_address() {
        let client = client();
        let first = client.get("/crm/v3/owners/?limit=2").await.expect(200);
        let after = first["paging"]["next"]["after"].as_str().unwrap();
        assert_eq!(after, "Mg%3D%3D");
        for after in [after.to_owned(), after.replace('%', "%25")] {
            let last = client.get(&format!("/crm/owners/2026-09?limit=2&after={after}")).await.expect(200);
            assert_eq!(last["results"][0]["id"], "117003");
            assert_eq!(last.get("paging"), None);
        }
        let one = client.get("/crm/v3/owners?email=Mei.Tanaka@richtech.example").await.expect(200);
        assert_eq!(one["results"].as_array().unwrap().len(), 1);
    }
}
