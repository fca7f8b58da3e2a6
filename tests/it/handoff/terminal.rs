//! `frontdesk chat --handoff ticket` in a pseudo-terminal, on an embedded HubSpot that is a process of its own: there people
//! answer.

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{MEI, VERONICA};
use crate::binary::{frontdesk, http_client, serve, soon, terminate};
use crate::chat_terminal::terminal::Terminal;

const TOKEN: &str = "pat-na1-sandbox";

/// The account, as its people reach it.
struct Account {
    process: Child,
    address: String,
    store: TempDir,
}

impl Account {
    async fn start() -> Account {
        let (process, address) = serve("sandbox", &["--search-lag", "0"]).await;
        Account { process, address, store: TempDir::new().unwrap() }
    }

    /// A chat on this account, whose visitor is believed as with `--sandbox`.
    fn chat(&self) -> Command {
        let url = format!("http://{}", self.address);
        let mut command = frontdesk(&["chat", "--trust-claimed", "--handoff", "ticket", "--hubspot-base-url", &url]);
        command.env("HUBSPOT_ACCESS_TOKEN", TOKEN).env("FRONTDESK_STORE", self.store.path().join("desk.db"));
        command
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("http://{}{path}", self.address);
        let request = http_client().request(method.parse().unwrap(), url).bearer_auth(TOKEN).json(&body);
        let answer = soon(request.send()).await.unwrap();
        assert!(answer.status().is_success(), "{method} {path}: {}", answer.status());
        soon(answer.json()).await.unwrap()
    }

    /// The newest record of a type, with these properties.
    async fn newest(&self, kind: &str, properties: &[&str]) -> Value {
        let search = json!({
            "filterGroups": [], "properties": properties, "limit": 1,
            "sorts": [{"propertyName": "hs_object_id", "direction": "DESCENDING"}],
        });
        self.ask("POST", &format!("/crm/v3/objects/{kind}/search"), search).await["results"][0].clone()
    }

    /// A person leaves a note on a ticket.
    async fn note(&self, ticket: &str, owner: &str, html: &str) {
        let properties = json!({"hs_note_body": html, "hs_timestamp": domain::clock::Clock::System.now().to_rfc3339(), "hubspot_owner_id": owner});
        let types = [json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 228})];
        let note = json!({"properties": properties, "associations": [{"to": {"id": ticket}, "types": types}]});
        self.ask("POST", "/crm/v3/objects/notes", note).await;
    }

    /// A person closes a ticket.
    async fn close(&self, ticket: &str) {
        let closed = json!({"properties": {"hs_pipeline_stage": "4"}});
        self.ask("PATCH", &format!("/crm/v3/objects/tickets/{ticket}"), closed).await;
    }
}

/// The visitor asks for a person and says where they can be reached; the ticket that is opened.
async fn hand_over(terminal: &mut Terminal, account: &Account) -> String {
    terminal.wait_for("You > ");
    terminal.press("I want to talk to a person\r");
    terminal.wait_for("what is your e-mail address?");
    terminal.wait_for("You > ");
    terminal.press("sarah@gmail.com\r");
    terminal.wait_for("You > ");
    terminal.press("yes\r");
    terminal.wait_for("handoff_start ✔");
    terminal.wait_for("I have passed this on to a colleague.");
    terminal.wait_for("You > ");
    let ticket = account.newest("tickets", &["content"]).await;
    let content = ticket["properties"]["content"].as_str().unwrap();
    assert!(content.contains("customer: I want to talk to a person"), "{content}");
    ticket["id"].as_str().unwrap().to_owned()
}

/// The desk answers, not the person. Only the embedded HubSpot of the same process comes with documents.
fn desk_answers(terminal: &mut Terminal) {
    terminal.press("How much is the Adam?\r");
    terminal.wait_for("search_documents");
    terminal.wait_for("Our documents say nothing about that.");
    terminal.wait_for("You > ");
}

async fn leave(mut terminal: Terminal, mut account: Account) {
    terminal.press("/quit\r");
    assert_eq!(soon(terminal.child.wait()).await.unwrap().code(), Some(0));
    assert!(terminate(&mut account.process).await.success());
}

/// The person's words are written above the line that the visitor types, which stays as it is; `/bot` leaves the person.
#[tokio::test]
async fn a_person_writes_above_the_line_and_bot_returns() {
    let account = Account::start().await;
    let mut terminal = Terminal::run(account.chat());
    let ticket = hand_over(&mut terminal, &account).await;
    terminal.press("My robot beeps\r");
    terminal.wait_for("handoff_send ✔");
    terminal.wait_for("You > ");
    let passed = account.newest("notes", &["hs_note_body"]).await;
    assert!(passed["properties"]["hs_note_body"].as_str().unwrap().contains("My robot beeps"), "{passed}");
    terminal.press("It is still");
    terminal.wait_for("It is still");
    account.note(&ticket, MEI, "Nobody but us reads this.").await;
    account.note(&ticket, MEI, "<p>@customer&nbsp;Turn it off, please.</p>").await;
    terminal.wait_for("Mei Tanaka: Turn it off, please.");
    terminal.wait_for("You > It is still"); // The line is drawn again below.
    terminal.press(" beeping\r");
    terminal.wait_for("handoff_send ✔");
    terminal.wait_for("You > ");
    let passed = account.newest("notes", &["hs_note_body"]).await;
    assert!(passed["properties"]["hs_note_body"].as_str().unwrap().contains("It is still beeping"), "{passed}");
    terminal.press("/bot\r");
    terminal.wait_for("the desk answers again");
    terminal.wait_for("You > ");
    let left = account.newest("notes", &["hs_note_body"]).await;
    assert!(left["properties"]["hs_note_body"].as_str().unwrap().contains("The customer has left the chat."), "{left}");
    let open = account.newest("tickets", &["hs_pipeline_stage"]).await;
    assert_eq!(open["properties"]["hs_pipeline_stage"], "1", "what the person has to do stays open");
    desk_answers(&mut terminal);
    terminal.press("/bot\r");
    terminal.wait_for("No person has this conversation.");
    terminal.wait_for("You > ");
    leave(terminal, account).await;
}

#[tokio::test]
async fn the_desk_answers_again_when_the_person_has_closed_the_ticket() {
    let account = Account::start().await;
    let mut terminal = Terminal::run(account.chat());
    let ticket = hand_over(&mut terminal, &account).await;
    account.note(&ticket, VERONICA, "@customer A new wheel is on its way.").await;
    terminal.wait_for("Veronica Chen: A new wheel is on its way.");
    account.close(&ticket).await;
    terminal.wait_for("The conversation with our colleague has ended.");
    desk_answers(&mut terminal);
    leave(terminal, account).await;
}
