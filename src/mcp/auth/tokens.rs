//! Bearer tokens: one from the environment, and several with names, rights and limits from a file.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use domain::known_secrets;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::new_token::is_name;
use super::token_file::{self, FileError};
use super::token_rules::{self, BadToken, TokenDigest};
use crate::tool::ToolEntry;
use crate::tool::caller::{Caller, CallerId, CallerLimits};
use crate::tool::permissions::Permissions;

/// Largest number of tokens: every request is compared with all of them.
const TOKENS_MAX: usize = 1_000;
/// Tokens of one name at once: the old one and the new one while clients change over.
const TOKENS_PER_NAME_MAX: usize = 2;

/// Tokens as their digests, so that the time of a comparison does not depend on their lengths.
#[derive(Clone, Default)]
pub(in crate::mcp) struct Tokens(Vec<Token>);

#[derive(Clone)]
struct Token {
    digest: TokenDigest,
    not_after: Option<DateTime<Utc>>,
    caller: Caller,
}

/// Content of `--auth-file`: the tokens and what each may do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokensFile {
    tokens: Vec<NamedToken>,
}

/// One token of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedToken {
    name: String,
    token: Secret,
    not_after: Option<DateTime<FixedOffset>>,
    #[serde(default)]
    read_only: bool,
    tools: Option<BTreeSet<String>>,
    properties: Option<BTreeSet<String>>,
    resources: Option<bool>,
    prompts: Option<bool>,
    metrics: Option<bool>,
    calls_per_second: Option<u32>,
    calls_at_once: Option<usize>,
    writes_per_day: Option<u32>,
}

/// A token that `Debug` cannot print.
struct Secret(SecretString);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Secret, D::Error> {
        String::deserialize(input).map(|text| Secret(text.into()))
    }
}

/// A token or a file of tokens that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be read, or is not trusted.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not the expected JSON. serde's message is left out: it could hold a token.
    #[error(
        "it is not as expected at line {line}, column {column}: write {{\"tokens\": [{{\"name\", \"token\"}}]}}, and beside them at most `not_after` (such as `2026-12-31T00:00:00Z`), `read_only`, `tools`, `properties`, `resources`, `prompts`, `metrics`, `calls_per_second`, `calls_at_once` and `writes_per_day`"
    )]
    Malformed {
        /// The line of the problem, from 1.
        line: usize,
        /// The column of the problem, from 1.
        column: usize,
    },
    /// The file has no tokens or too many.
    #[error("it must name 1 to {TOKENS_MAX} tokens")]
    Count,
    /// An entry has the name or the token of the single token.
    #[error("`{0}` has the name or the token of `--auth-token`: give it its own")]
    Taken(String),
    /// The single token is not a good one.
    #[error(transparent)]
    Bad(#[from] BadToken),
    /// An entry cannot be used.
    #[error("line {line}: {problem}")]
    Entry {
        /// First line of the entry, from 1.
        line: usize,
        /// Why it cannot be used.
        problem: EntryError,
    },
}

/// An entry of the file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A name has other characters or another length than allowed.
    #[error("`{0}` is not a name: use 1 to 64 letters, digits, `-` and `_`")]
    Name(String),
    /// Another entry has the same token.
    #[error("`{0}` has the same token as another")]
    Duplicate(String),
    /// More than two tokens of one name: a change of tokens needs an old and a new one.
    #[error("`{0}` has more than {TOKENS_PER_NAME_MAX} tokens: it may have an old and a new one")]
    TooMany(String),
    /// Two tokens of one name, and none ends.
    #[error("`{0}` has two tokens: say with `not_after` until when the old one is good")]
    Endless(String),
    /// A token is not a good one.
    #[error("the token of `{name}` cannot be used: {problem}")]
    Token {
        /// The name of the token.
        name: String,
        /// Why it cannot be used.
        problem: BadToken,
    },
    /// An entry names a tool that does not exist.
    #[error("`{name}` may use `{tool}`, but there is no such tool")]
    Tool {
        /// The name of the token.
        name: String,
        /// The unknown tool.
        tool: String,
    },
    /// A limit under which nothing could be done.
    #[error("`{name}`: `{limit}` must be at least 1")]
    Limit {
        /// The name of the token.
        name: String,
        /// The name of the limit.
        limit: &'static str,
    },
}

impl TokenError {
    /// The task that reads the file ended without an answer.
    pub(in crate::mcp) fn unread(problem: &tokio::task::JoinError) -> TokenError {
        FileError::Unreadable(std::io::Error::other(problem.to_string())).into()
    }
}

impl Tokens {
    /// A single token that may use everything; its name is `token`.
    pub(in crate::mcp) fn one(token: &SecretString) -> Result<Tokens, TokenError> {
        let digest = token_rules::read_plain(token.expose_secret())?;
        known_secrets::remember(token.expose_secret());
        let caller = Caller { id: CallerId("token".into()), ..Caller::default() };
        Ok(Tokens(vec![Token { digest, not_after: None, caller }]))
    }

    /// Reads a file, which must be the user's alone.
    pub(in crate::mcp) fn read(path: &Path, tools: &[ToolEntry]) -> Result<Tokens, TokenError> {
        Tokens::parse(&token_file::read(path)?, tools)
    }

    /// Adds the others, unless one of them has the name or the token of one of these.
    pub(in crate::mcp) fn with(mut self, others: Tokens) -> Result<Tokens, TokenError> {
        let taken =
            |other: &&Token| self.0.iter().any(|own| own.digest == other.digest || own.caller.id == other.caller.id);
        if let Some(other) = others.0.iter().find(taken) {
            return Err(TokenError::Taken(other.caller.id.0.to_string()));
        }
        self.0.extend(others.0);
        Ok(self)
    }

