//! Recorded failures of HubSpot, and the errors that are read from them.

use serde_json::json;

use super::*;

fn answer(status: u16, body: &str) -> Result<Response<Bytes>, SendError> {
    Ok(Response::builder().status(status).body(Bytes::from(body.to_owned())).unwrap())
}

fn error_of(status: u16, body: &Value) -> AttemptError {
    read(answer(status, &body.to_string()), "contacts").unwrap_err()
}

#[test]
fn statuses_have_their_kinds_and_codes() {
    use FailureKind::{Failed, Locked, Refused, Unreadable};
    let html = "<html>Bad gateway</html>";
    let cases = [
        (answer(500, "{}"), Failed { status: 500 }, "HUBSPOT_FAILED_ERROR"),
        (answer(502, html), Failed { status: 502 }, "HUBSPOT_FAILED_ERROR"),
        (answer(423, "{}"), Locked, "HUBSPOT_FAILED_ERROR"),
        (answer(302, ""), Refused, "HUBSPOT_FAILED_ERROR"),
        (answer(401, "{}"), Refused, "UNAUTHORIZED_ERROR"),
        (answer(403, html), Refused, "MISSING_SCOPE_ERROR"),
        (answer(404, "{}"), Refused, "NOT_FOUND_ERROR"),
        (answer(404, html), Refused, "HUBSPOT_FAILED_ERROR"),
        (answer(409, "{}"), Refused, "CONFLICT_ERROR"),
        (answer(414, ""), Refused, "REJECTED_ERROR"),
        (answer(200, html), Unreadable { done: false }, "HUBSPOT_UNREADABLE_ERROR"),
        (answer(200, "{\"id\":"), Unreadable { done: true }, "HUBSPOT_UNREADABLE_ERROR"),
        (Err(SendError::AfterSend("x".into())), FailureKind::ConnectionLost, "HUBSPOT_UNREACHABLE_ERROR"),
        (Err(SendError::BeforeSend("x".into())), FailureKind::NotSent, "HUBSPOT_UNREACHABLE_ERROR"),
    ];
    for (response, kind, code) in cases {
        let error = read(response.clone(), "contacts").unwrap_err();
        assert_eq!((error.kind, error.error.code().as_str()), (kind, code), "{response:?}");
    }
    assert_eq!(read(answer(204, ""), "contacts"), Ok(Value::Null));
    assert_eq!(read(answer(201, "{\"id\":\"1\"}"), "contacts"), Ok(json!({"id": "1"})));
}

#[test]
fn throttling_is_told_apart_by_policy() {
    let cases = [
        (json!({"policyName": "DAILY"}), Policy::Daily),
        (json!({"policyName": "TEN_SECONDLY_ROLLING"}), Policy::TenSecondly),
        (json!({"message": "You have reached your secondly limit.", "category": "RATE_LIMITS"}), Policy::Secondly),
        (json!({"message": "You have reached your ten_secondly_rolling limit."}), Policy::TenSecondly),
        (json!({"message": "You have reached your daily limit."}), Policy::Daily),
        (Value::Null, Policy::TenSecondly),
    ];
    for (body, policy) in cases {
        assert_eq!(error_of(429, &body).kind, FailureKind::Throttled { policy, retry_after: None }, "{body}");
    }
}

#[test]
fn a_wait_that_hubspot_asks_for_is_read() {
    for (asked, seconds) in [("3600", 3600), ("18446744073709551615", 86_400)] {
        let answer = Response::builder().status(477).header("retry-after", asked).body(Bytes::new()).unwrap();
        let error = read(Ok(answer), "contacts").unwrap_err();
        assert_eq!(error.kind, FailureKind::Migrating { retry_after: Some(Duration::from_secs(seconds)) });
        assert_eq!(error.error.details(), json!({ "retry_after_seconds": seconds }));
    }
}

#[test]
fn refused_values_are_unpacked_from_the_sentence() {
    let list = r#"[{"isValid":false,"message":"\"9\" was not one of the allowed options","error":"INVALID_OPTION","name":"hs_pipeline_stage"}]"#;
    let body = json!({"message": format!("Property values were not valid: {list}"), "category": "VALIDATION_ERROR"});
    let error = error_of(400, &body).error;
    assert_eq!(error.to_string(), "HubSpot refused the value of `hs_pipeline_stage`");
    let want = json!([{"property": "hs_pipeline_stage", "code": "INVALID_OPTION", "reason": "\"9\" was not one of the allowed options"}]);
    assert_eq!(error.details()["problems"], want);
}

#[test]
fn refusals_without_a_list_still_say_why() {
    let body = json!({"message": "Email address a@b.co is invalid", "category": "VALIDATION_ERROR"});
    let want = json!([{"property": null, "code": "VALIDATION_ERROR", "reason": "Email address *** is invalid"}]);
    assert_eq!(error_of(400, &body).error.details()["problems"], want);
    let errors = json!({"message": "bad", "errors": [{"message": "m", "code": "READ_ONLY_VALUE", "context": {"propertyName": ["x"]}}]});
    let want = json!([{"property": "x", "code": "READ_ONLY_VALUE", "reason": "m"}]);
    assert_eq!(error_of(400, &errors).error.details()["problems"], want);
}

#[test]
fn scopes_and_existing_ids_are_named() {
    let context = json!({"requiredGranularScopes": ["tickets", "a sentence"]});
    for body in [json!({"context": context}), json!({"errors": [{"context": context}]})] {
        assert_eq!(error_of(403, &body).error, Error::ScopeMissing { scopes: vec!["tickets".into()] });
    }
    let text = json!({"message": "Contact already exists. Existing ID: 12345"});
    assert_eq!(error_of(409, &text).error, Error::Conflict { existing_id: "12345".parse().ok() });
    let expired = json!({"category": "EXPIRED_AUTHENTICATION"});
    assert_eq!(error_of(401, &expired).error, Error::TokenExpired);
}
