//! A declared look-up, checked.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderMap, Method};
use serde_json::Value;

use super::template::Template;

/// A question to another service, which answers in JSON.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Name of the tool, such as `company_search`.
    pub name: String,
    /// Title in clients' lists of tools.
    pub title: String,
    /// Description that a model reads: what it tells, and when to use it.
    pub description: String,
    /// Callers who may use it.
    pub open_to: OpenTo,
    /// Arguments, by name.
    pub arguments: BTreeMap<String, Argument>,
    /// `GET` or `POST`.
    pub method: Method,
    /// Absolute https address. Its host has no placeholders.
    pub url: UrlTemplate,
    /// Headers, with secrets from the environment filled in.
    pub headers: HeaderMap,
    /// JSON body of a `POST`; its texts may have placeholders.
    pub body: Option<Value>,
    /// Fields of the answer, each a JSON pointer (RFC 6901) into the response.
    pub answer: BTreeMap<String, String>,
    /// Most items of a list in the answer.
    pub items_max: usize,
    /// Time from the request to the last byte of the response.
    pub timeout: Duration,
    /// Age up to which an answer is given again; zero keeps none.
    pub cached: Duration,
    /// Most requests in a minute, of all callers together.
    pub calls_per_minute: u32,
}

/// Callers who may use a look-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenTo {
    /// Clients of the operator alone.
    #[default]
    Operators,
    /// Customers too, whoever they are: in the chat, on the chat page and through the autopilot.
    Customers,
}

/// An argument of a look-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Type of its values.
    pub kind: ArgumentKind,
    /// Description that a model reads.
    pub description: String,
    /// False if a call may leave it out; the parameter or field that holds it is left out then.
    pub required: bool,
    /// Value for `frontdesk lookups check`.
    pub sample: Option<Value>,
}

/// Type of an argument's values.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentKind {
    /// Text of at most so many characters.
    Text(usize),
    /// One of these texts.
    Choice(Vec<String>),
    /// A whole number.
    Whole,
    /// Any number.
    Number,
    /// `true` or `false`.
    Flag,
}

/// An address whose path segments and query values may have placeholders.
#[derive(Clone, Debug, PartialEq)]
pub struct UrlTemplate {
    /// Scheme, host and port, such as `https://register.example`.
    pub origin: String,
    /// Path segments.
    pub path: Vec<Template>,
    /// Query parameters, in their order.
    pub query: Vec<(String, Template)>,
}

impl Lookup {
    /// The sample of each argument that has one.
    pub fn samples(&self) -> serde_json::Map<String, Value> {
        let samples =
            self.arguments.iter().filter_map(|(name, argument)| Some((name.clone(), argument.sample.clone()?)));
        samples.collect()
    }
}
