//! HubSpot's error body, and the errors that many endpoints share.

use serde_json::{Map, Value, json};

use crate::clock::Ms;
use crate::model::object_type::ObjectType;
use crate::model::property_value::InvalidValue;
use crate::rules::access::Denied;
use crate::rules::fault::Policy;
use crate::rules::limits::RateLimited;

/// A response that is not a success. Every field but the message may be missing, as HubSpot's page "Error handling"
/// warns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    body: Map<String, Value>,
}

impl ApiError {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> ApiError {
        ApiError { status, body: Map::new() }.with("status", "error").with("message", message.into())
    }

    /// Creates a 400 of the category `VALIDATION_ERROR`.
    pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
        ApiError::new(400, message).category("VALIDATION_ERROR")
    }

    pub(crate) fn category(self, category: &'static str) -> ApiError {
        self.with("category", category)
    }

    pub(crate) fn sub_category(self, sub_category: impl Into<String>) -> ApiError {
        self.with("subCategory", sub_category.into())
    }

    pub(crate) fn context(self, context: Value) -> ApiError {
        self.with("context", context)
    }

    /// Adds an entry to `errors`.
    pub(crate) fn detail(mut self, detail: Value) -> ApiError {
        if let Value::Array(errors) = self.body.entry("errors").or_insert_with(|| Value::Array(Vec::new())) {
            errors.push(detail);
        }
        self
    }

    /// Sets a field of the body.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> ApiError {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    /// Returns the whole body. `correlation_id` is the response's header, too.
    pub(crate) fn body(&self, correlation_id: &str) -> Value {
        Value::Object(self.clone().with("correlationId", correlation_id).body)
    }

    /// Returns the body as an entry of a batch response's `errors`, which has no correlation id.
    pub(crate) fn entry(self) -> Value {
        Value::Object(self.body)
    }
}

/// 404 for one record
pub(crate) fn object_not_found(id: &str) -> ApiError {
    ApiError::new(404, "Object not found. objectId is usually positive.")
        .context(json!({"id": [id]}))
        .category("OBJECT_NOT_FOUND")
}

/// 404 of the families whose error names nothing
pub(crate) fn resource_not_found() -> ApiError {
    ApiError::new(404, "resource not found")
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> ApiError {
        match denied {
            Denied::NoCredentials => no_credentials(),
            Denied::Expired { at_ms, now_ms } => expired(at_ms, now_ms),
            Denied::MissingScopes(scopes) => missing_scopes(&scopes),
        }
    }
}

fn no_credentials() -> ApiError {
    let message = "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find \
                   more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview";
    ApiError::new(401, message).category("INVALID_AUTHENTICATION")
}

fn expired(at_ms: Ms, now_ms: Ms) -> ApiError {
    let days = now_ms.saturating_sub(at_ms) / 86_400_000;
    let detail = format!("The OAuth token used to make this call expired {days} day(s) ago.");
    ApiError::new(401, format!("This oauth-token is expired! expiresAt: {at_ms}, now: {now_ms}"))
        .detail(json!({"message": detail}))
        .category("EXPIRED_AUTHENTICATION")
}

fn missing_scopes(needed: &[&str]) -> ApiError {
    let message = "This app hasn't been granted all required scopes to make this call. Read more about required \
                   scopes here: https://developers.hubspot.com/scopes.";
    let context = json!({"requiredGranularScopes": needed});
    ApiError::new(403, message)
        .detail(json!({"message": "One or more of the following scopes are required.", "context": context}))
        .with("links", json!({"scopes": "https://developers.hubspot.com/scopes"}))
        .category("MISSING_SCOPES")
}

