//! `reply_conversation`: over the customer's channel, once, in the right name, or internally.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use frontdesk::tool::policy::ToolPolicy;
use hubspot_sandbox::conversing::{VisitorChannel, VisitorMessage};
use hubspot_sandbox::fault::{Effect, Fault};
use rmcp::model::{CallToolResponse, ElicitResult, ElicitationAction};
use serde_json::{Value, json};

use super::{MEI, VERONICA, goes_on, sarah_writes, stored, thread};
use crate::elicitation::{Person, accept, both, modern};
use crate::tool_policy::{asked, call, connect, params, sandbox_and_server};
use crate::world::{World, ask_sandbox};

const TEXT: &str = "It is on its way.\n\nSee https://richtech.example/track?id=1&a=b <soon>";

fn reply(thread: u64) -> Value {
    json!({"conversation_id": thread.to_string(), "text": TEXT})
}

#[tokio::test(start_paused = true)]
async fn a_reply_goes_over_the_customers_channel_in_the_name_of_the_tokens_maker() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    let answer = world.call("reply_conversation", reply(chat)).await.unwrap();
    assert_eq!(
        (&answer["channel"], &answer["to"], &answer["sent_as"], &answer["internal"]),
        (&json!("live chat"), &json!(["Sarah Mark"]), &json!("Veronica Chen"), &json!(false))
    );
    let messages = stored(&world, chat).await;
    let sent = messages.last().unwrap();
    assert_eq!((&sent["id"], &sent["direction"]), (&answer["message_id"], &json!("OUTGOING")));
    assert_eq!((&sent["text"], &sent["senders"][0]["actorId"]), (&json!(TEXT), &json!(format!("A-{VERONICA}"))));
    let rich = sent["richText"].as_str().unwrap();
    assert!(rich.contains("<a href=\"https://richtech.example/track?id=1&amp;a=b\">"), "{rich}");
    assert!(rich.contains("&lt;soon&gt;") && rich.starts_with("<p>It is on its way.</p>"), "{rich}");
}

#[tokio::test(start_paused = true)]
async fn a_reply_to_a_mail_is_an_answer_to_its_sender() {
    let world = World::new().await;
    let mail = VisitorMessage::email("nobody@unknown.example", "Price", "How much?");
    let mail = world.sandbox.visitor_writes(mail).unwrap().thread_id;
    let answer = world.call("reply_conversation", reply(mail)).await.unwrap();
    assert_eq!(answer["channel"], "e-mail");
    let messages = stored(&world, mail).await;
    let sent = messages.last().unwrap();
    assert_eq!(sent["subject"], "Re: Price");
    let recipient = &sent["recipients"][0];
    assert_eq!(recipient["deliveryIdentifier"]["value"], "nobody@unknown.example", "{sent}");
}

/// A form that somebody with this address has sent.
fn form(email: &str) -> VisitorMessage {
    let message = VisitorMessage::chat("Please call me about a DUST-E.");
    VisitorMessage { channel: VisitorChannel::Form, email: Some(email.to_owned()), ..message }
}

/// Nothing comes back over a form: whoever has sent one is answered by the mailbox of its inbox, as HubSpot's screens do.
#[tokio::test(start_paused = true)]
async fn whoever_has_sent_a_form_is_answered_by_e_mail() {
    let world = World::new().await;
    let thread = world.sandbox.visitor_writes(form("nobody@unknown.example")).unwrap().thread_id;
    let read = world.call("read_conversation", json!({"conversation_id": thread.to_string()})).await.unwrap();
    assert_eq!(read["conversation"]["channel"], "form", "{read}");
    let answer = world.call("reply_conversation", reply(thread)).await.unwrap();
    assert_eq!(answer["channel"], "e-mail", "{answer}");
    let messages = stored(&world, thread).await;
    let sent = messages.last().unwrap();
    assert_eq!((&sent["channelId"], &sent["direction"]), (&json!("1002"), &json!("OUTGOING")), "{sent}");
    assert_eq!(sent["recipients"][0]["deliveryIdentifier"]["value"], "nobody@unknown.example", "{sent}");
    let mailbox = sent["channelAccountId"].as_str().unwrap();
    let accounts = ask_sandbox(&world, "GET", "/conversations/v3/conversations/channel-accounts", json!({})).await;
    let used = accounts["results"].as_array().unwrap().iter().find(|one| one["id"] == mailbox).unwrap().clone();
    assert_eq!((&used["channelId"], &used["inboxId"]), (&json!("1002"), &json!("948000000")), "{accounts}");
    // A second answer goes the same way, and a lost one is found.
    world.sandbox.inject_fault(Fault::once(Effect::LostAnswer).on(&http::Method::POST, "/messages"));
    let again = world.call("reply_conversation", reply(thread)).await.unwrap();
    assert_eq!((&again["channel"], &again["recovered"]), (&json!("e-mail"), &json!(true)), "{again}");
}

