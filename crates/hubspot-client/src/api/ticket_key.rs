//! The key by which HubSpot itself refuses a second ticket for the same creation.

use uuid::Uuid;

use crate::api::create_record::RequestKey;
use crate::api::properties::Property;
use crate::settings::TicketKeys;

/// A text property with unique values that HubSpot gives to every ticket, for the ids of other systems.
const HUBSPOTS_OWN: &str = "hs_external_object_ids";

/// The property for keys by the account's definitions; `None` if the settings want none, or the account has none that is
/// unique, writable and takes text.
pub(crate) fn property<'a>(wanted: &'a TicketKeys, definitions: &[Property]) -> Option<&'a str> {
    let name = match wanted {
        TicketKeys::Off => return None,
        TicketKeys::Auto => HUBSPOTS_OWN,
        TicketKeys::Property(name) => name,
    };
    let serves = |one: &Property| one.name == name && one.unique && !one.read_only && one.kind == "string";
    definitions.iter().any(serves).then_some(name)
}

/// The key of an earlier creation of the same ticket; else a new one, which no other creation has.
pub(crate) fn again(property: &str, before: Option<String>) -> RequestKey {
    let value = before.unwrap_or_else(|| format!("fd-{}", Uuid::new_v4().simple()));
    RequestKey { property: property.to_owned(), value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn definition(name: &str, unique: bool, read_only: bool, kind: &str) -> Property {
        crate::api::properties::property(&json!({
            "name": name, "type": kind, "hasUniqueValue": unique,
            "modificationMetadata": {"readOnlyValue": read_only},
        }))
    }

    #[test]
    fn only_a_unique_writable_text_serves() {
        let own = |name: &str| TicketKeys::Property(name.to_owned());
        let definitions = [
            definition(HUBSPOTS_OWN, true, false, "string"),
            definition("order", true, false, "string"),
            definition("hs_auto_generated_from_thread_id", true, true, "string"),
            definition("subject", false, false, "string"),
            definition("number", true, false, "number"),
        ];
        for (wanted, want) in [
            (TicketKeys::Off, None),
            (TicketKeys::Auto, Some(HUBSPOTS_OWN)),
            (own("order"), Some("order")),
            (own("hs_auto_generated_from_thread_id"), None),
            (own("subject"), None),
            (own("number"), None),
            (own("unknown"), None),
        ] {
            assert_eq!(property(&wanted, &definitions), want, "{wanted:?}");
        }
        assert_eq!(property(&TicketKeys::Auto, &definitions[1..]), None);
    }
}
