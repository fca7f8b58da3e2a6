//! A HubSpot client for many concurrent callers: it batches, keeps the account's quota, and never does a write twice.
//!
//! [`HubSpot`] is the client; each of its methods leads to one family of HubSpot's API. [`HubSpot::for_call`] gives the
//! client a deadline, counts the requests of one call and lists its writes; [`HubSpot::charged_to`] says whose call it is,
//! since callers that wait for HubSpot's limits are served in turn.
//!
//! ```
//! use axum::{Json, Router, routing::get};
//! use domain::{clock::Clock, id::RecordId};
//! use http_client::InProcess;
//! use hubspot_client::{Error, HubSpot, Settings};
//! use serde_json::json;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Error> {
//!     // A HubSpot with one contact. `http_client::Network` leads to the real one.
//!     let ada = || async { Json(json!({ "id": "7", "properties": { "firstname": "Ada" } })) };
//!     let router = Router::new().route("/crm/objects/2026-09/contacts/7", get(ada));
//!     let token = Some("pat-na1-example".to_owned().into());
//!     let hubspot = HubSpot::new(InProcess(router), token, Settings::default(), Clock::System);
//!
//!     // Two callers that read at the same time share one request.
//!     let (contacts, id) = (hubspot.contacts(), RecordId::from(7));
//!     let (one, two) = tokio::join!(contacts.by_id(&id, &["firstname"]), contacts.by_id(&id, &["firstname"]));
//!     assert_eq!(one?.and_then(|contact| contact.get("firstname").map(str::to_owned)).as_deref(), Some("Ada"));
//!     assert_eq!((two?.is_some(), hubspot.usage().requests), (true, 1));
//!     Ok(())
//! }
//! ```
//!
//! # Errors
//!
//! Every call can fail with the errors of the transport: a missing or refused token, a missing scope, HubSpot's limits,
//! its failures, and the call's deadline ([`Error::Timeout`]). A method names only the errors that it adds. Each [`Error`]
//! has a code, a message without personal data, a hint for its reader, and details for programs.
//!
//! # The modules, from the bottom up
//!
//! - `transport`: every request passes through it. It waits for the quota (`limiter`, `fair_queue`, `window`), sends, reads
//!   the answer (`attempt`), repeats what is harmless to repeat (`retry`), and gives up at the caller's deadline.
//! - `shared_quota`: one quota for several processes: the account's ledger, and how its places are divided.
//! - `token`: where tokens come from, and how OAuth's are renewed: once, for all calls that wait.
//! - `batching`: requests that several callers share. `batcher` fills HubSpot's batches without delaying a lone caller,
//!   `single_flight` shares equal requests, `cache` keeps answers for a while.
//! - `writes`: creates, bookings and messages, which must not happen twice. `protocol` decides: send once, look up what
//!   became of a lost answer, send again if nothing did. `once` is the loop around it. `change` ends changes, which are
//!   harmless to repeat.
//! - `api`: one file per family of HubSpot's API, each with its own caches and batchers.
//! - `client`: composes the families over one transport.
//!
//! Decisions (`retry`, `fair_queue`, `window`, `attempt`, `protocol`) are pure functions with tables of tests; loops act on them. Time is
//! tokio's, so tests stop it.

mod api;
mod batching;
mod caller_key;
mod certainty;
mod client;
mod developer_key;
mod error;
#[cfg(test)]
mod fake;
mod metrics;
mod object;
mod record;
mod redact;
mod settings;
mod shared_quota;
mod tier;
mod token;
mod transport;
mod versions;
mod writes;

pub use api::account::{Account, Details, TokenInfo};
pub use api::activities::{Activities, Activity, ActivityKind};
pub use api::associations::Associations;
pub use api::communications::{Communication, Communications};
pub use api::contacts::Contacts;
pub use api::conversations::Conversations;
pub use api::conversations::actor::{Actor, ActorId, ActorKind};
pub use api::conversations::file::{NewFile, StoredFile};
pub use api::conversations::inbox::{ChannelAccount, Inbox};
pub use api::conversations::message::{Attachment, DeliveryIdentifier, Message, MessageKind};
pub use api::conversations::message_list::MessagePage;
pub use api::conversations::send::{Delivery, NewMessage, Readers};
pub use api::conversations::thread::{THREADS_PAGE_MAX, Thread, ThreadPage, ThreadQuery, ThreadStatus};
pub use api::custom_channels::CustomChannels;
pub use api::custom_channels::account::{ChannelAccountChange, ConnectedAccount, NewChannelAccount};
pub use api::custom_channels::channel::{ChannelCapabilities, CustomChannel, NewCustomChannel};
pub use api::custom_channels::publish::{NewChannelMessage, PublishedMessage, Sender};
pub use api::custom_channels::status::DeliveryStatus;
pub use api::meetings::{Meeting, Meetings};
pub use api::owners::{Owner, Owners, Team};
pub use api::pipelines::{Pipeline, Pipelines, Stage};
pub use api::properties::{Properties, Property, PropertyOption};
pub use api::records::{Filter, PropertyVersion, Records, SEARCH_PAGE_MAX, Search, SearchPage};
pub use api::scheduler::Scheduler;
pub use api::scheduler::availability::{
    AvailabilityPage, BookingInfo, BusyUser, Consent, ConsentChoice, FormField, LinkSettings, Span,
};
pub use api::scheduler::booking_lock::BookingLock;
pub use api::scheduler::booking_types::{Booking, ConsentAnswer, FormAnswer, NewBooking};
pub use api::scheduler::links::{LinkKind, MeetingLink};
pub use api::tasks::{NewTask, TaskKind, Tasks};
pub use api::tickets::{NewTicket, Tickets};
pub use caller_key::CallerKey;
pub use client::HubSpot;
pub use developer_key::DeveloperKey;
pub use error::{Error, Problem};
pub use metrics::Usage;
pub use object::Object;
pub use record::{Created, Record};
pub use settings::{Callers, Settings, TicketKeys};
pub use shared_quota::SharedQuota;
pub use shared_quota::ledger::QuotaLedger;
pub use shared_quota::report::{QuotaGrant, QuotaReport};
pub use tier::{Bucket, Tier, UnknownTier};
pub use token::access_token::AccessToken;
pub use token::endpoints::{AppCredentials, OAuthEndpoints, TokenHolder, Tokens};
pub use token::fixed::FixedToken;
pub use token::oauth::OAuthToken;
pub use token::persistence::{IssuedToken, Login, LoginStore, RefreshLock, TokenSharing};
pub use token::source::TokenSource;
pub use transport::quota_state::DailyQuota;
pub use versions::{Api, BadVersion, Versions};
pub use writes::dry_run::DRY_RUN_ID;
pub use writes::key_lock::KeyLock;
pub use writes::kind::WriteKind;
pub use writes::written::{Action, Outcome, WriteFacts, Written, WrittenRecord};
