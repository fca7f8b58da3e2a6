//! Hostile input gets HubSpot's error body and never a panic.

use axum::http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::conversing::VisitorMessage;
use crate::property_tests::runtime;
use crate::test_client::{Client, Reply, client};

/// Method, path and body of valid requests. `{}` stands for a text to fill in.
const ENDPOINTS: [(&str, &str, &str); 69] = [
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
    ("GET", "/conversations/v3/conversations/inboxes/{}?archived={}", ""),
    ("GET", "/conversations/v3/conversations/inboxes?limit={}&after={}&sort={}&defaultPageLength={}", ""),
    ("GET", "/conversations/v3/conversations/channel-accounts?channelId={}&inboxId={}&after={}", ""),
    (
        "GET",
        "/conversations/v3/conversations/threads?limit={}&after={}&inboxId={}&sort={}&latestMessageTimestampAfter={}",
        "",
    ),
    (
        "GET",
        "/conversations/v3/conversations/threads?associatedContactId={}&threadStatus={}&associatedTicketId={}&archived={}",
        "",
    ),
    ("GET", "/conversations/v3/conversations/threads/{}?association={}&archived={}", ""),
    (
        "PATCH",
        "/conversations/v3/conversations/threads/6065362089?archived={}",
        r#"{"status":"CLOSED","archived":false}"#,
    ),
    ("DELETE", "/conversations/v3/conversations/threads/{}", ""),
    ("PUT", "/conversations/conversations/2026-09/threads/6065362089/assignee", r#"{"actorId":"A-9586504"}"#),
    ("GET", "/conversations/v3/conversations/threads/6065362089/messages?limit={}&after={}&sort={}", ""),
    ("GET", "/conversations/v3/conversations/threads/6065362089/messages/{}/original-content", ""),
    (
        "POST",
        "/conversations/v3/conversations/threads/6065362089/messages",
        r#"{"type":"MESSAGE","text":"a","richText":"b","recipients":[{"actorId":"E-a@b.co","name":"A","recipientField":"TO","deliveryIdentifiers":[{"type":"HS_EMAIL_ADDRESS","value":"a@b.co"}]}],"senderActorId":"A-9586504","channelId":"1002","channelAccountId":"3551452842","subject":"c","attachments":[{"type":"QUICK_REPLIES","quickReplies":[]}]}"#,
    ),
    (
        "POST",
        "/conversations/v3/conversations/threads/6065362089/messages",
        r#"{"type":"COMMENT","text":"a","attachments":[]}"#,
    ),
    ("GET", "/conversations/v3/conversations/actors/{}", ""),
    ("POST", "/conversations/v3/conversations/actors/batch/read", r#"{"inputs":["A-9586504","V-1"]}"#),
    ("POST", "/visitor-identification/v3/tokens/create", r#"{"email":"a@b.co","firstName":"A","lastName":"B"}"#),
    ("GET", "/files/v3/files/{}/signed-url?expirationSeconds={}", ""),
    ("GET", "/conversations/v3/custom-channels/{}?hapikey={}&appId={}", ""),
    (
        "POST",
        "/conversations/custom-channels/2026-09?hapikey=5ab0dec0-de0e-4e10-8e11-5a0db0cad353&appId=8190702",
        r#"{"name":"a","webhookUrl":"https://a.b/c","capabilities":{"deliveryIdentifierTypes":["HS_EMAIL_ADDRESS"],"richText":["BOLD"],"maxFileAttachmentCount":1}}"#,
    ),
    (
        "PATCH",
        "/conversations/custom-channels/2026-09/2930401?hapikey=5ab0dec0-de0e-4e10-8e11-5a0db0cad353&appId=8190702",
        r#"{"name":"a","capabilities":{}}"#,
    ),
    (
        "DELETE",
        "/conversations/custom-channels/2026-09/{}?hapikey=5ab0dec0-de0e-4e10-8e11-5a0db0cad353&appId=8190702",
        "",
    ),
    (
        "GET",
        "/conversations/v3/custom-channels/2930401/channel-accounts?limit={}&after={}&deliveryIdentifierType={}&deliveryIdentifierValue={}",
        "",
    ),
    (
        "POST",
        "/conversations/v3/custom-channels/2930401/channel-accounts",
        r#"{"inboxId":"948000001","name":"a","deliveryIdentifier":{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"b"},"authorized":true}"#,
    ),
    ("PATCH", "/conversations/v3/custom-channels/2930401/channel-account-staging-tokens/{}", r#"{"accountName":"a"}"#),
    (
        "POST",
        "/conversations/v3/custom-channels/2930401/messages",
        r#"{"text":"a","richText":"b","messageDirection":"INCOMING","channelAccountId":"3607400692","integrationThreadId":"c","integrationIdempotencyId":"d","senders":[{"name":"e","deliveryIdentifier":{"type":"HS_PHONE_NUMBER","value":"+17025550199"}}],"recipients":[],"attachments":[{"type":"FILE","fileId":"1"}],"associateWithContactId":1}"#,
    ),
    ("PATCH", "/conversations/v3/custom-channels/2930401/messages/{}", r#"{"statusType":"FAILED","errorMessage":"a"}"#),
    ("GET", "/oauth/v1/access-tokens/{}", ""),
    ("GET", "/oauth/v1/refresh-tokens/{}", ""),
    ("DELETE", "/oauth/v1/refresh-tokens/{}", ""),
];

/// A custom channel with an account, whose ids the endpoints name.
async fn custom_channel(client: &Client) {
    for (method, path, body) in
        ENDPOINTS.iter().filter(|(method, path, _)| *method == "POST" && path.contains("custom-"))
    {
        let body = body.replace("HS_EMAIL_ADDRESS", "CHANNEL_SPECIFIC_OPAQUE_ID");
        client.send(method.parse().unwrap(), path, body).await;
    }
    let path = "/conversations/v3/custom-channels/2930401/channel-accounts/3607400692";
    client.get(path).await.expect(200);
}

/// A text that is no valid id, name or cursor, or one that is valid elsewhere.
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

/// Replaces the `at`-th value of a document, counted from the root.
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

/// A request to an endpoint with hostile input.
#[derive(Clone, Debug)]
pub(super) struct Request {
    method: &'static str,
    path: String,
    body: Vec<u8>,
}

/// A request to any endpoint, with hostile texts in the path, one value of the body replaced, or the body cut.
pub(super) fn request() -> impl Strategy<Value = Request> {
    let texts = prop::collection::vec(hostile_text(), 5);
    (0..ENDPOINTS.len(), texts, 0_usize..24, hostile_json(), any::<Option<u8>>()).prop_map(
        |(at, texts, mut place, new, cut)| {
            let (method, path, body) = ENDPOINTS[at];
            let mut body: Value = serde_json::from_str(body).unwrap_or_default();
            replace(&mut body, &mut place, &new);
            let mut body = body.to_string().into_bytes();
            body.truncate(cut.map_or(body.len(), usize::from));
            Request { method, path: fill_in(path, &texts), body }
        },
    )
}

impl Request {
    /// Sends the request and checks that the response is a success or HubSpot's error body.
    pub(super) async fn send(&self, client: &Client) -> Reply {
        let Request { method, path, body } = self;
        let reply = client.send(method.parse().unwrap(), path, body.clone()).await;
        check_response(&reply, &format!("{method} {path} {}", String::from_utf8_lossy(body)));
        reply
    }
}

fn check_response(reply: &Reply, asked: &str) {
    let context = format!("{asked} -> {} {}", reply.status, reply.text);
    assert!(reply.status < 500, "{context}");
    if reply.status >= 400 && !asked.starts_with("HEAD") && !reply.text.starts_with("<html>") {
        assert!(reply.body["message"].is_string() && reply.body["correlationId"].is_string(), "{context}");
        assert_eq!(reply.body["status"], "error", "{context}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn hostile_input_gets_hubspots_error_body(requests in prop::collection::vec(request(), 1..6)) {
        runtime().block_on(async {
            let client = client();
            client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
            custom_channel(&client).await;
            for request in requests {
                request.send(&client).await;
            }
        });
    }

    #[test]
    fn any_upload_is_answered(
        boundary in "[a-z]{0,3}",
        body in prop::collection::vec(prop_oneof![
            Just("--a"), Just("--"), Just("\r\n"), Just("\r\n--a"), Just("\r\n\r\n"), Just("{}"),
            Just("Content-Disposition: form-data; name=\"file\""), Just("; filename=\"a.b\""),
            Just("Content-Disposition: form-data; name=\"options\"\r\n\r\n{\"access\":\"PRIVATE\"}"),
        ], 0..16),
    ) {
        runtime().block_on(async {
            let form = format!("multipart/form-data; boundary={boundary}");
            let body = body.concat();
            let reply = client().send_as(&form, Method::POST, "/files/v3/files", body.clone()).await;
            check_response(&reply, &format!("{form} {body:?}"));
        });
    }

    #[test]
    fn any_bytes_on_any_path_are_answered(
        method in "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|BREW",
        path in "(/(crm|v3|v4|2026-09|objects|contacts|scheduler|meetings|oauth|conversations|threads|files|hubfs|[a-z%0-9]{1,5})){1,7}",
        query in "[ -~]{0,40}",
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let uri = format!("{path}?{query}");
        if uri.parse::<axum::http::Uri>().is_ok() {
            runtime().block_on(async {
                let reply = client().send(method.parse().unwrap(), &uri, body).await;
                check_response(&reply, &format!("{method} {uri}"));
            });
        }
    }
}
