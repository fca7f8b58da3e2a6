//! Bearer tokens: one from the environment, or several with names and rights from a file.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::identity::Identity;
use crate::tool::Entry;
use crate::tool::call_context::CallerId;
use crate::tool::permissions::Permissions;

/// A shorter token can be guessed.
const TOKEN_BYTES_MIN: usize = 16;
/// Every request is held against every token.
const TOKENS_MAX: usize = 1_000;

/// Tokens as their digests, so that comparing tells nothing about their lengths either.
#[derive(Clone, Default)]
pub(in crate::mcp) struct Tokens(Vec<(Digested, Identity)>);

type Digested = [u8; 32];

/// The file's form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tokens: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    token: Secret,
    #[serde(default)]
    read_only: bool,
    tools: Option<BTreeSet<String>>,
}

/// Kept where `Debug` cannot print it, from the first moment on.
struct Secret(SecretString);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Secret, D::Error> {
        String::deserialize(input).map(|text| Secret(text.into()))
    }
}

/// Why a file of tokens is not used.
#[derive(Debug, thiserror::Error)]
pub enum BadTokens {
    #[error("cannot read it: {0}")]
    Unreadable(#[from] io::Error),
    #[error("others can read it: make it yours alone with `chmod 600`")]
    Open,
    /// The problem is serde's place alone: its message could hold a token.
    #[error(
        "it is not as expected at line {line}, column {column}: write {{\"tokens\": [{{\"name\", \"token\"}}]}}, and beside them at most `read_only` and `tools`"
    )]
    Malformed { line: usize, column: usize },
    #[error("it must name 1 to {TOKENS_MAX} tokens")]
    Count,
    #[error("`{0}` is not a name: use 1 to 64 letters, digits, `-` and `_`")]
    Name(String),
    #[error("`{0}` stands there twice, or has the same token as another")]
    Twice(String),
    #[error("`{0}` has the name or the token of `--auth-token`: give it its own")]
    Taken(String),
    #[error("the token of `{0}` is too short: it must have at least {TOKEN_BYTES_MIN} characters")]
    Short(String),
    #[error("`{name}` may use `{tool}`, but there is no such tool")]
    Tool { name: String, tool: String },
}

impl Tokens {
    /// The one token that opens everything.
    pub(in crate::mcp) fn one(token: &SecretString) -> Result<Tokens, BadTokens> {
        let named = Named { name: "token".into(), token: Secret(token.clone()), read_only: false, tools: None };
        Ok(Tokens(vec![named.read(&[])?]))
    }

    /// Reads a file that only its owner may read.
    pub(in crate::mcp) fn read(path: &Path, tools: &[Entry]) -> Result<Tokens, BadTokens> {
        if open_to_others(path)? {
            return Err(BadTokens::Open);
        }
        Tokens::parse(&std::fs::read_to_string(path)?, tools)
    }

    /// These and the others, unless somebody could pass for somebody else.
    pub(in crate::mcp) fn with(mut self, others: Tokens) -> Result<Tokens, BadTokens> {
        for other in others.0 {
            self.add(other, BadTokens::Taken)?;
        }
        Ok(self)
    }

    fn add(&mut self, one: (Digested, Identity), twice: fn(String) -> BadTokens) -> Result<(), BadTokens> {
        let (digest, identity) = &one;
        if self.0.iter().any(|(known, other)| known == digest || other.caller == identity.caller) {
            return Err(twice(identity.caller.0.to_string()));
        }
        self.0.push(one);
        Ok(())
    }

    pub(in crate::mcp) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether what callers see depends on who they are.
    pub(in crate::mcp) fn differ(&self) -> bool {
        self.0.iter().any(|(_, identity)| identity.permissions != Permissions::default())
    }

    /// Whose token this is. It takes the same time whichever it is, and if it is none.
    pub(in crate::mcp) fn identify(&self, given: &str) -> Option<Identity> {
        let given = digest(given);
        let mut found = u32::MAX;
        for (index, (expected, _)) in (0_u32..).zip(&self.0) {
            let same: Choice = expected.ct_eq(&given);
            found.conditional_assign(&index, same);
        }
        self.0.get(found as usize).map(|(_, identity)| identity.clone())
    }

