//! What rmcp calls: one method for each request of the protocol.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CustomRequest,
    CustomResult, DiscoverResult, GetPromptRequestParams, GetPromptResponse, Icon, Implementation, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, ServerCapabilities, ServerConfig,
    SubscribeRequestParams, SubscriptionFilter, Tool as Definition, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use tokio::time::Instant;

use super::auth::identity::Identity;
use super::completion::{self, Asked};
use super::page::{PAGE_ITEMS, page};
use super::{Server, invalid_params, prompt, resource, result_limit, session_resource, subscriptions, unknown};
use crate::change_feed::{Subscription, WATCHED_MAX};
use crate::tool::Ctx;
use crate::tool::call_context::CallContext;
use knowledge::documents::Documents;

/// How to use the desk, for the model. Clients cut it off at 2 KB.
const INSTRUCTIONS: &str = include_str!("instructions.md");

/// A desk bell, drawn for any size.
const ICON: &str = include_str!("icon.svg");

/// How long a client may keep the list of tools: it changes only with the server's version and flags, and with the
/// scopes of HubSpot's token.
const TOOLS_TTL_MS: u64 = 3_600_000;

/// How long it may keep a list that was made while HubSpot did not tell those scopes, or documents were still being read.
const UNSURE_TTL_MS: u64 = 60_000;

/// How long it may keep what the operator can change, such as a taskgraph, where it does not listen for changes.
const CONTENT_TTL_MS: u64 = 300_000;

/// What is in a prompt or a resource belongs to this company alone.
const CONTENT_SCOPE: CacheScope = CacheScope::Private;

impl Server {
    /// Lists are the same for everybody, unless tokens differ in what they open.
    fn list_scope(&self) -> CacheScope {
        if self.lists_differ { CacheScope::Private } else { CacheScope::Public }
    }
}

impl Server {
    /// Whatever a client asks for waits for a place, ends by its deadline or when the client takes it back, and cannot take
    /// the server down.
    async fn guarded<T>(
        &self,
        context: &RequestContext<RoleServer>,
        answering: impl Future<Output = Result<T, ErrorData>>,
    ) -> Result<T, ErrorData> {
        let caller = Identity::of(&context.extensions).caller;
        tokio::select! {
            answer = self.limits.run(self.limits.deadline(), &caller, answering) => answer?,
            () = context.ct.cancelled() => Err(cancelled()),
        }
    }

    /// What whoever asks can use, and how long that may be kept. While HubSpot does not tell the scopes, they hide nothing.
    async fn open_tools(&self, context: &RequestContext<RoleServer>) -> (Vec<Definition>, u64) {
        let scopes = if self.policy.ignore_scopes { None } else { self.scopes.asked(&self.ctx).await };
        let sure = scopes.is_some() || self.policy.ignore_scopes;
        let call = CallContext { scopes, ..self.call_context(context) };
        let all = self.tools.iter().zip(self.definitions.iter());
        let open = all.filter(|(tool, _)| call.denied(tool).is_none()).map(|(_, definition)| definition.clone());
        (open.collect(), if sure { TOOLS_TTL_MS } else { UNSURE_TTL_MS })
    }

    /// The names of the others, as far as is known without asking HubSpot.
    fn closed_tools(&self, context: &RequestContext<RoleServer>) -> Vec<&'static str> {
        let call = self.call_context(context);
        self.tools.iter().filter(|tool| call.denied(tool).is_some()).map(|tool| tool.name).collect()
    }

    /// A resource, and how long it may be kept: what a session stands at changes with every step.
    async fn read(&self, uri: &str, call: CallContext) -> Result<(ReadResourceResult, u64), ErrorData> {
        let documents = self.documents(&call);
        let (result, ttl_ms) = match self.read_walk(uri, call).await {
            Some(result) => (result?, 0),
            None => (resource::read(&self.taskgraphs, &documents, uri).await?, CONTENT_TTL_MS),
        };
        Ok((result_limit::document(result)?, ttl_ms))
    }

    /// The documents, for whoever may search them: what is closed as a tool is not open as a resource.
    fn documents(&self, call: &CallContext) -> Documents {
        if self.opens(call, resource::DOCUMENTS_READER) { self.ctx.documents.clone() } else { Documents::none() }
    }

    fn opens(&self, call: &CallContext, name: &str) -> bool {
        self.tools.iter().find(|tool| tool.name == name).is_some_and(|tool| call.denied(tool).is_none())
    }

    fn asked(&self, request: &CompleteRequestParams, call: CallContext) -> Asked {
        let given = request.context.as_ref().and_then(|context| context.arguments.clone()).unwrap_or_default();
        let reads_account = self.opens(&call, completion::READER);
        let hubspot = self.ctx.hubspot.for_call(Instant::now() + completion::TIME_MAX);
        Asked { ctx: Ctx { hubspot, call, ..self.ctx.clone() }, given, reads_account }
    }

    /// Whether the address can be somebody's to watch; whose a session is, `listen` looks up.
    fn may_be_watched(&self, uri: &str) -> bool {
        session_resource::is_session(uri)
            || resource::is_document(uri)
            || self.is_node(uri)
            || resource::check(&self.taskgraphs, uri).is_ok()
    }

    /// Watches no session that somebody else has begun, nor one that never was.
    async fn keep_own(&self, listener: &Subscription, subscription: &SubscriptionContext) {
        let watched = subscription.accepted().resource_subscriptions.iter().flatten();
        let call = self.call_context(subscription.request_context());
        for uri in watched.filter(|uri| session_resource::is_session(uri)) {
            if self.read(uri, call.clone()).await.is_err() {
                listener.unwatch(uri);
            }
        }
    }
}

