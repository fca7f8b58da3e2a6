//! The routes, and who may use each of them: decided here, once, for all of them.
//!
//! A route is of one of five kinds, which says everything about its checks. A path that is in no row needs a token, so a
//! route that was forgotten here is closed.

/// The users of a route, and with them its checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a token. Requests are not counted: those of today cost less than a refusal would.
    Anyone,
    /// Anybody, also pages of other sites as far as the route lets them; with limits for each address.
    Visitor,
    /// Whoever calls this server by a name of its own that is not the public one: pages for people of the company, which show
    /// nothing before their scripts have asked with a token.
    Page,
    /// Whoever has signed the request with a secret that only they and we know.
    Signed,
    /// Callers with a token; on this machine alone, without tokens, everybody.
    Token,
}

/// A route and its rules.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The path; with `below`, the paths below it too.
    pub path: &'static str,
    /// Paths below this one have the same rules.
    pub below: bool,
    /// HTTP methods, separated by commas.
    pub methods: &'static str,
    /// Callers who may use the route.
    pub access: Access,
    /// What it is, in a sentence.
    pub purpose: &'static str,
}

/// Every route of the HTTP server with its access; the docs' table is made of it.
pub const ROUTES: &[Rule] = &[
    Rule {
        path: "/",
        below: false,
        methods: "GET",
        access: Access::Page,
        purpose: "the three sides of a conversation at once, with `--sandbox --chat` on this machine alone",
    },
    Rule {
        path: "/sandbox",
        below: true,
        methods: "GET, POST",
        access: Access::Page,
        purpose: "the files of that page, and its interface below `/sandbox/api`, which needs the page's own token",
    },
    Rule {
        path: "/chat",
        below: true,
        methods: "GET, POST",
        access: Access::Visitor,
        purpose: "the page where customers chat, and its interface below `/chat/api`, with `--chat`",
    },
    Rule {
        path: "/chat.js",
        below: false,
        methods: "GET",
        access: Access::Visitor,
        purpose: "the script that puts the chat on other pages, with `--chat`",
    },
    Rule {
        path: "/assistant/api",
        below: true,
        methods: "GET, POST",
        access: Access::Token,
        purpose: "the interface of the contact assistant for staff, with `--assistant`",
    },
    Rule {
        path: "/assistant",
        below: true,
        methods: "GET",
        access: Access::Page,
        purpose: "the page of the contact assistant, which asks for a token, with `--assistant`",
    },
    Rule {
        path: "/mcp",
        below: true,
        methods: "GET, POST, DELETE",
        access: Access::Token,
        purpose: "Streamable HTTP, every protocol revision",
    },
    Rule {
        path: "/sse",
        below: true,
        methods: "GET",
        access: Access::Token,
        purpose: "the old HTTP+SSE transport; `--no-sse` leaves it out",
    },
    Rule {
        path: "/messages",
        below: false,
        methods: "POST",
        access: Access::Token,
        purpose: "messages of the old transport",
    },
    Rule {
        path: "/metrics",
        below: false,
        methods: "GET",
        access: Access::Token,
        purpose: "numbers for Prometheus, for a token that opens them",
    },
    Rule {
        path: "/healthz",
        below: false,
        methods: "GET",
        access: Access::Anyone,
        purpose: "200 while the process lives",
    },
    Rule {
        path: "/readyz",
        below: false,
        methods: "GET",
        access: Access::Anyone,
        purpose: "200 while it takes calls, else 503 with the reason: with the state of HubSpot (`reached`, or the code of the \
                  last failed check), the store's database, its tables, the leases held here and the documents; \
                  `?exclude=store` is ready without the store",
    },
    Rule {
        path: "/webhooks/hubspot",
        below: false,
        methods: "POST",
        access: Access::Signed,
        purpose: "HubSpot's events, with `--public-url` and a client secret",
    },
    Rule {
        path: "/webhooks/handoff",
        below: true,
        methods: "POST",
        access: Access::Signed,
        purpose: "what people answer through the channel of `frontdesk handoff setup`, below an unguessable path",
    },
];

impl Access {
    /// The kinds, in the order of their strictness.
    pub const ALL: [Access; 5] = [Access::Anyone, Access::Visitor, Access::Page, Access::Signed, Access::Token];

    /// The access to a path.
    pub fn of(path: &str) -> Access {
        let leads_to = |rule: &&Rule| {
            let rest = path.strip_prefix(rule.path);
            rest.is_some_and(|rest| rest.is_empty() || (rule.below && rest.starts_with('/')))
        };
        ROUTES.iter().find(leads_to).map_or(Access::Token, |rule| rule.access)
    }

    /// The kind in a word.
    pub fn name(self) -> &'static str {
        match self {
            Access::Anyone => "anyone",
            Access::Visitor => "visitors",
            Access::Page => "pages of staff",
            Access::Signed => "signed",
            Access::Token => "token",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_in_no_row_needs_a_token() {
        for (path, access) in [
            ("/healthz", Access::Anyone),
            ("/readyz", Access::Anyone),
            ("/chat", Access::Visitor),
            ("/chat/api/send", Access::Visitor),
            ("/chat.js", Access::Visitor),
            ("/chats", Access::Token),
            ("/chat.js/x", Access::Token),
            ("/webhooks/hubspot", Access::Signed),
            ("/mcp", Access::Token),
            ("/mcp/", Access::Token),
            ("/mcphealthz", Access::Token),
            ("/healthz/", Access::Token),
            ("/healthz/x", Access::Token),
            ("/webhooks/hubspot/", Access::Token),
            ("/webhooks", Access::Token),
            ("/WEBHOOKS/hubspot", Access::Token),
            ("//healthz", Access::Token),
            ("", Access::Token),
            ("/", Access::Page),
            ("/sandbox/api/view", Access::Page),
            ("/sandboxes", Access::Token),
            ("/assistant", Access::Page),
            ("/assistant/page.js", Access::Page),
            ("/assistant/api", Access::Token),
            ("/assistant/api/send", Access::Token),
            ("/assistants", Access::Token),
        ] {
            assert_eq!(Access::of(path), access, "{path}");
        }
    }
}
