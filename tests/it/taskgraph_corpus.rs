//! Every graph of the corpus: the ones that load, their warnings, and the reasons of refusals.

use std::{
    fs,
    path::{Path, PathBuf},
};

use taskgraph::load::{self, LoadError};

/// The corpus stands beside the repository; the tests pass without it.
fn corpus() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/taskgraph-corpus");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: {} is missing", path.display());
    None
}

/// The graphs of one folder of the corpus, by file name.
fn graphs(folder: &str) -> Vec<(String, String)> {
    let Some(corpus) = corpus() else { return vec![] };
    let files = fs::read_dir(corpus.join(folder)).expect("the corpus has this folder");
    let mut files: Vec<PathBuf> = files.map(|entry| entry.expect("an entry can be read").path()).collect();
    files.sort();
    files.iter().map(|path| (name(path), fs::read_to_string(path).expect("a graph is UTF-8"))).collect()
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn outcome(name: &str, text: &str) -> String {
    let (head, problems) = match load::read(name, text) {
        Ok(loaded) => {
            let (nodes, edges) = (loaded.graph.nodes().len(), loaded.graph.edges().len());
            let head = format!("{name}: loaded {nodes} nodes, {edges} edges, {} warnings", loaded.warnings.len());
            (head, loaded.warnings)
        }
        Err(LoadError::Refused { problems }) => (format!("{name}: refused"), problems),
        Err(other) => panic!("{name}: {other}"),
    };
    let told =
        problems.iter().map(|problem| format!("\n    {}", problem.to_string().replace(&format!("{name}: "), "")));
    head + &told.collect::<String>()
}

fn outcomes(folder: &str) -> Option<String> {
    let graphs = graphs(folder);
    let outcomes: Vec<String> = graphs.iter().map(|(name, text)| outcome(name, text)).collect();
    (!outcomes.is_empty()).then(|| outcomes.join("\n"))
}

#[test]
fn every_released_graph_has_its_outcome() {
    if let Some(outcomes) = outcomes("taskgraph") {
        insta::assert_snapshot!("taskgraph_corpus_released", outcomes);
    }
}

#[test]
fn every_graph_of_the_history_has_its_outcome() {
    if let Some(outcomes) = outcomes("taskgraph_git") {
        insta::assert_snapshot!("taskgraph_corpus_history", outcomes);
    }
}

/// D1 and D2 have a `resource` on every node, and all of them load.
#[test]
fn every_graph_with_resources_loads() {
    for (name, text) in graphs("taskgraph").into_iter().chain(graphs("taskgraph_git")) {
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let has_resource = |node: &serde_json::Value| {
            let body = if node.is_array() { &node[1] } else { node };
            body["resource"].is_object()
        };
        let all = json["nodes"].as_array().unwrap().iter().all(has_resource);
        assert_eq!(load::read(&name, &text).is_ok(), all, "{name}");
    }
}

#[test]
fn the_shipped_graph_is_that_of_the_seed_document() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/seeds/000_0be2a4defc691d1d.txt");
    let Ok(seed) = fs::read_to_string(&path) else {
        eprintln!("skipped: {} is missing", path.display());
        return;
    };
    let text = &seed[seed.find("{\n\"nodes\"").unwrap()..];
    let written = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>().next().unwrap().unwrap();
    let shipped: serde_json::Value = serde_json::from_str(frontdesk::app::taskgraphs::SHIPPED[0].1).unwrap();
    assert_eq!(shipped, written);
}
