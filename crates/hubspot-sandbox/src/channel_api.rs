//! Access for tests and demos to custom channels: the way of their webhooks, and what people do in HubSpot's settings.

use crate::conversing::ConversationError;
use crate::model::conversations::channel::ChannelId;
use crate::model::custom_channels::change::{AccountEvent, ChannelChangeKind};
use crate::model::custom_channels::channel::StagedAccount;
use crate::sandbox::Sandbox;
use crate::webhooks::{ChannelWebhooks, WebhookDelivery, WebhookError};

impl Sandbox {
    /// Lets the webhooks of custom channels go this way from now on. It is not part of a snapshot and outlives a reset.
    ///
    /// # Errors
    ///
    /// [`WebhookError`], and nothing is changed.
    pub fn set_channel_webhooks(&self, settings: ChannelWebhooks) -> Result<(), WebhookError> {
        settings.check()?;
        self.lock().channel_hub.set(settings);
        Ok(())
    }

    /// Returns the requests to custom channels so far, oldest first. At most 1,000 requests and 16 MiB of bodies are kept.
    pub fn channel_deliveries(&self) -> Vec<WebhookDelivery> {
        self.lock().channel_hub.deliveries().0
    }

    /// Begins to connect a custom channel to an inbox, as a person does in HubSpot's settings. Returns the account token
    /// with which the channel's app goes on.
    ///
    /// # Errors
    ///
    /// [`ConversationError::UnknownChannel`] and [`ConversationError::UnknownInbox`].
    pub fn stage_channel_account(&self, channel: u32, inbox: u64) -> Result<String, ConversationError> {
        let portal = &mut self.lock().portal;
        known_channel(portal, channel)?;
        portal.conversations.inbox(inbox).ok_or(ConversationError::UnknownInbox(inbox))?;
        let token = portal.custom_channels.take_token();
        let (channel_id, inbox_id) = (channel, inbox);
        let staged = StagedAccount { token: token.clone(), channel_id, inbox_id, account_id: None, address: None };
        portal.custom_channels.stage(staged);
        Ok(token)
    }

    /// Removes an account of a custom channel, as a person does in HubSpot's settings.
    ///
    /// # Errors
    ///
    /// [`ConversationError::UnknownAccount`].
    pub fn purge_channel_account(&self, account: u64) -> Result<(), ConversationError> {
        let portal = &mut self.lock().portal;
        let found = portal.conversations.accounts.iter_mut().find(|one| one.id == account && !one.archived);
        let found = found.ok_or(ConversationError::UnknownAccount(account))?;
        found.archived = true;
        found.active = false;
        let (channel_id, address) = (found.channel_id, found.delivery_identifier.clone());
        let kind = ChannelChangeKind::Account { event: AccountEvent::Purged, account_id: account, address };
        portal.tell_channel(channel_id, kind);
        Ok(())
    }
}

