//! The search for somebody: the text by which they are searched, and the hits of which they have to say that it is them.

use std::collections::BTreeSet;

use domain::text::unaccented;
use serde_json::Value;

use super::{
    known_value::{KnownValue, Source},
    state::State,
    toolbox::NAME,
    words,
};

/// The single values of which a text to search for is made, the surest first.
const KEYS: &[&[&str]] = &[&["email"], &[NAME], &["firstname", "lastname"], &["phone"], &["company"]];

/// The query of a search for which the caller sent none, built from known values, and the arguments that it uses.
#[derive(Debug, PartialEq)]
pub(super) struct SearchKey {
    pub(super) text: String,
    pub(super) parts: &'static [&'static str],
}

/// Returns the text to search for. `since`: only what was said after this step belongs to the search at hand. `corrects`:
/// what is found is changed afterwards, so a phone number or a company is the new one.
pub(super) fn of(state: &State, since: u32, corrects: bool) -> Option<SearchKey> {
    let said = |known: &&KnownValue| matches!(known.source, Source::Said(step) if since == 0 || step > since);
    let usable = |name: &&&str| {
        let known = state.known.get(**name).filter(said).filter(|known| !known.refused && !known.stale);
        known.and_then(|known| known.value.as_str()).filter(|text| !text.trim().is_empty())
    };
    let keys = KEYS.iter().filter(|parts| !corrects || !["phone", "company"].contains(&parts[0]));
    let said = keys.copied().filter_map(|parts| {
        let text: Vec<&str> = parts.iter().filter_map(|name| usable(&name)).map(str::trim).collect();
        (!text.is_empty()).then(|| SearchKey { text: text.join(" "), parts })
    });
    let step =
        |key: &SearchKey| key.parts.iter().filter_map(|name| state.known.get(*name)).map(|known| known.source).max();
    // The last word on it counts, and of one step the surest.
    said.reduce(|best, key| if step(&key) > step(&best) { key } else { best })
}

/// Returns the step after which values belong to the search at hand. A customer is the same all along (`by_customer`);
/// the contacts that somebody looks up are many.
pub(super) fn since(state: &State, by_customer: bool) -> u32 {
    if by_customer { 0 } else { state.ended_at }
}

/// Returns `true` if the text names this contact and hardly another: by address, number or id, or by the first and the last
/// name. A company or a first name is that of several.
pub(super) fn names_exactly(text: &str, contact: &Value) -> bool {
    let words = plain_words(text);
    let id = contact["contact_id"].as_str().unwrap_or_default().to_lowercase();
    let name = |part: &str| plain_words(contact["properties"][part].as_str().unwrap_or_default());
    let (first, last) = (name("firstname"), name("lastname"));
    let whole = !first.is_empty() && !last.is_empty() && first.union(&last).all(|part| words.contains(part));
    whole || words::reaches(text) || words.contains(&id)
}

/// The words of a name in lower case, without accents.
fn plain_words(text: &str) -> BTreeSet<String> {
    let plain = unaccented(&text.to_lowercase()).replace('ß', "ss");
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_graph;

    #[test]
    fn a_hit_is_meant_by_a_full_name_an_address_a_number_or_an_id() {
        let contact = |first: &str, last: &str| json!({"contact_id": "84246479604", "properties": {"firstname": first, "lastname": last, "company": "Nordlys"}});
        for (text, first, last, expected) in [
            ("Freja Holm", "Freja", "Holm", true),
            ("holm, freja", "Freja", "Holm", true),
            ("my name is Freja Holm from Nordlys", "Freja", "Holm", true),
            ("Jürgen Groß", "Jürgen", "Groß", true),
            ("Jurgen Gross", "Jürgen", "Groß", true),
            ("Liam O’Connor", "Liam", "O'Connor", true),
            ("Ana Lucía Ramírez", "Ana Lucía", "Ramírez", true),
            ("freja@nordlys.dk", "Freja", "Holm", true),
            ("+45 20 12 34 56", "Freja", "Holm", true),
            ("84246479604", "", "", true),
            ("Freja", "Freja", "Holm", false),
            ("Holm", "Freja", "Holm", false),
            ("nordlys", "Freja", "Holm", false),
            ("Freja Holmberg", "Freja", "Holm", false),
            ("Freja", "Freja", "", false),
            ("", "", "", false),
        ] {
            assert_eq!(names_exactly(text, &contact(first, last)), expected, "{text}");
        }
    }

    #[test]
    fn the_surest_of_what_was_said_is_searched_for() {
        let graph = test_graph::hubspot();
        let key = |said: &[(&str, &str)], corrects: bool| {
            let mut state = State::new(&graph, 1);
            for (name, value) in said {
                state.known.insert((*name).to_owned(), KnownValue::of((*value).into(), Source::Said(1)));
            }
            of(&state, 0, corrects).map(|key| key.text)
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(key(&[("email", "freja@nordlys.dk"), ("phone", "+45 1")], true), text("freja@nordlys.dk"));
        assert_eq!(
            key(&[("firstname", "Sarah"), ("lastname", "Mark"), ("company", "ClouTea")], false),
            text("Sarah Mark")
        );
        assert_eq!(key(&[("lastname", "Mark")], false), text("Mark"));
        assert_eq!(key(&[(NAME, "Sarah Mark"), ("phone", "+1 702 555 0143")], false), text("Sarah Mark"));
        assert_eq!(key(&[("phone", "+1 702 555 0143")], false), text("+1 702 555 0143"));
        assert_eq!(key(&[("phone", "+1 702 555 0143"), ("company", "ClouTea")], true), None, "these are new");
        assert_eq!(key(&[], false), None);
        let mut state = State::new(&graph, 1);
        state.known.insert(NAME.to_owned(), KnownValue::of("Sarah Mark".into(), Source::Said(1)));
        assert_eq!(of(&state, 1, false), None, "that was for the matter before");
    }
}
