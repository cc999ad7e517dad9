//! `[http]` of a source profile: where the bill is asked for, and how. `config/sources/template-http.toml`
//! explains each key to those who write one.
//!
//! A *text* may hold places that are filled in: `{from}` and `{to}` (the month's first and last
//! day), `{until}` (the first day of the next month), `{period}` (`YYYY-MM`), `{account}` (the
//! settings' `source.account`), the parts of the secret by their names (in headers, query and
//! authorization only), and in a call for each record of a list a path into that record, such as
//! `{invoices.id}`. A day may have a form: `{from:%d.%m.%Y}`.
//!
//! Each record holds the month that it was asked for: `asked.period`, `asked.from`, `asked.to`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `[http]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpForm {
    /// The address that all paths begin at, unless the settings' `source.location` names another.
    pub base: String,
    /// Names of the secret's parts, in their order.
    #[serde(default)]
    pub secret: Vec<String>,
    /// How a request proves who asks.
    #[serde(default)]
    pub authorization: AuthorizationForm,
    /// Headers of every request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Query of every request.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// How lists are cut into pages, where a call does not say otherwise.
    #[serde(default)]
    pub paging: PagingForm,
    /// Numbers of the bill went through a binary float: more than 15 digits are noise and are
    /// rounded away.
    #[serde(default)]
    pub doubles: bool,
    /// So many months are served, today's included; older ones are refused before anything is
    /// asked.
    pub months: Option<u32>,
    /// Rules of one distributor that no key can say: `pax8` or `appxite`.
    #[serde(default)]
    pub shape: Shape,
    /// What is asked, in this order; the records of the last one are the bill's.
    pub calls: Vec<CallForm>,
    /// What `addendum source forecast` asks: never loaded, never posted.
    #[serde(default)]
    pub forecast: Vec<CallForm>,
}

/// Which rules of one distributor apply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// None: the profile says all.
    #[default]
    Plain,
    /// Ends of periods, signs of credits, totals of invoices.
    Pax8,
    /// Rows that we pay and rows that we bill.
    Appxite,
}

/// `[http.authorization]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthorizationForm {
    /// How.
    pub kind: AuthorizationKind,
    /// `bearer`: the token. Empty: the secret's first part.
    pub token: String,
    /// `basic`: the user. Empty: the secret's first part.
    pub user: String,
    /// `basic`: the password. Empty: the secret's second part.
    pub password: String,
    /// `client-credentials`: a path below the base, or an address.
    pub token_url: String,
    /// `client-credentials`: the body's form.
    pub body: BodyKind,
    /// `client-credentials`: `client_id` and `client_secret` go into an `Authorization: Basic`
    /// header instead of the body.
    pub basic: bool,
    /// `client-credentials`: further fields of the body, such as `audience` or `scope`.
    pub fields: BTreeMap<String, String>,
}

/// `http.authorization.kind`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorizationKind {
    /// Nothing beyond headers and query.
    #[default]
    None,
    /// `Authorization: Bearer TOKEN`.
    Bearer,
    /// `Authorization: Basic`, with user and password.
    Basic,
    /// OAuth 2: a token is fetched with a client's id and secret, and renewed.
    ClientCredentials,
}

/// `http.authorization.body`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyKind {
    /// `application/x-www-form-urlencoded`, as RFC 6749 has it.
    #[default]
    Form,
    /// A JSON object.
    Json,
}

/// `[http.paging]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PagingForm {
    /// How one page leads to the next.
    pub style: PagingStyle,
    /// `page`: the number of the first one.
    pub first: u64,
    /// `page`, `offset`, `token`: the query parameter that names the page.
    pub parameter: String,
    /// The query parameter that names the size; empty: none is sent.
    pub size_parameter: String,
    /// Records on a page. 0: the source decides.
    pub size: u64,
    /// Where the answer says how many records there are.
    pub total: Option<String>,
    /// Where the answer says how many pages there are.
    pub pages: Option<String>,
    /// `next-link`, `token`: where the answer says how to go on.
    pub next: Option<String>,
}

/// `http.paging.style`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PagingStyle {
    /// Everything comes at once.
    #[default]
    None,
    /// Pages have numbers.
    Page,
    /// A page begins at a record's number, from 0.
    Offset,
    /// The answer holds the address of the next page.
    NextLink,
    /// The header `Link` holds it, with `rel="next"`.
    LinkHeader,
    /// The answer holds a token that asks for the next page.
    Token,
}

/// `[[http.calls]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallForm {
    /// What its list is called: by `for_each`, `join`, and paths into its records.
    pub name: String,
    /// Below the base.
    pub path: String,
    /// Beside the query of every request.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Where the list is in the answer; empty: the answer is the list.
    #[serde(default)]
    pub records: String,
    /// One call for each record of this earlier list. The record stands in those of this call
    /// under the earlier list's name.
    pub for_each: Option<String>,
    /// Asked once a load, and not once a month.
    #[serde(default)]
    pub once: bool,
    /// The answer around the list is given to each record under this name.
    pub envelope: Option<String>,
    /// Another way of paging.
    pub paging: Option<PagingForm>,
    /// Records that are left out; the first that applies counts.
    #[serde(default)]
    pub leave_out: Vec<LeaveOutForm>,
    /// Records of earlier lists that belong to those of this one.
    #[serde(default)]
    pub join: Vec<JoinForm>,
}

/// `[[http.calls.leave_out]]`: without `is` and `is_not`, records are left out that have nothing
/// there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveOutForm {
    /// The path that is looked at.
    #[serde(rename = "where")]
    pub at: String,
    /// Left out with one of these texts, in any case of letters.
    #[serde(default)]
    pub is: Vec<String>,
    /// Left out unless it has one of these texts, in any case of letters.
    #[serde(default)]
    pub is_not: Vec<String>,
    /// Why, for people.
    pub reason: String,
}

/// `[[http.calls.join]]`: the record of the list `list` whose `equals` is this record's `at` is
/// given to it under the list's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinForm {
    /// The earlier list.
    pub list: String,
    /// A path in this call's records.
    #[serde(rename = "where")]
    pub at: String,
    /// A path in the earlier list's records.
    pub equals: String,
    /// Records for which there is none are refused.
    #[serde(default)]
    pub required: bool,
}