    fn parse(text: &str, tools: &[Entry]) -> Result<Tokens, BadTokens> {
        let malformed = |error: serde_json::Error| BadTokens::Malformed { line: error.line(), column: error.column() };
        let File { tokens: named } = serde_json::from_str(text).map_err(malformed)?;
        if named.is_empty() || named.len() > TOKENS_MAX {
            return Err(BadTokens::Count);
        }
        let mut tokens = Tokens::default();
        for one in named {
            tokens.add(one.read(tools)?, BadTokens::Twice)?;
        }
        Ok(tokens)
    }
}

impl Named {
    fn read(self, tools: &[Entry]) -> Result<(Digested, Identity), BadTokens> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=64).contains(&self.name.len()) || !self.name.chars().all(fits) {
            return Err(BadTokens::Name(self.name));
        }
        if self.token.0.expose_secret().len() < TOKEN_BYTES_MIN {
            return Err(BadTokens::Short(self.name));
        }
        let unknown = |tool: &&String| !tools.iter().any(|entry| entry.name == **tool);
        if let Some(tool) = self.tools.iter().flatten().find(unknown).cloned() {
            return Err(BadTokens::Tool { name: self.name, tool });
        }
        let permissions = Permissions { read_only: self.read_only, tools: self.tools.map(Arc::new) };
        Ok((digest(self.token.0.expose_secret()), Identity { caller: CallerId(self.name.into()), permissions }))
    }
}

fn digest(token: &str) -> Digested {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// Elsewhere the folder's own protection has to do.
#[cfg(not(unix))]
fn open_to_others(path: &Path) -> io::Result<bool> {
    std::fs::metadata(path).map(|_| false)
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(_, identity)| identity)).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tools;

    const LONG: &str = "0123456789abcdef";

    fn parse(tokens: serde_json::Value) -> Result<Tokens, BadTokens> {
        Tokens::parse(&json!({"tokens": tokens}).to_string(), &tools::all())
    }

    #[test]
    fn each_token_has_its_name_and_rights() {
        let tokens = parse(json!([
            {"name": "all", "token": LONG},
            {"name": "chat", "token": "fedcba9876543210", "read_only": true, "tools": ["check_available", "create_ticket"]},
        ]))
        .unwrap();
        let all = tokens.identify(LONG).unwrap();
        assert_eq!((&*all.caller.0, all.permissions), ("all", Permissions::default()));
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
    fn the_one_token_is_as_good_as_those_of_the_file_and_nobody_elses() {
        for short in ["", "a", "0123456789abcde"] {
            assert!(matches!(Tokens::one(&short.into()), Err(BadTokens::Short(_))), "{short}");
        }
        let beside = |name: &str, token: &str| {
            let file = parse(json!([{"name": name, "token": token, "read_only": true}])).unwrap();
            Tokens::one(&LONG.into()).unwrap().with(file)
        };
        assert!(matches!(beside("token", "fedcba9876543210"), Err(BadTokens::Taken(_))));
        assert!(matches!(beside("chat", LONG), Err(BadTokens::Taken(_))));
        assert!(beside("chat", "fedcba9876543210").is_ok());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let one = |name: &str, token: &str| json!({"name": name, "token": token});
        assert!(matches!(parse(json!([])), Err(BadTokens::Count)));
        assert!(matches!(parse(json!([one("a b", LONG)])), Err(BadTokens::Name(_))));
        assert!(matches!(parse(json!([one("a", "short")])), Err(BadTokens::Short(_))));
        assert!(matches!(parse(json!([one("a", LONG), one("b", LONG)])), Err(BadTokens::Twice(_))));
        assert!(matches!(parse(json!([one("a", LONG), one("a", "fedcba9876543210")])), Err(BadTokens::Twice(_))));
        let unknown = json!([{"name": "a", "token": LONG, "tools": ["create_tickets"]}]);
        assert!(matches!(parse(unknown), Err(BadTokens::Tool { .. })));
        let misspelt = json!([{"name": "a", "token": LONG, "readonly": true}]);
        let error = parse(misspelt).unwrap_err();
        assert!(matches!(error, BadTokens::Malformed { .. }) && !error.to_string().contains(LONG), "{error}");
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
            assert!(matches!(read(mode), Err(BadTokens::Open)), "{mode:o}");
        }
    }
}