/// Without a mailbox in the inbox there is no way back, and the answer says what is missing.
#[tokio::test(start_paused = true)]
async fn a_form_without_a_mailbox_cannot_be_answered() {
    let world = World::new().await;
    let mut state = ask_sandbox(&world, "GET", "/__sandbox/state", json!({})).await;
    let accounts = state["channelAccounts"].as_array_mut().unwrap();
    accounts.iter_mut().filter(|one| one["channelId"] == 1002 || one["channelId"] == "1002").for_each(|one| {
        one["active"] = json!(false);
    });
    ask_sandbox(&world, "PUT", "/__sandbox/state", state).await;
    let thread = world.sandbox.visitor_writes(form("nobody@unknown.example")).unwrap().thread_id;
    let refused = world.call("reply_conversation", reply(thread)).await.unwrap_err();
    assert_eq!(refused["code"], "CHANNEL_CLOSED_ERROR");
    assert!(refused["message"].as_str().unwrap().contains("no mailbox"), "{refused}");
    assert_eq!(stored(&world, thread).await.len(), 1, "nothing was sent");
}

/// A mailbox that is switched off, and a channel over which HubSpot's API sends nothing: nothing is sent, and it is said why.
#[tokio::test(start_paused = true)]
async fn a_channel_that_takes_nothing_is_named_with_the_reason() {
    for (channel, says) in
        [(1002, "e-mail: its account is switched off"), (1007, "WhatsApp: HubSpot's API sends nothing")]
    {
        let world = World::new().await;
        let mail = VisitorMessage::email("nobody@unknown.example", "Price", "How much?");
        let thread = world.sandbox.visitor_writes(mail).unwrap().thread_id;
        let state = ask_sandbox(&world, "GET", "/__sandbox/state", json!({})).await;
        ask_sandbox(&world, "PUT", "/__sandbox/state", over_channel(state, channel)).await;
        let refused = world.call("reply_conversation", reply(thread)).await.unwrap_err();
        assert_eq!(refused["code"], "CHANNEL_CLOSED_ERROR", "{refused}");
        assert!(refused["message"].as_str().unwrap().contains(says), "{refused}");
        assert!(refused["hint"].as_str().unwrap().contains("internal"), "{refused}");
        let mut comment = reply(thread);
        comment["internal"] = json!(true);
        world.call("reply_conversation", comment).await.unwrap();
        assert_eq!(posts(&world), 1, "the comment alone");
    }
}

/// The account of which all mailboxes are off, and all messages came over this channel.
fn over_channel(mut state: Value, channel: u64) -> Value {
    for account in state["channelAccounts"].as_array_mut().unwrap() {
        account["active"] = json!(account["channelId"].to_string().contains("1000"));
    }
    let text = state["threads"].to_string();
    state["threads"] = serde_json::from_str(&text.replace("1002", &channel.to_string())).unwrap();
    state
}

