//! `frontdesk taskgraph`: checks, shows and starts taskgraphs for their authors.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::config::TaskgraphCommand;
use domain::text::excerpt;
use taskgraph::graph::Graph;
use taskgraph::likeness::{Likeness, TooAlike};
use taskgraph::load::{self, LoadError, Loaded};
use taskgraph::problem::Problem;
use taskgraph::{render, schema, starter};

/// The reason why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A file cannot be written.
    #[error("`{0}` cannot be written: {1}")]
    Write(String, io::Error),
    /// The server would not read a file of this name.
    #[error("`{0}` would not be served: a taskgraph's file ends in `.json`, and not in `.schema.json`")]
    NotServed(String),
    /// The file exists and is no SVG.
    #[error("`{0}` is there already and is no drawing: name another file")]
    NoDrawing(String),
    /// The output cannot be written.
    #[error("the result could not be printed: {0}")]
    Print(#[from] io::Error),
}

/// Runs the command; `false` if a checked file is invalid.
pub fn run(command: &TaskgraphCommand, out: &mut impl Write) -> Result<bool, Error> {
    match command {
        TaskgraphCommand::Check { files } => {
            return check_all(files, out);
        }
        TaskgraphCommand::Show { file, mermaid: true, .. } => {
            write!(out, "{}", render::mermaid(&load::file(file)?.graph))?
        }
        TaskgraphCommand::Show { file, svg: Some(drawing), .. } => draw(file, drawing, out)?,
        TaskgraphCommand::Show { file, .. } => write!(out, "{}", render::tree(&load::file(file)?.graph))?,
        TaskgraphCommand::New { file } => begin(file, out)?,
    }
    Ok(true)
}

/// Checks files, and the graphs in folders. The schema file, which a shell's `*.json` matches too, is left out.
fn check_all(files: &[PathBuf], out: &mut impl Write) -> Result<bool, Error> {
    let is_schema = |file: &&PathBuf| file.to_string_lossy().ends_with(".schema.json");
    let mut all = true;
    for file in files.iter().filter(|file| !is_schema(file)) {
        match file.is_dir() {
            false => all &= check(file, out)?,
            true => {
                for file in load::paths_in(file)? {
                    all &= check(&file, out)?;
                }
            }
        }
    }
    Ok(all)
}

fn check(file: &Path, out: &mut impl Write) -> Result<bool, Error> {
    let name = file.display();
    match load::file(file) {
        Ok(Loaded { graph, warnings }) => {
            let (nodes, edges, intents) = (graph.nodes().len(), graph.edges().len(), graph.global_edges().count());
            writeln!(
                out,
                "{name}: good: {nodes} nodes, {edges} edges, {intents} intents that can be asked for at any time"
            )?;
            list(&warnings, out)?;
            not_called(&graph, out)?;
            for_the_chat(&graph, out)?;
            Ok(true)
        }
        Err(LoadError::Refused { problems }) => {
            writeln!(out, "{name}: cannot be followed")?;
            list(&problems, out)?;
            Ok(false)
        }
        Err(other) => {
            writeln!(out, "{other}")?;
            Ok(false)
        }
    }
}

/// Likeness of two sample utterances that are reported as equal.
const TOO_ALIKE_FROM: f64 = 0.9;
/// The longest name of an intent that is shown whole.
const INTENT_CHARACTERS_MAX: usize = 80;

/// The services of other engines that the file names, also without an address.
const SERVICES: [&str; 3] = ["nluapi", "slotfillapi", "slot_fill_api"];

fn not_called(graph: &Graph, out: &mut impl Write) -> io::Result<()> {
    let file = graph.json();
    let named: Vec<String> =
        SERVICES.iter().filter(|name| file.get(**name).is_some()).map(|name| format!("`{name}`")).collect();
    if named.is_empty() {
        return Ok(());
    }
    writeln!(out, "  note: {} not called: the client's model reads intents and values", named.join(", "))
}

