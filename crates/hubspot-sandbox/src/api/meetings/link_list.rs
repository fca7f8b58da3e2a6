//! The list of meeting links.

use serde_json::{Value, json};

use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::offset_cursor::{read_cursor, write_cursor};
use crate::api::response::ApiResponse;
use crate::clock::stamp;
use crate::model::meeting_link::{LinkType, MeetingLink};
use crate::model::portal::Portal;

const PAGE_DEFAULT: usize = 100;
const PAGE_MAX: usize = 100;

pub(crate) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let limit = call.limit(PAGE_DEFAULT, PAGE_MAX)?;
    let filter = LinkFilter::of(call)?;
    let own = call.bearer.as_ref().and_then(|name| portal.tokens.get(name)).map(|token| token.user_id);
    let may_see =
        |link: &MeetingLink| portal.assumptions.colleagues_links_are_listed || own == Some(link.organizer_user_id);
    let found = portal.scheduler.links.iter().filter(|link| may_see(link) && filter.matches(link));
    let found: Vec<&MeetingLink> = found.collect();
    // Unlike that of owners, this cursor is not understood if it is percent-encoded twice.
    let first = call.query("after").map_or(Ok(0), |after| read_cursor(after, false))?;
    let results: Vec<Value> = found.iter().skip(first).take(limit).map(|link| to_json(link)).collect();
    let mut page = json!({"total": found.len(), "results": results});
    if found.len() > first.saturating_add(limit) {
        page["paging"] = call.paging(&write_cursor(first + limit));
    }
    Ok(ApiResponse::ok(page))
}

/// The filters of the query. An empty one matches every link.
struct LinkFilter {
    organizer: Option<String>,
    name: Option<String>,
    link_type: Option<LinkType>,
}

impl LinkFilter {
    fn of(call: &ApiCall) -> Result<LinkFilter, ApiError> {
        let given = |name| call.query(name).filter(|text| !text.is_empty()).map(str::to_owned);
        let link_type = given("type").map(|text| {
            let unknown =
                format!("type must be one of [PERSONAL_LINK, GROUP_CALENDAR, ROUND_ROBIN_CALENDAR], not {text}");
            serde_json::from_value(text.into()).map_err(|_| ApiError::invalid(unknown))
        });
        Ok(LinkFilter { organizer: given("organizerUserId"), name: given("name"), link_type: link_type.transpose()? })
    }

    fn matches(&self, link: &MeetingLink) -> bool {
        self.organizer.as_ref().is_none_or(|id| *id == link.organizer_user_id.to_string())
            && self.name.as_ref().is_none_or(|name| link.name.to_lowercase().contains(&name.to_lowercase()))
            && self.link_type.is_none_or(|link_type| link_type == link.link_type)
    }
}

/// Renders a link. User ids are text here, and numbers in the owners API.
fn to_json(link: &MeetingLink) -> Value {
    json!({
        "id": link.id, "slug": link.slug, "link": format!("https://meetings.hubspot.com/{}", link.slug),
        "name": link.name, "type": link.link_type, "organizerUserId": link.organizer_user_id.to_string(),
        "userIdsOfLinkMembers": link.member_user_ids.iter().map(u64::to_string).collect::<Vec<_>>(),
        "defaultLink": link.default_link, "createdAt": stamp(link.created_ms), "updatedAt": stamp(link.created_ms)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::client;

    const PATH: &str = "/scheduler/2026-09/meetings/meeting-links";

    #[tokio::test(start_paused = true)]
    async fn the_default_link_is_not_the_first_one_listed() {
        let page = client().get(&format!("{PATH}?organizerUserId=9586504")).await.expect(200);
        let seen: Vec<_> = page["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|link| (link["slug"].clone(), link["defaultLink"].clone()))
            .collect();
        assert_eq!(seen[0], (json!("richtech/quick-call"), json!(false)));
        assert_eq!(seen[1], (json!("richtech/veronica-chen"), json!(true)));
        assert_eq!(page["total"], seen.len());
        assert_eq!(page["results"][0]["organizerUserId"], "9586504");
        let none = client().get(&format!("{PATH}?organizerUserId=117001")).await.expect(200);
        assert_eq!(none["total"], 0);
    }

    #[tokio::test(start_paused = true)]
    async fn pages_follow_each_other_by_the_cursor_as_received() {
        let client = client();
        let (mut slugs, mut after) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("{PATH}?limit=3{after}")).await.expect(200);
            slugs.extend(page["results"].as_array().unwrap().iter().map(|link| link["slug"].clone()));
            let Some(next) = page["paging"]["next"]["after"].as_str() else { break };
            assert!(next.ends_with("%3D%3D"));
            client.get(&format!("{PATH}?after={}", next.replace('%', "%25"))).await.expect(400);
            after = format!("&after={next}");
        }
        let all = slugs.len();
        slugs.dedup();
        assert_eq!((all, slugs.len()), (7, 7));
    }

    #[tokio::test(start_paused = true)]
    async fn links_are_filtered_by_type_and_name() {
        let client = client();
        let group = client.get(&format!("{PATH}?type=GROUP_CALENDAR")).await.expect(200);
        assert_eq!(group["results"][0]["userIdsOfLinkMembers"], json!(["9586504", "9586742"]));
        let named = client.get(&format!("{PATH}?name=demo")).await.expect(200);
        assert_eq!(named["results"][0]["type"], "ROUND_ROBIN_CALENDAR");
        client.get(&format!("{PATH}?type=SOLO")).await.expect(400);
    }
}
