//! HubSpot's error body, and the refusals that many endpoints share.

use serde_json::{Map, Value, json};

use super::access;
use super::crm::kind::Kind;
use super::crm::values::Invalid;
use super::fault::Policy;
use super::limits::{self, Bucket};

pub(crate) const VALIDATION: &str = "VALIDATION_ERROR";

/// An answer that is not a success. Every field but the message may be missing, as HubSpot's documents warn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    body: Map<String, Value>,
}

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Refusal {
        Refusal { status, body: Map::new() }.with("status", "error").with("message", message.into())
    }

    /// 400 `VALIDATION_ERROR`
    pub(crate) fn invalid(message: impl Into<String>) -> Refusal {
        Refusal::new(400, message).category(VALIDATION)
    }

    pub(crate) fn category(self, category: &'static str) -> Refusal {
        self.with("category", category)
    }

    pub(crate) fn sub_category(self, sub_category: impl Into<String>) -> Refusal {
        self.with("subCategory", sub_category.into())
    }

    pub(crate) fn context(self, context: Value) -> Refusal {
        self.with("context", context)
    }

    /// One more entry of `errors`.
    pub(crate) fn error(mut self, error: Value) -> Refusal {
        if let Value::Array(errors) = self.body.entry("errors").or_insert_with(|| Value::Array(Vec::new())) {
            errors.push(error);
        }
        self
    }

    /// A top-level field.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Refusal {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    /// The whole body; `correlation_id` is also the answer's header.
    pub(crate) fn body(&self, correlation_id: &str) -> Value {
        Value::Object(self.clone().with("correlationId", correlation_id).body)
    }

    /// The body as an entry of a batch answer, which has no correlation id.
    pub(crate) fn entry(self) -> Value {
        Value::Object(self.body)
    }
}

/// 404 for one record.
pub(crate) fn object_not_found(id: &str) -> Refusal {
    Refusal::new(404, "Object not found. objectId is usually positive.")
        .context(json!({"id": [id]}))
        .category("OBJECT_NOT_FOUND")
}

/// 404 of the families that name nothing.
pub(crate) fn resource_not_found() -> Refusal {
    Refusal::new(404, "resource not found")
}

/// What HubSpot says with a status when nothing more is known.
pub(crate) fn of_status(status: u16) -> Refusal {
    match status {
        400 => Refusal::invalid("There was a problem with the request."),
        401 => access::no_credentials(),
        403 => access::missing_scopes(&[]),
        404 => resource_not_found(),
        409 => Refusal::new(409, "The request conflicts with what is there").category("CONFLICT"),
        414 => Refusal::new(414, "URI Too Long"),
        423 => Refusal::new(423, "The account is locked for now, wait for 2 seconds").category("LOCKED"),
        429 => limits::refusal(Policy::TenSecondlyRolling, Bucket::General),
        477 => Refusal::new(477, "The account is being moved to another region").category("MIGRATION_IN_PROGRESS"),
        _ => Refusal::new(status, "internal error"),
    }
}

/// The message embeds a JSON list, and the same list follows in another shape: both are HubSpot's.
pub(crate) fn property_values(invalid: &[Invalid], portal_id: u64) -> Refusal {
    let listed: Vec<Value> = invalid.iter().map(|one| validation_result(one, portal_id)).collect();
    let message = format!("Property values were not valid: {}", Value::Array(listed));
    invalid.iter().fold(Refusal::invalid(message), |refusal, one| {
        let context = json!({"propertyName": [one.name]});
        refusal.error(json!({"message": one.message, "code": one.code, "context": context}))
    })
}

fn validation_result(one: &Invalid, portal_id: u64) -> Value {
    json!({
        "isValid": false, "message": one.message, "error": one.code, "name": one.name,
        "localizedErrorMessage": one.message, "portalId": portal_id
    })
}

/// 400 of a create that leaves out what its kind needs.
pub(crate) fn missing_properties(kind: Kind, names: &[&str]) -> Refusal {
    let message = format!("Error creating {}. Some required properties were not set.", kind.shouted());
    names.iter().fold(Refusal::invalid(message).context(json!({"properties": names})), |refusal, name| {
        let message = format!("Property \"{name}\" is required");
        let context = json!({"propertyName": [name]});
        refusal.error(json!({"message": message, "code": "MISSING_REQUIRED_PROPERTY", "context": context}))
    })
}

/// 409 with the id in the text, which is the only place it has in a single create.
pub(crate) fn contact_exists(existing: u64) -> Refusal {
    Refusal::new(409, format!("Contact already exists. Existing ID: {existing}")).category("CONFLICT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::values;

    #[test]
    fn invalid_values_are_told_twice() {
        let invalid = [values::unknown_property("missing"), values::read_only("createdate")];
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
}
