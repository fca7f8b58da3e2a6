//! The contact assistant prompt: its welcome, its choices, its languages, and that it keeps no history.

use rmcp::model::GetPromptRequestParams;
use serde_json::{Value, json};

use crate::world::World;

async fn prompt(world: &World, arguments: Value) -> String {
    let request =
        GetPromptRequestParams::new("hubspot_contacts").with_arguments(arguments.as_object().unwrap().clone());
    let got = world.client.get_prompt(request).await.unwrap();
    got.messages[0].content.as_text().unwrap().text.clone()
}

#[tokio::test(start_paused = true)]
async fn f4_the_welcome_offers_three_choices_and_each_leads_to_its_tool() {
    let world = World::new().await;
    let listed: Vec<_> = world.client.list_all_tools().await.unwrap().into_iter().map(|tool| tool.name).collect();
    let choices = [
        ("English", ["Search for a contact", "Create a new contact", "Update a contact"]),
        ("Danish", ["Søg efter kontakt", "Opret ny kontakt", "Opdater kontakt"]),
        ("French", ["Rechercher un contact", "Créer un contact", "Mettre à jour un contact"]),
        ("Italian", ["Cerca un contatto", "Crea un nuovo contatto", "Aggiorna un contatto"]),
    ];
    for (language, choices) in choices {
        let text = prompt(&world, json!({ "language": language })).await;
        let places = choices.map(|choice| text.find(choice).unwrap_or_else(|| panic!("{choice} in {text}")));
        assert!(places.is_sorted(), "{language}");
        for tool in ["search_contacts", "create_contact", "update_contact"] {
            assert!(text.contains(&format!("`{tool}`")) && listed.iter().any(|name| name == tool), "{tool} {language}");
        }
    }
    let other = prompt(&world, json!({"language": "Polish"})).await;
    assert!(other.contains("Welcome!") && other.contains("nswer in the customer's language"), "{other}");
    let completed = world.client.complete_prompt_simple("hubspot_contacts", "language", "d").await.unwrap();
    assert_eq!(completed[0], "Danish");
}

/// The server has no conversation loop, so the client chooses the window of the history: earlier input does not appear
/// in later answers.
#[tokio::test(start_paused = true)]
async fn f5_the_server_keeps_no_history_of_the_conversation() {
    let world = World::new().await;
    let card = json!({"contact": "sarah@gmail.com"});
    let before = (prompt(&world, json!({})).await, world.call("get_contact", card.clone()).await.unwrap());
    for said in ["My name is Ozymandias.", "I want the DUST-E.", "Remember the word Rosebud."] {
        let tom = json!({"email": "tom.baker@harborviewhotel.com", "chat": said});
        assert!(world.call("find_contact_by_email", tom).await.unwrap()["logged_communication_id"].is_string());
        world.call("search_contacts", json!({"query": said})).await.unwrap();
    }
    assert_eq!((prompt(&world, json!({})).await, world.call("get_contact", card).await.unwrap()), before);
}

#[tokio::test(start_paused = true)]
async fn f7_names_in_any_script_are_kept_and_found() {
    let world = World::new().await;
    for (at, (first, last, asked)) in [
        ("Søren", "Kjærgård", "søren kjærgård"),
        ("Élodie", "Lefèvre", "Lefèvre"),
        ("Γιώργος", "Παπαδόπουλος", "Παπαδόπουλος"),
        ("愛子", "佐藤", "佐藤"),
        ("محمد", "العلي", "العلي"),
        ("Łukasz", "Żółć", "Łukasz Żółć"),
        ("Олена", "Шевченко", "шевченко"),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("person{at}@world.example");
        let added = json!({"properties": {"email": email, "firstname": first, "lastname": last}});
        let id = world.call("create_contact", added).await.unwrap()["contact"]["contact_id"].clone();
        let found = world.call("search_contacts", json!({"query": asked})).await.unwrap();
        assert_eq!((&found["total"], &found["contacts"][0]["contact_id"]), (&json!(1), &id), "{asked}: {found}");
        let changed = world
            .call("update_contact", json!({"contact": email, "properties": {"jobtitle": "Køkkenchef 厨师长"}}))
            .await
            .unwrap();
        assert_eq!(changed["changes"]["jobtitle"]["after"], "Køkkenchef 厨师长");
    }
}
