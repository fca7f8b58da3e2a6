//! The HubSpot account that the largest arguments are sent to: an embedded HubSpot on loopback, on a thread of its own, with
//! properties of 500 options and a conversation.

use std::thread;

use hubspot_sandbox::Sandbox;
use hubspot_sandbox::conversing::VisitorMessage;
use serde_json::Value;

/// An account that is served until the process ends.
pub(crate) struct Account {
    /// `http://HOST:PORT`.
    pub(crate) address: String,
    pub(crate) token: String,
}

/// Serves an account with these properties of contacts.
pub(crate) async fn serve(properties: impl IntoIterator<Item = Value>) -> Account {
    let account = start();
    for definition in properties {
        let request = reqwest::Client::new().post(format!("{}/crm/v3/properties/contacts", account.address));
        let made = request.bearer_auth(&account.token).json(&definition).send().await.expect("it answers");
        assert!(made.status().is_success(), "{made:?}");
    }
    account
}

fn start() -> Account {
    let (tell, told) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let sandbox = Sandbox::new(hubspot_sandbox::Settings::default());
            sandbox.visitor_writes(VisitorMessage::chat("Where is my robot?")).expect("there is an inbox");
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
            let address = format!("http://{}", listener.local_addr().expect("it is bound"));
            tell.send(Account { address, token: sandbox.token().to_owned() }).expect("somebody waits");
            axum::serve(listener, sandbox.router()).await
        })
    });
    told.recv().expect("the embedded HubSpot starts")
}
