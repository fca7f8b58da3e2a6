//! Collects the `impl` blocks of a source file: the methods that they define, and the methods of the same value that they call.
//!
//! A type whose methods stand in several files ties these files together without a path: `self.advance()` needs the file that
//! defines `advance`.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::paths;

/// The methods of one type in one file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ImplBlock {
    /// The name of the type, without parameters.
    pub(super) type_name: String,
    pub(super) defines: BTreeSet<String>,
    /// The methods called on `self` or `Self`.
    pub(super) calls: BTreeSet<String>,
}

pub(super) fn of(text: &str) -> Vec<ImplBlock> {
    let tokens: TokenStream = text.parse().expect("the file compiles, so it has tokens");
    let mut blocks = vec![];
    collect(tokens, &mut blocks);
    blocks
}

fn collect(tokens: TokenStream, blocks: &mut Vec<ImplBlock>) {
    let tokens = paths::without_tests(tokens);
    let mut at = 0;
    while at < tokens.len() {
        if is_word(tokens.get(at), "impl") {
            let body = tokens[at..].iter().position(|token| braces(token).is_some());
            let Some(body) = body.map(|found| at + found) else { return };
            blocks.extend(block(&tokens[at + 1..body], &tokens[body]));
            at = body;
        } else if is_word(tokens.get(at), "mod") {
            // Another module may have types of the same names.
            at += 2;
        }
        at += 1;
    }
}

/// The block with these tokens between `impl` and its body; `None` for implementations of traits, whose methods are called by paths
/// that name the trait or by other types.
fn block(head: &[TokenTree], body: &TokenTree) -> Option<ImplBlock> {
    if head.iter().any(|token| is_word(Some(token), "for")) {
        return None;
    }
    let mut block = ImplBlock { type_name: self_type(head)?, defines: BTreeSet::new(), calls: BTreeSet::new() };
    let body = paths::without_tests(braces(body)?);
    for pair in body.windows(2) {
        if let [first, TokenTree::Ident(name)] = pair
            && is_word(Some(first), "fn")
        {
            block.defines.insert(name.to_string());
        }
    }
    calls(&body, &mut block.calls);
    Some(block)
}

/// The first name outside angle brackets: `impl<'a> Navigator<'a>` is of `Navigator`.
fn self_type(head: &[TokenTree]) -> Option<String> {
    let mut depth = 0_u32;
    for token in head {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '<' => depth += 1,
            TokenTree::Punct(mark) if mark.as_char() == '>' => depth = depth.saturating_sub(1),
            TokenTree::Ident(name) if depth == 0 => return Some(name.to_string()),
            _ => {}
        }
    }
    None
}

fn calls(tokens: &[TokenTree], found: &mut BTreeSet<String>) {
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            calls(&group.stream().into_iter().collect::<Vec<_>>(), found);
        }
        let name = match &tokens[at..] {
            [of, dot, TokenTree::Ident(name), TokenTree::Group(_), ..]
                if is_word(Some(of), "self") && is_mark(dot, '.') =>
            {
                name
            }
            [of, one, two, TokenTree::Ident(name), ..]
                if is_word(Some(of), "Self") && is_mark(one, ':') && is_mark(two, ':') =>
            {
                name
            }
            _ => continue,
        };
        found.insert(name.to_string());
    }
}

fn is_word(token: Option<&TokenTree>, expected: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(word)) if word == expected)
}

fn is_mark(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == expected)
}

fn braces(token: &TokenTree) -> Option<TokenStream> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    }
}

#[test]
fn methods_and_calls_are_found_in_each_block() {
    let text = "
        impl<'a, T: X> A<'a, T> { fn f(&self) { g(|| self.h(1)); Self::i(); self.field; } #[cfg(test)] fn t(&self) { self.u() } }
        impl Display for A { fn fmt(&self) { self.f() } }
        mod inner { impl A { fn other() {} } }
    ";
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let block = ImplBlock { type_name: "A".to_owned(), defines: names(&["f"]), calls: names(&["h", "i"]) };
    assert_eq!(of(text), [block]);
}
