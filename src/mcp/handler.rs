//! The methods that rmcp calls: one for each request of the protocol.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CustomRequest,
    CustomResult, DiscoverResult, Extensions, GetPromptRequestParams, GetPromptResponse, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, ServerConfig, SubscribeRequestParams,
    SubscriptionFilter, Tool as Definition, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, Peer, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use tokio::time::Instant;

use super::auth::identity;
use super::caller_view::{INCOMPLETE_TTL_MS, TOOLS_TTL_MS};
use super::completion::CompletionRequest;
use super::page::{PAGE_ITEMS, page};
use super::quota_key::MessagePermits;
use super::server::Server;
use super::{
    completers, conversation_resource, errors, handoff_resource, invalid_params, outgoing, prompt, resource,
    result_limit, session_resource, subscriptions,
};
use crate::change_feed::{Subscription, WATCHED_MAX};
use crate::taskgraph_session::today;
use crate::tool::Ctx;
use crate::tool::call_context::CallContext;
use crate::tool::output_cleaning::clean_fields;

/// Cache time of prompts and resources, which the operator can change, at clients that subscribe to no changes.
const CONTENT_TTL_MS: u64 = 300_000;

/// The content of a prompt or a resource belongs to this company alone.
const CONTENT_SCOPE: CacheScope = CacheScope::Private;

impl Server {
    /// Answers a request under the limits of calls: it waits for a permit, ends by its deadline or when the client
    /// cancels it, and a panic becomes an error. The answer is boxed to keep rmcp's task of each request small.
    async fn limited<'a, T: Send>(
        &self,
        context: &RequestContext<RoleServer>,
        answer: BoxFuture<'a, Result<T, ErrorData>>,
    ) -> Result<T, ErrorData> {
        let caller = identity::of(&context.extensions);
        let limits = &self.shared.limits;
        tokio::select! {
            answer = limits.run(limits.deadline(), &caller, answer) => answer?,
            () = context.ct.cancelled() => Err(errors::cancelled()),
        }
    }

    /// Reads a resource, with the time in milliseconds for which it may be cached: a session changes with every step.
    async fn read(&self, uri: &str, call: CallContext) -> Result<(ReadResourceResult, u64), ErrorData> {
        let documents = self.documents(&call);
        // A conversation is open to callers of the tool that reads it, as documents are to those of their search.
        let is_open = match () {
            () if conversation_resource::is_conversation(uri) => self.allows(&call, conversation_resource::READER),
            () => resource::is_document(uri) || call.caller.permissions.resources,
        };
        if !is_open {
            return Err(errors::resource_not_found(uri));
        }
        if handoff_resource::is_handoff(uri) && !self.allows(&call, handoff_resource::READER) {
            return Err(errors::resource_not_found(uri));
        }
        let hubspot = self.shared.ctx.hubspot.for_call(self.shared.limits.deadline());
        let hubspot = hubspot.charged_to(call.caller.quota_key());
        let ctx = Ctx { hubspot, call, ..self.shared.ctx.clone() };
        if let Some(result) = handoff_resource::read(&ctx, uri).await {
            return Ok((result_limit::document(result?)?, 0));
        }
        if let Some(result) = conversation_resource::read(&ctx, uri).await {
            return Ok((result_limit::document(result?)?, 0));
        }
        let (result, ttl_ms) = match session_resource::read(&ctx, uri).await {
            Some(result) => (result?, 0),
            None => (resource::read(&ctx.taskgraphs, &documents, uri).await?, CONTENT_TTL_MS),
        };
        Ok((result_limit::document(result)?, ttl_ms))
    }

    fn completion_request(&self, params: &CompleteRequestParams, call: CallContext) -> CompletionRequest {
        let given = params.context.as_ref().and_then(|context| context.arguments.clone()).unwrap_or_default();
        let reads_account = self.allows(&call, completers::ACCOUNT_READER);
        let hubspot = self.shared.ctx.hubspot.for_call(Instant::now() + completers::TIME_MAX);
        let hubspot = hubspot.charged_to(call.caller.quota_key());
        CompletionRequest { ctx: Ctx { hubspot, call, ..self.shared.ctx.clone() }, given, reads_account }
    }

    /// The subscription of this session, in revisions before 2026-07-28.
    fn own_subscription(&self, from: &Extensions, peer: &Peer<RoleServer>) -> Option<Arc<Subscription>> {
        self.subscription.get_or_open(&self.shared.ctx.changes, &self.shared.subscriptions, from, peer)
    }

    /// True for a resource that some caller can watch. `listen` checks who may read it.
    fn is_watchable(&self, uri: &str) -> bool {
        let taskgraphs = &self.shared.ctx.taskgraphs;
        session_resource::is_session(uri)
            || conversation_resource::is_conversation(uri)
            || handoff_resource::is_handoff(uri)
            || resource::is_document(uri)
            || session_resource::is_node(&self.shared.ctx, uri)
            || resource::exists(taskgraphs, uri)
    }

    /// Stops watching what the caller may not read: sessions of others, and resources that its token does not open.
    async fn drop_unreadable(&self, subscription: &Subscription, context: &SubscriptionContext) {
        let watched = context.accepted().resource_subscriptions.iter().flatten();
        let call = self.caller_context(context.request_context());
        for uri in watched {
            if self.read(uri, call.clone()).await.is_err() {
                subscription.unwatch(uri);
            }
        }
    }
}

