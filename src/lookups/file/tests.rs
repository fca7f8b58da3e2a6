//! Files of look-ups that are read, and what is wrong in others.

use super::*;

const GOOD: &str = r#"
[[lookup]]
name = "parcel"
title = "Track a parcel"
description = "Says where a parcel is."
open_to = "customers"
url = "https://parcels.example/v1/parcels/{number}?lang={language}&full=true"
headers = { Authorization = "Bearer ${PARCEL_KEY}" }
answer = { status = "/status", events = "/events" }
cache_seconds = 60

[lookup.arguments.number]
description = "Number of the parcel."
sample = "AB123"

[lookup.arguments.language]
one_of = ["en", "de"]
description = "Language of the texts."
required = false
"#;

fn read_with(text: &str) -> Result<Vec<Lookup>, InvalidFile> {
    read(text, &["create_ticket"], |name| (name == "PARCEL_KEY").then(|| "p4rc3l-s3cr3t".to_owned()))
}

#[test]
fn a_whole_look_up_is_read() {
    let lookups = read_with(GOOD).unwrap();
    let [parcel] = lookups.as_slice() else { panic!("{lookups:?}") };
    assert_eq!((parcel.name.as_str(), parcel.open_to, &parcel.method), ("parcel", OpenTo::Customers, &Method::GET));
    assert_eq!(parcel.headers["authorization"], "Bearer p4rc3l-s3cr3t");
    assert!(parcel.headers["authorization"].is_sensitive());
    assert_eq!(parcel.cached, Duration::from_secs(60));
    assert_eq!(parcel.arguments["number"].kind, ArgumentKind::Text(200));
    assert!(!format!("{parcel:?}").contains("p4rc3l"), "a header's secret is not printed");
    assert_eq!(known_secrets::masked("my key is p4rc3l-s3cr3t"), "my key is ***", "a service that repeats it");
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (old, new, line, problem) in [
        ("\"parcel\"", "\"create_ticket\"", 3, "there is a tool `create_ticket` already"),
        ("\"parcel\"", "\"Parcel\"", 3, "`Parcel` is no name"),
        ("https://parcels", "http://parcels", 7, "the address begins with `https://`"),
        ("parcels.example/", "{number}.example/", 7, "names its host"),
        ("https://parcels.example", "https://me:pass@parcels.example", 7, "names its host"),
        ("{number}?", "{numbr}?", 7, "`{numbr}` is no argument"),
        ("{number}?", "{language}?", 7, "stands in the path, so it is required"),
        ("&full=true", "&full={", 7, "write arguments as"),
        ("PARCEL_KEY", "OTHER_KEY", 8, "the environment variable `OTHER_KEY` is not set"),
        ("\"/status\"", "\"status\"", 9, "is no JSON pointer"),
        ("{ status", "{ found", 9, "is a field of every answer"),
        ("cache_seconds = 60", "cache_seconds = -1", 10, "-1 is not within 0 and 86400"),
        ("\"customers\"", "\"everybody\"", 6, "write `operators` or `customers`"),
        ("lang={language}&", "", 16, "`language` stands in no part of the request"),
        ("\"AB123\"", "12", 14, "the sample is no value"),
        ("[\"en\", \"de\"]", "[]", 17, "it names no choice"),
    ] {
        assert!(GOOD.contains(old), "{old}");
        let error = read_with(&GOOD.replacen(old, new, 1)).unwrap_err();
        let InvalidFile::Value { line: found, problem: said } = &error else { panic!("{new}: {error}") };
        assert!(*found == line && said.contains(problem), "{new}: line {found}: {said}");
    }
    assert_eq!(read_with("").unwrap_err().to_string(), "line 1: 0 look-ups are declared: from 1 to 20 can be");
    assert!(read_with(&GOOD.replace("cache_seconds", "cahce_seconds")).unwrap_err().to_string().contains("line 10"));
}