#[tokio::test(start_paused = true)]
async fn the_operator_says_in_whose_name() {
    for (set, actor) in [
        ("mei.tanaka@richtech.example", Ok(format!("A-{MEI}"))),
        ("9586742", Ok(format!("A-{MEI}"))),
        ("unknown@richtech.example", Err("SENDER_MISSING_ERROR")),
        ("Mei", Err("SENDER_MISSING_ERROR")),
    ] {
        let world = World::under(ToolPolicy { reply_sender: Some(set.to_owned()), ..ToolPolicy::default() }).await;
        let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
        match actor {
            Ok(actor) => {
                world.call("reply_conversation", reply(chat)).await.unwrap();
                assert_eq!(stored(&world, chat).await.last().unwrap()["senders"][0]["actorId"], actor);
            }
            Err(code) => {
                let before = stored(&world, chat).await.len();
                assert_eq!(world.code("reply_conversation", reply(chat)).await, code, "{set}");
                assert_eq!(stored(&world, chat).await.len(), before, "nothing was sent");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_comment_is_for_colleagues_and_never_reaches_the_customer() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    let mut comment = reply(chat);
    comment["internal"] = json!(true);
    let answer = world.call("reply_conversation", comment).await.unwrap();
    assert_eq!((answer["internal"].clone(), answer.get("to"), answer.get("channel")), (json!(true), None, None));
    let messages = stored(&world, chat).await;
    assert_eq!(messages.last().unwrap()["type"], "COMMENT");
    let read = world.call("read_conversation", json!({"conversation_id": chat.to_string()})).await.unwrap();
    assert_eq!(read["conversation"]["last_from"], "customer", "the customer still waits");
}

#[tokio::test(start_paused = true)]
async fn customers_of_a_live_account_are_written_to_only_when_the_operator_allows_it() {
    for (allow_replies, expected) in [(false, Some("REPLIES_NOT_ALLOWED_ERROR")), (true, None)] {
        let world = World::under(ToolPolicy { allow_replies, ..ToolPolicy::default() }).await;
        let mut state = ask_sandbox(&world, "GET", "/__sandbox/state", json!({})).await;
        state["portal"]["accountType"] = json!("STANDARD");
        ask_sandbox(&world, "PUT", "/__sandbox/state", state).await;
        let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
        let code = world.call("reply_conversation", reply(chat)).await.err().map(|error| error["code"].clone());
        assert_eq!(code, expected.map(|code| json!(code)));
        let comment = json!({"conversation_id": chat.to_string(), "text": "A draft", "internal": true});
        assert!(world.call("reply_conversation", comment).await.is_ok(), "a draft harms nobody");
    }
}

#[tokio::test(start_paused = true)]
async fn files_go_with_the_message() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    let mut with_file = reply(chat);
    let content = STANDARD.encode(vec![7_u8; 1_000_000]);
    with_file["files"] = json!([{"name": "map.pdf", "mime": "application/pdf", "base64": content}]);
    world.call("reply_conversation", with_file.clone()).await.unwrap();
    let messages = stored(&world, chat).await;
    let attachment = &messages.last().unwrap()["attachments"][0];
    assert_eq!((&attachment["type"], &attachment["name"]), (&json!("FILE"), &json!("map.pdf")));
    let second = json!({"name": "b.pdf", "mime": "application/pdf", "base64": "aGVsbG8="});
    with_file["files"].as_array_mut().unwrap().push(second);
    assert_eq!(world.code("reply_conversation", with_file).await, "FILE_TOO_LARGE_ERROR");
    let mut folder = reply(chat);
    folder["files"] = json!([{"name": "../x", "mime": "text/plain", "base64": "aGVsbG8="}]);
    assert_eq!(world.code("reply_conversation", folder).await, "INVALID_INPUT_ERROR");
    assert_eq!(stored(&world, chat).await.len(), messages.len());
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_looked_for_and_nothing_is_sent_twice() {
    for (effect, expected) in [
        (Effect::LostAnswer, Ok(true)),
        (Effect::status(500), Err("OUTCOME_UNKNOWN_ERROR")),
        (Effect::status(503), Err("OUTCOME_UNKNOWN_ERROR")),
        (Effect::Html, Err("OUTCOME_UNKNOWN_ERROR")),
        (Effect::status(502), Err("OUTCOME_UNKNOWN_ERROR")),
        (Effect::Silence, Err("OUTCOME_UNKNOWN_ERROR")),
    ] {
        let world = World::new().await;
        let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
        world.sandbox.inject_fault(Fault::once(effect.clone()).on(&http::Method::POST, "/messages"));
        let answer = world.call("reply_conversation", reply(chat)).await;
        match expected {
            Ok(recovered) => assert_eq!(answer.unwrap()["recovered"], recovered, "{effect:?}"),
            Err(code) => assert_eq!(answer.unwrap_err()["code"], code, "{effect:?}"),
        }
        let posts = world
            .requests()
            .into_iter()
            .filter(|request| request.starts_with("POST") && request.ends_with("/messages"));
        assert_eq!(posts.count(), 1, "{effect:?}");
    }
}

/// The second of two equal messages is a message of its own: the first must not be taken for it.
#[tokio::test(start_paused = true)]
async fn two_equal_messages_are_two() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    let first = world.call("reply_conversation", reply(chat)).await.unwrap();
    world.sandbox.inject_fault(Fault::once(Effect::LostAnswer).on(&http::Method::POST, "/messages"));
    let second = world.call("reply_conversation", reply(chat)).await.unwrap();
    assert_ne!(first["message_id"], second["message_id"]);
    assert_eq!(second["recovered"], true);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_answered_says_why() {
    let world = World::new().await;
    assert_eq!(world.code("reply_conversation", reply(1)).await, "CONVERSATION_NOT_FOUND_ERROR");
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    for text in ["", "  ", "\u{200b}"] {
        let empty = json!({"conversation_id": chat.to_string(), "text": text});
        assert_eq!(world.code("reply_conversation", empty).await, "INVALID_INPUT_ERROR", "{text:?}");
    }
    let long = json!({"conversation_id": chat.to_string(), "text": "x".repeat(10_001)});
    assert_eq!(world.code("reply_conversation", long).await, "INVALID_INPUT_ERROR");
    world.sandbox.archive_thread(chat).unwrap();
    assert_eq!(world.code("reply_conversation", reply(chat)).await, "CONVERSATION_NOT_FOUND_ERROR");
    let few = World::new().await;
    few.sandbox.set_scopes(few.sandbox.token(), &["conversations.read"]);
    let chat = sarah_writes(&few.sandbox, "Where is it?").thread_id;
    assert_eq!(few.code("reply_conversation", reply(chat)).await, "MISSING_SCOPE_ERROR");
    assert_eq!(thread(&few, chat).await["status"], "OPEN");
}

/// What goes to a customer cannot be taken back, so a person reads it first, in full.
#[tokio::test(start_paused = true)]
async fn with_confirm_writes_a_person_agrees_to_the_whole_message() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(ToolPolicy { confirm_writes: true, ..ToolPolicy::default() });
        let chat = sarah_writes(&sandbox, "Where is it?").thread_id;
        let messages = || {
            let account: Value = serde_json::from_str(&sandbox.snapshot()).unwrap();
            let threads = account["threads"].as_array().unwrap().iter();
            threads.map(|thread| thread["messages"].as_array().unwrap().len()).sum::<usize>()
        };
        let person = Person::new([ElicitResult::new(ElicitationAction::Decline), accept(json!({}))]);
        let client = connect(server, person.clone(), era).await;
        let before = messages();
        let refused = call(&client, "reply_conversation", reply(chat)).await.unwrap_err();
        assert_eq!((&refused["code"], messages()), (&json!("DECLINED_ERROR"), before));
        call(&client, "reply_conversation", reply(chat)).await.unwrap();
        assert!(messages() > before);
        let asked = person.questions();
        let shown = format!(
            "Send this to \"Sarah Mark\" over live chat, in the name of \"Veronica Chen\" (conversation {chat})?\n\
             - Text: \"It is on its way."
        );
        assert!(asked.len() == 2 && asked[0] == asked[1] && asked[0].starts_with(&shown), "{asked:#?}");
        let comment = json!({"conversation_id": chat.to_string(), "text": "Asked her.", "internal": true});
        call(&client, "reply_conversation", comment).await.unwrap();
        assert_eq!(person.questions().len(), 2, "colleagues are no customers");
    }
}

/// What a person agreed to is not done in another conversation than the one they saw.
#[tokio::test(start_paused = true)]
async fn a_conversation_that_went_on_is_asked_about_again() {
    for (tool, question) in [("reply_conversation", "send"), ("update_conversation", "change")] {
        let (sandbox, server) = sandbox_and_server(ToolPolicy { confirm_writes: true, ..ToolPolicy::default() });
        let chat = sarah_writes(&sandbox, "Where is it?").thread_id;
        let client = connect(server, Person::new([]), modern()).await;
        let close = json!({"conversation_id": chat.to_string(), "status": "closed"});
        let request = params(tool, if question == "send" { reply(chat) } else { close });
        let agreed = |state: Option<String>| {
            let yes = [(question.to_owned(), json!(accept(json!({}))))].into();
            request.clone().with_input_responses(yes).with_request_state(state.unwrap())
        };
        let first = asked(&client, request.clone()).await;
        tokio::time::advance(std::time::Duration::from_secs(60)).await;
        goes_on(&sandbox, chat, "Wait, the robot burns!");
        let before = sandbox.requests().len();
        let second = asked(&client, agreed(first.request_state)).await;
        assert!(json!(second).to_string().contains("Something has changed since you were asked."), "{tool}");
        let wrote = |path: &str| path.contains("/conversations/") && path.contains("/threads/");
        let sent = sandbox.requests();
        let writes = sent[before..].iter().filter(|sent| sent.method != "GET" && wrote(&sent.path)).count();
        assert_eq!(writes, 0, "{tool}");
        let done = client.call_tool_once(agreed(second.request_state)).await.unwrap();
        assert!(matches!(done, CallToolResponse::Complete(_)), "{tool}: {done:?}");
    }
}

/// The number of messages that were sent to HubSpot.
fn posts(world: &World) -> usize {
    let sent = world.sandbox.requests();
    sent.iter().filter(|sent| sent.method == "POST" && sent.path.ends_with("/messages")).count()
}

/// A model that is told that nobody knows sends again what it sent.
#[tokio::test(start_paused = true)]
async fn an_unclear_message_is_found_later_or_held_back_and_never_sent_twice() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    world.sandbox.inject_fault(Fault::once(Effect::SilenceAfter).on(&http::Method::POST, "/messages"));
    let blind = Fault::once(Effect::status(500)).times(50).after(2).on(&http::Method::GET, "/messages");
    world.sandbox.inject_fault(blind);
    assert_eq!(world.code("reply_conversation", reply(chat)).await, "OUTCOME_UNKNOWN_ERROR");
    ask_sandbox(&world, "DELETE", "/__sandbox/faults", json!({})).await;
    let found = world.call("reply_conversation", reply(chat)).await.unwrap();
    assert_eq!((&found["recovered"], posts(&world)), (&json!(true), 1));
    let other = json!({"conversation_id": chat.to_string(), "text": "It was never sent."});
    world.sandbox.inject_fault(Fault::once(Effect::Silence).on(&http::Method::POST, "/messages"));
    for _ in 0..2 {
        assert_eq!(world.code("reply_conversation", other.clone()).await, "OUTCOME_UNKNOWN_ERROR");
    }
    assert_eq!(posts(&world), 2, "it may still arrive");
}

