//! What holds whatever the input: properties over random data.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::testing::{Client, client};

/// A runtime whose clock stands still.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

fn ids(page: &Value, name: &str) -> Vec<String> {
    page["results"].as_array().unwrap().iter().map(|one| one[name].to_string().replace('"', "")).collect()
}

/// Every id over all pages; the next page is asked for with `after` as it was given.
async fn walk(client: &Client, path: &str, name: &str) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}{after}")).await.expect(200);
        all.extend(ids(&page, name));
        match page["paging"]["next"]["after"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

async fn walk_search(client: &Client, request: &Value, limit: usize) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), json!(null));
    loop {
        let mut request = request.clone();
        request["limit"] = limit.into();
        request["after"] = after;
        let page = client.post("/crm/v3/objects/contacts/search", request).await.expect(200);
        all.extend(ids(&page, "id"));
        match &page["paging"]["next"]["after"] {
            Value::Null => return all,
            next => after = next.clone(),
        }
    }
}

fn once(all: &[String]) -> bool {
    all.iter().collect::<BTreeSet<_>>().len() == all.len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn paging_gives_every_record_once(people in 0_usize..60, limit in 1_usize..20) {
        runtime().block_on(async {
            let client = client();
            client.sandbox.fill(people as u64);
            let contacts = walk(&client, &format!("/crm/v3/objects/contacts?limit={limit}"), "id").await;
            prop_assert!(once(&contacts) && contacts.len() == people + 7);
            for sorts in [json!([]), json!(["-createdate"]), json!(["firstname"])] {
                let found = walk_search(&client, &json!({"sorts": sorts}), limit).await;
                prop_assert!(once(&found) && found.len() == people + 7);
            }
            let links = walk(&client, &format!("/scheduler/v3/meetings/meeting-links?limit={limit}"), "slug").await;
            prop_assert!(once(&links) && links.len() == 7);
            let owners = walk(&client, &format!("/crm/v3/owners?limit={limit}"), "id").await;
            prop_assert!(once(&owners) && owners.len() == 3);
            Ok(())
        })?;
    }
}

/// The properties that searches are tried on, with values that meet now and then.
const NAMES: [&str; 4] = ["firstname", "company", "annualrevenue", "lifecyclestage"];

fn value_of(name: &'static str) -> BoxedStrategy<String> {
    match name {
        "annualrevenue" => (0_u32..6).prop_map(|number| number.to_string()).boxed(),
        "lifecyclestage" => prop::sample::select(vec!["lead", "customer", "other"]).prop_map(str::to_owned).boxed(),
        _ => prop::sample::select(vec!["Ada", "ada", "Bo", "Cy Cy", "bo-bo"]).prop_map(str::to_owned).boxed(),
    }
}

type Person = [Option<String>; 4];

fn person() -> impl Strategy<Value = Person> {
    let [a, b, c, d] = NAMES.map(|name| prop::option::of(value_of(name)));
    (a, b, c, d).prop_map(|(a, b, c, d)| [a, b, c, d])
}

#[derive(Clone, Debug)]
struct Condition {
    place: usize,
    operator: &'static str,
    value: String,
}

fn condition() -> impl Strategy<Value = Condition> {
    let operators = vec!["EQ", "NEQ", "LT", "GTE", "HAS_PROPERTY", "NOT_HAS_PROPERTY"];
    (0..NAMES.len(), prop::sample::select(operators)).prop_flat_map(|(place, operator)| {
        value_of(NAMES[place]).prop_map(move |value| Condition { place, operator, value })
    })
}

