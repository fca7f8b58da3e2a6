//! Bearer tokens: one from the environment, and several with names and permissions from a file.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::tool::Entry;
use crate::tool::caller::{Caller, CallerId};
use crate::tool::permissions::Permissions;

/// Shortest token; a shorter one can be guessed.
const TOKEN_BYTES_MIN: usize = 16;
/// Largest number of tokens: every request is compared with all of them.
const TOKENS_MAX: usize = 1_000;

/// Tokens as their digests, so that the time of a comparison does not depend on their lengths.
#[derive(Clone, Default)]
pub(in crate::mcp) struct Tokens(Vec<(TokenDigest, Caller)>);

type TokenDigest = [u8; 32];

/// The file of tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tokens: Vec<NamedToken>,
}

/// One token of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedToken {
    name: String,
    token: Secret,
    #[serde(default)]
    read_only: bool,
    tools: Option<BTreeSet<String>>,
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
    /// The file cannot be read.
    #[error("cannot read it: {0}")]
    Unreadable(#[from] io::Error),
    /// Other users of the machine can read the file.
    #[error("others can read it: make it yours alone with `chmod 600`")]
    Open,
    /// The file is not the expected JSON. serde's message is left out: it could hold a token.
    #[error(
        "it is not as expected at line {line}, column {column}: write {{\"tokens\": [{{\"name\", \"token\"}}]}}, and beside them at most `read_only` and `tools`"
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
    /// A name has other characters or another length than allowed.
    #[error("`{0}` is not a name: use 1 to 64 letters, digits, `-` and `_`")]
    Name(String),
    /// Two entries have the same name or the same token.
    #[error("`{0}` stands there twice, or has the same token as another")]
    Duplicate(String),
    /// An entry has the name or the token of the single token.
    #[error("`{0}` has the name or the token of `--auth-token`: give it its own")]
    Taken(String),
    /// A token is too short.
    #[error("the token of `{0}` is too short: it must have at least {TOKEN_BYTES_MIN} characters")]
    Short(String),
    /// An entry names a tool that does not exist.
    #[error("`{name}` may use `{tool}`, but there is no such tool")]
    Tool {
        /// The name of the token.
        name: String,
        /// The unknown tool.
        tool: String,
    },
}

impl Tokens {
    /// A single token that may use everything; its name is `token`.
    pub(in crate::mcp) fn one(token: &SecretString) -> Result<Tokens, TokenError> {
        let named = NamedToken { name: "token".into(), token: Secret(token.clone()), read_only: false, tools: None };
        Ok(Tokens(vec![named.read(&[])?]))
    }

    /// Reads a file, which must be readable by its owner alone.
    pub(in crate::mcp) fn read(path: &Path, tools: &[Entry]) -> Result<Tokens, TokenError> {
        if readable_by_others(path)? {
            return Err(TokenError::Open);
        }
        Tokens::parse(&std::fs::read_to_string(path)?, tools)
    }

    /// Adds the others, unless two tokens or two names are the same.
    pub(in crate::mcp) fn with(mut self, others: Tokens) -> Result<Tokens, TokenError> {
        for other in others.0 {
            self.add(other, TokenError::Taken)?;
        }
        Ok(self)
    }

    fn add(&mut self, one: (TokenDigest, Caller), duplicate: fn(String) -> TokenError) -> Result<(), TokenError> {
        let (digest, caller) = &one;
        if self.0.iter().any(|(known, other)| known == digest || other.id == caller.id) {
            return Err(duplicate(caller.id.0.to_string()));
        }
        self.0.push(one);
        Ok(())
    }

    /// True if there is no token.
    pub(in crate::mcp) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if some caller's permissions are restricted.
    pub(in crate::mcp) fn differ(&self) -> bool {
        self.0.iter().any(|(_, caller)| caller.permissions != Permissions::default())
    }

    /// The caller whose token this is. The time does not depend on which token matches, or whether one does.
    pub(in crate::mcp) fn identify(&self, given: &str) -> Option<Caller> {
        let given = digest(given);
        let mut found = u32::MAX;
        for (index, (expected, _)) in (0_u32..).zip(&self.0) {
            let same: Choice = expected.ct_eq(&given);
            found.conditional_assign(&index, same);
        }
        self.0.get(found as usize).map(|(_, caller)| caller.clone())
    }

    fn parse(text: &str, tools: &[Entry]) -> Result<Tokens, TokenError> {
        let malformed = |error: serde_json::Error| TokenError::Malformed { line: error.line(), column: error.column() };
        let File { tokens: named } = serde_json::from_str(text).map_err(malformed)?;
        if named.is_empty() || named.len() > TOKENS_MAX {
            return Err(TokenError::Count);
        }
        let mut tokens = Tokens::default();
        for one in named {
            tokens.add(one.read(tools)?, TokenError::Duplicate)?;
        }
        Ok(tokens)
    }
}

