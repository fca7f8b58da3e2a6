//! Owners: people of the company. Their owner id, user id and meetings-user id are three different numbers.

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Sandbox;
use crate::access::Scopes;
use crate::answer::Answer;
use crate::call::Call;
use crate::clock::{Ms, stamp};
use crate::portal::Portal;
use crate::refusal::{Refusal, resource_not_found};
use crate::router::{GET, answers, needs};

const PAGE_DEFAULT: usize = 100;
const PAGE_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Owner {
    pub(crate) id: String,
    pub(crate) user_id: u64,
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    #[serde(default)]
    pub(crate) archived: bool,
    #[serde(default)]
    pub(crate) teams: Vec<Team>,
    #[serde(default)]
    pub(crate) created_ms: Ms,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Team {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) primary: bool,
}

pub(crate) fn routes() -> Router<Sandbox> {
    let demand = needs(Scopes::OneOf(&["crm.objects.owners.read"]));
    Router::new().route("/", answers(GET, demand, list)).route("/{id}", answers(GET, demand, read))
}

fn read(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (id, archived) = (call.param("id"), call.flag("archived"));
    let by_user = match call.query("idProperty") {
        None | Some("id") => false,
        Some("userId") => true,
        Some(other) => return Err(Refusal::invalid(format!("idProperty must be one of [id, userId], not {other}"))),
    };
    let matches = |owner: &&Owner| if by_user { owner.user_id.to_string() == id } else { owner.id == id };
    let found = portal.owners.iter().filter(|owner| owner.archived == archived).find(matches);
    found.map(|owner| Answer::ok(owner.to_json())).ok_or_else(resource_not_found)
}

fn list(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (limit, archived) = (call.limit(PAGE_DEFAULT, PAGE_MAX)?, call.flag("archived"));
    let email = call.query("email").filter(|email| !email.is_empty());
    let wanted = |owner: &&Owner| {
        owner.archived == archived && email.is_none_or(|email| owner.email.eq_ignore_ascii_case(email))
    };
    let twice = portal.settings.choices.owners_cursor_encoded_twice;
    let first = call.query("after").map_or(Ok(0), |after| read_cursor(after, twice))?;
    let mut owners = portal.owners.iter().filter(wanted).skip(first);
    let results: Vec<Value> = owners.by_ref().take(limit).map(Owner::to_json).collect();
    let mut page = json!({"results": results});
    if owners.next().is_some() {
        let after = write_cursor(first + limit);
        let link = format!("?after={after}");
        page["paging"] = json!({"next": {"after": after, "link": link}});
    }
    Ok(Answer::ok(page))
}

impl Owner {
    /// An archived owner has neither name nor current user.
    fn to_json(&self) -> Value {
        let named = |name: &str| if self.archived { String::new() } else { name.to_owned() };
        let mut owner = json!({
            "id": self.id, "email": self.email, "type": "PERSON", "firstName": named(&self.first_name),
            "lastName": named(&self.last_name), "userId": (!self.archived).then_some(self.user_id),
            "userIdIncludingInactive": self.user_id, "createdAt": stamp(self.created_ms),
            "updatedAt": stamp(self.created_ms), "archived": self.archived
        });
        if !self.teams.is_empty() {
            owner["teams"] = json!(self.teams);
        }
        owner
    }
}

/// An offset in base64, percent-encoded before it is put into the JSON: `MQ%3D%3D`.
pub(crate) fn write_cursor(offset: usize) -> String {
    STANDARD.encode(offset.to_string()).replace('=', "%3D")
}

/// `decode_again`: the cursor was encoded once more on its way back.
pub(crate) fn read_cursor(text: &str, decode_again: bool) -> Result<usize, Refusal> {
    let text = if decode_again { percent_decode_str(text).decode_utf8_lossy() } else { text.into() };
    let offset = STANDARD.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok());
    offset.ok_or_else(|| Refusal::invalid("Invalid paging cursor"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::client;

    #[test]
    fn a_cursor_is_percent_encoded_base64() {
        assert_eq!(write_cursor(1), "MQ%3D%3D");
        assert_eq!(read_cursor("MQ==", false).unwrap(), 1);
        assert!(read_cursor("MQ%3D%3D", false).is_err());
        assert_eq!(read_cursor("MQ%3D%3D", true).unwrap(), 1);
        assert!(read_cursor("nonsense!", true).is_err());
    }

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
