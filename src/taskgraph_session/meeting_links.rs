//! The other meeting links of a representative, as a customer is told of them: each by its slug, with its name and lengths, and
//! once.

use serde_json::{Map, Value};

/// The field with the links.
const LINKS: &str = "links";
/// The most links that are remembered as told; the oldest are told again.
const TOLD_MAX: usize = 50;

/// Of the links those that the customer may want instead, such as `{"richtech/site-visit": "Site visit, 60 minutes"}`.
pub(super) fn shorten(answer: &mut Value) {
    let Some(links) = answer[LINKS].as_array().cloned() else { return };
    let chosen = answer["slug"].as_str().unwrap_or_default();
    let others = links.iter().filter_map(|link| {
        let slug = link["slug"].as_str().filter(|slug| *slug != chosen)?;
        Some((slug.to_owned(), about(link).into()))
    });
    let others: Map<String, Value> = others.collect();
    answer[LINKS] = others.into();
    without_empty(answer);
}

/// The name of a link and the lengths that it offers.
fn about(link: &Value) -> String {
    let name = link["name"].as_str().unwrap_or_default();
    let lengths: Vec<String> = link["durations"].as_array().into_iter().flatten().map(Value::to_string).collect();
    if lengths.is_empty() { name.to_owned() } else { format!("{name}, {} minutes", lengths.join("/")) }
}

/// Leaves out the links that were told before, and remembers the others.
pub(super) fn without_told(result: &mut Value, told: &mut Vec<String>) {
    let Some(links) = result.get_mut(LINKS).and_then(Value::as_object_mut) else { return };
    links.retain(|slug, _| !told.contains(slug));
    told.extend(links.keys().cloned());
    told.drain(..told.len().saturating_sub(TOLD_MAX));
    without_empty(result);
}

fn without_empty(answer: &mut Value) {
    if let Some(object) = answer.as_object_mut().filter(|object| object[LINKS].as_object().is_some_and(Map::is_empty)) {
        object.remove(LINKS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn other_links_are_told_once_with_name_and_lengths() {
        let link =
            |slug: &str, name: &str, durations: Value| json!({"slug": slug, "name": name, "durations": durations});
        let all = [
            link("a", "Meet Ann", json!([30])),
            link("b", "Site visit", json!([60])),
            link("c", "Call", json!([15, 30])),
        ];
        let mut told = vec![];
        let mut shown = |slug: &str| {
            let mut answer = json!({"slug": slug, "links": all});
            shorten(&mut answer);
            without_told(&mut answer, &mut told);
            answer.get(LINKS).cloned()
        };
        assert_eq!(shown("a"), Some(json!({"b": "Site visit, 60 minutes", "c": "Call, 15/30 minutes"})));
        assert_eq!(shown("a"), None);
        assert_eq!(shown("b"), Some(json!({"a": "Meet Ann, 30 minutes"})), "the way back");
        let mut alone = json!({"slug": "a", "links": [link("a", "", json!([]))]});
        shorten(&mut alone);
        assert_eq!(alone, json!({"slug": "a"}));
    }
}