impl From<RateLimited> for ApiError {
    /// HubSpot's 429 has one shape for the account's limits, and another one without a policy for search.
    fn from(RateLimited(policy): RateLimited) -> ApiError {
        let (name, limit) = match policy {
            Policy::Daily => ("DAILY", "daily"),
            Policy::TenSecondlyRolling => ("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
            Policy::Secondly => ("SECONDLY", "secondly"),
        };
        let error = ApiError::new(429, format!("You have reached your {limit} limit."));
        match policy {
            Policy::Secondly => error.category("RATE_LIMITS"),
            _ => error.with("errorType", "RATE_LIMIT").with("policyName", name),
        }
    }
}

/// HubSpot's error for a status of which nothing more is known.
pub(crate) fn of_status(status: u16) -> ApiError {
    match status {
        400 => ApiError::invalid("There was a problem with the request."),
        401 => Denied::NoCredentials.into(),
        403 => Denied::MissingScopes(Vec::new()).into(),
        404 => resource_not_found(),
        409 => ApiError::new(409, "The request conflicts with what is there").category("CONFLICT"),
        414 => ApiError::new(414, "URI Too Long"),
        423 => ApiError::new(423, "The account is locked for now, wait for 2 seconds").category("LOCKED"),
        429 => RateLimited(Policy::TenSecondlyRolling).into(),
        477 => ApiError::new(477, "The account is being moved to another region").category("MIGRATION_IN_PROGRESS"),
        _ => ApiError::new(status, "internal error"),
    }
}

/// 400 for property values. As in HubSpot's responses, the message embeds a JSON list, and `errors` holds the same list
/// in another shape.
pub(crate) fn property_values(invalid: &[InvalidValue], portal_id: u64) -> ApiError {
    let listed: Vec<Value> = invalid.iter().map(|one| validation_result(one, portal_id)).collect();
    let message = format!("Property values were not valid: {}", Value::Array(listed));
    invalid.iter().fold(ApiError::invalid(message), |error, one| {
        let context = json!({"propertyName": [one.name]});
        error.detail(json!({"message": one.message, "code": one.code, "context": context}))
    })
}

fn validation_result(one: &InvalidValue, portal_id: u64) -> Value {
    json!({
        "isValid": false, "message": one.message, "error": one.code, "name": one.name,
        "localizedErrorMessage": one.message, "portalId": portal_id
    })
}

/// 400 for a create without the properties that the object type requires
pub(crate) fn missing_properties(object_type: ObjectType, names: &[&str]) -> ApiError {
    let message = format!("Error creating {}. Some required properties were not set.", object_type.upper_name());
    names.iter().fold(ApiError::invalid(message).context(json!({"properties": names})), |error, name| {
        let message = format!("Property \"{name}\" is required");
        let context = json!({"propertyName": [name]});
        error.detail(json!({"message": message, "code": "MISSING_REQUIRED_PROPERTY", "context": context}))
    })
}

/// 409 of a single create. The message is the only place that holds the id.
pub(crate) fn contact_exists(existing: u64) -> ApiError {
    ApiError::new(409, format!("Contact already exists. Existing ID: {existing}")).category("CONFLICT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::property_value;

    #[test]
    fn invalid_values_are_in_the_message_and_in_the_errors() {
        let invalid = [property_value::unknown_property("missing"), property_value::read_only("createdate")];
        let body = property_values(&invalid, 891_936_587).body("a996e7d6-de07-46ef-bddc-897126eb8859");
        let message = body["message"].as_str().unwrap();
        let embedded: Value =
            serde_json::from_str(message.strip_prefix("Property values were not valid: ").unwrap()).unwrap();
        assert_eq!(embedded[0]["message"], "Property \"missing\" does not exist");
        assert_eq!(embedded[0]["portalId"], 891_936_587);
        assert_eq!(body["errors"][0]["code"], "PROPERTY_DOESNT_EXIST");
        assert_eq!(body["errors"][1]["context"]["propertyName"][0], "createdate");
        assert_eq!(body["category"], "VALIDATION_ERROR");
        assert_eq!(body["correlationId"], "a996e7d6-de07-46ef-bddc-897126eb8859");
    }

    #[test]
    fn a_429_names_its_policy_except_in_search() {
        for (policy, name, category) in [
            (Policy::TenSecondlyRolling, Some("TEN_SECONDLY_ROLLING"), None),
            (Policy::Daily, Some("DAILY"), None),
            (Policy::Secondly, None, Some("RATE_LIMITS")),
        ] {
            let body = ApiError::from(RateLimited(policy)).body("id");
            assert_eq!((body["policyName"].as_str(), body["category"].as_str()), (name, category));
        }
    }
}
