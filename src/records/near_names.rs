//! People whose name or address is like the one that nobody has, such as `Sarah Mark` for `Sara Marks`.

use std::collections::BTreeSet;

use super::by_phone::filter;
use super::{excerpt, query};
use crate::tool::Ctx;
use domain::email::Email;
use domain::id::RecordId;
use domain::nearest::{self, Wanted};
use domain::{text, text_cleaning};
use hubspot_client::{Error, Object, Record, SEARCH_PAGE_MAX, Search};
use schemars::JsonSchema;
use serde::Serialize;

/// The most names that are suggested, and the most people: several may have one name.
const NAMES_MAX: usize = 3;
const PEOPLE_MAX: usize = 6;
/// The most words of a name that are compared. Each takes two of the five groups of filters of HubSpot's search.
const WORDS_MAX: usize = 2;
/// Number of first letters that a similar name shares with the wanted one.
const BEGINNING: usize = 3;
/// The Jaro-Winkler similarity below which a name is not suggested.
const LIKENESS_MIN: f64 = 0.85;
/// The similarity below which an address is not suggested, of the part of it that differs.
const ADDRESS_LIKENESS_MIN: f64 = 0.9;
const NAMES: [&str; 2] = ["firstname", "lastname"];
const ID: &str = "hs_object_id";

/// Somebody who may be meant, by name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Near {
    /// The id.
    pub contact_id: RecordId,
    /// First and last.
    pub name: String,
}

/// The contacts whose address is like one that nobody has, the most similar first: the same name at a domain that is
/// spelt in another way, or a name that is spelt in another way at the same domain.
pub async fn with_address(ctx: &Ctx, email: &Email) -> Result<Vec<Near>, Error> {
    let address = email.as_str().to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return Ok(vec![]) };
    let beginning: String = local.chars().take(2).collect();
    let group = |text: String| vec![filter("CONTAINS_TOKEN", "email", &text)];
    let search = Search {
        any_of: vec![group(format!("{local}@*")), group(format!("{beginning}*@{domain}"))],
        latest_by: Some(ID.to_owned()),
        properties: ["email"].into_iter().chain(NAMES).map(str::to_owned).collect(),
        limit: SEARCH_PAGE_MAX,
        ..Search::default()
    };
    let found = ctx.hubspot.records(Object::Contacts).search(&search).await?;
    Ok(like_address(local, domain, &found.records))
}

fn like_address(local: &str, domain: &str, records: &[Record]) -> Vec<Near> {
    let (wanted_local, wanted_domain) = (Wanted::new(local), Wanted::new(domain));
    let likeness = |record: &&Record| {
        let address = record.get("email").unwrap_or_default().to_lowercase();
        let Some((its_local, its_domain)) = address.rsplit_once('@') else { return 0.0 };
        match (its_local == local, its_domain == domain) {
            (true, false) => wanted_domain.likeness(its_domain),
            (false, true) => wanted_local.likeness(its_local),
            _ => 0.0,
        }
    };
    best(nearest::ranked(records, likeness), ADDRESS_LIKENESS_MIN)
}

/// The contacts whose names are like the words of a query, the most similar first.
pub async fn suggest(ctx: &Ctx, query: &str) -> Result<Vec<Near>, Error> {
    let words = words(query);
    if words.is_empty() {
        return Ok(vec![]);
    }
    let beginnings = words.iter().take(WORDS_MAX).map(|word| beginning(word) + "*");
    let groups = beginnings.flat_map(|word| NAMES.map(|name| vec![filter("CONTAINS_TOKEN", name, &word)]));
    let search = Search {
        any_of: groups.collect(),
        latest_by: Some(ID.to_owned()),
        properties: NAMES.map(str::to_owned).into(),
        limit: SEARCH_PAGE_MAX,
        ..Search::default()
    };
    let found = ctx.hubspot.records(Object::Contacts).search(&search).await?;
    Ok(near(&words, &found.records))
}

/// The words with letters, without marks such as the comma of `Mark, Sarah`.
fn words(query: &str) -> Vec<String> {
    let words = query.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.')).map(folded);
    words.filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= BEGINNING).collect()
}

fn folded(text: &str) -> String {
    text::unaccented(&query::with_plain_marks(text).to_lowercase())
}

fn near(words: &[String], records: &[Record]) -> Vec<Near> {
    let sorted = |mut words: Vec<String>| {
        words.sort_unstable();
        words.join(" ")
    };
    // First and last name may be swapped, so the words are compared in one order.
    let wanted = Wanted::new(&sorted(words.to_vec()));
    let likeness = |record: &&Record| {
        let parts: Vec<String> = NAMES.iter().filter_map(|name| record.get(name)).map(folded).collect();
        let whole = wanted.likeness(&sorted(parts.iter().flat_map(|part| self::words(part)).collect()));
        let part = parts.iter().map(|part| wanted.likeness(part)).fold(0.0, f64::max);
        // A single word may be either name.
        if words.len() == 1 { whole.max(part) } else { whole }
    };
    best(nearest::ranked(records, likeness), LIKENESS_MIN)
}

/// The contacts whose names are like enough: all of those few names, since only the customer can tell which of two they are.
fn best<'a>(ranked: impl IntoIterator<Item = (f64, &'a Record)>, likeness_min: f64) -> Vec<Near> {
    let (mut seen, mut all) = (BTreeSet::new(), vec![]);
    for (score, record) in ranked {
        let name = NAMES.map(|name| record.get(name).unwrap_or_default()).join(" ");
        let name = excerpt::line(name.trim());
        let is_known = seen.contains(&name) || seen.len() < NAMES_MAX;
        if score >= likeness_min && !name.is_empty() && is_known && all.len() < PEOPLE_MAX {
            seen.insert(name.clone());
            all.push(Near { contact_id: record.id.clone(), name });
        }
    }
    all
}

/// The first letters of a word, without a joiner at their end.
fn beginning(word: &str) -> String {
    let letters: String = word.chars().take(BEGINNING).collect();
    text_cleaning::clean(&letters).text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_in_either_order() {
        let record = |first: &str, last: &str| Record {
            id: RecordId::from(7),
            properties: [("firstname", first), ("lastname", last)]
                .map(|(name, text)| (name.to_owned(), Some(text.to_owned())))
                .into(),
            created_at: None,
            updated_at: None,
            archived: false,
            url: None,
        };
        let all = [record("Sarah", "Mark"), record("Freja", "Holm"), record("Marc", "Sanders"), record("José", "Ruiz")];
        let all = [&all[..], &[record("Rosa", "Blume"), record("Rosa", "Blume")]].concat();
        for (query, expected) in [
            ("Sara Marks", vec!["Sarah Mark"]),
            ("Marks, Sarra", vec!["Sarah Mark"]),
            ("Freya Holm", vec!["Freja Holm"]),
            ("Frejja", vec!["Freja Holm"]),
            ("Jose Ruis", vec!["José Ruiz"]),
            ("Peter Olsen", vec![]),
            ("Rosa Blum", vec!["Rosa Blume", "Rosa Blume"]),
        ] {
            let names: Vec<_> = near(&words(query), &all).into_iter().map(|near| near.name).collect();
            assert_eq!(names, expected, "{query}");
        }
        assert!(words("4 , x").is_empty());
    }
}
