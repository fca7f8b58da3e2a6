//! The graphs that are shipped: they load without a warning, every intent has utterances in several languages, and the
//! documentation draws them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use frontdesk::app::taskgraphs::{self, SHIPPED};
use taskgraph::graph::{Graph, Intent};
use taskgraph::{load, render};

use crate::generated::check_section;

/// Words by which a language is recognised.
const LANGUAGES: &[(&str, &[&str])] = &[
    (
        "English",
        &["a", "an", "my", "the", "is", "me", "it", "this", "who", "to", "that", "problem", "you", "which", "what"],
    ),
    ("Danish", &["jeg", "min", "mit", "er", "det", "den", "har", "på", "og", "en", "hvad", "mig", "af", "ny", "som"]),
    (
        "German",
        &[
            "ich", "mein", "meine", "ist", "der", "das", "den", "sie", "bitte", "ja", "eine", "einen", "etwas", "es",
            "von", "eines",
        ],
    ),
    (
        "French",
        &[
            "le",
            "la",
            "je",
            "mon",
            "est",
            "un",
            "une",
            "d'un",
            "j'ai",
            "c'est",
            "rouvrez-le",
            "il",
            "quels",
            "sur",
            "se",
            "me",
            "n'est",
        ],
    ),
    ("Italian", &["il", "di", "un", "una", "è", "chi", "i", "con", "ai", "chi"]),
];
/// The fewest utterances of an intent in one language.
const UTTERANCES_MIN: usize = 2;

fn shipped(name: &str) -> Graph {
    let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name).unwrap();
    let loaded = load::read(name, text).unwrap();
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    loaded.graph
}

/// The languages whose words most of this utterance's words are.
fn in_language(utterance: &str, words: &[&str]) -> bool {
    let lower = utterance.to_lowercase().replace('’', "'");
    let mut said = lower.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '-'));
    said.any(|word| words.contains(&word))
}

fn check_utterances(name: &str, languages: &[&str]) {
    let graph = shipped(name);
    let (mut seen, mut few) = (BTreeSet::new(), vec![]);
    for edge in graph.edges() {
        let Some(intent) = &edge.intent else { continue };
        for utterance in edge.sample_utterances.iter().chain(&edge.telling_utterances) {
            assert!(seen.insert(Intent::key_of(utterance)), "{name}: `{utterance}` stands twice");
        }
        for (language, words) in LANGUAGES.iter().filter(|(language, _)| languages.contains(language)) {
            let count = edge.sample_utterances.iter().filter(|utterance| in_language(utterance, words)).count();
            if count < UTTERANCES_MIN {
                few.push(format!("{}: {count} in {language}", intent.text));
            }
        }
    }
    assert!(few.is_empty(), "{name}: {few:#?}");
}

#[test]
fn every_intent_has_utterances_of_its_own_in_several_languages() {
    check_utterances("frontdesk", &["English", "Danish", "German", "French", "Italian"]);
    check_utterances("contacts", &["English", "Danish", "French", "Italian", "German"]);
}

#[test]
fn the_fuller_graph_is_the_default() {
    assert_eq!(taskgraphs::load(None).unwrap().default_name(), "frontdesk");
}

/// One node hands an appointment that cannot be moved to its owner; the same resource is the way to a person.
#[test]
fn what_cannot_be_done_is_handed_to_a_person() {
    let graph = shipped("frontdesk");
    let handing: Vec<&str> = graph
        .nodes()
        .iter()
        .filter(|node| node.resource.id == "human-in-the-loop-worker")
        .map(|node| node.id.as_str())
        .collect();
    assert_eq!(handing, ["move.task", "person"]);
}

#[test]
fn the_documentation_draws_the_graphs() {
    for name in ["frontdesk", "contacts"] {
        let mut chart = String::new();
        write!(chart, "```mermaid\n{}```\n", render::mermaid(&shipped(name))).unwrap();
        check_section("docs/taskgraphs.md", &format!("chart-{name}"), &chart);
    }
}
