//! Snapshots of everything that clients are shown. A change here is a change of interface: read the snapshot as a model
//! would.

use frontdesk::tool::Toolset;
use rmcp::model::GetPromptRequestParams;
use serde_json::json;

use crate::world::{World, every_tool};

#[tokio::test(start_paused = true)]
async fn tools() {
    for tool in World::operating().await.client.list_all_tools().await.unwrap() {
        insta::assert_json_snapshot!(format!("tool_{}", tool.name), tool);
    }
}

#[tokio::test(start_paused = true)]
async fn resources_and_prompts() {
    let client = World::new().await.client;
    insta::assert_json_snapshot!("resources", client.list_all_resources().await.unwrap());
    insta::assert_json_snapshot!("resource_templates", client.list_all_resource_templates().await.unwrap());
    insta::assert_json_snapshot!("prompts", client.list_all_prompts().await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn the_customer_service_prompt() {
    let client = World::new().await.client;
    let prompt = client.get_prompt(GetPromptRequestParams::new("customer_service")).await.unwrap();
    insta::assert_json_snapshot!("prompt_customer_service", prompt);
}

#[tokio::test(start_paused = true)]
async fn the_prompts_for_one_job() {
    let client = World::new().await.client;
    for name in ["hubspot_contacts", "answer_customer", "open_ticket", "book_meeting"] {
        let prompt = client.get_prompt(GetPromptRequestParams::new(name)).await.unwrap();
        let text = prompt.messages[0].content.as_text().unwrap().text.clone();
        insta::assert_snapshot!(format!("prompt_{name}"), text);
    }
}

#[test]
fn error_codes() {
    let codes: Vec<_> = domain::code::Code::ALL.iter().map(|code| code.as_str()).collect();
    insta::assert_json_snapshot!("error_codes", codes);
}

/// Every file in `src/tools/` is a listed tool of the same name.
#[test]
fn every_tool_file_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tools");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| !matches!(name.as_str(), "mod" | "errors")) // the list, and the one place that maps errors
        .collect();
    let mut names: Vec<_> = frontdesk::tools::all().iter().map(|tool| tool.name.to_owned()).collect();
    files.sort();
    names.sort();
    assert_eq!(files, names);
}

/// Requirements of connector directories and of the strictest clients for every tool.
#[tokio::test(start_paused = true)]
async fn every_tool_is_described_in_full() {
    for tool in World::operating().await.client.list_all_tools().await.unwrap() {
        let name = &tool.name;
        assert!(
            name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'),
            "{name}"
        );
        assert!(tool.title.is_some(), "{name} has no title");
        let description = tool.description.unwrap();
        assert!((40..2_000).contains(&description.len()), "{name}: {} bytes", description.len());
        let hints = tool.annotations.unwrap();
        let all = [hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint];
        assert!(all.iter().all(Option::is_some), "{name} lacks a hint");
        for (argument, schema) in tool.input_schema["properties"].as_object().unwrap() {
            let doc = schema["description"].as_str().unwrap_or_default();
            assert!(doc.contains('`'), "{name}.{argument} is documented without an example: {doc}");
        }
        for schema in [&tool.input_schema, tool.output_schema.as_ref().unwrap()] {
            assert_eq!(schema["type"], json!("object"), "{name}");
        }
    }
}

/// A tool whose answers hold texts that others wrote freely says in its description which of them are data.
#[tokio::test(start_paused = true)]
async fn texts_of_others_are_named_where_the_tool_is_described() {
    let tools = World::new().await.client.list_tools(None).await.unwrap();
    let mut named = 0;
    for tool in tools.tools {
        let (output, said) = (json!(tool.output_schema).to_string(), tool.description.unwrap_or_default());
        for key in ["customer_text", "document_text", "bot_text"] {
            let holds = output.contains(&format!("\"{key}\":"));
            named += usize::from(holds);
            assert!(!holds || said.contains(&format!("`{key}`")), "`{}` says nothing of `{key}`: {said}", tool.name);
        }
    }
    assert!(named >= 8, "{named}");
}

/// Most tokens of all names, descriptions and input schemas of the desk's toolset, which a model pays before its first call.
pub(crate) const TOKENS_MAX: usize = 4_900;

/// Most tokens of each toolset: names, descriptions and input schemas, and the whole definitions.
const BUDGETS: [(Toolset, usize, usize); 4] = [
    (Toolset::Desk, TOKENS_MAX, 9_000),
    (Toolset::Conversations, 1_000, 2_600),
    (Toolset::Handoff, 1_000, 2_200),
    (Toolset::Operator, 600, 1_400),
];

#[tokio::test(start_paused = true)]
async fn the_tools_cost_few_tokens() {
    let counter = tiktoken_rs::o200k_base().unwrap();
    let count = |text: &str| counter.encode_with_special_tokens(text).len();
    let tools = World::operating().await.client.list_tools(None).await.unwrap();
    let read = |tool: &rmcp::model::Tool| {
        let schema = json!(tool.input_schema).to_string();
        count(&tool.name) + count(tool.description.as_deref().unwrap_or_default()) + count(&schema)
    };
    let all = every_tool();
    for (toolset, read_max, whole_max) in BUDGETS {
        let is_in = |tool: &&rmcp::model::Tool| all.get(&tool.name).is_some_and(|entry| entry.toolset == toolset);
        let tools: Vec<_> = tools.tools.iter().filter(is_in).collect();
        let mut table: Vec<_> = tools.iter().map(|tool| (read(tool), tool.name.to_string())).collect();
        table.sort();
        let (sum, whole) = (table.iter().map(|(tokens, _)| tokens).sum::<usize>(), count(&json!(tools).to_string()));
        let shown: String = table.iter().rev().map(|(tokens, name)| format!("{tokens:6} {name}\n")).collect();
        let name = toolset.name();
        println!(
            "{name}:\n{shown}{sum:6} of {read_max} names, descriptions and input schemas\n{whole:6} of {whole_max} in all"
        );
        assert!(sum > 0 && sum <= read_max, "`{name}` has {sum} tokens of {read_max}:\n{shown}");
        assert!(whole <= whole_max, "the definitions of `{name}` have {whole} tokens of {whole_max}:\n{shown}");
    }
}

/// Standard output carries the protocol: only the code that talks to a person in a terminal may write there.
#[test]
fn standard_output_is_written_only_by_terminal_commands() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    // The first one reads the output of a process that it starts; the second one throws that of a browser away.
    let meant = ["app/document_process.rs", "cli/browser.rs", "cli/mod.rs", "mcp/stdio.rs"];
    let mut folders = vec![std::path::PathBuf::from(root)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let file = entry.strip_prefix(root).unwrap().display().to_string();
            if !file.ends_with(".rs") || meant.contains(&file.as_str()) {
                continue;
            }
            let text = std::fs::read_to_string(&entry).unwrap();
            for word in ["stdout(", "println!", " print!"] {
                assert!(!text.lines().any(|line| line.contains(word) && !line.contains("eprintln!")), "{file}: {word}");
            }
        }
    }
}
