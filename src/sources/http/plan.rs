//! `[http]` read and checked: what a load asks for, before anything is asked.

use super::super::profile::path::JsonPath;
use super::form::{AuthorizationKind, CallForm, HttpForm, LeaveOutForm, PagingForm, PagingStyle};
use super::template::Template;
use super::walk::ASKED;

/// Named texts with places.
pub(super) type Pairs = Vec<(String, Template)>;

/// A whole `[http]`, ready to be carried out.
#[derive(Debug)]
pub(super) struct Asking {
    pub form: HttpForm,
    pub headers: Pairs,
    pub query: Pairs,
    /// Further fields of a token's request.
    pub fields: Pairs,
    pub calls: Vec<Call>,
    pub forecast: Vec<Call>,
}

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub name: String,
    /// The path's segments.
    pub path: Vec<Template>,
    pub query: Pairs,
    /// The members that lead to the list.
    pub records: Vec<String>,
    pub for_each: Option<String>,
    pub once: bool,
    pub envelope: Option<String>,
    pub paging: PagingForm,
    pub leave_out: Vec<LeaveOut>,
    pub join: Vec<Join>,
    /// Whether a later call needs its records.
    pub kept: bool,
}

/// Records that are left out.
#[derive(Debug)]
pub(super) struct LeaveOut {
    pub at: JsonPath,
    pub form: LeaveOutForm,
}

/// Records that belong together.
#[derive(Debug)]
pub(super) struct Join {
    pub list: String,
    pub at: JsonPath,
    pub equals: String,
    pub required: bool,
}

impl Asking {
    /// Reads `[http]`. What is wrong is said in words for `bad-profile`.
    pub(super) fn new(table: &toml::Table) -> Result<Self, String> {
        let form: HttpForm =
            table.clone().try_into().map_err(|e: toml::de::Error| e.message().to_owned())?;
        let known: Vec<&str> = form.secret.iter().map(String::as_str).collect();
        let own = |pairs: &std::collections::BTreeMap<String, String>| pairs_of(pairs);
        let (headers, query) = (own(&form.headers)?, own(&form.query)?);
        let fields = own(&form.authorization.fields)?;
        for (key, template) in headers.iter().chain(&query).chain(&fields) {
            if let Some(place) = template.places().find(|p| !known.contains(p) && *p != "account") {
                return Err(format!(
                    "http: {key} has the place {{{place}}}, which is no part of http.secret"
                ));
            }
        }
        check_authorization(&form)?;
        if form.calls.is_empty() {
            return Err("http.calls: there must be at least one call".into());
        }
        let calls = calls(&form, &form.calls, "http.calls")?;
        let forecast = calls_or_none(&form)?;
        Ok(Self { headers, query, fields, calls, forecast, form })
    }
}

fn calls_or_none(form: &HttpForm) -> Result<Vec<Call>, String> {
    if form.forecast.is_empty() {
        return Ok(Vec::new());
    }
    calls(form, &form.forecast, "http.forecast")
}

fn check_authorization(form: &HttpForm) -> Result<(), String> {
    let a = &form.authorization;
    let needs = |n: usize, named: bool, what: &str| {
        if named || form.secret.len() >= n {
            return Ok(());
        }
        Err(format!("http.authorization: {what} needs {n} part(s) in http.secret"))
    };
    match a.kind {
        AuthorizationKind::None => Ok(()),
        AuthorizationKind::Bearer => needs(1, !a.token.is_empty(), "bearer"),
        AuthorizationKind::Basic => needs(2, !a.user.is_empty() && !a.password.is_empty(), "basic"),
        AuthorizationKind::ClientCredentials => {
            if a.token_url.is_empty() {
                return Err("http.authorization: client-credentials needs token_url".into());
            }
            for part in ["client_id", "client_secret"] {
                if !form.secret.iter().any(|p| p == part) {
                    return Err(format!(
                        "http.authorization: client-credentials needs the part {part} in http.secret"
                    ));
                }
            }
            Ok(())
        }
    }
}

fn pairs_of(pairs: &std::collections::BTreeMap<String, String>) -> Result<Pairs, String> {
    pairs.iter().map(|(k, v)| Ok((k.clone(), Template::new(v)?))).collect()
}

