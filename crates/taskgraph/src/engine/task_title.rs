//! The title of a task for a colleague whose customer only agrees to be passed on: "yes let him know" tells nothing of what.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    context::RunContext,
    handoff, passed_on,
    state::State,
    toolbox::{APPOINTMENT, TASK_TOOL},
    words,
};
use crate::graph::Graph;

/// The argument with the title.
pub(super) const SUBJECT: &str = "subject";
/// The most characters of a title.
const CHARACTERS_MAX: usize = 80;
/// The fewest words that tell of a matter.
const MATTER_WORDS_MIN: usize = 2;

/// Words with which somebody agrees, urges or names a colleague, beside those of the wish for a person.
const AGREEING: &[&str] = &[
    "as",
    "asap",
    "c",
    "do",
    "fine",
    "forward",
    "good",
    "he",
    "her",
    "him",
    "human",
    "know",
    "let",
    "now",
    "on",
    "or",
    "pass",
    "quick",
    "quickly",
    "rather",
    "said",
    "she",
    "soon",
    "somebody",
    "someone",
    "sure",
    "tell",
    "them",
    "then",
    "today",
    "urgent",
    "urgently",
    "wait",
    "keep",
    "whoever",
    "will",
    "works",
    "write",
    "anybody",
    "anyone",
    "get",
    "touch",
    "about",
    "alright",
    "great",
    "perfect",
    "besked",
    "bare",
    "besked",
    "fint",
    "give",
    "giv",
    "godt",
    "haster",
    "hurtigt",
    "ham",
    "hende",
    "lad",
    "nogen",
    "nu",
    "sig",
    "snart",
    "videre",
    "vide",
    "skrive",
    "ja",
    "dann",
    "dringend",
    "eilt",
    "es",
    "geben",
    "gut",
    "ihm",
    "ihn",
    "jemand",
    "jemanden",
    "lassen",
    "mir",
    "schnell",
    "sie",
    "soll",
    "weiter",
    "weitergeben",
    "wissen",
    "bescheid",
    "sagen",
    "sich",
    "melden",
    "alors",
    "appeler",
    "bien",
    "dites",
    "faites",
    "lui",
    "m",
    "me",
    "moi",
    "passez",
    "plus",
    "possible",
    "quelqu",
    "rappeler",
    "savoir",
    "transmettez",
    "urgence",
    "vite",
    "allora",
    "avvisi",
    "bene",
    "dica",
    "fate",
    "fatelo",
    "gli",
    "mi",
    "pure",
    "qualcuno",
    "subito",
    "urgente",
    "sapere",
];

/// The title, where the customer's own words need one: what they came with, in one line.
pub(super) fn of_task(state: &State, context: &RunContext<'_>, tool: &str) -> Option<Value> {
    let own = state.words.as_deref().unwrap_or_default();
    if tool != TASK_TOOL || tells_matter(own, context.graph) {
        return None;
    }
    if let Some(appointment) = passed_on::meant(state, context, tool).first() {
        let name = ["title", APPOINTMENT].iter().find_map(|field| appointment[field].as_str())?;
        return Some(line(&format!("{own} ({name})")).into());
    }
    let wanted = state.wanted.as_ref();
    let failed = wanted.and_then(|wanted| wanted.words.as_deref());
    let values = wanted.map(|wanted| wanted.values.as_str()).filter(|values| !values.is_empty());
    let untold = state.untold.iter().rev().map(String::as_str);
    let mut earlier = failed.into_iter().chain(handoff::earlier(state)).chain(untold);
    let tells = |text: &&str| words::tell_something(text, state, context.graph) && tells_matter(text, context.graph);
    earlier.find(tells).or(values).map(|text| line(text).into())
}

/// Returns `true` if the words tell more than that somebody is to be passed on.
pub(super) fn tells_matter(text: &str, graph: &Graph) -> bool {
    let people = graph.all_edges().filter(|edge| graph.leads_to_person(edge));
    let wish: BTreeSet<String> = people.flat_map(words::wishes).flat_map(words::telling).collect();
    let is_of_matter =
        |word: &String| !wish.contains(word) && !AGREEING.contains(&word.as_str()) && !words::is_reaching(word);
    words::telling(text).filter(is_of_matter).count() >= MATTER_WORDS_MIN
}

/// The first line of a text, cut at a word.
fn line(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim();
    if line.chars().count() <= CHARACTERS_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(CHARACTERS_MAX).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    #[test]
    fn words_that_only_agree_tell_no_matter() {
        let graph = load::read("frontdesk", include_str!("../../../../taskgraphs/frontdesk.json")).unwrap().graph;
        for text in [
            "yes let him know",
            "ok pass it on please, mail is fine",
            "ok let Daniel write me",
            "c'est urgent, merci de m'appeler",
            "ja, lad ham vide det",
            "ja bitte, geben Sie es weiter, es eilt",
            "",
        ] {
            assert!(!tells_matter(text, &graph), "{text}");
        }
        for text in ["the invoice is wrong", "wegen der Rechnung vom Oktober", "I want a quote for a Skylark"] {
            assert!(tells_matter(text, &graph), "{text}");
        }
    }
}
