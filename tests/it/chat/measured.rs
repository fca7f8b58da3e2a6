//! The measure of how well messages are understood that nobody tuned for.

use std::collections::{BTreeMap, BTreeSet};

use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::turn::TurnOutcome;
use frontdesk::chat::visitor::Trust;
use frontdesk::tool::policy::ToolPolicy;
use serde_json::Value;

use crate::generated;
use crate::tool_policy::sandbox_and_server;

/// Messages that were written after the matcher was frozen, by somebody who had not seen its samples.
const UTTERANCES: &str = include_str!("../chat_utterances.tsv");
const PAGE: &str = "docs/chat.md";
const PRODUCTS: &str = "Question about products, prices or delivery";

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Became {
    /// The right intent was acted on, or a passage was told to a question about products.
    Acted,
    /// The right intent was among the choices; of a message that is none of the desk's business, nothing was acted on.
    Offered,
    /// Neither.
    Missed,
    /// Another intent was acted on, or a passage was told that nobody had asked for.
    Wrong,
}

/// Of messages that nobody tuned for, few are acted on wrongly, and what is wanted is nearly always acted on or offered.
/// `UPDATE=1` writes the table.
#[tokio::test(start_paused = true)]
async fn few_messages_are_misunderstood_and_most_are_offered_what_they_want() {
    let (_sandbox, server) = sandbox_and_server(ToolPolicy::default());
    let settings = DeskSettings {
        graph: None,
        persona: Persona::default(),
        limits: TurnLimits::default(),
        trust: Trust::Operator,
        representative: None,
    };
    let desk = ChatDesk::new(server, settings).await.unwrap();
    let graph: Value = serde_json::from_str(include_str!("../../../taskgraphs/frontdesk.json")).unwrap();
    let (mut counts, mut remarkable) = (BTreeMap::<(&str, Became), usize>::new(), vec![]);
    for (number, line) in UTTERANCES.lines().enumerate() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [wanted, _, message] = fields[..] else { panic!("{line}") };
        let turn = desk.begin(&format!("chat-{number}")).0.turn(message, &mut |_| ()).await;
        let became = became(&turn, wanted, &graph);
        if became >= Became::Missed {
            remarkable.push(format!("{became:?} ({wanted}): {message}\n    {:?}", turn.reply));
        }
        *counts.entry((wanted, became)).or_default() += 1;
    }
    let of = |became: &[Became]| {
        counts.iter().filter(|((_, one), _)| became.contains(one)).map(|(_, count)| count).sum::<usize>()
    };
    let all: usize = counts.values().sum();
    let inside =
        all - counts.iter().filter(|((wanted, _), _)| *wanted == "none").map(|(_, count)| count).sum::<usize>();
    let outside_offered = counts.get(&("none", Became::Offered)).copied().unwrap_or_default();
    let served = of(&[Became::Acted, Became::Offered]) - outside_offered;
    let report = remarkable.join("\n");
    assert!(all >= 200 && of(&[Became::Wrong]) * 100 <= all, "more than 1 % wrong:\n{report}");
    assert!(served * 100 >= inside * 92, "{served} of {inside} acted on or offered:\n{report}");
    generated::check_section(PAGE, "messages", &table(&counts));
}

fn became(turn: &TurnOutcome, wanted: &str, graph: &Value) -> Became {
    let steps = turn.done.iter().filter(|done| done.call.tool == "taskgraph_step");
    let mut intents = steps.filter_map(|done| done.call.arguments.as_ref().ok()?.get("intent")?.as_str());
    let acted = intents.next_back().map(|intent| if intent == "a person" { "A person, please" } else { intent });
    let passage = turn.reply.text.contains('“') || turn.reply.text.contains('«') || turn.reply.text.contains('„');
    match acted {
        Some(intent) if intent == wanted => Became::Acted,
        Some(_) => Became::Wrong,
        None if passage => {
            if wanted == PRODUCTS {
                Became::Acted
            } else {
                Became::Wrong
            }
        }
        None if wanted == "none" => Became::Offered,
        None if turn.reply.choices.iter().any(|label| means(graph, label, wanted)) => Became::Offered,
        None => Became::Missed,
    }
}

/// True if a choice stands for an intent: by its name, or by one of its samples.
fn means(graph: &Value, label: &str, intent: &str) -> bool {
    let persons = [
        "A person, please",
        "En person, tak",
        "Une personne, s'il vous plaît",
        "Una persona, per favore",
        "Eine Person, bitte",
    ];
    if persons.contains(&label) {
        return intent == "A person, please";
    }
    let edges = graph["edges"].as_array().unwrap().iter().filter(|edge| edge[2]["intent"] == intent);
    let samples = edges.flat_map(|edge| edge[2]["attribute"]["sample_utterances"].as_array().unwrap());
    label == intent || samples.into_iter().any(|sample| *sample == label)
}

fn table(counts: &BTreeMap<(&str, Became), usize>) -> String {
    let intents: BTreeSet<&str> = counts.keys().map(|(intent, _)| *intent).collect();
    let kinds = [Became::Acted, Became::Offered, Became::Missed, Became::Wrong];
    let count = |intent: &str, became| counts.get(&(intent, became)).copied().unwrap_or_default();
    let row = |intent: &str| {
        let cells: String = kinds.iter().map(|became| format!(" {} |", count(intent, *became))).collect();
        format!("| {} |{cells}\n", if intent == "none" { "none of the desk's business" } else { intent })
    };
    let rows: String = intents.iter().map(|intent| row(intent)).collect();
    let sums: String = kinds
        .iter()
        .map(|became| format!(" {} |", intents.iter().map(|intent| count(intent, *became)).sum::<usize>()))
        .collect();
    format!("| wanted | acted on | offered | missed | wrongly acted on |\n|---|---|---|---|---|\n{rows}| all |{sums}\n")
}
