use serde_json::json;

use super::super::customer_use::CustomerUse;
use super::*;
use crate::tool::Toolset;

const SARAH: &str = "84246479604";

fn tool(effect: Effect, customers: Option<CustomerUse>) -> ToolInfo {
    ToolInfo {
        name: "a_tool",
        title: "A tool",
        toolset: Toolset::Desk,
        effect,
        scopes: &[],
        optional_scopes: &[],
        customers,
    }
}

fn verified() -> OnBehalfOf {
    OnBehalfOf::Verified { contact: SARAH.parse().unwrap(), address: "sarah@gmail.com".parse().unwrap() }
}

fn claimed() -> OnBehalfOf {
    OnBehalfOf::Claimed { address: "sarah@gmail.com".parse().unwrap() }
}

/// The arguments of the call, or the refused argument.
fn bound(tool: &ToolInfo, given: Value, customer: &OnBehalfOf) -> Result<Value, String> {
    let Value::Object(given) = given else { panic!("no object") };
    let bound = bind(tool, given, customer).map(|bound| match bound.lookup {
        Lookup::Nothing => json!(bound.arguments),
        Lookup::OwnTicket(id) => json!([bound.arguments, format!("the own ticket {id}")]),
        Lookup::ContactOfAddress(argument) => json!([bound.arguments, format!("the contact for {argument}")]),
    });
    bound.map_err(|error| {
        assert_eq!(error.code, Code::Forbidden);
        error.message.split('`').nth(3).unwrap_or_default().to_owned()
    })
}

#[test]
fn the_customer_of_a_call_comes_from_the_server() {
    let contact = CustomerUse::claimed(Subject::Contact("contact"), &["text"], &["more"], &[]);
    let address = CustomerUse::claimed(Subject::Address("email"), &[], &[], &[]);
    let either = CustomerUse::claimed(Subject::ContactOrTicket("contact", "ticket_id"), &["text"], &[], &[]);
    let ticket = CustomerUse::verified(Subject::Ticket("ticket_id"), &["note"], &[]);
    let looked = |arguments: Value| Ok(json!([arguments, "the contact for contact"]));
    let own = |arguments: Value| Ok(json!([arguments, "the own ticket 33190415288"]));
    let refused = |argument: &str| Err(argument.to_owned());
    let (sure, unsure) = (verified(), claimed());
    let table = [
        (contact, &sure, json!({"text": "a"}), Ok(json!({"text": "a", "contact": SARAH}))),
        (contact, &sure, json!({"contact": SARAH}), Ok(json!({"contact": SARAH}))),
        (contact, &sure, json!({"contact": "Sarah@Gmail.com"}), Ok(json!({"contact": SARAH}))),
        (contact, &sure, json!({"contact": "84246479605"}), refused("contact")),
        (contact, &sure, json!({"contact": "tom@acme.com"}), refused("contact")),
        (contact, &sure, json!({"contact": ["sarah@gmail.com"]}), refused("contact")),
        (contact, &sure, json!({"more": 1}), Ok(json!({"more": 1, "contact": SARAH}))),
        (contact, &sure, json!({"owner": "Tom"}), refused("owner")),
        (contact, &unsure, json!({"text": "a"}), looked(json!({"text": "a"}))),
        (contact, &unsure, json!({"contact": "sarah@gmail.com"}), looked(json!({}))),
        (contact, &unsure, json!({"contact": SARAH}), refused("contact")),
        (contact, &unsure, json!({"contact": "tom@acme.com"}), refused("contact")),
        (contact, &unsure, json!({"more": 1}), refused("more")),
        (address, &sure, json!({}), Ok(json!({"email": "sarah@gmail.com"}))),
        (address, &unsure, json!({}), Ok(json!({"email": "sarah@gmail.com"}))),
        (address, &unsure, json!({"email": "tom@acme.com"}), refused("email")),
        (either, &sure, json!({"text": "a"}), Ok(json!({"text": "a", "contact": SARAH}))),
        (either, &sure, json!({"ticket_id": "33190415288"}), own(json!({"ticket_id": "33190415288"}))),
        (either, &unsure, json!({"ticket_id": "33190415288"}), refused("ticket_id")),
        (ticket, &sure, json!({"ticket_id": "33190415288"}), own(json!({"ticket_id": "33190415288"}))),
        (ticket, &sure, json!({"ticket_id": "../1"}), refused("ticket_id")),
        (None, &sure, json!({}), refused("it")),
    ];
    for (allowed, customer, given, expected) in table {
        assert_eq!(bound(&tool(Effect::Read, allowed), given.clone(), customer), expected, "{customer:?} {given}");
    }
}

#[test]
fn a_customer_reads_and_changes_only_properties_of_their_own() {
    let allowed = CustomerUse::verified(Subject::Contact("contact"), &["properties"], &[]);
    let takes = |effect, properties: Value| {
        bound(&tool(effect, allowed), json!({"properties": properties}), &verified()).is_ok()
    };
    assert!(
        takes(Effect::Read, json!(["email", "phone"])) && takes(Effect::Update, json!({"phone": "+1 702 555 0199"}))
    );
    for properties in [json!(["hs_lead_status"]), json!(["Phone Number"]), json!([1]), json!("phone")] {
        assert!(!takes(Effect::Read, properties.clone()), "{properties}");
    }
    for properties in
        [json!({"email": "evil@acme.com"}), json!({"hubspot_owner_id": "1"}), json!({"phone": "1", "x": 1})]
    {
        assert!(!takes(Effect::Update, properties.clone()), "{properties}");
    }
}

#[test]
fn only_what_is_declared_is_told() {
    let allowed = CustomerUse::verified(Subject::Nobody, &[], &["contact_id", "properties"]);
    let result =
        json!({"contact_id": SARAH, "url": "https://..", "properties": {"phone": "1", "lifecyclestage": "lead"}});
    let shown = told(&tool(Effect::Read, allowed), result.clone());
    assert_eq!(shown, json!({"contact_id": SARAH, "properties": {"phone": "1"}}));
    assert_eq!(told(&tool(Effect::Read, None), result), Value::Null);
}

#[test]
fn failures_say_the_same_to_everybody_who_only_typed_an_address() {
    let failure = |code| ToolError::new(code, format!("about {SARAH}"), "").with("ids", [SARAH]);
    for code in Code::ALL {
        let said = told_error(failure(*code), &claimed());
        let kept = IMPERSONAL.contains(code);
        assert_eq!(said.code, if kept { *code } else { Code::Forbidden });
        assert!(said.details.is_empty() && (kept || !said.message.contains(SARAH)), "{said:?}");
    }
    assert_eq!(told_error(failure(Code::Ambiguous), &verified()).details["ids"], json!([SARAH]));
    assert_eq!(told_error(failure(Code::AnswerNeeded), &verified()).code, Code::Forbidden);
}