/// What the operators mean, said once more and plainly.
fn holds(condition: &Condition, person: &Person) -> bool {
    let (value, name) = (&condition.value, NAMES[condition.place]);
    let Some(own) = &person[condition.place] else { return matches!(condition.operator, "NEQ" | "NOT_HAS_PROPERTY") };
    let order = match name {
        "annualrevenue" => own.parse::<u32>().unwrap().cmp(&value.parse().unwrap()),
        "lifecyclestage" => own.cmp(value),
        _ => own.to_lowercase().cmp(&value.to_lowercase()),
    };
    match condition.operator {
        "EQ" => order.is_eq(),
        "NEQ" => order.is_ne(),
        "LT" => order.is_lt(),
        "GTE" => order.is_ge(),
        operator => operator == "HAS_PROPERTY",
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn search_agrees_with_a_plain_scan(
        people in prop::collection::vec(person(), 0..20),
        groups in prop::collection::vec(prop::collection::vec(condition(), 1..4), 0..4),
        limit in 1_usize..30,
    ) {
        runtime().block_on(async {
            let client = client();
            let records = people.iter().enumerate().map(|(at, person)| {
                let values = NAMES.iter().zip(person).filter_map(|(name, value)| Some(((*name).to_owned(), json!(value.as_ref()?))));
                json!({"id": (at + 1).to_string(), "properties": values.collect::<serde_json::Map<_, _>>()})
            });
            let seed = json!({"version": 1, "records": {"contacts": records.collect::<Vec<_>>()}});
            client.sandbox.restore(&seed.to_string()).unwrap();
            let filter = |one: &Condition| json!({"propertyName": NAMES[one.place], "operator": one.operator, "value": one.value});
            let asked: Vec<Value> = groups.iter().map(|group| json!({"filters": group.iter().map(filter).collect::<Vec<_>>()})).collect();
            let found = walk_search(&client, &json!({"filterGroups": asked}), limit).await;
            let wanted = |person: &Person| groups.is_empty() || groups.iter().any(|group| group.iter().all(|one| holds(one, person)));
            let expected = people.iter().enumerate().filter(|(_, person)| wanted(person)).map(|(at, _)| (at + 1).to_string());
            prop_assert_eq!(found, expected.collect::<Vec<_>>());
            Ok(())
        })?;
    }
}

/// Puts a pair together or takes it apart, from either side and by either endpoint.
#[derive(Clone, Copy, Debug)]
struct Move {
    contact: usize,
    ticket: usize,
    together: bool,
    from_ticket: bool,
    in_batch: bool,
}

fn a_move() -> impl Strategy<Value = Move> {
    (0_usize..4, 0_usize..4, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(contact, ticket, together, from_ticket, in_batch)| Move { contact, ticket, together, from_ticket, in_batch },
    )
}

async fn make(client: &Client, step: Move) {
    let (contact, ticket) = (1 + step.contact, 11 + step.ticket);
    let (from, to) = if step.from_ticket { ("tickets", "contacts") } else { ("contacts", "tickets") };
    let (from_id, to_id) = if step.from_ticket { (ticket, contact) } else { (contact, ticket) };
    let reply = match (step.in_batch, step.together) {
        (true, true) => {
            let body = json!({"inputs": [{"from": {"id": from_id}, "to": {"id": to_id}}]});
            client.post(&format!("/crm/associations/2026-09/{from}/{to}/batch/associate/default"), body).await
        }
        (true, false) => {
            let body = json!({"inputs": [{"from": {"id": from_id}, "to": [{"id": to_id}]}]});
            client.post(&format!("/crm/v4/associations/{from}/{to}/batch/archive"), body).await
        }
        (false, true) => {
            client
                .put(&format!("/crm/v4/objects/{from}/{from_id}/associations/default/{to}/{to_id}"), json!(null))
                .await
        }
        (false, false) => client.delete(&format!("/crm/v4/objects/{from}/{from_id}/associations/{to}/{to_id}")).await,
    };
    assert!(reply.status < 300, "{}", reply.text);
}

async fn seen(client: &Client, from: &str, to: &str, id: usize) -> BTreeSet<String> {
    let page = client.get(&format!("/crm/v4/objects/{from}/{id}/associations/{to}")).await.expect(200);
    ids(&page, "toObjectId").into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn both_sides_see_the_same_associations(steps in prop::collection::vec(a_move(), 0..24)) {
        runtime().block_on(async {
            let client = client();
            let records = |first: usize| (first..first + 4).map(|id| json!({"id": id.to_string()})).collect::<Vec<_>>();
            let seed = json!({"version": 1, "records": {"contacts": records(1), "tickets": records(11)}});
            client.sandbox.restore(&seed.to_string()).unwrap();
            let mut pairs = BTreeSet::new();
            for step in steps {
                make(&client, step).await;
                let pair = (1 + step.contact, 11 + step.ticket);
                if step.together { pairs.insert(pair) } else { pairs.remove(&pair) };
            }
            for contact in 1..=4 {
                let expected = pairs.iter().filter(|pair| pair.0 == contact).map(|pair| pair.1.to_string()).collect();
                prop_assert_eq!(seen(&client, "contacts", "tickets", contact).await, expected);
            }
            for ticket in 11..=14 {
                let expected = pairs.iter().filter(|pair| pair.1 == ticket).map(|pair| pair.0.to_string()).collect();
                prop_assert_eq!(seen(&client, "tickets", "contacts", ticket).await, expected);
            }
            Ok(())
        })?;
    }
}

/// A request that is almost right: one of HubSpot's endpoints with something hostile in it.
const ENDPOINTS: [(&str, &str, &str); 40] = [
    ("GET", "/crm/v3/objects/{}/{}?properties={}&associations={}", ""),
    ("GET", "/crm/v3/objects/contacts/{}?idProperty={}&archived={}", ""),
    ("GET", "/crm/v3/objects/contacts?limit={}&after={}&propertiesWithHistory={}", ""),
    (
        "POST",
        "/crm/v3/objects/contacts",
        r#"{"properties":{"email":"a@b.co","hs_additional_emails":"c@d.co"},"associations":[{"to":{"id":"28904455120"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]}]}"#,
    ),
    (
        "POST",
        "/crm/v3/objects/tickets",
        r#"{"properties":{"hs_pipeline":"0","hs_pipeline_stage":"1","hs_ticket_category":";PRODUCT_ISSUE","closed_date":"2026-01-01T00:00:00Z"}}"#,
    ),
    (
        "PATCH",
        "/crm/v3/objects/contacts/84246479604",
        r#"{"properties":{"lifecyclestage":"lead","annualrevenue":"5","date_of_birth":"2000-01-01","hubspot_owner_id":"117001"}}"#,
    ),
    ("DELETE", "/crm/v3/objects/{}/{}", ""),
    (
        "POST",
        "/crm/v3/objects/{}/search",
        r#"{"filterGroups":[{"filters":[{"propertyName":"email","operator":"BETWEEN","value":"a","highValue":"z","values":["a"]}]}],"sorts":["-createdate"],"query":"sarah 7025550143","limit":5,"after":"0","properties":["email"]}"#,
    ),
    (
        "POST",
        "/crm/v3/objects/contacts/batch/read",
        r#"{"inputs":[{"id":"84246479604"}],"idProperty":"email","properties":["email"],"propertiesWithHistory":["email"]}"#,
    ),
    (
        "POST",
        "/crm/v3/objects/contacts/batch/create",
        r#"{"inputs":[{"properties":{"email":"a@b.co"},"associations":[],"objectWriteTraceId":"0"}]}"#,
    ),
    (
        "POST",
        "/crm/v3/objects/contacts/batch/update",
        r#"{"inputs":[{"id":"84246479604","properties":{"email":"a@b.co"},"objectWriteTraceId":"0"}]}"#,
    ),
    (
        "POST",
        "/crm/v3/objects/contacts/batch/upsert",
        r#"{"inputs":[{"id":"a@b.co","idProperty":"email","properties":{"firstname":"A"}}]}"#,
    ),
    ("POST", "/crm/v3/objects/contacts/batch/archive", r#"{"inputs":[{"id":"84246479604"}]}"#),
    ("POST", "/crm/v3/objects/contacts/merge", r#"{"primaryObjectId":"84246479604","objectIdToMerge":"84246480117"}"#),
    ("POST", "/crm/v3/objects/contacts/gdpr-delete", r#"{"objectId":"84246479604","idProperty":"email"}"#),
    (
        "PUT",
        "/crm/v4/objects/{}/84246479604/associations/{}/{}",
        r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":15}]"#,
    ),
    ("PUT", "/crm/v4/objects/contacts/84246479604/associations/default/{}/{}", ""),
    ("GET", "/crm/v4/objects/contacts/84246479604/associations/{}?limit={}&after={}", ""),
    ("POST", "/crm/v4/associations/contacts/companies/batch/read", r#"{"inputs":[{"id":"84246479604","after":"1"}]}"#),
    (
        "POST",
        "/crm/v4/associations/contacts/tickets/batch/create",
        r#"{"inputs":[{"from":{"id":"84246479604"},"to":{"id":"33190415288"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":15}]}]}"#,
    ),
    (
        "POST",
        "/crm/v4/associations/contacts/tickets/batch/archive",
        r#"{"inputs":[{"from":{"id":"84246479604"},"to":[{"id":"33190415288"}]}]}"#,
    ),
    ("POST", "/crm/v4/associations/contacts/tickets/labels", r#"{"label":"a","name":"a","inverseLabel":"b"}"#),
    ("PUT", "/crm/v4/associations/contacts/tickets/labels", r#"{"associationTypeId":36,"label":"a"}"#),
    ("DELETE", "/crm/v4/associations/contacts/tickets/labels/{}", ""),
    ("GET", "/crm/v3/owners?limit={}&after={}&email={}", ""),
    ("GET", "/crm/v3/owners/{}?idProperty={}", ""),
    ("GET", "/crm/v3/pipelines/{}/{}/stages/{}", ""),
    (
        "POST",
        "/crm/v3/pipelines/tickets",
        r#"{"label":"a","displayOrder":1,"stages":[{"label":"b","displayOrder":0,"metadata":{"ticketState":"OPEN"}}]}"#,
    ),
    ("PATCH", "/crm/v3/pipelines/tickets/0/stages/1", r#"{"label":"a","displayOrder":1,"metadata":{}}"#),
    ("DELETE", "/crm/v3/pipelines/tickets/{}/stages/{}?validateReferencesBeforeDelete=true", ""),
    ("GET", "/crm/v3/properties/{}/{}?archived={}", ""),
    (
        "POST",
        "/crm/v3/properties/contacts",
        r#"{"name":"a","label":"a","type":"enumeration","fieldType":"select","groupName":"contactinformation","options":[{"label":"a","value":"a","displayOrder":0}],"hasUniqueValue":true}"#,
    ),
    ("PATCH", "/crm/v3/properties/contacts/email", r#"{"label":"a","options":[],"hidden":true}"#),
    ("POST", "/crm/v3/properties/contacts/groups", r#"{"name":"a","label":"a","displayOrder":1}"#),
    ("GET", "/scheduler/v3/meetings/meeting-links?limit={}&after={}&type={}&organizerUserId={}&name={}", ""),
    ("GET", "/scheduler/v3/meetings/meeting-links/book/{}?timezone={}", ""),
    (
        "GET",
        "/scheduler/v3/meetings/meeting-links/book/availability-page/richtech%2Fquick-call?timezone=Pacific/Apia&monthOffset={}",
        "",
    ),
    (
        "POST",
        "/scheduler/v3/meetings/meeting-links/book",
        r#"{"slug":"richtech/site-visit","firstName":"A","lastName":"B","email":"a@b.co","startTime":1796144400000,"duration":3600000,"timezone":"UTC","formFields":[{"name":"company","value":"A"}],"legalConsentResponses":[{"communicationTypeId":"12345","consented":true}],"likelyAvailableUserIds":["1"],"guestEmails":["c@d.co"]}"#,
    ),
    (
        "POST",
        "/scheduler/v3/meetings/calendar?organizerUserId=9586504",
        r#"{"properties":{"hs_timestamp":"2026-11-25T15:00:00Z","hs_meeting_start_time":"2026-11-25T15:00:00Z","hs_meeting_end_time":"2026-11-25T15:30:00Z"},"associations":[{"to":{"id":"84246479604"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":200}]}]}"#,
    ),
    (
        "POST",
        "/engagements/v1/engagements",
        r#"{"engagement":{"type":"TASK","ownerId":117001,"timestamp":1},"associations":{"contactIds":[84246479604]},"metadata":{"body":"a","subject":"b","status":"WAITING"}}"#,
    ),
];

/// What ids, names and cursors should never be.
fn hostile_text() -> impl Strategy<Value = String> {
    let known = [
        "",
        "0",
        "-1",
        "1e999",
        "18446744073709551616",
        "9223372036854775807",
        "%00",
        "%2F..%2F",
        "%ff",
        "%25",
        "null",
        "NaN",
        "contacts",
        "email",
        "hs_object_id",
        "🤖",
        "true",
        "'; DROP TABLE contacts; --",
        "associations.contact",
        "9999-99-99",
        "-9223372036854775808",
        "1200",
        "84246479604",
    ];
    prop_oneof![prop::sample::select(known.to_vec()).prop_map(str::to_owned), "\\PC{0,12}", "[a-z0-9;*]{0,40}"]
}

fn hostile_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!([])),
        Just(json!({})),
        Just(json!(true)),
        Just(json!(1e300)),
        any::<i64>().prop_map(|number| json!(number)),
        any::<u64>().prop_map(|number| json!(number)),
        hostile_text().prop_map(|text| json!(text)),
        Just(json!([[[[[[]]]]]])),
        Just(json!({"id": {"id": []}})),
        (0_usize..300).prop_map(|length| json!("ÿ".repeat(length))),
        (0_usize..200).prop_map(|length| json!(vec![json!({"id": "1"}); length])),
    ]
}

/// Puts `new` in the place of the `at`-th value of a document, counted from the root.
fn replace(value: &mut Value, at: &mut usize, new: &Value) {
    if *at == 0 {
        *value = new.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, at, new)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, at, new)),
        _ => {}
    }
}

fn fill_in(path: &str, texts: &[String]) -> String {
    let mut texts = texts.iter().cycle();
    let parts = path.split("{}").map(str::to_owned).collect::<Vec<_>>();
    let mut filled = parts[0].clone();
    for part in &parts[1..] {
        let text = texts.next().map(String::as_str).unwrap_or_default();
        let is_encoded = text.starts_with('%') && text.bytes().all(|byte| byte == b'%' || byte.is_ascii_alphanumeric());
        let encoded = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        filled += if is_encoded { text } else { &encoded };
        filled += part;
    }
    filled
}

async fn survives(client: &Client, method: &str, path: &str, body: Vec<u8>) {
    let reply = client.send(method.parse().unwrap(), path, body.clone()).await;
    let told = format!("{method} {path} {} -> {} {}", String::from_utf8_lossy(&body), reply.status, reply.text);
    assert!(reply.status < 500, "{told}");
    if reply.status >= 400 && method != "HEAD" && !reply.text.starts_with("<html>") {
        assert!(reply.body["message"].is_string() && reply.body["correlationId"].is_string(), "{told}");
        assert_eq!(reply.body["status"], "error", "{told}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn hostile_input_gets_hubspots_error_body(
        requests in prop::collection::vec(
            (0..ENDPOINTS.len(), prop::collection::vec(hostile_text(), 5), 0_usize..24, hostile_json(), any::<Option<u8>>()),
            1..6,
        ),
    ) {
        runtime().block_on(async {
            let client = client();
            for (at, texts, place, new, cut) in requests {
                let (method, path, body) = ENDPOINTS[at];
                let mut body: Value = serde_json::from_str(body).unwrap_or_default();
                replace(&mut body, &mut place.clone(), &new);
                let mut bytes = body.to_string().into_bytes();
                bytes.truncate(cut.map_or(bytes.len(), usize::from));
                survives(&client, method, &fill_in(path, &texts), bytes).await;
            }
        });
    }

    #[test]
    fn any_bytes_on_any_path_are_answered(
        method in "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|BREW",
        path in "(/(crm|v3|v4|2026-09|objects|contacts|scheduler|meetings|oauth|[a-z%0-9]{1,5})){1,7}",
        query in "[ -~]{0,40}",
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let uri = format!("{path}?{query}");
        if uri.parse::<axum::http::Uri>().is_ok() {
            runtime().block_on(async { survives(&client(), &method, &uri, body).await });
        }
    }
}

mod slots {
    use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
    use chrono_tz::{TZ_VARIANTS, Tz};
    use proptest::prelude::*;

    use crate::sandbox::clock::{Ms, instant};
    use crate::sandbox::scheduler::calendar::{Interval, on_the_wall};
    use crate::sandbox::scheduler::link::{Availability, Days, Increment, Range};
    use crate::sandbox::scheduler::slots::Offer;

    const MINUTE_MS: Ms = 60_000;
    const DAY_MS: Ms = 24 * 60 * MINUTE_MS;

    /// Any day, and the days on which clocks change in Europe, America, Australia and Chile.
    fn day() -> impl Strategy<Value = NaiveDate> {
        let changes = [
            (2026, 3, 8),
            (2026, 3, 29),
            (2026, 4, 5),
            (2026, 9, 6),
            (2026, 10, 4),
            (2026, 10, 25),
            (2026, 11, 1),
            (2027, 3, 14),
            (2027, 3, 28),
            (2027, 11, 7),
        ];
        let changes = changes.map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap());
        let any_day = (0_u64..730).prop_map(|days| {
            NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().checked_add_days(chrono::Days::new(days)).unwrap()
        });
        prop_oneof![prop::sample::select(changes.to_vec()), any_day]
    }

    fn increment() -> impl Strategy<Value = Increment> {
        let all =
            [Increment::Five, Increment::Fifteen, Increment::FortyFive, Increment::Ninety, Increment::MeetingDuration];
        prop::sample::select(all.to_vec())
    }

    /// The clock on the wall shows a time within the hours, at every minute of the slot.
    fn is_within(slot: Interval, zone: Tz, start: u32, end: u32) -> bool {
        let local = |ms: Ms| instant(ms).with_timezone(&zone).naive_local();
        let first = local(slot.start).date();
        let bound =
            |minute: u32| -> NaiveDateTime { first.and_time(Default::default()) + TimeDelta::minutes(minute.into()) };
        let mut minutes = (slot.start..slot.end).step_by(MINUTE_MS as usize).map(local);
        minutes.all(|now| bound(start) <= now && now < bound(end))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn slots_never_touch_busy_time_nor_leave_working_hours(
            zone in prop::sample::select(TZ_VARIANTS.to_vec()),
            day in day(),
            (start, end) in (0_u32..1440, 0_u32..1440).prop_map(|(a, b)| (a.min(b), a.max(b) + 1)),
            duration_minutes in prop::sample::select(vec![15_u32, 30, 50, 60, 90]),
            increment in increment(),
            buffer_minutes in 0_u32..45,
            busy in prop::collection::vec((-1440_i64..2880, 1_i64..400), 0..6),
        ) {
            let midnight = on_the_wall(zone, day.and_time(Default::default()));
            let window = Interval { start: midnight - DAY_MS, end: midnight + 2 * DAY_MS };
            let availability: Availability = [(Days::EveryDay, vec![Range { start, end }])].into();
            let offer = Offer {
                availability: &availability, zone, increment, duration_minutes, buffer_minutes,
                earliest_ms: midnight - DAY_MS / 2, latest_ms: midnight + DAY_MS * 3 / 2,
            };
            let mut busy: Vec<Interval> = busy.into_iter().map(|(from, length)| {
                let start = midnight + from * MINUTE_MS;
                Interval { start, end: start + length * MINUTE_MS }
            }).collect();
            busy.sort_unstable();
            let free = offer.free(window, &busy);
            let possible = offer.possible(window);
            let buffer = Ms::from(buffer_minutes) * MINUTE_MS;
            for slot in &possible {
                prop_assert_eq!(slot.end - slot.start, Ms::from(duration_minutes) * MINUTE_MS);
                prop_assert!(is_within(*slot, zone, start, end), "{} {:?}", zone, slot);
                prop_assert!(offer.earliest_ms <= slot.start && slot.start < offer.latest_ms);
                let apart = busy.iter().all(|busy| busy.end + buffer <= slot.start || slot.end + buffer <= busy.start);
                prop_assert_eq!(apart, free.contains(slot));
            }
            prop_assert!(free.iter().all(|slot| possible.contains(slot)));
            prop_assert!(possible.windows(2).all(|pair| pair[0].start < pair[1].start));
        }
    }
}