fn known_channel(portal: &crate::model::portal::Portal, channel: ChannelId) -> Result<(), ConversationError> {
    let known = portal.custom_channels.live(channel);
    known.map(drop).ok_or(ConversationError::UnknownChannel(channel))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use axum::Router;
    use axum::body::Bytes;
    use axum::http::{HeaderMap, StatusCode, Uri};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use hmac::{Hmac, KeyInit, Mac};
    use serde_json::{Value, json};
    use tokio::time::sleep;

    use super::*;
    use crate::conversing::AgentMessage;
    use crate::model::app::{CLIENT_SECRET, DEVELOPER_KEY, OAUTH_APP_ID};
    use crate::test_client::{Client, client};
    use crate::webhooks::{DeliveryFaults, DeliveryOutcome};

    const BASE: &str = "/conversations/custom-channels/2026-09";
    const URL: &str = "https://desk.example.com/webhooks/handoff/abc";
    const VERONICA: u64 = 9_586_504;
    const HELP_DESK: u64 = 948_000_001;

    type Received = Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>;

    /// Lets the channels' addresses be a router that answers with this status.
    fn receive(client: &Client, status: u16, mischief: DeliveryFaults) -> Received {
        let received = Received::default();
        let kept = received.clone();
        let router = Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
            kept.lock().unwrap().push((uri.to_string(), headers, body));
            StatusCode::from_u16(status).unwrap()
        });
        let way = ChannelWebhooks { mischief, ..ChannelWebhooks::in_process(router) };
        client.sandbox.set_channel_webhooks(way).unwrap();
        received
    }

    fn events(received: &Received) -> Vec<Value> {
        received.lock().unwrap().iter().map(|(_, _, body)| serde_json::from_slice(body).unwrap()).collect()
    }

    /// A channel with an account and a thread: their ids.
    async fn begun(client: &Client) -> (u32, u64, u64) {
        let input = json!({
            "name": "Desk", "webhookUrl": URL,
            "capabilities": {"deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID"], "allowOutgoingMessages": true}
        });
        let path = format!("{BASE}?hapikey={DEVELOPER_KEY}&appId={OAUTH_APP_ID}");
        let id = |value: &Value| value.as_str().unwrap().parse::<u64>().unwrap();
        let channel = id(&client.post(&path, input).await.expect(201)["id"]);
        let address = json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "assistant-1"});
        let input = json!({
            "inboxId": HELP_DESK, "name": "Desk", "deliveryIdentifier": address, "authorized": true
        });
        let account = id(&client.post(&format!("{BASE}/{channel}/channel-accounts"), input).await.expect(201)["id"]);
        let message = json!({
            "text": "Help", "messageDirection": "INCOMING", "channelAccountId": account,
            "integrationThreadId": "chat-0f3c", "integrationIdempotencyId": "m1", "recipients": [], "attachments": [],
            "senders": [{"name": "Jane Doe",
                         "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "jane@example.com"}}]
        });
        let sent = client.post(&format!("{BASE}/{channel}/messages"), message).await.expect(201);
        (u32::try_from(channel).unwrap(), account, id(&sent["conversationsThreadId"]))
    }

    /// The object of HubSpot's guide; the signature is computed here anew, as an app would.
    #[tokio::test(start_paused = true)]
    async fn a_reply_goes_to_the_channels_address_signed_and_with_its_text() {
        let client = client();
        let received = receive(&client, 200, DeliveryFaults::default());
        let (channel, account, thread) = begun(&client).await;
        let reply = client.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hi Jane")).unwrap();
        client.sandbox.agent_writes(AgentMessage::comment(thread, VERONICA, "VIP")).unwrap();
        sleep(Duration::from_secs(1)).await;
        let all = events(&received);
        let kinds: Vec<_> = all.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, ["CHANNEL_ACCOUNT_CREATED", "OUTGOING_CHANNEL_MESSAGE_CREATED"], "a comment stays inside");
        let contact = client.get(&format!("/conversations/v3/conversations/threads/{thread}")).await.expect(200);
        let contact = contact["associatedContactId"].as_str().unwrap().to_owned();
        let opaque = json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "assistant-1"});
        let expected = json!({
            "type": "OUTGOING_CHANNEL_MESSAGE_CREATED", "portalId": "44237313", "channelId": channel.to_string(),
            "eventTimestamp": "2026-11-22T15:00:00.000Z", "eventId": all[1]["eventId"],
            "channelIntegrationThreadIds": ["chat-0f3c"],
            "message": {
                "id": reply.message_id, "type": "MESSAGE", "channelId": channel.to_string(),
                "channelAccountId": account.to_string(), "conversationsThreadId": thread.to_string(),
                "createdAt": "2026-11-22T15:00:00.000Z", "createdBy": "A-9586504",
                "senders": [{"actorId": "A-9586504", "name": "Veronica Chen", "deliveryIdentifier": opaque}],
                "recipients": [{"actorId": format!("V-{contact}"), "name": "Jane Doe",
                                "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "jane@example.com"}}],
                "text": "Hi Jane", "richText": "<div>Hi Jane</div>", "direction": "OUTGOING",
                "truncationStatus": "NOT_TRUNCATED", "status": {"statusType": "SENT"}, "attachments": []
            }
        });
        assert_eq!(all[1], expected);
        for (uri, headers, body) in received.lock().unwrap().iter() {
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            let timestamp = header("x-hubspot-request-timestamp");
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(CLIENT_SECRET.as_bytes()).unwrap();
            [b"POST", URL.as_bytes(), body, timestamp.as_bytes()].iter().for_each(|part| mac.update(part));
            let signature = STANDARD.encode(mac.finalize().into_bytes());
            assert_eq!((uri.as_str(), header("x-hubspot-signature-v3")), (URL, signature));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_by_the_api_goes_out_and_a_published_one_does_not() {
        let client = client();
        let received = receive(&client, 200, DeliveryFaults::default());
        let (channel, account, thread) = begun(&client).await;
        let body = json!({
            "type": "MESSAGE", "text": "By API", "senderActorId": "A-9586504", "channelId": channel.to_string(),
            "channelAccountId": account.to_string(), "recipients": [], "attachments": []
        });
        let path = format!("/conversations/conversations/2026-09/threads/{thread}/messages");
        let sent = client.post(&path, body).await.expect(201);
        sleep(Duration::from_secs(1)).await;
        let told: Vec<_> =
            events(&received).iter().filter_map(|one| one["message"]["id"].as_str().map(str::to_owned)).collect();
        assert_eq!(told, [sent["id"].as_str().unwrap()]);
    }

    #[tokio::test(start_paused = true)]
    async fn accounts_are_told_by_creation_change_and_end() {
        let client = client();
        let received = receive(&client, 200, DeliveryFaults::default());
        let (channel, account, _) = begun(&client).await;
        let path = format!("{BASE}/{channel}/channel-accounts/{account}");
        client.patch(&path, json!({"authorized": false})).await.expect(200);
        let purge = json!({"account": account.to_string()});
        client.post("/__sandbox/custom-channels/purges", purge.clone()).await.expect(200);
        client.post("/__sandbox/custom-channels/purges", purge).await.expect(400);
        sleep(Duration::from_secs(1)).await;
        let kinds: Vec<_> = events(&received).iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, ["CHANNEL_ACCOUNT_CREATED", "CHANNEL_ACCOUNT_UPDATED", "CHANNEL_ACCOUNT_PURGED"]);
        let last = &events(&received)[2];
        assert_eq!(last["channelAccountId"], account.to_string());
        assert_eq!(last["channelAccountDeliveryIdentifier"]["value"], "assistant-1");
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_is_sent_again_until_it_arrives_and_may_come_twice_or_never() {
        let client = client();
        let received = receive(&client, 500, DeliveryFaults::default());
        let (.., thread) = begun(&client).await;
        sleep(Duration::from_secs(2 * 24 * 3_600)).await;
        assert_eq!(received.lock().unwrap().len(), 11, "the creation of the account, in all its attempts");
        let received = receive(&client, 200, DeliveryFaults { duplicates_percent: 100, ..DeliveryFaults::default() });
        client.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hi")).unwrap();
        sleep(Duration::from_secs(60)).await;
        let twice = events(&received);
        assert_eq!((twice.len(), &twice[0]), (2, &twice[1]));
        let received = receive(&client, 200, DeliveryFaults { loss_percent: 100, ..DeliveryFaults::default() });
        client.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hi")).unwrap();
        sleep(Duration::from_secs(60)).await;
        assert!(received.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_elsewhere_is_not_written_to() {
        let client = client();
        begun(&client).await;
        let log = client.sandbox.channel_deliveries();
        let DeliveryOutcome::Unreachable(reason) = &log[0].outcome else { panic!("{log:?}") };
        assert!(reason.contains("not a URL of this machine"), "{reason}");
        let shown = client.get("/__sandbox/custom-channels/deliveries").await.expect(200);
        assert_eq!(shown["deliveries"][0]["outcome"], "unreachable");
        let late = json!({"retry_speed": 1000, "mischief": {"delay_ms": 5}});
        client.put("/__sandbox/custom-channels/webhooks", late).await.expect(200);
        client.put("/__sandbox/custom-channels/webhooks", json!({"mischief": {"loss_percent": 101}})).await.expect(400);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_keeps_no_account() {
        let client = client();
        receive(&client, 500, DeliveryFaults::default());
        begun(&client).await;
        sleep(Duration::from_secs(1)).await;
        let account = client.sandbox.downgrade();
        drop(client);
        tokio::task::yield_now().await;
        assert!(account.upgrade().is_none());
        assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
    }
}