/// What the chat without a model will make of the intents: without samples it asks more, and of two that are alike it asks
/// which is meant.
fn for_the_chat(graph: &Graph, out: &mut impl Write) -> io::Result<()> {
    let intents = graph.edges().iter().filter_map(|edge| Some((edge.intent.as_ref()?, edge)));
    let bare = intents
        .filter(|(_, edge)| edge.sample_utterances.is_empty() && edge.telling_utterances.is_empty())
        .map(|(intent, _)| quoted(&intent.text));
    let bare: Vec<String> = bare.collect();
    if !bare.is_empty() {
        writeln!(
            out,
            "  note: no `sample_utterances`, so the chat without a model asks whether they are meant: {}",
            bare.join(", ")
        )?;
    }
    let mut told = BTreeSet::new();
    for node in graph.nodes() {
        let likeness = Likeness::of(graph.edges_from(&node.id));
        for TooAlike { intents: [one, other], samples: [first, second] } in likeness.too_alike(TOO_ALIKE_FROM) {
            if told.insert((one.to_owned(), other.to_owned())) {
                let pair = format!("{} (“{first}”) and {} (“{second}”)", quoted(one), quoted(other));
                writeln!(out, "  note: the chat without a model may take one for the other: {pair}")?;
            }
        }
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    format!("`{}`", excerpt(text, INTENT_CHARACTERS_MAX))
}

fn list(problems: &[Problem], out: &mut impl Write) -> io::Result<()> {
    for problem in problems {
        let kind = if problem.kind.is_error() { "error" } else { "warning" };
        writeln!(out, "  {kind}: {problem}")?;
    }
    Ok(())
}

fn draw(file: &Path, drawing: &Path, out: &mut impl Write) -> Result<(), Error> {
    let svg = render::svg(&load::file(file)?.graph);
    // Only a drawing is overwritten: another file, perhaps the graph itself, was named by mistake.
    if std::fs::read(drawing).is_ok_and(|there| !there.is_empty() && !there.starts_with(b"<svg")) {
        return Err(Error::NoDrawing(drawing.display().to_string()));
    }
    std::fs::write(drawing, svg).map_err(|error| Error::Write(drawing.display().to_string(), error))?;
    Ok(writeln!(out, "Drew {}.", drawing.display())?)
}

fn begin(file: &Path, out: &mut impl Write) -> Result<(), Error> {
    if !load::is_served(file) {
        return Err(Error::NotServed(file.display().to_string()));
    }
    create(file, starter::TEXT)?;
    writeln!(out, "Wrote {}. Edit it, then: frontdesk taskgraph check {0}", file.display())?;
    let schema = file.with_file_name("taskgraph.schema.json");
    if !schema.exists() {
        create(&schema, &format!("{:#}\n", schema::json_schema()))?;
        writeln!(out, "Wrote {}, by which editors complete it.", schema.display())?;
    }
    Ok(())
}

/// Writes a new file; an existing one is never overwritten.
fn create(path: &Path, text: &str) -> Result<(), Error> {
    let write = || {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
    };
    write().map_err(|error| Error::Write(path.display().to_string(), error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run_on(command: &TaskgraphCommand) -> (bool, String) {
        let mut out = vec![];
        let good = run(command, &mut out).unwrap();
        (good, String::from_utf8(out).unwrap())
    }

    #[test]
    fn services_that_a_graph_names_are_said_not_to_be_called() {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("taskgraphs/hubspot.json");
        let (good, said) = run_on(&TaskgraphCommand::Check { files: vec![file] });
        assert!(good && said.contains("note: `nluapi`, `slotfillapi` not called"), "{said}");
    }

    #[test]
    fn what_the_chat_makes_of_the_intents_is_said() {
        let shipped = |name: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("taskgraphs").join(name);
        let (good, said) = run_on(&TaskgraphCommand::Check { files: vec![shipped("hubspot.json")] });
        assert!(
            good && said.contains("note: no `sample_utterances`")
                && said.contains("`User has questions about the product`"),
            "{said}"
        );
        let (good, said) =
            run_on(&TaskgraphCommand::Check { files: vec![shipped("frontdesk.json"), shipped("contacts.json")] });
        assert!(good && !said.contains("note:"), "{said}");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("desk.json");
        let way = |to: &str, intent: &str, sample: &str| json!(["0", to, {"intent": intent, "attribute": {"pred": true, "sample_utterances": [sample]}}]);
        let node = |id: &str| json!([id, {"resource": {"id": "message-worker"}, "attribute": {"value": "Hi"}}]);
        let graph = json!({
            "nodes": [["0", {"type": "start", "resource": {"id": "message-worker"}, "attribute": {"value": "Hi"}}], node("1"), node("2")],
            "edges": [way("1", "Hours", "When do you open the shop?"), way("2", "Orders", "When do you open the shop, please?")],
        });
        std::fs::write(&file, graph.to_string()).unwrap();
        let (good, said) = run_on(&TaskgraphCommand::Check { files: vec![file] });
        assert!(
            good && said.contains("may take one for the other: `Hours`") && said.contains("and `Orders`"),
            "{said}"
        );
    }

    #[test]
    fn a_starter_is_written_checked_and_shown() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("desk").join("desk.json");
        let show = |mermaid, svg: Option<PathBuf>| TaskgraphCommand::Show { file: file.clone(), mermaid, svg };
        run_on(&TaskgraphCommand::New { file: file.clone() });
        assert!(file.with_file_name("taskgraph.schema.json").exists());
        let again = run(&TaskgraphCommand::New { file: file.clone() }, &mut vec![]);
        assert!(matches!(again, Err(Error::Write(..))), "nothing is overwritten");
        let (good, said) = run_on(&TaskgraphCommand::Check { files: vec![file.clone()] });
        assert!(good && said.contains("good: 9 nodes, 8 edges, 3 intents"), "{said}");
        assert!(run_on(&show(false, None)).1.contains("└─ book create_meeting"));
        assert!(run_on(&show(true, None)).1.starts_with("flowchart TD"));
        let svg = dir.path().join("desk.svg");
        for _ in 0..2 {
            run_on(&show(false, Some(svg.clone())));
            assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg"));
        }
        let over_itself = run(&show(false, Some(file.clone())), &mut vec![]);
        assert!(matches!(over_itself, Err(Error::NoDrawing(_))) && load::file(&file).is_ok(), "{over_itself:?}");
    }

    #[test]
    fn folders_and_file_lists_are_checked() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.json", "b.json"] {
            run_on(&TaskgraphCommand::New { file: dir.path().join(name) });
        }
        let listed = ["a.json", "b.json", "taskgraph.schema.json"].map(|name| dir.path().join(name)).to_vec();
        for files in [vec![dir.path().to_owned()], listed] {
            let (good, said) = run_on(&TaskgraphCommand::Check { files });
            assert!(good && said.matches("good: 9 nodes").count() == 2, "{said}");
        }
        let unserved = run(&TaskgraphCommand::New { file: dir.path().join("desk") }, &mut vec![]);
        assert!(matches!(unserved, Err(Error::NotServed(_))), "{unserved:?}");
    }

    #[test]
    fn problems_are_listed_and_fail() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("desk.json");
        std::fs::write(&file, r#"{"nodes": [["0", {"type": "start"}]], "nluapi": "http://nlu"}"#).unwrap();
        let (good, said) = run_on(&TaskgraphCommand::Check { files: vec![file, dir.path().join("none.json")] });
        assert!(!good);
        assert!(
            said.contains("  error: desk: node `0`: `resource`") && said.contains("  warning: desk: `nluapi`"),
            "{said}"
        );
        assert!(said.contains("none.json` cannot be read"), "{said}");
    }
}