/// Nobody reads the answer of a cancelled call. A write under way goes on behind the one door.
fn cancelled() -> ErrorData {
    ErrorData::internal_error("the call was cancelled", None)
}

fn cursor(request: Option<PaginatedRequestParams>) -> Option<String> {
    request.and_then(|request| request.cursor)
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_completions()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_list_changed()
            .enable_resources_subscribe()
            .build();
        // In base64, as MCP asks of an image that is data: an SVG as it stands is no URI, and strict clients refuse it.
        let icon = Icon::new(format!("data:image/svg+xml;base64,{}", STANDARD.encode(ICON)))
            .with_mime_type("image/svg+xml")
            .with_sizes(vec!["any".to_owned()]);
        let implementation = Implementation::new("frontdesk", env!("CARGO_PKG_VERSION"))
            .with_title("Frontdesk")
            .with_description(env!("CARGO_PKG_DESCRIPTION"))
            .with_icons(vec![icon]);
        ServerConfig::new(capabilities).with_server_info(implementation).with_instructions(INSTRUCTIONS)
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut result = DiscoverResult::from_server_info(versions, self.get_info());
        result.ttl_ms = TOOLS_TTL_MS;
        result.cache_scope = CacheScope::Public;
        Ok(result)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.guarded(&context, async {
            let (open, ttl_ms) = self.open_tools(&context).await;
            let (tools, next_cursor) = page(&open, |tool| &tool.name, cursor(request).as_deref(), PAGE_ITEMS)?;
            let result = ListToolsResult { next_cursor, ..ListToolsResult::with_all_items(tools) };
            Ok(result.with_ttl_ms(ttl_ms).with_cache_scope(self.list_scope()))
        })
        .await
    }

    fn get_tool(&self, name: &str) -> Option<Definition> {
        self.definitions.iter().find(|definition| definition.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let name = request.name.clone();
        tokio::select! {
            answer = self.call(request, &context) => answer.unwrap_or_else(|| Err(unknown("tool", &name))),
            () = context.ct.cancelled() => Err(cancelled()),
        }
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        self.guarded(&context, async {
            let documents = self.documents(&self.call_context(&context));
            let (all, whole) = resource::list(&self.taskgraphs, &documents).await?;
            let (resources, next_cursor) = page(&all, |one| &one.uri, cursor(request).as_deref(), PAGE_ITEMS)?;
            let result = ListResourcesResult { next_cursor, ..ListResourcesResult::with_all_items(resources) };
            let ttl_ms = if whole { CONTENT_TTL_MS } else { UNSURE_TTL_MS };
            Ok(result.with_ttl_ms(ttl_ms).with_cache_scope(self.list_scope()))
        })
        .await
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        self.guarded(&context, async {
            let all = [resource::templates(), session_resource::templates()].concat();
            let (templates, next_cursor) = page(&all, |one| &one.uri_template, cursor(request).as_deref(), PAGE_ITEMS)?;
            let result =
                ListResourceTemplatesResult { next_cursor, ..ListResourceTemplatesResult::with_all_items(templates) };
            Ok(result.with_ttl_ms(TOOLS_TTL_MS).with_cache_scope(self.list_scope()))
        })
        .await
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        self.guarded(&context, async {
            let (result, ttl_ms) = self.read(&request.uri, self.call_context(&context)).await?;
            Ok(result.with_ttl_ms(ttl_ms).with_cache_scope(CONTENT_SCOPE).into())
        })
        .await
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        self.guarded(&context, async {
            let all = prompt::list();
            let (prompts, next_cursor) = page(&all, |one| &one.name, cursor(request).as_deref(), PAGE_ITEMS)?;
            let result = ListPromptsResult { next_cursor, ..ListPromptsResult::with_all_items(prompts) };
            Ok(result.with_ttl_ms(CONTENT_TTL_MS).with_cache_scope(self.list_scope()))
        })
        .await
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        self.guarded(&context, async {
            let arguments = request.arguments.unwrap_or_default();
            let closed = self.closed_tools(&context);
            let prompt = prompt::get(&self.taskgraphs, &request.name, &arguments, &closed)?;
            result_limit::document(prompt).map(Into::into)
        })
        .await
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        self.guarded(&context, async {
            let asked = self.asked(&request, self.call_context(&context));
            Ok(CompleteResult::new(self.completions.complete(&request, asked).await))
        })
        .await
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(invalid_params::answer(&request.method, request.params.as_ref(), &context.meta))
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        // Who is one too many hears of no changes; everything else works.
        let _ = self.session.listener(&self.changes, &context.peer);
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.guarded(&context, async {
            // What can be read can be watched.
            self.read(&request.uri, self.call_context(&context)).await?;
            let listener = self.session.listener(&self.changes, &context.peer);
            match listener.is_some_and(|listener| listener.watch(&request.uri)) {
                true => Ok(()),
                false => Err(ErrorData::invalid_params(format!("a session may watch {WATCHED_MAX} resources"), None)),
            }
        })
        .await
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.guarded(&context, async {
            if let Some(listener) = self.session.listener(&self.changes, &context.peer) {
                listener.unwatch(&request.uri);
            }
            Ok(())
        })
        .await
    }

    /// Every change of a list, and the resources that there can be: who asks is not known here.
    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let mut accepted = requested.clone();
        if let Some(uris) = &mut accepted.resource_subscriptions {
            uris.retain(|uri| self.may_be_watched(uri));
            uris.truncate(WATCHED_MAX);
        }
        Some(accepted)
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        let listener = subscriptions::open(&self.changes, &subscription)?;
        self.guarded(subscription.request_context(), async {
            self.keep_own(&listener, &subscription).await;
            Ok(())
        })
        .await?;
        subscriptions::serve(&listener, &subscription, &self.closing).await;
        Ok(())
    }
}
