//! The routes, and who may use each of them: decided here, once, for all of them.
//!
//! A route is of one of three kinds, which says everything about its checks. A path that is in no row needs a token, so a
//! route that was forgotten here is closed.

/// The users of a route, and with them its checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a token. Requests are not counted: those of today cost less than a refusal would. A page or a form
    /// for visitors belongs here with a limit for each address.
    Anyone,
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
    /// The methods.
    pub methods: &'static str,
    /// The users.
    pub access: Access,
    /// What it is, in a sentence.
    pub purpose: &'static str,
}

/// All routes.
pub const ROUTES: &[Rule] = &[
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
        purpose: "200 while it takes calls, with the state of HubSpot (`reached`, or the code of the last failed check), the \
                  store and the documents",
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
    pub const ALL: [Access; 3] = [Access::Anyone, Access::Signed, Access::Token];

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
            ("/", Access::Token),
        ] {
            assert_eq!(Access::of(path), access, "{path}");
        }
    }
}