impl NamedToken {
    fn read(self, tools: &[Entry]) -> Result<(TokenDigest, Caller), TokenError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=64).contains(&self.name.len()) || !self.name.chars().all(fits) {
            return Err(TokenError::Name(self.name));
        }
        if self.token.0.expose_secret().len() < TOKEN_BYTES_MIN {
            return Err(TokenError::Short(self.name));
        }
        let unknown = |tool: &&String| !tools.iter().any(|entry| entry.name == **tool);
        if let Some(tool) = self.tools.iter().flatten().find(unknown).cloned() {
            return Err(TokenError::Tool { name: self.name, tool });
        }
        let permissions = Permissions { read_only: self.read_only, tools: self.tools.map(Arc::new) };
        Ok((
            digest(self.token.0.expose_secret()),
            Caller { id: CallerId(self.name.into()), permissions, ..Caller::default() },
        ))
    }
}

fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// Other systems have no such permissions; the folder's protection has to suffice.
#[cfg(not(unix))]
fn readable_by_others(path: &Path) -> io::Result<bool> {
    std::fs::metadata(path).map(|_| false)
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(_, caller)| caller)).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tools;

    const LONG: &str = "0123456789abcdef";

    fn parse(tokens: serde_json::Value) -> Result<Tokens, TokenError> {
        Tokens::parse(&json!({"tokens": tokens}).to_string(), &tools::all())
    }

    #[test]
    fn each_token_has_its_name_and_permissions() {
        let tokens = parse(json!([
            {"name": "all", "token": LONG},
            {"name": "chat", "token": "fedcba9876543210", "read_only": true, "tools": ["check_available", "create_ticket"]},
        ]))
        .unwrap();
        let all = tokens.identify(LONG).unwrap();
        assert_eq!((&*all.id.0, all.permissions), ("all", Permissions::default()));
        let chat = tokens.identify("fedcba9876543210").unwrap();
        let admitted: Vec<_> =
            tools::all().iter().filter(|tool| chat.permissions.admit(tool)).map(|tool| tool.name).collect();
        assert_eq!(admitted, ["check_available"], "of the two only this one changes nothing");
        for wrong in ["", "0123456789abcde", "0123456789abcdef0", "FEDCBA9876543210"] {
            assert_eq!(tokens.identify(wrong), None, "{wrong}");
        }
        assert!(tokens.differ() && !Tokens::one(&LONG.into()).unwrap().differ());
    }

    #[test]
    fn the_single_token_shares_no_name_or_token_with_the_file() {
        for short in ["", "a", "0123456789abcde"] {
            assert!(matches!(Tokens::one(&short.into()), Err(TokenError::Short(_))), "{short}");
        }
        let beside = |name: &str, token: &str| {
            let file = parse(json!([{"name": name, "token": token, "read_only": true}])).unwrap();
            Tokens::one(&LONG.into()).unwrap().with(file)
        };
        assert!(matches!(beside("token", "fedcba9876543210"), Err(TokenError::Taken(_))));
        assert!(matches!(beside("chat", LONG), Err(TokenError::Taken(_))));
        assert!(beside("chat", "fedcba9876543210").is_ok());
    }

    #[test]
    fn an_invalid_file_is_refused() {
        let one = |name: &str, token: &str| json!({"name": name, "token": token});
        assert!(matches!(parse(json!([])), Err(TokenError::Count)));
        assert!(matches!(parse(json!([one("a b", LONG)])), Err(TokenError::Name(_))));
        assert!(matches!(parse(json!([one("a", "short")])), Err(TokenError::Short(_))));
        assert!(matches!(parse(json!([one("a", LONG), one("b", LONG)])), Err(TokenError::Duplicate(_))));
        assert!(matches!(parse(json!([one("a", LONG), one("a", "fedcba9876543210")])), Err(TokenError::Duplicate(_))));
        let unknown = json!([{"name": "a", "token": LONG, "tools": ["create_tickets"]}]);
        assert!(matches!(parse(unknown), Err(TokenError::Tool { .. })));
        let misspelt = json!([{"name": "a", "token": LONG, "readonly": true}]);
        let error = parse(misspelt).unwrap_err();
        assert!(matches!(error, TokenError::Malformed { .. }) && !error.to_string().contains(LONG), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, json!({"tokens": [{"name": "a", "token": LONG}]}).to_string()).unwrap();
        let read = |mode| {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            Tokens::read(file.path(), &tools::all())
        };
        assert!(read(0o600).is_ok() && read(0o400).is_ok());
        for mode in [0o644, 0o640, 0o604] {
            assert!(matches!(read(mode), Err(TokenError::Open)), "{mode:o}");
        }
    }
}