fn calls(form: &HttpForm, list: &[CallForm], place: &str) -> Result<Vec<Call>, String> {
    let mut calls: Vec<Call> = Vec::new();
    for call in list {
        let wrong = |why: String| format!("{place} {}: {why}", call.name);
        if call.name == ASKED {
            return Err(wrong(format!("{ASKED} is the month that is asked for, in every record")));
        }
        if call.name.is_empty() || call.name.contains(['.', '{', '}']) {
            return Err(wrong("a call's name is a word without dots".into()));
        }
        if calls.iter().any(|c| c.name == call.name) {
            return Err(wrong("there are two calls with this name".into()));
        }
        let joined = call.join.iter().map(|j| &j.list);
        for needed in call.for_each.iter().chain(joined) {
            match calls.iter_mut().find(|c| c.name == *needed) {
                Some(earlier) => earlier.kept = true,
                None => return Err(wrong(format!("there is no earlier call {needed}"))),
            }
        }
        let segments = call.path.split('/').filter(|s| !s.is_empty());
        let path = segments.map(Template::new).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        let query = pairs_of(&call.query).map_err(wrong)?;
        let paging = call.paging.clone().unwrap_or_else(|| form.paging.clone());
        check_paging(&paging).map_err(wrong)?;
        let month = ["from", "to", "until", "period"];
        for name in path.iter().chain(query.iter().map(|(_, t)| t)).flat_map(Template::places) {
            let record = call.for_each.as_ref().is_some_and(|list| {
                name.strip_prefix(list.as_str()).is_some_and(|rest| rest.starts_with('.'))
            });
            if !(record || name == "account" || (month.contains(&name) && !call.once)) {
                return Err(wrong(format!("there is nothing to fill in for {{{name}}}")));
            }
        }
        calls.push(Call {
            name: call.name.clone(),
            path,
            query,
            records: call.records.split('.').filter(|m| !m.is_empty()).map(str::to_owned).collect(),
            for_each: call.for_each.clone(),
            once: call.once,
            envelope: call.envelope.clone(),
            paging,
            leave_out: call
                .leave_out
                .iter()
                .map(|l| LeaveOut { at: JsonPath::new(&l.at), form: l.clone() })
                .collect(),
            join: call
                .join
                .iter()
                .map(|j| Join {
                    list: j.list.clone(),
                    at: JsonPath::new(&j.at),
                    equals: j.equals.clone(),
                    required: j.required,
                })
                .collect(),
            kept: false,
        });
    }
    Ok(calls)
}

fn check_paging(paging: &PagingForm) -> Result<(), String> {
    let needs = match paging.style {
        PagingStyle::Page | PagingStyle::Offset if paging.parameter.is_empty() => "parameter",
        PagingStyle::Token if paging.parameter.is_empty() => "parameter",
        PagingStyle::NextLink | PagingStyle::Token if paging.next.is_none() => "next",
        _ => return Ok(()),
    };
    Err(format!("its paging needs {needs}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        base = "https://api.test"
        secret = ["key"]
        headers = { "X-Key" = "{key}" }
        [[calls]]
        name = "invoices"
        path = "/invoices"
        query = { from = "{from}" }
        [[calls]]
        name = "items"
        path = "/invoices/{invoices.id}/items"
        for_each = "invoices"
    "#;

    #[test]
    fn a_call_knows_which_lists_it_needs() {
        let asking = Asking::new(&GOOD.parse().unwrap()).unwrap();
        assert_eq!(asking.calls.iter().map(|c| c.kept).collect::<Vec<_>>(), [true, false]);
        assert_eq!(asking.calls[1].path.len(), 3);
    }

    #[test]
    fn what_cannot_be_asked_is_said_before_anything_is() {
        for (from, to, said) in [
            ("\"{key}\"", "\"{word}\"", "{word}"),
            ("{invoices.id}", "{orders.id}", "{orders.id}"),
            ("for_each = \"invoices\"", "for_each = \"orders\"", "no earlier call orders"),
            ("name = \"items\"", "name = \"invoices\"", "two calls"),
            ("\"{from}\"", "\"{from\"", "never closed"),
            ("path = \"/invoices\"", "path = \"/invoices\"\nonce = true", "{from}"),
            ("path = \"/invoices\"", "pth = \"/invoices\"", "pth"),
            ("base =", "paging = { style = \"page\" }\nbase =", "needs parameter"),
            ("base =", "authorization = { kind = \"client-credentials\" }\nbase =", "token_url"),
            ("base =", "authorization = { kind = \"basic\" }\nbase =", "2 part(s)"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let text = GOOD.replacen(from, to, 1);
            let wrong = Asking::new(&text.parse().unwrap()).unwrap_err();
            assert!(wrong.contains(said), "{wrong} does not say {said}");
        }
    }
}