fn cursor(request: Option<PaginatedRequestParams>) -> Option<String> {
    request.and_then(|request| request.cursor)
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        self.shared.description().clone()
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
        let answer = async {
            let (allowed, ttl_ms) = self.allowed_tools(&context).await;
            let (tools, next_cursor) = page(allowed, |tool| &tool.name, cursor(request).as_deref(), PAGE_ITEMS)?;
            let result = ListToolsResult { next_cursor, ..ListToolsResult::with_all_items(tools) };
            Ok(result.with_ttl_ms(ttl_ms).with_cache_scope(self.list_scope()))
        };
        self.limited(&context, answer.boxed()).await
    }

    fn get_tool(&self, name: &str) -> Option<Definition> {
        self.shared.definitions().iter().find(|definition| definition.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        MessagePermits::parsed(&context.extensions);
        let cancelled = context.ct.clone();
        tokio::select! {
            answer = self.run_tool(request, context).boxed() => answer,
            () = cancelled.cancelled() => Err(errors::cancelled()),
        }
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let answer = async {
            let call = self.caller_context(&context);
            let documents = self.documents(&call);
            let (mut all, complete) = resource::list(&self.shared.ctx.taskgraphs, &documents).await?;
            all.retain(|one| call.caller.permissions.resources || resource::is_document(&one.uri));
            let (resources, next_cursor) = page(all, |one| &one.uri, cursor(request).as_deref(), PAGE_ITEMS)?;
            let result = ListResourcesResult { next_cursor, ..ListResourcesResult::with_all_items(resources) };
            let ttl_ms = if complete { CONTENT_TTL_MS } else { INCOMPLETE_TTL_MS };
            Ok(result.with_ttl_ms(ttl_ms).with_cache_scope(self.list_scope()))
        };
        self.limited(&context, answer.boxed()).await
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let answer = async {
            let mut all = [resource::templates(), session_resource::templates()].concat();
            if self.allows(&self.caller_context(&context), conversation_resource::READER) {
                all.extend(conversation_resource::templates());
            }
            if self.allows(&self.caller_context(&context), handoff_resource::READER) {
                all.extend(handoff_resource::templates());
            }
            let (templates, next_cursor) = page(all, |one| &one.uri_template, cursor(request).as_deref(), PAGE_ITEMS)?;
            let result =
                ListResourceTemplatesResult { next_cursor, ..ListResourceTemplatesResult::with_all_items(templates) };
            Ok(result.with_ttl_ms(TOOLS_TTL_MS).with_cache_scope(self.list_scope()))
        };
        self.limited(&context, answer.boxed()).await
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let answer = async {
            let (result, ttl_ms) = self.read(&request.uri, self.caller_context(&context)).await?;
            Ok(result.with_ttl_ms(ttl_ms).with_cache_scope(CONTENT_SCOPE).into())
        };
        self.limited(&context, answer.boxed()).await
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let answer = async {
            let permitted = self.caller_context(&context).caller.permissions.prompts;
            let all = if permitted { prompt::list() } else { vec![] };
            let (prompts, next_cursor) = page(all, |one| &one.name, cursor(request).as_deref(), PAGE_ITEMS)?;
            let result = ListPromptsResult { next_cursor, ..ListPromptsResult::with_all_items(prompts) };
            Ok(result.with_ttl_ms(CONTENT_TTL_MS).with_cache_scope(self.list_scope()))
        };
        self.limited(&context, answer.boxed()).await
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let answer = async {
            let call = self.caller_context(&context);
            if !call.caller.permissions.prompts {
                return Err(errors::not_permitted("prompts"));
            }
            let mut arguments = request.arguments.unwrap_or_default();
            let removed = clean_fields(&mut arguments);
            let denied = self.denied_tools(&call);
            let ctx = &self.shared.ctx;
            let today = if prompt::has_day(&request.name) { Some(today::of(ctx).await) } else { None };
            let prompt = prompt::get(&ctx.taskgraphs, today.as_deref(), &request.name, &arguments, &denied)?;
            result_limit::document(outgoing::prompt(prompt, removed)).map(Into::into)
        };
        self.limited(&context, answer.boxed()).await
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let answer = async {
            let completion = self.completion_request(&request, self.caller_context(&context));
            Ok(CompleteResult::new(self.shared.completions.complete(&request, completion).await))
        };
        self.limited(&context, answer.boxed()).await
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(invalid_params::error(&request.method, request.params.as_ref(), &context.meta))
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        // A session beyond the limit is told of no changes; all else works.
        let _ = self.own_subscription(&context.extensions, &context.peer);
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let answer = async {
            // A caller may watch what it may read.
            self.read(&request.uri, self.caller_context(&context)).await?;
            let subscription = self.own_subscription(&context.extensions, &context.peer);
            match subscription.is_some_and(|subscription| subscription.watch(&request.uri)) {
                true => Ok(()),
                false => Err(ErrorData::invalid_params(format!("a session may watch {WATCHED_MAX} resources"), None)),
            }
        };
        self.limited(&context, answer.boxed()).await
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if let Some(subscription) = self.own_subscription(&context.extensions, &context.peer) {
            subscription.unwatch(&request.uri);
        }
        Ok(())
    }

    /// Accepts all list changes, and the resources that any caller could watch: the caller is not known here.
    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let mut accepted = requested.clone();
        if let Some(uris) = &mut accepted.resource_subscriptions {
            uris.retain(|uri| self.is_watchable(uri));
            uris.truncate(WATCHED_MAX);
        }
        Some(accepted)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let (subscription, _share) =
            subscriptions::open(&self.shared.ctx.changes, &self.shared.subscriptions, &context)?;
        MessagePermits::give_back(&context.request_context().extensions);
        let checked = async {
            self.drop_unreadable(&subscription, &context).await;
            Ok(())
        };
        self.limited(context.request_context(), checked.boxed()).await?;
        subscriptions::serve(&subscription, &context, &self.shared.closing).await;
        Ok(())
    }
}
