//! What customers cannot get here: the prompts list no intent whose tools are switched off, and say so.

use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::tool::permissions::Permissions;
use frontdesk::tool::policy::ToolPolicy;
use frontdesk::tools;
use rmcp::model::GetPromptRequestParams;

use crate::tool_policy::sandbox_and_server;
use crate::world;

fn without(names: &[&str]) -> ToolPolicy {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    ToolPolicy::default().choose(&tools::all().infos(), &[], &names).unwrap()
}

async fn prompt(policy: ToolPolicy) -> String {
    let (_sandbox, server) = sandbox_and_server(policy);
    let client = world::connect(server).await;
    let got = client.get_prompt(GetPromptRequestParams::new("customer_service")).await.unwrap();
    got.messages[0].content.as_text().unwrap().text.clone()
}

/// The intents that are listed, and the line with the others.
fn intents(prompt: &str) -> (Vec<&str>, &str) {
    let listed = prompt.lines().filter_map(|line| line.strip_prefix("### ")?.split_once(". ")).map(|(_, name)| name);
    let others = prompt.lines().find(|line| line.starts_with("Not available here: "));
    (listed.collect(), others.unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn intents_whose_tools_are_switched_off_are_not_listed() {
    let permissions = Permissions { read_only: true, ..Permissions::default() };
    let read_only = ToolPolicy { permissions, ..ToolPolicy::default() };
    let question = "Question about products, prices or delivery";
    // Who the customer is cannot be looked up without a log of it.
    let of_customers = ["Report a problem", "Book a meeting", "Become a customer", "My ticket", "My appointments"];
    for (policy, closed, open) in [
        (ToolPolicy::default(), &[][..], "Report a problem"),
        (without(&["create_meeting"]), &["Book a meeting"], "My appointments"),
        (without(&["search_documents"]), &[question], "My ticket"),
        (read_only, &of_customers, question),
    ] {
        let text = prompt(policy).await;
        let (listed, others) = intents(&text);
        for intent in closed {
            assert!(!listed.contains(intent) && others.contains(&format!("“{intent}”")), "{intent}: {text}");
        }
        assert!(listed.contains(&open) && others.is_empty() == closed.is_empty(), "{listed:?} {others}");
    }
}

/// The prompt of a chat's model says the same.
#[tokio::test(start_paused = true)]
async fn the_chats_model_is_told_the_same() {
    let (_sandbox, server) = sandbox_and_server(without(&["create_meeting"]));
    let settings = DeskSettings {
        graph: None,
        persona: Persona::default(),
        limits: TurnLimits::default(),
        trust: Trust::Claimed,
        representative: None,
    };
    let desk = ChatDesk::new(server, settings).await.unwrap();
    let (listed, others) = intents(desk.prompt());
    assert!(!listed.contains(&"Book a meeting") && others.contains("“Book a meeting”"), "{others}");
    assert!(listed.contains(&"Report a problem"), "what acts for a visitor is not switched off: {listed:?}");
}
