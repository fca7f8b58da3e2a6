//! The title of a task for a colleague whose customer only agrees to be passed on: "yes let him know" tells nothing of what.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    context::RunContext,
    handoff, passed_on,
    state::State,
    toolbox::{APPOINTMENT, TASK_TOOL, TICKET},
    words,
};
use crate::graph::Graph;

/// The argument with the title.
pub(super) const SUBJECT: &str = "subject";
/// The most characters of a title.
const CHARACTERS_MAX: usize = 80;
/// The fewest words that tell of a matter.
pub(super) const MATTER_WORDS_MIN: usize = 2;
/// The fewest words that tell of a matter by themselves, whatever was said before.
const CLEAR_WORDS_MIN: usize = 3;

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
    "all",
    "else",
    "nothing",
    "see",
    "bye",
    "nice",
    "alt",
    "alles",
    "wars",
    "tschüss",
    "farvel",
    "tout",
    "tutto",
    "au",
    "revoir",
];

/// The title, where the customer's own words need one: what they came with, in one line.
pub(super) fn of_task(state: &State, context: &RunContext<'_>, tool: &str) -> Option<Value> {
    let own = state.words.as_deref().unwrap_or_default();
    let own_words = matter_words(own, context.graph);
    if tool != TASK_TOOL || own_words >= CLEAR_WORDS_MIN {
        return None;
    }
    let is_short = own_words >= MATTER_WORDS_MIN;
    if is_short && passed_on::is_about_appointments(state, context, tool) {
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
    let at_hand = failed.into_iter().chain(handoff::earlier(state)).chain(of_ticket(state));
    let tells = |text: &&str| words::tell_something(text, state, context.graph) && tells_matter(text, context.graph);
    if is_short {
        // Short words may be about the matter at hand or another: the title has both.
        let matter = at_hand.filter(tells).find(|text| !words::say_all_of(own, text))?;
        return Some(line(&format!("{}: {own}", cut(matter, CHARACTERS_MAX / 2))).into());
    }
    let earlier: Vec<&str> = at_hand.chain(untold).filter(tells).collect();
    let is_clear = |text: &&&str| matter_words(text, context.graph) >= CLEAR_WORDS_MIN;
    // "Yes, that is us" tells less than what it was said about.
    let matter = earlier.iter().find(is_clear).or(earlier.first()).copied().or(values);
    matter.map(|text| line(text).into())
}

/// The words of the ticket that the request is about, if it was written in this conversation.
fn of_ticket(state: &State) -> Option<&str> {
    let ticket = state.known.get(TICKET).filter(|known| !known.stale && !known.refused)?;
    let written = state.written.as_ref().filter(|written| written.record.as_ref() == Some(&ticket.value))?;
    Some(&written.words)
}

/// Returns `true` if the words tell more than that somebody is to be passed on.
pub(super) fn tells_matter(text: &str, graph: &Graph) -> bool {
    matter_words(text, graph) >= MATTER_WORDS_MIN
}

/// Counts the words that tell more than that somebody is to be passed on.
pub(super) fn matter_words(text: &str, graph: &Graph) -> usize {
    let people = graph.all_edges().filter(|edge| graph.leads_to_person(edge));
    let wish: BTreeSet<String> = people.flat_map(words::wishes).flat_map(words::telling).collect();
    let is_of_matter =
        |word: &String| !wish.contains(word) && !AGREEING.contains(&word.as_str()) && !words::is_reaching(word);
    words::telling(text).filter(is_of_matter).count()
}

/// The first line of a text, cut at a word.
fn line(text: &str) -> String {
    cut(text, CHARACTERS_MAX)
}

/// The first line of a text of at most so many characters, cut at a word.
fn cut(text: &str, most: usize) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim();
    if line.chars().count() <= most {
        return line.to_owned();
    }
    let cut: String = line.chars().take(most).collect();
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