#[tokio::test(start_paused = true)]
async fn of_two_equal_messages_at_once_one_is_not_taken_for_the_other() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    world.sandbox.inject_fault(Fault::once(Effect::status(502)).after(1).on(&http::Method::POST, "/messages"));
    let calls = (world.call("reply_conversation", reply(chat)), world.call("reply_conversation", reply(chat)));
    let (one, other) = tokio::join!(calls.0, calls.1);
    let code = [&one, &other].into_iter().find_map(|answer| answer.as_ref().err()).map(|error| error["code"].clone());
    assert_eq!(code, Some(json!("OUTCOME_UNKNOWN_ERROR")), "{one:?} {other:?}");
    assert!(one.is_ok() || other.is_ok(), "{one:?} {other:?}");
}

#[tokio::test(start_paused = true)]
async fn the_person_reads_by_which_address_the_customer_is_reached() {
    let (sandbox, server) = sandbox_and_server(ToolPolicy { confirm_writes: true, ..ToolPolicy::default() });
    let mail = VisitorMessage::email("sarah@gmail.com", "Robot", "Where is it?");
    let mail = sandbox.visitor_writes(mail).unwrap().thread_id;
    let person = Person::new([accept(json!({}))]);
    let client = connect(server, person.clone(), modern()).await;
    call(&client, "reply_conversation", reply(mail)).await.unwrap();
    let asked = person.questions();
    assert!(asked[0].starts_with("Send this to \"Sarah Mark\" (\"sarah@gmail.com\") over e-mail"), "{asked:?}");
}
