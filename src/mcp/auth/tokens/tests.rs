use serde_json::{Value, json};

use super::*;
use crate::tools;

const LONG: &str = "0123456789abcdef";
const OTHER: &str = "fedcba9876543210";

fn now() -> DateTime<Utc> {
    "2026-11-22T15:00:00Z".parse().unwrap()
}

fn parse(tokens: Value) -> Result<Tokens, TokenError> {
    Tokens::parse(&json!({"tokens": tokens}).to_string(), &tools::all())
}

fn problem(tokens: Value) -> EntryError {
    match parse(tokens) {
        Err(TokenError::Entry { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_token_has_its_name_rights_and_limits() {
    let tokens = parse(json!([
        {"name": "all", "token": LONG},
        {"name": "chat", "token": OTHER, "read_only": true, "tools": ["check_available", "create_ticket"],
         "properties": ["phone"], "calls_per_second": 5, "calls_at_once": 2, "writes_per_day": 50},
    ]))
    .unwrap();
    let all = tokens.identify(LONG, now()).unwrap();
    assert_eq!((&*all.id.0, all.permissions, all.limits), ("all", Permissions::default(), CallerLimits::default()));
    let chat = tokens.identify(OTHER, now()).unwrap();
    let admitted: Vec<_> =
        tools::all().iter().filter(|tool| chat.permissions.admit(tool)).map(|tool| tool.name).collect();
    assert_eq!(admitted, ["check_available"], "of the two only this one changes nothing");
    assert!(chat.permissions.admit_change("phone") && !chat.permissions.admit_change("email"));
    let limits = CallerLimits { calls_per_second: Some(5), calls_at_once: Some(2), writes_per_day: Some(50) };
    assert_eq!(chat.limits, limits);
    for wrong in ["", "0123456789abcde", "0123456789abcdef0", "FEDCBA9876543210"] {
        assert_eq!(tokens.identify(wrong, now()), None, "{wrong}");
    }
    assert!(tokens.differ() && !Tokens::one(&LONG.into()).unwrap().differ());
}

/// A token for some tools reaches nothing beside them unless its entry says so.
#[test]
fn rights_beside_tools_follow_the_tools() {
    let rights = |rights: Value| {
        let mut entry = json!({"name": "a", "token": LONG});
        entry.as_object_mut().unwrap().extend(rights.as_object().unwrap().clone());
        let caller = parse(json!([entry])).unwrap().identify(LONG, now()).unwrap();
        let Permissions { resources, prompts, metrics, .. } = caller.permissions;
        [resources, prompts, metrics]
    };
    for (given, expected) in [
        (json!({}), [true, true, true]),
        (json!({"read_only": true}), [true, true, true]),
        (json!({"tools": ["get_contact"]}), [false, false, false]),
        (json!({"tools": ["taskgraph_start", "taskgraph_step"]}), [true, false, false]),
        (json!({"tools": ["get_contact"], "prompts": true}), [false, true, false]),
        (json!({"tools": ["get_contact"], "resources": true, "metrics": true}), [true, false, true]),
        (json!({"resources": false, "prompts": false, "metrics": false}), [false, false, false]),
    ] {
        assert_eq!(rights(given.clone()), expected, "{given}");
    }
}

#[test]
fn the_single_token_shares_no_name_or_token_with_the_file() {
    for bad in ["", "a", "0123456789abcde", "aaaaaaaaaaaaaaaa", "0123456789abcdef ", "sha256:00"] {
        assert!(matches!(Tokens::one(&bad.into()), Err(TokenError::Bad(_))), "{bad}");
    }
    let beside = |name: &str, token: &str| {
        let file = parse(json!([{"name": name, "token": token, "read_only": true}])).unwrap();
        Tokens::one(&LONG.into()).unwrap().with(file)
    };
    assert!(matches!(beside("token", OTHER), Err(TokenError::Taken(_))));
    assert!(matches!(beside("chat", LONG), Err(TokenError::Taken(_))));
    assert!(beside("chat", OTHER).is_ok());
}

#[test]
fn a_name_has_an_old_and_a_new_token_while_clients_change_over() {
    let old = json!({"name": "a", "token": LONG, "not_after": "2026-11-22T16:00:00+01:00"});
    let new = json!({"name": "a", "token": OTHER});
    let tokens = parse(json!([old, new])).unwrap();
    let before = now() - chrono::TimeDelta::seconds(1);
    assert!(tokens.identify(LONG, before).is_some() && tokens.identify(OTHER, before).is_some());
    assert!(tokens.identify(LONG, now()).is_none() && tokens.identify(OTHER, now()).is_some());
    let a = CallerId("a".into());
    assert!(tokens.has(&a, now()) && !parse(json!([old])).unwrap().has(&a, now()));
    let endless = json!([{"name": "a", "token": LONG}, new]);
    assert_eq!(problem(endless), EntryError::Endless("a".into()));
    let third = json!([old, new, {"name": "a", "token": "0123456789fedcba", "not_after": "2027-01-01T00:00:00Z"}]);
    assert_eq!(problem(third), EntryError::TooMany("a".into()));
}

#[test]
fn a_digest_stands_in_place_of_its_token() {
    let digest = token_rules::to_text(&token_rules::digest(LONG));
    let tokens = parse(json!([{"name": "a", "token": digest}])).unwrap();
    assert!(tokens.identify(LONG, now()).is_some());
    assert!(tokens.identify(&digest, now()).is_none(), "whoever reads the file cannot use it");
}

#[test]
fn an_invalid_file_is_refused() {
    let one = |name: &str, token: &str| json!({"name": name, "token": token});
    assert!(matches!(parse(json!([])), Err(TokenError::Count)));
    assert_eq!(problem(json!([one("a b", LONG)])), EntryError::Name("a b".into()));
    for (token, problem_of_it) in [
        ("short", BadToken::Short),
        ("                ", BadToken::Unsendable),
        ("0123456789abcdef ", BadToken::Unsendable),
        ("aaaaaaaaaaaaaaaa", BadToken::Weak),
        ("sha256:1234567890", BadToken::NoDigest),
    ] {
        assert_eq!(problem(json!([one("a", token)])), EntryError::Token { name: "a".into(), problem: problem_of_it });
    }
    assert_eq!(problem(json!([one("a", LONG), one("b", LONG)])), EntryError::Duplicate("b".into()));
    let unknown = json!([{"name": "a", "token": LONG, "tools": ["create_tickets"]}]);
    assert_eq!(problem(unknown), EntryError::Tool { name: "a".into(), tool: "create_tickets".into() });
    let none = json!([{"name": "a", "token": LONG, "calls_at_once": 0}]);
    assert_eq!(problem(none), EntryError::Limit { name: "a".into(), limit: "calls_at_once" });
    for misspelt in [
        json!([{"name": "a", "token": LONG, "readonly": true}]),
        json!([{"name": "a", "token": LONG, "not_after": "soon"}]),
    ] {
        let error = parse(misspelt).unwrap_err();
        assert!(matches!(error, TokenError::Malformed { .. }) && !error.to_string().contains(LONG), "{error}");
    }
}

#[test]
fn a_problem_names_the_line_of_its_entry() {
    let text = "{\"tokens\": [\n  {\"name\": \"a{[\\\"\", \"token\": \"0123456789abcdef\"},\n\n  {\n    \"name\": \"b\", \"token\": \"x\"}\n]}";
    assert_eq!([0, 1].map(|at| line_of_entry(text, at)), [2, 4]);
    let text = text.replace("a{[\\\"", "a");
    let error = Tokens::parse(&text, &tools::all()).unwrap_err().to_string();
    assert_eq!(error, "line 4: the token of `b` cannot be used: it is too short: it must have at least 16 characters");
}

/// Nobody can tell from a digest that its token was `aaaaaaaaaaaaaaaa`, or nothing at all.
#[test]
fn a_digest_of_a_token_that_is_easily_guessed_matches_nobody() {
    for weak in ["", "short", "aaaaaaaaaaaaaaaa"] {
        let digest = token_rules::to_text(&token_rules::digest(weak));
        let tokens = parse(json!([{"name": "a", "token": digest}])).unwrap();
        assert_eq!(tokens.identify(weak, now()), None, "{weak}");
    }
}