    /// True if there is no token.
    pub(in crate::mcp) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if some caller's permissions are restricted.
    pub(in crate::mcp) fn differ(&self) -> bool {
        self.0.iter().any(|token| token.caller.permissions != Permissions::default())
    }

    /// True if a caller has a token that is good at this time.
    pub(in crate::mcp) fn has(&self, caller: &CallerId, now: DateTime<Utc>) -> bool {
        self.0.iter().any(|token| token.caller.id == *caller && token.is_good(now))
    }

    /// The caller whose token this is, if it is good at this time. How long it takes does not depend on which token
    /// matches, or whether one does. A digest in the file says nothing of its token: one that is easily guessed, or none
    /// at all, matches none.
    pub(in crate::mcp) fn identify(&self, given: &str, now: DateTime<Utc>) -> Option<Caller> {
        let given = token_rules::read_plain(given).ok()?;
        let mut found = u32::MAX;
        for (index, token) in (0_u32..).zip(&self.0) {
            let same: Choice = token.digest.ct_eq(&given);
            found.conditional_assign(&index, same);
        }
        let token = self.0.get(found as usize)?;
        token.is_good(now).then(|| token.caller.clone())
    }

    fn parse(text: &str, tools: &[ToolEntry]) -> Result<Tokens, TokenError> {
        let malformed = |error: serde_json::Error| TokenError::Malformed { line: error.line(), column: error.column() };
        let TokensFile { tokens: named } = serde_json::from_str(text).map_err(malformed)?;
        if named.is_empty() || named.len() > TOKENS_MAX {
            return Err(TokenError::Count);
        }
        let mut tokens = Tokens::default();
        for (at, one) in named.into_iter().enumerate() {
            let added = one.read(tools).and_then(|token| tokens.add(token));
            added.map_err(|problem| TokenError::Entry { line: line_of_entry(text, at), problem })?;
        }
        Ok(tokens)
    }

    fn add(&mut self, token: Token) -> Result<(), EntryError> {
        let name = || token.caller.id.0.to_string();
        if self.0.iter().any(|other| other.digest == token.digest) {
            return Err(EntryError::Duplicate(name()));
        }
        let mut same: Vec<_> = self.0.iter().filter(|other| other.caller.id == token.caller.id).collect();
        same.push(&token);
        match same.len() {
            1 => {}
            TOKENS_PER_NAME_MAX if same.iter().any(|one| one.not_after.is_some()) => {}
            TOKENS_PER_NAME_MAX => return Err(EntryError::Endless(name())),
            _ => return Err(EntryError::TooMany(name())),
        }
        self.0.push(token);
        Ok(())
    }
}

impl Token {
    fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.not_after.is_none_or(|end| now < end)
    }
}

impl NamedToken {
    fn read(self, tools: &[ToolEntry]) -> Result<Token, EntryError> {
        if !is_name(&self.name) {
            return Err(EntryError::Name(self.name));
        }
        let name = || self.name.clone();
        let token = self.token.0.expose_secret();
        let digest = token_rules::read(token);
        known_secrets::remember(token);
        let digest = digest.map_err(|problem| EntryError::Token { name: name(), problem })?;
        let unknown = |tool: &&String| !tools.iter().any(|entry| entry.name == **tool);
        if let Some(tool) = self.tools.iter().flatten().find(unknown).cloned() {
            return Err(EntryError::Tool { name: name(), tool });
        }
        let nothing =
            [("calls_per_second", self.calls_per_second == Some(0)), ("calls_at_once", self.calls_at_once == Some(0))];
        if let Some((limit, _)) = nothing.into_iter().find(|(_, is_zero)| *is_zero) {
            return Err(EntryError::Limit { name: name(), limit });
        }
        let limits = CallerLimits {
            calls_per_second: self.calls_per_second,
            calls_at_once: self.calls_at_once,
            writes_per_day: self.writes_per_day,
        };
        let (id, not_after) = (CallerId(self.name.as_str().into()), self.not_after.map(|end| end.to_utc()));
        let caller = Caller { id, permissions: self.permissions(), limits, ..Caller::default() };
        Ok(Token { digest, not_after, caller })
    }

    /// The rights of the token. One that may use some tools only gets nothing beside them that it does not name.
    fn permissions(self) -> Permissions {
        let all_tools = self.tools.is_none();
        let follows = self.tools.iter().flatten().any(|tool| tool.starts_with("taskgraph_"));
        Permissions {
            read_only: self.read_only,
            resources: self.resources.unwrap_or(all_tools || follows),
            prompts: self.prompts.unwrap_or(all_tools),
            metrics: self.metrics.unwrap_or(all_tools),
            tools: self.tools.map(Arc::new),
            properties: self.properties.map(Arc::new),
        }
    }
}

/// The line on which the entry with this index begins: the object in the list in the object of the file.
fn line_of_entry(text: &str, index: usize) -> usize {
    let (mut line, mut depth, mut seen, mut in_text, mut escaped) = (1, 0, 0, false, false);
    for byte in text.bytes() {
        match byte {
            b'\n' => line += 1,
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => {
                if byte == b'{' && depth == 2 {
                    if seen == index {
                        return line;
                    }
                    seen += 1;
                }
                depth += 1;
            }
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    line
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|token| &token.caller)).finish()
    }
}

#[cfg(test)]
mod tests;
